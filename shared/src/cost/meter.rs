//! Meters: seconds in use become dollars.

use super::{ALB_USD_PER_HOUR, Region, billed, hourly_usd, hours_begun};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// What was spent, by part, US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// Servers, by the second, at least a minute each.
    pub instances_usd: f64,
    /// Load balancers, by the hour begun.
    pub balancers_usd: f64,
}

impl Cost {
    /// All parts.
    pub fn total_usd(&self) -> f64 {
        self.instances_usd + self.balancers_usd
    }
}

/// Sums instance time at one price and balancer time.
///
/// Instance time is counted in whole nanoseconds, so the sum does not depend on the order in which
/// instances end.
#[derive(Clone, Debug)]
pub struct CostMeter {
    instance_usd_per_hour: f64,
    /// Billed time of instances that have ended.
    ended: u128,
}

impl CostMeter {
    /// A meter for instances of `instance_type` in `region`; unknown types cost nothing (the
    /// design's validation warns of them).
    pub fn new(instance_type: &str, region: Region) -> Self {
        Self { instance_usd_per_hour: hourly_usd(instance_type, region).unwrap_or(0.0), ended: 0 }
    }

    /// An instance that ran from `launched` ended at `now`.
    pub fn instance_ended(&mut self, launched: Timestamp, now: Timestamp) {
        self.ended += Self::billed(launched, now);
    }

    /// Dollars up to `now`, with those instances still running that were launched at `running`.
    pub fn instances_usd(&self, now: Timestamp, running: impl Iterator<Item = Timestamp>) -> f64 {
        let running: u128 = running.map(|launched| Self::billed(launched, now)).sum();
        let hours = (self.ended + running) as f64 / 3.6e12;
        hours * self.instance_usd_per_hour
    }

    /// Dollars an hour of one running instance.
    pub const fn instance_usd_per_hour(&self) -> f64 {
        self.instance_usd_per_hour
    }

    fn billed(launched: Timestamp, now: Timestamp) -> u128 {
        u128::from(billed(now.since(launched)).as_ns())
    }
}

/// Dollars of a load balancer that has run for `span`: hours begun count whole.
pub fn balancer_usd(span: Span) -> f64 {
    hours_begun(span) as f64 * ALB_USD_PER_HOUR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_billed_with_a_minimum_of_a_minute() {
        let mut meter = CostMeter::new("m5.large", Region::UsEast1);
        let at = Timestamp::from_s;
        meter.instance_ended(at(0), at(10));
        assert!((meter.instances_usd(at(10), std::iter::empty()) - 0.096 / 60.0).abs() < 1e-12);
        let running = [at(10)].into_iter();
        let usd = meter.instances_usd(at(3_610), running);
        assert!((usd - 0.096 * 61.0 / 60.0).abs() < 1e-12, "{usd}");
    }

    #[test]
    fn balancer_hours_are_whole() {
        assert!((balancer_usd(Span::from_s(1)) - ALB_USD_PER_HOUR).abs() < 1e-12);
        assert!((balancer_usd(Span::from_s(3_601)) - 2.0 * ALB_USD_PER_HOUR).abs() < 1e-12);
        assert!(balancer_usd(Span::ZERO).abs() < 1e-12);
    }
}
