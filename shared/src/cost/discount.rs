//! Cheaper instance hours: Spot, and commitments for a year or three.

use super::CostError;
use serde::{Deserialize, Serialize};

/// Discounts on the On-Demand price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Discounts {
    /// Percent off a Spot instance, 0 to 90. It changes by the hour: give what you see.
    pub spot_percent: f64,
    /// Percent off a committed instance (Savings Plan or reservation), 0 to 72.
    pub committed_percent: f64,
    /// Instances that are committed: they are paid for whether they run or not.
    pub committed_instances: u32,
}

impl Discounts {
    /// The deepest Spot discount that the vendor names.
    pub const SPOT_MAX: f64 = 90.0;
    /// The deepest discount for a commitment that the vendor names.
    pub const COMMITTED_MAX: f64 = 72.0;

    /// Checks both percentages.
    ///
    /// # Errors
    ///
    /// The first that is not possible.
    pub fn check(&self) -> Result<(), CostError> {
        let check = |name, percent: f64, max| {
            let possible = (0.0..=max).contains(&percent);
            if possible { Ok(()) } else { Err(CostError::Discount { name, percent, max }) }
        };
        check("Spot", self.spot_percent, Self::SPOT_MAX)?;
        check("commitment", self.committed_percent, Self::COMMITTED_MAX)
    }

    /// Dollars an hour while `on_demand` and `spot` instances run, at `usd` an hour On-Demand.
    pub fn hourly_usd(&self, on_demand: u32, spot: u32, usd: f64) -> f64 {
        let uncommitted = on_demand.saturating_sub(self.committed_instances);
        let committed = f64::from(self.committed_instances);
        self.instances_usd(committed, f64::from(uncommitted), f64::from(spot), usd)
    }

    /// Dollars of so many instance hours: committed, On-Demand beyond those, and Spot, at `usd` an
    /// hour On-Demand.
    pub fn instances_usd(&self, committed: f64, on_demand: f64, spot: f64, usd: f64) -> f64 {
        let off = |percent: f64| usd * (1.0 - percent / 100.0);
        committed * off(self.committed_percent) + on_demand * usd + spot * off(self.spot_percent)
    }
}
