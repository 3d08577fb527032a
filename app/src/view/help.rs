//! The list of keys, made from the table of actions.

use super::icons::Icon;
use crate::editor::actions::{ACTIONS, Action, Chapter};
use crate::i18n::{Locale, text};
use crate::view::when;
use yew::prelude::*;

/// The list of keys.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct HelpProps {
    /// Whether it shows.
    pub(crate) open: bool,
    /// Whether shortcuts are written as on macOS.
    pub(crate) mac: bool,
    /// The page's language.
    pub(crate) locale: Locale,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The list of keys.
#[component]
pub(crate) fn Help(props: &HelpProps) -> Html {
    let close_button = use_node_ref();
    use_effect_with(props.open, {
        let close_button = close_button.clone();
        move |open| {
            if *open && let Some(button) = close_button.cast::<web_sys::HtmlElement>() {
                // Keys go on to work elsewhere if the dialog cannot take them.
                let _ = button.focus();
            }
        }
    });
    let close = props.on_close.reform(|_: MouseEvent| ());
    let onkeydown = when(&props.on_close, |event: KeyboardEvent| {
        matches!(event.key().as_str(), "Escape" | "?").then(|| event.stop_propagation())
    });
    let inside = |event: MouseEvent| event.stop_propagation();
    let words = text(props.locale, "close");
    html! {
        <div class="scrim" hidden={!props.open} onclick={close.clone()}>
            <div class="help-sheet" role="dialog" aria-modal="true" aria-labelledby="help-title"
                onclick={inside} {onkeydown}>
                <div class="help-head">
                    <h2 id="help-title">{ text(props.locale, "help-title") }</h2>
                    <button ref={close_button} type="button" class="icon-button" title={words.clone()}
                        aria-label={words} onclick={close}>
                        { Icon::Close.view() }
                    </button>
                </div>
                <div class="help-chapters">
                    { for Chapter::ALL.iter().map(|&chapter| chapter_view(props, chapter)) }
                </div>
                <p class="help-note">{ text(props.locale, "help-pointer") }</p>
            </div>
        </div>
    }
}

fn chapter_view(props: &HelpProps, chapter: Chapter) -> Html {
    let actions = ACTIONS.iter().filter(|action| action.chapter == chapter);
    html! {
        <section key={chapter.key()}>
            <h3>{ text(props.locale, chapter.key()) }</h3>
            <dl>{ for actions.map(|action| row(props, action)) }</dl>
        </section>
    }
}

fn row(props: &HelpProps, action: &Action) -> Html {
    let keys = action.shortcuts.iter().map(|keys| keys.label(props.mac));
    html! {
        <div key={action.label} class="help-row">
            <dt>{ text(props.locale, action.label) }</dt>
            <dd>{ for keys.map(|keys| html! { <kbd key={keys.clone()}>{ keys }</kbd> }) }</dd>
        </div>
    }
}
