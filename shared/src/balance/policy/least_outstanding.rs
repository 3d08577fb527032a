//! Least outstanding requests in constant time.
//!
//! Backends stand in one queue per in-flight count. The pick is the head of the lowest queue that
//! is not empty, so among equals it is the one that has waited longest. A count changes by one at
//! a time, so the lowest queue is found without a search: after a pick from the last member of
//! queue k, queue k + 1 holds at least that member.

use super::Candidates;

/// No slot.
const NONE: u32 = u32::MAX;

/// Where a slot stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    queue: u32,
    previous: u32,
    next: u32,
}

const NOWHERE: Place = Place { queue: NONE, previous: NONE, next: NONE };

/// First and last of the backends with one in-flight count.
#[derive(Clone, Copy, Debug)]
struct Queue {
    head: u32,
    tail: u32,
}

const EMPTY: Queue = Queue { head: NONE, tail: NONE };

/// Queues by in-flight count.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct LeastOutstanding {
    /// By slot; [`NOWHERE`] for slots that are no candidates.
    places: Vec<Place>,
    /// By in-flight count.
    queues: Vec<Queue>,
    /// The lowest queue that is not empty, if any is.
    lowest: u32,
}

impl LeastOutstanding {
    #[inline]
    pub(super) fn choose(&self) -> Option<u32> {
        let queue = self.queues.get(self.lowest as usize)?;
        (queue.head != NONE).then_some(queue.head)
    }

    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        match self.places.get(slot as usize) {
            Some(place) if place.queue != NONE => {
                self.leave(slot);
                self.join(slot, in_flight);
            }
            _ => {}
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        self.places.clear();
        self.places.resize(candidates.backends.len(), NOWHERE);
        self.queues.clear();
        self.lowest = 0;
        for &slot in candidates.slots {
            self.join(slot, candidates.in_flight(slot));
        }
    }

    fn join(&mut self, slot: u32, count: u32) {
        let queue_index = count as usize;
        if self.queues.len() <= queue_index {
            self.queues.resize(queue_index + 1, EMPTY);
        }
        let queue = &mut self.queues[queue_index];
        let previous = std::mem::replace(&mut queue.tail, slot);
        if previous == NONE {
            queue.head = slot;
        } else {
            self.places[previous as usize].next = slot;
        }
        self.places[slot as usize] = Place { queue: count, previous, next: NONE };
        if count < self.lowest || self.queues[self.lowest as usize].head == NONE {
            self.lowest = count;
        }
    }

    fn leave(&mut self, slot: u32) {
        let Place { queue, previous, next } = self.places[slot as usize];
        if previous == NONE {
            self.queues[queue as usize].head = next;
        } else {
            self.places[previous as usize].next = next;
        }
        if next == NONE {
            self.queues[queue as usize].tail = previous;
        } else {
            self.places[next as usize].previous = previous;
        }
        self.places[slot as usize] = NOWHERE;
    }
}
