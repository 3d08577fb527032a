//! One message in, effects out.

use super::act::{act, insert};
use super::clip;
use super::effect::{Effect, FocusTarget};
use super::export::OpenError;
use super::form::{Change, change_link, change_run, change_settings};
use super::geometry::{ScreenPoint, WorldPoint};
use super::history::{History, MergeKey};
use super::hit::{Hit, hit_test};
use super::message::{Message, Origin};
use super::notice::{Notice, Offer, Text, Value};
use super::place::{self, Stencil};
use super::selection::{Item, Selection};
use super::state::EditorState;
use super::tool::PlaceState;
use shared::design::{
    Design, Edit, Fault, MARK_CHARS_MAX, Mark, NAME_CHARS_MAX, Node, Place, RunSettings, validate,
};
use shared::id::NodeId;
use std::rc::Rc;
use std::sync::Arc;

/// How much a pixel of the wheel zooms: a notch of 100 pixels is about a quarter.
const ZOOM_PER_WHEEL_PIXEL: f64 = 0.002_2;

/// Changes the state by one message and says what else is to be done.
pub fn update(state: &mut EditorState, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    let before = Rc::clone(&state.design);
    handle(state, message, &mut effects);
    state.selection.retain_existing(&state.design);
    if !Rc::ptr_eq(&before, &state.design) {
        // While a drag moves what is in order, every move would find the same nothing.
        if !(state.issues.is_empty() && same_but_places(&before, &state.design)) {
            state.issues = Rc::new(validate(&state.design));
        }
        effects.push(Effect::Save(Rc::clone(&state.design)));
        if std::mem::take(&mut state.fragment_shown) && *state.design != *state.baseline {
            effects.push(Effect::ClearFragment);
        }
    }
    effects
}

/// Whether two designs have the same nodes and links and differ in places at most.
fn same_but_places(a: &Design, b: &Design) -> bool {
    let same = |(a, b): (&Arc<Node>, &Arc<Node>)| {
        Arc::ptr_eq(a, b) || (a.settings == b.settings && a.name == b.name)
    };
    a.run == b.run
        && a.links == b.links
        && a.nodes.keys().eq(b.nodes.keys())
        && a.nodes.values().zip(b.nodes.values()).all(same)
}

/// What was done to a run becomes part of the design.
fn keep_faults(state: &mut EditorState, faults: Vec<Fault>, effects: &mut Vec<Effect>) {
    let mut run = state.design.run.clone();
    run.faults.extend(faults);
    apply(state, Edit::SetRun(run), None, effects);
}

#[expect(
    clippy::too_many_lines,
    reason = "an arm for each message, so that the compiler misses none"
)]
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
        Message::Pinch { from, to, factor } => state.viewport.pinch(from, to, factor),
        Message::PressPalette(stencil) => {
            let (tool, mut context) = state.parts(effects);
            tool.place(PlaceState::pressed(stencil), &mut context);
        }
        Message::AddNode(kind) => add(state, Stencil::Node(kind), None, effects),
        Message::AddMark(kind) => add(state, Stencil::Mark(kind), None, effects),
        Message::AddAt(stencil, at) => add(state, stencil, Some(at), effects),
        Message::SetMarkText(id, text) => {
            if let Some(mark) = state.design.marks.get(&id) {
                let mark = Mark { text: shortened(text, MARK_CHARS_MAX), ..mark.clone() };
                apply(state, Edit::SetMark(id, mark), Some(MergeKey::MarkText(id)), effects);
            }
        }
        Message::SetMarkKind(id, kind) => {
            if let Some(mark) = state.design.marks.get(&id) {
                let mark = Mark { kind, ..mark.clone() };
                apply(state, Edit::SetMark(id, mark), None, effects);
            }
        }
        Message::PointAt(at) => point_at(state, at),
        Message::Activate(at) => {
            point_at(state, at);
            effects.push(if state.selection.is_empty() {
                Effect::QuickAdd(state.viewport.world(at))
            } else {
                Effect::Focus(FocusTarget::Inspector)
            });
        }
        Message::LookAt(point) => state.viewport.look_at(point),
        Message::FocusItem(item) => {
            if !state.selection.contains(item) {
                state.selection = Selection::only(item);
            }
            state.reveal_selection();
        }
        Message::ChangeField { place, path, change } => {
            change_field(state, place, path, &change, effects);
        }
        Message::ChangeSelected { path, change } => {
            change_selected(state, path, &change, effects);
        }
        Message::SetSeed(seed) => {
            let run = RunSettings { seed, ..state.design.run.clone() };
            apply(state, Edit::SetRun(run), None, effects);
        }
        Message::KeepFaults(faults) => keep_faults(state, faults, effects),
        Message::RenameNode(id, name) => {
            if let Some(node) = state.design.node(id) {
                let node = Arc::new(Node { name: shortened(name, NAME_CHARS_MAX), ..node.clone() });
                apply(state, Edit::SetNode(id, node), Some(MergeKey::NodeName(id)), effects);
            }
        }
        Message::RenameDesign(name) => {
            let key = Some(MergeKey::DesignName);
            apply(state, Edit::Rename(shortened(name, NAME_CHARS_MAX)), key, effects);
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
            let text = match &error {
                OpenError::NotText => Text::new("notice-unreadable-file"),
                OpenError::EmptyPicture => Text::new("notice-empty-picture"),
                OpenError::Document(error) => {
                    Text::new("notice-broken-file").with("error", Text::from(error))
                }
            };
            effects.push(Effect::Show(Notice::error(text)));
        }
        Message::Paste(text) => paste_text(state, &text, effects),
    }
}

/// Adds what a stencil makes: at a point, else where there is room.
fn add(
    state: &mut EditorState,
    stencil: Stencil,
    at: Option<WorldPoint>,
    effects: &mut Vec<Effect>,
) {
    let room = || place::free_place(&state.design, stencil, state.viewport.center());
    let at = at.unwrap_or_else(room);
    let (tool, mut context) = state.parts(effects);
    tool.cancel(&mut context);
    place::add(stencil, at, &mut context);
    state.reveal_selection();
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
        state.fit_all();
    }
}

/// Selects what lies at `at`, unless it is selected already: a menu then speaks of it.
fn point_at(state: &mut EditorState, at: ScreenPoint) {
    let point = state.viewport.world(at);
    let item = match hit_test(&state.design, point, state.viewport.zoom()) {
        Hit::Node(id) | Hit::Port(id) => Item::Node(id),
        Hit::Link(id) => Item::Link(id),
        Hit::Mark(id) => Item::Mark(id),
        Hit::Canvas => {
            state.selection = Selection::default();
            return;
        }
    };
    if !state.selection.contains(item) {
        state.selection = Selection::only(item);
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

/// Changes a field of every selected node that has it, as one step.
fn change_selected(
    state: &mut EditorState,
    path: String,
    change: &Change,
    effects: &mut Vec<Effect>,
) {
    let typed = matches!(change, Change::Number(_) | Change::Open | Change::Text(_));
    let changed = |&id: &NodeId| {
        let node = state.design.node(id)?;
        let settings = change_settings(&node.settings, &path, change).ok()?;
        Some(Edit::SetNode(id, Arc::new(Node { settings, ..node.clone() })))
    };
    let edits: Vec<Edit> = state.selection.nodes.iter().filter_map(changed).collect();
    if !edits.is_empty() {
        apply(state, Edit::All(edits), typed.then_some(MergeKey::SelectionField(path)), effects);
    }
}

fn jump_to(state: &mut EditorState, place: Place, effects: &mut Vec<Effect>) {
    state.selection = match place {
        Place::Design => Selection::default(),
        Place::Node(id) => Selection::only(Item::Node(id)),
        Place::Link(id) => Selection::only(Item::Link(id)),
    };
    state.reveal_selection();
    effects.push(Effect::Focus(FocusTarget::Inspector));
}

fn open(state: &mut EditorState, design: Rc<Design>, origin: Origin, effects: &mut Vec<Effect>) {
    let replaced = Rc::clone(&state.design);
    let modified = state.is_modified();
    replace(state, design, effects);
    state.fragment_shown = origin == Origin::Link;
    let (key, beside) = match origin {
        Origin::Link => ("notice-opened-link", "notice-opened-link-beside"),
        Origin::File => ("notice-opened-file", "notice-opened-file-beside"),
        Origin::Template => ("notice-opened-template", "notice-opened-template-beside"),
        Origin::Library => ("notice-opened-library", "notice-opened-library"),
        Origin::OtherTab => return,
    };
    if *replaced == *state.design {
        return;
    }
    let kept = std::mem::take(&mut state.kept_beside);
    let text = Text::new(if kept { beside } else { key })
        .with("name", state.design.name.as_str())
        .with("before", called(&replaced));
    let mut notice = Notice::done(text);
    // What was chosen from the list left its place there.
    if (modified || kept) && origin != Origin::Library {
        effects.push(Effect::Shelve(Rc::clone(&replaced)));
        state.shelf = Some(replaced);
        notice = notice.offering(Offer::BringBack);
    }
    effects.push(Effect::Show(notice));
}

/// What a design is called, also if it has no name.
pub fn called(design: &Design) -> Value {
    match design.name.as_str() {
        "" => Text::new("design-unnamed").into(),
        name => name.into(),
    }
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
    state.fit_all();
}

/// A text of at most the allowed length.
fn shortened(name: String, chars_max: usize) -> String {
    match name.char_indices().nth(chars_max) {
        Some((end, _)) => name.get(..end).unwrap_or_default().to_owned(),
        None => name,
    }
}
