//! Scheduled actions.

use crate::editor::form::parts::{open_text, open_whole, text};
use crate::editor::form::{Part, Unit};
use shared::scale::ScheduledPolicy;

const RECURRENCES: &[&str] = &["0 9 * * 1-5", "0 18 * * 1-5", "*/30 * * * *", "0 0 1 * *"];
/// Zones without summer time: every build knows them.
const TIME_ZONES: &[&str] = &["UTC", "Asia/Seoul", "Asia/Tokyo", "Asia/Singapore", "Asia/Kolkata"];

pub(super) fn scheduled_parts(path: &str, policy: &ScheduledPolicy) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let size = |name: &str, label, value| {
        open_whole(&at(name), label, value, (0, 10_000), Unit::Servers, "open-unchanged")
    };
    let zone = policy.time_zone.as_deref();
    vec![
        text(&at("recurrence"), "field-recurrence", &policy.recurrence, RECURRENCES.to_vec()),
        open_text(&at("time_zone"), "field-time-zone", zone, TIME_ZONES.to_vec(), "open-utc"),
        size("min_size", "field-new-min-size", policy.min_size),
        size("desired_capacity", "field-new-desired-capacity", policy.desired_capacity),
        size("max_size", "field-new-max-size", policy.max_size),
    ]
}
