//! Prequal-style probing (Wydrowski et al. 2024): choose by what backends say of themselves.
//!
//! Probes run apart from requests and come back with two signals: requests in flight at the
//! backend (from all balancers, not only this one) and its recent latency. A small pool of the
//! freshest answers is kept. A pick follows the hot-cold rule: answers above a quantile of
//! in-flight counts are *hot*; among the cold the least latency wins; when all are hot, the least
//! in flight. A probe serves a few picks, then it is dropped. Whoever runs the balancer asks
//! [`Balancer::next_load_probe`] after a pick, sends the probes and reports with
//! [`Balancer::record_load`]; without answers, the pick is a power of two choices by what this
//! balancer has in flight itself.
//!
//! [`Balancer::next_load_probe`]: crate::balance::Balancer::next_load_probe
//! [`Balancer::record_load`]: crate::balance::Balancer::record_load

use super::{Ask, Candidates, Evidence};
use crate::balance::explain::Rule;
use crate::time::{Span, Timestamp};

/// Answers kept; the paper's figure.
const POOL: usize = 16;
/// An older answer says nothing any more.
const MAX_AGE: Span = Span::from_s(1);
/// Probes sent for each request.
const PROBES_PER_REQUEST: u32 = 3;
/// Picks that one answer serves.
const USES: u32 = 2;

/// What a backend says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadReport {
    /// Requests in flight at the backend, from everybody.
    pub in_flight: u32,
    /// Median of the latencies that it saw lately at about this load.
    pub latency: Span,
}

#[derive(Clone, Copy, Debug)]
struct Answer {
    slot: u32,
    generation: u32,
    at: Timestamp,
    report: LoadReport,
    uses: u32,
}

impl Answer {
    /// Whether it still says something of a backend that may be chosen.
    fn is_fresh(&self, candidates: Candidates<'_>, now: Timestamp) -> bool {
        now.since(self.at) <= MAX_AGE
            && candidates.generation(self.slot) == self.generation
            && candidates.contains(self.slot)
    }
}

/// Chooses by the hot-cold rule; `quantile` 0 to 1 says where hot begins. Returns a position.
pub fn hot_cold_choice(reports: &[LoadReport], quantile: f64) -> Option<usize> {
    let mut counts: Vec<u32> = reports.iter().map(|report| report.in_flight).collect();
    crate::ordered::sort_by(&mut counts, u32::cmp);
    let rank = (quantile * (counts.len() as f64 - 1.0)).max(0.0) as usize;
    let hot_above = *counts.get(rank)?;
    let least = |hot: bool| {
        let side =
            reports.iter().enumerate().filter(move |(_, r)| (r.in_flight > hot_above) == hot);
        side.min_by_key(move |(_, r)| {
            if hot { (u64::from(r.in_flight), 0) } else { (r.latency.as_ns(), r.in_flight) }
        })
    };
    least(false).or_else(|| least(true)).map(|(position, _)| position)
}

/// The policy.
#[derive(Clone, Debug)]
pub(in crate::balance) struct Prequal {
    hot_quantile: f64,
    pool: Vec<Answer>,
    /// Probes that picks have paid for and nobody has sent yet.
    owed: u32,
}

impl Prequal {
    pub(super) fn new(hot_quantile: f64) -> Self {
        Self { hot_quantile, pool: Vec::with_capacity(POOL), owed: 0 }
    }

    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        self.owed = (self.owed + PROBES_PER_REQUEST).min(POOL as u32);
        let now = ask.now;
        self.pool.retain(|answer| answer.is_fresh(candidates, now));
        let reports: Vec<LoadReport> = self.pool.iter().map(|answer| answer.report).collect();
        let Some(position) = hot_cold_choice(&reports, self.hot_quantile) else {
            let (a, b) = candidates.draw_two(ask.rng)?;
            return Some(if candidates.in_flight(b) < candidates.in_flight(a) { b } else { a });
        };
        let answer = self.pool.get_mut(position)?;
        let slot = answer.slot;
        // This request is in flight there as well, from now on.
        answer.report.in_flight = answer.report.in_flight.saturating_add(1);
        answer.uses -= 1;
        if answer.uses == 0 {
            self.pool.swap_remove(position);
        }
        Some(slot)
    }

    pub(super) fn evidence(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Evidence {
        let fresh = self.pool.iter().filter(|answer| answer.is_fresh(candidates, ask.now));
        let told: Vec<(u32, f64)> =
            fresh.map(|answer| (answer.slot, answer.report.latency.as_ms_f64())).collect();
        if told.is_empty() {
            let drawn = candidates.draw_two(ask.rng).map(|(a, b)| vec![a, b]);
            return Evidence::of(Rule::FewestOfDraws).drawn(drawn.unwrap_or_default());
        }
        let drawn: Vec<u32> = told.iter().map(|(slot, _)| *slot).collect();
        Evidence::values(Rule::HotCold, told).drawn(drawn)
    }

    pub(super) fn choose_among(rest: Candidates<'_>) -> Option<u32> {
        rest.slots.iter().copied().min_by_key(|&slot| rest.in_flight(slot))
    }

    /// A random backend to probe, while any is owed.
    pub(super) fn next_probe(
        &mut self,
        candidates: Candidates<'_>,
        ask: &mut Ask<'_>,
    ) -> Option<u32> {
        self.owed = self.owed.checked_sub(1)?;
        candidates.slots.get(ask.rng.index(candidates.slots.len())).copied()
    }

    pub(super) fn loaded(
        &mut self,
        slot: u32,
        generation: u32,
        report: LoadReport,
        now: Timestamp,
    ) {
        self.pool.retain(|answer| answer.slot != slot);
        if self.pool.len() >= POOL {
            let oldest = self.pool.iter().enumerate().min_by_key(|(_, answer)| answer.at);
            if let Some((position, _)) = oldest {
                self.pool.swap_remove(position);
            }
        }
        self.pool.push(Answer { slot, generation, at: now, report, uses: USES });
    }
}
