//! The autoscaler at work: it remembers recommendations and changes.

use super::{
    Condition, HpaPolicy, Limited, NoScaling, Pod, Recommendation, ReplicaChange, ReplicasError,
    Tolerance, for_resource, largest, limit_with_behavior, stabilize_both_ways,
};
use crate::time::{Span, Timestamp};
use std::collections::VecDeque;

/// An autoscaler's memory.
#[derive(Clone, Debug, Default)]
pub struct HpaController {
    /// Recommendations before stabilisation, oldest first.
    recommendations: VecDeque<Recommendation>,
    /// Changes that were made, oldest first.
    changes: VecDeque<ReplicaChange>,
}

impl HpaController {
    /// One decision from the pods' CPU: how many replicas there should be now.
    ///
    /// # Errors
    ///
    /// The metrics say too little to change anything.
    pub fn decide(
        &mut self,
        now: Timestamp,
        policy: &HpaPolicy,
        pods: &[Pod],
        current: u32,
        sizes: (u32, u32),
    ) -> Result<Limited, NoScaling> {
        let tolerance = Tolerance::both(policy.tolerance);
        let answer = for_resource(current, pods, policy.target_utilization, &tolerance);
        let answers = std::iter::once(answer.map(|replicas| replicas.desired));
        self.decide_from(now, policy, answers, current, sizes)
    }

    /// One decision from the answers of several metrics.
    ///
    /// # Errors
    ///
    /// The metrics say too little to change anything.
    pub fn decide_from(
        &mut self,
        now: Timestamp,
        policy: &HpaPolicy,
        answers: impl IntoIterator<Item = Result<u32, ReplicasError>>,
        current: u32,
        (min, max): (u32, u32),
    ) -> Result<Limited, NoScaling> {
        // Outside its bounds, and at zero where it is off, it does not ask the metrics.
        if current > max || current < min {
            let condition =
                if current > max { Condition::TooManyReplicas } else { Condition::TooFewReplicas };
            return Ok(Limited { replicas: current.max(min).min(max), condition });
        }
        let wanted = largest(current, answers)?;
        self.forget(now, policy);
        let windows =
            (policy.scale_up.stabilization_window(), policy.scale_down.stabilization_window());
        let past = self.recommendations.make_contiguous();
        let stable = stabilize_both_ways(now, windows, past, current, wanted);
        self.recommendations.push_back(Recommendation { at: now, replicas: wanted });
        let rules = (&policy.scale_up, &policy.scale_down);
        let changes = self.changes.make_contiguous();
        let limited = limit_with_behavior(now, rules, changes, (min, max), current, stable);
        Ok(limited)
    }

    /// Told that the replicas changed by its decision; the speed limits count it.
    pub fn changed(&mut self, now: Timestamp, from: u32, to: u32) {
        let replicas = i64::from(to) - i64::from(from);
        self.changes.push_back(ReplicaChange { at: now, replicas });
    }

    /// Drops what no window reaches any more.
    fn forget(&mut self, now: Timestamp, policy: &HpaPolicy) {
        let (up, down) = (&policy.scale_up, &policy.scale_down);
        let window = up.stabilization_window().max(down.stabilization_window());
        let old = |at: Timestamp, span: Span| now.since(at) > span;
        while self.recommendations.front().is_some_and(|past| old(past.at, window)) {
            self.recommendations.pop_front();
        }
        let period = up.longest_period().max(down.longest_period());
        while self.changes.front().is_some_and(|change| old(change.at, period)) {
            self.changes.pop_front();
        }
    }
}
