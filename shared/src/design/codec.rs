//! The share link: a whole design in the fragment of a URL.
//!
//! `#v1.<payload>`. The payload is base64url (RFC 4648, no padding) of raw DEFLATE (RFC 1951) of
//! compact JSON in which every field that has its default is left out:
//!
//! ```text
//! [name, run, nodes, links, marks?]
//! run    what differs from the default run settings, as an object
//! nodes  [id - previous id, kind (0 source, 1 balancer, 2 group, 3 dependency), x, y, name,
//!         settings?, locked?]
//! links  [id - previous id, from, to, latency_ms?, [weight, priority, copies?]?,
//!         [law or null, loss_percent]?]
//! marks  [id - previous id, kind (0 note, 1 region, 2 zone, 3 vpc), x, y, width, height, text,
//!         locked?]
//! ```
//!
//! Links live for ever. Within a version, new fields may be added (old links get the default)
//! and nothing else may change: not a default, not a field's name, not an order. Anything else
//! needs `v2`, with this decoder kept beside it. Golden links in the tests hold us to that.
//!
//! Any text at all decodes to a design or to a [`LinkError`]; memory is bounded before anything
//! is inflated, and a link of an unknown version is refused instead of guessed at.

use super::document::{DocumentError, is_one, one};
use super::node::is_default;
use super::{Design, Link, Mark, MarkKind, Node, NodeKind, RunSettings};
use crate::dist::Law;
use crate::id::{LinkId, MarkId, NodeId};
use crate::json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// Version that [`encode`] writes.
pub const CODEC_VERSION: u32 = 1;
/// Longest link that [`decode`] looks at, in characters.
pub const LINK_CHARS_MAX: usize = 256 * 1024;
/// Largest document that a link may inflate to, in bytes.
pub const DECODED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// DEFLATE effort: the smallest output that is still instant at 5,000 nodes.
const DEFLATE_LEVEL: u8 = 9;

/// Why a link is not a design.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkError {
    /// There is nothing after the `#`.
    Empty,
    /// It does not begin with `v<number>.`.
    NoVersion,
    /// Made by a newer program.
    UnknownVersion {
        /// The version named.
        version: u32,
    },
    /// Longer than [`LINK_CHARS_MAX`].
    TooLong {
        /// Its length in characters.
        chars: usize,
    },
    /// A character that no link contains.
    BadCharacter {
        /// The character.
        character: char,
        /// Its position, counted from 1, after the version.
        at: usize,
    },
    /// Cut off or altered on the way: it does not inflate.
    Truncated {
        /// Length of what arrived, in characters.
        chars: usize,
    },
    /// Inflates to more than [`DECODED_BYTES_MAX`].
    TooLarge,
    /// It inflates, but not to a design.
    Malformed {
        /// What is wrong.
        message: String,
    },
    /// A design that breaks a rule of the document.
    Document(DocumentError),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the link carries no design"),
            Self::NoVersion => {
                write!(f, "the link does not begin with \"v{CODEC_VERSION}.\": it is not a design")
            }
            Self::UnknownVersion { version } => write!(
                f,
                "the link has version {version}; this program reads up to version \
                 {CODEC_VERSION}: reload the page or update the program"
            ),
            Self::TooLong { chars } => write!(
                f,
                "the link has {chars} characters, more than the {LINK_CHARS_MAX} allowed: \
                 share the file instead"
            ),
            Self::BadCharacter { character, at } => write!(
                f,
                "character {at} of the link is {character:?}, which no link contains: \
                 copy the link again"
            ),
            Self::Truncated { chars } => write!(
                f,
                "the link ends too early or was altered (its payload has {chars} characters): \
                 copy the whole link again"
            ),
            Self::TooLarge => write!(
                f,
                "the link inflates to more than {} MiB, which no design needs",
                DECODED_BYTES_MAX >> 20
            ),
            Self::Malformed { message } => write!(f, "the link is not a design: {message}"),
            Self::Document(error) => write!(f, "the link is not a valid design: {error}"),
        }
    }
}

impl std::error::Error for LinkError {}

/// Weight, priority and copies of a link that says nothing of them.
const PLAIN_SHARE: PackedShare = PackedShare(1, 0, 1);

/// Settings without the fields that have their default.
type Diff = Option<Value>;

#[derive(Serialize, Deserialize)]
struct PackedNode(
    u32,
    u8,
    i32,
    i32,
    String,
    #[serde(default)] Diff,
    /// Whether it is locked.
    #[serde(default, skip_serializing_if = "is_default")]
    bool,
);

/// Weight, priority, and copies where there are several.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
struct PackedShare(u32, u32, #[serde(default = "one", skip_serializing_if = "is_one")] u32);

#[derive(Serialize, Deserialize)]
struct PackedLink(
    u32,
    u32,
    u32,
    #[serde(default)] f64,
    /// Weight, priority and copies, where any is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    Option<PackedShare>,
    /// Law of the latency and percentage of loss, where either is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    Option<(Option<Law>, f64)>,
);

#[derive(PartialEq, Serialize, Deserialize)]
struct PackedMark(
    u32,
    u8,
    i32,
    i32,
    i32,
    i32,
    String,
    #[serde(default, skip_serializing_if = "is_default")] bool,
);

#[derive(Serialize, Deserialize)]
struct Packed(
    String,
    Diff,
    Vec<PackedNode>,
    Vec<PackedLink>,
    #[serde(default, skip_serializing_if = "is_default")] Vec<PackedMark>,
);

/// The design as the fragment of a link, without the `#`: `v1.…`.
pub fn encode(design: &Design) -> String {
    let mut previous = 0;
    let nodes = design.nodes.iter().map(|(id, node)| {
        let kind = node.settings.kind();
        let step = id.0 - std::mem::replace(&mut previous, id.0);
        let settings = diff(&node.settings, &kind.settings());
        PackedNode(step, kind as u8, node.x, node.y, node.name.clone(), settings, node.locked)
    });
    let nodes = nodes.collect();
    let mut previous = 0;
    let links = design.links.iter().map(|(id, link)| {
        let step = id.0 - std::mem::replace(&mut previous, id.0);
        let &Link { from, to, latency_ms, ref latency, loss_percent, weight, priority, copies } =
            link;
        let wire = (!link.is_plain()).then(|| (latency.clone(), loss_percent));
        // What stands before the last field may not be left out.
        let is_told = |share: &PackedShare| *share != PLAIN_SHARE || wire.is_some();
        let share = Some(PackedShare(weight, priority, copies)).filter(is_told);
        PackedLink(step, from.0, to.0, latency_ms, share, wire)
    });
    let links = links.collect();
    let mut previous = 0;
    let marks = design.marks.iter().map(|(id, mark)| {
        let step = id.0 - std::mem::replace(&mut previous, id.0);
        let Mark { kind, x, y, width, height, locked, .. } = *mark;
        PackedMark(step, kind as u8, x, y, width, height, mark.text.clone(), locked)
    });
    let marks = marks.collect();
    let run = diff(&design.run, &RunSettings::default());
    let packed = Packed(design.name.clone(), run, nodes, links, marks);
    // Serialising plain data cannot fail; an empty payload would be refused by `decode`.
    let json = json::write(&packed).unwrap_or_default();
    let deflated = miniz_oxide::deflate::compress_to_vec(json.as_bytes(), DEFLATE_LEVEL);
    format!("v{CODEC_VERSION}.{}", URL_SAFE_NO_PAD.encode(deflated))
}

/// Reads the design out of a link: a whole URL, its fragment with `#`, or the bare `v1.…`.
///
/// # Errors
///
/// Says what is wrong with the link and what to do; see [`LinkError`].
pub fn decode(link: &str) -> Result<Design, LinkError> {
    let link = link.trim();
    if link.len() > LINK_CHARS_MAX {
        return Err(LinkError::TooLong { chars: link.chars().count() });
    }
    let fragment = link.rsplit_once('#').map_or(link, |(_, fragment)| fragment);
    if fragment.is_empty() {
        return Err(LinkError::Empty);
    }
    let (version, payload) = fragment
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .and_then(|(version, payload)| Some((version.parse::<u32>().ok()?, payload)))
        .ok_or(LinkError::NoVersion)?;
    match version {
        1 => decode_v1(payload),
        version => Err(LinkError::UnknownVersion { version }),
    }
}

fn decode_v1(payload: &str) -> Result<Design, LinkError> {
    let foreign = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if let Some((i, character)) = payload.chars().enumerate().find(|&(_, c)| foreign(c)) {
        return Err(LinkError::BadCharacter { character, at: i + 1 });
    }
    let truncated = LinkError::Truncated { chars: payload.len() };
    let deflated = URL_SAFE_NO_PAD.decode(payload).map_err(|_| truncated.clone())?;
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(&deflated, DECODED_BYTES_MAX)
        .map_err(|error| match error.status {
            miniz_oxide::inflate::TINFLStatus::HasMoreOutput => LinkError::TooLarge,
            _ => truncated,
        })?;
    let malformed = |message: String| LinkError::Malformed { message };
    let json = String::from_utf8(json).map_err(|error| malformed(error.to_string()))?;
    let Packed(name, run, nodes, links, marks) =
        json::read(&json).map_err(|error| malformed(error.to_string()))?;

    let mut design = Design { name, run: patch(RunSettings::default(), run)?, ..Design::default() };
    let mut last = None;
    for PackedNode(step, kind, x, y, name, settings, locked) in nodes {
        let id = next_id(last, step)?;
        last = Some(id);
        let kind = NodeKind::ALL.get(usize::from(kind)).ok_or_else(|| LinkError::Malformed {
            message: format!("node {id} is of the unknown kind {kind}"),
        })?;
        let settings = patch(kind.settings(), settings)?;
        design.nodes.insert(NodeId(id), Arc::new(Node { name, x, y, settings, locked }));
    }
    let mut last = None;
    for PackedLink(step, from, to, latency_ms, share, wire) in links {
        let id = next_id(last, step)?;
        last = Some(id);
        let PackedShare(weight, priority, copies) = share.unwrap_or(PLAIN_SHARE);
        let (latency, loss_percent) = wire.unwrap_or_default();
        let (from, to) = (NodeId(from), NodeId(to));
        let link = Link { from, to, latency_ms, latency, loss_percent, weight, priority, copies };
        design.links.insert(LinkId(id), link);
    }
    let mut last = None;
    for PackedMark(step, kind, x, y, width, height, text, locked) in marks {
        let id = next_id(last, step)?;
        last = Some(id);
        let kind = *MarkKind::ALL.get(usize::from(kind)).ok_or_else(|| LinkError::Malformed {
            message: format!("mark {id} is of the unknown kind {kind}"),
        })?;
        let mark = Mark { kind, text, x, y, width, height, locked }.clamped();
        design.marks.insert(MarkId(id), mark);
    }
    design.check_shape().map_err(LinkError::Document)?;
    Ok(design)
}

/// Identities grow strictly, so none can occur twice; the first may be any, 0 too.
fn next_id(last: Option<u32>, step: u32) -> Result<u32, LinkError> {
    let Some(last) = last else { return Ok(step) };
    last.checked_add(step).filter(|_| step > 0).ok_or_else(|| LinkError::Malformed {
        message: format!("the identity after {last} does not grow"),
    })
}

/// What of `value` differs from `default`; `None` if nothing does.
fn diff<T: Serialize>(value: &T, default: &T) -> Diff {
    let value = json::to_value(value).ok()?;
    let default = json::to_value(default).ok()?;
    diff_values(value, &default)
}

fn diff_values(value: Value, default: &Value) -> Diff {
    match (value, default) {
        (value, default) if value == *default => None,
        // Another variant shares no fields with the default one: keep it whole.
        (Value::Object(value), Value::Object(default))
            if value.get("type") == default.get("type") =>
        {
            let null = Value::Null;
            let changed = value.into_iter().filter_map(|(key, field)| {
                let default = default.get(&key).unwrap_or(&null);
                diff_values(field, default).map(|field| (key, field))
            });
            let mut fields = serde_json::Map::new();
            for (key, field) in changed {
                fields.insert(key, field);
            }
            Some(Value::Object(fields))
        }
        (value, _) => Some(value),
    }
}

/// The default with a [`diff`] laid over it.
fn patch<T: Serialize + DeserializeOwned>(default: T, diff: Diff) -> Result<T, LinkError> {
    let Some(diff) = diff else { return Ok(default) };
    let malformed = |error: json::Error| LinkError::Malformed { message: error.to_string() };
    let mut value = json::to_value(&default).map_err(malformed)?;
    patch_value(&mut value, diff);
    json::from_value(value).map_err(|error| LinkError::Malformed {
        message: format!("{}: {}", error.path(), error.message()),
    })
}

fn patch_value(value: &mut Value, diff: Value) {
    match (value, diff) {
        // A diff that names a type is whole; one that does not keeps the default's type.
        (Value::Object(value), Value::Object(diff)) if !diff.contains_key("type") => {
            for (key, field) in diff {
                patch_value(value.entry(key).or_insert(Value::Null), field);
            }
        }
        (value, diff) => *value = diff,
    }
}
