//! Requests on their way. A call is a request at one node; what that node asks of others are
//! calls of their own, whose parent waits.

use super::{Entry, Table, Target};
use crate::balance::Pick;
use crate::sim::FailureCause;
use crate::time::{Span, Timestamp};

/// No call, no station, no client that waits.
pub(in crate::sim) const NONE: u32 = u32::MAX;
/// The parent died: nobody waits for the answer.
pub(in crate::sim) const ORPHAN: u32 = u32::MAX - 1;
/// The call is a try of an exchange, which waits for it.
pub(in crate::sim) const EXCHANGE: u32 = u32::MAX - 2;

/// A request at one node.
#[derive(Debug)]
pub(in crate::sim) struct Call {
    /// Number of the request that a source made; keys the work that it is at each node.
    pub(in crate::sim) request: u64,
    /// When the source made it.
    pub(in crate::sim) arrived: Timestamp,
    /// The call that waits for this one: another call, [`NONE`] for a client, [`ORPHAN`] or
    /// [`EXCHANGE`].
    pub(in crate::sim) parent: u32,
    /// The source of the client, where the parent is none.
    pub(in crate::sim) source: u32,
    /// The client that waits, if it would give up or try again, and which of its attempts this is;
    /// of a try, the exchange and the try's number.
    pub(in crate::sim) client: (u32, u32),
    /// Who takes it first.
    pub(in crate::sim) entry: Entry,
    /// One-way latency from whoever asks to the entry.
    pub(in crate::sim) entry_latency: Span,
    /// The balancer's choice, while the request is at the backend.
    pub(in crate::sim) pick: Option<Pick>,
    /// One-way latency from the balancer to the backend.
    pub(in crate::sim) backend_latency: Span,
    /// Where it waits, is worked on, or waits for dependencies; [`NONE`] while it travels.
    pub(in crate::sim) station: u32,
    /// How long it is worked on there, at full speed.
    pub(in crate::sim) work: Span,
    /// Dependencies asked so far.
    pub(in crate::sim) asked: u32,
    /// How it ended, while the answer travels.
    pub(in crate::sim) ended: Result<(), FailureCause>,
}

impl Call {
    /// A call that sets out from `source` to `target`.
    #[inline]
    pub(in crate::sim) const fn new(
        request: u64,
        arrived: Timestamp,
        source: u32,
        target: Target,
    ) -> Self {
        Self {
            request,
            arrived,
            parent: NONE,
            source,
            client: (NONE, 0),
            entry: target.entry,
            entry_latency: target.latency,
            pick: None,
            backend_latency: Span::ZERO,
            station: NONE,
            work: Span::ZERO,
            asked: 0,
            ended: Ok(()),
        }
    }
}

impl Table<Call> {
    /// Calls that are at `station`, in order of number.
    pub(in crate::sim) fn at_station(&mut self, station: u32) -> Vec<u32> {
        let here = self.iter_mut().filter(|(_, call)| call.station == station);
        here.map(|(id, _)| id).collect()
    }

    /// The calls that `parent` waits for are waited for no longer.
    pub(in crate::sim) fn orphan_children(&mut self, parent: u32) {
        for (_, call) in self.iter_mut().filter(|(_, call)| call.parent == parent) {
            call.parent = ORPHAN;
        }
    }
}
