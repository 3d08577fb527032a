//! Measurement: totals, percentiles over all requests, one point a second.

use serde::{Deserialize, Serialize};

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The balancer had nobody to send it to (503).
    NoBackend,
    /// The queue of the server or dependency was full (503).
    QueueFull,
    /// The server was dead when the request came (502).
    ConnectFailed,
    /// The server died while it had the request (502).
    Reset,
}

impl FailureCause {
    /// Every cause, in the order of [`Totals::failed_by_cause`].
    pub const ALL: [Self; 4] = [Self::NoBackend, Self::QueueFull, Self::ConnectFailed, Self::Reset];
}

/// Requests counted from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// Requests that sources made.
    pub arrived: u64,
    /// Of these, answered well.
    pub completed: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Failures by cause: no backend, queue full, connect failed, reset.
    pub failed_by_cause: [u64; 4],
    /// Neither completed nor failed yet.
    pub in_flight: u64,
}

/// Latency of completed requests, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Latency {
    /// Requests measured.
    pub count: u64,
    /// Mean.
    pub mean_ms: f64,
    /// Half are faster.
    pub p50_ms: f64,
    /// 95 % are faster.
    pub p95_ms: f64,
    /// 99 % are faster.
    pub p99_ms: f64,
    /// 99.9 % are faster.
    pub p999_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// One second of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesPoint {
    /// End of the second, seconds since the start of the run.
    pub at_s: u32,
    /// Requests that arrived in it.
    pub arrived: u32,
    /// Requests completed in it.
    pub completed: u32,
    /// Requests failed in it.
    pub failed: u32,
    /// Requests in flight at its end.
    pub in_flight: u32,
    /// Median latency of those completed in it, if there were any.
    pub p50_ms: Option<f32>,
    /// 99th percentile of those completed in it, if there were any.
    pub p99_ms: Option<f32>,
    /// Average CPU over all groups' servers in service, 0 to 1, if there are any.
    pub cpu: Option<f32>,
    /// Servers in service at its end.
    pub in_service: u32,
    /// Servers booting or waiting for their first check.
    pub launching: u32,
    /// Servers that finish what they have.
    pub draining: u32,
    /// Servers wanted, over all groups.
    pub desired: u32,
    /// Dollars an hour at its end.
    pub cost_usd_per_hour: f32,
}
