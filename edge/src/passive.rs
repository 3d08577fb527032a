//! What an isolate learns from its own requests, between two readings of the health document.
//!
//! The cron looks once or twice a minute and the store takes its time; a request that fails knows
//! at once. An origin that fails a request before answering it is *ejected*: this isolate sends
//! it nothing for [`BASE`], twice as long after each ejection that follows, up to [`MAX`]. Then
//! it is tried again with ordinary traffic, which costs one failed try, repeated elsewhere. A
//! document that is newer than the ejection and says healthy ends it early; one answer after it
//! ended starts the doubling afresh.

use shared::time::{Span, Timestamp};

/// How long the first ejection lasts.
pub const BASE: Span = Span::from_s(10);
/// How long an ejection lasts at most.
pub const MAX: Span = Span::from_s(300);

/// The passive knowledge of one origin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passive {
    ejection: Option<Ejection>,
    /// Ejections in a row.
    times: u32,
}

#[derive(Clone, Copy, Debug)]
struct Ejection {
    since: Timestamp,
    until: Timestamp,
}

impl Passive {
    /// A request failed. True if that ejects the origin now; the failures of requests that were
    /// under way at that time count as one.
    pub fn failed(&mut self, now: Timestamp) -> bool {
        if self.ejection.is_some() {
            return false;
        }
        let doublings = self.times.min(u64::BITS - 1);
        let span = Span::from_ns(BASE.as_ns().saturating_mul(1 << doublings)).min(MAX);
        self.ejection = Some(Ejection { since: now, until: now + span });
        self.times = self.times.saturating_add(1);
        true
    }

    /// A request was answered.
    pub fn answered(&mut self) {
        // An answer that was under way when the ejection began says nothing about now.
        if self.ejection.is_none() {
            self.times = 0;
        }
    }

    /// Ends the ejection if its time is up; true if it did.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let expired = self.ejection.is_some_and(|ejection| ejection.until <= now);
        if expired {
            self.ejection = None;
        }
        expired
    }

    /// A document of `checked_at` says that the origin is healthy: ends an older ejection.
    pub fn vouched_for(&mut self, checked_at: Timestamp) {
        if self.ejection.is_some_and(|ejection| checked_at > ejection.since) {
            *self = Self::default();
        }
    }

    /// Until when it is ejected.
    pub fn ejected_until(&self) -> Option<Timestamp> {
        self.ejection.map(|ejection| ejection.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(s: u64) -> Timestamp {
        Timestamp::from_s(s)
    }

    #[test]
    fn ejections_double_up_to_the_most() {
        let mut passive = Passive::default();
        let mut now = at(0);
        let mut spans = Vec::new();
        for _ in 0..70 {
            assert!(passive.failed(now));
            assert!(!passive.failed(now), "one ejection at a time");
            passive.answered();
            let until = passive.ejected_until().unwrap();
            assert!(!passive.expire(Timestamp::from_ns(until.as_ns() - 1)));
            assert!(passive.expire(until));
            spans.push(until.since(now).as_ns() / 1_000_000_000);
            now = until;
        }
        assert!(spans.starts_with(&[10, 20, 40, 80, 160, 300, 300]), "{spans:?}");
        assert_eq!(spans.last(), Some(&300));
        passive.answered();
        assert!(passive.failed(now));
        assert_eq!(passive.ejected_until(), Some(now + BASE), "an answer forgives");
    }

    #[test]
    fn only_a_newer_check_ends_an_ejection() {
        let mut passive = Passive::default();
        passive.failed(at(100));
        passive.vouched_for(at(99));
        passive.vouched_for(at(100));
        assert!(passive.ejected_until().is_some());
        passive.vouched_for(at(101));
        assert_eq!(passive.ejected_until(), None);
    }
}
