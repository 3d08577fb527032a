//! What an alarm is set to.

use crate::scale::{Metric, PolicyError, Statistic};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Which side of the threshold is bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Above is bad.
    #[default]
    GreaterThanThreshold,
    /// At and above is bad.
    GreaterThanOrEqualToThreshold,
    /// Below is bad.
    LessThanThreshold,
    /// At and below is bad.
    LessThanOrEqualToThreshold,
}

impl Comparison {
    /// Every comparison, in the order of menus.
    pub const ALL: [Self; 4] = [
        Self::GreaterThanThreshold,
        Self::GreaterThanOrEqualToThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// Whether `value` breaches `threshold`.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanThreshold => value > threshold,
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// True if high values are bad.
    pub const fn is_high(self) -> bool {
        matches!(self, Self::GreaterThanThreshold | Self::GreaterThanOrEqualToThreshold)
    }

    /// `>`, `≥`, `<` or `≤`.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::GreaterThanThreshold => ">",
            Self::GreaterThanOrEqualToThreshold => "≥",
            Self::LessThanThreshold => "<",
            Self::LessThanOrEqualToThreshold => "≤",
        }
    }
}

/// What a datapoint that did not come counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TreatMissingData {
    /// Nothing; too little data is a state of its own. AWS's default.
    #[default]
    Missing,
    /// Nothing; the alarm keeps its state.
    Ignore,
    /// Bad.
    Breaching,
    /// Good.
    NotBreaching,
}

/// What an alarm on a percentile does while too few samples make the percentile unsure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LowSamples {
    /// Evaluates all the same. AWS's default.
    #[default]
    Evaluate,
    /// Keeps its state.
    Ignore,
}

/// A CloudWatch alarm's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AlarmConfig {
    /// What it watches.
    pub metric: Metric,
    /// How the samples of a period become a datapoint: `average`, `minimum`, `maximum`, `sum`,
    /// `sample_count`, or a percentile such as `p99`.
    #[serde(skip_serializing_if = "is_default")]
    pub statistic: Statistic,
    /// Which side of the threshold is bad.
    pub comparison: Comparison,
    /// In the metric's unit; percent for CPU.
    pub threshold: f64,
    /// Seconds per datapoint: 10, 30, or a multiple of 60 up to 86,400.
    pub period_s: u32,
    /// Newest datapoints looked at, N, 1 to 100.
    pub evaluation_periods: u32,
    /// How many of them must breach, M, 1 to N.
    pub datapoints_to_alarm: u32,
    /// What a datapoint that did not come counts as.
    pub treat_missing_data: TreatMissingData,
    /// With a percentile: what to do while there are too few samples for it.
    #[serde(skip_serializing_if = "is_default")]
    pub low_samples: LowSamples,
}

/// Leaves settings out of documents that older engines read as well.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for AlarmConfig {
    fn default() -> Self {
        Self {
            metric: Metric::AverageCpuUtilization,
            statistic: Statistic::Average,
            comparison: Comparison::GreaterThanThreshold,
            threshold: 80.0,
            period_s: 60,
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
            treat_missing_data: TreatMissingData::Missing,
            low_samples: LowSamples::Evaluate,
        }
    }
}

impl AlarmConfig {
    /// Longest time that an alarm may look at, N periods together: a day.
    pub const EVALUATION_INTERVAL_MAX: Span = Span::from_s(86_400);

    /// One period.
    pub fn period(&self) -> Span {
        Span::from_s(u64::from(self.period_s))
    }

    /// Time that the evaluation periods cover: N periods, whatever M is.
    pub fn evaluation_interval(&self) -> Span {
        self.period().times(u64::from(self.evaluation_periods))
    }

    /// How often the alarm is evaluated: every minute over a sliding window, and every ten seconds
    /// with a high-resolution period.
    pub const fn evaluated_every(&self) -> Span {
        if self.period_s < 60 { Span::from_s(10) } else { Span::from_s(60) }
    }

    /// How many periods the evaluation range has beyond the evaluation periods, for missing
    /// datapoints to be made up by older ones. Not published; this fits captures of native alarms:
    /// two, or a minute's worth with a high-resolution period.
    pub const fn extra_periods(&self) -> u32 {
        match self.period_s {
            0 => 0,
            period_s @ 1..60 => 60 / period_s,
            _ => 2,
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), PolicyError> {
        PolicyError::range("alarm.threshold", self.threshold, -1e15, 1e15)?;
        let n = f64::from(self.evaluation_periods);
        PolicyError::range("alarm.evaluation_periods", n, 1.0, 100.0)?;
        let m = f64::from(self.datapoints_to_alarm);
        PolicyError::range("alarm.datapoints_to_alarm", m, 1.0, n)?;
        let period_s = self.period_s;
        match period_s {
            10 | 30 => {}
            60..=86_400 if period_s.is_multiple_of(60) => {}
            _ => return Err(PolicyError::Period { period_s }),
        }
        if self.evaluation_interval() > Self::EVALUATION_INTERVAL_MAX {
            let evaluation_periods = self.evaluation_periods;
            return Err(PolicyError::EvaluationInterval { period_s, evaluation_periods });
        }
        Ok(())
    }
}
