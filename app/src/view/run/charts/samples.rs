//! The series of a run in equal intervals of time, as charts draw it.

use shared::sim::{FailureCause, SeriesPoint};
use std::cmp::Ordering;

/// Samples that a chart has at most: more than one a pixel would only be noise.
const SAMPLES_MAX: f64 = 240.0;

/// The points of the series in one interval, as one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sample {
    /// Its end, seconds since the start of the run.
    pub(super) at_s: f64,
    /// Requests a second that arrived.
    pub(super) arrived: f64,
    /// Requests a second completed.
    pub(super) completed: f64,
    /// Requests a second failed.
    pub(super) failed: f64,
    /// The mean of the points' medians, each weighing as many requests as it is of.
    pub(super) p50_ms: Option<f64>,
    /// The highest 95th percentile of the points, see [`Self::p99_ms`].
    pub(super) p95_ms: Option<f64>,
    /// The highest 99th percentile of the points: a chart must not hide a bad second.
    pub(super) p99_ms: Option<f64>,
    /// The 95 % interval of that percentile.
    pub(super) p99_interval_ms: Option<(f64, f64)>,
    /// Requests a second failed, by cause.
    pub(super) failed_by_cause: [f64; FailureCause::ALL.len()],
    /// The most requests that waited at the end of a point.
    pub(super) queued: f64,
    /// The mean CPU of the points.
    pub(super) cpu: Option<f64>,
    /// The newest point.
    pub(super) last: SeriesPoint,
}

/// Every point as a sample of its own: what files are made of.
pub(super) fn every_point(series: &[SeriesPoint]) -> Vec<Sample> {
    one_by_one(series.chunks(1))
}

/// The series in equal intervals of time, at most [`SAMPLES_MAX`] over the whole run. The length
/// of an interval depends on the run's duration only, so that what is drawn stays as it is.
pub(super) fn samples(series: &[SeriesPoint], duration_s: f64) -> Vec<Sample> {
    let interval_s = ((duration_s / SAMPLES_MAX).ceil() as u32).max(1);
    let same = |a: &SeriesPoint, b: &SeriesPoint| {
        // A point is named by its end, which belongs to the interval before it.
        a.at_s.saturating_sub(1) / interval_s == b.at_s.saturating_sub(1) / interval_s
    };
    one_by_one(series.chunk_by(same))
}

/// Each part of a series as one sample that begins where the one before ends.
fn one_by_one<'a>(parts: impl Iterator<Item = &'a [SeriesPoint]>) -> Vec<Sample> {
    let mut before_s = 0;
    parts
        .map(|points| {
            let sample = sample(points, before_s);
            before_s = sample.last.at_s;
            sample
        })
        .collect()
}

/// `points` as one; they begin at `before_s`.
fn sample(points: &[SeriesPoint], before_s: u32) -> Sample {
    let last = points.last().copied().unwrap_or_default();
    let span_s = f64::from(last.at_s.saturating_sub(before_s).max(1));
    let total = |of: fn(&SeriesPoint) -> u32| points.iter().map(of).map(f64::from).sum::<f64>();
    let medians = points.iter().filter_map(|point| {
        point.p50_ms.map(|p50_ms| (f64::from(p50_ms), f64::from(point.completed)))
    });
    let cpus = points.iter().filter_map(|point| point.cpu).map(|cpu| (f64::from(cpu), 1.0));
    let slower = |a: &&SeriesPoint, b: &&SeriesPoint| a.p99_ms.partial_cmp(&b.p99_ms);
    let worst = points.iter().max_by(|a, b| slower(a, b).unwrap_or(Ordering::Equal));
    Sample {
        at_s: f64::from(last.at_s),
        arrived: total(|point| point.arrived) / span_s,
        completed: total(|point| point.completed) / span_s,
        failed: total(|point| point.failed) / span_s,
        p50_ms: weighted_mean(medians),
        p95_ms: points.iter().filter_map(|point| point.p95_ms).map(f64::from).reduce(f64::max),
        p99_ms: worst.and_then(|point| point.p99_ms).map(f64::from),
        p99_interval_ms: worst
            .and_then(|point| point.p99_interval_ms)
            .map(|(low, high)| (f64::from(low), f64::from(high))),
        failed_by_cause: std::array::from_fn(|cause| {
            let failed = points.iter().filter_map(|point| point.failed_by_cause.get(cause));
            failed.map(|&failed| f64::from(failed)).sum::<f64>() / span_s
        }),
        queued: points.iter().map(|point| f64::from(point.queued)).fold(0.0, f64::max),
        cpu: weighted_mean(cpus),
        last,
    }
}

/// The mean of (value, weight) pairs; `None` if nothing weighs anything.
fn weighted_mean(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (sum, weight) = pairs
        .fold((0.0, 0.0), |(sum, weight), (value, weighs)| (sum + value * weighs, weight + weighs));
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(seconds: u32) -> Vec<SeriesPoint> {
        let point = |at_s| SeriesPoint {
            at_s,
            arrived: 100,
            completed: 90,
            p99_ms: Some(if at_s == 1_000 { 900.0 } else { 50.0 }),
            cpu: (at_s > 10).then_some(0.5),
            in_service: at_s,
            ..SeriesPoint::default()
        };
        (1..=seconds).map(point).collect()
    }

    #[test]
    fn a_short_run_is_shown_second_by_second() {
        let samples = samples(&series(60), 60.0);
        assert_eq!(samples.len(), 60);
        assert_eq!((samples[0].arrived, samples[0].cpu), (100.0, None));
        assert_eq!(samples[59].last.at_s, 60);
    }

    #[test]
    fn a_long_run_keeps_rates_spikes_and_its_end() {
        let samples = samples(&series(4_999), 5_000.0);
        assert!(samples.len() <= SAMPLES_MAX as usize, "{}", samples.len());
        let steady = samples.iter().all(|s| (s.arrived - 100.0).abs() < 1e-9);
        assert!(steady, "the rate does not depend on how many points a sample has");
        assert_eq!(samples.iter().filter(|s| s.p99_ms == Some(900.0)).count(), 1);
        assert_eq!(samples.last().unwrap().last.in_service, 4_999);
    }

    #[test]
    fn samples_stay_as_they_are_while_the_run_goes_on() {
        let (early, late) = (samples(&series(1_000), 5_000.0), samples(&series(3_000), 5_000.0));
        let whole = early.len() - 1;
        assert_eq!(early[..whole], late[..whole]);
    }

    #[test]
    fn medians_weigh_by_their_requests() {
        let point = |p50_ms, completed| SeriesPoint {
            p50_ms: Some(p50_ms),
            completed,
            ..SeriesPoint::default()
        };
        let sample = sample(&[point(10.0, 300), point(50.0, 100)], 0);
        assert_eq!(sample.p50_ms, Some(20.0));
        assert_eq!(sample.cpu, None);
    }
}
