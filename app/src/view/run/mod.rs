//! The run dock: everything about the simulation that is not on the drawing.

mod charts;
mod events;
mod icon;
mod kept;
mod keys;
mod lab;
mod notice;
mod outcome;
mod requests;
mod seed;
mod steps;
mod story;
mod term;
mod timeline;
mod totals;
mod tour;
mod transport;
mod uplot;
mod words;

use crate::editor::Message;
use crate::i18n::{self, use_locale};
use crate::run::{RunHandle, use_lab};
use crate::view::same::Same;
use charts::Charts;
use events::Events;
use kept::Kept;
use lab::Lab;
use notice::{Announcer, NoticeBar};
use outcome::Outcome;
use requests::Requests;
use shared::design::{Design, Fault};
use std::rc::Rc;
use steps::Steps;
use timeline::Timeline;
use totals::Totals;
pub(super) use tour::Tour;
use transport::Transport;
use yew::prelude::*;

/// What the dock needs.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct RunDockProps {
    /// The page's run, from [`crate::run::use_run`].
    pub(super) run: RunHandle,
    /// The page's design; the run may still be one of an older.
    pub(super) design: Same<Design>,
    /// The reader wants another seed: it belongs to the design, so the page sets it there and
    /// hands the changed design back by [`crate::run::RunAction::Load`].
    pub(super) on_seed: Callback<u64>,
    /// What the reader did to the run shall be part of the design, as faults.
    pub(super) on_keep: Callback<Vec<Fault>>,
    /// The plan of the run is changed; none where the design is only shown.
    pub(super) on_message: Option<Callback<Message>>,
}

/// What the dock's panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Charts,
    Steps,
    Events,
    Requests,
    Result,
    Lab,
}

/// In the order of their buttons.
const TABS: [Tab; 6] = [Tab::Charts, Tab::Steps, Tab::Events, Tab::Requests, Tab::Result, Tab::Lab];

impl Tab {
    const fn key(self) -> &'static str {
        match self {
            Self::Charts => "run-tab-charts",
            Self::Steps => "run-tab-steps",
            Self::Events => "run-tab-events",
            Self::Requests => "run-tab-requests",
            Self::Result => "run-tab-result",
            Self::Lab => "run-tab-lab",
        }
    }

    /// What sets its button apart.
    fn class(self, has_result: bool) -> Option<&'static str> {
        match self {
            Self::Events => Some("run-tab-events"),
            Self::Result if has_result => Some("run-tab-news"),
            Self::Charts | Self::Steps | Self::Requests | Self::Result | Self::Lab => None,
        }
    }
}

/// Controls, numbers, charts, events, steps and outcome of a run.
///
/// On a wide page the event log stands beside the tabs; on a narrow one it is a tab itself. The
/// style sheet decides, so the log is there once and keeps its place.
#[component]
pub(super) fn RunDock(props: &RunDockProps) -> Html {
    let locale = use_locale();
    let run = &props.run;
    let state = &run.state;
    let tab = use_state_eq(|| Tab::Charts);
    let lab = use_lab();
    let kept = use_state_eq(|| None::<Rc<Design>>);
    let touring = use_state_eq(|| false);
    let begin_tour = {
        let (touring, tab) = (touring.setter(), tab.setter());
        // Captions point at charts.
        Callback::from(move |()| {
            tab.set(Tab::Charts);
            touring.set(true);
        })
    };
    let end_tour = {
        let touring = touring.setter();
        Callback::from(move |()| touring.set(false))
    };
    keys::use_space_bar(run.send.clone());
    let thresholds = state.design.as_deref().and_then(story::thresholds);
    let panel = match (*tab, thresholds) {
        (Tab::Steps, Some(thresholds)) => {
            html! { <Steps key="steps" state={state.clone()} {thresholds} /> }
        }
        (Tab::Requests, _) => html! { <Requests key="requests" run={run.clone()} /> },
        (Tab::Result, _) => html! { <Outcome key="result" state={state.clone()} /> },
        (Tab::Lab, _) => html! {
            <Lab key="lab" lab={lab} design={props.design.clone()} kept={kept} />
        },
        (Tab::Charts | Tab::Events | Tab::Steps, _) => {
            html! { <Charts key="charts" state={state.clone()} /> }
        }
    };
    let tab_button = |own: Tab| {
        let (select, selected) = (tab.setter(), *tab == own);
        let hidden = own == Tab::Steps && thresholds.is_none();
        html! {
            <button key={own.key()} type="button" role="tab" {hidden}
                class={classes!("run-tab", own.class(state.result.is_some()))}
                aria-selected={selected.to_string()} aria-controls="run-panel"
                data-tab={own.key()} onclick={move |_| select.set(own)}>
                { i18n::text(locale, own.key()) }
            </button>
        }
    };
    html! {
        <section class="run-dock" aria-label={i18n::text(locale, "run-dock")}>
            <Transport run={run.clone()} on_seed={props.on_seed.clone()} on_tour={begin_tour} />
            <Kept run={run.clone()} on_keep={props.on_keep.clone()} />
            <NoticeBar run={run.clone()} />
            <Announcer run={run.clone()} />
            <div class="run-bar">
                <div class="run-tabs" role="tablist" aria-label={i18n::text(locale, "run-tabs")}>
                    { for TABS.map(tab_button) }
                </div>
                <Totals state={state.clone()} />
            </div>
            if let Some(on_message) = &props.on_message {
                <Timeline design={props.design.clone()} state={state.clone()}
                    on_message={on_message.clone()} />
            }
            <div class={classes!("run-body", (*tab == Tab::Events).then_some("run-body-events"))}>
                <div class="run-panel" id="run-panel" role="tabpanel" tabindex="0">{ panel }</div>
                <Events state={state.clone()} />
            </div>
            if *touring {
                <Tour run={run.clone()} on_end={end_tour} />
            }
        </section>
    }
}
