//! Links that are more than a constant latency: a law, lost messages, a cut.
//!
//! Most links take the same time for every message, and a [`Way`] is then just that time. The
//! others are wires. What happens to a message on a wire depends on the seed, the link, the
//! request's number, the attempt, the direction and the transmission only, so that nothing else
//! that is drawn shifts it.
//!
//! A message that is lost is sent again as TCP does it (RFC 6298, section 5): after a
//! retransmission timeout of 200 ms (the least that Linux uses, `TCP_RTO_MIN`), doubled each time.
//! After six retransmissions, 12.6 s after it was first sent (an Application Load Balancer waits
//! 10 s for a connection), its sender gives up: the connection is taken for dead.

use crate::design::Link;
use crate::dist::Sampler;
use crate::id::LinkId;
use crate::rng::{KeyedBits, RandomBits, Rng, mix_64};
use crate::time::Span;

/// Timeout of the first transmission.
const RETRANSMISSION_TIMEOUT: Span = Span::from_ms(200);
/// How often a message is sent again.
pub(in crate::sim) const RETRANSMISSIONS: u8 = 6;

/// How messages get over a link: in a constant time, or over a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Way(u64);

/// Tells the numbers of wires from nanoseconds; nobody waits for 292 years.
const WIRE: u64 = 1 << 63;

impl Way {
    /// In no time.
    pub(in crate::sim) const ZERO: Self = Self(0);

    /// In the same time for every message.
    pub(in crate::sim) const fn constant(span: Span) -> Self {
        let ns = span.as_ns();
        Self(if ns < WIRE { ns } else { WIRE - 1 })
    }

    /// Over the wire of this number.
    pub(in crate::sim) const fn over(wire: u32) -> Self {
        Self(WIRE | wire as u64)
    }

    /// The time of every message, unless it is a wire.
    #[inline]
    pub(in crate::sim) const fn span(self) -> Option<Span> {
        if self.0 < WIRE { Some(Span::from_ns(self.0)) } else { None }
    }

    /// The number of the wire, if it is one.
    pub(in crate::sim) const fn wire(self) -> Option<usize> {
        if self.0 < WIRE { None } else { Some((self.0 ^ WIRE) as usize) }
    }
}

/// A piece of a request's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Leg {
    /// From whoever asks to the balancer or dependency.
    ToEntry,
    /// From the balancer to the backend.
    ToBackend,
    /// Back from the backend to the balancer.
    FromBackend,
    /// Back to whoever asked.
    ToCaller,
}

/// A message, as far as its luck depends on it.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Message {
    pub(in crate::sim) request: u64,
    pub(in crate::sim) attempt: u16,
    pub(in crate::sim) leg: Leg,
    /// How often it was sent before.
    pub(in crate::sim) sent: u8,
}

/// A link that is more than a constant latency.
#[derive(Debug)]
pub(in crate::sim) struct Wire {
    pub(in crate::sim) link: LinkId,
    latency: Sampler,
    /// Share of the messages that are lost, 0 to 1.
    loss: f64,
    /// Partitions that last.
    pub(in crate::sim) cuts: u32,
    key: u64,
    /// Health checks and load probes that went over it: each has luck of its own.
    probes: u64,
}

impl Wire {
    /// The wire of a link, which draws from `stream`.
    pub(in crate::sim) fn new(id: LinkId, link: &Link, mut stream: Rng) -> Self {
        Self {
            link: id,
            latency: link.latency_law().sampler(),
            loss: link.loss_percent / 100.0,
            cuts: 0,
            key: stream.next_u64(),
            probes: 0,
        }
    }

    /// How long a message takes; nothing if it is lost.
    pub(in crate::sim) fn carry(&self, message: Message) -> Option<Span> {
        let Message { request, attempt, leg, sent } = message;
        let number = u64::from(attempt) << 16 | (leg as u64) << 8 | u64::from(sent);
        self.luck(&mut KeyedBits::new(self.key ^ mix_64(number), request))
    }

    fn luck(&self, bits: &mut KeyedBits) -> Option<Span> {
        if self.cuts > 0 || bits.unit() < self.loss {
            return None;
        }
        Some(self.latency.sample(bits))
    }

    /// How long a message of a balancer takes, sent again where it is lost; nothing if its sender
    /// gives up.
    pub(in crate::sim) fn carry_probe(&mut self) -> Option<Span> {
        self.probes += 1;
        // Requests have numbers of their source, which are below this.
        let mut bits = KeyedBits::new(self.key, u64::MAX - self.probes);
        let mut waited = Span::ZERO;
        for sent in 0..=RETRANSMISSIONS {
            if let Some(span) = self.luck(&mut bits) {
                return Some(waited + span);
            }
            waited += timeout(sent);
        }
        None
    }
}

/// How long the sender of a message waits for it to be confirmed that was sent `sent` times before.
pub(in crate::sim) const fn timeout(sent: u8) -> Span {
    RETRANSMISSION_TIMEOUT.times(1 << sent)
}
