//! A station: cores that work, a queue that waits. Every server and every dependency is one.

use super::scheduler::{Scheduler, Scheduling};
use super::trouble::Trouble;
use crate::dist::{Law, Sampler};
use crate::id::{InstanceId, NodeId};
use crate::rng::{KeyedBits, Rng};
use crate::time::{Span, Timestamp};
use std::collections::VecDeque;

/// How much work a request is at a node.
///
/// The amount depends on the seed, the node and the request's number only, not on which server
/// does it or when: two designs that differ in their policy see the same work.
#[derive(Debug)]
pub(in crate::sim) struct Work {
    sampler: Sampler,
    key: u64,
}

impl Work {
    pub(in crate::sim) fn new(law: &Law, mut stream: Rng) -> Self {
        Self { sampler: law.sampler(), key: stream.next_u64() }
    }

    /// The time that request number `request` takes on one core.
    #[inline(always)]
    pub(in crate::sim) fn of(&self, request: u64) -> Span {
        self.sampler.sample(&mut KeyedBits::new(self.key, request))
    }
}

/// How big a station is, and what its work is.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Size {
    /// Position of the node's [`Work`].
    pub(in crate::sim) work: u32,
    /// Requests worked on at the same time.
    pub(in crate::sim) cores: u32,
    /// Requests that may wait.
    pub(in crate::sim) queue_max: u32,
    /// Position of what each request asks, [`NONE`](super::NONE) for nothing.
    pub(in crate::sim) plan: u32,
    /// How it goes about them, if not as cores with one queue.
    pub(in crate::sim) scheduling: Option<Scheduling>,
}

/// A request that waits in a station's queue.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Waiting {
    pub(in crate::sim) call: u32,
    /// How long it will be worked on, at full speed; zero where that is not known yet.
    pub(in crate::sim) work: Span,
}

impl Waiting {
    /// One whose work is drawn when it begins.
    pub(in crate::sim) const fn undrawn(call: u32) -> Self {
        Self { call, work: Span::ZERO }
    }
}

/// One server or dependency at work.
#[derive(Debug)]
pub(in crate::sim) struct Station {
    /// The node that it is or belongs to.
    pub(in crate::sim) node: NodeId,
    /// Position of its node's [`Work`].
    pub(in crate::sim) work: u32,
    /// Position of what each request asks, [`NONE`](super::NONE) for nothing.
    pub(in crate::sim) plan: u32,
    /// The group that it belongs to and its name there, unless it is a dependency.
    pub(in crate::sim) member: Option<(u32, InstanceId)>,
    /// Answers: booted and neither crashed nor terminated.
    pub(in crate::sim) alive: bool,
    /// Requests are admitted without a further look: it answers and no fault holds or fails them.
    pub(in crate::sim) is_plain: bool,
    /// What faults do to it.
    pub(in crate::sim) troubles: Vec<Trouble>,
    /// Died before its time.
    pub(in crate::sim) crashed: bool,
    /// Changes when its work stops, so that work scheduled before by its scheduler is recognised.
    pub(in crate::sim) epoch: u32,
    /// Requests at it: worked on, waiting, or waiting for dependencies.
    pub(in crate::sim) in_flight: u32,
    /// Requests that reached it.
    pub(in crate::sim) requests: u64,
    /// Balancers that have not finished draining it.
    pub(in crate::sim) drains_open: u32,
    pub(in crate::sim) queue: VecDeque<Waiting>,
    pub(in crate::sim) cores: u32,
    /// Threads and shared cores, where it has them.
    pub(in crate::sim) scheduler: Option<Box<Scheduler>>,
    queue_max: u32,
    busy: u32,
    /// When it was launched.
    launched_at: Timestamp,
    /// When it began to answer, if it has.
    alive_at: Option<Timestamp>,
    /// Busy core time up to `changed`, nanoseconds.
    busy_ns: u64,
    changed: Timestamp,
    /// Requests at it, and those that wait, over time.
    present: Area,
    queued: Area,
    windows: [Window; 3],
    /// Share of its speed that the CPU has, and how many times as long work takes because of
    /// faults; `None` while both are 1.
    pace: Option<(f64, f64)>,
    /// Requests at the last metric sample.
    sampled_requests: u64,
}

/// The area under a number over time: when each left, less when it came. With those still there,
/// who leave now, it is their number times how long it was so.
#[derive(Clone, Copy, Debug, Default)]
struct Area(u128);

impl Area {
    #[inline]
    fn came(&mut self, now: Timestamp) {
        self.0 = self.0.wrapping_sub(u128::from(now.as_ns()));
    }

    #[inline]
    fn went(&mut self, now: Timestamp) {
        self.0 = self.0.wrapping_add(u128::from(now.as_ns()));
    }

    fn all_went(&mut self, now: Timestamp, present: u32) {
        self.0 = self.until(now, present);
    }

    fn until(self, now: Timestamp, present: u32) -> u128 {
        self.0.wrapping_add(u128::from(now.as_ns()) * u128::from(present))
    }
}

/// Utilisation between two looks at the busy time.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    since: Timestamp,
    busy_ns: u64,
    utilisation: f64,
}

/// The windows that a station keeps.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) enum WindowKind {
    /// A second, for the eye.
    Second = 0,
    /// The sample interval of the group's metric.
    Metric = 1,
    /// The interval at which CPU credits are counted.
    Credits = 2,
}

/// What becomes of a request that reaches a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Admission {
    /// A core was free: work begins.
    Begins,
    /// It waits.
    Waits,
    /// The queue is full.
    Refused,
}

impl Station {
    pub(in crate::sim) fn new(
        node: NodeId,
        member: Option<(u32, InstanceId)>,
        size: Size,
        now: Timestamp,
    ) -> Self {
        let Size { work, cores, queue_max, plan, scheduling } = size;
        let window = Window { since: now, ..Window::default() };
        Self {
            node,
            work,
            plan,
            member,
            alive: false,
            is_plain: false,
            troubles: Vec::new(),
            crashed: false,
            epoch: 0,
            in_flight: 0,
            requests: 0,
            drains_open: 0,
            queue: VecDeque::new(),
            cores,
            scheduler: scheduling.map(|it| Box::new(Scheduler::new(it, cores))),
            queue_max,
            busy: 0,
            launched_at: now,
            alive_at: None,
            busy_ns: 0,
            changed: now,
            present: Area::default(),
            queued: Area::default(),
            windows: [window; 3],
            pace: None,
            sampled_requests: 0,
        }
    }

    /// Gives the CPU a share of its speed, 0 to 1. What is worked on already goes on as it was.
    pub(in crate::sim) fn set_speed(&mut self, speed: f64) {
        self.set_pace(speed, self.slowness());
    }

    fn set_pace(&mut self, speed: f64, slowness: f64) {
        self.pace = (speed < 1.0 || slowness > 1.0).then_some((speed, slowness));
    }

    /// Its troubles or its life have changed: what follows from them.
    pub(in crate::sim) fn feel(&mut self) {
        let takes_a_look = |trouble: &Trouble| trouble.kind.holds_or_fails();
        self.is_plain = self.alive && !self.troubles.iter().any(takes_a_look);
        self.set_pace(self.speed(), self.slowness());
    }

    /// Speed of a core, 1 for full.
    pub(super) fn rate(&self) -> f64 {
        self.pace.map_or(1.0, |(speed, slowness)| speed / slowness)
    }

    /// Requests that may wait for a thread or a core.
    pub(super) const fn queue_max(&self) -> u32 {
        self.queue_max
    }

    /// Requests that wait for a thread or a core.
    pub(in crate::sim) fn waiting(&self) -> usize {
        self.queue.len() + self.scheduler.as_ref().map_or(0, |it| it.ready())
    }

    /// Share of its speed that the CPU has, 0 to 1.
    pub(in crate::sim) fn speed(&self) -> f64 {
        self.pace.map_or(1.0, |(speed, _)| speed)
    }

    /// The time that work takes here which takes `span` at full speed.
    #[inline]
    pub(in crate::sim) fn slowed(&self, span: Span) -> Span {
        self.pace.map_or(span, |(speed, slowness)| {
            Span::from_ms_f64(span.as_s_f64() * 1_000.0 * slowness / speed)
        })
    }

    /// Requests that reached it since the last metric sample.
    pub(in crate::sim) const fn take_requests(&mut self) -> u64 {
        let before = std::mem::replace(&mut self.sampled_requests, self.requests);
        self.requests - before
    }

    /// It runs: from now on it answers.
    pub(in crate::sim) fn come_alive(&mut self, now: Timestamp) {
        self.alive = true;
        // A dependency that was down has offered its cores since it came up first.
        self.alive_at.get_or_insert(now);
        if let Some(scheduler) = &mut self.scheduler {
            scheduler.come_alive(now);
        }
        self.feel();
    }

    /// Its name in its group, unless it is a dependency.
    pub(in crate::sim) fn instance(&self) -> Option<InstanceId> {
        self.member.map(|(_, instance)| instance)
    }

    /// When it was launched.
    pub(in crate::sim) const fn launched_at(&self) -> Timestamp {
        self.launched_at
    }

    /// Core time that it has offered since it came alive, nanoseconds.
    pub(in crate::sim) fn capacity_ns(&self, now: Timestamp) -> u64 {
        let span = self.alive_at.map_or(Span::ZERO, |since| now.since(since));
        span.as_ns().saturating_mul(u64::from(self.cores))
    }

    /// A request comes in. One that waits is put into the queue by the caller.
    #[inline(always)]
    pub(in crate::sim) fn admit(&mut self, now: Timestamp) -> Admission {
        self.requests += 1;
        if self.busy < self.cores {
            self.set_busy(now, self.busy + 1);
            self.came(now);
            Admission::Begins
        } else if (self.queue.len() as u64) < u64::from(self.queue_max) {
            self.came(now);
            self.queued.came(now);
            Admission::Waits
        } else {
            Admission::Refused
        }
    }

    /// A core is done with a request; the next one that waited begins, if any did.
    #[inline(always)]
    pub(in crate::sim) fn release(&mut self, now: Timestamp) -> Option<Waiting> {
        let next = self.queue.pop_front();
        match next {
            Some(_) => self.queued.went(now),
            None => self.set_busy(now, self.busy - 1),
        }
        next
    }

    /// It dies or is switched off: work stops, the queue is lost.
    pub(in crate::sim) fn die(&mut self, now: Timestamp) {
        self.alive = false;
        self.restart(now);
        self.feel();
    }

    /// Its processes stop, and what they had is lost.
    pub(in crate::sim) fn restart(&mut self, now: Timestamp) {
        self.freeze(now);
        self.queued.all_went(now, self.queue.len() as u32);
        self.present.all_went(now, self.in_flight);
        self.queue.clear();
        self.in_flight = 0;
    }

    /// Work stops where it is and does not go on: threads that wait for ever leave the CPU alone.
    pub(in crate::sim) fn freeze(&mut self, now: Timestamp) {
        self.set_busy(now, 0);
        self.epoch += 1;
        if let Some(scheduler) = &mut self.scheduler {
            self.queued.all_went(now, scheduler.ready() as u32);
            scheduler.clear();
        }
    }

    /// It hangs: a request is taken and goes nowhere. The caller puts it into the queue.
    pub(in crate::sim) fn hold(&mut self, now: Timestamp) {
        self.requests += 1;
        self.came(now);
        self.queued.came(now);
    }

    /// A request is answered without any work.
    pub(in crate::sim) const fn brush_off(&mut self) {
        self.requests += 1;
    }

    /// Closes a window and returns its utilisation, 0 to 1.
    pub(in crate::sim) fn close_window(&mut self, now: Timestamp, kind: WindowKind) -> f64 {
        let busy_ns = self.busy_ns(now);
        let window = &mut self.windows[kind as usize];
        let capacity = now.since(window.since).as_ns() as f64 * f64::from(self.cores);
        if capacity > 0.0 {
            window.utilisation = (busy_ns - window.busy_ns) as f64 / capacity;
        }
        (window.since, window.busy_ns) = (now, busy_ns);
        window.utilisation
    }

    /// Utilisation of the window that was closed last, 0 to 1.
    pub(in crate::sim) fn utilisation(&self, kind: WindowKind) -> f64 {
        self.windows[kind as usize].utilisation
    }

    /// Busy core time since the beginning, nanoseconds.
    pub(in crate::sim) fn busy_ns(&self, now: Timestamp) -> u64 {
        self.busy_ns + now.since(self.changed).as_ns() * u64::from(self.busy)
    }

    /// A request is here from now on.
    #[inline]
    pub(super) fn came(&mut self, now: Timestamp) {
        self.in_flight += 1;
        self.present.came(now);
    }

    /// A request leaves.
    #[inline]
    pub(in crate::sim) fn went(&mut self, now: Timestamp) {
        self.in_flight -= 1;
        self.present.went(now);
    }

    /// A request waits from now on.
    pub(super) fn begins_to_wait(&mut self, now: Timestamp) {
        self.queued.came(now);
    }

    /// A request waits no longer.
    pub(super) fn ends_to_wait(&mut self, now: Timestamp) {
        self.queued.went(now);
    }

    /// Requests present and requests waiting, each times how long it was so, nanoseconds.
    pub(in crate::sim) fn areas(&self, now: Timestamp) -> (u128, u128) {
        let waiting = self.waiting() as u32;
        (self.present.until(now, self.in_flight), self.queued.until(now, waiting))
    }

    pub(super) fn set_busy(&mut self, now: Timestamp, busy: u32) {
        self.busy_ns = self.busy_ns(now);
        self.changed = now;
        self.busy = busy;
    }
}
