//! `cargo xtask bench sim`: simulated requests a second, as ratios of one run.
//!
//! A farm of n FIFO servers, Poisson arrivals, exponential work, 80 % load, power of two choices;
//! full measurement on. The limit is a hand-written loop of the same model without features.
//! Absolute figures are noise on a busy machine: compare within one run only. Each figure is the
//! best of several rounds that alternate, so that a slow moment hits all alike. Then the same farm in
//! NeXosim, SimPy, and as wasm under Node, where these can be had.

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod limit;
mod peers;

use shared::balance::PolicyConfig;
use shared::design::{Design, Settings, Traffic, presets};
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;
use std::sync::Arc;
use std::time::Instant;

/// Requests per round.
const REQUESTS: u64 = 2_000_000;
const ROUNDS: usize = 5;

/// Ten or a thousand servers at 80 %.
fn farm(servers: u32) -> Design {
    let mut design = presets::ten_servers(PolicyConfig::PowerOfChoices { choices: 2 });
    let rate_per_s = 80.0 * f64::from(servers);
    for node in design.nodes.values_mut() {
        match &mut Arc::make_mut(node).settings {
            Settings::Source(source) => source.traffic = Traffic::Constant { rate_per_s },
            Settings::Group(group) => {
                (group.min_size, group.max_size, group.desired_capacity) =
                    (servers, servers, servers);
            }
            Settings::Balancer(_) | Settings::Dependency(_) => {}
        }
    }
    design.run.duration_s = (REQUESTS as f64 / rate_per_s) as u32;
    design.run.warmup_s = 1;
    design
}

/// The story at a higher rate, so that requests outweigh seconds as in the farm.
fn story() -> Design {
    let mut design = presets::seven_steps();
    let mut factor = 1.0;
    for node in design.nodes.values_mut() {
        if let Settings::Group(group) = &mut Arc::make_mut(node).settings {
            group.service = shared::dist::Law::Exponential { mean_ms: 20.0 / 4.0 };
            factor = 4.0;
        }
    }
    for node in design.nodes.values_mut() {
        if let Settings::Source(source) = &mut Arc::make_mut(node).settings
            && let Traffic::Ramps { points } = &mut source.traffic
        {
            points.iter_mut().for_each(|point| point.rate_per_s *= factor);
        }
    }
    design
}

/// Requests a second of one run.
fn simulate(design: &Design) -> f64 {
    let mut sim = Simulation::new(design).expect("the design is valid");
    let start = Instant::now();
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    sim.result().totals.completed as f64 / start.elapsed().as_secs_f64()
}

fn main() {
    let (ten, thousand, story) = (farm(10), farm(1_000), story());
    let mut best = [0.0_f64; 5];
    for _ in 0..ROUNDS {
        let round = [
            limit::run(10, REQUESTS),
            limit::run(1_000, REQUESTS),
            simulate(&ten),
            simulate(&thousand),
            simulate(&story),
        ];
        for (best, got) in best.iter_mut().zip(round) {
            *best = best.max(got);
        }
    }
    let [limit_ten, limit_thousand, ten, thousand, story] = best;
    let row = |what: &str, rate: f64, against: &str, ratio: f64| {
        println!("{what:<34} {:>7.2} M requests/s  {ratio:>5.2} of {against}", rate / 1e6);
    };
    row("limit, 10 servers", limit_ten, "itself", 1.0);
    row("limit, 1,000 servers", limit_thousand, "the limit at 10", limit_thousand / limit_ten);
    row("simulation, 10 servers", ten, "the limit", ten / limit_ten);
    row("simulation, 1,000 servers", thousand, "that at 10", thousand / ten);
    row("the story", story, "that at 10", story / ten);
    println!();
    for (what, figures) in [
        ("NeXosim, one thread", peers::nexosim(10, REQUESTS)),
        ("SimPy", peers::simpy(10)),
        ("this engine in wasm, Node", peers::wasm(&farm(10))),
    ] {
        match figures {
            Ok((rate, mean_ms)) => println!(
                "{what:<34} {:>7.2} M requests/s  natively {:.2} times as many (its mean {mean_ms:.2} ms)",
                rate / 1e6,
                ten / rate,
            ),
            Err(reason) => println!("{what:<34} left out: {reason}"),
        }
    }
}
