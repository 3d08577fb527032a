//! `cargo xtask bench sim`: simulated requests a second, as ratios of one run.
//!
//! A farm of n FIFO servers, Poisson arrivals, exponential work, 80 % load, power of two choices;
//! full measurement on. The limit is a hand-written loop of the same model without features.
//! Absolute figures are noise on a busy machine: compare within one run only. Each figure is the
//! best of several rounds that alternate, so that a slow moment hits all alike, and time is what
//! the processor spent where the system says so. Then the same farm in NeXosim and SimPy, and as
//! wasm under Node and in Chromium's web worker, where these can be had; and memory.
//!
//! `GOMUJUL_BENCH_DAY=1` adds one simulated day at 1,000 requests a second, with scaling, in
//! Chromium: 86 million requests.

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod clock;
mod designs;
mod limit;
mod memory;
mod peers;

use clock::CpuClock;
use designs::{day, farm, story};
use shared::design::Design;
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;

/// Requests per round.
const REQUESTS: u64 = 2_000_000;
/// Requests per round in wasm: short, where only wall time can be had.
const WASM_REQUESTS: u64 = 400_000;
const ROUNDS: usize = 9;

/// Requests a second of one run.
fn simulate(design: &Design) -> f64 {
    let mut sim = Simulation::new(design).expect("the design is valid");
    let clock = CpuClock::start();
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    sim.result().totals.completed as f64 / clock.seconds()
}

/// What is measured natively, in the order of the table.
struct Native {
    /// The best of all rounds: limit with 10 and 1,000 servers, farm with 10 and 1,000, story.
    best: [f64; 5],
    /// The farm of 10 over the limit in each round, from the least to the most.
    shares: Vec<f64>,
}

fn measure() -> Native {
    let (ten, thousand, story) = (farm(10, REQUESTS), farm(1_000, REQUESTS), story());
    let (mut best, mut shares) = ([0.0_f64; 5], Vec::new());
    for _ in 0..ROUNDS {
        let round = [
            limit::run(10, REQUESTS),
            limit::run(1_000, REQUESTS),
            simulate(&ten),
            simulate(&thousand),
            simulate(&story),
        ];
        shares.push(round[2] / round[0]);
        for (best, got) in best.iter_mut().zip(round) {
            *best = best.max(got);
        }
    }
    shares.sort_by(f64::total_cmp);
    Native { best, shares }
}

fn main() {
    if memory::is_child() {
        return memory::run_child();
    }
    let Native { best: [limit_ten, limit_thousand, ten, thousand, story], shares } = measure();
    let row = |what: &str, rate: f64, against: &str, ratio: f64| {
        println!("{what:<34} {:>7.2} M requests/s  {ratio:>5.2} of {against}", rate / 1e6);
    };
    row("limit, 10 servers", limit_ten, "itself", 1.0);
    row("limit, 1,000 servers", limit_thousand, "the limit at 10", limit_thousand / limit_ten);
    row("simulation, 10 servers", ten, "the limit", ten / limit_ten);
    let (least, middle, most) = (shares[0], shares[ROUNDS / 2], shares[ROUNDS - 1]);
    println!("{:<34} {least:.2} to {most:.2}, median {middle:.2}", "  the same, round by round");
    row("simulation, 1,000 servers", thousand, "that at 10", thousand / ten);
    row("the story", story, "that at 10", story / ten);
    println!();
    let short = farm(10, WASM_REQUESTS);
    for (what, figures) in [
        ("NeXosim, a model for each node", peers::nexosim("nodes", 10, REQUESTS)),
        ("NeXosim, all in one model", peers::nexosim("one", 10, REQUESTS)),
        ("SimPy", peers::simpy(10)),
        ("this engine in wasm, Node", peers::node(&short)),
        ("this engine in wasm, Chromium", peers::chromium(&short, 25)),
    ] {
        match figures {
            Ok((rate, mean_ms)) => println!(
                "{what:<34} {:>7.2} M requests/s  {:.3} of native, which is {:.2} times as many (its mean {mean_ms:.2} ms)",
                rate / 1e6,
                rate / ten,
                ten / rate,
            ),
            Err(reason) => println!("{what:<34} left out: {reason}"),
        }
    }
    println!();
    if std::env::var_os("GOMUJUL_BENCH_DAY").is_some() {
        match peers::chromium(&day(), 1) {
            Ok((rate, mean_ms)) => println!(
                "a day at 1,000 requests/s, Chromium: {:.1} s ({:.2} M requests/s, mean {mean_ms:.2} ms)",
                designs::DAY_REQUESTS / rate,
                rate / 1e6,
            ),
            Err(reason) => println!("a day at 1,000 requests/s, Chromium: left out: {reason}"),
        }
    }
    match memory::report() {
        Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
        Err(reason) => println!("memory: left out: {reason}"),
    }
}
