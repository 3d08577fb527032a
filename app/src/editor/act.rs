//! What each action does.

use super::actions::{ActionId, action};
use super::arrange::{self, Alignment, Axis};
use super::effect::{Effect, FocusTarget};
use super::history::{History, MergeKey};
use super::notice::{Notice, Text};
use super::selection::{Item, Selection};
use super::state::EditorState;
use super::tool::{ConnectState, GRID, ToolKind};
use super::{clip, export};
use shared::design::{Design, Edit, encode, to_json};
use shared::id::{LinkId, NodeId};
use std::rc::Rc;

/// One press of a zoom key or button.
const ZOOM_STEP: f64 = 1.25;
/// Grid units of a move by arrow key with Shift.
const NUDGE_FAR: i32 = 5;

/// Does what an action says, if it does anything now.
#[expect(
    clippy::too_many_lines,
    reason = "an arm for each action, so that the compiler misses none"
)]
pub(super) fn act(state: &mut EditorState, id: ActionId, effects: &mut Vec<Effect>) {
    if !action(id).is_some_and(|action| (action.enabled)(state)) {
        return;
    }
    match id {
        ActionId::Undo => travel(state, History::undo, effects),
        ActionId::Redo => travel(state, History::redo, effects),
        ActionId::Delete => delete(state, effects),
        ActionId::Duplicate => {
            if let Some(part) = clip::copy(&state.design, &state.selection) {
                insert(state, &part, effects);
            }
        }
        ActionId::Copy => copy(state, effects),
        ActionId::Cut => {
            copy(state, effects);
            delete(state, effects);
        }
        ActionId::SelectAll => state.selection = Selection::all(&state.design),
        ActionId::Escape => escape(state, effects),
        ActionId::Edit => edit(state, effects),
        ActionId::NudgeLeft => nudge(state, -1, 0, effects),
        ActionId::NudgeRight => nudge(state, 1, 0, effects),
        ActionId::NudgeUp => nudge(state, 0, -1, effects),
        ActionId::NudgeDown => nudge(state, 0, 1, effects),
        ActionId::NudgeLeftFar => nudge(state, -NUDGE_FAR, 0, effects),
        ActionId::NudgeRightFar => nudge(state, NUDGE_FAR, 0, effects),
        ActionId::NudgeUpFar => nudge(state, 0, -NUDGE_FAR, effects),
        ActionId::NudgeDownFar => nudge(state, 0, NUDGE_FAR, effects),
        ActionId::AlignLeft => align(state, Alignment::Left, effects),
        ActionId::AlignCenter => align(state, Alignment::Center, effects),
        ActionId::AlignRight => align(state, Alignment::Right, effects),
        ActionId::AlignTop => align(state, Alignment::Top, effects),
        ActionId::AlignMiddle => align(state, Alignment::Middle, effects),
        ActionId::AlignBottom => align(state, Alignment::Bottom, effects),
        ActionId::DistributeHorizontally => distribute(state, Axis::Horizontal, effects),
        ActionId::DistributeVertically => distribute(state, Axis::Vertical, effects),
        ActionId::TidyUp => {
            arrange(state, arrange::tidy_up(&state.design), effects);
            state.fit_all();
        }
        ActionId::ToolSelect => choose_tool(state, ToolKind::Select, effects),
        ActionId::ToolConnect => choose_tool(state, ToolKind::Connect, effects),
        ActionId::ToolHand => choose_tool(state, ToolKind::Hand, effects),
        ActionId::ZoomIn => state.viewport.zoom_by(ZOOM_STEP),
        ActionId::ZoomOut => state.viewport.zoom_by(1.0 / ZOOM_STEP),
        ActionId::ZoomReset => state.viewport.zoom_reset(),
        ActionId::FitAll => state.fit_all(),
        ActionId::FitSelection => {
            if let Some(bounds) = state.selection_bounds() {
                state.viewport.fit(&bounds);
            }
        }
        ActionId::Share => {
            state.baseline = Rc::clone(&state.design);
            state.fragment_shown = true;
            effects.push(Effect::ShareLink { fragment: encode(&state.design) });
        }
        ActionId::ExportFile => {
            state.baseline = Rc::clone(&state.design);
            let file_name = export::file_name(&state.design.name, "json");
            effects.push(Effect::Download { file_name, text: to_json(&state.design) });
        }
        ActionId::ExportPicture => {
            state.baseline = Rc::clone(&state.design);
            let file_name = export::file_name(&state.design.name, "svg");
            effects.push(Effect::DownloadPicture { file_name, design: Rc::clone(&state.design) });
        }
        ActionId::CopyMermaid => {
            let done = Notice::done(Text::new("notice-mermaid-copied"));
            effects.push(Effect::CopyText { text: export::mermaid(&state.design), done });
        }
        ActionId::ShowCode => effects.push(Effect::ShowCode { fragment: encode(&state.design) }),
        ActionId::Commands => effects.push(Effect::ToggleCommands),
        ActionId::ImportFile => effects.push(Effect::PickFile),
        ActionId::Help => effects.push(Effect::ToggleHelp),
    }
}

/// Undo or redo. A gesture that goes on is taken back first.
fn travel(
    state: &mut EditorState,
    direction: fn(&mut History, &mut Rc<Design>, &Selection) -> Option<Selection>,
    effects: &mut Vec<Effect>,
) {
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    if let Some(selection) = direction(&mut state.history, &mut state.design, &state.selection) {
        state.selection = selection;
    }
}

fn choose_tool(state: &mut EditorState, kind: ToolKind, effects: &mut Vec<Effect>) {
    let single = state.selection.single();
    let (tool, mut context) = state.parts(effects);
    tool.choose(kind, &mut context);
    // With one node selected, the connect key begins a link at it.
    if kind == ToolKind::Connect
        && let Some(Item::Node(from)) = single
    {
        tool.arm(ConnectState::armed(from));
        effects.push(Effect::Announce(Text::new("announce-connect")));
    }
}

/// Ends a gesture; without one, the tool; without another tool, the selection.
fn escape(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let (tool, mut context) = state.parts(effects);
    if !tool.is_idle() {
        tool.cancel(&mut context);
    } else if tool.kind() != ToolKind::Select {
        tool.choose(ToolKind::Select, &mut context);
    } else {
        state.selection = Selection::default();
        effects.push(Effect::Focus(FocusTarget::Canvas));
    }
}

fn delete(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let nodes = &state.selection.nodes;
    let design = &state.design;
    // Links at a node go with it: removing them twice would be refused.
    let loose = |id: &&LinkId| {
        let link = design.links.get(id);
        link.is_some_and(|link| !nodes.contains(&link.from) && !nodes.contains(&link.to))
    };
    let links = state.selection.links.iter().filter(loose).map(|&id| Edit::RemoveLink(id));
    let edits: Vec<Edit> = links.chain(nodes.iter().map(|&id| Edit::RemoveNode(id))).collect();
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    context.apply_step(Edit::All(edits));
}

fn copy(state: &EditorState, effects: &mut Vec<Effect>) {
    if let Some(text) = clip::copy_text(&state.design, &state.selection) {
        let count = state.selection.nodes.len();
        let done = Notice::done(Text::new("notice-copied").with("count", count));
        effects.push(Effect::CopyText { text, done });
    }
}

/// Adds a copied part and selects it.
pub(super) fn insert(state: &mut EditorState, part: &Design, effects: &mut Vec<Effect>) {
    let (edit, added) = clip::paste(&state.design, part);
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    if context.apply_step(edit) {
        state.selection = added;
        state.reveal_selection();
    }
}

fn align(state: &mut EditorState, alignment: Alignment, effects: &mut Vec<Effect>) {
    arrange(state, arrange::align(&state.design, &state.selection, alignment), effects);
}

fn distribute(state: &mut EditorState, axis: Axis, effects: &mut Vec<Effect>) {
    arrange(state, arrange::distribute(&state.design, &state.selection, axis), effects);
}

/// Moves nodes as one step of their own.
fn arrange(state: &mut EditorState, moves: arrange::Moves, effects: &mut Vec<Effect>) {
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    context.apply_step(Edit::MoveNodes(moves));
}

fn nudge(state: &mut EditorState, dx: i32, dy: i32, effects: &mut Vec<Effect>) {
    let moved = |&id: &NodeId| {
        let node = state.design.node(id)?;
        let x = node.x.saturating_add(dx * GRID);
        Some((id, x, node.y.saturating_add(dy * GRID)))
    };
    let moves = state.selection.nodes.iter().filter_map(moved).collect();
    let (_, mut context) = state.parts(effects);
    context.apply(Edit::MoveNodes(moves), Some(MergeKey::Nudge));
    state.reveal_selection();
}

/// Ends the link that was begun by key at the selected node; else goes to the fields.
fn edit(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let single = state.selection.single();
    let (tool, mut context) = state.parts(effects);
    match single {
        Some(Item::Node(to)) if tool.connect_to(to, &mut context) => {}
        _ => effects.push(Effect::Focus(FocusTarget::Inspector)),
    }
}
