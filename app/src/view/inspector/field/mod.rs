//! One setting: label, control, unit, range, what it means, and what is wrong with it.
//!
//! While a field has the focus it shows what is typed, as typed; every text that reads as a value
//! goes to the editor at once, so the drawing follows the typing. When the focus leaves, it shows the
//! setting's value again.

mod input;
mod read;
mod slider;

use super::help::Help;
use super::issues::mend_button;
use crate::editor::form::{Change, Control, Field, help_key};
use crate::i18n::{Locale, text};
use crate::view::words::say_issue;
use input::{Ids, input};
use read::{range, refusal};
use shared::design::{Edit, Issue};
use slider::slider;
use yew::prelude::*;

/// One setting.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct FieldProps {
    /// What it is.
    pub(crate) field: Field,
    /// Whether it is of several things whose values differ; it shows the first one's.
    #[prop_or_default]
    pub(crate) mixed: bool,
    /// What is wrong with its value.
    pub(crate) issue: Option<Issue>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// It was changed.
    pub(crate) on_change: Callback<Change>,
    /// It lost the focus.
    pub(crate) on_done: Callback<()>,
    /// The issue's remedy is wanted.
    pub(crate) on_mend: Callback<Edit>,
}

/// One setting.
#[component]
pub(crate) fn FieldView(props: &FieldProps) -> Html {
    // What is typed at the moment; `None` while the field does not have the focus.
    let draft = use_state(|| None::<String>);
    let FieldProps { field, issue, locale, .. } = props;
    let refused = draft.as_ref().and_then(|typed| refusal(&field.control, typed, *locale));
    let id = format!("field-{}", field.path);
    let (hint_id, help_id) = (format!("{id}-hint"), format!("{id}-help"));
    let invalid = issue.is_some() || refused.is_some();
    let message = match (&refused, issue) {
        (Some(words), _) => html! { <p id={hint_id.clone()} class="field-error">{ words }</p> },
        (None, Some(issue)) => html! {
            <p id={hint_id.clone()} class="field-error">
                <span>{ say_issue(*locale, issue, Some(field.label)) }</span>
                { mend_button(*locale, issue, &props.on_mend) }
            </p>
        },
        (None, None) if props.mixed => html! {
            <p id={hint_id.clone()} class="field-hint field-mixed">{ text(*locale, "field-mixed") }</p>
        },
        (None, None) => {
            html! { <p id={hint_id.clone()} class="field-hint">{ range(&field.control) }</p> }
        }
    };
    let label = text(*locale, field.label);
    let help = text(*locale, &help_key(field.label));
    let ids = Ids { id: id.clone(), described_by: format!("{hint_id} {help_id}") };
    html! {
        <div class={classes!("field", invalid.then_some("invalid"))}>
            <span class="label-line">
                <label class="field-label" for={id} title={field.path.clone()}>{ &label }</label>
                { row_unit(props) }
                <Help id={help_id} label={label.clone()} {help} locale={*locale}/>
            </span>
            { input(props, &draft, &ids, invalid) }
            { slider(props, &draft, label) }
            { message }
        </div>
    }
}

/// The unit beside the label, which tables of numbers show instead of one in each field.
fn row_unit(props: &FieldProps) -> Html {
    let Control::Number(number) = &props.field.control else { return html! { <span/> } };
    let Some(key) = number.unit.key() else { return html! { <span/> } };
    html! { <span class="label-unit" aria-hidden="true">{ format!(" ({})", text(props.locale, key)) }</span> }
}
