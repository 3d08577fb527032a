//! What the reader should know about the run, and what is announced to those who do not see it.

use super::transport::speed_text;
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::protocol::CommandRefusal;
use crate::run::{Notice, RunAction, RunHandle, RunState, Status};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct NoticeBarProps {
    pub(super) run: RunHandle,
}

/// A line of words, with a button where something can be done; empty most of the time.
#[component]
pub(super) fn NoticeBar(props: &NoticeBarProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let restart = {
        let send = props.run.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(RunAction::Restart))
    };
    let key = notice_key(state);
    let offers_restart = state.notice.is_none() && state.design_changed;
    html! {
        <div class="run-notice" role="status" hidden={key.is_none()}
            data-notice={key.unwrap_or_default()}>
            <span>{ key.map(|key| i18n::text(locale, key)) }</span>
            <button type="button" hidden={!offers_restart} onclick={restart}
                data-action="run-design-restart">
                { i18n::text(locale, "run-design-restart") }
            </button>
        </div>
    }
}

fn notice_key(state: &RunState) -> Option<&'static str> {
    if let Some(notice) = state.notice {
        return Some(match notice {
            Notice::NoWorker => "run-worker-failed",
            Notice::Crashed => "run-crashed",
            Notice::OtherVersion => "run-worker-version",
            Notice::Refused => "run-refused",
            Notice::CommandRefused(CommandRefusal::NoSuchNode) => "run-command-node",
            Notice::CommandRefused(CommandRefusal::NoSuchInstance) => "run-command-instance",
            Notice::CommandRefused(CommandRefusal::RefreshInProgress) => "run-command-refresh",
            Notice::CommandRefused(CommandRefusal::EmptyZone) => "run-command-zone",
            Notice::CommandRefused(CommandRefusal::Value) => "run-command-value",
        });
    }
    if state.status == Status::Blocked {
        return Some("run-blocked");
    }
    state.design_changed.then_some("run-design-changed")
}

/// Tells screen readers when the run starts, stops and ends; nothing in between.
#[component]
pub(super) fn Announcer(props: &NoticeBarProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let text = use_memo((state.status, state.speed, locale), |_| announcement(locale, state));
    html! { <p class="visually-hidden" role="status">{ (*text).clone() }</p> }
}

fn announcement(locale: Locale, state: &RunState) -> String {
    match state.status {
        Status::Running => {
            let speed = speed_text(locale, state.speed);
            i18n::format(locale, "run-announce-running", &[("speed", speed.into())])
        }
        Status::Paused => {
            let clock = units::clock(state.starts_at_s, state.now());
            i18n::format(locale, "run-announce-paused", &[("clock", clock.into())])
        }
        Status::Finished => {
            let args = [
                ("completed", units::grouped(state.totals.completed).into()),
                ("p99", units::ms(state.latency.p99_ms).into()),
            ];
            i18n::format(locale, "run-announce-finished", &args)
        }
        Status::Loading | Status::Ready | Status::Blocked | Status::Crashed => String::new(),
    }
}
