//! The farm as one draws it: a source, a balancer, servers and a meter, each a model of its own,
//! connected by ports, with percentiles measured. This engine has the same nodes.

use super::{Stream, WORK_NS, draw, now_ns};
use hdrhistogram::Histogram;
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{EventSinkReader, Output, SinkState, event_slot};
use nexosim::simulation::{Mailbox, SimInit, Simulation, SimulationError};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Makes requests.
#[derive(Serialize, Deserialize)]
struct Source {
    gap_ns: f64,
    left: u64,
    request: Output<u64>,
    #[serde(skip)]
    stream: Stream,
}

#[Model]
impl Source {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        self.arrival((), cx).await;
    }

    #[nexosim(schedulable)]
    async fn arrival(&mut self, _: (), cx: &Context<Self>) {
        self.request.send(now_ns(cx)).await;
        self.left -= 1;
        if self.left > 0 {
            let gap = draw(&mut self.stream, self.gap_ns);
            cx.schedule_event(gap, schedulable!(Self::arrival), ()).expect("later");
        }
    }
}

/// Chooses a server by power of two choices.
#[derive(Serialize, Deserialize)]
struct Balancer {
    in_flight: Vec<u32>,
    servers: Vec<Output<u64>>,
    #[serde(skip)]
    stream: Stream,
}

#[Model]
impl Balancer {
    async fn request(&mut self, arrived_ns: u64) {
        let servers = self.in_flight.len();
        let first = self.stream.0.index(servers);
        let second = self.stream.0.index(servers - 1);
        let second = second + usize::from(second >= first);
        let server = if self.in_flight[second] < self.in_flight[first] { second } else { first };
        self.in_flight[server] += 1;
        self.servers[server].send(arrived_ns).await;
    }

    fn done(&mut self, server: u32) {
        self.in_flight[server as usize] -= 1;
    }
}

/// Works on one request after the other.
#[derive(Serialize, Deserialize)]
struct Server {
    number: u32,
    queue: VecDeque<u64>,
    done: Output<u32>,
    latency_ns: Output<u64>,
    #[serde(skip)]
    stream: Stream,
}

#[Model]
impl Server {
    fn request(&mut self, arrived_ns: u64, cx: &Context<Self>) {
        self.queue.push_back(arrived_ns);
        if self.queue.len() == 1 {
            self.begin(cx);
        }
    }

    #[nexosim(schedulable)]
    async fn departure(&mut self, _: (), cx: &Context<Self>) {
        if let Some(arrived_ns) = self.queue.pop_front() {
            self.done.send(self.number).await;
            self.latency_ns.send(now_ns(cx) - arrived_ns).await;
        }
        if !self.queue.is_empty() {
            self.begin(cx);
        }
    }

    fn begin(&mut self, cx: &Context<Self>) {
        let work = draw(&mut self.stream, WORK_NS);
        cx.schedule_event(work, schedulable!(Self::departure), ()).expect("later");
    }
}

/// The latency of every request.
struct Latencies(Histogram<u32>);

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1_000, 86_400_000_000_000, 3).expect("bounds are good"))
    }
}

/// Measures all requests.
#[derive(Serialize, Deserialize)]
struct Meter {
    requests: u64,
    mean_ms: Output<f64>,
    #[serde(skip)]
    latencies: Latencies,
}

#[Model]
impl Meter {
    async fn latency(&mut self, latency_ns: u64) {
        self.latencies.0.saturating_record(latency_ns);
        if self.latencies.0.len() == self.requests {
            self.mean_ms.send(self.latencies.0.mean() / 1e6).await;
        }
    }
}

/// The assembled farm, and where its mean latency in milliseconds is read at the end.
pub(super) fn farm(
    servers: usize,
    requests: u64,
) -> Result<(Simulation, impl EventSinkReader<f64>), SimulationError> {
    let stream = |number: u64| Stream(shared::rng::Rng::new(1 + number));
    let (source_box, balancer_box, meter_box) = (Mailbox::new(), Mailbox::new(), Mailbox::new());
    let mut meter = Meter { requests, mean_ms: Output::default(), latencies: Latencies::default() };
    let (sink, mean_ms) = event_slot(SinkState::Enabled);
    meter.mean_ms.connect_sink(sink);
    let gap_ns = WORK_NS / (0.8 * servers as f64);
    let mut source =
        Source { gap_ns, left: requests, request: Output::default(), stream: stream(0) };
    source.request.connect(Balancer::request, &balancer_box);
    let mut balancer =
        Balancer { in_flight: vec![0; servers], servers: Vec::new(), stream: stream(1) };
    let mut bench = SimInit::with_num_threads(1);
    for number in 0..servers as u32 {
        let mailbox = Mailbox::new();
        let mut server = Server {
            number,
            queue: VecDeque::new(),
            done: Output::default(),
            latency_ns: Output::default(),
            stream: stream(2 + u64::from(number)),
        };
        server.done.connect(Balancer::done, &balancer_box);
        server.latency_ns.connect(Meter::latency, &meter_box);
        let mut output = Output::default();
        output.connect(Server::request, &mailbox);
        balancer.servers.push(output);
        bench = bench.add_model(server, mailbox, &format!("server {number}"));
    }
    let bench = bench
        .add_model(source, source_box, "source")
        .add_model(balancer, balancer_box, "balancer")
        .add_model(meter, meter_box, "meter");
    Ok((bench.init(MonotonicTime::EPOCH)?, mean_ms))
}
