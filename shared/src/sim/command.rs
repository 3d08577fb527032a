//! What a person can do to a running simulation: bring about any fault, now.
//!
//! Commands are part of a run's identity, and each is a fault of the design in waiting:
//! [`Simulation::recording`](super::Simulation::recording) is the design with the commands in it,
//! and it runs the same way by itself.

use crate::design::{self, Design, Fault, FaultKind, InstanceRefresh, Problem, Target};
use crate::id::{InstanceId, LinkId, NodeId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One intervention. Takes effect at the simulation's present time, when everything else of this
/// moment has happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// What.
    #[serde(with = "super::as_json")]
    pub what: FaultKind,
    /// For how many seconds, where it lasts.
    pub for_s: f64,
}

impl Command {
    /// Something that happens in a moment, or that lasts for `for_s` seconds.
    pub const fn new(what: FaultKind, for_s: f64) -> Self {
        Self { what, for_s }
    }

    /// The rate of a source is so many times the design's from now on.
    pub const fn rate_factor(node: NodeId, factor: f64) -> Self {
        Self::new(FaultKind::RateFactor { node, factor }, 0.0)
    }

    /// A crowd comes to a source for a while.
    pub const fn spike(node: NodeId, factor: f64, for_s: f64) -> Self {
        Self::new(FaultKind::Spike { node, factor }, for_s)
    }

    /// A server of a group dies: the one named, or the one longest in service.
    pub const fn crash(group: NodeId, instance: Option<InstanceId>) -> Self {
        let target = Target { instance, ..Target::one(group) };
        Self::new(FaultKind::Crash { target }, 0.0)
    }

    /// The desired capacity of a group is set.
    pub const fn desired_capacity(node: NodeId, desired: u32) -> Self {
        Self::new(FaultKind::DesiredCapacity { node, desired }, 0.0)
    }

    /// Every server of a group is replaced, a few at a time.
    pub const fn deploy(node: NodeId, refresh: InstanceRefresh) -> Self {
        Self::new(FaultKind::Deploy { node, refresh }, 0.0)
    }
}

/// Why a command does nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandError {
    /// There is no such node, or it is of another kind.
    NoSuchNode {
        /// The node named.
        node: NodeId,
        /// What it should be.
        expected: &'static str,
    },
    /// There is no such link.
    NoSuchLink {
        /// The link named.
        link: LinkId,
    },
    /// The node has no such server in service.
    NoSuchInstance {
        /// The group.
        group: NodeId,
        /// The server named, if one was.
        instance: Option<InstanceId>,
    },
    /// No group has a server in the zone.
    EmptyZone {
        /// The zone.
        zone: u32,
    },
    /// An instance refresh of the group is in progress.
    RefreshInProgress {
        /// The group.
        group: NodeId,
    },
    /// A value is out of range.
    Value {
        /// Its name, such as `factor`.
        field: String,
        /// The value.
        value: f64,
        /// The least value allowed.
        min: f64,
        /// The greatest value allowed.
        max: f64,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchNode { node, expected } => {
                write!(f, "node {} is no {expected} of this run", node.0)
            }
            Self::NoSuchLink { link } => write!(f, "link {} is none of this run", link.0),
            Self::NoSuchInstance { group, instance: Some(instance) } => {
                write!(f, "group {} has no server {instance} that runs", group.0)
            }
            Self::NoSuchInstance { group, instance: None } => {
                write!(f, "group {} has no server in service", group.0)
            }
            Self::EmptyZone { zone } => write!(f, "no group has a server in zone {zone}"),
            Self::RefreshInProgress { group } => write!(
                f,
                "an instance refresh of group {} is in progress: wait until it has ended",
                group.0
            ),
            Self::Value { field, value, min, max } => {
                write!(f, "{field} is {value}: use {min} to {max}")
            }
        }
    }
}

impl std::error::Error for CommandError {}

/// What is wrong with doing this to `design`, if anything is.
pub(super) fn check(design: &Design, fault: &Fault) -> Result<(), CommandError> {
    let named = |expected: &'static str| match (&fault.what, fault.what.node()) {
        (FaultKind::Partition { link }, _) => CommandError::NoSuchLink { link: *link },
        (_, node) => CommandError::NoSuchNode {
            node: node.unwrap_or(NodeId(0)),
            expected: match expected {
                "servers" => "group or dependency",
                "group" => "Auto Scaling group",
                _ => "traffic source",
            },
        },
    };
    let errors =
        design::check_fault(design, fault).into_iter().filter_map(|problem| match problem {
            Problem::NoSuchTarget { expected, .. } => Some(named(expected)),
            Problem::OutOfRange { field, value, min, max } => {
                let field = field.rsplit('.').next().unwrap_or_default().to_owned();
                Some(CommandError::Value { field, value, min, max })
            }
            _ => None,
        });
    errors.into_iter().next().map_or(Ok(()), Err)
}
