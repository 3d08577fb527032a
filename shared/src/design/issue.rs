//! What is wrong with a design, where, and how to mend it.

use super::{Edit, NodeKind};
use crate::dist::LawError;
use crate::id::{LinkId, NodeId};
use std::fmt;

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Probably not what was meant; the simulation runs.
    Warning,
    /// The simulation refuses to start.
    Error,
}

/// Where an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The design as a whole, or its run settings.
    Design,
    /// A node.
    Node(NodeId),
    /// A link.
    Link(LinkId),
}

/// The path of a setting as in the document, such as `health_check.interval_s` or
/// `policies[1].alarm.period_s`.
pub type Field = String;

/// What is wrong, with the values that are.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// Nothing makes requests.
    NoSource,
    /// A source, balancer or link end leads nowhere.
    NoTarget {
        /// Kind of the node that should be linked on.
        kind: NodeKind,
    },
    /// Every link that leaves this balancer has weight 0.
    NoWeight,
    /// Nothing sends requests to this node.
    Unreached {
        /// Its kind.
        kind: NodeKind,
    },
    /// Requests cannot go this way.
    LinkNotAllowed {
        /// Kind at the beginning.
        from: NodeKind,
        /// Kind at the end.
        to: NodeKind,
    },
    /// Links run in a circle through this node.
    Circle,
    /// A number is out of its range.
    OutOfRange {
        /// The setting.
        field: Field,
        /// Its value.
        value: f64,
        /// The least value allowed.
        min: f64,
        /// The greatest value allowed.
        max: f64,
    },
    /// `min_size`, `desired_capacity` and `max_size` are not in order.
    SizesOutOfOrder {
        /// The lower bound.
        min: u32,
        /// What is wanted.
        desired: u32,
        /// The upper bound.
        max: u32,
    },
    /// Points of a traffic curve are not in order of time.
    PointsOutOfOrder {
        /// The first point, counted from 1, that is not after the one before it.
        point: usize,
    },
    /// Numbers of a list do not rise.
    NotRising {
        /// The setting.
        field: Field,
    },
    /// There is nothing in a list that needs something.
    EmptyList {
        /// The setting.
        field: Field,
    },
    /// A scaling policy contradicts itself.
    Policy {
        /// The setting.
        field: Field,
        /// Why.
        error: crate::scale::PolicyError,
    },
    /// No price is known for the instance type.
    UnknownInstanceType {
        /// What the design says.
        instance_type: String,
    },
    /// A price is set that nothing goes by.
    UnknownPrice {
        /// The setting.
        field: Field,
        /// What it is the price of.
        item: String,
    },
    /// A setting does nothing together with another one as it is.
    NoEffect {
        /// The setting.
        field: Field,
        /// The other one.
        with: &'static str,
    },
    /// A policy does not look at the weight of a link.
    WeightIgnored {
        /// The weight.
        weight: u32,
    },
    /// A balancer goes by the client, but the requests of a source are of none.
    NoClients {
        /// The setting that goes by the client.
        field: Field,
        /// The source's name.
        source: String,
    },
    /// The action of a launch hook takes longer than the hook waits for it.
    HookTooLong {
        /// The setting.
        field: Field,
        /// The heartbeat timeout, seconds.
        timeout_s: u32,
    },
    /// A policy goes by a metric that the simulation does not have: its alarm lacks data for ever.
    MetricNotSimulated {
        /// The setting.
        field: Field,
        /// The metric.
        metric: crate::scale::Metric,
    },
    /// A fault names something that is not there, or that it cannot happen to.
    NoSuchTarget {
        /// The setting.
        field: Field,
        /// What it should name: `servers` (a group or dependency), `group`, `source` or `link`.
        expected: &'static str,
    },
    /// A list has more items than it may have.
    TooManyItems {
        /// The setting.
        field: Field,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// Even all servers together cannot serve the peak.
    Overload {
        /// Highest rate that reaches the node, requests a second.
        peak_per_s: f64,
        /// What it can serve at its largest size, requests a second.
        capacity_per_s: f64,
    },
}

/// Something wrong with a design.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub at: Place,
    /// What it is.
    pub problem: Problem,
    /// An edit that mends it, where one is obvious.
    pub mend: Option<Edit>,
}

impl Problem {
    /// A range violation of the parameter of a law at `field`.
    pub(super) fn from_law(field: &str, error: &LawError) -> Self {
        Self::OutOfRange {
            field: format!("{field}.{}", error.field),
            value: error.value,
            min: error.min,
            max: error.max,
        }
    }

    /// A stable name, for translations and for `gomujul check --json`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSource => "no-source",
            Self::NoTarget { .. } => "no-target",
            Self::NoWeight => "no-weight",
            Self::Unreached { .. } => "unreached",
            Self::LinkNotAllowed { .. } => "link-not-allowed",
            Self::Circle => "circle",
            Self::OutOfRange { .. } => "out-of-range",
            Self::SizesOutOfOrder { .. } => "sizes-out-of-order",
            Self::PointsOutOfOrder { .. } => "points-out-of-order",
            Self::EmptyList { .. } => "empty-list",
            Self::NotRising { .. } => "not-rising",
            Self::Policy { .. } => "policy",
            Self::UnknownInstanceType { .. } => "unknown-instance-type",
            Self::Overload { .. } => "overload",
            Self::UnknownPrice { .. } => "unknown-price",
            Self::NoEffect { .. } => "no-effect",
            Self::WeightIgnored { .. } => "weight-ignored",
            Self::NoClients { .. } => "no-clients",
            Self::HookTooLong { .. } => "hook-too-long",
            Self::MetricNotSimulated { .. } => "metric-not-simulated",
            Self::NoSuchTarget { .. } => "no-such-target",
            Self::TooManyItems { .. } => "too-many-items",
        }
    }

    /// The setting that is wrong, where it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::OutOfRange { field, .. }
            | Self::EmptyList { field }
            | Self::NotRising { field }
            | Self::UnknownPrice { field, .. }
            | Self::NoEffect { field, .. }
            | Self::NoClients { field, .. }
            | Self::HookTooLong { field, .. }
            | Self::MetricNotSimulated { field, .. }
            | Self::NoSuchTarget { field, .. }
            | Self::TooManyItems { field, .. }
            | Self::Policy { field, .. } => Some(field),
            Self::WeightIgnored { .. } => Some("weight"),
            Self::SizesOutOfOrder { .. } => Some("desired_capacity"),
            Self::PointsOutOfOrder { .. } => Some("traffic.points"),
            Self::UnknownInstanceType { .. } => Some("instance_type"),
            Self::NoSource
            | Self::NoTarget { .. }
            | Self::NoWeight
            | Self::Unreached { .. }
            | Self::LinkNotAllowed { .. }
            | Self::Circle
            | Self::Overload { .. } => None,
        }
    }
}

/// Every code of [`Problem::code`], so that a translation can be checked for completeness.
pub const PROBLEM_CODES: [&str; 22] = [
    "no-source",
    "no-target",
    "no-weight",
    "unreached",
    "link-not-allowed",
    "circle",
    "out-of-range",
    "sizes-out-of-order",
    "points-out-of-order",
    "empty-list",
    "policy",
    "unknown-instance-type",
    "overload",
    "unknown-price",
    "no-effect",
    "weight-ignored",
    "no-clients",
    "hook-too-long",
    "not-rising",
    "metric-not-simulated",
    "no-such-target",
    "too-many-items",
];

impl Problem {
    /// What does nothing, or not what it is there for.
    fn say_idle(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEffect { field, with } => {
                write!(f, "{field} has no effect with this {with}: change one of them")
            }
            Self::WeightIgnored { weight } => write!(
                f,
                "weight {weight} makes no difference: the balancer's policy does not look at \
                 weights; choose another policy or set it to 1"
            ),
            Self::NoClients { field, source } => write!(
                f,
                "{field} goes by the client, but the requests of \"{source}\" are of none: set its \
                 clients to 1 or more"
            ),
            Self::HookTooLong { field, timeout_s } => write!(
                f,
                "{field} takes longer than the hook waits ({timeout_s} s), so most servers are given \
                 up: shorten it, raise heartbeat_timeout_s or continue by default"
            ),
            Self::MetricNotSimulated { field, metric } => write!(
                f,
                "{field} is {metric:?}, which the simulation does not measure: its alarm stays in \
                 INSUFFICIENT_DATA"
            ),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Problem {
    /// What is wrong, with which value, and how to mend it, in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSource => write!(f, "nothing makes requests: add a traffic source"),
            Self::NoTarget { kind } => {
                write!(f, "this {kind} leads nowhere: link it to what should serve its requests")
            }
            Self::NoWeight => write!(
                f,
                "every link of this balancer has weight 0, so no backend gets requests: set the \
                 weight of one to 1 or more"
            ),
            Self::Unreached { kind } => {
                write!(f, "no requests reach this {kind}: link something to it")
            }
            Self::LinkNotAllowed { from, to } => {
                write!(f, "requests cannot go from a {from} to a {to}: remove the link")
            }
            Self::Circle => {
                write!(f, "links run in a circle, so a request would never end: remove one")
            }
            Self::OutOfRange { field, value, min, max } => {
                write!(f, "{field} is {value}: set it to {min} to {max}")
            }
            Self::SizesOutOfOrder { min, desired, max } => write!(
                f,
                "min_size {min}, desired_capacity {desired} and max_size {max} must not decrease"
            ),
            Self::PointsOutOfOrder { point } => write!(
                f,
                "point {point} of the traffic is not later than the one before it: sort them"
            ),
            Self::NotRising { field } => {
                write!(f, "{field} do not rise: put them in order, each once")
            }
            Self::EmptyList { field } => write!(f, "{field} is empty: add at least one"),
            Self::Policy { field, error } => write!(f, "{field}: {error}"),
            Self::UnknownInstanceType { instance_type } => write!(
                f,
                "no price is known for instance type \"{instance_type}\": choose one of the table"
            ),
            Self::UnknownPrice { item, .. } => write!(
                f,
                "nothing of this design goes by a price of \"{item}\": name an instance type that \
                 is used, or an item such as alb_hour"
            ),
            Self::NoEffect { .. }
            | Self::WeightIgnored { .. }
            | Self::NoClients { .. }
            | Self::HookTooLong { .. }
            | Self::MetricNotSimulated { .. } => self.say_idle(f),
            Self::NoSuchTarget { field, expected } => {
                let what = target_name(expected);
                write!(f, "{field} names no {what} of this design: name one, or remove the fault")
            }
            Self::TooManyItems { field, count, max } => {
                write!(f, "{field} has {count} items: keep {max} or fewer")
            }
            Self::Overload { peak_per_s, capacity_per_s } => write!(
                f,
                "up to {peak_per_s:.0} requests/s arrive, but at its largest size it serves \
                 {capacity_per_s:.0}: raise the size or speed, or requests will be lost"
            ),
        }
    }
}

/// What a fault should name, in English.
fn target_name(expected: &str) -> &'static str {
    match expected {
        "servers" => "group or dependency",
        "group" => "Auto Scaling group",
        "source" => "traffic source",
        _ => "link",
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        match self.at {
            Place::Design => write!(f, "{severity}: {}", self.problem),
            Place::Node(id) => write!(f, "{severity}: node {}: {}", id.0, self.problem),
            Place::Link(id) => write!(f, "{severity}: link {}: {}", id.0, self.problem),
        }
    }
}
