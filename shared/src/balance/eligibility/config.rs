//! What decides who may serve, besides health checks.

use super::{OutlierConfig, SlowStart};
use crate::balance::ConfigError;
use crate::json::tagged;
use serde::{Deserialize, Serialize};

/// Rules of eligibility. The default is an AWS Application Load Balancer's: fail open when nobody
/// is healthy, no slow start, no outlier detection, one level, no zones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EligibilityConfig {
    /// Percent by which a level is taken to be larger than it need be, 100 to 10,000 (Envoy:
    /// 140): with 140, a level keeps all of its traffic until less than 72 % are healthy.
    pub overprovisioning_percent: u32,
    /// A level of which less than this percentage is healthy sends to all of its backends, as long
    /// as other levels cannot take the rest, 0 to 100 (Envoy: 50). 0 turns it off.
    pub panic_threshold_percent: f64,
    /// With less healthy backends than this, a level sends to all (AWS
    /// `minimum_healthy_targets.count`, 1), 0 to 10,000.
    pub minimum_healthy_count: u32,
    /// With a smaller percentage of healthy backends than this, a level sends to all (AWS
    /// `minimum_healthy_targets.percentage`, off), 0 to 100.
    pub minimum_healthy_percent: f64,
    /// Whether requests go to all backends when nobody is healthy. If not, nobody gets them.
    pub fail_open: bool,
    /// How newcomers warm up, if they do.
    pub slow_start: Option<SlowStart>,
    /// Whether and how backends whose answers stand out are ejected.
    pub outlier_detection: Option<OutlierConfig>,
    /// How a level's traffic is split by zone.
    pub localities: Localities,
}

impl Default for EligibilityConfig {
    fn default() -> Self {
        Self {
            overprovisioning_percent: 140,
            panic_threshold_percent: 0.0,
            minimum_healthy_count: 1,
            minimum_healthy_percent: 0.0,
            fail_open: true,
            slow_start: None,
            outlier_detection: None,
            localities: Localities::Ignored,
        }
    }
}

tagged! {
    by "type" derive(Default), deny_unknown_fields;
    /// How a level's traffic is split by zone.
    #[derive(Clone, Debug, Default, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum Localities {
        /// It is not: all backends of a level are one pool.
        #[default]
        Ignored,
        /// By weight and availability of each zone (Envoy `locality_weighted_lb_config`).
        Weighted {
            /// Weight of zone 0, 1, 2, …; zones beyond the list have none.
            weights: Vec<u32>,
        },
        /// To this balancer's own zone, as far as its backends suffice (Envoy `zone_aware_lb_config`).
        ZoneAware {
            /// The zone of this balancer.
            local: u32,
            /// How many balancers there are in zone 0, 1, 2, ….
            balancers: Vec<u32>,
            /// With fewer backends than this, zones are ignored (Envoy: 6).
            min_cluster_size: u32,
        },
    }
}

impl EligibilityConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        let overprovisioning = f64::from(self.overprovisioning_percent);
        check("overprovisioning_percent", overprovisioning, 100.0, 10_000.0)?;
        check("panic_threshold_percent", self.panic_threshold_percent, 0.0, 100.0)?;
        let count = f64::from(self.minimum_healthy_count);
        check("minimum_healthy_count", count, 0.0, 10_000.0)?;
        check("minimum_healthy_percent", self.minimum_healthy_percent, 0.0, 100.0)?;
        self.slow_start.as_ref().map_or(Ok(()), SlowStart::check)?;
        self.outlier_detection.as_ref().map_or(Ok(()), OutlierConfig::check)?;
        self.localities.check()
    }
}

/// Most zones of a balancer: a backend's is 0 to 255.
const ZONES_MAX: f64 = 256.0;
/// Greatest weight, and most balancers, of a zone.
const ZONE_COUNT_MAX: f64 = 1_000_000.0;
/// Greatest least number of backends.
const CLUSTER_SIZE_MAX: f64 = 10_000.0;

impl Localities {
    fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        match self {
            Self::Ignored => Ok(()),
            Self::Weighted { weights } => {
                check("localities.weights", weights.len() as f64, 1.0, ZONES_MAX)?;
                weights.iter().try_for_each(|&weight| {
                    check("localities.weights", f64::from(weight), 0.0, ZONE_COUNT_MAX)
                })
            }
            Self::ZoneAware { local, balancers, min_cluster_size } => {
                check("localities.balancers", balancers.len() as f64, 1.0, ZONES_MAX)?;
                balancers.iter().try_for_each(|&count| {
                    check("localities.balancers", f64::from(count), 0.0, ZONE_COUNT_MAX)
                })?;
                let least = f64::from(*min_cluster_size);
                check("localities.min_cluster_size", least, 0.0, CLUSTER_SIZE_MAX)?;
                let zones = balancers.len() as f64;
                check("localities.local", f64::from(*local), 0.0, zones - 1.0)
            }
        }
    }
}
