//! What a node asks of others after its own work.

use super::Target;
use crate::design::Cache;
use crate::id::NodeId;
use crate::rng::{KeyedBits, RandomBits, Rng};
use crate::time::{Span, Timestamp};
use std::collections::VecDeque;
use std::ops::Range;

/// Where a node's links lead, and in which order they are gone.
#[derive(Debug)]
pub(in crate::sim) struct Plan {
    /// Whose it is.
    pub(in crate::sim) node: NodeId,
    /// Who is asked, in order of links.
    pub(in crate::sim) asks: Vec<Ask>,
    /// All at the same time, not one after the other.
    pub(in crate::sim) at_once: bool,
    /// What spares a request the asking.
    pub(in crate::sim) cache: Option<CacheState>,
}

/// One link of a plan.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Ask {
    pub(in crate::sim) target: Target,
    /// Where it leads.
    pub(in crate::sim) to: NodeId,
    /// How many are asked at the same time; all must answer.
    pub(in crate::sim) copies: u32,
    /// Connections that each server has to there, and how long a request waits for one.
    pub(in crate::sim) pool: Option<(u32, Span)>,
}

impl Plan {
    /// Those that are asked next, when `asked` have been.
    pub(in crate::sim) fn next(&self, asked: u32) -> Range<usize> {
        let from = (asked as usize).min(self.asks.len());
        let to = if self.at_once { self.asks.len() } else { (from + 1).min(self.asks.len()) };
        from..to
    }
}

/// A cache that is full, or has lost what it had and fills again.
///
/// So many entries of equal popularity: each miss that is answered brings one, so with `filled` of
/// `entries` the share `hit_ratio · filled / entries` hits. Misses fill only as fast as the store
/// behind answers: one that is overwhelmed by them does not let the cache recover.
#[derive(Debug)]
pub(in crate::sim) struct CacheState {
    hit_ratio: f64,
    entries: u32,
    filled: u32,
    key: u64,
    pub(in crate::sim) hits: u64,
    pub(in crate::sim) misses: u64,
}

impl CacheState {
    pub(in crate::sim) fn new(settings: &Cache, mut stream: Rng) -> Self {
        Self {
            hit_ratio: settings.hit_ratio,
            entries: settings.entries,
            filled: settings.entries,
            key: stream.next_u64(),
            hits: 0,
            misses: 0,
        }
    }

    /// It loses what it has.
    pub(in crate::sim) const fn flush(&mut self) {
        self.filled = 0;
    }

    /// Whether a request finds its answer. The draw is the request's own.
    pub(in crate::sim) fn hits(&mut self, draw: u64) -> bool {
        let now = self.hit_ratio * f64::from(self.filled) / f64::from(self.entries.max(1));
        let hits = self.luck(draw) < now;
        if hits {
            self.hits += 1
        } else {
            self.misses += 1
        }
        hits
    }

    /// A request that missed has been answered: whoever asks the same again will hit, if it is a
    /// thing that is kept at all.
    pub(in crate::sim) fn fill(&mut self, draw: u64) {
        if self.luck(draw) < self.hit_ratio {
            self.filled = (self.filled + 1).min(self.entries);
        }
    }

    fn luck(&self, draw: u64) -> f64 {
        KeyedBits::new(self.key, draw).unit()
    }
}

/// The connections of one server to one dependency.
#[derive(Debug, Default)]
pub(in crate::sim) struct Connections {
    in_use: u32,
    /// Calls that wait for one, by ticket.
    waiting: VecDeque<(u32, u32)>,
    tickets: u32,
}

impl Connections {
    /// Takes one of `size`, if one is free.
    pub(in crate::sim) const fn take(&mut self, size: u32) -> bool {
        let free = self.in_use < size;
        if free {
            self.in_use += 1;
        }
        free
    }

    /// A call waits; returns its ticket.
    pub(in crate::sim) fn wait(&mut self, call: u32) -> u32 {
        self.tickets = self.tickets.wrapping_add(1);
        self.waiting.push_back((self.tickets, call));
        self.tickets
    }

    /// A connection is free: the call that goes next, if any waits.
    pub(in crate::sim) fn free(&mut self) -> Option<u32> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.in_use -= 1;
        }
        next.map(|(_, call)| call)
    }

    /// The call with this ticket waits no longer, if it still did. All wait equally long, so it is
    /// the first.
    pub(in crate::sim) fn give_up(&mut self, ticket: u32) -> Option<u32> {
        let first = self.waiting.front().filter(|(first, _)| *first == ticket)?.1;
        self.waiting.pop_front();
        Some(first)
    }

    /// Calls that wait.
    pub(in crate::sim) fn waiting(&self) -> impl Iterator<Item = u32> {
        self.waiting.iter().map(|(_, call)| *call)
    }
}

/// Moments of a request at a station, by the call's number.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::sim) struct Visit {
    /// When it came, or when its work began.
    pub(in crate::sim) since: Timestamp,
    /// When it asked the dependencies that it waits for.
    pub(in crate::sim) asked: Timestamp,
}
