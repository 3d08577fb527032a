//! Experiments: one design many times, two designs on the same traffic, a setting with other
//! values. They run in workers of their own beside the run of the page.

mod chart;
mod plan;
mod report;

use crate::editor::form::help_key;
use crate::i18n::{self, Arg, Locale, use_locale};
use crate::run::{LabAction, LabHandle, Question};
use crate::view::same::Same;
use plan::{Form, fields, has_balancer, plan, say};
use report::report;
use shared::design::Design;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct LabProps {
    pub(super) lab: LabHandle,
    /// The page's design.
    pub(super) design: Same<Design>,
    /// The design that was set aside, for comparisons. The dock keeps it while tabs change.
    pub(super) kept: UseStateHandle<Option<Rc<Design>>>,
}

/// The form, the progress and the report.
#[component]
pub(super) fn Lab(props: &LabProps) -> Html {
    let locale = use_locale();
    let form = use_state_eq(Form::default);
    let trouble = use_state_eq(String::new);
    let LabProps { lab, design, kept } = props;
    let onsubmit = {
        let (form, trouble, lab) = (form.clone(), trouble.setter(), lab.clone());
        let (design, kept) = (Rc::clone(design), kept.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match plan(&form, &design, kept.as_deref()) {
                Ok(plan) => {
                    trouble.set(String::new());
                    lab.send.emit(LabAction::Start {
                        question: form.question,
                        names: plan.names,
                        experiment: Box::new(plan.experiment),
                    });
                }
                Err(error) => trouble.set(say(locale, &error)),
            }
        })
    };
    let running = lab.state.workers > 0;
    let offered = use_memo(Rc::clone(design), |design| fields(design));
    html! {
        <div class="lab">
            <form class="lab-form" {onsubmit} aria-label={i18n::text(locale, "lab-label")}>
                { questions(locale, &form) }
                { kept_design(locale, props, form.question) }
                { for [0, 1].map(|number| setting(locale, &form, number, has_balancer(design))) }
                { counts(locale, &form) }
                <div class="lab-go">
                    <button type="submit" class="lab-start" disabled={running}
                        data-action="lab-start">{ i18n::text(locale, "lab-start") }</button>
                    <button type="button" hidden={!running} data-action="lab-cancel"
                        onclick={lab.send.reform(|_: MouseEvent| LabAction::Cancel)}>
                        { i18n::text(locale, "lab-cancel") }
                    </button>
                </div>
                <p class="lab-trouble" role="alert">{ (*trouble).clone() }</p>
                <datalist id="lab-fields">
                    { for offered.iter().map(|field| html! {
                        <option key={field.clone()} value={field.clone()} />
                    }) }
                </datalist>
            </form>
            <div class="lab-report">
                { progress(locale, lab) }
                { report(locale, &lab.state) }
            </div>
        </div>
    }
}

fn questions(locale: Locale, form: &UseStateHandle<Form>) -> Html {
    let option = |(question, key): (Question, &'static str)| {
        let chosen = form.clone();
        let onchange = Callback::from(move |_: Event| {
            chosen.set(Form { question, ..(*chosen).clone() });
        });
        html! {
            <label key={key}>
                <input type="radio" name="lab-question" value={key}
                    checked={form.question == question} {onchange} />
                { i18n::text(locale, key) }
            </label>
        }
    };
    html! {
        <fieldset class="lab-questions">
            <legend class="visually-hidden">{ i18n::text(locale, "lab-label") }</legend>
            { for [
                (Question::Compare, "lab-compare"),
                (Question::Repeat, "lab-repeat"),
                (Question::Sweep, "lab-sweep"),
            ].map(option) }
        </fieldset>
    }
}

/// The first design of a comparison.
fn kept_design(locale: Locale, props: &LabProps, question: Question) -> Html {
    let keep = {
        let (kept, design) = (props.kept.clone(), Rc::clone(&props.design));
        Callback::from(move |_: MouseEvent| kept.set(Some(Rc::clone(&design))))
    };
    let forget = {
        let kept = props.kept.clone();
        Callback::from(move |_: MouseEvent| kept.set(None))
    };
    let name = props.kept.as_ref().map(|design| design.name.clone());
    let words = match &name {
        Some(name) => i18n::format(locale, "lab-kept", &[("name", Arg::from(name.clone()))]),
        None => i18n::text(locale, "lab-kept-none"),
    };
    html! {
        <div class="lab-kept" hidden={question != Question::Compare}>
            <p>{ words }</p>
            <button type="button" onclick={keep} data-action="lab-keep">
                { i18n::text(locale, "lab-keep") }
            </button>
            <button type="button" hidden={name.is_none()} onclick={forget}
                data-action="lab-forget">
                { i18n::text(locale, "lab-forget") }
            </button>
        </div>
    }
}

/// A setting of the design and its value or values.
fn setting(locale: Locale, form: &UseStateHandle<Form>, number: usize, has_balancer: bool) -> Html {
    let change = |is_name: bool| {
        let form = form.clone();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let mut changed = (*form).clone();
            if let Some((name, values)) = changed.settings.get_mut(number) {
                *(if is_name { name } else { values }) = input.value();
            }
            form.set(changed);
        })
    };
    let sweeps = form.question == Question::Sweep;
    let values_key = if sweeps { "lab-values" } else { "lab-value" };
    let example = match (sweeps, number, has_balancer) {
        (true, 0, _) => ("cores", "1, 2, 4"),
        (false, 0, true) => ("policy.type", "least_outstanding_requests"),
        (false, 0, false) => ("workers", "4"),
        _ => ("service.mean_ms", if sweeps { "10, 20" } else { "10" }),
    };
    let (name, values) = form.settings.get(number).cloned().unwrap_or_default();
    html! {
        <div key={number} class="lab-setting" hidden={form.question == Question::Repeat}>
            <label>
                <span>{ i18n::text(locale, "lab-field") }</span>
                <input list="lab-fields" data-lab={format!("field-{number}")} value={name}
                    placeholder={example.0} spellcheck="false" autocomplete="off"
                    oninput={change(true)} />
            </label>
            <label>
                <span>{ i18n::text(locale, values_key) }</span>
                <input data-lab={format!("values-{number}")} value={values}
                    placeholder={example.1} spellcheck="false" autocomplete="off"
                    oninput={change(false)} />
            </label>
        </div>
    }
}

/// How many runs of each design, and of how large a part.
fn counts(locale: Locale, form: &UseStateHandle<Form>) -> Html {
    let field = |key: &'static str, name: &'static str, value: &str, set: fn(&mut Form, String)| {
        let form = form.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let mut changed = (*form).clone();
                set(&mut changed, input.value());
                form.set(changed);
            }
        });
        html! {
            <label class="lab-count" title={i18n::text(locale, &help_key(key))}>
                <span>{ i18n::text(locale, key) }</span>
                <input data-lab={name} inputmode="numeric" size="5" value={value.to_owned()}
                    {oninput} />
            </label>
        }
    };
    html! {
        <>
            { field("lab-count", "count", &form.replications, |form, text| form.replications = text) }
            { field("lab-scale", "scale", &form.scale, |form, text| form.scale = text) }
        </>
    }
}

fn progress(locale: Locale, lab: &LabHandle) -> Html {
    let (done, all) = lab.state.progress;
    let args = [
        ("done", Arg::from(done)),
        ("count", Arg::from(all)),
        ("workers", Arg::from(lab.state.workers)),
        ("failed", Arg::from(lab.state.failed)),
    ];
    let key = match (lab.state.workers, lab.state.failed) {
        (1.., _) => "lab-progress",
        (0, 0) => "lab-done",
        (0, _) => "lab-failed",
    };
    html! {
        <div class="lab-progress" hidden={all == 0} data-done={(done == all).to_string()}>
            <progress max={all.max(1).to_string()} value={done.to_string()}
                aria-label={i18n::text(locale, "lab-label")}></progress>
            <span role="status">{ i18n::format(locale, key, &args) }</span>
        </div>
    }
}
