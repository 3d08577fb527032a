//! One server, Poisson arrivals, any law of service: M/G/1 in order of arrival, and M/G/1 with
//! processor sharing.
//!
//! The wait is a sum of so many remaining services that a geometric variable says:
//! `P(W > t) = (1 - ρ) Σ ρ^n P(R1 + … + Rn > t)`, with `R` what is left of a service that a random
//! moment falls into (Pollaczek 1930, Khinchine 1932; the form is Beneš's of 1957). The mean is
//! closed; percentiles come from the same sum on a grid, computed exactly by Panjer's recursion
//! (1981), which adds positive terms only.

use super::error::{TheoryError, positive, stable};
use super::law::Service;
use super::phase;

/// M/G/1: Poisson arrivals, one server in order of arrival, a queue without limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mg1 {
    arrival_rate: f64,
    service: Service,
}

/// Points of the grid on which percentiles are computed. Their error is about one point, 0.03 %.
const POINTS: usize = 3_000;

impl Mg1 {
    /// Arrivals per unit of time and the law of service.
    ///
    /// # Errors
    ///
    /// Parameters out of range, or a load of 1 or more.
    pub fn new(arrival_rate: f64, service: Service) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        service.check()?;
        stable(arrival_rate * service.mean())?;
        Ok(Self { arrival_rate, service })
    }

    /// Share of the time that the server is busy.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate * self.service.mean()
    }

    /// Mean wait: `ρ / (1 - ρ) · (1 + cv²) / 2` services.
    pub fn mean_wait(&self) -> f64 {
        let load = self.utilisation();
        load / (1.0 - load) * (1.0 + self.service.cv_squared()) / 2.0 * self.service.mean()
    }

    /// Mean time in the system.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + self.service.mean()
    }

    /// Mean number of requests that wait.
    pub fn mean_waiting(&self) -> f64 {
        self.arrival_rate * self.mean_wait()
    }

    /// The times in the system below which the given shares of all requests lie, each share at
    /// most 0.999.
    pub fn response_quantiles<const N: usize>(&self, quantiles: [f64; N]) -> [f64; N] {
        let highest = quantiles.iter().copied().fold(0.0, f64::max).min(0.999);
        // The grid must reach beyond the highest percentile and not far beyond it. A heavy tail
        // may need several doublings; 40 are beyond any law with a variance.
        let mut reach = 4.0 * self.mean_response();
        let mut waits = self.waits(reach / POINTS as f64);
        for _ in 0..40 {
            if self.response_tail(&waits, reach / POINTS as f64, reach) < 1.0 - highest {
                break;
            }
            reach *= 2.0;
            waits = self.waits(reach / POINTS as f64);
        }
        let tail = |t| self.response_tail(&waits, reach / POINTS as f64, t);
        quantiles.map(|share| phase::quantile(share.min(0.999), self.mean_response(), tail))
    }

    /// Probabilities that the wait is `0, h, 2h, …`, remaining services rounded to the nearest.
    fn waits(&self, h: f64) -> Vec<f64> {
        let load = self.utilisation();
        let within = |t: f64| self.service.limited_mean(t) / self.service.mean();
        let mut before = 0.0;
        let steps = (0..POINTS).map(|k| {
            let now = within((k as f64 + 0.5) * h);
            let mass = now - before;
            before = now;
            mass
        });
        let steps: Vec<f64> = steps.collect();
        let none = steps.first().copied().unwrap_or(0.0);
        let scale = load / (1.0 - load * none);
        let mut waits = vec![(1.0 - load) / (1.0 - load * none)];
        for k in 1..POINTS {
            // The last wait meets the first step, and so on; the step of zero is in the scale.
            let sum: f64 =
                steps.iter().skip(1).zip(waits.iter().rev()).map(|(step, wait)| step * wait).sum();
            debug_assert_eq!(waits.len(), k);
            waits.push(scale * sum);
        }
        waits
    }

    /// Probability that wait and service exceed `t`, for waits on a grid of width `h`.
    fn response_tail(&self, waits: &[f64], h: f64, t: f64) -> f64 {
        let (mut sum, mut met) = (0.0, 0.0);
        for (k, wait) in waits.iter().enumerate() {
            let left = t - k as f64 * h;
            if left < 0.0 {
                break;
            }
            met += wait;
            sum += wait * self.service.tail(left);
        }
        // Waits beyond `t` exceed it by themselves.
        sum + (1.0 - met).max(0.0)
    }
}

/// M/G/1-PS: the server divides itself equally among all requests present.
///
/// The mean time in the system is `E[S] / (1 - ρ)` whatever the law of service (insensitivity;
/// Kleinrock, Queueing Systems II, 1976, section 4.4). Percentiles do depend on the law and have no
/// closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mg1Ps {
    arrival_rate: f64,
    mean_service: f64,
}

impl Mg1Ps {
    /// Arrivals per unit of time and the mean time of a service that has the server to itself.
    ///
    /// # Errors
    ///
    /// Parameters that are not positive, or a load of 1 or more.
    pub fn new(arrival_rate: f64, mean_service: f64) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("mean service time", mean_service)?;
        stable(arrival_rate * mean_service)?;
        Ok(Self { arrival_rate, mean_service })
    }

    /// Share of the time that the server is busy.
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate * self.mean_service
    }

    /// Mean time in the system.
    pub fn mean_response(&self) -> f64 {
        self.mean_service / (1.0 - self.utilisation())
    }
}
