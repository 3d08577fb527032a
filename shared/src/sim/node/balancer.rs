//! A balancer node: the balancing core, and which station each backend is.

use crate::balance::Balancer;
use crate::cost::LcuMeter;
use crate::id::NodeId;
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// A balancer at work. A backend's identity is the number of its station.
#[derive(Debug)]
pub(in crate::sim) struct BalancerNode {
    pub(in crate::sim) id: NodeId,
    pub(in crate::sim) core: Balancer,
    /// One-way latency to each backend node, where it is not zero.
    pub(in crate::sim) latency: BTreeMap<NodeId, Span>,
    /// Requests that reached it.
    pub(in crate::sim) requests: u64,
    /// Capacity units that it is billed for.
    pub(in crate::sim) lcu: LcuMeter,
    /// When its timer event is scheduled; [`Timestamp::MAX`] while none is.
    pub(in crate::sim) timer: Timestamp,
}
