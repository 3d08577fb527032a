//! The editor by script: messages as the page sends them, invariants after each.

mod arrange;
mod canvas;
mod scripts;

use super::actions::{ACTIONS, ActionId};
use super::form::Change;
use super::geometry::{ScreenPoint, WorldPoint, WorldRect, in_port, out_port};
use super::notice::{Offer, Tone};
use super::tool::{Button, Modifiers, Phase, PointerEvent, ToolKind};
use super::*;
use proptest::prelude::*;
use shared::design::{Design, LinkError, MarkKind, NodeKind, Place, decode, presets, to_json};
use shared::id::{LinkId, MarkId, NodeId};
use std::rc::Rc;

/// Drives an editor and checks it after every message.
struct Hand {
    state: EditorState,
    effects: Vec<Effect>,
}

const PLAIN: Modifiers = Modifiers { command: false, shift: false, alt: false };
const SHIFT: Modifiers = Modifiers { shift: true, ..PLAIN };

impl Hand {
    fn new(design: Design) -> Self {
        let mut hand = Self { state: EditorState::new(design), effects: Vec::new() };
        hand.tell(Message::Resized { width: 1_200.0, height: 800.0 });
        hand.tell(Message::Act(ActionId::ZoomReset));
        hand
    }

    fn story() -> Self {
        Self::new(presets::seven_steps())
    }

    fn tell(&mut self, message: Message) {
        let words = format!("{message:?}");
        self.effects = update(&mut self.state, message);
        self.state.check().unwrap_or_else(|broken| panic!("after {words}: {broken}"));
    }

    fn act(&mut self, id: ActionId) {
        self.tell(Message::Act(id));
    }

    fn pointer(&mut self, phase: Phase, at: WorldPoint, modifiers: Modifiers) {
        let at = self.state.viewport.screen(at);
        self.tell(Message::Pointer(PointerEvent { phase, at, modifiers }));
    }

    fn down(&mut self, at: WorldPoint) {
        self.pointer(Phase::Down(Button::Primary), at, PLAIN);
    }

    fn drag(&mut self, from: WorldPoint, to: WorldPoint, modifiers: Modifiers) {
        self.pointer(Phase::Down(Button::Primary), from, modifiers);
        for i in 1..=8 {
            let t = f64::from(i) / 8.0;
            let at = WorldPoint::new(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
            self.pointer(Phase::Move, at, modifiers);
        }
        self.pointer(Phase::Up, to, modifiers);
    }

    fn click(&mut self, at: WorldPoint, modifiers: Modifiers) {
        self.pointer(Phase::Down(Button::Primary), at, modifiers);
        self.pointer(Phase::Up, at, modifiers);
    }

    fn center(&self, id: u32) -> WorldPoint {
        let node = self.state.design.node(NodeId(id)).expect("a node");
        WorldPoint::new(f64::from(node.x), f64::from(node.y))
    }

    fn place(&self, id: u32) -> (i32, i32) {
        let node = self.state.design.node(NodeId(id)).expect("a node");
        (node.x, node.y)
    }

    fn shows(&self, tone: Tone) -> bool {
        self.effects.iter().any(|it| matches!(it, Effect::Show(notice) if notice.tone == tone))
    }
}

fn at(x: f64, y: f64) -> WorldPoint {
    WorldPoint::new(x, y)
}

#[test]
fn a_drag_is_one_step_on_the_grid() {
    let mut hand = Hand::story();
    let before = Rc::clone(&hand.state.design);
    hand.drag(hand.center(2), at(400.0, 131.0), PLAIN);
    assert_eq!(hand.place(2), (400, 128));
    assert_eq!(hand.state.history.depth(), 1);
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design, before);
    hand.act(ActionId::Redo);
    assert_eq!(hand.place(2), (400, 128));
    assert!(hand.state.tool.is_idle());
}

#[test]
fn a_click_moves_nothing_and_selects() {
    let mut hand = Hand::story();
    let before = Rc::clone(&hand.state.design);
    let center = hand.center(1);
    hand.down(center);
    hand.pointer(Phase::Move, at(center.x + 2.0, center.y + 2.0), PLAIN);
    hand.pointer(Phase::Up, at(center.x + 2.0, center.y + 2.0), PLAIN);
    assert_eq!(hand.state.design, before);
    assert_eq!(hand.state.history.depth(), 0);
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(1)]));
    hand.click(hand.center(2), SHIFT);
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(1), NodeId(2)]));
    hand.click(hand.center(1), SHIFT);
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(2)]));
    hand.click(at(0.0, 300.0), PLAIN);
    assert!(hand.state.selection.is_empty());
}

#[test]
fn several_nodes_move_together() {
    let mut hand = Hand::story();
    hand.act(ActionId::SelectAll);
    hand.drag(hand.center(1), at(80.0, 40.0), PLAIN);
    assert_eq!([1, 2, 3].map(|id| hand.place(id)), [(80, 40), (400, 40), (760, 40)]);
    assert_eq!(hand.state.history.depth(), 1);
}

#[test]
fn escape_a_second_button_and_blur_take_a_drag_back() {
    type Interrupt = fn(&mut Hand);
    let interrupts: [Interrupt; 3] = [
        |hand| hand.act(ActionId::Escape),
        |hand| hand.tell(Message::Cancel),
        |hand| hand.pointer(Phase::Down(Button::Secondary), at(0.0, 0.0), PLAIN),
    ];
    for interrupt in interrupts {
        let mut hand = Hand::story();
        let before = Rc::clone(&hand.state.design);
        hand.down(hand.center(1));
        hand.pointer(Phase::Move, at(0.0, 200.0), PLAIN);
        assert_ne!(hand.state.design, before);
        interrupt(&mut hand);
        assert_eq!(hand.state.design, before);
        assert!(hand.state.tool.is_idle());
        hand.pointer(Phase::Move, at(0.0, 300.0), PLAIN);
        hand.pointer(Phase::Up, at(0.0, 300.0), PLAIN);
        assert_eq!(hand.state.design, before);
        assert_eq!(hand.state.history.depth(), 0);
    }
}

#[test]
fn a_target_that_vanishes_under_the_pointer_ends_the_gesture() {
    let mut hand = Hand::story();
    hand.down(hand.center(3));
    hand.tell(Message::Open(Rc::new(presets::single_server()), Origin::Template));
    hand.pointer(Phase::Move, at(500.0, 500.0), PLAIN);
    hand.pointer(Phase::Up, at(500.0, 500.0), PLAIN);
    assert_eq!(*hand.state.design, presets::single_server());
    assert!(hand.state.tool.is_idle());
}

#[test]
fn a_rectangle_selects_what_it_touches() {
    let mut hand = Hand::story();
    hand.drag(at(-150.0, -150.0), at(330.0, 150.0), PLAIN);
    assert_eq!(hand.state.selection.nodes, [NodeId(1), NodeId(2)].into());
    assert_eq!(hand.state.selection.links, [LinkId(1)].into());
    hand.drag(at(900.0, 200.0), at(700.0, 50.0), SHIFT);
    assert_eq!(hand.state.selection.nodes.len(), 3);
}

#[test]
fn a_wire_connects_by_drag_and_by_two_clicks() {
    let mut hand = Hand::story();
    hand.tell(Message::AddNode(NodeKind::Dependency));
    let database = NodeId(4);
    let port = |hand: &Hand, id| out_port(hand.state.design.node(id).unwrap()).unwrap();
    hand.drag(port(&hand, NodeId(3)), hand.center(4), PLAIN);
    assert!(hand.state.design.links_from(NodeId(3)).any(|(_, link)| link.to == database));
    let connected = Rc::clone(&hand.state.design);
    // Not allowed: told, and nothing changed.
    hand.drag(port(&hand, NodeId(1)), hand.center(3), PLAIN);
    assert!(hand.shows(Tone::Warning));
    assert_eq!(hand.state.design, connected);
    hand.act(ActionId::Undo);
    hand.act(ActionId::Escape);
    hand.act(ActionId::ToolConnect);
    assert_eq!(hand.state.tool.kind(), ToolKind::Connect);
    hand.act(ActionId::Escape);
    hand.act(ActionId::ToolConnect);
    hand.click(hand.center(3), PLAIN);
    hand.pointer(Phase::Move, hand.center(4), PLAIN);
    hand.click(hand.center(4), PLAIN);
    assert!(hand.state.design.links_from(NodeId(3)).any(|(_, link)| link.to == database));
}

#[test]
fn a_wire_connects_by_keys() {
    let mut hand = Hand::story();
    hand.tell(Message::AddNode(NodeKind::Dependency));
    hand.tell(Message::FocusItem(Item::Node(NodeId(3))));
    hand.act(ActionId::ToolConnect);
    hand.tell(Message::FocusItem(Item::Node(NodeId(4))));
    hand.act(ActionId::Edit);
    assert!(hand.state.design.links_from(NodeId(3)).any(|(_, link)| link.to == NodeId(4)));
}

#[test]
fn the_palette_places_by_click_and_by_drag() {
    let mut hand = Hand::new(Design::default());
    hand.tell(Message::PressPalette(Stencil::Node(NodeKind::Group)));
    // Released where it was pressed: the button's click adds it.
    hand.pointer(Phase::Up, at(0.0, 0.0), PLAIN);
    assert!(hand.state.design.nodes.is_empty());
    hand.tell(Message::AddNode(NodeKind::Group));
    hand.tell(Message::PressPalette(Stencil::Node(NodeKind::Balancer)));
    hand.pointer(Phase::Move, at(0.0, 300.0), PLAIN);
    hand.pointer(Phase::Move, at(103.0, 301.0), PLAIN);
    hand.pointer(Phase::Up, at(103.0, 301.0), PLAIN);
    assert_eq!(hand.place(2), (104, 304));
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(2)]));
    hand.tell(Message::PressPalette(Stencil::Node(NodeKind::Source)));
    hand.pointer(Phase::Move, at(0.0, 300.0), PLAIN);
    hand.pointer(Phase::Move, at(-90_000.0, 300.0), PLAIN);
    hand.pointer(Phase::Up, at(-90_000.0, 300.0), PLAIN);
    assert_eq!(hand.state.design.nodes.len(), 2, "dropped outside of the canvas");
}

#[test]
fn delete_takes_links_along_and_undo_brings_all_back() {
    let mut hand = Hand::story();
    let before = Rc::clone(&hand.state.design);
    hand.act(ActionId::SelectAll);
    hand.act(ActionId::Delete);
    assert!(hand.state.design.nodes.is_empty() && hand.state.design.links.is_empty());
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design, before);
    assert_eq!(hand.state.selection, Selection::all(&before));
}

#[test]
fn copies_have_fresh_names_and_their_links() {
    let mut hand = Hand::story();
    hand.act(ActionId::SelectAll);
    hand.act(ActionId::Copy);
    let Some(Effect::CopyText { text, .. }) = hand.effects.first().cloned() else {
        panic!("nothing was copied");
    };
    hand.tell(Message::Paste(text));
    assert_eq!((hand.state.design.nodes.len(), hand.state.design.links.len()), (6, 4));
    assert_eq!(hand.state.design.node(NodeId(4)).unwrap().name, "Internet 2");
    hand.act(ActionId::Duplicate);
    assert_eq!((hand.state.design.nodes.len(), hand.state.design.links.len()), (9, 6));
    hand.act(ActionId::Undo);
    hand.act(ActionId::Undo);
    assert_eq!(*hand.state.design, presets::seven_steps());
    hand.tell(Message::Paste("what?".to_owned()));
    assert!(hand.shows(Tone::Warning));
}

#[test]
fn a_burst_of_typing_is_one_step() {
    let mut hand = Hand::story();
    let field = |path: &str, value| Message::ChangeField {
        place: Place::Node(NodeId(3)),
        path: path.to_owned(),
        change: Change::Number(value),
    };
    for value in [1.0, 12.0, 120.0] {
        hand.tell(field("max_size", value));
    }
    assert_eq!(hand.state.history.depth(), 1);
    hand.tell(Message::FieldDone);
    hand.tell(field("max_size", 9.0));
    hand.tell(field("min_size", 1.0));
    assert_eq!(hand.state.history.depth(), 3);
    for _ in 0..3 {
        hand.act(ActionId::Undo);
    }
    assert_eq!(*hand.state.design, presets::seven_steps());
    // A value that does not fit the field's type changes nothing.
    hand.tell(field("max_size", -1.0));
    assert_eq!(*hand.state.design, presets::seven_steps());
}

#[test]
fn an_issue_is_mended_and_jumped_to() {
    let mut hand = Hand::story();
    hand.tell(Message::ChangeField {
        place: Place::Node(NodeId(3)),
        path: "min_size".to_owned(),
        change: Change::Number(5.0),
    });
    let issue = hand.state.issues.first().cloned().expect("sizes out of order");
    hand.tell(Message::JumpTo(issue.at));
    assert_eq!(hand.state.selection.single(), Some(Item::Node(NodeId(3))));
    assert_eq!(hand.effects, [Effect::Focus(FocusTarget::Inspector)]);
    hand.tell(Message::Mend(issue.mend.expect("a remedy")));
    assert!(hand.state.issues.is_empty());
}

#[test]
fn a_link_over_work_keeps_the_work_within_reach() {
    let mut hand = Hand::story();
    hand.tell(Message::RenameDesign("Mine".to_owned()));
    let mine = Rc::clone(&hand.state.design);
    hand.tell(Message::Open(Rc::new(presets::single_server()), Origin::Link));
    assert!(hand.effects.contains(&Effect::Shelve(Rc::clone(&mine))));
    let offers =
        |it: &Effect| matches!(it, Effect::Show(notice) if notice.offer == Some(Offer::BringBack));
    assert!(hand.effects.iter().any(offers));
    hand.tell(Message::BringBack);
    assert_eq!(hand.state.design, mine);
    hand.tell(Message::BringBack);
    assert_eq!(*hand.state.design, presets::single_server());
    // Unchanged designs need no shelf.
    hand.tell(Message::Open(Rc::new(presets::with_database()), Origin::Template));
    assert!(!hand.effects.iter().any(offers));
}

#[test]
fn a_broken_link_says_why_and_keeps_the_design() {
    let mut hand = Hand::story();
    let before = Rc::clone(&hand.state.design);
    for link in ["", "nonsense", "v9.AAAA", "v1.@", "v1.AAAA"] {
        let error: LinkError = decode(link).unwrap_err();
        hand.tell(Message::BrokenLink(error));
        assert!(hand.shows(Tone::Error), "{link}");
        assert_eq!(hand.state.design, before);
    }
}

#[test]
fn sharing_makes_a_link_to_the_same_design_and_edits_unshow_it() {
    let mut hand = Hand::story();
    hand.act(ActionId::Share);
    let Some(Effect::ShareLink { fragment }) = hand.effects.first().cloned() else {
        panic!("no link");
    };
    assert_eq!(decode(&fragment).unwrap(), *hand.state.design);
    hand.tell(Message::RenameDesign("Other".to_owned()));
    assert!(hand.effects.contains(&Effect::ClearFragment));
    hand.act(ActionId::ExportFile);
    let Some(Effect::Download { file_name, text }) = hand.effects.first().cloned() else {
        panic!("no file");
    };
    assert_eq!((file_name.as_str(), text), ("other.gomujul.json", to_json(&hand.state.design)));
    assert!(!hand.state.is_modified());
}

#[test]
fn the_wheel_pans_and_zooms_at_the_pointer() {
    let mut hand = Hand::story();
    let at = ScreenPoint { x: 300.0, y: 200.0 };
    let fixed = hand.state.viewport.world(at);
    hand.tell(Message::Wheel { at, dx: 0.0, dy: -120.0, zoom: true });
    assert!(hand.state.viewport.zoom() > 1.2);
    assert!(hand.state.viewport.world(at).distance(fixed) < 1e-6);
    hand.tell(Message::Wheel { at, dx: 30.0, dy: 0.0, zoom: false });
    assert!(hand.state.viewport.world(at).x > fixed.x);
    hand.tell(Message::HoldSpace(true));
    let before = hand.state.viewport;
    hand.drag(hand.center(1), hand.center(2), PLAIN);
    assert_ne!(hand.state.viewport, before);
    assert_eq!(*hand.state.design, presets::seven_steps());
}

#[test]
fn long_names_are_cut() {
    let mut hand = Hand::story();
    hand.tell(Message::RenameNode(NodeId(1), "가".repeat(200)));
    assert_eq!(hand.state.design.node(NodeId(1)).unwrap().name.chars().count(), 80);
}

#[test]
fn cards_have_their_ports_on_their_edges() {
    for node in presets::with_database().nodes.values() {
        let WorldRect { left, right, .. } = WorldRect::of_node(node);
        let middle = f64::from(node.y);
        assert_eq!(in_port(node), at(left, middle));
        assert!(out_port(node).is_none_or(|port| port == at(right, middle)));
    }
}

/// Anything that can happen, with the pointer mostly near the cards.
fn any_message() -> impl Strategy<Value = Message> {
    let point = || (0.0..1_200.0, 0.0..800.0).prop_map(|(x, y)| ScreenPoint { x, y });
    let modifiers = prop::array::uniform3(prop::bool::weighted(0.3))
        .prop_map(|[shift, command, alt]| Modifiers { shift, command, alt });
    let phase = prop_oneof![
        3 => Just(Phase::Down(Button::Primary)),
        1 => Just(Phase::Down(Button::Finger)),
        1 => Just(Phase::Down(Button::Middle)),
        1 => Just(Phase::Down(Button::Secondary)),
        6 => Just(Phase::Move),
        3 => Just(Phase::Up),
    ];
    let id = || (1..8_u32).prop_map(NodeId);
    let kind = (0..4_usize).prop_map(|i| NodeKind::ALL[i]);
    let mark_id = || (1..5_u32).prop_map(MarkId);
    let mark = (0..4_usize).prop_map(|i| MarkKind::ALL[i]);
    let field = (id(), 0..4_usize, -3.0..40.0_f64).prop_map(|(id, i, value)| {
        let path = ["max_size", "min_size", "policies[0].alarm.threshold", "queue_max"][i];
        let change = Change::Number(value.round());
        Message::ChangeField { place: Place::Node(id), path: path.to_owned(), change }
    });
    prop_oneof![
        12 => (phase, point(), modifiers)
            .prop_map(|(phase, at, modifiers)| Message::Pointer(PointerEvent { phase, at, modifiers })),
        4 => (0..ACTIONS.len()).prop_map(|i| Message::Act(ACTIONS[i].id)),
        1 => Just(Message::Cancel),
        1 => any::<bool>().prop_map(Message::HoldSpace),
        1 => kind.clone().prop_map(Message::AddNode),
        1 => kind.prop_map(|kind| Message::PressPalette(Stencil::Node(kind))),
        2 => mark.clone().prop_map(Message::AddMark),
        1 => mark.clone().prop_map(|kind| Message::PressPalette(Stencil::Mark(kind))),
        1 => (mark_id(), mark).prop_map(|(id, kind)| Message::SetMarkKind(id, kind)),
        1 => (mark_id(), "[a-z가-힣]{0,5}").prop_map(|(id, text)| Message::SetMarkText(id, text)),
        1 => mark_id().prop_map(|id| Message::FocusItem(Item::Mark(id))),
        1 => point().prop_map(Message::Activate),
        1 => (1.0..40.0_f64).prop_map(|value| Message::ChangeSelected {
            path: "max_size".to_owned(),
            change: Change::Number(value.round()),
        }),
        2 => field,
        1 => Just(Message::FieldDone),
        1 => id().prop_map(|id| Message::FocusItem(Item::Node(id))),
        1 => (id(), "[a-z가-힣]{0,5}").prop_map(|(id, name)| Message::RenameNode(id, name)),
    ]
}
