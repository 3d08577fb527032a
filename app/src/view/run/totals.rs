//! The run in one line of numbers.

use super::term::{Defined, Term};
use crate::i18n::{self, units, use_locale};
use crate::run::RunState;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TotalsProps {
    pub(super) state: Rc<RunState>,
}

/// Requests, latency, availability, cost and the engine's pace, so far.
#[component]
pub(super) fn Totals(props: &TotalsProps) -> Html {
    let locale = use_locale();
    let state = &props.state;
    let totals = &state.totals;
    let (cost, hourly) =
        state.frame.as_ref().map_or((0.0, 0.0), |f| (f.cost_usd, f.cost_usd_per_hour));
    let cost = [("total", units::usd(cost).into()), ("hourly", units::usd(hourly).into())];
    let pace = units::compact(state.events_per_s);
    let none = || "–".to_owned();
    let if_any = |count: u64, text: String| if count == 0 { none() } else { text };
    let name = |key: &'static str| {
        let word = i18n::text(locale, key);
        match term(key) {
            Some(term) => html! { <Defined {term} {word} place="totals" /> },
            None => html! { word },
        }
    };
    let item = |key: &'static str, value: String, class: Option<&'static str>| {
        html! {
            <div key={key} class={classes!("total", class)} data-total={key}>
                <dt>{ name(key) }</dt>
                <dd>{ value }</dd>
            </div>
        }
    };
    let ended = totals.completed + totals.failed;
    let failed_class = (totals.failed > 0).then_some("total-bad");
    let p99 = if_any(state.latency.count, units::ms(state.latency.p99_ms));
    let availability = if_any(ended, units::availability(state.availability()));
    let pace = i18n::format(locale, "run-total-events-value", &[("events", pace.into())]);
    let pace = if state.events_per_s > 0.0 { pace } else { none() };
    html! {
            <dl class="totals">
                { item("run-total-requests", units::grouped(totals.arrived), None) }
                { item("run-total-completed", units::grouped(totals.completed), None) }
                { item("run-total-failed", units::grouped(totals.failed), failed_class) }
                { item("run-total-p99", p99, None) }
                { item("run-total-availability", availability, None) }
                { item("run-total-cost", i18n::format(locale, "run-total-cost-value", &cost), None) }
    <div key="pace" class="total total-pace" data-total="run-total-rate">
                    <dt>{ name("run-total-rate") }</dt>
                    <dd>{ pace }</dd>
                </div>
            </dl>
        }
}

/// What is explained of these numbers.
fn term(key: &str) -> Option<Term> {
    match key {
        "run-total-p99" => Some(Term::P99),
        "run-total-availability" => Some(Term::Availability),
        "run-total-cost" => Some(Term::Cost),
        "run-total-rate" => Some(Term::Pace),
        _ => None,
    }
}
