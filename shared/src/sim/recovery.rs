//! How long it took to recover: from the beginning of each fault or spike to the first calm minute.
//!
//! A point of the series is bad if it breaks the objective of the run: its 99th percentile is over
//! the latency target, or more of its requests failed than availability allows. Without an
//! objective, the minute before is what things are compared with: more requests in flight than a
//! quarter over its most, and five more, or more failures in a second than any second of it had. The
//! system has recovered when a minute follows without a bad point; what a fault does later than a
//! minute after all was calm is not counted as its own.

use super::log::{LogEntry, LogEvent};
use super::measure::SeriesPoint;
use crate::design::Slo;
use serde::{Deserialize, Serialize};

/// A minute without a bad point is calm.
const CALM_S: u32 = 60;
/// The minute before a fault shows what is usual.
const BEFORE_S: u32 = 60;
/// Recoveries reported at most.
pub(super) const RECOVERIES_MAX: usize = 1_000;

/// What a fault did to the requests, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recovery {
    /// Position in the log of the entry that tells of the fault.
    pub entry: u32,
    /// When it began, seconds since the start of the run.
    pub at_s: f64,
    /// Seconds until all was well again; 0 if nothing was ever wrong, absent if it never was well
    /// again in this run.
    pub recovered_after_s: Option<f64>,
    /// Requests that failed until then.
    pub failed: u64,
    /// The highest 99th percentile of a second until then, milliseconds.
    pub worst_p99_ms: Option<f32>,
}

/// Whether an entry tells of something from which to recover. A death has its own only where it is
/// no part of a larger fault.
const fn is_trouble(entry: &LogEntry) -> bool {
    match entry.event {
        LogEvent::FaultBegan { .. } | LogEvent::SpikeBegan { .. } => true,
        LogEvent::Crashed { .. } => entry.cause.is_none(),
        _ => false,
    }
}

/// The recoveries of a run, in the order of the log.
pub(super) fn recoveries(
    log: &[LogEntry],
    series: &[SeriesPoint],
    slo: Option<&Slo>,
) -> Vec<Recovery> {
    let troubles = (0_u32..).zip(log).filter(|(_, entry)| is_trouble(entry));
    let troubles = troubles.take(RECOVERIES_MAX);
    troubles.map(|(at, entry)| recovery(at, entry.at.as_s_f64(), series, slo)).collect()
}

fn recovery(entry: u32, at_s: f64, series: &[SeriesPoint], slo: Option<&Slo>) -> Recovery {
    let begins = series.partition_point(|point| f64::from(point.at_s) <= at_s);
    let (before, after) = series.split_at(begins);
    let usual = Usual::of(before, at_s);
    let is_bad = |point: &SeriesPoint| match slo {
        Some(slo) => breaks(slo, point),
        None => usual.is_exceeded_by(point),
    };
    let mut last_bad: Option<usize> = None;
    let mut is_calm = false;
    for (i, point) in after.iter().enumerate() {
        let since = last_bad.and_then(|last| after.get(last)).map_or(at_s, |p| f64::from(p.at_s));
        if f64::from(point.at_s) - since > f64::from(CALM_S) {
            is_calm = true;
            break;
        }
        if is_bad(point) {
            last_bad = Some(i);
        }
    }
    let until = last_bad.map_or(0, |last| last + 1);
    let hurt = after.get(..until).unwrap_or_default();
    let recovered_after_s = match hurt.last() {
        None => Some(0.0),
        Some(last) => is_calm.then(|| f64::from(last.at_s) - at_s),
    };
    let worst = hurt.iter().filter_map(|point| point.p99_ms).reduce(f32::max);
    let failed = hurt.iter().map(|point| u64::from(point.failed)).sum();
    Recovery { entry, at_s, recovered_after_s, failed, worst_p99_ms: worst }
}

/// Whether a point breaks the objective by itself.
fn breaks(slo: &Slo, point: &SeriesPoint) -> bool {
    let ended = f64::from(point.completed) + f64::from(point.failed);
    let allowed = ended * (1.0 - slo.availability_percent / 100.0);
    f64::from(point.failed) > allowed + 1e-9
        || point.p99_ms.is_some_and(|p99_ms| f64::from(p99_ms) > slo.latency_ms)
}

/// What is usual: the most of each in the minute before.
#[derive(Clone, Copy, Debug, Default)]
struct Usual {
    in_flight: u32,
    failed: u32,
}

impl Usual {
    fn of(before: &[SeriesPoint], at_s: f64) -> Self {
        let recent = |point: &&SeriesPoint| f64::from(point.at_s + BEFORE_S) > at_s;
        let recent = before.iter().rev().take_while(recent);
        recent.fold(Self::default(), |usual, point| Self {
            in_flight: usual.in_flight.max(point.in_flight),
            failed: usual.failed.max(point.failed),
        })
    }

    fn is_exceeded_by(self, point: &SeriesPoint) -> bool {
        f64::from(point.in_flight) > f64::from(self.in_flight) * 1.25 + 5.0
            || point.failed > self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;
    use crate::time::Timestamp;

    /// A run of 600 seconds: ten in flight, but 100 from second 205 to 240, with 3 failures each.
    fn series() -> Vec<SeriesPoint> {
        let point = |at_s| {
            let bad = (205..=240).contains(&at_s);
            SeriesPoint {
                at_s,
                completed: 100,
                failed: if bad { 3 } else { 0 },
                in_flight: if bad { 100 } else { 10 },
                p99_ms: Some(if bad { 900.0 } else { 50.0 }),
                ..SeriesPoint::default()
            }
        };
        (1..=600).map(point).collect()
    }

    fn spike(at_s: u64) -> LogEntry {
        let event = LogEvent::SpikeBegan { factor: 5.0, for_s: 30 };
        LogEntry { at: Timestamp::from_s(at_s), node: NodeId(1), event, cause: None }
    }

    #[test]
    fn recovery_by_hand() {
        let (series, slo) = (series(), Slo { latency_ms: 300.0, ..Slo::default() });
        for slo in [None, Some(&slo)] {
            let found = recoveries(&[spike(200)], &series, slo);
            let expected = Recovery {
                entry: 0,
                at_s: 200.0,
                recovered_after_s: Some(40.0),
                failed: 36 * 3,
                worst_p99_ms: Some(900.0),
            };
            assert_eq!(found, [expected]);
            // Nothing happened in the minute after the first; the run ends before the third is over.
            let found = recoveries(&[spike(100), spike(200)], &series[..250], slo);
            assert_eq!(found[0].recovered_after_s, Some(0.0));
            assert_eq!((found[1].recovered_after_s, found[1].failed), (None, 36 * 3));
        }
        // An objective that allows it all.
        let lax = Slo { availability_percent: 90.0, latency_ms: 1_000.0, ..Slo::default() };
        assert_eq!(recoveries(&[spike(200)], &series, Some(&lax))[0].recovered_after_s, Some(0.0));
        assert_eq!(recoveries(&[spike(200)], &[], None)[0].recovered_after_s, Some(0.0));
    }
}
