//! Equal queues behind a balancer, Poisson arrivals, exponential service, first come first served.
//!
//! - Random split: each of n servers sees Poisson arrivals: M/M/1 (or M/M/c) each.
//! - Round robin: each sees every n-th arrival, so that n exponential times pass between two of
//!   its own: E_n/M/c.
//! - The shortest of d random queues: as n grows, the queues become independent (Mitzenmacher 1996;
//!   Vvedenskaya, Dobrushin, Karpelevich 1996): the supermarket model.
//! - The shortest of all queues: no formula, but bounds. It wastes more than one common queue,
//!   M/M/n, and nothing that decides without knowing the lengths of requests beats it, so round
//!   robin is no better (Winston 1977; Weber 1978).

use super::error::{TheoryError, positive, stable, within};
use super::phase::{self, Phases};
use super::pool::{Mmc, SERVERS_MAX, sum_tail};
use crate::math;

/// How requests follow each other at one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// The sum of so many exponential times, as round robin over so many servers leaves of a
    /// Poisson stream; 1 is the Poisson stream itself.
    Erlang(u32),
    /// All equal.
    Constant,
}

/// G/M/c: gaps of a given law between arrivals, one queue without limit before `servers` equal
/// exponential servers.
///
/// With `A*` the Laplace transform of the gaps, `σ` is the root below 1 of `σ = A*(c μ (1 - σ))`;
/// those that wait do so for an exponential time with rate `c μ (1 - σ)`, and Takács (1962) gives
/// the chance to wait, which for one server is `σ` (Kleinrock 1975, chapter 6). For Erlang gaps
/// `A*(s) = (n λ / (n λ + s))^n`; for constant ones `e^(-s/λ)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gmc {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
    waits: f64,
    /// `c μ (1 - σ)`.
    spare: f64,
}

/// The most servers with one queue under regular gaps.
const POOL_MAX: u32 = 10_000;

impl Gmc {
    /// Arrivals and services (of one server) per unit of time at this queue, its servers, and the
    /// law of the gaps.
    ///
    /// # Errors
    ///
    /// A rate that is not positive, no servers or stages, or a load of 1 or more.
    pub fn new(
        arrival_rate: f64,
        service_rate: f64,
        servers: u32,
        gaps: Gaps,
    ) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("service rate", service_rate)?;
        within("servers", f64::from(servers), 1.0, f64::from(POOL_MAX))?;
        let load = arrival_rate / service_rate / f64::from(servers);
        stable(load)?;
        if let Gaps::Erlang(stages) = gaps {
            within("stages", f64::from(stages), 1.0, f64::from(SERVERS_MAX))?;
        }
        let idle = idle_share(load, gaps);
        let transform = |services: f64| gaps.transform(services * service_rate / arrival_rate);
        let waits = takacs(servers, idle, transform);
        let spare = service_rate * f64::from(servers) * idle;
        Ok(Self { arrival_rate, service_rate, servers, waits, spare })
    }

    /// Share of the time that a server is busy.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate / self.service_rate / f64::from(self.servers)
    }

    /// Probability that an arrival waits.
    pub const fn wait_probability(&self) -> f64 {
        self.waits
    }

    /// Mean wait.
    pub fn mean_wait(&self) -> f64 {
        self.waits / self.spare
    }

    /// Mean time in the system; for one server `1 / (μ (1 - σ))`.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service_rate
    }

    /// Mean number of requests that wait.
    pub fn mean_waiting(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// Probability that the time in the system exceeds `t`.
    pub fn response_tail(&self, t: f64) -> f64 {
        let service = math::exp(-self.service_rate * t);
        let both = sum_tail(self.service_rate, self.spare, t);
        (1.0 - self.waits) * service + self.waits * both
    }

    /// The time in the system below which a share of `quantile` of the requests lies.
    pub fn response_quantile(&self, quantile: f64) -> f64 {
        phase::quantile(quantile, self.mean_response(), |t| self.response_tail(t))
    }
}

impl Gaps {
    /// The Laplace transform of gaps of mean 1.
    fn transform(self, s: f64) -> f64 {
        match self {
            Self::Erlang(n) => math::exp(-f64::from(n) * math::ln_1p(s / f64::from(n))),
            Self::Constant => math::exp(-s),
        }
    }
}

/// `1 - σ`, kept as such because it is small under load.
fn idle_share(load: f64, gaps: Gaps) -> f64 {
    // ln σ against ln A*, whose root other than 0 is wanted; negative below it.
    let excess = |idle: f64| {
        let transform = match gaps {
            Gaps::Erlang(n) => f64::from(n) * math::ln_1p(idle / (f64::from(n) * load)),
            Gaps::Constant => idle / load,
        };
        -math::ln_1p(-idle) - transform
    };
    // Poisson gaps have the root 1 - ρ; more regular ones a greater.
    let (mut low, mut high) = ((1.0 - load) / 2.0, 1.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if excess(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The chance to wait before `servers`, with `transform` the transform of the gaps at so many
/// service rates: `1 / (1 + (1 - σ) Σ (c over j) / (C_j (1 - α_j)) · (c (1 - α_j) - j) /
/// (c (1 - σ) - j))` over j from 1 to c, with `α_j` the transform at j and
/// `C_j = Π α_i / (1 - α_i)`. Every term is positive.
fn takacs(servers: u32, idle: f64, transform: impl Fn(f64) -> f64) -> f64 {
    /// Closer to a zero of the denominator, where the numerator is zero too, their ratio is taken
    /// from both sides.
    const NEAR: f64 = 1e-5;
    let c = f64::from(servers);
    let ratio = |j: f64| (c * (1.0 - transform(j)) - j) / (c * idle - j);
    let (mut sum, mut product) = (0.0, 1.0);
    for k in 1..=servers {
        let j = f64::from(k);
        let alpha = transform(j);
        product *= (c - j + 1.0) / j * (1.0 - alpha) / alpha;
        let ratio = if (c * idle - j).abs() < NEAR {
            let zero = c * idle;
            (ratio(zero - 10.0 * NEAR) + ratio(zero + 10.0 * NEAR)) / 2.0
        } else {
            ratio(j)
        };
        sum += product / (1.0 - alpha) * ratio;
    }
    1.0 / (1.0 + idle * sum)
}

/// The shortest of `choices` random queues, in the limit of infinitely many exponential servers:
/// a share of `ρ^((d^i - 1) / (d - 1))` of the servers has `i` requests or more.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerOfChoices {
    load: f64,
    response: Phases,
}

impl PowerOfChoices {
    /// Arrivals at each server on average, its services, both per unit of time, and the queues
    /// looked at, 1 to 1,000.
    ///
    /// # Errors
    ///
    /// A rate that is not positive, no choices, or a load of 1 or more.
    pub fn new(arrival_rate: f64, service_rate: f64, choices: u32) -> Result<Self, TheoryError> {
        /// Tails below it move no percentile.
        const NEGLIGIBLE: f64 = 1e-15;
        positive("arrival rate", arrival_rate)?;
        positive("service rate", service_rate)?;
        within("choices", f64::from(choices), 1.0, 1_000.0)?;
        let (load, d) = (arrival_rate / service_rate, f64::from(choices));
        stable(load)?;
        // All looked at have i or more with the share's d-th power: ρ^(d + d² + … + d^i).
        let exponents = std::iter::successors(Some(0.0), |exponent| Some(d * (exponent + 1.0)));
        let tails = exponents.map(|exponent| math::pow(load, exponent));
        let tails = tails.take_while(|tail| *tail > NEGLIGIBLE).collect();
        Ok(Self { load, response: Phases { rate: service_rate, tails } })
    }

    /// Share of the time that a server is busy.
    pub const fn utilisation(&self) -> f64 {
        self.load
    }

    /// Mean time in the system: `Σ ρ^((d^i - d) / (d - 1))` services, i from 1.
    pub fn mean_response(&self) -> f64 {
        self.response.tails.iter().sum::<f64>() / self.response.rate
    }

    /// Mean number of requests that wait at a server.
    pub fn mean_waiting(&self) -> f64 {
        self.load * (self.mean_response() * self.response.rate - 1.0)
    }

    /// The time in the system below which a share of `quantile` of the requests lies.
    pub fn response_quantile(&self, quantile: f64) -> f64 {
        phase::quantile(quantile, self.mean_response(), |t| self.response.tail(t))
    }
}

/// Bounds of the mean time in the system when every request joins the shortest of `servers`
/// exponential queues: the common queue M/M/n below, round robin above.
///
/// # Errors
///
/// A rate that is not positive, no servers, or a load of 1 or more.
pub fn shortest_queue_bounds(
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
) -> Result<(f64, f64), TheoryError> {
    let common = Mmc::new(arrival_rate, service_rate, servers)?;
    let each = arrival_rate / f64::from(servers);
    let in_turn = Gmc::new(each, service_rate, 1, Gaps::Erlang(servers))?;
    Ok((common.mean_response(), in_turn.mean_response()))
}
