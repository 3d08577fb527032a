//! The event log: what happened and why, newest last.

use super::words;
use crate::i18n::{self, units, use_locale};
use crate::run::RunState;
use shared::sim::LogEntry;
use std::rc::Rc;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Entries shown at most; older ones stay in the result. A browser lays out this many at once
/// without a pause.
const ENTRIES_MAX: usize = 400;
/// A list scrolled to within this many pixels of its end follows new entries.
const NEAR_END_PX: i32 = 24;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct EventsProps {
    pub(super) state: Rc<RunState>,
}

/// The log of a run. It follows its end until the reader scrolls up.
#[component]
pub(super) fn Events(props: &EventsProps) -> Html {
    let locale = use_locale();
    let list = use_node_ref();
    let follows = use_state_eq(|| true);
    let log = props.state.log.clone();
    use_effect_with((log.len(), *follows), {
        let list = list.clone();
        move |(_, follows)| {
            if *follows {
                scroll_to_end(&list);
            }
        }
    });
    let on_scroll = {
        let (list, follows) = (list.clone(), follows.setter());
        Callback::from(move |_: Event| {
            if let Some(list) = list.cast::<HtmlElement>() {
                let below = list.scroll_height() - list.scroll_top() - list.client_height();
                follows.set(below <= NEAR_END_PX);
            }
        })
    };
    let to_newest = {
        let (list, follows) = (list.clone(), follows.setter());
        Callback::from(move |_: MouseEvent| {
            scroll_to_end(&list);
            follows.set(true);
        })
    };
    // The words are made once for each entry, not once for each frame.
    let entries = use_memo((log, props.state.design.clone(), locale), |(log, design, locale)| {
        log.read(|entries| {
            let first = entries.len().saturating_sub(ENTRIES_MAX);
            let shown = entries.iter().enumerate().skip(first);
            let row = |(index, entry): (usize, &LogEntry)| {
                let design = design.as_deref()?;
                let cause = entry.cause.and_then(|cause| entries.get(cause as usize));
                let cause = cause.and_then(|cause| words::cause(*locale, cause));
                let time = units::clock(design.run.starts_at_s, entry.at);
                let text = words::entry(*locale, design, entry);
                let tone = tone_class(words::tone(&entry.event));
                Some(html! {
                    <li key={index} class={classes!("event", tone)}>
                        <time>{ time }</time>
                        <span class="event-text">
                            { text }{ " " }<span class="event-cause">{ cause }</span>
                        </span>
                    </li>
                })
            };
            shown.filter_map(row).collect::<Html>()
        })
    });
    let empty = props.state.log.is_empty();
    html! {
        <div class="events" role="log" aria-live="off"
            aria-label={i18n::text(locale, "events-label")}>
            <ol class="events-list" ref={list} onscroll={on_scroll} tabindex="0"
                aria-label={i18n::text(locale, "events-label")}>
                { (*entries).clone() }
            </ol>
            <p class="events-empty" hidden={!empty}>{ i18n::text(locale, "events-empty") }</p>
            <button class="events-newest" type="button" hidden={*follows || empty}
                onclick={to_newest}>
                { i18n::text(locale, "events-newest") }
            </button>
        </div>
    }
}

fn scroll_to_end(list: &NodeRef) {
    if let Some(list) = list.cast::<HtmlElement>() {
        list.set_scroll_top(list.scroll_height());
    }
}

const fn tone_class(tone: words::Tone) -> &'static str {
    match tone {
        words::Tone::Traffic => "event-traffic",
        words::Tone::Alarm => "event-alarm",
        words::Tone::Scaling => "event-scaling",
        words::Tone::Server => "event-server",
        words::Tone::Death => "event-death",
    }
}
