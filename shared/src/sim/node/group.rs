//! A group node: the scaling core, and which station each instance is.

use super::Target;
use super::station::{Size, Station};
use crate::cost::CostMeter;
use crate::dist::Sampler;
use crate::id::{InstanceId, NodeId};
use crate::rng::Rng;
use crate::scale::Group;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// A group at work.
#[derive(Debug)]
pub(in crate::sim) struct GroupNode {
    pub(in crate::sim) id: NodeId,
    pub(in crate::sim) core: Group,
    /// Stations of instances that are not terminated.
    pub(in crate::sim) stations: BTreeMap<InstanceId, u32>,
    /// Balancers that send to it.
    pub(in crate::sim) balancers: Vec<u32>,
    /// What its servers ask, one after the other, after their own work.
    pub(in crate::sim) dependencies: Vec<Target>,
    pub(in crate::sim) boot: Sampler,
    pub(in crate::sim) boot_rng: Rng,
    pub(in crate::sim) size: Size,
    pub(in crate::sim) meter: CostMeter,
    /// Requests and busy time of stations that are gone.
    pub(in crate::sim) gone: Gone,
    /// Fewest and most servers in service at the end of a second.
    pub(in crate::sim) in_service: (u32, u32),
    /// Average CPU of the last metric sample, 0 to 1, if any server was warm.
    pub(in crate::sim) cpu: Option<f64>,
    pub(in crate::sim) story: Story,
}

/// Figures of stations that are gone.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::sim) struct Gone {
    pub(in crate::sim) requests: u64,
    pub(in crate::sim) busy_ns: u64,
    /// Core time that they offered, nanoseconds.
    pub(in crate::sim) capacity_ns: u64,
}

impl Gone {
    /// Adds the figures of a station.
    pub(in crate::sim) fn add(&mut self, station: &Station, now: Timestamp) {
        self.requests += station.requests;
        self.busy_ns += station.busy_ns(now);
        self.capacity_ns += station.capacity_ns(now);
    }
}

/// Positions in the log, so that an entry can name the one that brought it about.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Story {
    /// Latest alarm entry of each policy.
    pub(in crate::sim) alarms: BTreeMap<usize, u32>,
    /// Latest change of the desired capacity.
    pub(in crate::sim) desired: Option<u32>,
    /// Latest entry about each instance.
    pub(in crate::sim) instances: BTreeMap<InstanceId, u32>,
}
