//! Least connections, as NGINX does it (`least_conn`): the least in flight per unit of weight.
//!
//! Ratios are compared by cross-multiplication, `conns_a * weight_b < conns_b * weight_a`, so that
//! equality is exact; the tied take turns by smooth weighted round robin. A pick looks at every
//! backend, as the original does; `least_request` and `least_outstanding_requests` do not.

use super::{Candidates, SmoothWeighted, Turn};
use std::cmp::Ordering;

/// Compares two backends by what they have in flight per unit of weight.
pub fn compare_load(a: (u32, f64), b: (u32, f64)) -> Ordering {
    (f64::from(a.0) * b.1).total_cmp(&(f64::from(b.0) * a.1))
}

/// The policy.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct LeastConnections {
    turns: SmoothWeighted,
    slots: Vec<u32>,
}

impl LeastConnections {
    pub(super) fn choose(&mut self, candidates: Candidates<'_>) -> Option<u32> {
        let load = |slot: u32| (candidates.in_flight(slot), candidates.weight(slot));
        let (least, is_tied) = least_loaded(candidates)?;
        if !is_tied {
            return Some(least);
        }
        let least = load(least);
        let slots = &self.slots;
        let ties = |i: usize| slots.get(i).is_some_and(|&s| compare_load(load(s), least).is_eq());
        let Turn { member, .. } = self.turns.pick(ties)?;
        self.slots.get(member).copied()
    }

    /// The first of the least loaded of others than the usual ones; nobody's turn is used up.
    pub(super) fn choose_among(rest: Candidates<'_>) -> Option<u32> {
        least_loaded(rest).map(|(slot, _)| slot)
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        if self.slots != candidates.slots {
            self.slots.clear();
            self.slots.extend_from_slice(candidates.slots);
            let weight = |&slot: &u32| i64::from(candidates.configured_weight(slot).max(1));
            self.turns = SmoothWeighted::new(candidates.slots.iter().map(weight));
        }
    }
}

/// The first of the least loaded, and whether others are loaded as little.
fn least_loaded(candidates: Candidates<'_>) -> Option<(u32, bool)> {
    let load = |slot: u32| (candidates.in_flight(slot), candidates.weight(slot));
    let (&first, others) = candidates.slots.split_first()?;
    let (mut best, mut least, mut is_tied) = (first, load(first), false);
    for &slot in others {
        let other = load(slot);
        match compare_load(other, least) {
            Ordering::Less => (best, least, is_tied) = (slot, other, false),
            Ordering::Equal => is_tied = true,
            Ordering::Greater => {}
        }
    }
    Some((best, is_tied))
}
