//! What the console knows and does.

use super::ask::{Answer, Ask, Topic};
use super::status::{Events, OriginStatus, Status, Version, Versions};
use super::window::{Figures, Window};
use crate::editor::export::worker;
use crate::editor::notice::Text;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::design::Design;
use shared::json;
use shared::origins::{Event, ForcedHealth, OriginState, Override};
use std::rc::Rc;

/// Events are asked for with every so many-th status: they are in the store, whose reads cost.
const EVENTS_EVERY: u64 = 5;

/// How the Worker can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was heard yet.
    #[default]
    Waiting,
    /// The last question was answered.
    Here,
    /// The status is for those with the token only.
    Closed,
    /// The last question was not answered, or not by a Worker.
    Away,
}

/// What the reader is told about a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It is done.
    Done,
    /// The token is wrong, or none was given.
    Token,
    /// The Worker refused it, in its own words.
    Refused(String),
    /// No answer came.
    Away,
}

/// What an operator wants of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Whether it takes part.
    State(OriginState),
    /// Its part of the traffic.
    Weight(u32),
    /// What is believed of it; nothing for what probes say.
    Health(Option<ForcedHealth>),
}

/// What happens to the console.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// It is time to ask.
    Tick,
    /// An answer came, at this moment.
    Heard(Topic, u64, Answer),
    /// The reader gives a token.
    Token(String),
    /// The reader wants something of an origin.
    Do(String, Deed),
    /// The reader looks at the configuration that runs, to change it.
    Edit,
    /// The reader wants it as this drawing is.
    Draw(Rc<Design>),
    /// The reader wrote in it.
    Draft(String),
    /// The reader puts it.
    Deploy,
    /// The reader wants an older version; 0 is the variable.
    RollBack(u64),
}

/// The console.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// How the Worker can be reached.
    pub phase: Phase,
    /// What it told last.
    pub status: Status,
    /// What each origin did lately, in the order of the status.
    pub figures: Vec<Figures>,
    /// What happened, the newest first.
    pub events: Vec<Event>,
    /// Which configurations are kept, the newest first.
    pub versions: Vec<Version>,
    /// What came of the last change.
    pub notice: Option<Notice>,
    /// A configuration that is being written.
    pub draft: Option<String>,
    /// What is to be said of a draft that was made from a drawing.
    pub drawn: Option<Text>,
    /// A change is on its way.
    pub busy: bool,
    /// What the draft is to be made from, once the configuration that runs is known.
    drawing: Option<Rc<Design>>,
    token: String,
    window: Window,
    ticks: u64,
}

impl Live {
    /// Whether there is a token to change something with.
    pub fn has_token(&self) -> bool {
        !self.token.is_empty()
    }

    /// Origins with their figures.
    pub fn rows(&self) -> impl Iterator<Item = (&OriginStatus, Figures)> {
        let figures = self.figures.iter().copied().chain(std::iter::repeat(Figures::default()));
        self.status.origins.iter().zip(figures)
    }

    /// Something happens; what is to be asked in consequence.
    pub fn update(&mut self, message: Message) -> Vec<Ask> {
        match message {
            Message::Tick => self.tick(),
            Message::Heard(topic, at_ms, answer) => self.heard(topic, at_ms, &answer),
            Message::Token(token) => {
                token.trim().clone_into(&mut self.token);
                self.notice = None;
                self.ticks = 0;
                self.tick()
            }
            Message::Do(origin, deed) => self.deed(&origin, deed),
            Message::Edit => self.ask_config(None),
            Message::Draw(design) => self.ask_config(Some(design)),
            Message::Draft(text) => {
                self.draft = Some(text);
                Vec::new()
            }
            Message::Deploy => match self.draft.clone() {
                Some(text) => self.change(None, "PUT", "api/config", text),
                None => Vec::new(),
            },
            Message::RollBack(version) => {
                let body = json!({ "version": version }).to_string();
                self.change(None, "POST", "api/config/rollback", body)
            }
        }
    }

    fn ask(&self, topic: Topic, method: &'static str, path: &str, body: Option<String>) -> Ask {
        let token = self.has_token().then(|| self.token.clone());
        Ask { topic, method, path: path.to_owned(), body, token }
    }

    fn ask_config(&mut self, drawing: Option<Rc<Design>>) -> Vec<Ask> {
        self.drawing = drawing;
        vec![self.ask(Topic::Config, "GET", "api/config", None)]
    }

    fn tick(&mut self) -> Vec<Ask> {
        // Questions without the token count as guesses: they would lock out who has it.
        if self.phase == Phase::Closed && !self.has_token() {
            return Vec::new();
        }
        let mut asks = vec![self.ask(Topic::Status, "GET", "status", None)];
        if self.has_token() && self.ticks.is_multiple_of(EVENTS_EVERY) {
            asks.extend(self.history());
        }
        self.ticks += 1;
        asks
    }

    fn history(&self) -> [Ask; 2] {
        [
            self.ask(Topic::Events, "GET", "api/events", None),
            self.ask(Topic::Versions, "GET", "api/config/versions", None),
        ]
    }

    fn change(
        &mut self,
        origin: Option<String>,
        method: &'static str,
        path: &str,
        body: String,
    ) -> Vec<Ask> {
        if self.busy {
            return Vec::new();
        }
        (self.busy, self.notice) = (true, None);
        vec![self.ask(Topic::Change(origin), method, path, Some(body))]
    }

    /// The API takes all that is wanted of an origin at once: what is not said is taken back.
    fn deed(&mut self, id: &str, deed: Deed) -> Vec<Ask> {
        let Some(origin) = self.status.origins.iter().find(|origin| origin.id == id) else {
            return Vec::new();
        };
        let wanted = match deed {
            Deed::State(state) => Override { state: Some(state), ..origin.wanted },
            Deed::Weight(weight) => Override { weight: Some(weight), ..origin.wanted },
            Deed::Health(health) => Override { health, ..origin.wanted },
        };
        // Plain data with string keys cannot fail to serialise.
        let body = json::write(&wanted).unwrap_or_default();
        self.change(Some(id.to_owned()), "POST", &format!("api/origins/{id}"), body)
    }

    fn heard(&mut self, topic: Topic, at_ms: u64, answer: &Answer) -> Vec<Ask> {
        // Asked again with a wrong token, the Worker would take the page for somebody who guesses.
        if answer.status == 401 && self.has_token() {
            self.token.clear();
            (self.notice, self.busy) = (Some(Notice::Token), false);
        }
        match topic {
            Topic::Status => self.heard_status(at_ms, answer),
            Topic::Events => {
                if let Some(Events { events }) = read(answer) {
                    let known = |event| json::from_value(event).ok();
                    self.events = events.into_iter().filter_map(known).collect();
                }
            }
            Topic::Versions => {
                if let Some(Versions { mut versions, .. }) = read(answer) {
                    versions.reverse();
                    self.versions = versions;
                }
            }
            Topic::Config => match read::<Value>(answer) {
                Some(told) => {
                    let config = told.get("config").unwrap_or(&told);
                    (self.draft, self.drawn) = match self.drawing.take() {
                        Some(design) => {
                            let (document, notes) = worker(&design, Some(config), "live-drawn");
                            (Some(document), Some(notes))
                        }
                        None => (json::write_indented(config).ok(), None),
                    };
                }
                None => self.notice = Some(notice(answer)),
            },
            Topic::Change(origin) => return self.changed(origin, answer),
        }
        Vec::new()
    }

    fn heard_status(&mut self, at_ms: u64, answer: &Answer) {
        let Some(status) = read::<Status>(answer) else {
            let closed = matches!(answer.status, 401 | 403);
            self.phase = if closed { Phase::Closed } else { Phase::Away };
            return;
        };
        self.phase = Phase::Here;
        self.window.add(at_ms, &status);
        let ids: Vec<&str> = status.origins.iter().map(|origin| origin.id.as_str()).collect();
        self.figures = self.window.figures(&ids);
        self.status = status;
    }

    fn changed(&mut self, origin: Option<String>, answer: &Answer) -> Vec<Ask> {
        self.busy = false;
        let outcome = notice(answer);
        if outcome == Notice::Done && origin.is_none() {
            (self.draft, self.drawn) = (None, None);
        }
        self.notice = Some(outcome);
        if !self.has_token() {
            return Vec::new();
        }
        let mut asks = vec![self.ask(Topic::Status, "GET", "status", None)];
        asks.extend(self.history());
        asks
    }
}

fn notice(answer: &Answer) -> Notice {
    match answer.status {
        200 => Notice::Done,
        401 => Notice::Token,
        0 => Notice::Away,
        _ => Notice::Refused(answer.refusal()),
    }
}

/// The answer as what it should be, if it is that. An empty list would do for any object whose
/// fields all have defaults, so it must be an object.
fn read<T: DeserializeOwned>(answer: &Answer) -> Option<T> {
    let is_object = answer.text.trim_start().starts_with('{');
    (answer.status == 200 && is_object).then(|| json::read(&answer.text).ok())?
}
