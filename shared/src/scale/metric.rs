//! What alarms watch: metrics, samples, statistics.
//!
//! Servers report samples. The samples of one period become one datapoint by a statistic, as in
//! CloudWatch. Sums suffice for all statistics but percentiles, which need the samples themselves;
//! a [`Samples`] keeps them only if it is asked to.

use crate::json;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an alarm or a policy watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Average CPU utilisation of the group's servers that are in service and warm, percent.
    #[default]
    AverageCpuUtilization,
    /// Bytes received by one server in a minute, averaged over servers.
    AverageNetworkIn,
    /// Bytes sent by one server in a minute, averaged over servers.
    AverageNetworkOut,
    /// Requests that the balancer gave to one server in a minute, averaged over servers.
    RequestCountPerTarget,
    /// Messages that wait in a queue, all servers together.
    QueueLength,
    /// Messages that wait in a queue, divided by the servers in service.
    BacklogPerInstance,
    /// Seconds from request to answer, as the balancer sees them; best with a percentile.
    TargetResponseTime,
    /// Whatever the caller reports under this name.
    Custom,
}

impl Metric {
    /// Every metric, in the order of menus.
    pub const ALL: [Self; 8] = [
        Self::AverageCpuUtilization,
        Self::AverageNetworkIn,
        Self::AverageNetworkOut,
        Self::RequestCountPerTarget,
        Self::QueueLength,
        Self::BacklogPerInstance,
        Self::TargetResponseTime,
        Self::Custom,
    ];

    /// The service's name of the metric.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AverageCpuUtilization => "CPUUtilization",
            Self::AverageNetworkIn => "NetworkIn",
            Self::AverageNetworkOut => "NetworkOut",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
            Self::QueueLength => "ApproximateNumberOfMessagesVisible",
            Self::BacklogPerInstance => "backlog per instance",
            Self::TargetResponseTime => "TargetResponseTime",
            Self::Custom => "custom metric",
        }
    }

    /// Whether each server has a value of its own, of which the group's is the average.
    pub const fn is_of_pods(self) -> bool {
        matches!(
            self,
            Self::AverageCpuUtilization
                | Self::AverageNetworkIn
                | Self::AverageNetworkOut
                | Self::RequestCountPerTarget
        )
    }

    /// Whether the metric falls in proportion when servers are added. Only such a metric can be
    /// tracked: the length of a queue says nothing about how many servers would empty it, and
    /// latency does not halve when servers double.
    pub const fn is_proportional(self) -> bool {
        !matches!(self, Self::QueueLength | Self::TargetResponseTime)
    }
}

/// How the samples of a period become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Statistic {
    /// Sum over count.
    #[default]
    Average,
    /// The least sample.
    Minimum,
    /// The greatest sample.
    Maximum,
    /// All samples together.
    Sum,
    /// How many samples there were.
    SampleCount,
    /// The sample under which so many percent of the samples lie, by nearest rank.
    Percentile(f64),
}

/// A text that names no statistic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticError {
    /// The text.
    pub text: String,
}

impl fmt::Display for StatisticError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is no statistic: use average, minimum, maximum, sum, sample_count or a \
             percentile such as p99.9",
            self.text
        )
    }
}

impl std::error::Error for StatisticError {}

impl TryFrom<String> for Statistic {
    type Error = StatisticError;

    /// Reads the document's words as well as CloudWatch's (`Average`, `SampleCount`, `p99`).
    fn try_from(text: String) -> Result<Self, StatisticError> {
        let word = text.to_ascii_lowercase().replace('_', "");
        let percentile = |digits: &str| {
            let percent = json::number(digits)?;
            (percent > 0.0 && percent <= 100.0).then_some(Self::Percentile(percent))
        };
        match word.as_str() {
            "average" => Some(Self::Average),
            "minimum" => Some(Self::Minimum),
            "maximum" => Some(Self::Maximum),
            "sum" => Some(Self::Sum),
            "samplecount" => Some(Self::SampleCount),
            _ => word.strip_prefix('p').and_then(percentile),
        }
        .ok_or(StatisticError { text })
    }
}

impl From<Statistic> for String {
    fn from(statistic: Statistic) -> Self {
        match statistic {
            Statistic::Average => "average".to_owned(),
            Statistic::Minimum => "minimum".to_owned(),
            Statistic::Maximum => "maximum".to_owned(),
            Statistic::Sum => "sum".to_owned(),
            Statistic::SampleCount => "sample_count".to_owned(),
            Statistic::Percentile(percent) => format!("p{percent}"),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Statistic {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Statistic".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// The samples of one period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    sum: f64,
    count: u64,
    min: f64,
    max: f64,
    /// Value and how often, if percentiles will be asked for.
    values: Option<Vec<(f64, u64)>>,
}

impl Samples {
    /// No samples yet; able to give `statistic`.
    pub fn for_statistic(statistic: Statistic) -> Self {
        let values = matches!(statistic, Statistic::Percentile(_)).then(Vec::new);
        Self { values, ..Self::default() }
    }

    /// Adds `count` samples whose sum is `sum`. What is not known of the single ones is taken as
    /// their mean.
    pub fn add(&mut self, sum: f64, count: u64) {
        if count == 0 {
            return;
        }
        let mean = sum / count as f64;
        self.min = if self.count == 0 { mean } else { self.min.min(mean) };
        self.max = if self.count == 0 { mean } else { self.max.max(mean) };
        self.sum += sum;
        self.count += count;
        if let Some(values) = &mut self.values {
            values.push((mean, count));
        }
    }

    /// Adds another period's samples.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = if self.count == 0 { other.max } else { self.max.max(other.max) };
        self.sum += other.sum;
        self.count += other.count;
        if let (Some(values), Some(others)) = (&mut self.values, &other.values) {
            values.extend_from_slice(others);
        }
    }

    /// How many samples there are.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The datapoint, or `None` without samples.
    pub fn datapoint(&self, statistic: Statistic) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        match statistic {
            Statistic::Average => Some(self.sum / self.count as f64),
            Statistic::Minimum => Some(self.min),
            Statistic::Maximum => Some(self.max),
            Statistic::Sum => Some(self.sum),
            Statistic::SampleCount => Some(self.count as f64),
            Statistic::Percentile(percent) => self.percentile(percent),
        }
    }

    fn percentile(&self, percent: f64) -> Option<f64> {
        let values = self.values.as_ref()?;
        // Sorted by what the hash rings are sorted by, so that one code does for both.
        let mut order: Vec<(u64, u32)> =
            values.iter().zip(0..).map(|((value, _), i)| (total_order(*value), i)).collect();
        order.sort_unstable();
        let rank = (percent / 100.0 * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        order.into_iter().find_map(|(_, i)| {
            let (value, count) = values.get(i as usize)?;
            seen += count;
            (seen >= rank).then_some(*value)
        })
    }
}

/// A number whose order is that of [`f64::total_cmp`].
const fn total_order(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

/// Whether so few samples make a percentile unsure: fewer than ten are expected beyond it.
/// `percentile` is a share, 0.99 for p99. p90 needs 100 samples, p99 1,000.
pub fn is_low_sample(percentile: f64, samples: u64) -> bool {
    /// Shares such as 0.9 are no exact doubles.
    const ROUNDING: f64 = 1e-6;
    let tail = if percentile >= 0.5 { 1.0 - percentile } else { percentile };
    samples as f64 * tail < 10.0 - ROUNDING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_a_period() {
        let mut samples = Samples::for_statistic(Statistic::Percentile(50.0));
        assert_eq!(samples.datapoint(Statistic::Average), None);
        for value in [3.0, 1.0, 2.0, 10.0] {
            samples.add(value, 1);
        }
        let cases = [
            ("Average", 4.0),
            ("Minimum", 1.0),
            ("maximum", 10.0),
            ("sum", 16.0),
            ("SampleCount", 4.0),
            ("p50", 2.0),
            ("p75", 3.0),
            ("p99.9", 10.0),
        ];
        for (name, expected) in cases {
            let statistic = Statistic::try_from(name.to_owned()).unwrap();
            assert_eq!(samples.datapoint(statistic), Some(expected), "{name}");
        }
        for name in ["p0", "p101", "pp", "mean", ""] {
            assert!(Statistic::try_from(name.to_owned()).is_err(), "{name}");
        }
    }

    #[test]
    fn low_samples_by_percentile() {
        for (percentile, enough) in [(0.9, 100), (0.99, 1_000), (0.5, 20), (0.1, 100)] {
            assert!(is_low_sample(percentile, enough - 1), "{percentile}");
            assert!(!is_low_sample(percentile, enough), "{percentile}");
        }
    }
}
