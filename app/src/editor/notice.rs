//! Messages to people as data: the key of a text and the values in it. The view has the words, so
//! a notice changes its language with the page.
//!
//! Errors of the core become texts here and nowhere else.

use shared::design::{
    CODEC_VERSION, DECODED_BYTES_MAX, DocumentError, EditError, FORMAT_VERSION, LINK_CHARS_MAX,
    LinkError, MARK_CHARS_MAX, NAME_CHARS_MAX, NodeKind,
};

/// A message of the page's languages with its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Key of the message.
    pub key: &'static str,
    /// Names and values of its placeholders.
    pub args: Vec<(&'static str, Value)>,
}

/// A value in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// As it is.
    Text(String),
    /// A number.
    Number(f64),
    /// A text of its own.
    Message(Box<Text>),
}

/// How a notice looks and whether it goes away by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done. Goes away.
    Done,
    /// Something was refused. Goes away.
    Warning,
    /// Something was done, and there is more to read. Stays until dismissed.
    ToRead,
    /// Something failed. Stays until dismissed.
    Error,
}

/// What a notice offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Bring the design back that was replaced.
    BringBack,
    /// Bring the design back that was deleted from the list.
    Undelete,
}

/// Something to tell people.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The words.
    pub text: Text,
    /// Its look.
    pub tone: Tone,
    /// What it offers.
    pub offer: Option<Offer>,
}

impl Text {
    /// A text without values.
    pub const fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// The same with a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        // Counts of characters and nodes are far below 2^53.
        Self::Number(value as f64)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Text> for Value {
    fn from(value: Text) -> Self {
        Self::Message(Box::new(value))
    }
}

impl Notice {
    /// Something was done.
    pub const fn done(text: Text) -> Self {
        Self { text, tone: Tone::Done, offer: None }
    }

    /// Something was refused.
    pub const fn warning(text: Text) -> Self {
        Self { text, tone: Tone::Warning, offer: None }
    }

    /// Something was done, and there is more to read.
    pub const fn to_read(text: Text) -> Self {
        Self { text, tone: Tone::ToRead, offer: None }
    }

    /// Something failed.
    pub const fn error(text: Text) -> Self {
        Self { text, tone: Tone::Error, offer: None }
    }

    /// The same with an offer.
    #[must_use]
    pub const fn offering(mut self, offer: Offer) -> Self {
        self.offer = Some(offer);
        self
    }
}

/// The key of a kind's name.
pub const fn kind_key(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Source => "kind-source",
        NodeKind::Balancer => "kind-balancer",
        NodeKind::Group => "kind-group",
        NodeKind::Dependency => "kind-dependency",
    }
}

impl From<&EditError> for Text {
    fn from(error: &EditError) -> Self {
        match error {
            EditError::NoNode(_) | EditError::NoLink(_) | EditError::NoMark(_) => {
                Self::new("edit-error-gone")
            }
            EditError::NodeExists(_) | EditError::LinkExists(_) | EditError::MarkExists(_) => {
                Self::new("edit-error-exists")
            }
            // No message of the editor makes a node another kind: the same as one that is gone.
            EditError::OtherKind { .. } => Self::new("edit-error-gone"),
            EditError::NotAllowed { from, to } => Self::new("edit-error-not-allowed")
                .with("from", Self::new(kind_key(*from)))
                .with("to", Self::new(kind_key(*to))),
            EditError::AlreadyLinked(_) => Self::new("edit-error-already-linked"),
            EditError::Circle => Self::new("edit-error-circle"),
            EditError::Limit(error) => error.into(),
        }
    }
}

impl From<&DocumentError> for Text {
    fn from(error: &DocumentError) -> Self {
        match error {
            DocumentError::Json { path, message } => Self::new("document-error-json")
                .with("path", path.as_str())
                .with("message", message.as_str()),
            DocumentError::NotADesign { format } => {
                Self::new("document-error-not-a-design").with("format", format.as_str())
            }
            DocumentError::NewerVersion { version } => Self::new("document-error-newer-version")
                .with("version", *version)
                .with("known", FORMAT_VERSION),
            DocumentError::DuplicateId { what, id } => {
                let key = match *what {
                    "node" => "document-error-duplicate-node",
                    "link" => "document-error-duplicate-link",
                    _ => "document-error-duplicate-mark",
                };
                Self::new(key).with("id", *id)
            }
            DocumentError::DanglingLink { link, node } => {
                Self::new("document-error-dangling-link").with("link", link.0).with("node", node.0)
            }
            DocumentError::TooMany { what, count, max } => {
                let key = match *what {
                    "nodes" => "document-error-too-many-nodes",
                    "links" => "document-error-too-many-links",
                    _ => "document-error-too-many-marks",
                };
                Self::new(key).with("count", *count).with("max", *max)
            }
            DocumentError::TextTooLong { chars } => Self::new("document-error-text-too-long")
                .with("chars", *chars)
                .with("max", MARK_CHARS_MAX),
            DocumentError::NameTooLong { chars } => Self::new("document-error-name-too-long")
                .with("chars", *chars)
                .with("max", NAME_CHARS_MAX),
        }
    }
}

impl From<&LinkError> for Text {
    fn from(error: &LinkError) -> Self {
        match error {
            LinkError::Empty => Self::new("link-error-empty"),
            LinkError::NoVersion => Self::new("link-error-no-version").with("known", CODEC_VERSION),
            LinkError::UnknownVersion { version } => Self::new("link-error-unknown-version")
                .with("version", *version)
                .with("known", CODEC_VERSION),
            LinkError::TooLong { chars } => {
                Self::new("link-error-too-long").with("chars", *chars).with("max", LINK_CHARS_MAX)
            }
            LinkError::BadCharacter { character, at } => Self::new("link-error-bad-character")
                .with("character", character.to_string().as_str())
                .with("at", *at),
            LinkError::Truncated { chars } => {
                Self::new("link-error-truncated").with("chars", *chars)
            }
            LinkError::TooLarge => {
                Self::new("link-error-too-large").with("mib", DECODED_BYTES_MAX >> 20)
            }
            LinkError::Malformed { message } => {
                Self::new("link-error-malformed").with("message", message.as_str())
            }
            LinkError::Document(error) => {
                Self::new("link-error-document").with("error", Self::from(error))
            }
        }
    }
}
