//! Why this backend? What a balancer looked at for a pick, and the rule that it followed.
//!
//! [`Balancer::explain`] answers for the pick that would follow now. It is worked out on a copy of
//! the balancer, by the policies themselves: what they compare is read where they keep it, draws are
//! drawn from a copy of their stream. So the answer is what [`Balancer::pick`] does next, and asking
//! changes nothing.
//!
//! [`Balancer::explain`]: super::Balancer::explain
//! [`Balancer::pick`]: super::Balancer::pick

use super::Unavailable;
use crate::id::BackendId;
use serde::{Deserialize, Serialize};

/// Why a request goes where it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What the policy goes by.
    pub rule: Rule,
    /// How the choice came about.
    pub course: Course,
    /// Who is picked.
    pub choice: Result<BackendId, Unavailable>,
    /// Every registered backend, in order of identity.
    pub considered: Vec<Considered>,
}

/// How a choice came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Course {
    /// The policy chose.
    Policy,
    /// Whom the policy chose is full: the least loaded of the others by its rule.
    FirstFull,
    /// Others failed this request already: chosen among the rest.
    Again,
    /// Who is chosen is not believed healthy: too few are (fail open, panic).
    Unhealthy,
    /// The client's session leads there, whatever the policy says.
    Session,
}

/// One backend as the balancer saw it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    /// Which backend.
    pub backend: BackendId,
    /// Whether it could be chosen.
    pub standing: Standing,
    /// Requests of this balancer that it has.
    pub in_flight: u32,
    /// Its weight as it counts now, slow start included.
    pub weight: f64,
    /// What the rule compares, see [`Rule`]; nothing where it compares no number of this backend.
    pub value: Option<f64>,
    /// A policy that looks at some only looked at this one.
    pub drawn: bool,
}

/// Whether a backend could be chosen, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It could.
    Candidate,
    /// It leaves.
    Draining,
    /// It is in maintenance.
    Maintenance,
    /// Its weight is zero.
    NoWeight,
    /// Its health checks fail.
    Unhealthy,
    /// Its first health checks have not passed yet.
    Unchecked,
    /// Its answers stood out: outlier detection keeps it out.
    Ejected,
    /// It has as many requests as it may have.
    Full,
    /// It has more than its share of the requests (bounded load).
    OverBound,
    /// It failed this request already.
    Tried,
    /// It belongs to another priority level or zone than the one chosen for this request.
    Elsewhere,
}

/// What a policy goes by, and what [`Considered::value`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// In turn; the value is how many others come first.
    Turn,
    /// In turn by weight, earliest deadline first; the value is how far the deadline is away.
    Deadline,
    /// The highest credit, which weights fill and turns use up; the value is the credit.
    Credit,
    /// The fewest requests in flight of all; among equals, who has waited longest.
    FewestInFlight,
    /// The fewest requests in flight of those drawn at random.
    FewestOfDraws,
    /// The fewest requests in flight per unit of weight of all; the value is that.
    FewestPerWeight,
    /// The fewest in flight per unit of weight of two drawn at random; the value is that.
    FewestPerWeightOfTwo,
    /// Anyone, by weight.
    Random,
    /// Anyone, by the weight that failures have left; the value is that weight.
    RandomByFailures,
    /// The shortest expected wait of two drawn at random; the value is that, milliseconds.
    ShortestWaitOfTwo,
    /// The shortest expected wait of all; the value is that, milliseconds.
    ShortestWait,
    /// Who has been idle longest; the value is its place among the idle.
    LongestIdle,
    /// Nobody is idle: anyone.
    NobodyIdle,
    /// By the hash of the client's network.
    Network,
    /// By the key's place on a ring; the value is how many points of others lie between.
    Ring,
    /// As [`Self::Ring`], but nobody may have more than its share.
    BoundedRing,
    /// By the entry of the key in a table.
    Table,
    /// As [`Self::Table`], but nobody may have more than its share.
    BoundedTable,
    /// Of those who said that they are not among the busiest, the fastest; the value is the latency
    /// that it told, milliseconds.
    HotCold,
}
