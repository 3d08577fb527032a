//! A guided tour: the run pauses at each stop, and a caption points at what there is to see.
//!
//! The story has seven stops, one for each of its steps. Every other design has three: requests
//! come, the queues settle, the result. A tour only uses what the transport has, play, pause and
//! speed, so that the reader can step in at any moment.

use super::story;
use crate::i18n::{self, use_locale};
use crate::run::{RunAction, RunHandle, RunState, Speed, Status};
use crate::shell;
use gloo_timers::callback::Timeout;
use shared::design::{Design, NodeKind};
use shared::id::NodeId;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Width of a caption, pixels; the style sheet has the same.
const CAPTION_WIDTH: f64 = 320.0;
/// A caption stands this far from what it points at.
const GAP: f64 = 14.0;
/// How long a caption of a tour that goes on by itself can be read, milliseconds.
const READ_MS: u32 = 7_000;
/// Share of a run after which the queues of a design without a story have settled.
const SETTLED: f64 = 0.1;

/// Where the run pauses.
#[derive(Clone, Debug, PartialEq)]
struct Stop {
    /// Key of the caption.
    key: &'static str,
    when: When,
    /// What the caption points at, as a selector.
    target: String,
}

/// When a stop is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// This step of the story has happened.
    Step(usize),
    /// Requests have been answered.
    Answers,
    /// Some of the run is over.
    Settled,
    /// All of it is.
    Finished,
}

impl When {
    fn is_reached(self, state: &RunState) -> bool {
        match self {
            Self::Step(number) => state.log.read(|log| {
                story::steps(log, &state.totals).get(number).is_some_and(|step| step.done)
            }),
            Self::Answers => state.totals.completed > 0,
            Self::Settled => state.now().as_s_f64() >= SETTLED * state.duration.as_s_f64(),
            Self::Finished => state.status == Status::Finished,
        }
    }
}

/// The stops of a design's tour.
fn stops(design: &Design) -> Vec<Stop> {
    let of = |kind| {
        let mut nodes = design.nodes.iter();
        nodes.find(|(_, node)| node.settings.kind() == kind).map(|(&id, _)| id)
    };
    let at = |id: Option<NodeId>, part: &str| match id {
        Some(id) => format!("#node-{}{part}", id.0),
        None => "#canvas".to_owned(),
    };
    let stop = |key, when, target| Stop { key, when, target };
    let (source, balancer, group) =
        (of(NodeKind::Source), of(NodeKind::Balancer), of(NodeKind::Group));
    if story::thresholds(design).is_none() {
        let busy = group.or(of(NodeKind::Dependency));
        return vec![
            stop("tour-plain-1", When::Answers, at(source, " .card-body")),
            stop("tour-plain-2", When::Settled, at(busy, " .card-body")),
            stop("tour-plain-3", When::Finished, "[data-tab=run-tab-result]".to_owned()),
        ];
    }
    vec![
        stop("tour-1", When::Step(0), at(balancer, " .card-body")),
        stop("tour-2", When::Step(1), at(group, " .card-body")),
        stop("tour-3", When::Step(2), "[data-chart=chart-cpu]".to_owned()),
        stop("tour-4", When::Step(3), at(group, " .alarms")),
        stop("tour-5", When::Step(4), at(group, " .chips")),
        stop("tour-6", When::Step(5), at(balancer, " .backends")),
        stop("tour-7", When::Step(6), "[data-chart=chart-latency]".to_owned()),
    ]
}

#[derive(Clone, PartialEq, Properties)]
pub(in crate::view) struct TourProps {
    pub(in crate::view) run: RunHandle,
    /// It goes on by itself, as in a frame of another page, where nobody may be there to press.
    #[prop_or_default]
    pub(in crate::view) auto: bool,
    /// The tour is over.
    pub(in crate::view) on_end: Callback<()>,
}

/// A tour that goes on. Its first paint starts the run from its beginning.
#[component]
pub(in crate::view) fn Tour(props: &TourProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let number = use_state_eq(|| 0_usize);
    let next_button = use_node_ref();
    use_effect_with((), {
        let (send, begun) = (props.run.send.clone(), state.status.has_begun());
        let start = move || {
            if begun {
                send.emit(RunAction::Pause);
                send.emit(RunAction::Restart);
            }
            send.emit(RunAction::SetSpeed(Speed::Sixty));
            send.emit(RunAction::Play);
        };
        let auto = props.auto;
        move |()| {
            if auto {
                // After the design of the address has come.
                Timeout::new(0, start).forget();
            } else {
                start();
            }
        }
    });
    let stops = state.design.as_deref().map(stops).unwrap_or_default();
    let stop = stops.get(*number).cloned();
    let reached = stop.as_ref().is_some_and(|stop| stop.when.is_reached(state));
    use_effect_with((*number, reached), {
        let (send, next_button) = (props.run.send.clone(), next_button.clone());
        let (running, auto) = (state.status == Status::Running, props.auto);
        move |&(_, reached)| {
            if reached {
                if running {
                    send.emit(RunAction::Pause);
                }
                // A frame must not take the focus from the page around it.
                if let Some(button) = next_button.cast::<HtmlElement>().filter(|_| !auto) {
                    // An element that has just been painted takes the focus.
                    let _focused = button.focus();
                }
            }
        }
    });
    let is_last = *number + 1 == stops.len();
    let go_on = {
        let (number, send, on_end) = (number.clone(), props.run.send.clone(), props.on_end.clone());
        let following = stops.get(*number + 1).map(|stop| stop.when);
        let waits = following.is_some_and(|when| !when.is_reached(state));
        let auto = props.auto;
        Callback::from(move |()| {
            if is_last {
                on_end.emit(());
            }
            if waits || (auto && is_last) {
                send.emit(RunAction::Play);
            }
            number.set(*number + 1);
        })
    };
    use_effect_with((*number, reached, props.auto), {
        let go_on = go_on.clone();
        move |&(_, reached, auto)| {
            let waits = (reached && auto).then(|| Timeout::new(READ_MS, move || go_on.emit(())));
            move || drop(waits)
        }
    });
    let next = go_on.reform(|_: MouseEvent| ());
    let end = props.on_end.reform(|_: MouseEvent| ());
    let onkeydown = {
        let on_end = props.on_end.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                on_end.emit(());
            }
        })
    };
    let Some(stop) = stop else { return html! { <div class="tour" hidden=true/> } };
    let place = [("number", (*number + 1).into()), ("count", stops.len().into())];
    let (ring, caption) = places(&stop.target);
    html! {
        <div class="tour" {onkeydown} data-stop={stop.key} data-reached={reached.to_string()}>
            <div class="tour-ring" style={ring} aria-hidden="true"></div>
            <div class="tour-caption" style={caption} role="dialog"
                aria-label={i18n::text(locale, "tour-label")}>
                <p class="tour-place">{ i18n::format(locale, "tour-place", &place) }</p>
                <p class="tour-words" aria-live="polite">{ i18n::text(locale, stop.key) }</p>
                <div class="tour-buttons">
                    <button type="button" class="tour-next" ref={next_button} onclick={next}
                        disabled={!reached} data-action="tour-next">
                        { i18n::text(locale, match (reached, is_last) {
                            (false, _) => "tour-wait",
                            (true, false) => "tour-next",
                            (true, true) => "tour-done",
                        }) }
                    </button>
                    <button type="button" onclick={end} data-action="tour-end" hidden={is_last && reached}>
                        { i18n::text(locale, "tour-end") }
                    </button>
                </div>
            </div>
        </div>
    }
}

/// Styles of the ring around the target and of the caption beside it.
fn places(target: &str) -> (String, String) {
    let element = shell::document().and_then(|document| document.query_selector(target).ok()?);
    let window = shell::window();
    let size =
        |of: fn(&web_sys::Window) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
            window.as_ref().and_then(|window| of(window).ok()?.as_f64()).unwrap_or(800.0)
        };
    let (width, height) = (size(web_sys::Window::inner_width), size(web_sys::Window::inner_height));
    let Some(element) = element else {
        let left = (width - CAPTION_WIDTH) / 2.0;
        return ("display: none".to_owned(), format!("left: {left:.0}px; top: 80px"));
    };
    let rect = element.get_bounding_client_rect();
    let ring = format!(
        "left: {:.0}px; top: {:.0}px; width: {:.0}px; height: {:.0}px",
        rect.left() - 4.0,
        rect.top() - 4.0,
        rect.width() + 8.0,
        rect.height() + 8.0
    );
    let left = (rect.left() + rect.width() / 2.0 - CAPTION_WIDTH / 2.0)
        .clamp(8.0, (width - CAPTION_WIDTH - 8.0).max(8.0));
    // Below the target where the lower half has room, else above it.
    let caption = if rect.bottom() < height * 0.55 {
        format!("left: {left:.0}px; top: {:.0}px", rect.bottom() + GAP)
    } else {
        format!("left: {left:.0}px; bottom: {:.0}px", height - rect.top() + GAP)
    };
    (ring, caption)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Locale, text};
    use shared::design::presets;

    #[test]
    fn every_design_has_a_tour_whose_captions_exist() {
        assert_eq!(stops(&presets::seven_steps()).len(), 7);
        for (name, design) in presets::all() {
            let stops = stops(&design);
            assert!(stops.len() >= 3, "{name}");
            for locale in Locale::ALL {
                for stop in &stops {
                    assert!(!text(locale, stop.key).contains('⟨'), "{name}: {}", stop.key);
                }
            }
        }
        assert_eq!(stops(&Design::default()).len(), 3, "an empty canvas is no mistake");
    }

    #[test]
    fn stops_are_reached_in_the_order_of_the_run() {
        let mut state = RunState::default();
        assert!(!When::Answers.is_reached(&state) && !When::Finished.is_reached(&state));
        state.totals.arrived = 1;
        assert!(When::Step(0).is_reached(&state) && !When::Step(1).is_reached(&state));
        state.totals.completed = 1;
        assert!(When::Answers.is_reached(&state) && When::Step(1).is_reached(&state));
        assert!(!When::Step(2).is_reached(&state));
    }
}
