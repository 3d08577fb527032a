//! Passing a design on: the link and where it fits, its code for cameras, a frame for other pages.

use super::code::code_picture;
use super::sheet::Sheet;
use crate::editor::embed::Embed;
use crate::i18n::{Arg, Locale, format, text};
use crate::shell::clipboard;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// Where a link fits: the longest it may be, and the key of the words.
const PLACES: [(usize, &str); 3] =
    [(2_000, "share-fits-chat"), (2_953, "share-fits-code"), (4_000, "share-fits-slack")];

/// The dialog.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct ShareProps {
    /// The page's address without query and fragment.
    pub(crate) page: String,
    /// `v1.…`.
    pub(crate) fragment: String,
    /// Name of the design.
    pub(crate) name: String,
    /// The page's language.
    pub(crate) locale: Locale,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The dialog.
#[component]
pub(crate) fn Share(props: &ShareProps) -> Html {
    let locale = props.locale;
    let embed = use_state(|| Embed { read_only: true, autorun: true, ..Embed::default() });
    let url = format!("{}#{}", props.page, props.fragment);
    let chars = url.chars().count();
    let place = |&(max, key): &(usize, &'static str)| {
        let fits = chars <= max;
        let class = if fits { "fits" } else { "too-long" };
        let mark = if fits { "✓" } else { "✗" };
        html! {
            <li key={key} {class}>
                <span aria-hidden="true">{ mark }</span>
                { text(locale, if fits { "share-fits" } else { "share-too-long" }) }{ " " }
                { format(locale, key, &[("max", Arg::from(max))]) }
            </li>
        }
    };
    let toggle = |id: &'static str, on: bool, change: fn(Embed, bool) -> Embed| {
        let embed = embed.clone();
        let onchange = move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            embed.set(change(*embed, input.checked()));
        };
        html! {
            <label class="switch-line">
                <input {id} type="checkbox" role="switch" class="switch" checked={on} {onchange}/>
                { text(locale, id) }
            </label>
        }
    };
    let snippet = embed.snippet(&props.page, &props.fragment, &props.name);
    let choose = |event: FocusEvent| {
        let field: HtmlTextAreaElement = event.target_unchecked_into();
        field.select();
    };
    html! {
        <Sheet id="share" title={text(locale, "share-title")} {locale}
            on_close={props.on_close.clone()}>
            <div class="share">
                <section aria-labelledby="share-link-title">
                    <div class="share-head">
                        <h3 id="share-link-title">{ text(locale, "share-link") }</h3>
                        <span class="help-note">
                            { format(locale, "share-chars", &[("chars", Arg::from(chars))]) }
                        </span>
                        <CopyButton text={url.clone()} {locale}/>
                    </div>
                    <textarea id="share-link" readonly=true rows="4" onfocus={choose}
                        aria-labelledby="share-link-title" value={url.clone()}/>
                    <ul class="share-places">{ for PLACES.iter().map(place) }</ul>
                    <p class="help-note">{ text(locale, "share-note") }</p>
                </section>
                <section>{ code_picture(&url, locale) }</section>
                <section aria-labelledby="share-embed-title" class="share-embed">
                    <div class="share-head">
                        <h3 id="share-embed-title">{ text(locale, "share-embed") }</h3>
                        <CopyButton text={snippet.clone()} {locale}/>
                    </div>
                    <p class="help-note">{ text(locale, "share-embed-note") }</p>
                    { toggle("embed-autorun", embed.autorun, |embed, autorun| Embed { autorun, ..embed }) }
                    { toggle("embed-tour", embed.tour, |embed, tour| Embed { tour, ..embed }) }
                    { toggle("embed-hide-dock", embed.hide_dock,
                        |embed, hide_dock| Embed { hide_dock, ..embed }) }
                    <textarea id="share-snippet" readonly=true rows="4" onfocus={choose}
                        aria-labelledby="share-embed-title" value={snippet}/>
                </section>
            </div>
        </Sheet>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct CopyProps {
    text: String,
    locale: Locale,
}

/// Copies a text and says so in its own words: notices lie behind the dialog.
#[component]
fn CopyButton(props: &CopyProps) -> Html {
    let said = use_state(|| None::<(String, bool)>);
    let onclick = {
        let (said, text) = (said.setter(), props.text.clone());
        move |_: MouseEvent| {
            let (said, copied_text) = (said.clone(), text.clone());
            clipboard::copy(&text, move |copied| said.set(Some((copied_text, copied))));
        }
    };
    // What was copied of another text says nothing of this one.
    let key = match said.as_ref().filter(|(text, _)| *text == props.text) {
        Some((_, true)) => "share-copied",
        Some((_, false)) => "notice-copy-failed",
        None => "share-copy",
    };
    html! {
        <button type="button" class="copy-button" aria-live="polite" {onclick}>
            { text(props.locale, key) }
        </button>
    }
}
