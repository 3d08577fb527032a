//! The parts of a form: sections, lists, fields.

use super::field::FieldView;
use crate::editor::form::{Change, Layout, List, ListItem, Part};
use crate::i18n::{Locale, text};
use crate::view::icons::Icon;
use crate::view::words::say;
use shared::design::{Edit, Issue};
use yew::prelude::*;

/// A form with what is wrong in it.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct FormProps {
    /// What it consists of.
    pub(crate) parts: Vec<Part>,
    /// The issues of the thing that the form is of.
    pub(crate) issues: Vec<Issue>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// A field was changed: its path, and how.
    pub(crate) on_change: Callback<(String, Change)>,
    /// A field lost the focus.
    pub(crate) on_done: Callback<()>,
    /// An issue's remedy is wanted.
    pub(crate) on_mend: Callback<Edit>,
}

/// A form with what is wrong in it.
#[component]
pub(crate) fn Form(props: &FormProps) -> Html {
    html! { <div class="form">{ for props.parts.iter().map(|part| part_view(props, part)) }</div> }
}

fn part_view(props: &FormProps, part: &Part) -> Html {
    match part {
        Part::Field(field) => {
            let path = field.path.clone();
            let on_change = props.on_change.reform(move |change| (path.clone(), change));
            let issue =
                props.issues.iter().find(|issue| issue.problem.field() == Some(&field.path));
            html! {
                <FieldView key={field.path.clone()} field={field.clone()} issue={issue.cloned()}
                    locale={props.locale} {on_change} on_done={props.on_done.clone()}
                    on_mend={props.on_mend.clone()}/>
            }
        }
        Part::Section { title, parts } => html! {
            <fieldset key={*title} class="section">
                <legend>{ text(props.locale, title) }</legend>
                { for parts.iter().map(|part| part_view(props, part)) }
            </fieldset>
        },
        Part::List(list) => list_view(props, list),
    }
}

fn list_view(props: &FormProps, list: &List) -> Html {
    let path = list.path.clone();
    let add = props.on_change.reform(move |_: MouseEvent| (path.clone(), Change::Insert));
    let class = match list.layout {
        Layout::Cards => "list cards-list",
        Layout::Rows => "list rows-list",
    };
    let items = list.items.iter().enumerate();
    html! {
        <fieldset key={list.path.clone()} {class}>
            <legend>{ text(props.locale, list.title) }</legend>
            { for items.map(|(i, item)| item_view(props, list, i, item)) }
            <button key="add" type="button" class="add" onclick={add}
                disabled={list.items.len() >= list.max}>
                { Icon::Plus.view() }
                { text(props.locale, list.add) }
            </button>
        </fieldset>
    }
}

fn item_view(props: &FormProps, list: &List, i: usize, item: &ListItem) -> Html {
    let path = list.path.clone();
    let remove = props.on_change.reform(move |_: MouseEvent| (path.clone(), Change::Remove(i)));
    let label = text(props.locale, "list-remove");
    html! {
        <div key={i} class="item" role="group" aria-label={say(props.locale, &item.title)}>
            <div class="item-head">
                <span class="item-title">{ say(props.locale, &item.title) }</span>
                <button type="button" class="icon-button small" title={label.clone()}
                    aria-label={label} onclick={remove}>
                    { Icon::Close.view() }
                </button>
            </div>
            <div class="item-body">
                { for item.parts.iter().map(|part| part_view(props, part)) }
            </div>
        </div>
    }
}
