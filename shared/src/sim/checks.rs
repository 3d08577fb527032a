//! What must hold in every run whatever is drawn: conservation and Little's law.
//!
//! Little 1961: the mean number present is the arrival rate times the mean time in the system,
//! `L = λ W`, for any system that neither makes nor loses requests. Both sides are measured by
//! themselves: `L` as the area under the number in flight, `λ` by counting, `W` from the times that
//! ended requests carry with them. They differ only by the requests still in flight at the end, so
//! a lost, doubled or misdated request shows at once.

use super::Totals;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What must hold in every run. Says nothing new about the run, so the digest leaves it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Checks {
    /// Requests arrived are those completed, failed, and found in flight; failures add up.
    pub conserved: bool,
    /// L: mean number of requests in flight over the whole run.
    pub mean_in_flight: f64,
    /// λ: requests that arrived a second, over the whole run.
    pub arrival_rate_per_s: f64,
    /// W: mean time from arrival to end of all requests that ended, failed ones too, milliseconds.
    pub mean_time_ms: f64,
    /// Relative difference of L and λ W, 0 for equal.
    pub little_error: f64,
    /// Whether that is no more than the requests in flight at the end explain.
    pub little_holds: bool,
}

/// Sums of times, in nanoseconds. They wrap where they must: only differences are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ledger {
    /// Ends minus arrivals by the clock: with `now` for those in flight, the area under their number.
    clock_ns: i128,
    /// Times in the system of ended requests, by what each carries.
    spent_ns: u128,
}

impl Ledger {
    #[inline]
    pub(super) fn arrived(&mut self, now: Timestamp) {
        self.clock_ns -= i128::from(now.as_ns());
    }

    #[inline]
    pub(super) fn ended(&mut self, now: Timestamp, arrived: Timestamp) {
        self.clock_ns += i128::from(now.as_ns());
        self.spent_ns += u128::from(now.since(arrived).as_ns());
    }

    pub(super) fn checks(&self, now: Timestamp, totals: &Totals, waiting: u64) -> Checks {
        let ended = totals.completed + totals.failed;
        let conserved = totals.arrived == ended + waiting
            && waiting == totals.in_flight
            && totals.failed == totals.failed_by_cause.iter().sum::<u64>();
        let area_ns = self.clock_ns + i128::from(totals.in_flight) * i128::from(now.as_ns());
        // What requests in flight have spent so far: each at most the whole run.
        let open_ns = area_ns - i128::try_from(self.spent_ns).unwrap_or(i128::MAX);
        let most_ns = i128::from(totals.in_flight) * i128::from(now.as_ns());
        let per = |sum: f64, over: f64| if over > 0.0 { sum / over } else { 0.0 };
        let now_s = now.as_s_f64();
        let mean_in_flight = per(area_ns as f64 / 1e9, now_s);
        let arrival_rate_per_s = per(totals.arrived as f64, now_s);
        let mean_time_ms = per(self.spent_ns as f64 / 1e6, ended as f64);
        let product = arrival_rate_per_s * mean_time_ms / 1e3;
        Checks {
            conserved,
            mean_in_flight,
            arrival_rate_per_s,
            mean_time_ms,
            little_error: per((mean_in_flight - product).abs(), mean_in_flight),
            little_holds: (0..=most_ns).contains(&open_ns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(arrived: u64, completed: u64) -> Totals {
        Totals { arrived, completed, in_flight: arrived - completed, ..Totals::default() }
    }

    #[test]
    fn little_by_hand() {
        let (at, mut ledger) = (Timestamp::from_s, Ledger::default());
        // Present from 0 to 4, from 2 to 6, and from 8 on: an area of 4 + 4 + 2 up to 10.
        ledger.arrived(at(0));
        ledger.arrived(at(2));
        ledger.ended(at(4), at(0));
        ledger.ended(at(6), at(2));
        ledger.arrived(at(8));
        let checks = ledger.checks(at(10), &totals(3, 2), 1);
        assert!(checks.conserved && checks.little_holds, "{checks:?}");
        assert!((checks.mean_in_flight - 1.0).abs() < 1e-12);
        assert!((checks.mean_time_ms - 4_000.0).abs() < 1e-9);
        assert!((checks.little_error - 0.2).abs() < 1e-12);
    }

    /// The three ways in which a simulation loses count are seen.
    #[test]
    fn faults_are_seen() {
        let at = Timestamp::from_s;
        let mut ledger = Ledger::default();
        ledger.arrived(at(1));
        let lost = ledger.checks(at(10), &totals(1, 0), 0);
        assert!(!lost.conserved);
        // It ends with another's time of arrival.
        ledger.ended(at(2), at(0));
        assert!(!ledger.checks(at(10), &totals(1, 1), 0).little_holds);
        assert_eq!(
            Ledger::default().checks(at(0), &totals(0, 0), 0),
            Checks { conserved: true, little_holds: true, ..Checks::default() }
        );
    }
}
