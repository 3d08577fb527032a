//! Ready-made designs. The first is the story that the page opens with.

mod lessons;

pub use lessons::{
    balanced_pair, edge_three_clouds, kubernetes_hpa, morning_peak, policy_duel, slow_server,
    spot_interruption, warm_pool, zone_outage,
};

use super::{
    Balancer, Cache, ConnectionPool, Dependency, Design, Group, Node, NodeKind, RatePoint,
    RunSettings, Settings, Source, Traffic,
};
use crate::balance::{HealthCheckConfig, PolicyConfig};
use crate::dist::Law;
use crate::id::NodeId;
use crate::scale::{Metric, ScalingPolicy, TargetTrackingPolicy};
use std::sync::Arc;

/// The story in seven steps, then the night.
///
/// Each server has two cores and serves 100 requests/s at most. At noon 120 requests/s keep two
/// servers 60 % busy. At 12:05 a crowd comes, 190 requests/s or 95 %: the alarm adds a third
/// server, and the load falls to 63 %. At 12:17 more come, 280 requests/s: a fourth. From 12:35
/// the night falls, 20 requests/s, and the group shrinks back to two.
pub fn seven_steps() -> Design {
    let mut design = Design { name: "A server that does not die".to_owned(), ..Design::default() };
    let at = |at_s, rate_per_s| RatePoint { at_s, rate_per_s };
    let points = vec![
        at(300.0, 120.0),
        at(330.0, 190.0),
        at(1_020.0, 190.0),
        at(1_050.0, 280.0),
        at(2_100.0, 280.0),
        at(2_400.0, 20.0),
    ];
    let internet = Source { traffic: Traffic::Ramps { points }, ..Source::default() };
    let internet = design.add_node("Internet", 0, 0, Settings::Source(internet));
    let balancer = Balancer {
        policy: PolicyConfig::LeastOutstandingRequests,
        health_check: HealthCheckConfig {
            interval_s: 10,
            healthy_threshold: 2,
            ..HealthCheckConfig::default()
        },
        deregistration_delay_s: 60,
        ..Balancer::default()
    };
    let balancer = design.add_node("Load balancer", 320, 0, Settings::Balancer(balancer));
    let group = design.add_node("Web servers", 680, 0, Settings::Group(Group::default()));
    design.add_link(internet, balancer);
    design.add_link(balancer, group);
    design
}

/// One server with one worker: the M/M/1 queue at 80 % load. Theory says that the mean time in the
/// system is 1 / (mu - lambda) = 50 ms.
pub fn single_server() -> Design {
    let mut design = Design {
        name: "One server (M/M/1)".to_owned(),
        run: RunSettings { duration_s: 3_600, warmup_s: 60, ..RunSettings::default() },
        ..Design::default()
    };
    let traffic = Traffic::Constant { rate_per_s: 80.0 };
    let clients =
        design.add_node("Clients", 0, 0, Settings::Source(Source { traffic, ..Source::default() }));
    let server = Dependency {
        workers: 1,
        service: Law::Exponential { mean_ms: 10.0 },
        queue_max: 1_000_000,
        ..Dependency::default()
    };
    let server = design.add_node("Server", 320, 0, Settings::Dependency(server));
    design.add_link(clients, server);
    design
}

/// Ten servers of one core at 80 % load behind one policy: the same traffic shows what the choice
/// of policy does to waiting.
pub fn ten_servers(policy: PolicyConfig) -> Design {
    let mut design = Design {
        name: format!("Ten servers, {}", policy.name().replace('_', " ")),
        run: RunSettings { duration_s: 1_200, warmup_s: 60, ..RunSettings::default() },
        ..Design::default()
    };
    let traffic = Traffic::Constant { rate_per_s: 800.0 };
    let clients =
        design.add_node("Clients", 0, 0, Settings::Source(Source { traffic, ..Source::default() }));
    let balancer = Settings::Balancer(Balancer { policy, ..Balancer::default() });
    let balancer = design.add_node("Load balancer", 320, 0, balancer);
    let group = Group {
        cores: 1,
        service: Law::Exponential { mean_ms: 10.0 },
        queue_max: 1_000_000,
        min_size: 10,
        max_size: 10,
        desired_capacity: 10,
        policies: Vec::new(),
        ..Group::default()
    };
    let group = design.add_node("Servers", 680, 0, Settings::Group(group));
    design.add_link(clients, balancer);
    design.add_link(balancer, group);
    design
}

/// The story with a database behind the servers: scaling the web tier does not help a slow
/// database.
pub fn with_database() -> Design {
    let mut design = seven_steps();
    design.name = "Web servers with a database".to_owned();
    let group = design.nodes.iter().find(|(_, node)| node.settings.kind() == NodeKind::Group);
    let group = group.map_or(NodeId(0), |(&id, _)| id);
    let database = Settings::Dependency(Dependency::default());
    let database = design.add_node("Database", 1_040, 0, database);
    design.add_link(group, database);
    design
}

/// A crowd that the web servers could serve and the database cannot: its four workers do 200 queries
/// a second, 280 requests come. Requests wait for the database on the threads of the web servers,
/// whose CPU falls; the group adds servers by requests per target, and it does not help.
pub fn database_bottleneck() -> Design {
    let mut design = seven_steps();
    design.name = "The database is the bottleneck".to_owned();
    let database = Dependency {
        workers: 4,
        service: Law::Exponential { mean_ms: 20.0 },
        queue_max: 500,
        connection_pool: Some(ConnectionPool { size: 40, timeout_ms: 2_000.0 }),
        ..Dependency::default()
    };
    let policy = ScalingPolicy::TargetTracking(TargetTrackingPolicy {
        metric: Metric::RequestCountPerTarget,
        target_value: 3_000.0,
        ..TargetTrackingPolicy::default()
    });
    let database = design.add_node("Database", 1_040, 0, Settings::Dependency(database));
    if let Some(group) = only_group(&mut design, |group| {
        (group.threads, group.queue_max, group.policies) = (64, 100, vec![policy]);
        group.service = Law::Exponential { mean_ms: 10.0 };
    }) {
        design.add_link(group, database);
    }
    design
}

/// A cache that loses everything at 12:10. Before, 5 % of 500 requests a second reach the database,
/// which can do 100; now all do. It refuses most of them, and each answer brings one entry back: the
/// cache needs minutes to fill.
pub fn cache_stampede() -> Design {
    let mut design = Design {
        name: "Cache stampede".to_owned(),
        run: RunSettings { duration_s: 1_800, ..RunSettings::default() },
        ..Design::default()
    };
    let (_, group) = fixed_service(&mut design, Traffic::Constant { rate_per_s: 500.0 }, 8);
    let cache = Cache { hit_ratio: 0.95, entries: 20_000, flushes_at_s: vec![600] };
    let cache = Dependency {
        workers: 64,
        service: Law::Exponential { mean_ms: 1.0 },
        cache: Some(cache),
        ..Dependency::default()
    };
    let database = Dependency {
        workers: 4,
        service: Law::Exponential { mean_ms: 40.0 },
        queue_max: 50,
        ..Dependency::default()
    };
    let cache = design.add_node("Cache", 1_040, 0, Settings::Dependency(cache));
    let database = design.add_node("Database", 1_360, 0, Settings::Dependency(database));
    design.add_link(group, cache);
    design.add_link(cache, database);
    design
}

/// A minute of too many requests that never ends: clients wait a second and try again three times,
/// and what nobody waits for any more keeps the servers from what somebody waits for. At 70 % of
/// their capacity the servers answer next to nothing in time.
pub fn retry_storm() -> Design {
    let mut design = Design {
        name: "Retry storm".to_owned(),
        run: RunSettings { duration_s: 1_800, ..RunSettings::default() },
        ..Design::default()
    };
    let at = |at_s, rate_per_s| RatePoint { at_s, rate_per_s };
    let points = vec![at(0.0, 140.0), at(300.0, 400.0), at(360.0, 140.0)];
    let (source, _) = fixed_service(&mut design, Traffic::Steps { points }, 2);
    if let Some(node) = design.nodes.get_mut(&source)
        && let Settings::Source(source) = &mut Arc::make_mut(node).settings
    {
        (source.timeout_ms, source.retries) = (1_000.0, 3);
    }
    design
}

/// Clients, a load balancer and so many servers, which no policy changes. Returns the source and
/// the group.
fn fixed_service(design: &mut Design, traffic: Traffic, servers: u32) -> (NodeId, NodeId) {
    let source = Settings::Source(Source { traffic, ..Source::default() });
    let source = design.add_node("Clients", 0, 0, source);
    let policy = PolicyConfig::LeastOutstandingRequests;
    let balancer = Settings::Balancer(Balancer { policy, ..Balancer::default() });
    let balancer = design.add_node("Load balancer", 320, 0, balancer);
    let group = Group {
        min_size: servers,
        max_size: servers,
        desired_capacity: servers,
        policies: Vec::new(),
        ..Group::default()
    };
    let group = design.add_node("Web servers", 680, 0, Settings::Group(group));
    design.add_link(source, balancer);
    design.add_link(balancer, group);
    (source, group)
}

/// Changes the group of a design that has one.
fn only_group(design: &mut Design, change: impl FnOnce(&mut Group)) -> Option<NodeId> {
    let is_group = |node: &Arc<Node>| node.settings.kind() == NodeKind::Group;
    let (&id, node) = design.nodes.iter_mut().find(|(_, node)| is_group(node))?;
    if let Settings::Group(group) = &mut Arc::make_mut(node).settings {
        change(group);
    }
    Some(id)
}

/// Every preset under its name, in the order of the menu.
pub fn all() -> Vec<(&'static str, Design)> {
    vec![
        ("seven-steps", seven_steps()),
        ("with-database", with_database()),
        ("single-server", single_server()),
        ("balanced-pair", balanced_pair()),
        ("policy-duel", policy_duel()),
        ("slow-server", slow_server()),
        ("warm-pool", warm_pool()),
        ("morning-peak", morning_peak()),
        ("zone-outage", zone_outage()),
        ("spot-interruption", spot_interruption()),
        ("edge-three-clouds", edge_three_clouds()),
        ("kubernetes-hpa", kubernetes_hpa()),
        ("ten-round-robin", ten_servers(PolicyConfig::RoundRobin)),
        ("ten-least-outstanding", ten_servers(PolicyConfig::LeastOutstandingRequests)),
        ("ten-two-choices", ten_servers(PolicyConfig::PowerOfChoices { choices: 2 })),
        ("database-bottleneck", database_bottleneck()),
        ("cache-stampede", cache_stampede()),
        ("retry-storm", retry_storm()),
    ]
}
