//! How sure the figures are, and whether the run added up.

use super::{line, name, part};
use crate::i18n::{self, Locale, units};
use shared::sim::RunResult;
use yew::prelude::*;

/// Intervals of latency, conservation of requests, Little's law.
pub(super) fn trust(locale: Locale, result: &RunResult) -> Html {
    let RunResult { latency, intervals, checks, .. } = result;
    let figures = [
        ("trust-mean", latency.mean_ms, intervals.mean_ms),
        ("trust-p50", latency.p50_ms, intervals.p50_ms),
        ("trust-p99", latency.p99_ms, intervals.p99_ms),
    ];
    let interval = |(key, value, half_width): (&'static str, f64, Option<f64>)| {
        let value = match half_width {
            Some(half_width) => format!("{} ± {}", units::ms(value), units::ms(half_width)),
            None => i18n::format(locale, "trust-unknown", &[("value", units::ms(value).into())]),
        };
        line(key.to_owned(), i18n::text(locale, key), value, None)
    };
    let conserved = if checks.conserved { "trust-conserved-yes" } else { "trust-conserved-no" };
    let little = [
        ("flight", units::compact(checks.mean_in_flight).into()),
        ("rate", units::rate_per_s(locale, checks.arrival_rate_per_s).into()),
        ("time", units::ms(checks.mean_time_ms).into()),
    ];
    let rows = html! {
        <dl>
            { for figures.into_iter().map(interval) }
            { line("conserved".to_owned(), name(locale, "trust-conserved"),
                i18n::text(locale, conserved), Some(checks.conserved)) }
            { line("little".to_owned(), name(locale, "trust-little"),
                i18n::format(locale, "trust-little-value", &little), Some(checks.little_holds)) }
        </dl>
    };
    part(locale, "trust-title", rows)
}
