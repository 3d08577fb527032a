//! Why a policy makes no sense. The wording of errors follows the vendor's rules.

use crate::scale::{CronError, Metric};
use std::borrow::Cow;
use std::fmt;

/// Why a policy makes no sense.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyError {
    /// A number is out of its range.
    OutOfRange {
        /// The setting, as a path within its policy.
        field: Cow<'static, str>,
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
    /// The evaluation periods together are longer than a day.
    EvaluationInterval {
        /// Seconds of one period.
        period_s: u32,
        /// How many periods.
        evaluation_periods: u32,
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
    /// Target tracking cannot follow a metric that does not fall when servers are added.
    MetricNotProportional {
        /// The metric.
        metric: Metric,
    },
    /// Target tracking has shorter periods only.
    TrackingPeriod {
        /// Seconds found.
        period_s: u32,
    },
    /// A recurrence cannot be read, never comes, or names an unknown time zone.
    Schedule(CronError),
    /// A scheduled action changes nothing, or its sizes contradict each other.
    ScheduledSizes {
        /// Least size, if it is set.
        min_size: Option<u32>,
        /// Desired capacity, if it is set.
        desired_capacity: Option<u32>,
        /// Greatest size, if it is set.
        max_size: Option<u32>,
    },
    /// Another scheduled action of the group comes at the same times.
    ScheduledTwice,
    /// The group has too many policies of a kind.
    TooMany {
        /// How many it may have.
        max: usize,
    },
    /// A direction has no behaviour policy, so nothing would limit or allow it.
    NoBehaviorPolicy {
        /// True for scaling up.
        up: bool,
    },
}

impl PolicyError {
    /// `Ok` if `value` lies in `min..=max`. NaN never does.
    pub(crate) fn range(
        field: impl Into<Cow<'static, str>>,
        value: f64,
        min: f64,
        max: f64,
    ) -> Result<(), Self> {
        if value >= min && value <= max {
            Ok(())
        } else {
            Err(Self::OutOfRange { field: field.into(), value, min, max })
        }
    }

    /// Path of the wrong setting within its policy.
    pub fn field(&self) -> &str {
        match self {
            Self::OutOfRange { field, .. } => field,
            Self::Period { .. } => "alarm.period_s",
            Self::EvaluationInterval { .. } => "alarm.evaluation_periods",
            Self::StepCount { .. }
            | Self::StepBounds { .. }
            | Self::StepGapOrOverlap { .. }
            | Self::StepNotOpen { .. } => "steps",
            Self::MetricNotProportional { .. } => "metric",
            Self::TrackingPeriod { .. } => "period_s",
            Self::Schedule(CronError::UnknownTimeZone { .. }) => "time_zone",
            Self::Schedule(_) | Self::ScheduledTwice => "recurrence",
            Self::TooMany { .. } => "type",
            Self::ScheduledSizes { .. } => "desired_capacity",
            Self::NoBehaviorPolicy { up: true } => "scale_up.policies",
            Self::NoBehaviorPolicy { up: false } => "scale_down.policies",
        }
    }

    fn write_step_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: &Option<f64>| bound.map_or("open".to_owned(), |b| b.to_string());
        match self {
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
            _ => write!(f, "no step is open below: leave the lower bound of the lowest one out"),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { field, value, min, max } => {
                write!(f, "{field} is {value}: set it to {min} to {max}")
            }
            Self::Period { period_s } => write!(
                f,
                "alarm.period_s is {period_s}: set it to 10, 30 or a multiple of 60 up to 86400"
            ),
            Self::EvaluationInterval { period_s, evaluation_periods } => write!(
                f,
                "{evaluation_periods} periods of {period_s} s are longer than a day: period times \
                 evaluation periods may be 86400 s at most"
            ),
            Self::StepCount { .. }
            | Self::StepBounds { .. }
            | Self::StepGapOrOverlap { .. }
            | Self::StepNotOpen { .. } => self.write_step_error(f),
            Self::MetricNotProportional { metric } => write!(
                f,
                "{metric:?} does not fall in proportion when servers are added: track CPU, network, \
                 requests per target or the backlog per instance"
            ),
            Self::TrackingPeriod { period_s } => {
                write!(f, "period_s is {period_s}: target tracking has 10, 30 and 60")
            }
            Self::Schedule(error) => write!(f, "{error}"),
            Self::ScheduledSizes { min_size: None, desired_capacity: None, max_size: None } => {
                write!(f, "the action changes nothing: set a least size, a greatest or a capacity")
            }
            Self::ScheduledSizes { .. } => {
                write!(f, "min_size, desired_capacity and max_size of the action must not decrease")
            }
            Self::ScheduledTwice => write!(
                f,
                "another scheduled action of the group comes at the same times: change one of them"
            ),
            Self::TooMany { max } => write!(f, "the group may have {max} of its kind: remove some"),
            Self::NoBehaviorPolicy { .. } => {
                write!(f, "there is no policy: add one, or select the policy \"disabled\"")
            }
        }
    }
}

impl std::error::Error for PolicyError {}

impl From<CronError> for PolicyError {
    fn from(error: CronError) -> Self {
        Self::Schedule(error)
    }
}
