//! Measurement: totals, percentiles over all requests, one point a second.

use super::batches::{Batches, LatencyIntervals};
use super::checks::{Checks, Ledger};
use super::meter::RecentLatencies;
use super::slo::SloResult;
use crate::design::Slo;
use crate::rng::mix_64;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The balancer had nobody to send it to (503).
    NoBackend,
    /// The queue of the server or dependency was full (503).
    QueueFull,
    /// The server was dead when the request came (502).
    ConnectFailed,
    /// The server died while it had the request (502).
    Reset,
    /// The client waited no longer.
    Timeout,
    /// No connection to a dependency became free in time (503).
    ConnectionTimeout,
    /// The server answered that it could not (500).
    ServerError,
}

impl FailureCause {
    /// Every cause, in the order of [`Totals::failed_by_cause`].
    pub const ALL: [Self; 7] = [
        Self::NoBackend,
        Self::QueueFull,
        Self::ConnectFailed,
        Self::Reset,
        Self::Timeout,
        Self::ConnectionTimeout,
        Self::ServerError,
    ];

    /// The cause in a few words of English.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoBackend => "no backend",
            Self::QueueFull => "queue full",
            Self::ConnectFailed => "connect failed",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::ConnectionTimeout => "connection timeout",
            Self::ServerError => "server error",
        }
    }
}

/// Requests counted from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// Requests that sources made.
    pub arrived: u64,
    /// Of these, answered well.
    pub completed: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Failures by cause, in the order of [`FailureCause::ALL`]: no backend, queue full, connect
    /// failed, reset, timeout, connection timeout, server error.
    pub failed_by_cause: [u64; FailureCause::ALL.len()],
    /// Neither completed nor failed yet.
    pub in_flight: u64,
    /// Attempts that clients made after the first of each request.
    pub retries: u64,
}

/// Latency of completed requests, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Latency {
    /// Requests measured.
    pub count: u64,
    /// Mean.
    pub mean_ms: f64,
    /// Half are faster.
    pub p50_ms: f64,
    /// 95 % are faster.
    pub p95_ms: f64,
    /// 99 % are faster.
    pub p99_ms: f64,
    /// 99.9 % are faster.
    pub p999_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// One second of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesPoint {
    /// End of the second, seconds since the start of the run.
    pub at_s: u32,
    /// Requests that arrived in it.
    pub arrived: u32,
    /// Requests completed in it.
    pub completed: u32,
    /// Requests failed in it.
    pub failed: u32,
    /// Of these, by cause, in the order of [`Totals::failed_by_cause`].
    #[serde(default)]
    pub failed_by_cause: [u32; FailureCause::ALL.len()],
    /// Requests in flight at its end.
    pub in_flight: u32,
    /// Of these, waiting at a server or dependency.
    #[serde(default)]
    pub queued: u32,
    /// Median latency of those completed in it, if there were any.
    pub p50_ms: Option<f32>,
    /// 95th percentile of those completed in it, if there were any.
    #[serde(default)]
    pub p95_ms: Option<f32>,
    /// 99th percentile of those completed in it, if there were any.
    pub p99_ms: Option<f32>,
    /// The 95 % interval of that percentile if the second's requests were independent: the order
    /// statistics at `p ± 1.96 sqrt(p (1 - p) / n)`. Absent where too few requests reach that far.
    #[serde(default)]
    pub p99_interval_ms: Option<(f32, f32)>,
    /// Average CPU over all groups' servers in service, 0 to 1, if there are any.
    pub cpu: Option<f32>,
    /// Servers in service at its end.
    pub in_service: u32,
    /// Servers booting or waiting for their first check.
    pub launching: u32,
    /// Servers that finish what they have.
    pub draining: u32,
    /// Servers wanted, over all groups.
    pub desired: u32,
    /// Dollars an hour at its end.
    pub cost_usd_per_hour: f32,
}

/// Points of a series at most; longer runs get a point every few seconds.
const SERIES_POINTS_MAX: u32 = 5_000;

/// Counts and measures a run.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) totals: Totals,
    warm_from: Timestamp,
    run: Batches,
    ledger: Ledger,
    second: RecentLatencies,
    /// Totals at the last point of the series.
    before: Totals,
    pub(super) series: Vec<SeriesPoint>,
    /// Seconds between two points of the series.
    interval_s: u32,
    digest: u64,
}

impl Recorder {
    pub(super) fn new(warm_from: Timestamp, duration_s: u32) -> Self {
        Self {
            totals: Totals::default(),
            warm_from,
            run: Batches::new(warm_from, Timestamp::from_s(u64::from(duration_s))),
            ledger: Ledger::default(),
            second: RecentLatencies::default(),
            before: Totals::default(),
            series: Vec::new(),
            interval_s: duration_s.div_ceil(SERIES_POINTS_MAX).max(1),
            digest: 0,
        }
    }

    /// A source makes a request now.
    #[inline(always)]
    pub(super) fn arrived(&mut self, now: Timestamp) {
        self.totals.arrived += 1;
        self.totals.in_flight += 1;
        self.ledger.arrived(now);
    }

    /// Whether the warm-up was over when a request came.
    pub(super) fn counts(&self, arrived: Timestamp) -> bool {
        arrived >= self.warm_from
    }

    /// A client will try again.
    pub(super) fn retried(&mut self) {
        self.totals.retries += 1;
    }

    /// A request that was made at `arrived` ended at `now`.
    #[inline(always)]
    pub(super) fn ended(
        &mut self,
        now: Timestamp,
        request: u64,
        arrived: Timestamp,
        ended: Result<(), FailureCause>,
    ) {
        self.totals.in_flight -= 1;
        self.ledger.ended(now, arrived);
        let code = match ended {
            Ok(()) => {
                self.totals.completed += 1;
                let latency = now.since(arrived);
                if arrived >= self.warm_from {
                    self.run.record(now, latency);
                }
                self.second.record(latency);
                0
            }
            Err(cause) => self.failed(now, arrived, cause),
        };
        let word = now.as_ns() ^ mix_64(request) ^ (code << 60);
        self.digest = mix_64(self.digest ^ word);
    }

    #[inline(never)]
    fn failed(&mut self, now: Timestamp, arrived: Timestamp, cause: FailureCause) -> u64 {
        self.totals.failed += 1;
        self.totals.failed_by_cause[cause as usize] += 1;
        if arrived >= self.warm_from {
            self.run.fail(now);
        }
        1 + cause as u64
    }

    /// A second is over: adds a point to the series if one is due. `point` carries what the
    /// recorder does not know.
    pub(super) fn second_over(&mut self, at_s: u32, point: SeriesPoint) {
        if !at_s.is_multiple_of(self.interval_s) {
            return;
        }
        let (now, before) = (self.totals, self.before);
        let interval = quantile_interval(0.99, self.second.count());
        let (low, high) = interval.unwrap_or((0.99, 0.99));
        let [p50_ms, p95_ms, p99_ms, low_ms, high_ms] =
            self.second.take_quantiles_ms([0.5, 0.95, 0.99, low, high]);
        self.series.push(SeriesPoint {
            at_s,
            arrived: (now.arrived - before.arrived) as u32,
            completed: (now.completed - before.completed) as u32,
            failed: (now.failed - before.failed) as u32,
            failed_by_cause: std::array::from_fn(|cause| {
                (now.failed_by_cause[cause] - before.failed_by_cause[cause]) as u32
            }),
            in_flight: now.in_flight.min(u64::from(u32::MAX)) as u32,
            p50_ms,
            p95_ms,
            p99_ms,
            p99_interval_ms: interval.is_some().then_some(low_ms.zip(high_ms)).flatten(),
            ..point
        });
        self.before = now;
    }

    pub(super) fn latency(&self) -> Latency {
        self.run.all().latency()
    }

    /// How sure the latencies are.
    pub(super) fn intervals(&self, now: Timestamp) -> LatencyIntervals {
        self.run.intervals(now)
    }

    /// What is promised of the run's requests.
    pub(super) fn promise(&mut self, slo: &Slo) {
        self.run.promise(Span::from_ms_f64(slo.latency_ms));
    }

    /// Whether it was kept.
    pub(super) fn slo(&self, slo: &Slo, now: Timestamp) -> SloResult {
        let (ended, answers) = self.run.shares(now);
        SloResult::new(slo, ended, answers, now.since(self.warm_from).as_s_f64())
    }

    /// What must hold in every run, checked; `waiting` requests are somewhere in the system.
    pub(super) fn checks(&self, now: Timestamp, waiting: u64) -> Checks {
        self.ledger.checks(now, &self.totals, waiting)
    }

    /// Hash over the ends of all requests so far.
    pub(super) fn digest(&self) -> u64 {
        mix_64(self.digest ^ self.totals.arrived)
    }
}

/// The quantiles between which the quantile `p` of a law lies with 95 %, judged by `count`
/// independent draws (the binomial's normal form); `None` for too few.
fn quantile_interval(p: f64, count: u64) -> Option<(f64, f64)> {
    let half_width = 1.96 * crate::math::sqrt(p * (1.0 - p) / count as f64);
    (p + half_width < 1.0).then_some((p - half_width, p + half_width))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About 400 requests are needed for the interval of a 99th percentile.
    #[test]
    fn intervals_of_percentiles_need_requests() {
        assert_eq!(quantile_interval(0.99, 0), None);
        assert_eq!(quantile_interval(0.99, 300), None);
        let (low, high) = quantile_interval(0.99, 1_000).unwrap();
        assert!((low - 0.98383).abs() < 1e-4 && (high - 0.99617).abs() < 1e-4, "{low} {high}");
    }
}
