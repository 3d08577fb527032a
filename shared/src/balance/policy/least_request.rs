//! Weighted least request, as Envoy does it.
//!
//! While all weights are equal: the least loaded of a few random draws. While they differ:
//! earliest deadline first, with the weight `weight / (in flight + 1) ^ bias` read at each pick.
//! Bias 0 is weighted round robin; the greater the bias, the harder loaded backends are avoided.

use super::{Ask, Candidates, Edf, Evidence, PowerOfChoices};
use crate::balance::explain::Rule;
use crate::math;

/// Envoy's weight of a backend that has requests in flight.
pub fn least_request_weight(weight: f64, in_flight: u32, active_request_bias: f64) -> f64 {
    let load = f64::from(in_flight) + 1.0;
    // The usual bias needs no power.
    if active_request_bias.total_cmp(&1.0).is_eq() {
        weight / load
    } else {
        weight / math::pow(load, active_request_bias)
    }
}

/// The policy.
#[derive(Clone, Debug)]
pub(in crate::balance) struct LeastRequest {
    bias: f64,
    draws: PowerOfChoices,
    /// Only while weights differ.
    weighted: Option<Edf>,
}

impl LeastRequest {
    pub(super) fn new(choices: u32, active_request_bias: f64) -> Self {
        let draws = PowerOfChoices::new(choices);
        Self { bias: active_request_bias, draws, weighted: None }
    }

    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let bias = self.bias;
        match &mut self.weighted {
            None => self.draws.choose(candidates, ask.rng),
            Some(edf) => edf.pick(|slot| weight(candidates, slot, bias)),
        }
    }

    pub(super) fn evidence(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Evidence {
        match &self.weighted {
            None => self.draws.evidence(candidates, ask.rng),
            Some(edf) => Evidence::values(Rule::Deadline, edf.deadlines()),
        }
    }

    pub(super) fn choose_among(&self, rest: Candidates<'_>) -> Option<u32> {
        let weight = |slot: u32| weight(rest, slot, self.bias);
        rest.slots.iter().copied().max_by(|&a, &b| weight(a).total_cmp(&weight(b)))
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        let members = candidates.slots.iter().map(|&s| (s, weight(candidates, s, self.bias)));
        self.weighted = (!candidates.are_weights_equal()).then(|| Edf::new(members));
    }
}

fn weight(candidates: Candidates<'_>, slot: u32, bias: f64) -> f64 {
    least_request_weight(candidates.weight(slot), candidates.in_flight(slot), bias)
}
