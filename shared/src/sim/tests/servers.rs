//! How servers work: shared cores, threads, slowness at first.

use super::*;
use crate::design::{ColdStart, Discipline, Group, RatePoint};
use crate::dist::Law;

/// A source of requests like clockwork at one dependency, 1 request a second for `seconds`.
fn ticking(seconds: f64, change: impl Fn(&mut crate::design::Dependency)) -> Design {
    let mut design = presets::single_server();
    change_source(&mut design, |source| {
        let point = |at_s, rate_per_s| RatePoint { at_s, rate_per_s };
        source.traffic =
            Traffic::Steps { points: vec![point(0.0, 1.0), point(seconds + 0.5, 0.0)] };
        source.arrivals = crate::design::Arrivals::Constant;
    });
    design.run.warmup_s = 0;
    change_server(&mut design, change);
    design
}

/// By hand: requests of 1.5 s come at 1, 2 and 3 s and share one core. The first ends after
/// 1 + 2 · 0.5 = 2 s (at 3), the second has 1 s left then and shares with the third: it ends at 5
/// after 3 s, the third has 0.5 s left and ends at 5.5 after 2.5 s.
#[test]
fn shared_cores_by_hand() {
    let design = ticking(3.0, |server| {
        server.discipline = Discipline::ProcessorSharing;
        server.service = Law::Constant { mean_ms: 1_500.0 };
    });
    let latency = run(&design, 60).latency;
    assert_eq!(latency.count, 3);
    assert!((latency.mean_ms - 2_500.0).abs() < 1e-3, "{latency:?}");
    assert!((latency.max_ms - 3_000.0).abs() < 1e-3, "{latency:?}");
    // In order of arrival they take 1.5, 2 and 2.5 s.
    let in_order = ticking(3.0, |s| s.service = Law::Constant { mean_ms: 1_500.0 });
    assert!((run(&in_order, 60).latency.mean_ms - 2_000.0).abs() < 1e-3);
}

/// The averages of a node are those of theory and of Little's law: M/M/1 at 80 % has 4 requests, 3.2
/// of which wait; on shared cores as many are there, and none waits.
#[test]
fn nodes_have_their_averages() {
    for discipline in Discipline::ALL {
        let mut design = presets::single_server();
        change_server(&mut design, |server| server.discipline = discipline);
        let result = run(&design, 3_600);
        let node = &result.nodes[1];
        let (present, waiting) = (node.mean_in_flight.unwrap(), node.mean_waiting.unwrap());
        let little = result.checks.mean_in_flight;
        assert!((present - little).abs() < 1e-9, "{present} is not {little}");
        assert!((present - 4.0).abs() < 0.4, "{present}");
        let expected =
            if discipline == Discipline::Fifo { present - node.utilisation.unwrap() } else { 0.0 };
        assert!((waiting - expected).abs() < 1e-9, "{waiting} wait");
    }
}

/// A limit of threads on shared cores: what is past it waits in order, what is past the queue is
/// refused. Requests of 1.9 s at 1, 2, 3, 4 and 5 s, two threads, a queue of one. The first ends at
/// 3.8; the third waits from 3 to 3.8; the fourth finds one thread taken by the second and one by
/// the third, and waits; the fifth is refused.
#[test]
fn threads_limit_shared_cores() {
    let design = ticking(5.0, |server| {
        (server.discipline, server.threads) = (Discipline::ProcessorSharing, 2);
        server.queue_max = 1;
        server.service = Law::Constant { mean_ms: 1_900.0 };
    });
    let totals = run(&design, 60).totals;
    assert_eq!((totals.completed, totals.failed), (4, 1), "{totals:?}");
    assert_eq!(totals.failed_by_cause[FailureCause::QueueFull as usize], 1);
}

/// Threads as many as cores are a plain server, whatever the path through the engine: the same run
/// to the last bit.
#[test]
fn as_many_threads_as_cores_change_nothing() {
    let plain = presets::single_server();
    let mut threads = plain.clone();
    change_server(&mut threads, |server| server.threads = 1);
    assert_eq!(run(&plain, 900).digest, run(&threads, 900).digest);
}

/// The story of a saturated network: the database answers slowly, threads wait for it, and CPU
/// falls although the service refuses requests. Target tracking by CPU would scale in.
#[test]
fn cpu_falls_while_threads_wait() {
    let at = |query_ms: f64| {
        let mut design = presets::with_database();
        change_source(&mut design, |source| {
            source.traffic = Traffic::Constant { rate_per_s: 120.0 };
        });
        for node in design.nodes.values_mut() {
            match &mut Arc::make_mut(node).settings {
                Settings::Group(group) => {
                    *group = Group { threads: 16, queue_max: 50, ..group.clone() };
                    (group.policies, group.max_size) = (Vec::new(), 2);
                }
                Settings::Dependency(database) => {
                    (database.workers, database.service) =
                        (1_000, Law::Exponential { mean_ms: query_ms });
                }
                _ => {}
            }
        }
        let result = run(&design, 600);
        let cpu = result.nodes.iter().find(|node| node.servers.is_some()).unwrap().utilisation;
        (cpu.unwrap(), result.totals.failed as f64 / result.totals.arrived as f64)
    };
    let ((healthy_cpu, healthy_failed), (slow_cpu, slow_failed)) = (at(5.0), at(1_000.0));
    assert!((healthy_cpu - 0.6).abs() < 0.02 && healthy_failed < 1e-3, "{healthy_cpu}");
    // 32 threads, each busy for 1.02 s or more: at most 31.4 requests a second get through.
    assert!(slow_failed > 0.7, "{slow_failed}");
    assert!(slow_cpu < 0.2, "CPU is {slow_cpu} while the threads wait");
}

/// A server that replaces a dead one is slow at first: with a fifth of its speed it does not keep
/// up for a while, and the same farm without it does.
#[test]
fn fresh_servers_are_slow() {
    let p99_after = |cold_start| {
        let mut design = presets::seven_steps();
        change_source(&mut design, |source| {
            source.traffic = Traffic::Constant { rate_per_s: 120.0 };
        });
        for node in design.nodes.values_mut() {
            if let Settings::Group(group) = &mut Arc::make_mut(node).settings {
                (group.cold_start, group.policies) = (cold_start, Vec::new());
                group.boot = Law::Constant { mean_ms: 5_000.0 };
            }
        }
        let group = group_of(&design);
        let mut sim = Simulation::new(&design).unwrap();
        sim.run_until(Timestamp::from_s(60), StepBudget::UNLIMITED);
        sim.apply(Command::crash(group, None)).unwrap();
        sim.run_until(Timestamp::from_s(600), StepBudget::UNLIMITED);
        let result = sim.result();
        assert!(result.checks.conserved && result.checks.little_holds);
        let worst = result.series.iter().filter(|point| point.at_s > 130 && point.at_s < 190);
        worst.filter_map(|point| point.p99_ms).fold(0.0, f32::max)
    };
    let cold = ColdStart { duration_s: 120.0, initial_speed_percent: 20.0 };
    let (warm, cold) = (p99_after(None), p99_after(Some(cold)));
    assert!(cold > 1.5 * warm, "p99 {cold} ms against {warm} ms");
}

/// The time of one request on a fresh server, by hand: half speed, full after 10 s. A request of
/// 1.1 s that begins at once takes 2 s.
#[test]
fn a_request_on_a_fresh_server_by_hand() {
    use crate::sim::node::{NONE, Run, Scheduling, Size, Station};
    use crate::time::Span;
    let cold = ColdStart { duration_s: 10.0, initial_speed_percent: 50.0 };
    for discipline in Discipline::ALL {
        let scheduling = Scheduling::of(discipline, 0, Some(cold));
        let size = Size { work: 0, cores: 1, queue_max: 0, plan: NONE, scheduling };
        let at = Timestamp::from_s(7);
        let mut station = Station::new(NodeId(1), None, size, at);
        station.come_alive(at);
        station.admit_scheduled(at);
        let end = match station.run(at, 1, Span::from_ms(1_100)) {
            Run::Ends(span) => Some(at + span),
            Run::Shares | Run::Waits => station.next_look(at),
        };
        assert_eq!(end, Some(Timestamp::from_s(9)), "{discipline:?}");
    }
}
