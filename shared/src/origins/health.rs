//! What the cron knows of the origins, as one document in the store.
//!
//! One key holds all origins, because the store counts operations: a key each, written every
//! minute, would spend the free plan's day in hours. It is written when something changed, and
//! every [`HEARTBEAT`] otherwise, so that a reader can tell a quiet system from a dead cron:
//! 288 writes a day and one for each change, of 1,000 that are free.

use super::HealthCheck;
use crate::balance::{Health, HealthTracker};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How often the document is written while nothing changes.
pub const HEARTBEAT: Span = Span::from_s(300);

/// The version of the layout. Another version is read as nothing.
const VERSION: u32 = 1;

/// Everything that probes found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthDocument {
    version: u32,
    /// When the last probe of the round that wrote this document ended, in milliseconds of the
    /// Unix epoch.
    pub checked_at_ms: u64,
    /// One entry for each origin, in the order of the configuration.
    pub entries: Vec<HealthEntry>,
}

/// What is known of one origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthEntry {
    /// The origin.
    pub id: String,
    /// Health and the running count of contradicting results.
    #[serde(flatten)]
    pub tracker: HealthTracker,
    /// When its health flipped last.
    pub since_ms: u64,
}

impl HealthDocument {
    /// Reads a stored document. Whatever is not one, or of another version, is read as nothing
    /// known: no store may stop traffic.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|document: &Self| document.version == VERSION)
    }

    /// The document as text for the store.
    pub fn to_json(&self) -> String {
        // Plain data with string keys cannot fail to serialise; an empty text is read as nothing.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// When it was made.
    pub const fn checked_at(&self) -> Timestamp {
        Timestamp::from_ms(self.checked_at_ms)
    }

    /// What is known of `id`; [`Health::Initial`] for an origin that no round has seen.
    pub fn health(&self, id: &str) -> Health {
        self.entries
            .iter()
            .find(|entry| entry.id == id)
            .map_or(Health::Initial, |entry| entry.tracker.health())
    }

    /// The document after a round of probes: `results` says of each configured origin whether it
    /// passed. What `previous` knew of other origins is forgotten.
    pub fn after_round(
        previous: Option<&Self>,
        now: Timestamp,
        results: &[(&str, bool)],
        check: &HealthCheck,
    ) -> Self {
        let thresholds = check.thresholds();
        let known = |id: &str| previous?.entries.iter().find(|entry| entry.id == id).cloned();
        let entries = results.iter().map(|&(id, passed)| {
            let mut entry = known(id).unwrap_or_else(|| HealthEntry {
                id: id.to_owned(),
                tracker: HealthTracker::default(),
                since_ms: now.as_ms(),
            });
            if entry.tracker.record(passed, &thresholds).is_some() {
                entry.since_ms = now.as_ms();
            }
            entry
        });
        Self { version: VERSION, checked_at_ms: now.as_ms(), entries: entries.collect() }
    }

    /// Whether this document, made just now, should replace `stored`: when anything but the time
    /// differs, or the heartbeat is due. Counts below a threshold are part of the document, for
    /// the next run continues them; an origin whose probes always pass has a count that stays at
    /// zero and causes no writes.
    pub fn should_replace(&self, stored: Option<&Self>) -> bool {
        stored.is_none_or(|stored| {
            self.entries != stored.entries
                || self.checked_at().since(stored.checked_at()) >= HEARTBEAT
                // A clock that ran ahead must not silence the heartbeat for ever.
                || stored.checked_at() > self.checked_at()
        })
    }
}
