//! Step scaling, as EC2 Auto Scaling documents it.
//!
//! A step's bounds are distances from the alarm's threshold. For an alarm on the high side the
//! lower bound belongs to the step and the upper does not; on the low side it is the other way
//! round. Percentages of capacity are rounded so that something happens: between 0 and 1 up to 1,
//! between -1 and 0 down to -1, everything else towards zero.

use super::PolicyError;
use crate::scale::AlarmConfig;
use serde::{Deserialize, Serialize};

/// What a step's number means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentType {
    /// Servers more or fewer.
    #[default]
    ChangeInCapacity,
    /// Percent of the present servers more or fewer.
    PercentChangeInCapacity,
    /// That many servers.
    ExactCapacity,
}

impl AdjustmentType {
    /// Every type, in the order of menus.
    pub const ALL: [Self; 3] =
        [Self::ChangeInCapacity, Self::PercentChangeInCapacity, Self::ExactCapacity];
}

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
}

impl Default for StepPolicy {
    fn default() -> Self {
        let super::ScalingPolicy::Step(policy) = super::ScalingPolicy::scale_out();
        policy
    }
}

impl StepPolicy {
    /// Most steps that a policy may have.
    pub const STEPS_MAX: usize = 20;

    /// The capacity that the policy wants when the metric is `metric` and `current` servers count
    /// as capacity. `None` if no step covers the metric.
    pub fn capacity(&self, metric: f64, current: u32) -> Option<u32> {
        let distance = metric - self.alarm.threshold;
        let high = self.alarm.comparison.is_high();
        let step = self.steps.iter().find(|step| step.covers(distance, high))?;
        let current = i64::from(current);
        let wanted = match self.adjustment_type {
            AdjustmentType::ChangeInCapacity => current + i64::from(step.adjustment),
            AdjustmentType::ExactCapacity => i64::from(step.adjustment),
            AdjustmentType::PercentChangeInCapacity => {
                let delta = percent_of(current, step.adjustment);
                let least = i64::from(self.min_adjustment_magnitude);
                current + if delta == 0 { 0 } else { delta.signum() * delta.abs().max(least) }
            }
        };
        Some(wanted.clamp(0, i64::from(u32::MAX)) as u32)
    }

    /// Checks the alarm and the steps.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.alarm.check()?;
        let count = self.steps.len();
        if count == 0 || count > Self::STEPS_MAX {
            return Err(PolicyError::StepCount { count });
        }
        let mut steps = self.steps.clone();
        let low = |step: &StepAdjustment| step.lower.unwrap_or(f64::NEG_INFINITY);
        let high = |step: &StepAdjustment| step.upper.unwrap_or(f64::INFINITY);
        steps.sort_by(|a, b| low(a).total_cmp(&low(b)));
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
}

impl StepAdjustment {
    /// Whether a metric this far from the threshold falls into the step of an alarm on the high
    /// side, or of one on the low side.
    fn covers(&self, distance: f64, alarm_is_high: bool) -> bool {
        let above = |bound: f64| if alarm_is_high { distance >= bound } else { distance > bound };
        let below = |bound: f64| if alarm_is_high { distance < bound } else { distance <= bound };
        self.lower.is_none_or(above) && self.upper.is_none_or(below)
    }
}

/// `percent` of `count`, rounded as the vendor rounds.
fn percent_of(count: i64, percent: i32) -> i64 {
    let hundredths = count * i64::from(percent);
    match hundredths {
        0 => 0,
        1..=99 => 1,
        -99..=-1 => -1,
        // Integer division goes towards zero.
        _ => hundredths / 100,
    }
}
