//! Clients: how long they wait, how often they try again, how long they think.

use crate::design::{Source, Traffic};
use crate::dist::standard_exponential;
use crate::rng::{KeyedBits, RandomBits, mix_64};
use crate::time::{Span, Timestamp};

/// What the clients of a source have in common.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Manners {
    /// How long they wait for an answer; zero is for ever.
    pub(in crate::sim) timeout: Span,
    /// How often they try again.
    pub(in crate::sim) retries: u32,
    backoff: Span,
    backoff_max: Span,
    /// How many there are, if they are always the same.
    pub(in crate::sim) users: u32,
    /// Mean time between an answer and the user's next request.
    think: Span,
    key: u64,
}

impl Manners {
    pub(in crate::sim) fn new(settings: &Source, key: u64) -> Self {
        let (users, think_ms) = match settings.traffic {
            Traffic::Users { users, think_ms } => (users, think_ms),
            _ => (0, 0.0),
        };
        Self {
            timeout: Span::from_ms_f64(settings.timeout_ms),
            retries: settings.retries,
            backoff: Span::from_ms_f64(settings.backoff_ms),
            backoff_max: Span::from_ms_f64(settings.backoff_max_ms),
            users,
            think: Span::from_ms_f64(think_ms),
            key,
        }
    }

    /// Clients wait for ever and try once: they need no place in the table.
    #[inline]
    pub(in crate::sim) const fn is_patient(&self) -> bool {
        self.timeout.is_zero() && self.retries == 0
    }

    /// The pause before attempt number `attempt` (2 is the first retry): uniform between zero and
    /// `backoff · 2^(attempt - 2)`, at most `backoff_max`. Full jitter, so that those who failed
    /// together do not come back together (Brooker, "Exponential Backoff And Jitter", 2015).
    pub(in crate::sim) fn pause(&self, request: u64, attempt: u32) -> Span {
        let doubled = 1_u64.checked_shl(attempt.saturating_sub(2)).unwrap_or(u64::MAX);
        let ceiling = self.backoff.as_ns().saturating_mul(doubled).min(self.backoff_max.as_ns());
        let mut bits = KeyedBits::new(self.key, mix_64(request) ^ u64::from(attempt));
        Span::from_ns((ceiling as f64 * bits.unit()) as u64)
    }

    /// How long a user thinks after request number `request`, exponential; `haste` divides it.
    pub(in crate::sim) fn think(&self, request: u64, haste: f64) -> Span {
        let mut bits = KeyedBits::new(self.key, request);
        let ns = self.think.as_ns() as f64 / haste * standard_exponential(&mut bits);
        Span::from_ns_f64(ns)
    }

    /// The most requests a second that the users could make, were every answer there at once.
    pub(in crate::sim) fn rate_per_s(&self) -> f64 {
        if self.think.is_zero() { 0.0 } else { f64::from(self.users) / self.think.as_s_f64() }
    }
}

/// A client with a request that it may give up or try again.
#[derive(Debug)]
pub(in crate::sim) struct Client {
    pub(in crate::sim) request: u64,
    pub(in crate::sim) arrived: Timestamp,
    pub(in crate::sim) source: u32,
    /// Attempts made.
    pub(in crate::sim) attempts: u32,
    /// The attempt that it waits for, unlike that of any other client; zero while it pauses.
    pub(in crate::sim) waits_for: u32,
    /// The link that the attempt took.
    pub(in crate::sim) link: u32,
}
