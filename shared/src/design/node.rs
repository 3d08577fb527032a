//! What a node can be, with every setting, its unit, its range and its default.
//!
//! Field names are the vendors' terms, units last. A default is part of the share format: links
//! omit fields that have it, so changing one needs a new codec version (see `codec`).

use super::fault::Fault;
use super::group::Group;
use super::server::{Cache, ConnectionPool, Discipline, RequestClass};
use super::slo::Slo;
use super::traffic::{Arrivals, Bursts, Traffic};
use crate::balance::request::config::RequestConfig;
use crate::balance::{EligibilityConfig, HealthCheckConfig, PolicyConfig};
use crate::cost::{Pricing, Region};
use crate::dist::Law;
use crate::id::NodeId;
use crate::json::tagged;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Leaves settings that older engines do not know out of documents while they have their default.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// [`is_default`] for numbers whose default is not zero.
pub(super) const fn is<const DEFAULT: u32>(value: &u32) -> bool {
    *value == DEFAULT
}

/// A thing on the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What people call it.
    pub name: String,
    /// Centre, in world units (one unit is one pixel at 100 %), growing to the right.
    pub x: i32,
    /// Centre, in world units, growing downwards.
    pub y: i32,
    /// What it is and how it behaves.
    pub settings: Settings,
    /// Whether pointers and keys leave it where it is. A run knows nothing of it.
    pub locked: bool,
}

/// A wire along which requests go, and answers come back.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Where requests come from.
    pub from: NodeId,
    /// Where they go.
    pub to: NodeId,
    /// Time of a message in one direction, milliseconds, where it is always the same.
    pub latency_ms: f64,
    /// The law of that time, where it varies; it takes the place of `latency_ms`. Each message
    /// draws its own.
    pub latency: Option<Law>,
    /// Share of the messages that are lost and sent again, percent, 0 to 99.
    pub loss_percent: f64,
    /// Of a link that leaves a balancer: the weight of each backend behind it, 0 to 1,000. With 0
    /// they get no traffic. Default 1.
    pub weight: u32,
    /// Of a link that leaves a balancer: the level of the backends behind it, 0 to 127. Level 0 is
    /// served first, the next ones as far as it does not suffice. Default 0.
    pub priority: u32,
    /// Of a link that leaves a group or a dependency: how many are asked at the same time for each
    /// request, 1 to 1,000, all of which must answer. Default 1.
    pub copies: u32,
}

impl Link {
    /// A link without latency, of weight 1 and priority 0, along which one is asked.
    pub const fn new(from: NodeId, to: NodeId) -> Self {
        Self {
            from,
            to,
            latency_ms: 0.0,
            latency: None,
            loss_percent: 0.0,
            weight: 1,
            priority: 0,
            copies: 1,
        }
    }

    /// Whether every message takes the same time and none is lost.
    pub const fn is_plain(&self) -> bool {
        self.latency.is_none() && self.loss_percent <= 0.0
    }

    /// The law of a message's time in one direction.
    pub fn latency_law(&self) -> Law {
        self.latency.clone().unwrap_or(Law::Constant { mean_ms: self.latency_ms })
    }
}

tagged! {
    by "type";
    /// What a node is and how it behaves.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum Settings {
        /// Where requests come from.
        Source(Source),
        /// Spreads requests over healthy backends.
        Balancer(Balancer),
        /// An Auto Scaling group of equal servers.
        Group(Group),
        /// A plain server of fixed size: a database, a cache, a queue with workers.
        Dependency(Dependency),
    }
}

/// The kind of a node, without its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// See [`Settings::Source`].
    Source,
    /// See [`Settings::Balancer`].
    Balancer,
    /// See [`Settings::Group`].
    Group,
    /// See [`Settings::Dependency`].
    Dependency,
}

impl NodeKind {
    /// Every kind, in the order of the palette.
    pub const ALL: [Self; 4] = [Self::Source, Self::Balancer, Self::Group, Self::Dependency];

    /// The kind's name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Balancer => "balancer",
            Self::Group => "group",
            Self::Dependency => "dependency",
        }
    }

    /// Whether requests are worked on there.
    pub const fn works(self) -> bool {
        matches!(self, Self::Group | Self::Dependency)
    }

    /// Default settings of this kind.
    pub fn settings(self) -> Settings {
        match self {
            Self::Source => Settings::Source(Source::default()),
            Self::Balancer => Settings::Balancer(Balancer::default()),
            Self::Group => Settings::Group(Group::default()),
            Self::Dependency => Settings::Dependency(Dependency::default()),
        }
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Settings {
    /// Which kind of node these settings make.
    pub const fn kind(&self) -> NodeKind {
        match self {
            Self::Source(_) => NodeKind::Source,
            Self::Balancer(_) => NodeKind::Balancer,
            Self::Group(_) => NodeKind::Group,
            Self::Dependency(_) => NodeKind::Dependency,
        }
    }
}

/// Where requests come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// How many requests a second, over time.
    pub traffic: Traffic,
    /// How they follow each other.
    pub arrivals: Arrivals,
    /// How many clients the requests come from, each with an address of its own, 0 to 10,000,000.
    /// Hash policies go by the address. With 0, no request has one, as if every request came from
    /// a client of its own.
    pub clients: u32,
    /// How unequal the clients are: Zipf's exponent, 0 to 4. The client of rank k makes requests
    /// in proportion to 1 / k^exponent; with 0, all make as many.
    pub client_skew: f64,
    /// Percent of the requests that are not idempotent (`POST`), 0 to 100: once sent, no balancer
    /// sends them again. Which ones depends on the seed and the request only.
    #[serde(skip_serializing_if = "is_default")]
    pub post_percent: f64,
    /// How the rate changes at random.
    pub bursts: Bursts,
    /// How long clients wait for an answer, milliseconds, 0 to 3,600,000; 0 is for ever. A request
    /// that nobody waits for any more is worked on all the same.
    pub timeout_ms: f64,
    /// How often a client tries again after a failure or a timeout, 0 to 10.
    pub retries: u32,
    /// Longest pause before the first retry, milliseconds, 0 to 3,600,000; doubles with each. The
    /// pause is drawn between zero and this ("full jitter").
    pub backoff_ms: f64,
    /// Longest pause before any retry, milliseconds, 0 to 3,600,000.
    pub backoff_max_ms: f64,
    /// Classes of requests, at most 20; all are alike if there are none.
    #[serde(skip_serializing_if = "is_default")]
    pub classes: Vec<RequestClass>,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            traffic: Traffic::default(),
            arrivals: Arrivals::default(),
            clients: 0,
            client_skew: 0.0,
            post_percent: 0.0,
            bursts: Bursts::default(),
            timeout_ms: 0.0,
            retries: 0,
            backoff_ms: 100.0,
            backoff_max_ms: 10_000.0,
            classes: Vec::new(),
        }
    }
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Balancer {
    /// How it chooses among eligible backends.
    pub policy: PolicyConfig,
    /// How it finds out which backends are healthy.
    pub health_check: HealthCheckConfig,
    /// How long a leaving backend may finish its requests, seconds, 0 to 3,600. AWS: 300.
    pub deregistration_delay_s: u32,
    /// How many instances share the requests, 1 to 64: nodes in zones, or isolates at an edge. Each
    /// counts only what it sent itself. Default 1.
    #[serde(skip_serializing_if = "is::<1>")]
    pub instances: u32,
    /// How late the last of the instances hears how a health check ended, seconds, 0 to 120; the
    /// others hear of it in turn before. Default 0.
    #[serde(skip_serializing_if = "is_default")]
    pub health_lag_s: u32,
    /// Who may serve, besides health checks: levels, panic, slow start, outlier detection, zones.
    pub eligibility: EligibilityConfig,
    /// What it does around its picks: affinity, retries, second copies, limits. All off.
    #[serde(skip_serializing_if = "is_default")]
    pub requests: RequestConfig,
}

impl Default for Balancer {
    fn default() -> Self {
        Self {
            policy: PolicyConfig::default(),
            health_check: HealthCheckConfig::default(),
            deregistration_delay_s: 300,
            instances: 1,
            health_lag_s: 0,
            eligibility: EligibilityConfig::default(),
            requests: RequestConfig::default(),
        }
    }
}

/// A plain server of fixed size: a database, a cache, a queue with workers. After its own work a
/// request asks what the node is linked to, one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Dependency {
    /// Requests worked on at the same time, 1 to 10,000. The others queue.
    pub workers: u32,
    /// Time of one request.
    pub service: Law,
    /// Requests that may wait, 0 to 1,000,000; one more is refused with 503.
    pub queue_max: u32,
    /// How the workers are shared among requests.
    #[serde(skip_serializing_if = "is_default")]
    pub discipline: Discipline,
    /// Requests past the queue at the same time, 1 to 1,000,000; 0 is as many as come.
    #[serde(skip_serializing_if = "is_default")]
    pub threads: u32,
    /// Connections that each server which asks it keeps to it; as many as it needs if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub connection_pool: Option<ConnectionPool>,
    /// Makes it a cache: only misses ask what it is linked to.
    #[serde(skip_serializing_if = "is_default")]
    pub cache: Option<Cache>,
    /// Makes it a queue: whoever asks is answered as soon as the message is in it, and the workers
    /// come to it later. A worker keeps its message until what it asks has answered.
    #[serde(skip_serializing_if = "is_default")]
    pub asynchronous: bool,
}

impl Default for Dependency {
    fn default() -> Self {
        Self {
            workers: 16,
            service: Law::Exponential { mean_ms: 5.0 },
            queue_max: 10_000,
            discipline: Discipline::Fifo,
            threads: 0,
            connection_pool: None,
            cache: None,
            asynchronous: false,
        }
    }
}

/// How long, from which seed and where the design runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// Seed of every random stream. The same seed gives the same run.
    pub seed: u64,
    /// Length of the run in seconds of simulated time, 1 to 2,678,400 (31 days).
    pub duration_s: u32,
    /// Time of day at the start, seconds after midnight, 0 to 86,399. For display.
    pub starts_at_s: u32,
    /// Beginning of the run that percentiles leave out, seconds.
    pub warmup_s: u32,
    /// Whose prices apply.
    pub region: Region,
    /// Prices in place of the tables', and what is assumed of the traffic.
    #[serde(skip_serializing_if = "is_default")]
    pub pricing: Pricing,
    /// What is promised to those who send requests, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slo: Option<Slo>,
    /// What breaks while it runs, at most 1,000 faults.
    #[serde(skip_serializing_if = "is_default")]
    pub faults: Vec<Fault>,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            duration_s: 3_600,
            starts_at_s: 12 * 3_600,
            warmup_s: 0,
            region: Region::UsEast1,
            pricing: Pricing::default(),
            slo: None,
            faults: Vec::new(),
        }
    }
}
