//! What people change while the Worker runs: which version of the configuration is current, and
//! what they want of single origins.
//!
//! One document in the store, [`Control`], written by the console's API only. The part that
//! isolates need is copied into the health document, so that an isolate reads one key however much
//! there is to know. Copies travel by several ways and caches; [`Wishes::at_ms`] says which is the
//! newest. Each version of the configuration is a value of its own and never changes:
//! going back is naming an older one.

use super::event::{Event, EventKind, Events};
use super::{EdgeConfig, OriginState};
use crate::balance::Health;
use crate::json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many versions of the configuration are kept.
pub const VERSIONS_KEPT: usize = 20;

/// What the console's API keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Control {
    /// What isolates need to know.
    #[serde(flatten)]
    pub wishes: Wishes,
    /// The versions that are kept, oldest first.
    pub versions: Vec<Version>,
    /// What was changed, oldest first.
    pub events: Events,
}

/// The part of [`Control`] that isolates need.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// When somebody wished something last, in milliseconds of the Unix epoch, and later than the
    /// wish before it: of two sets of wishes the later one counts, whatever brought it here.
    pub at_ms: u64,
    /// The current version of the configuration; 0 for the variable `GOMUJUL_CONFIG`.
    pub current: u64,
    /// The highest number that a version has had: none is used twice.
    pub newest: u64,
    /// What is wanted of origins, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub origins: BTreeMap<String, Override>,
    /// The desired capacity that somebody set, by pool, with the time at which it was: the group
    /// takes each of them once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<String, WantedCapacity>,
}

/// One version of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number; never used twice.
    pub number: u64,
    /// When it was stored, in milliseconds of the Unix epoch.
    pub at_ms: u64,
    /// How many origins it has.
    pub origins: usize,
}

/// What is wanted of one origin, over what the configuration says. Absent: as configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Override {
    /// Whether it takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OriginState>,
    /// Its part of the traffic, 0 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// What is believed of it whatever probes say, as HAProxy's `set server health`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<ForcedHealth>,
}

/// A health that no probe changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForcedHealth {
    /// Gets requests.
    Healthy,
    /// Gets none.
    Unhealthy,
}

impl From<ForcedHealth> for Health {
    fn from(forced: ForcedHealth) -> Self {
        match forced {
            ForcedHealth::Healthy => Self::Healthy,
            ForcedHealth::Unhealthy => Self::Unhealthy,
        }
    }
}

/// A desired capacity that somebody set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedCapacity {
    /// How many origins.
    pub desired: u32,
    /// When it was set, in milliseconds of the Unix epoch.
    pub at_ms: u64,
}

/// Why a wish is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Control {
    /// Reads a stored document. Whatever is not one says nothing about what people want: an empty
    /// one in its place would take back every wish.
    pub fn from_json(text: &str) -> Option<Self> {
        // Serde would take a list for the fields in their order, and an empty one for no wishes.
        text.trim_start().starts_with('{').then(|| json::read(text).ok())?
    }

    /// What can be known without the stored document: the wishes that isolates follow.
    pub fn recovered(wishes: Wishes) -> Self {
        Self { wishes, ..Self::default() }
    }

    /// The document as text for the store.
    pub fn to_json(&self) -> String {
        // Plain data with string keys cannot fail to serialise.
        json::write(self).unwrap_or_default()
    }

    /// A wish at `at_ms` by a clock that need not be that of the wish before.
    fn wish_at(&mut self, at_ms: u64) {
        self.wishes.at_ms = at_ms.max(self.wishes.at_ms.saturating_add(1));
    }

    /// The number that the next version gets: one that none had, so far as is known.
    pub fn next_number(&self) -> u64 {
        let last = self.versions.last().map_or(0, |version| version.number);
        last.max(self.wishes.current).max(self.wishes.newest).saturating_add(1)
    }

    /// A checked configuration was stored under [`Self::next_number`] and becomes current. Returns
    /// the numbers of versions that are kept no longer.
    pub fn stored(&mut self, config: &EdgeConfig, at_ms: u64) -> Vec<u64> {
        let number = self.next_number();
        self.wishes.newest = number;
        self.versions.push(Version { number, at_ms, origins: config.all_origins().count() });
        self.activate(number, at_ms);
        let surplus = self.versions.len().saturating_sub(VERSIONS_KEPT);
        self.versions.drain(..surplus).map(|version| version.number).collect()
    }

    /// Makes an older version current; without a number the one before the current one, and 0 for
    /// the variable.
    ///
    /// # Errors
    ///
    /// It is not kept any more, or there is none before.
    pub fn roll_back(&mut self, number: Option<u64>, at_ms: u64) -> Result<u64, Refusal> {
        let current = self.wishes.current;
        let before = self.versions.iter().rev().map(|version| version.number);
        let number = match number {
            Some(number) => number,
            None if current == 0 => {
                return Err(Refusal("there is no version before the current one".to_owned()));
            }
            None => before.into_iter().find(|&number| number < current).unwrap_or(0),
        };
        if number != 0 && !self.versions.iter().any(|version| version.number == number) {
            let kept: Vec<String> =
                self.versions.iter().map(|version| version.number.to_string()).collect();
            let kept = kept.join(", ");
            return Err(Refusal(format!("there is no version {number}: 0, {kept} are kept")));
        }
        self.activate(number, at_ms);
        Ok(number)
    }

    fn activate(&mut self, number: u64, at_ms: u64) {
        self.wish_at(at_ms);
        self.wishes.current = number;
        self.events.push(Event { at_ms, kind: EventKind::ConfigVersion { number } });
    }

    /// Wants something of an origin of `config`. An override that wants nothing takes the earlier
    /// one back.
    ///
    /// # Errors
    ///
    /// There is no such origin, or its weight is out of range.
    pub fn set_override(
        &mut self,
        config: &EdgeConfig,
        id: &str,
        wanted: Override,
        at_ms: u64,
    ) -> Result<(), Refusal> {
        if !config.all_origins().any(|origin| origin.id == id) {
            let ids: Vec<&str> = config.all_origins().map(|origin| origin.id.as_str()).collect();
            return Err(Refusal(format!("no origin is called {id}: there are {}", ids.join(", "))));
        }
        if let Some(weight) = wanted.weight.filter(|&weight| weight > 1_000) {
            return Err(Refusal(format!("weight is {weight}: set it to 0 to 1000")));
        }
        if wanted == Override::default() {
            self.wishes.origins.remove(id);
        } else {
            self.wishes.origins.insert(id.to_owned(), wanted);
        }
        self.wish_at(at_ms);
        let kind = EventKind::Override { origin: id.to_owned(), wanted };
        self.events.push(Event { at_ms, kind });
        Ok(())
    }

    /// Wants a pool to have so many origins in service.
    ///
    /// # Errors
    ///
    /// There is no such pool, it does not scale, or the number is out of its bounds.
    pub fn set_capacity(
        &mut self,
        config: &EdgeConfig,
        pool: &str,
        desired: u32,
        at_ms: u64,
    ) -> Result<(), Refusal> {
        let pools = config.by_pool();
        let Some((_, settings)) = pools.iter().find(|(id, _)| id == pool) else {
            let ids: Vec<&str> = config.pool_ids().collect();
            return Err(Refusal(format!("no pool is called {pool}: there are {}", ids.join(", "))));
        };
        let Some(scaling) = &settings.scaling else {
            return Err(Refusal(format!("the pool {pool} has no scaling settings")));
        };
        let (min, max) = (scaling.min_size, scaling.max(settings.origins.len()));
        if desired < min || desired > max {
            return Err(Refusal(format!("desired is {desired}: set it to {min} to {max}")));
        }
        self.wish_at(at_ms);
        let at_ms = self.wishes.at_ms;
        self.wishes.capacity.insert(pool.to_owned(), WantedCapacity { desired, at_ms });
        Ok(())
    }
}

impl Wishes {
    /// Takes over `others` if they are as new or newer. Whether they were.
    pub fn renew(&mut self, others: &Self) -> bool {
        let is_newer = others.at_ms >= self.at_ms;
        if is_newer {
            others.clone_into(self);
        }
        is_newer
    }

    /// What is wanted of an origin.
    pub fn of(&self, id: &str) -> Override {
        self.origins.get(id).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> EdgeConfig {
        let text = r#"{"origins": [{"id": "a", "url": "http://a"}, {"id": "b", "url": "http://b"}],
            "scaling": {"max_size": 2}}"#;
        EdgeConfig::from_json(text).unwrap()
    }

    #[test]
    fn versions_count_up_are_kept_and_come_back() {
        let mut control = Control::default();
        assert!(control.roll_back(None, 0).is_err());
        let mut gone = Vec::new();
        for at_ms in 1..=22 {
            gone.extend(control.stored(&config(), at_ms));
        }
        assert_eq!((control.wishes.current, gone), (22, vec![1, 2]));
        assert_eq!(control.roll_back(None, 30), Ok(21));
        assert_eq!(control.roll_back(None, 31), Ok(20));
        assert_eq!(control.roll_back(Some(22), 32), Ok(22));
        assert!(control.roll_back(Some(2), 33).unwrap_err().0.contains("0, 3, 4"));
        assert_eq!(control.roll_back(Some(0), 34), Ok(0), "the variable");
        assert_eq!(control.next_number(), 23, "numbers are never used twice");
        assert_eq!(Control::from_json(&control.to_json()), Some(control));
        for garbage in ["", "null", "[]", "{\"versions\": 7}"] {
            assert_eq!(Control::from_json(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn a_lost_document_is_made_anew_from_what_isolates_follow() {
        let mut wishes = Wishes { current: 7, ..Wishes::default() };
        let drained = Override { state: Some(OriginState::Drain), ..Override::default() };
        wishes.origins.insert("a".to_owned(), drained);
        let mut control = Control::recovered(wishes);
        assert_eq!(control.next_number(), 8, "version 7 is somewhere in the store");
        control.stored(&config(), 1);
        assert_eq!((control.wishes.current, control.wishes.of("a")), (8, drained));
        control.wishes.current = u64::MAX;
        assert_eq!(control.next_number(), u64::MAX);
    }

    #[test]
    fn the_newest_wishes_count_whatever_the_clocks_say() {
        let mut control = Control::default();
        let drained = Override { state: Some(OriginState::Drain), ..Override::default() };
        control.set_override(&config(), "a", drained, 1_000).unwrap();
        let before = control.wishes.clone();
        // Another machine's clock is behind.
        control.set_override(&config(), "b", drained, 900).unwrap();
        let after = control.wishes.clone();
        assert!(after.at_ms > before.at_ms);
        let mut known = before.clone();
        assert!(known.renew(&after) && !known.renew(&before));
        assert_eq!(known, after);
        // A stale reading of the store is caught up with before anything is changed in it.
        let mut stale = Control::recovered(before);
        stale.wishes.renew(&after);
        stale.stored(&config(), 950);
        assert_eq!((stale.wishes.of("b"), stale.wishes.current), (drained, 1));
        assert!(stale.wishes.at_ms > after.at_ms);
    }

    #[test]
    fn wishes_are_checked_and_taken_back() {
        let mut control = Control::default();
        let drained = Override { state: Some(OriginState::Drain), ..Override::default() };
        assert_eq!(control.set_override(&config(), "a", drained, 1), Ok(()));
        assert_eq!(control.wishes.of("a"), drained);
        let message = control.set_override(&config(), "c", drained, 2).unwrap_err().0;
        assert!(message.contains("there are a, b"), "{message}");
        let heavy = Override { weight: Some(1_001), ..Override::default() };
        assert!(control.set_override(&config(), "a", heavy, 3).is_err());
        assert_eq!(control.set_override(&config(), "a", Override::default(), 4), Ok(()));
        assert!(control.wishes.origins.is_empty());
        assert!(control.set_capacity(&config(), "default", 2, 5).is_ok());
        let message = control.set_capacity(&config(), "default", 3, 5).unwrap_err().0;
        assert_eq!(message, "desired is 3: set it to 1 to 2");
        assert!(control.set_capacity(&config(), "x", 1, 5).is_err());
    }
}
