//! Faults: what each does, that it ends, and that a run with interventions replays by itself.

use super::*;
use crate::design::{Fault, FaultKind, FaultName, FaultTime, Servers, Target};
use crate::dist::Law;
use crate::id::LinkId;

/// The story without scaling policies, `zones` zones and four servers, with these faults.
fn four_servers(zones: u32, faults: Vec<Fault>) -> Design {
    let mut design = presets::seven_steps();
    design.run.duration_s = 900;
    let (group, source) = (group_of(&design), source_of(&design));
    change_source(&mut design, |source| {
        source.traffic = Traffic::Constant { rate_per_s: 40.0 };
    });
    let node = Arc::make_mut(design.nodes.get_mut(&group).unwrap());
    if let Settings::Group(group) = &mut node.settings {
        (group.min_size, group.desired_capacity, group.max_size) = (4, 4, 8);
        (group.zones, group.policies) = (zones, Vec::new());
    }
    assert_ne!(group, source);
    design.run.faults = faults;
    design
}

fn at(at_s: f64, for_s: f64, what: FaultKind) -> Fault {
    Fault { what, when: FaultTime::At { at_s, for_s } }
}

fn by_cause(result: &RunResult, cause: FailureCause) -> u64 {
    result.totals.failed_by_cause[cause as usize]
}

/// Seconds from one moment to another in which requests failed.
fn failed_between(result: &RunResult, from_s: u32, to_s: u32) -> u32 {
    let points = result.series.iter().filter(|p| (from_s + 1..=to_s).contains(&p.at_s));
    points.map(|point| point.failed).sum()
}

fn told(result: &RunResult, of: FaultName) -> (usize, usize) {
    let count = |is_it: &dyn Fn(&LogEvent) -> bool| {
        result.log.iter().filter(|entry| is_it(&entry.event)).count()
    };
    let began = count(&|e| matches!(e, LogEvent::FaultBegan { fault, .. } if *fault == of));
    (began, count(&|e| matches!(e, LogEvent::FaultEnded { fault, .. } if *fault == of)))
}

/// A server that hangs keeps what it takes: clients wait until it is found out, drained and
/// replaced. Its CPU is idle meanwhile. Round robin goes on sending to it; a policy that looks at
/// outstanding requests avoids it by itself.
#[test]
fn a_hanging_server_is_found_out_and_what_it_holds_is_lost() {
    let mut design = four_servers(1, Vec::new());
    let group = group_of(&design);
    design.run.faults = vec![at(100.0, 60.0, FaultKind::Hang { target: Target::one(group) })];
    let careful = run(&design, 115).totals.in_flight;
    for node in design.nodes.values_mut() {
        if let Settings::Balancer(balancer) = &mut Arc::make_mut(node).settings {
            balancer.policy = crate::balance::PolicyConfig::RoundRobin;
        }
    }
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(115), StepBudget::UNLIMITED);
    // A quarter of 40 a second for 15 seconds.
    let held = sim.totals().in_flight;
    assert!((120..180).contains(&held), "{held} in flight");
    assert!(careful < 20, "{careful} in flight");
    let frame = sim.frame();
    let cpu = frame.nodes.iter().find_map(|node| match node {
        NodeFrame::Group(group) => group.instances.first().map(|instance| instance.cpu),
        _ => None,
    });
    assert!(cpu.unwrap() < 1e-6, "a server that hangs works: {cpu:?}");
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let result = sim.result();
    assert!(by_cause(&result, FailureCause::Reset) >= held, "what it held is lost");
    assert_eq!(failed_between(&result, 0, 100), 0);
    assert_eq!(failed_between(&result, 500, 900), 0, "it is replaced");
    assert_eq!(told(&result, FaultName::Hang), (1, 1));
    let began = result.log.iter().position(|it| matches!(it.event, LogEvent::FaultBegan { .. }));
    let blamed = |entry: &LogEntry| {
        matches!(entry.event, LogEvent::Health { healthy: false, .. })
            && entry.cause == began.map(|index| index as u32)
    };
    assert!(result.log.iter().any(blamed), "the failed check names the fault as its cause");
}

/// Work takes as many times as long as the fault says, on one server or on all, and then it does
/// not any more.
#[test]
fn a_slow_down_slows_by_its_factor() {
    let mut design = presets::single_server();
    design.run.duration_s = 300;
    change_source(&mut design, |source| {
        (source.traffic, source.arrivals) =
            (Traffic::Constant { rate_per_s: 2.0 }, crate::design::Arrivals::Constant);
    });
    let server = *design.nodes.keys().next_back().unwrap();
    let node = Arc::make_mut(design.nodes.get_mut(&server).unwrap());
    if let Settings::Dependency(dependency) = &mut node.settings {
        dependency.service = Law::Constant { mean_ms: 10.0 };
    }
    let slow = |factor| FaultKind::SlowDown { target: Target::all(server), factor };
    design.run.faults = vec![at(100.1, 100.0, slow(4.0)), at(150.1, 20.0, slow(2.5))];
    let result = run(&design, 300);
    let p50 = |at_s: usize| result.series[at_s - 1].p50_ms.unwrap();
    for (at_s, expected) in [(50, 10.0), (120, 40.0), (160, 100.0), (180, 40.0), (250, 10.0)] {
        assert!((p50(at_s) / expected - 1.0).abs() < 0.01, "{at_s}: {} ms", p50(at_s));
    }
}

/// A share of the requests is answered with 500, and a client that tries again has other luck.
#[test]
fn an_error_rate_fails_its_share() {
    let mut design = four_servers(1, Vec::new());
    let target = Target::all(group_of(&design));
    design.run.faults = vec![at(0.0, 900.0, FaultKind::Errors { target, percent: 20.0 })];
    let failed = |design: &Design| {
        let result = run(design, 900);
        let failed = by_cause(&result, FailureCause::ServerError);
        assert_eq!(failed, result.totals.failed);
        failed as f64 / (result.totals.completed + failed) as f64
    };
    let share = failed(&design);
    // 36,000 requests: a standard deviation of 0.0021.
    assert!((share - 0.2).abs() < 0.009, "{share}");
    change_source(&mut design, |source| source.retries = 1);
    let share = failed(&design);
    assert!((share - 0.04).abs() < 0.005, "{share}");
}

/// Every server of the zone dies, launches there fail until the outage is over, and the others
/// serve meanwhile.
#[test]
fn a_zone_goes_and_comes_back() {
    let outage = FaultKind::ZoneOutage { zone: 1 };
    let result = run(&four_servers(2, vec![at(100.0, 300.0, outage)]), 900);
    let deaths: Vec<&LogEntry> =
        result.log.iter().filter(|it| matches!(it.event, LogEvent::Crashed { .. })).collect();
    assert_eq!(deaths.len(), 2, "two of four servers stand in the zone");
    for death in deaths {
        let cause = &result.log[death.cause.unwrap() as usize].event;
        assert!(matches!(cause, LogEvent::FaultBegan { fault: FaultName::ZoneOutage, .. }));
    }
    assert!(failed_between(&result, 100, 130) > 0);
    assert_eq!(failed_between(&result, 140, 900), 0, "the healthy zone serves");
    assert_eq!(told(&result, FaultName::ZoneOutage), (1, 1));
    assert_eq!(result.series.last().unwrap().in_service, 4);
}

/// Nothing gets over a link that is cut: requests to the group fail after the retransmissions, its
/// servers fail their checks, and all is well again afterwards.
#[test]
fn a_partition_cuts_requests_and_checks() {
    let mut design = four_servers(1, Vec::new());
    let (group, mut calm) = (group_of(&design), design.clone());
    let to_group = |(_, link): &(&LinkId, &crate::design::Link)| link.to == group;
    let link = *design.links.iter().find(to_group).unwrap().0;
    design.run.faults = vec![at(100.0, 8.0, FaultKind::Partition { link })];
    let result = run(&design, 900);
    // Eight seconds are less than the 12.6 after which a sender gives up: all is only late.
    assert_eq!(result.totals.failed, 0);
    let slowest = result.latency.max_ms;
    assert!((6_000.0..13_000.0).contains(&slowest), "{slowest} ms");
    calm.run.faults = vec![at(100.0, 60.0, FaultKind::Partition { link })];
    let result = run(&calm, 900);
    assert!(by_cause(&result, FailureCause::ConnectFailed) > 500, "{:?}", result.totals);
    let unhealthy = |it: &LogEntry| matches!(it.event, LogEvent::Health { healthy: false, .. });
    assert!(result.log.iter().any(unhealthy));
    assert_eq!(failed_between(&result, 300, 900), 0);
    assert!(result.checks.conserved && result.checks.little_holds);
}

/// Checks fail although requests would work: with every server unhealthy, the balancer fails open.
#[test]
fn broken_checks_cost_good_servers() {
    let mut design = four_servers(1, Vec::new());
    let target = Target::one(group_of(&design));
    design.run.faults = vec![at(100.0, 120.0, FaultKind::HealthChecks { target })];
    let result = run(&design, 900);
    assert_eq!(result.totals.failed, 0, "no request fails");
    let replaced = result.log.iter().filter(|it| matches!(it.event, LogEvent::Launched { .. }));
    assert_eq!(replaced.count(), 1, "the group replaces a good server");
}

/// A dependency that crashes refuses, and comes back.
#[test]
fn a_dependency_is_down_for_a_while() {
    let mut design = presets::single_server();
    design.run.duration_s = 300;
    let server = *design.nodes.keys().next_back().unwrap();
    design.run.faults = vec![at(100.0, 50.0, FaultKind::Crash { target: Target::one(server) })];
    let result = run(&design, 300);
    assert_eq!(failed_between(&result, 0, 100), 0);
    let refused = failed_between(&result, 100, 150);
    assert!((refused as f64 - 4_000.0).abs() < 300.0, "{refused}");
    assert_eq!(failed_between(&result, 150, 300), 0);
    assert_eq!(told(&result, FaultName::Crash), (1, 1));
}

/// What finds nothing to happen to says so; a command that would is refused and is in no
/// recording.
#[test]
fn faults_that_miss_say_so() {
    let mut design = four_servers(1, Vec::new());
    let group = group_of(&design);
    let target = Target { instance: Some(InstanceId(77)), ..Target::one(group) };
    design.run.faults = vec![at(10.0, 5.0, FaultKind::Hang { target })];
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(20), StepBudget::UNLIMITED);
    assert!(matches!(sim.log(), [LogEntry { event: LogEvent::FaultMissed { .. }, .. }]));
    let missed = sim.apply(Command::new(FaultKind::Hang { target }, 5.0));
    assert_eq!(missed, Err(CommandError::NoSuchInstance { group, instance: Some(InstanceId(77)) }));
    for what in [
        FaultKind::Partition { link: LinkId(99) },
        FaultKind::ZoneOutage { zone: 7 },
        FaultKind::SlowDown { target: Target::one(group), factor: 0.5 },
        FaultKind::Deploy { node: source_of(&design), refresh: Default::default() },
    ] {
        assert!(sim.apply(Command::new(what.clone(), 1.0)).is_err(), "{what:?}");
    }
    assert_eq!(sim.recording(), design);
}

/// A run in which a person did one thing of every kind, and the design with all of that in it, are
/// the same run, request by request and word by word.
#[test]
fn interventions_replay() {
    let design = four_servers(2, Vec::new());
    let (group, source) = (group_of(&design), source_of(&design));
    let link = *design.links.keys().next().unwrap();
    let mut sim = Simulation::new(&design).unwrap();
    for (i, name) in (1_u64..).zip(FaultName::ALL) {
        // At times of no particular order in the middle of things, and two at one moment.
        let stop = Timestamp::from_ns(i / 2 * 41_234_567_891);
        sim.run_until(stop, StepBudget { events: 1_000 + i * 997 });
        let what = match name {
            FaultName::Spike | FaultName::RateFactor => name.at_node(source),
            FaultName::Partition => FaultKind::Partition { link },
            _ => name.at_node(group),
        };
        sim.apply(Command::new(what, 33.3)).unwrap();
    }
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let recording = sim.recording();
    assert_eq!(recording.run.faults.len(), FaultName::ALL.len());
    let text = crate::design::to_json(&recording);
    let read = crate::design::from_json(&text).unwrap();
    assert_eq!(read, recording);
    let linked = crate::design::decode(&crate::design::encode(&read)).unwrap();
    let again = run(&linked, 900);
    assert_eq!(again, sim.result());
    assert!(sim.by_hand().iter().eq(&recording.run.faults));
}

/// A fault that comes at random draws from its own stream: before it strikes, nothing is different.
#[test]
fn a_random_fault_shifts_no_draws() {
    let design = four_servers(1, Vec::new());
    let mut other = design.clone();
    let target = Target { servers: Servers::All, ..Target::one(group_of(&design)) };
    other.run.faults = vec![Fault {
        what: FaultKind::SlowDown { target, factor: 2.0 },
        when: FaultTime::Random { mtbf_s: 2_000.0, mttr_s: 10.0 },
    }];
    let (calm, broken) = (run(&design, 900), run(&other, 900));
    let first = broken.log.iter().find(|it| matches!(it.event, LogEvent::FaultBegan { .. }));
    let until = first.map_or(900, |entry| entry.at.as_ms() as usize / 1_000);
    assert!(until > 1);
    assert_eq!(calm.series[..until - 1], broken.series[..until - 1]);
    assert_eq!(calm.totals.arrived, broken.totals.arrived);
}

/// Loss and laws of latency: their means are paid, retransmissions included, and a message that is
/// lost often enough fails.
#[test]
fn links_lose_and_vary() {
    let mut design = presets::single_server();
    design.run.duration_s = 2_000;
    let change = |design: &mut Design, latency: Option<Law>, loss_percent| {
        for link in design.links.values_mut() {
            (link.latency, link.loss_percent) = (latency.clone(), loss_percent);
        }
    };
    let plain = run(&design, 2_000);
    change(&mut design, Some(Law::Exponential { mean_ms: 30.0 }), 0.0);
    let varied = run(&design, 2_000);
    let more = varied.latency.mean_ms - plain.latency.mean_ms;
    assert!((more - 60.0).abs() < 3.0, "{more} ms for two ways of 30 ms");
    change(&mut design, None, 10.0);
    let lossy = run(&design, 2_000);
    // Each way: 0.2 s times the sum of (2 p)^n / 2 for n from 1, with p = 0.1 (no message is lost
    // seven times).
    let expected = 2.0 * 200.0 * 0.1 / (1.0 - 0.2);
    let more = lossy.latency.mean_ms - plain.latency.mean_ms;
    assert!((more / expected - 1.0).abs() < 0.1, "{more} ms for {expected}");
    change(&mut design, None, 70.0);
    let result = run(&design, 2_000);
    let ended = (result.totals.completed + result.totals.failed) as f64;
    // Lost seven times in one of two directions.
    let lost = crate::math::pow(0.7, 7.0);
    let refused = by_cause(&result, FailureCause::ConnectFailed) as f64 / ended;
    let reset = by_cause(&result, FailureCause::Reset) as f64 / ended;
    assert!((refused - lost).abs() < 0.004, "{refused} for {lost}");
    assert!((reset - (1.0 - lost) * lost).abs() < 0.004, "{reset}");
    assert!(result.checks.conserved && result.checks.little_holds);
}
