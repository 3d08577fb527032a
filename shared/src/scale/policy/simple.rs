//! Simple scaling: one alarm, one adjustment, then a cooldown.

use super::{AdjustmentType, PolicyError};
use crate::scale::AlarmConfig;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// The cooldown of a group that sets none.
pub const DEFAULT_COOLDOWN: Span = Span::from_s(300);

/// A simple scaling policy with its alarm.
///
/// It waits while any launch, termination or replacement runs, and after its own until the
/// cooldown is over. No other kind of policy waits for a cooldown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SimplePolicy {
    /// When to act.
    pub alarm: AlarmConfig,
    /// What the number means.
    pub adjustment_type: AdjustmentType,
    /// What to do.
    pub adjustment: i32,
    /// With percentages: at least this many servers at a time; 0 is off.
    pub min_adjustment_magnitude: u32,
    /// Seconds to wait after an activity of this policy has ended; if absent, the group's default
    /// cooldown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown_s: Option<u32>,
}

impl Default for SimplePolicy {
    /// One server more when the default alarm comes.
    fn default() -> Self {
        Self {
            alarm: AlarmConfig::default(),
            adjustment_type: AdjustmentType::ChangeInCapacity,
            adjustment: 1,
            min_adjustment_magnitude: 0,
            cooldown_s: None,
        }
    }
}

impl SimplePolicy {
    /// The capacity that the policy makes of `current`.
    pub fn capacity(&self, current: u32) -> u32 {
        self.adjustment_type.apply(current, self.adjustment, self.min_adjustment_magnitude)
    }

    /// The policy's cooldown: its own, or else the group's.
    pub fn cooldown(&self, group_default: Span) -> Span {
        self.cooldown_s.map_or(group_default, |s| Span::from_s(u64::from(s)))
    }

    /// Checks the alarm and the cooldown.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.alarm.check()?;
        let cooldown_s = self.cooldown_s.unwrap_or(0);
        PolicyError::range("cooldown_s", f64::from(cooldown_s), 0.0, 86_400.0)
    }
}
