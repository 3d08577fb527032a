//! The settings of an alarm, and of what alarms and policies watch.

use super::parts::{Options, choice, field, real, whole, word};
use super::{Control, Part, Syntax, Text, Unit};
use crate::editor::notice::{self, Value};
use shared::scale::{AlarmConfig, Metric, Statistic};

/// Every metric; those that cannot be tracked come last.
pub(super) const METRICS: Options = &[
    ("average_cpu_utilization", "metric-cpu"),
    ("request_count_per_target", "metric-request-count"),
    ("average_network_in", "metric-network-in"),
    ("average_network_out", "metric-network-out"),
    ("backlog_per_instance", "metric-backlog"),
    ("custom", "metric-custom"),
    ("queue_length", "metric-queue-length"),
    ("target_response_time", "metric-response-time"),
];
/// How many of them fall in proportion when servers are added, so that they can be tracked.
const TRACKABLE: usize = 6;

const STATISTICS: &[&str] =
    &["average", "minimum", "maximum", "sum", "sample_count", "p50", "p90", "p99"];
const COMPARISONS: Options = &[
    ("greater_than_threshold", "comparison-greater"),
    ("greater_than_or_equal_to_threshold", "comparison-greater-or-equal"),
    ("less_than_threshold", "comparison-less"),
    ("less_than_or_equal_to_threshold", "comparison-less-or-equal"),
];
const MISSING_DATA: Options = &[
    ("missing", "missing-data-missing"),
    ("ignore", "missing-data-ignore"),
    ("breaching", "missing-data-breaching"),
    ("not_breaching", "missing-data-not-breaching"),
];
const LOW_SAMPLES: Options =
    &[("evaluate", "low-samples-evaluate"), ("ignore", "low-samples-ignore")];

/// The settings of the alarm at `path`.
pub(super) fn alarm_parts(path: &str, alarm: &AlarmConfig) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let periods =
        |name: &str, label, value, max| whole(&at(name), label, value, 1, max, Unit::Periods);
    let (n, m) = (alarm.evaluation_periods, alarm.datapoints_to_alarm);
    // A share of the CPU; other metrics have no greatest value.
    let max = if alarm.metric == Metric::AverageCpuUtilization { 100.0 } else { 1e15 };
    let unit = metric_unit(alarm.metric);
    let mut parts = vec![
        choice(&at("metric"), "field-metric", &alarm.metric, METRICS),
        statistic(&at("statistic"), alarm.statistic),
        choice(&at("comparison"), "field-comparison", &alarm.comparison, COMPARISONS),
        real(&at("threshold"), "field-threshold", alarm.threshold, 0.0, max, unit),
        whole(&at("period_s"), "field-period", alarm.period_s, 10, 86_400, Unit::Seconds),
        periods("evaluation_periods", "field-evaluation-periods", n, 100),
        periods("datapoints_to_alarm", "field-datapoints-to-alarm", m, n),
        choice(
            &at("treat_missing_data"),
            "field-treat-missing-data",
            &alarm.treat_missing_data,
            MISSING_DATA,
        ),
    ];
    if matches!(alarm.statistic, Statistic::Percentile(_)) {
        parts.push(choice(
            &at("low_samples"),
            "field-low-samples",
            &alarm.low_samples,
            LOW_SAMPLES,
        ));
    }
    parts
}

fn statistic(path: &str, statistic: Statistic) -> Part {
    let control = Control::Text(Text {
        value: String::from(statistic),
        suggestions: STATISTICS.to_vec(),
        absent: None,
        syntax: Syntax::Statistic,
    });
    field(path, "field-statistic", control)
}

/// A metric that is kept at a target. A design that names one that cannot be kept shows it all the
/// same, with the issue.
pub(super) fn tracked_metric(path: &str, metric: Metric) -> Part {
    let options = METRICS.split_at_checked(TRACKABLE).map_or(METRICS, |(trackable, _)| trackable);
    let options = if metric.is_proportional() { options } else { METRICS };
    choice(path, "field-tracked-metric", &metric, options)
}

/// What a metric counts.
pub const fn metric_unit(metric: Metric) -> Unit {
    match metric {
        Metric::AverageCpuUtilization => Unit::Percent,
        Metric::AverageNetworkIn | Metric::AverageNetworkOut => Unit::BytesPerMinute,
        Metric::RequestCountPerTarget => Unit::RequestsPerMinute,
        Metric::QueueLength | Metric::BacklogPerInstance => Unit::Messages,
        Metric::TargetResponseTime => Unit::Seconds,
        Metric::Custom => Unit::None,
    }
}

/// The key of a metric's full name.
pub fn metric_key(metric: Metric) -> &'static str {
    let name = word(&metric);
    METRICS.iter().find(|(known, _)| *known == name).map_or("field-metric", |(_, key)| key)
}

/// A metric's short name.
pub const fn metric_name(metric: Metric) -> notice::Text {
    notice::Text::new(match metric {
        Metric::AverageCpuUtilization => "metric-short-cpu",
        Metric::AverageNetworkIn => "metric-short-network-in",
        Metric::AverageNetworkOut => "metric-short-network-out",
        Metric::RequestCountPerTarget => "metric-short-request-count",
        Metric::QueueLength => "metric-short-queue-length",
        Metric::BacklogPerInstance => "metric-short-backlog",
        Metric::TargetResponseTime => "metric-short-response-time",
        Metric::Custom => "metric-short-custom",
    })
}

/// A metric's unit as words; empty for bare numbers.
pub(super) fn unit_name(metric: Metric) -> Value {
    metric_unit(metric).key().map_or_else(|| "".into(), |key| notice::Text::new(key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The menus of metrics hold all of them, and those on the short menu are those that can be
    /// tracked.
    #[test]
    fn menus_name_every_metric() {
        assert_eq!(METRICS.len(), Metric::ALL.len());
        for metric in Metric::ALL {
            let at = METRICS.iter().position(|(name, _)| *name == word(&metric)).unwrap();
            assert_eq!(at < TRACKABLE, metric.is_proportional(), "{metric:?}");
        }
    }
}
