//! What happened at the Worker, the newest first.

use super::{PartProps, words};
use crate::i18n::text;
use js_sys::Date;
use yew::prelude::*;

/// The history, for who has the token.
#[component]
pub(super) fn History(props: &PartProps) -> Html {
    let PartProps { live, locale, .. } = props;
    let locale = *locale;
    let empty = live.events.is_empty();
    html! {
        <section class="live-history" hidden={!live.has_token()}>
            <h2>{ text(locale, "live-history") }</h2>
            <p hidden={!empty}>{ text(locale, "live-history-empty") }</p>
            <ol class="live-scroll" tabindex="0" aria-label={text(locale, "live-history")}
                hidden={empty}>
                { for live.events.iter().enumerate().map(|(nth, event)| html! {
                    <li key={nth}>
                        <time>{ moment(event.at_ms) }</time>
                        <span>{ words::event(locale, &event.kind) }</span>
                    </li>
                }) }
            </ol>
        </section>
    }
}

/// Date and time where the reader is: `11-26 09:15:02`.
pub(super) fn moment(at_ms: u64) -> String {
    let date = Date::new(&(at_ms as f64).into());
    let (month, day) = (date.get_month() + 1, date.get_date());
    let (hour, minute, second) = (date.get_hours(), date.get_minutes(), date.get_seconds());
    format!("{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
