//! A setting of a design by name, so that a sweep can give it other values.
//!
//! A field is written as in the document: `nodes[3].service.mean_ms` (the number is the node's id,
//! or its name stands there), `links[1].latency_ms`, `run.duration_s`. A path alone, such as
//! `traffic.rate_per_s`, means the only node that has it.

use crate::design::{Design, Node, RunSettings, Settings, path};
use crate::id::{LinkId, NodeId};
use crate::json;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// A setting of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    owner: Owner,
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Node(NodeId),
    Link(LinkId),
    Run,
}

/// Why a field or a value of it makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// No node or link has this id or name.
    NoSuchThing {
        /// `node` or `link`.
        kind: &'static str,
        /// The id or name.
        name: String,
    },
    /// The thing has no such setting.
    NoSuchField {
        /// The path.
        path: String,
    },
    /// Several nodes have it.
    Ambiguous {
        /// The path.
        path: String,
        /// What to write instead, one for each node.
        instead: Vec<String>,
    },
    /// The setting does not take the value.
    Value {
        /// The path.
        path: String,
        /// The value.
        value: String,
    },
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchThing { kind, name } => {
                write!(f, "no {kind} is called \"{name}\": use its id or its exact name")
            }
            Self::NoSuchField { path } => write!(
                f,
                "there is no setting \"{path}\": write nodes[ID].PATH, links[ID].latency_ms or \
                 run.NAME as in the document"
            ),
            Self::Ambiguous { path, instead } => {
                write!(f, "several nodes have \"{path}\": write {}", instead.join(" or "))
            }
            Self::Value { path, value } => write!(f, "{path} does not take \"{value}\""),
        }
    }
}

impl std::error::Error for FieldError {}

impl Field {
    /// Finds the setting that `text` names in `design`.
    ///
    /// # Errors
    ///
    /// No thing or setting has that name, or several nodes have it.
    pub fn parse(design: &Design, text: &str) -> Result<Self, FieldError> {
        let missing = || FieldError::NoSuchField { path: text.to_owned() };
        let found = |owner, path: &str| {
            let field = Self { owner, path: path.to_owned() };
            if field.exists(design) { Ok(field) } else { Err(missing()) }
        };
        if let Some(path) = text.strip_prefix("run.") {
            return found(Owner::Run, path);
        }
        if let Some((name, path)) = text.strip_prefix("nodes[").and_then(|t| t.split_once("].")) {
            return found(Owner::Node(node_called(design, name)?), path);
        }
        if let Some((name, path)) = text.strip_prefix("links[").and_then(|t| t.split_once("].")) {
            let id = name.parse().ok().map(LinkId).filter(|id| design.links.contains_key(id));
            let error = || FieldError::NoSuchThing { kind: "link", name: name.to_owned() };
            return found(Owner::Link(id.ok_or_else(error)?), path);
        }
        let fields =
            design.nodes.keys().map(|&id| Self { owner: Owner::Node(id), path: text.to_owned() });
        let mut fields: Vec<Self> = fields.filter(|field| field.exists(design)).collect();
        match (fields.pop(), fields.as_slice()) {
            (None, _) => Err(missing()),
            (Some(only), []) => Ok(only),
            (Some(last), others) => {
                let instead = others.iter().chain([&last]).map(ToString::to_string).collect();
                Err(FieldError::Ambiguous { path: text.to_owned(), instead })
            }
        }
    }

    fn exists(&self, design: &Design) -> bool {
        match self.owner {
            Owner::Node(id) => {
                design.node(id).is_some_and(|node| path::has(&node.settings, &self.path))
            }
            Owner::Run => path::has(&design.run, &self.path),
            Owner::Link(_) => matches!(self.path.as_str(), "latency_ms" | "loss_percent"),
        }
    }

    /// `design` with `value` in this setting: a number, or a word where the setting is a choice.
    /// Another `type` keeps what the two have in common and has defaults for the rest.
    ///
    /// # Errors
    ///
    /// The setting is gone or does not take the value.
    pub fn set(&self, design: &Design, value: &str) -> Result<Design, FieldError> {
        let error = || FieldError::Value { path: self.path.clone(), value: value.to_owned() };
        let mut changed = design.clone();
        match self.owner {
            Owner::Run => {
                let run: Option<RunSettings> = changed_value(&changed.run, &self.path, value);
                changed.run = run.ok_or_else(error)?;
            }
            Owner::Link(id) => {
                let number = json::number(value).ok_or_else(error)?;
                let link = changed.links.get_mut(&id).ok_or_else(error)?;
                match self.path.as_str() {
                    "loss_percent" => link.loss_percent = number,
                    _ => link.latency_ms = number,
                }
            }
            Owner::Node(id) => {
                let node = changed.nodes.get_mut(&id).ok_or_else(error)?;
                let settings: Option<Settings> = changed_value(&node.settings, &self.path, value);
                let settings = settings.ok_or_else(error)?;
                if settings.kind() != node.settings.kind() {
                    return Err(error());
                }
                *node = Arc::new(Node { settings, ..Node::clone(node) });
            }
        }
        Ok(changed)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.owner {
            Owner::Node(id) => write!(f, "nodes[{}].{}", id.0, self.path),
            Owner::Link(id) => write!(f, "links[{}].{}", id.0, self.path),
            Owner::Run => write!(f, "run.{}", self.path),
        }
    }
}

fn node_called(design: &Design, name: &str) -> Result<NodeId, FieldError> {
    let by_id = name.parse().ok().map(NodeId).filter(|id| design.nodes.contains_key(id));
    let mut by_name = design.nodes.iter().filter(|(_, node)| node.name == name).map(|(&id, _)| id);
    let found = by_id.or_else(|| by_name.next().filter(|_| by_name.next().is_none()));
    found.ok_or_else(|| FieldError::NoSuchThing { kind: "node", name: name.to_owned() })
}

/// `thing` with `text` at `path`, as a number if it is one.
fn changed_value<T>(thing: &T, path: &str, text: &str) -> Option<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let number = json::number(text).map(path::number_value);
    let value = number.unwrap_or_else(|| Value::from(text));
    let put = |path: &str, value: Value| {
        path::edited(thing, path, |place| {
            *place = value;
            Some(())
        })
    };
    // Another type may not know the fields of the old one: those are dropped then.
    put(path, value.clone()).or_else(|| {
        let bare = Value::from_iter([("type".to_owned(), value)]);
        put(path.strip_suffix(".type")?, bare)
    })
}
