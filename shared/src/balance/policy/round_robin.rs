//! Round robin: one after the other.
//!
//! As in Envoy, weights bring in another scheduler: while all candidates weigh the same they are
//! served in plain order; while they differ (or one is in slow start), by earliest deadline first.

use super::{Candidates, Edf, Evidence};
use crate::balance::explain::Rule;

/// Remembers whose turn it is.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct RoundRobin {
    /// Position of the next pick. It outlives changes of membership, so that a backend that
    /// comes and goes does not send every next request to the first one.
    next: usize,
    /// Only while weights differ.
    weighted: Option<Edf>,
    /// Picks of `weighted` queues so far: a rebuilt queue goes on where the last one was.
    picked: usize,
}

impl RoundRobin {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>) -> Option<u32> {
        match &mut self.weighted {
            None => self.turn(candidates),
            Some(edf) => {
                self.picked = self.picked.wrapping_add(1);
                edf.pick(|slot| candidates.weight(slot))
            }
        }
    }

    /// The next one in plain order.
    #[inline]
    pub(super) fn turn(&mut self, candidates: Candidates<'_>) -> Option<u32> {
        if self.next >= candidates.slots.len() {
            self.next = 0;
        }
        let slot = *candidates.slots.get(self.next)?;
        self.next += 1;
        Some(slot)
    }

    pub(super) fn evidence(&self, candidates: Candidates<'_>) -> Evidence {
        if let Some(edf) = &self.weighted {
            return Evidence::values(Rule::Deadline, edf.deadlines());
        }
        let len = candidates.slots.len();
        let next = if self.next < len { self.next } else { 0 };
        let turns = candidates.slots.iter().enumerate();
        let ahead = |(i, &slot): (usize, &u32)| (slot, ((i + len - next) % len) as f64);
        Evidence::values(Rule::Turn, turns.map(ahead))
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        self.weighted = (!candidates.are_weights_equal()).then(|| {
            let members = candidates.slots.iter().map(|&slot| (slot, candidates.weight(slot)));
            let mut edf = Edf::new(members);
            for _ in 0..self.picked.checked_rem(candidates.slots.len()).unwrap_or(0) {
                edf.pick(|slot| candidates.weight(slot));
            }
            edf
        });
    }
}
