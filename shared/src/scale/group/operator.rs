//! What people ask of a group.

use super::{ActivityStatus, Cause, Group, Output};
use crate::id::InstanceId;
use crate::scale::{CapacityError, LifecycleState, Process, ZoneId, launch_zone};
use crate::time::Timestamp;

impl Group {
    /// Sets the desired capacity by hand, clamped to the group's sizes.
    pub fn set_desired(&mut self, now: Timestamp, desired: u32, out: &mut Vec<Output>) {
        self.change_desired(now, desired, Cause::Manual, out);
    }

    /// Sets the desired capacity by hand, as the API does: out of bounds is an error, and so is a
    /// cooldown if the caller asks to honour it.
    ///
    /// # Errors
    ///
    /// Why the capacity stays as it is.
    pub fn set_desired_capacity(
        &mut self,
        now: Timestamp,
        desired: u32,
        honor_cooldown: bool,
        out: &mut Vec<Output>,
    ) -> Result<(), CapacityError> {
        let super::Capacity { min, max, .. } = self.capacity;
        if desired > max {
            return Err(CapacityError::AboveMax { desired, max });
        }
        if desired < min {
            return Err(CapacityError::BelowMin { desired, min });
        }
        if honor_cooldown && self.is_cooling_down(now) {
            return Err(CapacityError::ScalingInProgress);
        }
        self.change_desired(now, desired, Cause::Manual, out);
        Ok(())
    }

    /// Sets the group's sizes; the desired capacity follows into them.
    ///
    /// # Errors
    ///
    /// The least size is over the greatest.
    pub fn set_sizes(
        &mut self,
        now: Timestamp,
        (min, max): (u32, u32),
        out: &mut Vec<Output>,
    ) -> Result<(), CapacityError> {
        let capacity = super::Capacity { min, max, ..self.capacity }.bounded()?;
        self.set_capacity(now, capacity, Cause::Manual, out);
        Ok(())
    }

    pub(super) fn set_capacity(
        &mut self,
        now: Timestamp,
        capacity: super::Capacity,
        cause: Cause,
        out: &mut Vec<Output>,
    ) {
        self.capacity = super::Capacity { desired: self.capacity.desired, ..capacity };
        self.change_desired(now, capacity.desired, cause, out);
    }

    /// Adds a running instance to the group; the desired capacity rises with it.
    ///
    /// # Errors
    ///
    /// It would rise over the greatest size.
    pub fn attach(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Result<InstanceId, CapacityError> {
        let capacity = self.capacity.after_attach(1)?;
        let zone = launch_zone(&self.tally.by_zone, |_| true).unwrap_or(ZoneId(0));
        let id = self.create(now, zone, LifecycleState::Booting);
        self.begin(now, id, true, Cause::Manual, ActivityStatus::PreInService, out);
        self.set_capacity(now, capacity, Cause::Manual, out);
        self.register(now, id, out);
        Ok(id)
    }

    /// Lets an instance leave the group and live on. With `decrement` the desired capacity falls;
    /// without, another is launched.
    ///
    /// # Errors
    ///
    /// The desired capacity would fall under the least size.
    pub fn detach(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        decrement: bool,
        out: &mut Vec<Output>,
    ) -> Result<(), CapacityError> {
        self.leave(now, id, LifecycleState::Detached, decrement, out)
    }

    /// Takes an instance out of service. It stays part of the group, is billed, and gets neither
    /// requests nor health checks.
    ///
    /// # Errors
    ///
    /// The desired capacity would fall under the least size.
    pub fn enter_standby(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        decrement: bool,
        out: &mut Vec<Output>,
    ) -> Result<(), CapacityError> {
        self.leave(now, id, LifecycleState::Standby, decrement, out)
    }

    fn leave(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        to: LifecycleState,
        decrement: bool,
        out: &mut Vec<Output>,
    ) -> Result<(), CapacityError> {
        if self.state_of(id) != Some(LifecycleState::InService) {
            return Ok(());
        }
        let capacity = if decrement { self.capacity.after_leaving(1)? } else { self.capacity };
        self.forget(now, id);
        out.push(Output::Deregister(id));
        self.set_state(id, to, out);
        self.set_capacity(now, capacity, Cause::Manual, out);
        self.rebalance_zones(now, out);
        Ok(())
    }

    /// Puts an instance back into service; the desired capacity rises again.
    pub fn exit_standby(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        if self.state_of(id) != Some(LifecycleState::Standby) {
            return;
        }
        self.begin(now, id, true, Cause::Manual, ActivityStatus::PreInService, out);
        self.set_state(id, LifecycleState::Booting, out);
        let desired = self.capacity.desired.saturating_add(1);
        self.set_desired(now, desired, out);
        self.register(now, id, out);
    }

    /// Protects an instance from scale-in, or no longer.
    pub fn set_protection(&mut self, id: InstanceId, is_protected: bool) {
        if let Some(instance) = self.instances.get_mut(id) {
            instance.is_protected = is_protected;
        }
    }

    /// Says that an instance is healthy or not, in place of a health check. An unhealthy one is
    /// replaced at once, unless the grace period is to be respected.
    pub fn set_instance_health(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        healthy: bool,
        respect_grace_period: bool,
        out: &mut Vec<Output>,
    ) {
        if healthy || respect_grace_period {
            self.health_changed(now, id, healthy, out);
            return;
        }
        let is_off = |process| self.suspended.has(process);
        if is_off(Process::ReplaceUnhealthy) || is_off(Process::Terminate) {
            return;
        }
        if self.state_of(id).is_some_and(LifecycleState::is_live) {
            self.replace(now, id, Cause::Unhealthy { instance: id }, out);
        }
    }

    /// Stops the group from doing something by itself.
    pub const fn suspend(&mut self, process: Process) {
        self.suspended.insert(process);
    }

    /// Lets the group do it again, and makes up for what can be made up for.
    pub fn resume(&mut self, now: Timestamp, process: Process, out: &mut Vec<Output>) {
        self.suspended.remove(process);
        match process {
            Process::Launch => {
                self.failing_since = None;
                self.reconcile(now, Cause::Resumed, out);
            }
            Process::Terminate => {
                let waiting: Vec<_> = self.displacing.keys().copied().collect();
                for id in waiting {
                    if self.state_of(id) == Some(LifecycleState::InService) {
                        self.finish_displacing(now, id, out);
                    }
                }
                self.reconcile(now, Cause::Resumed, out);
                self.replace_in_turn(now, out);
            }
            Process::ReplaceUnhealthy => self.replace_in_turn(now, out),
            Process::InstanceRefresh => self.drive_refresh(now, out),
            Process::AzRebalance => self.rebalance_zones(now, out),
            // Alarms that still breach act at their next evaluation. Checks that failed meanwhile,
            // registrations and scheduled actions that were missed stay missed.
            Process::AlarmNotification
            | Process::AddToLoadBalancer
            | Process::HealthCheck
            | Process::ScheduledActions => {}
        }
    }
}
