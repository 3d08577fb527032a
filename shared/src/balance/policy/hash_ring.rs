//! A ring of hash points, each owned by a member: the base of every consistent-hash policy.
//!
//! A key belongs to the first point at or after its hash, and past the last point to the first.
//! When a member leaves, its keys move: each to the owner of the next point.
//!
//! Two constructions, bit for bit as the originals:
//!
//! - **Envoy ring hash**: point i of a member is xxHash64 of `key_i`. The number of points
//!   follows the weights, scaled so that the lightest member gets a whole number of them and the
//!   ring its size. Fewer members therefore have more points each, which take some keys of others.
//! - **Ketama, NGINX's** (`hash … consistent`, also Pingora): 160 points a unit of weight, each
//!   the CRC-32 of host, NUL, port and the point before it. Nobody else's keys ever move.

use crate::balance::ConfigError;
use crate::hash::{Crc32, xxh_64};

/// The greatest ring that Envoy allows (8 M points).
pub const MAX_RING_SIZE: u32 = 8 * 1024 * 1024;

/// Ketama points of one unit of weight.
const KETAMA_POINTS: u32 = 160;

/// Points in order of hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashRing {
    points: Vec<(u64, u32)>,
    /// Where the points of each interval of hashes begin, and where the last one's end. There are
    /// about half as many intervals as points: a search looks here, then at a few neighbours.
    starts: Vec<u32>,
    /// Hashes of one interval differ in so many bits at most.
    shift: u32,
}

impl HashRing {
    /// Envoy's ring over members with a key and a weight.
    ///
    /// # Errors
    ///
    /// A ring size that is out of range, or a minimum above the maximum.
    pub fn envoy(
        members: &[(&str, f64)],
        min_size: u32,
        max_size: u32,
    ) -> Result<Self, ConfigError> {
        let greatest = f64::from(MAX_RING_SIZE);
        ConfigError::check("policy.maximum_ring_size", f64::from(max_size), 1.0, greatest)?;
        let max = f64::from(max_size);
        ConfigError::check("policy.minimum_ring_size", f64::from(min_size), 1.0, max)?;
        let total: f64 = members.iter().map(|(_, weight)| weight.max(0.0)).sum();
        let shares = members.iter().map(|(_, weight)| weight.max(0.0) / total);
        let least = shares.clone().filter(|share| *share > 0.0).fold(f64::INFINITY, f64::min);
        if !least.is_finite() {
            return Ok(Self::default());
        }
        let scale = ((least * f64::from(min_size)).ceil() / least).min(max);
        let mut points = Vec::with_capacity(scale as usize + 1);
        let (mut placed, mut target) = (0.0, 0.0);
        let mut text = Vec::new();
        for (index, ((key, _), share)) in members.iter().zip(shares).enumerate() {
            // Running sums over all members, so that rounding never adds up.
            target += scale * share;
            for i in 0_u32.. {
                if placed >= target {
                    break;
                }
                text.clear();
                text.extend_from_slice(key.as_bytes());
                text.push(b'_');
                text.extend_from_slice(i.to_string().as_bytes());
                points.push((xxh_64(&text, 0), index as u32));
                placed += 1.0;
            }
        }
        points.sort_unstable();
        Ok(Self::of_points(points, 64))
    }

    /// NGINX's ketama ring over members with an address (`host:port`) and a whole weight.
    pub fn ketama(members: &[(&str, u32)]) -> Self {
        let mut points = Vec::new();
        let wanted: u64 = members.iter().map(|&(_, weight)| points_of(weight)).sum();
        // Absurd weights keep their proportions in a ring that still fits into memory.
        let limit = u64::from(MAX_RING_SIZE);
        let shrink = |n: u64| if wanted > limit { (n * limit / wanted).max(1) } else { n };
        for (index, (address, weight)) in members.iter().enumerate() {
            // A port is what follows the last colon outside of brackets; NGINX keeps them apart.
            let (host, port) = match address.rsplit_once(':') {
                Some((host, port)) if !port.contains(']') => (host, port),
                _ => (*address, ""),
            };
            let base = Crc32::new().update(host.as_bytes()).update(&[0]).update(port.as_bytes());
            let mut previous = 0_u32;
            for _ in 0..shrink(points_of(*weight)) {
                previous = base.update(&previous.to_le_bytes()).finish();
                points.push((u64::from(previous), index as u32));
            }
        }
        points.sort_unstable();
        points.dedup_by_key(|(hash, _)| *hash);
        Self::of_points(points, 32)
    }

    /// The ring of sorted points whose hashes have so many bits.
    fn of_points(points: Vec<(u64, u32)>, bits: u32) -> Self {
        let interval_bits = (points.len() / 2).max(2).ilog2().min(bits);
        let shift = bits - interval_bits;
        let mut starts = Vec::with_capacity((1 << interval_bits) + 1);
        let mut start = 0_u32;
        for interval in 0..1_u64 << interval_bits {
            let is_before = |&(hash, _): &(u64, u32)| hash >> shift < interval;
            while points.get(start as usize).is_some_and(is_before) {
                start += 1;
            }
            starts.push(start);
        }
        starts.push(points.len() as u32);
        Self { points, starts, shift }
    }

    /// Every point with its owner, in order.
    pub fn points(&self) -> &[(u64, u32)] {
        &self.points
    }

    /// The owner of `hash`, or for attempt n the owner of the n-th point after it.
    pub fn lookup(&self, hash: u64, attempt: u32) -> Option<u32> {
        let first = self.first(hash);
        let index = (first + attempt as usize).checked_rem(self.points.len())?;
        self.points.get(index).map(|&(_, owner)| owner)
    }

    /// Owners from `hash` once around the ring; each point's owner, so members repeat.
    pub fn walk(&self, hash: u64) -> impl Iterator<Item = u32> {
        let first = self.first(hash);
        let (before, after) = self.points.split_at_checked(first).unwrap_or_default();
        after.iter().chain(before).map(|&(_, owner)| owner)
    }

    /// The position of the first point at or after `hash`.
    fn first(&self, hash: u64) -> usize {
        let interval = usize::try_from(hash >> self.shift).unwrap_or(usize::MAX);
        let ends = (self.starts.get(interval), self.starts.get(interval.saturating_add(1)));
        // Past the last interval the ring begins again.
        let (Some(&start), Some(&end)) = ends else { return 0 };
        let within = self.points.get(start as usize..end as usize).unwrap_or_default();
        let at = start as usize + within.partition_point(|&(point, _)| point < hash);
        if at == self.points.len() { 0 } else { at }
    }
}

fn points_of(weight: u32) -> u64 {
    u64::from(weight) * u64::from(KETAMA_POINTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_find_what_searching_finds() {
        let keys: Vec<String> = (0..50).map(|i| format!("host-{i}")).collect();
        let members: Vec<(&str, f64)> = keys.iter().map(|key| (key.as_str(), 1.0)).collect();
        let ring = HashRing::envoy(&members, 2000, 4000).unwrap();
        let sides = ring.points().iter().flat_map(|&(hash, _)| [hash - 1, hash, hash + 1]);
        for hash in sides.chain([0, 1, u64::MAX / 2, u64::MAX]) {
            let at = ring.points().partition_point(|&(point, _)| point < hash);
            let owner = ring.points()[at % ring.points().len()].1;
            assert_eq!(ring.lookup(hash, 0), Some(owner), "{hash}");
        }
        let ring = HashRing::ketama(&[("a:1", 1), ("b:2", 3)]);
        for hash in (0..1_u64 << 32).step_by(1 << 20) {
            let at = ring.points().partition_point(|&(point, _)| point < hash);
            let owner = ring.points()[at % ring.points().len()].1;
            assert_eq!(ring.lookup(hash, 0), Some(owner), "{hash}");
        }
        assert_eq!(ring.lookup(u64::MAX, 0), ring.lookup(0, 0));
    }

    #[test]
    fn a_ring_of_nobody_owns_nothing() {
        assert_eq!(HashRing::ketama(&[]).lookup(7, 3), None);
        assert_eq!(HashRing::envoy(&[], 1024, 1024).unwrap().lookup(7, 3), None);
        assert_eq!(HashRing::envoy(&[("a", 0.0)], 1024, 1024).unwrap().walk(7).count(), 0);
        assert!(HashRing::envoy(&[("a", 1.0)], 20, 10).is_err());
    }
}
