//! The controls: start, stop, speed, traffic, faults, seed.

use super::icon::{Icon, icon};
use super::seed::SeedField;
use crate::editor::form::{fault_key, help_key};
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::{RunAction, RunHandle, Speed, Status, faults_anywhere};
use crate::view::icons::Icon as MenuIcon;
use crate::view::menu::{Menu, MenuItem};
use shared::time::Timestamp;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The slider's steps: a logarithmic scale, since traffic doubles rather than adds.
const FACTORS: [f64; 11] = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0];
/// Position of the design's own rate.
const FACTOR_ONE: usize = 5;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct TransportProps {
    pub(super) run: RunHandle,
    pub(super) on_seed: Callback<u64>,
    /// The reader wants the guided tour.
    pub(super) on_tour: Callback<()>,
}

/// All controls in a row.
#[component]
pub(super) fn Transport(props: &TransportProps) -> Html {
    let locale = use_locale();
    let run = &props.run;
    let act = |action: RunAction| {
        let send = run.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(action.clone()))
    };
    let status = run.state.status;
    let running = status == Status::Running;
    let blocked = status == Status::Blocked;
    let begun = status.has_begun();
    let acts = run.state.takes_commands();
    let play = if running { ("run-pause", Icon::Pause) } else { ("run-play", Icon::Play) };
    html! {
        <div class="transport" role="toolbar" aria-label={i18n::text(locale, "run-dock")}>
            <div class="transport-group">
                { button(locale, ("run-restart", "run-restart-hint", Icon::Restart),
                    "transport-icon", !begun && status != Status::Crashed, act(RunAction::Restart)) }
                { button(locale, (play.0, "run-play-hint", play.1),
                    "transport-play", blocked, act(RunAction::Toggle)) }
                { button(locale, ("run-step", "run-step-hint", Icon::Skip),
                    "transport-icon", blocked || running, act(RunAction::Advance)) }
                { button(locale, ("run-next", "run-next-hint", Icon::NextEvent),
                    "transport-icon", blocked || running, act(RunAction::AdvanceToEvent)) }
            </div>
            <Clock run={run.clone()} />
            <SpeedSelect run={run.clone()} />
            <TrafficSlider run={run.clone()} />
            <div class="transport-group">
                { button(locale, ("run-spike", "run-spike-hint", Icon::Spike),
                    "transport-word", !acts, act(RunAction::Spike)) }
                { button(locale, ("run-crash", "run-crash-hint", Icon::ServerDown),
                    "transport-word", !acts, act(RunAction::CrashOne)) }
                <FaultMenu run={run.clone()} />
            </div>
            <SeedField run={run.clone()} on_seed={props.on_seed.clone()} />
            { button(locale, ("run-tour", "run-tour-hint", Icon::Tour),
                "transport-word", blocked, props.on_tour.reform(|_: MouseEvent| ())) }
        </div>
    }
}

/// Everything that can break in the design, each at the first thing that it can happen to. The menu
/// of a node or link offers what can happen to it.
#[component]
fn FaultMenu(props: &PartProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let offered = use_memo(state.design.clone(), |design| {
        design.as_deref().map(faults_anywhere).unwrap_or_default()
    });
    let items: Vec<MenuItem> = offered
        .iter()
        .map(|(name, _)| MenuItem {
            id: fault_key(*name),
            label: i18n::text(locale, fault_key(*name)),
            note: i18n::text(locale, &help_key(fault_key(*name))),
        })
        .collect();
    let on_choose = {
        let send = props.run.send.clone();
        Callback::from(move |key: &'static str| {
            let chosen = offered.iter().find(|(name, _)| fault_key(*name) == key);
            if let Some((_, command)) = chosen {
                send.emit(RunAction::Command(command.clone()));
            }
        })
    };
    html! {
        <Menu label={i18n::text(locale, "menu-faults")} icon={MenuIcon::Warning}
            button_class="transport-word" up={true} disabled={!state.takes_commands()} {items}
            {on_choose}/>
    }
}

fn button(
    locale: Locale,
    (name, hint, picture): (&'static str, &'static str, Icon),
    class: &'static str,
    disabled: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    let name_text = i18n::text(locale, name);
    html! {
        <button key={hint} type="button" {class} {disabled} {onclick} data-action={hint}
            title={i18n::text(locale, hint)} aria-label={name_text.clone()}>
            { icon(picture) }
            <span class="transport-label">{ name_text }</span>
        </button>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct PartProps {
    run: RunHandle,
}

/// The simulated time of day, and how much of the run is over.
#[component]
fn Clock(props: &PartProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let now = state.now();
    let duration_s = state.duration.as_s_f64();
    let share = if duration_s > 0.0 { now.as_s_f64() / duration_s } else { 0.0 };
    let status = match state.status {
        Status::Loading => "run-status-loading",
        Status::Ready => "run-status-idle",
        Status::Running => "run-status-running",
        Status::Paused => "run-status-paused",
        Status::Finished => "run-status-finished",
        Status::Blocked | Status::Crashed => "run-status-blocked",
    };
    let end = units::clock(state.starts_at_s, Timestamp::ZERO + state.duration);
    html! {
        <div class="run-clock" data-status={status}>
            <output class="run-clock-time" aria-label={i18n::text(locale, "run-clock")}>
                { units::clock(state.starts_at_s, now) }
            </output>
            <span class="run-clock-status">{ i18n::text(locale, status) }</span>
            <span class="run-clock-bar" title={end} aria-hidden="true">
                <span style={format!("width: {:.2}%", share.clamp(0.0, 1.0) * 100.0)}></span>
            </span>
        </div>
    }
}

#[component]
fn SpeedSelect(props: &PartProps) -> Html {
    let locale = use_locale();
    let present = props.run.state.speed;
    let onchange = {
        let send = props.run.send.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok());
            let index = select.and_then(|select| usize::try_from(select.selected_index()).ok());
            if let Some(&speed) = index.and_then(|index| Speed::ALL.get(index)) {
                send.emit(RunAction::SetSpeed(speed));
            }
        })
    };
    html! {
        <label class="run-field">
            <span>{ i18n::text(locale, "run-speed") }</span>
            <select class="run-speed" {onchange}>
                { for Speed::ALL.into_iter().map(|speed| html! {
                    <option key={speed_text(locale, speed)} selected={speed == present}>
                        { speed_text(locale, speed) }
                    </option>
                }) }
            </select>
        </label>
    }
}

/// `60×`, or the word for as fast as possible.
pub(super) fn speed_text(locale: Locale, speed: Speed) -> String {
    match speed.factor() {
        Some(factor) => format!("{factor}×"),
        None => i18n::text(locale, "run-speed-max"),
    }
}

/// The slider's word changes while it is dragged; the traffic changes when it is let go, so that
/// the event log tells of one change and not of thirty.
#[component]
fn TrafficSlider(props: &PartProps) -> Html {
    let locale = use_locale();
    let present = props.run.state.rate_factor;
    let dragged = use_state_eq(|| None::<usize>);
    let position = dragged.unwrap_or_else(|| position_of(present));
    let factor = FACTORS.get(position).copied().unwrap_or(present);
    let oninput = {
        let dragged = dragged.setter();
        Callback::from(move |event: InputEvent| {
            dragged.set(position_in(event.target_dyn_into::<HtmlInputElement>()));
        })
    };
    let onchange = {
        let (dragged, send) = (dragged.setter(), props.run.send.clone());
        Callback::from(move |event: Event| {
            let position = position_in(event.target_dyn_into::<HtmlInputElement>());
            if let Some(&factor) = position.and_then(|position| FACTORS.get(position)) {
                send.emit(RunAction::SetRateFactor(factor));
            }
            dragged.set(None);
        })
    };
    let disabled =
        !matches!(props.run.state.status, Status::Ready | Status::Running | Status::Paused);
    let text = format!("×{factor}");
    html! {
        <label class="run-field" title={i18n::text(locale, "run-traffic-hint")}>
            <span>{ i18n::text(locale, "run-traffic") }</span>
            <input class="run-traffic" type="range" min="0" max={(FACTORS.len() - 1).to_string()}
                step="1" value={position.to_string()} aria-valuetext={text.clone()} {disabled}
                {oninput} {onchange} />
            <output class="run-traffic-value">{ text }</output>
        </label>
    }
}

fn position_in(input: Option<HtmlInputElement>) -> Option<usize> {
    input.and_then(|input| input.value().parse().ok())
}

/// The slider's position for a factor; that of the design's own rate if it is none of the steps.
fn position_of(factor: f64) -> usize {
    let close = |step: &f64| (step - factor).abs() < 1e-9;
    FACTORS.iter().position(close).unwrap_or(FACTOR_ONE)
}
