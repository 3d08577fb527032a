//! Why no formula covers a part of a design.

use serde::Serialize;
use std::fmt;

/// Why no formula covers a part of a design.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Formulas describe a steady state, and the rate changes.
    RateVaries,
    /// A fixed number of users ask, wait and think in turn.
    ClosedLoop,
    /// Nothing comes.
    NoTraffic,
    /// A source sends to several nodes in turn.
    SeveralTargets,
    /// Requests from different origins meet, or unequal servers share them.
    Mixed,
    /// Answers need another node's answer first.
    SeveralStages,
    /// A policy may add or remove servers.
    ScalingPolicies,
    /// The group has no servers.
    NoServers,
    /// Nobody has solved this balancing policy.
    Policy {
        /// The policy's name in documents.
        policy: String,
    },
    /// Several servers with one queue and a law of service that is not exponential; only
    /// approximations exist.
    ServiceLaw,
    /// A law of service that the formulas do not know: heavy tails, measured percentiles.
    UnknownLaw,
    /// Arrivals like clockwork, split in another way than by turns.
    Arrivals,
    /// Policies over servers whose service is not exponential, whose queues are short, or, unless
    /// they take turns, that have several cores.
    ServerShape,
    /// A setting that no formula knows is not at its default.
    Setting {
        /// Kind of the node that has it.
        node: String,
    },
    /// Something breaks during the run.
    Faults,
    /// More work comes than can be done; the queue never settles.
    Unstable {
        /// Offered work over capacity.
        utilisation: f64,
    },
    /// The formula refused a value.
    Value {
        /// What it says.
        message: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedLoop => {
                write!(f, "a fixed number of users take turns to ask and to think")
            }
            Self::UnknownLaw => write!(f, "the formulas do not know this law of service"),
            Self::RateVaries => write!(f, "the rate of requests changes over time"),
            Self::NoTraffic => write!(f, "no requests come"),
            Self::SeveralTargets => write!(f, "a source sends to several nodes in turn"),
            Self::Mixed => write!(f, "several balancers or unequal servers share the requests"),
            Self::SeveralStages => write!(f, "requests pass several stages of work"),
            Self::ScalingPolicies => write!(f, "scaling policies may change the number of servers"),
            Self::NoServers => write!(f, "the group has no servers"),
            Self::Policy { policy } => write!(f, "the policy {policy} has no known formula"),
            Self::ServiceLaw => write!(
                f,
                "several cores share a queue and service is not exponential; only approximations \
                 exist"
            ),
            Self::Arrivals => write!(f, "requests come like clockwork"),
            Self::ServerShape => write!(
                f,
                "this policy is solved for exponential service and long queues only, and unless \
                 servers take turns for one core each"
            ),
            Self::Setting { node } => {
                write!(f, "a setting of the {node} is beyond what the formulas describe")
            }
            Self::Faults => write!(f, "something breaks during the run"),
            Self::Unstable { utilisation } => write!(
                f,
                "the load is {:.1} % of the capacity; the queue never settles",
                utilisation * 100.0
            ),
            Self::Value { message } => f.write_str(message),
        }
    }
}
