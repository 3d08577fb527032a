//! Random: every eligible backend with a chance in proportion to its weight.
//!
//! Weighted draws use Walker's alias method in Vose's form: n columns of equal height, each shared
//! by at most two members, so that a draw is one column and one comparison, whatever n is.

use super::{Ask, Candidates};
use crate::rng::Rng;

/// Draws members in proportion to their weights, in constant time.
#[derive(Clone, Debug, Default)]
pub struct AliasTable {
    /// For each column: how much of it its own member holds, and who has the rest.
    columns: Vec<(f64, u32)>,
}

impl AliasTable {
    /// A table over these weights; weights below zero count as zero. Empty if none is above.
    pub fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().map(|weight| weight.max(0.0)).sum();
        if !(total.is_finite() && total > 0.0) {
            return Self::default();
        }
        let mean = total / weights.len() as f64;
        let mut columns: Vec<(f64, u32)> =
            (0..).zip(weights).map(|(member, weight)| (weight.max(0.0) / mean, member)).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..columns.len() as u32).partition(|&i| columns[i as usize].0 < 1.0);
        while let (Some(less), Some(&more)) = (small.pop(), large.last()) {
            columns[less as usize].1 = more;
            // What the small one lacks, the large one fills.
            let left = columns[more as usize].0 - (1.0 - columns[less as usize].0);
            columns[more as usize].0 = left;
            if left < 1.0 {
                large.pop();
                small.push(more);
            }
        }
        // Rounding leaves a few columns a hair below full that nobody fills.
        for i in small.into_iter().chain(large) {
            columns[i as usize] = (1.0, i);
        }
        Self { columns }
    }

    /// A member.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> Option<u32> {
        let column = rng.index(self.columns.len());
        let &(own, other) = self.columns.get(column)?;
        Some(if rng.unit() < own { column as u32 } else { other })
    }
}

/// The policy.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct Random {
    /// Only when weights differ.
    table: Option<AliasTable>,
}

impl Random {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let position = match &self.table {
            None => ask.rng.index(candidates.slots.len()),
            Some(table) => table.draw(ask.rng)? as usize,
        };
        candidates.slots.get(position).copied()
    }

    /// Draws among others than the usual ones.
    pub(super) fn choose_among(rest: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let total: f64 = rest.slots.iter().map(|&slot| rest.weight(slot)).sum();
        let mut left = ask.rng.unit() * total;
        let found = rest.slots.iter().copied().find(|&slot| {
            left -= rest.weight(slot);
            left < 0.0
        });
        found.or(rest.slots.last().copied())
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        self.table = (!candidates.are_weights_equal()).then(|| {
            let weights: Vec<f64> =
                candidates.slots.iter().map(|&slot| candidates.weight(slot)).collect();
            AliasTable::new(&weights)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_weights() {
        let table = AliasTable::new(&[1.0, 0.0, 3.0, -2.0, 4.0]);
        let mut rng = Rng::new(1);
        let mut counts = [0_u32; 5];
        for _ in 0..80_000 {
            counts[table.draw(&mut rng).unwrap() as usize] += 1;
        }
        let expected = [10_000_i64, 0, 30_000, 0, 40_000];
        for (count, expected) in counts.iter().zip(expected) {
            // Six standard deviations of the most uncertain of them.
            assert!((i64::from(*count) - expected).abs() <= 850, "{counts:?}");
        }
        assert_eq!(AliasTable::new(&[0.0]).draw(&mut rng), None);
        assert_eq!(AliasTable::new(&[f64::NAN]).draw(&mut rng), None);
    }
}
