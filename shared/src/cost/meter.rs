//! The meter of a group: seconds in use become dollars.
//!
//! Instance time is counted in whole nanoseconds, so the sum does not depend on the order in which
//! instances end. A commitment pays for as many On-Demand instances as are committed, whichever
//! they are, and is paid for whether they run or not.

use super::{Discounts, billed, hours_begun};
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// Counts the billed time of a group's instances.
#[derive(Clone, Debug)]
pub struct CostMeter {
    /// Dollars of an On-Demand instance hour.
    usd_per_hour: f64,
    discounts: Discounts,
    running: BTreeMap<InstanceId, Run>,
    /// Running instances that are On-Demand.
    on_demand: u32,
    /// Billed time of instances that have ended: On-Demand, and Spot.
    ended_ns: [u128; 2],
    /// On-Demand time that the commitment pays for, up to `since`.
    covered_ns: u128,
    since: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    from: Timestamp,
    is_spot: bool,
}

impl CostMeter {
    /// A meter for instances at `usd_per_hour` On-Demand, from time zero on.
    pub const fn new(usd_per_hour: f64, discounts: Discounts) -> Self {
        Self {
            usd_per_hour,
            discounts,
            running: BTreeMap::new(),
            on_demand: 0,
            ended_ns: [0; 2],
            covered_ns: 0,
            since: Timestamp::ZERO,
        }
    }

    /// Billing of an instance begins. One that is billed already goes on.
    pub fn started(&mut self, now: Timestamp, id: InstanceId, is_spot: bool) {
        self.cover(now);
        if self.running.insert(id, Run { from: now, is_spot }).is_none() && !is_spot {
            self.on_demand += 1;
        }
    }

    /// Billing of an instance ends, if it was billed.
    pub fn stopped(&mut self, now: Timestamp, id: InstanceId) {
        self.cover(now);
        let Some(run) = self.running.remove(&id) else { return };
        self.ended_ns[usize::from(run.is_spot)] += run.billed_ns(now);
        self.on_demand -= u32::from(!run.is_spot);
    }

    /// Counts what the commitment has paid for since the last change.
    fn cover(&mut self, now: Timestamp) {
        self.covered_ns += self.newly_covered_ns(now);
        self.since = now;
    }

    fn newly_covered_ns(&self, now: Timestamp) -> u128 {
        let covered = self.on_demand.min(self.discounts.committed_instances);
        u128::from(now.since(self.since).as_ns()) * u128::from(covered)
    }

    /// Billed time up to `now` in nanoseconds: On-Demand, and Spot.
    fn billed_ns(&self, now: Timestamp) -> [u128; 2] {
        let mut billed = self.ended_ns;
        for run in self.running.values() {
            billed[usize::from(run.is_spot)] += run.billed_ns(now);
        }
        billed
    }

    /// Billed instance hours up to `now`, whatever they cost.
    pub fn instance_hours(&self, now: Timestamp) -> f64 {
        hours(self.billed_ns(now).into_iter().sum())
    }

    /// Dollars up to `now`.
    pub fn usd(&self, now: Timestamp) -> f64 {
        let [on_demand, spot] = self.billed_ns(now);
        let covered = self.covered_ns + self.newly_covered_ns(now);
        let committed = u128::from(now.as_ns()) * u128::from(self.discounts.committed_instances);
        self.discounts.instances_usd(
            hours(committed),
            hours(on_demand.saturating_sub(covered)),
            hours(spot),
            self.usd_per_hour,
        )
    }

    /// Dollars an hour while what runs now runs.
    pub fn usd_per_hour(&self) -> f64 {
        let spot = self.running.len() as u32 - self.on_demand;
        self.discounts.hourly_usd(self.on_demand, spot, self.usd_per_hour)
    }

    /// Instances that are billed now.
    pub fn running(&self) -> usize {
        self.running.len()
    }
}

impl Run {
    fn billed_ns(&self, now: Timestamp) -> u128 {
        u128::from(billed(now.since(self.from)).as_ns())
    }
}

fn hours(ns: u128) -> f64 {
    ns as f64 / 3.6e12
}

/// Dollars of a load balancer that has run for `span` at `usd_per_hour`: hours begun count whole.
pub fn balancer_usd(span: Span, usd_per_hour: f64) -> f64 {
    hours_begun(span) as f64 * usd_per_hour
}

#[cfg(test)]
mod tests {
    use super::*;

    const M5_LARGE: f64 = 0.096;

    fn at(s: u64) -> Timestamp {
        Timestamp::from_s(s)
    }

    #[test]
    fn seconds_are_billed_with_a_minimum_of_a_minute() {
        let mut meter = CostMeter::new(M5_LARGE, Discounts::default());
        meter.started(at(0), InstanceId(1), false);
        meter.stopped(at(10), InstanceId(1));
        assert!((meter.usd(at(10)) - M5_LARGE / 60.0).abs() < 1e-12);
        meter.started(at(10), InstanceId(2), false);
        let usd = meter.usd(at(3_610));
        assert!((usd - M5_LARGE * 61.0 / 60.0).abs() < 1e-12, "{usd}");
        meter.stopped(at(3_610), InstanceId(3));
        assert_eq!(meter.running(), 1);
    }

    /// Two committed, one hour with one server and one with three: 4 committed instance hours, of
    /// which one is not used, and one at the full price; one Spot hour.
    #[test]
    fn commitments_are_paid_for_whether_used_or_not() {
        let discounts =
            Discounts { spot_percent: 70.0, committed_percent: 40.0, committed_instances: 2 };
        let mut meter = CostMeter::new(1.0, discounts);
        meter.started(at(0), InstanceId(1), false);
        meter.started(at(3_600), InstanceId(2), false);
        meter.started(at(3_600), InstanceId(3), false);
        meter.started(at(3_600), InstanceId(4), true);
        let usd = meter.usd(at(7_200));
        assert!((usd - (4.0 * 0.6 + 1.0 + 0.3)).abs() < 1e-12, "{usd}");
        assert!((meter.usd_per_hour() - (2.0 * 0.6 + 1.0 + 0.3)).abs() < 1e-12);
        assert!((meter.instance_hours(at(7_200)) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn balancer_hours_are_whole() {
        for (span_s, hours) in [(0, 0.0), (1, 1.0), (3_600, 1.0), (3_601, 2.0)] {
            let usd = balancer_usd(Span::from_s(span_s), 0.0225);
            assert!((usd - hours * 0.0225).abs() < 1e-12, "{span_s}");
        }
    }
}
