//! Traces: where single requests spend their time.
//!
//! Kept only while somebody asks, and of a sample: a request is in it when its number, mixed, ends
//! in so many zero bits. When there are too many, one more bit must be zero, and those that do not
//! qualify any longer are dropped. So the sample is even over the run, depends on nothing but the
//! request numbers, and stays bounded. The request that is asked for next is in it whatever its
//! number.

use super::measure::FailureCause;
use super::{Decision, Server};
use crate::id::NodeId;
use crate::rng::mix_64;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Traces that are kept of requests that have ended.
const DONE_MAX: usize = 512;
/// Requests that are followed at the same time.
const OPEN_MAX: usize = 32;
/// Spans of one trace: a request that is tried again and again is cut off.
const SPANS_MAX: usize = 200;

/// One request's way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Who made it.
    pub source: NodeId,
    /// Its place at its source, from 1.
    pub number: u64,
    /// When it was made.
    pub arrived: Timestamp,
    /// When its client had the answer, or gave up; none while it waits.
    pub ended: Option<Timestamp>,
    /// Why it failed, if it did.
    pub failed: Option<FailureCause>,
    /// What happened to it, in order of beginning.
    pub spans: Vec<TraceSpan>,
    /// What balancers decided for it. Kept of the request that was asked for only.
    pub decisions: Vec<Decision>,
}

/// A part of a request's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceSpan {
    /// What it did.
    pub activity: Activity,
    /// Where: the server, or the node that a message is on its way to or from.
    pub server: Server,
    /// How many requests of others it is nested in: 0 is the client's, 1 what a server asks for it.
    pub depth: u32,
    /// Which attempt it belongs to, from 1: clients and balancers send again what has failed.
    pub attempt: u32,
    /// From when.
    pub from: Timestamp,
    /// Until when; none while it lasts, and for work that goes on for nobody.
    pub to: Option<Timestamp>,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activity {
    /// It is on a link, one way or the other.
    Network,
    /// It waits for a thread or a core, or for a server with room.
    Queue,
    /// It is worked on.
    Service,
    /// It waits for a connection to another node.
    Connection,
    /// Its server waits for what it asked.
    Dependency,
    /// Its client, or its balancer, pauses before it tries again.
    Retry,
}

impl Activity {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Network,
        Self::Queue,
        Self::Service,
        Self::Connection,
        Self::Dependency,
        Self::Retry,
    ];
}

/// Which request of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// The one that was slower than this share of those that ended well, in percent.
    Percentile(u8),
    /// The slowest that ended well.
    Slowest,
    /// The latest that failed.
    Failed,
    /// The next one that was made after it was asked for.
    Next,
}

/// The answer to [`Which`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traced {
    /// What was asked.
    pub which: Which,
    /// How many requests it was chosen from.
    pub sample: u32,
    /// The request, if there is one yet.
    pub trace: Option<Trace>,
}

impl Trace {
    /// How long it took; none while it waits.
    pub fn latency(&self) -> Option<Span> {
        self.ended.map(|ended| ended.since(self.arrived))
    }

    /// Where a request is now: closes what it does no longer and opens what it does now.
    pub(super) fn go_to(&mut self, now: Timestamp, doing: &[TraceSpan]) {
        let same = |a: &TraceSpan, b: &TraceSpan| {
            (a.activity, a.server, a.depth, a.attempt) == (b.activity, b.server, b.depth, b.attempt)
        };
        let mut new: Vec<TraceSpan> = doing.to_vec();
        for span in self.spans.iter_mut().filter(|span| span.to.is_none()) {
            match new.iter().position(|other| same(span, other)) {
                Some(at) => {
                    new.swap_remove(at);
                }
                None => span.to = Some(now),
            }
        }
        // What began and ended at one moment took no time.
        self.spans.retain(|span| span.to != Some(span.from));
        let room = SPANS_MAX.saturating_sub(self.spans.len());
        new.sort_by_key(|span| (span.depth, span.attempt));
        self.spans.extend(new.into_iter().take(room));
    }
}

/// The sample.
#[derive(Debug, Default)]
pub(super) struct Tracer {
    /// Bits of a number that must be zero.
    bits: u32,
    /// Followed now, by number.
    open: BTreeMap<u64, Trace>,
    done: BTreeMap<u64, Trace>,
    /// The next request is asked for.
    pub(super) wants_next: bool,
    /// It, once it was made.
    next: Option<u64>,
    /// Ended since it was last looked.
    next_is_over: bool,
}

impl Tracer {
    /// Whether a request is in the sample.
    fn samples(&self, request: u64) -> bool {
        mix_64(request).trailing_zeros() >= self.bits
    }

    /// Requests that are followed.
    pub(super) fn open(&self) -> Vec<u64> {
        self.open.keys().copied().collect()
    }

    /// Those of them that are at a server.
    pub(super) fn at(&self, server: Server) -> Vec<u64> {
        let is_here = |trace: &Trace| {
            trace.spans.iter().any(|span| span.to.is_none() && span.server == server)
        };
        let here = self.open.iter().filter(|(_, trace)| is_here(trace));
        here.map(|(request, _)| *request).collect()
    }

    pub(super) fn follows(&self, request: u64) -> bool {
        self.open.contains_key(&request)
    }

    /// A request is made. Returns whether it is followed.
    pub(super) fn begins(&mut self, request: u64, trace: Trace) -> bool {
        let is_next = std::mem::take(&mut self.wants_next);
        if is_next {
            self.next = Some(request);
        }
        let follows = is_next || self.samples(request);
        if follows {
            self.open.insert(request, trace);
            self.thin_out();
        }
        follows
    }

    pub(super) fn trace(&mut self, request: u64) -> Option<&mut Trace> {
        self.open.get_mut(&request)
    }

    /// Whether decisions for this request are kept.
    pub(super) fn is_next(&self, request: u64) -> bool {
        self.next == Some(request)
    }

    /// A request is over.
    pub(super) fn ends(&mut self, request: u64) {
        let Some(trace) = self.open.remove(&request) else { return };
        self.next_is_over |= self.next == Some(request);
        self.done.insert(request, trace);
        self.thin_out();
    }

    fn thin_out(&mut self) {
        while (self.open.len() > OPEN_MAX || self.done.len() > DONE_MAX) && self.bits < u64::BITS {
            self.bits += 1;
            let (bits, next) = (self.bits, self.next);
            let stays =
                |request: u64| mix_64(request).trailing_zeros() >= bits || next == Some(request);
            self.open.retain(|request, _| stays(*request));
            self.done.retain(|request, _| stays(*request));
        }
    }

    /// Whether the request that was asked for has ended since this was last asked.
    pub(super) fn take_next_is_over(&mut self) -> bool {
        std::mem::take(&mut self.next_is_over)
    }

    /// A request of the sample.
    pub(super) fn find(&self, which: Which) -> Traced {
        let mut well: Vec<&Trace> = self.done.values().filter(|it| it.failed.is_none()).collect();
        well.sort_by_key(|trace| (trace.latency(), trace.number));
        let rank = |percent: u8| {
            let rank = (well.len() * usize::from(percent)).div_ceil(100);
            well.get(rank.max(1) - 1).copied()
        };
        let trace = match which {
            Which::Percentile(percent) => rank(percent.min(100)),
            Which::Slowest => well.last().copied(),
            Which::Failed => {
                let failed = self.done.values().filter(|trace| trace.failed.is_some());
                failed.max_by_key(|trace| (trace.ended, trace.number))
            }
            Which::Next => self
                .next
                .and_then(|request| self.done.get(&request).or_else(|| self.open.get(&request))),
        };
        Traced { which, sample: self.done.len() as u32, trace: trace.cloned() }
    }
}
