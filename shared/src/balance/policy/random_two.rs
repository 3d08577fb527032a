//! Random two, as NGINX does it (`random two least_conn`): two distinct weighted draws; the one
//! with less in flight per unit of weight serves.
//!
//! Unlike linkerd's rule, a tie goes to the **second** draw: the first is kept out only when it is
//! not strictly better. After twenty draws that brought no second backend it is the next in turn.

use super::{AliasTable, Ask, Candidates, Evidence, RoundRobin, compare_load};
use crate::balance::explain::Rule;
use std::cmp::Ordering;

const TRIES: u32 = 20;

/// True if the first draw serves: NGINX keeps the second unless its load is strictly greater.
pub fn first_of_two_serves(first: (u32, f64), second: (u32, f64)) -> bool {
    compare_load(second, first) == Ordering::Greater
}

/// The policy.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct RandomTwo {
    table: AliasTable,
    turns: RoundRobin,
}

impl RandomTwo {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let load = |slot: u32| (candidates.in_flight(slot), candidates.weight(slot));
        let first = self.draw(candidates, ask)?;
        for _ in 0..TRIES {
            let second = self.draw(candidates, ask)?;
            if second != first {
                let keep = first_of_two_serves(load(first), load(second));
                return Some(if keep { first } else { second });
            }
        }
        self.turns.turn(candidates)
    }

    pub(super) fn evidence(&self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Evidence {
        let mut drawn: Vec<u32> = self.draw(candidates, ask).into_iter().collect();
        for _ in 0..TRIES {
            if drawn.len() == 1 {
                drawn.extend(self.draw(candidates, ask));
                drawn.dedup();
            }
        }
        let load = |&slot: &u32| (slot, candidates.load_per_weight(slot));
        let values: Vec<(u32, f64)> = drawn.iter().map(load).collect();
        Evidence::values(Rule::FewestPerWeightOfTwo, values).drawn(drawn)
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        let weights: Vec<f64> = candidates.slots.iter().map(|&s| candidates.weight(s)).collect();
        self.table = AliasTable::new(&weights);
    }

    fn draw(&self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let position = self.table.draw(ask.rng)?;
        candidates.slots.get(position as usize).copied()
    }
}
