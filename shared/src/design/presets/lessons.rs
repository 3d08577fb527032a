//! One lesson each: what to watch is in the page's words (`template-…-note`).

use super::super::{
    Balancer, Dependency, Design, Fault, FaultKind, FaultTime, Group, RatePoint, RunSettings,
    Settings, Source, Traffic,
};
use crate::balance::{HealthCheckConfig, PolicyConfig};
use crate::dist::Law;
use crate::id::NodeId;
use crate::scale::{
    HpaPolicy, InstancesDistribution, PoolState, ScalingPolicy, ScheduledPolicy,
    TargetTrackingPolicy, WarmPoolConfig,
};

fn named(name: &str, duration_s: u32) -> Design {
    let run = RunSettings { duration_s, ..RunSettings::default() };
    Design { name: name.to_owned(), run, ..Design::default() }
}

fn ramps(points: &[(f64, f64)]) -> Traffic {
    let point = |&(at_s, rate_per_s): &(f64, f64)| RatePoint { at_s, rate_per_s };
    Traffic::Ramps { points: points.iter().map(point).collect() }
}

fn source(traffic: Traffic) -> Settings {
    Settings::Source(Source { traffic, ..Source::default() })
}

fn balancer(policy: PolicyConfig) -> Settings {
    let health_check =
        HealthCheckConfig { interval_s: 10, healthy_threshold: 2, ..HealthCheckConfig::default() };
    let deregistration_delay_s = 60;
    Settings::Balancer(Balancer {
        policy,
        health_check,
        deregistration_delay_s,
        ..Balancer::default()
    })
}

fn tracking(target_value: f64) -> ScalingPolicy {
    ScalingPolicy::TargetTracking(TargetTrackingPolicy {
        target_value,
        ..TargetTrackingPolicy::default()
    })
}

/// Source, balancer and group in a row at height `y`, linked.
fn row(design: &mut Design, y: i32, names: [&str; 3], settings: [Settings; 3]) -> [NodeId; 3] {
    let mut places = [0, 320, 680].into_iter();
    let mut names = names.into_iter();
    let ids = settings.map(|settings| {
        let (name, x) = (names.next().unwrap_or_default(), places.next().unwrap_or_default());
        design.add_node(name, x, y, settings)
    });
    design.add_link(ids[0], ids[1]);
    design.add_link(ids[1], ids[2]);
    ids
}

/// Two servers, each in a zone of its own and each able to carry the traffic alone: the smallest
/// design that outlives a server.
pub fn balanced_pair() -> Design {
    let mut design = named("Balanced pair", 1_200);
    let group = Group {
        min_size: 2,
        max_size: 2,
        desired_capacity: 2,
        zones: 2,
        policies: Vec::new(),
        ..Group::default()
    };
    let settings = [
        source(Traffic::Constant { rate_per_s: 80.0 }),
        balancer(PolicyConfig::LeastOutstandingRequests),
        Settings::Group(group),
    ];
    row(&mut design, 0, ["Internet", "Load balancer", "Servers"], settings);
    design
}

/// The same traffic twice, chosen for by two policies. Service times vary much, so that taking turns
/// sends requests to servers that are busy with a long one.
pub fn policy_duel() -> Design {
    let mut design = named("Policy duel", 1_200);
    design.run.warmup_s = 60;
    let group = || {
        Settings::Group(Group {
            cores: 1,
            service: Law::Lognormal { mean_ms: 20.0, cv: 2.0 },
            min_size: 6,
            max_size: 6,
            desired_capacity: 6,
            policies: Vec::new(),
            ..Group::default()
        })
    };
    let duel = [
        (-160, ["Traffic A", "Round robin", "Servers A"], PolicyConfig::RoundRobin),
        (
            160,
            ["Traffic B", "Least outstanding", "Servers B"],
            PolicyConfig::LeastOutstandingRequests,
        ),
    ];
    for (y, names, policy) in duel {
        let traffic = Traffic::Constant { rate_per_s: 225.0 };
        row(&mut design, y, names, [source(traffic), balancer(policy), group()]);
    }
    design
}

/// Three servers, one of which is three times slower. By turns it gets a third of the requests, more
/// than it can do.
pub fn slow_server() -> Design {
    let mut design = named("Slow server", 900);
    let clients = design.add_node("Clients", 0, 0, source(Traffic::Constant { rate_per_s: 120.0 }));
    let policy = balancer(PolicyConfig::RoundRobin);
    let balancer = design.add_node("Load balancer", 320, 0, policy);
    design.add_link(clients, balancer);
    for (name, y, mean_ms) in
        [("Server 1", -152, 20.0), ("Server 2", 0, 20.0), ("Slow server", 152, 60.0)]
    {
        let service = Law::Exponential { mean_ms };
        let server = Dependency { workers: 2, service, ..Dependency::default() };
        let server = design.add_node(name, 640, y, Settings::Dependency(server));
        design.add_link(balancer, server);
    }
    design
}

/// The same crowd meets two groups: one boots servers when they are needed, one has stopped servers
/// prepared.
pub fn warm_pool() -> Design {
    let mut design = named("Warm pool against cold boot", 1_800);
    let group = |warm_pool: Option<WarmPoolConfig>| {
        Settings::Group(Group {
            boot: Law::Uniform { min_ms: 240_000.0, max_ms: 300_000.0 },
            max_size: 6,
            policies: vec![tracking(50.0), ScalingPolicy::scale_out()],
            warm_start: warm_pool.as_ref().map(|_| Law::Constant { mean_ms: 20_000.0 }),
            warm_pool,
            ..Group::default()
        })
    };
    let prepared = WarmPoolConfig {
        min_size: 4,
        pool_state: PoolState::Stopped,
        reuse_on_scale_in: true,
        ..WarmPoolConfig::default()
    };
    let duel = [
        (-160, ["Traffic A", "Balancer A", "Cold servers"], None),
        (160, ["Traffic B", "Balancer B", "Warm servers"], Some(prepared)),
    ];
    for (y, names, pool) in duel {
        let crowd = ramps(&[(240.0, 80.0), (270.0, 260.0)]);
        let policy = balancer(PolicyConfig::LeastOutstandingRequests);
        row(&mut design, y, names, [source(crowd), policy, group(pool)]);
    }
    design
}

/// Everybody comes at nine. A scheduled action makes room a quarter of an hour before; target
/// tracking alone would be late.
pub fn morning_peak() -> Design {
    let mut design = named("Scheduled morning peak", 5_400);
    design.run.starts_at_s = 8 * 3_600 + 30 * 60;
    let scheduled = ScheduledPolicy {
        recurrence: "45 8 * * *".to_owned(),
        min_size: Some(7),
        desired_capacity: Some(7),
        ..ScheduledPolicy::default()
    };
    let group = Group {
        max_size: 10,
        boot: Law::Uniform { min_ms: 120_000.0, max_ms: 180_000.0 },
        policies: vec![ScalingPolicy::Scheduled(scheduled), tracking(60.0)],
        ..Group::default()
    };
    let crowd = ramps(&[(1_740.0, 60.0), (1_860.0, 480.0), (4_200.0, 480.0), (5_100.0, 120.0)]);
    let settings =
        [source(crowd), balancer(PolicyConfig::LeastOutstandingRequests), Settings::Group(group)];
    row(&mut design, 0, ["Internet", "Load balancer", "Web servers"], settings);
    design
}

/// Six servers in three zones, of which one is down from 12:10 to 12:25. The four of the other zones
/// must carry all: 330 requests a second are 55 % of six servers and 83 % of four. The balancer
/// sends to every zone alike, so what is lost with the zone is lost only until the health checks
/// notice; meanwhile the group replaces the two in the zones that are left.
pub fn zone_outage() -> Design {
    let mut design = named("Zone outage", 2_400);
    let group = Group {
        min_size: 6,
        max_size: 9,
        desired_capacity: 6,
        zones: 3,
        policies: vec![tracking(70.0)],
        ..Group::default()
    };
    let settings = [
        source(Traffic::Constant { rate_per_s: 330.0 }),
        balancer(PolicyConfig::LeastOutstandingRequests),
        Settings::Group(group),
    ];
    row(&mut design, 0, ["Internet", "Load balancer", "Web servers"], settings);
    design.run.faults.push(Fault {
        what: FaultKind::ZoneOutage { zone: 0 },
        when: FaultTime::At { at_s: 600.0, for_s: 900.0 },
    });
    design
}

/// Two servers On-Demand, the others on Spot, which the cloud takes back with two minutes' notice.
pub fn spot_interruption() -> Design {
    let mut design = named("Spot interruption", 3_600);
    let distribution = InstancesDistribution {
        on_demand_base_capacity: 2,
        on_demand_percentage_above_base_capacity: 0,
    };
    let group = Group {
        min_size: 6,
        max_size: 10,
        desired_capacity: 6,
        zones: 3,
        policies: vec![tracking(60.0)],
        instances_distribution: Some(distribution),
        spot_interruptions_per_hour: 1.5,
        capacity_rebalancing: true,
        ..Group::default()
    };
    let settings = [
        source(Traffic::Constant { rate_per_s: 330.0 }),
        balancer(PolicyConfig::LeastOutstandingRequests),
        Settings::Group(group),
    ];
    row(&mut design, 0, ["Internet", "Load balancer", "Servers"], settings);
    design
}

/// What this project's Worker does: requests from the edge to origins on three clouds, at the
/// distances of three regions.
pub fn edge_three_clouds() -> Design {
    let mut design = named("Edge Worker over three clouds", 1_200);
    let internet =
        design.add_node("Internet", 0, 0, source(Traffic::Constant { rate_per_s: 240.0 }));
    let worker = balancer(PolicyConfig::PowerOfChoices { choices: 2 });
    let worker = design.add_node("Edge Worker", 320, 0, worker);
    design.add_link(internet, worker);
    for (name, y, latency_ms) in
        [("AWS origin", -152, 6.0), ("Google origin", 0, 14.0), ("Azure origin", 152, 35.0)]
    {
        let service = Law::Lognormal { mean_ms: 25.0, cv: 0.7 };
        let origin = Dependency { workers: 8, service, ..Dependency::default() };
        let origin = design.add_node(name, 680, y, Settings::Dependency(origin));
        let link = design.add_link(worker, origin);
        if let Some(link) = design.links.get_mut(&link) {
            link.latency_ms = latency_ms;
        }
    }
    design
}

/// Pods instead of instances: they start in seconds, and the autoscaler decides every 15 s by a
/// ratio and not by an alarm.
pub fn kubernetes_hpa() -> Design {
    let mut design = named("Kubernetes HPA", 2_400);
    let hpa = HpaPolicy { target_utilization: 60, ..HpaPolicy::default() };
    let group = Group {
        cores: 1,
        service: Law::Exponential { mean_ms: 20.0 },
        min_size: 3,
        max_size: 20,
        desired_capacity: 3,
        boot: Law::Uniform { min_ms: 4_000.0, max_ms: 9_000.0 },
        policies: vec![ScalingPolicy::Hpa(hpa)],
        ..Group::default()
    };
    let waves = ramps(&[(300.0, 80.0), (320.0, 400.0), (1_200.0, 400.0), (1_230.0, 80.0)]);
    let settings = [source(waves), balancer(PolicyConfig::RoundRobin), Settings::Group(group)];
    row(&mut design, 0, ["Internet", "Service", "Pods"], settings);
    design
}
