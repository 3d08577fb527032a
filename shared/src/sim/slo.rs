//! Service level objectives: what was promised, and whether the run kept it.
//!
//! Two objectives, each a share of requests: availability (of those that ended, how many were
//! answered well) and latency (of those answered, how many within the target; "p99 under 300 ms" is
//! 99 % within 300 ms). The error budget is what may go wrong, `1 - target`; how much of it a run
//! has used is the share that went wrong over that (Beyer et al., Site Reliability Engineering,
//! chapters 3 and 4).
//!
//! Everything is counted after the warm-up, like the percentiles, and latency within the 0.1 % of
//! their histogram. A share is known as well as its interval of batch means says: while the target
//! lies inside, the run is too short to tell.

use crate::design::Slo;
use serde::{Deserialize, Serialize};

/// What was promised, and whether the run kept it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SloResult {
    /// Requests that were answered well, of those that ended.
    pub availability: Objective,
    /// Answers within the latency target, of all answers.
    pub latency: Objective,
    /// The latency target, milliseconds.
    pub latency_ms: f64,
    /// Requests a second that were answered within the latency target.
    pub goodput_per_s: f64,
}

/// One objective: a share of requests that should be good.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Objective {
    /// The share promised, 0 to 1.
    pub target: f64,
    /// The share measured, 0 to 1; 1 if nothing was.
    pub measured: f64,
    /// Half width of its 95 % interval, where the run is long enough for one.
    pub half_width: Option<f64>,
    /// Requests counted.
    pub count: u64,
    /// Of these, bad ones.
    pub bad: u64,
    /// Share of the error budget that the bad ones used, 1 for all of it; absent where the target
    /// leaves none.
    pub budget_used: Option<f64>,
    /// Whether it was kept.
    pub verdict: SloVerdict,
}

/// Whether an objective was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SloVerdict {
    /// It was.
    Met,
    /// It was not.
    Missed,
    /// The target lies inside the interval of what was measured: run longer.
    TooClose,
}

/// Requests counted after the warm-up, and how many of them were bad.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) count: u64,
    pub(super) bad: u64,
    /// Half width of the interval of the bad ones' share.
    pub(super) half_width: Option<f64>,
}

impl Objective {
    fn new(target_percent: f64, share: Share) -> Self {
        let Share { count, bad, half_width } = share;
        let target = target_percent / 100.0;
        let bad_share = if count == 0 { 0.0 } else { bad as f64 / count as f64 };
        let measured = 1.0 - bad_share;
        let near = half_width.is_some_and(|half| half > 0.0 && (measured - target).abs() <= half);
        let verdict = match measured >= target {
            _ if near && target < 1.0 => SloVerdict::TooClose,
            true => SloVerdict::Met,
            false => SloVerdict::Missed,
        };
        let budget_used = (target < 1.0).then(|| bad_share / (1.0 - target));
        Self { target, measured, half_width, count, bad, budget_used, verdict }
    }
}

impl SloResult {
    /// How requests that ended and answers of `measured_s` seconds kept `slo`.
    pub(super) fn new(slo: &Slo, ended: Share, answers: Share, measured_s: f64) -> Self {
        let good = answers.count - answers.bad;
        Self {
            availability: Objective::new(slo.availability_percent, ended),
            latency: Objective::new(slo.latency_percentile, answers),
            latency_ms: slo.latency_ms,
            goodput_per_s: if measured_s > 0.0 { good as f64 / measured_s } else { 0.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(count: u64, bad: u64, half_width: Option<f64>) -> Share {
        Share { count, bad, half_width }
    }

    #[test]
    fn verdicts_and_budgets_by_hand() {
        for (target, share, verdict, budget) in [
            // 50 of 100,000 where 100 may be: half of the budget.
            (99.9, share(100_000, 50, Some(1e-4)), SloVerdict::Met, Some(0.5)),
            (99.9, share(100_000, 50, Some(6e-4)), SloVerdict::TooClose, Some(0.5)),
            (99.9, share(100_000, 300, Some(1e-4)), SloVerdict::Missed, Some(3.0)),
            (99.9, share(100_000, 300, None), SloVerdict::Missed, Some(3.0)),
            // All must be good: one bad one is one too many, and there is no budget.
            (100.0, share(100_000, 1, Some(1e-4)), SloVerdict::Missed, None),
            (100.0, share(100_000, 0, Some(0.0)), SloVerdict::Met, None),
            (99.9, share(0, 0, None), SloVerdict::Met, Some(0.0)),
        ] {
            let objective = Objective::new(target, share);
            assert_eq!(objective.verdict, verdict, "{target} {share:?}");
            let near = objective.budget_used.zip(budget).is_none_or(|(a, b)| (a - b).abs() < 1e-9);
            assert!(near && objective.budget_used.is_some() == budget.is_some(), "{objective:?}");
        }
    }
}
