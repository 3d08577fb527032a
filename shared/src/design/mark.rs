//! What is drawn for people and not for requests: notes, and boxes around nodes.
//!
//! Marks change nothing in a run. They are part of the document, so they travel in files and links
//! and can be undone like everything else.

use super::edit::EditError;
use super::{Design, DocumentError, Edit, POSITION_MAX};
use crate::id::MarkId;
use serde::{Deserialize, Serialize};

/// More marks than this are refused by the decoders and by [`Design::apply`].
pub const MARKS_MAX: usize = 1_000;
/// Longest text of a mark, in characters.
pub const MARK_CHARS_MAX: usize = 500;
/// Smallest width and height of a mark, world units.
pub const MARK_SIZE_MIN: i32 = 48;
/// Largest width and height of a mark, world units.
pub const MARK_SIZE_MAX: i32 = 20_000;

/// A note, or a box around nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// What it is.
    pub kind: MarkKind,
    /// A note's words, or a box's name.
    pub text: String,
    /// Left edge, in world units.
    pub x: i32,
    /// Top edge, in world units.
    pub y: i32,
    /// Width, in world units, 48 to 20,000.
    pub width: i32,
    /// Height, in world units, 48 to 20,000.
    pub height: i32,
    /// Whether pointers and keys leave it where it is.
    pub locked: bool,
}

/// What a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Words for people.
    Note,
    /// A box: a region of a cloud.
    Region,
    /// A box: an Availability Zone.
    Zone,
    /// A box: a private network (VPC).
    Vpc,
}

impl MarkKind {
    /// Every kind. The order is that of links and never changes.
    pub const ALL: [Self; 4] = [Self::Note, Self::Region, Self::Zone, Self::Vpc];

    /// The kind's name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Region => "region",
            Self::Zone => "zone",
            Self::Vpc => "vpc",
        }
    }

    /// Whether it is drawn around nodes.
    pub const fn is_box(self) -> bool {
        !matches!(self, Self::Note)
    }
}

impl Mark {
    /// The mark within the bounds of a document: place and size are clamped.
    #[must_use]
    pub(super) fn clamped(mut self) -> Self {
        for coordinate in [&mut self.x, &mut self.y] {
            *coordinate = (*coordinate).clamp(-POSITION_MAX, POSITION_MAX);
        }
        for size in [&mut self.width, &mut self.height] {
            *size = (*size).clamp(MARK_SIZE_MIN, MARK_SIZE_MAX);
        }
        self
    }

    /// What every decoder and edit demands of a mark.
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        match self.text.chars().count() {
            chars if chars > MARK_CHARS_MAX => Err(DocumentError::TextTooLong { chars }),
            _ => Ok(()),
        }
    }
}

impl Design {
    /// An identity that no mark of this document has.
    pub fn next_mark_id(&self) -> MarkId {
        MarkId(self.marks.keys().next_back().map_or(1, |id| id.0.saturating_add(1)))
    }

    pub(super) fn add_mark(&mut self, id: MarkId, mark: Mark) -> Result<Edit, EditError> {
        if self.marks.contains_key(&id) {
            return Err(EditError::MarkExists(id));
        }
        mark.check().map_err(EditError::Limit)?;
        let (count, max) = (self.marks.len() + 1, MARKS_MAX);
        if count > max {
            return Err(EditError::Limit(DocumentError::TooMany { what: "marks", count, max }));
        }
        self.marks.insert(id, mark.clamped());
        Ok(Edit::RemoveMark(id))
    }

    pub(super) fn remove_mark(&mut self, id: MarkId) -> Result<Edit, EditError> {
        let mark = self.marks.remove(&id).ok_or(EditError::NoMark(id))?;
        Ok(Edit::AddMark(id, mark))
    }

    pub(super) fn set_mark(&mut self, id: MarkId, mark: Mark) -> Result<Edit, EditError> {
        mark.check().map_err(EditError::Limit)?;
        let slot = self.marks.get_mut(&id).ok_or(EditError::NoMark(id))?;
        Ok(Edit::SetMark(id, std::mem::replace(slot, mark.clamped())))
    }

    pub(super) fn move_marks(&mut self, moves: Vec<(MarkId, i32, i32)>) -> Result<Edit, EditError> {
        if let Some((id, ..)) = moves.iter().find(|(id, ..)| !self.marks.contains_key(id)) {
            return Err(EditError::NoMark(*id));
        }
        let mut inverse = Vec::with_capacity(moves.len());
        for (id, x, y) in moves {
            if let Some(mark) = self.marks.get_mut(&id) {
                inverse.push((id, mark.x, mark.y));
                mark.x = x.clamp(-POSITION_MAX, POSITION_MAX);
                mark.y = y.clamp(-POSITION_MAX, POSITION_MAX);
            }
        }
        // A mark may occur twice: taking back runs from the end.
        inverse.reverse();
        Ok(Edit::MoveMarks(inverse))
    }
}
