//! Everything that can happen to the editor. A closed list, so that a new event is met by the
//! compiler in every place that must know of it.

use super::actions::ActionId;
use super::export::OpenError;
use super::form::Change;
use super::geometry::{ScreenPoint, WorldPoint};
use super::place::Stencil;
use super::selection::Item;
use super::tool::PointerEvent;
use shared::design::{Design, Edit, Fault, LinkError, MarkKind, NodeKind, Place};
use shared::id::{MarkId, NodeId};
use std::rc::Rc;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A pointer on the canvas did something.
    Pointer(PointerEvent),
    /// The gesture that goes on must stop: the pointer was cancelled or the window lost the focus.
    Cancel,
    /// The wheel turned; pixels.
    Wheel {
        /// Where the pointer was.
        at: ScreenPoint,
        /// Sideways.
        dx: f64,
        /// Down.
        dy: f64,
        /// True to zoom (Ctrl, Cmd or a pinch), false to pan.
        zoom: bool,
    },
    /// The space bar went down or up.
    HoldSpace(bool),
    /// The canvas has another size.
    Resized {
        /// Pixels.
        width: f64,
        /// Pixels.
        height: f64,
    },
    /// A person asked for an action, by key or button.
    Act(ActionId),
    /// Two fingers moved.
    Pinch {
        /// Middle between them before.
        from: ScreenPoint,
        /// Middle between them now.
        to: ScreenPoint,
        /// Their distance now over their distance before.
        factor: f64,
    },
    /// A tile was pressed in the palette and may be dragged onto the canvas.
    PressPalette(Stencil),
    /// A kind was clicked in the palette.
    AddNode(NodeKind),
    /// A note or box was clicked in the palette.
    AddMark(MarkKind),
    /// Something was chosen for a point of the drawing.
    AddAt(Stencil, WorldPoint),
    /// A note's words or a box's name were changed.
    SetMarkText(MarkId, String),
    /// A box shall be of another kind.
    SetMarkKind(MarkId, MarkKind),
    /// A menu was asked for at this point: what lies there is selected, unless it is already.
    PointAt(ScreenPoint),
    /// A point was double-clicked: what lies there is edited; on the canvas, something is added.
    Activate(ScreenPoint),
    /// A point of the drawing shall be in the middle of the canvas.
    LookAt(WorldPoint),
    /// The keyboard focus went to a card.
    FocusItem(Item),
    /// A field of the inspector was changed.
    ChangeField {
        /// Whose.
        place: Place,
        /// Which.
        path: String,
        /// How.
        change: Change,
    },
    /// A field of all selected nodes was changed.
    ChangeSelected {
        /// Which.
        path: String,
        /// How.
        change: Change,
    },
    /// The run has another seed.
    SetSeed(u64),
    /// What was done to a run becomes part of the design.
    KeepFaults(Vec<Fault>),
    /// A node was renamed.
    RenameNode(NodeId, String),
    /// The design was renamed.
    RenameDesign(String),
    /// A field lost the focus: the typing burst is over.
    FieldDone,
    /// An issue's remedy was wanted.
    Mend(Edit),
    /// An issue was clicked.
    JumpTo(Place),
    /// A design takes the place of the present one.
    Open(Rc<Design>, Origin),
    /// The design that was replaced shall come back.
    BringBack,
    /// A link in the address bar is broken.
    BrokenLink(LinkError),
    /// A file is not a design.
    BrokenFile(OpenError),
    /// Text was pasted.
    Paste(String),
}

/// Where a design comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A link.
    Link,
    /// A file.
    File,
    /// The templates.
    Template,
    /// The designs that the browser keeps.
    Library,
    /// Another tab, in which the same design was changed.
    OtherTab,
}
