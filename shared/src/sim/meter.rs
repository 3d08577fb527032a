//! Meters of latencies: of many requests in a histogram, of one second exactly.

use super::measure::Latency;
use crate::time::Span;
use hdrhistogram::Histogram;

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

    pub(super) fn record(&mut self, latency: Span) {
        self.record_all(&[latency.as_ns()]);
    }

    /// Records latencies in nanoseconds. The only place that adds to a histogram, so that the
    /// library's functions are inlined here, into a loop whose turns do not wait for each other.
    #[inline(never)]
    pub(super) fn record_all(&mut self, latencies_ns: &[u64]) {
        self.count += latencies_ns.len() as u64;
        for &ns in latencies_ns {
            self.sum_ns += u128::from(ns);
            self.max_ns = self.max_ns.max(ns);
        }
        if let Some(histogram) = &mut self.histogram {
            latencies_ns.iter().for_each(|&ns| histogram.saturating_record(ns));
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

/// Latencies between two points of the series, of which a chart shows two percentiles.
///
/// Of up to [`RECENT_MAX`] the percentiles are exact. Beyond, they go into a histogram, as many at
/// a time, and memory stays what it is.
#[derive(Debug, Default)]
pub(super) struct RecentLatencies {
    latest_ns: Vec<u64>,
    earlier: Option<Box<LatencyMeter>>,
}

impl RecentLatencies {
    #[inline(always)]
    pub(super) fn record(&mut self, latency: Span) {
        if self.latest_ns.len() == RECENT_MAX {
            self.pour();
        }
        self.latest_ns.push(latency.as_ns());
    }

    #[inline(never)]
    fn pour(&mut self) {
        let meter = || Box::new(LatencyMeter::new(SECOND_DIGITS));
        let earlier = self.earlier.get_or_insert_with(meter);
        earlier.record_all(&self.latest_ns);
        self.latest_ns.clear();
    }

    /// Requests recorded.
    pub(super) fn count(&self) -> u64 {
        self.earlier.as_ref().map_or(0, |earlier| earlier.count) + self.latest_ns.len() as u64
    }

    /// The percentiles, where there is anything, and begins anew.
    pub(super) fn take_quantiles_ms<const N: usize>(
        &mut self,
        quantiles: [f64; N],
    ) -> [Option<f32>; N] {
        if self.earlier.as_ref().is_some_and(|earlier| earlier.count > 0) {
            self.pour();
        }
        let taken = match &mut self.earlier {
            Some(earlier) if earlier.count > 0 => {
                let taken = quantiles.map(|quantile| Some(earlier.quantile_ms(quantile) as f32));
                earlier.clear();
                taken
            }
            _ => exact_quantiles_ms(&mut self.latest_ns, quantiles),
        };
        self.latest_ns.clear();
        taken
    }
}

/// For each quantile the least value that at least this share of all do not exceed. `None` if there
/// are no values.
///
/// From the lowest to the highest: what a selection leaves above a value is all that those above it
/// need to look through.
fn exact_quantiles_ms<const N: usize>(
    values_ns: &mut [u64],
    quantiles: [f64; N],
) -> [Option<f32>; N] {
    let Some(last) = values_ns.len().checked_sub(1) else { return [None; N] };
    let ranks = quantiles.map(|quantile| {
        // The cast goes down; what is added goes up to the next whole number, but for rounding errors.
        let rank = ((last + 1) as f64 * quantile + (1.0 - 1e-9)) as usize;
        rank.saturating_sub(1).min(last)
    });
    let mut order: [usize; N] = std::array::from_fn(|at| at);
    order.sort_unstable_by_key(|&at| ranks[at]);
    let (mut sorted_to, mut found) = (0, [None; N]);
    for at in order {
        let rest = &mut values_ns[sorted_to..];
        let (_, &mut value, _) = rest.select_nth_unstable(ranks[at] - sorted_to);
        sorted_to = ranks[at];
        found[at] = Some((value as f64 / 1e6) as f32);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

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

    /// In whatever order they are asked for, and equal ones too.
    #[test]
    fn quantiles_are_those_of_sorted_values() {
        let mut rng = Rng::new(5);
        for count in 1..200_usize {
            let mut values: Vec<u64> = (0..count).map(|_| rng.below(500) * 1_000_000).collect();
            let quantiles = [0.99, 0.5, 0.0, 1.0, 0.5, 0.95, 0.02];
            let got = exact_quantiles_ms(&mut values, quantiles);
            values.sort_unstable();
            for (got, quantile) in got.into_iter().zip(quantiles) {
                let enough = |&&ns: &&u64| {
                    let not_above = values.iter().filter(|&&it| it <= ns).count();
                    not_above as f64 >= count as f64 * quantile - 1e-6
                };
                let expected = values.iter().find(enough).map(|&ns| (ns / 1_000_000) as f32);
                assert_eq!(got, expected, "{quantile} of {values:?}");
            }
        }
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
