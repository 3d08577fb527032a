//! One message in, effects out.

use super::actions::{ActionId, action};
use super::clip;
use super::effect::{Effect, FocusTarget};
use super::form::{Change, change_link, change_run, change_settings};
use super::geometry::WorldRect;
use super::history::{History, MergeKey};
use super::message::{Message, Origin};
use super::notice::{Notice, Offer, Text};
use super::place;
use super::selection::{Item, Selection};
use super::state::EditorState;
use super::tool::{ConnectState, GRID, PlaceState, ToolKind};
use shared::design::{
    Design, Edit, NAME_CHARS_MAX, Node, Place, RunSettings, encode, to_json, validate,
};
use shared::id::NodeId;
use std::rc::Rc;
use std::sync::Arc;

/// One press of a zoom key or button.
const ZOOM_STEP: f64 = 1.25;
/// How much a pixel of the wheel zooms: a notch of 100 pixels is about a quarter.
const ZOOM_PER_WHEEL_PIXEL: f64 = 0.002_2;
/// Grid units of a move by arrow key with Shift.
const NUDGE_FAR: i32 = 5;

/// Changes the state by one message and says what else is to be done.
pub fn update(state: &mut EditorState, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    let before = Rc::clone(&state.design);
    handle(state, message, &mut effects);
    state.selection.retain_existing(&state.design);
    if !Rc::ptr_eq(&before, &state.design) {
        state.issues = Rc::new(validate(&state.design));
        effects.push(Effect::Save(Rc::clone(&state.design)));
        if std::mem::take(&mut state.fragment_shown) && *state.design != *state.baseline {
            effects.push(Effect::ClearFragment);
        }
    }
    effects
}

fn handle(state: &mut EditorState, message: Message, effects: &mut Vec<Effect>) {
    match message {
        Message::Pointer(event) => {
            let (tool, mut context) = state.parts(effects);
            tool.pointer(event, &mut context);
        }
        Message::Cancel => {
            let (tool, mut context) = state.parts(effects);
            tool.cancel(&mut context);
            tool.hold_space(false);
        }
        Message::Wheel { at, dy, zoom: true, .. } => {
            // exp(x) with x in -1..1: a notch zooms by the same factor everywhere.
            let turn = (-dy * ZOOM_PER_WHEEL_PIXEL).clamp(-1.0, 1.0);
            state.viewport.zoom_at(at, turn.exp());
        }
        Message::Wheel { dx, dy, zoom: false, .. } => state.viewport.pan(-dx, -dy),
        Message::HoldSpace(held) => state.tool.hold_space(held),
        Message::Resized { width, height } => resize(state, width, height),
        Message::Act(id) => act(state, id, effects),
        Message::PressPalette(kind) => {
            let (tool, mut context) = state.parts(effects);
            tool.place(PlaceState::pressed(kind), &mut context);
        }
        Message::AddNode(kind) => {
            let at = place::free_place(&state.design, kind, state.viewport.center());
            let (tool, mut context) = state.parts(effects);
            tool.cancel(&mut context);
            place::add_node(kind, at, &mut context);
            reveal_selection(state);
        }
        Message::FocusItem(item) => {
            if !state.selection.contains(item) {
                state.selection = Selection::only(item);
            }
            reveal_selection(state);
        }
        Message::ChangeField { place, path, change } => {
            change_field(state, place, path, &change, effects);
        }
        Message::SetSeed(seed) => {
            let run = RunSettings { seed, ..state.design.run.clone() };
            apply(state, Edit::SetRun(run), None, effects);
        }
        Message::RenameNode(id, name) => {
            if let Some(node) = state.design.node(id) {
                let node = Arc::new(Node { name: shortened(name), ..node.clone() });
                apply(state, Edit::SetNode(id, node), Some(MergeKey::NodeName(id)), effects);
            }
        }
        Message::RenameDesign(name) => {
            let key = Some(MergeKey::DesignName);
            apply(state, Edit::Rename(shortened(name)), key, effects);
        }
        Message::FieldDone => state.history.close_burst(),
        Message::Mend(edit) => apply(state, edit, None, effects),
        Message::JumpTo(place) => jump_to(state, place, effects),
        Message::Open(design, origin) => open(state, design, origin, effects),
        Message::BringBack => bring_back(state, effects),
        Message::BrokenLink(error) => {
            effects.push(Effect::Show(Notice::error(Text::from(&error))));
        }
        Message::BrokenFile(error) => {
            let text = Text::new("notice-broken-file").with("error", Text::from(&error));
            effects.push(Effect::Show(Notice::error(text)));
        }
        Message::Paste(text) => paste_text(state, &text, effects),
    }
}

fn apply(state: &mut EditorState, edit: Edit, key: Option<MergeKey>, effects: &mut Vec<Effect>) {
    let (_, mut context) = state.parts(effects);
    context.apply(edit, key);
}

fn resize(state: &mut EditorState, width: f64, height: f64) {
    // A canvas that is not laid out yet has no size worth fitting into.
    if width < 1.0 || height < 1.0 {
        return;
    }
    state.viewport.resize(width, height);
    if std::mem::take(&mut state.fit_pending) {
        fit_all(state);
    }
}

fn fit_all(state: &mut EditorState) {
    if let Some(bounds) = state.bounds() {
        state.viewport.fit(&bounds);
    }
}

fn act(state: &mut EditorState, id: ActionId, effects: &mut Vec<Effect>) {
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
        ActionId::ToolSelect => choose_tool(state, ToolKind::Select, effects),
        ActionId::ToolConnect => choose_tool(state, ToolKind::Connect, effects),
        ActionId::ToolHand => choose_tool(state, ToolKind::Hand, effects),
        ActionId::ZoomIn => state.viewport.zoom_by(ZOOM_STEP),
        ActionId::ZoomOut => state.viewport.zoom_by(1.0 / ZOOM_STEP),
        ActionId::ZoomReset => state.viewport.zoom_reset(),
        ActionId::FitAll => fit_all(state),
        ActionId::FitSelection => {
            if let Some(bounds) = selection_bounds(state) {
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
            let file_name = file_name(&state.design.name);
            effects.push(Effect::Download { file_name, text: to_json(&state.design) });
        }
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
    let loose = |id: &&shared::id::LinkId| {
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

fn insert(state: &mut EditorState, part: &Design, effects: &mut Vec<Effect>) {
    let (edit, added) = clip::paste(&state.design, part);
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    if context.apply_step(edit) {
        state.selection = added;
        reveal_selection(state);
    }
}

fn paste_text(state: &mut EditorState, text: &str, effects: &mut Vec<Effect>) {
    match clip::read(text) {
        Ok(part) => insert(state, &part, effects),
        Err(error) => {
            let text = Text::new("notice-broken-paste").with("error", Text::from(&error));
            effects.push(Effect::Show(Notice::warning(text)));
        }
    }
}

fn nudge(state: &mut EditorState, dx: i32, dy: i32, effects: &mut Vec<Effect>) {
    let moved = |&id: &NodeId| {
        let node = state.design.node(id)?;
        let x = node.x.saturating_add(dx * GRID);
        Some((id, x, node.y.saturating_add(dy * GRID)))
    };
    let moves = state.selection.nodes.iter().filter_map(moved).collect();
    apply(state, Edit::MoveNodes(moves), Some(MergeKey::Nudge), effects);
    reveal_selection(state);
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

fn change_field(
    state: &mut EditorState,
    place: Place,
    path: String,
    change: &Change,
    effects: &mut Vec<Effect>,
) {
    let typed = matches!(change, Change::Number(_) | Change::Open | Change::Text(_));
    let edit_and_key = match place {
        Place::Node(id) => state.design.node(id).and_then(|node| {
            let settings = change_settings(&node.settings, &path, change).ok()?;
            let node = Arc::new(Node { settings, ..node.clone() });
            Some((Edit::SetNode(id, node), MergeKey::NodeField(id, path)))
        }),
        Place::Link(id) => state.design.links.get(&id).and_then(|link| {
            let link = change_link(link, &path, change).ok()?;
            Some((Edit::SetLink(id, link), MergeKey::LinkField(id, path)))
        }),
        Place::Design => change_run(&state.design.run, &path, change)
            .ok()
            .map(|run| (Edit::SetRun(run), MergeKey::RunField(path))),
    };
    // A value that does not fit the field is shown by the field itself; see `Number` in the view.
    if let Some((edit, key)) = edit_and_key {
        apply(state, edit, typed.then_some(key), effects);
    }
}

fn jump_to(state: &mut EditorState, place: Place, effects: &mut Vec<Effect>) {
    state.selection = match place {
        Place::Design => Selection::default(),
        Place::Node(id) => Selection::only(Item::Node(id)),
        Place::Link(id) => Selection::only(Item::Link(id)),
    };
    reveal_selection(state);
    effects.push(Effect::Focus(FocusTarget::Inspector));
}

fn open(state: &mut EditorState, design: Rc<Design>, origin: Origin, effects: &mut Vec<Effect>) {
    let replaced = Rc::clone(&state.design);
    let modified = state.is_modified();
    replace(state, design, effects);
    state.fragment_shown = origin == Origin::Link;
    let key = match origin {
        Origin::Link => "notice-opened-link",
        Origin::File => "notice-opened-file",
        Origin::Template => "notice-opened-template",
    };
    if *replaced == *state.design {
        return;
    }
    let text = Text::new(key).with("name", state.design.name.as_str());
    let mut notice = Notice::done(text);
    if modified {
        effects.push(Effect::Shelve(Rc::clone(&replaced)));
        state.shelf = Some(replaced);
        notice = notice.offering(Offer::BringBack);
    }
    effects.push(Effect::Show(notice));
}

/// Swaps the present design with the shelved one, so that this too can be taken back.
fn bring_back(state: &mut EditorState, effects: &mut Vec<Effect>) {
    let Some(shelved) = state.shelf.take() else { return };
    let replaced = Rc::clone(&state.design);
    replace(state, shelved, effects);
    effects.push(Effect::ClearFragment);
    effects.push(Effect::Shelve(Rc::clone(&replaced)));
    state.shelf = Some(replaced);
    let text = Text::new("notice-brought-back").with("name", state.design.name.as_str());
    effects.push(Effect::Show(Notice::done(text).offering(Offer::BringBack)));
}

/// Another design: history, selection and gesture belong to the old one.
fn replace(state: &mut EditorState, design: Rc<Design>, effects: &mut Vec<Effect>) {
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    state.history = History::default();
    state.selection = Selection::default();
    state.baseline = Rc::clone(&design);
    state.design = design;
    fit_all(state);
}

fn selection_bounds(state: &EditorState) -> Option<WorldRect> {
    let nodes = state.selection.nodes.iter().filter_map(|&id| state.design.node(id));
    WorldRect::around(nodes.map(WorldRect::of_node))
}

fn reveal_selection(state: &mut EditorState) {
    if let Some(bounds) = selection_bounds(state) {
        state.viewport.reveal(&bounds);
    }
}

/// A name of at most the allowed length.
fn shortened(name: String) -> String {
    match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => name.get(..end).unwrap_or_default().to_owned(),
        None => name,
    }
}

/// A file name that every system takes: letters and digits of any script, the rest as dashes.
fn file_name(design_name: &str) -> String {
    let words = design_name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let stem = words.collect::<Vec<_>>().join("-").to_lowercase();
    let stem = if stem.is_empty() { "design".to_owned() } else { stem };
    format!("{stem}.gomujul.json")
}
