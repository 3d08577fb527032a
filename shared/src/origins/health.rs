//! What the cron knows of the origins, as one document in the store.
//!
//! One key holds all origins, because the store counts operations: a key each, written every
//! minute, would spend the free plan's day in hours. It is written when something changed, and
//! every [`HEARTBEAT`] otherwise, so that a reader can tell a quiet system from a dead cron:
//! 288 writes a day and one for each change, of 1,000 that are free.

use super::control::Wishes;
use super::event::{Event, EventKind, Events};
use super::{GroupMemory, HealthCheck, MemberPhase};
use crate::balance::{Health, HealthTracker};
use crate::json;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How often the document is written while nothing changes.
pub const HEARTBEAT: Span = Span::from_s(300);

/// Writes a day after which running counts are given up: the rest is for what clients notice.
const MINOR_WRITES_PER_DAY: u32 = 600;

/// Writes of this document in a day. The free plan has 1,000; the others are for people: two for
/// each change through the API, one for each short link.
const WRITES_PER_DAY: u64 = 950;

const DAY_MS: u64 = 86_400_000;

/// The version of the layout. Another version is read as nothing.
const VERSION: u32 = 1;

/// Everything that an isolate reads: what probes found out, what people want and what the elastic
/// loop decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthDocument {
    version: u32,
    /// When the last probe of the round that wrote this document ended, in milliseconds of the
    /// Unix epoch.
    pub checked_at_ms: u64,
    /// One entry for each origin, in the order of the configuration.
    pub entries: Vec<HealthEntry>,
    /// What people want, as the cron last read it.
    #[serde(default)]
    pub wishes: Wishes,
    /// The groups of pools that scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupMemory>,
    /// What happened.
    #[serde(default, skip_serializing_if = "Events::is_empty")]
    pub events: Events,
    /// The day that `writes` counts, in days of the Unix epoch.
    #[serde(default)]
    day: u64,
    /// How often the cron has written this document on that day.
    #[serde(default)]
    writes: u32,
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

impl Default for HealthDocument {
    /// Nothing is known.
    fn default() -> Self {
        Self {
            version: VERSION,
            checked_at_ms: 0,
            entries: Vec::new(),
            wishes: Wishes::default(),
            groups: Vec::new(),
            events: Events::default(),
            day: 0,
            writes: 0,
        }
    }
}

impl HealthDocument {
    /// Reads a stored document. Whatever is not one, or of another version, is read as nothing
    /// known: no store may stop traffic.
    pub fn from_json(text: &str) -> Option<Self> {
        json::read(text).ok().filter(|document: &Self| document.version == VERSION)
    }

    /// The document as text for the store.
    pub fn to_json(&self) -> String {
        // Plain data with string keys cannot fail to serialise; an empty text is read as nothing.
        json::write(self).unwrap_or_default()
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

    /// Whether `id` is healthy and passed its last probe: a healthy origin that just failed one is
    /// under suspicion, not yet out.
    pub fn vouches_for(&self, id: &str) -> bool {
        let sound = |entry: &HealthEntry| {
            entry.tracker.health() == Health::Healthy && entry.tracker.streak() == 0
        };
        self.entries.iter().any(|entry| entry.id == id && sound(entry))
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
        let entries = entries.collect();
        Self { entries, checked_at_ms: now.as_ms(), ..previous.cloned().unwrap_or_default() }
    }

    /// Takes the result of one probe; the new health of the origin if it flipped. `reason` says
    /// what the probe saw.
    pub fn record(
        &mut self,
        now: Timestamp,
        id: &str,
        passed: bool,
        check: &HealthCheck,
        reason: &str,
    ) -> Option<Health> {
        let entry = match self.entries.iter_mut().position(|entry| entry.id == id) {
            Some(known) => self.entries.get_mut(known)?,
            None => {
                let tracker = HealthTracker::default();
                let since_ms = now.as_ms();
                self.entries.push(HealthEntry { id: id.to_owned(), tracker, since_ms });
                self.entries.last_mut()?
            }
        };
        self.checked_at_ms = now.as_ms();
        let flipped = entry.tracker.record(passed, &check.thresholds())?;
        entry.since_ms = now.as_ms();
        self.events.push(Event {
            at_ms: now.as_ms(),
            kind: EventKind::Health {
                origin: id.to_owned(),
                health: flipped,
                reason: reason.to_owned(),
            },
        });
        Some(flipped)
    }

    /// Forgets the health of origins that `keep` does not name, and brings the others into its
    /// order.
    pub fn keep_only(&mut self, keep: &[&str]) {
        let place = |id: &str| keep.iter().position(|known| *known == id);
        self.entries.retain(|entry| place(&entry.id).is_some());
        crate::ordered::sort_by(&mut self.entries, |a, b| place(&a.id).cmp(&place(&b.id)));
    }

    /// Where an origin that scales is in its life: on standby if nothing is said of it.
    pub fn phase(&self, pool: &str, id: &str) -> Option<MemberPhase> {
        let group = self.groups.iter().find(|group| group.pool == pool)?;
        group.members.iter().find(|member| member.origin == id).map(|member| member.phase)
    }

    /// What is the newest of `known` and `other`: whatever was checked later, and whatever was wished
    /// later. `None` if `other` brings nothing new.
    pub fn merged(known: Option<&Self>, other: Self) -> Option<Self> {
        let Some(known) = known else { return Some(other) };
        let mut wishes = known.wishes.clone();
        let wishes_are_newer = wishes.renew(&other.wishes);
        let is_newer = other.checked_at_ms >= known.checked_at_ms;
        let newest = if is_newer { other } else { known.clone() };
        (is_newer || wishes_are_newer).then_some(Self { wishes, ..newest })
    }

    /// Counts one more write of this document. Called before it is written.
    pub fn count_write(&mut self, now: Timestamp) {
        let day = now.as_ms() / DAY_MS;
        if self.day != day {
            (self.day, self.writes) = (day, 0);
        }
        self.writes = self.writes.saturating_add(1);
    }

    /// Whether the cron writes this document now over `stored`. What clients notice, and what
    /// the elastic loop decided (`matters`), is written at once, as long as the day's budget leaves
    /// enough for its heartbeats: from then on it waits for these. Running counts under a
    /// threshold wait for the last round of a run, one write for all of them, and are given up for
    /// the day when they were too many.
    pub fn is_to_be_written(
        &self,
        now: Timestamp,
        stored: Option<&Self>,
        is_last_round: bool,
        matters: bool,
    ) -> bool {
        let writes = if self.day == now.as_ms() / DAY_MS { self.writes } else { 0 };
        if stored.is_none_or(|stored| self.is_due_over(stored)) {
            return true;
        }
        let heartbeat_ms = HEARTBEAT.as_ns() / 1_000_000;
        let reserve = (DAY_MS - now.as_ms() % DAY_MS).div_ceil(heartbeat_ms);
        let has_budget = u64::from(writes) + reserve < WRITES_PER_DAY;
        let is_minor = is_last_round && writes < MINOR_WRITES_PER_DAY;
        has_budget
            && (matters
                || self.differs_for_clients(stored)
                || (is_minor && self.should_replace(stored)))
    }

    /// Whether this document says something else to clients than `stored` does: who is healthy,
    /// what is wanted, who is in service.
    pub fn differs_for_clients(&self, stored: Option<&Self>) -> bool {
        stored.is_none_or(|stored| {
            let beliefs = |document: &Self| -> Vec<(String, Health)> {
                document.entries.iter().map(|e| (e.id.clone(), e.tracker.health())).collect()
            };
            beliefs(self) != beliefs(stored)
                || self.wishes != stored.wishes
                || self
                    .groups
                    .iter()
                    .map(|g| (&g.pool, &g.members))
                    .ne(stored.groups.iter().map(|g| (&g.pool, &g.members)))
        })
    }

    /// Whether this document, made just now, should replace `stored`: when anything but the time
    /// differs, or the heartbeat is due. Counts below a threshold are part of the document, for
    /// the next run continues them; an origin whose probes always pass has a count that stays at
    /// zero and causes no writes.
    pub fn should_replace(&self, stored: Option<&Self>) -> bool {
        stored.is_none_or(|stored| {
            self.entries != stored.entries
                || self.wishes != stored.wishes
                || self.is_due_over(stored)
        })
    }

    /// Whether the heartbeat is due.
    fn is_due_over(&self, stored: &Self) -> bool {
        self.checked_at().since(stored.checked_at()) >= HEARTBEAT
            // A clock that ran ahead must not silence the heartbeat for ever.
            || stored.checked_at() > self.checked_at()
    }
}
