//! One queue before equal servers, Poisson arrivals, exponential service: M/M/1 and M/M/c.
//!
//! Source: A. K. Erlang 1917; L. Kleinrock, Queueing Systems I, 1975, sections 3.2 and 3.4.

use super::error::{TheoryError, positive, stable, within};
use super::phase;
use crate::math;

/// The most servers that a formula takes.
pub const SERVERS_MAX: u32 = 1_000_000;

/// Erlang B: the share of requests that `servers` without a waiting room refuse at an offered load
/// of `offered` erlangs (arrival rate times mean service time). Holds for every law of service.
///
/// `B(0) = 1`, `B(k) = a B(k-1) / (k + a B(k-1))`: stable for any number of servers, where the
/// fraction of factorials overflows at 171.
pub fn erlang_b(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b))
}

/// Erlang C: the probability that a request waits before `servers` with an unlimited queue, from
/// Erlang B: `C = B / (1 - ρ (1 - B))`.
///
/// # Errors
///
/// The load is not below the number of servers.
pub fn erlang_c(servers: u32, offered: f64) -> Result<f64, TheoryError> {
    within("servers", f64::from(servers), 1.0, f64::from(SERVERS_MAX))?;
    let utilisation = offered / f64::from(servers);
    stable(utilisation)?;
    let b = erlang_b(servers, offered);
    Ok(b / (1.0 - utilisation * (1.0 - b)))
}

/// M/M/c: Poisson arrivals, one queue without limit, `servers` equal exponential servers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mmc {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
    waits: f64,
}

impl Mmc {
    /// Arrivals and services per unit of time (of one server), and the number of servers.
    ///
    /// # Errors
    ///
    /// A rate that is not positive, no servers, or a load of 1 or more.
    pub fn new(arrival_rate: f64, service_rate: f64, servers: u32) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("service rate", service_rate)?;
        let waits = erlang_c(servers, arrival_rate / service_rate)?;
        Ok(Self { arrival_rate, service_rate, servers, waits })
    }

    /// Share of the time that a server is busy: `ρ = λ / (c μ)`.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate / self.service_rate / f64::from(self.servers)
    }

    /// Probability that a request waits (Erlang C).
    pub const fn wait_probability(&self) -> f64 {
        self.waits
    }

    /// Spare service rate `c μ - λ`: the wait of those that wait is exponential with this rate.
    fn spare(&self) -> f64 {
        self.service_rate * f64::from(self.servers) - self.arrival_rate
    }

    /// Mean wait: `C / (c μ - λ)`.
    pub fn mean_wait(&self) -> f64 {
        self.waits / self.spare()
    }

    /// Mean time in the system: wait and service.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service_rate
    }

    /// Mean number of requests that wait: `Lq = λ Wq`.
    pub fn mean_waiting(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// Probability that the wait exceeds `t`: `C e^(-(c μ - λ) t)`.
    pub fn wait_tail(&self, t: f64) -> f64 {
        self.waits * math::exp(-self.spare() * t)
    }

    /// The wait below which a share of `quantile` of all requests lies.
    pub fn wait_quantile(&self, quantile: f64) -> f64 {
        let over = 1.0 - quantile;
        if over >= self.waits { 0.0 } else { math::ln(self.waits / over) / self.spare() }
    }

    /// Probability that the time in the system exceeds `t`: service alone for those that do not
    /// wait, the sum of two exponential times for the others.
    pub fn response_tail(&self, t: f64) -> f64 {
        let service = math::exp(-self.service_rate * t);
        let both = sum_tail(self.service_rate, self.spare(), t);
        (1.0 - self.waits) * service + self.waits * both
    }

    /// The time in the system below which a share of `quantile` of all requests lies.
    pub fn response_quantile(&self, quantile: f64) -> f64 {
        phase::quantile(quantile, self.mean_response(), |t| self.response_tail(t))
    }
}

/// Tail at `t` of the sum of two exponential times with rates `a` and `b`:
/// `(a e^(-b t) - b e^(-a t)) / (a - b)`, written so that nothing cancels when they are close.
pub(super) fn sum_tail(a: f64, b: f64, t: f64) -> f64 {
    let (slow, fast) = (a.min(b), a.max(b));
    let difference = (fast - slow) * t;
    // (1 - e^-x) / x, which tends to 1.
    let share = if difference < 1e-300 { 1.0 } else { -math::exp_m1(-difference) / difference };
    math::exp(-slow * t) * (1.0 + slow * t * share)
}
