//! Tools: what the pointer means at the moment.
//!
//! Each tool is a state machine whose states own their data. An event consumes the state and
//! returns the next one. Rules that hold for all of them:
//!
//! - A press becomes a drag only after [`DRAG_THRESHOLD`] pixels, so a click never moves anything.
//! - A dragged thing is at *start + (pointer - origin)*, never at the sum of small moves.
//! - Escape, a second button, a cancelled pointer and a window that loses focus mean `Cancel`, and
//!   everything is as before the press.
//! - What was pressed may vanish under the pointer (an undo by key, a link that opens). A state that
//!   misses its target goes idle.

mod connect;
mod hand;
mod place;
mod select;
mod touch;

pub use connect::ConnectState;
pub use hand::HandState;
pub use place::PlaceState;
pub use select::SelectState;
pub use touch::{Touch, Touches};

use super::effect::Effect;
use super::geometry::{ScreenPoint, WorldPoint};
use super::history::{History, MergeKey};
use super::hit::{self, Hit};
use super::selection::Selection;
use super::viewport::Viewport;
use shared::design::{Design, Edit};
use shared::id::NodeId;
use std::rc::Rc;

/// Pixels that a press may wander before it is a drag.
pub const DRAG_THRESHOLD: f64 = 4.0;
/// Nodes lie on a grid of this many world units, unless it is off; holding Ctrl or Cmd ignores it.
pub const GRID: i32 = 8;

/// Modifier keys. `command` is Cmd on macOS and Ctrl elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Ctrl or Cmd.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or Option.
    pub alt: bool,
}

/// Which button went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The left button, or a pen.
    Primary,
    /// A finger: as the left button on things; on the canvas it moves the canvas.
    Finger,
    /// The wheel pressed.
    Middle,
    /// The right button.
    Secondary,
}

/// What a pointer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A button went down.
    Down(Button),
    /// It moved.
    Move,
    /// The button came up.
    Up,
}

/// A pointer on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointerEvent {
    /// What it did.
    pub phase: Phase,
    /// Where.
    pub at: ScreenPoint,
    /// Keys held.
    pub modifiers: Modifiers,
}

/// The tools that a person can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToolKind {
    /// Select, move, connect from ports.
    #[default]
    Select,
    /// Connect from anywhere on a card.
    Connect,
    /// Move the canvas.
    Hand,
}

/// The tool in use with its state.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolState {
    /// See [`SelectState`].
    Select(SelectState),
    /// See [`ConnectState`].
    Connect(ConnectState),
    /// See [`HandState`].
    Hand(HandState),
    /// See [`PlaceState`].
    Place(PlaceState),
}

/// The tool in use, and the one to return to when its gesture ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    state: ToolState,
    home: ToolKind,
    /// While true, a press moves the canvas whatever the tool.
    space_held: bool,
}

impl Default for Tool {
    fn default() -> Self {
        Self {
            state: ToolState::Select(SelectState::Idle),
            home: ToolKind::Select,
            space_held: false,
        }
    }
}

/// What a tool may read and change.
pub(super) struct ToolContext<'a> {
    pub(super) design: &'a mut Rc<Design>,
    pub(super) selection: &'a mut Selection,
    pub(super) history: &'a mut History,
    pub(super) viewport: &'a mut Viewport,
    /// Things come to rest at multiples of this many world units.
    pub(super) grid: i32,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl ToolContext<'_> {
    fn world(&self, at: ScreenPoint) -> WorldPoint {
        self.viewport.world(at)
    }

    fn hit(&self, at: ScreenPoint) -> Hit {
        hit::hit_test(self.design, self.world(at), self.viewport.zoom())
    }

    fn begin(&mut self) {
        self.history.begin(self.design, self.selection);
    }

    fn commit(&mut self) {
        self.history.commit(self.design);
    }

    fn abort(&mut self) {
        if let Some(selection) = self.history.abort(self.design) {
            *self.selection = selection;
        }
    }

    /// Applies an edit as a step of its own, or into the open transaction.
    pub(super) fn apply_step(&mut self, edit: Edit) -> bool {
        self.apply(edit, None)
    }

    /// Applies an edit; one that is refused is told.
    pub(super) fn apply(&mut self, edit: Edit, key: Option<MergeKey>) -> bool {
        match self.history.apply(self.design, self.selection, edit, key) {
            Ok(()) => true,
            Err(error) => {
                self.effects.push(Effect::refused(&error));
                false
            }
        }
    }
}

impl ToolKind {
    const fn idle(self) -> ToolState {
        match self {
            Self::Select => ToolState::Select(SelectState::Idle),
            Self::Connect => ToolState::Connect(ConnectState::Idle),
            Self::Hand => ToolState::Hand(HandState::Idle),
        }
    }
}

impl Tool {
    /// The hand, at rest.
    pub(super) const fn hand() -> Self {
        Self { state: ToolState::Hand(HandState::Idle), home: ToolKind::Hand, space_held: false }
    }

    /// The tool that a person chose.
    pub const fn kind(&self) -> ToolKind {
        self.home
    }

    /// The state of the tool in use, for painting.
    pub const fn state(&self) -> &ToolState {
        &self.state
    }

    /// Whether no gesture is going on.
    pub fn is_idle(&self) -> bool {
        self.state == self.home.idle()
    }

    /// The CSS cursor that says what a press will do.
    pub const fn cursor(&self) -> &'static str {
        match &self.state {
            ToolState::Hand(HandState::Panning { .. }) => "grabbing",
            ToolState::Hand(HandState::Idle) => "grab",
            _ if self.space_held => "grab",
            ToolState::Connect(_) => "crosshair",
            ToolState::Place(_) => "copy",
            ToolState::Select(SelectState::Translating { .. }) => "move",
            ToolState::Select(SelectState::Resizing { corner, .. }) => {
                if corner.right == corner.bottom { "nwse-resize" } else { "nesw-resize" }
            }
            ToolState::Select(SelectState::Panning { .. }) => "grabbing",
            ToolState::Select(_) => "default",
        }
    }

    /// Takes another tool; a gesture that goes on is cancelled.
    pub(super) fn choose(&mut self, kind: ToolKind, context: &mut ToolContext<'_>) {
        self.cancel(context);
        self.home = kind;
        self.state = kind.idle();
    }

    /// Begins to place a new node that was pressed in the palette.
    pub(super) fn place(&mut self, place: PlaceState, context: &mut ToolContext<'_>) {
        self.cancel(context);
        self.state = ToolState::Place(place);
    }

    /// Waits for the end of a link that was begun by key.
    pub(super) fn arm(&mut self, connect: ConnectState) {
        self.state = ToolState::Connect(connect);
    }

    /// Ends the link that is being drawn at `to` by key; false if none is.
    pub(super) fn connect_to(&mut self, to: NodeId, context: &mut ToolContext<'_>) -> bool {
        let ToolState::Connect(connect) = &self.state else { return false };
        let Some((from, ..)) = connect.wire() else { return false };
        self.state = self.home.idle();
        if from != to && context.design.node(from).is_some() {
            connect::connect(from, to, context);
        }
        true
    }

    /// The space bar went down or up.
    pub(super) const fn hold_space(&mut self, held: bool) {
        self.space_held = held;
    }

    /// Stops the gesture that goes on, as if it had never begun.
    pub(super) fn cancel(&mut self, context: &mut ToolContext<'_>) {
        context.abort();
        self.state = self.home.idle();
    }

    /// The pointer did something.
    pub(super) fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        if let Phase::Down(button) = event.phase {
            let idle = self.is_idle();
            match button {
                // A second button during a gesture takes it back.
                _ if !idle
                    && !matches!(self.state, ToolState::Connect(ConnectState::Armed { .. })) =>
                {
                    return self.cancel(context);
                }
                Button::Secondary => return,
                Button::Middle => self.state = ToolState::Hand(HandState::Idle),
                Button::Primary | Button::Finger if self.space_held => {
                    self.state = ToolState::Hand(HandState::Idle);
                }
                Button::Primary | Button::Finger if idle && self.home == ToolKind::Select => {
                    if let Hit::Port(from) = context.hit(event.at) {
                        self.state = ToolState::Connect(ConnectState::pressed(from));
                        return;
                    }
                }
                Button::Primary | Button::Finger => {}
            }
        }
        let state = std::mem::replace(&mut self.state, self.home.idle());
        self.state = match state {
            ToolState::Select(state) => ToolState::Select(state.on(event, context)),
            ToolState::Connect(state) => ToolState::Connect(state.on(event, context)),
            ToolState::Hand(state) => ToolState::Hand(state.on(event, context)),
            ToolState::Place(state) => match state.on(event, context) {
                Some(state) => ToolState::Place(state),
                None => self.home.idle(),
            },
        };
        if self.rests() {
            self.state = self.home.idle();
        }
    }

    /// Whether the tool in use has nothing more to do, so that the chosen one comes back.
    const fn rests(&self) -> bool {
        matches!(
            self.state,
            ToolState::Connect(ConnectState::Idle) | ToolState::Hand(HandState::Idle)
        )
    }
}
