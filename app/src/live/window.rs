//! Figures of the last half minute, from counters that only grow.

use super::status::{OriginStatus, Status};
use std::collections::VecDeque;

/// How far back figures look.
pub const WINDOW_MS: u64 = 30_000;
/// The most isolates that are told apart; what answers more rarely tells little.
const ISOLATES_MAX: usize = 8;

/// What an origin did in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Its part of all tries, 0 to 1; none without any.
    pub share: Option<f64>,
    /// Tries a second.
    pub rate_per_s: f64,
    /// What its answers took until their head was there, on average.
    pub latency_ms: Option<f64>,
    /// Tries without an answer and answers of 5xx, of all.
    pub errors: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    picks: u64,
    failures: u64,
    answers: u64,
    answers_5xx: u64,
    answering_s: f64,
}

impl Counts {
    fn of(origin: &OriginStatus) -> Self {
        let [.., answers_5xx] = origin.answers;
        Self {
            picks: origin.picks,
            failures: origin.failures,
            answers: origin.answers.iter().sum(),
            answers_5xx,
            answering_s: origin.answering_s,
        }
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            picks: self.picks.saturating_sub(earlier.picks),
            failures: self.failures.saturating_sub(earlier.failures),
            answers: self.answers.saturating_sub(earlier.answers),
            answers_5xx: self.answers_5xx.saturating_sub(earlier.answers_5xx),
            answering_s: (self.answering_s - earlier.answering_s).max(0.0),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Sample {
    at_ms: u64,
    counts: Vec<(String, Counts)>,
}

/// The samples of each isolate that answered lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Window {
    isolates: Vec<(String, VecDeque<Sample>)>,
}

impl Window {
    /// An isolate told its counters.
    pub(super) fn add(&mut self, at_ms: u64, status: &Status) {
        let counts = status.origins.iter().map(|it| (it.id.clone(), Counts::of(it))).collect();
        let sample = Sample { at_ms, counts };
        match self.isolates.iter_mut().find(|(name, _)| *name == status.counters) {
            Some((_, samples)) => samples.push_back(sample),
            None => self.isolates.push((status.counters.clone(), VecDeque::from([sample]))),
        }
        for (_, samples) in &mut self.isolates {
            // One older than the window stays, to count from.
            while samples.get(1).is_some_and(|next| next.at_ms + WINDOW_MS <= at_ms) {
                samples.pop_front();
            }
        }
        let is_lively = |samples: &VecDeque<Sample>| {
            samples.back().is_some_and(|last| last.at_ms + WINDOW_MS > at_ms)
        };
        self.isolates.retain(|(_, samples)| is_lively(samples));
        let surplus = self.isolates.len().saturating_sub(ISOLATES_MAX);
        self.isolates.drain(..surplus);
    }

    /// What each of `ids` did, over all isolates that told more than once.
    pub(super) fn figures(&self, ids: &[&str]) -> Vec<Figures> {
        let grown = |id: &str| {
            let mut sum = Counts::default();
            let mut rate_per_s = 0.0;
            for (_, samples) in &self.isolates {
                let (Some(first), Some(last)) = (samples.front(), samples.back()) else { continue };
                let find = |sample: &Sample| {
                    sample.counts.iter().find(|(of, _)| of == id).map(|(_, counts)| *counts)
                };
                let (Some(from), Some(to)) = (find(first), find(last)) else { continue };
                let since = to.since(from);
                sum.picks += since.picks;
                sum.failures += since.failures;
                sum.answers += since.answers;
                sum.answers_5xx += since.answers_5xx;
                sum.answering_s += since.answering_s;
                let seconds = last.at_ms.saturating_sub(first.at_ms) as f64 / 1_000.0;
                rate_per_s += if seconds > 0.0 { since.picks as f64 / seconds } else { 0.0 };
            }
            (sum, rate_per_s)
        };
        let grown: Vec<(Counts, f64)> = ids.iter().map(|id| grown(id)).collect();
        let all: u64 = grown.iter().map(|(counts, _)| counts.picks).sum();
        let ratio = |part: f64, whole: u64| (whole > 0).then(|| part / whole as f64);
        let figures = grown.into_iter().map(|(counts, rate_per_s)| Figures {
            share: ratio(counts.picks as f64, all),
            rate_per_s,
            latency_ms: ratio(counts.answering_s * 1_000.0, counts.answers),
            errors: ratio(
                (counts.failures + counts.answers_5xx) as f64,
                counts.failures + counts.answers,
            ),
        });
        figures.collect()
    }
}
