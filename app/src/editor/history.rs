//! Undo and redo, made of the inverses of edits.
//!
//! One step is what a person did in one go: a drag, a burst of typing in one field, a click. While
//! it goes on it is a *transaction*: edits apply at once, their inverses are collected, and it ends
//! by commit (kept if anything changed) or abort (everything taken back). A later step with the
//! same [`MergeKey`] joins the step before it until the burst is closed.
//!
//! The selection belongs to a step and comes back with it; the viewport does not.

use super::selection::Selection;
use shared::design::{Design, Edit, EditError};
use shared::id::{LinkId, MarkId, NodeId};
use std::rc::Rc;

/// Steps kept. Inverses are small, so this is "as far back as anybody wants".
const STEPS_MAX: usize = 500;

/// Steps with one key that follow each other become one: typing, dragging a slider, arrow keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeKey {
    /// Typing in one setting of one node; the setting by its path in the document.
    NodeField(NodeId, String),
    /// Typing in one setting of all selected nodes.
    SelectionField(String),
    /// Typing in a setting of a link.
    LinkField(LinkId, String),
    /// Typing in a setting of the run.
    RunField(String),
    /// Renaming a node.
    NodeName(NodeId),
    /// Typing in a note or in the name of a box.
    MarkText(MarkId),
    /// Renaming the design.
    DesignName,
    /// Moving the selection by arrow keys.
    Nudge,
}

/// What takes a step back.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    edit: Edit,
    /// The selection to return to.
    selection: Selection,
    key: Option<MergeKey>,
}

/// Edits that apply but are not yet a step.
#[derive(Clone, Debug, PartialEq)]
struct Transaction {
    /// Takes back everything so far; `None` while nothing happened.
    inverse: Option<Edit>,
    before: Rc<Design>,
    selection: Selection,
}

/// Past, future, and at most one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
    open: Option<Transaction>,
    /// Whether the last step still takes edits of its key.
    burst: bool,
}

impl History {
    /// Whether there is a step to take back.
    pub const fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether a step was taken back that can be done again.
    pub const fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// How many steps can be taken back.
    pub const fn depth(&self) -> usize {
        self.past.len()
    }

    /// Whether a transaction is open.
    pub const fn in_transaction(&self) -> bool {
        self.open.is_some()
    }

    /// Opens a transaction. One that is open already goes on.
    pub fn begin(&mut self, design: &Rc<Design>, selection: &Selection) {
        self.burst = false;
        if self.open.is_none() {
            let (before, selection) = (Rc::clone(design), selection.clone());
            self.open = Some(Transaction { inverse: None, before, selection });
        }
    }

    /// Applies an edit: into the open transaction, else as a step of its own.
    ///
    /// # Errors
    ///
    /// The edit does not apply; nothing changed.
    pub fn apply(
        &mut self,
        design: &mut Rc<Design>,
        selection: &Selection,
        edit: Edit,
        key: Option<MergeKey>,
    ) -> Result<(), EditError> {
        let inverse = Rc::make_mut(design).apply(edit)?;
        if let Some(open) = &mut self.open {
            open.inverse = Some(match open.inverse.take() {
                Some(earlier) => join(earlier, inverse),
                None => inverse,
            });
            return Ok(());
        }
        self.future.clear();
        if self.burst
            && key.is_some()
            && let Some(last) = self.past.pop_if(|last| last.key == key)
        {
            let edit = join(last.edit, inverse);
            self.past.push(Step { edit, ..last });
        } else {
            self.burst = key.is_some();
            self.push(Step { edit: inverse, selection: selection.clone(), key });
        }
        Ok(())
    }

    /// Ends the transaction; it becomes a step if it changed something.
    pub fn commit(&mut self, design: &Rc<Design>) {
        if let Some(Transaction { inverse: Some(edit), before, selection }) = self.open.take()
            && *before != **design
        {
            self.future.clear();
            self.push(Step { edit, selection, key: None });
        }
    }

    /// Takes everything of the transaction back and returns the selection from before it.
    pub fn abort(&mut self, design: &mut Rc<Design>) -> Option<Selection> {
        let Transaction { before, selection, .. } = self.open.take()?;
        *design = before;
        Some(selection)
    }

    /// The typing burst is over: the next edit is a step of its own.
    pub const fn close_burst(&mut self) {
        self.burst = false;
    }

    /// Takes the last step back. Returns the selection to restore.
    pub fn undo(&mut self, design: &mut Rc<Design>, selection: &Selection) -> Option<Selection> {
        self.burst = false;
        let step = self.past.pop()?;
        let redo = Rc::make_mut(design).apply(step.edit).ok()?;
        self.future.push(Step { edit: redo, selection: selection.clone(), key: None });
        Some(step.selection)
    }

    /// Does the last step that was taken back again. Returns the selection to restore.
    pub fn redo(&mut self, design: &mut Rc<Design>, selection: &Selection) -> Option<Selection> {
        self.burst = false;
        let step = self.future.pop()?;
        let undo = Rc::make_mut(design).apply(step.edit).ok()?;
        self.past.push(Step { edit: undo, selection: selection.clone(), key: None });
        Some(step.selection)
    }

    fn push(&mut self, step: Step) {
        if self.past.len() >= STEPS_MAX {
            self.past.remove(0);
        }
        self.past.push(step);
    }
}

/// The edit that takes back first `later` and then `earlier`. When the earlier one alone restores
/// everything the later one touches, it is enough: a drag of a thousand moves is one small edit.
fn join(earlier: Edit, later: Edit) -> Edit {
    let covered = match &earlier {
        // What of a longer undo comes first comes right after `later` and may make it needless: a
        // copy that is dragged stays one insertion and one move.
        Edit::All(steps) => {
            covers(&earlier, &later) || steps.first().is_some_and(|first| covers(first, &later))
        }
        earlier => covers(earlier, &later),
    };
    if covered { earlier } else { Edit::All(vec![later, earlier]) }
}

/// Whether the edit `earlier` restores everything that `later` restores.
fn covers(earlier: &Edit, later: &Edit) -> bool {
    match (earlier, later) {
        (Edit::SetNode(a, _), Edit::SetNode(b, _)) => a == b,
        (Edit::SetLink(a, _), Edit::SetLink(b, _)) => a == b,
        (Edit::Rename(_), Edit::Rename(_)) | (Edit::SetRun(_), Edit::SetRun(_)) => true,
        (Edit::MoveNodes(a), Edit::MoveNodes(b)) => {
            a.iter().map(|(id, ..)| id).eq(b.iter().map(|(id, ..)| id))
        }
        (Edit::SetMark(a, _), Edit::SetMark(b, _)) => a == b,
        (Edit::MoveMarks(a), Edit::MoveMarks(b)) => {
            a.iter().map(|(id, ..)| id).eq(b.iter().map(|(id, ..)| id))
        }
        // Moves of nodes with marks, a setting of several nodes. Parts that are independent of each
        // other only, so that their order does not matter.
        (Edit::All(a), Edit::All(b)) => {
            let independent = |edit: &Edit| {
                matches!(edit, Edit::MoveNodes(_) | Edit::MoveMarks(_) | Edit::SetNode(..))
            };
            a.len() == b.len()
                && a.iter().chain(b).all(independent)
                && a.iter().zip(b).all(|(a, b)| covers(a, b))
        }
        _ => false,
    }
}
