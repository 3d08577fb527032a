//! Least connections, as NGINX does it (`least_conn`): the least in flight per unit of weight.
//!
//! Ratios are compared by cross-multiplication, `conns_a * weight_b < conns_b * weight_a`, so that
//! equality is exact; the tied take turns by smooth weighted round robin. A pick looks at every
//! backend, as the original does; `least_request` and `least_outstanding_requests` do not.

use super::{Candidates, SmoothWeighted};
use std::cmp::Ordering;

/// Compares two backends by what they have in flight per unit of weight.
pub fn compare_load(a: (u32, f64), b: (u32, f64)) -> Ordering {
    (f64::from(a.0) * b.1).total_cmp(&(f64::from(b.0) * a.1))
}

/// The policy.
#[derive(Debug, Default)]
pub(in crate::balance) struct LeastConnections {
    turns: SmoothWeighted,
    slots: Vec<u32>,
}

impl LeastConnections {
    pub(super) fn choose(&mut self, candidates: Candidates<'_>) -> Option<u32> {
        let load = |slot: u32| (candidates.in_flight(slot), candidates.weight(slot));
        let mut slots = candidates.slots.iter().copied();
        let first = slots.next()?;
        let mut tied = false;
        let least = slots.fold(first, |best, slot| match compare_load(load(slot), load(best)) {
            Ordering::Less => {
                tied = false;
                slot
            }
            Ordering::Equal => {
                tied = true;
                best
            }
            Ordering::Greater => best,
        });
        if !tied {
            return Some(least);
        }
        let members = &self.slots;
        let member = self.turns.pick(|i| {
            members.get(i).is_some_and(|&slot| {
                compare_load(load(slot), load(least)).is_eq() && candidates.contains(slot)
            })
        });
        // Backends of last resort are no members: the first of them will do.
        Some(member.and_then(|i| self.slots.get(i).copied()).unwrap_or(least))
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
