//! The bar: mark, name of the design, undo and redo, templates, files, share, language, theme.

use super::icons::Icon;
use super::menu::{Menu, MenuItem};
use crate::editor::Message;
use crate::editor::actions::{Action, ActionId, action};
use crate::i18n::{Locale, text};
use crate::shell::address;
use crate::shell::http::worker_is_here;
use crate::shell::prefs::Theme;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The bar.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct BarProps {
    /// Name of the design.
    pub(crate) name: AttrValue,
    /// Whether there is something to undo.
    pub(crate) can_undo: bool,
    /// Whether there is something to redo.
    pub(crate) can_redo: bool,
    /// Whether shortcuts are written as on macOS.
    pub(crate) mac: bool,
    /// The page's language.
    pub(crate) locale: Locale,
    /// The page's look.
    pub(crate) theme: Theme,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
    /// Another language is wanted.
    pub(crate) on_locale: Callback<Locale>,
    /// Another look is wanted.
    pub(crate) on_theme: Callback<Theme>,
}

/// The bar.
#[component]
pub(crate) fn Bar(props: &BarProps) -> Html {
    // What serves a page does not change while the page is open.
    let has_worker = use_state(worker_is_here);
    html! {
        <header class="bar">
            <span class="brand" title={text(props.locale, "app-tagline")}>
                { mark() }
                <h1 class="brand-name">{ text(props.locale, "app-name") }</h1>
            </span>
            { name_field(props) }
            <span class="bar-group">
                { act(props, ActionId::Undo, Icon::Undo, props.can_undo, false) }
                { act(props, ActionId::Redo, Icon::Redo, props.can_redo, false) }
            </span>
            { wordy(props, ActionId::Templates, Icon::Templates, "templates") }
            <span class="wide-only">
                { wordy(props, ActionId::Designs, Icon::Designs, "designs") }
            </span>
            <span class="bar-space"/>
            if *has_worker {
                <a class="bar-button wide-only" id="open-live" href={LIVE_CONSOLE}
                    title={text(props.locale, "live-open-title")}>
                    <span class="bar-label">{ text(props.locale, "live-open") }</span>
                </a>
            } else {
                <span/>
            }
            <span class="bar-group wide-only">
                { act(props, ActionId::ImportFile, Icon::Open, true, false) }
                { act(props, ActionId::ExportFile, Icon::Download, true, false) }
            </span>
            { act(props, ActionId::Share, Icon::Share, true, true) }
            { more(props, *has_worker) }
            <span class="bar-group wide-only">
                { language(props) }
                { theme(props) }
                { act(props, ActionId::Help, Icon::Help, true, false) }
            </span>
        </header>
    }
}

/// A rubber band, pulled thin in the middle.
fn mark() -> Html {
    html! {
        <svg class="mark-picture" viewBox="0 0 28 20" width="28" height="20" aria-hidden="true">
            <path class="mark-band" d="M7 4.5C11 4.5 10.5 8 14 8S17 4.5 21 4.5A5.5 5.5 0 0 1 21 15.5C17 15.5 17.5 12 14 12S11 15.5 7 15.5A5.5 5.5 0 0 1 7 4.5Z"/>
        </svg>
    }
}

fn name_field(props: &BarProps) -> Html {
    let oninput = props.on_message.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::RenameDesign(input.value())
    });
    let onblur = props.on_message.reform(|_: FocusEvent| Message::FieldDone);
    let onkeydown = |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | "Escape") && !event.is_composing() {
            let input: HtmlInputElement = event.target_unchecked_into();
            // Leaving the field cannot fail in a way that matters.
            let _ = input.blur();
        }
    };
    html! {
        <input id="design-name" class="design-name" type="text" value={props.name.clone()} maxlength="80"
            aria-label={text(props.locale, "design-name")} title={text(props.locale, "design-name")}
            placeholder={text(props.locale, "design-unnamed")} autocomplete="off" spellcheck="false"
            {oninput} {onblur} {onkeydown}/>
    }
}

/// A button for an action, with its keys on hover.
fn act(props: &BarProps, id: ActionId, icon: Icon, enabled: bool, primary: bool) -> Html {
    let Some(action) = action(id) else { return html! { <span/> } };
    let label = text(props.locale, action.label);
    let keys = action.shortcuts.first().map(|keys| keys.label(props.mac)).unwrap_or_default();
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::Act(id));
    let class = if primary { "bar-button primary" } else { "icon-button" };
    let words = if primary { label.clone() } else { String::new() };
    html! {
        <button type="button" {class} title={format!("{label} ({keys})")} aria-label={label}
            data-action={action.label} disabled={!enabled} {onclick}>
            { icon.view() }
            <span class="bar-label">{ words }</span>
        </button>
    }
}

/// Other ways to pass a design on, and everything by name.
const MORE: [ActionId; 6] = [
    ActionId::ShowCode,
    ActionId::ExportPng,
    ActionId::ExportPicture,
    ActionId::CopyMermaid,
    ActionId::ExportWorker,
    ActionId::Commands,
];
/// Buttons for which a narrow bar has no room, above and below those.
const NARROW_ABOVE: [ActionId; 3] = [ActionId::Designs, ActionId::ImportFile, ActionId::ExportFile];
const NARROW_BELOW: [ActionId; 1] = [ActionId::Help];
/// The console of the Worker that serves the page.
const LIVE_CONSOLE: &str = "?live";
/// The items that are no actions of the editor.
const LANGUAGE: &str = "menu-language";
const THEME: &str = "menu-theme";
const LIVE: &str = "menu-live";

fn more(props: &BarProps, has_worker: bool) -> Html {
    let locale = props.locale;
    let plain = |id: &'static str, label: String| MenuItem { id, label, note: String::new() };
    let narrow = |action: &Action| plain(action.label, text(locale, action.label));
    let item = |action: &Action| MenuItem {
        note: text(locale, &format!("{}-note", action.label)),
        ..narrow(action)
    };
    let (_, theme_key) = theme_face(props.theme);
    let of = |ids: &'static [ActionId]| ids.iter().filter_map(|&id| action(id));
    let mut items: Vec<MenuItem> = of(&NARROW_ABOVE).map(narrow).collect();
    items.extend(of(&NARROW_BELOW).map(narrow));
    if has_worker {
        items.push(plain(LIVE, text(locale, "live-open-title")));
    }
    items.push(plain(LANGUAGE, locale.other().name().to_owned()));
    items.push(plain(THEME, text(locale, theme_key)));
    let narrow_only: Vec<&'static str> = items.iter().map(|item| item.id).collect();
    // Between what is done with designs and what is about the page.
    items.splice(NARROW_ABOVE.len()..NARROW_ABOVE.len(), of(&MORE).map(item));
    let (on_message, on_locale, on_theme) =
        (props.on_message.clone(), props.on_locale.clone(), props.on_theme.clone());
    let next_theme = props.theme.next();
    let on_choose = Callback::from(move |chosen: &'static str| match chosen {
        LANGUAGE => on_locale.emit(locale.other()),
        THEME => on_theme.emit(next_theme),
        LIVE => address::go_to(LIVE_CONSOLE),
        label => {
            let mut all = NARROW_ABOVE.iter().chain(&MORE).chain(&NARROW_BELOW);
            if let Some(&id) = all.find(|&&id| action(id).is_some_and(|it| it.label == label)) {
                on_message.emit(Message::Act(id));
            }
        }
    });
    html! {
        <Menu label={text(props.locale, "more")} icon={Icon::More} button_class="icon-button"
            icon_only=true end=true {items} {narrow_only} {on_choose}/>
    }
}

/// A button with words.
fn wordy(props: &BarProps, id: ActionId, icon: Icon, key: &'static str) -> Html {
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::Act(id));
    let label = text(props.locale, key);
    html! {
        <button type="button" class="bar-button" data-action={key} title={label.clone()}
            aria-label={label.clone()} aria-haspopup="dialog" {onclick}>
            { icon.view() }
            <span class="bar-label">{ label }</span>
        </button>
    }
}

fn language(props: &BarProps) -> Html {
    let other = props.locale.other();
    let onclick = props.on_locale.reform(move |_: MouseEvent| other);
    let (class, words) = match other {
        Locale::En => ("icon-button words", "EN"),
        Locale::Ko => ("icon-button words", "한"),
    };
    html! {
        <button type="button" id="language" {class} lang={other.tag()} title={other.name()}
            aria-label={other.name()} {onclick}>
            { words }
        </button>
    }
}

const fn theme_face(theme: Theme) -> (Icon, &'static str) {
    match theme {
        Theme::System => (Icon::System, "theme-system"),
        Theme::Light => (Icon::Light, "theme-light"),
        Theme::Dark => (Icon::Dark, "theme-dark"),
    }
}

fn theme(props: &BarProps) -> Html {
    let (icon, key) = theme_face(props.theme);
    let next = props.theme.next();
    let onclick = props.on_theme.reform(move |_: MouseEvent| next);
    let label = text(props.locale, key);
    html! {
        <button type="button" id="theme" class="icon-button" title={label.clone()} aria-label={label}
            {onclick}>
            { icon.view() }
        </button>
    }
}
