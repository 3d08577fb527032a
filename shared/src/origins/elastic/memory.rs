//! The group of a pool as the store keeps it.

use crate::origins::{LOAD_MINUTES_MAX, LoadMetrics, Origin, Scaling};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The most entries of a journal: half a day in which nothing comes to rest. What is older is
/// given up, and the group starts from who is in service.
const JOURNAL_MAX: usize = 800;

/// A memory that is older than this, or this far ahead, is given up in the same way: alarms pass every
/// minute of it, and the cron has milliseconds.
const AGE_MAX: Span = Span::from_s(2 * 86_400);
const AHEAD_MAX: Span = Span::from_s(600);
/// A schedule may set sizes beyond what a pool has, but not beyond all reason.
const SIZE_MAX: u32 = 1_000;

/// What the store knows of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupMemory {
    /// The pool.
    pub pool: String,
    /// How many origins are wanted in service.
    pub desired: u32,
    /// Who is in service, on the way there, or on the way out. All others are on standby.
    pub members: Vec<MemberState>,
    /// Every origin of the pool when this was written, and the settings: with others the group
    /// begins anew, of those that were in service.
    origins: Vec<String>,
    settings: Scaling,
    /// When everything was at rest, in seconds of the Unix epoch; a whole minute.
    base_s: u64,
    /// Who was in service then, the newest first.
    pub(super) in_service: Vec<String>,
    /// Least and greatest size then.
    pub(super) sizes: (u32, u32),
    /// The load of the minutes that ended with the base, oldest first.
    pub(super) history: Vec<Minute>,
    /// When the desired capacity was set that the group heard of last, in milliseconds of the Unix
    /// epoch: each is told once, however often it is read.
    #[serde(default)]
    pub(super) heard_ms: u64,
    /// What the group was told since, with the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) journal: Vec<(u64, Told)>,
}

/// One origin that is not on standby.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberState {
    /// Which one.
    pub origin: String,
    /// Where it is in its life.
    pub phase: MemberPhase,
}

/// Where an origin that is not on standby is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberPhase {
    /// Activated; its first passing probe is awaited.
    Checking,
    /// It serves.
    InService,
    /// It gets nothing new and finishes what it has.
    Draining,
}

/// The load of one minute: sums over the origins that are in service and warm, and how many told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    /// CPU utilisation, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<(f64, u32)>,
    /// The metric that the configuration names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<(f64, u32)>,
}

/// Something that a group was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// A minute passed with this load.
    Minute(Minute),
    /// The health of an origin flipped.
    Health(String, bool),
    /// Somebody set the desired capacity.
    Desired(u32),
}

impl Minute {
    pub(super) fn add(&mut self, load: LoadMetrics) {
        let add = |total: &mut Option<(f64, u32)>, value: Option<f64>| {
            if let Some(value) = value {
                let (sum, origins) = total.unwrap_or_default();
                *total = Some((sum + value, origins + 1));
            }
        };
        add(&mut self.cpu, load.cpu_percent);
        add(&mut self.custom, load.custom);
    }
}

impl GroupMemory {
    /// A group that begins: the origins that are not on standby are in service.
    pub(super) fn new(pool: &str, scaling: &Scaling, origins: &[Origin], now: Timestamp) -> Self {
        let max = scaling.max(origins.len());
        let ready = origins.iter().filter(|origin| !origin.standby).take(max as usize);
        let mut in_service: Vec<String> = ready.map(|origin| origin.id.clone()).collect();
        in_service.reverse();
        Self {
            pool: pool.to_owned(),
            desired: in_service.len() as u32,
            members: Vec::new(),
            origins: origins.iter().map(|origin| origin.id.clone()).collect(),
            settings: scaling.clone(),
            base_s: now.as_ms() / 60_000 * 60,
            in_service,
            sizes: (scaling.min_size, max),
            history: Vec::new(),
            heard_ms: 0,
            journal: Vec::new(),
        }
    }

    /// Whether it is of this pool as it is now, and can be told again.
    pub(super) fn fits(
        &self,
        pool: &str,
        scaling: &Scaling,
        origins: &[Origin],
        now: Timestamp,
    ) -> bool {
        self.pool == pool
            && self.origins.iter().eq(origins.iter().map(|origin| &origin.id))
            && self.settings == *scaling
            && self.journal.len() <= JOURNAL_MAX
            && self.is_plausible(origins.len(), now)
    }

    /// Whether times and sizes are such as this module writes: the store is not trusted.
    fn is_plausible(&self, origins: usize, now: Timestamp) -> bool {
        let (min, max) = self.sizes;
        let times = self.journal.iter().map(|(at_s, _)| *at_s);
        self.in_service.len() <= origins
            && min <= max
            && max <= SIZE_MAX
            && now.since(self.base()) <= AGE_MAX
            && self.told_until() <= now + AHEAD_MAX
            && std::iter::once(self.base_s).chain(times).is_sorted()
    }

    /// A group that begins under new settings: who was in service stays, within the new sizes.
    pub(super) fn renewed(
        &self,
        pool: &str,
        scaling: &Scaling,
        origins: &[Origin],
        now: Timestamp,
    ) -> Self {
        let mut fresh = Self::new(pool, scaling, origins, now);
        fresh.heard_ms = self.heard_ms;
        let served = |id: &str| {
            let serves = |member: &&MemberState| member.phase == MemberPhase::InService;
            self.members.iter().filter(serves).any(|member| member.origin == id)
        };
        let kept = origins.iter().map(|origin| &origin.id).filter(|id| served(id));
        let mut kept: Vec<String> = kept.take(fresh.sizes.1 as usize).cloned().collect();
        kept.reverse();
        if self.pool == pool && kept.len() as u32 >= fresh.sizes.0 {
            fresh.desired = kept.len() as u32;
            fresh.in_service = kept;
        }
        fresh
    }

    /// Leaves out what no alarm can see: the store is not trusted with how much it remembers.
    pub(super) fn trim(&mut self) {
        let surplus = self.history.len().saturating_sub(LOAD_MINUTES_MAX as usize + 4);
        self.history.drain(..surplus);
    }

    pub(super) const fn base(&self) -> Timestamp {
        Timestamp::from_s(self.base_s)
    }

    /// Up to when the group was told anything.
    pub(super) fn told_until(&self) -> Timestamp {
        self.journal.last().map_or(self.base(), |(at_s, _)| Timestamp::from_s(*at_s))
    }

    /// The newest minute that the group was told of.
    pub(super) fn last_minute(&self) -> Timestamp {
        let is_minute = |(_, told): &&(u64, Told)| matches!(told, Told::Minute(_));
        let last = self.journal.iter().rev().find(is_minute);
        last.map_or(self.base(), |(at_s, _)| {
            let span = Span::from_s(*at_s);
            Timestamp::from_s(span.as_ns() / 60_000_000_000 * 60)
        })
    }

    /// The load of that minute.
    pub(super) fn newest(&self) -> Option<&Minute> {
        let minute = |(_, told): &'_ (u64, Told)| matches!(told, Told::Minute(_));
        match self.journal.iter().rev().find(|entry| minute(entry)) {
            Some((_, Told::Minute(minute))) => Some(minute),
            _ => self.history.last(),
        }
    }

    /// Everything is at rest: the journal becomes the base.
    pub(super) fn rebase(&mut self, in_service: Vec<String>, sizes: (u32, u32)) {
        let base = self.last_minute();
        for (_, told) in std::mem::take(&mut self.journal) {
            if let Told::Minute(minute) = told {
                self.history.push(minute);
            }
        }
        self.base_s = base.as_ms() / 1_000;
        self.in_service = in_service;
        self.sizes = sizes;
        self.trim();
    }
}
