//! The parts of a form: sections, lists, fields.

use super::field::FieldView;
use super::help::Help;
use super::issues::mend_button;
use crate::editor::form::{Change, Layout, List, ListItem, Optional, Part, help_key, shown_at};
use crate::i18n::{Locale, text};
use crate::view::icons::Icon;
use crate::view::menu::{Menu, MenuItem};
use crate::view::when;
use crate::view::words::{say, say_issue};
use shared::design::{Edit, Issue};
use std::collections::BTreeSet;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A form with what is wrong in it.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct FormProps {
    /// What it consists of.
    pub(crate) parts: Vec<Part>,
    /// Paths at which several things that the form is of differ.
    #[prop_or_default]
    pub(crate) mixed: Rc<BTreeSet<String>>,
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
            let issue = issue_at(props, &field.path);
            html! {
                <FieldView key={field.path.clone()} field={field.clone()} issue={issue.cloned()}
                    mixed={props.mixed.contains(&field.path)}
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
        Part::Optional(optional) => optional_view(props, optional),
        Part::List(list) => list_view(props, list),
    }
}

/// The first issue that is shown at the part with this path.
fn issue_at<'a>(props: &'a FormProps, path: &str) -> Option<&'a Issue> {
    props.issues.iter().find(|issue| {
        let place = issue.problem.field().and_then(|field| shown_at(&props.parts, field));
        place.is_some_and(|(place, _)| place == path)
    })
}

/// What is wrong with a list or a switch as a whole, under its heading.
fn message(props: &FormProps, path: &str, title: &'static str) -> Html {
    issue_at(props, path).map_or_else(Html::default, |issue| {
        html! {
            <p class="field-error" id={format!("field-{path}-hint")}>
                <span>{ say_issue(props.locale, issue, Some(title)) }</span>
                { mend_button(props.locale, issue, &props.on_mend) }
            </p>
        }
    })
}

fn help(props: &FormProps, path: &str, label: &'static str) -> Html {
    let (label, help) = (text(props.locale, label), text(props.locale, &help_key(label)));
    html! { <Help id={format!("field-{path}-help")} {label} {help} locale={props.locale}/> }
}

fn optional_view(props: &FormProps, optional: &Optional) -> Html {
    let (path, default) = (optional.path.clone(), optional.default.clone());
    let onchange = props.on_change.reform(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let change = if input.checked() { Change::Put(default.clone()) } else { Change::Open };
        (path.clone(), change)
    });
    let id = format!("field-{}", optional.path);
    let parts = optional.parts.iter().flatten();
    html! {
        <fieldset key={optional.path.clone()} class="section">
            <legend class="switch-line">
                <label for={id.clone()}>{ text(props.locale, optional.title) }</label>
                { help(props, &optional.path, optional.title) }
                <input {id} type="checkbox" role="switch" class="switch"
                    checked={optional.parts.is_some()}
                    aria-describedby={format!("field-{}-help", optional.path)} {onchange}/>
            </legend>
            { message(props, &optional.path, optional.title) }
            { for parts.map(|part| part_view(props, part)) }
        </fieldset>
    }
}

fn list_view(props: &FormProps, list: &List) -> Html {
    let class = match list.layout {
        Layout::Cards => "list cards-list",
        Layout::Rows => "list rows-list",
    };
    let items = list.items.iter().enumerate();
    html! {
        <fieldset key={list.path.clone()} {class}>
            <legend>
                { text(props.locale, list.title) }
                { help(props, &list.path, list.title) }
            </legend>
            { message(props, &list.path, list.title) }
            { for items.map(|(i, item)| item_view(props, list, i, item)) }
            { add_view(props, list) }
        </fieldset>
    }
}

/// The button that adds an item, or the menu of what can be added.
fn add_view(props: &FormProps, list: &List) -> Html {
    let disabled = list.items.len() >= list.max;
    let label = text(props.locale, list.add);
    if let [addition] = list.additions.as_slice() {
        let (path, change) = (list.path.clone(), addition.change.clone());
        let onclick = props.on_change.reform(move |_: MouseEvent| (path.clone(), change.clone()));
        return html! {
            <button key="add" type="button" class="add" {onclick} {disabled}>
                { Icon::Plus.view() }
                { label }
            </button>
        };
    }
    let items = list.additions.iter().map(|addition| MenuItem {
        id: addition.label,
        label: text(props.locale, addition.label),
        note: text(props.locale, &help_key(addition.label)),
    });
    let (path, additions) = (list.path.clone(), list.additions.clone());
    let on_choose = when(&props.on_change, move |label: &'static str| {
        let addition = additions.iter().find(|addition| addition.label == label)?;
        Some((path.clone(), addition.change.clone()))
    });
    let items: Vec<MenuItem> = items.collect();
    html! {
        <Menu key="add" {label} icon={Icon::Plus} button_class="add" {disabled} {items} {on_choose}/>
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
