//! Nodes that ask others: chains, fan-out, pools of connections, caches, queues; and classes of
//! requests.

use super::*;
use crate::design::{
    Arrivals, Asking, Balancer, Cache, ConnectionPool, Dependency, Group, RatePoint, RequestClass,
    Source,
};
use crate::dist::Law;

const fn constant(mean_ms: f64) -> Law {
    Law::Constant { mean_ms }
}

/// Requests at `rate_per_s` for `seconds` at one server of one core behind a balancer.
fn one_server(rate_per_s: f64, seconds: f64, arrivals: Arrivals) -> (Design, NodeId) {
    let mut design = Design::default();
    design.run.duration_s = 3_600;
    let point = |at_s, rate_per_s| RatePoint { at_s, rate_per_s };
    let points = vec![point(0.0, rate_per_s), point(seconds, 0.0)];
    let source = Source { traffic: Traffic::Steps { points }, arrivals, ..Source::default() };
    let source = design.add_node("Source", 0, 0, Settings::Source(source));
    let (balancer, group) = service(&mut design, constant(0.0));
    design.add_link(source, balancer);
    (design, group)
}

/// A balancer with one server of one core.
fn service(design: &mut Design, service: Law) -> (NodeId, NodeId) {
    let (min_size, max_size, desired_capacity) = (1, 1, 1);
    let group = Group {
        cores: 1,
        service,
        queue_max: 1_000_000,
        min_size,
        max_size,
        desired_capacity,
        policies: Vec::new(),
        ..Group::default()
    };
    let balancer = design.add_node("Balancer", 0, 0, Settings::Balancer(Balancer::default()));
    let group = design.add_node("Group", 0, 0, Settings::Group(group));
    design.add_link(balancer, group);
    (balancer, group)
}

fn dependency(design: &mut Design, from: NodeId, settings: Dependency) -> NodeId {
    let id = design.add_node("Dependency", 0, 0, Settings::Dependency(settings));
    design.add_link(from, id);
    id
}

fn set_group(design: &mut Design, id: NodeId, change: impl Fn(&mut Group)) {
    let node = Arc::make_mut(design.nodes.get_mut(&id).unwrap());
    if let Settings::Group(group) = &mut node.settings {
        change(group);
    }
}

fn sound(result: &RunResult) {
    assert!(result.checks.conserved && result.checks.little_holds, "{:?}", result.checks);
    assert_eq!(result.totals.in_flight, 0);
}

fn hop(result: &RunResult, node: NodeId, hop: Hop) -> Latency {
    let found = result.hops.iter().find(|it| it.node == node && it.hop == hop);
    found.unwrap_or_else(|| panic!("no {hop:?} at {node} in {:#?}", result.hops)).latency
}

/// By hand, like clockwork: 1 ms at the server, 2 ms of link there and back at each dependency, 10
/// and 30 ms of work. One by one that is 45 ms, at once 33.
#[test]
fn one_by_one_and_at_once_by_hand() {
    for (asking, expected) in [(Asking::OneByOne, 45.0), (Asking::AtOnce, 33.0)] {
        let (mut design, group) = one_server(5.0, 20.0, Arrivals::Constant);
        set_group(&mut design, group, |it| (it.service, it.asking) = (constant(1.0), asking));
        let of = |mean_ms| Dependency { service: constant(mean_ms), ..Dependency::default() };
        let fast = dependency(&mut design, group, of(10.0));
        let slow = dependency(&mut design, group, of(30.0));
        for link in design.links.values_mut().filter(|link| link.from == group) {
            link.latency_ms = 1.0;
        }
        let result = run(&design, 60);
        sound(&result);
        assert!((result.latency.mean_ms - expected).abs() < 1e-6, "{:?}", result.latency);
        for (to, expected) in [(fast, 12.0), (slow, 32.0)] {
            let time = hop(&result, group, Hop::Dependency { to });
            assert!((time.mean_ms - expected).abs() < 1e-6 && time.count == result.latency.count);
        }
        assert!((hop(&result, group, Hop::Service).mean_ms - 1.0).abs() < 1e-6);
        assert!((hop(&result, slow, Hop::Service).mean_ms - 30.0).abs() < 1e-6);
        assert!(hop(&result, slow, Hop::Queue).max_ms < 1e-6);
    }
}

/// The slowest of k decides: the mean of the greatest of k exponential times is the k-th harmonic
/// number. All copies draw for themselves.
#[test]
fn fan_out_takes_as_long_as_the_slowest() {
    for (copies, harmonic) in [(1, 1.0), (4, 25.0 / 12.0), (100, 5.187_377_5)] {
        let (mut design, group) = one_server(100.0, 600.0, Arrivals::Poisson);
        let service = Law::Exponential { mean_ms: 10.0 };
        let leaf = Dependency { workers: 10_000, service, ..Dependency::default() };
        dependency(&mut design, group, leaf);
        design.links.values_mut().for_each(|link| {
            if link.from == group {
                link.copies = copies;
            }
        });
        let result = run(&design, 700);
        sound(&result);
        let mean = result.latency.mean_ms / 10.0;
        assert!((mean / harmonic - 1.0).abs() < 0.02, "{mean} for {harmonic}");
    }
}

/// One percent of the answers are slow; of a hundred, one is in 63.4 % of all requests.
#[test]
fn the_tail_at_scale() {
    let (mut design, group) = one_server(100.0, 600.0, Arrivals::Poisson);
    let (min_ms, p50_ms, p90_ms, p99_ms) = (10.0, 10.0, 10.0, 10.0);
    let service = Law::Percentiles { min_ms, p50_ms, p90_ms, p99_ms, max_ms: 1_000.0 };
    let leaf = Dependency { workers: 10_000, service, ..Dependency::default() };
    dependency(&mut design, group, leaf);
    let id = *design.links.iter().find(|(_, link)| link.from == group).unwrap().0;
    design.links.get_mut(&id).unwrap().copies = 100;
    // A client that waits for little more than a usual answer gives up in 63.4 % of all cases.
    change_source(&mut design, |source| source.timeout_ms = 10.001);
    let totals = run(&design, 700).totals;
    let slow = totals.failed as f64 / totals.arrived as f64;
    assert!((slow - 0.634).abs() < 0.01, "{slow}");
}

/// A chain of two single servers: each is M/M/1 for itself (Burke 1956), so the times add up. The
/// second draws other work than the first.
#[test]
fn a_chain_of_services() {
    let (mut design, first) = one_server(70.0, 3_000.0, Arrivals::Poisson);
    let exponential = |mean_ms| Law::Exponential { mean_ms };
    set_group(&mut design, first, |group| group.service = exponential(10.0));
    let (balancer, second) = service(&mut design, exponential(8.0));
    design.add_link(first, balancer);
    let result = run(&design, 3_100);
    sound(&result);
    // 1 / (0.1 - 0.07) and 1 / (0.125 - 0.07).
    let expected = 100.0 / 3.0 + 200.0 / 11.0;
    let mean = result.latency.mean_ms;
    assert!((mean / expected - 1.0).abs() < 0.03, "{mean} for {expected}");
    let inner = hop(&result, first, Hop::Dependency { to: balancer }).mean_ms;
    let parts =
        hop(&result, second, Hop::Queue).mean_ms + hop(&result, second, Hop::Service).mean_ms;
    assert!((inner - parts).abs() < 1e-6, "{inner} is not {parts}");
    assert!((inner / (200.0 / 11.0) - 1.0).abs() < 0.03, "{inner}");
}

/// A pool of connections by hand: requests every 100 ms, one connection, queries of 250 ms, a wait
/// of at most 400 ms. The n-th finds more waiting than the one before until the wait is too long.
#[test]
fn connections_by_hand() {
    let (mut design, group) = one_server(10.0, 0.55, Arrivals::Constant);
    let pool = ConnectionPool { size: 1, timeout_ms: 400.0 };
    let database = Dependency {
        service: constant(250.0),
        connection_pool: Some(pool),
        ..Dependency::default()
    };
    let database = dependency(&mut design, group, database);
    let result = run(&design, 60);
    sound(&result);
    // They come at 100, 200, …, 500 ms. Connections at 100, 350 (waited 150), 600 (waited 300); the
    // fourth waits from 400 to 800 and fails, the fifth from 500 and gets it at 850, after 350 ms.
    let by_cause = result.totals.failed_by_cause;
    assert_eq!(result.totals.completed, 4, "{:?}", result.totals);
    assert_eq!(by_cause[FailureCause::ConnectionTimeout as usize], 1);
    let wait = hop(&result, group, Hop::Connection { to: database });
    assert_eq!(wait.count, 4);
    assert!((wait.mean_ms - 200.0).abs() < 1e-6, "{wait:?}");
    assert!((result.latency.mean_ms - 450.0).abs() < 1e-6, "{:?}", result.latency);
}

/// Calls that wait for a connection go with their server.
#[test]
fn connections_of_the_dead_are_gone() {
    let (mut design, group) = one_server(50.0, 20.0, Arrivals::Poisson);
    let pool = ConnectionPool { size: 2, timeout_ms: 5_000.0 };
    let service = constant(500.0);
    let database = Dependency { service, connection_pool: Some(pool), ..Dependency::default() };
    dependency(&mut design, group, database);
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(10), StepBudget::UNLIMITED);
    sim.apply(Command::crash(group, None)).unwrap();
    sim.run_until(Timestamp::from_s(600), StepBudget::UNLIMITED);
    let result = sim.result();
    sound(&result);
    assert!(result.totals.failed_by_cause[FailureCause::Reset as usize] > 100);
}

/// A cache spares the database: so many requests reach it as miss, until the cache is flushed.
#[test]
fn caches_spare_what_is_behind() {
    let cached = |flushes_at_s: Vec<u32>| {
        let (mut design, group) = one_server(100.0, 1_000.0, Arrivals::Poisson);
        let cache = Cache { hit_ratio: 0.9, entries: 5_000, flushes_at_s };
        let (service, cache) = (constant(1.0), Some(cache));
        let cache = Dependency { service, cache, ..Dependency::default() };
        let cache = dependency(&mut design, group, cache);
        let service = constant(20.0);
        dependency(&mut design, cache, Dependency { service, ..Dependency::default() });
        let result = run(&design, 1_100);
        sound(&result);
        let asked = result.nodes.last().unwrap().requests as f64;
        (asked, result.totals.arrived as f64, result.latency.mean_ms)
    };
    let (asked, all, mean) = cached(Vec::new());
    assert!((asked / all - 0.1).abs() < 4.0 * 0.001, "{asked} of {all}");
    assert!((mean - (1.0 + 20.0 * asked / all)).abs() < 0.01, "{mean}");
    // The 5,000 entries come back by one miss each, whatever the pace: so many misses more.
    let (flushed, ..) = cached(vec![200]);
    let more = flushed - asked;
    assert!((more - 5_000.0).abs() < 150.0, "{more} misses more");
}

/// A queue answers at once; its workers come to the messages later, and all of them.
#[test]
fn queues_answer_at_once() {
    let (mut design, group) = one_server(100.0, 10.0, Arrivals::Poisson);
    let queue = Dependency {
        workers: 2,
        service: constant(40.0),
        asynchronous: true,
        ..Dependency::default()
    };
    let queue = dependency(&mut design, group, queue);
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(10), StepBudget::UNLIMITED);
    let backlog = |sim: &Simulation| match sim.frame().nodes.last() {
        Some(NodeFrame::Dependency(frame)) => frame.queued,
        other => panic!("{other:?}"),
    };
    // 100 come and 50 are done a second.
    assert!((400..600).contains(&backlog(&sim)), "{}", backlog(&sim));
    sim.run_until(Timestamp::from_s(60), StepBudget::UNLIMITED);
    let result = sim.result();
    sound(&result);
    assert_eq!((backlog(&sim), result.totals.failed), (0, 0));
    assert!(result.latency.max_ms < 1e-6, "{:?}", result.latency);
    let worked_on = hop(&result, queue, Hop::Service);
    assert_eq!(worked_on.count, result.totals.arrived);
    assert!(hop(&result, queue, Hop::Queue).max_ms > 5_000.0);
}

/// Workers behind a queue are a group that scales by its backlog.
#[test]
fn workers_scale_by_the_backlog() {
    use crate::scale::{Metric, ScalingPolicy};
    let (mut design, front) = one_server(60.0, 1_200.0, Arrivals::Poisson);
    let queue = Dependency {
        workers: 8,
        service: constant(0.0),
        queue_max: 1_000_000,
        asynchronous: true,
        ..Dependency::default()
    };
    let queue = dependency(&mut design, front, queue);
    let (balancer, workers) = service(&mut design, constant(50.0));
    design.add_link(queue, balancer);
    set_group(&mut design, workers, |group| {
        let mut policy = ScalingPolicy::scale_out();
        if let ScalingPolicy::Step(step) = &mut policy {
            (step.alarm.metric, step.alarm.threshold) = (Metric::QueueLength, 100.0);
        }
        (group.max_size, group.policies) = (4, vec![policy]);
        group.boot = constant(30_000.0);
    });
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(60), StepBudget::UNLIMITED);
    let frame = sim.frame();
    let queued = frame.nodes.iter().find_map(|node| match node {
        NodeFrame::Dependency(it) if it.id == queue => Some(it.queued),
        _ => None,
    });
    assert!(queued.unwrap() > 1_000, "the backlog is in the queue: {queued:?}");
    sim.run_until(Timestamp::from_s(1_300), StepBudget::UNLIMITED);
    let result = sim.result();
    sound(&result);
    let most = result.nodes.iter().find(|node| node.id == workers).unwrap().servers.unwrap().1;
    assert_eq!(most, 4, "one server does 20 of 60 messages a second");
    assert!(result.latency.max_ms < 1e-6);
}

/// Classes by hand: with an empty server each takes its size times the work, and their shares are
/// those of the design. A class has a patience of its own.
#[test]
fn classes_have_their_size_and_patience() {
    let mut design = presets::single_server();
    design.run.warmup_s = 0;
    change_source(&mut design, |source| {
        source.traffic = Traffic::Constant { rate_per_s: 2.0 };
        let class = |name: &str, share, size, timeout_ms| RequestClass {
            name: name.to_owned(),
            share,
            size,
            timeout_ms,
        };
        source.classes = vec![
            class("read", 6.0, 1.0, None),
            class("write", 3.0, 4.0, None),
            class("report", 1.0, 20.0, Some(150.0)),
        ];
    });
    change_server(&mut design, |server| {
        (server.workers, server.service) = (100, constant(10.0));
    });
    design.run.duration_s = 10_000;
    let result = run(&design, 10_000);
    let all = result.totals.arrived as f64;
    for (class, (share, mean)) in result.classes.iter().zip([(0.6, 10.0), (0.3, 40.0), (0.1, 0.0)])
    {
        let count = class.latency.count + class.failed;
        assert!((count as f64 / all - share).abs() < 0.015, "{class:?}");
        assert!((class.latency.mean_ms - mean).abs() < 1e-6, "{class:?}");
    }
    assert_eq!(result.classes[2].latency.count, 0, "reports take 200 ms, their clients wait 150");
    assert_eq!(result.totals.failed, result.classes[2].failed);
    // Classes shift no other draw: the same arrivals, and the same work but for its size.
    change_source(&mut design, |source| source.classes.clear());
    assert_eq!(run(&design, 10_000).totals.arrived, result.totals.arrived);
}
