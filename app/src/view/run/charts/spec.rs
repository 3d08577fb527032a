//! What each chart shows, as plain data.
//!
//! One hue means one thing on the whole page (see `www/styles/tokens.css`), and no line is told
//! from another by hue alone: each of a chart has its own dash pattern.

use super::super::term::Term;
use super::samples::Sample;
use shared::design::{Design, Settings};
use shared::scale::{Metric, ScalingPolicy};
use shared::sim::FailureCause;

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
    /// Failed requests by cause.
    Errors,
    /// Requests that wait, and all that are on their way.
    Queue,
    /// Dollars an hour.
    Cost,
}

impl Chart {
    /// Every chart, in reading order.
    pub(super) const ALL: [Self; 7] = [
        Self::Requests,
        Self::Latency,
        Self::Cpu,
        Self::Servers,
        Self::Errors,
        Self::Queue,
        Self::Cost,
    ];

    /// Key of its title.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Requests => "chart-requests",
            Self::Latency => "chart-latency",
            Self::Cpu => "chart-cpu",
            Self::Servers => "chart-servers",
            Self::Errors => "chart-errors",
            Self::Queue => "chart-queue",
            Self::Cost => "chart-cost",
        }
    }

    /// What is explained at its title.
    pub(super) const fn term(self) -> Term {
        match self {
            Self::Requests => Term::Goodput,
            Self::Latency => Term::Latency,
            Self::Cpu => Term::Utilisation,
            Self::Servers => Term::DesiredCapacity,
            Self::Errors => Term::Errors,
            Self::Queue => Term::Queue,
            Self::Cost => Term::Cost,
        }
    }

    /// Its name in files.
    pub(super) const fn file_name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Latency => "latency",
            Self::Cpu => "cpu",
            Self::Servers => "servers",
            Self::Errors => "errors",
            Self::Queue => "queue",
            Self::Cost => "cost",
        }
    }

    /// Its lines.
    pub(super) fn lines(self, fixed: &Fixed) -> Vec<Line> {
        let line = |key, colour, dash| Line { key, colour, dash, look: Look::Plain };
        let steps = |key, colour, dash| Line { look: Look::Stepped, ..line(key, colour, dash) };
        match self {
            Self::Requests => vec![
                line("chart-arrived", "--chart-neutral", DOTTED),
                line("chart-completed", "--in-service", SOLID),
                line("chart-failed", "--failed", DASHED),
            ],
            Self::Latency => vec![
                line("chart-p50", "--chart-p50", SOLID),
                line("chart-p95", "--chart-p95", DOTTED),
                line("chart-p99", "--chart-p99", DASHED),
                Line { look: Look::BandTop, ..line("chart-p99-high", "--chart-p99", SOLID) },
                Line { look: Look::BandBottom, ..line("chart-p99-low", "--chart-p99", SOLID) },
            ],
            Self::Cpu => {
                let mut lines = vec![line("chart-average-cpu", "--chart-cpu", SOLID)];
                lines.extend(fixed.thresholds.iter().map(|&threshold| Line {
                    look: Look::Threshold(threshold),
                    ..line("chart-threshold", "--chart-threshold", DASHED)
                }));
                lines
            }
            Self::Servers => vec![
                steps("chart-in-service", "--in-service", SOLID),
                steps("chart-launching", "--booting", DASHED),
                steps("chart-draining", "--draining", DOTTED),
                steps("chart-desired", "--chart-neutral", DASH_DOTTED),
                Line { look: Look::Bound, ..line("chart-min", "--chart-grid", SOLID) },
                Line { look: Look::Bound, ..line("chart-max", "--chart-grid", SOLID) },
            ],
            Self::Errors => CAUSES.map(|(key, colour, dash)| line(key, colour, dash)).to_vec(),
            Self::Queue => vec![
                line("chart-queued", "--checking", SOLID),
                line("chart-in-flight", "--chart-neutral", DOTTED),
            ],
            Self::Cost => vec![steps("chart-hourly", "--chart-cpu", SOLID)],
        }
    }

    /// The values of its lines at one sample, in the order of [`Self::lines`].
    pub(super) fn values(self, sample: &Sample, fixed: &Fixed) -> Vec<Option<f64>> {
        let last = &sample.last;
        match self {
            Self::Requests => {
                vec![Some(sample.arrived), Some(sample.completed), Some(sample.failed)]
            }
            Self::Latency => {
                let (low, high) = sample.p99_interval_ms.unzip();
                vec![sample.p50_ms, sample.p95_ms, sample.p99_ms, high, low]
            }
            Self::Cpu => {
                let cpu = sample.cpu.map(|cpu| cpu * 100.0);
                let thresholds = fixed.thresholds.iter().map(|t| Some(t.percent));
                std::iter::once(cpu).chain(thresholds).collect()
            }
            Self::Servers => {
                let servers = [last.in_service, last.launching, last.draining, last.desired];
                let (fewest, most) = fixed.sizes;
                servers.into_iter().chain([fewest, most]).map(|n| Some(f64::from(n))).collect()
            }
            Self::Errors => sample.failed_by_cause.iter().copied().map(Some).collect(),
            Self::Queue => vec![Some(sample.queued), Some(f64::from(last.in_flight))],
            Self::Cost => vec![Some(f64::from(last.cost_usd_per_hour))],
        }
    }
}

/// Keys, colours and dashes of the causes of failure, in the order of `FailureCause::ALL`.
const CAUSES: [(&str, &str, &[f64]); FailureCause::ALL.len()] = [
    ("chart-no-backend", "--failed", SOLID),
    ("chart-queue-full", "--checking", DASHED),
    ("chart-connect-failed", "--draining", DOTTED),
    ("chart-reset", "--chart-cpu", DASH_DOTTED),
    ("chart-timeout", "--chart-neutral", DASHED),
    ("chart-connection-timeout", "--chart-p50", DOTTED),
    ("chart-server-error", "--failed", DASH_DOTTED),
];

/// What a design fixes over the whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fixed {
    /// The thresholds of its alarms on CPU.
    pub(super) thresholds: Vec<Threshold>,
    /// Fewest and most servers that all groups together may have.
    pub(super) sizes: (u32, u32),
}

impl Fixed {
    pub(super) fn of(design: &Design) -> Self {
        let groups = design.nodes.values().filter_map(|node| match &node.settings {
            Settings::Group(group) => Some((group.min_size, group.max_size)),
            _ => None,
        });
        let add = |a: (u32, u32), b: (u32, u32)| (a.0.saturating_add(b.0), a.1.saturating_add(b.1));
        Self { thresholds: thresholds(design), sizes: groups.fold((0, 0), add) }
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
    /// How it is drawn.
    pub(super) look: Look,
}

impl Line {
    /// The edge of a band belongs to the line that the band is about.
    pub(super) const fn is_edge(&self) -> bool {
        matches!(self.look, Look::BandTop | Look::BandBottom)
    }

    /// The threshold that it draws.
    pub(super) const fn threshold(&self) -> Option<Threshold> {
        match self.look {
            Look::Threshold(threshold) => Some(threshold),
            _ => None,
        }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Look {
    /// From point to point.
    Plain,
    /// In steps, since half a server is nothing.
    Stepped,
    /// The threshold of an alarm.
    Threshold(Threshold),
    /// A value that the design fixes.
    Bound,
    /// Not at all: the upper edge of a band down to the line after it.
    BandTop,
    /// Not at all: the lower edge of the band that begins at the line before it.
    BandBottom,
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
fn thresholds(design: &Design) -> Vec<Threshold> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    #[test]
    fn every_line_has_a_value() {
        let fixed = Fixed::of(&presets::seven_steps());
        assert_eq!(fixed.thresholds.iter().map(|t| t.percent).collect::<Vec<_>>(), [80.0, 20.0]);
        assert_eq!(fixed.sizes, (2, 8));
        for chart in Chart::ALL {
            let values = chart.values(&Sample::default(), &fixed);
            assert_eq!(values.len(), chart.lines(&fixed).len(), "{chart:?}");
        }
    }

    /// No two lines of a chart look the same without their hue, but for edges and thresholds.
    #[test]
    fn dashes_tell_lines_apart() {
        for chart in Chart::ALL {
            let lines = chart.lines(&Fixed::default());
            let drawn: Vec<&Line> = lines
                .iter()
                .filter(|line| matches!(line.look, Look::Plain | Look::Stepped))
                .collect();
            for (i, a) in drawn.iter().enumerate() {
                let same =
                    drawn.iter().skip(i + 1).find(|b| (b.dash, b.colour) == (a.dash, a.colour));
                assert_eq!(same, None, "{chart:?}");
            }
        }
    }
}
