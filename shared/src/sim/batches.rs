//! How sure a run is of its own latencies: batch means.
//!
//! Latencies of one run are not independent: a slow request is followed by slow ones. Cut into
//! pieces that are long against the memory of the queues, the pieces nearly are (Conway 1963; Law
//! and Kelton, Simulation Modeling and Analysis, section 9.5.3). The run after its warm-up is cut
//! into [`BATCHES`] pieces of equal length; each keeps a count, a sum and a few percentiles, so
//! memory does not grow with the run.

use super::meter::LatencyMeter;
use super::slo::Share;
use crate::stats::{self, Interval};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Pieces that a whole run is cut into.
pub const BATCHES: u32 = 30;
/// Fewest pieces that give an interval; a run in progress has fewer than all.
const BATCHES_MIN: usize = 10;

/// How far latencies may lie from what an endless run would show: half widths of 95 % intervals,
/// milliseconds. A figure is absent while the run is too short for it: fewer than 10 pieces, or
/// fewer than `10 / (1 - p)` requests in one of them for the percentile p.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LatencyIntervals {
    /// Pieces of the run that are over.
    pub batches: u32,
    /// Of the mean.
    pub mean_ms: Option<f64>,
    /// Of the median.
    pub p50_ms: Option<f64>,
    /// Of the 95th percentile.
    pub p95_ms: Option<f64>,
    /// Of the 99th percentile.
    pub p99_ms: Option<f64>,
    /// Of the 99.9th percentile.
    pub p999_ms: Option<f64>,
    /// Of the share of requests that fail, 0 to 1.
    pub failed: Option<f64>,
    /// Correlation of neighbouring pieces' means, -1 to 1. Well above 0.3 the pieces are too short
    /// and the intervals too narrow: run longer.
    pub correlation: Option<f64>,
}

/// Latencies that wait to be counted together: one by one, each would wait for its counter to come
/// from a table that is too big for the first cache.
const FRESH_MAX: usize = 256;

/// Percentiles that pieces keep.
const QUANTILES: [f64; 4] = [0.5, 0.95, 0.99, 0.999];

/// One piece that is over.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    count: u64,
    sum_ms: f64,
    quantiles_ms: [f64; 4],
    failed: u64,
    /// Answers that took longer than was promised.
    slow: u64,
}

/// Latencies of the run after its warm-up.
#[derive(Debug)]
pub(super) struct Batches {
    /// Everything up to the piece that goes on.
    before: LatencyMeter,
    /// The piece that goes on, but for [`Self::fresh_ns`].
    current: LatencyMeter,
    /// The latest latencies of the piece that goes on.
    fresh_ns: Vec<u64>,
    /// Failures in the piece that goes on.
    failed: u64,
    over: Vec<Batch>,
    /// The latency that was promised.
    promised: Option<Span>,
    length: Span,
    /// When the piece that goes on is over.
    due: Timestamp,
}

impl Batches {
    pub(super) fn new(warm_from: Timestamp, end: Timestamp) -> Self {
        let length = Span::from_ns(end.since(warm_from).as_ns() / u64::from(BATCHES));
        let length = length.max(Span::from_ns(1));
        Self {
            before: LatencyMeter::for_run(),
            current: LatencyMeter::for_run(),
            fresh_ns: Vec::with_capacity(FRESH_MAX),
            failed: 0,
            over: Vec::new(),
            promised: None,
            length,
            due: warm_from + length,
        }
    }

    /// Answers that take longer than this are counted.
    pub(super) const fn promise(&mut self, latency: Span) {
        self.promised = Some(latency);
    }

    /// A request that came after the warm-up was answered `now`.
    #[inline(always)]
    pub(super) fn record(&mut self, now: Timestamp, latency: Span) {
        if now > self.due {
            self.close_until(now);
        }
        if self.fresh_ns.len() == FRESH_MAX {
            self.pour();
        }
        self.fresh_ns.push(latency.as_ns());
    }

    fn pour(&mut self) {
        self.current.record_all(&self.fresh_ns);
        self.fresh_ns.clear();
    }

    /// A request that came after the warm-up failed `now`.
    #[inline]
    pub(super) fn fail(&mut self, now: Timestamp) {
        if now > self.due {
            self.close_until(now);
        }
        self.failed += 1;
    }

    /// Closes every piece that is over at `now`.
    #[cold]
    fn close_until(&mut self, now: Timestamp) {
        self.pour();
        while now > self.due && self.over.len() < BATCHES as usize {
            self.over.push(self.open_batch());
            self.before.add(&self.current);
            self.current.clear();
            self.failed = 0;
            self.due += self.length;
        }
    }

    /// The piece that goes on, as it is.
    fn open_batch(&self) -> Batch {
        let mut open = self.current.clone();
        open.record_all(&self.fresh_ns);
        let (count, sum_ms) = open.count_and_sum_ms();
        let quantiles_ms = QUANTILES.map(|share| open.quantile_ms(share));
        let slow = self.slow(&open);
        Batch { count, sum_ms, quantiles_ms, failed: self.failed, slow }
    }

    fn slow(&self, meter: &LatencyMeter) -> u64 {
        self.promised.map_or(0, |promised| meter.count_over(promised))
    }

    /// Requests that ended, the failed ones being bad, and answers, the slow ones being bad.
    pub(super) fn shares(&self, now: Timestamp) -> (Share, Share) {
        let (over, all) = (self.over_at(now), self.all());
        let width = |of: &dyn Fn(&Batch) -> (f64, f64)| {
            let pieces: Vec<(f64, f64)> = over.iter().map(of).collect();
            ratio_half_width(&pieces).0.filter(|_| over.len() >= BATCHES_MIN)
        };
        let failed = self.over.iter().map(|batch| batch.failed).sum::<u64>() + self.failed;
        let (answered, _) = all.count_and_sum_ms();
        let ended = Share {
            count: answered + failed,
            bad: failed,
            half_width: width(&|it| (it.failed as f64, (it.count + it.failed) as f64)),
        };
        let answers = Share {
            count: answered,
            bad: self.slow(&all),
            half_width: width(&|it| (it.slow as f64, it.count as f64)),
        };
        (ended, answers)
    }

    /// The pieces that are over at `now`. Only requests close pieces, so the last ones may still
    /// be open.
    fn over_at(&self, now: Timestamp) -> Vec<Batch> {
        let (mut over, mut due) = (self.over.clone(), self.due);
        let mut open = self.open_batch();
        while due <= now && over.len() < BATCHES as usize {
            over.push(open);
            open = Batch::default();
            due += self.length;
        }
        over
    }

    /// All latencies so far.
    pub(super) fn all(&self) -> LatencyMeter {
        let mut all = self.before.clone();
        all.add(&self.current);
        all.record_all(&self.fresh_ns);
        all
    }

    /// The intervals of the pieces that are over at `now`.
    pub(super) fn intervals(&self, now: Timestamp) -> LatencyIntervals {
        let over = self.over_at(now);
        let batches = over.len() as u32;
        if over.len() < BATCHES_MIN {
            return LatencyIntervals { batches, ..LatencyIntervals::default() };
        }
        let [p50_ms, p95_ms, p99_ms, p999_ms] =
            [0, 1, 2, 3].map(|index| quantile_half_width(&over, index));
        let sums = |batch: &Batch| (batch.sum_ms, batch.count as f64);
        let sums: Vec<(f64, f64)> = over.iter().map(sums).collect();
        let (mean_ms, correlation) = ratio_half_width(&sums);
        let failures = |batch: &Batch| (batch.failed as f64, (batch.count + batch.failed) as f64);
        let failures: Vec<(f64, f64)> = over.iter().map(failures).collect();
        let failed = ratio_half_width(&failures).0;
        LatencyIntervals { batches, mean_ms, p50_ms, p95_ms, p99_ms, p999_ms, failed, correlation }
    }
}

/// Half width of the interval of a mean, and the correlation of neighbouring pieces, from each
/// piece's sum and count. Counts differ, so the mean is a ratio of two sums; its error is that of
/// the residuals `sum - mean · count` (Cochran, Sampling Techniques, section 6.3).
fn ratio_half_width(pieces: &[(f64, f64)]) -> (Option<f64>, Option<f64>) {
    let sum: f64 = pieces.iter().map(|(sum, _)| sum).sum();
    let count: f64 = pieces.iter().map(|(_, count)| count).sum();
    if count <= 0.0 {
        return (None, None);
    }
    let mean = sum / count;
    let residuals: Vec<f64> = pieces.iter().map(|(sum, count)| sum - mean * count).collect();
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let neighbours: f64 = residuals.windows(2).map(|pair| pair.iter().product::<f64>()).sum();
    let n = pieces.len();
    let half_width = stats::half_width(squares, n) / (count / n as f64);
    (Some(half_width), (squares > 0.0).then(|| neighbours / squares))
}

/// Half width of a percentile's interval: the spread of the pieces' own percentiles, around the
/// percentile of the whole.
fn quantile_half_width(over: &[Batch], index: usize) -> Option<f64> {
    // Ten requests beyond the percentile, or it is one request's luck; a little less, because
    // 1 - p is rounded.
    let needed = 9.99 / (1.0 - QUANTILES.get(index)?);
    let value = |batch: &Batch| {
        let value = batch.quantiles_ms.get(index).copied();
        value.filter(|_| batch.count as f64 >= needed)
    };
    let values: Vec<f64> = over.iter().map(value).collect::<Option<_>>()?;
    Some(Interval::of(&values)?.half_width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist;
    use crate::rng::Rng;

    const END: Timestamp = Timestamp::from_s(100);

    fn filled(requests: u64, seed: u64) -> Batches {
        let mut batches = Batches::new(Timestamp::from_s(10), END);
        let mut rng = Rng::new(seed);
        for i in 0..requests {
            let at = Timestamp::from_s(10) + Span::from_s_f64(90.0 * i as f64 / requests as f64);
            let latency = Span::from_ms_f64(20.0 * dist::standard_exponential(&mut rng));
            batches.record(at, latency);
        }
        batches
    }

    /// Independent exponential latencies: nine in ten intervals, at least, hold the truth.
    #[test]
    fn intervals_hold_the_truth() {
        let (mut mean, mut p99) = (0, 0);
        for seed in 0..100 {
            let batches = filled(60_000, seed);
            let (latency, intervals) = (batches.all().latency(), batches.intervals(END));
            assert_eq!(intervals.batches, BATCHES);
            let holds = |value: f64, half: Option<f64>, truth: f64| {
                u32::from((value - truth).abs() <= half.unwrap())
            };
            mean += holds(latency.mean_ms, intervals.mean_ms, 20.0);
            p99 += holds(latency.p99_ms, intervals.p99_ms, 92.103);
            assert!(intervals.correlation.unwrap().abs() < 0.6, "seed {seed}: {intervals:?}");
        }
        assert!(mean >= 90 && p99 >= 88, "of 100: mean {mean}, p99 {p99}");
    }

    /// Too few requests for a percentile give none of it; too few pieces give nothing.
    #[test]
    fn weak_figures_are_left_out() {
        let some = filled(9_000, 1).intervals(END);
        assert!(some.mean_ms.is_some() && some.p95_ms.is_some());
        assert_eq!((some.p99_ms, some.p999_ms), (None, None));
        let mut begun = Batches::new(Timestamp::ZERO, Timestamp::from_s(30));
        (0..9_000).for_each(|ms| begun.record(Timestamp::from_ms(ms), Span::from_ms(5)));
        let now = Timestamp::from_ms(8_999);
        assert_eq!(begun.intervals(now), LatencyIntervals { batches: 8, ..Default::default() });
        assert_eq!(begun.all().latency().count, 9_000);
        let none = Batches::new(Timestamp::ZERO, Timestamp::ZERO);
        assert_eq!(none.intervals(Timestamp::ZERO).batches, 0);
    }
}
