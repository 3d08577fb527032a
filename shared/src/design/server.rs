//! How servers and dependencies work: in which order, on how many threads, how fast when fresh;
//! and what stands between them and who asks them.

use serde::{Deserialize, Serialize};

/// How the cores of a server are shared among its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Discipline {
    /// First come, first served: each core works on one request until it is done.
    #[default]
    Fifo,
    /// Processor sharing: all are worked on at once, each at the same speed. An operating system
    /// with a thread for every request is near it.
    ProcessorSharing,
}

impl Discipline {
    /// Every discipline, in the order of menus.
    pub const ALL: [Self; 2] = [Self::Fifo, Self::ProcessorSharing];
}

/// Slowness of a server that has just started: empty caches, code not compiled yet. Its speed rises
/// in a straight line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ColdStart {
    /// How long until it has its full speed, seconds, 0 to 86,400.
    pub duration_s: f64,
    /// Its speed at first, percent, 1 to 100.
    pub initial_speed_percent: f64,
}

impl ColdStart {
    /// Longest, seconds.
    pub const DURATION_S_MAX: f64 = 86_400.0;
}

impl Default for ColdStart {
    fn default() -> Self {
        Self { duration_s: 120.0, initial_speed_percent: 30.0 }
    }
}

/// How a server asks several dependencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// One after the other, in order of their links; the first failure ends it.
    #[default]
    OneByOne,
    /// All at the same time, and it waits for the last (fan-out with a join).
    AtOnce,
}

/// Connections that each server keeps to a dependency. A request that finds all in use waits for
/// one, in order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionPool {
    /// Connections of each server, 1 to 100,000.
    pub size: u32,
    /// How long a request waits for one before it fails, milliseconds, 0 to 3,600,000; 0 is for
    /// ever.
    pub timeout_ms: f64,
}

impl Default for ConnectionPool {
    fn default() -> Self {
        Self { size: 10, timeout_ms: 30_000.0 }
    }
}

/// A cache: who finds the answer asks nobody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Cache {
    /// Share of the requests that find their answer while the cache is full, 0 to 1. The others ask
    /// what the node is linked to.
    pub hit_ratio: f64,
    /// Entries of a full cache, 1 to 1,000,000,000, all equally popular. After a flush each answered
    /// miss brings one back.
    pub entries: u32,
    /// Times at which it loses everything, seconds since the start of the run, at most 100.
    pub flushes_at_s: Vec<u32>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { hit_ratio: 0.9, entries: 10_000, flushes_at_s: Vec::new() }
    }
}

/// Requests that are alike, among those of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RequestClass {
    /// What people call it.
    pub name: String,
    /// Its share, against the sum of all classes' shares, 0.000001 to 1,000,000.
    pub share: f64,
    /// How many times as much work a request is at every node, 0 to 1,000.
    pub size: f64,
    /// How long its clients wait, milliseconds, 0 to 3,600,000; 0 is for ever. As the source says
    /// if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<f64>,
}

impl Default for RequestClass {
    fn default() -> Self {
        Self { name: String::new(), share: 1.0, size: 1.0, timeout_ms: None }
    }
}
