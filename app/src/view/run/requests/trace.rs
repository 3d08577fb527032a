//! Where does the time of a request go? One of those that were followed, chosen by percentile.

use super::waterfall::waterfall;
use super::why::decision;
use super::words;
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::{RunAction, RunHandle, Status};
use shared::design::Design;
use shared::sim::{Trace, Traced, Which};
use yew::prelude::*;

/// What can be asked for.
const CHOICES: [(Which, &str); 6] = [
    (Which::Percentile(50), "trace-p50"),
    (Which::Percentile(95), "trace-p95"),
    (Which::Percentile(99), "trace-p99"),
    (Which::Slowest, "trace-slowest"),
    (Which::Failed, "trace-failed"),
    (Which::Next, "trace-next"),
];

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TracingProps {
    pub(super) run: RunHandle,
}

/// The choices, and the request that was chosen.
#[component]
pub(super) fn Tracing(props: &TracingProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let shown = state.traced.as_deref();
    // Made once for each answer, not once for each frame.
    let asked = (state.traced.clone(), state.design.clone(), state.status, locale);
    let answer = use_memo(asked, |(traced, design, status, locale)| {
        let (traced, design) = (traced.as_deref()?, design.as_deref()?);
        Some(answer(*locale, design, traced, *status))
    });
    let choices = CHOICES.map(|(which, key)| {
        let onclick = props.run.send.reform(move |_: MouseEvent| RunAction::ShowTrace(which));
        let pressed = shown.is_some_and(|shown| shown.which == which);
        html! {
            <button key={key} type="button" data-action={key} aria-pressed={pressed.to_string()}
                {onclick}>
                { i18n::text(locale, key) }
            </button>
        }
    });
    html! {
        <section class="tracing" aria-labelledby="trace-title">
            <h2 id="trace-title">{ i18n::text(locale, "trace-title") }</h2>
            if shown.is_none() {
                <p class="requests-note">{ i18n::text(locale, "trace-note") }</p>
            }
            <div class="requests-tools" role="group" aria-labelledby="trace-title">
                { for choices }
            </div>
            <div aria-live="polite">
                { (*answer).clone() }
            </div>
        </section>
    }
}

/// The request, or what to do to get one.
fn answer(locale: Locale, design: &Design, traced: &Traced, status: Status) -> Html {
    if let Some(trace) = traced.trace.as_ref().filter(|trace| !trace.spans.is_empty()) {
        return request(locale, design, traced, trace);
    }
    let key = match (traced.which, status) {
        (Which::Next, Status::Running) => "trace-wait",
        (Which::Next, _) => "trace-wait-paused",
        (Which::Failed, _) if traced.sample > 0 => "trace-none-failed",
        (_, Status::Finished) => "trace-too-late",
        _ => "trace-none-yet",
    };
    html! { <p class="trace-missing">{ i18n::text(locale, key) }</p> }
}

fn request(locale: Locale, design: &Design, traced: &Traced, trace: &Trace) -> Html {
    let source = design.node(trace.source).map(|node| node.name.clone()).unwrap_or_default();
    let took = trace.latency().map(|latency| units::ms(latency.as_ms_f64()));
    let ended = match (took, trace.failed) {
        (None, _) => i18n::text(locale, "trace-under-way"),
        (Some(took), None) => i18n::format(locale, "trace-took", &[("took", took.into())]),
        (Some(took), Some(cause)) => {
            let cause = i18n::text(locale, words::failure(cause));
            let args = [("took", took.into()), ("cause", cause.into())];
            i18n::format(locale, "trace-took-failed", &args)
        }
    };
    let args = [
        ("number", units::grouped(trace.number).into()),
        ("source", source.into()),
        ("clock", units::clock(design.run.starts_at_s, trace.arrived).into()),
        ("ended", ended.into()),
    ];
    let sample = [("count", traced.sample.into())];
    html! {
        <div class="trace">
            <p class="trace-summary"><b>{ i18n::format(locale, "trace-summary", &args) }</b></p>
            <p class="requests-note">{ i18n::format(locale, "trace-sample", &sample) }</p>
            { waterfall(locale, design, trace) }
            { for trace.decisions.iter().map(|it| decision(locale, design, it)) }
        </div>
    }
}
