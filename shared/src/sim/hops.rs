//! Where the time of requests goes: percentiles by hop, and by class of request.
//!
//! Measured only in designs with more than one stage of work, or with classes: there a request's
//! latency alone does not say where it waited. Every request after the warm-up is recorded, in
//! histograms of two significant digits (1 %).

use super::measure::Latency;
use super::meter::LatencyMeter;
use crate::id::NodeId;
use crate::json::tagged;
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

tagged! {
    by "type";
    /// A part of a request's way.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum Hop {
        /// From a source to the server that answers and back, on links.
        Links,
        /// Waiting at a server, for a thread and for a core.
        Queue,
        /// Being worked on, from the first moment on a core to the last.
        Service,
        /// Waiting for a free connection.
        Connection {
            /// Where the connection leads.
            to: NodeId,
        },
        /// From asking another node to its answer, with the way there and back and the wait for a
        /// connection.
        Dependency {
            /// Who is asked.
            to: NodeId,
        },
    }
}

/// How long one part of the way took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HopResult {
    /// The node at which requests are.
    pub node: NodeId,
    /// Which part of their way.
    pub hop: Hop,
    /// How long it took those that came this far, failed ones too.
    pub latency: Latency,
}

/// What became of one class of requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassResult {
    /// The source that makes them.
    pub source: NodeId,
    /// The class's name.
    pub name: String,
    /// Requests that ended well after the warm-up, with their latency.
    pub latency: Latency,
    /// Requests that failed after the warm-up.
    pub failed: u64,
}

/// Measures by hop.
#[derive(Debug, Default)]
pub(super) struct Hops(BTreeMap<(NodeId, Hop), LatencyMeter>);

impl Hops {
    pub(super) fn record(&mut self, node: NodeId, hop: Hop, time: Span) {
        self.0.entry((node, hop)).or_insert_with(LatencyMeter::coarse).record(time);
    }

    pub(super) fn results(&self) -> Vec<HopResult> {
        let result = |(&(node, hop), meter): (&(NodeId, Hop), &LatencyMeter)| HopResult {
            node,
            hop,
            latency: meter.latency(),
        };
        self.0.iter().map(result).collect()
    }
}

/// Measures by class: of a source, by the class's place.
#[derive(Debug, Default)]
pub(super) struct Classes(BTreeMap<(u32, usize), (LatencyMeter, u64)>);

impl Classes {
    pub(super) fn record(&mut self, source: u32, class: usize, latency: Option<Span>) {
        let new = || (LatencyMeter::coarse(), 0);
        let (meter, failed) = self.0.entry((source, class)).or_insert_with(new);
        match latency {
            Some(latency) => meter.record(latency),
            None => *failed += 1,
        }
    }

    /// Latency and failures of a class; nothing has happened to one that is not there.
    pub(super) fn result(&self, source: u32, class: usize) -> (Latency, u64) {
        self.0
            .get(&(source, class))
            .map_or_else(Default::default, |(meter, failed)| (meter.latency(), *failed))
    }
}
