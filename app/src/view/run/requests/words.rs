//! Keys of what is said of decisions and traces.

use crate::view::run::outcome::cause_key;
use shared::balance::Unavailable;
use shared::balance::explain::{Course, Rule, Standing};
use shared::sim::{Activity, FailureCause};

/// What the policy goes by, as a sentence.
pub(super) const fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Turn => "rule-turn",
        Rule::Deadline => "rule-deadline",
        Rule::Credit => "rule-credit",
        Rule::FewestInFlight => "rule-fewest-in-flight",
        Rule::FewestOfDraws => "rule-fewest-of-draws",
        Rule::FewestPerWeight => "rule-fewest-per-weight",
        Rule::FewestPerWeightOfTwo => "rule-fewest-per-weight-of-two",
        Rule::Random => "rule-random",
        Rule::RandomByFailures => "rule-random-by-failures",
        Rule::ShortestWaitOfTwo => "rule-shortest-wait-of-two",
        Rule::ShortestWait => "rule-shortest-wait",
        Rule::LongestIdle => "rule-longest-idle",
        Rule::NobodyIdle => "rule-nobody-idle",
        Rule::Network => "rule-network",
        Rule::Ring => "rule-ring",
        Rule::BoundedRing => "rule-bounded-ring",
        Rule::Table => "rule-table",
        Rule::BoundedTable => "rule-bounded-table",
        Rule::HotCold => "rule-hot-cold",
    }
}

/// What the numbers that the policy compares are; nothing where it compares none of its own.
pub(super) const fn value(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::Turn => "why-value-turn",
        Rule::Deadline => "why-value-deadline",
        Rule::Credit => "why-value-credit",
        Rule::FewestPerWeight | Rule::FewestPerWeightOfTwo => "why-value-per-weight",
        Rule::RandomByFailures => "why-value-weight-left",
        Rule::ShortestWait | Rule::ShortestWaitOfTwo => "why-value-wait",
        Rule::LongestIdle => "why-value-idle",
        Rule::Ring | Rule::BoundedRing => "why-value-points",
        Rule::HotCold => "why-value-latency",
        Rule::FewestInFlight
        | Rule::FewestOfDraws
        | Rule::Random
        | Rule::NobodyIdle
        | Rule::Network
        | Rule::Table
        | Rule::BoundedTable => return None,
    })
}

/// What else led to the choice, if anything did.
pub(super) const fn course(course: Course) -> Option<&'static str> {
    match course {
        Course::Policy => None,
        Course::FirstFull => Some("course-first-full"),
        Course::Again => Some("course-again"),
        Course::Unhealthy => Some("course-unhealthy"),
        Course::Session => Some("course-session"),
    }
}

/// Why nobody could be chosen.
pub(super) const fn unavailable(why: Unavailable) -> &'static str {
    match why {
        Unavailable::NoBackends => "unavailable-none",
        Unavailable::AllTried => "unavailable-tried",
        Unavailable::NoHealthy => "unavailable-unhealthy",
        Unavailable::AllFull => "unavailable-full",
    }
}

/// Whether a server could be chosen.
pub(super) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Candidate => "standing-candidate",
        Standing::Draining => "standing-draining",
        Standing::Maintenance => "standing-maintenance",
        Standing::NoWeight => "standing-no-weight",
        Standing::Unhealthy => "standing-unhealthy",
        Standing::Unchecked => "standing-unchecked",
        Standing::Ejected => "standing-ejected",
        Standing::Full => "standing-full",
        Standing::OverBound => "standing-over-bound",
        Standing::Tried => "standing-tried",
        Standing::Elsewhere => "standing-elsewhere",
    }
}

/// What a request does, and the class that colours it.
pub(super) const fn activity(activity: Activity) -> (&'static str, &'static str) {
    match activity {
        Activity::Network => ("activity-network", "span-network"),
        Activity::Queue => ("activity-queue", "span-queue"),
        Activity::Service => ("activity-service", "span-service"),
        Activity::Connection => ("activity-connection", "span-connection"),
        Activity::Dependency => ("activity-dependency", "span-dependency"),
        Activity::Retry => ("activity-retry", "span-retry"),
    }
}

/// Why a request failed; the words of the errors chart.
pub(super) const fn failure(cause: FailureCause) -> &'static str {
    cause_key(cause)
}
