//! The servers of groups: launched, started, put to sleep, registered, drained, switched off; and
//! what happens to them from outside: hooks, interruptions, shortages, refreshes.

use super::Simulation;
use crate::balance::Health;
use crate::design::InstanceRefresh;
use crate::id::InstanceId;
use crate::scale::{HookResult, LifecycleState, PoolState, Purchase};
use crate::sim::event::Event;
use crate::sim::log::LogEvent;
use crate::sim::node::Station;
use crate::time::Timestamp;

impl Simulation {
    /// What the design has planned for a group from the start.
    pub(super) fn schedule_refreshes(&mut self, group: u32) {
        for (index, refresh) in (0..).zip(&self.groups[group as usize].life.refreshes) {
            let at = Timestamp::from_s(u64::from(refresh.at_s));
            self.queue.schedule(at, Event::Refresh { group, index });
        }
    }

    /// The time of a planned refresh has come. The service refuses it while another is in progress.
    pub(super) fn planned_refresh(&mut self, group: u32, index: u32) {
        let node = &self.groups[group as usize];
        let refresh = node.life.refreshes.get(index as usize).cloned();
        if let (Some(refresh), None) = (refresh, node.core.refresh()) {
            self.start_refresh(group, &refresh);
        }
    }

    pub(super) fn start_refresh(&mut self, group: u32, refresh: &InstanceRefresh) {
        let node = &mut self.groups[group as usize];
        let source = refresh.launch_source.unwrap_or_else(|| node.core.config().source.next());
        node.story.refresh = Some(self.log.push(self.now, node.id, LogEvent::RefreshStarted, None));
        let mut out = Vec::new();
        node.core.start_refresh(self.now, refresh.config(), source, &mut out);
        self.carry_out_group(group, out);
    }

    /// A server starts, unless there is no capacity for it; those of the first moment run already.
    pub(super) fn launch(&mut self, group: u32, instance: InstanceId) {
        let node = &mut self.groups[group as usize];
        let Some(&launched) = node.core.instance(instance) else { return };
        let serves = launched.state == LifecycleState::InService;
        let (is_short, id) = (node.life.is_short(self.now, launched.zone), node.id);
        let fault = self.launch_is_faulty(id, launched.zone);
        if !serves && (is_short || fault.is_some()) {
            return self.fail_launch(group, instance, fault);
        }
        let node = &mut self.groups[group as usize];
        let is_spot = launched.purchase == Purchase::Spot;
        node.meter.started(self.now, instance, is_spot);
        let boot = (!serves).then(|| node.life.boot());
        let interruption = if is_spot { node.life.interruption() } else { None };
        let station = self.new_station(group, instance);
        match boot {
            Some(boot) => {
                let event = Event::Booted { group, instance: instance.0 };
                self.queue.schedule(self.now + boot, event);
            }
            None => self.stations[station as usize].come_alive(self.now),
        }
        if let Some(after) = interruption {
            let event = Event::SpotInterruption { group, instance: instance.0 };
            self.queue.schedule(self.now + after, event);
        }
    }

    fn new_station(&mut self, group: u32, instance: InstanceId) -> u32 {
        let node = &mut self.groups[group as usize];
        let station = Station::new(node.id, Some((group, instance)), node.size, self.now);
        self.stations.push(station);
        let index = self.stations.len() as u32 - 1;
        node.stations.insert(instance, index);
        self.inherit_troubles(index);
        index
    }

    /// A launch that has begun comes to nothing, because of the fault that `cause` tells of.
    pub(super) fn abort_launch(&mut self, group: u32, instance: InstanceId, cause: Option<u32>) {
        self.groups[group as usize].stop_billing(instance, self.now);
        self.give_up_station(group, instance);
        self.fail_launch(group, instance, cause);
    }

    fn fail_launch(&mut self, group: u32, instance: InstanceId, fault: Option<u32>) {
        let node = &mut self.groups[group as usize];
        let cause = fault.or(node.story.instances.remove(&instance));
        self.log.push(self.now, node.id, LogEvent::LaunchFailed { instance }, cause);
        let mut out = Vec::new();
        node.core.launch_failed(self.now, instance, &mut out);
        self.carry_out_group(group, out);
    }

    /// A prepared server of the warm pool is started.
    pub(super) fn wake(&mut self, group: u32, instance: InstanceId) {
        if self.groups[group as usize].falling_asleep.remove(&instance) {
            self.fall_asleep(group, instance);
        }
        let node = &mut self.groups[group as usize];
        let is_running = node.pool_state() == PoolState::Running;
        let start = if is_running { crate::time::Span::ZERO } else { node.life.warm_start() };
        let is_spot = node.core.instance(instance).is_some_and(|i| i.purchase == Purchase::Spot);
        if !is_running {
            node.meter.started(self.now, instance, is_spot);
        }
        self.new_station(group, instance);
        let event = Event::Booted { group, instance: instance.0 };
        self.queue.schedule(self.now + start, event);
    }

    /// A prepared server goes to sleep in the warm pool, after it has drained.
    pub(super) fn put_to_sleep(&mut self, group: u32, instance: InstanceId) {
        let node = &mut self.groups[group as usize];
        let Some(&station) = node.stations.get(&instance) else { return };
        if self.stations[station as usize].drains_open > 0 {
            node.falling_asleep.insert(instance);
        } else {
            self.fall_asleep(group, instance);
        }
    }

    /// The station is given up: a server that is started again is a new one to its balancers.
    pub(super) fn fall_asleep(&mut self, group: u32, instance: InstanceId) {
        if self.groups[group as usize].pool_state() != PoolState::Running {
            self.groups[group as usize].stop_billing(instance, self.now);
        }
        self.give_up_station(group, instance);
    }

    fn give_up_station(&mut self, group: u32, instance: InstanceId) {
        let node = &mut self.groups[group as usize];
        let Some(station) = node.stations.remove(&instance) else { return };
        node.gone.add(&self.stations[station as usize], self.now);
        for &balancer in &node.balancers {
            self.balancers[balancer as usize].deregister(station);
        }
        self.stop(station);
    }

    pub(super) fn booted(&mut self, group: u32, instance: u32) {
        let (node, instance) = (&mut self.groups[group as usize], InstanceId(instance));
        if let Some(&station) = node.stations.get(&instance) {
            let station = &mut self.stations[station as usize];
            if !station.crashed {
                station.come_alive(self.now);
                let mut out = Vec::new();
                node.core.booted(self.now, instance, &mut out);
                self.carry_out_group(group, out);
            }
        }
    }

    /// A server waits for its hooks: their actions begin.
    pub(super) fn begin_hooks(&mut self, group: u32, instance: InstanceId, state: LifecycleState) {
        let actions = self.groups[group as usize].life.actions(state);
        let terminating = state == LifecycleState::TerminatingWait;
        for (hook, action) in (0_u16..).zip(actions) {
            let event = Event::HookDone { group, instance: instance.0, hook, terminating };
            self.queue.schedule(self.now + action, event);
        }
    }

    /// The action of a hook is done, if the server still waits for it.
    pub(super) fn hook_done(
        &mut self,
        group: u32,
        instance: InstanceId,
        hook: u16,
        terminating: bool,
    ) {
        let waits_in =
            if terminating { LifecycleState::TerminatingWait } else { LifecycleState::PendingWait };
        let core = &mut self.groups[group as usize].core;
        if core.instance(instance).is_none_or(|instance| instance.state != waits_in) {
            return;
        }
        let (hook, result, mut out) = (usize::from(hook), HookResult::Continue, Vec::new());
        core.complete_lifecycle_action(self.now, instance, hook, result, &mut out);
        self.carry_out_group(group, out);
    }

    /// A Spot instance will be taken back in two minutes.
    pub(super) fn spot_interruption(&mut self, group: u32, instance: InstanceId) {
        let node = &mut self.groups[group as usize];
        if node.core.instance(instance).is_none() {
            return;
        }
        let cause = node.story.instances.get(&instance).copied();
        let event = LogEvent::SpotInterruption { instance };
        let entry = self.log.push(self.now, node.id, event, cause);
        node.story.instances.insert(instance, entry);
        let mut out = Vec::new();
        node.core.spot_interruption(self.now, instance, &mut out);
        self.carry_out_group(group, out);
    }

    /// Balancers get to know a server. One that serves from the first moment is known as healthy.
    pub(super) fn register(&mut self, group: u32, instance: InstanceId) {
        let node = &self.groups[group as usize];
        let Some(&station) = node.stations.get(&instance) else { return };
        let Some(member) = node.core.instance(instance) else { return };
        let serves = member.state == LifecycleState::InService;
        let place = (node.id, u32::from(member.zone.0));
        let health = if serves { Health::Healthy } else { Health::Initial };
        for balancer in node.balancers.clone() {
            let node = &mut self.balancers[balancer as usize];
            // Links out of range never get here: `Simulation::new` refuses the design.
            if node.register(self.now, place, station, health).is_ok() {
                self.schedule_balancer(balancer);
            }
        }
    }

    pub(super) fn deregister(&mut self, group: u32, instance: InstanceId) {
        let node = &self.groups[group as usize];
        let Some(&station) = node.stations.get(&instance) else { return };
        let balancers = node.balancers.clone();
        self.stations[station as usize].drains_open = balancers.len() as u32;
        if balancers.is_empty() {
            return self.drained(station);
        }
        for balancer in balancers {
            let mut out = Vec::new();
            self.balancers[balancer as usize].drain(self.now, station, &mut out);
            self.carry_out_balancer(balancer, out);
        }
    }

    /// One balancer has finished draining a station; the group hears of it from the last one.
    pub(super) fn drained(&mut self, station: u32) {
        let node = &mut self.stations[station as usize];
        node.drains_open = node.drains_open.saturating_sub(1);
        let Some((group, instance)) = node.member.filter(|_| node.drains_open == 0) else { return };
        if self.groups[group as usize].falling_asleep.remove(&instance) {
            return self.fall_asleep(group, instance);
        }
        let mut out = Vec::new();
        self.groups[group as usize].core.drained(self.now, instance, &mut out);
        self.carry_out_group(group, out);
    }

    /// A server is switched off: its meter stops, and what it still had is lost.
    pub(super) fn terminate(&mut self, group: u32, instance: InstanceId) {
        let node = &mut self.groups[group as usize];
        node.story.instances.remove(&instance);
        node.falling_asleep.remove(&instance);
        node.stop_billing(instance, self.now);
        self.give_up_station(group, instance);
    }
}
