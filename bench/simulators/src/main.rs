//! `simulators nodes|one SERVERS REQUESTS`: the benchmark's farm in NeXosim, single-threaded; prints
//! the requests a second and the mean latency in milliseconds, by which one sees that it is the
//! same model.
//!
//! With `nodes`, source, balancer, servers and meter are models of their own, as NeXosim is meant to
//! be used. With `one`, a single model holds all queues, schedules its own arrivals and departures
//! and keeps a mean only: the fastest way that its interface offers, since models that send each
//! other messages cost more.

#[path = "../../../tests/benches/sim/clock.rs"]
mod clock;
mod nodes;

use clock::CpuClock;
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{EventSinkReader, Output, SinkState, event_slot};
use nexosim::simulation::{Mailbox, SimInit, Simulation, SimulationError};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use shared::dist::standard_exponential;
use shared::rng::Rng;
use std::collections::VecDeque;
use std::time::Duration;

/// Mean work of a request, nanoseconds.
const WORK_NS: f64 = 1e7;

/// A stream of random numbers that NeXosim, which can save its models, need not save.
struct Stream(Rng);

impl Default for Stream {
    fn default() -> Self {
        Self(Rng::new(1))
    }
}

/// n FIFO servers behind power of two choices at 80 %.
#[derive(Serialize, Deserialize)]
struct Farm {
    /// Times of arrival of the requests at each server, the one at work first.
    queues: Vec<VecDeque<u64>>,
    requests: u64,
    completed: u64,
    latency_ns: u64,
    /// Tells the mean latency at the end.
    mean_ms: Output<f64>,
    #[serde(skip)]
    stream: Stream,
}

/// An exponential time.
fn draw(stream: &mut Stream, mean_ns: f64) -> Duration {
    // NeXosim refuses to schedule at the present moment.
    Duration::from_nanos(1 + (mean_ns * standard_exponential(&mut stream.0)) as u64)
}

/// Simulated time, nanoseconds.
fn now_ns<M: Model>(cx: &Context<M>) -> u64 {
    cx.time().duration_since(MonotonicTime::EPOCH).as_nanos() as u64
}

#[Model]
impl Farm {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        self.arrival((), cx).await;
    }

    #[nexosim(schedulable)]
    async fn arrival(&mut self, _: (), cx: &Context<Self>) {
        let servers = self.queues.len();
        let first = self.stream.0.index(servers);
        let second = self.stream.0.index(servers - 1);
        let second = second + usize::from(second >= first);
        let shorter = self.queues[second].len() < self.queues[first].len();
        let server = if shorter { second } else { first };
        self.queues[server].push_back(now_ns(cx));
        if self.queues[server].len() == 1 {
            let work = draw(&mut self.stream, WORK_NS);
            cx.schedule_event(work, schedulable!(Self::departure), server as u32).expect("later");
        }
        let gap = draw(&mut self.stream, WORK_NS / (0.8 * servers as f64));
        if self.completed < self.requests {
            cx.schedule_event(gap, schedulable!(Self::arrival), ()).expect("later");
        }
    }

    #[nexosim(schedulable)]
    async fn departure(&mut self, server: u32, cx: &Context<Self>) {
        if let Some(arrived) = self.queues[server as usize].pop_front() {
            self.latency_ns += now_ns(cx) - arrived;
            self.completed += 1;
        }
        if self.completed == self.requests {
            self.mean_ms.send(self.latency_ns as f64 / self.completed as f64 / 1e6).await;
        }
        if !self.queues[server as usize].is_empty() {
            let work = draw(&mut self.stream, WORK_NS);
            cx.schedule_event(work, schedulable!(Self::departure), server).expect("later");
        }
    }
}

/// The farm in one model.
fn one(
    servers: usize,
    requests: u64,
) -> Result<(Simulation, impl EventSinkReader<f64>), SimulationError> {
    let mut farm = Farm {
        queues: vec![VecDeque::new(); servers],
        requests,
        completed: 0,
        latency_ns: 0,
        mean_ms: Output::default(),
        stream: Stream::default(),
    };
    let (sink, mean_ms) = event_slot(SinkState::Enabled);
    farm.mean_ms.connect_sink(sink);
    let bench = SimInit::with_num_threads(1).add_model(farm, Mailbox::new(), "farm");
    Ok((bench.init(MonotonicTime::EPOCH)?, mean_ms))
}

/// Runs a farm to its end.
fn run(
    (mut simulation, mut mean_ms): (Simulation, impl EventSinkReader<f64>),
    requests: u64,
) -> Result<(), SimulationError> {
    let clock = CpuClock::start();
    simulation.run()?;
    let rate = requests as f64 / clock.seconds();
    println!("{rate} {}", mean_ms.try_read().unwrap_or_default());
    Ok(())
}

fn main() -> Result<(), SimulationError> {
    let mut arguments = std::env::args().skip(1);
    let layout = arguments.next();
    let mut numbers = arguments.map(|argument| argument.parse::<u64>());
    match (layout.as_deref(), numbers.next(), numbers.next()) {
        (Some("nodes"), Some(Ok(servers)), Some(Ok(requests))) => {
            run(nodes::farm(servers as usize, requests)?, requests)
        }
        (Some("one"), Some(Ok(servers)), Some(Ok(requests))) => {
            run(one(servers as usize, requests)?, requests)
        }
        _ => {
            eprintln!("usage: simulators nodes|one SERVERS REQUESTS");
            std::process::exit(2);
        }
    }
}
