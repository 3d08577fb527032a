//! What breaks, where and when: the faults of a run.
//!
//! A fault is data of the design, so a link, a file and the command line replay it. What a person
//! does to a running simulation is a fault too, that begins at that moment: a run with
//! interventions becomes a design that runs the same way by itself (`Simulation::recording`).

use super::group::InstanceRefresh;
use super::node::is_default;
use crate::id::{InstanceId, LinkId, NodeId};
use crate::json::tagged;
use serde::{Deserialize, Serialize};

/// Something that breaks, or is done, while the design runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What, and where.
    pub what: FaultKind,
    /// When, and for how long.
    pub when: FaultTime,
}

tagged! {
    by "type", deny_unknown_fields;
    /// When a fault begins and ends.
    #[derive(Clone, Copy, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum FaultTime {
        /// Once.
        At {
            /// Seconds since the start of the run, 0 to 2,678,400 (31 days). It begins when everything
            /// else of that moment has happened.
            at_s: f64,
            /// Seconds until it is over, 0 to 2,678,400. Kinds that happen in a moment, such as a
            /// server that dies, do not look at it.
            for_s: f64,
        },
        /// Again and again, the times in between being exponential. Each fault has a stream of random
        /// numbers of its own.
        Random {
            /// Mean time between failures of what the fault names as a whole (a group, not each of its
            /// servers): from the end of one to the beginning of the next, seconds, 1 to 31,536,000.
            mtbf_s: f64,
            /// Mean time to repair: from the beginning to the end, seconds, 0 to 2,678,400.
            mttr_s: f64,
        },
    }
}

impl Default for FaultTime {
    /// A minute into the run, for a minute.
    fn default() -> Self {
        Self::At { at_s: 60.0, for_s: 60.0 }
    }
}

/// Which servers of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A group or a dependency.
    pub node: NodeId,
    /// How many of a group's servers. A dependency is one server.
    #[serde(default, skip_serializing_if = "is_default")]
    pub servers: Servers,
    /// The number of the one server, from 1 in launch order. If absent it is the one longest in
    /// service, or, where the fault comes at random, any one in service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<InstanceId>,
}

impl Target {
    /// One server of `node`.
    pub const fn one(node: NodeId) -> Self {
        Self { node, servers: Servers::One, instance: None }
    }

    /// Every server of `node`.
    pub const fn all(node: NodeId) -> Self {
        Self { node, servers: Servers::All, instance: None }
    }
}

/// How many servers of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Servers {
    /// One.
    #[default]
    One,
    /// All, also those that start while the fault lasts.
    All,
}

tagged! {
    by "type", deny_unknown_fields;
    /// What breaks, or is done, and where.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum FaultKind {
        /// Servers die: what they had is lost, they refuse what is sent to them. A group's servers are
        /// dead for good and are replaced; a dependency comes back when the fault ends.
        Crash {
            /// Which servers.
            target: Target,
        },
        /// Servers accept requests and never answer; health checks get no answer either. When the
        /// fault ends their processes are restarted, and what they held is lost.
        Hang {
            /// Which servers.
            target: Target,
        },
        /// Work takes longer; work that has begun goes on as it was.
        SlowDown {
            /// Which servers.
            target: Target,
            /// How many times as long, 1 to 1,000.
            factor: f64,
        },
        /// Servers answer a share of their requests with 500 at once, without working on them. Health
        /// checks pass.
        Errors {
            /// Which servers.
            target: Target,
            /// Share of the requests, percent, 0 to 100.
            percent: f64,
        },
        /// Health checks fail although requests would work.
        HealthChecks {
            /// Which servers.
            target: Target,
        },
        /// An Availability Zone is down: every server in it, of every group, dies, and nothing can be
        /// launched there until the fault ends.
        ZoneOutage {
            /// The zone, from 0.
            zone: u32,
        },
        /// Nothing gets over a link, in either direction, health checks included.
        Partition {
            /// The link.
            link: LinkId,
        },
        /// Launches of a group fail: there is no capacity.
        LaunchFailures {
            /// The group.
            node: NodeId,
            /// The zone in which they fail, from 0; all zones if absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            zone: Option<u32>,
        },
        /// A rolling deploy: an instance refresh replaces every server of a group, a few at a time.
        /// Nothing happens while another one is in progress.
        Deploy {
            /// The group.
            node: NodeId,
            /// How; it starts when the fault does, whatever its own time says.
            #[serde(default, skip_serializing_if = "is_default")]
            refresh: InstanceRefresh,
        },
        /// A crowd: the rate of a source is multiplied. A later spike takes the place of one that is
        /// not over.
        Spike {
            /// The source.
            node: NodeId,
            /// By how much, 0 to 1,000.
            factor: f64,
        },
        /// The rate of a source is multiplied from now on, as with the slider of the page.
        RateFactor {
            /// The source.
            node: NodeId,
            /// By how much, 0 to 1,000; 1 is the design's own rate.
            factor: f64,
        },
        /// The desired capacity of a group is set, clamped to its sizes.
        DesiredCapacity {
            /// The group.
            node: NodeId,
            /// How many servers.
            desired: u32,
        },
    }
}

impl Default for FaultKind {
    fn default() -> Self {
        Self::Crash { target: Target::one(NodeId(0)) }
    }
}

/// The kind of a fault by name, without where and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaultName {
    /// See [`FaultKind::Crash`].
    Crash,
    /// See [`FaultKind::Hang`].
    Hang,
    /// See [`FaultKind::SlowDown`].
    SlowDown,
    /// See [`FaultKind::Errors`].
    Errors,
    /// See [`FaultKind::HealthChecks`].
    HealthChecks,
    /// See [`FaultKind::ZoneOutage`].
    ZoneOutage,
    /// See [`FaultKind::Partition`].
    Partition,
    /// See [`FaultKind::LaunchFailures`].
    LaunchFailures,
    /// See [`FaultKind::Deploy`].
    Deploy,
    /// See [`FaultKind::Spike`].
    Spike,
    /// See [`FaultKind::RateFactor`].
    RateFactor,
    /// See [`FaultKind::DesiredCapacity`].
    DesiredCapacity,
}

impl FaultName {
    /// Every kind, in the order of menus: the most asked for first.
    pub const ALL: [Self; 12] = [
        Self::Crash,
        Self::Hang,
        Self::SlowDown,
        Self::Errors,
        Self::HealthChecks,
        Self::ZoneOutage,
        Self::Partition,
        Self::LaunchFailures,
        Self::Deploy,
        Self::Spike,
        Self::RateFactor,
        Self::DesiredCapacity,
    ];

    /// The kind's name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::SlowDown => "slow_down",
            Self::Errors => "errors",
            Self::HealthChecks => "health_checks",
            Self::ZoneOutage => "zone_outage",
            Self::Partition => "partition",
            Self::LaunchFailures => "launch_failures",
            Self::Deploy => "deploy",
            Self::Spike => "spike",
            Self::RateFactor => "rate_factor",
            Self::DesiredCapacity => "desired_capacity",
        }
    }

    /// A fault of this kind with ordinary figures, at `node`.
    pub fn at_node(self, node: NodeId) -> FaultKind {
        let (one, all) = (Target::one(node), Target::all(node));
        match self {
            Self::Crash => FaultKind::Crash { target: one },
            Self::Hang => FaultKind::Hang { target: one },
            Self::SlowDown => FaultKind::SlowDown { target: one, factor: 5.0 },
            Self::Errors => FaultKind::Errors { target: one, percent: 50.0 },
            Self::HealthChecks => FaultKind::HealthChecks { target: all },
            Self::ZoneOutage => FaultKind::ZoneOutage { zone: 0 },
            Self::Partition => FaultKind::Partition { link: LinkId(0) },
            Self::LaunchFailures => FaultKind::LaunchFailures { node, zone: None },
            Self::Deploy => FaultKind::Deploy { node, refresh: InstanceRefresh::default() },
            Self::Spike => FaultKind::Spike { node, factor: 5.0 },
            Self::RateFactor => FaultKind::RateFactor { node, factor: 2.0 },
            Self::DesiredCapacity => FaultKind::DesiredCapacity { node, desired: 2 },
        }
    }

    /// True for kinds that last; the others happen in a moment, and nothing ends.
    pub const fn lasts(self) -> bool {
        !matches!(self, Self::Deploy | Self::RateFactor | Self::DesiredCapacity)
    }
}

impl FaultKind {
    /// The kind without where and how much.
    pub const fn name(&self) -> FaultName {
        match self {
            Self::Crash { .. } => FaultName::Crash,
            Self::Hang { .. } => FaultName::Hang,
            Self::SlowDown { .. } => FaultName::SlowDown,
            Self::Errors { .. } => FaultName::Errors,
            Self::HealthChecks { .. } => FaultName::HealthChecks,
            Self::ZoneOutage { .. } => FaultName::ZoneOutage,
            Self::Partition { .. } => FaultName::Partition,
            Self::LaunchFailures { .. } => FaultName::LaunchFailures,
            Self::Deploy { .. } => FaultName::Deploy,
            Self::Spike { .. } => FaultName::Spike,
            Self::RateFactor { .. } => FaultName::RateFactor,
            Self::DesiredCapacity { .. } => FaultName::DesiredCapacity,
        }
    }

    /// The node that it names, if it names one.
    pub const fn node(&self) -> Option<NodeId> {
        match *self {
            Self::Crash { target }
            | Self::Hang { target }
            | Self::SlowDown { target, .. }
            | Self::Errors { target, .. }
            | Self::HealthChecks { target } => Some(target.node),
            Self::LaunchFailures { node, .. }
            | Self::Deploy { node, .. }
            | Self::Spike { node, .. }
            | Self::RateFactor { node, .. }
            | Self::DesiredCapacity { node, .. } => Some(node),
            Self::ZoneOutage { .. } | Self::Partition { .. } => None,
        }
    }
}
