//! Power of d choices: draw d distinct backends, take the least loaded.
//!
//! With two choices the longest queue of n falls from about ln n / ln ln n to ln ln n / ln 2
//! (Azar et al.; Mitzenmacher). Ties go to the first draw, as in linkerd: the draws are uniform,
//! so equals share the load equally.

use super::{Candidates, Evidence};
use crate::balance::explain::Rule;
use crate::rng::Rng;

/// True if the first of two draws serves: linkerd keeps it unless the second has strictly less.
pub fn first_of_draws_serves(first_load: f64, second_load: f64) -> bool {
    first_load <= second_load
}

/// Draws and compares.
#[derive(Clone, Debug)]
pub(in crate::balance) struct PowerOfChoices {
    choices: usize,
    /// Positions already drawn for the present pick; kept to reuse its memory.
    drawn: Vec<usize>,
}

impl PowerOfChoices {
    pub(super) fn new(choices: u32) -> Self {
        Self { choices: choices as usize, drawn: Vec::new() }
    }

    #[inline(always)]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, rng: &mut Rng) -> Option<u32> {
        let n = candidates.slots.len();
        match (self.choices, n) {
            (_, 0) => None,
            (_, 1) => candidates.slots.first().copied(),
            (2, _) => {
                // The second index skips the first: n (n - 1) ordered pairs, all as likely.
                let first = rng.index(n);
                let second = rng.index(n - 1);
                let second = second + usize::from(second >= first);
                let (a, b) = (candidates.slots[first], candidates.slots[second]);
                Some(if candidates.in_flight(b) < candidates.in_flight(a) { b } else { a })
            }
            _ => self.choose_of_many(candidates, rng),
        }
    }

    pub(super) fn evidence(&mut self, candidates: Candidates<'_>, rng: &mut Rng) -> Evidence {
        let rule = Evidence::of(Rule::FewestOfDraws);
        match (self.choices, candidates.slots.len()) {
            (_, 0 | 1) => rule.drawn(candidates.slots),
            (2, n) => {
                let (first, second) = (rng.index(n), rng.index(n - 1));
                let second = second + usize::from(second >= first);
                rule.drawn([candidates.slots[first], candidates.slots[second]])
            }
            _ => {
                self.choose_of_many(candidates, rng);
                let drawn = self.drawn.iter().map(|&position| candidates.slots[position]);
                rule.drawn(drawn.collect::<Vec<u32>>())
            }
        }
    }

    /// Any number of draws: Floyd's way to draw distinct positions, in `choices` steps.
    #[inline(never)]
    fn choose_of_many(&mut self, candidates: Candidates<'_>, rng: &mut Rng) -> Option<u32> {
        let n = candidates.slots.len();
        self.drawn.clear();
        for upper in n - self.choices.min(n)..n {
            let draw = rng.index(upper + 1);
            self.drawn.push(if self.drawn.contains(&draw) { upper } else { draw });
        }
        // Floyd's positions are a uniform set but not in uniform order: break ties by a draw.
        let start = rng.index(self.drawn.len());
        let drawn = self.drawn.iter().cycle().skip(start).take(self.drawn.len());
        drawn.map(|&i| candidates.slots[i]).min_by_key(|&slot| candidates.in_flight(slot))
    }
}
