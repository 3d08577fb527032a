//! Equal queues behind a balancer, Poisson arrivals, exponential service, first come first served.
//!
//! - Random split: each of n servers sees Poisson arrivals: M/M/1 (or M/M/c) each.
//! - Round robin: each sees every n-th arrival, so that n exponential times pass between two of
//!   its own: E_n/M/1.
//! - The shortest of d random queues: as n grows, the queues become independent (Mitzenmacher 1996;
//!   Vvedenskaya, Dobrushin, Karpelevich 1996): the supermarket model.
//! - The shortest of all queues: no formula, but bounds. It wastes more than one common queue,
//!   M/M/n, and nothing that decides without knowing the lengths of requests beats it, so round
//!   robin is no better (Winston 1977; Weber 1978).

use super::error::{TheoryError, positive, stable, within};
use super::phase::{self, Phases};
use super::pool::{Mmc, SERVERS_MAX};
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

/// G/M/1: gaps of a given law between arrivals, one exponential server, a queue without limit.
///
/// An arrival finds the server busy with chance `σ`, the root below 1 of `σ = A*(μ (1 - σ))` with
/// `A*` the Laplace transform of the gaps; its time in the system is exponential with rate
/// `μ (1 - σ)` (Kleinrock 1975, section 6.4). For Erlang gaps
/// `A*(s) = (n λ / (n λ + s))^n`; for constant ones `e^(-s/λ)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gm1 {
    arrival_rate: f64,
    service_rate: f64,
    /// `1 - σ`, kept as such because it is small under load.
    idle_share: f64,
}

impl Gm1 {
    /// Arrivals and services per unit of time at this queue, and the law of the gaps.
    ///
    /// # Errors
    ///
    /// A rate that is not positive, no stages, or a load of 1 or more.
    pub fn new(arrival_rate: f64, service_rate: f64, gaps: Gaps) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("service rate", service_rate)?;
        let load = arrival_rate / service_rate;
        stable(load)?;
        if let Gaps::Erlang(stages) = gaps {
            within("stages", f64::from(stages), 1.0, f64::from(SERVERS_MAX))?;
        }
        // -ln σ + ln A*, whose root other than 0 is wanted; negative below it.
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
        Ok(Self { arrival_rate, service_rate, idle_share: (low + high) / 2.0 })
    }

    /// Share of the time that the server is busy.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate / self.service_rate
    }

    /// Probability that an arrival waits, `σ`.
    pub fn wait_probability(&self) -> f64 {
        1.0 - self.idle_share
    }

    /// Mean time in the system: `1 / (μ (1 - σ))`.
    pub fn mean_response(&self) -> f64 {
        1.0 / (self.service_rate * self.idle_share)
    }

    /// Mean wait.
    pub fn mean_wait(&self) -> f64 {
        self.wait_probability() * self.mean_response()
    }

    /// Mean number of requests that wait.
    pub fn mean_waiting(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// The time in the system below which a share of `quantile` of the requests lies.
    pub fn response_quantile(&self, quantile: f64) -> f64 {
        -math::ln_1p(-quantile) * self.mean_response()
    }
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
    let in_turn = Gm1::new(each, service_rate, Gaps::Erlang(servers))?;
    Ok((common.mean_response(), in_turn.mean_response()))
}
