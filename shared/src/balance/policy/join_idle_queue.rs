//! Join idle queue (Lu et al. 2011): backends that run dry queue up, a request goes to the first
//! of them; while nobody is idle, to a random one. Constant time, and no look at any load but zero.

use super::{Ask, Candidates, Evidence};
use crate::balance::explain::Rule;
use std::collections::VecDeque;

/// The policy.
#[derive(Clone, Debug, Default)]
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

    pub(super) fn evidence(&self, candidates: Candidates<'_>) -> Evidence {
        let serves = |&slot: &u32| {
            let member = self.members.get(slot as usize);
            member.is_some_and(|member| member.candidate) && candidates.in_flight(slot) == 0
        };
        let idle = self.idle.iter().copied().filter(serves).enumerate();
        let idle: Vec<(u32, f64)> = idle.map(|(place, slot)| (slot, place as f64)).collect();
        let rule = if idle.is_empty() { Rule::NobodyIdle } else { Rule::LongestIdle };
        Evidence::values(rule, idle)
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
