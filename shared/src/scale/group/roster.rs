//! The instances of a group, in order of launch, found by identity without a search.
//!
//! Identities grow by one with every launch, so a list that only grows at its end is sorted. Who
//! leaves makes a hole; when half of the list is holes they are closed, so that room and time per
//! instance stay the same however long a group lives. Until then, and behind the last hole that was
//! closed, an instance stands where its identity says.

use crate::id::InstanceId;
use crate::scale::Instance;

/// An instance and what the group keeps with it.
#[derive(Clone, Debug)]
struct Member {
    instance: Instance,
    /// Its running activity, [`NO_ACTIVITY`] if none runs.
    activity: u64,
    /// The cooldown of a simple policy waits for it.
    awaited: bool,
    /// It left.
    is_gone: bool,
}

const NO_ACTIVITY: u64 = u64::MAX;

/// Holes that are too few to be worth closing.
const HOLES_MIN: usize = 64;

#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    /// Sorted by identity.
    members: Vec<Member>,
    holes: usize,
}

impl Roster {
    /// Where `id` is, or was before it left.
    fn position(&self, id: InstanceId) -> Option<usize> {
        let first = self.members.first()?.instance.id.0;
        // Closed holes move members forward, never back.
        let latest = id.0.checked_sub(first)? as usize;
        if self.members.get(latest).is_some_and(|member| member.instance.id == id) {
            return Some(latest);
        }
        let up_to = self.members.len().min(latest);
        self.members.get(..up_to)?.binary_search_by_key(&id, |member| member.instance.id).ok()
    }

    fn member(&self, id: InstanceId) -> Option<&Member> {
        self.members.get(self.position(id)?).filter(|member| !member.is_gone)
    }

    fn member_mut(&mut self, id: InstanceId) -> Option<&mut Member> {
        let position = self.position(id)?;
        self.members.get_mut(position).filter(|member| !member.is_gone)
    }

    /// Every instance, in order of launch.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Instance> {
        self.members.iter().filter(|member| !member.is_gone).map(|member| &member.instance)
    }

    pub(super) fn get(&self, id: InstanceId) -> Option<&Instance> {
        self.member(id).map(|member| &member.instance)
    }

    pub(super) fn get_mut(&mut self, id: InstanceId) -> Option<&mut Instance> {
        self.member_mut(id).map(|member| &mut member.instance)
    }

    /// Adds an instance whose identity is greater than all before it.
    pub(super) fn push(&mut self, instance: Instance) {
        let member = Member { instance, activity: NO_ACTIVITY, awaited: false, is_gone: false };
        self.members.push(member);
    }

    /// An instance leaves.
    pub(super) fn remove(&mut self, id: InstanceId) {
        let Some(member) = self.member_mut(id) else { return };
        member.is_gone = true;
        self.holes += 1;
        if self.holes >= HOLES_MIN && self.holes * 2 > self.members.len() {
            self.members.retain(|member| !member.is_gone);
            self.holes = 0;
        }
    }

    /// The running activity of an instance.
    pub(super) fn activity(&self, id: InstanceId) -> Option<u64> {
        self.member(id).map(|member| member.activity).filter(|&running| running != NO_ACTIVITY)
    }

    /// Sets the running activity of an instance; returns the one before.
    pub(super) fn set_activity(&mut self, id: InstanceId, running: Option<u64>) -> Option<u64> {
        let member = self.member_mut(id)?;
        let running = running.unwrap_or(NO_ACTIVITY);
        let before = std::mem::replace(&mut member.activity, running);
        (before != NO_ACTIVITY).then_some(before)
    }

    /// The cooldown waits for an instance. False if there is none.
    pub(super) fn await_it(&mut self, id: InstanceId) -> bool {
        self.member_mut(id).is_some_and(|member| !std::mem::replace(&mut member.awaited, true))
    }

    /// The cooldown waits for an instance no longer. False if it did not.
    pub(super) fn stop_awaiting(&mut self, id: InstanceId) -> bool {
        self.member_mut(id).is_some_and(|member| std::mem::take(&mut member.awaited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::time::Timestamp;
    use std::collections::BTreeMap;

    /// What an ordered map would say, whoever leaves and however many.
    #[test]
    fn finds_whom_a_map_finds() {
        let (mut roster, mut map, mut rng) = (Roster::default(), BTreeMap::new(), Rng::new(7));
        for number in 1..20_000_u32 {
            let id = InstanceId(number);
            let instance = Instance::launched(id, Timestamp::from_s(u64::from(number)));
            roster.push(instance);
            roster.set_activity(id, Some(u64::from(number)));
            map.insert(id, instance);
            // Now and then many leave, so that the list grows and shrinks.
            for _ in 0..rng.below(if number % 2_000 < 1_200 { 2 } else { 4 }) {
                let id = InstanceId(rng.below(u64::from(number)) as u32 + 1);
                roster.remove(id);
                map.remove(&id);
                assert!(roster.get(id).is_none() && roster.activity(id).is_none());
            }
            let id = InstanceId(rng.below(u64::from(number) + 2) as u32);
            assert_eq!(roster.get(id), map.get(&id), "seed 7, {id}");
            let activity = map.get(&id).map(|_| u64::from(id.0));
            assert_eq!(roster.activity(id), activity, "seed 7, {id}");
            if number % 997 == 0 {
                assert!(roster.iter().eq(map.values()), "seed 7, after {number}");
                assert!(roster.members.len() <= 2 * map.len() + HOLES_MIN);
            }
        }
    }
}
