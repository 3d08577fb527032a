//! The event queue: what happens next.
//!
//! Ordered by time, and at one time by the order of scheduling, so that ties are decided the same
//! way on every machine. A heap with four children a node: half as deep as a binary one, and the
//! children of a node share a cache line or two.

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
    /// An answer reaches the balancer that picked.
    Returned { call: u32 },
    /// An answer reaches whoever asked.
    Answered { call: u32 },
    /// A client waits no longer for an attempt, if it still does.
    GivesUp { client: u32, attempt: u32 },
    /// A client tries again.
    Retry { client: u32 },
    /// A launched server runs.
    Booted { group: u32, instance: u32 },
    /// The action of a lifecycle hook is done.
    HookDone { group: u32, instance: u32, hook: u16, terminating: bool },
    /// The interruption of a Spot instance is announced.
    SpotInterruption { group: u32, instance: u32 },
    /// The time of a planned instance refresh has come.
    Refresh { group: u32, index: u32 },
    /// A health check got no answer in time.
    ProbeFailed { balancer: u32, station: u32 },
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

/// An event with its time and its place among those of the same time.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: u64,
    seq: u64,
    event: Event,
}

impl Entry {
    /// Both keys as one number: one comparison instead of two.
    #[inline]
    fn key(&self) -> u128 {
        u128::from(self.at) << 64 | u128::from(self.seq)
    }
}

/// Later than any entry.
const NEVER: u128 = u128::MAX;
/// Children of a heap node.
const ARITY: usize = 4;

/// Entries, the earliest at the root.
///
/// Taking the root leaves a vacancy there, which the next entry fills: what happens usually
/// schedules what follows from it, so most pairs of taking and adding cost one way down instead
/// of one way down and one way up.
#[derive(Debug, Default)]
struct Heap {
    entries: Vec<Entry>,
    /// The root was taken.
    vacant: bool,
}

impl Heap {
    /// The least key, [`NEVER`] if there is none.
    #[inline]
    fn least(&mut self) -> u128 {
        if self.vacant {
            self.vacant = false;
            if let Some(last) = self.entries.pop().filter(|_| !self.entries.is_empty()) {
                self.sink(last);
            }
        }
        self.entries.first().map_or(NEVER, Entry::key)
    }

    /// Takes the root; [`Self::least`] has just shown that there is one.
    #[inline]
    fn take(&mut self) -> Option<Entry> {
        self.vacant = true;
        self.entries.first().copied()
    }

    #[inline]
    fn add(&mut self, entry: Entry) {
        if self.vacant {
            self.vacant = false;
            return self.sink(entry);
        }
        let mut hole = self.entries.len();
        self.entries.push(entry);
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.entries[parent].key() <= entry.key() {
                break;
            }
            self.entries[hole] = self.entries[parent];
            hole = parent;
        }
        self.entries[hole] = entry;
    }

    /// Puts `entry` where it belongs, from the root downwards.
    #[inline]
    fn sink(&mut self, entry: Entry) {
        let (len, mut hole) = (self.entries.len(), 0);
        loop {
            let child = hole * ARITY + 1;
            if child >= len {
                break;
            }
            let (mut least, mut key) = (child, self.entries[child].key());
            for other in child + 1..(child + ARITY).min(len) {
                let other_key = self.entries[other].key();
                if other_key < key {
                    (least, key) = (other, other_key);
                }
            }
            if key >= entry.key() {
                break;
            }
            self.entries[hole] = self.entries[least];
            hole = least;
        }
        self.entries[hole] = entry;
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
    seq: u64,
}

impl EventQueue {
    /// Schedules `event` at `at`, after everything that is scheduled for that time already.
    #[inline]
    pub(super) fn schedule(&mut self, at: Timestamp, event: Event) {
        self.seq += 1;
        let entry = Entry { at: at.as_ns(), seq: self.seq, event };
        if let Event::Arrival { .. } = event {
            self.arrivals.add(entry);
        } else {
            self.others.add(entry);
        }
    }

    /// When the next event happens.
    pub(super) fn next_at(&mut self) -> Option<Timestamp> {
        let key = self.arrivals.least().min(self.others.least());
        (key < NEVER).then(|| Timestamp::from_ns((key >> 64) as u64))
    }

    /// Takes the next event, if it happens at `deadline` or before.
    #[inline]
    pub(super) fn pop(&mut self, deadline: Timestamp) -> Option<(Timestamp, Event)> {
        let (arrival, other) = (self.arrivals.least(), self.others.least());
        let (next, latest) = (arrival.min(other), u128::from(deadline.as_ns()) << 64);
        if next >= latest | u128::from(u64::MAX) {
            return None;
        }
        let heap = if arrival < other { &mut self.arrivals } else { &mut self.others };
        let entry = heap.take()?;
        Some((Timestamp::from_ns(entry.at), entry.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

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
                assert_eq!(queue.pop(Timestamp::MAX), first, "event {seq}");
            }
        }
    }

    #[test]
    fn nothing_comes_before_its_time() {
        let mut queue = EventQueue::default();
        let event = Event::AtEntry { call: 1 };
        queue.schedule(Timestamp::from_ns(5), event);
        assert_eq!(queue.pop(Timestamp::from_ns(4)), None);
        assert_eq!(queue.pop(Timestamp::from_ns(5)), Some((Timestamp::from_ns(5), event)));
        assert_eq!((queue.next_at(), queue.pop(Timestamp::MAX)), (None, None));
    }
}
