//! The Kubernetes autoscaler of a group: what it knows of the pods, and its decisions.
//!
//! A pod is an instance. Whoever tells the metrics of single pods gets readiness and missing
//! metrics as in `replica_calculator.go`; whoever only tells averages gets pods that are all alike.

use super::{Cause, Group, Output};
use crate::id::InstanceId;
use crate::scale::hpa::{
    External, HpaController, HpaMetric, HpaTargetType, Pod, PodHealth, ReplicasError, Tolerance,
    for_external, for_pods_metric, for_resource,
};
use crate::scale::metric::{Samples, Statistic};
use crate::scale::{HpaPolicy, Instance, LifecycleState, Metric, ScalingPolicy};
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// What one pod says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PodMetrics {
    /// Which one.
    pub id: InstanceId,
    /// CPU, percent of its request.
    pub cpu_percent: f64,
    /// Requests that it got, a minute.
    pub requests_per_minute: f64,
    /// Bytes that it received, a minute.
    pub bytes_in_per_minute: f64,
    /// Bytes that it sent, a minute.
    pub bytes_out_per_minute: f64,
}

impl PodMetrics {
    /// Its value of a metric that pods have.
    const fn of(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::AverageCpuUtilization => Some(self.cpu_percent),
            Metric::RequestCountPerTarget => Some(self.requests_per_minute),
            Metric::AverageNetworkIn => Some(self.bytes_in_per_minute),
            Metric::AverageNetworkOut => Some(self.bytes_out_per_minute),
            Metric::QueueLength
            | Metric::BacklogPerInstance
            | Metric::TargetResponseTime
            | Metric::Custom => None,
        }
    }
}

/// The newest metrics of the pods.
#[derive(Clone, Debug)]
struct PodsSeen {
    /// In order of identity.
    pods: Vec<PodMetrics>,
    /// When they were measured, and over how long.
    at: Timestamp,
    window: Span,
}

#[derive(Clone, Debug)]
pub(super) struct Autoscaler {
    controller: HpaController,
    pub(super) next_sync: Timestamp,
    /// Average CPU since the last decision.
    usage: Samples,
    /// Single pods, if anybody tells of them.
    seen: Option<PodsSeen>,
    /// The newest value of other metrics: the average of their samples.
    others: BTreeMap<Metric, f64>,
}

/// What HPA computes with are whole thousandths.
fn milli(value: f64) -> i64 {
    (value * 1_000.0) as i64
}

/// A whole CPU request: percent in thousandths.
const REQUEST: i64 = 100_000;

impl Autoscaler {
    pub(super) fn new(policy: &HpaPolicy, now: Timestamp) -> Self {
        Self {
            controller: HpaController::default(),
            next_sync: now + policy.sync_period(),
            usage: Samples::for_statistic(Statistic::Average),
            seen: None,
            others: BTreeMap::new(),
        }
    }

    pub(super) fn observe(&mut self, metric: Metric, sum: f64, samples: u64) {
        if metric == Metric::AverageCpuUtilization {
            self.usage.add(sum, samples);
        }
        if samples > 0 {
            self.others.insert(metric, sum / samples as f64);
        }
    }

    /// What is known of a pod, and its value of a metric of pods. `None` for those that leave.
    fn pod(
        &self,
        now: Timestamp,
        policy: &HpaPolicy,
        instance: &Instance,
        value_of: impl Fn(&PodMetrics) -> Option<f64>,
        average: Option<i64>,
    ) -> Option<Pod> {
        let serves = instance.state == LifecycleState::InService;
        let runs = serves || instance.state == LifecycleState::Checking;
        let request = Some(REQUEST);
        let Some(seen) = &self.seen else {
            // All alike: those that serve are at the average.
            return match instance.state {
                _ if serves => Some(Pod { health: PodHealth::Ready, value: average, request }),
                state if state.is_pending() => {
                    Some(Pod { health: PodHealth::Pending, value: None, request })
                }
                _ => None,
            };
        };
        if !runs {
            let pending = Pod { health: PodHealth::Pending, value: None, request };
            return instance.state.is_pending().then_some(pending);
        }
        let found = seen.pods.binary_search_by_key(&instance.id, |pod| pod.id);
        let pod = found.ok().and_then(|place| seen.pods.get(place));
        let value = pod.and_then(value_of).map(milli);
        let is_ready = serves && instance.is_healthy;
        let seconds = |s: u32| Span::from_s(u64::from(s));
        let started = instance.launched_at;
        let unready = if now < started + seconds(policy.cpu_initialization_period_s) {
            // Its CPU counts once a whole window of it was measured while it was ready.
            let measured_since = instance.in_service_at.map(|since| since + seen.window);
            !is_ready || measured_since.is_none_or(|since| seen.at < since)
        } else {
            // Later, only those that were never ready do not count.
            let turned = instance.in_service_at.unwrap_or(started);
            !is_ready && turned < started + seconds(policy.initial_readiness_delay_s)
        };
        // A pod whose metric is missing counts as such, ready or not.
        let unready = unready && value.is_some();
        let health = if unready { PodHealth::Unready } else { PodHealth::Ready };
        Some(Pod { health, value, request })
    }
}

impl Group {
    /// Whether a policy goes by the metrics of single pods.
    pub fn wants_pods(&self) -> bool {
        self.config.policies.iter().any(|policy| matches!(policy, ScalingPolicy::Hpa(_)))
    }

    /// Takes the metrics of all pods that report any, measured at `at` over `window`. They hold
    /// until the next ones come.
    pub fn observe_pods(&mut self, at: Timestamp, window: Span, mut pods: Vec<PodMetrics>) {
        pods.sort_unstable_by_key(|pod| pod.id);
        for driver in &mut self.drivers {
            if let super::Driver::Hpa(autoscaler) = driver {
                autoscaler.seen = Some(PodsSeen { pods: pods.clone(), at, window });
            }
        }
    }

    pub(super) fn run_autoscaler(&mut self, now: Timestamp, index: usize, out: &mut Vec<Output>) {
        let Some(ScalingPolicy::Hpa(policy)) = self.config.policies.get(index) else { return };
        let Some(super::Driver::Hpa(autoscaler)) = self.drivers.get_mut(index) else { return };
        while autoscaler.next_sync <= now {
            autoscaler.next_sync += policy.sync_period();
        }
        let fresh = Samples::for_statistic(Statistic::Average);
        let usage = std::mem::replace(&mut autoscaler.usage, fresh).datapoint(Statistic::Average);
        let autoscaler = &*autoscaler;
        let pods_of = |metric: Metric, average: Option<i64>| -> Vec<Pod> {
            let pod =
                |instance| autoscaler.pod(now, policy, instance, |pod| pod.of(metric), average);
            self.instances.iter().filter_map(pod).collect()
        };
        let (from, sizes) = (self.capacity.desired, (self.capacity.min, self.capacity.max));
        let tolerance = Tolerance::both(policy.tolerance);
        let mut answers = Vec::with_capacity(1 + policy.metrics.len());
        if !policy.without_cpu {
            let pods = pods_of(Metric::AverageCpuUtilization, usage.map(milli));
            answers.push(for_resource(from, &pods, policy.target_utilization, &tolerance));
        }
        for wanted in &policy.metrics {
            let value = autoscaler.others.get(&wanted.metric).copied();
            let pods = || pods_of(wanted.metric, value.map(milli));
            answers.push(answer(wanted, from, self.tally.in_service, value, pods, &tolerance));
        }
        let answers = answers.into_iter().map(|answer| answer.map(|replicas| replicas.desired));
        let Some(super::Driver::Hpa(autoscaler)) = self.drivers.get_mut(index) else { return };
        let Ok(limited) = autoscaler.controller.decide_from(now, policy, answers, from, sizes)
        else {
            return;
        };
        if limited.replicas != from {
            autoscaler.controller.changed(now, from, limited.replicas);
            let cause = Cause::Autoscaler { policy: index as u32 };
            self.change_desired(now, limited.replicas, cause, out);
        }
    }
}

/// The replicas that one metric wants. A metric of pods is averaged over them, or summed up where
/// the whole is compared with the target; any other is one number for all.
fn answer(
    wanted: &HpaMetric,
    current: u32,
    ready_pods: u32,
    value: Option<f64>,
    pods: impl Fn() -> Vec<Pod>,
    tolerance: &Tolerance,
) -> Result<crate::scale::hpa::Replicas, ReplicasError> {
    let target = milli(wanted.target);
    let external = |value: Option<f64>, external| {
        let value = value.ok_or(ReplicasError::NoMetrics)?;
        for_external(current, milli(value), external, tolerance)
    };
    match (wanted.target_type, wanted.metric.is_of_pods()) {
        (HpaTargetType::AverageValue, true) => for_pods_metric(current, &pods(), target, tolerance),
        (HpaTargetType::AverageValue, false) => external(value, External::AverageValue { target }),
        (HpaTargetType::Value, is_of_pods) => {
            let together = || {
                let known: Vec<i64> = pods().iter().filter_map(|pod| pod.value).collect();
                (!known.is_empty()).then(|| known.iter().sum::<i64>() as f64 / 1_000.0)
            };
            let value = if is_of_pods { together() } else { value };
            external(value, External::Value { target, ready_pods })
        }
    }
}
