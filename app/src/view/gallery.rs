//! The templates, each with its picture and what to watch for.

use super::canvas::small_picture;
use super::sheet::Sheet;
use super::words::template;
use crate::editor::{Message, Origin};
use crate::i18n::{Locale, text};
use crate::view::when;
use shared::design::presets;
use std::rc::Rc;
use yew::prelude::*;

/// The gallery.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct GalleryProps {
    /// The page's language.
    pub(crate) locale: Locale,
    /// One was chosen.
    pub(crate) on_choose: Callback<Message>,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The gallery.
#[component]
pub(crate) fn Gallery(props: &GalleryProps) -> Html {
    let locale = props.locale;
    let card = |(id, design): &(&'static str, shared::design::Design)| {
        let id = *id;
        let onclick = when(&props.on_choose, move |_: MouseEvent| {
            Some(Message::Open(Rc::new(template(locale, id)?), Origin::Template))
        });
        let first = (id == "seven-steps").then_some("first");
        html! {
            <button key={id} type="button" class={classes!("template", first)} data-item={id}
                {onclick}>
                { small_picture(design) }
                <span class="template-name">{ text(locale, &format!("template-{id}")) }</span>
                <span class="template-note">{ text(locale, &format!("template-{id}-note")) }</span>
            </button>
        }
    };
    html! {
        <Sheet id="gallery" title={text(locale, "templates")} {locale} on_close={props.on_close.clone()}>
            <p class="help-note">{ text(locale, "templates-hint") }</p>
            <div class="gallery">{ for presets::all().iter().map(card) }</div>
        </Sheet>
    }
}
