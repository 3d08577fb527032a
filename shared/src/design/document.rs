//! The file format: JSON that people can read, write and diff. docs/DESIGN_FORMAT.md explains it.

use super::node::is_default;
use super::{
    Design, LINKS_MAX, Link, MARK_CHARS_MAX, MARKS_MAX, Mark, MarkKind, NAME_CHARS_MAX, NODES_MAX,
    Node, RunSettings, Settings,
};
use crate::dist::Law;
use crate::id::{LinkId, MarkId, NodeId};
use crate::json;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Value of the document's `format` field.
pub const FORMAT: &str = "gomujul";
/// Newest version of the file format that this build reads and the one it writes.
pub const FORMAT_VERSION: u32 = 1;

/// A design as JSON. Fields that are left out have their default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Always `gomujul`.
    format: String,
    /// Version of this format, now 1.
    version: u32,
    /// What people call the design.
    #[serde(default)]
    name: String,
    /// The things on the drawing.
    #[serde(default)]
    nodes: Vec<NodeEntry>,
    /// The wires between them.
    #[serde(default)]
    links: Vec<LinkEntry>,
    /// Notes, and boxes around nodes. A run knows nothing of them.
    #[serde(default, skip_serializing_if = "is_default")]
    marks: Vec<MarkEntry>,
    /// Seed, length and place of the run.
    #[serde(default)]
    run: RunSettings,
}

/// A thing on the drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct NodeEntry {
    /// Number that links refer to; unique in the document.
    id: NodeId,
    /// What people call it.
    #[serde(default)]
    name: String,
    /// Centre, growing to the right.
    #[serde(default)]
    x: i32,
    /// Centre, growing downwards.
    #[serde(default)]
    y: i32,
    /// What it is and how it behaves.
    settings: Settings,
    /// Whether pointers and keys of the editor leave it where it is.
    #[serde(default, skip_serializing_if = "is_default")]
    locked: bool,
}

/// A wire from one node to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct LinkEntry {
    /// Unique in the document.
    id: LinkId,
    /// Where requests come from.
    from: NodeId,
    /// Where they go.
    to: NodeId,
    /// Time of a message in one direction, milliseconds.
    #[serde(default)]
    latency_ms: f64,
    /// The law of that time, where it varies; it takes the place of `latency_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latency: Option<Law>,
    /// Share of the messages that are lost and sent again, percent, 0 to 99.
    #[serde(default, skip_serializing_if = "is_default")]
    loss_percent: f64,
    /// Behind a balancer: the weight of each backend that the link leads to, 0 to 1,000.
    #[serde(default = "one")]
    weight: u32,
    /// Behind a balancer: the level of the backends, 0 to 127; level 0 is served first.
    #[serde(default)]
    priority: u32,
    /// From a group or a dependency: how many are asked at the same time, 1 to 1,000.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    copies: u32,
}

/// A note, or a box around nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct MarkEntry {
    /// Unique in the document.
    id: MarkId,
    /// `note`, or a box: `region`, `zone`, `vpc`.
    kind: MarkKind,
    /// A note's words or a box's name, up to 500 characters.
    #[serde(default)]
    text: String,
    /// Left edge, growing to the right.
    x: i32,
    /// Top edge, growing downwards.
    y: i32,
    /// Width, 48 to 20,000.
    width: i32,
    /// Height, 48 to 20,000.
    height: i32,
    /// Whether pointers and keys of the editor leave it where it is.
    #[serde(default, skip_serializing_if = "is_default")]
    locked: bool,
}

pub(super) const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
pub(super) const fn is_one(value: &u32) -> bool {
    *value == 1
}

/// Why text is not a design.
#[derive(Clone, Debug, PartialEq)]
pub enum DocumentError {
    /// Not JSON, or a field is missing, unknown or of the wrong type.
    Json {
        /// Where in the document, such as `nodes[2].settings`; `.` for the whole.
        path: String,
        /// What is wrong there; line and column if the text is no JSON.
        message: String,
    },
    /// JSON, but of something else.
    NotADesign {
        /// What its `format` field says.
        format: String,
    },
    /// Written by a newer program.
    NewerVersion {
        /// The version found.
        version: u32,
    },
    /// Two nodes or two links have one identity.
    DuplicateId {
        /// `node` or `link`.
        what: &'static str,
        /// The identity.
        id: u32,
    },
    /// A link begins or ends at a node that does not exist.
    DanglingLink {
        /// The link.
        link: LinkId,
        /// The missing node.
        node: NodeId,
    },
    /// More things than the limit.
    TooMany {
        /// `nodes` or `links`.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// The words of a note or the name of a box are too long.
    TextTooLong {
        /// Their length in characters.
        chars: usize,
    },
    /// A name is too long.
    NameTooLong {
        /// Its length in characters.
        chars: usize,
    },
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { path, message } if path == "." => write!(f, "{message}"),
            Self::Json { path, message } => write!(f, "at {path}: {message}"),
            Self::NotADesign { format } => {
                write!(f, "format is \"{format}\", not \"{FORMAT}\": this is not a design")
            }
            Self::NewerVersion { version } => write!(
                f,
                "format version {version} is newer than this program reads ({FORMAT_VERSION}): \
                 reload the page or update the program"
            ),
            Self::DuplicateId { what, id } => {
                write!(f, "two {what}s have the id {id}: give one of them another")
            }
            Self::DanglingLink { link, node } => write!(
                f,
                "link {} refers to node {}, which does not exist: add the node or remove the link",
                link.0, node.0
            ),
            Self::TooMany { what, count, max } => {
                write!(f, "{count} {what} are more than the {max} that a design may have")
            }
            Self::TextTooLong { chars } => {
                write!(f, "a note has {chars} characters: shorten it to {MARK_CHARS_MAX} or fewer")
            }
            Self::NameTooLong { chars } => {
                write!(f, "a name has {chars} characters: shorten it to {NAME_CHARS_MAX} or fewer")
            }
        }
    }
}

impl std::error::Error for DocumentError {}

impl From<&Design> for Document {
    fn from(design: &Design) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: FORMAT_VERSION,
            name: design.name.clone(),
            nodes: design
                .nodes
                .iter()
                .map(|(&id, node)| NodeEntry {
                    id,
                    name: node.name.clone(),
                    x: node.x,
                    y: node.y,
                    settings: node.settings.clone(),
                    locked: node.locked,
                })
                .collect(),
            links: design
                .links
                .iter()
                .map(|(&id, link)| LinkEntry {
                    id,
                    from: link.from,
                    to: link.to,
                    latency_ms: link.latency_ms,
                    latency: link.latency.clone(),
                    loss_percent: link.loss_percent,
                    weight: link.weight,
                    priority: link.priority,
                    copies: link.copies,
                })
                .collect(),
            marks: design
                .marks
                .iter()
                .map(|(&id, mark)| {
                    let Mark { kind, text, x, y, width, height, locked } = mark.clone();
                    MarkEntry { id, kind, text, x, y, width, height, locked }
                })
                .collect(),
            run: design.run.clone(),
        }
    }
}

impl TryFrom<Document> for Design {
    type Error = DocumentError;

    fn try_from(document: Document) -> Result<Self, DocumentError> {
        if document.format != FORMAT {
            return Err(DocumentError::NotADesign { format: document.format });
        }
        if document.version > FORMAT_VERSION {
            return Err(DocumentError::NewerVersion { version: document.version });
        }
        let mut design = Self { name: document.name, run: document.run, ..Self::default() };
        for entry in document.nodes {
            let NodeEntry { id, name, x, y, settings, locked } = entry;
            if design.nodes.insert(id, Arc::new(Node { name, x, y, settings, locked })).is_some() {
                return Err(DocumentError::DuplicateId { what: "node", id: id.0 });
            }
        }
        for entry in document.links {
            let LinkEntry { id, from, to, latency_ms, latency, loss_percent, .. } = entry;
            let LinkEntry { weight, priority, copies, .. } = entry;
            let link =
                Link { from, to, latency_ms, latency, loss_percent, weight, priority, copies };
            if design.links.insert(id, link).is_some() {
                return Err(DocumentError::DuplicateId { what: "link", id: id.0 });
            }
        }
        for entry in document.marks {
            let MarkEntry { id, kind, text, x, y, width, height, locked } = entry;
            let mark = Mark { kind, text, x, y, width, height, locked }.clamped();
            if design.marks.insert(id, mark).is_some() {
                return Err(DocumentError::DuplicateId { what: "mark", id: id.0 });
            }
        }
        design.check_shape()?;
        Ok(design)
    }
}

impl Design {
    /// What every decoder demands, whatever the format: bounded size, and no loose ends.
    pub(super) fn check_shape(&self) -> Result<(), DocumentError> {
        for (what, count, max) in [
            ("nodes", self.nodes.len(), NODES_MAX),
            ("links", self.links.len(), LINKS_MAX),
            ("marks", self.marks.len(), MARKS_MAX),
        ] {
            if count > max {
                return Err(DocumentError::TooMany { what, count, max });
            }
        }
        let names = self.nodes.values().map(|node| &node.name).chain([&self.name]);
        if let Some(chars) =
            names.map(|name| name.chars().count()).find(|&chars| chars > NAME_CHARS_MAX)
        {
            return Err(DocumentError::NameTooLong { chars });
        }
        self.marks.values().try_for_each(Mark::check)?;
        for (&link, ends) in &self.links {
            for node in [ends.from, ends.to] {
                if !self.nodes.contains_key(&node) {
                    return Err(DocumentError::DanglingLink { link, node });
                }
            }
        }
        Ok(())
    }
}

/// Reads a design from JSON text.
///
/// # Errors
///
/// Names the place and the value that is wrong; see [`DocumentError`]. Settings out of range are
/// no error here: [`super::validate`] lists them, so that a person can mend them on the page.
pub fn from_json(text: &str) -> Result<Design, DocumentError> {
    let document: Document = json::read(text).map_err(|error| DocumentError::Json {
        path: error.path(),
        message: error.message().to_owned(),
    })?;
    document.try_into()
}

/// Writes a design as indented JSON text with every field present, newline at the end.
pub fn to_json(design: &Design) -> String {
    // Serialising plain data with string keys cannot fail; an empty text would be refused above.
    let mut text = json::write_indented(&Document::from(design)).unwrap_or_default();
    text.push('\n');
    text
}
