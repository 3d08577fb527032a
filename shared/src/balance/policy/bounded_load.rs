//! Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016): nobody gets more
//! than its share of what is in flight, times a factor; keys of a full backend overflow.
//!
//! - **HAProxy** (`hash-balance-factor`): all slots, `((served + 1) * factor + 99) / 100`, are
//!   dealt to the servers exactly by weight, at least one each. A key whose server is full goes
//!   on along the ring. [`haproxy_slots`].
//! - **Envoy** (`hash_balance_factor`): the same total; a host is overloaded above
//!   `max(ceil(total * share), 1)`. A key whose host is overloaded tries the others in a random
//!   order that depends on its hash alone, so it overflows to the same host every time. When all
//!   are overloaded, the least overloaded serves. [`EnvoyBound`], [`probe_order`].

/// Requests that all servers together may hold, this one included.
pub const fn total_slots(in_flight: u64, factor_percent: u32) -> u64 {
    in_flight.saturating_add(1).saturating_mul(factor_percent as u64).saturating_add(99) / 100
}

/// HAProxy's slots of one server: `weight` of `total_weight`, where `weight_before` is the sum of
/// the weights of the servers before it, so that rounding gives no slot away and loses none.
pub fn haproxy_slots(total: u64, weight: u32, weight_before: u64, total_weight: u64) -> u64 {
    let (Some(each), Some(left)) =
        (total.checked_div(total_weight), total.checked_rem(total_weight))
    else {
        return 1;
    };
    let weight = u64::from(weight);
    let extra = match u32::try_from(total_weight) {
        // Both products are below the square of the total: 64 bits hold them.
        Ok(_) if weight <= total_weight && weight_before <= total_weight => {
            (weight_before * left % total_weight + weight * left) / total_weight
        }
        // Absurd weights must give absurd slots and no overflow.
        _ => {
            let wide = |x: u64| u128::from(x);
            let carried = wide(weight_before) * wide(left) % wide(total_weight);
            let extra = (carried + wide(weight) * wide(left)) / wide(total_weight);
            u64::try_from(extra).unwrap_or(u64::MAX)
        }
    };
    weight.saturating_mul(each).saturating_add(extra).max(1)
}

/// Envoy's bound for one cluster at one moment.
#[derive(Clone, Copy, Debug)]
pub struct EnvoyBound {
    /// All slots of the cluster.
    pub total: u64,
}

impl EnvoyBound {
    /// The bound while `in_flight` requests are active in the cluster.
    pub const fn new(in_flight: u64, factor_percent: u32) -> Self {
        Self { total: total_slots(in_flight, factor_percent) }
    }

    /// Slots of a host that has `share` (0 to 1) of the weight.
    pub fn slots(self, share: f64) -> u64 {
        ((self.total as f64 * share).ceil() as u64).max(1)
    }

    /// How loaded a host is: above 1 it is overloaded.
    pub fn overload_factor(self, in_flight: u32, share: f64) -> f64 {
        f64::from(in_flight) / self.slots(share) as f64
    }
}

/// The host that Envoy takes: `chosen` unless it is overloaded, else the first in
/// [`probe_order`] that is not, else the least overloaded.
pub fn envoy_choice(
    hosts: u32,
    hash: u64,
    chosen: u32,
    mut overload_factor: impl FnMut(u32) -> f64,
) -> u32 {
    let (mut least, mut least_factor) = (chosen, overload_factor(chosen));
    if least_factor <= 1.0 {
        return chosen;
    }
    for host in probe_order(hosts, hash).filter(|&host| host != chosen) {
        let factor = overload_factor(host);
        if factor <= 1.0 {
            return host;
        }
        if factor < least_factor {
            (least, least_factor) = (host, factor);
        }
    }
    least
}

/// A random order of `0..hosts` that depends on `hash` alone: Fisher and Yates' shuffle driven by
/// a Mersenne Twister, worked out lazily because most keys need its first element only.
pub fn probe_order(hosts: u32, hash: u64) -> impl Iterator<Item = u32> {
    let mut twister = MersenneTwister::new(hash as u32);
    let mut order: Vec<u32> = (0..hosts).collect();
    (0..hosts).map(move |i| {
        let j = i + twister.below(hosts - i);
        order.swap(i as usize, j as usize);
        order.get(i as usize).copied().unwrap_or(i)
    })
}

const STATE: usize = 624;
const SHIFT: usize = 397;

/// MT19937 (Matsumoto and Nishimura 1998).
struct MersenneTwister {
    state: [u32; STATE],
    next: usize,
}

impl MersenneTwister {
    fn new(seed: u32) -> Self {
        let mut state = [seed; STATE];
        for i in 1..STATE {
            let previous = state[i - 1];
            let mixed = previous ^ (previous >> 30);
            state[i] = mixed.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Self { state, next: STATE }
    }

    fn next_u32(&mut self) -> u32 {
        if self.next >= STATE {
            self.twist();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn twist(&mut self) {
        for i in 0..STATE {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % STATE] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + SHIFT) % STATE] ^ (y >> 1) ^ odd;
        }
        self.next = 0;
    }

    /// A number in `0..bound` without bias: draws beyond the last whole multiple are rejected.
    fn below(&mut self, bound: u32) -> u32 {
        if bound <= 1 {
            // One outcome, but the original draws all the same; nobody can tell.
            return 0;
        }
        let bucket = ((1_u64 << 32) / u64::from(bound)) as u32;
        loop {
            let draw = self.next_u32() / bucket;
            if draw < bound {
                return draw;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mersenne_twister_reference() {
        let mut twister = MersenneTwister::new(5489);
        assert_eq!([twister.next_u32(), twister.next_u32()], [3_499_211_612, 581_869_302]);
        let last = (2..10_000).map(|_| twister.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }

    #[test]
    fn slots_add_up() {
        let weights = [3_u32, 1, 7, 2];
        for served in 0..200 {
            let total = total_slots(served, 125);
            let mut before = 0;
            let slots = weights.map(|weight| {
                let slots = haproxy_slots(total, weight, before, 13);
                before += u64::from(weight);
                slots
            });
            assert!(slots.iter().sum::<u64>() >= total, "{served}: {slots:?}");
        }
        assert_eq!(haproxy_slots(9, 1, 0, 0), 1);
    }
}
