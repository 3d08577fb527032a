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
#[derive(Debug, Default)]
pub(in crate::balance) struct IpHash {
    /// All members in order of identity, with the sum of the weights up to and with each.
    members: Vec<(u64, u32)>,
    /// Whose turn it is when hashing leads nowhere.
    turn: usize,
}

impl IpHash {
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        if let Some(client) = ask.request.client {
            let total = self.members.last().map_or(0, |&(sum, _)| sum);
            let mut hash = START;
            for _ in 0..=TRIES {
                hash = ip_hash_step(hash, client);
                let Some(point) = u64::from(hash).checked_rem(total) else { break };
                let at = self.members.partition_point(|&(sum, _)| sum <= point);
                if let Some(&(_, slot)) = self.members.get(at)
                    && candidates
                        .slots
                        .binary_search_by_key(&candidates.id(slot), |&s| candidates.id(s))
                        .is_ok()
                {
                    return Some(slot);
                }
            }
        }
        self.turn = (self.turn + 1).checked_rem(candidates.slots.len())?;
        candidates.slots.get(self.turn).copied()
    }

    /// Remembers all members, whether they may serve or not.
    pub(super) fn membership_changed(&mut self, members: &[u32], candidates: Candidates<'_>) {
        let mut sum = 0;
        self.members.clear();
        for &slot in members {
            sum += u64::from(candidates.configured_weight(slot));
            self.members.push((sum, slot));
        }
    }
}
