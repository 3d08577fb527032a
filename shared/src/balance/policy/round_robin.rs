//! Round robin: one after the other.

use super::Candidates;

/// Remembers whose turn it is.
#[derive(Debug, Default)]
pub(in crate::balance) struct RoundRobin {
    /// Position of the next pick. It outlives changes of membership, so that a backend that
    /// comes and goes does not send every next request to the first one.
    next: usize,
}

impl RoundRobin {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>) -> Option<u32> {
        if self.next >= candidates.slots.len() {
            self.next = 0;
        }
        let slot = *candidates.slots.get(self.next)?;
        self.next += 1;
        Some(slot)
    }
}
