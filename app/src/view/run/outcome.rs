//! The outcome of a finished run, in a few numbers.

use crate::i18n::{self, units, use_locale};
use shared::sim::RunResult;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct OutcomeProps {
    pub(super) result: Option<Rc<RunResult>>,
}

/// The outcome, or what to do to get one.
#[component]
pub(super) fn Outcome(props: &OutcomeProps) -> Html {
    let locale = use_locale();
    let Some(result) = &props.result else {
        return html! { <p class="outcome-empty">{ i18n::text(locale, "result-empty") }</p> };
    };
    let (latency, totals) = (&result.latency, &result.totals);
    let percentiles = [latency.p50_ms, latency.p99_ms, latency.p999_ms].map(units::ms).join(" · ");
    let requests = [totals.completed, totals.failed].map(units::grouped).join(" · ");
    let identity = [
        ("seed", result.seed.to_string().into()),
        ("engine", result.engine_version.into()),
        ("duration", units::duration_s(locale, result.simulated_s).into()),
    ];
    let row = |key: &'static str, value: String| {
        html! {
            <div key={key} data-result={key}>
                <dt>{ i18n::text(locale, key) }</dt>
                <dd>{ value }</dd>
            </div>
        }
    };
    html! {
        <section class="outcome" aria-label={i18n::text(locale, "result-title")}>
            <dl>
                { row("result-latency", percentiles) }
                { row("result-requests", requests) }
                { row("result-availability", units::availability(result.availability)) }
                { row("result-cost", units::usd(result.cost.total_usd())) }
                <div key="digest" data-result="result-digest"
                    title={i18n::text(locale, "result-digest-hint")}>
                    <dt>{ i18n::text(locale, "result-digest") }</dt>
                    <dd><code>{ &result.digest }</code></dd>
                </div>
            </dl>
            <p class="outcome-identity">{ i18n::format(locale, "result-identity", &identity) }</p>
        </section>
    }
}
