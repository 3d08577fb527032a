//! What the balancer hears of its backends between picks: checks, ejections, time passing.

use super::Balancer;
use crate::balance::eligibility::{CheckResult, may_eject};
use crate::balance::{AdminState, Health, HealthTracker, Outcome, Output};
use crate::id::BackendId;
use crate::time::Timestamp;

impl Balancer {
    /// A check of `id` passed or failed.
    pub fn record_probe(
        &mut self,
        now: Timestamp,
        id: BackendId,
        passed: bool,
        out: &mut Vec<Output>,
    ) {
        let result = if passed { CheckResult::Passed } else { CheckResult::Failed };
        self.record_check(now, id, result, out);
    }

    /// A check of `id` came back. One that passes also ends an ejection.
    pub fn record_check(
        &mut self,
        now: Timestamp,
        id: BackendId,
        result: CheckResult,
        out: &mut Vec<Output>,
    ) {
        let Some(&slot) = self.slots.get(&id) else { return };
        let backend = &mut self.backends[slot as usize];
        let flipped = backend.tracker.apply(result, &self.config.health_check);
        let ejected = backend.ejected_until.is_some();
        if let Some(health) = flipped {
            self.health_changed(now, slot, health, out);
        }
        if ejected && result == CheckResult::Passed {
            self.return_ejected(now, slot, out);
        }
    }

    /// Somebody else (a store, another balancer, the operator) says what the health of `id` is.
    pub fn set_health(
        &mut self,
        now: Timestamp,
        id: BackendId,
        health: Health,
        out: &mut Vec<Output>,
    ) {
        let Some(&slot) = self.slots.get(&id) else { return };
        let tracker = &mut self.backend_mut(slot).tracker;
        if tracker.health() != health {
            *tracker = HealthTracker::new(health);
            self.health_changed(now, slot, health, out);
        }
    }

    /// Ends the ejection of `id` early, if it is ejected: a check that somebody else made passed.
    pub fn end_ejection(&mut self, now: Timestamp, id: BackendId, out: &mut Vec<Output>) {
        let Some(&slot) = self.slots.get(&id) else { return };
        if self.backend(slot).ejected_until.is_some() {
            self.return_ejected(now, slot, out);
        }
    }

    /// `id` says of itself whether it would rather not serve (Envoy `x-envoy-degraded`). A
    /// degraded backend serves when the healthy ones do not suffice.
    pub fn set_degraded(&mut self, id: BackendId, degraded: bool) {
        let Some(&slot) = self.slots.get(&id) else { return };
        let backend = self.backend_mut(slot);
        if backend.degraded != degraded {
            backend.degraded = degraded;
            self.stale = true;
        }
    }

    fn health_changed(&mut self, now: Timestamp, slot: u32, health: Health, out: &mut Vec<Output>) {
        let id = self.backend(slot).id;
        out.push(Output::HealthChanged { backend: id, health });
        if health == Health::Healthy {
            self.start_ramp(slot, now);
        } else {
            self.stop_ramp(slot);
        }
        self.stale = true;
    }

    /// Outlier detection: takes an outcome and ejects the backend if it was one too many.
    pub(super) fn watch(
        &mut self,
        now: Timestamp,
        slot: u32,
        outcome: Outcome,
        out: &mut Vec<Output>,
    ) {
        let backend = &self.backends[slot as usize];
        let (generation, ejected) = (backend.generation, backend.ejected_until.is_some());
        let Some(detector) = &mut self.outliers else { return };
        if detector.record(slot, generation, outcome, &mut self.rng) && !ejected {
            self.eject(now, slot, out);
        }
    }

    fn eject(&mut self, now: Timestamp, slot: u32, out: &mut Vec<Output>) {
        let ejected =
            self.slots.values().filter(|&&s| self.backend(s).ejected_until.is_some()).count();
        let hosts = self.slots.len() as u64;
        let Some(detector) = &mut self.outliers else { return };
        let config = detector.config();
        let (max, always_one) = (config.max_ejection_percent, config.always_eject_one_host);
        if !may_eject(hosts, ejected as u64, max, always_one) {
            return;
        }
        let until = now + detector.ejected(slot);
        let backend = self.backend_mut(slot);
        backend.ejected_until = Some(until);
        out.push(Output::Ejected { backend: backend.id, until });
        self.stop_ramp(slot);
        self.stale = true;
    }

    fn return_ejected(&mut self, now: Timestamp, slot: u32, out: &mut Vec<Output>) {
        let backend = self.backend_mut(slot);
        backend.ejected_until = None;
        let (id, healthy) = (backend.id, backend.tracker.health() == Health::Healthy);
        if let Some(detector) = &mut self.outliers {
            detector.returned(slot);
        }
        out.push(Output::Returned(id));
        if healthy {
            self.start_ramp(slot, now);
        }
        self.stale = true;
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|&(due, _)| due);
        let interval = self.outliers.as_ref().map(|detector| detector.interval_end);
        let interval = interval.filter(|_| !self.slots.is_empty());
        timer.into_iter().chain(interval).min()
    }

    /// Does what is due: asks for probes, ends drains whose time is up, ends an interval of
    /// outlier detection. Who calls late, as a Worker does that only wakes for requests, gets what
    /// it would have got in time; after a long silence it gets one probe a backend, not each that
    /// it missed.
    pub fn handle_timeout(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        while let Some(end) = self.outliers.as_ref().map(|detector| detector.interval_end)
            && end <= now
            && end != Timestamp::MAX
        {
            self.end_outlier_interval(end, now, out);
        }
        while let Some(&(due, slot)) = self.timers.first() {
            if due > now {
                return;
            }
            self.timers.pop_first();
            let backend = self.backend(slot);
            match backend.admin {
                AdminState::Ready => {
                    out.push(Output::Probe(backend.id));
                    let interval = self.config.health_check.interval();
                    let next = due + interval;
                    self.schedule_probe(slot, if next > now { next } else { now + interval });
                }
                AdminState::Draining { .. } => self.finish_drain(slot, out),
                // Nothing is scheduled for it.
                AdminState::Maintenance => {}
            }
        }
    }

    /// Returns those whose time was up at the end of the interval, `end`, and ejects those whose
    /// interval stood out.
    fn end_outlier_interval(&mut self, end: Timestamp, now: Timestamp, out: &mut Vec<Output>) {
        let due = |slot: &u32| self.backend(*slot).ejected_until.is_some_and(|until| until <= end);
        let returning: Vec<u32> = self.slots.values().copied().filter(due).collect();
        let serving = |slot: &u32| self.backend(*slot).ejected_until.is_none();
        let serving: Vec<u32> = self.slots.values().copied().filter(serving).collect();
        for slot in returning {
            self.return_ejected(end, slot, out);
        }
        let Some(detector) = &mut self.outliers else { return };
        let interval = detector.config().interval();
        // After a long silence the intervals between this one and the last are left out: nothing
        // happened in them.
        let missed = now.since(end).as_ns().checked_div(interval.as_ns()).unwrap_or(0);
        detector.interval_end = end + interval.times(missed.max(1));
        for slot in detector.end_interval(&serving, &mut self.rng) {
            self.eject(end, slot, out);
        }
    }

    pub(super) fn make_ready(&mut self, now: Timestamp, slot: u32) {
        match self.backend(slot).admin {
            AdminState::Ready => {}
            AdminState::Draining { until } => {
                self.timers.remove(&(until, slot));
                self.schedule_probe(slot, now);
            }
            AdminState::Maintenance => self.schedule_probe(slot, now),
        }
        self.backend_mut(slot).admin = AdminState::Ready;
        self.stale = true;
    }

    pub(super) fn schedule_probe(&mut self, slot: u32, due: Timestamp) {
        let backend = &mut self.backends[slot as usize];
        self.timers.remove(&(backend.probe_due, slot));
        backend.probe_due = due;
        if due != Timestamp::MAX {
            self.timers.insert((due, slot));
        }
    }

    pub(super) fn clear_timers(&mut self, slot: u32) {
        let backend = self.backend(slot);
        let (probe, drain) = (backend.probe_due, backend.admin);
        self.timers.remove(&(probe, slot));
        if let AdminState::Draining { until } = drain {
            self.timers.remove(&(until, slot));
        }
    }

    pub(super) fn finish_drain_if_idle(&mut self, slot: u32, out: &mut Vec<Output>) {
        if self.backend(slot).in_flight == 0 {
            self.finish_drain(slot, out);
        }
    }

    fn finish_drain(&mut self, slot: u32, out: &mut Vec<Output>) {
        let backend = self.backend(slot);
        let (id, cut_off) = (backend.id, backend.in_flight);
        self.deregister(id);
        out.push(Output::Drained { backend: id, cut_off });
    }
}
