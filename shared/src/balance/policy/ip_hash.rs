//! IP hash, as NGINX does it: clients of one network go to one backend.
//!
//! The hash runs over the first three octets of an IPv4 address (all sixteen of IPv6), so that a
//! client whose address changes within its /24 stays. It is taken modulo the weight of **all**
//! members, the unhealthy included: when one fails, only its own clients move. Whoever hits a
//! member that may not serve is hashed again, on from the hash so far, up to twenty times, and is
//! then served in turn.

use super::{Ask, Candidates};
use std::net::IpAddr;

const START: u32 = 89;
const MULTIPLIER: u32 = 113;
const MODULUS: u32 = 6271;
const TRIES: u32 = 20;

/// NGINX's hash of an address, continuing from `hash`.
fn ip_hash_step(hash: u32, client: IpAddr) -> u32 {
    let fold = |octets: &[u8]| {
        octets.iter().fold(hash, |hash, &octet| (hash * MULTIPLIER + u32::from(octet)) % MODULUS)
    };
    match client {
        IpAddr::V4(ip) => fold(&ip.octets()[..3]),
        IpAddr::V6(ip) => fold(&ip.octets()),
    }
}

/// NGINX's hash of an address.
pub fn ip_hash(client: IpAddr) -> u32 {
    ip_hash_step(START, client)
}

/// The position at which `hash` lands on weights laid end to end.
pub fn weighted_position(hash: u32, weights: &[u32]) -> Option<usize> {
    let total: u64 = weights.iter().copied().map(u64::from).sum();
    let mut left = u64::from(hash).checked_rem(total)?;
    weights.iter().position(|&weight| {
        let here = left < u64::from(weight);
        left = left.saturating_sub(u64::from(weight));
        here
    })
}

/// The policy.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct IpHash {
    /// The weight of all members, laid end to end in order of identity.
    total: u32,
    /// Who sits at each point of that line which a hash can reach: the position in `members`.
    seats: Vec<u32>,
    /// The slot of each member; none while it may not serve.
    members: Vec<Option<u32>>,
    /// Whose turn it is when hashing leads nowhere.
    turn: usize,
}

impl IpHash {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &Ask<'_>) -> Option<u32> {
        self.find(ask, |_| true).or_else(|| self.in_turn(candidates))
    }

    /// Chooses among some of the candidates only, or among others of last resort.
    pub(super) fn choose_among(&mut self, rest: Candidates<'_>, ask: &Ask<'_>) -> Option<u32> {
        self.find(ask, |slot| rest.contains(slot)).or_else(|| self.in_turn(rest))
    }

    /// The first member that the client's hashes lead to and that may serve.
    #[inline]
    fn find(&self, ask: &Ask<'_>, admits: impl Fn(u32) -> bool) -> Option<u32> {
        let client = ask.request.client?;
        let mut hash = START;
        for _ in 0..=TRIES {
            hash = ip_hash_step(hash, client);
            let seat = *self.seats.get(hash.checked_rem(self.total)? as usize)?;
            if let Some(slot) = self.members.get(seat as usize).copied().flatten()
                && admits(slot)
            {
                return Some(slot);
            }
        }
        None
    }

    fn in_turn(&mut self, candidates: Candidates<'_>) -> Option<u32> {
        self.turn = (self.turn + 1).checked_rem(candidates.slots.len())?;
        candidates.slots.get(self.turn).copied()
    }

    /// Remembers all members, whether they may serve or not.
    pub(super) fn membership_changed(&mut self, members: &[u32], candidates: Candidates<'_>) {
        let weight = |slot: u32| candidates.configured_weight(slot);
        self.total = members.iter().fold(0, |sum: u32, &slot| sum.saturating_add(weight(slot)));
        self.seats.clear();
        for (seat, &slot) in (0..).zip(members) {
            // No hash reaches beyond the modulus.
            let room = (MODULUS as usize).saturating_sub(self.seats.len());
            self.seats.extend(std::iter::repeat_n(seat, room.min(weight(slot) as usize)));
        }
        // Candidates are members, in the same order.
        let mut serving = candidates.slots.iter().copied().peekable();
        self.members.clear();
        let seated = members.iter().map(|&slot| serving.next_if_eq(&slot));
        self.members.extend(seated);
    }
}
