//! The elastic loop of one pool: [`crate::scale::Group`], the same that the simulation runs, over
//! origins in place of servers.
//!
//! The cron ticks once a minute: [`Elastic::tick`] tells the group what probes brought (load and
//! health) and carries out what it wants. *Launch* activates an origin that is on standby, *boot*
//! takes no time, *register* waits for its first passing probe, *terminate* lets it drain and puts
//! it back on standby. When an origin in service fails its health check and another one is left,
//! the group replaces it.
//!
//! A cron run may happen in any isolate, so the group lives in the store as a [`GroupMemory`]:
//! who was in service when everything was last at rest (the *base*), the load of the minutes
//! before it (alarms look back), and a journal of what was told since. Restoring is telling it
//! again: the group is a pure function of what it was told.
//!
//! The store counts writes, so a quiet minute is not written. A reader takes a gap for minutes
//! like the last one that is written; [`Tick::must_write`] says when that would be wrong.

mod memory;

pub use memory::{GroupMemory, MemberPhase, MemberState, Minute};

use super::event::EventKind;
use super::{LoadMetrics, Origin, Scaling, WantedCapacity};
use crate::id::InstanceId;
use crate::ordered;
use crate::scale::{
    AlarmState, Cause, Group, Instance, LifecycleState, Metric, Output, PolicyError, Process,
};
use crate::time::{Span, Timestamp};
use litemap::LiteMap;
use memory::Told;

const MINUTE: Span = Span::from_s(60);
/// A gap longer than this is no quiet time: the cron did not run.
const QUIET_MAX_MINUTES: u64 = 10;

/// What probes found out, by the name of the origin.
pub type Findings = LiteMap<String, Finding>;

/// What probes found out about one origin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Finding {
    /// Its health, if there are probes enough to say.
    pub healthy: Option<bool>,
    /// Its load, if it told.
    pub load: LoadMetrics,
}

/// What a tick brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tick {
    /// What happened, for people.
    pub events: Vec<EventKind>,
    /// The store must hear of it; otherwise the heartbeat is soon enough.
    pub must_write: bool,
    /// The desired capacity changed to this: the webhook is to be told.
    pub desired: Option<u32>,
}

/// The group of one pool at work.
#[derive(Debug)]
pub struct Elastic {
    pool: String,
    group: Group,
    /// Names of all origins of the pool, in the order in which standby ones are activated.
    origins: Vec<String>,
    delay: Span,
    /// Which origin plays which instance, with the end of its draining.
    players: LiteMap<InstanceId, Player>,
    /// When an origin last left: the one that left longest ago comes first.
    left: LiteMap<String, Timestamp>,
    memory: GroupMemory,
    /// Which side of its threshold each alarm's load was on when the store last heard.
    written: Option<Vec<Option<bool>>>,
    events: Vec<EventKind>,
    desired_before: u32,
}

#[derive(Clone, Debug)]
struct Player {
    origin: String,
    drains_until: Option<Timestamp>,
}

impl Elastic {
    /// The group as `memory` left it; a new one, of the origins that are not on standby, without
    /// a memory or with one of other settings.
    ///
    /// # Errors
    ///
    /// Settings that contradict themselves, which [`super::EdgeConfig::check`] finds first.
    pub fn restore(
        pool: &str,
        scaling: &Scaling,
        origins: &[Origin],
        memory: Option<&GroupMemory>,
        now: Timestamp,
    ) -> Result<Self, PolicyError> {
        let names: Vec<String> = origins.iter().map(|origin| origin.id.clone()).collect();
        let mut memory = match memory {
            Some(memory) if memory.fits(pool, scaling, origins, now) => memory.clone(),
            Some(memory) => memory.renewed(pool, scaling, origins, now),
            None => GroupMemory::new(pool, scaling, origins, now),
        };
        memory.trim();
        let span = MINUTE.times(memory.history.len() as u64);
        let base = memory.base();
        let begin = Timestamp::from_ns(base.as_ns().saturating_sub(span.as_ns()));
        let mut out = Vec::new();
        let config = scaling.group(origins.len());
        let desired = memory.in_service.len() as u32;
        let group = Group::new(config, desired, begin, &mut out)?;
        let mut elastic = Self {
            pool: pool.to_owned(),
            group,
            origins: names,
            delay: Span::from_s(u64::from(scaling.deregistration_delay_s)),
            players: LiteMap::new_vec(),
            left: LiteMap::new_vec(),
            memory,
            written: None,
            events: Vec::new(),
            desired_before: desired,
        };
        elastic.carry_out(begin, out);
        elastic.replay(begin);
        elastic.written = Some(elastic.sides());
        elastic.events.clear();
        elastic.desired_before = elastic.group.desired();
        Ok(elastic)
    }

    /// Tells the group again what it was told.
    fn replay(&mut self, begin: Timestamp) {
        let mut out = Vec::new();
        // Of the time before the base only the load counts: what it led to is in the base already.
        for process in [Process::AlarmNotification, Process::ScheduledActions] {
            self.group.suspend(process);
        }
        let history = self.memory.history.clone();
        for (nth, minute) in history.iter().enumerate() {
            self.pass_minute(begin + MINUTE.times(nth as u64 + 1), minute);
        }
        let base = self.memory.base();
        let (min, max) = self.memory.sizes;
        if (min, max) != (self.group.capacity().min, self.group.capacity().max) {
            // Sizes that contradict each other were refused when they were set.
            let _ = self.group.set_sizes(base, (min, max), &mut out);
        }
        for process in [Process::AlarmNotification, Process::ScheduledActions] {
            self.group.resume(base, process, &mut out);
        }
        self.carry_out(base, out);
        let journal = self.memory.journal.clone();
        for (at_s, told) in &journal {
            self.tell(Timestamp::from_s(*at_s), told);
        }
    }

    /// The cron's minute `now`: what was found of each origin, by name. Calls within one minute
    /// after the first hear of health only.
    pub fn tick(&mut self, now: Timestamp, found: &Findings) -> Tick {
        let minute = Timestamp::from_s(now.as_ms() / 60_000 * 60);
        let passed = minute.since(self.memory.last_minute()).as_ns() / MINUTE.as_ns();
        // What is heard now must not be told before minutes that passed earlier.
        self.fill_gap(minute, passed);
        self.hear_health(now, found);
        if passed > 0 {
            let load = self.load(minute, found);
            self.journal(minute, Told::Minute(load));
        }
        self.finish(now)
    }

    /// The minutes before this one that nobody wrote down: like the last one if that was a quiet
    /// time, without load if the cron did not run.
    fn fill_gap(&mut self, minute: Timestamp, passed: u64) {
        let filler = if passed <= QUIET_MAX_MINUTES {
            self.memory.newest().cloned().unwrap_or_default()
        } else {
            Minute::default()
        };
        // What alarms cannot see any more need not be filled.
        let reach = u64::from(super::LOAD_MINUTES_MAX) + 4;
        for ago in (1..passed.min(reach)).rev() {
            let at = Timestamp::from_ns(minute.as_ns() - MINUTE.times(ago).as_ns());
            self.journal(at, Told::Minute(filler.clone()));
        }
    }

    /// Somebody wants so many origins in service; nothing if the group has heard of that before.
    pub fn set_desired(&mut self, now: Timestamp, wanted: WantedCapacity) -> Tick {
        if wanted.at_ms <= self.memory.heard_ms {
            return Tick::default();
        }
        self.memory.heard_ms = wanted.at_ms;
        self.journal(now, Told::Desired(wanted.desired));
        // Also where it changes nothing: the next run must know that it was heard.
        Tick { must_write: true, ..self.finish(now) }
    }

    fn finish(&mut self, now: Timestamp) -> Tick {
        let desired = self.group.desired();
        let changed = desired != self.desired_before;
        self.desired_before = desired;
        let events = std::mem::take(&mut self.events);
        let sides = self.sides();
        let quiet = events.is_empty() && !self.is_acting() && self.written.as_ref() == Some(&sides);
        if !quiet {
            self.written = Some(sides);
        }
        let at_rest = self.is_at_rest(now);
        if at_rest {
            let in_service = self.in_service();
            let capacity = self.group.capacity();
            self.memory.rebase(in_service, (capacity.min, capacity.max));
        }
        self.memory.desired = desired;
        self.memory.members = self.members();
        Tick { events, must_write: !quiet, desired: changed.then_some(desired) }
    }

    /// The memory to store.
    pub const fn memory(&self) -> &GroupMemory {
        &self.memory
    }

    /// The group, for display.
    pub const fn group(&self) -> &Group {
        &self.group
    }

    fn journal(&mut self, at: Timestamp, told: Told) {
        // The journal goes forward in time, as the group does.
        let at = at.max(self.memory.told_until());
        self.memory.journal.push((at.as_ms() / 1_000, told.clone()));
        self.tell(Timestamp::from_s(at.as_ms() / 1_000), &told);
    }

    fn tell(&mut self, now: Timestamp, told: &Told) {
        let mut out = Vec::new();
        match told {
            Told::Minute(minute) => return self.pass_minute(now, minute),
            Told::Health(origin, healthy) => {
                if let Some(id) = self.instance_of(origin) {
                    self.group.health_changed(now, id, *healthy, &mut out);
                }
            }
            Told::Desired(desired) => self.group.set_desired(now, *desired, &mut out),
        }
        self.carry_out(now, out);
    }

    fn pass_minute(&mut self, now: Timestamp, minute: &Minute) {
        if let Some((sum, origins)) = minute.cpu {
            self.group.observe(Metric::AverageCpuUtilization, sum, u64::from(origins));
        }
        if let Some((sum, origins)) = minute.custom {
            self.group.observe(Metric::Custom, sum, u64::from(origins));
        }
        let mut out = Vec::new();
        let is_over = |player: &Player| player.drains_until.is_some_and(|until| until <= now);
        let drained: Vec<InstanceId> =
            self.players.iter().filter(|(_, player)| is_over(player)).map(|(id, _)| *id).collect();
        for id in drained {
            self.group.drained(now, id, &mut out);
        }
        self.group.handle_timeout(now, &mut out);
        self.carry_out(now, out);
    }

    /// Does what the group wants, and what it wants in consequence.
    fn carry_out(&mut self, now: Timestamp, mut out: Vec<Output>) {
        while !out.is_empty() {
            for output in std::mem::take(&mut out) {
                self.carry_out_one(now, output, &mut out);
            }
        }
    }

    fn carry_out_one(&mut self, now: Timestamp, output: Output, out: &mut Vec<Output>) {
        let pool = self.pool.clone();
        match output {
            Output::Launch(id) => match self.spare() {
                Some(origin) => {
                    self.events.push(EventKind::Activated { pool, origin: origin.clone() });
                    self.players.insert(id, Player { origin, drains_until: None });
                    self.group.booted(now, id, out);
                }
                None => self.group.launch_failed(now, id, out),
            },
            Output::Deregister(id) => {
                let until = now + self.delay;
                if let Some(player) = self.players.get_mut(&id) {
                    player.drains_until = Some(until);
                    let origin = player.origin.clone();
                    self.events.push(EventKind::Draining { pool, origin });
                }
            }
            Output::Terminate(id) => {
                if let Some(Player { origin, .. }) = self.players.remove(&id) {
                    self.left.insert(origin.clone(), now);
                    self.events.push(EventKind::Deactivated { pool, origin });
                }
            }
            Output::StateChanged { instance, state: LifecycleState::InService } => {
                if let Some(player) = self.players.get(&instance) {
                    let origin = player.origin.clone();
                    self.events.push(EventKind::InService { pool, origin });
                }
            }
            Output::DesiredChanged { from, to, cause } => {
                let cause = self.words_of(cause);
                self.events.push(EventKind::Capacity { pool, from, to, cause });
            }
            Output::AlarmChanged { policy, transition, .. } => {
                let state = match transition.to {
                    AlarmState::Ok => "OK",
                    AlarmState::Alarm => "ALARM",
                    AlarmState::InsufficientData => "INSUFFICIENT_DATA",
                };
                self.events.push(EventKind::Alarm {
                    pool,
                    policy: policy + 1,
                    state: state.to_owned(),
                    value: transition.value,
                });
            }
            Output::Start(_)
            | Output::Stop(_)
            | Output::Register(_)
            | Output::StateChanged { .. }
            | Output::Activity(_)
            | Output::RefreshProgress { .. } => {}
        }
    }

    /// The cause with the origin's name in place of the instance's number.
    fn words_of(&self, cause: Cause) -> String {
        let mut words = cause.to_string();
        if let Cause::Unhealthy { instance } = cause
            && let Some(player) = self.players.get(&instance)
        {
            words = words.replace(&format!("instance {instance}"), &player.origin);
        }
        words
    }

    /// The origin that is activated next: of those on standby the one that left longest ago, or
    /// never was in service; then in the order of the configuration.
    fn spare(&self) -> Option<String> {
        let is_free = |origin: &&String| self.players.values().all(|p| p.origin != **origin);
        // While the group is being restored, those of the base come first, in its order.
        let base = self.memory.in_service.iter().chain(&self.origins);
        let at_base = self.left.is_empty() && self.players.len() < self.memory.in_service.len();
        if at_base {
            return base.into_iter().find(|origin| is_free(origin)).cloned();
        }
        let left = |origin: &&String| self.left.get(*origin).copied();
        self.origins.iter().filter(is_free).min_by_key(left).cloned()
    }

    fn instance_of(&self, origin: &str) -> Option<InstanceId> {
        self.players.iter().find(|(_, player)| player.origin == origin).map(|(id, _)| *id)
    }

    fn instance(&self, origin: &str) -> Option<&Instance> {
        self.group.instance(self.instance_of(origin)?)
    }

    /// Health that flipped is told. An origin that fails in service is kept while no other one is
    /// left: replacing it by nothing would only stop its probes.
    fn hear_health(&mut self, now: Timestamp, found: &Findings) {
        for (origin, finding) in found {
            let (Some(healthy), Some(instance)) = (finding.healthy, self.instance(origin)) else {
                continue;
            };
            let waits = instance.state == LifecycleState::Checking;
            let flips = instance.is_healthy != healthy || (waits && healthy);
            if flips && (healthy || self.spare().is_some()) {
                self.journal(now, Told::Health(origin.clone(), healthy));
            }
        }
    }

    /// The load of the origins that are in service and warm.
    fn load(&self, now: Timestamp, found: &Findings) -> Minute {
        let mut minute = Minute::default();
        for (origin, finding) in found {
            if self.instance(origin).is_some_and(|instance| instance.is_warm(now)) {
                minute.add(finding.load);
            }
        }
        minute
    }

    /// Which side of its threshold each alarm's newest datapoint is on.
    fn sides(&self) -> Vec<Option<bool>> {
        let side = |alarm: &crate::scale::Alarm| {
            let config = alarm.config();
            alarm.latest().map(|value| config.comparison.breaches(value, config.threshold))
        };
        self.group.alarms().iter().map(side).collect()
    }

    /// An alarm is on, and the group could still follow it.
    fn is_acting(&self) -> bool {
        let capacity = self.group.capacity();
        self.group.alarms().iter().any(|alarm| {
            let room = if alarm.config().comparison.is_high() {
                capacity.desired < capacity.max
            } else {
                capacity.desired > capacity.min
            };
            alarm.state() == AlarmState::Alarm && room
        })
    }

    /// Nothing is under way: all that is known is who is in service.
    fn is_at_rest(&self, now: Timestamp) -> bool {
        let warm = |instance: &Instance| instance.is_warm(now) && instance.is_healthy;
        self.group.instances().all(warm)
            && self.players.len() as u32 == self.group.desired()
            && self.group.cooldown_until() <= now
            && self.group.activities().all(|activity| !activity.is_running(now))
    }

    /// The newest first: when the group is restored they all seem equally old, and the termination
    /// policy then goes by their numbers.
    fn in_service(&self) -> Vec<String> {
        let age = |id: &InstanceId| self.group.instance(*id).map(|instance| instance.launched_at);
        let mut players: Vec<(&InstanceId, &Player)> = self.players.iter().collect();
        ordered::sort_by(&mut players, |(a, _), (b, _)| age(b).cmp(&age(a)).then(a.cmp(b)));
        players.into_iter().map(|(_, player)| player.origin.clone()).collect()
    }

    fn members(&self) -> Vec<MemberState> {
        let member = |(id, player): (&InstanceId, &Player)| {
            let phase = match self.group.instance(*id).map(|instance| instance.state) {
                Some(LifecycleState::InService) => MemberPhase::InService,
                _ if player.drains_until.is_some() => MemberPhase::Draining,
                _ => MemberPhase::Checking,
            };
            MemberState { origin: player.origin.clone(), phase }
        };
        let mut members: Vec<MemberState> = self.players.iter().map(member).collect();
        // In the order of the configuration, whatever numbers a restored group gave them.
        let place = |of: &MemberState| self.origins.iter().position(|id| *id == of.origin);
        ordered::sort_by(&mut members, |a, b| place(a).cmp(&place(b)));
        members
    }
}

#[cfg(test)]
mod tests;
