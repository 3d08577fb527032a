//! Which formula covers which part of a design, and what it predicts.
//!
//! A part is where requests are worked on: a dependency that sources send to, or what stands
//! behind a balancer. Constant latencies of links on the way there and back are added to every
//! time. Whatever no formula knows (a rate that changes, policies that scale, work in several
//! stages) is a [`Reason`], not a guess.

use super::formulas::{Predicted, Servers, Stream, one_queue, spread};
use super::law::Service;
use super::reason::Reason;
use super::sharing::{Users, closed};
use crate::design::{
    Arrivals, Balancer, Dependency, Design, Discipline, Group, Link, Settings, Source, Traffic,
};
use crate::dist::Law;
use crate::id::NodeId;

/// What theory says about one part of a design.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The node that works, or the balancer before several of them.
    pub node: NodeId,
    /// The predicted values, or why there are none.
    pub outcome: Result<Predicted, Reason>,
}

/// What theory says about every part of `design`, in order of node.
pub fn predict(design: &Design) -> Vec<Prediction> {
    let calm = |outcome: Result<Predicted, Reason>| match design.run.faults.as_slice() {
        [] => outcome,
        _ => Err(Reason::Faults),
    };
    let parts = design.nodes.iter().filter_map(|(&id, node)| {
        let fed = || design.links_to(id).next().is_some();
        let by_source = || design.links_to(id).any(|(_, link)| is_source(design, link.from));
        match &node.settings {
            Settings::Balancer(balancer) if fed() => {
                let node = sole_backend(design, id).unwrap_or(id);
                Some(Prediction { node, outcome: calm(behind_balancer(design, id, balancer)) })
            }
            Settings::Dependency(dependency) if by_source() => {
                Some(Prediction { node: id, outcome: calm(direct(design, id, dependency)) })
            }
            _ => None,
        }
    });
    parts.collect()
}

fn is_source(design: &Design, id: NodeId) -> bool {
    design.node(id).is_some_and(|node| matches!(node.settings, Settings::Source(_)))
}

fn sole_backend(design: &Design, balancer: NodeId) -> Option<NodeId> {
    let mut links = design.links_from(balancer);
    let (_, first) = links.next()?;
    links.next().is_none().then_some(first.to)
}

/// The stream of all sources that send to `node`, which must be all that send to it.
fn stream_to(design: &Design, node: NodeId) -> Result<Stream, Reason> {
    let mut stream: Option<Stream> = None;
    for (_, link) in design.links_to(node) {
        let source = match design.node(link.from).map(|node| &node.settings) {
            Some(Settings::Source(source)) => source,
            Some(Settings::Group(_) | Settings::Dependency(_)) => {
                return Err(Reason::SeveralStages);
            }
            _ => return Err(Reason::Mixed),
        };
        let rate_per_s = match source.traffic {
            Traffic::Constant { .. } if source.bursts.has_effect() => {
                return Err(Reason::RateVaries);
            }
            Traffic::Constant { rate_per_s } => rate_per_s * source.bursts.calm_factor,
            Traffic::Users { .. } => return Err(Reason::ClosedLoop),
            Traffic::Steps { .. }
            | Traffic::Ramps { .. }
            | Traffic::Day { .. }
            | Traffic::Week { .. }
            | Traffic::Recorded { .. } => {
                return Err(Reason::RateVaries);
            }
        };
        check_source(design, link.from, source)?;
        if !link.is_plain() {
            return Err(Reason::Setting { node: "link".to_owned() });
        }
        let next = Stream { rate_per_s, arrivals: source.arrivals, hops_ms: 2.0 * link.latency_ms };
        stream = Some(match stream {
            None => next,
            // Poisson streams merge into one; others do not, and paths of different length mix.
            Some(sum)
                if sum.arrivals == Arrivals::Poisson
                    && next.arrivals == Arrivals::Poisson
                    && (sum.hops_ms - next.hops_ms).abs() < f64::EPSILON =>
            {
                Stream { rate_per_s: sum.rate_per_s + rate_per_s, ..sum }
            }
            Some(_) => return Err(Reason::Mixed),
        });
    }
    stream.filter(|stream| stream.rate_per_s > 0.0).ok_or(Reason::NoTraffic)
}

/// Refuses settings of a source that no formula knows.
fn check_source(design: &Design, id: NodeId, source: &Source) -> Result<(), Reason> {
    let default = Source::default();
    let mut rest = source.clone();
    (rest.traffic, rest.arrivals) = (Traffic::default(), Arrivals::default());
    rest.bursts = default.bursts;
    // Who asks matters to hash policies only, which no formula covers.
    (rest.clients, rest.client_skew) = (default.clients, default.client_skew);
    // And methods to balancers that send again.
    rest.post_percent = default.post_percent;
    if rest.retries == 0 {
        (rest.backoff_ms, rest.backoff_max_ms) = (default.backoff_ms, default.backoff_max_ms);
    }
    if rest != default {
        return Err(Reason::Setting { node: "source".to_owned() });
    }
    if design.links_from(id).count() > 1 {
        return Err(Reason::SeveralTargets);
    }
    Ok(())
}

/// Sources that send to a dependency without a balancer.
fn direct(design: &Design, id: NodeId, dependency: &Dependency) -> Result<Predicted, Reason> {
    match stream_to(design, id) {
        Ok(stream) => {
            let servers = dependency_servers(design, id, dependency)?;
            one_queue(stream, &servers, 1, design.run.duration_s)
        }
        Err(Reason::ClosedLoop) => {
            closed(users_of(design, id)?, &dependency_servers(design, id, dependency)?)
        }
        Err(reason) => Err(reason),
    }
}

/// The users of the only source that sends to `node`.
fn users_of(design: &Design, node: NodeId) -> Result<Users, Reason> {
    let mut links = design.links_to(node);
    let (Some((_, link)), None) = (links.next(), links.next()) else { return Err(Reason::Mixed) };
    let Some(Settings::Source(source)) = design.node(link.from).map(|node| &node.settings) else {
        return Err(Reason::Mixed);
    };
    let Traffic::Users { users, think_ms } = source.traffic else { return Err(Reason::Mixed) };
    if source.bursts.has_effect() {
        return Err(Reason::RateVaries);
    }
    check_source(design, link.from, source)?;
    let haste = source.bursts.calm_factor;
    Ok(Users { users, think_ms: think_ms / haste, hops_ms: 2.0 * link.latency_ms })
}

/// The law of service as the formulas know it.
fn service_of(law: &Law) -> Result<Service, Reason> {
    let service = Service::of(law).ok_or(Reason::UnknownLaw)?;
    service.check()?;
    Ok(service)
}

fn dependency_servers(
    design: &Design,
    id: NodeId,
    dependency: &Dependency,
) -> Result<Servers, Reason> {
    let default = Dependency::default();
    let mut rest = dependency.clone();
    (rest.workers, rest.queue_max) = (default.workers, default.queue_max);
    rest.service.clone_from(&default.service);
    (rest.discipline, rest.threads) = (default.discipline, default.threads);
    // It matters to those who have a pool: servers that ask it.
    rest.connection_pool = default.connection_pool;
    if rest != default {
        return Err(Reason::Setting { node: "dependency".to_owned() });
    }
    if design.links_from(id).next().is_some() {
        return Err(Reason::SeveralStages);
    }
    let servers = Servers {
        count: 1,
        cores: dependency.workers,
        service: service_of(&dependency.service)?,
        queue_max: dependency.queue_max,
        is_shared: dependency.discipline == Discipline::ProcessorSharing,
    };
    servers.with_threads(dependency.threads)
}

fn group_servers(design: &Design, id: NodeId, group: &Group) -> Result<Servers, Reason> {
    if !group.policies.is_empty() && group.min_size < group.max_size {
        return Err(Reason::ScalingPolicies);
    }
    if design.links_from(id).next().is_some() {
        return Err(Reason::SeveralStages);
    }
    if design.links_to(id).count() > 1 {
        return Err(Reason::Mixed);
    }
    let default = Group::default();
    let mut rest = group.clone();
    rest.instance_type.clone_from(&default.instance_type);
    rest.service.clone_from(&default.service);
    rest.boot.clone_from(&default.boot);
    rest.policies.clone_from(&default.policies);
    (rest.cores, rest.queue_max) = (default.cores, default.queue_max);
    (rest.min_size, rest.max_size) = (default.min_size, default.max_size);
    rest.desired_capacity = default.desired_capacity;
    rest.health_check_grace_period_s = default.health_check_grace_period_s;
    rest.default_instance_warmup_s = default.default_instance_warmup_s;
    (rest.discipline, rest.threads) = (default.discipline, default.threads);
    rest.asking = default.asking;
    // Servers of the first moment are fresh no more, and no others come.
    rest.cold_start = default.cold_start;
    if rest != default {
        return Err(Reason::Setting { node: "group".to_owned() });
    }
    let servers = Servers {
        count: group.desired_capacity,
        cores: group.cores,
        service: service_of(&group.service)?,
        queue_max: group.queue_max,
        is_shared: group.discipline == Discipline::ProcessorSharing,
    };
    servers.with_threads(group.threads)
}

/// What stands behind a balancer: one group of fixed size, or equal dependencies.
fn behind_balancer(design: &Design, id: NodeId, balancer: &Balancer) -> Result<Predicted, Reason> {
    let stream = match stream_to(design, id) {
        Err(Reason::ClosedLoop) => None,
        stream => Some(stream?),
    };
    let default = Balancer::default();
    let mut rest = balancer.clone();
    rest.policy.clone_from(&default.policy);
    rest.health_check.clone_from(&default.health_check);
    rest.deregistration_delay_s = default.deregistration_delay_s;
    if rest != default {
        return Err(Reason::Setting { node: "balancer".to_owned() });
    }
    let mut backends = design.links_from(id).map(|(_, link)| link);
    let first = backends.next().ok_or(Reason::NoServers)?;
    let hops_ms = 2.0 * first.latency_ms;
    let mut servers = match design.node(first.to).map(|node| &node.settings) {
        Some(Settings::Group(group)) => group_servers(design, first.to, group)?,
        Some(Settings::Dependency(dependency)) => dependency_servers(design, first.to, dependency)?,
        _ => return Err(Reason::SeveralStages),
    };
    let plain = Link::new(first.from, first.to);
    let is_plain = design.links_from(id).all(|(_, link)| link.is_plain());
    if (first.weight, first.priority) != (plain.weight, plain.priority) || !is_plain {
        return Err(Reason::Setting { node: "link".to_owned() });
    }
    let settings = |id| design.node(id).map(|node| &node.settings);
    for link in backends {
        let same = settings(link.to) == settings(first.to)
            && (link.weight, link.priority) == (first.weight, first.priority)
            && (link.latency_ms - first.latency_ms).abs() < f64::EPSILON;
        if !same || !matches!(settings(link.to), Some(Settings::Dependency(_))) {
            return Err(Reason::Mixed);
        }
        servers.count += 1;
    }
    let others = |id| design.links_to(id).count() > 1;
    if design.links_from(id).any(|(_, link)| others(link.to)) {
        return Err(Reason::Mixed);
    }
    let Some(mut stream) = stream else {
        // Users of several servers are a network; of one, the balancer has no choice to make.
        let mut users = users_of(design, id)?;
        users.hops_ms += hops_ms;
        let is_one = servers.count == 1;
        return if is_one { closed(users, &servers) } else { Err(Reason::ClosedLoop) };
    };
    stream.hops_ms += hops_ms;
    spread(stream, &servers, &balancer.policy, design.run.duration_s)
}
