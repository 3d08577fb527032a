//! What policies look at for a pick, for [`crate::balance::explain`].

use super::{Ask, Candidates, Policy};
use crate::balance::explain::Rule;
use std::collections::BTreeMap;

/// What a policy looks at for one pick.
#[derive(Clone, Debug)]
pub(in crate::balance) struct Evidence {
    pub(in crate::balance) rule: Rule,
    /// What the rule compares, by slot.
    pub(in crate::balance) values: BTreeMap<u32, f64>,
    /// Who was drawn, where the policy looks at some only.
    pub(in crate::balance) drawn: Vec<u32>,
    /// Who has more than its share, where that matters.
    pub(in crate::balance) over_bound: Vec<u32>,
}

impl Evidence {
    /// A rule that compares nothing else than what is known of every backend.
    pub(super) const fn of(rule: Rule) -> Self {
        Self { rule, values: BTreeMap::new(), drawn: Vec::new(), over_bound: Vec::new() }
    }

    /// A rule that compares these.
    pub(super) fn values(rule: Rule, values: impl IntoIterator<Item = (u32, f64)>) -> Self {
        Self { values: values.into_iter().collect(), ..Self::of(rule) }
    }

    /// Only these were looked at.
    pub(super) fn drawn(self, drawn: impl Into<Vec<u32>>) -> Self {
        Self { drawn: drawn.into(), ..self }
    }
}

impl Policy {
    /// What the next [`Self::choose`] looks at. It draws as that does: ask a copy.
    pub(in crate::balance) fn evidence(
        &mut self,
        candidates: Candidates<'_>,
        ask: &mut Ask<'_>,
    ) -> Evidence {
        match self {
            Self::RoundRobin(policy) => policy.evidence(candidates),
            Self::LeastOutstanding(_) => Evidence::of(Rule::FewestInFlight),
            Self::PowerOfChoices(policy) => policy.evidence(candidates, ask.rng),
            Self::SmoothWeighted(policy) => policy.evidence(),
            Self::LeastRequest(policy) => policy.evidence(candidates, ask),
            Self::LeastConnections(_) => {
                let load = |&slot: &u32| (slot, candidates.load_per_weight(slot));
                Evidence::values(Rule::FewestPerWeight, candidates.slots.iter().map(load))
            }
            Self::Random(_) => Evidence::of(Rule::Random),
            Self::RandomTwo(policy) => policy.evidence(candidates, ask),
            Self::Anomaly(policy) => policy.evidence(ask),
            Self::PeakEwma(policy) => policy.evidence(candidates, ask),
            Self::LeastResponseTime(policy) => policy.evidence(candidates, ask),
            Self::JoinIdleQueue(policy) => policy.evidence(candidates),
            Self::IpHash(_) => Evidence::of(Rule::Network),
            Self::ConsistentHash(policy) => policy.evidence(ask),
            Self::Prequal(policy) => policy.evidence(candidates, ask),
        }
    }
}

impl Candidates<'_> {
    /// Requests in flight per unit of weight.
    pub(super) fn load_per_weight(&self, slot: u32) -> f64 {
        f64::from(self.in_flight(slot)) / self.weight(slot)
    }
}
