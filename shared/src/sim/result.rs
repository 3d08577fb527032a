//! The outcome of a run.

use super::{
    Checks, ClassResult, HopResult, Latency, LatencyIntervals, LogEntry, Recovery, SeriesPoint,
    SloResult, Totals,
};
use crate::cost::{Cost, PriceUsed};
use crate::id::NodeId;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

/// Everything that a run has shown so far. `gomujul simulate --json` prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunResult {
    /// Name of the design.
    pub design: String,
    /// Version of the rules that made this result.
    pub engine_version: u32,
    /// Seed of the run.
    pub seed: u64,
    /// Simulated time, seconds.
    pub simulated_s: f64,
    /// One in so many requests and servers was simulated: 1 is the whole system, exactly. More, and
    /// counts and costs are those of the part, taken so many times (the experiments' `Scaled`).
    #[serde(default = "whole")]
    pub scaled_by: u32,
    /// Hash over every request's end, 16 hexadecimal digits. Equal digests mean equal runs.
    pub digest: String,
    /// Requests counted over the whole run.
    pub totals: Totals,
    /// Latency of the requests that completed after the warm-up.
    pub latency: Latency,
    /// Completed requests over all that ended, 0 to 1.
    pub availability: f64,
    /// Dollars spent, by part.
    pub cost: Cost,
    /// The prices that they go by, with source and date.
    #[serde(default)]
    pub prices: Vec<PriceUsed>,
    /// Every node's own figures.
    pub nodes: Vec<NodeResult>,
    /// What happened. It is not read again: who reads a result, the page, has heard each entry by then.
    #[serde(deserialize_with = "unread")]
    pub log: Vec<LogEntry>,
    /// Entries that the log had no room for.
    pub log_dropped: u64,
    /// One point a second, or every few seconds in a long run. Not read again, as the log.
    #[serde(deserialize_with = "unread")]
    pub series: Vec<SeriesPoint>,
    /// How sure the latencies are. Follows from them, so the digest leaves it out.
    #[serde(default)]
    pub intervals: LatencyIntervals,
    /// Whether what was promised was kept, if anything was (`run.slo`). Not in the digest either.
    #[serde(default)]
    pub slo: Option<SloResult>,
    /// How long it took to recover from each fault, spike and death, at most 1,000 of them.
    #[serde(default)]
    pub recoveries: Vec<Recovery>,
    /// Conservation and Little's law. Not in the digest either.
    #[serde(default)]
    pub checks: Checks,
    /// Where the time of requests goes, in designs with several stages of work or with classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<HopResult>,
    /// Each class of requests, where sources have several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassResult>,
}

/// An empty list in the place of what is there.
fn unread<'de, D: Deserializer<'de>, T>(from: D) -> Result<Vec<T>, D::Error> {
    IgnoredAny::deserialize(from).map(|IgnoredAny| Vec::new())
}

const fn whole() -> u32 {
    1
}

/// One node's own figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NodeResult {
    /// Which node.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// Requests that reached it.
    pub requests: u64,
    /// Share of its working capacity that was busy, 0 to 1, if it works.
    pub utilisation: Option<f64>,
    /// Requests at it on average over the run: worked on, waiting, or waiting for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_in_flight: Option<f64>,
    /// Of these, those that wait for a thread or a core.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_waiting: Option<f64>,
    /// Fewest and most servers in service, if it is a group.
    pub servers: Option<(u32, u32)>,
    /// What it did around its picks, if it is a balancer that follows requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RequestTally>,
}

/// What a balancer did with requests that it followed to their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestTally {
    /// Tries after the first, because the one before failed.
    pub retries: u64,
    /// Second copies of slow requests.
    pub copies: u64,
    /// Of these, answered first and well.
    pub copies_won: u64,
    /// Requests that a limit refused.
    pub refused: u64,
    /// Requests that took the balancer too long.
    pub timeouts: u64,
}
