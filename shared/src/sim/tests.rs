//! The model as a whole: conservation, replay, independence, bad input.

mod asking;
mod balancing;
mod faults;
mod instances;
mod metrics;
mod promises;
mod requests;
mod servers;
mod stories;
mod tracing;

use super::*;
use crate::design::{Design, NodeKind, Settings, Traffic, presets};
use crate::id::{InstanceId, NodeId};
use crate::time::Timestamp;
use std::sync::Arc;

fn run(design: &Design, seconds: u64) -> RunResult {
    let mut sim = Simulation::new(design).unwrap();
    sim.run_until(Timestamp::from_s(seconds), StepBudget::UNLIMITED);
    sim.result()
}

fn group_of(design: &Design) -> NodeId {
    let group = design.nodes.iter().find(|(_, node)| node.settings.kind() == NodeKind::Group);
    *group.unwrap().0
}

fn source_of(design: &Design) -> NodeId {
    let source = design.nodes.iter().find(|(_, node)| node.settings.kind() == NodeKind::Source);
    *source.unwrap().0
}

/// Arrivals are completed, failed, or in flight; in every preset, at every point of the series.
#[test]
fn nothing_is_lost() {
    for (name, design) in presets::all() {
        let result = run(&design, 900);
        let totals = result.totals;
        assert!(totals.arrived > 10_000, "{name}");
        assert_eq!(totals.arrived, totals.completed + totals.failed + totals.in_flight, "{name}");
        assert_eq!(totals.failed, totals.failed_by_cause.iter().sum::<u64>(), "{name}");
        let ended: u64 =
            result.series.iter().map(|p| u64::from(p.completed) + u64::from(p.failed)).sum();
        assert_eq!(ended, totals.completed + totals.failed, "{name}");
    }
}

/// One run in one step, in steps of a second, and in steps of few events are the same run.
#[test]
fn slices_do_not_matter() {
    let design = presets::with_database();
    let whole = run(&design, 700);
    let mut sim = Simulation::new(&design).unwrap();
    for second in 1..=700 {
        while sim.run_until(Timestamp::from_s(second), StepBudget { events: 97 }).events == 97 {}
    }
    assert_eq!(sim.result(), whole);
    let other = Design { run: crate::design::RunSettings { seed: 2, ..design.run }, ..design };
    assert_ne!(run(&other, 700).digest, whole.digest);
}

/// A node that has nothing to do with the others does not shift their draws.
#[test]
fn another_node_shifts_no_draws() {
    let design = presets::seven_steps();
    let alone = run(&design, 600);
    let mut more = design;
    let source = more.add_node("Other", 0, 300, NodeKind::Source.settings());
    let server = more.add_node("Other", 300, 300, NodeKind::Dependency.settings());
    more.add_link(source, server);
    let both = run(&more, 600);
    let own = |result: &RunResult| -> Vec<_> {
        result.nodes.iter().take(3).map(|node| (node.requests, node.servers)).collect()
    };
    assert_eq!(own(&alone), own(&both));
    assert_eq!(alone.log, both.log);
}

/// A server dies: the requests it had are lost, those sent to it before the health check notices
/// fail, then nobody sends to it any more and the group replaces it.
#[test]
fn the_dead_are_found_and_replaced() {
    let design = presets::seven_steps();
    let group = group_of(&design);
    let mut sim = Simulation::new(&design).unwrap();
    let run_to = |sim: &mut Simulation, s| {
        sim.run_until(Timestamp::from_s(s), StepBudget::UNLIMITED);
        sim.result()
    };
    run_to(&mut sim, 60);
    sim.apply(Command::crash(group, Some(InstanceId(1)))).unwrap();
    // Two failures ten seconds apart, each known after five: noticed within 25 seconds.
    let sent_to_the_dead = |result: &RunResult| {
        let by_cause = result.totals.failed_by_cause;
        by_cause[FailureCause::ConnectFailed as usize] + by_cause[FailureCause::Reset as usize]
    };
    let noticed = run_to(&mut sim, 86);
    assert!(sent_to_the_dead(&noticed) > 0);
    let later = run_to(&mut sim, 290);
    assert_eq!(sent_to_the_dead(&later), sent_to_the_dead(&noticed));
    assert_eq!(later.series.last().unwrap().in_service, 2, "it was replaced");
    assert_eq!(
        sim.apply(Command::crash(group, Some(InstanceId(1)))),
        Err(CommandError::NoSuchInstance { group, instance: Some(InstanceId(1)) })
    );
}

#[test]
fn spikes_and_factors_change_the_rate() {
    let design = presets::single_server();
    let source = source_of(&design);
    let mut sim = Simulation::new(&design).unwrap();
    let arrived_until = |sim: &mut Simulation, s| {
        sim.run_until(Timestamp::from_s(s), StepBudget::UNLIMITED);
        sim.result().totals.arrived as f64
    };
    let usual = arrived_until(&mut sim, 100);
    sim.apply(Command::spike(source, 5.0, 50.0)).unwrap();
    let after_spike = arrived_until(&mut sim, 200) - usual;
    // 50 s at 400 and 50 s at 80 requests a second.
    assert!((after_spike - 24_000.0).abs() < 4.0 * 24_000_f64.sqrt(), "{after_spike}");
    sim.apply(Command::rate_factor(source, 0.0)).unwrap();
    assert!((arrived_until(&mut sim, 300) - usual - after_spike).abs() < 0.5);
    for factor in [-1.0, f64::NAN, f64::INFINITY, 1_001.0] {
        let error = sim.apply(Command::rate_factor(source, factor)).unwrap_err();
        assert!(matches!(error, CommandError::Value { .. }));
    }
    let error = sim.apply(Command::spike(NodeId(77), 1.0, 1.0));
    assert_eq!(error.unwrap_err().to_string(), "node 77 is no traffic source of this run");
}

/// Latency of links is paid both ways.
#[test]
fn links_take_their_time() {
    let mut design = presets::ten_servers(crate::balance::PolicyConfig::RoundRobin);
    let before = run(&design, 120).latency;
    for link in design.links.values_mut() {
        link.latency_ms = 10.0;
    }
    let after = run(&design, 120).latency;
    let added = after.mean_ms - before.mean_ms;
    assert!((added - 40.0).abs() < 2.0, "{added} ms added");
    assert!(after.p50_ms > 40.0);
}

/// A queue that is full refuses, and the refusals are counted by their cause.
#[test]
fn full_queues_refuse() {
    let mut design = presets::single_server();
    let server = design.nodes.values_mut().last().unwrap();
    if let Settings::Dependency(server) = &mut Arc::make_mut(server).settings {
        server.queue_max = 0;
    }
    let result = run(&design, 600);
    // M/M/1/1 at 80 % load refuses rho / (1 + rho).
    let refused = result.totals.failed as f64 / result.totals.arrived as f64;
    assert!((refused - 0.8 / 1.8).abs() < 0.01, "{refused}");
    assert_eq!(
        result.totals.failed_by_cause[FailureCause::QueueFull as usize],
        result.totals.failed
    );
}

#[test]
fn designs_with_errors_do_not_start() {
    let mut design = presets::seven_steps();
    for node in design.nodes.values_mut() {
        if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
            source.traffic = Traffic::Constant { rate_per_s: f64::INFINITY };
        }
    }
    let error = Simulation::new(&design).unwrap_err().to_string();
    assert!(error.contains("traffic.rate_per_s is inf: set it to 0 to 1000000"), "{error}");
    assert!(Simulation::new(&Design::default()).is_err());
}

/// No traffic, no time to serve, nobody to serve: all run, and end.
#[test]
fn edges_of_the_allowed_run() {
    let mut design = presets::ten_servers(crate::balance::PolicyConfig::LeastOutstandingRequests);
    let zero = |design: &mut Design, change: fn(&mut Settings)| {
        design.nodes.values_mut().for_each(|node| change(&mut Arc::make_mut(node).settings));
    };
    zero(&mut design, |settings| {
        if let Settings::Group(group) = settings {
            group.service = crate::dist::Law::Constant { mean_ms: 0.0 };
        }
    });
    let result = run(&design, 10);
    assert!(result.totals.completed > 7_000 && result.latency.max_ms < 1e-6);
    zero(&mut design, |settings| {
        if let Settings::Group(group) = settings {
            (group.min_size, group.desired_capacity, group.max_size) = (0, 0, 0);
        }
    });
    let result = run(&design, 10);
    assert_eq!(
        result.totals.failed_by_cause[FailureCause::NoBackend as usize],
        result.totals.arrived
    );
    zero(&mut design, |settings| {
        if let Settings::Source(source) = settings {
            source.traffic = Traffic::Constant { rate_per_s: 0.0 };
        }
    });
    let result = run(&design, 10);
    assert_eq!((result.totals.arrived, result.availability.to_bits()), (0, 1_f64.to_bits()));
}

/// The only source of a design, to be changed.
fn change_source(design: &mut Design, change: impl Fn(&mut crate::design::Source)) {
    for node in design.nodes.values_mut() {
        if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
            change(source);
        }
    }
}

fn change_server(design: &mut Design, change: impl Fn(&mut crate::design::Dependency)) {
    for node in design.nodes.values_mut() {
        if let Settings::Dependency(server) = &mut Arc::make_mut(node).settings {
            change(server);
        }
    }
}

/// A run is finished when nothing is left to happen at its last moment, not before: a slice may
/// end in the middle of a moment.
#[test]
fn the_last_moment_is_part_of_the_run() {
    let mut design = presets::single_server();
    (design.run.duration_s, design.run.warmup_s) = (10, 0);
    change_source(&mut design, |source| {
        source.traffic = Traffic::Constant { rate_per_s: 4.0 };
        source.arrivals = crate::design::Arrivals::Constant;
    });
    let whole = run(&design, 10);
    assert_eq!(whole.totals.arrived, 40, "the last one comes at the very end");
    let mut sim = Simulation::new(&design).unwrap();
    while !sim.run_until(Timestamp::MAX, StepBudget { events: 1 }).finished {}
    assert_eq!(sim.result(), whole);
    assert_eq!(sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED).events, 0);
}

/// Users who never think and ask for nothing that takes time would go round for ever.
#[test]
fn standing_still_is_noticed() {
    let mut design = presets::single_server();
    change_source(&mut design, |source| {
        source.traffic = Traffic::Users { users: 2, think_ms: 0.0 };
    });
    change_server(&mut design, |server| {
        server.service = crate::dist::Law::Constant { mean_ms: 0.0 };
    });
    let mut sim = Simulation::new(&design).unwrap();
    let slice = sim.run_until(Timestamp::MAX, StepBudget { events: 1_000 });
    assert_eq!((slice.now, slice.events, slice.finished), (Timestamp::ZERO, 1_000, false));
    assert!(sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED).finished);
    assert!(matches!(sim.log().last().unwrap().event, LogEvent::Stalled { .. }));
    assert_eq!(sim.now(), Timestamp::ZERO);
}

/// Every attempt takes longer than the client waits: the server works on all of them for nobody.
#[test]
fn clients_give_up_and_try_again() {
    let mut design = presets::single_server();
    change_source(&mut design, |source| {
        source.traffic = Traffic::Steps {
            points: [(0.0, 10.0), (100.0, 0.0)]
                .map(|(at_s, rate_per_s)| crate::design::RatePoint { at_s, rate_per_s })
                .to_vec(),
        };
        (source.timeout_ms, source.retries) = (5.0, 3);
    });
    change_server(&mut design, |server| {
        server.service = crate::dist::Law::Constant { mean_ms: 10.0 };
    });
    let result = run(&design, 300);
    let totals = result.totals;
    assert!(totals.arrived > 800);
    assert_eq!(totals.failed_by_cause[FailureCause::Timeout as usize], totals.arrived);
    assert_eq!(totals.retries, 3 * totals.arrived);
    assert_eq!(result.nodes[1].requests, 4 * totals.arrived);

    // With patience for one more server's worth of waiting, nobody fails and nobody tries again.
    change_source(&mut design, |source| source.timeout_ms = 5_000.0);
    let totals = run(&design, 300).totals;
    assert_eq!((totals.completed, totals.retries), (totals.arrived, 0));
}

/// A retry storm: an overload of a minute never ends, because work that nobody waits for any more
/// keeps the server from what somebody waits for. Without retries it ends by itself.
#[test]
fn retries_keep_an_overload_alive() {
    let failed_late = |retries| {
        let mut design = presets::single_server();
        design.run.duration_s = 900;
        let source = source_of(&design);
        change_source(&mut design, |source| {
            (source.timeout_ms, source.retries, source.backoff_ms) = (500.0, retries, 50.0);
        });
        let mut sim = Simulation::new(&design).unwrap();
        let mut run_to = |s, spike| {
            sim.run_until(Timestamp::from_s(s), StepBudget::UNLIMITED);
            if spike {
                sim.apply(Command::spike(source, 3.0, 60.0)).unwrap();
            }
            sim.totals().failed
        };
        run_to(60, true);
        let before = run_to(600, false);
        run_to(900, false) - before
    };
    assert_eq!(failed_late(0), 0);
    assert!(failed_late(5) > 10_000);
}

/// On for a second and off for nine on average, at ten times the rate while on: as many requests
/// as without, but most seconds are empty.
#[test]
fn bursts_keep_the_mean() {
    let mut design = presets::single_server();
    design.run.duration_s = 40_000;
    change_source(&mut design, |source| {
        source.traffic = Traffic::Constant { rate_per_s: 5.0 };
        source.bursts = crate::design::Bursts {
            burst_factor: 10.0,
            calm_factor: 0.0,
            burst_s: 1.0,
            calm_s: 9.0,
        };
    });
    let result = run(&design, 40_000);
    // 4,000 bursts of exponential length: the time in bursts has a relative deviation of
    // sqrt(2 / 4,000) = 2.2 %.
    let ratio = result.totals.arrived as f64 / 200_000.0;
    assert!((ratio - 1.0).abs() < 4.0 * 0.023, "{ratio}");
    let points = result.series.len() as f64;
    let empty = result.series.iter().filter(|point| point.arrived == 0).count() as f64 / points;
    // A point covers eight seconds: empty if off at its start (0.9) and for all of it.
    let expected = 0.9 * crate::math::exp(-8.0 / 9.0);
    assert!((empty - expected).abs() < 0.05, "{empty} for {expected}");
}

/// What passes along a link adds up with what the nodes at its ends counted.
#[test]
fn links_count_what_passes() {
    let mut design = presets::seven_steps();
    change_source(&mut design, |source| (source.timeout_ms, source.retries) = (300.0, 1));
    let (source, group) = (source_of(&design), group_of(&design));
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(30), StepBudget::UNLIMITED);
    sim.apply(Command::spike(source, 20.0, 20.0)).unwrap();
    sim.run_until(Timestamp::from_s(60), StepBudget::UNLIMITED);
    let totals = sim.totals();
    let links = sim.frame().links;
    let [entry, backend] = &links[..] else { panic!("two links: {links:?}") };
    assert!(totals.retries > 1_000 && totals.failed > 1_000, "{totals:?}");
    let attempts = totals.arrived + totals.retries;
    assert!((attempts - totals.in_flight..=attempts).contains(&entry.sent), "some pause before");
    assert_eq!(entry.failed, totals.failed + totals.retries, "each failed attempt once");
    assert!(backend.sent <= entry.sent && backend.sent + 100 > entry.sent, "{links:?}");
    let before = backend.failed;
    let crash = Command::crash(group, None);
    sim.apply(crash).unwrap();
    sim.run_until(Timestamp::from_s(61), StepBudget::UNLIMITED);
    assert!(sim.frame().links[1].failed > before, "what it had is lost");
    let point = sim.series().iter().find(|point| point.failed > 0).unwrap();
    assert_eq!(point.failed_by_cause.iter().sum::<u32>(), point.failed);
    assert!(sim.series().iter().any(|point| point.queued > 10));
}
