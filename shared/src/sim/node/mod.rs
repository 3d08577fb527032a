//! The nodes of a design at work.

mod balancer;
mod call;
mod classes;
mod client;
mod clients;
mod exchange;
mod group;
mod load;
mod plan;
mod ramp;
mod scheduler;
mod sessions;
mod sharing;
mod source;
mod station;
mod table;
mod telemetry;
mod trouble;
mod wire;

pub use balancer::BalancerNode;
pub(super) use balancer::outcome_of;
pub(super) use call::{Answer, Call, EXCHANGE, NONE, ORPHAN};
pub(super) use client::{Client, Manners};
pub(super) use exchange::{Exchange, Kind, Stage, Try};
pub(super) use group::{Credits, Gone, GroupNode, Life, Story};
pub(super) use plan::{Ask, CacheState, Connections, Plan, Visit};
pub(super) use scheduler::{Run, Scheduling};
pub(super) use source::SourceNode;
pub(super) use station::{Admission, Size, Station, Waiting, WindowKind, Work};
pub(super) use table::Table;
pub(super) use telemetry::{Measured, Telemetry};
pub(super) use trouble::{Trouble, TroubleKind};
pub(super) use wire::{Leg, Message, RETRANSMISSIONS, Way, Wire, timeout};

use super::FailureCause;
use crate::id::{LinkId, NodeId};

/// Where requests leave a node to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Who gets them.
    pub(super) entry: Entry,
    /// How they get there, and answers back.
    pub(super) way: Way,
    /// The link that leads there, by its place among the engine's [`LinkMeter`]s.
    pub(super) link: u32,
}

/// What has passed along a link of the drawing. Only pictures use it, never the simulation.
#[derive(Debug)]
pub(super) struct LinkMeter {
    pub(super) id: LinkId,
    /// Requests sent along it, every attempt counted.
    pub(super) sent: u64,
    /// Of these, ended badly for whoever sent them.
    pub(super) failed: u64,
}

/// A node that takes requests, by its place in the engine's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A balancer.
    Balancer(u32),
    /// The station of a dependency.
    Station(u32),
}

/// A dependency at work: one station that never dies.
#[derive(Debug)]
pub(super) struct DependencyNode {
    pub(super) id: NodeId,
    pub(super) station: u32,
}
