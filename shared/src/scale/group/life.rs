//! From state to state: booting, health, service, draining, the end.

use super::{ActivityStatus, Cause, Group, Output, Timer};
use crate::id::InstanceId;
use crate::scale::{LifecycleState, Process, ScalingPolicy};
use crate::time::{Span, Timestamp};

impl Group {
    /// A launched server runs.
    pub fn booted(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        match self.state_of(id) {
            Some(LifecycleState::Booting) => {
                let waits = self.begin_wait(now, id, LifecycleState::PendingWait, out);
                if !waits {
                    self.register(now, id, out);
                }
            }
            Some(LifecycleState::WarmedPending) => {
                self.set_state(id, LifecycleState::Warmed, out);
                self.pool.insert(id);
                self.end(id, ActivityStatus::Successful, now);
                out.push(Output::Stop(id));
            }
            _ => {}
        }
    }

    /// Registers an instance with the balancer, which comes before it enters service.
    pub(super) fn register(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        let registers = !self.suspended.has(Process::AddToLoadBalancer);
        if registers {
            out.push(Output::Register(id));
        }
        if self.config.has_balancer && registers {
            self.set_state(id, LifecycleState::Checking, out);
        } else {
            self.enter_service(now, id, out);
        }
    }

    fn enter_service(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        self.set_state(id, LifecycleState::InService, out);
        let default_warmup = self.config.default_instance_warmup;
        if let Some(instance) = self.instances.get_mut(id) {
            instance.in_service_at = Some(now);
            instance.warm_at = now + default_warmup;
            self.warming.insert((instance.warm_at, id));
        }
        let warmup = self.activity_warmup(id);
        self.end(id, ActivityStatus::Successful, now + warmup);
        self.failing_since = None;
        self.finish_cooldown(now, id);
        self.replacing.remove(&id);
        if self.refreshing.contains(&id) {
            self.set_timer(now + self.refresh_warmup(), Timer::RefreshWarm(id));
        }
        self.finish_displacing(now, id, out);
        self.replace_in_turn(now, out);
    }

    /// A launch that a step or target tracking policy asked for goes on until the instance is warm.
    fn activity_warmup(&self, id: InstanceId) -> Span {
        let running = self.instances.activity(id);
        let record = running.and_then(|running| self.activities.get(running));
        let Some(Cause::Alarm { policy, .. }) = record.map(|record| record.activity.cause) else {
            return Span::ZERO;
        };
        let policy = policy as usize;
        match self.config.policies.get(policy) {
            Some(ScalingPolicy::Step(_) | ScalingPolicy::TargetTracking(_)) => {
                self.warmup_of(policy)
            }
            _ => Span::ZERO,
        }
    }

    /// An instance of a group that comes into being serves and is warm from the start.
    pub(super) fn enter_service_warm(&mut self, now: Timestamp, id: InstanceId) {
        let Some(instance) = self.instances.get_mut(id) else { return };
        self.tally.remove(instance);
        instance.state = LifecycleState::InService;
        instance.in_service_at = Some(now);
        instance.warm_at = now;
        self.tally.add(instance);
        self.end(id, ActivityStatus::Successful, now);
    }

    /// The balancer's belief about an instance flipped.
    pub fn health_changed(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        healthy: bool,
        out: &mut Vec<Output>,
    ) {
        if self.suspended.has(Process::HealthCheck) {
            return;
        }
        let Some(instance) = self.instances.get_mut(id) else { return };
        instance.is_healthy = healthy;
        match (instance.state, healthy) {
            (LifecycleState::Checking, true) => self.enter_service(now, id, out),
            (LifecycleState::InService, true) => {
                self.to_replace.remove(&id);
            }
            (LifecycleState::InService, false) => self.judge_health(now, id, out),
            // It never became healthy: it will not.
            (LifecycleState::Checking, false) if !self.suspended.has(Process::ReplaceUnhealthy) => {
                self.replace(now, id, Cause::Unhealthy { instance: id }, out);
            }
            _ => {}
        }
    }

    /// A draining instance has finished: it is terminated.
    pub fn drained(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        if self.state_of(id) != Some(LifecycleState::Draining) {
            return;
        }
        // The cooldown does not wait for a termination hook.
        self.finish_cooldown(now, id);
        self.wait_or_switch_off(now, id, out);
        self.replace_in_turn(now, out);
    }

    /// Drains an instance that serves; switches off one that does not. One that leaves already, or
    /// has left, goes on as it was.
    ///
    /// Calls nothing that launches or terminates others, so that whoever terminates many goes
    /// through them undisturbed.
    pub(super) fn terminate(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        cause: Cause,
        out: &mut Vec<Output>,
    ) {
        let Some(state) = self.state_of(id).filter(|state| !state.is_terminating()) else { return };
        let serves = state == LifecycleState::InService;
        let status = if serves {
            ActivityStatus::WaitingForElbConnectionDraining
        } else {
            ActivityStatus::MidTerminatingLifecycleAction
        };
        self.begin(now, id, false, cause, status, out);
        self.forget(now, id);
        if serves {
            // Told first: an idle server has drained as soon as it is deregistered.
            self.set_state(id, LifecycleState::Draining, out);
            out.push(Output::Deregister(id));
        } else {
            out.push(Output::Deregister(id));
            self.set_state(id, LifecycleState::Terminating, out);
            self.finish_cooldown(now, id);
            self.wait_or_switch_off(now, id, out);
        }
    }

    fn wait_or_switch_off(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        if !self.begin_wait(now, id, LifecycleState::TerminatingWait, out) {
            self.switch_off(now, id, out);
        }
    }

    pub(super) fn switch_off(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        self.end(id, ActivityStatus::Successful, now);
        self.set_state(id, LifecycleState::Terminated, out);
        out.push(Output::Terminate(id));
    }

    pub(super) fn set_activity_status(&mut self, id: InstanceId, status: ActivityStatus) {
        if let Some(running) = self.instances.activity(id) {
            self.activities.set_status(running, status);
        }
    }

    /// Moves an instance on, and out of the books if it has left.
    pub(super) fn set_state(
        &mut self,
        id: InstanceId,
        state: LifecycleState,
        out: &mut Vec<Output>,
    ) {
        let Some(instance) = self.instances.get_mut(id) else { return };
        self.tally.remove(instance);
        if instance.state == LifecycleState::InService && !self.warming.is_empty() {
            self.warming.remove(&(instance.warm_at, id));
        }
        instance.state = state;
        if matches!(state, LifecycleState::Terminated | LifecycleState::Detached) {
            self.instances.remove(id);
        } else {
            self.tally.add(instance);
        }
        out.push(Output::StateChanged { instance: id, state });
    }
}
