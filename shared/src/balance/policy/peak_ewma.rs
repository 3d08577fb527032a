//! Peak EWMA: power of two choices by expected waiting time (Finagle, linkerd, tower).
//!
//! The cost of a backend is a moving average of its response times in which a worse one than the
//! average replaces it at once and a better one counts by its age:
//! `cost = cost * w + rtt * (1 - w)`, `w = exp(-elapsed / decay)`. Without news the cost decays
//! towards zero, so that a backend that was slow is tried again. Its load is
//! `cost * (requests in flight + 1)`. Ties go to the first draw, as in linkerd.

use super::{Ask, Candidates};
use crate::math;
use crate::time::{Span, Timestamp};

/// Finagle's load of a backend that has requests in flight and no cost yet, in nanoseconds.
pub const PENALTY_NS: f64 = ((i64::MAX >> 16) as u64) as f64;

/// A decaying average of response times, in nanoseconds, that jumps up to peaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakEwma {
    cost_ns: f64,
    at: Timestamp,
}

impl PeakEwma {
    /// An estimate from nothing but a guess.
    pub fn new(default_rtt: Span, now: Timestamp) -> Self {
        Self { cost_ns: default_rtt.as_ns() as f64, at: now }
    }

    /// An observation of `rtt_ns`, `now`.
    pub fn observe(&mut self, rtt_ns: f64, now: Timestamp, decay: Span) {
        self.cost_ns = if rtt_ns > self.cost_ns {
            rtt_ns
        } else {
            let w = weight_of_past(now.since(self.at), decay);
            self.cost_ns * w + rtt_ns * (1.0 - w)
        };
        self.at = now;
    }

    /// The cost at `now`, without news since the last observation.
    pub fn cost_ns(&self, now: Timestamp, decay: Span) -> f64 {
        self.cost_ns * weight_of_past(now.since(self.at), decay)
    }

    /// A number that orders estimates at any moment as their cost does, without asking for the
    /// moment: all decay alike, so `ln cost + observed at / decay` stays what it is.
    pub fn rank(&self, decay: Span) -> f64 {
        math::ln(self.cost_ns.max(1.0)) + self.at.as_ns() as f64 / decay.as_ns().max(1) as f64
    }
}

/// How much the past counts after `elapsed`.
pub fn weight_of_past(elapsed: Span, decay: Span) -> f64 {
    math::exp(-(elapsed.as_ns() as f64) / decay.as_ns().max(1) as f64)
}

/// The load that backends are compared by. Finagle gives a backend without any cost yet, which
/// already has requests, a penalty: one is enough to learn from.
pub fn load_ns(cost_ns: f64, in_flight: u32) -> f64 {
    if cost_ns == 0.0 && in_flight != 0 {
        PENALTY_NS + f64::from(in_flight)
    } else {
        cost_ns * (f64::from(in_flight) + 1.0)
    }
}

/// What is known of each slot's response times; forgotten when the slot gets a new tenant.
///
/// Backends are compared by the logarithm of their load, `rank + ln(in flight + 1)`: a pick then
/// needs no exponential, and small logarithms come from a table.
#[derive(Debug)]
pub(super) struct Estimates {
    decay: Span,
    default_rtt: Span,
    by_slot: Vec<Estimate>,
    /// `ln(n + 1)` of small n.
    logarithms: [f64; LOGARITHMS],
}

#[derive(Clone, Copy, Debug)]
struct Estimate {
    generation: u32,
    average: PeakEwma,
    rank: f64,
}

const LOGARITHMS: usize = 64;

impl Estimates {
    pub(super) fn new(default_rtt: Span, decay: Span) -> Self {
        let logarithms = std::array::from_fn(|n| math::ln(n as f64 + 1.0));
        Self { decay, default_rtt, by_slot: Vec::new(), logarithms }
    }

    /// Orders loads at any one moment.
    #[inline]
    pub(super) fn log_load(&self, slot: u32, in_flight: u32) -> f64 {
        let rank = self.by_slot.get(slot as usize).map_or(0.0, |estimate| estimate.rank);
        let known = self.logarithms.get(in_flight as usize).copied();
        rank + known.unwrap_or_else(|| math::ln(f64::from(in_flight) + 1.0))
    }

    pub(super) fn observe(&mut self, slot: u32, rtt: Span, now: Timestamp) {
        if let Some(estimate) = self.by_slot.get_mut(slot as usize) {
            estimate.average.observe(rtt.as_ns() as f64, now, self.decay);
            estimate.rank = estimate.average.rank(self.decay);
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>, now: Timestamp) {
        let average = PeakEwma::new(self.default_rtt, now);
        let rank = average.rank(self.decay);
        for (slot, backend) in candidates.backends.iter().enumerate() {
            let fresh = Estimate { generation: backend.generation, average, rank };
            match self.by_slot.get_mut(slot) {
                Some(known) if known.generation != backend.generation => *known = fresh,
                Some(_) => {}
                None => self.by_slot.push(fresh),
            }
        }
    }
}

/// The policy.
#[derive(Debug)]
pub(in crate::balance) struct PeakEwmaPolicy {
    estimates: Estimates,
}

impl PeakEwmaPolicy {
    pub(super) fn new(default_rtt: Span, decay: Span) -> Self {
        Self { estimates: Estimates::new(default_rtt, decay) }
    }

    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        let (a, b) = candidates.draw_two(ask.rng)?;
        let load = |slot| self.estimates.log_load(slot, candidates.in_flight(slot));
        let (load_a, load_b) = (load(a), load(b));
        let (weight_a, weight_b) = (candidates.weight(a), candidates.weight(b));
        // Equal weights are the rule and need no logarithm.
        let handicap =
            if weight_a.total_cmp(&weight_b).is_eq() { 0.0 } else { math::ln(weight_b / weight_a) };
        Some(if load_b < load_a + handicap { b } else { a })
    }

    pub(super) fn completed(&mut self, slot: u32, rtt: Span, now: Timestamp) {
        self.estimates.observe(slot, rtt, now);
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>, now: Timestamp) {
        self.estimates.membership_changed(candidates, now);
    }
}
