//! What an experiment compares.

use crate::sim::RunResult;
use crate::theory::Quantity;
use serde::Serialize;

/// A figure of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Mean latency, milliseconds.
    MeanMs,
    /// Median latency, milliseconds.
    P50Ms,
    /// 95th percentile of latency, milliseconds.
    P95Ms,
    /// 99th percentile of latency, milliseconds.
    P99Ms,
    /// 99.9th percentile of latency, milliseconds.
    P999Ms,
    /// Requests completed a second.
    ThroughputPerS,
    /// Share of the ended requests that failed, 0 to 1.
    Failed,
    /// Dollars spent.
    CostUsd,
}

impl Metric {
    /// Every metric, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::MeanMs,
        Self::P50Ms,
        Self::P95Ms,
        Self::P99Ms,
        Self::P999Ms,
        Self::ThroughputPerS,
        Self::Failed,
        Self::CostUsd,
    ];

    /// The metric's name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MeanMs => "mean_ms",
            Self::P50Ms => "p50_ms",
            Self::P95Ms => "p95_ms",
            Self::P99Ms => "p99_ms",
            Self::P999Ms => "p999_ms",
            Self::ThroughputPerS => "throughput_per_s",
            Self::Failed => "failed",
            Self::CostUsd => "cost_usd",
        }
    }

    /// Whether more of it is better.
    pub const fn more_is_better(self) -> bool {
        matches!(self, Self::ThroughputPerS)
    }

    /// Its value in a run.
    pub fn of(self, result: &RunResult) -> f64 {
        let latency = &result.latency;
        match self {
            Self::MeanMs => latency.mean_ms,
            Self::P50Ms => latency.p50_ms,
            Self::P95Ms => latency.p95_ms,
            Self::P99Ms => latency.p99_ms,
            Self::P999Ms => latency.p999_ms,
            Self::ThroughputPerS if result.simulated_s > 0.0 => {
                result.totals.completed as f64 / result.simulated_s
            }
            Self::ThroughputPerS => 0.0,
            Self::Failed => 1.0 - result.availability,
            Self::CostUsd => result.cost.total_usd(),
        }
    }

    /// The metric that measures what theory predicts, if one does.
    pub fn of_quantity(quantity: Quantity) -> Option<Self> {
        match quantity {
            Quantity::MeanMs => Some(Self::MeanMs),
            Quantity::P50Ms => Some(Self::P50Ms),
            Quantity::P95Ms => Some(Self::P95Ms),
            Quantity::P99Ms => Some(Self::P99Ms),
            Quantity::Refused => Some(Self::Failed),
        }
    }
}
