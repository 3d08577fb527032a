//! How many replicas would bring one metric to its target.

use std::fmt;

/// How far a ratio may be from 1 without a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Above 1.
    pub up: f64,
    /// Below 1.
    pub down: f64,
    /// How the distance is computed.
    pub form: ToleranceForm,
}

/// Two ways to compare that differ in the last bit: at 110 of 100 with a tolerance of 0.1, the
/// interval holds the ratio and the distance does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToleranceForm {
    /// `1 - down <= ratio <= 1 + up`, since tolerances may differ by direction.
    #[default]
    Interval,
    /// `|1 - ratio| <= tolerance`, before that.
    Distance,
}

impl Tolerance {
    /// The same in both directions.
    pub const fn both(tolerance: f64) -> Self {
        Self { up: tolerance, down: tolerance, form: ToleranceForm::Interval }
    }

    /// Whether a ratio is near enough to 1.
    pub fn holds(&self, ratio: f64) -> bool {
        match self.form {
            ToleranceForm::Interval => 1.0 - self.down <= ratio && ratio <= 1.0 + self.up,
            ToleranceForm::Distance => (1.0 - ratio).abs() <= self.up,
        }
    }
}

/// What the kubelet says of a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodHealth {
    /// Ready, and past its CPU initialisation.
    #[default]
    Ready,
    /// Not ready, or still within CPU initialisation: its CPU says nothing.
    Unready,
    /// Not running yet, so that no metric of it is missed.
    Pending,
    /// Failed or being deleted: it does not count at all.
    Ignored,
}

/// One pod, as the autoscaler sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Whether it counts.
    pub health: PodHealth,
    /// Its metric, if one is known, in thousandths.
    pub value: Option<i64>,
    /// Its CPU request, in thousandths; `None` if it has none.
    pub request: Option<i64>,
}

/// The answer for one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replicas {
    /// How many would bring it to its target.
    pub desired: u32,
    /// Where it is: percent for a resource, the average in thousandths otherwise.
    pub usage: i64,
}

/// Why a metric gives no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicasError {
    /// No pod that counts has a metric.
    NoMetrics,
    /// A pod has no request, so no utilisation can be told.
    NoRequest,
    /// The target is not above zero.
    NoTarget,
}

impl fmt::Display for ReplicasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMetrics => "did not receive metrics for targeted pods (pods might be unready)",
            Self::NoRequest => "missing request for cpu in a container of the pod",
            Self::NoTarget => "the target must be above zero",
        })
    }
}

impl std::error::Error for ReplicasError {}

/// The plain formula: `ceil(count x ratio)`, or no change within the tolerance.
pub fn for_ratio(current: u32, count: u32, ratio: f64, tolerance: &Tolerance) -> u32 {
    if current > 0 && tolerance.holds(ratio) {
        return current;
    }
    // From zero, the ratio itself says how many.
    let count = if current == 0 { 1 } else { count };
    (ratio * f64::from(count)).ceil() as u32
}

/// What a metric is compared with.
#[derive(Clone, Copy)]
enum Target {
    /// Percent of the requests.
    Utilization(i64),
    /// A value a pod, in thousandths.
    Average(i64),
}

impl Target {
    /// Where the metric is, and the ratio to the target. Integer division first, as in Go.
    fn ratio(self, values: &[(i64, i64)]) -> Result<(i64, f64), ReplicasError> {
        let value: i64 = values.iter().map(|(value, _)| value).sum();
        let (usage, target) = match self {
            Self::Utilization(target) => {
                let requests: i64 = values.iter().map(|(_, request)| request).sum();
                ((value * 100).checked_div(requests).ok_or(ReplicasError::NoRequest)?, target)
            }
            Self::Average(target) => {
                let count = values.len() as i64;
                (value.checked_div(count).ok_or(ReplicasError::NoMetrics)?, target)
            }
        };
        if target <= 0 {
            return Err(ReplicasError::NoTarget);
        }
        Ok((usage, usage as f64 / target as f64))
    }

    /// What a pod without a metric is taken to use when replicas would be removed: all that it may.
    fn fallback(self, request: i64) -> i64 {
        match self {
            Self::Utilization(target) => request * target.max(100) / 100,
            Self::Average(target) => target,
        }
    }
}

/// Replicas by CPU utilisation: percent of what the pods requested.
///
/// # Errors
///
/// No metric at all, or a pod without a request.
pub fn for_resource(
    current: u32,
    pods: &[Pod],
    target_percent: u32,
    tolerance: &Tolerance,
) -> Result<Replicas, ReplicasError> {
    let counts = |pod: &&Pod| pod.health != PodHealth::Ignored;
    if pods.iter().filter(counts).any(|pod| pod.request.is_none()) {
        return Err(ReplicasError::NoRequest);
    }
    careful(current, pods, Target::Utilization(i64::from(target_percent)), tolerance)
}

/// Replicas by a metric of the pods' own: the average is compared. Readiness plays no part.
///
/// # Errors
///
/// No metric at all.
pub fn for_pods_metric(
    current: u32,
    pods: &[Pod],
    target_average: i64,
    tolerance: &Tolerance,
) -> Result<Replicas, ReplicasError> {
    let ready = |pod: &Pod| match pod.health {
        PodHealth::Unready => Pod { health: PodHealth::Ready, ..*pod },
        PodHealth::Ready | PodHealth::Pending | PodHealth::Ignored => *pod,
    };
    let pods: Vec<Pod> = pods.iter().map(ready).collect();
    careful(current, &pods, Target::Average(target_average), tolerance)
}

/// The formula, careful about pods of which little is known: they may hold a change back, never
/// bring one about.
fn careful(
    current: u32,
    pods: &[Pod],
    target: Target,
    tolerance: &Tolerance,
) -> Result<Replicas, ReplicasError> {
    let (mut values, mut missing, mut unready) = (Vec::new(), Vec::new(), Vec::new());
    for pod in pods {
        let request = pod.request.unwrap_or(0);
        match (pod.health, pod.value) {
            (PodHealth::Ignored, _) => {}
            (PodHealth::Pending, _) | (PodHealth::Unready, Some(_)) => unready.push(request),
            (_, None) => missing.push(request),
            (PodHealth::Ready, Some(value)) => values.push((value, request)),
        }
    }
    if values.is_empty() {
        return Err(ReplicasError::NoMetrics);
    }
    let (usage, ratio) = target.ratio(&values)?;
    let unready_matter = !unready.is_empty() && ratio > 1.0;
    let all_of = |ratio: f64, count: usize| (ratio * count as f64).ceil() as u32;
    if !unready_matter && missing.is_empty() {
        let keep = tolerance.holds(ratio);
        let desired = if keep { current } else { all_of(ratio, values.len()) };
        return Ok(Replicas { desired, usage });
    }
    if ratio < 1.0 {
        values.extend(missing.iter().map(|&request| (target.fallback(request), request)));
    } else if ratio > 1.0 {
        values.extend(missing.iter().map(|&request| (0, request)));
    }
    if unready_matter {
        values.extend(unready.iter().map(|&request| (0, request)));
    }
    let (_, corrected) = target.ratio(&values)?;
    let flipped = (ratio < 1.0 && corrected > 1.0) || (ratio > 1.0 && corrected < 1.0);
    let desired = all_of(corrected, values.len());
    let wrong_way =
        (corrected < 1.0 && desired > current) || (corrected > 1.0 && desired < current);
    let keep = tolerance.holds(corrected) || flipped || wrong_way;
    Ok(Replicas { desired: if keep { current } else { desired }, usage })
}

/// A metric of something else than the pods, and what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum External {
    /// The whole value is compared with the target.
    Value {
        /// In thousandths.
        target: i64,
        /// Pods that are ready; the ratio is applied to them.
        ready_pods: u32,
    },
    /// The value divided by the replicas is compared.
    AverageValue {
        /// In thousandths.
        target: i64,
    },
}

/// Replicas by a metric of an object or of something outside the cluster.
///
/// # Errors
///
/// The target is not above zero.
pub fn for_external(
    current: u32,
    value: i64,
    external: External,
    tolerance: &Tolerance,
) -> Result<Replicas, ReplicasError> {
    match external {
        External::Value { target, .. } | External::AverageValue { target } if target <= 0 => {
            Err(ReplicasError::NoTarget)
        }
        External::Value { target, ready_pods } => {
            let ratio = value as f64 / target as f64;
            Ok(Replicas { desired: for_ratio(current, ready_pods, ratio, tolerance), usage: value })
        }
        External::AverageValue { target } => {
            let ratio = value as f64 / (target as f64 * f64::from(current));
            let wanted = (value as f64 / target as f64).ceil() as u32;
            let desired = if current > 0 && tolerance.holds(ratio) { current } else { wanted };
            let usage = (value as f64 / f64::from(current.max(1))).ceil() as i64;
            Ok(Replicas { desired, usage })
        }
    }
}
