//! The service level objective of a run: what is promised to those who send requests.

use serde::{Deserialize, Serialize};

/// What is promised: how many requests are answered, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Slo {
    /// Share of the requests that are answered well, percent, 0 to 100.
    pub availability_percent: f64,
    /// Answers take no longer than this, milliseconds, 0.001 to 3,600,000 (an hour)
    pub latency_ms: f64,
    /// for so many of them, percent, 0 to 100: 99 promises p99.
    pub latency_percentile: f64,
}

impl Default for Slo {
    fn default() -> Self {
        Self { availability_percent: 99.9, latency_ms: 500.0, latency_percentile: 99.0 }
    }
}
