//! One planned thing: a slider on the strip that also has a length.

use crate::editor::form::Change;
use crate::i18n::{self, Locale, units, use_locale};
use shared::time::{Span, Timestamp};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// A step by key, as a share of the run.
const STEP: f64 = 0.01;
/// No step and no length is shorter, seconds.
pub(super) const STEP_MIN_S: f64 = 1.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct EntryProps {
    /// Its place in the list of faults.
    pub(super) number: usize,
    pub(super) at_s: f64,
    /// Zero for what happens in a moment.
    pub(super) for_s: f64,
    /// Length of the run.
    pub(super) duration_s: f64,
    pub(super) label: AttrValue,
    /// Time of day at the start.
    pub(super) starts_at_s: u32,
    /// A field of the run is changed.
    pub(super) on_change: Callback<(String, Change)>,
    /// Changes that follow are another step of the history.
    pub(super) on_done: Callback<()>,
    /// What it lies on.
    pub(super) track: NodeRef,
}

/// Where the pointer came down, pixels, and how far it has gone, seconds.
type Drag = Option<(i32, f64)>;

/// The entry. A drag is one change, made when the pointer comes up.
#[component]
pub(super) fn Entry(props: &EntryProps) -> Html {
    let locale = use_locale();
    let drag = use_state_eq(|| Drag::None);
    let &EntryProps { number, for_s, duration_s, .. } = props;
    let by_s = drag.map_or(0.0, |(_, by_s)| by_s);
    let at_s = (props.at_s + by_s).clamp(0.0, duration_s);
    let onpointerdown = {
        let drag = drag.setter();
        Callback::from(move |event: PointerEvent| {
            let target = event.target_dyn_into::<Element>();
            // The pointer belongs to the entry until it comes up.
            let captures = |it: Element| it.set_pointer_capture(event.pointer_id()).is_ok();
            if event.button() == 0 && target.is_some_and(captures) {
                drag.set(Some((event.client_x(), 0.0)));
            }
        })
    };
    let onpointermove = {
        let (drag, track) = (drag.clone(), props.track.clone());
        Callback::from(move |event: PointerEvent| {
            let width = track.cast::<HtmlElement>().map_or(0, |track| track.client_width());
            if let Some((from_x, _)) = drag.filter(|_| width > 0) {
                let by_s = f64::from(event.client_x() - from_x) * duration_s / f64::from(width);
                drag.set(Some((from_x, by_s)));
            }
        })
    };
    let onpointerup = {
        let (drag, on_change, on_done) =
            (drag.clone(), props.on_change.clone(), props.on_done.clone());
        Callback::from(move |_: PointerEvent| {
            // A click is no move.
            if drag.is_some_and(|(_, by_s)| by_s != 0.0) {
                on_done.emit(());
                on_change.emit((field(number, "at_s"), Change::Number(at_s.round())));
                on_done.emit(());
            }
            drag.set(None);
        })
    };
    let onpointercancel = {
        let drag = drag.setter();
        Callback::from(move |_: PointerEvent| drag.set(None))
    };
    let percent = |second: f64| 100.0 * (second / duration_s).clamp(0.0, 1.0);
    let (left, width) = (percent(at_s), percent(for_s).min(100.0 - percent(at_s)));
    let when = when(locale, props.starts_at_s, at_s, for_s);
    html! {
        <div class={classes!("timeline-entry", (for_s > 0.0).then_some("lasts"))}
            tabindex="0" role="slider" data-entry={number.to_string()}
            aria-label={props.label.clone()} aria-valuemin="0"
            aria-valuemax={format!("{duration_s:.0}")} aria-valuenow={format!("{at_s:.0}")}
            aria-valuetext={when.clone()} aria-description={i18n::text(locale, "timeline-keys")}
            title={format!("{} · {when}", props.label)}
            style={format!("left: {left:.3}%; width: max(24px, {width:.3}%)")}
            onkeydown={on_key(props)} {onpointerdown} {onpointermove} {onpointerup}
            {onpointercancel} onblur={props.on_done.reform(|_: FocusEvent| ())}>
            <span class="timeline-word">{ props.label.clone() }</span>
        </div>
    }
}

/// The path of a field of its time.
fn field(number: usize, name: &str) -> String {
    format!("faults[{number}].when.{name}")
}

/// What keys do: arrows move it, with Shift they change its length, Delete removes it.
fn on_key(props: &EntryProps) -> Callback<KeyboardEvent> {
    let EntryProps { number, at_s, for_s, duration_s, on_change, track, .. } = props.clone();
    Callback::from(move |event: KeyboardEvent| {
        let step_s = (STEP * duration_s).round().max(STEP_MIN_S);
        let set = |name: &str, value: f64, least: f64| {
            (field(number, name), Change::Number(value.round().clamp(least, duration_s)))
        };
        let at = |value| set("at_s", value, 0.0);
        let lasts = |value| set("for_s", value, STEP_MIN_S);
        let change = match (event.key().as_str(), event.shift_key()) {
            ("ArrowLeft", false) => at(at_s - step_s),
            ("ArrowRight", false) => at(at_s + step_s),
            ("Home", _) => at(0.0),
            ("End", _) => at(duration_s),
            ("ArrowLeft", true) if for_s > 0.0 => lasts(for_s - step_s),
            ("ArrowRight", true) if for_s > 0.0 => lasts(for_s + step_s),
            ("Delete" | "Backspace", _) => {
                // The focus stays near to what is gone.
                let _focused = track.cast::<HtmlElement>().map(|track| track.focus());
                ("faults".to_owned(), Change::Remove(number))
            }
            _ => return,
        };
        // The keys of the drawing would move or delete what is selected there.
        event.prevent_default();
        event.stop_propagation();
        on_change.emit(change);
    })
}

/// When it happens, and for how long.
fn when(locale: Locale, starts_at_s: u32, at_s: f64, for_s: f64) -> String {
    let clock = units::clock(starts_at_s, Timestamp::ZERO + Span::from_s_f64(at_s));
    if for_s > 0.0 {
        let lasts = units::duration_s(locale, for_s);
        let args = [("clock", clock.into()), ("lasts", lasts.into())];
        i18n::format(locale, "timeline-when-lasts", &args)
    } else {
        i18n::format(locale, "timeline-when", &[("clock", clock.into())])
    }
}
