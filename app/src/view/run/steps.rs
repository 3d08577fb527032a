//! The seven steps as a checklist that ticks itself off.

use super::story::{self, Step, Thresholds};
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::RunState;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct StepsProps {
    pub(super) state: Rc<RunState>,
    pub(super) thresholds: Thresholds,
}

/// The steps of the run so far.
#[component]
pub(super) fn Steps(props: &StepsProps) -> Html {
    let locale = use_locale();
    let steps = props.state.log.read(|log| story::steps(log, &props.state.totals));
    let numbered = steps.iter().filter(|step| step.numbered);
    let (done, count) = (numbered.clone().filter(|step| step.done).count(), numbered.count());
    let progress = [("done", done.into()), ("count", count.into())];
    // The step that comes next is the one to watch for.
    let next = steps.iter().find(|step| step.numbered && !step.done).map(|step| step.key);
    html! {
        <section class="steps" aria-label={i18n::text(locale, "steps-label")}>
            <h3>
                { i18n::text(locale, "steps-label") }
                <span class="steps-progress">{ i18n::format(locale, "steps-progress", &progress) }</span>
            </h3>
            <ol>
                { for steps.iter().map(|step| {
                    let is_next = next == Some(step.key);
                    view_step(locale, *step, props.thresholds, is_next)
                }) }
            </ol>
        </section>
    }
}

fn view_step(locale: Locale, step: Step, thresholds: Thresholds, is_next: bool) -> Html {
    let threshold = if step.key == "step-night" { thresholds.low } else { thresholds.high };
    let threshold = units::percent(threshold / 100.0);
    let state = i18n::text(locale, if step.done { "step-done" } else { "step-open" });
    let class = classes!(
        "step",
        step.done.then_some("step-is-done"),
        is_next.then_some("step-is-next"),
        (!step.numbered).then_some("step-extra"),
    );
    html! {
        <li key={step.key} {class} data-step={step.key} data-done={step.done.to_string()}>
            <span class="step-mark" aria-hidden="true"></span>
            <span>{ i18n::format(locale, step.key, &[("threshold", threshold.into())]) }</span>
            <span class="visually-hidden">{ format!(" ({state})") }</span>
        </li>
    }
}
