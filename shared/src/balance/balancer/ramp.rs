//! Slow start at work: effective weights of those who warm up.

use super::Balancer;
use crate::balance::eligibility::SlowStart;
use crate::time::{Span, Timestamp};

/// Tables are rebuilt this often during one warm-up; queues read the exact weight at each pick.
const STEPS: u64 = 20;
/// No weight is ever zero: a backend that can never be picked could never warm up.
const LEAST_FACTOR: f64 = 0.01;

/// Who warms up.
#[derive(Clone, Debug)]
pub(super) struct Ramps {
    rule: Option<SlowStart>,
    slots: Vec<u32>,
    next_step: Timestamp,
}

impl Ramps {
    pub(super) fn new(rule: Option<SlowStart>) -> Self {
        Self { rule, slots: Vec::new(), next_step: Timestamp::ZERO }
    }

    pub(super) fn any(&self) -> bool {
        !self.slots.is_empty()
    }

    pub(super) fn forget(&mut self, slot: u32) {
        self.slots.retain(|&ramping| ramping != slot);
    }
}

impl Balancer {
    /// The backend in `slot` joined, or is healthy again.
    pub(super) fn start_ramp(&mut self, slot: u32, now: Timestamp) {
        self.backend_mut(slot).joined = now;
        let Some(rule) = self.ramps.rule else { return };
        // AWS: without anybody at full weight there is nothing to take the load meanwhile. Who
        // joins at the same moment, in one batch, is no help.
        let others_warm = || {
            self.slots.values().any(|&other| {
                let backend = self.backend(other);
                let is_warm = backend.ramp_start.is_none() && backend.joined < now;
                is_warm && other != slot && backend.is_eligible()
            })
        };
        if matches!(rule, SlowStart::Linear { .. }) && !others_warm() {
            return;
        }
        self.backend_mut(slot).ramp_start = Some(now);
        if !self.ramps.slots.contains(&slot) {
            self.ramps.slots.push(slot);
        }
    }

    /// A backend that leaves the healthy ones no longer warms up.
    pub(super) fn stop_ramp(&mut self, slot: u32) {
        self.ramps.forget(slot);
        let backend = self.backend_mut(slot);
        backend.ramp_start = None;
        backend.effective_weight = f64::from(backend.weight);
    }

    /// Gives everybody who warms up the weight of this moment.
    #[cold]
    pub(super) fn advance_ramps(&mut self, now: Timestamp) {
        let Some(rule) = self.ramps.rule else { return };
        let mut finished = false;
        for slot in std::mem::take(&mut self.ramps.slots) {
            let backend = self.backend_mut(slot);
            let elapsed = now.since(backend.ramp_start.unwrap_or(now));
            let factor = rule.factor(elapsed).max(LEAST_FACTOR);
            backend.effective_weight = f64::from(backend.weight) * factor;
            if elapsed >= rule.window() {
                backend.ramp_start = None;
                finished = true;
            } else {
                self.ramps.slots.push(slot);
            }
        }
        if !self.stale && (finished || now >= self.ramps.next_step) {
            self.groups.reweigh(&self.backends, now);
        }
        if now >= self.ramps.next_step {
            self.ramps.next_step = now + Span::from_ns(rule.window().as_ns() / STEPS);
        }
    }
}
