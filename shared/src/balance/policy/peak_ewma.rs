//! Peak EWMA: power of two choices by expected waiting time (Finagle, linkerd, tower).
//!
//! The cost of a backend is a moving average of its response times in which a worse one than the
//! average replaces it at once and a better one counts by its age:
//! `cost = cost * w + rtt * (1 - w)`, `w = exp(-elapsed / decay)`. Without news the cost decays
//! towards zero, so that a backend that was slow is tried again. Its load is
//! `cost * (requests in flight + 1)`. Ties go to the first draw, as in linkerd.

use super::{Ask, Candidates, Evidence};
use crate::balance::explain::Rule;
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

/// Up to here a short series is as exact as the exponential function and several times as fast.
/// Under load a backend was heard of a moment ago, so that nearly all arguments are below.
const SERIES_MAX: f64 = 1.0 / 64.0;

/// How much the past counts after `elapsed`.
#[inline]
pub fn weight_of_past(elapsed: Span, decay: Span) -> f64 {
    let x = elapsed.as_ns() as f64 / decay.as_ns().max(1) as f64;
    if x > SERIES_MAX {
        return math::exp(-x);
    }
    // Terms up to x^6 / 6!; the next one is below half a unit in the last place.
    let inner = 1.0 - x * (1.0 / 5.0) * (1.0 - x * (1.0 / 6.0));
    1.0 - x * (1.0 - x * 0.5 * (1.0 - x * (1.0 / 3.0) * (1.0 - x * 0.25 * inner)))
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
#[derive(Clone, Debug)]
pub(super) struct Estimates {
    decay: Span,
    default_rtt: Span,
    by_slot: Vec<Estimate>,
}

#[derive(Clone, Copy, Debug)]
struct Estimate {
    generation: u32,
    average: PeakEwma,
}

impl Estimates {
    pub(super) const fn new(default_rtt: Span, decay: Span) -> Self {
        Self { decay, default_rtt, by_slot: Vec::new() }
    }

    /// The expected wait at `now` per unit of weight, milliseconds.
    pub(super) fn wait_ms(&self, candidates: Candidates<'_>, slot: u32, now: Timestamp) -> f64 {
        let load_ns = self.load_ns(slot, candidates.in_flight(slot), now);
        load_ns / candidates.weight(slot) / 1e6
    }

    /// The load at `now` of a backend with requests in flight.
    #[inline]
    fn load_ns(&self, slot: u32, in_flight: u32, now: Timestamp) -> f64 {
        let cost = |estimate: &Estimate| estimate.average.cost_ns(now, self.decay);
        self.by_slot.get(slot as usize).map_or(0.0, cost) * (f64::from(in_flight) + 1.0)
    }

    /// See [`PeakEwma::rank`].
    pub(super) fn rank(&self, slot: u32) -> f64 {
        let rank = |estimate: &Estimate| estimate.average.rank(self.decay);
        self.by_slot.get(slot as usize).map_or(0.0, rank)
    }

    #[inline]
    pub(super) fn observe(&mut self, slot: u32, rtt: Span, now: Timestamp) {
        if let Some(estimate) = self.by_slot.get_mut(slot as usize) {
            estimate.average.observe(rtt.as_ns() as f64, now, self.decay);
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>, now: Timestamp) {
        let average = PeakEwma::new(self.default_rtt, now);
        for (slot, backend) in candidates.backends.iter().enumerate() {
            let fresh = Estimate { generation: backend.generation, average };
            match self.by_slot.get_mut(slot) {
                Some(known) if known.generation != backend.generation => *known = fresh,
                Some(_) => {}
                None => self.by_slot.push(fresh),
            }
        }
    }
}

/// The policy.
#[derive(Clone, Debug)]
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
        let load = |slot| self.estimates.load_ns(slot, candidates.in_flight(slot), ask.now);
        // Per unit of weight, without a division.
        let (load_a, load_b) = (load(a) * candidates.weight(b), load(b) * candidates.weight(a));
        Some(if load_b < load_a { b } else { a })
    }

    pub(super) fn evidence(&self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Evidence {
        let drawn = candidates.draw_two(ask.rng).map(|(a, b)| vec![a, b]).unwrap_or_default();
        let wait = |&slot: &u32| (slot, self.estimates.wait_ms(candidates, slot, ask.now));
        let values: Vec<(u32, f64)> = drawn.iter().map(wait).collect();
        Evidence::values(Rule::ShortestWaitOfTwo, values).drawn(drawn)
    }

    pub(super) fn completed(&mut self, slot: u32, rtt: Span, now: Timestamp) {
        self.estimates.observe(slot, rtt, now);
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>, now: Timestamp) {
        self.estimates.membership_changed(candidates, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The series is the exponential function, on both sides of where it ends.
    #[test]
    fn the_weight_of_the_past_is_exponential() {
        let decay = Span::from_s(10);
        for ns in (0..400_000_000_u64).step_by(999_983) {
            let got = weight_of_past(Span::from_ns(ns), decay);
            let expected = math::exp(-(ns as f64) / 1e10);
            assert!((got - expected).abs() <= 2.0 * f64::EPSILON, "{ns}: {got} {expected}");
        }
    }
}
