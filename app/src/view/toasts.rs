//! Notices, one place for all of them.

use super::icons::Icon;
use super::words::say;
use crate::editor::notice::{Notice, Offer, Tone};
use crate::i18n::{Locale, text};
use yew::prelude::*;

/// A notice that shows, with its identity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    /// Identity.
    pub(crate) id: u32,
    /// What it says.
    pub(crate) notice: Notice,
}

/// The notices.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct ToastsProps {
    /// Those that show, oldest first.
    pub(crate) toasts: Vec<Toast>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// One was dismissed.
    pub(crate) on_dismiss: Callback<u32>,
    /// One's offer was taken.
    pub(crate) on_offer: Callback<(u32, Offer)>,
}

/// The notices.
#[component]
pub(crate) fn Toasts(props: &ToastsProps) -> Html {
    html! {
        <div class="toasts" role="status" aria-live="polite">
            { for props.toasts.iter().map(|toast| toast_view(props, toast)) }
        </div>
    }
}

fn toast_view(props: &ToastsProps, Toast { id, notice }: &Toast) -> Html {
    let id = *id;
    let (class, icon) = match notice.tone {
        Tone::Done | Tone::ToRead => ("toast done", Icon::Done),
        Tone::Warning => ("toast warning", Icon::Warning),
        Tone::Error => ("toast error", Icon::Error),
    };
    let offer = match notice.offer {
        Some(offer) => {
            let onclick = props.on_offer.reform(move |_: MouseEvent| (id, offer));
            let words = match offer {
                Offer::BringBack | Offer::Undelete => text(props.locale, "offer-bring-back"),
            };
            html! { <button type="button" class="toast-offer" {onclick}>{ words }</button> }
        }
        None => html! { <span class="toast-offer-none"/> },
    };
    let close = text(props.locale, "close");
    let dismiss = props.on_dismiss.reform(move |_: MouseEvent| id);
    html! {
        <div key={id} {class}>
            { icon.view() }
            <p class="toast-words">{ say(props.locale, &notice.text) }</p>
            { offer }
            <button type="button" class="icon-button small" title={close.clone()} aria-label={close}
                onclick={dismiss}>
                { Icon::Close.view() }
            </button>
        </div>
    }
}
