//! What a person can do to a running simulation. Commands are part of a run's identity: design,
//! seed and commands (with their times) replay it exactly.

use crate::design::InstanceRefresh;
use crate::id::{InstanceId, NodeId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One intervention. Takes effect at the simulation's present time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Multiplies the rate of a source from now on; 1 is the design's own rate. 0 to 1,000.
    SetRateFactor {
        /// Which source.
        source: NodeId,
        /// The factor.
        factor: f64,
    },
    /// Multiplies the rate of a source for a while, on top of the rate factor.
    Spike {
        /// Which source.
        source: NodeId,
        /// The factor, 0 to 1,000.
        factor: f64,
        /// For how long, seconds.
        for_s: u32,
    },
    /// A server of a group dies at once: what it worked on fails, it answers nothing more.
    CrashInstance {
        /// Which group.
        group: NodeId,
        /// Which server; the one longest in service if absent.
        instance: Option<InstanceId>,
    },
    /// Sets a group's desired capacity by hand, clamped to its sizes.
    SetDesiredCapacity {
        /// Which group.
        group: NodeId,
        /// How many servers.
        desired: u32,
    },
    /// Replaces every server of a group, a few at a time.
    StartInstanceRefresh {
        /// Which group.
        group: NodeId,
        /// How; it starts now, whatever its time says.
        refresh: InstanceRefresh,
    },
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
    /// The group has no such server in service.
    NoSuchInstance {
        /// The group.
        group: NodeId,
        /// The server named, if one was.
        instance: Option<InstanceId>,
    },
    /// An instance refresh of the group is in progress.
    RefreshInProgress {
        /// The group.
        group: NodeId,
    },
    /// The factor is not 0 to 1,000.
    Factor {
        /// The factor.
        factor: f64,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchNode { node, expected } => {
                write!(f, "node {} is no {expected} of this run", node.0)
            }
            Self::NoSuchInstance { group, instance: Some(instance) } => {
                write!(f, "group {} has no server {instance} that could crash", group.0)
            }
            Self::NoSuchInstance { group, instance: None } => {
                write!(f, "group {} has no server in service", group.0)
            }
            Self::RefreshInProgress { group } => write!(
                f,
                "an instance refresh of group {} is in progress: wait until it has ended",
                group.0
            ),
            Self::Factor { factor } => write!(f, "factor is {factor}: use 0 to 1000"),
        }
    }
}

impl std::error::Error for CommandError {}
