//! The configuration: read, changed, put, and rolled back.

use super::PartProps;
use super::history::moment;
use crate::i18n::{Arg, Locale, format, text};
use crate::live::{Message, Version};
use crate::shell::library::Library;
use crate::view::when;
use crate::view::words::{say, template};
use shared::design::{Design, presets};
use std::rc::Rc;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// What changes the configuration, for who has the token.
#[component]
pub(super) fn Deploy(props: &PartProps) -> Html {
    let PartProps { live, locale, send } = props;
    let locale = *locale;
    let tell = |message: Message| send.reform(move |_: MouseEvent| message.clone());
    let oninput = when(send, |event: InputEvent| {
        Some(Message::Draft(event.target_dyn_into::<HtmlTextAreaElement>()?.value()))
    });
    let draw = send.reform(move |_: MouseEvent| Message::Draw(Rc::new(drawing(locale))));
    let writing = live.draft.is_some();
    html! {
        <section class="live-deploy" hidden={!live.has_token()}>
            <h2>{ text(locale, "live-deploy") }</h2>
            <button type="button" class="plain-button" id="live-edit" hidden={writing}
                onclick={tell(Message::Edit)}>
                { text(locale, "live-edit") }
            </button>
            <button type="button" class="plain-button" id="live-draw" hidden={writing}
                onclick={draw}>
                { text(locale, "live-draw") }
            </button>
            <p class="live-drawn" hidden={live.drawn.is_none()}>
                { live.drawn.as_ref().map(|notes| say(locale, notes)) }
            </p>
            <div hidden={!writing} class="live-draft">
                <textarea id="live-draft" spellcheck="false" rows="14" {oninput}
                    aria-label={text(locale, "live-draft")}
                    value={live.draft.clone().unwrap_or_default()}/>
                <button type="button" class="plain-button" id="live-put" disabled={live.busy}
                    onclick={tell(Message::Deploy)}>
                    { text(locale, "live-put") }
                </button>
            </div>
            <h3>{ text(locale, "live-versions") }</h3>
            <ul class="live-versions">
                { for live.versions.iter().map(|version| row(props, version)) }
                <li key="0">
                    <span>{ text(locale, "live-variable") }</span>
                    { back(props, 0) }
                </li>
            </ul>
        </section>
    }
}

/// What the designer has open, or would open with.
fn drawing(locale: Locale) -> Design {
    match Library::load().opened() {
        Some(Ok(design)) => design,
        _ => template(locale, "seven-steps").unwrap_or_else(presets::seven_steps),
    }
}

fn row(props: &PartProps, version: &Version) -> Html {
    let args = [
        ("number", Arg::from(version.number)),
        ("at", moment(version.at_ms).into()),
        ("origins", version.origins.into()),
    ];
    html! {
        <li key={version.number.to_string()}>
            <span>{ format(props.locale, "live-version-row", &args) }</span>
            { back(props, version.number) }
        </li>
    }
}

/// The button that makes a version the current one, or that it is.
fn back(props: &PartProps, number: u64) -> Html {
    let current = props.live.status.config_version == number;
    let onclick = props.send.reform(move |_: MouseEvent| Message::RollBack(number));
    let key = if current { "live-current" } else { "live-roll-back" };
    let label = format(props.locale, "live-roll-back-to", &[("number", number.into())]);
    html! {
        <button type="button" class="plain-button" data-version={number.to_string()}
            disabled={current || props.live.busy} {onclick} aria-label={(!current).then_some(label)}>
            { text(props.locale, key) }
        </button>
    }
}
