//! Measurement: totals, percentiles over all requests, one point a second.

use super::batches::{Batches, LatencyIntervals};
use super::checks::{Checks, Ledger};
use super::slo::SloResult;
use crate::design::Slo;
use crate::rng::mix_64;
use crate::time::{Span, Timestamp};
use hdrhistogram::Histogram;
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

/// Finest latency told apart, nanoseconds.
const LATENCY_NS_MIN: u64 = 1_000;
/// Longest latency told apart: one day. Longer ones count as this.
const LATENCY_NS_MAX: u64 = 86_400_000_000_000;
/// Significant digits of a run's percentiles: 0.1 % error at most.
const RUN_DIGITS: u8 = 3;
/// Significant digits of a second's percentiles, which only a chart shows.
const SECOND_DIGITS: u8 = 2;
/// Latencies of one second that are kept one by one: 32 KiB.
const RECENT_MAX: usize = 4_096;
/// Points of a series at most; longer runs get a point every few seconds.
const SERIES_POINTS_MAX: u32 = 5_000;

/// Latencies of many requests: exact count, sum and extremes, percentiles within the error of the
/// histogram's digits. Every request is recorded, none is sampled.
#[derive(Clone, Debug)]
pub(super) struct LatencyMeter {
    /// `None` only if the bounds were invalid, which a test excludes.
    histogram: Option<Histogram<u32>>,
    sum_ns: u128,
    count: u64,
    max_ns: u64,
}

impl LatencyMeter {
    /// For all requests of a run.
    pub(super) fn for_run() -> Self {
        Self::new(RUN_DIGITS)
    }

    /// For one of many parts.
    pub(super) fn coarse() -> Self {
        Self::new(SECOND_DIGITS)
    }

    fn new(digits: u8) -> Self {
        let histogram = Histogram::new_with_bounds(LATENCY_NS_MIN, LATENCY_NS_MAX, digits).ok();
        Self { histogram, sum_ns: 0, count: 0, max_ns: 0 }
    }

    #[inline(always)]
    pub(super) fn record(&mut self, latency: Span) {
        let ns = latency.as_ns();
        self.count += 1;
        self.sum_ns += u128::from(ns);
        self.max_ns = self.max_ns.max(ns);
        if let Some(histogram) = &mut self.histogram {
            count(histogram, ns);
        }
    }

    /// Adds everything that `other`, of as many digits, has recorded.
    pub(super) fn add(&mut self, other: &Self) {
        self.sum_ns += other.sum_ns;
        self.count += other.count;
        self.max_ns = self.max_ns.max(other.max_ns);
        if let (Some(histogram), Some(other)) = (&mut self.histogram, &other.histogram) {
            // It fails only if the other held longer times than this one can.
            let added = histogram.add(other);
            debug_assert!(added.is_ok(), "histograms of one run have the same bounds");
        }
    }

    /// Requests that took longer than `limit`, within the histogram's error.
    pub(super) fn count_over(&self, limit: Span) -> u64 {
        let within = self.histogram.as_ref().map_or(0, |it| it.count_between(0, limit.as_ns()));
        self.count - within.min(self.count)
    }

    /// Requests recorded, and the sum of their latencies.
    pub(super) fn count_and_sum_ms(&self) -> (u64, f64) {
        (self.count, self.sum_ns as f64 / 1e6)
    }

    pub(super) fn clear(&mut self) {
        (self.sum_ns, self.count, self.max_ns) = (0, 0, 0);
        if let Some(histogram) = &mut self.histogram {
            histogram.reset();
        }
    }

    pub(super) fn quantile_ms(&self, quantile: f64) -> f64 {
        let value = self.histogram.as_ref().map_or(0, |h| h.value_at_quantile(quantile));
        // A bucket's upper end may lie beyond the slowest request.
        value.min(self.max_ns) as f64 / 1e6
    }

    pub(super) fn latency(&self) -> Latency {
        let mean_ns = if self.count == 0 { 0.0 } else { self.sum_ns as f64 / self.count as f64 };
        Latency {
            count: self.count,
            mean_ms: mean_ns / 1e6,
            p50_ms: self.quantile_ms(0.5),
            p95_ms: self.quantile_ms(0.95),
            p99_ms: self.quantile_ms(0.99),
            p999_ms: self.quantile_ms(0.999),
            max_ms: self.max_ns as f64 / 1e6,
        }
    }
}

/// Adds one value. The only place that does, so that the library's functions are inlined here.
#[inline(never)]
fn count(histogram: &mut Histogram<u32>, ns: u64) {
    histogram.saturating_record(ns);
}

/// Latencies between two points of the series, of which a chart shows two percentiles.
///
/// Of up to [`RECENT_MAX`] the percentiles are exact. Beyond, they go into a histogram, as many at
/// a time, and memory stays what it is.
#[derive(Debug, Default)]
struct RecentLatencies {
    latest_ns: Vec<u64>,
    earlier: Option<Box<LatencyMeter>>,
}

impl RecentLatencies {
    #[inline(always)]
    fn record(&mut self, latency: Span) {
        if self.latest_ns.len() == RECENT_MAX {
            self.pour();
        }
        self.latest_ns.push(latency.as_ns());
    }

    #[inline(never)]
    fn pour(&mut self) {
        let meter = || Box::new(LatencyMeter::new(SECOND_DIGITS));
        let earlier = self.earlier.get_or_insert_with(meter);
        self.latest_ns.drain(..).for_each(|ns| earlier.record(Span::from_ns(ns)));
    }

    /// Requests recorded.
    fn count(&self) -> u64 {
        self.earlier.as_ref().map_or(0, |earlier| earlier.count) + self.latest_ns.len() as u64
    }

    /// The percentiles, where there is anything, and begins anew.
    fn take_quantiles_ms<const N: usize>(&mut self, quantiles: [f64; N]) -> [Option<f32>; N] {
        if self.earlier.as_ref().is_some_and(|earlier| earlier.count > 0) {
            self.pour();
        }
        let taken = match &mut self.earlier {
            Some(earlier) if earlier.count > 0 => {
                let taken = quantiles.map(|quantile| Some(earlier.quantile_ms(quantile) as f32));
                earlier.clear();
                taken
            }
            _ => quantiles.map(|quantile| exact_quantile_ms(&mut self.latest_ns, quantile)),
        };
        self.latest_ns.clear();
        taken
    }
}

/// The least value that at least the share `quantile` of all do not exceed.
fn exact_quantile_ms(values_ns: &mut [u64], quantile: f64) -> Option<f32> {
    // The cast goes down; what is added goes up to the next whole number, but for rounding errors.
    let rank = (values_ns.len() as f64 * quantile + (1.0 - 1e-9)) as usize;
    let last = values_ns.len().checked_sub(1)?;
    let (_, &mut value, _) = values_ns.select_nth_unstable(rank.saturating_sub(1).min(last));
    Some((value as f64 / 1e6) as f32)
}

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

    /// Percentiles of 1 to 10,000 ms lie within the histogram's error.
    #[test]
    fn percentiles_are_within_their_error() {
        let mut meter = LatencyMeter::new(RUN_DIGITS);
        (1..=10_000).for_each(|ms| meter.record(Span::from_ms(ms)));
        let latency = meter.latency();
        for (got, exact) in [
            (latency.mean_ms, 5_000.5),
            (latency.p50_ms, 5_000.0),
            (latency.p95_ms, 9_500.0),
            (latency.p99_ms, 9_900.0),
            (latency.p999_ms, 9_990.0),
            (latency.max_ms, 10_000.0),
        ] {
            assert!((got / exact - 1.0).abs() < 0.001, "{got} for {exact}");
        }
        assert_eq!(latency.count, 10_000);
    }

    /// What a chart shows of a second is exact when few requests came, near it when many did, and
    /// of that second only.
    #[test]
    fn seconds_have_their_own_percentiles() {
        let mut second = RecentLatencies::default();
        for (count, error) in [(1, 0.0), (100, 0.0), (4_096, 0.0), (4_097, 0.01), (50_000, 0.01)] {
            // From the slowest to the fastest.
            (1..=count).rev().for_each(|ms| second.record(Span::from_ms(ms)));
            let got = second.take_quantiles_ms([0.5, 0.99]).map(|ms| f64::from(ms.unwrap()));
            for (got, quantile) in got.iter().zip([0.5, 0.99]) {
                let exact = (count as f64 * quantile).ceil();
                assert!((got / exact - 1.0).abs() <= error, "{quantile} of {count}: {got}");
            }
        }
        assert_eq!(second.take_quantiles_ms([0.5, 0.99]), [None, None]);
    }

    /// About 400 requests are needed for the interval of a 99th percentile.
    #[test]
    fn intervals_of_percentiles_need_requests() {
        assert_eq!(quantile_interval(0.99, 0), None);
        assert_eq!(quantile_interval(0.99, 300), None);
        let (low, high) = quantile_interval(0.99, 1_000).unwrap();
        assert!((low - 0.98383).abs() < 1e-4 && (high - 0.99617).abs() < 1e-4, "{low} {high}");
    }

    /// Nothing measured is zero, not a division by it; absurdly long is the longest told apart.
    #[test]
    fn extremes() {
        for digits in [RUN_DIGITS, SECOND_DIGITS] {
            let mut meter = LatencyMeter::new(digits);
            assert!(meter.histogram.is_some());
            assert_eq!(meter.latency(), Latency::default());
            meter.record(Span::MAX);
            assert!(meter.latency().p50_ms > 8e7);
        }
    }
}
