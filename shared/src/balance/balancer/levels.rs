//! Counts of backends by level and zone, and the route that follows from them.

use super::groups::{Group, Route};
use crate::balance::Health;
use crate::balance::backend::Backend;
use crate::balance::eligibility::{
    EligibilityConfig, Level, Localities, Locality, PriorityLoads, ZoneRouting, effective_weight,
};
use crate::balance::policy::Edf;
use crate::id::BackendId;
use crate::rng::Rng;
use litemap::LiteMap;
use std::collections::BTreeMap;

/// Backends of one level, or of one zone of it.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    hosts: u64,
    /// Never checked: they do not count yet.
    initial: u64,
    healthy: u64,
    degraded: u64,
}

impl Count {
    fn add(&mut self, backend: &Backend) {
        self.hosts += 1;
        if backend.is_eligible() {
            let usable = if backend.degraded { &mut self.degraded } else { &mut self.healthy };
            *usable += 1;
        } else if backend.tracker.health() == Health::Initial {
            self.initial += 1;
        }
    }
}

/// Every level with its load.
#[derive(Debug)]
pub(super) struct Levels {
    priorities: Vec<u32>,
    loads: PriorityLoads,
    /// Which levels send to all of their backends.
    open: Vec<bool>,
    /// Nobody may serve and nobody shall.
    closed: bool,
    zones: LiteMap<(u32, u32), Count>,
}

impl Levels {
    pub(super) fn count(
        slots: &BTreeMap<BackendId, u32>,
        backends: &[Backend],
        config: &EligibilityConfig,
    ) -> Self {
        let mut counts: LiteMap<u32, Count> = LiteMap::new_vec();
        let mut zones: LiteMap<(u32, u32), Count> = LiteMap::new_vec();
        for backend in slots.values().filter_map(|&slot| backends.get(slot as usize)) {
            if backend.is_ready() {
                counts.entry(backend.priority).or_default().add(backend);
                zones.entry((backend.priority, backend.locality)).or_default().add(backend);
            }
        }
        let level = |c: &Count| {
            let opf = config.overprovisioning_percent;
            Level::new(c.hosts, c.initial, c.healthy, c.degraded, opf)
        };
        let levels: Vec<Level> = counts.values().map(level).collect();
        let mut loads = PriorityLoads::new(&levels, config.panic_threshold_percent);
        let mut open = loads.panic.clone();
        let nobody = levels.iter().all(|level| level.healthy + level.degraded == 0);
        if nobody && config.fail_open {
            loads.split_by_hosts(&levels);
            open.fill(true);
        }
        let closed = nobody && !open.iter().all(|&open| open);
        for (i, (open, count)) in open.iter_mut().zip(counts.values()).enumerate() {
            let (Some(healthy), Some(degraded)) =
                (loads.healthy.get_mut(i), loads.degraded.get_mut(i))
            else {
                continue;
            };
            let served = *healthy + *degraded > 0;
            *open |= served && config.fail_open && is_below_minimum(count, config);
            if *open {
                *healthy += std::mem::take(degraded);
            }
        }
        Self { priorities: counts.keys().copied().collect(), loads, open, closed, zones }
    }

    /// Whether a level's backends all get requests, whatever their health.
    pub(super) fn sends_to_all(&self, priority: u32) -> bool {
        let level = self.priorities.binary_search(&priority);
        level.is_ok_and(|level| self.open.get(level).copied().unwrap_or(false))
    }

    /// The route over `groups`.
    pub(super) fn route(self, groups: &[Group], config: &EligibilityConfig) -> Route {
        match groups {
            _ if self.closed => Route::Closed,
            [] => Route::Closed,
            [_] => Route::Single,
            _ => {
                let mut together: LiteMap<(u32, bool), Vec<u32>> = LiteMap::new_vec();
                for (index, group) in (0..).zip(groups) {
                    let key = (group.key.priority, group.key.degraded);
                    together.entry(key).or_default().push(index);
                }
                let mut zones = LiteMap::new_vec();
                for (key, indices) in together {
                    zones.insert(key, self.zones(&indices, groups, config));
                }
                Route::Levels { loads: self.loads, priorities: self.priorities, zones }
            }
        }
    }

    /// How the groups in `indices`, of one level and condition, share its traffic.
    fn zones(&self, indices: &[u32], groups: &[Group], config: &EligibilityConfig) -> Zones {
        if let &[only] = indices {
            return Zones::One(only);
        }
        let members = || indices.iter().filter_map(|&i| Some((i, groups.get(i as usize)?)));
        if let Localities::ZoneAware { local, balancers, min_cluster_size } = &config.localities
            && let Some(aware) = zone_aware(members(), *local, balancers, *min_cluster_size)
        {
            return aware;
        }
        let weight = |group: &Group| match &config.localities {
            Localities::Weighted { weights } => {
                let zone = (group.key.priority, group.key.locality);
                let count = self.zones.get(&zone).copied().unwrap_or_default();
                let available = if group.key.degraded { count.degraded } else { count.healthy };
                let weight = weights.get(group.key.locality as usize).copied().unwrap_or(0);
                let counted = count.hosts - count.initial;
                let zone = Locality { weight, counted, available };
                effective_weight(zone, config.overprovisioning_percent)
            }
            // Zone-aware routing is off: by size, as if there were no zones.
            Localities::Ignored | Localities::ZoneAware { .. } => group.slots.len() as f64,
        };
        let mut weights = LiteMap::new_vec();
        for (i, group) in members() {
            weights.insert(i, weight(group));
        }
        Zones::Turns(Edf::new(weights.iter().map(|(&i, &weight)| (i, weight))), weights)
    }
}

/// Too few healthy backends for the operator's taste (AWS `minimum_healthy_targets`).
fn is_below_minimum(count: &Count, config: &EligibilityConfig) -> bool {
    let healthy = count.healthy + count.degraded;
    let percent = 100.0 * healthy as f64 / (count.hosts as f64).max(1.0);
    healthy < u64::from(config.minimum_healthy_count) || percent < config.minimum_healthy_percent
}

/// Zone-aware routing, if it applies: only the first level, only with enough backends.
fn zone_aware<'a>(
    members: impl Iterator<Item = (u32, &'a Group)> + Clone,
    local: u32,
    balancers: &[u32],
    min_cluster_size: u32,
) -> Option<Zones> {
    let size: usize = members.clone().map(|(_, group)| group.slots.len()).sum();
    if size < min_cluster_size as usize || members.clone().any(|(_, g)| g.key.priority != 0) {
        return None;
    }
    let zones =
        balancers.len().max(members.clone().map(|(_, g)| g.key.locality as usize + 1).max()?);
    let mut backends = vec![0_u64; zones];
    let mut groups = vec![None; zones];
    for (index, group) in members {
        let zone = group.key.locality as usize;
        *backends.get_mut(zone)? = group.slots.len() as u64;
        *groups.get_mut(zone)? = Some(index);
    }
    let mut own: Vec<u64> = balancers.iter().copied().map(u64::from).collect();
    own.resize(zones, 0);
    let local = local as usize;
    let routing = ZoneRouting::new(local, &own, &backends)?;
    Some(Zones::Aware { local, routing, groups })
}

/// How one level's healthy (or degraded) traffic finds its zone.
#[derive(Clone, Debug)]
pub(super) enum Zones {
    /// There is one.
    One(u32),
    /// In turn by weight.
    Turns(Edf, LiteMap<u32, f64>),
    /// The balancer's own first.
    Aware { local: usize, routing: ZoneRouting, groups: Vec<Option<u32>> },
}

impl Zones {
    /// A group; none if no zone has any weight.
    pub(super) fn choose(&mut self, rng: &mut Rng) -> Option<u32> {
        match self {
            Self::One(group) => Some(*group),
            Self::Turns(edf, weights) => {
                edf.pick(|group| weights.get(&group).copied().unwrap_or(0.0))
            }
            Self::Aware { local, routing, groups } => {
                let zone = routing.choose(*local, rng.next_u64(), rng.next_u64());
                groups.get(zone).copied().flatten()
            }
        }
    }
}
