//! Join idle queue (Lu et al. 2011): backends that run dry queue up, a request goes to the first
//! of them; while nobody is idle, to a random one. Constant time, and no look at any load but zero.

use super::{Ask, Candidates};
use std::collections::VecDeque;

/// The policy.
#[derive(Debug, Default)]
pub(in crate::balance) struct JoinIdleQueue {
    idle: VecDeque<u32>,
    /// By slot: may be picked, and whether it stands in `idle`.
    members: Vec<Member>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Member {
    candidate: bool,
    queued: bool,
}

impl JoinIdleQueue {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        while let Some(slot) = self.idle.pop_front() {
            let Some(member) = self.members.get_mut(slot as usize) else { continue };
            member.queued = false;
            // Somebody may have got a request by another way, such as a retry.
            if member.candidate && candidates.in_flight(slot) == 0 {
                return Some(slot);
            }
        }
        candidates.slots.get(ask.rng.index(candidates.slots.len())).copied()
    }

    pub(super) fn choose_among(rest: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let idle = rest.slots.iter().copied().find(|&slot| rest.in_flight(slot) == 0);
        idle.or_else(|| rest.slots.get(ask.rng.index(rest.slots.len())).copied())
    }

    #[inline]
    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        if in_flight == 0
            && let Some(member) = self.members.get_mut(slot as usize)
            && member.candidate
            && !member.queued
        {
            member.queued = true;
            self.idle.push_back(slot);
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        let waiting: Vec<u32> = self.idle.drain(..).collect();
        self.members.clear();
        self.members.resize(candidates.backends.len(), Member::default());
        for &slot in candidates.slots {
            if let Some(member) = self.members.get_mut(slot as usize) {
                member.candidate = true;
            }
        }
        // Who waited keeps its place; who is new and idle stands behind.
        for slot in waiting.into_iter().chain(candidates.slots.iter().copied()) {
            if (slot as usize) < candidates.backends.len() {
                self.load_changed(slot, candidates.in_flight(slot));
            }
        }
    }
}
