//! The console of the Worker that serves the page: `?live` in the address.
//!
//! It asks the Worker every two seconds, paints what it hears, and sends what the reader wants. All
//! that is known and decided is in [`crate::live`].

mod deploy;
mod history;
mod origins;
mod picture;
mod words;

use crate::i18n::{Arg, Locale, format, text, units};
use crate::live::{Live, Message, Notice, Phase};
use crate::shell::{address, http};
use deploy::Deploy;
use gloo_timers::callback::Interval;
use history::History;
use js_sys::Date;
use origins::Origins;
use picture::LivePicture;
use std::rc::Rc;
use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

const EVERY_MS: u32 = 2_000;

/// Whether the address asks for the console.
pub(super) fn is_asked_for() -> bool {
    address::query().trim_start_matches('?').split('&').any(|part| part == "live")
}

/// What the console is given.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct LiveProps {
    /// The page's language.
    pub(super) locale: Locale,
    /// Another language is wanted.
    pub(super) on_locale: Callback<Locale>,
}

/// What its parts are given.
#[derive(Clone, PartialEq, Properties)]
struct PartProps {
    live: Rc<Live>,
    locale: Locale,
    send: Callback<Message>,
}

/// The console.
pub(super) struct LivePage {
    live: Rc<Live>,
    send: Callback<Message>,
    token: NodeRef,
    /// Dropping it ends the questions.
    _ticks: Interval,
}

impl Component for LivePage {
    type Message = Message;
    type Properties = LiveProps;

    fn create(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|message| message);
        let tick = send.clone();
        send.emit(Message::Tick);
        Self {
            live: Rc::default(),
            send,
            token: NodeRef::default(),
            _ticks: Interval::new(EVERY_MS, move || tick.emit(Message::Tick)),
        }
    }

    fn update(&mut self, _ctx: &Context<Self>, message: Message) -> bool {
        for ask in Rc::make_mut(&mut self.live).update(message) {
            let send = self.send.clone();
            let topic = ask.topic.clone();
            http::send(ask, move |answer| {
                send.emit(Message::Heard(topic, Date::now() as u64, answer));
            });
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let locale = ctx.props().locale;
        let live = &self.live;
        let part = PartProps { live: Rc::clone(live), locale, send: self.send.clone() };
        html! {
            <main class="live" data-phase={format!("{:?}", live.phase)}>
                <header class="live-bar">
                    <h1>{ title(live, locale) }</h1>
                    <p class="live-state" role="status">{ state(live, locale) }</p>
                    <span class="bar-space"/>
                    { self.token(live, locale) }
                    { language(ctx.props()) }
                    <a class="bar-button" href="./">{ text(locale, "live-to-designer") }</a>
                </header>
                <p class="live-notice" role="alert" hidden={live.notice.is_none()}>
                    { live.notice.as_ref().map(|notice| told(notice, locale)) }
                </p>
                <div class="live-parts">
                    <LivePicture ..part.clone()/>
                    <Origins ..part.clone()/>
                    <History ..part.clone()/>
                    <Deploy ..part/>
                </div>
            </main>
        }
    }
}

impl LivePage {
    /// The field for the token, or that it is there.
    fn token(&self, live: &Live, locale: Locale) -> Html {
        let (field, send) = (self.token.clone(), self.send.clone());
        let onsubmit = Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                send.emit(Message::Token(field.value()));
                // It stays in memory only, until the page is left.
                field.set_value("");
            }
        });
        let held = live.has_token();
        html! {
            <form class="live-token" {onsubmit}>
                <p hidden={!held}>{ text(locale, "live-token-held") }</p>
                <label hidden={held}>
                    <span>{ text(locale, "live-token") }</span>
                    <input id="live-token" type="password" autocomplete="off"
                        ref={self.token.clone()}/>
                </label>
                <button type="submit" class="plain-button" hidden={held}>
                    { text(locale, "live-token-use") }
                </button>
            </form>
        }
    }
}

fn title(live: &Live, locale: Locale) -> String {
    let name = if live.status.name.is_empty() { "Gomujul" } else { &live.status.name };
    format(locale, "live-title", &[("name", Arg::from(name.to_owned()))])
}

/// How the Worker is, in a line.
fn state(live: &Live, locale: Locale) -> String {
    let status = &live.status;
    match live.phase {
        Phase::Waiting => return text(locale, "live-waiting"),
        Phase::Closed => return text(locale, "live-closed"),
        Phase::Away => return text(locale, "live-away"),
        Phase::Here => {}
    }
    let mut parts = vec![text(locale, words::state_key(&status.state))];
    if status.config_version > 0 {
        parts.push(format(locale, "live-version", &[("number", status.config_version.into())]));
    }
    if let Some(policy) = &status.policy {
        parts.push(policy.name.replace('_', " "));
    }
    let age_s = status.health_document.as_ref().and_then(|document| document.age_s);
    parts.push(match age_s {
        Some(age_s) => {
            let age = units::duration_s(locale, age_s);
            format(locale, "live-checked", &[("age", age.into())])
        }
        None => text(locale, "live-never-checked"),
    });
    parts.extend(status.groups.iter().map(|group| {
        let args = [
            ("pool", Arg::from(group.pool.clone())),
            ("in_service", group.in_service.into()),
            ("desired", group.desired_capacity.into()),
        ];
        format(locale, "live-group", &args)
    }));
    if status.fail_open {
        parts.push(text(locale, "live-fail-open"));
    }
    parts.extend(status.message.clone());
    parts.join(" · ")
}

fn told(notice: &Notice, locale: Locale) -> String {
    match notice {
        Notice::Done => text(locale, "live-done"),
        Notice::Token => text(locale, "live-wrong-token"),
        Notice::Away => text(locale, "live-no-answer"),
        Notice::Refused(why) => format(locale, "live-refused", &[("why", why.clone().into())]),
    }
}

fn language(props: &LiveProps) -> Html {
    let other = props.locale.other();
    let onclick = props.on_locale.reform(move |_: MouseEvent| other);
    html! {
        <button type="button" id="language" class="bar-button" lang={other.tag()} {onclick}>
            { other.name() }
        </button>
    }
}
