//! How servers and dependencies work: order, threads, slowness when fresh; pools, caches, classes.

use super::parts::{
    Options, cards, choice, json, numbers_list, open_real, optional, real, text, whole,
};
use super::{ListItem, Number, Part, Unit};
use crate::editor::notice::Text;
use shared::design::{Asking, Cache, ColdStart, ConnectionPool, Discipline, RequestClass};

/// Longest run, seconds: 31 days.
const DURATION_S_MAX: f64 = 31.0 * 86_400.0;
/// Longest that somebody waits: an hour.
const PATIENCE_MS_MAX: f64 = 3_600_000.0;
/// Most flushes of a cache that the inspector adds.
const FLUSHES_MAX: usize = 100;
/// Most classes of requests.
const CLASSES_MAX: usize = 20;

const DISCIPLINES: Options =
    &[("fifo", "discipline-fifo"), ("processor_sharing", "discipline-processor-sharing")];

const ASKING: Options = &[("one_by_one", "asking-one-by-one"), ("at_once", "asking-at-once")];

pub(super) fn asking(asking: Asking) -> Part {
    choice("asking", "field-asking", &asking, ASKING)
}

pub(super) fn scheduling(discipline: Discipline, threads: u32) -> [Part; 2] {
    [
        choice("discipline", "field-discipline", &discipline, DISCIPLINES),
        whole("threads", "field-threads", threads, 0, 1_000_000, Unit::None),
    ]
}

pub(super) fn cold_start_section(cold_start: Option<&ColdStart>) -> Part {
    optional("cold_start", "section-cold-start", cold_start, |cold| {
        let (length, percent) = ("cold_start.duration_s", "cold_start.initial_speed_percent");
        let most = ColdStart::DURATION_S_MAX;
        let speed = cold.initial_speed_percent;
        vec![
            real(length, "field-cold-start-duration", cold.duration_s, 0.0, most, Unit::Seconds),
            real(percent, "field-initial-speed", speed, 1.0, 100.0, Unit::Percent),
        ]
    })
}

pub(super) fn pool_section(pool: Option<&ConnectionPool>) -> Part {
    optional("connection_pool", "section-connection-pool", pool, |pool| {
        let (size, timeout) = ("connection_pool.size", "connection_pool.timeout_ms");
        let (unit, most) = (Unit::Milliseconds, PATIENCE_MS_MAX);
        vec![
            whole(size, "field-pool-size", pool.size, 1, 100_000, Unit::None),
            real(timeout, "field-pool-timeout", pool.timeout_ms, 0.0, most, unit),
        ]
    })
}

pub(super) fn cache_section(cache: Option<&Cache>) -> Part {
    optional("cache", "section-cache", cache, |cache| {
        let (ratio, entries) = (cache.hit_ratio, cache.entries);
        let flushes: Vec<f64> = cache.flushes_at_s.iter().map(|&at_s| f64::from(at_s)).collect();
        let at = Number {
            value: Some(600.0),
            min: 0.0,
            max: DURATION_S_MAX,
            integer: true,
            unit: Unit::Seconds,
            absent: None,
        };
        let words = ("list-flushes", "field-flush-at", "list-flushes-add");
        vec![
            real("cache.hit_ratio", "field-hit-ratio", ratio, 0.0, 1.0, Unit::None),
            whole("cache.entries", "field-cache-entries", entries, 1, 1_000_000_000, Unit::None),
            numbers_list("cache.flushes_at_s", words, &flushes, at, FLUSHES_MAX),
        ]
    })
}

pub(super) fn classes_list(classes: &[RequestClass]) -> Part {
    let item = |(i, class): (usize, &RequestClass)| {
        let at = |name: &str| format!("classes[{i}].{name}");
        let (none, unit) = (Unit::None, Unit::Milliseconds);
        let (timeout, range) = (class.timeout_ms, (0.0, PATIENCE_MS_MAX));
        let (label, absent) = ("field-class-timeout", "open-as-source");
        ListItem {
            title: Text::new("class-title").with("number", i + 1),
            parts: vec![
                text(&at("name"), "field-class-name", &class.name, Vec::new()),
                real(&at("share"), "field-class-share", class.share, 1e-6, 1e6, none),
                real(&at("size"), "field-class-size", class.size, 0.0, 1_000.0, none),
                open_real(&at("timeout_ms"), label, timeout, range, unit, absent),
            ],
        }
    };
    let new = json(&RequestClass::default());
    let items = classes.iter().enumerate().map(item).collect();
    cards("classes", ("list-classes", "list-classes-add"), items, (new, CLASSES_MAX))
}
