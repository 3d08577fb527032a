//! The formula for a stream of requests over equal servers, and what it predicts.

use super::error::TheoryError;
use super::law::Service;
use super::phase;
use super::reason::Reason;
use super::sharing::shared_cores;
use super::split::{Gaps, Gmc, PowerOfChoices, shortest_queue_bounds};
use super::{Loss, Mg1, Mmc, Mmck};
use crate::balance::PolicyConfig;
use crate::design::Arrivals;
use crate::math;
use serde::Serialize;

pub(super) const MS_PER_S: f64 = 1_000.0;

/// A formula by the name that books give it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Model {
    /// Kendall's notation or the usual name, such as `M/M/4`.
    pub name: String,
    /// Whose result it is.
    pub source: &'static str,
}

/// What a formula predicts for the steady state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Predicted {
    /// The formula.
    pub model: Model,
    /// Requests a second that come.
    pub rate_per_s: f64,
    /// Share of the time that a core is busy, 0 to 1.
    pub utilisation: f64,
    /// Share of the requests that find the queue full, 0 to 1.
    pub refused: f64,
    /// Mean latency of the others, milliseconds; the lower bound if `mean_max_ms` is there.
    pub mean_ms: f64,
    /// Upper bound of the mean, for models that only bound it.
    pub mean_max_ms: Option<f64>,
    /// Half are faster, milliseconds, where the model says so.
    pub p50_ms: Option<f64>,
    /// 95 % are faster.
    pub p95_ms: Option<f64>,
    /// 99 % are faster.
    pub p99_ms: Option<f64>,
    /// Mean number of requests that wait, over all servers, where the model says so.
    pub waiting: Option<f64>,
}

/// Requests that reach a node.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub(super) rate_per_s: f64,
    pub(super) arrivals: Arrivals,
    /// Time on links to the node and back, milliseconds.
    pub(super) hops_ms: f64,
}

/// Equal servers.
pub(super) struct Servers {
    pub(super) count: u32,
    pub(super) cores: u32,
    pub(super) service: Service,
    pub(super) queue_max: u32,
    /// All requests are worked on at once, so that none waits.
    pub(super) is_shared: bool,
}

impl Servers {
    /// The same with so many threads, 0 for one for each request.
    pub(super) fn with_threads(self, threads: u32) -> Result<Self, Reason> {
        match threads {
            0 => Ok(self),
            // Who has a thread and no core waits like those without a thread, and before them.
            _ if !self.is_shared && threads >= self.cores => {
                let queue_max = self.queue_max.saturating_add(threads - self.cores);
                Ok(Self { queue_max, ..self })
            }
            _ => Err(Reason::ServerShape),
        }
    }

    fn load(&self, rate_per_s: f64) -> f64 {
        rate_per_s * self.service.mean() / MS_PER_S / f64::from(self.cores)
    }

    /// What the policies' formulas ask for: one core, exponential service.
    fn mean_if_simple(&self) -> Result<f64, Reason> {
        match self.service {
            Service::Exponential { mean } if self.cores == 1 && !self.is_shared => Ok(mean),
            _ => Err(Reason::ServerShape),
        }
    }

    /// The queue is so long that next to nobody finds it full. The tail of a queue falls by
    /// `e^(-2 (1 - ρ) / (1 + cv²))` with every place, or faster (Kingman's heavy-traffic limit,
    /// 1961).
    fn is_unlimited(&self, rate_per_s: f64) -> bool {
        const NOBODY: f64 = 1e-7;
        let load = self.load(rate_per_s);
        let decay = 2.0 * (1.0 - load) / (1.0 + self.service.cv_squared());
        load < 1.0 && math::exp(-decay * f64::from(self.queue_max)) < NOBODY
    }
}

/// A policy over equal servers.
pub(super) fn spread(
    stream: Stream,
    servers: &Servers,
    policy: &PolicyConfig,
    duration_s: u32,
) -> Result<Predicted, Reason> {
    let n = servers.count;
    let choices = match *policy {
        _ if n == 0 => return Err(Reason::NoServers),
        _ if n == 1 => return one_queue(stream, servers, 1, duration_s),
        PolicyConfig::Random | PolicyConfig::PowerOfChoices { choices: 1 } => {
            return match stream.arrivals {
                Arrivals::Poisson => one_queue(stream, servers, n, duration_s),
                Arrivals::Constant => Err(Reason::Arrivals),
            };
        }
        PolicyConfig::RoundRobin | PolicyConfig::SmoothWeightedRoundRobin => {
            return in_turn(stream, servers);
        }
        PolicyConfig::LeastOutstandingRequests | PolicyConfig::LeastConnections => n,
        PolicyConfig::PowerOfChoices { choices } | PolicyConfig::LeastRequest { choices, .. } => {
            choices
        }
        PolicyConfig::RandomTwo => 2,
        _ => return Err(Reason::Policy { policy: policy.name().to_owned() }),
    };
    if stream.arrivals != Arrivals::Poisson {
        return Err(Reason::Arrivals);
    }
    shortest_of(stream, servers, choices)
}

/// Equal independent queues, each with an equal share of a stream.
pub(super) fn one_queue(
    stream: Stream,
    servers: &Servers,
    queues: u32,
    duration_s: u32,
) -> Result<Predicted, Reason> {
    let rate_per_s = stream.rate_per_s / f64::from(queues);
    if servers.is_shared {
        return shared_cores(stream, servers, queues);
    }
    if stream.arrivals != Arrivals::Poisson {
        return in_turn(stream, servers);
    }
    let (load, rate) = (servers.load(rate_per_s), rate_per_s / MS_PER_S);
    let (cores, queue_max) = (servers.cores, servers.queue_max);
    if queue_max == 0 {
        return Ok(loss(stream, servers, &Loss::new(rate, servers.service.mean(), cores)?));
    }
    let unlimited = servers.is_unlimited(rate_per_s);
    let figures = match servers.service {
        Service::Exponential { mean } if unlimited => {
            let model = Mmc::new(rate, 1.0 / mean, cores)?;
            let name = if cores == 1 { "M/M/1".to_owned() } else { format!("M/M/{cores}") };
            let p = [0.5, 0.95, 0.99].map(|q| model.response_quantile(q));
            Figures::new(name, "Erlang 1917", load, model.mean_response(), Some(p))
                .waiting(model.mean_waiting() * f64::from(queues))
        }
        Service::Exponential { mean } => {
            // A long queue under overload takes longer to fill than the run lasts.
            let fills_s = f64::from(queue_max) * mean / f64::from(cores) / MS_PER_S;
            if load > 0.99 && fills_s > f64::from(duration_s) / 100.0 {
                return Err(Reason::Unstable { utilisation: load });
            }
            let model = Mmck::new(rate, 1.0 / mean, cores, queue_max)?;
            let name = format!("M/M/{cores}/{}", u64::from(cores) + u64::from(queue_max));
            let p = [0.5, 0.95, 0.99].map(|q| model.response_quantile(q));
            let mut figures = Figures::new(
                name,
                "Erlang 1917",
                model.utilisation(),
                model.mean_response(),
                Some(p),
            )
            .waiting(model.mean_waiting() * f64::from(queues));
            figures.refused = model.refused();
            figures
        }
        service if cores == 1 && unlimited => {
            let model = Mg1::new(rate, service)?;
            let p = model.response_quantiles([0.5, 0.95, 0.99]);
            let name = if service.cv_squared() > 0.0 { "M/G/1" } else { "M/D/1" };
            let source = "Pollaczek 1930, Khinchine 1932";
            Figures::new(name.to_owned(), source, load, model.mean_response(), Some(p))
                .waiting(model.mean_waiting() * f64::from(queues))
        }
        _ if load >= 1.0 => return Err(Reason::Unstable { utilisation: load }),
        _ if cores > 1 => return Err(Reason::ServiceLaw),
        _ => return Err(Reason::ServerShape),
    };
    let mut predicted = figures.over(stream);
    if queues > 1 {
        predicted.model.name.push_str(&format!(" times {queues}, random split"));
    }
    Ok(predicted)
}

/// No room to wait: whoever is let in is served at once.
fn loss(stream: Stream, servers: &Servers, model: &Loss) -> Predicted {
    let service = servers.service;
    let p = [0.5, 0.95, 0.99].map(|q| phase::quantile(q, service.mean(), |t| service.tail(t)));
    let name = format!("M/G/{0}/{0}", servers.cores);
    let mut figures =
        Figures::new(name, "Erlang 1917", model.utilisation(), service.mean(), Some(p))
            .waiting(0.0);
    figures.refused = model.refused();
    figures.over(stream)
}

/// One server after the other in a circle; one server alone under arrivals like clockwork.
fn in_turn(stream: Stream, servers: &Servers) -> Result<Predicted, Reason> {
    let mean = match servers.service {
        Service::Exponential { mean } if !servers.is_shared => mean,
        _ => return Err(Reason::ServerShape),
    };
    let (n, cores) = (servers.count, servers.cores);
    let each_per_s = stream.rate_per_s / f64::from(n);
    let load = servers.load(each_per_s);
    let (gaps, name) = match stream.arrivals {
        Arrivals::Poisson => (Gaps::Erlang(n), format!("E{n}/M/{cores}")),
        Arrivals::Constant => (Gaps::Constant, format!("D/M/{cores}")),
    };
    let model = Gmc::new(each_per_s / MS_PER_S, 1.0 / mean, cores, gaps)?;
    if !servers.is_unlimited(each_per_s) {
        return Err(Reason::ServerShape);
    }
    let p = [0.5, 0.95, 0.99].map(|q| model.response_quantile(q));
    let figures = Figures::new(name, "Takács 1962", load, model.mean_response(), Some(p));
    Ok(figures.waiting(model.mean_waiting() * f64::from(n)).over(stream))
}

/// The shortest of some queues or of all: bounds.
fn shortest_of(stream: Stream, servers: &Servers, choices: u32) -> Result<Predicted, Reason> {
    let mean = servers.mean_if_simple()?;
    let n = servers.count;
    let each_per_s = stream.rate_per_s / f64::from(n);
    let (each, load) = (each_per_s / MS_PER_S, servers.load(each_per_s));
    let rate = 1.0 / mean;
    let (figures, most) = if choices >= n {
        let (least, most) = shortest_queue_bounds(each * f64::from(n), rate, n)?;
        let name = format!("shortest of {n} queues: between M/M/{n} and E{n}/M/1");
        (Figures::new(name, "Winston 1977", load, least, None), most)
    } else {
        let limit = PowerOfChoices::new(each, rate, choices)?;
        let most = Mmc::new(each, rate, 1)?.mean_response();
        let name = format!("power of {choices} choices, between many servers and random split");
        (Figures::new(name, "Mitzenmacher 1996", load, limit.mean_response(), None), most)
    };
    if !servers.is_unlimited(each_per_s) {
        return Err(Reason::ServerShape);
    }
    let mut predicted = figures.over(stream);
    predicted.mean_max_ms = Some(most + stream.hops_ms);
    Ok(predicted)
}

/// A model's answer, in milliseconds at the servers.
pub(super) struct Figures {
    name: String,
    source: &'static str,
    utilisation: f64,
    refused: f64,
    mean_ms: f64,
    percentiles_ms: Option<[f64; 3]>,
    waiting: Option<f64>,
}

impl Figures {
    pub(super) const fn new(
        name: String,
        source: &'static str,
        utilisation: f64,
        mean_ms: f64,
        percentiles_ms: Option<[f64; 3]>,
    ) -> Self {
        Self { name, source, utilisation, refused: 0.0, mean_ms, percentiles_ms, waiting: None }
    }

    pub(super) fn waiting(mut self, waiting: f64) -> Self {
        self.waiting = Some(waiting);
        self
    }

    /// The same as the stream sees it: with its time on the links.
    pub(super) fn over(self, stream: Stream) -> Predicted {
        let percentile =
            |at: fn([f64; 3]) -> f64| self.percentiles_ms.map(|p| at(p) + stream.hops_ms);
        Predicted {
            rate_per_s: stream.rate_per_s,
            utilisation: self.utilisation,
            refused: self.refused,
            mean_ms: self.mean_ms + stream.hops_ms,
            mean_max_ms: None,
            p50_ms: percentile(|[p50, _, _]| p50),
            p95_ms: percentile(|[_, p95, _]| p95),
            p99_ms: percentile(|[_, _, p99]| p99),
            waiting: self.waiting,
            model: Model { name: self.name, source: self.source },
        }
    }
}

impl From<TheoryError> for Reason {
    fn from(error: TheoryError) -> Self {
        match error {
            TheoryError::Unstable { utilisation } => Self::Unstable { utilisation },
            error @ TheoryError::OutOfRange { .. } => Self::Value { message: error.to_string() },
        }
    }
}
