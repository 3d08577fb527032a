//! Verdicts of many observers, as Cloudflare Load Balancing forms them.

use std::fmt;

/// A region believes in an endpoint if the majority of its data centres do.
pub fn region_is_healthy(passes: &[bool]) -> bool {
    2 * passes.iter().filter(|&&passed| passed).count() > passes.len()
}

/// An endpoint is healthy if the majority of the regions believe in it.
pub fn endpoint_is_healthy(regions: &[bool]) -> bool {
    region_is_healthy(regions)
}

/// Health of a pool of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolHealth {
    /// All endpoints are healthy.
    Healthy,
    /// Some are not, but enough are.
    Degraded,
    /// Fewer are healthy than the pool's health threshold: it gets no traffic.
    Critical,
}

impl PoolHealth {
    /// The health of a pool with this threshold.
    pub const fn new(healthy: u32, endpoints: u32, health_threshold: u32) -> Self {
        if healthy == 0 || healthy < health_threshold {
            Self::Critical
        } else if healthy < endpoints {
            Self::Degraded
        } else {
            Self::Healthy
        }
    }
}

impl fmt::Display for PoolHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Healthy => "Healthy",
            Self::Degraded => "Degraded",
            Self::Critical => "Critical",
        })
    }
}
