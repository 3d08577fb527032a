//! What the editor wants done outside of itself. Effects are data: the shell carries them out, and
//! tests read them.

use super::geometry::WorldPoint;
use super::notice::{Notice, Text};
use shared::design::{Design, EditError};
use shared::id::NodeId;
use std::rc::Rc;

/// Something to do outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Keep the design in the browser's storage, soon.
    Save(Rc<Design>),
    /// Keep a design that was replaced, so that it can come back after a reload too.
    Shelve(Rc<Design>),
    /// Put text on the clipboard and then show the notice.
    CopyText {
        /// What to copy.
        text: String,
        /// What to say when it worked.
        done: Notice,
    },
    /// Make a link with this fragment, show it in the address bar and copy it.
    ShareLink {
        /// `v1.…`, without the `#`.
        fragment: String,
    },
    /// The address bar does not name this design any more.
    ClearFragment,
    /// Offer a file for download.
    Download {
        /// Suggested name.
        file_name: String,
        /// Its content.
        text: String,
    },
    /// Offer a picture of the design for download.
    DownloadPicture {
        /// Suggested name.
        file_name: String,
        /// What it shows.
        design: Rc<Design>,
    },
    /// Offer a picture of the design in pixels for download.
    DownloadPng {
        /// Suggested name.
        file_name: String,
        /// What it shows.
        design: Rc<Design>,
    },
    /// Show the designs that are kept.
    ShowDesigns,
    /// Show the templates.
    ShowTemplates,
    /// Ask for a file to open.
    PickFile,
    /// Show the link with this fragment as a code for cameras.
    ShowCode {
        /// `v1.…`, without the `#`.
        fragment: String,
    },
    /// Show or hide the list of commands.
    ToggleCommands,
    /// Show or hide the list of nodes, to find one by its name.
    ToggleFind,
    /// Show what can be added at a point of the drawing.
    QuickAdd(WorldPoint),
    /// Show or hide the list of keys.
    ToggleHelp,
    /// Let nodes go from where they were in this design to their places.
    Glide(Rc<Design>),
    /// Move the keyboard focus.
    Focus(FocusTarget),
    /// Tell screen readers.
    Announce(Text),
    /// Show a notice.
    Show(Notice),
}

/// Where the keyboard focus can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FocusTarget {
    /// The canvas.
    Canvas,
    /// The card of a node.
    Node(NodeId),
    /// The first field of the inspector.
    Inspector,
}

impl Effect {
    /// The notice that an edit was refused.
    pub(super) fn refused(error: &EditError) -> Self {
        Self::Show(Notice::warning(Text::from(error)))
    }
}
