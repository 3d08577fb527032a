//! A request as a waterfall: a table whose rows are what it did, each with a bar from its beginning
//! to its end. The bars are for the eye; the table says the same in numbers.

use super::{server_name, words};
use crate::i18n::{self, Locale, units};
use shared::design::Design;
use shared::sim::{Trace, TraceSpan};
use shared::time::Timestamp;
use yew::prelude::*;

/// Bars are never thinner, percent of the width: what took a moment is still seen.
const BAR_MIN_PERCENT: f64 = 0.6;

/// The table.
pub(super) fn waterfall(locale: Locale, design: &Design, trace: &Trace) -> Html {
    let say = |key: &str| i18n::text(locale, key);
    // Of a request under way, up to the latest moment that is known of.
    let latest = trace.spans.iter().map(|span| span.to.unwrap_or(span.from)).max();
    let end = trace.ended.or(latest).unwrap_or(trace.arrived);
    let rows = trace.spans.iter().enumerate();
    let rows = rows.map(|(number, span)| row(locale, design, (trace, end), number, span));
    html! {
        <div class="requests-table waterfall" tabindex="0" role="region"
            aria-label={say("trace-table")}>
            <table>
                <thead><tr>
                    <th scope="col">{ say("trace-what") }</th>
                    <th scope="col">{ say("trace-where") }</th>
                    <th scope="col">{ say("trace-from") }</th>
                    <th scope="col">{ say("trace-span") }</th>
                    <td class="waterfall-axis" aria-hidden="true">
                        <span>{ units::ms(0.0) }</span>
                        <span>{ units::ms(end.since(trace.arrived).as_ms_f64()) }</span>
                    </td>
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

fn row(
    locale: Locale,
    design: &Design,
    (trace, end): (&Trace, Timestamp),
    number: usize,
    span: &TraceSpan,
) -> Html {
    let (key, class) = words::activity(span.activity);
    let ms = |from: Timestamp, to: Timestamp| to.since(from).as_ms_f64();
    let whole_ms = ms(trace.arrived, end).max(f64::MIN_POSITIVE);
    let from_ms = ms(trace.arrived, span.from);
    let took_ms = ms(span.from, span.to.unwrap_or(end));
    let percent = |part_ms: f64| (100.0 * part_ms / whole_ms).clamp(0.0, 100.0);
    let width = percent(took_ms).max(BAR_MIN_PERCENT);
    let bar = format!("left: {:.2}%; width: {width:.2}%", percent(from_ms).min(100.0 - width));
    let took = match span.to {
        Some(_) => units::ms(took_ms),
        None => i18n::text(locale, "trace-goes-on"),
    };
    let attempt = (span.attempt > 1)
        .then(|| i18n::format(locale, "trace-attempt", &[("number", span.attempt.into())]));
    html! {
        <tr key={number} data-activity={key}>
            <th scope="row" style={format!("padding-left: {}px", 8 + 14 * span.depth)}>
                <span class={classes!("span-sign", class)} aria-hidden="true"></span>
                { i18n::text(locale, key) }
                if let Some(attempt) = attempt { { " " }<small>{ attempt }</small> }
            </th>
            <td>{ server_name(design, span.server) }</td>
            <td class="number">{ units::ms(from_ms) }</td>
            <td class="number">{ took }</td>
            <td class="waterfall-lane" aria-hidden="true">
                <span class={classes!("waterfall-bar", class)} style={bar}></span>
            </td>
        </tr>
    }
}
