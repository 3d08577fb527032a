//! Theory against the simulation: every published case that a design can express.
//!
//! Convention of queueing theory: one core does one unit of work a second on average, rho is the
//! load per core, T is the mean time in the system. Here a unit is 10 ms.
//!
//! A case is at least 1.2 million requests in eight independent runs. A figure passes within its
//! tolerance (mean 2 %, p99 3 %); where eight runs cannot be that sure, near full load, it must lie
//! inside its interval of about 99.8 %, and the interval must be narrow enough to mean something.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use shared::balance::PolicyConfig;
use shared::design::{
    ConnectionPool, Dependency, Design, Discipline, RunSettings, Settings, Traffic, presets,
};
use shared::dist::Law;
use shared::experiment::{Experiment, Metric, Summary};
use shared::theory::{Gaps, Gmc, Mmc, PowerOfChoices, Quantity, Reason};
use std::sync::Arc;

/// Milliseconds of one unit of work.
const UNIT_MS: f64 = 10.0;
/// Independent runs of a case.
const RUNS: u32 = 8;
/// Requests of a case, over all its runs.
const REQUESTS: f64 = 1_200_000.0;
/// Student's t with seven degrees of freedom: 4.8 covers 99.8 %, 2.365 covers 95 %.
const SURE: f64 = 4.8 / 2.365;

const EXPONENTIAL: Law = Law::Exponential { mean_ms: UNIT_MS };

fn change(design: &mut Design, change: impl Fn(&mut Settings)) {
    design.nodes.values_mut().for_each(|node| change(&mut Arc::make_mut(node).settings));
}

/// One server with `workers` cores and `queue_max` places to wait at load `rho`.
fn server(workers: u32, queue_max: u32, rho: f64, law: &Law) -> Design {
    let rate_per_s = rho * f64::from(workers) * 1_000.0 / UNIT_MS;
    let mut design = presets::single_server();
    change(&mut design, |settings| match settings {
        Settings::Source(source) => source.traffic = Traffic::Constant { rate_per_s },
        Settings::Dependency(server) => {
            (server.workers, server.queue_max) = (workers, queue_max);
            server.service = law.clone();
        }
        Settings::Balancer(_) | Settings::Group(_) => {}
    });
    design
}

/// `servers` of one core at load `rho` behind a policy.
fn farm(policy: PolicyConfig, servers: u32, rho: f64) -> Design {
    let mut design = presets::ten_servers(policy);
    change(&mut design, |settings| match settings {
        Settings::Source(source) => {
            let rate_per_s = rho * f64::from(servers) * 1_000.0 / UNIT_MS;
            source.traffic = Traffic::Constant { rate_per_s };
        }
        Settings::Group(group) => {
            (group.min_size, group.max_size) = (servers, servers);
            group.desired_capacity = servers;
        }
        Settings::Balancer(_) | Settings::Dependency(_) => {}
    });
    design
}

fn rate_per_s(design: &Design) -> f64 {
    let rate = |settings: &Settings| match settings {
        Settings::Source(source) => match source.traffic {
            Traffic::Constant { rate_per_s } => Some(rate_per_s),
            _ => None,
        },
        _ => None,
    };
    design.nodes.values().find_map(|node| rate(&node.settings)).unwrap()
}

/// Runs a case with about `requests` requests after the warm-ups.
fn run(design: &Design, requests: f64) -> Summary {
    run_at(design, requests, rate_per_s(design))
}

/// The same, where requests come at `rate_per_s`.
fn run_at(design: &Design, requests: f64, rate_per_s: f64) -> Summary {
    let warmup_s = 60;
    let duration_s = warmup_s + (requests / f64::from(RUNS) / rate_per_s).ceil() as u32;
    let run = RunSettings { seed: 1, duration_s, warmup_s, ..RunSettings::default() };
    let design = Design { run, ..design.clone() };
    let mut experiment = Experiment::replications(&design, RUNS).unwrap();
    while let Some(job) = experiment.next_job() {
        experiment.record(job.number, &job.run().unwrap());
    }
    let summary = experiment.summaries().swap_remove(0);
    assert!(summary.sound, "{}: requests were lost, or Little's law failed", summary.design);
    summary
}

/// The figure lies within its tolerance, or chance explains the difference.
fn close(what: &str, value: f64, half_width: f64, expected: f64, tolerance: f64) {
    let error = (value - expected).abs();
    let allowed = (tolerance * expected).max(half_width * SURE);
    assert!(
        error <= allowed && half_width < 4.0 * tolerance * expected,
        "{what}: {value:.5} ± {half_width:.5} for {expected:.5}, {:.2} % off",
        (value / expected - 1.0) * 100.0
    );
}

fn mean_of(summary: &Summary, metric: Metric) -> (f64, f64) {
    let estimate = summary.estimates.iter().find(|e| e.metric == metric).unwrap();
    (estimate.mean, estimate.half_width.unwrap())
}

/// The design is recognised as `model`, and every figure that theory predicts is measured.
fn agrees(design: &Design, model: &str, requests: f64) {
    let summary = run(design, requests);
    let [check] = &summary.theory[..] else { unreachable!("one part") };
    let predicted = check.predicted.as_ref().unwrap_or_else(|| unreachable!("{:?}", check.reason));
    assert_eq!(predicted.model.name, model);
    let what = format!("{model}, {:.2} % busy", predicted.utilisation * 100.0);
    for comparison in &check.comparisons {
        let (quantity, measured) = (comparison.quantity, comparison.measured);
        let (expected, what) = (comparison.predicted, format!("{what}, {}", quantity.name()));
        if quantity == Quantity::Refused && expected < 1e-9 {
            assert!(measured.value < 1e-6, "{what}: {}", measured.value);
        } else {
            let half_width = measured.half_width.unwrap();
            close(&what, measured.value, half_width, expected, quantity.tolerance());
        }
    }
}

/// Erlang C, from half to nearly full load.
#[test]
fn pools_of_servers() {
    let cases = [(1, 0.5), (1, 0.8), (2, 0.8), (4, 0.8), (10, 0.8)];
    for (workers, rho) in cases {
        let model = format!("M/M/{workers}");
        agrees(&server(workers, 1_000_000, rho, &EXPONENTIAL), &model, REQUESTS);
    }
    agrees(&server(1, 1_000_000, 0.9, &EXPONENTIAL), "M/M/1", 5.0 * REQUESTS);
    agrees(&server(4, 1_000_000, 0.9, &EXPONENTIAL), "M/M/4", 3.0 * REQUESTS);
}

/// At 95 % queues forget slowly: runs must be long to say anything.
#[test]
fn pools_of_servers_near_full_load() {
    agrees(&server(1, 1_000_000, 0.95, &EXPONENTIAL), "M/M/1", 20_000_000.0);
    agrees(&server(10, 1_000_000, 0.95, &EXPONENTIAL), "M/M/10", 6_000_000.0);
}

/// Queues with an end, under load and overload: refusals, and the latency of the others.
#[test]
fn finite_queues() {
    for rho in [0.9, 1.2, 2.0] {
        agrees(&server(1, 9, rho, &EXPONENTIAL), "M/M/1/10", REQUESTS);
    }
    agrees(&server(5, 7, 0.8, &EXPONENTIAL), "M/M/5/12", REQUESTS);
    // λ 3, μ 0.25: 8.57 % are refused, whatever the law of service.
    let lognormal = Law::Lognormal { mean_ms: UNIT_MS, cv: 1.5 };
    for law in [EXPONENTIAL, Law::Constant { mean_ms: UNIT_MS }, lognormal] {
        agrees(&server(15, 0, 0.8, &law), "M/G/15/15", REQUESTS);
    }
}

/// Pollaczek and Khinchine, with percentiles.
#[test]
fn general_service() {
    let constant = Law::Constant { mean_ms: UNIT_MS };
    agrees(&server(1, 1_000_000, 0.8, &constant), "M/D/1", REQUESTS);
    agrees(&server(1, 1_000_000, 0.9, &constant), "M/D/1", 4.0 * REQUESTS);
    let laws = [
        Law::Lognormal { mean_ms: UNIT_MS, cv: 0.5 },
        Law::Uniform { min_ms: 0.0, max_ms: 2.0 * UNIT_MS },
        // Erlang's law of four stages.
        Law::Gamma { mean_ms: UNIT_MS, cv: 0.5 },
    ];
    for law in laws {
        agrees(&server(1, 1_000_000, 0.8, &law), "M/G/1", REQUESTS);
    }
    // cv² = 4: long requests are rare and decide the mean.
    let wide = Law::Lognormal { mean_ms: UNIT_MS, cv: 2.0 };
    agrees(&server(1, 1_000_000, 0.5, &wide), "M/G/1", 8.0 * REQUESTS);
}

/// Random split is M/M/1 each, round robin E_n/M/1 each.
#[test]
fn splits() {
    let random = farm(PolicyConfig::Random, 10, 0.8);
    agrees(&random, "M/M/1 times 10, random split", REQUESTS);
    for (servers, rho) in [(2, 0.8), (4, 0.9), (10, 0.5), (10, 0.8), (100, 0.8)] {
        let design = farm(PolicyConfig::RoundRobin, servers, rho);
        agrees(&design, &format!("E{servers}/M/1"), 1.5 * REQUESTS);
    }
}

/// Round robin over servers of two and of four cores: E_n/M/c.
#[test]
fn turns_over_pools() {
    for (servers, cores, rho) in [(3, 2, 0.8), (5, 4, 0.9)] {
        let mut design = farm(PolicyConfig::RoundRobin, servers, rho * f64::from(cores));
        change(&mut design, |settings| {
            if let Settings::Group(group) = settings {
                group.cores = cores;
            }
        });
        agrees(&design, &format!("E{servers}/M/{cores}"), 2.0 * REQUESTS);
    }
}

/// Policies without a closed form, against an exact chain (two servers) and against independent
/// simulations of 60 million events with intervals under 0.2 %; and inside theory's bounds.
#[test]
fn policies() {
    let two = PolicyConfig::PowerOfChoices { choices: 2 };
    let shortest = PolicyConfig::LeastOutstandingRequests;
    let cases = [
        (shortest.clone(), 2, 0.5, 1.426_32),
        (shortest.clone(), 2, 0.8, 2.955_74),
        (two.clone(), 2, 0.9, 5.474_91),
        (shortest.clone(), 10, 0.8, 1.3548),
        (shortest, 100, 0.8, 1.0056),
        (two.clone(), 10, 0.8, 2.0741),
        (two, 100, 0.8, 1.9589),
        (PolicyConfig::JoinIdleQueue, 10, 0.8, 1.4809),
        (PolicyConfig::JoinIdleQueue, 100, 0.8, 1.0063),
    ];
    for (policy, servers, rho, expected) in cases {
        let what = format!("{policy:?} over {servers} at {rho}");
        let summary = run(&farm(policy, servers, rho), REQUESTS);
        let (mean, half_width) = mean_of(&summary, Metric::MeanMs);
        close(&what, mean / UNIT_MS, half_width / UNIT_MS, expected, 0.02);
        if let Some(predicted) = &summary.theory.first().unwrap().predicted {
            let most = predicted.mean_max_ms.unwrap();
            assert!(predicted.mean_ms < mean && mean < most, "{what}: {predicted:?}");
        }
    }
}

/// A hundred servers with two choices are near the limit of many, in the mean and at p99.
#[test]
fn two_choices_tend_to_their_limit() {
    let limit = PowerOfChoices::new(0.5, 1.0, 2).unwrap();
    let policy = PolicyConfig::PowerOfChoices { choices: 2 };
    let summary = run(&farm(policy, 100, 0.5), REQUESTS);
    let (mean, half_width) = mean_of(&summary, Metric::MeanMs);
    close("mean", mean / UNIT_MS, half_width / UNIT_MS, limit.mean_response(), 0.02);
    let (p99, half_width) = mean_of(&summary, Metric::P99Ms);
    close("p99", p99 / UNIT_MS, half_width / UNIT_MS, limit.response_quantile(0.99), 0.03);
}

/// Requests like clockwork wait less: D/M/1, alone and by turns; and links add their time.
#[test]
fn clockwork_and_links() {
    let mut design = farm(PolicyConfig::RoundRobin, 3, 0.8);
    change(&mut design, |settings| {
        if let Settings::Source(source) = settings {
            source.arrivals = shared::design::Arrivals::Constant;
        }
    });
    design.links.values_mut().for_each(|link| link.latency_ms = 1.0);
    agrees(&design, "D/M/1", REQUESTS);
    let model = Gmc::new(0.8, 1.0, 1, Gaps::Constant).unwrap();
    let summary = run(&design, REQUESTS / 10.0);
    let predicted = summary.theory.first().unwrap().predicted.as_ref().unwrap();
    let expected = model.mean_response() * UNIT_MS + 4.0;
    assert!((predicted.mean_ms / expected - 1.0).abs() < 1e-9, "{}", predicted.mean_ms);
}

/// Laws that no formula knows obey Pollaczek and Khinchine in the mean all the same.
#[test]
fn measured_and_heavy_service() {
    let cases = [
        // One to ten with a tail of 3, and the percentiles of a service, both scaled to one unit.
        (Law::Pareto { min_ms: 6.727_272_7, max_ms: 67.272_727, alpha: 3.0 }, 0.472_377),
        (
            Law::Percentiles {
                min_ms: 2.673_797,
                p50_ms: 8.021_390,
                p90_ms: 13.368_984,
                p99_ms: 34.759_358,
                max_ms: 141.711_230,
            },
            1.025_349,
        ),
    ];
    for (law, cv) in cases {
        let rho = 0.8;
        let summary = run(&server(1, 1_000_000, rho, &law), REQUESTS);
        assert_eq!(summary.theory.first().unwrap().reason, Some(Reason::UnknownLaw));
        let (mean, half_width) = mean_of(&summary, Metric::MeanMs);
        let expected = 1.0 + rho / (1.0 - rho) * (1.0 + cv * cv) / 2.0;
        close(&format!("{law:?}"), mean / UNIT_MS, half_width / UNIT_MS, expected, 0.02);
    }
}

/// A closed loop of N users at one server is the machine repairman's model: with r the work over
/// the time to think, P(idle) = 1 / sum over k of N! / (N - k)! · r^k, and T = N / X - Z.
#[test]
fn closed_loop() {
    for (users, think_ms) in [(5_u32, 40.0), (20, 200.0), (20, 100.0)] {
        let mut design = server(1, 1_000_000, 0.8, &EXPONENTIAL);
        change(&mut design, |settings| {
            if let Settings::Source(source) = settings {
                source.traffic = Traffic::Users { users, think_ms };
            }
        });
        let (mut term, mut sum) = (1.0, 1.0);
        for k in 0..users {
            term *= f64::from(users - k) * UNIT_MS / think_ms;
            sum += term;
        }
        let per_ms = (1.0 - 1.0 / sum) / UNIT_MS;
        let expected = (f64::from(users) / per_ms - think_ms) / UNIT_MS;
        let summary = run_at(&design, REQUESTS, per_ms * 1_000.0);
        let predicted = summary.theory.first().unwrap().predicted.as_ref().unwrap();
        assert_eq!(predicted.model.name, format!("M/M/1//{users}"));
        assert!((predicted.mean_ms / UNIT_MS / expected - 1.0).abs() < 1e-9, "{predicted:?}");
        let (mean, half_width) = mean_of(&summary, Metric::MeanMs);
        let what = format!("{users} users who think {think_ms} ms");
        close(&what, mean / UNIT_MS, half_width / UNIT_MS, expected, 0.02);
    }
}

/// Cores that all share: the mean does not depend on the law of service.
#[test]
fn processor_sharing() {
    let laws = [
        EXPONENTIAL,
        Law::Constant { mean_ms: UNIT_MS },
        // cv² = 16, as the published case has it.
        Law::Gamma { mean_ms: UNIT_MS, cv: 4.0 },
    ];
    for (cores, rho, law) in [
        (1, 0.8, &laws[0]),
        (1, 0.8, &laws[1]),
        (1, 0.8, &laws[2]),
        (1, 0.95, &laws[1]),
        (4, 0.8, &laws[0]),
        (4, 0.8, &laws[2]),
    ] {
        let mut design = server(cores, 10_000, rho, law);
        share_cores(&mut design);
        let requests = if rho > 0.9 { 10.0 * REQUESTS } else { 3.0 * REQUESTS };
        agrees(&design, &format!("M/G/{cores}-PS"), requests);
    }
    let mut design = farm(PolicyConfig::Random, 10, 0.8);
    share_cores(&mut design);
    agrees(&design, "M/G/1-PS times 10, random split", REQUESTS);
}

fn share_cores(design: &mut Design) {
    change(design, |settings| match settings {
        Settings::Group(group) => group.discipline = Discipline::ProcessorSharing,
        Settings::Dependency(server) => server.discipline = Discipline::ProcessorSharing,
        Settings::Source(_) | Settings::Balancer(_) => {}
    });
}

/// Users who take turns at shared cores: the law of service does not matter either.
#[test]
fn closed_loop_of_shared_cores() {
    for law in [EXPONENTIAL, Law::Constant { mean_ms: UNIT_MS }] {
        let mut design = server(2, 10_000, 0.8, &law);
        share_cores(&mut design);
        change(&mut design, |settings| {
            if let Settings::Source(source) = settings {
                source.traffic = Traffic::Users { users: 12, think_ms: 50.0 };
            }
        });
        let summary = run_at(&design, REQUESTS, 170.0);
        let predicted = summary.theory.first().unwrap().predicted.as_ref().unwrap();
        assert_eq!(predicted.model.name, "M/G/2-PS//12");
        let (mean, half_width) = mean_of(&summary, Metric::MeanMs);
        close("users of shared cores", mean, half_width, predicted.mean_ms, 0.02);
    }
}

/// A pool of connections to a database that has time for all is a queue with as many servers.
#[test]
fn connections_are_servers() {
    for (connections, rho) in [(1, 0.8), (4, 0.8), (4, 0.9)] {
        let mut design = farm(PolicyConfig::RoundRobin, 1, rho * f64::from(connections));
        let (mut from, pool) = (None, ConnectionPool { size: connections, timeout_ms: 0.0 });
        for (&id, node) in &mut design.nodes {
            if let Settings::Group(group) = &mut Arc::make_mut(node).settings {
                (group.service, group.queue_max) = (Law::Constant { mean_ms: 0.0 }, 1_000_000);
                from = Some(id);
            }
        }
        let database = Dependency {
            workers: 10_000,
            service: EXPONENTIAL,
            connection_pool: Some(pool),
            ..Dependency::default()
        };
        let database = design.add_node("Database", 0, 0, Settings::Dependency(database));
        design.add_link(from.unwrap(), database);
        let model = Mmc::new(rho * f64::from(connections), 1.0, connections).unwrap();
        let summary = run(&design, if rho > 0.85 { 3.0 * REQUESTS } else { REQUESTS });
        let (mean, half_width) = mean_of(&summary, Metric::MeanMs);
        let what = format!("{connections} connections at {rho}");
        close(&what, mean / UNIT_MS, half_width / UNIT_MS, model.mean_response(), 0.02);
        let (p99, half_width) = mean_of(&summary, Metric::P99Ms);
        let expected = model.response_quantile(0.99);
        close(&what, p99 / UNIT_MS, half_width / UNIT_MS, expected, 0.03);
        assert_eq!(summary.theory.first().unwrap().reason, Some(Reason::SeveralStages));
    }
}

/// Threads beyond the cores are places to wait; behind them stands the queue.
#[test]
fn threads_are_places_to_wait() {
    let mut design = server(2, 3, 1.1, &EXPONENTIAL);
    change(&mut design, |settings| {
        if let Settings::Dependency(server) = settings {
            server.threads = 6;
        }
    });
    agrees(&design, "M/M/2/9", REQUESTS);
}

/// Clients of an M/M/1 queue give up after t, the work goes on: as many fail as have a longer time
/// in the system, exp(-(mu - lambda) t).
#[test]
fn impatience() {
    let mut design = server(1, 1_000_000, 0.8, &EXPONENTIAL);
    change(&mut design, |settings| {
        if let Settings::Source(source) = settings {
            source.timeout_ms = 5.0 * UNIT_MS;
        }
    });
    let summary = run(&design, REQUESTS);
    let setting = Reason::Setting { node: "source".to_owned() };
    assert_eq!(summary.theory.first().unwrap().reason, Some(setting));
    let (share, half_width) = mean_of(&summary, Metric::Failed);
    close("clients that give up", share, half_width, (-1_f64).exp(), 0.02);
}
