//! Step scaling, as EC2 Auto Scaling documents it: the further the metric is past the alarm's
//! threshold, the bigger the change.
//!
//! A step's bounds are distances from the threshold. Above the threshold the lower bound belongs
//! to the step and the upper does not; below it, it is the other way round.

use super::{AdjustmentType, PolicyError};
use crate::scale::AlarmConfig;
use serde::{Deserialize, Serialize};

/// One step: how far past the threshold, and what then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepAdjustment {
    /// Distance from the threshold where the step begins; open if absent.
    #[serde(default)]
    pub lower: Option<f64>,
    /// Distance from the threshold where the step ends; open if absent.
    #[serde(default)]
    pub upper: Option<f64>,
    /// What to do, in the unit of the adjustment type.
    pub adjustment: i32,
}

/// How the alarm's newest datapoints become the number that chooses the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetricAggregationType {
    /// The newest alone.
    #[default]
    Newest,
    /// Their mean. AWS's default.
    Average,
    /// The least of them.
    Minimum,
    /// The greatest of them.
    Maximum,
}

impl MetricAggregationType {
    /// Every type, in the order of menus.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Average, Self::Minimum, Self::Maximum];

    /// One number of several, newest first; `None` of none.
    pub fn of(self, datapoints: impl IntoIterator<Item = f64>) -> Option<f64> {
        let mut datapoints = datapoints.into_iter();
        let first = datapoints.next()?;
        Some(match self {
            Self::Newest => first,
            Self::Average => {
                let (sum, count) =
                    datapoints.fold((first, 1_u32), |(sum, count), next| (sum + next, count + 1));
                sum / f64::from(count)
            }
            Self::Minimum => datapoints.fold(first, f64::min),
            Self::Maximum => datapoints.fold(first, f64::max),
        })
    }
}

/// A step scaling policy with its alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StepPolicy {
    /// When to act.
    pub alarm: AlarmConfig,
    /// What the steps' numbers mean.
    pub adjustment_type: AdjustmentType,
    /// What to do how far past the threshold.
    pub steps: Vec<StepAdjustment>,
    /// With percentages: at least this many servers at a time; 0 is off.
    pub min_adjustment_magnitude: u32,
    /// Seconds in service after which a server counts for this policy; if absent, the group's
    /// default instance warm-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_instance_warmup_s: Option<u32>,
    /// How the datapoints of the alarm's evaluation periods become the number that chooses the
    /// step.
    #[serde(skip_serializing_if = "is_newest")]
    pub metric_aggregation_type: MetricAggregationType,
}

/// Leaves the setting out of documents that older engines read as well.
fn is_newest(aggregation: &MetricAggregationType) -> bool {
    *aggregation == MetricAggregationType::Newest
}

impl Default for StepPolicy {
    /// One server more while the default alarm lasts.
    fn default() -> Self {
        Self {
            alarm: AlarmConfig::default(),
            adjustment_type: AdjustmentType::ChangeInCapacity,
            steps: vec![StepAdjustment { lower: Some(0.0), upper: None, adjustment: 1 }],
            min_adjustment_magnitude: 0,
            estimated_instance_warmup_s: None,
            metric_aggregation_type: MetricAggregationType::Newest,
        }
    }
}

impl StepPolicy {
    /// Most steps that a policy may have.
    pub const STEPS_MAX: usize = 20;

    /// The step that covers the metric, if one does.
    pub fn step(&self, metric: f64) -> Option<&StepAdjustment> {
        let distance = metric - self.alarm.threshold;
        let high = self.alarm.comparison.is_high();
        self.steps.iter().find(|step| step.covers(distance, high))
    }

    /// The capacity that the policy wants when the metric is `metric` and `current` servers count
    /// as capacity. `None` if no step covers the metric.
    pub fn capacity(&self, metric: f64, current: u32) -> Option<u32> {
        let adjustment = self.step(metric)?.adjustment;
        Some(self.adjustment_type.apply(current, adjustment, self.min_adjustment_magnitude))
    }

    /// Checks the alarm and the steps.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.alarm.check()?;
        super::check_warmup(self.estimated_instance_warmup_s)?;
        check_steps(&self.steps)
    }
}

/// The vendor's rules for bounds: no gap, no overlap, at most one open end below and one above.
fn check_steps(steps: &[StepAdjustment]) -> Result<(), PolicyError> {
    let count = steps.len();
    if count == 0 || count > StepPolicy::STEPS_MAX {
        return Err(PolicyError::StepCount { count });
    }
    let mut steps = steps.to_vec();
    let low = |step: &StepAdjustment| step.lower.unwrap_or(f64::NEG_INFINITY);
    let high = |step: &StepAdjustment| step.upper.unwrap_or(f64::INFINITY);
    crate::ordered::sort_by(&mut steps, |a, b| low(a).total_cmp(&low(b)));
    for (i, step) in steps.iter().enumerate() {
        // Written so that NaN bounds fail.
        let rising = low(step) < high(step);
        if !rising || (step.lower.is_none() && step.upper.is_none()) {
            return Err(PolicyError::StepBounds { step: i + 1 });
        }
    }
    for pair in steps.windows(2) {
        if let [a, b] = pair
            && (high(a) < low(b) || high(a) > low(b))
        {
            return Err(PolicyError::StepGapOrOverlap { upper: a.upper, lower: b.lower });
        }
    }
    let (first, last) = (steps.first(), steps.last());
    if first.and_then(|step| step.lower).is_some_and(|bound| bound < 0.0) {
        return Err(PolicyError::StepNotOpen { above: false });
    }
    if last.and_then(|step| step.upper).is_some_and(|bound| bound > 0.0) {
        return Err(PolicyError::StepNotOpen { above: true });
    }
    Ok(())
}

impl StepAdjustment {
    /// Whether a metric this far from the threshold falls into the step. At the threshold itself
    /// the side of the alarm decides which bound belongs to the step.
    fn covers(&self, distance: f64, alarm_is_high: bool) -> bool {
        let from_above = distance > 0.0 || (distance == 0.0 && alarm_is_high);
        let above = |bound: f64| if from_above { distance >= bound } else { distance > bound };
        let below = |bound: f64| if from_above { distance < bound } else { distance <= bound };
        self.lower.is_none_or(above) && self.upper.is_none_or(below)
    }
}
