//! Requests to the Worker as plain data.

/// What a request is about: its answer comes back with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// How things are.
    Status,
    /// What happened.
    Events,
    /// Which configurations are kept.
    Versions,
    /// The configuration that runs.
    Config,
    /// A change, and what it is about: an origin's name, or nothing.
    Change(Option<String>),
}

/// A request. Its path is relative to the page, which is served below `/_lb/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What about.
    pub topic: Topic,
    /// Its method.
    pub method: &'static str,
    /// Its path.
    pub path: String,
    /// Its body.
    pub body: Option<String>,
    /// The bearer token that goes with it.
    pub token: Option<String>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status; 0 if there was no answer.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Answer {
    /// No answer came.
    pub const NONE: Self = Self { status: 0, text: String::new() };

    /// The sentence of a refusal: the Worker's own, or nothing.
    pub(super) fn refusal(&self) -> String {
        let parsed = shared::json::parse(&self.text).ok();
        let message = parsed.and_then(|value| Some(value.get("message")?.as_str()?.to_owned()));
        message.unwrap_or_default()
    }
}
