//! The timeline: what is planned to break or change, when and for how long, before the traffic that is
//! planned. An entry is moved by mouse or keys; each move is a change of the design that can be undone.

mod entry;
mod traffic;

use crate::editor::Message;
use crate::editor::form::{Change, fault_key, help_key};
use crate::i18n::{self, Locale, use_locale};
use crate::run::{Offered, RunState, faults_anywhere};
use crate::view::icons::Icon as MenuIcon;
use crate::view::menu::{Menu, MenuItem};
use crate::view::same::Same;
use entry::Entry;
use shared::design::{Design, Fault, FaultTime, Place};
use shared::json;
use std::rc::Rc;
use yew::prelude::*;

/// A new entry lasts so long, as a share of the run, where it lasts.
const LASTS: f64 = 0.05;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TimelineProps {
    /// The page's design, whose plan it is; the run may be one of an older.
    pub(super) design: Same<Design>,
    pub(super) state: Rc<RunState>,
    pub(super) on_message: Callback<Message>,
}

/// The strip: entries over the length of the run, where the run is, and a menu to add one.
#[component]
pub(super) fn Timeline(props: &TimelineProps) -> Html {
    let locale = use_locale();
    let track = use_node_ref();
    let design = &props.design;
    let duration_s = f64::from(design.run.duration_s).max(1.0);
    // Kept, so that entries are not painted anew with every frame of the run.
    let change = use_callback(props.on_message.clone(), |(path, change), on_message| {
        on_message.emit(Message::ChangeField { place: Place::Design, path, change });
    });
    let done = use_callback(props.on_message.clone(), |(), on_message| {
        on_message.emit(Message::FieldDone);
    });
    let offered = use_memo(design.clone(), |design| faults_anywhere(design));
    let behind = use_memo(design.clone(), |design| traffic::traffic(design));
    let now_s = props.state.now().as_s_f64();
    let entries = design.run.faults.iter().enumerate().filter_map(|(number, fault)| {
        let FaultTime::At { at_s, for_s } = fault.when else { return None };
        let for_s = if fault.what.name().lasts() { for_s } else { 0.0 };
        Some(html! {
            <Entry key={number} {number} at_s={at_s.min(duration_s)} {for_s} {duration_s}
                label={label(locale, design, number, fault)}
                starts_at_s={design.run.starts_at_s} on_change={change.clone()}
                on_done={done.clone()} track={track.clone()} />
        })
    });
    let entries: Html = entries.collect();
    let random = design.run.faults.iter().filter(|it| matches!(it.when, FaultTime::Random { .. }));
    let random = random.count();
    let left = |second: f64| format!("left: {:.3}%", 100.0 * (second / duration_s).clamp(0.0, 1.0));
    html! {
        <div class="timeline" role="group" aria-label={i18n::text(locale, "timeline-label")}>
            <span class="timeline-name">{ i18n::text(locale, "timeline") }</span>
            <div class="timeline-track" ref={track} tabindex="-1">
                { (*behind).clone() }
                <span class="timeline-now" style={left(now_s)} aria-hidden="true"></span>
                { entries }
                if design.run.faults.is_empty() {
                    <span class="timeline-empty">{ i18n::text(locale, "timeline-empty") }</span>
                }
            </div>
            if random > 0 {
                <span class="timeline-random">
                    { i18n::format(locale, "timeline-random", &[("count", random.into())]) }
                </span>
            }
            { add_menu(locale, &offered, now_s, &change, duration_s) }
        </div>
    }
}

/// What is planned, and where: `2. Crash · Web servers`.
fn label(locale: Locale, design: &Design, number: usize, fault: &Fault) -> String {
    let kind = i18n::text(locale, fault_key(fault.what.name()));
    let node = fault.what.node().and_then(|id| design.node(id)).map(|node| node.name.as_str());
    match node {
        Some(node) => format!("{}. {kind} · {node}", number + 1),
        None => format!("{}. {kind}", number + 1),
    }
}

/// A menu of what can happen to the design. What is chosen happens where the run is now, or in the
/// middle of a run that has not begun or is over.
fn add_menu(
    locale: Locale,
    offered: &Rc<Vec<Offered>>,
    now_s: f64,
    change: &Callback<(String, Change)>,
    duration_s: f64,
) -> Html {
    let item = |id: &'static str| MenuItem {
        id,
        label: i18n::text(locale, id),
        note: i18n::text(locale, &help_key(id)),
    };
    let items: Vec<MenuItem> = offered.iter().map(|(name, _)| item(fault_key(*name))).collect();
    let under_way = now_s > 0.0 && now_s < duration_s;
    let at_s = if under_way { now_s.ceil() } else { (duration_s / 2.0).round() };
    let on_choose = {
        let (change, offered) = (change.clone(), Rc::clone(offered));
        Callback::from(move |key: &'static str| {
            let Some((_, command)) = offered.iter().find(|(it, _)| fault_key(*it) == key) else {
                return;
            };
            let for_s = (LASTS * duration_s).round().max(entry::STEP_MIN_S);
            let when = FaultTime::At { at_s, for_s };
            let fault = Fault { what: command.what.clone(), when };
            // Plain data with string keys serialises.
            if let Ok(fault) = json::to_value(&fault) {
                change.emit(("faults".to_owned(), Change::Push(fault)));
            }
        })
    };
    html! {
        <Menu label={i18n::text(locale, "timeline-add")} icon={MenuIcon::Plus}
            button_class="timeline-add" up={true} end={true} disabled={false} {items} {on_choose}/>
    }
}
