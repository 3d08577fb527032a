//! Policies: how to choose among eligible backends. One file each; `config` is the registry.
//!
//! What a policy computes with (a ring, a table, an average) is public, so that it can be checked
//! against published results by itself; the policies around it are the balancer's own.

mod anomaly;
mod bounded_load;
mod config;
mod consistent_hash;
mod edf;
mod explain;
mod hash_ring;
mod ip_hash;
mod join_idle_queue;
mod least_connections;
mod least_outstanding;
mod least_request;
mod least_response_time;
mod maglev;
mod peak_ewma;
mod power_of_choices;
mod prequal;
mod random;
mod random_two;
mod round_robin;
mod smooth_weighted;
mod winner_tree;

use super::backend::Backend;
use super::{Outcome, Request};
use crate::id::BackendId;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use anomaly::AnomalyMitigation;
use consistent_hash::{Bound, ConsistentHash, TableKind};
pub(super) use explain::Evidence;
use ip_hash::IpHash;
use join_idle_queue::JoinIdleQueue;
use least_connections::LeastConnections;
use least_outstanding::LeastOutstanding;
use least_request::LeastRequest;
use least_response_time::LeastResponseTime;
use peak_ewma::PeakEwmaPolicy;
use power_of_choices::PowerOfChoices;
use prequal::Prequal;
use random::Random;
use random_two::RandomTwo;
use round_robin::RoundRobin;
use smooth_weighted::SmoothPolicy;

pub use bounded_load::{EnvoyBound, envoy_choice, haproxy_slots, probe_order, total_slots};
pub use config::PolicyConfig;
pub use edf::Edf;
pub use hash_ring::{HashRing, MAX_RING_SIZE};
pub use ip_hash::{ip_hash, weighted_position};
pub use least_connections::compare_load;
pub use least_request::least_request_weight;
pub use maglev::{DEFAULT_TABLE_SIZE, MAX_TABLE_SIZE, Maglev, Preference};
pub use peak_ewma::{PENALTY_NS, PeakEwma, load_ns, weight_of_past};
pub use power_of_choices::first_of_draws_serves;
pub use prequal::{LoadReport, hot_cold_choice};
pub use random::AliasTable;
pub use random_two::first_of_two_serves;
pub use smooth_weighted::{SmoothPeer, SmoothWeighted, Turn};

/// The backends that a policy may choose from, in order of identity. A policy sees nobody else.
#[derive(Clone, Copy)]
pub(super) struct Candidates<'a> {
    pub(super) slots: &'a [u32],
    pub(super) backends: &'a [Backend],
}

/// What a choice may depend on besides the backends.
pub(super) struct Ask<'a> {
    pub(super) now: Timestamp,
    pub(super) request: &'a Request<'a>,
    pub(super) rng: &'a mut Rng,
}

impl Candidates<'_> {
    fn backend(&self, slot: u32) -> &Backend {
        &self.backends[slot as usize]
    }

    #[inline]
    fn in_flight(&self, slot: u32) -> u32 {
        self.backend(slot).in_flight
    }

    /// The weight as it counts now, slow start included; above zero.
    #[inline]
    fn weight(&self, slot: u32) -> f64 {
        self.backend(slot).effective_weight
    }

    fn configured_weight(&self, slot: u32) -> u32 {
        self.backend(slot).weight
    }

    fn generation(&self, slot: u32) -> u32 {
        self.backend(slot).generation
    }

    fn id(&self, slot: u32) -> BackendId {
        self.backend(slot).id
    }

    /// What hash tables know the backend by.
    fn key(&self, slot: u32) -> String {
        let backend = self.backend(slot);
        backend.key.as_deref().map_or_else(|| backend.id.to_string(), str::to_owned)
    }

    fn contains(&self, slot: u32) -> bool {
        let id = self.id(slot);
        self.slots.binary_search_by_key(&id, |&slot| self.id(slot)).is_ok()
    }

    fn are_weights_equal(&self) -> bool {
        let mut weights = self.slots.iter().map(|&slot| self.weight(slot).to_bits());
        weights.next().is_none_or(|first| weights.all(|weight| weight == first))
    }

    /// Two distinct slots, every ordered pair as likely; twice the same if there is only one.
    #[inline]
    fn draw_two(&self, rng: &mut Rng) -> Option<(u32, u32)> {
        match *self.slots {
            [] => None,
            [only] => Some((only, only)),
            [a, b] => Some(if rng.next_u64() >> 63 == 0 { (a, b) } else { (b, a) }),
            _ => {
                // The second index skips the first.
                let first = rng.index(self.slots.len());
                let second = rng.index(self.slots.len() - 1);
                let second = second + usize::from(second >= first);
                Some((self.slots[first], self.slots[second]))
            }
        }
    }
}

/// A policy at work: an enum, not a boxed trait, so that a pick is a jump and not a call through
/// memory.
#[derive(Clone, Debug)]
pub(super) enum Policy {
    RoundRobin(RoundRobin),
    LeastOutstanding(LeastOutstanding),
    PowerOfChoices(PowerOfChoices),
    SmoothWeighted(SmoothPolicy),
    LeastRequest(LeastRequest),
    LeastConnections(LeastConnections),
    Random(Random),
    RandomTwo(RandomTwo),
    Anomaly(AnomalyMitigation),
    PeakEwma(PeakEwmaPolicy),
    LeastResponseTime(LeastResponseTime),
    JoinIdleQueue(JoinIdleQueue),
    IpHash(IpHash),
    ConsistentHash(ConsistentHash),
    Prequal(Prequal),
}

impl Policy {
    pub(super) fn new(config: &PolicyConfig) -> Self {
        let envoy = |factor| if factor == 0 { Bound::Unbounded } else { Bound::Envoy(factor) };
        let consistent = |kind, bound| Self::ConsistentHash(ConsistentHash::new(kind, bound));
        match *config {
            PolicyConfig::RoundRobin => Self::RoundRobin(RoundRobin::default()),
            PolicyConfig::LeastOutstandingRequests => {
                Self::LeastOutstanding(LeastOutstanding::default())
            }
            PolicyConfig::PowerOfChoices { choices } => {
                Self::PowerOfChoices(PowerOfChoices::new(choices))
            }
            PolicyConfig::SmoothWeightedRoundRobin => Self::SmoothWeighted(SmoothPolicy::default()),
            PolicyConfig::LeastRequest { choices, active_request_bias } => {
                Self::LeastRequest(LeastRequest::new(choices, active_request_bias))
            }
            PolicyConfig::LeastConnections => Self::LeastConnections(LeastConnections::default()),
            PolicyConfig::Random => Self::Random(Random::default()),
            PolicyConfig::RandomTwo => Self::RandomTwo(RandomTwo::default()),
            PolicyConfig::AutomaticTargetWeights => Self::Anomaly(AnomalyMitigation::default()),
            PolicyConfig::PeakEwma { default_rtt_ms: rtt, decay_ms } => Self::PeakEwma(
                PeakEwmaPolicy::new(Span::from_ms_f64(rtt), Span::from_ms_f64(decay_ms)),
            ),
            PolicyConfig::LeastResponseTime { default_rtt_ms: rtt, decay_ms } => {
                let (rtt, decay) = (Span::from_ms_f64(rtt), Span::from_ms_f64(decay_ms));
                Self::LeastResponseTime(LeastResponseTime::new(rtt, decay))
            }
            PolicyConfig::JoinIdleQueue => Self::JoinIdleQueue(JoinIdleQueue::default()),
            PolicyConfig::IpHash => Self::IpHash(IpHash::default()),
            PolicyConfig::RingHash {
                minimum_ring_size,
                maximum_ring_size,
                hash_balance_factor,
            } => {
                let (min_size, max_size) = (minimum_ring_size, maximum_ring_size);
                consistent(TableKind::Ring { min_size, max_size }, envoy(hash_balance_factor))
            }
            PolicyConfig::Ketama => consistent(TableKind::Ketama, Bound::Unbounded),
            PolicyConfig::Maglev { table_size: size, hash_balance_factor } => {
                consistent(TableKind::Maglev { size }, envoy(hash_balance_factor))
            }
            PolicyConfig::BoundedLoad { hash_balance_factor } => {
                consistent(TableKind::Ketama, Bound::HaProxy(hash_balance_factor))
            }
            PolicyConfig::Prequal { hot_quantile } => Self::Prequal(Prequal::new(hot_quantile)),
        }
    }

    /// Chooses among the candidates of the last [`Self::membership_changed`].
    #[inline(always)]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        match self {
            // So short that a call would cost as much again.
            Self::PowerOfChoices(policy) => policy.choose(candidates, ask.rng),
            _ => self.choose_by_rule(candidates, ask),
        }
    }

    #[inline(never)]
    fn choose_by_rule(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        match self {
            Self::RoundRobin(policy) => policy.choose(candidates),
            Self::LeastOutstanding(policy) => policy.choose(),
            Self::PowerOfChoices(policy) => policy.choose(candidates, ask.rng),
            Self::SmoothWeighted(policy) => policy.choose(),
            Self::LeastRequest(policy) => policy.choose(candidates, ask),
            Self::LeastConnections(policy) => policy.choose(candidates),
            Self::Random(policy) => policy.choose(candidates, ask),
            Self::RandomTwo(policy) => policy.choose(candidates, ask),
            Self::Anomaly(policy) => policy.choose(candidates, ask),
            Self::PeakEwma(policy) => policy.choose(candidates, ask),
            Self::LeastResponseTime(policy) => policy.choose(),
            Self::JoinIdleQueue(policy) => policy.choose(candidates, ask),
            Self::IpHash(policy) => policy.choose(candidates, ask),
            Self::ConsistentHash(policy) => policy.choose(ask),
            Self::Prequal(policy) => policy.choose(candidates, ask),
        }
    }

    /// Chooses among some of the candidates, or among others of last resort, once: a retry that
    /// avoids those who failed.
    pub(super) fn choose_among(&mut self, rest: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        match self {
            Self::RoundRobin(policy) => policy.turn(rest),
            Self::LeastOutstanding(_) => {
                rest.slots.iter().copied().min_by_key(|&slot| rest.in_flight(slot))
            }
            Self::PowerOfChoices(policy) => policy.choose(rest, ask.rng),
            Self::SmoothWeighted(policy) => policy.choose_among(rest, ask),
            Self::LeastRequest(policy) => policy.choose_among(rest),
            Self::LeastConnections(_) => LeastConnections::choose_among(rest),
            Self::Random(_) | Self::RandomTwo(_) | Self::Anomaly(_) => {
                Random::choose_among(rest, ask)
            }
            Self::PeakEwma(policy) => policy.choose(rest, ask),
            Self::LeastResponseTime(policy) => policy.choose_among(rest),
            Self::JoinIdleQueue(_) => JoinIdleQueue::choose_among(rest, ask),
            Self::IpHash(policy) => policy.choose_among(rest, ask),
            Self::ConsistentHash(policy) => policy.choose_among(rest, ask),
            Self::Prequal(_) => Prequal::choose_among(rest),
        }
    }

    /// Whether it wants [`Self::load_changed`] or [`Self::completed`].
    pub(super) const fn listens(&self) -> bool {
        matches!(
            self,
            Self::LeastOutstanding(_)
                | Self::LeastResponseTime(_)
                | Self::JoinIdleQueue(_)
                | Self::ConsistentHash(_)
                | Self::PeakEwma(_)
                | Self::Anomaly(_)
        )
    }

    /// A backend's in-flight count changed.
    #[inline(never)]
    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        match self {
            Self::LeastOutstanding(policy) => policy.load_changed(slot, in_flight),
            Self::LeastResponseTime(policy) => policy.load_changed(slot, in_flight),
            Self::JoinIdleQueue(policy) => policy.load_changed(slot, in_flight),
            Self::ConsistentHash(policy) => policy.load_changed(slot, in_flight),
            _ => {}
        }
    }

    /// A request ended, `latency` after it was picked.
    #[inline(never)]
    pub(super) fn completed(&mut self, slot: u32, now: Timestamp, latency: Span, outcome: Outcome) {
        match self {
            Self::PeakEwma(policy) if outcome != Outcome::Canceled => {
                policy.completed(slot, latency, now);
            }
            Self::LeastResponseTime(policy) if outcome != Outcome::Canceled => {
                policy.completed(slot, latency, now);
            }
            Self::Anomaly(policy) => policy.completed(slot, outcome),
            _ => {}
        }
    }

    /// A probe brought a backend's own word on its load.
    pub(super) fn loaded(
        &mut self,
        slot: u32,
        generation: u32,
        report: LoadReport,
        now: Timestamp,
    ) {
        if let Self::Prequal(policy) = self {
            policy.loaded(slot, generation, report, now);
        }
    }

    /// The next backend whose load the policy wants to know.
    pub(super) fn next_load_probe(
        &mut self,
        candidates: Candidates<'_>,
        ask: &mut Ask<'_>,
    ) -> Option<u32> {
        match self {
            Self::Prequal(policy) => policy.next_probe(candidates, ask),
            _ => None,
        }
    }

    /// Other backends may be chosen from now on, or with other weights. `members` are the
    /// candidates and those who would be, were they healthy.
    pub(super) fn membership_changed(
        &mut self,
        candidates: Candidates<'_>,
        members: &[u32],
        now: Timestamp,
    ) {
        match self {
            Self::RoundRobin(policy) => policy.membership_changed(candidates),
            Self::LeastOutstanding(policy) => policy.membership_changed(candidates),
            Self::SmoothWeighted(policy) => policy.membership_changed(candidates),
            Self::LeastRequest(policy) => policy.membership_changed(candidates),
            Self::LeastConnections(policy) => policy.membership_changed(candidates),
            Self::Random(policy) => policy.membership_changed(candidates),
            Self::RandomTwo(policy) => policy.membership_changed(candidates),
            Self::Anomaly(policy) => policy.membership_changed(candidates),
            Self::PeakEwma(policy) => policy.membership_changed(candidates, now),
            Self::LeastResponseTime(policy) => policy.membership_changed(candidates, now),
            Self::JoinIdleQueue(policy) => policy.membership_changed(candidates),
            Self::IpHash(policy) => policy.membership_changed(members, candidates),
            Self::ConsistentHash(policy) => policy.membership_changed(candidates),
            Self::PowerOfChoices(_) | Self::Prequal(_) => {}
        }
    }
}
