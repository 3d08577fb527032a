//! Mixed groups: some instances On-Demand, the others Spot.

use super::PolicyError;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// How an instance is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purchase {
    /// By the second at a fixed price.
    #[default]
    OnDemand,
    /// At a discount; may be taken back at two minutes' notice.
    Spot,
}

/// Time from the interruption notice until a Spot instance is taken back.
pub const SPOT_INTERRUPTION_NOTICE: Span = Span::from_s(120);

/// How a group divides its capacity between On-Demand and Spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct InstancesDistribution {
    /// The first so many are On-Demand.
    pub on_demand_base_capacity: u32,
    /// Percent of the others that are On-Demand as well, rounded up.
    pub on_demand_percentage_above_base_capacity: u32,
}

impl Default for InstancesDistribution {
    fn default() -> Self {
        Self { on_demand_base_capacity: 0, on_demand_percentage_above_base_capacity: 100 }
    }
}

impl InstancesDistribution {
    /// How many of `total` are On-Demand; the others are Spot.
    pub fn on_demand(&self, total: u32) -> u32 {
        let base = total.min(self.on_demand_base_capacity);
        let percent = u64::from(self.on_demand_percentage_above_base_capacity.min(100));
        let above = (u64::from(total - base) * percent).div_ceil(100);
        base + u32::try_from(above).unwrap_or(u32::MAX - base)
    }

    /// What to launch next so that `total` instances have the right division when `on_demand` of
    /// the present ones are On-Demand.
    pub fn next_launch(&self, total: u32, on_demand: u32) -> Purchase {
        if on_demand < self.on_demand(total) { Purchase::OnDemand } else { Purchase::Spot }
    }

    /// What to terminate next so that the `total` left have the right division.
    pub fn next_termination(&self, total: u32, on_demand: u32) -> Purchase {
        if on_demand > self.on_demand(total) { Purchase::OnDemand } else { Purchase::Spot }
    }

    /// Checks the percentage.
    ///
    /// # Errors
    ///
    /// It is over 100.
    pub fn check(&self) -> Result<(), PolicyError> {
        let percent = f64::from(self.on_demand_percentage_above_base_capacity);
        PolicyError::range("on_demand_percentage_above_base_capacity", percent, 0.0, 100.0)
    }
}
