//! Least response time: the backend with the least expected wait of all.
//!
//! No vendor publishes one formula for this name. Here it is peak EWMA's load,
//! `cost * (requests in flight + 1)`, over all backends instead of two drawn ones. All costs decay
//! alike, so their order does not depend on the moment ([`PeakEwma::rank`]) and a tree of winners
//! keeps the least at its root: a pick reads it, a change costs O(log n), and nothing is scanned.
//! All balancers with this policy herd to the same backend; `peak_ewma` does not.
//!
//! [`PeakEwma::rank`]: super::PeakEwma::rank

use super::Candidates;
use super::peak_ewma::Estimates;
use super::winner_tree::WinnerTree;
use crate::math;
use crate::time::{Span, Timestamp};

/// The policy.
#[derive(Debug)]
pub(in crate::balance) struct LeastResponseTime {
    default_rtt: Span,
    decay: Span,
    estimates: Estimates,
    tree: WinnerTree,
    weights: Vec<f64>,
}

impl LeastResponseTime {
    pub(super) fn new(default_rtt: Span, decay: Span) -> Self {
        let (estimates, tree, weights) = Default::default();
        Self { default_rtt, decay, estimates, tree, weights }
    }

    #[inline]
    pub(super) fn choose(&self) -> Option<u32> {
        self.tree.winner()
    }

    pub(super) fn choose_among(&self, rest: Candidates<'_>) -> Option<u32> {
        let key = |slot: u32| self.key(slot, rest.in_flight(slot), rest.weight(slot));
        rest.slots.iter().copied().min_by(|&a, &b| key(a).total_cmp(&key(b)))
    }

    pub(super) fn completed(&mut self, slot: u32, rtt: Span, now: Timestamp) {
        self.estimates.observe(slot, rtt, now, self.decay);
    }

    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        if let Some(&weight) = self.weights.get(slot as usize)
            && self.tree.contains(slot)
        {
            self.tree.set(slot, self.key(slot, in_flight, weight));
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>, now: Timestamp) {
        self.estimates.membership_changed(candidates, self.default_rtt, now);
        self.weights.clear();
        self.weights.extend(candidates.backends.iter().map(|backend| backend.effective_weight));
        let estimates = &self.estimates;
        let (weights, decay) = (&self.weights, self.decay);
        let keys = candidates.slots.iter().map(|&slot| {
            (slot, key(estimates, decay, slot, candidates.in_flight(slot), weight(weights, slot)))
        });
        self.tree.rebuild(candidates.backends.len(), keys);
    }

    fn key(&self, slot: u32, in_flight: u32, weight: f64) -> f64 {
        key(&self.estimates, self.decay, slot, in_flight, weight)
    }
}

fn weight(weights: &[f64], slot: u32) -> f64 {
    weights.get(slot as usize).copied().unwrap_or(1.0)
}

fn key(estimates: &Estimates, decay: Span, slot: u32, in_flight: u32, weight: f64) -> f64 {
    let rank = estimates.get(slot).map_or(0.0, |estimate| estimate.rank(decay));
    rank + math::ln((f64::from(in_flight) + 1.0) / weight)
}
