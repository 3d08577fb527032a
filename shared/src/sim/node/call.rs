//! Requests on their way. A call is a request at one node; what that node asks of others are
//! calls of their own, whose parent waits.

use super::{Entry, Table, Target, Way};
use crate::balance::Pick;
use crate::id::{BackendId, NodeId};
use crate::rng::mix_64;
use crate::sim::FailureCause;
use crate::time::Timestamp;

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
    /// of a try, the exchange and the try's number; of a call that another one waits for, its place
    /// among those that are asked.
    pub(in crate::sim) client: (u32, u32),
    /// Tells it from others of the same request.
    pub(in crate::sim) variant: Variant,
    /// Who takes it first.
    pub(in crate::sim) entry: Entry,
    /// The way from whoever asks to the entry, and back.
    pub(in crate::sim) entry_way: Way,
    /// The link from whoever asks to the entry.
    pub(in crate::sim) entry_link: u32,
    /// The balancer's choice, while the request is at the backend.
    pub(in crate::sim) pick: Option<Pick>,
    /// The way from the balancer to the backend, and back.
    pub(in crate::sim) backend_way: Way,
    /// The link from the balancer to the backend; [`NONE`] without a pick.
    pub(in crate::sim) backend_link: u32,
    /// Where it waits, is worked on, or waits for dependencies; [`NONE`] while it travels.
    pub(in crate::sim) station: u32,
    /// Dependencies asked so far.
    pub(in crate::sim) asked: u32,
    /// Of these, how many have not answered.
    pub(in crate::sim) pending: u32,
    /// Which attempt of its client it belongs to, from 0: another one has other luck.
    pub(in crate::sim) attempt: u16,
    /// How it ended, while the answer travels; how what it asked has ended, before.
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
            variant: Variant::ROOT,
            entry: target.entry,
            entry_way: target.way,
            entry_link: target.link,
            pick: None,
            backend_way: Way::ZERO,
            backend_link: NONE,
            station: NONE,
            asked: 0,
            pending: 0,
            attempt: 0,
            ended: Ok(()),
        }
    }

    /// What stays behind of a call whose asker is answered at once: nobody waits for it.
    pub(in crate::sim) const fn message(&self) -> Self {
        let target = Target { entry: self.entry, way: Way::ZERO, link: NONE };
        let mut message = Self::new(self.request, self.arrived, self.source, target);
        message.parent = ORPHAN;
        message.variant = self.variant;
        message
    }

    /// Keeps the balancer's choice, and tells which station it is.
    #[inline(always)]
    pub(in crate::sim) fn keep(&mut self, pick: Pick) -> u32 {
        let BackendId(station) = pick.backend();
        self.pick = Some(pick);
        station
    }

    /// What whoever asked needs of it.
    #[inline(always)]
    pub(in crate::sim) const fn answer(&self) -> Answer {
        let &Self { parent, client, source, request, arrived, ended, entry_link, .. } = self;
        Answer { parent, client, source, request, arrived, ended, entry_link }
    }

    /// The number that keys what is drawn for it: its request's, unless others of the same request
    /// may go to the same place.
    #[inline]
    pub(in crate::sim) fn draw(&self) -> u64 {
        match self.variant {
            Variant::ROOT | Variant::FIRST => self.request,
            Variant(variant) => mix_64(self.request ^ u64::from(variant).rotate_left(32)),
        }
    }
}

/// What is left of a call when its answer is there: fields of [`Call`].
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Answer {
    pub(in crate::sim) parent: u32,
    pub(in crate::sim) client: (u32, u32),
    pub(in crate::sim) source: u32,
    pub(in crate::sim) request: u64,
    pub(in crate::sim) arrived: Timestamp,
    pub(in crate::sim) ended: Result<(), FailureCause>,
    pub(in crate::sim) entry_link: u32,
}

/// Which of the calls of one request a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Variant(u32);

impl Variant {
    /// It comes from a source.
    const ROOT: Self = Self(0);
    /// Such a call asks it, and no copy.
    const FIRST: Self = Self(1);

    /// That of copy number `copy`, which `asker` sends out for a call of this variant.
    pub(in crate::sim) fn of_copy(self, asker: NodeId, copy: u32) -> Self {
        if self == Self::ROOT {
            return Self(Self::FIRST.0 + copy);
        }
        let way = u64::from(self.0) << 32 | u64::from(asker.0);
        Self((mix_64(way ^ mix_64(u64::from(copy))) >> 32) as u32 | 1 << 31)
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
