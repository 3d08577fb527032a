//! What each chart shows, as plain data.
//!
//! One hue means one thing on the whole page (see `www/styles/tokens.css`), and no line is told
//! from another by hue alone: each of a chart has its own dash pattern.

use shared::design::{Design, Settings};
use shared::scale::{Metric, ScalingPolicy};
use shared::sim::SeriesPoint;

/// Samples that a chart has at most: more than one a pixel would only be noise.
const SAMPLES_MAX: f64 = 240.0;

/// A chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chart {
    /// Requests a second.
    Requests,
    /// Percentiles of latency.
    Latency,
    /// Average CPU and the alarms' thresholds.
    Cpu,
    /// Servers by what they do.
    Servers,
}

impl Chart {
    /// Every chart, in reading order.
    pub(super) const ALL: [Self; 4] = [Self::Requests, Self::Latency, Self::Cpu, Self::Servers];

    /// Key of its title.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Requests => "chart-requests",
            Self::Latency => "chart-latency",
            Self::Cpu => "chart-cpu",
            Self::Servers => "chart-servers",
        }
    }

    /// Its lines.
    pub(super) fn lines(self, thresholds: &[Threshold]) -> Vec<Line> {
        let line = |key, colour, dash| Line { key, colour, dash, threshold: None, stepped: false };
        let steps = |key, colour, dash| Line { stepped: true, ..line(key, colour, dash) };
        match self {
            Self::Requests => vec![
                line("chart-arrived", "--chart-neutral", DOTTED),
                line("chart-completed", "--in-service", SOLID),
                line("chart-failed", "--failed", DASHED),
            ],
            Self::Latency => vec![
                line("chart-p50", "--chart-p50", SOLID),
                line("chart-p99", "--chart-p99", DASHED),
            ],
            Self::Cpu => {
                let mut lines = vec![line("chart-average-cpu", "--chart-cpu", SOLID)];
                lines.extend(thresholds.iter().map(|&threshold| Line {
                    threshold: Some(threshold),
                    ..line("chart-threshold", "--chart-threshold", DASHED)
                }));
                lines
            }
            Self::Servers => vec![
                steps("chart-in-service", "--in-service", SOLID),
                steps("chart-launching", "--booting", DASHED),
                steps("chart-draining", "--draining", DOTTED),
                steps("chart-desired", "--chart-neutral", DASH_DOTTED),
            ],
        }
    }

    /// The values of its lines at one sample, in the order of [`Self::lines`].
    pub(super) fn values(self, sample: &Sample, thresholds: &[Threshold]) -> Vec<Option<f64>> {
        match self {
            Self::Requests => {
                vec![Some(sample.arrived), Some(sample.completed), Some(sample.failed)]
            }
            Self::Latency => vec![sample.p50_ms, sample.p99_ms],
            Self::Cpu => {
                let cpu = sample.cpu.map(|cpu| cpu * 100.0);
                std::iter::once(cpu).chain(thresholds.iter().map(|t| Some(t.percent))).collect()
            }
            Self::Servers => {
                let last = &sample.last;
                [last.in_service, last.launching, last.draining, last.desired]
                    .map(|servers| Some(f64::from(servers)))
                    .to_vec()
            }
        }
    }
}

/// A line of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Key of its name.
    pub(super) key: &'static str,
    /// Custom property that holds its colour.
    pub(super) colour: &'static str,
    /// Lengths of dashes and gaps, pixels; none for a solid line.
    pub(super) dash: &'static [f64],
    /// The threshold that it draws.
    pub(super) threshold: Option<Threshold>,
    /// It goes in steps, since half a server is nothing.
    pub(super) stepped: bool,
}

const SOLID: &[f64] = &[];
const DASHED: &[f64] = &[6.0, 3.0];
const DOTTED: &[f64] = &[1.5, 3.0];
const DASH_DOTTED: &[f64] = &[8.0, 3.0, 1.5, 3.0];

/// An alarm's threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Threshold {
    /// The comparison, such as `>`.
    pub(super) sign: &'static str,
    /// The value.
    pub(super) percent: f64,
}

/// The thresholds of a design's alarms on CPU, each once.
pub(super) fn thresholds(design: &Design) -> Vec<Threshold> {
    let mut found = Vec::new();
    for node in design.nodes.values() {
        let Settings::Group(group) = &node.settings else { continue };
        for alarm in group.policies.iter().flat_map(ScalingPolicy::alarms) {
            if alarm.metric != Metric::AverageCpuUtilization {
                continue;
            }
            let threshold = Threshold { sign: alarm.comparison.sign(), percent: alarm.threshold };
            if !found.contains(&threshold) {
                found.push(threshold);
            }
        }
    }
    found
}

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
    /// The highest 99th percentile of the points: a chart must not hide a bad second.
    pub(super) p99_ms: Option<f64>,
    /// The mean CPU of the points.
    pub(super) cpu: Option<f64>,
    /// The newest point.
    pub(super) last: SeriesPoint,
}

/// The series in equal intervals of time, at most [`SAMPLES_MAX`] over the whole run. The length
/// of an interval depends on the run's duration only, so that what is drawn stays as it is.
pub(super) fn samples(series: &[SeriesPoint], duration_s: f64) -> Vec<Sample> {
    let interval_s = ((duration_s / SAMPLES_MAX).ceil() as u32).max(1);
    let same = |a: &SeriesPoint, b: &SeriesPoint| {
        // A point is named by its end, which belongs to the interval before it.
        a.at_s.saturating_sub(1) / interval_s == b.at_s.saturating_sub(1) / interval_s
    };
    let mut before_s = 0;
    let chunks = series.chunk_by(same);
    chunks
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
    Sample {
        at_s: f64::from(last.at_s),
        arrived: total(|point| point.arrived) / span_s,
        completed: total(|point| point.completed) / span_s,
        failed: total(|point| point.failed) / span_s,
        p50_ms: weighted_mean(medians),
        p99_ms: points.iter().filter_map(|point| point.p99_ms).map(f64::from).reduce(f64::max),
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
    use shared::design::presets;

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

    #[test]
    fn every_line_has_a_value() {
        let thresholds = thresholds(&presets::seven_steps());
        assert_eq!(thresholds.iter().map(|t| t.percent).collect::<Vec<_>>(), [80.0, 20.0]);
        for chart in Chart::ALL {
            let values = chart.values(&Sample::default(), &thresholds);
            assert_eq!(values.len(), chart.lines(&thresholds).len(), "{chart:?}");
        }
    }
}
