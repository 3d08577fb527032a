//! Whose request is it? The clients of a source, all alike or by Zipf's law.
//!
//! A request's client depends on the seed, the source and the request's number only, as its work
//! does: it shifts nobody's draws, and two designs see the same clients. Zipf's law with exponent
//! s gives the client of rank k a share in proportion to `k^-s`; draws are by rejection-inversion
//! (Hörmann and Derflinger 1996), which takes the same time and no memory for any number of
//! clients.

use crate::math;
use crate::rng::{Rng, mix_64};
use std::net::{IpAddr, Ipv4Addr};

/// The clients of one source.
#[derive(Debug)]
pub(in crate::sim) struct Clients {
    count: u32,
    zipf: Option<Zipf>,
    key: u64,
}

impl Clients {
    /// `count` clients of which the k-th makes requests in proportion to `k^-skew`.
    pub(in crate::sim) fn new(count: u32, skew: f64, mut stream: Rng) -> Self {
        let zipf = (skew > 0.0 && count > 1).then(|| Zipf::new(count, skew));
        Self { count, zipf, key: stream.next_u64() }
    }

    /// The address of the client that made a request; none if no client is known.
    pub(in crate::sim) fn address_of(&self, request: u64) -> Option<IpAddr> {
        if self.count == 0 {
            return None;
        }
        let mut rng = Rng::new(self.key ^ mix_64(request));
        let rank = match &self.zipf {
            Some(zipf) => zipf.sample(&mut rng),
            None => rng.below(u64::from(self.count)) as u32,
        };
        // A network for each: NGINX's ip_hash looks at the first three octets only.
        Some(IpAddr::V4(Ipv4Addr::from(rank << 8 | 1)))
    }
}

/// Zipf's law over the ranks `0..count`.
#[derive(Clone, Copy, Debug)]
struct Zipf {
    count: f64,
    exponent: f64,
    /// The integral of `x^-s` up to half a rank beyond the ends, the first rank's part cut.
    first: f64,
    last: f64,
    /// Within so much above a rank, a draw needs no check.
    sure: f64,
}

/// Nearer to 1 than this, the exponent is taken for 1: the formulas divide by `1 - s`.
const NEAR_ONE: f64 = 1e-8;

impl Zipf {
    fn new(count: u32, exponent: f64) -> Self {
        let count = f64::from(count);
        let mut zipf = Self { count, exponent, first: 0.0, last: 0.0, sure: 0.0 };
        zipf.first = zipf.integral(1.5) - 1.0;
        zipf.last = zipf.integral(count + 0.5);
        zipf.sure = 2.0 - zipf.inverse(zipf.integral(2.5) - zipf.density(2.0));
        zipf
    }

    fn sample(&self, rng: &mut Rng) -> u32 {
        loop {
            let u = self.last + rng.unit() * (self.first - self.last);
            let x = self.inverse(u);
            let rank = f64::from((x + 0.5) as u32).clamp(1.0, self.count);
            let accepted =
                rank - x <= self.sure || u >= self.integral(rank + 0.5) - self.density(rank);
            if accepted {
                return rank as u32 - 1;
            }
        }
    }

    fn density(&self, x: f64) -> f64 {
        math::pow(x, -self.exponent)
    }

    fn integral(&self, x: f64) -> f64 {
        let power = 1.0 - self.exponent;
        if power.abs() < NEAR_ONE { math::ln(x) } else { (math::pow(x, power) - 1.0) / power }
    }

    fn inverse(&self, u: f64) -> f64 {
        let power = 1.0 - self.exponent;
        if power.abs() < NEAR_ONE {
            math::exp(u)
        } else {
            math::pow((1.0 + power * u).max(0.0), 1.0 / power)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of the first ranks against Zipf's law, for exponents below, at and above 1.
    #[test]
    fn shares_follow_zipf() {
        const CLIENTS: u32 = 1_000;
        const DRAWS: u32 = 200_000;
        for exponent in [0.0, 0.5, 1.0, 1.2, 3.0] {
            let clients = Clients::new(CLIENTS, exponent, Rng::new(5));
            let mut counts = vec![0_u32; CLIENTS as usize];
            for request in 0..u64::from(DRAWS) {
                let Some(IpAddr::V4(ip)) = clients.address_of(request) else { panic!("no client") };
                counts[(ip.to_bits() >> 8) as usize] += 1;
            }
            let weight = |rank: u32| math::pow(f64::from(rank), -exponent);
            let total: f64 = (1..=CLIENTS).map(weight).sum();
            for rank in [1, 2, 3, 10] {
                let expected = f64::from(DRAWS) * weight(rank) / total;
                let got = f64::from(counts[rank as usize - 1]);
                let off = (got - expected).abs();
                assert!(off <= 5.0 * expected.sqrt() + 1.0, "{exponent}: {rank}: {got} {expected}");
            }
        }
    }

    #[test]
    fn a_request_keeps_its_client_and_without_clients_there_is_none() {
        let clients = Clients::new(50, 1.1, Rng::new(1));
        assert_eq!(clients.address_of(7), clients.address_of(7));
        assert_eq!(Clients::new(0, 1.1, Rng::new(1)).address_of(7), None);
        assert!(Clients::new(1, 4.0, Rng::new(1)).address_of(7).is_some());
    }
}
