//! The consistent-hash policies: a key goes to the same backend while the backend may serve.
//!
//! One frame, three tables (Envoy's ring, NGINX's ketama ring, Maglev) and two ways to bound the
//! load of a backend (see `bounded_load`). Tables hold eligible backends only, as Envoy's do.
//! Requests without a key go by their client's address; without that, anywhere.

use super::bounded_load::{EnvoyBound, envoy_choice, haproxy_slots, total_slots};
use super::{Ask, Candidates, Evidence, HashRing, Maglev};
use crate::balance::Request;
use crate::balance::explain::Rule;
use crate::hash::{crc_32, xxh_64};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// How keys find backends.
#[derive(Clone, Copy, Debug)]
pub(super) enum TableKind {
    Ring { min_size: u32, max_size: u32 },
    Ketama,
    Maglev { size: u32 },
}

/// How much a backend may get, in percent of its share; `Unbounded` is plain consistent hashing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    Unbounded,
    Envoy(u32),
    HaProxy(u32),
}

#[derive(Clone, Debug)]
enum Table {
    Ring(HashRing),
    Maglev(Maglev),
}

/// One member of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Member {
    slot: u32,
    generation: u32,
    weight: f64,
    /// The weights of the members before it, whole.
    weight_before: u64,
}

/// The policy.
#[derive(Clone, Debug)]
pub(in crate::balance) struct ConsistentHash {
    kind: TableKind,
    bound: Bound,
    table: Table,
    members: Vec<Member>,
    total_weight: f64,
    whole_weight: u64,
    /// Requests in flight by slot and in all, over the members.
    held: Vec<u32>,
    in_flight: u64,
}

impl ConsistentHash {
    pub(super) fn new(kind: TableKind, bound: Bound) -> Self {
        let table = Table::Ring(HashRing::default());
        let (members, held) = (Vec::new(), Vec::new());
        Self { kind, bound, table, members, total_weight: 0.0, whole_weight: 0, held, in_flight: 0 }
    }

    #[inline]
    pub(super) fn choose(&mut self, ask: &mut Ask<'_>) -> Option<u32> {
        let hash = self.hash(ask);
        let first = match &self.table {
            Table::Ring(ring) => ring.lookup(hash, 0),
            Table::Maglev(table) => table.lookup(hash, 0),
        }?;
        let member = match self.bound {
            Bound::Unbounded => first,
            Bound::Envoy(factor) => {
                let bound = EnvoyBound::new(self.in_flight, factor);
                envoy_choice(self.members.len() as u32, hash, first, |m| self.overload(bound, m))
            }
            Bound::HaProxy(factor) => {
                let total = total_slots(self.in_flight, factor);
                match &self.table {
                    Table::Ring(ring) => {
                        ring.walk(hash).find(|&m| self.has_room(total, m)).unwrap_or(first)
                    }
                    Table::Maglev(_) => first,
                }
            }
        };
        self.members.get(member as usize).map(|member| member.slot)
    }

    /// How far each member is from the key, and who has more than its share.
    pub(super) fn evidence(&self, ask: &mut Ask<'_>) -> Evidence {
        let hash = self.hash(ask);
        let slot_of = |member: u32| self.members.get(member as usize).map(|member| member.slot);
        let is_bounded = !matches!(self.bound, Bound::Unbounded);
        let mut values = BTreeMap::new();
        let rule = match &self.table {
            Table::Ring(ring) => {
                for (points, slot) in ring.walk(hash).filter_map(slot_of).enumerate() {
                    values.entry(slot).or_insert(points as f64);
                    if values.len() >= self.members.len() {
                        break;
                    }
                }
                if is_bounded { Rule::BoundedRing } else { Rule::Ring }
            }
            Table::Maglev(table) => {
                values.extend(table.lookup(hash, 0).and_then(slot_of).map(|slot| (slot, 0.0)));
                if is_bounded { Rule::BoundedTable } else { Rule::Table }
            }
        };
        let members = 0..self.members.len() as u32;
        let is_over = |&member: &u32| match self.bound {
            Bound::Unbounded => false,
            Bound::Envoy(factor) => {
                self.overload(EnvoyBound::new(self.in_flight, factor), member) > 1.0
            }
            Bound::HaProxy(factor) => !self.has_room(total_slots(self.in_flight, factor), member),
        };
        let over_bound = members.filter(is_over).filter_map(slot_of).collect();
        Evidence { over_bound, ..Evidence::values(rule, values) }
    }

    /// The first of `rest` that the key meets on its way around the table.
    pub(super) fn choose_among(&mut self, rest: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let hash = self.hash(ask);
        let slot = |member: u32| self.members.get(member as usize).map(|member| member.slot);
        let wanted = |slot: &u32| rest.contains(*slot);
        let found = match &self.table {
            Table::Ring(ring) => ring.walk(hash).filter_map(slot).find(wanted),
            // Attempts land anywhere in the table: enough of them to miss nobody in practice.
            Table::Maglev(table) => {
                (1..=64).filter_map(|n| table.lookup(hash, n)).filter_map(slot).find(wanted)
            }
        };
        found.or_else(|| rest.slots.get(ask.rng.index(rest.slots.len())).copied())
    }

    #[inline]
    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        if !matches!(self.bound, Bound::Unbounded)
            && let Some(held) = self.held.get_mut(slot as usize)
        {
            self.in_flight = self.in_flight + u64::from(in_flight) - u64::from(*held);
            *held = in_flight;
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        let mut before = 0;
        let members: Vec<Member> = candidates
            .slots
            .iter()
            .map(|&slot| {
                let weight_before = before;
                before += u64::from(candidates.configured_weight(slot));
                let generation = candidates.generation(slot);
                Member { slot, generation, weight: candidates.weight(slot), weight_before }
            })
            .collect();
        self.held.clear();
        self.held.resize(candidates.backends.len(), 0);
        self.in_flight = 0;
        for &slot in candidates.slots {
            self.load_changed(slot, candidates.in_flight(slot));
        }
        if members != self.members {
            self.total_weight = members.iter().map(|member| member.weight).sum();
            self.whole_weight = before;
            self.members = members;
            self.table = self.build(candidates);
        }
    }

    fn build(&self, candidates: Candidates<'_>) -> Table {
        let keys: Vec<String> = candidates.slots.iter().map(|&slot| candidates.key(slot)).collect();
        let weights = self.members.iter().map(|member| member.weight);
        let weighted: Vec<(&str, f64)> = keys.iter().map(String::as_str).zip(weights).collect();
        match self.kind {
            // The sizes were checked when the policy was made: an error cannot come up here.
            TableKind::Ring { min_size, max_size } => {
                Table::Ring(HashRing::envoy(&weighted, min_size, max_size).unwrap_or_default())
            }
            TableKind::Ketama => {
                let whole = |(key, weight): &(_, f64)| (*key, (weight + 0.5).max(1.0) as u32);
                let members: Vec<(&str, u32)> = weighted.iter().map(whole).collect();
                Table::Ring(HashRing::ketama(&members))
            }
            TableKind::Maglev { size } => {
                Table::Maglev(Maglev::new(&weighted, size).unwrap_or_default())
            }
        }
    }

    fn hash(&self, ask: &mut Ask<'_>) -> u64 {
        let hash = |bytes: &[u8]| match self.kind {
            TableKind::Ketama => u64::from(crc_32(bytes)),
            TableKind::Ring { .. } | TableKind::Maglev { .. } => xxh_64(bytes, 0),
        };
        match *ask.request {
            Request { key: Some(key), .. } => hash(key),
            Request { client: Some(IpAddr::V4(ip)), .. } => hash(&ip.octets()),
            Request { client: Some(IpAddr::V6(ip)), .. } => hash(&ip.octets()),
            _ => match self.kind {
                TableKind::Ketama => ask.rng.below(1 << 32),
                TableKind::Ring { .. } | TableKind::Maglev { .. } => ask.rng.next_u64(),
            },
        }
    }

    fn held(&self, member: &Member) -> u32 {
        self.held.get(member.slot as usize).copied().unwrap_or(0)
    }

    fn overload(&self, bound: EnvoyBound, member: u32) -> f64 {
        self.members.get(member as usize).map_or(f64::INFINITY, |member| {
            bound.overload_factor(self.held(member), member.weight / self.total_weight)
        })
    }

    fn has_room(&self, total: u64, member: u32) -> bool {
        self.members.get(member as usize).is_some_and(|member| {
            let weight = member.weight.ceil() as u32;
            let slots = haproxy_slots(total, weight, member.weight_before, self.whole_weight);
            u64::from(self.held(member)) < slots
        })
    }
}
