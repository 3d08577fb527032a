//! Groups: who may be picked together, and how a request finds its group.
//!
//! A group is the eligible backends of one priority level, one zone and one condition (healthy or
//! degraded), with a policy of its own. Nearly always there is one group and a request goes
//! straight to it; otherwise [`PriorityLoads`] choose the level, [`Localities`] the zone.

use super::levels::{Levels, Zones};
use crate::balance::backend::Backend;
use crate::balance::eligibility::{EligibilityConfig, Localities, PriorityLoads, Share};
use crate::balance::policy::{Candidates, Policy};
use crate::balance::{Outcome, PolicyConfig, Request};
use crate::hash::xxh_64;
use crate::id::BackendId;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use litemap::LiteMap;
use std::collections::BTreeMap;

/// What the backends of a group have in common. Its order is the order in which groups are
/// tried as a last resort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) degraded: bool,
    pub(super) priority: u32,
    pub(super) locality: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) key: Key,
    /// Slots that may be picked, in order of identity.
    pub(super) slots: Vec<u32>,
    /// These and those who would be, were they healthy.
    members: Vec<u32>,
    pub(super) policy: Policy,
}

/// All groups of a balancer.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    pub(super) all: Vec<Group>,
    route: Route,
    /// The policy wants to hear of picks or ends, asked once: most do not, and every request would
    /// ask.
    listens: bool,
}

/// How a request finds its group.
#[derive(Clone, Debug, Default)]
pub(super) enum Route {
    /// Everything goes to group 0.
    #[default]
    Single,
    /// By level and condition, then by zone.
    Levels {
        /// Shares of the levels.
        loads: PriorityLoads,
        /// The priority of each level.
        priorities: Vec<u32>,
        /// The zones of each level and condition.
        zones: LiteMap<(u32, bool), Zones>,
    },
    /// Nobody may serve.
    Closed,
}

impl Groups {
    /// The group of the next request; a request with a key stays in the level of its key.
    #[inline(always)]
    pub(super) fn choose(&mut self, request: &Request<'_>, rng: &mut Rng) -> Option<usize> {
        match self.route {
            Route::Single => Some(0),
            _ => self.choose_by_level(request, rng),
        }
    }

    #[inline(never)]
    fn choose_by_level(&mut self, request: &Request<'_>, rng: &mut Rng) -> Option<usize> {
        match &mut self.route {
            Route::Single => Some(0),
            Route::Closed => None,
            Route::Levels { loads, priorities, zones } => {
                let hash = request.key.map_or_else(|| rng.next_u64(), |key| xxh_64(key, 0));
                let Share { level, degraded } = loads.choose(hash)?;
                let zones = zones.get_mut(&(*priorities.get(level)?, degraded))?;
                zones.choose(rng).map(|group| group as usize)
            }
        }
    }

    /// Sorts the backends in `slots` (in order of identity) into groups. Policies of groups that
    /// go on keep what they know.
    pub(super) fn refresh(
        &mut self,
        slots: &BTreeMap<BackendId, u32>,
        backends: &mut [Backend],
        config: &EligibilityConfig,
        policy: &PolicyConfig,
        now: Timestamp,
    ) {
        let levels = Levels::count(slots, backends, config);
        let by_zone = config.localities != Localities::Ignored;
        let mut known = std::mem::take(&mut self.all);
        let mut groups: Vec<Group> = Vec::new();
        for &slot in slots.values() {
            let Some(backend) = backends.get_mut(slot as usize) else { continue };
            backend.group = u32::MAX;
            if !backend.is_ready() {
                continue;
            }
            let everybody = levels.sends_to_all(backend.priority);
            let key = Key {
                degraded: backend.degraded && !everybody,
                priority: backend.priority,
                // A level that sends to all does so without regard to zones.
                locality: if everybody || !by_zone { 0 } else { backend.locality },
            };
            let at = groups.binary_search_by_key(&key, |group| group.key).unwrap_or_else(|at| {
                let before = known.iter().position(|group| group.key == key);
                let policy = before
                    .map_or_else(|| Policy::new(policy), |group| known.swap_remove(group).policy);
                groups.insert(at, Group { key, slots: Vec::new(), members: Vec::new(), policy });
                at
            });
            let Some(group) = groups.get_mut(at) else { continue };
            group.members.push(slot);
            if everybody || backend.is_eligible() {
                group.slots.push(slot);
            }
        }
        groups.retain(|group| !group.slots.is_empty());
        self.all = groups;
        self.listens = self.all.iter().any(|group| group.policy.listens());
        for (index, group) in (0..).zip(&mut self.all) {
            for &slot in &group.slots {
                if let Some(backend) = backends.get_mut(slot as usize) {
                    backend.group = index;
                }
            }
            group.tell(backends, now);
        }
        self.route = levels.route(&self.all, config);
    }

    /// A backend has one request more.
    #[inline(always)]
    pub(super) fn picked(&mut self, group: u32, slot: u32, in_flight: u32) {
        if self.listens
            && let Some(group) = self.all.get_mut(group as usize)
        {
            group.policy.load_changed(slot, in_flight);
        }
    }

    /// A backend has one request less.
    #[inline(always)]
    pub(super) fn completed(
        &mut self,
        group: u32,
        (slot, in_flight): (u32, u32),
        (now, latency): (Timestamp, Span),
        outcome: Outcome,
    ) {
        if self.listens
            && let Some(group) = self.all.get_mut(group as usize)
        {
            group.policy.completed(slot, now, latency, outcome);
            group.policy.load_changed(slot, in_flight);
        }
    }

    /// Weights changed, members did not.
    pub(super) fn reweigh(&mut self, backends: &[Backend], now: Timestamp) {
        for group in &mut self.all {
            group.tell(backends, now);
        }
    }
}

impl Group {
    fn tell(&mut self, backends: &[Backend], now: Timestamp) {
        let candidates = Candidates { slots: &self.slots, backends };
        self.policy.membership_changed(candidates, &self.members, now);
    }
}
