//! Launching and terminating until as many instances live as are desired.

use super::{Activity, ActivityStatus, Cause, Group, Output, Timer};
use crate::id::InstanceId;
use crate::scale::{
    Instance, LifecycleState, Process, Purchase, TerminationPolicy, TerminationRules, ZoneId,
    choose_for_termination, launch_zone,
};
use crate::time::{Span, Timestamp};

/// Failed launches are tried again after this; the zone counts as full until then.
const RETRY_AFTER: Span = Span::from_s(60);
/// After a day of failed launches only, the service suspends launching.
const GIVE_UP_AFTER: Span = Span::from_s(86_400);

impl Group {
    pub(super) fn change_desired(
        &mut self,
        now: Timestamp,
        wanted: u32,
        cause: Cause,
        out: &mut Vec<Output>,
    ) -> Vec<InstanceId> {
        let to = self.capacity.clamp(wanted);
        let from = std::mem::replace(&mut self.capacity.desired, to);
        if from != to {
            out.push(Output::DesiredChanged { from, to, cause });
        }
        self.reconcile(now, cause, out)
    }

    /// Launches or terminates until as many instances live as are desired, and those on top of it
    /// that displace others. Returns those that it launched or terminated.
    pub(super) fn reconcile(
        &mut self,
        now: Timestamp,
        cause: Cause,
        out: &mut Vec<Output>,
    ) -> Vec<InstanceId> {
        let target = self.capacity.desired.saturating_add(self.displacing.len() as u32);
        let live = self.tally.live;
        let touched = if live < target {
            (live..target).map_while(|_| self.launch(now, cause, None, out)).collect()
        } else {
            self.remove_surplus(now, (live - target) as usize, cause, out)
        };
        self.adjust_pool(now, out);
        touched
    }

    fn remove_surplus(
        &mut self,
        now: Timestamp,
        count: usize,
        cause: Cause,
        out: &mut Vec<Output>,
    ) -> Vec<InstanceId> {
        if count == 0 || self.suspended.has(Process::Terminate) {
            return Vec::new();
        }
        let rules = self.termination_rules();
        let chosen = choose_for_termination(now, self.instances.iter(), &rules, count);
        // Of each: its activity, its new state, and what is to be done with it.
        out.reserve(3 * chosen.len());
        for &id in &chosen {
            if self.returns_to_pool(id) {
                self.return_to_pool(now, id, cause, out);
            } else {
                self.terminate(now, id, cause, out);
            }
        }
        if chosen.is_empty() {
            // Everybody is protected: the desired capacity fell, and that is all.
            let activity = Activity { instance: InstanceId(0), launch: false, cause, started: now };
            let id = self.activities.begin(activity, ActivityStatus::Cancelled);
            self.activities.end(id, ActivityStatus::Cancelled, now);
        }
        chosen
    }

    /// Launches one instance, or starts one of the warm pool. `None` if nothing can be launched
    /// now; [`Timer::Retry`] or a resumed process will try again.
    pub(super) fn launch(
        &mut self,
        now: Timestamp,
        cause: Cause,
        zone: Option<ZoneId>,
        out: &mut Vec<Output>,
    ) -> Option<InstanceId> {
        if self.suspended.has(Process::Launch) {
            return None;
        }
        let prepared = self.pool.first().copied().filter(|_| zone.is_none());
        let id = match prepared {
            Some(id) => id,
            None => {
                let zone = zone.filter(|zone| self.zone_is_open(now, *zone)).or_else(|| {
                    launch_zone(&self.tally.by_zone, |zone| self.zone_is_open(now, zone))
                });
                let id = self.create(now, zone?, LifecycleState::Booting);
                if let Some(lifetime) = self.config.max_instance_lifetime {
                    self.set_timer(now + lifetime, Timer::Lifetime(id));
                }
                id
            }
        };
        self.begin(now, id, true, cause, ActivityStatus::PreInService, out);
        if prepared.is_some() {
            self.pool.remove(&id);
            self.set_state(id, LifecycleState::Booting, out);
            out.push(Output::Start(id));
        } else {
            out.push(Output::Launch(id));
        }
        if matches!(cause, Cause::Unhealthy { .. } | Cause::MaxLifetime { .. }) {
            self.replacing.insert(id);
        }
        Some(id)
    }

    /// A new instance, known to the group but to nobody else.
    pub(super) fn create(
        &mut self,
        now: Timestamp,
        zone: ZoneId,
        state: LifecycleState,
    ) -> InstanceId {
        self.last_id += 1;
        let id = InstanceId(self.last_id);
        let total = self.capacity.desired.max(self.tally.live + 1);
        let purchase = self.config.distribution.map_or(Purchase::OnDemand, |distribution| {
            distribution.next_launch(total, self.tally.on_demand)
        });
        let instance = Instance {
            state,
            zone,
            purchase,
            source: self.config.source,
            is_protected: self.config.protect_from_scale_in,
            ..Instance::launched(id, now)
        };
        self.tally.add(&instance);
        self.instances.push(instance);
        id
    }

    /// Opens an activity.
    pub(super) fn begin(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        launch: bool,
        cause: Cause,
        status: ActivityStatus,
        out: &mut Vec<Output>,
    ) {
        let activity = Activity { instance: id, launch, cause, started: now };
        let running = self.activities.begin(activity, status);
        if let Some(before) = self.instances.set_activity(id, Some(running)) {
            // A launch that a termination cuts short.
            self.activities.end(before, ActivityStatus::Cancelled, now);
        }
        out.push(Output::Activity(activity));
    }

    /// Closes the activity of an instance; `ended` may lie ahead.
    pub(super) fn end(&mut self, id: InstanceId, status: ActivityStatus, ended: Timestamp) {
        if let Some(running) = self.instances.set_activity(id, None) {
            self.activities.end(running, status, ended);
        }
    }

    /// A launched server could not be had: no capacity, a quota, a broken image. The group tries
    /// another zone at once, and the same again after a minute.
    pub fn launch_failed(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        let Some(instance) = self.instances.get(id).copied() else { return };
        let is_new =
            matches!(instance.state, LifecycleState::Booting | LifecycleState::WarmedPending);
        if !is_new {
            return;
        }
        self.end(id, ActivityStatus::Failed, now);
        self.forget(now, id);
        self.set_state(id, LifecycleState::Terminated, out);
        if let Some(until) = self.zone_closed_until.get_mut(usize::from(instance.zone.0)) {
            *until = (*until).max(now + RETRY_AFTER);
        }
        self.set_timer(now + RETRY_AFTER, Timer::Retry);
        let since = *self.failing_since.get_or_insert(now);
        if now >= since + GIVE_UP_AFTER {
            self.suspended.insert(Process::Launch);
        }
        self.reconcile(now, Cause::Resumed, out);
    }

    /// Whether scale-in puts an instance back into the warm pool.
    fn returns_to_pool(&self, id: InstanceId) -> bool {
        self.state_of(id) == Some(LifecycleState::InService)
            && self.config.warm_pool.is_some_and(|pool| {
                let size = pool.size(self.capacity.desired, self.capacity.max);
                pool.reuse_on_scale_in && self.tally.pool < size
            })
    }

    fn return_to_pool(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        cause: Cause,
        out: &mut Vec<Output>,
    ) {
        self.begin(now, id, false, cause, ActivityStatus::PreInService, out);
        self.end(id, ActivityStatus::Successful, now);
        self.forget(now, id);
        out.push(Output::Deregister(id));
        self.set_state(id, LifecycleState::Warmed, out);
        self.pool.insert(id);
        out.push(Output::Stop(id));
    }

    /// Fills or empties the warm pool to its size. The pool has its own, default termination
    /// policy.
    pub(super) fn adjust_pool(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let Some(pool) = self.config.warm_pool else { return };
        let size = pool.size(self.capacity.desired, self.capacity.max);
        while self.tally.pool < size && !self.suspended.has(Process::Launch) {
            let zone = launch_zone(&self.tally.by_zone, |zone| self.zone_is_open(now, zone));
            let Some(zone) = zone else { break };
            let id = self.create(now, zone, LifecycleState::WarmedPending);
            self.begin(now, id, true, Cause::WarmPool, ActivityStatus::PreInService, out);
            out.push(Output::Launch(id));
        }
        let surplus = self.tally.pool.saturating_sub(size) as usize;
        if surplus == 0 || self.suspended.has(Process::Terminate) {
            return;
        }
        let rules = TerminationRules {
            policies: &[TerminationPolicy::Default],
            distribution: None,
            ..self.termination_rules()
        };
        let as_live = |&id: &InstanceId| {
            let instance = self.instances.get(id)?;
            Some(Instance { state: LifecycleState::InService, ..*instance })
        };
        let prepared: Vec<Instance> = self.pool.iter().filter_map(as_live).collect();
        for id in choose_for_termination(now, &prepared, &rules, surplus) {
            self.pool.remove(&id);
            self.terminate(now, id, Cause::WarmPool, out);
        }
    }

    /// Marks a zone as able or unable to launch. One that recovers draws instances back.
    pub fn set_zone_available(
        &mut self,
        now: Timestamp,
        zone: ZoneId,
        available: bool,
        out: &mut Vec<Output>,
    ) {
        let Some(until) = self.zone_closed_until.get_mut(usize::from(zone.0)) else { return };
        *until = if available { Timestamp::ZERO } else { Timestamp::MAX };
        self.reconcile(now, Cause::Resumed, out);
        self.rebalance_zones(now, out);
    }
}
