//! Smooth weighted round robin, as NGINX does it.
//!
//! At each pick every member gains its effective weight; the one with the most is chosen and pays
//! the sum of all. Heavy members are spread over the cycle instead of being served in a burst:
//! 5, 1, 1 gives `a a b a c a a`. A failure lowers the effective weight by weight / `max_fails`;
//! every later pick gives one back. A pick looks at every member, in the original and here.

use super::{Ask, Candidates};

/// One member's numbers, with NGINX's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SmoothPeer {
    /// As configured.
    pub weight: i64,
    /// Lowered by failures, regained pick by pick.
    pub effective: i64,
    /// What it has saved up.
    pub current: i64,
}

/// The members in order.
#[derive(Clone, Debug, Default)]
pub struct SmoothWeighted {
    peers: Vec<SmoothPeer>,
}

impl SmoothWeighted {
    /// Members with these weights, nothing saved up.
    pub fn new(weights: impl IntoIterator<Item = i64>) -> Self {
        let peer = |weight| SmoothPeer { weight, effective: weight, current: 0 };
        Self { peers: weights.into_iter().map(peer).collect() }
    }

    /// The members' numbers.
    pub fn peers(&self) -> &[SmoothPeer] {
        &self.peers
    }

    /// First half of a pick: every eligible member gains; returns the sum that was given.
    pub fn gain(&mut self, eligible: impl Fn(usize) -> bool) -> i64 {
        let mut total = 0;
        for (_, peer) in self.peers.iter_mut().enumerate().filter(|(i, _)| eligible(*i)) {
            peer.current += peer.effective;
            total += peer.effective;
            if peer.effective < peer.weight {
                peer.effective += 1;
            }
        }
        total
    }

    /// Second half: the richest eligible member pays `total`. The first of equals wins.
    pub fn pay(&mut self, total: i64, eligible: impl Fn(usize) -> bool) -> Option<usize> {
        let mut best: Option<(usize, i64)> = None;
        for (i, peer) in self.peers.iter().enumerate().filter(|(i, _)| eligible(*i)) {
            if best.is_none_or(|(_, current)| peer.current > current) {
                best = Some((i, peer.current));
            }
        }
        let (winner, _) = best?;
        self.peers.get_mut(winner)?.current -= total;
        Some(winner)
    }

    /// Picks among the members that `eligible` admits.
    pub fn pick(&mut self, eligible: impl Fn(usize) -> bool) -> Option<usize> {
        let total = self.gain(&eligible);
        self.pay(total, eligible)
    }

    /// A request to this member failed; `max_fails` 0 means that failures do not count.
    pub fn failed(&mut self, member: usize, max_fails: u32) {
        if let Some(peer) = self.peers.get_mut(member)
            && max_fails > 0
        {
            peer.effective = (peer.effective - peer.weight / i64::from(max_fails)).max(0);
        }
    }
}

/// The policy: one member a candidate.
#[derive(Debug, Default)]
pub(in crate::balance) struct SmoothPolicy {
    turns: SmoothWeighted,
    /// The slot of each member.
    slots: Vec<u32>,
}

impl SmoothPolicy {
    pub(super) fn choose(&mut self) -> Option<u32> {
        let member = self.turns.pick(|_| true)?;
        self.slots.get(member).copied()
    }

    /// Picks among some of the members; the others keep what they have.
    pub(super) fn choose_among(&mut self, rest: Candidates<'_>, _ask: &mut Ask<'_>) -> Option<u32> {
        let slots = &self.slots;
        let member = self.turns.pick(|i| slots.get(i).is_some_and(|s| rest.slots.contains(s)));
        // Nobody of the rest is a member: the rest are backends of last resort.
        member.map_or_else(|| rest.slots.first().copied(), |member| self.slots.get(member).copied())
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        let weights = || candidates.slots.iter().map(|&slot| candidates.weight(slot));
        // Weights are whole numbers but for backends in slow start: then count in hundredths.
        let whole = weights().all(|weight| weight.fract() == 0.0);
        let scale = if whole { 1.0 } else { 100.0 };
        let mut turns =
            SmoothWeighted::new(weights().map(|weight| ((weight * scale + 0.5) as i64).max(1)));
        let total: i64 = turns.peers.iter().map(|peer| peer.weight).sum();
        let saved: std::collections::BTreeMap<u32, i64> =
            self.slots.iter().copied().zip(self.turns.peers.iter().map(|p| p.current)).collect();
        for (peer, slot) in turns.peers.iter_mut().zip(candidates.slots) {
            // Never more than one cycle's worth, so that a change of scale cannot starve anybody.
            peer.current = saved.get(slot).copied().unwrap_or(0).clamp(-total, total);
        }
        self.turns = turns;
        self.slots.clear();
        self.slots.extend_from_slice(candidates.slots);
    }
}
