//! Random designs with random faults, by seed: what runs must bear, and what must run the same everywhere.
//!
//! Nothing drawn here depends on the machine: a seed is a design.

use shared::balance::PolicyConfig;
use shared::balance::request::affinity::AffinityConfig;
use shared::balance::request::config::{
    HedgingConfig, LimitsConfig, RequestConfig, RetryConfig, RetryOn,
};
use shared::cost::CreditMode;
use shared::design::{
    Arrivals, Asking, Balancer, Between, Bursts, Cache, CapacityShortage, ColdStart,
    ConnectionPool, CreditSpecification, Dependency, Design, Discipline, Edit, Fault, FaultKind,
    FaultName, FaultTime, Group, HookTransition, InstanceRefresh, LifecycleHook, Link, NodeKind,
    RatePoint, RequestClass, Servers, Settings, Source, Target, Traffic, Weekday, check_fault,
};
use shared::dist::Law;
use shared::id::{InstanceId, LinkId, NodeId};
use shared::rng::Rng;
use shared::scale::{InstancesDistribution, PoolState, ScalingPolicy, WarmPoolConfig};

/// One of `of`, which is not empty.
pub fn pick<T: Clone>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.index(of.len())].clone()
}

/// Up to 40 ms, and sometimes nothing at all.
fn law(rng: &mut Rng) -> Law {
    let mean_ms = pick(rng, &[0.0, 0.5, 5.0, 20.0]);
    match rng.below(7) {
        4 => Law::Gamma { mean_ms, cv: pick(rng, &[0.0, 0.5, 4.0]) },
        5 => Law::Pareto { min_ms: 0.1, max_ms: 0.1 + mean_ms, alpha: 1.2 },
        6 => Law::Percentiles {
            min_ms: 0.0,
            p50_ms: mean_ms,
            p90_ms: mean_ms,
            p99_ms: 2.0 * mean_ms,
            max_ms: 4.0 * mean_ms,
        },
        0 => Law::Constant { mean_ms },
        1 => Law::Uniform { min_ms: mean_ms, max_ms: 2.0 * mean_ms },
        2 => Law::Exponential { mean_ms },
        _ => Law::Lognormal { mean_ms, cv: pick(rng, &[0.0, 0.5, 3.0]) },
    }
}

fn source(rng: &mut Rng) -> Source {
    let rate = |rng: &mut Rng| pick(rng, &[0.0, 1.0, 20.0, 120.0]);
    let points = |rng: &mut Rng| {
        let count = 1 + rng.below(4);
        let point = |i| RatePoint { at_s: f64::from(i) * 5.5, rate_per_s: rate(rng) };
        (0..count as u32).map(point).collect::<Vec<RatePoint>>()
    };
    let traffic = match rng.below(7) {
        5 => Traffic::Week {
            low_per_s: rate(rng),
            high_per_s: rate(rng),
            peak_at_s: 0,
            weekend_percent: 50.0,
            starts_on: Weekday::Sunday,
        },
        6 => Traffic::Recorded {
            points: points(rng).iter().map(|it| (it.at_s, it.rate_per_s)).collect(),
            between: pick(rng, &[Between::Steps, Between::Lines]),
        },
        3 => Traffic::Day { low_per_s: rate(rng), high_per_s: rate(rng), peak_at_s: 43_200 },
        // Some time to think: without it and without work, time would stand still.
        4 => {
            Traffic::Users { users: 1 + rng.below(20) as u32, think_ms: pick(rng, &[50.0, 700.0]) }
        }
        0 => Traffic::Constant { rate_per_s: rate(rng) },
        1 => Traffic::Steps { points: points(rng) },
        _ => Traffic::Ramps { points: points(rng) },
    };
    let factor = |rng: &mut Rng| pick(rng, &[0.0, 1.0, 1.0, 3.0]);
    Source {
        traffic,
        arrivals: pick(rng, &[Arrivals::Poisson, Arrivals::Constant]),
        clients: pick(rng, &[0, 1, 300]),
        client_skew: pick(rng, &[0.0, 1.1]),
        bursts: Bursts {
            burst_factor: factor(rng),
            calm_factor: factor(rng),
            burst_s: 0.5,
            calm_s: 2.0,
        },
        timeout_ms: pick(rng, &[0.0, 0.0, 15.0, 900.0]),
        retries: pick(rng, &[0, 0, 2, 10]),
        backoff_ms: pick(rng, &[0.0, 80.0]),
        backoff_max_ms: pick(rng, &[0.0, 2_000.0]),
        post_percent: pick(rng, &[0.0, 30.0]),
        classes: pick(rng, &[vec![], vec![class(3.0, 1.0, None), class(1.0, 2.5, Some(30.0))]]),
    }
}

/// Rules for requests, of which each is on in a third of the balancers.
fn requests(rng: &mut Rng) -> RequestConfig {
    let third = |rng: &mut Rng| rng.below(3) == 0;
    let retry = third(rng).then(|| RetryConfig {
        on: pick(rng, &[RetryOn::NoAnswer, RetryOn::ServerError]),
        max_retries: pick(rng, &[1, 10]),
        per_try_timeout_ms: pick(rng, &[0.0, 40.0]),
        backoff_ms: pick(rng, &[0.0, 25.0]),
        budget_percent: pick(rng, &[20.0, 1_000.0]),
        ..RetryConfig::default()
    });
    let hedging = third(rng).then(|| HedgingConfig { min_samples: 5, ..HedgingConfig::default() });
    let limits = third(rng).then(|| LimitsConfig {
        max_requests: pick(rng, &[3, 1_024]),
        max_requests_per_backend: pick(rng, &[0, 1, 3]),
        max_pending_requests: pick(rng, &[0, 2, 1_024]),
        ..LimitsConfig::default()
    });
    RequestConfig {
        timeout_ms: pick(rng, &[0.0, 0.0, 120.0]),
        affinity: third(rng).then(|| pick(rng, &AffinityConfig::ALL)),
        retry,
        hedging,
        limits,
    }
}

fn class(share: f64, size: f64, timeout_ms: Option<f64>) -> RequestClass {
    RequestClass { share, size, timeout_ms, ..RequestClass::default() }
}

fn balancer(rng: &mut Rng) -> Balancer {
    let mut balancer = Balancer { policy: pick(rng, &PolicyConfig::ALL), ..Balancer::default() };
    balancer.deregistration_delay_s = pick(rng, &[0, 3, 300]);
    balancer.requests = requests(rng);
    balancer
}

fn group(rng: &mut Rng) -> Group {
    let min_size = rng.below(3) as u32;
    let max_size = min_size + rng.below(6) as u32;
    let policies = match rng.below(3) {
        0 => vec![],
        1 => vec![ScalingPolicy::scale_out(), ScalingPolicy::scale_in()],
        _ => vec![ScalingPolicy::scale_out()],
    };
    Group {
        cores: 1 + rng.below(4) as u32,
        service: law(rng),
        queue_max: pick(rng, &[0, 3, 200]),
        min_size,
        max_size,
        desired_capacity: min_size + rng.below(u64::from(max_size - min_size) + 1) as u32,
        boot: Law::Constant { mean_ms: pick(rng, &[0.0, 900.0, 8_000.0]) },
        policies,
        discipline: pick(rng, &[Discipline::Fifo, Discipline::ProcessorSharing]),
        threads: pick(rng, &[0, 0, 1, 5]),
        cold_start: pick(rng, &[None, Some(ColdStart::default())]),
        asking: pick(rng, &[Asking::OneByOne, Asking::AtOnce]),
        ..if pick(rng, &[false, true]) { lively(rng) } else { Group::default() }
    }
}

/// A group whose servers come and go for many reasons.
fn lively(rng: &mut Rng) -> Group {
    let hook = |transition, mean_ms| LifecycleHook {
        transition,
        heartbeat_timeout_s: 30,
        action: Law::Constant { mean_ms },
        ..LifecycleHook::default()
    };
    let pool = WarmPoolConfig {
        min_size: rng.below(3) as u32,
        pool_state: pick(rng, &[PoolState::Stopped, PoolState::Running]),
        reuse_on_scale_in: pick(rng, &[false, true]),
        ..WarmPoolConfig::default()
    };
    let shortage = CapacityShortage { from_s: 5, to_s: 15, zone: pick(rng, &[None, Some(0)]) };
    let refresh = InstanceRefresh { at_s: 8, instance_warmup_s: Some(1), ..Default::default() };
    let credits = CreditSpecification { cpu_credits: CreditMode::Standard, initial_credits: 0.0 };
    let spot = InstancesDistribution {
        on_demand_base_capacity: 1,
        on_demand_percentage_above_base_capacity: 50,
    };
    let (starts, leaves) =
        (hook(HookTransition::Launching, 2_000.0), hook(HookTransition::Terminating, 40_000.0));
    Group {
        instance_type: "t3.small".to_owned(),
        zones: 1 + rng.below(3) as u32,
        instances_distribution: pick(rng, &[None, Some(spot)]),
        spot_interruptions_per_hour: pick(rng, &[0.0, 60.0]),
        capacity_rebalancing: pick(rng, &[false, true]),
        lifecycle_hooks: pick(rng, &[vec![], vec![starts.clone()], vec![starts, leaves]]),
        warm_pool: pick(rng, &[None, Some(pool)]),
        capacity_shortages: pick(rng, &[vec![], vec![shortage]]),
        instance_refreshes: pick(rng, &[vec![], vec![refresh]]),
        credit_specification: pick(rng, &[None, Some(credits)]),
        ..Group::default()
    }
}

fn dependency(rng: &mut Rng) -> Dependency {
    let pool =
        ConnectionPool { size: pick(rng, &[1, 3]), timeout_ms: pick(rng, &[0.0, 20.0, 2_000.0]) };
    let hit_ratio = pick(rng, &[0.0, 0.8, 1.0]);
    let cache = Cache { hit_ratio, entries: 50, flushes_at_s: vec![5, 9] };
    Dependency {
        workers: 1 + rng.below(8) as u32,
        service: law(rng),
        queue_max: pick(rng, &[0, 5, 500]),
        discipline: pick(rng, &[Discipline::Fifo, Discipline::ProcessorSharing]),
        threads: pick(rng, &[0, 0, 1, 5]),
        connection_pool: pick(rng, &[None, Some(pool)]),
        cache: pick(rng, &[None, Some(cache)]),
        asynchronous: pick(rng, &[false, false, true]),
    }
}

/// A drawing with every allowed kind of link.
pub fn design(rng: &mut Rng) -> Design {
    let mut design = Design::default();
    let mut ids: Vec<(NodeKind, NodeId)> = Vec::new();
    for (kind, most) in [
        (NodeKind::Source, 2),
        (NodeKind::Balancer, 2),
        (NodeKind::Group, 2),
        (NodeKind::Dependency, 3),
    ] {
        for i in 0..=rng.below(most) {
            let settings = match kind {
                NodeKind::Source => Settings::Source(source(rng)),
                NodeKind::Balancer => Settings::Balancer(balancer(rng)),
                NodeKind::Group => Settings::Group(group(rng)),
                NodeKind::Dependency => Settings::Dependency(dependency(rng)),
            };
            let id = design.add_node(&format!("{} {i}", kind.name()), 0, 0, settings);
            ids.push((kind, id));
        }
    }
    for &(from_kind, from) in &ids {
        for &(_, to) in &ids {
            let wanted = rng.below(3) > 0 || from_kind == NodeKind::Source;
            let (id, link) = (design.next_link_id(), Link::new(from, to));
            // Links that close a circle are refused.
            if wanted
                && design.apply(Edit::AddLink(id, link)).is_ok()
                && let Some(link) = design.links.get_mut(&id)
            {
                link.latency_ms = pick(rng, &[0.0, 0.0, 0.25, 40.0]);
                link.latency = pick(rng, &[false, false, false, true]).then(|| law(rng));
                link.loss_percent = pick(rng, &[0.0, 0.0, 0.0, 2.0, 20.0]);
                if from_kind.works() {
                    link.copies = pick(rng, &[1, 1, 1, 2]);
                }
                if from_kind == NodeKind::Balancer {
                    link.weight = pick(rng, &[1, 1, 0, 7]);
                    link.priority = pick(rng, &[0, 0, 1]);
                }
            }
        }
        // A balancer must have somebody behind it.
        if from_kind == NodeKind::Balancer && design.links_from(from).next().is_none() {
            // Every design has a group.
            if let Some((_, group)) = ids.iter().find(|(kind, _)| *kind == NodeKind::Group) {
                design.add_link(from, *group);
            }
        }
        // And somebody who gets requests.
        if design.links_from(from).all(|(_, link)| link.weight == 0)
            && let Some(link) = design.links.values_mut().find(|link| link.from == from)
        {
            link.weight = 1;
        }
    }
    design.run.seed = rng.next_u64();
    design.run.warmup_s = pick(rng, &[0, 5]);
    design
}

/// Something that may break, at a node that fits or at one that does not.
pub fn broken(rng: &mut Rng, design: &Design) -> FaultKind {
    let ids: Vec<NodeId> = design.nodes.keys().copied().collect();
    let node = pick(rng, &ids);
    let target = Target {
        node,
        servers: pick(rng, &[Servers::One, Servers::All]),
        instance: pick(rng, &[None, None, Some(InstanceId(1)), Some(InstanceId(3))]),
    };
    let links: Vec<LinkId> = design.links.keys().copied().collect();
    match pick(rng, &FaultName::ALL) {
        FaultName::Crash => FaultKind::Crash { target },
        FaultName::Hang => FaultKind::Hang { target },
        FaultName::SlowDown => FaultKind::SlowDown { target, factor: pick(rng, &[1.0, 3.0]) },
        FaultName::Errors => FaultKind::Errors { target, percent: pick(rng, &[0.0, 30.0, 100.0]) },
        FaultName::HealthChecks => FaultKind::HealthChecks { target },
        FaultName::ZoneOutage => FaultKind::ZoneOutage { zone: rng.below(2) as u32 },
        FaultName::Partition => FaultKind::Partition { link: pick(rng, &links) },
        FaultName::LaunchFailures => {
            FaultKind::LaunchFailures { node, zone: pick(rng, &[None, Some(0)]) }
        }
        FaultName::Deploy => FaultKind::Deploy { node, refresh: InstanceRefresh::default() },
        FaultName::Spike => FaultKind::Spike { node, factor: pick(rng, &[0.0, 4.0]) },
        FaultName::RateFactor => {
            FaultKind::RateFactor { node, factor: pick(rng, &[0.0, 0.5, 3.0]) }
        }
        FaultName::DesiredCapacity => {
            FaultKind::DesiredCapacity { node, desired: rng.below(9) as u32 }
        }
    }
}

/// Faults that the design brings, those that make no sense left out.
pub fn faults(rng: &mut Rng, design: &Design) -> Vec<Fault> {
    let fault = |rng: &mut Rng| {
        let what = broken(rng, design);
        let when = match rng.below(3) {
            // A rate that changes again and again would never let the traffic end.
            0 if what.name() != FaultName::RateFactor => {
                FaultTime::Random { mtbf_s: pick(rng, &[2.0, 9.0]), mttr_s: pick(rng, &[0.0, 1.5]) }
            }
            // Several of them at one moment.
            _ => FaultTime::At {
                at_s: rng.below(8) as f64 * 1.2,
                for_s: pick(rng, &[0.0, 0.4, 6.0]),
            },
        };
        Fault { what, when }
    };
    let count = pick(rng, &[0, 0, 1, 4]);
    let faults = (0..count).map(|_| fault(rng));
    faults.filter(|fault| check_fault(design, fault).is_empty()).collect()
}
