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

/// Children of a heap node.
const ARITY: usize = 4;

/// Events not yet happened.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    heap: Vec<Entry>,
    seq: u64,
}

impl EventQueue {
    /// Schedules `event` at `at`, after everything that is scheduled for that time already.
    #[inline]
    pub(super) fn schedule(&mut self, at: Timestamp, event: Event) {
        self.seq += 1;
        let entry = Entry { at: at.as_ns(), seq: self.seq, event };
        let mut hole = self.heap.len();
        self.heap.push(entry);
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.heap[parent].key() <= entry.key() {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    /// When the next event happens.
    #[inline]
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.heap.first().map(|entry| Timestamp::from_ns(entry.at))
    }

    /// Takes the next event.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Event> {
        let last = self.heap.pop()?;
        let Some(first) = self.heap.first() else { return Some(last.event) };
        let event = first.event;
        let (len, mut hole) = (self.heap.len(), 0);
        loop {
            let child = hole * ARITY + 1;
            if child >= len {
                break;
            }
            let mut least = child;
            for other in child + 1..(child + ARITY).min(len) {
                if self.heap[other].key() < self.heap[least].key() {
                    least = other;
                }
            }
            if self.heap[least].key() >= last.key() {
                break;
            }
            self.heap[hole] = self.heap[least];
            hole = least;
        }
        self.heap[hole] = last;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn pops_by_time_then_by_order_of_scheduling() {
        let (mut queue, mut rng) = (EventQueue::default(), Rng::new(3));
        let mut expected = Vec::new();
        for call in 0..5_000 {
            let at = Timestamp::from_ns(rng.below(300));
            queue.schedule(at, Event::AtEntry { call });
            expected.push((at, call));
        }
        expected.sort();
        for (at, call) in expected {
            assert_eq!(queue.next_at(), Some(at));
            assert_eq!(queue.pop(), Some(Event::AtEntry { call }));
        }
        assert_eq!((queue.next_at(), queue.pop()), (None, None));
    }
}
