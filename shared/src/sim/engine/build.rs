//! From a design to nodes at work.

use super::bill::Prices;
use super::{NodeRef, Simulation, StartError};
use crate::balance::{ConfigError, Health};
use crate::cost::{CostMeter, PriceBook};
use crate::design::{
    self, Design, HookTransition, Issue, LifecycleHook, NodeKind, Place, Problem, Settings,
    Severity,
};
use crate::id::{LinkId, NodeId};
use crate::rng::Rng;
use crate::scale::{self, Metric};
use crate::sim::agenda::Agenda;
use crate::sim::event::{Event, EventQueue};
use crate::sim::hops::{Classes, Hops};
use crate::sim::log::Log;
use crate::sim::measure::Recorder;
use crate::sim::node::{
    Ask, BalancerNode, CacheState, Credits, DependencyNode, Entry, Gone, GroupNode, Life,
    LinkMeter, NONE, Plan, Scheduling, Size, SourceNode, Station, Story, Table, Target, Telemetry,
    Work,
};
use crate::time::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

impl Simulation {
    /// A simulation of `design` at its first moment.
    ///
    /// # Errors
    ///
    /// The design has errors; warnings are no obstacle.
    pub fn new(design: &Design) -> Result<Self, StartError> {
        let mut issues = design::validate(design);
        issues.retain(|issue| issue.severity == Severity::Error);
        if !issues.is_empty() {
            return Err(StartError { issues });
        }
        let run = &design.run;
        // Validation has found no bad price.
        let book = run.pricing.book(run.region).unwrap_or_else(|_| PriceBook::new(run.region));
        let mut sim = Self {
            now: Timestamp::ZERO,
            end: Timestamp::from_s(u64::from(run.duration_s)),
            queue: EventQueue::default(),
            at_once: 0,
            calls: Table::default(),
            clients: Table::default(),
            attempts: 0,
            exchanges: Table::default(),
            serials: 0,
            stations: Vec::new(),
            plans: Vec::new(),
            connections: BTreeMap::new(),
            has_classes: has_classes(design),
            by_class: Classes::default(),
            hops: has_several_stages(design).then(Hops::default),
            visits: Vec::new(),
            works: Vec::new(),
            wires: Vec::new(),
            sources: Vec::new(),
            balancers: Vec::new(),
            groups: Vec::new(),
            dependencies: Vec::new(),
            nodes: Vec::new(),
            agenda: Agenda::new(&run.faults, &Rng::new(run.seed)),
            active: Vec::new(),
            links: design.links.keys().map(|&id| LinkMeter { id, sent: 0, failed: 0 }).collect(),
            recorder: Recorder::new(Timestamp::from_s(u64::from(run.warmup_s)), run.duration_s),
            log: Log::default(),
            prices: Prices::new(book),
            measures_responses: false,
            tracer: None,
            design: design.clone(),
        };
        if let Some(slo) = &run.slo {
            sim.recorder.promise(slo);
        }
        sim.build(design)?;
        Ok(sim)
    }

    /// Dependencies first, then balancers, then groups (which register with balancers), sources
    /// last. The order is one of construction only: every node's stream is its own.
    fn build(&mut self, design: &Design) -> Result<(), StartError> {
        let seed = Rng::new(design.run.seed);
        let mut places = BTreeMap::new();
        for kind in [NodeKind::Dependency, NodeKind::Balancer, NodeKind::Group, NodeKind::Source] {
            for (&id, node) in design.nodes.iter().filter(|(_, n)| n.settings.kind() == kind) {
                let fork = |label: &str| seed.fork(label, u64::from(id.0));
                let place = match &node.settings {
                    Settings::Dependency(settings) => {
                        self.build_dependency(design, id, settings, fork)
                    }
                    Settings::Balancer(settings) => {
                        self.build_balancer(design, id, settings, fork)?
                    }
                    Settings::Group(settings) => {
                        self.build_group(design, id, settings, fork, &places)?
                    }
                    Settings::Source(settings) => {
                        let mut source =
                            SourceNode::new(id, settings, design.run.starts_at_s, &fork);
                        let targets = self.targets(design, id, &places);
                        source.targets = targets.into_iter().map(|(_, target)| target).collect();
                        self.sources.push(source);
                        NodeRef::Source(self.sources.len() as u32 - 1)
                    }
                };
                places.insert(id, place);
            }
        }
        self.connect_balancers(design, &places)?;
        self.connect_plans(design, &places);
        self.nodes = places.into_values().collect();
        for source in 0..self.sources.len() {
            self.turn_burst(source as u32, false);
            self.schedule_arrival(source);
            self.seat_users(source as u32);
        }
        for balancer in 0..self.balancers.len() {
            self.schedule_balancer(balancer as u32);
        }
        self.queue.schedule(Timestamp::from_s(1), Event::Tick);
        Ok(())
    }

    fn build_dependency(
        &mut self,
        design: &Design,
        id: NodeId,
        settings: &design::Dependency,
        fork: impl Fn(&str) -> Rng,
    ) -> NodeRef {
        self.works.push(Work::new(&settings.service, fork("work")));
        let work = self.works.len() as u32 - 1;
        let plan = self.build_plan(design, id, false);
        if let (Some(cache), Some(plan)) = (&settings.cache, self.plans.get_mut(plan as usize)) {
            plan.cache = Some(CacheState::new(cache, fork("cache")));
            self.schedule_flushes(self.plans.len() as u32 - 1, &cache.flushes_at_s);
        }
        // Workers of a queue keep their message until all is done with it.
        let threads = match settings.threads {
            0 if settings.asynchronous => settings.workers,
            threads => threads,
        };
        let mut scheduling = self.scheduling(settings.discipline, threads, None);
        if settings.asynchronous {
            let scheduled = scheduling.unwrap_or(Scheduling::PLAIN);
            scheduling = Some(Scheduling { asynchronous: true, ..scheduled });
        }
        let (cores, queue_max) = (settings.workers, settings.queue_max);
        let size = Size { work, cores, queue_max, plan, scheduling };
        let mut station = Station::new(id, None, size, Timestamp::ZERO);
        station.come_alive(Timestamp::ZERO);
        self.stations.push(station);
        let station = self.stations.len() as u32 - 1;
        self.dependencies.push(DependencyNode { id, station });
        NodeRef::Dependency(self.dependencies.len() as u32 - 1)
    }

    /// How servers go about their requests. Where hops are measured or requests differ, all stations
    /// have a scheduler, which does the same as a plain one if it has nothing else to do.
    fn scheduling(
        &self,
        discipline: design::Discipline,
        threads: u32,
        cold_start: Option<design::ColdStart>,
    ) -> Option<Scheduling> {
        let special = Scheduling::of(discipline, threads, cold_start);
        let is_measured = self.hops.is_some() || self.has_classes;
        special.or_else(|| is_measured.then_some(Scheduling::PLAIN))
    }

    /// A place for what a node asks, to be filled when all nodes are there; [`NONE`] if it asks
    /// nobody.
    fn build_plan(&mut self, design: &Design, id: NodeId, at_once: bool) -> u32 {
        if design.links_from(id).next().is_none() {
            return NONE;
        }
        self.plans.push(Plan { node: id, asks: Vec::new(), at_once, cache: None });
        self.plans.len() as u32 - 1
    }

    fn connect_plans(&mut self, design: &Design, places: &BTreeMap<NodeId, NodeRef>) {
        for plan in 0..self.plans.len() {
            let id = self.plans[plan].node;
            let asks = self.targets(design, id, places).into_iter().map(|(link, target)| {
                let pool = match design.node(link.to).map(|node| &node.settings) {
                    Some(Settings::Dependency(dependency)) => dependency.connection_pool,
                    _ => None,
                };
                let pool = pool.map(|pool| (pool.size, Span::from_ms_f64(pool.timeout_ms)));
                Ask { target, to: link.to, copies: link.copies, pool }
            });
            self.plans[plan].asks = asks.collect();
        }
    }

    fn build_balancer(
        &mut self,
        design: &Design,
        id: NodeId,
        settings: &design::Balancer,
        fork: impl Fn(&str) -> Rng,
    ) -> Result<NodeRef, StartError> {
        let links: Vec<_> = design.links_from(id).map(|(_, link)| link).collect();
        let nodes = BalancerNode::instances(id, settings, links.into_iter(), &fork);
        let mut nodes = nodes.map_err(|error| refused(id, &error))?;
        for (link_id, link) in design.links_from(id) {
            let (way, meter) = (self.way_of(link_id, link), self.meter_of(link_id));
            for node in &mut nodes {
                node.rewire(link.to, way);
                node.links.push((link.to, meter));
            }
        }
        nodes.iter_mut().for_each(|node| node.links.sort_unstable());
        let first = self.balancers.len() as u32;
        self.balancers.extend(nodes);
        Ok(NodeRef::Balancer(first))
    }

    fn build_group(
        &mut self,
        design: &Design,
        id: NodeId,
        settings: &design::Group,
        fork: impl Fn(&str) -> Rng,
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Result<NodeRef, StartError> {
        let balancers: Vec<u32> = design
            .links_to(id)
            .filter_map(|(_, link)| match places.get(&link.from) {
                Some(&NodeRef::Balancer(index)) => Some(self.instances_of(index)),
                _ => None,
            })
            .flatten()
            .collect();
        let config = group_config(settings, !balancers.is_empty(), design.run.starts_at_s);
        let mut out = Vec::new();
        let desired = settings.desired_capacity;
        let mut core =
            scale::Group::new(config, desired, Timestamp::ZERO, &mut out).map_err(|error| {
                StartError {
                    issues: vec![Issue {
                        severity: Severity::Error,
                        at: Place::Node(id),
                        problem: Problem::Policy { field: error.field().to_owned(), error },
                        mend: None,
                    }],
                }
            })?;
        let metric_delay = Span::from_s(u64::from(settings.metric_delay_s));
        let with_responses = core.watches(Metric::TargetResponseTime);
        self.measures_responses |= with_responses;
        settings.suspended_processes.iter().for_each(|&process| core.suspend(process));
        self.works.push(Work::new(&settings.service, fork("work")));
        let work = self.works.len() as u32 - 1;
        let at_once = settings.asking == design::Asking::AtOnce;
        let plan = self.build_plan(design, id, at_once);
        let (discipline, threads) = (settings.discipline, settings.threads);
        let scheduling = self.scheduling(discipline, threads, settings.cold_start);
        let feeds = self.feeds(design, &balancers, places);
        let usd_per_hour = self.prices.instance_hour(&settings.instance_type);
        self.groups.push(GroupNode {
            id,
            core,
            stations: BTreeMap::new(),
            falling_asleep: BTreeSet::new(),
            balancers,
            life: Life::new(settings, fork),
            size: Size {
                work,
                cores: settings.cores,
                queue_max: settings.queue_max,
                plan,
                scheduling,
            },
            feeds,
            instance_type: settings.instance_type.clone(),
            monitoring: settings.monitoring,
            telemetry: Telemetry::new(metric_delay, with_responses),
            monitoring_hour: self.prices.monitoring_hour(settings.monitoring),
            meter: CostMeter::new(usd_per_hour, settings.discounts),
            credits: Credits::new(settings),
            gone: Gone::default(),
            in_service: (desired, desired),
            cpu: None,
            story: Story::default(),
        });
        let index = self.groups.len() as u32 - 1;
        self.carry_out_group(index, out);
        self.schedule_refreshes(index);
        Ok(NodeRef::Group(index))
    }

    /// Where the links of a node lead: balancers and dependencies.
    fn targets<'a>(
        &mut self,
        design: &'a Design,
        id: NodeId,
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Vec<(&'a design::Link, Target)> {
        let target = |(id, link): (_, &'a design::Link)| {
            let entry = match *places.get(&link.to)? {
                NodeRef::Balancer(index) => Entry::Balancer(index),
                NodeRef::Dependency(i) => {
                    Entry::Station(self.dependencies.get(i as usize)?.station)
                }
                NodeRef::Source(_) | NodeRef::Group(_) => return None,
            };
            let (way, meter) = (self.way_of(id, link), self.meter_of(id));
            Some((link, Target { entry, way, link: meter }))
        };
        design.links_from(id).filter_map(target).collect()
    }

    /// Stations of the queues whose messages `balancers` get.
    fn feeds(
        &self,
        design: &Design,
        balancers: &[u32],
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Vec<u32> {
        let queue = |(_, link): (_, &design::Link)| {
            let &NodeRef::Dependency(index) = places.get(&link.from)? else { return None };
            let station = self.dependencies.get(index as usize)?.station;
            let scheduler = self.stations.get(station as usize)?.scheduler.as_ref()?;
            scheduler.asynchronous.then_some(station)
        };
        // Once each, however many instances a balancer has.
        let ids: BTreeSet<NodeId> =
            balancers.iter().map(|&index| self.balancers[index as usize].id).collect();
        ids.into_iter().flat_map(|id| design.links_to(id).filter_map(queue)).collect()
    }

    /// The place of a link's meter.
    fn meter_of(&self, link: LinkId) -> u32 {
        self.links.binary_search_by_key(&link, |meter| meter.id).map_or(NONE, |at| at as u32)
    }

    /// Dependencies behind a balancer are backends that are there from the start.
    fn connect_balancers(
        &mut self,
        design: &Design,
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Result<(), StartError> {
        for balancer in &mut self.balancers {
            for (_, link) in design.links_from(balancer.id) {
                if let Some(&NodeRef::Dependency(index)) = places.get(&link.to) {
                    let station = self.dependencies[index as usize].station;
                    balancer
                        .register(self.now, (link.to, 0), station, Health::Healthy)
                        .map_err(|error| refused(balancer.id, &error))?;
                }
            }
        }
        Ok(())
    }
}

/// Whether some requests are more work than others.
fn has_classes(design: &Design) -> bool {
    design.nodes.values().any(|node| match &node.settings {
        Settings::Source(source) => !source.classes.is_empty(),
        _ => false,
    })
}

/// Whether requests may be worked on in more than one place.
fn has_several_stages(design: &Design) -> bool {
    let asks = |id| matches!(design.node(id), Some(node) if node.settings.kind().works());
    design.links.values().any(|link| asks(link.from))
}

/// A balancer's setting that is out of range, as an issue of its node.
fn refused(id: NodeId, error: &ConfigError) -> StartError {
    let ConfigError { field, value, min, max, .. } = *error;
    let problem = Problem::OutOfRange { field: field.to_owned(), value, min, max };
    let at = Place::Node(id);
    StartError { issues: vec![Issue { severity: Severity::Error, at, problem, mend: None }] }
}

/// A group's settings as the scaling core knows them.
fn group_config(
    settings: &design::Group,
    has_balancer: bool,
    starts_at_s: u32,
) -> scale::GroupConfig {
    let seconds = |s: u32| Span::from_s(u64::from(s));
    let hooks = |transition| {
        let hooks = settings.lifecycle_hooks.iter();
        hooks.filter(|hook| hook.transition == transition).map(LifecycleHook::config).collect()
    };
    let mut termination_policies = settings.termination_policies.clone();
    if termination_policies.is_empty() {
        termination_policies.push(scale::TerminationPolicy::Default);
    }
    scale::GroupConfig {
        min_size: settings.min_size,
        max_size: settings.max_size,
        policies: settings.policies.clone(),
        health_check_grace_period: seconds(settings.health_check_grace_period_s),
        default_instance_warmup: seconds(settings.default_instance_warmup_s),
        has_balancer,
        default_cooldown: seconds(settings.default_cooldown_s),
        zones: u16::try_from(settings.zones).unwrap_or(u16::MAX),
        termination_policies,
        source: settings.launch_source.unwrap_or_default(),
        distribution: settings.instances_distribution,
        capacity_rebalancing: settings.capacity_rebalancing,
        launch_hooks: hooks(HookTransition::Launching),
        termination_hooks: hooks(HookTransition::Terminating),
        warm_pool: settings.warm_pool,
        maintenance: settings.maintenance_policy,
        max_instance_lifetime: settings.max_instance_lifetime_s.map(seconds),
        protect_from_scale_in: settings.new_instances_protected_from_scale_in,
        metric_delay: seconds(settings.metric_delay_s),
        // Scheduled actions go by the time of day at which the run starts.
        unix_at_zero: i64::from(starts_at_s),
    }
}
