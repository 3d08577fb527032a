//! What each action does.

use super::actions::{ActionId, action};
use super::arrange::{self, Alignment, Axis};
use super::effect::{Effect, FocusTarget};
use super::geometry::WorldPoint;
use super::history::{History, MergeKey};
use super::hit::BOX_TITLE;
use super::motion::Start;
use super::notice::{Notice, Text};
use super::selection::{Item, Selection};
use super::state::EditorState;
use super::tool::{ConnectState, GRID, ToolKind};
use super::walk::{self, Direction};
use super::{clip, export, place};
use shared::design::{Design, Edit, Mark, MarkKind, Node, encode, to_json};
use shared::id::{LinkId, MarkId, NodeId};
use shared::ordered;
use std::rc::Rc;
use std::sync::Arc;

/// One press of a zoom key or button.
const ZOOM_STEP: f64 = 1.25;
/// Grid units of a move by arrow key with Shift.
const NUDGE_FAR: i32 = 5;
/// Room between a box and what it is drawn around, world units.
const BOX_MARGIN: f64 = 24.0;

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
        ActionId::ToggleLock => toggle_lock(state, effects),
        ActionId::BoxSelection => box_selection(state, effects),
        ActionId::QuickAdd => effects.push(Effect::QuickAdd(state.viewport.center())),
        ActionId::Find => effects.push(Effect::ToggleFind),
        ActionId::WalkLeft => go(state, Direction::Left, effects),
        ActionId::WalkRight => go(state, Direction::Right, effects),
        ActionId::WalkUp => go(state, Direction::Up, effects),
        ActionId::WalkDown => go(state, Direction::Down, effects),
        ActionId::GrowLeft => grow(state, Direction::Left, effects),
        ActionId::GrowRight => grow(state, Direction::Right, effects),
        ActionId::GrowUp => grow(state, Direction::Up, effects),
        ActionId::GrowDown => grow(state, Direction::Down, effects),
        ActionId::ToggleGrid => {
            state.grid = !state.grid;
            let key = if state.grid { "announce-grid-on" } else { "announce-grid-off" };
            effects.push(Effect::Announce(Text::new(key)));
        }
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
        ActionId::ExportPng => {
            state.baseline = Rc::clone(&state.design);
            let file_name = export::file_name(&state.design.name, "png");
            effects.push(Effect::DownloadPng { file_name, design: Rc::clone(&state.design) });
        }
        ActionId::ExportWorker => {
            let file_name = export::file_name(&state.design.name, "worker.json");
            let (text, notes) = export::worker(&state.design, None, "notice-worker-saved");
            effects.push(Effect::Download { file_name, text });
            effects.push(Effect::Show(Notice::to_read(notes)));
        }
        ActionId::Designs => effects.push(Effect::ShowDesigns),
        ActionId::Templates => effects.push(Effect::ShowTemplates),
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

/// Removes what is selected and not locked.
fn delete(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let design = &state.design;
    let free = |id: &NodeId| design.node(*id).is_some_and(|node| !node.locked);
    let nodes = ordered::set(state.selection.nodes.iter().copied().filter(free));
    let free = |id: &MarkId| design.marks.get(id).is_some_and(|mark| !mark.locked);
    let marks = state.selection.marks.iter().copied().filter(free).map(Edit::RemoveMark);
    let selected = state.selection.nodes.len() + state.selection.marks.len();
    // Links at a node go with it: removing them twice would be refused.
    let loose = |id: &&LinkId| {
        let link = design.links.get(id);
        link.is_some_and(|link| !nodes.contains(&link.from) && !nodes.contains(&link.to))
    };
    let links = state.selection.links.iter().filter(loose).map(|&id| Edit::RemoveLink(id));
    let edits = links.chain(nodes.iter().map(|&id| Edit::RemoveNode(id))).chain(marks);
    let edits: Vec<Edit> = edits.collect();
    let removes = |edit: &&Edit| matches!(edit, Edit::RemoveNode(_) | Edit::RemoveMark(_));
    if edits.iter().filter(removes).count() < selected {
        effects.push(Effect::Show(Notice::warning(Text::new("notice-locked"))));
    }
    if edits.is_empty() {
        return;
    }
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    context.apply_step(Edit::All(edits));
}

fn copy(state: &EditorState, effects: &mut Vec<Effect>) {
    if let Some(text) = clip::copy_text(&state.design, &state.selection) {
        let count = state.selection.nodes.len() + state.selection.marks.len();
        let done = Notice::done(Text::new("notice-copied").with("count", count));
        effects.push(Effect::CopyText { text, done });
    }
}

/// Adds a copied part and selects it.
pub(super) fn insert(state: &mut EditorState, part: &Design, effects: &mut Vec<Effect>) {
    let (edit, added) = clip::paste(&state.design, part, clip::OFFSET);
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

/// Moves nodes as one step of their own; locked ones stay.
fn arrange(state: &mut EditorState, mut moves: arrange::Moves, effects: &mut Vec<Effect>) {
    moves.retain(|(id, ..)| state.design.node(*id).is_some_and(|node| !node.locked));
    let before = Rc::clone(&state.design);
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    context.apply_step(Edit::MoveNodes(moves));
    effects.push(Effect::Glide(before));
}

fn nudge(state: &mut EditorState, dx: i32, dy: i32, effects: &mut Vec<Effect>) {
    let start = Start::of(&state.design, &state.selection);
    if start.is_empty() {
        return;
    }
    let (_, mut context) = state.parts(effects);
    context.apply(start.moved(dx * GRID, dy * GRID), Some(MergeKey::Nudge));
    state.reveal_selection();
}

/// Locks what is selected; if all of it is locked, unlocks it.
fn toggle_lock(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let nodes: Vec<(NodeId, &Node)> = (state.selection.nodes.iter())
        .filter_map(|&id| Some((id, state.design.node(id)?)))
        .collect();
    let marks: Vec<(MarkId, &Mark)> = (state.selection.marks.iter())
        .filter_map(|&id| Some((id, state.design.marks.get(&id)?)))
        .collect();
    let all_locked =
        nodes.iter().all(|(_, node)| node.locked) && marks.iter().all(|(_, mark)| mark.locked);
    let locked = !all_locked;
    let nodes = nodes
        .into_iter()
        .map(|(id, node)| Edit::SetNode(id, Arc::new(Node { locked, ..node.clone() })));
    let marks =
        marks.into_iter().map(|(id, mark)| Edit::SetMark(id, Mark { locked, ..mark.clone() }));
    let edits = nodes.chain(marks).collect();
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    context.apply_step(Edit::All(edits));
    let key = if locked { "announce-locked" } else { "announce-unlocked" };
    effects.push(Effect::Announce(Text::new(key)));
}

/// Draws a box around what is selected. Its name is typed next.
fn box_selection(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let Some(bounds) = state.selection_bounds() else { return };
    let around = bounds.grown(BOX_MARGIN);
    let corner = WorldPoint::new(around.left, around.top - BOX_TITLE);
    let size = (around.width() as i32, (around.height() + BOX_TITLE) as i32);
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    place::add_mark(MarkKind::Zone, corner, size, &mut context);
    effects.push(Effect::Focus(FocusTarget::Inspector));
}

/// Selects the next node; without a selected node the first of all.
fn go(state: &mut EditorState, direction: Direction, effects: &mut Vec<Effect>) {
    let to = match state.selection.single() {
        Some(Item::Node(from)) => walk::next(&state.design, from, direction),
        _ => state.design.nodes.keys().next().copied(),
    };
    if let Some(to) = to {
        select_and_focus(state, to, effects);
    }
}

/// Adds a linked node beside the selected one and selects it.
fn grow(state: &mut EditorState, direction: Direction, effects: &mut Vec<Effect>) {
    let Some(Item::Node(from)) = state.selection.single() else { return };
    let Some((edit, id)) = walk::grow(&state.design, from, direction) else {
        effects.push(Effect::Show(Notice::warning(Text::new("notice-nothing-comes"))));
        return;
    };
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    if context.apply_step(edit) {
        select_and_focus(state, id, effects);
    }
}

fn select_and_focus(state: &mut EditorState, id: NodeId, effects: &mut Vec<Effect>) {
    state.selection = Selection::only(Item::Node(id));
    state.reveal_selection();
    effects.push(Effect::Focus(FocusTarget::Node(id)));
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
