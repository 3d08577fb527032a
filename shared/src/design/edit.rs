//! Changes of a design, each with its inverse.
//!
//! An edit either applies as a whole or not at all, and applying it returns the edit that takes
//! it back. Undo, redo, the run's command log and "mend" buttons are all made of these.

use super::document::DocumentError;
use super::validate::link_allowed;
use super::{
    Design, LINKS_MAX, Link, Mark, NAME_CHARS_MAX, NODES_MAX, Node, POSITION_MAX, RunSettings,
};
use crate::id::{LinkId, MarkId, NodeId};
use std::fmt;
use std::sync::Arc;

/// One change of a design.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Adds a node under an identity that is free.
    AddNode(NodeId, Arc<Node>),
    /// Removes a node and every link at it.
    RemoveNode(NodeId),
    /// Replaces a node: its name, place and settings. It stays of its kind.
    SetNode(NodeId, Arc<Node>),
    /// Moves nodes to places; only the coordinates change.
    MoveNodes(Vec<(NodeId, i32, i32)>),
    /// Adds a link under an identity that is free, between nodes that may be linked.
    AddLink(LinkId, Link),
    /// Puts back a link as it was, even one that the rules forbid: a file may have brought it.
    RestoreLink(LinkId, Link),
    /// Removes a link.
    RemoveLink(LinkId),
    /// Replaces a link.
    SetLink(LinkId, Link),
    /// Adds a note or a box under an identity that is free.
    AddMark(MarkId, Mark),
    /// Removes a note or a box; what is in it stays.
    RemoveMark(MarkId),
    /// Replaces a note or a box.
    SetMark(MarkId, Mark),
    /// Moves notes and boxes; only the coordinates change.
    MoveMarks(Vec<(MarkId, i32, i32)>),
    /// Renames the design.
    Rename(String),
    /// Replaces the run settings.
    SetRun(RunSettings),
    /// Several edits, in order, as one.
    All(Vec<Edit>),
}

/// Why an edit does not apply. The design is then as it was.
#[derive(Clone, Debug, PartialEq)]
pub enum EditError {
    /// The node does not exist; it may have been removed meanwhile.
    NoNode(NodeId),
    /// The link does not exist.
    NoLink(LinkId),
    /// The note or box does not exist; it may have been removed meanwhile.
    NoMark(MarkId),
    /// The identity is taken.
    MarkExists(MarkId),
    /// The identity is taken.
    NodeExists(NodeId),
    /// The identity is taken.
    LinkExists(LinkId),
    /// A node cannot become one of another kind: its links would lose their sense.
    OtherKind {
        /// What it is.
        from: super::NodeKind,
        /// What it was to be.
        to: super::NodeKind,
    },
    /// Requests cannot go from the one to the other.
    NotAllowed {
        /// Kind at the beginning.
        from: super::NodeKind,
        /// Kind at the end.
        to: super::NodeKind,
    },
    /// The two nodes are linked in this direction already.
    AlreadyLinked(LinkId),
    /// The link would close a circle, in which a request would never end.
    Circle,
    /// Too many nodes or links, or too long a name.
    Limit(DocumentError),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNode(id) => write!(f, "node {id} does not exist any more"),
            Self::NoLink(id) => write!(f, "link {id} does not exist any more"),
            Self::NoMark(id) => write!(f, "mark {id} does not exist any more"),
            Self::MarkExists(id) => write!(f, "mark {id} exists already"),
            Self::NodeExists(id) => write!(f, "node {id} exists already"),
            Self::LinkExists(id) => write!(f, "link {id} exists already"),
            Self::OtherKind { from, to } => {
                write!(f, "a {from} cannot become a {to}: add a new one")
            }
            Self::NotAllowed { from, to } => {
                write!(f, "requests cannot go from a {from} to a {to}")
            }
            Self::AlreadyLinked(_) => write!(f, "these two are linked already"),
            Self::Circle => write!(f, "the link would close a circle, and a request never end"),
            Self::Limit(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for EditError {}

impl Design {
    /// Applies `edit` and returns the edit that takes it back.
    ///
    /// # Errors
    ///
    /// The design is unchanged; see [`EditError`].
    pub fn apply(&mut self, edit: Edit) -> Result<Edit, EditError> {
        match edit {
            Edit::AddNode(id, node) => self.add_node_edit(id, node),
            Edit::RemoveNode(id) => self.remove_node(id),
            Edit::SetNode(id, node) => {
                check_name(&node.name)?;
                let node = clamp_position(node);
                let slot = self.nodes.get_mut(&id).ok_or(EditError::NoNode(id))?;
                let (from, to) = (slot.settings.kind(), node.settings.kind());
                if from != to {
                    return Err(EditError::OtherKind { from, to });
                }
                Ok(Edit::SetNode(id, std::mem::replace(slot, node)))
            }
            Edit::MoveNodes(moves) => self.move_nodes(moves),
            Edit::AddLink(id, link) => {
                self.check_link(&link, None)?;
                self.insert_link(id, link)
            }
            Edit::RestoreLink(id, link) => self.insert_link(id, link),
            Edit::RemoveLink(id) => {
                let link = self.links.remove(&id).ok_or(EditError::NoLink(id))?;
                Ok(Edit::RestoreLink(id, link))
            }
            Edit::SetLink(id, link) => self.set_link(id, link),
            Edit::AddMark(id, mark) => self.add_mark(id, mark),
            Edit::RemoveMark(id) => self.remove_mark(id),
            Edit::SetMark(id, mark) => self.set_mark(id, mark),
            Edit::MoveMarks(moves) => self.move_marks(moves),
            Edit::Rename(name) => {
                check_name(&name)?;
                Ok(Edit::Rename(std::mem::replace(&mut self.name, name)))
            }
            Edit::SetRun(run) => Ok(Edit::SetRun(std::mem::replace(&mut self.run, run))),
            Edit::All(edits) => self.apply_all(edits),
        }
    }

    fn add_node_edit(&mut self, id: NodeId, node: Arc<Node>) -> Result<Edit, EditError> {
        if self.nodes.contains_key(&id) {
            return Err(EditError::NodeExists(id));
        }
        check_name(&node.name)?;
        let (count, max) = (self.nodes.len() + 1, NODES_MAX);
        if count > max {
            return Err(EditError::Limit(DocumentError::TooMany { what: "nodes", count, max }));
        }
        self.nodes.insert(id, clamp_position(node));
        Ok(Edit::RemoveNode(id))
    }

    fn insert_link(&mut self, id: LinkId, link: Link) -> Result<Edit, EditError> {
        if self.links.contains_key(&id) {
            return Err(EditError::LinkExists(id));
        }
        if let Some(end) = [link.from, link.to].into_iter().find(|end| self.node(*end).is_none()) {
            return Err(EditError::NoNode(end));
        }
        let (count, max) = (self.links.len() + 1, LINKS_MAX);
        if count > max {
            return Err(EditError::Limit(DocumentError::TooMany { what: "links", count, max }));
        }
        self.links.insert(id, link);
        Ok(Edit::RemoveLink(id))
    }

    /// Where the ends stay, nothing is checked; where they change, the old ones may have been
    /// forbidden, so they are restored and not set.
    fn set_link(&mut self, id: LinkId, link: Link) -> Result<Edit, EditError> {
        let old = self.links.get(&id).ok_or(EditError::NoLink(id))?;
        let moved = (old.from, old.to) != (link.from, link.to);
        if moved {
            self.check_link(&link, Some(id))?;
        }
        let slot = self.links.get_mut(&id).ok_or(EditError::NoLink(id))?;
        let old = std::mem::replace(slot, link);
        Ok(if moved {
            Edit::All(vec![Edit::RemoveLink(id), Edit::RestoreLink(id, old)])
        } else {
            Edit::SetLink(id, old)
        })
    }

    /// The inverse puts the node back first and its links after it.
    fn remove_node(&mut self, id: NodeId) -> Result<Edit, EditError> {
        let node = self.nodes.remove(&id).ok_or(EditError::NoNode(id))?;
        let mut inverse = vec![Edit::AddNode(id, node)];
        self.links.retain(|&link_id, link| {
            let touches = link.from == id || link.to == id;
            if touches {
                inverse.push(Edit::RestoreLink(link_id, link.clone()));
            }
            !touches
        });
        // Without links there is one step only: keep the inverse as simple as the edit.
        match (inverse.len(), inverse.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => {
                inverse.extend(last);
                Ok(Edit::All(inverse))
            }
        }
    }

    fn move_nodes(&mut self, moves: Vec<(NodeId, i32, i32)>) -> Result<Edit, EditError> {
        if let Some((id, ..)) = moves.iter().find(|(id, ..)| !self.nodes.contains_key(id)) {
            return Err(EditError::NoNode(*id));
        }
        let mut inverse = Vec::with_capacity(moves.len());
        for (id, x, y) in moves {
            if let Some(node) = self.nodes.get_mut(&id) {
                inverse.push((id, node.x, node.y));
                let node = Arc::make_mut(node);
                (node.x, node.y) = (clamp(x), clamp(y));
            }
        }
        // A node may occur twice: taking back runs from the end.
        inverse.reverse();
        Ok(Edit::MoveNodes(inverse))
    }

    fn apply_all(&mut self, edits: Vec<Edit>) -> Result<Edit, EditError> {
        let mut inverse = Vec::with_capacity(edits.len());
        for edit in edits {
            match self.apply(edit) {
                Ok(undo) => inverse.push(undo),
                Err(error) => {
                    // Inverses of edits that just applied apply again, in reverse order.
                    for undo in inverse.into_iter().rev() {
                        let _ = self.apply(undo);
                    }
                    return Err(error);
                }
            }
        }
        inverse.reverse();
        Ok(Edit::All(inverse))
    }

    /// Whether `link` may exist beside the others (all but `but`).
    fn check_link(&self, link: &Link, but: Option<LinkId>) -> Result<(), EditError> {
        let kind_of = |id| {
            let node = self.node(id).ok_or(EditError::NoNode(id))?;
            Ok(node.settings.kind())
        };
        let (from, to) = (kind_of(link.from)?, kind_of(link.to)?);
        if !link_allowed(from, to) {
            return Err(EditError::NotAllowed { from, to });
        }
        let twin = |&(id, other): &(LinkId, &Link)| Some(id) != but && other.to == link.to;
        if let Some((id, _)) = self.links_from(link.from).find(twin) {
            return Err(EditError::AlreadyLinked(id));
        }
        if self.reaches(link.to, link.from, but) {
            return Err(EditError::Circle);
        }
        Ok(())
    }

    /// Whether links lead from `from` to `to`, without the link `but`.
    pub(super) fn reaches(&self, from: NodeId, to: NodeId, but: Option<LinkId>) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if id == to {
                return true;
            }
            if seen.insert(id) {
                let next = self.links_from(id).filter(|&(link, _)| Some(link) != but);
                open.extend(next.map(|(_, link)| link.to));
            }
        }
        false
    }
}

fn clamp(coordinate: i32) -> i32 {
    coordinate.clamp(-POSITION_MAX, POSITION_MAX)
}

fn clamp_position(mut node: Arc<Node>) -> Arc<Node> {
    if node.x != clamp(node.x) || node.y != clamp(node.y) {
        let node = Arc::make_mut(&mut node);
        (node.x, node.y) = (clamp(node.x), clamp(node.y));
    }
    node
}

fn check_name(name: &str) -> Result<(), EditError> {
    match name.chars().count() {
        chars if chars > NAME_CHARS_MAX => {
            Err(EditError::Limit(DocumentError::NameTooLong { chars }))
        }
        _ => Ok(()),
    }
}
