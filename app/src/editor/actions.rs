//! Everything that a person can ask for by name, once: the toolbar, the menus, the keys and the
//! list of keys are made from this table.

use super::EditorState;
use super::keymap::Shortcut;
use super::selection::Item;

/// An action's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionId {
    /// Take the last step back.
    Undo,
    /// Do the last step again that was taken back.
    Redo,
    /// Remove what is selected.
    Delete,
    /// Copy what is selected beside itself.
    Duplicate,
    /// Copy what is selected to the clipboard.
    Copy,
    /// The same, and remove it.
    Cut,
    /// Select everything.
    SelectAll,
    /// Stop the gesture, else select nothing.
    Escape,
    /// Edit the selected node.
    Edit,
    /// Move the selection by one grid unit.
    NudgeLeft,
    /// Move the selection by one grid unit.
    NudgeRight,
    /// Move the selection by one grid unit.
    NudgeUp,
    /// Move the selection by one grid unit.
    NudgeDown,
    /// Move the selection by five grid units.
    NudgeLeftFar,
    /// Move the selection by five grid units.
    NudgeRightFar,
    /// Move the selection by five grid units.
    NudgeUpFar,
    /// Move the selection by five grid units.
    NudgeDownFar,
    /// Keep the selection where it is, or no longer.
    ToggleLock,
    /// Draw a box around the selection.
    BoxSelection,
    /// Choose something to add.
    QuickAdd,
    /// Find a node by its name.
    Find,
    /// Go to the node that the requests come from.
    WalkLeft,
    /// Go to the node that the requests go to.
    WalkRight,
    /// Go to the neighbour above.
    WalkUp,
    /// Go to the neighbour below.
    WalkDown,
    /// Add a node before this one, linked.
    GrowLeft,
    /// Add a node after this one, linked.
    GrowRight,
    /// Add another like this one above it, linked.
    GrowUp,
    /// Add another like this one below it, linked.
    GrowDown,
    /// Rest on the grid, or anywhere.
    ToggleGrid,
    /// Move the selection onto its left edge.
    AlignLeft,
    /// Move the selection onto the vertical line through its middle.
    AlignCenter,
    /// Move the selection onto its right edge.
    AlignRight,
    /// Move the selection onto its top edge.
    AlignTop,
    /// Move the selection onto the horizontal line through its middle.
    AlignMiddle,
    /// Move the selection onto its bottom edge.
    AlignBottom,
    /// Make the room between the selected nodes equal, from left to right.
    DistributeHorizontally,
    /// Make the room between the selected nodes equal, from top to bottom.
    DistributeVertically,
    /// Lay the whole design out.
    TidyUp,
    /// Select and move.
    ToolSelect,
    /// Connect.
    ToolConnect,
    /// Move the canvas.
    ToolHand,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// Back to 100 %.
    ZoomReset,
    /// Show the whole design.
    FitAll,
    /// Show what is selected.
    FitSelection,
    /// Copy a link to the design.
    Share,
    /// Save the design as a file.
    ExportFile,
    /// Open a file.
    ImportFile,
    /// Save a picture that can be opened again.
    ExportPicture,
    /// Copy the drawing as text for documents.
    CopyMermaid,
    /// Save a picture in pixels that can be opened again.
    ExportPng,
    /// Save the configuration of a Worker that balances as drawn.
    ExportWorker,
    /// Choose among the designs that are kept.
    Designs,
    /// Choose a template.
    Templates,
    /// Show the link as a code for cameras.
    ShowCode,
    /// Find an action or a node by its name.
    Commands,
    /// Show the keys.
    Help,
}

/// The heading under which the list of keys shows an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chapter {
    /// Tools.
    Tools,
    /// Changing the design.
    Edit,
    /// Putting nodes in order.
    Arrange,
    /// Moving about.
    View,
    /// Files and links.
    Design,
}

impl Chapter {
    /// Every chapter, in order.
    pub const ALL: [Self; 5] = [Self::Tools, Self::Edit, Self::Arrange, Self::View, Self::Design];

    /// Key of the heading.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Tools => "chapter-tools",
            Self::Edit => "chapter-edit",
            Self::Arrange => "chapter-arrange",
            Self::View => "chapter-view",
            Self::Design => "chapter-design",
        }
    }
}

/// Something that a person can ask for.
#[derive(Debug)]
pub struct Action {
    /// Its identity.
    pub id: ActionId,
    /// Key of its name.
    pub label: &'static str,
    /// Where the list of keys shows it.
    pub chapter: Chapter,
    /// Its keys; the first is shown.
    pub shortcuts: &'static [Shortcut],
    /// Whether it does anything now.
    pub enabled: fn(&EditorState) -> bool,
}

/// The action called `id`.
pub fn action(id: ActionId) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

const ALWAYS: fn(&EditorState) -> bool = |_| true;
const SELECTED: fn(&EditorState) -> bool = |state| !state.selection.is_empty();
const NODES_SELECTED: fn(&EditorState) -> bool = |state| !state.selection.nodes.is_empty();
const PLACED_SELECTED: fn(&EditorState) -> bool =
    |state| !state.selection.nodes.is_empty() || !state.selection.marks.is_empty();
const ONE_NODE: fn(&EditorState) -> bool =
    |state| matches!(state.selection.single(), Some(Item::Node(_)));
const SEVERAL: fn(&EditorState) -> bool = |state| state.selection.nodes.len() > 1;
const THREE: fn(&EditorState) -> bool = |state| state.selection.nodes.len() > 2;
const NOT_EMPTY: fn(&EditorState) -> bool =
    |state| !state.design.nodes.is_empty() || !state.design.marks.is_empty();

const fn row(
    id: ActionId,
    label: &'static str,
    chapter: Chapter,
    shortcuts: &'static [Shortcut],
    enabled: fn(&EditorState) -> bool,
) -> Action {
    Action { id, label, chapter, shortcuts, enabled }
}

/// The table.
pub const ACTIONS: &[Action] = {
    use ActionId as Id;
    use Chapter::{Arrange, Design, Edit, Tools, View};
    use Shortcut as Key;
    &[
        row(Id::ToolSelect, "action-tool-select", Tools, &[Key::plain("v")], ALWAYS),
        row(Id::ToolConnect, "action-tool-connect", Tools, &[Key::plain("c")], ALWAYS),
        row(Id::ToolHand, "action-tool-hand", Tools, &[Key::plain("h")], ALWAYS),
        row(Id::Escape, "action-escape", Tools, &[Key::plain("Escape")], ALWAYS),
        row(Id::Undo, "action-undo", Edit, &[Key::command("z")], |state| state.history.can_undo()),
        row(
            Id::Redo,
            "action-redo",
            Edit,
            &[Key::command_shift("z"), Key::command("y")],
            |state| state.history.can_redo(),
        ),
        row(
            Id::Delete,
            "action-delete",
            Edit,
            &[Key::plain("Delete"), Key::plain("Backspace")],
            SELECTED,
        ),
        row(Id::Duplicate, "action-duplicate", Edit, &[Key::command("d")], PLACED_SELECTED),
        row(Id::Copy, "action-copy", Edit, &[Key::command("c")], PLACED_SELECTED),
        row(Id::Cut, "action-cut", Edit, &[Key::command("x")], PLACED_SELECTED),
        row(Id::SelectAll, "action-select-all", Edit, &[Key::command("a")], NOT_EMPTY),
        row(Id::Edit, "action-edit", Edit, &[Key::plain("Enter"), Key::plain("F2")], SELECTED),
        row(Id::NudgeLeft, "action-nudge-left", Edit, &[Key::plain("ArrowLeft")], PLACED_SELECTED),
        row(
            Id::NudgeRight,
            "action-nudge-right",
            Edit,
            &[Key::plain("ArrowRight")],
            PLACED_SELECTED,
        ),
        row(Id::NudgeUp, "action-nudge-up", Edit, &[Key::plain("ArrowUp")], PLACED_SELECTED),
        row(Id::NudgeDown, "action-nudge-down", Edit, &[Key::plain("ArrowDown")], PLACED_SELECTED),
        row(
            Id::NudgeLeftFar,
            "action-nudge-left-far",
            Edit,
            &[Key::shift("ArrowLeft")],
            PLACED_SELECTED,
        ),
        row(
            Id::NudgeRightFar,
            "action-nudge-right-far",
            Edit,
            &[Key::shift("ArrowRight")],
            PLACED_SELECTED,
        ),
        row(Id::NudgeUpFar, "action-nudge-up-far", Edit, &[Key::shift("ArrowUp")], PLACED_SELECTED),
        row(
            Id::NudgeDownFar,
            "action-nudge-down-far",
            Edit,
            &[Key::shift("ArrowDown")],
            PLACED_SELECTED,
        ),
        row(Id::WalkLeft, "action-walk-left", View, &[Key::alt("ArrowLeft")], NOT_EMPTY),
        row(Id::WalkRight, "action-walk-right", View, &[Key::alt("ArrowRight")], NOT_EMPTY),
        row(Id::WalkUp, "action-walk-up", View, &[Key::alt("ArrowUp")], NOT_EMPTY),
        row(Id::WalkDown, "action-walk-down", View, &[Key::alt("ArrowDown")], NOT_EMPTY),
        row(Id::GrowLeft, "action-grow-left", Edit, &[Key::command("ArrowLeft")], ONE_NODE),
        row(Id::GrowRight, "action-grow-right", Edit, &[Key::command("ArrowRight")], ONE_NODE),
        row(Id::GrowUp, "action-grow-up", Edit, &[Key::command("ArrowUp")], ONE_NODE),
        row(Id::GrowDown, "action-grow-down", Edit, &[Key::command("ArrowDown")], ONE_NODE),
        row(Id::QuickAdd, "action-quick-add", Edit, &[Key::plain("n")], ALWAYS),
        row(Id::BoxSelection, "action-box", Edit, &[Key::command("g")], NODES_SELECTED),
        row(Id::ToggleLock, "action-lock", Edit, &[Key::command_shift("l")], PLACED_SELECTED),
        row(Id::Find, "action-find", View, &[Key::command("f")], NOT_EMPTY),
        row(Id::ToggleGrid, "action-grid", View, &[Key::command("'")], ALWAYS),
        row(Id::AlignLeft, "action-align-left", Arrange, &[Key::alt("a")], SEVERAL),
        row(Id::AlignCenter, "action-align-center", Arrange, &[Key::alt("h")], SEVERAL),
        row(Id::AlignRight, "action-align-right", Arrange, &[Key::alt("d")], SEVERAL),
        row(Id::AlignTop, "action-align-top", Arrange, &[Key::alt("w")], SEVERAL),
        row(Id::AlignMiddle, "action-align-middle", Arrange, &[Key::alt("v")], SEVERAL),
        row(Id::AlignBottom, "action-align-bottom", Arrange, &[Key::alt("s")], SEVERAL),
        row(
            Id::DistributeHorizontally,
            "action-distribute-horizontally",
            Arrange,
            &[Key::alt_shift("h")],
            THREE,
        ),
        row(
            Id::DistributeVertically,
            "action-distribute-vertically",
            Arrange,
            &[Key::alt_shift("v")],
            THREE,
        ),
        row(Id::TidyUp, "action-tidy-up", Arrange, &[Key::alt_shift("t")], NOT_EMPTY),
        row(Id::ZoomIn, "action-zoom-in", View, &[Key::command("="), Key::command("+")], ALWAYS),
        row(Id::ZoomOut, "action-zoom-out", View, &[Key::command("-")], ALWAYS),
        row(Id::ZoomReset, "action-zoom-reset", View, &[Key::command("0")], ALWAYS),
        row(Id::FitAll, "action-fit-all", View, &[Key::shift("1")], NOT_EMPTY),
        row(Id::FitSelection, "action-fit-selection", View, &[Key::shift("2")], PLACED_SELECTED),
        row(Id::Share, "action-share", Design, &[Key::command_shift("s")], ALWAYS),
        row(Id::ExportFile, "action-export-file", Design, &[Key::command("s")], ALWAYS),
        row(Id::ImportFile, "action-import-file", Design, &[Key::command("o")], ALWAYS),
        row(Id::ExportPicture, "action-export-picture", Design, &[], NOT_EMPTY),
        row(Id::ExportPng, "action-export-png", Design, &[Key::command_shift("e")], NOT_EMPTY),
        row(Id::ExportWorker, "action-export-worker", Design, &[], NOT_EMPTY),
        row(Id::Designs, "action-designs", Design, &[Key::command_shift("o")], ALWAYS),
        row(Id::Templates, "action-templates", Design, &[], ALWAYS),
        row(Id::CopyMermaid, "action-copy-mermaid", Design, &[], NOT_EMPTY),
        row(Id::ShowCode, "action-show-code", Design, &[], ALWAYS),
        row(
            Id::Commands,
            "action-commands",
            Design,
            &[Key::command("k"), Key::command("/"), Key::command_shift("p")],
            ALWAYS,
        ),
        row(Id::Help, "action-help", Design, &[Key::plain("?")], ALWAYS),
    ]
};
