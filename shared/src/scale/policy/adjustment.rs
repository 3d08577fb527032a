//! What a policy's number does to a capacity: adjustment types and their rounding.

use serde::{Deserialize, Serialize};

/// What a policy's number means.
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

    /// The capacity that `adjustment` makes of `current`. With percentages, a change is at least
    /// `min_magnitude` servers.
    pub fn apply(self, current: u32, adjustment: i32, min_magnitude: u32) -> u32 {
        let now = i64::from(current);
        let wanted = match self {
            Self::ChangeInCapacity => now + i64::from(adjustment),
            Self::ExactCapacity => i64::from(adjustment),
            Self::PercentChangeInCapacity => {
                // Whole hundredths of a server: no double in between that could be a hair off.
                let delta = round_hundredths(now * i64::from(adjustment));
                let at_least = delta.abs().max(i64::from(min_magnitude));
                now + if delta == 0 { 0 } else { delta.signum() * at_least }
            }
        };
        wanted.clamp(0, i64::from(u32::MAX)) as u32
    }
}

/// Rounds a change of capacity so that something happens: between 0 and 1 up to 1, between -1 and
/// 0 down to -1, everything else towards zero. 12.7 becomes 12, 0.67 becomes 1, -6.67 becomes -6.
pub fn round_change(change: f64) -> i64 {
    let whole = change.trunc() as i64;
    match whole {
        0 if change > 0.0 => 1,
        0 if change < 0.0 => -1,
        _ => whole,
    }
}

/// [`round_change`] for hundredths.
fn round_hundredths(hundredths: i64) -> i64 {
    match hundredths {
        0 => 0,
        1..=99 => 1,
        -99..=-1 => -1,
        // Integer division goes towards zero.
        _ => hundredths / 100,
    }
}
