//! Smooth weighted round robin, as NGINX does it.
//!
//! At each pick every member gains its effective weight; the one with the most is chosen and pays
//! the sum of all. Heavy members are spread over the cycle instead of being served in a burst:
//! 5, 1, 1 gives `a a b a c a a`. A failure lowers the effective weight by weight / `max_fails`;
//! every later pick gives one back. A pick looks at every member, in the original and here.

use super::{Ask, Candidates, Evidence};
use crate::balance::explain::Rule;

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

/// One pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who was chosen.
    pub member: usize,
    /// What all gained together, and the chosen one paid.
    pub total: i64,
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

    /// Picks among the members that `eligible` admits. The first of equals wins.
    pub fn pick(&mut self, eligible: impl Fn(usize) -> bool) -> Option<Turn> {
        let (mut total, mut best) = (0, None);
        for (i, peer) in self.peers.iter_mut().enumerate().filter(|(i, _)| eligible(*i)) {
            peer.current += peer.effective;
            total += peer.effective;
            if peer.effective < peer.weight {
                peer.effective += 1;
            }
            if best.is_none_or(|(_, current)| peer.current > current) {
                best = Some((i, peer.current));
            }
        }
        let (member, _) = best?;
        self.peers.get_mut(member)?.current -= total;
        Some(Turn { member, total })
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
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct SmoothPolicy {
    turns: SmoothWeighted,
    /// The slot of each member.
    slots: Vec<u32>,
}

impl SmoothPolicy {
    pub(super) fn choose(&mut self) -> Option<u32> {
        let Turn { member, .. } = self.turns.pick(|_| true)?;
        self.slots.get(member).copied()
    }

    pub(super) fn evidence(&self) -> Evidence {
        let peers = self.slots.iter().zip(&self.turns.peers);
        let credit =
            |(&slot, peer): (&u32, &SmoothPeer)| (slot, (peer.current + peer.effective) as f64);
        Evidence::values(Rule::Credit, peers.map(credit))
    }

    /// Picks among some of the members; the others keep what they have.
    pub(super) fn choose_among(&mut self, rest: Candidates<'_>, _ask: &mut Ask<'_>) -> Option<u32> {
        let slots = &self.slots;
        let turn = self.turns.pick(|i| slots.get(i).is_some_and(|s| rest.slots.contains(s)));
        // Nobody of the rest is a member: the rest are backends of last resort.
        let slot = match turn {
            Some(Turn { member, .. }) => self.slots.get(member),
            None => rest.slots.first(),
        };
        slot.copied()
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        let weights = || candidates.slots.iter().map(|&slot| candidates.weight(slot));
        // Weights are whole numbers but for backends in slow start: then count in hundredths.
        let whole = weights().all(|weight| weight.fract() == 0.0);
        let scale = if whole { 1.0 } else { 100.0 };
        let mut turns =
            SmoothWeighted::new(weights().map(|weight| ((weight * scale + 0.5) as i64).max(1)));
        let total: i64 = turns.peers.iter().map(|peer| peer.weight).sum();
        let mut saved: Vec<i64> = Vec::new();
        for (&slot, peer) in self.slots.iter().zip(&self.turns.peers) {
            let slot = slot as usize;
            if saved.len() <= slot {
                saved.resize(slot + 1, 0);
            }
            saved[slot] = peer.current;
        }
        for (peer, slot) in turns.peers.iter_mut().zip(candidates.slots) {
            // Never more than one cycle's worth, so that a change of scale cannot starve anybody.
            peer.current = saved.get(*slot as usize).copied().unwrap_or(0).clamp(-total, total);
        }
        self.turns = turns;
        self.slots.clear();
        self.slots.extend_from_slice(candidates.slots);
    }
}
