//! Noting when requests come and go at each hop, where that is measured.

use super::Simulation;
use super::flow::maker_of;
use crate::sim::FailureCause;
use crate::sim::hops::Hop;
use crate::sim::node::{Visit, Way};
use crate::time::{Span, Timestamp};

impl Simulation {
    /// Notes a moment of a request at a station.
    pub(super) fn visit(&mut self, call_id: u32, note: impl FnOnce(&mut Visit, Timestamp)) {
        if self.hops.is_none() {
            return;
        }
        let place = call_id as usize;
        if self.visits.len() <= place {
            self.visits.resize(place + 1, Visit::default());
        }
        if let Some(visit) = self.visits.get_mut(place) {
            note(visit, self.now);
        }
    }

    /// A part of the way of a request at a station is over that began at a moment noted before.
    pub(super) fn measure_since(
        &mut self,
        call_id: u32,
        hop: Hop,
        since: impl FnOnce(&Visit) -> Timestamp,
    ) {
        let Some(hops) = &mut self.hops else { return };
        let Some(call) = self.calls.peek(call_id) else { return };
        let Some(visit) = self.visits.get(call_id as usize) else { return };
        if self.recorder.counts(call.arrived) {
            let node = self.stations[call.station as usize].node;
            hops.record(node, hop, self.now.since(since(visit)));
        }
    }

    /// A request of a source is done: what the links to its server and back take.
    pub(super) fn measure_links(&mut self, call_id: u32) {
        if let (Some(hops), Some(call)) = (&mut self.hops, self.calls.peek(call_id))
            && self.recorder.counts(call.arrived)
        {
            let node = self.sources[call.source as usize].id;
            let one_way = one_way(call.entry_way) + one_way(call.backend_way);
            hops.record(node, Hop::Links, Span::from_ns(2 * one_way));
        }
    }

    /// The end of a request, by its class.
    pub(super) fn measure_class(
        &mut self,
        source: u32,
        request: u64,
        arrived: Timestamp,
        ended: Result<(), FailureCause>,
    ) {
        let Some(classes) = &self.sources[source as usize].classes else { return };
        if self.recorder.counts(arrived) {
            let latency = ended.ok().map(|()| self.now.since(arrived));
            self.by_class.record(source, classes.of(request), latency);
        }
    }

    /// How many times as much work a request is as others, by its class.
    pub(super) fn size_of(&self, request: u64) -> f64 {
        let maker = maker_of(&self.sources, request);
        let classes = maker.and_then(|source| source.classes.as_ref());
        classes.map_or(1.0, |classes| classes.size(request))
    }
}

/// What a message takes on a plain link. Those of links that vary or lose are not told apart.
fn one_way(way: Way) -> u64 {
    way.span().map_or(0, Span::as_ns)
}
