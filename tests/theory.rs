//! Published and closed-form results that the simulation must reproduce.
//!
//! Convention of queueing theory: one core does one unit of work a second on average, rho is the
//! load per core, T is the mean time in the system. Here a unit is 10 ms.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use shared::balance::PolicyConfig;
use shared::design::{Design, RunSettings, Settings, Traffic, presets};
use shared::dist::Law;
use shared::sim::{Latency, Simulation, StepBudget};
use shared::time::Timestamp;
use std::sync::Arc;

/// Milliseconds of one unit of work.
const UNIT_MS: f64 = 10.0;

fn change(design: &mut Design, change: impl Fn(&mut Settings)) {
    design.nodes.values_mut().for_each(|node| change(&mut Arc::make_mut(node).settings));
}

/// Runs `design` for about `requests` requests after the warm-up, with two seeds.
fn run(design: &Design, requests: f64, rate_per_s: f64) -> Vec<Latency> {
    let warmup_s = 100;
    let duration_s = warmup_s + (requests / rate_per_s) as u32;
    let with_seed = |seed| {
        let run = RunSettings { seed, duration_s, warmup_s, ..RunSettings::default() };
        let mut sim = Simulation::new(&Design { run, ..design.clone() }).unwrap();
        sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        sim.result().latency
    };
    [1, 2].map(with_seed).to_vec()
}

fn close(what: &str, runs: &[Latency], figure: fn(&Latency) -> f64, theory: f64, tolerance: f64) {
    let mean = runs.iter().map(figure).sum::<f64>() / runs.len() as f64;
    let error = mean / theory - 1.0;
    assert!(error.abs() < tolerance, "{what}: {mean:.4} for {theory:.4}, {:.2} %", error * 100.0);
}

fn mean_units(latency: &Latency) -> f64 {
    latency.mean_ms / UNIT_MS
}

fn p99_units(latency: &Latency) -> f64 {
    latency.p99_ms / UNIT_MS
}

/// One server with `workers` cores at load `rho`.
fn server(workers: u32, rho: f64, service: &Law) -> (Design, f64) {
    let rate_per_s = rho * f64::from(workers) * 1_000.0 / UNIT_MS;
    let mut design = presets::single_server();
    change(&mut design, |settings| match settings {
        Settings::Source(source) => source.traffic = Traffic::Constant { rate_per_s },
        Settings::Dependency(server) => {
            server.workers = workers;
            server.service = service.clone();
        }
        Settings::Balancer(_) | Settings::Group(_) => {}
    });
    (design, rate_per_s)
}

/// Erlang C: M/M/c. The p99 of the time in the system is of the table of computed references.
#[test]
fn pools_of_servers() {
    let cases = [
        (1, 0.8, 5.0, 23.0259),
        (2, 0.8, 2.777_778, 11.9374),
        (4, 0.8, 1.745_541, 6.8932),
        (4, 0.9, 2.969_383, 12.1932),
        (10, 0.8, 1.204_590, 4.9461),
    ];
    let exponential = Law::Exponential { mean_ms: UNIT_MS };
    for (workers, rho, mean, p99) in cases {
        let (design, rate_per_s) = server(workers, rho, &exponential);
        let runs = run(&design, 1_000_000.0, rate_per_s);
        let what = format!("M/M/{workers} at {rho}");
        close(&what, &runs, mean_units, mean, 0.02);
        close(&format!("{what}, p99"), &runs, p99_units, p99, 0.03);
    }
}

/// Pollaczek and Khinchine: M/G/1 waits rho / (1 - rho) · (1 + cv²) / 2.
#[test]
fn general_service() {
    let cases = [
        (Law::Constant { mean_ms: UNIT_MS }, 0.0),
        (Law::Lognormal { mean_ms: UNIT_MS, cv: 0.5 }, 0.5),
        (Law::Uniform { min_ms: 0.0, max_ms: 2.0 * UNIT_MS }, 1.0 / 3_f64.sqrt()),
        // Erlang's law of four stages.
        (Law::Gamma { mean_ms: UNIT_MS, cv: 0.5 }, 0.5),
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
        let (rho, what) = (0.8, format!("{law:?}"));
        let theory = 1.0 + rho / (1.0 - rho) * (1.0 + cv * cv) / 2.0;
        let (design, rate_per_s) = server(1, rho, &law);
        close(&what, &run(&design, 1_000_000.0, rate_per_s), mean_units, theory, 0.02);
    }
}

/// Ten servers at 80 %: round robin is E10/M/1; the others were computed by independent
/// simulations of 60 million events, with intervals under 0.2 %.
#[test]
fn policies() {
    let cases = [
        (PolicyConfig::RoundRobin, 2.92227),
        (PolicyConfig::PowerOfChoices { choices: 1 }, 5.0),
        (PolicyConfig::PowerOfChoices { choices: 2 }, 2.0741),
        (PolicyConfig::LeastOutstandingRequests, 1.3548),
    ];
    for (policy, theory) in cases {
        let what = format!("{policy:?}");
        let runs = run(&presets::ten_servers(policy), 1_000_000.0, 800.0);
        close(&what, &runs, mean_units, theory, 0.02);
    }
}

/// A closed loop of N users at one server is the machine repairman's model: with r the work over
/// the time to think, P(idle) = 1 / sum over k of N! / (N - k)! · r^k, and T = N / X - Z.
#[test]
fn closed_loop() {
    for (users, think_ms) in [(5_u32, 40.0), (20, 200.0), (20, 100.0)] {
        let (mut design, _) = server(1, 0.8, &Law::Exponential { mean_ms: UNIT_MS });
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
        let theory = (f64::from(users) / per_ms - think_ms) / UNIT_MS;
        let runs = run(&design, 500_000.0, per_ms * 1_000.0);
        close(&format!("{users} users who think {think_ms} ms"), &runs, mean_units, theory, 0.02);
    }
}

/// Clients of an M/M/1 queue give up after t, the work goes on: as many fail as have a longer time
/// in the system, exp(-(mu - lambda) t).
#[test]
fn impatience() {
    let (mut design, _) = server(1, 0.8, &Law::Exponential { mean_ms: UNIT_MS });
    change(&mut design, |settings| {
        if let Settings::Source(source) = settings {
            source.timeout_ms = 5.0 * UNIT_MS;
        }
    });
    design.run = RunSettings { duration_s: 12_500, ..RunSettings::default() };
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let totals = sim.totals();
    let (share, theory) = (totals.failed as f64 / totals.arrived as f64, (-1_f64).exp());
    assert!((share / theory - 1.0).abs() < 0.02, "{share} for {theory}");
}
