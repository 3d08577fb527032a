//! Warm pools: instances that were prepared ahead and stopped, so that they start quickly.

use serde::{Deserialize, Serialize};

/// How prepared instances wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolState {
    /// Switched off: only their disks cost.
    #[default]
    Stopped,
    /// Running, and billed as such.
    Running,
    /// Switched off with their memory saved.
    Hibernated,
}

/// A warm pool's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WarmPoolConfig {
    /// Never fewer instances in the pool.
    pub min_size: u32,
    /// Instances in group and pool together; the group's greatest size if absent.
    pub max_group_prepared_capacity: Option<u32>,
    /// How they wait.
    pub pool_state: PoolState,
    /// Scale-in returns instances to the pool instead of terminating them.
    pub reuse_on_scale_in: bool,
}

impl WarmPoolConfig {
    /// Instances that the pool should hold.
    pub fn size(&self, desired: u32, max_size: u32) -> u32 {
        let prepared = self.max_group_prepared_capacity.unwrap_or(max_size);
        prepared.saturating_sub(desired).max(self.min_size)
    }
}
