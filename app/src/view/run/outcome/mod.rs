//! The outcome of a finished run: the figures, how sure they are, what theory says, what it costs.

mod bill;
mod claim;
mod promise;
mod recovery;
mod theory;
mod trust;

use super::term::{Defined, Term};
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::RunState;
use bill::bill;
use claim::Reproduced;
pub(super) use promise::cause_key;
use promise::{slo, troubles};
use recovery::{Recovery, recovery};
use shared::experiment::RunReport;
use shared::sim::RunResult;
use std::rc::Rc;
use theory::theory;
use trust::trust;
use yew::html::IntoPropValue;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct OutcomeProps {
    pub(super) state: Rc<RunState>,
}

/// The outcome, or what to do to get one.
#[component]
pub(super) fn Outcome(props: &OutcomeProps) -> Html {
    let locale = use_locale();
    let state = &props.state;
    // Formulas may take milliseconds: worked out once for each result.
    let report = use_memo((state.result.clone(), state.design.clone()), |(result, design)| {
        let (result, design) = (result.as_ref()?, design.as_ref()?);
        Some(RunReport::new(design, RunResult::clone(result)))
    });
    let Some(report) = &*report else {
        return html! { <p class="outcome-empty">{ i18n::text(locale, "result-empty") }</p> };
    };
    let recovered = state.log.read(recovery);
    let touched = !state.by_hand.is_empty();
    html! {
        <section class="outcome" aria-label={i18n::text(locale, "result-title")}>
            { figures(locale, &report.run, recovered) }
            if let (Some(design), Some(result)) = (&state.design, &state.result) {
                <Reproduced design={Rc::clone(design)} result={Rc::clone(result)} {touched} />
            }
            <div class="outcome-parts">
                { slo(locale, &report.run) }
                { troubles(locale, state, &report.run) }
                { trust(locale, &report.run) }
                { theory(locale, &report.theory, touched) }
                { bill(locale, &report.run) }
            </div>
        </section>
    }
}

fn figures(locale: Locale, result: &RunResult, recovered: Recovery) -> Html {
    let (latency, totals) = (&result.latency, &result.totals);
    let percentiles = [latency.p50_ms, latency.p99_ms, latency.p999_ms].map(units::ms).join(" · ");
    let requests = [totals.completed, totals.failed].map(units::grouped).join(" · ");
    let width = result.intervals.p99_ms;
    let p99 = [
        ("value", units::ms(latency.p99_ms).into()),
        ("width", width.map_or_else(|| "?".to_owned(), units::ms).into()),
        ("count", units::grouped(latency.count).into()),
    ];
    let identity = [
        ("seed", result.seed.to_string().into()),
        ("engine", result.engine_version.into()),
        ("duration", units::duration_s(locale, result.simulated_s).into()),
    ];
    let row = |key: &'static str, value: String| {
        html! {
            <div key={key} data-result={key}>
                <dt>{ name(locale, key) }</dt>
                <dd>{ value }</dd>
            </div>
        }
    };
    html! {
        <div class="outcome-figures">
            <dl>
                { row("result-latency", percentiles) }
                { row("result-p99", i18n::format(locale, "result-p99-value", &p99)) }
                { row("result-requests", requests) }
                { row("result-recovery", recovery_text(locale, recovered)) }
                { row("result-availability", units::availability(result.availability)) }
                { row("result-cost", units::usd(result.cost.total_usd())) }
                <div key="digest" data-result="result-digest">
                    <dt>{ name(locale, "result-digest") }</dt>
                    <dd><code>{ &result.digest }</code></dd>
                </div>
            </dl>
            <p class="outcome-identity">{ i18n::format(locale, "result-identity", &identity) }</p>
        </div>
    }
}

fn recovery_text(locale: Locale, recovered: Recovery) -> String {
    let Recovery { count, longest_s, open } = recovered;
    let args = [
        ("count", count.into()),
        ("longest", units::duration_s(locale, longest_s).into()),
        ("open", open.into()),
    ];
    let key = match (count, open) {
        (0, 0) => "result-recovery-none",
        (_, 0) => "result-recovery-value",
        _ => "result-recovery-open",
    };
    i18n::format(locale, key, &args)
}

/// A name with its definition, where it has one.
fn name(locale: Locale, key: &'static str) -> Html {
    let word = i18n::text(locale, key);
    let term = match key {
        "result-latency" => Term::Latency,
        "result-p99" => Term::P99,
        "result-recovery" => Term::Recovery,
        "result-availability" => Term::Availability,
        "result-cost" => Term::Cost,
        "result-digest" => Term::Digest,
        "slo-title" => Term::ErrorBudget,
        "trust-title" => Term::Interval,
        "theory-title" => Term::Theory,
        "trust-conserved" => Term::Conservation,
        "trust-little" => Term::LittlesLaw,
        "slo-goodput" => Term::Goodput,
        _ => return html! { word },
    };
    html! { <Defined {term} {word} place="result" /> }
}

/// A part of the outcome: a heading and its rows.
fn part(locale: Locale, key: &'static str, rows: Html) -> Html {
    html! {
        <section class="outcome-part" data-part={key}>
            <h3>{ name(locale, key) }</h3>
            { rows }
        </section>
    }
}

/// A line of a part: what, how much, and whether all is well with it, where that is a question.
fn line(key: String, what: impl IntoPropValue<Html>, value: String, good: Option<bool>) -> Html {
    let (class, mark) = match good {
        Some(true) => ("outcome-line good", "✓ "),
        Some(false) => ("outcome-line bad", "✗ "),
        None => ("outcome-line", ""),
    };
    html! {
        <div {key} {class}>
            <dt>{ what.into_prop_value() }</dt>
            <dd>{ format!("{mark}{value}") }</dd>
        </div>
    }
}
