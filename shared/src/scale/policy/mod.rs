//! Scaling policies: what an alarm does to the desired capacity. One file each.

mod step;

pub use step::{AdjustmentType, StepAdjustment, StepPolicy};

use super::{AlarmConfig, Comparison};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When and how a group changes its desired capacity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ScalingPolicy {
    /// Step scaling: the further the metric is past the threshold, the bigger the change.
    Step(StepPolicy),
}

impl ScalingPolicy {
    /// The story's first half: average CPU over 80 % for 2 of 2 minutes adds one server.
    pub fn scale_out() -> Self {
        Self::Step(StepPolicy {
            alarm: AlarmConfig::default(),
            adjustment_type: AdjustmentType::ChangeInCapacity,
            steps: vec![StepAdjustment { lower: Some(0.0), upper: None, adjustment: 1 }],
            min_adjustment_magnitude: 0,
        })
    }

    /// The story's second half: average CPU under 20 % for 5 of 5 minutes removes one server.
    pub fn scale_in() -> Self {
        Self::Step(StepPolicy {
            alarm: AlarmConfig {
                comparison: Comparison::LessThanThreshold,
                threshold: 20.0,
                evaluation_periods: 5,
                datapoints_to_alarm: 5,
                ..AlarmConfig::default()
            },
            adjustment_type: AdjustmentType::ChangeInCapacity,
            steps: vec![StepAdjustment { lower: None, upper: Some(0.0), adjustment: -1 }],
            min_adjustment_magnitude: 0,
        })
    }

    /// Checks the policy and its alarm.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), PolicyError> {
        match self {
            Self::Step(policy) => policy.check(),
        }
    }
}

/// Why a policy makes no sense. Wording of step errors follows the vendor's rules.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyError {
    /// A number is out of its range.
    OutOfRange {
        /// The setting.
        field: &'static str,
        /// Its value.
        value: f64,
        /// The least value allowed.
        min: f64,
        /// The greatest value allowed.
        max: f64,
    },
    /// The period is not one that CloudWatch has.
    Period {
        /// Seconds found.
        period_s: u32,
    },
    /// There are no steps, or more than 20.
    StepCount {
        /// How many there are.
        count: usize,
    },
    /// A step's lower bound is not under its upper bound, or both are open.
    StepBounds {
        /// The step, counted from 1 in order of bounds.
        step: usize,
    },
    /// Two steps leave a gap or overlap.
    StepGapOrOverlap {
        /// Upper bound of the one; `None` is open.
        upper: Option<f64>,
        /// Lower bound of the next; `None` is open.
        lower: Option<f64>,
    },
    /// With a negative lower bound, some step must be open below; with a positive upper bound,
    /// some step must be open above.
    StepNotOpen {
        /// True if it is the step above that is missing.
        above: bool,
    },
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: &Option<f64>| bound.map_or("open".to_owned(), |b| b.to_string());
        match self {
            Self::OutOfRange { field, value, min, max } => {
                write!(f, "{field} is {value}: set it to {min} to {max}")
            }
            Self::Period { period_s } => write!(
                f,
                "alarm.period_s is {period_s}: set it to 10, 30 or a multiple of 60 up to 86400"
            ),
            Self::StepCount { count } => write!(f, "there are {count} steps: use 1 to 20"),
            Self::StepBounds { step } => write!(
                f,
                "step {step} needs a lower bound under its upper bound, and only one may be open"
            ),
            Self::StepGapOrOverlap { upper, lower } => write!(
                f,
                "one step ends at {} and the next begins at {}: make the two equal",
                bound(upper),
                bound(lower)
            ),
            Self::StepNotOpen { above: true } => {
                write!(f, "no step is open above: leave the upper bound of the highest one out")
            }
            Self::StepNotOpen { above: false } => {
                write!(f, "no step is open below: leave the lower bound of the lowest one out")
            }
        }
    }
}

impl std::error::Error for PolicyError {}

impl AlarmConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), PolicyError> {
        let range = |field, value: f64, min: f64, max: f64| {
            if value >= min && value <= max {
                Ok(())
            } else {
                Err(PolicyError::OutOfRange { field, value, min, max })
            }
        };
        range("alarm.threshold", self.threshold, -1e15, 1e15)?;
        let n = f64::from(self.evaluation_periods);
        range("alarm.evaluation_periods", n, 1.0, 100.0)?;
        range("alarm.datapoints_to_alarm", f64::from(self.datapoints_to_alarm), 1.0, n)?;
        let period_s = self.period_s;
        match period_s {
            10 | 30 => Ok(()),
            60..=86_400 if period_s.is_multiple_of(60) => Ok(()),
            _ => Err(PolicyError::Period { period_s }),
        }
    }
}
