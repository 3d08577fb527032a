//! Weighted random with anomaly mitigation: a model of AWS's *automatic target weights*.
//!
//! AWS documents what happens and no formula: with three or more healthy targets, one that
//! answers with errors unlike its peers gets less and less traffic until it recovers or next to
//! nothing is left, and then more and more again. **The numbers are this project's own model**:
//! every ten seconds a backend whose failures exceed the mean of the others by ten percentage points, and
//! the double of it, has its weight halved (down to 1/64); any other gets its weight doubled (up
//! to the configured one).

use super::{AliasTable, Ask, Candidates, Evidence};
use crate::balance::Outcome;
use crate::balance::explain::Rule;
use crate::time::{Span, Timestamp};

const WINDOW: Span = Span::from_s(10);
const MIN_TARGETS: usize = 3;
const MIN_REQUESTS: u32 = 5;
const MARGIN: f64 = 0.1;
const LEAST_FACTOR: f64 = 1.0 / 64.0;

/// One backend's last window.
#[derive(Clone, Copy, Debug)]
struct Record {
    generation: u32,
    requests: u32,
    failures: u32,
    /// What is left of its weight, 1/64 to 1.
    factor: f64,
}

/// The policy.
#[derive(Clone, Debug, Default)]
pub(in crate::balance) struct AnomalyMitigation {
    table: AliasTable,
    slots: Vec<u32>,
    weights: Vec<f64>,
    records: Vec<Record>,
    window_end: Timestamp,
}

impl AnomalyMitigation {
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, ask: &mut Ask<'_>) -> Option<u32> {
        if ask.now >= self.window_end {
            self.judge();
            self.window_end = ask.now + WINDOW;
        }
        candidates.slots.get(self.table.draw(ask.rng)? as usize).copied()
    }

    pub(super) fn evidence(&mut self, ask: &Ask<'_>) -> Evidence {
        if ask.now >= self.window_end {
            self.judge();
        }
        let weights = self.slots.iter().zip(&self.weights);
        let left = |(&slot, weight): (&u32, &f64)| (slot, weight * self.factor(slot));
        Evidence::values(Rule::RandomByFailures, weights.map(left))
    }

    pub(super) fn completed(&mut self, slot: u32, outcome: Outcome) {
        if let Some(record) = self.records.get_mut(slot as usize) {
            record.requests = record.requests.saturating_add(1);
            record.failures = record.failures.saturating_add(u32::from(outcome.is_failure()));
        }
    }

    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        for (slot, backend) in candidates.backends.iter().enumerate() {
            let generation = backend.generation;
            let fresh = Record { generation, requests: 0, failures: 0, factor: 1.0 };
            match self.records.get_mut(slot) {
                Some(known) if known.generation != generation => *known = fresh,
                Some(_) => {}
                None => self.records.push(fresh),
            }
        }
        self.slots.clear();
        self.slots.extend_from_slice(candidates.slots);
        self.weights.clear();
        self.weights.extend(candidates.slots.iter().map(|&slot| candidates.weight(slot)));
        self.rebuild();
    }

    /// Ends a window: anomalous backends lose half of their weight, the others regain it.
    fn judge(&mut self) {
        let rates: Vec<Option<f64>> =
            self.slots.iter().map(|&slot| self.failure_rate(slot)).collect();
        let known: Vec<f64> = rates.iter().copied().flatten().collect();
        let sum: f64 = known.iter().sum();
        for (&slot, rate) in self.slots.iter().zip(&rates) {
            let anomalous = rate.is_some_and(|rate| {
                let others = (sum - rate) / (known.len() as f64 - 1.0).max(1.0);
                self.slots.len() >= MIN_TARGETS && rate > others * 2.0 && rate > others + MARGIN
            });
            if let Some(record) = self.records.get_mut(slot as usize) {
                let step = if anomalous { 0.5 } else { 2.0 };
                record.factor = (record.factor * step).clamp(LEAST_FACTOR, 1.0);
                (record.requests, record.failures) = (0, 0);
            }
        }
        self.rebuild();
    }

    /// Failures per request of the last window, if there were enough to tell. A backend that is
    /// held down sees few requests: for it, one is enough.
    fn failure_rate(&self, slot: u32) -> Option<f64> {
        let record = self.records.get(slot as usize)?;
        let enough = if record.factor < 1.0 { 1 } else { MIN_REQUESTS };
        (record.requests >= enough).then(|| f64::from(record.failures) / f64::from(record.requests))
    }

    fn rebuild(&mut self) {
        let weighted = self.slots.iter().zip(&self.weights);
        let weights: Vec<f64> = weighted.map(|(&slot, w)| w * self.factor(slot)).collect();
        self.table = AliasTable::new(&weights);
    }

    /// What is left of a backend's weight.
    fn factor(&self, slot: u32) -> f64 {
        self.records.get(slot as usize).map_or(1.0, |record| record.factor)
    }
}
