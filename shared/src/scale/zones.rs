//! Availability zones: launches go to the emptiest, and imbalance is evened out.

use serde::{Deserialize, Serialize};

/// A zone of the group, numbered from 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ZoneId(pub u16);

/// Where to launch: the zone with the fewest instances among those that can; of several the first.
/// `counts` and `available` go by zone.
pub fn launch_zone(counts: &[u32], available: impl Fn(ZoneId) -> bool) -> Option<ZoneId> {
    let zones = (0_u16..).map(ZoneId).zip(counts);
    zones
        .filter(|(zone, _)| available(*zone))
        .min_by_key(|(zone, count)| (**count, *zone))
        .map(|(zone, _)| zone)
}

/// The move that evens the zones out: from the fullest to the emptiest that can launch, if they
/// differ by two or more. One instance more or fewer is balanced.
pub fn rebalancing_move(
    counts: &[u32],
    available: impl Fn(ZoneId) -> bool,
) -> Option<(ZoneId, ZoneId)> {
    let to = launch_zone(counts, available)?;
    let zones = (0_u16..).map(ZoneId).zip(counts);
    let (from, most) = zones.max_by_key(|(zone, count)| (**count, std::cmp::Reverse(*zone)))?;
    let least = counts.get(usize::from(to.0))?;
    (*most >= least + 2).then_some((from, to))
}

/// The size that a group may have while it rebalances: a tenth over its greatest size, at least
/// one.
pub const fn rebalancing_max(max_size: u32) -> u32 {
    let surplus = if max_size < 20 { 1 } else { max_size / 10 };
    max_size.saturating_add(surplus)
}
