//! The designs that this browser keeps: open, rename, duplicate, delete.

use super::icons::Icon;
use super::sheet::Sheet;
use crate::editor::library::Entry;
use crate::i18n::{Arg, Locale, format, text};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What is to be done with a design of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Begin an empty one.
    New,
    /// Open it.
    Open(u32),
    /// Give it another name.
    Rename(u32, String),
    /// Keep a copy of it.
    Duplicate(u32),
    /// Delete it.
    Delete(u32),
}

/// The dialog.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct DesignsProps {
    /// What is kept.
    pub(crate) entries: Vec<Entry>,
    /// Which one is open.
    pub(crate) open: u32,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Something is to be done.
    pub(crate) on_deed: Callback<Deed>,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The dialog.
#[component]
pub(crate) fn Designs(props: &DesignsProps) -> Html {
    let locale = props.locale;
    let new = props.on_deed.reform(|_: MouseEvent| Deed::New);
    html! {
        <Sheet id="designs" title={text(locale, "action-designs")} {locale}
            on_close={props.on_close.clone()}>
            <p class="help-note">{ text(locale, "designs-note") }</p>
            <button type="button" class="add" id="new-design" onclick={new}>
                { Icon::Plus.view() }
                { text(locale, "designs-new") }
            </button>
            <ul class="designs">{ for props.entries.iter().map(|entry| row(props, entry)) }</ul>
            <p class="help-note" hidden={!props.entries.is_empty()}>
                { text(locale, "designs-none") }
            </p>
        </Sheet>
    }
}

fn row(props: &DesignsProps, entry: &Entry) -> Html {
    let (locale, id) = (props.locale, entry.id);
    let name =
        if entry.name.is_empty() { text(locale, "design-unnamed") } else { entry.name.clone() };
    let deed = |deed: Deed| props.on_deed.reform(move |_: MouseEvent| deed.clone());
    let button = |icon: Icon, key: &str, what: Deed| {
        let label = format(locale, key, &[("name", Arg::from(name.clone()))]);
        html! {
            <button type="button" class="icon-button" title={label.clone()} aria-label={label}
                onclick={deed(what)}>
                { icon.view() }
            </button>
        }
    };
    let rename = props.on_deed.reform(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Deed::Rename(id, input.value())
    });
    let is_open = id == props.open;
    let count = format(locale, "designs-nodes", &[("count", Arg::from(entry.nodes))]);
    html! {
        <li key={id} class={classes!("design-row", is_open.then_some("open"))}>
            <input type="text" class="design-row-name" value={entry.name.clone()} maxlength="80"
                placeholder={text(locale, "design-unnamed")} autocomplete="off" spellcheck="false"
                aria-label={format(locale, "designs-rename", &[("name", Arg::from(name.clone()))])}
                onchange={rename}/>
            <span class="design-row-note">
                { if is_open { text(locale, "designs-open-now") } else { count } }
            </span>
            { button(Icon::Open, "designs-open", Deed::Open(id)) }
            { button(Icon::Duplicate, "designs-duplicate", Deed::Duplicate(id)) }
            { button(Icon::Delete, "designs-delete", Deed::Delete(id)) }
        </li>
    }
}
