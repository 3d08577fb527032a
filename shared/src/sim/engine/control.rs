//! What balancers, groups and people decide, carried out.

use super::Simulation;
use crate::balance::{self, Health};
use crate::id::{BackendId, InstanceId};
use crate::scale::{self, Cause, LifecycleState};
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::log::LogEvent;
use crate::sim::node::GroupNode;
use crate::time::{Span, Timestamp};

impl Simulation {
    pub(super) fn set_rate(&mut self, source: usize, factor: f64, spike: f64) {
        let resting = self.sources[source].set_rate(self.now, factor, spike);
        self.cancel_arrival(source as u32);
        self.schedule_arrival(source);
        for request in resting {
            self.think(source as u32, request);
        }
    }

    /// The next request comes at another time. The users of a closed loop come when they have
    /// thought, whatever the rate is now.
    fn cancel_arrival(&mut self, source: u32) {
        if self.sources[source as usize].manners.users == 0 {
            self.queue.cancel_arrivals(source);
        }
    }

    pub(super) fn spike_began(&mut self, source: usize, factor: f64, span: Span) {
        let usual = self.sources[source].factor;
        self.set_rate(source, usual, factor);
        let node = &mut self.sources[source];
        node.spike_epoch += 1;
        let event = Event::SpikeEnded { source: source as u32, epoch: node.spike_epoch };
        self.queue.schedule(self.now + span, event);
        let for_s = (span.as_s_f64() + 0.5) as u32;
        self.log.push(self.now, node.id, LogEvent::SpikeBegan { factor, for_s }, None);
    }

    pub(super) fn spike_ended(&mut self, source: u32, epoch: u32) {
        let (index, node) = (source as usize, &self.sources[source as usize]);
        if node.spike_epoch == epoch {
            let (id, factor) = (node.id, node.factor);
            self.set_rate(index, factor, 1.0);
            self.log.push(self.now, id, LogEvent::SpikeEnded, None);
        }
    }

    /// A burst begins or ends, and the next change is scheduled.
    pub(super) fn burst_turns(&mut self, source: u32) {
        let bursting = !self.sources[source as usize].is_bursting();
        self.turn_burst(source, bursting);
        self.schedule_arrival(source as usize);
    }

    /// Sets whether a source bursts, and schedules when that changes.
    pub(super) fn turn_burst(&mut self, source: u32, bursting: bool) {
        let span = self.sources[source as usize].turn_burst(self.now, bursting);
        self.cancel_arrival(source);
        if span < Span::MAX {
            self.queue.schedule(self.now + span, Event::BurstTurns { source });
        }
    }

    /// A server dies; nobody is told but those who ask it. `cause` is the entry of the log that
    /// tells why.
    pub(super) fn crash(&mut self, station_id: u32, cause: Option<u32>) {
        let lost = self.stop(station_id);
        let station = &mut self.stations[station_id as usize];
        station.crashed = true;
        if let Some((group, instance)) = station.member {
            let node = &mut self.groups[group as usize];
            let event = LogEvent::Crashed { instance, lost };
            let entry = self.log.push(self.now, node.id, event, cause);
            node.story.instances.insert(instance, entry);
        }
    }

    /// A station answers no more; what it had is lost. Returns how many requests that were.
    pub(super) fn stop(&mut self, station_id: u32) -> u32 {
        self.stations[station_id as usize].die(self.now);
        self.cancel_work(station_id);
        self.lose_calls(station_id)
    }

    /// What a station works on does not come to its end: it died, or hangs.
    pub(super) fn cancel_work(&mut self, station_id: u32) {
        let calls = &self.calls;
        let is_there = |call| calls.peek(call).is_some_and(|call| call.station == station_id);
        self.queue.cancel_served(is_there);
    }

    /// What a station had is lost. Returns how many requests that were.
    pub(super) fn lose_calls(&mut self, station_id: u32) -> u32 {
        self.disconnect(station_id);
        let lost = self.calls.at_station(station_id);
        for &id in &lost {
            self.calls.orphan_children(id);
            self.finish_apart(id, Err(FailureCause::Reset));
        }
        lost.len() as u32
    }

    /// A balancer checks a station: a live one answers at once, a dead or hanging one not at all.
    fn probe(&mut self, balancer: u32, station: u32) {
        let timeout = self.balancers[balancer as usize].core.probe_timeout();
        let target = &self.stations[station as usize];
        let (answers, passed) = (target.alive && !target.hangs(), !target.fails_checks());
        let in_time = answers
            && self.check_travels(balancer, station).is_some_and(|travels| travels <= timeout);
        let (passed, wait) = if in_time { (passed, Span::ZERO) } else { (false, timeout) };
        match wait + self.balancers[balancer as usize].health_lag {
            Span::ZERO => self.probed(balancer, station, passed),
            wait => {
                let event = Event::Probed { balancer, station, passed };
                self.queue.schedule(self.now + wait, event);
            }
        }
    }

    /// A balancer's check of a station passed, or failed.
    pub(super) fn probed(&mut self, balancer: u32, station: u32, passed: bool) {
        let mut out = Vec::new();
        self.balancers[balancer as usize].probed(self.now, station, passed, &mut out);
        self.carry_out_balancer(balancer, out);
    }

    pub(super) fn balancer_timer(&mut self, balancer: u32) {
        let node = &mut self.balancers[balancer as usize];
        if node.timer != self.now {
            return;
        }
        node.timer = Timestamp::MAX;
        let mut out = Vec::new();
        node.timeout(self.now, &mut out);
        self.carry_out_balancer(balancer, out);
    }

    /// Schedules the balancer's timer event, unless an earlier one is scheduled already.
    pub(super) fn schedule_balancer(&mut self, balancer: u32) {
        let node = &mut self.balancers[balancer as usize];
        if let Some(due) = node.poll_timeout().filter(|&due| due < node.timer) {
            let due = due.max(self.now);
            node.timer = due;
            self.queue.schedule(due, Event::BalancerTimer { balancer });
        }
    }

    pub(super) fn carry_out_balancer(&mut self, balancer: u32, out: Vec<balance::Output>) {
        for output in out {
            match output {
                balance::Output::Probe(BackendId(station)) => self.probe(balancer, station),
                // The first instance speaks for its node: it knows first.
                balance::Output::HealthChanged { backend: BackendId(station), health } => {
                    if self.balancers[balancer as usize].instances > 0 {
                        self.health_changed(balancer, station, health == Health::Healthy);
                    }
                }
                balance::Output::Drained { backend: BackendId(station), .. } => {
                    self.drained(station);
                }
                // Nothing to do: the balancer itself keeps them out and takes them back.
                balance::Output::Ejected { .. } | balance::Output::Returned(_) => {}
            }
        }
        self.schedule_balancer(balancer);
    }

    /// Sends the load probes that a balancer wants after a pick: there and back along its links.
    pub(super) fn probe_load(&mut self, balancer: u32) {
        let now = self.now;
        while let Some(station) = self.balancers[balancer as usize].next_load_probe(now) {
            match self.load_travels(balancer, station) {
                Some(Span::ZERO) => self.load_asked(balancer, station),
                Some(latency) => {
                    self.queue.schedule(now + latency, Event::LoadAsked { balancer, station });
                }
                None => {}
            }
        }
    }

    /// A station that answers says how many requests it has.
    pub(super) fn load_asked(&mut self, balancer: u32, station: u32) {
        let target = &self.stations[station as usize];
        if !target.alive || target.hangs() {
            return;
        }
        let in_flight = target.in_flight;
        match self.load_travels(balancer, station) {
            Some(Span::ZERO) => self.load_reported(balancer, station, in_flight),
            Some(latency) => {
                let event = Event::LoadReported { balancer, station, in_flight };
                self.queue.schedule(self.now + latency, event);
            }
            None => {}
        }
    }

    pub(super) fn load_reported(&mut self, balancer: u32, station: u32, in_flight: u32) {
        self.balancers[balancer as usize].load_reported(self.now, station, in_flight);
    }

    fn health_changed(&mut self, balancer: u32, station: u32, healthy: bool) {
        let at = self.balancers[balancer as usize].id;
        let Some((group, instance)) = self.stations[station as usize].member else { return };
        let node = &mut self.groups[group as usize];
        let event = LogEvent::Health { instance: Some(instance), backend: node.id, healthy };
        let cause = node.story.instances.get(&instance).copied();
        let entry = self.log.push(self.now, at, event, cause);
        node.story.instances.insert(instance, entry);
        let mut out = Vec::new();
        node.core.health_changed(self.now, instance, healthy, &mut out);
        self.carry_out_group(group, out);
    }

    pub(super) fn carry_out_group(&mut self, group: u32, out: Vec<scale::Output>) {
        for output in out {
            match output {
                scale::Output::Launch(instance) => self.launch(group, instance),
                scale::Output::Start(instance) => self.wake(group, instance),
                scale::Output::Stop(instance) => self.put_to_sleep(group, instance),
                scale::Output::Register(instance) => self.register(group, instance),
                scale::Output::Deregister(instance) => self.deregister(group, instance),
                scale::Output::Terminate(instance) => self.terminate(group, instance),
                scale::Output::StateChanged { instance, state } => {
                    self.tell_state(group, instance, state);
                    self.begin_hooks(group, instance, state);
                }
                scale::Output::DesiredChanged { from, to, cause } => {
                    let node = &mut self.groups[group as usize];
                    let cause = node.cause_entry(&cause);
                    let event = LogEvent::DesiredCapacity { from, to };
                    node.story.desired = Some(self.log.push(self.now, node.id, event, cause));
                }
                scale::Output::Activity(activity) => self.tell_activity(group, &activity),
                scale::Output::AlarmChanged { policy, alarm, transition } => {
                    self.tell_alarm(group, (policy, alarm), &transition);
                }
                scale::Output::RefreshProgress { percent, checkpoint } => {
                    let node = &mut self.groups[group as usize];
                    let event = LogEvent::RefreshProgress { percent, checkpoint };
                    let cause = node.story.refresh;
                    node.story.refresh = Some(self.log.push(self.now, node.id, event, cause));
                }
            }
        }
    }

    fn tell_state(&mut self, group: u32, instance: InstanceId, state: LifecycleState) {
        // Over in the same moment: the end is news enough.
        if state == LifecycleState::Terminating {
            return;
        }
        let node = &mut self.groups[group as usize];
        let Some(&station) = node.stations.get(&instance) else { return };
        let age_s = self.now.since(self.stations[station as usize].launched_at()).as_s_f64();
        let cause = node.story.instances.get(&instance).copied();
        let event = LogEvent::Instance { instance, state, age_s };
        let entry = self.log.push(self.now, node.id, event, cause);
        node.story.instances.insert(instance, entry);
    }

    /// Launches are told here, terminations by the state of the instance. The servers of the first
    /// moment are no news.
    fn tell_activity(&mut self, group: u32, activity: &scale::Activity) {
        let node = &mut self.groups[group as usize];
        if !activity.launch || activity.cause == Cause::Start {
            return;
        }
        let cause = match activity.cause {
            Cause::Unhealthy { .. }
            | Cause::SpotInterruption { .. }
            | Cause::Refresh { .. }
            | Cause::MaxLifetime { .. }
            | Cause::Abandoned { .. } => node.cause_entry(&activity.cause),
            _ => node.story.desired,
        };
        let event = LogEvent::Launched { instance: activity.instance };
        let entry = self.log.push(self.now, node.id, event, cause);
        node.story.instances.insert(activity.instance, entry);
    }

    fn tell_alarm(
        &mut self,
        group: u32,
        (policy, alarm): (u32, u32),
        transition: &scale::Transition,
    ) {
        let node = &mut self.groups[group as usize];
        let Some(alarm) = node.core.alarms().get(alarm as usize) else { return };
        let config = alarm.config();
        let event = LogEvent::Alarm {
            policy,
            from: transition.from,
            to: transition.to,
            metric: config.metric,
            value: transition.value,
            threshold: config.threshold,
            high: config.comparison.is_high(),
            breaching: transition.breaching,
            evaluation_periods: config.evaluation_periods,
        };
        let entry = self.log.push(self.now, node.id, event, None);
        node.story.alarms.insert(policy, entry);
    }
}

impl GroupNode {
    /// The log entry that a cause refers to.
    fn cause_entry(&self, cause: &Cause) -> Option<u32> {
        match cause {
            Cause::Alarm { policy, .. } => self.story.alarms.get(policy).copied(),
            Cause::Unhealthy { instance } => self.story.instances.get(instance).copied(),
            Cause::Refresh { .. } => self.story.refresh,
            Cause::SpotInterruption { instance }
            | Cause::MaxLifetime { instance }
            | Cause::Abandoned { instance } => self.story.instances.get(instance).copied(),
            Cause::Start
            | Cause::Manual
            | Cause::Scheduled { .. }
            | Cause::Forecast { .. }
            | Cause::Autoscaler { .. }
            | Cause::ZoneRebalance
            | Cause::WarmPool
            | Cause::Resumed => None,
        }
    }
}
