//! Copies of a part of a design: to the clipboard as JSON text, and back.
//!
//! The text is an ordinary design document, so it can be pasted into a file, a chat or another tab.

use super::place::free_name;
use super::selection::Selection;
use shared::design::{Design, DocumentError, Edit, Mark, from_json, to_json};
use shared::id::{MarkId, NodeId};
use shared::ordered;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far a copy lies from its original, world units.
pub(super) const OFFSET: i32 = 32;

/// The selected nodes, the links between them and the selected marks as a document; `None` if there
/// is neither.
pub(super) fn copy(design: &Design, selection: &Selection) -> Option<Design> {
    if selection.nodes.is_empty() && selection.marks.is_empty() {
        return None;
    }
    let selected = |id: &NodeId| selection.nodes.contains(id);
    let nodes = design.nodes.iter().filter(|(id, _)| selected(id));
    let links = design.links.iter();
    let links = links.filter(|(_, link)| selected(&link.from) && selected(&link.to));
    let marks = design.marks.iter().filter(|(id, _)| selection.marks.contains(id));
    Some(Design {
        name: design.name.clone(),
        nodes: ordered::map(nodes.map(|(&id, node)| (id, Arc::clone(node)))),
        links: ordered::map(links.map(|(&id, link)| (id, link.clone()))),
        marks: ordered::map(marks.map(|(&id, mark)| (id, mark.clone()))),
        run: design.run.clone(),
    })
}

/// [`copy`] as text for the clipboard.
pub(super) fn copy_text(design: &Design, selection: &Selection) -> Option<String> {
    copy(design, selection).map(|part| to_json(&part))
}

/// Reads what [`copy_text`] wrote.
///
/// # Errors
///
/// The text is not a design; see [`DocumentError`].
pub(super) fn read(text: &str) -> Result<Design, DocumentError> {
    from_json(text)
}

/// The edit that adds `part` to `design` under fresh identities, `offset` aside, and what it adds.
/// Copies are never locked: they are there to be moved.
pub(super) fn paste(design: &Design, part: &Design, offset: i32) -> (Edit, Selection) {
    let mut target = design.clone();
    let mut edits = Vec::new();
    let mut fresh = BTreeMap::new();
    for (&old, node) in &part.nodes {
        let id = target.next_node_id();
        let mut node = node.as_ref().clone();
        node.name = free_name(&target, &node.name);
        node.x = node.x.saturating_add(offset);
        node.y = node.y.saturating_add(offset);
        node.locked = false;
        let node = Arc::new(node);
        target.nodes.insert(id, Arc::clone(&node));
        fresh.insert(old, id);
        edits.push(Edit::AddNode(id, node));
    }
    for link in part.links.values() {
        // A document has no loose links, so both ends were copied.
        if let (Some(&from), Some(&to)) = (fresh.get(&link.from), fresh.get(&link.to)) {
            let id = target.next_link_id();
            let link = shared::design::Link { from, to, ..link.clone() };
            target.links.insert(id, link.clone());
            edits.push(Edit::AddLink(id, link));
        }
    }
    let mut selection = Selection::nodes(fresh.into_values());
    for mark in part.marks.values() {
        let id: MarkId = target.next_mark_id();
        let (x, y) = (mark.x.saturating_add(offset), mark.y.saturating_add(offset));
        let mark = Mark { x, y, locked: false, ..mark.clone() };
        target.marks.insert(id, mark.clone());
        selection.marks.insert(id);
        edits.push(Edit::AddMark(id, mark));
    }
    (Edit::All(edits), selection)
}
