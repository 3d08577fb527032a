//! The event queue: what happens next.
//!
//! Ordered by time, and at one time by the order of scheduling, so that ties are decided the same
//! way on every machine. A heap with four children a node: half as deep as a binary one, and the
//! children of a node share a cache line or two.

use super::node::Leg;
use crate::time::Timestamp;

/// Everything that can happen. Indices are positions in the engine's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A source makes its next request, unless its rate changed since (`epoch`).
    Arrival { source: u32, epoch: u32 },
    /// A request reaches the balancer or dependency that its source or caller is linked to.
    AtEntry { call: u32 },
    /// A request reaches the station that a balancer picked.
    AtStation { call: u32 },
    /// A station has worked on a request, unless it died since (`epoch`).
    Served { station: u32, epoch: u32, call: u32 },
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

/// When an event happens, its place among those of the same time, and where the rest of it is: 64,
/// 32 and 32 bits. One number, so that a comparison needs no branch and a way down the heap moves
/// 16 bytes a step.
type Key = u128;

/// Later than any event.
const NEVER: Key = Key::MAX;
/// Children of a heap node.
const ARITY: usize = 4;

/// Keys, the least at the root.
///
/// Taking the root leaves a vacancy there, which the next key fills: what happens usually
/// schedules what follows from it, so most pairs of taking and adding cost one way down instead
/// of one way down and one way up.
#[derive(Debug)]
struct Heap {
    /// The keys, and behind them [`NEVER`] until every node has all its children or none: the
    /// least of four is found without asking how many there are.
    keys: Vec<Key>,
    len: usize,
    /// The root was taken.
    vacant: bool,
}

impl Default for Heap {
    fn default() -> Self {
        Self { keys: vec![NEVER], len: 0, vacant: false }
    }
}

impl Heap {
    /// The least key, [`NEVER`] if there is none.
    #[inline(always)]
    fn least(&mut self) -> Key {
        if self.vacant {
            self.fill_vacancy();
        }
        self.keys[0]
    }

    /// The last key takes the root's place.
    #[inline]
    fn fill_vacancy(&mut self) {
        self.vacant = false;
        self.len -= 1;
        let last = std::mem::replace(&mut self.keys[self.len], NEVER);
        if self.len > 0 {
            self.sink(last);
        }
    }

    #[inline(always)]
    fn add(&mut self, key: Key) {
        if self.vacant {
            self.vacant = false;
            self.sink(key);
        } else {
            self.rise(key);
        }
    }

    /// Puts `key` where it belongs, from the end upwards.
    #[inline]
    fn rise(&mut self, key: Key) {
        let mut hole = self.len;
        self.len += 1;
        if hole == self.keys.len() {
            self.keys.extend([NEVER; ARITY]);
        }
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.keys[parent] <= key {
                break;
            }
            self.keys[hole] = self.keys[parent];
            hole = parent;
        }
        self.keys[hole] = key;
    }

    /// Puts `key` where it belongs, from the root downwards. Which of four children is the least
    /// is as good as random, so it is found by moves and not by jumps.
    #[inline]
    fn sink(&mut self, key: Key) {
        let mut hole = 0;
        loop {
            let child = hole * ARITY + 1;
            let children = self.keys.get(child..).and_then(|keys| keys.first_chunk());
            let Some(&[a, b, c, d]) = children else { break };
            let (i, left) = if b < a { (1, b) } else { (0, a) };
            let (j, right) = if d < c { (3, d) } else { (2, c) };
            let (k, least) = if right < left { (j, right) } else { (i, left) };
            if key <= least {
                break;
            }
            self.keys[hole] = least;
            hole = child + k;
        }
        self.keys[hole] = key;
    }
}

/// Where an event is that was just taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(u32);

/// Events not yet happened.
///
/// Arrivals have a heap of their own, as small as there are sources: the next arrival is nearly
/// always among the next few events, and would climb and sink through all others each time.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    arrivals: Heap,
    others: Heap,
    /// What the keys stand for, by their last 32 bits.
    events: Vec<Event>,
    /// Places in `events` that no key names.
    free: Vec<u32>,
    seq: u32,
}

impl EventQueue {
    /// Schedules `event` at `at`, after everything that is scheduled for that time already.
    #[inline(never)]
    pub(super) fn schedule(&mut self, at: Timestamp, event: Event) {
        let key = self.enter(at, event);
        if let Event::Arrival { .. } = event {
            self.arrivals.add(key);
        } else {
            self.others.add(key);
        }
    }

    /// The same for [`Event::Arrival`], on the spot: every request brings one about.
    #[inline(always)]
    pub(super) fn schedule_arrival(&mut self, at: Timestamp, source: u32, epoch: u32) {
        let key = self.enter(at, Event::Arrival { source, epoch });
        self.arrivals.add(key);
    }

    /// The same for [`Event::Served`], on the spot: every request brings one about.
    #[inline(always)]
    pub(super) fn schedule_served(&mut self, at: Timestamp, station: u32, epoch: u32, call: u32) {
        let key = self.enter(at, Event::Served { station, epoch, call });
        self.others.add(key);
    }

    /// Keeps `event` and gives the key that stands for it.
    #[inline(always)]
    fn enter(&mut self, at: Timestamp, event: Event) -> Key {
        if self.seq == u32::MAX {
            self.number_anew();
        }
        self.seq += 1;
        let place = match self.free.pop() {
            Some(place) => place,
            None => self.make_place(),
        };
        self.events[place as usize] = event;
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
        let mut waiting = Vec::new();
        for heap in [&mut self.arrivals, &mut self.others] {
            heap.least();
            heap.keys.truncate(heap.len);
            waiting.append(&mut heap.keys);
            *heap = Heap::default();
        }
        waiting.sort_unstable();
        self.seq = 0;
        for key in waiting {
            self.seq += 1;
            let place = key as u32;
            let key = key >> 64 << 64 | Key::from(self.seq) << 32 | Key::from(place);
            let is_arrival = matches!(self.events[place as usize], Event::Arrival { .. });
            if is_arrival { &mut self.arrivals } else { &mut self.others }.rise(key);
        }
    }

    /// Events that are to come.
    pub(super) fn len(&self) -> usize {
        let of = |heap: &Heap| heap.len - usize::from(heap.vacant);
        of(&self.arrivals) + of(&self.others)
    }

    /// When the next event happens.
    pub(super) fn next_at(&mut self) -> Option<Timestamp> {
        let key = self.arrivals.least().min(self.others.least());
        let at = Timestamp::from_ns((key >> 64) as u64);
        (at < Timestamp::MAX).then_some(at)
    }

    /// Takes the next event, if it happens at `deadline` or before: when, and where to look it up
    /// until the next one is scheduled.
    #[inline(always)]
    pub(super) fn pop(&mut self, deadline: Timestamp) -> Option<(Timestamp, Place)> {
        let (arrival, other) = (self.arrivals.least(), self.others.least());
        let next = arrival.min(other);
        let at = Timestamp::from_ns((next >> 64) as u64);
        // An event at the end of time never happens; an empty heap looks like one.
        if at > deadline || at == Timestamp::MAX {
            return None;
        }
        let heap = if arrival < other { &mut self.arrivals } else { &mut self.others };
        heap.vacant = true;
        let place = next as u32;
        self.free.push(place);
        Some((at, Place(place)))
    }

    /// The event that was just taken. Looked at where it is: copied whole, it would have to wait
    /// until the fields that were written a moment ago have reached the cache.
    #[inline(always)]
    pub(super) fn event(&self, Place(place): Place) -> &Event {
        &self.events[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn pop(queue: &mut EventQueue, deadline: Timestamp) -> Option<(Timestamp, Event)> {
        queue.pop(deadline).map(|(at, place)| (at, *queue.event(place)))
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
                0 => Event::Arrival { source: seq, epoch: 0 },
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
