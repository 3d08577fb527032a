//! Lifecycle hooks at work: an instance waits until every hook of its transition is done.
//!
//! All hooks of a transition wait at the same time. CONTINUE closes one of them, and the last one
//! closed lets the instance go on. ABANDON ends the wait at once, whatever the others say: a
//! launching instance is terminated and replaced, a terminating one is terminated all the same.

use super::{ActivityStatus, Cause, Group, Output, Timer};
use crate::id::InstanceId;
use crate::scale::{HookConfig, HookResult, LifecycleState};
use crate::time::Timestamp;

impl Group {
    /// The hooks that an instance in a state waits for.
    fn hooks_of(&self, state: LifecycleState) -> &[HookConfig] {
        match state {
            LifecycleState::PendingWait => &self.config.launch_hooks,
            LifecycleState::TerminatingWait => &self.config.termination_hooks,
            _ => &[],
        }
    }

    /// Lets an instance wait in `state` for the hooks of it. False if there are none.
    pub(super) fn begin_wait(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        state: LifecycleState,
        out: &mut Vec<Output>,
    ) -> bool {
        let until = self.hooks_of(state).iter().map(|hook| now + hook.heartbeat_timeout);
        let open: Vec<_> = (0..).zip(until).collect();
        if open.is_empty() {
            return false;
        }
        for &(hook, until) in &open {
            self.set_timer(until, Timer::Hook(id, hook));
        }
        self.open_hooks.insert(id, open.into_iter().collect());
        self.set_state(id, state, out);
        let status = match state {
            LifecycleState::PendingWait => ActivityStatus::MidLifecycleAction,
            _ => ActivityStatus::MidTerminatingLifecycleAction,
        };
        self.set_activity_status(id, status);
        true
    }

    /// Ends the wait of an instance for one of its lifecycle hooks: the one at position `hook` of
    /// the launch or termination hooks, whichever it waits for.
    pub fn complete_lifecycle_action(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        hook: usize,
        result: HookResult,
        out: &mut Vec<Output>,
    ) {
        let Some(open) = self.open_hooks.get_mut(&id) else { return };
        if open.remove(&hook).is_none() || (result == HookResult::Continue && !open.is_empty()) {
            return;
        }
        self.open_hooks.remove(&id);
        match self.state_of(id) {
            Some(LifecycleState::PendingWait) => {
                self.set_state(id, LifecycleState::PendingProceed, out);
                match result {
                    HookResult::Continue => {
                        self.set_activity_status(id, ActivityStatus::PreInService);
                        self.register(now, id, out);
                    }
                    HookResult::Abandon => {
                        self.replace(now, id, Cause::Abandoned { instance: id }, out);
                    }
                }
            }
            // Both results end in termination.
            Some(LifecycleState::TerminatingWait) => {
                self.set_state(id, LifecycleState::TerminatingProceed, out);
                self.switch_off(now, id, out);
                self.replace_in_turn(now, out);
            }
            _ => {}
        }
    }

    /// Lets an instance wait for its hook for another heartbeat timeout.
    pub fn record_heartbeat(&mut self, now: Timestamp, id: InstanceId, hook: usize) {
        let Some(state) = self.state_of(id) else { return };
        let running = self.instances.activity(id);
        let record = running.and_then(|running| self.activities.get(running));
        let started = record.map(|record| record.activity.started);
        let config = self.hooks_of(state).get(hook).copied();
        let (Some(config), Some(started)) = (config, started) else { return };
        let open = self.open_hooks.get_mut(&id).and_then(|open| open.get_mut(&hook));
        let Some(until) = open else { return };
        // The wait cannot have begun before its activity.
        let latest = started + config.global_timeout();
        *until = (now + config.heartbeat_timeout).min(latest.max(now));
        let at = *until;
        self.set_timer(at, Timer::Hook(id, hook));
    }

    /// The time of a hook is over, unless a heartbeat came since or the instance has moved on.
    pub(super) fn hook_timed_out(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        hook: usize,
        out: &mut Vec<Output>,
    ) {
        let until = self.open_hooks.get(&id).and_then(|open| open.get(&hook));
        let config = self.state_of(id).and_then(|state| self.hooks_of(state).get(hook).copied());
        if let (Some(until), Some(config)) = (until, config)
            && *until <= now
        {
            self.complete_lifecycle_action(now, id, hook, config.default_result, out);
        }
    }
}
