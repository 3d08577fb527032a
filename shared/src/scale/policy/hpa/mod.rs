//! The Kubernetes horizontal pod autoscaler: the second dialect.
//!
//! Every sync period, 15 s, it asks how many replicas would bring each metric to its target
//! (`replicas`), takes the largest answer (`metrics`), holds back against flapping (`stabilize`)
//! and limits the speed of change (`behavior`). Numbers are computed in doubles in the order of
//! Go's code, because its results depend on it: 25 replicas at 14 of 50 make 8, not the exact 7.

mod behavior;
mod controller;
mod metrics;
mod replicas;
mod stabilize;

pub use behavior::{
    BehaviorPolicy, BehaviorPolicyType, Condition, Limited, ReplicaChange, ScalingRules,
    SelectPolicy, limit_with_behavior, limit_without_behavior,
};
pub use controller::HpaController;
pub use metrics::{HpaMetric, HpaTargetType, NoScaling, largest};
pub use replicas::{
    External, Pod, PodHealth, Replicas, ReplicasError, Tolerance, ToleranceForm, for_external,
    for_pods_metric, for_ratio, for_resource,
};
pub use stabilize::{Recommendation, stabilize, stabilize_both_ways};

use super::PolicyError;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// An autoscaler on CPU utilisation, other metrics, or both. Its least and greatest replicas are the
/// group's sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HpaPolicy {
    /// Average utilisation to keep, percent of the CPU request, 1 to 1,000.
    pub target_utilization: u32,
    /// Metrics to keep besides; the one that wants most replicas wins. At most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<HpaMetric>,
    /// Leaves CPU out; needs another metric.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_cpu: bool,
    /// Share of the target by which the metric may be off without a change, 0 to 1.
    pub tolerance: f64,
    /// Seconds between two decisions, 1 to 3,600.
    pub sync_period_s: u32,
    /// Seconds after a pod's start within which a change to unready counts as its first
    /// readiness, 0 to 3,600.
    pub initial_readiness_delay_s: u32,
    /// Seconds after a pod's start within which its CPU counts only while it is ready, 0 to 3,600.
    pub cpu_initialization_period_s: u32,
    /// How fast it may add replicas.
    pub scale_up: ScalingRules,
    /// How fast it may remove them.
    pub scale_down: ScalingRules,
}

impl Default for HpaPolicy {
    fn default() -> Self {
        Self {
            target_utilization: 80,
            metrics: Vec::new(),
            without_cpu: false,
            tolerance: 0.1,
            sync_period_s: 15,
            initial_readiness_delay_s: 30,
            cpu_initialization_period_s: 300,
            scale_up: ScalingRules::default_up(),
            scale_down: ScalingRules::default_down(),
        }
    }
}

impl HpaPolicy {
    /// Most metrics besides CPU.
    pub const METRICS_MAX: usize = 10;

    /// [`Self::sync_period_s`] as a span.
    pub fn sync_period(&self) -> Span {
        Span::from_s(u64::from(self.sync_period_s))
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    pub fn check(&self) -> Result<(), PolicyError> {
        let range =
            |field, value: u32, min, max| PolicyError::range(field, f64::from(value), min, max);
        range("target_utilization", self.target_utilization, 1.0, 1_000.0)?;
        let count = self.metrics.len() as f64;
        let least = if self.without_cpu { 1.0 } else { 0.0 };
        PolicyError::range("metrics", count, least, Self::METRICS_MAX as f64)?;
        for (i, metric) in self.metrics.iter().enumerate() {
            PolicyError::range(format!("metrics[{i}].target"), metric.target, 0.001, 1e12)?;
        }
        PolicyError::range("tolerance", self.tolerance, 0.0, 1.0)?;
        range("sync_period_s", self.sync_period_s, 1.0, 3_600.0)?;
        range("initial_readiness_delay_s", self.initial_readiness_delay_s, 0.0, 3_600.0)?;
        range("cpu_initialization_period_s", self.cpu_initialization_period_s, 0.0, 3_600.0)?;
        self.scale_up.check("scale_up", true)?;
        self.scale_down.check("scale_down", false)
    }
}
