//! What is selected: nodes, links and marks, in order of identity.

use shared::design::Design;
use shared::id::{LinkId, MarkId, NodeId};
use shared::ordered;
use std::collections::BTreeSet;

/// The selected nodes, links and marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Selected nodes.
    pub nodes: BTreeSet<NodeId>,
    /// Selected links.
    pub links: BTreeSet<LinkId>,
    /// Selected notes and boxes.
    pub marks: BTreeSet<MarkId>,
}

/// One thing that can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A node.
    Node(NodeId),
    /// A link.
    Link(LinkId),
    /// A note or a box.
    Mark(MarkId),
}

impl Selection {
    /// Just this one.
    pub fn only(item: Item) -> Self {
        let mut selection = Self::default();
        selection.insert(item);
        selection
    }

    /// Just these nodes.
    pub fn nodes(nodes: impl IntoIterator<Item = NodeId>) -> Self {
        Self { nodes: ordered::set(nodes), ..Self::default() }
    }

    /// Nodes, links and marks of the whole design.
    pub fn all(design: &Design) -> Self {
        Self {
            nodes: ordered::set(design.nodes.keys().copied()),
            links: ordered::set(design.links.keys().copied()),
            marks: ordered::set(design.marks.keys().copied()),
        }
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.links.is_empty() && self.marks.is_empty()
    }

    /// Whether `item` is selected.
    pub fn contains(&self, item: Item) -> bool {
        match item {
            Item::Node(id) => self.nodes.contains(&id),
            Item::Link(id) => self.links.contains(&id),
            Item::Mark(id) => self.marks.contains(&id),
        }
    }

    /// Selects `item` as well.
    pub fn insert(&mut self, item: Item) {
        match item {
            Item::Node(id) => self.nodes.insert(id),
            Item::Link(id) => self.links.insert(id),
            Item::Mark(id) => self.marks.insert(id),
        };
    }

    /// Selects `item` if it is not selected, else not.
    pub fn toggle(&mut self, item: Item) {
        if self.contains(item) {
            match item {
                Item::Node(id) => self.nodes.remove(&id),
                Item::Link(id) => self.links.remove(&id),
                Item::Mark(id) => self.marks.remove(&id),
            };
        } else {
            self.insert(item);
        }
    }

    /// The one thing that is selected, if it is exactly one.
    pub fn single(&self) -> Option<Item> {
        let mut items = (self.nodes.iter().map(|&id| Item::Node(id)))
            .chain(self.links.iter().map(|&id| Item::Link(id)))
            .chain(self.marks.iter().map(|&id| Item::Mark(id)));
        match (items.next(), items.next()) {
            (Some(item), None) => Some(item),
            _ => None,
        }
    }

    /// Forgets what `design` does not have any more.
    pub fn retain_existing(&mut self, design: &Design) {
        self.nodes.retain(|id| design.nodes.contains_key(id));
        self.links.retain(|id| design.links.contains_key(id));
        self.marks.retain(|id| design.marks.contains_key(id));
    }
}
