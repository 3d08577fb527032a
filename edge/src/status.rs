//! What `/_lb/status` tells: how this isolate sees the origins, and how old its knowledge is.

use crate::fleet::Fleet;
use crate::state::{Member, Reading, State};
use serde::Serialize;
use shared::balance::{Health, PolicyConfig};
use shared::id::BackendId;
use shared::origins::{HealthDocument, MemberPhase, OriginState, Override};
use shared::time::Timestamp;

/// How to get going, for a person who opens the status of a Worker without origins.
pub const HOW_TO_CONFIGURE: &str = "no origins are configured: set the variable GOMUJUL_CONFIG \
    to a document such as {\"origins\": [{\"id\": \"a\", \"url\": \"https://a.example.com\"}]}; \
    see docs/EDGE.md";

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct Status<'a> {
    version: &'static str,
    name: &'a str,
    state: &'static str,
    /// The version of the configuration that runs; 0 for the variable.
    config_version: u64,
    /// Whose counters these are: differences mean something between answers of one name only.
    counters: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a PolicyConfig>,
    /// Nobody is believed healthy, so everybody gets requests.
    fail_open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    health_document: Option<Knowledge>,
    /// Pools that scale.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupStatus<'a>>,
    origins: Vec<OriginStatus<'a>>,
}

#[derive(Debug, Serialize)]
struct GroupStatus<'a> {
    pool: &'a str,
    desired_capacity: u32,
    in_service: usize,
}

#[derive(Debug, Serialize)]
struct Knowledge {
    reading: Reading,
    /// Seconds since this isolate read it.
    read_age_s: Option<f64>,
    /// When the round of probes ended that wrote it.
    checked_at_ms: Option<u64>,
    age_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct OriginStatus<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "is_default_pool")]
    pool: &'a str,
    url: &'a str,
    /// What the operator wants, and the elastic loop.
    state: OriginState,
    /// Where it is in its life, in a pool that scales; absent on standby.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<MemberPhase>,
    /// What this isolate believes.
    health: Health,
    /// What the health document says.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked: Option<Checked>,
    /// Seconds until an ejection ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    ejected_for_s: Option<f64>,
    /// Requests of this isolate that wait for the origin's answer.
    in_flight: u32,
    picks: u64,
    /// Tries that ended without an answer.
    failures: u64,
    /// Answers by the first digit of their status, 1xx to 5xx.
    answers: [u64; 5],
    /// Seconds until the heads of those answers were there, together.
    answering_s: f64,
    /// Its part of the traffic now.
    weight: u32,
    /// What the operator wants over the configuration.
    #[serde(skip_serializing_if = "wants_nothing")]
    wanted: Override,
}

fn wants_nothing(wanted: &Override) -> bool {
    *wanted == Override::default()
}

#[derive(Debug, Serialize)]
struct Checked {
    health: Health,
    /// Probes in a row that contradict it.
    streak: u32,
    since_ms: u64,
}

fn is_default_pool(pool: &&str) -> bool {
    *pool == shared::origins::DEFAULT_POOL
}

impl<'a> Status<'a> {
    /// The status of a Worker that runs.
    pub fn of(fleet: &'a Fleet, now: Timestamp) -> Self {
        let document = fleet.document();
        let age_s = |then: Timestamp| now.since(then).as_s_f64();
        let configured = fleet.is_configured();
        let (reading, read_at) = fleet.last_reading();
        let refused = fleet.refused.as_ref().map(|(_, message)| message.as_str());
        let groups = document.into_iter().flat_map(|document| &document.groups);
        let groups = groups.map(|group| GroupStatus {
            pool: &group.pool,
            desired_capacity: group.desired,
            in_service: group
                .members
                .iter()
                .filter(|member| member.phase == MemberPhase::InService)
                .count(),
        });
        Self {
            version: env!("CARGO_PKG_VERSION"),
            name: &fleet.config.name,
            state: if configured { "serving" } else { "unconfigured" },
            config_version: fleet.version,
            counters: format!("{:016x}", fleet.born),
            message: if configured { refused } else { Some(HOW_TO_CONFIGURE) },
            policy: Some(&fleet.config.policy),
            fail_open: fleet.pools.iter().any(|pool| pool.balancer.is_fail_open()),
            health_document: Some(Knowledge {
                reading,
                read_age_s: read_at.map(age_s),
                checked_at_ms: document.map(|document| document.checked_at_ms),
                age_s: document.map(|document| age_s(document.checked_at())),
            }),
            groups: groups.collect(),
            origins: fleet.pools.iter().flat_map(|pool| origins_of(pool, document, now)).collect(),
        }
    }

    /// The status of a Worker whose configuration was refused.
    pub fn misconfigured(message: &'a str) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            name: "",
            state: "misconfigured",
            config_version: 0,
            counters: String::new(),
            message: Some(message),
            policy: None,
            fail_open: false,
            health_document: None,
            groups: Vec::new(),
            origins: Vec::new(),
        }
    }

    /// The answer's body.
    pub fn to_json(&self) -> String {
        // Plain data with string keys cannot fail to serialise.
        shared::json::write_indented(self).unwrap_or_default()
    }
}

/// The origins of one pool, in the order of the configuration.
fn origins_of<'a>(
    pool: &'a State,
    document: Option<&HealthDocument>,
    now: Timestamp,
) -> Vec<OriginStatus<'a>> {
    let checked_health = |member: &Member| {
        document.map_or(Health::Initial, |document| document.health(&member.origin.id))
    };
    let origins = (0..).map(BackendId).zip(&pool.members).map(|(id, member)| {
        // A drained origin is not registered any more.
        let view = pool.balancer.view(id);
        let entry = document.and_then(|d| d.entries.iter().find(|e| e.id == member.origin.id));
        OriginStatus {
            id: &member.origin.id,
            pool: &pool.pool,
            url: member.origin.url.as_str(),
            state: member.state,
            phase: document.and_then(|d| d.phase(&pool.pool, &member.origin.id)),
            health: view.map_or_else(|| checked_health(member), |view| view.health),
            checked: entry.map(|entry| Checked {
                health: entry.tracker.health(),
                streak: entry.tracker.streak(),
                since_ms: entry.since_ms,
            }),
            ejected_for_s: member
                .passive
                .ejected_until()
                .or(view.and_then(|view| view.ejected_until))
                .map(|until| until.since(now).as_s_f64()),
            in_flight: view.map_or(0, |view| view.in_flight),
            picks: member.picks,
            failures: member.failures,
            answers: member.answers,
            answering_s: member.answering.as_s_f64(),
            weight: member.weight,
            wanted: document.map(|it| it.wishes.of(&member.origin.id)).unwrap_or_default(),
        }
    });
    let mut origins: Vec<_> = origins.collect();
    // Not that of this isolate's round.
    let place = |id: &str| pool.config.origins.iter().position(|origin| origin.id == id);
    shared::ordered::sort_by(&mut origins, |a, b| place(a.id).cmp(&place(b.id)));
    origins
}
