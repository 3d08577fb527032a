//! A picture of the whole simulation at one moment, for the page to draw.

use crate::balance::Health;
use crate::id::{BackendId, InstanceId, LinkId, NodeId};
use crate::scale::AlarmState;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything there is to see at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The moment.
    pub now: Timestamp,
    /// Every node of the design, in order of identity.
    pub nodes: Vec<NodeFrame>,
    /// Every link of the design, in order of identity.
    pub links: Vec<LinkFrame>,
    /// Dollars spent so far.
    pub cost_usd: f64,
    /// Dollars an hour at this moment.
    pub cost_usd_per_hour: f64,
}

/// What has passed along a link until one moment. A picture of moving requests needs no more: what
/// happens between two frames is the difference of two counts, however many requests it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFrame {
    /// Which link.
    pub id: LinkId,
    /// Requests sent along it so far, every attempt counted.
    pub sent: u64,
    /// Of these, ended badly for whoever sent them.
    pub failed: u64,
}

/// One node at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NodeFrame {
    /// A traffic source.
    Source(SourceFrame),
    /// A load balancer.
    Balancer(BalancerFrame),
    /// An Auto Scaling group.
    Group(GroupFrame),
    /// A dependency.
    Dependency(DependencyFrame),
}

impl NodeFrame {
    /// Which node.
    pub const fn id(&self) -> NodeId {
        match self {
            Self::Source(frame) => frame.id,
            Self::Balancer(frame) => frame.id,
            Self::Group(frame) => frame.id,
            Self::Dependency(frame) => frame.id,
        }
    }
}

/// A traffic source at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceFrame {
    /// Which node.
    pub id: NodeId,
    /// Its rate now, with factor and spike, requests a second.
    pub rate_per_s: f64,
    /// Requests made so far.
    pub requests: u64,
}

/// A load balancer at one moment: what it believes, which may not be so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BalancerFrame {
    /// Which node.
    pub id: NodeId,
    /// Backends that are ready and believed healthy.
    pub eligible: u32,
    /// True while requests go to all because nobody is believed healthy.
    pub fail_open: bool,
    /// Everything registered.
    pub backends: Vec<BackendFrame>,
}

/// What a balancer believes of one backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BackendFrame {
    /// The backend's identity within the balancer.
    pub id: BackendId,
    /// The node it belongs to.
    pub node: NodeId,
    /// Which server of that node, if the node is a group.
    pub instance: Option<InstanceId>,
    /// Believed health.
    pub health: Health,
    /// True while it gets no new requests because it leaves.
    pub draining: bool,
    /// Requests of this balancer that it works on.
    pub in_flight: u32,
    /// Requests sent to it so far.
    pub picks: u64,
}

/// An Auto Scaling group at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupFrame {
    /// Which node.
    pub id: NodeId,
    /// Never fewer.
    pub min_size: u32,
    /// Wanted now.
    pub desired_capacity: u32,
    /// Never more wanted.
    pub max_size: u32,
    /// Average CPU of its warm servers over the last ten seconds, 0 to 1, if it has any.
    pub cpu: Option<f32>,
    /// Its servers that are not terminated, in order of launch.
    pub instances: Vec<InstanceFrame>,
    /// The alarm of each policy.
    pub alarms: Vec<AlarmFrame>,
}

/// One server of a group at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceFrame {
    /// Which one.
    pub id: InstanceId,
    /// What it does.
    pub state: ServerState,
    /// Share of its cores busy over the last second, 0 to 1.
    pub cpu: f32,
    /// Requests it works on or that wait at it.
    pub in_flight: u32,
    /// Requests that wait at it.
    pub queued: u32,
}

/// What a server does, as one word for the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerState {
    /// It starts.
    Booting,
    /// It runs and waits for its first passing health check.
    Checking,
    /// It serves.
    InService,
    /// It finishes what it has.
    Draining,
    /// It is dead, whether or not anybody has noticed.
    Failed,
}

/// A policy's alarm at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmFrame {
    /// Its state.
    pub state: AlarmState,
    /// The newest datapoint, percent for CPU.
    pub value: Option<f64>,
    /// The threshold.
    pub threshold: f64,
    /// True if values above the threshold are bad.
    pub high: bool,
}

/// A dependency at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DependencyFrame {
    /// Which node.
    pub id: NodeId,
    /// Share of its workers busy over the last second, 0 to 1.
    pub utilisation: f32,
    /// Requests it works on or that wait at it.
    pub in_flight: u32,
    /// Requests that wait at it.
    pub queued: u32,
}
