//! The settings of a traffic source.

use super::parts::{Options, choice, field, json, real, rows, section, whole};
use super::server::classes_list;
use super::{Control, ListItem, Part, Syntax, Unit};
use crate::editor::notice::Text;
use shared::design::{Bursts, RatePoint, Source, Traffic, series_to_csv};
use shared::dist::LAW_MS_MAX;

/// Most points of a traffic curve that the inspector adds.
pub(super) const POINTS_MAX: usize = 100;
/// Most users of a closed loop.
const USERS_MAX: u32 = 100_000;
/// Longest that a client waits or pauses: an hour.
const PATIENCE_MS_MAX: f64 = 3_600_000.0;

const TRAFFIC: Options = &[
    ("constant", "traffic-constant"),
    ("ramps", "traffic-ramps"),
    ("steps", "traffic-steps"),
    ("day", "traffic-day"),
    ("week", "traffic-week"),
    ("recorded", "traffic-recorded"),
    ("users", "traffic-users"),
];
const WEEKDAYS: Options = &[
    ("monday", "weekday-monday"),
    ("tuesday", "weekday-tuesday"),
    ("wednesday", "weekday-wednesday"),
    ("thursday", "weekday-thursday"),
    ("friday", "weekday-friday"),
    ("saturday", "weekday-saturday"),
    ("sunday", "weekday-sunday"),
];
const BETWEEN: Options = &[("steps", "between-steps"), ("lines", "between-lines")];
const ARRIVALS: Options = &[("poisson", "arrivals-poisson"), ("constant", "arrivals-constant")];

pub(super) fn source_form(source: &Source) -> Vec<Part> {
    let mut parts = vec![choice("traffic.type", "field-traffic", &source.traffic, TRAFFIC)];
    match &source.traffic {
        Traffic::Constant { rate_per_s } => parts.push(rate("traffic.rate_per_s", *rate_per_s)),
        Traffic::Steps { points } | Traffic::Ramps { points } => parts.push(points_list(points)),
        &Traffic::Day { low_per_s, high_per_s, peak_at_s } => parts.extend([
            at_rate("traffic.low_per_s", "field-low-rate", low_per_s),
            at_rate("traffic.high_per_s", "field-high-rate", high_per_s),
            field("traffic.peak_at_s", "field-peak-at", Control::TimeOfDay { value: peak_at_s }),
        ]),
        Traffic::Week { low_per_s, high_per_s, peak_at_s, weekend_percent, starts_on } => {
            let peak_at = Control::TimeOfDay { value: *peak_at_s };
            let (path, percent) = ("traffic.weekend_percent", *weekend_percent);
            parts.extend([
                at_rate("traffic.low_per_s", "field-low-rate", *low_per_s),
                at_rate("traffic.high_per_s", "field-high-rate", *high_per_s),
                field("traffic.peak_at_s", "field-peak-at", peak_at),
                real(path, "field-weekend", percent, 0.0, 1_000.0, Unit::Percent),
                choice("traffic.starts_on", "field-starts-on", starts_on, WEEKDAYS),
            ]);
        }
        Traffic::Recorded { points, between } => {
            let (suggestions, absent, syntax) = (Vec::new(), None, Syntax::Series);
            let value = series_to_csv(points);
            let text = Control::Text(super::Text { value, suggestions, absent, syntax });
            parts.push(field("traffic.points", "field-series", text));
            parts.push(choice("traffic.between", "field-between", between, BETWEEN));
        }
        &Traffic::Users { users, think_ms } => parts.extend([
            whole("traffic.users", "field-users", users, 1, USERS_MAX, Unit::None),
            millis("traffic.think_ms", "field-think", think_ms, LAW_MS_MAX),
        ]),
    }
    parts.push(choice("arrivals", "field-arrivals", &source.arrivals, ARRIVALS));
    let (clients, skew) = (source.clients, source.client_skew);
    parts.push(whole("clients", "field-clients", clients, 0, 10_000_000, Unit::None));
    parts.push(real("client_skew", "field-client-skew", skew, 0.0, 4.0, Unit::None));
    let (label, posts) = ("field-post-percent", source.post_percent);
    parts.push(real("post_percent", label, posts, 0.0, 100.0, Unit::Percent));
    parts.push(bursts_section(&source.bursts));
    parts.push(patience_section(source));
    parts.push(classes_list(&source.classes));
    parts
}

/// A rate that calms down and bursts at random.
fn bursts_section(bursts: &Bursts) -> Part {
    let factor = |path, label, value| real(path, label, value, 0.0, 1_000.0, Unit::None);
    let length = |path, label, value| real(path, label, value, 0.001, 86_400.0, Unit::Seconds);
    let parts = vec![
        factor("bursts.burst_factor", "field-burst-factor", bursts.burst_factor),
        factor("bursts.calm_factor", "field-calm-factor", bursts.calm_factor),
        length("bursts.burst_s", "field-burst-length", bursts.burst_s),
        length("bursts.calm_s", "field-calm-length", bursts.calm_s),
    ];
    section("section-bursts", parts)
}

/// How long clients wait and how often they try again.
fn patience_section(source: &Source) -> Part {
    let parts = vec![
        millis("timeout_ms", "field-client-timeout", source.timeout_ms, PATIENCE_MS_MAX),
        whole("retries", "field-retries", source.retries, 0, 10, Unit::None),
        millis("backoff_ms", "field-backoff", source.backoff_ms, PATIENCE_MS_MAX),
        millis("backoff_max_ms", "field-backoff-max", source.backoff_max_ms, PATIENCE_MS_MAX),
    ];
    section("section-patience", parts)
}

fn millis(path: &str, label: &'static str, value: f64, max: f64) -> Part {
    real(path, label, value, 0.0, max, Unit::Milliseconds)
}

fn points_list(points: &[RatePoint]) -> Part {
    let item = |(i, point): (usize, &RatePoint)| {
        let at = |name: &str| format!("traffic.points[{i}].{name}");
        let (end, unit) = (31.0 * 86_400.0, Unit::Seconds);
        ListItem {
            title: Text::new("point-title").with("number", i + 1),
            parts: vec![
                real(&at("at_s"), "field-at", point.at_s, 0.0, end, unit),
                rate(&at("rate_per_s"), point.rate_per_s),
            ],
        }
    };
    // A new point goes on a minute after the last one.
    let before_first = RatePoint { at_s: -60.0, rate_per_s: 100.0 };
    let last = points.last().copied().unwrap_or(before_first);
    let new = json(&RatePoint { at_s: last.at_s + 60.0, ..last });
    let items = points.iter().enumerate().map(item).collect();
    rows("traffic.points", ("list-points", "list-points-add"), items, (new, POINTS_MAX))
}

fn rate(path: &str, value: f64) -> Part {
    at_rate(path, "field-rate", value)
}

fn at_rate(path: &str, label: &'static str, value: f64) -> Part {
    real(path, label, value, 0.0, 1_000_000.0, Unit::RequestsPerSecond)
}
