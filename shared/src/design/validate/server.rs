//! What can be wrong with how servers and dependencies work.

use super::{Check, DURATION_S_MAX, PATIENCE_MS_MAX, QUEUE_MAX};
use crate::design::{
    Asking, ColdStart, Dependency, Discipline, Group, NAME_CHARS_MAX, Place, RequestClass,
};
use crate::id::NodeId;

/// Most threads of a server or dependency.
const THREADS_MAX: u32 = 1_000_000;
/// Most connections of a server to a dependency.
const CONNECTIONS_MAX: u32 = 100_000;
/// Most entries of a cache.
const ENTRIES_MAX: u32 = 1_000_000_000;
/// Most flushes of a cache.
const FLUSHES_MAX: u32 = 100;
/// Most that one request asks at the same time.
const FAN_OUT_MAX: u32 = 10_000;
/// Most classes of requests of a source.
const CLASSES_MAX: u32 = 20;
/// Least share of a class: one that has none is left out.
const SHARE_MIN: f64 = 1e-6;
/// Largest share of a class.
const SHARE_MAX: f64 = 1e6;
/// Largest size of a request, in usual requests.
const SIZE_MAX: f64 = 1_000.0;

impl Check<'_> {
    pub(super) fn dependency(&mut self, at: Place, id: NodeId, dependency: &Dependency) {
        self.range(at, "workers", dependency.workers, 1.0, 10_000_u32, None);
        self.law(at, "service", &dependency.service);
        self.range(at, "queue_max", dependency.queue_max, 0.0, QUEUE_MAX, None);
        let default = Dependency::default();
        let queue = (dependency.queue_max, default.queue_max);
        self.scheduling(at, dependency.discipline, dependency.threads, queue);
        if let Some(pool) = dependency.connection_pool {
            self.range(at, "connection_pool.size", pool.size, 1.0, CONNECTIONS_MAX, None);
            let field = "connection_pool.timeout_ms";
            self.range(at, field, pool.timeout_ms, 0.0, PATIENCE_MS_MAX, None);
        }
        if let Some(cache) = &dependency.cache {
            self.range(at, "cache.hit_ratio", cache.hit_ratio, 0.0, 1.0, None);
            self.range(at, "cache.entries", cache.entries, 1.0, ENTRIES_MAX, None);
            let flushes = cache.flushes_at_s.len() as f64;
            self.range(at, "cache.flushes_at_s", flushes, 0.0, FLUSHES_MAX, None);
            for (i, &at_s) in cache.flushes_at_s.iter().enumerate() {
                let field = format!("cache.flushes_at_s[{i}]");
                self.range(at, &field, at_s, 0.0, DURATION_S_MAX, None);
            }
            if self.design.links_from(id).next().is_none() {
                // A miss has nobody to ask.
                self.no_effect(at, "cache", "links");
            }
        }
        self.fan_out(at, id, Asking::OneByOne);
    }

    /// How many a request asks at the same time.
    pub(super) fn fan_out(&mut self, at: Place, id: NodeId, asking: Asking) {
        let copies = self.design.links_from(id).map(|(_, link)| f64::from(link.copies));
        let most = match asking {
            Asking::AtOnce => copies.sum(),
            Asking::OneByOne => copies.fold(0.0, f64::max),
        };
        self.range(at, "copies", most, 0.0, FAN_OUT_MAX, None);
    }

    pub(super) fn classes(&mut self, at: Place, classes: &[RequestClass]) {
        self.range(at, "classes", classes.len() as f64, 0.0, CLASSES_MAX, None);
        for (i, class) in classes.iter().enumerate() {
            let field = |name| format!("classes[{i}].{name}");
            let chars = class.name.chars().count() as f64;
            self.range(at, &field("name"), chars, 0.0, NAME_CHARS_MAX as f64, None);
            self.range(at, &field("share"), class.share, SHARE_MIN, SHARE_MAX, None);
            self.range(at, &field("size"), class.size, 0.0, SIZE_MAX, None);
            let timeout_ms = class.timeout_ms.unwrap_or(0.0);
            self.range(at, &field("timeout_ms"), timeout_ms, 0.0, PATIENCE_MS_MAX, None);
        }
    }

    pub(super) fn scheduling_of_group(&mut self, at: Place, group: &Group) {
        let default = Group::default();
        let queue = (group.queue_max, default.queue_max);
        self.scheduling(at, group.discipline, group.threads, queue);
        if let Some(cold) = group.cold_start {
            let (field, most) = ("cold_start.duration_s", ColdStart::DURATION_S_MAX);
            self.range(at, field, cold.duration_s, 0.0, most, None);
            let field = "cold_start.initial_speed_percent";
            self.range(at, field, cold.initial_speed_percent, 1.0, 100.0, None);
        }
    }

    /// `queue` is the length of the queue and its default.
    fn scheduling(&mut self, at: Place, discipline: Discipline, threads: u32, queue: (u32, u32)) {
        self.range(at, "threads", threads, 0.0, THREADS_MAX, None);
        let shares_all = discipline == Discipline::ProcessorSharing && threads == 0;
        if shares_all && queue.0 != queue.1 {
            // Nobody ever waits.
            self.no_effect(at, "queue_max", "threads");
        }
    }
}
