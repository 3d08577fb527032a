//! Requests on their way. A call is a request at one node; what that node asks of others are
//! calls of their own, whose parent waits.

use crate::balance::Pick;
use crate::sim::FailureCause;
use crate::time::{Span, Timestamp};

/// No call, no station.
pub(in crate::sim) const NONE: u32 = u32::MAX;
/// The parent died: nobody waits for the answer.
pub(in crate::sim) const ORPHAN: u32 = u32::MAX - 1;

/// A request at one node.
#[derive(Debug)]
pub(in crate::sim) struct Call {
    /// Number of the request that a source made; keys the work that it is at each node.
    pub(in crate::sim) request: u64,
    /// When the source made it.
    pub(in crate::sim) arrived: Timestamp,
    /// The call that waits for this one: another call, [`NONE`] for a source, or [`ORPHAN`].
    pub(in crate::sim) parent: u32,
    /// Who takes it first.
    pub(in crate::sim) entry: super::Entry,
    /// One-way latency from whoever asks to the entry.
    pub(in crate::sim) entry_latency: Span,
    /// The balancer's choice, while the request is at the backend.
    pub(in crate::sim) pick: Option<Pick>,
    /// One-way latency from the balancer to the backend.
    pub(in crate::sim) backend_latency: Span,
    /// Where it waits, is worked on, or waits for dependencies; [`NONE`] while it travels.
    pub(in crate::sim) station: u32,
    /// Dependencies asked so far.
    pub(in crate::sim) asked: u32,
    /// How it ended, while the answer travels.
    pub(in crate::sim) ended: Result<(), FailureCause>,
}

/// All calls, in reusable places.
#[derive(Debug, Default)]
pub(in crate::sim) struct Calls {
    slots: Vec<Option<Call>>,
    free: Vec<u32>,
}

impl Calls {
    /// Adds a call and returns its place.
    pub(in crate::sim) fn insert(&mut self, call: Call) -> u32 {
        if let Some(id) = self.free.pop() {
            self.slots[id as usize] = Some(call);
            return id;
        }
        self.slots.push(Some(call));
        self.slots.len() as u32 - 1
    }

    /// The call at `id`. Events name only calls that exist; the engine removes a call after its
    /// last event.
    #[inline]
    pub(in crate::sim) fn get(&mut self, id: u32) -> Option<&mut Call> {
        self.slots.get_mut(id as usize).and_then(Option::as_mut)
    }

    /// Takes the call out; its place may be used again.
    pub(in crate::sim) fn remove(&mut self, id: u32) -> Option<Call> {
        let call = self.slots.get_mut(id as usize)?.take()?;
        self.free.push(id);
        Some(call)
    }

    /// Calls that sources wait for: the requests in flight.
    pub(in crate::sim) fn of_sources(&self) -> u64 {
        self.slots.iter().flatten().filter(|call| call.parent == NONE).count() as u64
    }

    /// Calls that are at `station`, in order of place.
    pub(in crate::sim) fn at_station(&self, station: u32) -> Vec<u32> {
        let here = |call: &Option<Call>| call.as_ref().is_some_and(|call| call.station == station);
        (0..).zip(&self.slots).filter(|(_, call)| here(call)).map(|(id, _)| id).collect()
    }

    /// The calls that `parent` waits for are waited for no longer.
    pub(in crate::sim) fn orphan_children(&mut self, parent: u32) {
        for call in self.slots.iter_mut().flatten().filter(|call| call.parent == parent) {
            call.parent = ORPHAN;
        }
    }
}
