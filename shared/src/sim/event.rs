//! The event queue: what happens next.
//!
//! Ordered by time, and at one time by the order of scheduling, so that ties are decided the same
//! way on every machine.

use super::heap::{Heap, Key};
use super::node::Leg;
use crate::time::Timestamp;

/// Everything that can happen. Indices are positions in the engine's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A source makes its next request.
    Arrival { source: u32 },
    /// A request reaches the balancer or dependency that its source or caller is linked to.
    AtEntry { call: u32 },
    /// A request reaches the station that a balancer picked.
    AtStation { call: u32 },
    /// The station where a request is has worked on it.
    Served { call: u32 },
    /// A core of a station with a scheduler has worked on a request, unless the station died since.
    Worked { station: u32, epoch: u32, call: u32 },
    /// A request may be done at cores that are shared.
    LookAtShared { station: u32 },
    /// A request waits no longer for a connection, if it still does.
    ConnectionTimeout { station: u32, place: u32, ticket: u32 },
    /// A cache loses what it has.
    CacheFlushed { plan: u32 },
    /// An answer reaches the balancer that picked.
    Returned { call: u32 },
    /// An answer reaches whoever asked.
    Answered { call: u32 },
    /// A message on a wire was lost, and its sender notices; it was sent so many times.
    Resend { call: u32, leg: Leg, sent: u8 },
    /// A client waits no longer for an attempt, if it still does.
    GivesUp { client: u32, attempt: u32 },
    /// A client tries again.
    Retry { client: u32 },
    /// Something is due for a request that a balancer follows; `serial` is the request's, or the
    /// try's for [`Step::TryTimeout`].
    Exchange { exchange: u32, serial: u32, step: Step },
    /// A launched server runs.
    Booted { group: u32, instance: u32 },
    /// The action of a lifecycle hook is done.
    HookDone { group: u32, instance: u32, hook: u16, terminating: bool },
    /// The interruption of a Spot instance is announced.
    SpotInterruption { group: u32, instance: u32 },
    /// The time of a planned instance refresh has come.
    Refresh { group: u32, index: u32 },
    /// A balancer hears how a health check ended.
    Probed { balancer: u32, station: u32, passed: bool },
    /// A balancer's question for the load of a station reaches the station.
    LoadAsked { balancer: u32, station: u32 },
    /// The answer reaches the balancer.
    LoadReported { balancer: u32, station: u32, in_flight: u32 },
    /// A balancer asked to be called.
    BalancerTimer { balancer: u32 },
    /// A spike is over, unless another began since (`epoch`).
    SpikeEnded { source: u32, epoch: u32 },
    /// A burst of traffic begins or ends.
    BurstTurns { source: u32 },
    /// A second is over.
    Tick,
}

/// What is due for a request that a balancer follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A try took too long.
    TryTimeout,
    /// The request took too long.
    Timeout,
    /// The wait before a retry is over.
    Retry,
    /// It is slow: time for a second copy.
    Copy,
    /// A backend may have room now.
    Resume,
}

/// Where to find an event that was just taken. The two of every request are all in here: the number
/// of a source above [`ARRIVAL`], of a call above [`SERVED`]. Others have a place in a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(u32);

const SERVED: u32 = 1 << 30;
const ARRIVAL: u32 = 1 << 31;

/// What there is at a [`Place`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// An [`Event::Arrival`] of this source.
    Arrival(u32),
    /// An [`Event::Served`] of this call.
    Served(u32),
    /// Another event, in this place of the list.
    Another(u32),
}

impl Place {
    #[inline(always)]
    pub(super) const fn kind(self) -> Kind {
        match self.0 {
            place if place >= ARRIVAL => Kind::Arrival(place - ARRIVAL),
            place if place >= SERVED => Kind::Served(place - SERVED),
            place => Kind::Another(place),
        }
    }

    const fn of(key: Key) -> Self {
        Self(key as u32)
    }
}

/// Events not yet happened.
///
/// Arrivals have a heap of their own, as small as there are sources: the next arrival is nearly
/// always among the next few events, and would climb and sink through all others each time.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    arrivals: Heap,
    others: Heap,
    /// The events that are not all in their [`Place`].
    events: Vec<Event>,
    /// Places in `events` that no key names.
    free: Vec<u32>,
    seq: u32,
}

impl EventQueue {
    /// Schedules `event` at `at`, after everything that is scheduled for that time already.
    #[inline(never)]
    pub(super) fn schedule(&mut self, at: Timestamp, event: Event) {
        match event {
            Event::Arrival { source } => self.schedule_arrival(at, source),
            Event::Served { call } => self.schedule_served(at, call),
            event => {
                let place = self.free.pop().unwrap_or_else(|| self.make_place());
                self.events[place as usize] = event;
                let key = self.key(at, place);
                self.others.add(key);
            }
        }
    }

    /// The same for [`Event::Arrival`], on the spot: every request brings one about.
    #[inline(always)]
    pub(super) fn schedule_arrival(&mut self, at: Timestamp, source: u32) {
        let key = self.key(at, ARRIVAL | source);
        self.arrivals.add(key);
    }

    /// The same for [`Event::Served`], on the spot: every request brings one about.
    #[inline(always)]
    pub(super) fn schedule_served(&mut self, at: Timestamp, call: u32) {
        let key = self.key(at, SERVED | call);
        self.others.add(key);
    }

    /// A source makes no request when it would have.
    #[cold]
    pub(super) fn cancel_arrivals(&mut self, source: u32) {
        self.arrivals.remove_all(|key| Place::of(key).0 == ARRIVAL | source);
    }

    /// The work on these calls does not come to its end.
    #[cold]
    pub(super) fn cancel_served(&mut self, is_one: impl Fn(u32) -> bool) {
        let goes = |key| matches!(Place::of(key).kind(), Kind::Served(call) if is_one(call));
        self.others.remove_all(goes);
    }

    /// The key of what is next scheduled.
    #[inline(always)]
    fn key(&mut self, at: Timestamp, place: u32) -> Key {
        if self.seq == u32::MAX {
            self.number_anew();
        }
        self.seq += 1;
        Key::from(at.as_ns()) << 64 | Key::from(self.seq) << 32 | Key::from(place)
    }

    #[cold]
    fn make_place(&mut self) -> u32 {
        self.events.push(Event::Tick);
        self.events.len() as u32 - 1
    }

    /// After four thousand million events: what waits is numbered from zero, in its order.
    #[cold]
    fn number_anew(&mut self) {
        let mut waiting = self.arrivals.take_all();
        waiting.append(&mut self.others.take_all());
        waiting.sort_unstable();
        self.seq = 0;
        for key in waiting {
            self.seq += 1;
            let Place(place) = Place::of(key);
            let key = key >> 64 << 64 | Key::from(self.seq) << 32 | Key::from(place);
            if place >= ARRIVAL { &mut self.arrivals } else { &mut self.others }.rise(key);
        }
    }

    /// Events that are to come.
    pub(super) fn len(&self) -> usize {
        self.arrivals.len() + self.others.len()
    }

    /// When the next event happens.
    pub(super) fn next_at(&mut self) -> Option<Timestamp> {
        let key = self.arrivals.least().min(self.others.least());
        let at = Timestamp::from_ns((key >> 64) as u64);
        (at < Timestamp::MAX).then_some(at)
    }

    /// Takes the next event, if it happens at `deadline` or before: when, and where to find it.
    #[inline(always)]
    pub(super) fn pop(&mut self, deadline: Timestamp) -> Option<(Timestamp, Place)> {
        let (arrival, other) = (self.arrivals.least(), self.others.least());
        let next = arrival.min(other);
        let at = Timestamp::from_ns((next >> 64) as u64);
        // An event at the end of time never happens; an empty heap looks like one.
        if at > deadline || at == Timestamp::MAX {
            return None;
        }
        if arrival < other { &mut self.arrivals } else { &mut self.others }.take_root();
        Some((at, Place::of(next)))
    }

    /// The event at a place, which stays there.
    pub(super) fn event(&self, place: Place) -> Event {
        match place.kind() {
            Kind::Arrival(source) => Event::Arrival { source },
            Kind::Served(call) => Event::Served { call },
            Kind::Another(place) => self.events[place as usize],
        }
    }

    /// Takes an event of the list from its place.
    #[inline]
    pub(super) fn take(&mut self, place: u32) -> Event {
        self.free.push(place);
        self.events[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn pop(queue: &mut EventQueue, deadline: Timestamp) -> Option<(Timestamp, Event)> {
        queue.pop(deadline).map(|(at, place)| {
            let event = queue.event(place);
            if let Kind::Another(place) = place.kind() {
                assert_eq!(queue.take(place), event);
            }
            (at, event)
        })
    }

    /// What comes out is what a sorted list would give, however adding and taking mix.
    #[test]
    fn pops_by_time_then_by_order_of_scheduling() {
        let (mut queue, mut rng) = (EventQueue::default(), Rng::new(3));
        let mut expected = std::collections::BTreeMap::new();
        let mut now = 0;
        for seq in 0..50_000_u32 {
            let at = now + rng.below(300);
            let event = match rng.below(4) {
                0 => Event::Arrival { source: seq },
                1 => Event::Served { call: seq },
                _ => Event::AtEntry { call: seq },
            };
            if seq % 10_000 == 9_999 {
                queue.seq = u32::MAX;
            }
            queue.schedule(Timestamp::from_ns(at), event);
            expected.insert((at, seq), event);
            // Now and then the queue runs empty, now and then it grows.
            let takes = rng.below(if seq % 1_000 < 500 { 2 } else { 4 });
            for _ in 0..takes {
                let first = expected.pop_first();
                if let Some(((at, _), _)) = first {
                    now = at;
                    assert_eq!(queue.next_at(), Some(Timestamp::from_ns(at)));
                }
                let first = first.map(|((at, _), event)| (Timestamp::from_ns(at), event));
                assert_eq!(pop(&mut queue, Timestamp::MAX), first, "event {seq}");
            }
        }
    }

    /// Whatever is cancelled is gone, and the rest comes in its order.
    #[test]
    fn what_is_cancelled_does_not_happen() {
        let (mut queue, mut rng) = (EventQueue::default(), Rng::new(4));
        let mut expected = Vec::new();
        for seq in 0..1_000_u32 {
            let at = Timestamp::from_ns(rng.below(300));
            let event = match seq % 3 {
                0 => Event::Arrival { source: seq % 7 },
                1 => Event::Served { call: seq },
                _ => Event::AtEntry { call: seq },
            };
            queue.schedule(at, event);
            expected.push((at, event));
        }
        expected.sort_by_key(|&(at, _)| at);
        // One is being handled meanwhile.
        assert_eq!(pop(&mut queue, Timestamp::MAX), Some(expected.remove(0)));
        queue.cancel_arrivals(3);
        queue.cancel_served(|call| call % 2 == 0);
        expected.retain(|&(_, event)| match event {
            Event::Arrival { source } => source != 3,
            Event::Served { call } => call % 2 != 0,
            _ => true,
        });
        assert_eq!(queue.len(), expected.len());
        for event in expected {
            assert_eq!(pop(&mut queue, Timestamp::MAX), Some(event));
        }
    }

    #[test]
    fn nothing_comes_before_its_time() {
        let mut queue = EventQueue::default();
        let event = Event::AtEntry { call: 1 };
        queue.schedule(Timestamp::from_ns(5), event);
        assert_eq!(pop(&mut queue, Timestamp::from_ns(4)), None);
        assert_eq!(pop(&mut queue, Timestamp::from_ns(5)), Some((Timestamp::from_ns(5), event)));
        assert_eq!((queue.next_at(), pop(&mut queue, Timestamp::MAX)), (None, None));
    }
}
