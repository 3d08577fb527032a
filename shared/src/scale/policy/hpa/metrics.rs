//! Several metrics: the largest answer wins, and one that fails blocks scaling down.

use super::ReplicasError;
use crate::scale::Metric;
use serde::{Deserialize, Serialize};

/// What of a metric is compared with its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HpaTargetType {
    /// Its average over the pods (`AverageValue`).
    #[default]
    AverageValue,
    /// The whole (`Value`): the metric itself, or the sum over the pods of one that pods have.
    Value,
}

/// A metric besides CPU that an autoscaler keeps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HpaMetric {
    /// Which one. Network and requests are metrics of pods, the others of an object or external.
    pub metric: Metric,
    /// What of it is compared with the target.
    pub target_type: HpaTargetType,
    /// Where to keep it, in the metric's unit, 0.001 to 10^12.
    pub target: f64,
}

impl Default for HpaMetric {
    fn default() -> Self {
        Self {
            metric: Metric::RequestCountPerTarget,
            target_type: HpaTargetType::AverageValue,
            target: 1_000.0,
        }
    }
}

/// Why several metrics together change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoScaling {
    /// What was wrong with the first metric that failed.
    pub error: ReplicasError,
}

/// The replicas that several metrics together want.
///
/// # Errors
///
/// No metric gives an answer, or one fails and the others want fewer replicas than there are: the
/// failing one might have wanted more.
pub fn largest(
    current: u32,
    answers: impl IntoIterator<Item = Result<u32, ReplicasError>>,
) -> Result<u32, NoScaling> {
    let (mut wanted, mut failed) = (None, None);
    for answer in answers {
        match answer {
            Ok(replicas) => wanted = wanted.max(Some(replicas)),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match (wanted, failed) {
        (Some(wanted), Some(error)) if wanted < current => Err(NoScaling { error }),
        (Some(wanted), _) => Ok(wanted),
        (None, error) => Err(NoScaling { error: error.unwrap_or(ReplicasError::NoMetrics) }),
    }
}
