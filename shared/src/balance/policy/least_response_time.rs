//! Least response time: the backend with the least expected wait of all.
//!
//! No vendor publishes one formula for this name. Here it is peak EWMA's load,
//! `cost * (requests in flight + 1)`, over all backends instead of two drawn ones. All costs decay
//! alike, so their order does not depend on the moment ([`PeakEwma::rank`]) and a tree of winners
//! keeps the least at its root: a pick reads it, a change costs O(log n), and nothing is scanned.
//! All balancers with this policy herd to the same backend; `peak_ewma` does not.
//!
//! [`PeakEwma::rank`]: super::PeakEwma::rank

use super::peak_ewma::Estimates;
use super::winner_tree::WinnerTree;
use super::{Ask, Candidates, Evidence};
use crate::balance::backend::Backend;
use crate::balance::explain::Rule;
use crate::math;
use crate::time::{Span, Timestamp};

/// The policy.
#[derive(Clone, Debug)]
pub(in crate::balance) struct LeastResponseTime {
    estimates: Estimates,
    tree: WinnerTree,
    by_slot: Vec<Standing>,
    /// `ln(n + 1)` of small n.
    logarithms: Vec<f64>,
}

/// What does not change from pick to pick.
#[derive(Clone, Copy, Debug)]
struct Standing {
    rank: f64,
    /// Logarithm of the weight.
    weight: f64,
}

const LOGARITHMS: u32 = 64;

impl LeastResponseTime {
    pub(super) fn new(default_rtt: Span, decay: Span) -> Self {
        let estimates = Estimates::new(default_rtt, decay);
        let logarithms = (1..=LOGARITHMS).map(|n| math::ln(f64::from(n))).collect();
        Self { estimates, tree: WinnerTree::default(), by_slot: Vec::new(), logarithms }
    }

    #[inline]
    pub(super) fn choose(&self) -> Option<u32> {
        self.tree.winner()
    }

    pub(super) fn evidence(&self, candidates: Candidates<'_>, ask: &Ask<'_>) -> Evidence {
        let wait = |&slot: &u32| (slot, self.estimates.wait_ms(candidates, slot, ask.now));
        Evidence::values(Rule::ShortestWait, candidates.slots.iter().map(wait))
    }

    pub(super) fn choose_among(&self, rest: Candidates<'_>) -> Option<u32> {
        let key = |slot: u32| self.key(slot, rest.in_flight(slot));
        rest.slots.iter().copied().min_by(|&a, &b| key(a).total_cmp(&key(b)))
    }

    pub(super) fn completed(&mut self, slot: u32, rtt: Span, now: Timestamp) {
        self.estimates.observe(slot, rtt, now);
        if let Some(standing) = self.by_slot.get_mut(slot as usize) {
            standing.rank = self.estimates.rank(slot);
        }
    }

    #[inline]
    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        if self.tree.contains(slot) {
            self.tree.set(slot, self.key(slot, in_flight));
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>, now: Timestamp) {
        self.estimates.membership_changed(candidates, now);
        let standing = |(slot, backend): (u32, &Backend)| Standing {
            rank: self.estimates.rank(slot),
            weight: math::ln(backend.effective_weight),
        };
        self.by_slot = (0..).zip(candidates.backends).map(standing).collect();
        let key = |slot: u32| (slot, self.key(slot, candidates.in_flight(slot)));
        let keys: Vec<(u32, f64)> = candidates.slots.iter().map(|&slot| key(slot)).collect();
        self.tree.rebuild(candidates.backends.len(), keys.into_iter());
    }

    /// Orders loads per unit of weight at any one moment, by their logarithms.
    #[inline]
    fn key(&self, slot: u32, in_flight: u32) -> f64 {
        let known = self.logarithms.get(in_flight as usize).copied();
        let logarithm = known.unwrap_or_else(|| math::ln(f64::from(in_flight) + 1.0));
        let standing = self.by_slot.get(slot as usize);
        standing.map_or(0.0, |standing| standing.rank - standing.weight) + logarithm
    }
}
