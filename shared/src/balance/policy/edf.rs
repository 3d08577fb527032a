//! Earliest deadline first: weighted turns from a priority queue (Envoy's `EdfScheduler`).
//!
//! Every member owns a deadline `t + 1 / weight` on a virtual clock. A pick takes the earliest
//! deadline, sets the clock to it and gives the member its next one, with its weight as it is
//! then. Weights 1 to n give exactly their share over every cycle, in O(log n) a pick, and a
//! weight that changes between two picks is honoured without a rebuild. Equal deadlines go in
//! order of insertion.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A queue of members by deadline.
#[derive(Clone, Debug, Default)]
pub struct Edf {
    queue: BinaryHeap<Entry>,
    clock: f64,
    inserted: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    deadline: f64,
    order: u64,
    member: u32,
}

impl Ord for Entry {
    /// Reversed, because the heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.deadline.total_cmp(&self.deadline).then(other.order.cmp(&self.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl Edf {
    /// A queue of `members` with their weights. Members without weight are never picked.
    pub fn new(members: impl IntoIterator<Item = (u32, f64)>) -> Self {
        let mut edf = Self::default();
        for (member, weight) in members {
            edf.insert(member, weight);
        }
        edf
    }

    /// Adds a member; ignored if `weight` is not above zero.
    pub fn insert(&mut self, member: u32, weight: f64) {
        if weight > 0.0 {
            let entry = Entry { deadline: self.clock + 1.0 / weight, order: self.inserted, member };
            self.queue.push(entry);
            self.inserted += 1;
        }
    }

    /// The next member; `weight` tells its weight for the turn after this one.
    pub fn pick(&mut self, weight: impl FnOnce(u32) -> f64) -> Option<u32> {
        let Entry { deadline, member, .. } = self.queue.pop()?;
        self.clock = deadline;
        // A weight that fell to zero meanwhile must not make the member vanish for ever.
        self.insert(member, weight(member).max(f64::MIN_POSITIVE.sqrt()));
        Some(member)
    }

    /// How far away each member's deadline is on the virtual clock.
    pub fn deadlines(&self) -> impl Iterator<Item = (u32, f64)> {
        self.queue.iter().map(|entry| (entry.member, entry.deadline - self.clock))
    }

    /// How many members wait.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// True if nobody can be picked.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks(weights: &[f64], n: usize) -> Vec<u32> {
        let mut edf = Edf::new((0..).zip(weights.iter().copied()));
        (0..n).filter_map(|_| edf.pick(|member| weights[member as usize])).collect()
    }

    #[test]
    fn published_sequences() {
        assert_eq!(picks(&[1.0, 2.0], 6), [1, 0, 1, 1, 0, 1]);
        assert_eq!(picks(&[1.0, 1.0, 1.0], 4), [0, 1, 2, 0]);
        assert_eq!(picks(&[1.0, 0.0, 1.0], 4), [0, 2, 0, 2]);
        assert_eq!(picks(&[5.0, 1.0, 1.0], 7), [0, 0, 0, 0, 1, 2, 0]);
        assert!(picks(&[0.0, 0.0], 1).is_empty());
    }

    #[test]
    fn shares_are_exact_over_a_cycle() {
        let weights: Vec<f64> = (1..=128).map(f64::from).collect();
        let mut counts = [0_u32; 128];
        for member in picks(&weights, 8_256) {
            counts[member as usize] += 1;
        }
        assert!(counts.iter().zip(1..).all(|(&count, weight)| count == weight), "{counts:?}");
    }
}
