//! Desired capacity and its bounds: who may set it to what. Also capacity in weighted units.

use super::ScheduledPolicy;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A group's sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// Never fewer.
    pub min: u32,
    /// Wanted now.
    pub desired: u32,
    /// Never more wanted.
    pub max: u32,
}

/// Why a capacity cannot be had, in the service's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapacityError {
    /// The new desired capacity would be over the greatest size.
    AboveMax {
        /// What it would be.
        desired: u32,
        /// The greatest size.
        max: u32,
    },
    /// The new desired capacity would be under the least size.
    BelowMin {
        /// What it would be.
        desired: u32,
        /// The least size.
        min: u32,
    },
    /// The least size is over the greatest.
    MinOverMax {
        /// The least size.
        min: u32,
        /// The greatest size.
        max: u32,
    },
    /// A cooldown or an activity that the caller asked to honour is not over.
    ScalingInProgress,
}

impl fmt::Display for CapacityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AboveMax { desired, max } => write!(
                f,
                "New SetDesiredCapacity value {desired} is above max value {max} for the \
                 AutoScalingGroup: raise max_size first"
            ),
            Self::BelowMin { desired, min } => write!(
                f,
                "New SetDesiredCapacity value {desired} is below min value {min} for the \
                 AutoScalingGroup: lower min_size first"
            ),
            Self::MinOverMax { min, max } => {
                write!(f, "Max bound, {max}, must be greater than or equal to min bound, {min}")
            }
            Self::ScalingInProgress => write!(
                f,
                "Scaling activity in progress or cooldown not over: try again later, or do not \
                 honour the cooldown"
            ),
        }
    }
}

impl std::error::Error for CapacityError {}

impl Capacity {
    /// `wanted`, within the bounds.
    pub fn clamp(&self, wanted: u32) -> u32 {
        wanted.max(self.min).min(self.max)
    }

    /// The sizes with `desired` clamped into them.
    ///
    /// # Errors
    ///
    /// The least size is over the greatest.
    pub fn bounded(self) -> Result<Self, CapacityError> {
        if self.min > self.max {
            return Err(CapacityError::MinOverMax { min: self.min, max: self.max });
        }
        Ok(Self { desired: self.clamp(self.desired), ..self })
    }

    /// The sizes after a scheduled action: it sets what it names, and the desired capacity follows
    /// into the bounds.
    ///
    /// # Errors
    ///
    /// The new bounds contradict each other.
    pub fn after_scheduled(self, action: &ScheduledPolicy) -> Result<Self, CapacityError> {
        let min = action.min_size.unwrap_or(self.min);
        let max = action.max_size.unwrap_or(self.max);
        let desired = action.desired_capacity.unwrap_or(self.desired);
        Self { min, desired, max }.bounded()
    }

    /// The sizes after `count` running instances have joined: the desired capacity rises with them.
    ///
    /// # Errors
    ///
    /// It would rise over the greatest size.
    pub fn after_attach(self, count: u32) -> Result<Self, CapacityError> {
        let desired = self.desired.saturating_add(count);
        if desired > self.max {
            return Err(CapacityError::AboveMax { desired, max: self.max });
        }
        Ok(Self { desired, ..self })
    }

    /// The sizes after `count` instances have left (detached or gone to standby) and the desired
    /// capacity is lowered with them, so that nothing replaces them.
    ///
    /// # Errors
    ///
    /// It would fall under the least size.
    pub fn after_leaving(self, count: u32) -> Result<Self, CapacityError> {
        let desired = self.desired.saturating_sub(count);
        if desired < self.min || count > self.desired {
            return Err(CapacityError::BelowMin { desired, min: self.min });
        }
        Ok(Self { desired, ..self })
    }
}

/// Whole instances of `weight` units that hold `units`.
pub const fn instances_for_units(units: u32, weight: u32) -> u32 {
    units.div_ceil(if weight == 0 { 1 } else { weight })
}

/// Units in use after launching instances of `weight` units each until `desired` is held. May be
/// over `desired`, and over the greatest size, by less than one instance.
pub const fn units_after_launch(current: u32, desired: u32, weight: u32) -> u32 {
    let missing = desired.saturating_sub(current);
    current.saturating_add(instances_for_units(missing, weight).saturating_mul(weight))
}

/// What a policy's change of units does to a weighted group of `current` units. The change is
/// counted from the units in use, but first uses up what is over `desired` already: a decrement
/// smaller than that removes nothing.
pub fn weighted_desired(capacity: Capacity, current: u32, change: i64) -> u32 {
    let over = i64::from(current) - i64::from(capacity.desired);
    if change < 0 && -change < over {
        return capacity.desired;
    }
    let wanted = i64::from(current) + change;
    capacity.clamp(wanted.clamp(0, i64::from(u32::MAX)) as u32)
}

/// Dollars per unit and hour of an instance that counts as `weight` units.
pub fn price_per_unit(hourly_usd: f64, weight: u32) -> f64 {
    hourly_usd / f64::from(weight.max(1))
}
