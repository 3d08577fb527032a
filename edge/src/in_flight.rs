//! Picks that are not yet given back.
//!
//! When a client goes away, the platform may stop the request's code at an `await` for good: no
//! destructor runs, and the pick would count as in flight until the isolate dies. So the picks are
//! kept here, each with a deadline that every request that still runs keeps, and those that
//! missed it are swept out.

use litemap::LiteMap;
use shared::balance::Pick;
use shared::time::Timestamp;

/// A claim to one pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    // First, so that the earliest deadline is the first key.
    deadline: Timestamp,
    number: u64,
}

/// The picks under way, by deadline.
#[derive(Debug, Default)]
pub struct InFlight {
    // A new one has about the latest deadline, so it goes to the end.
    picks: LiteMap<Ticket, Pick>,
    issued: u64,
}

impl InFlight {
    /// Keeps `pick` until it is taken, or swept out after `deadline`.
    pub fn insert(&mut self, deadline: Timestamp, pick: Pick) -> Ticket {
        self.issued = self.issued.wrapping_add(1);
        let ticket = Ticket { deadline, number: self.issued };
        self.picks.insert(ticket, pick);
        ticket
    }

    /// The pick of `ticket`, unless it was swept out.
    pub fn take(&mut self, ticket: Ticket) -> Option<Pick> {
        self.picks.remove(&ticket)
    }

    /// One pick whose deadline has passed.
    pub fn take_overdue(&mut self, now: Timestamp) -> Option<Pick> {
        let (&first, _) = self.picks.first()?;
        if first.deadline < now { self.picks.remove(&first) } else { None }
    }
}
