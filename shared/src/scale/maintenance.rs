//! How many instances may be missing or surplus while others are replaced.

use super::PolicyError;
use serde::{Deserialize, Serialize};

/// An instance maintenance policy: bounds on healthy instances, percent of the desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaintenancePolicy {
    /// Never fewer, 0 to 100.
    pub min_healthy_percent: u32,
    /// Never more, 100 to 200, at most 100 over the other.
    pub max_healthy_percent: u32,
}

impl Default for MaintenancePolicy {
    /// Launches before it terminates: nothing may be missing, a tenth may be surplus.
    fn default() -> Self {
        Self { min_healthy_percent: 100, max_healthy_percent: 110 }
    }
}

impl MaintenancePolicy {
    /// The bounds for `count` instances (the desired capacity, or the size of a warm pool).
    pub fn range(&self, count: u32) -> (u32, u32) {
        let hundredths = |percent: u32| u64::from(count) * u64::from(percent);
        let least = hundredths(self.min_healthy_percent).div_ceil(100);
        let most = hundredths(self.max_healthy_percent) / 100;
        (u32::try_from(least).unwrap_or(u32::MAX), u32::try_from(most).unwrap_or(u32::MAX))
    }

    /// Whether a replacement is launched before the old instance goes.
    pub const fn launches_first(&self) -> bool {
        self.max_healthy_percent > 100
    }

    /// Checks both bounds.
    ///
    /// # Errors
    ///
    /// The bound that is out of its range; the greatest is 100 over the least.
    pub fn check(&self) -> Result<(), PolicyError> {
        let (min, max) = (f64::from(self.min_healthy_percent), f64::from(self.max_healthy_percent));
        PolicyError::range("min_healthy_percent", min, 0.0, 100.0)?;
        PolicyError::range("max_healthy_percent", max, 100.0, (min + 100.0).min(200.0))
    }
}

/// Instances that a rolling replacement may take out at a time: all but the least that must stay
/// healthy, and at least one, or it would never end.
pub fn replaced_at_a_time(count: u32, min_healthy_percent: u32) -> u32 {
    let policy = MaintenancePolicy { min_healthy_percent, max_healthy_percent: 100 };
    count.saturating_sub(policy.range(count).0).max(1)
}

/// Unhealthy or over-age instances that are replaced at a time without a maintenance policy: a
/// tenth of the desired capacity, at least one.
pub const fn unhealthy_at_a_time(desired: u32) -> u32 {
    if desired < 20 { 1 } else { desired / 10 }
}

/// Whether a group is so far under its desired capacity that replacing the unhealthy waits for the
/// running activity: by a tenth or more.
pub const fn is_far_under(desired: u32, running: u32) -> bool {
    let missing = desired.saturating_sub(running) as u64;
    missing > 0 && missing * 10 >= desired as u64
}
