//! A dialog in the middle of the page. The browser's own: it keeps the focus inside, closes with
//! Escape, and makes the page behind it inert.

use super::icons::Icon;
use crate::i18n::{Locale, text};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlDialogElement};
use yew::prelude::*;

/// A dialog.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct SheetProps {
    /// Identity; the title's is made from it.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) title: String,
    /// The page's language.
    pub(crate) locale: Locale,
    /// It was closed.
    pub(crate) on_close: Callback<()>,
    /// What it shows.
    pub(crate) children: Html,
}

/// A dialog.
#[component]
pub(crate) fn Sheet(props: &SheetProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with((), {
        let dialog = dialog.clone();
        move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // Refused only if it is open already.
                let _ = dialog.show_modal();
            }
        }
    });
    let onclose = props.on_close.reform(|_: Event| ());
    let close = props.on_close.reform(|_: MouseEvent| ());
    // A press beside the sheet is a press on the dialog's own element.
    let onclick = {
        let on_close = props.on_close.clone();
        move |event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if target.is_some_and(|target| target.tag_name() == "DIALOG") {
                on_close.emit(());
            }
        }
    };
    let onkeydown = |event: KeyboardEvent| event.stop_propagation();
    let title_id = format!("{}-title", props.id);
    let words = text(props.locale, "close");
    html! {
        <dialog ref={dialog} id={props.id} class="sheet" aria-labelledby={title_id.clone()} {onclose}
            {onclick} {onkeydown}>
            <div class="sheet-inside">
                <div class="help-head">
                    <h2 id={title_id}>{ &props.title }</h2>
                    <button type="button" class="icon-button" title={words.clone()}
                        aria-label={words} onclick={close}>
                        { Icon::Close.view() }
                    </button>
                </div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
