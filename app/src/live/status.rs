//! What `/_lb/status` and the API tell, as far as the page shows it. A newer Worker may tell more.

use serde::Deserialize;
use serde_json::Value;
use shared::origins::{DEFAULT_POOL, OriginState, Override};

/// The answer of `/_lb/status`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Status {
    /// What the balancer calls itself.
    pub name: String,
    /// `serving`, `unconfigured` or `misconfigured`.
    pub state: String,
    /// The configuration that runs; 0 for the variable.
    pub config_version: u64,
    /// Whose counters these are.
    pub counters: String,
    /// What is wrong.
    pub message: Option<String>,
    /// Nobody is believed healthy, so everybody gets requests.
    pub fail_open: bool,
    /// How it chooses.
    pub policy: Option<Policy>,
    /// How old its knowledge is.
    pub health_document: Option<Knowledge>,
    /// Pools that scale.
    pub groups: Vec<GroupStatus>,
    /// The origins.
    pub origins: Vec<OriginStatus>,
}

impl Status {
    /// Whether an origin waits to be called into service: the elastic loop's doing, not a person's.
    pub fn is_standby(&self, origin: &OriginStatus) -> bool {
        let pool = if origin.pool.is_empty() { DEFAULT_POOL } else { &origin.pool };
        origin.state == OriginState::Maintenance
            && origin.phase.is_none()
            && origin.wanted.state.is_none()
            && self.groups.iter().any(|group| group.pool == pool)
    }
}

/// A pool that scales.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GroupStatus {
    /// Its name.
    pub pool: String,
    /// How many origins should serve.
    pub desired_capacity: u32,
    /// How many do.
    pub in_service: u32,
}

/// How a balancer chooses.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The policy's name.
    #[serde(rename = "type")]
    pub name: String,
}

/// How old knowledge is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Knowledge {
    /// Seconds since the cron wrote the document; none if it never did.
    pub age_s: Option<f64>,
}

/// One origin.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct OriginStatus {
    /// Its name.
    pub id: String,
    /// Its pool; empty for `default`.
    pub pool: String,
    /// Its address.
    pub url: String,
    /// What the operator wants of it, and the elastic loop.
    pub state: OriginState,
    /// Where it is in its life, in a pool that scales; none on standby.
    pub phase: Option<String>,
    /// What the isolate believes: `healthy`, `unhealthy` or `initial`.
    pub health: String,
    /// Seconds until an ejection ends.
    pub ejected_for_s: Option<f64>,
    /// Requests that wait for its answer.
    pub in_flight: u32,
    /// Tries that were sent to it.
    pub picks: u64,
    /// Those that ended without an answer.
    pub failures: u64,
    /// Answers by the first digit of their status.
    pub answers: [u64; 5],
    /// Seconds until their heads were there, together.
    pub answering_s: f64,
    /// Its part of the traffic.
    pub weight: u32,
    /// What the operator wants over the configuration.
    pub wanted: Override,
}

/// The answer of `events`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Events {
    /// The newest first, each an [`Event`](shared::origins::Event) or what a newer Worker tells: this
    /// page has no words for that.
    pub events: Vec<Value>,
}

/// The answer of `config/versions`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Versions {
    /// The one that is wanted.
    pub current: u64,
    /// Those that are kept, oldest first.
    pub versions: Vec<Version>,
}

/// A kept configuration.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Version {
    /// Its number.
    pub number: u64,
    /// When it was put, in milliseconds of the Unix epoch.
    pub at_ms: u64,
    /// How many origins it has.
    pub origins: usize,
}
