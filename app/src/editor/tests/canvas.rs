//! Notes and boxes, locks, walking and growing along the graph, several nodes at once, fingers.

use super::*;

const ALT: Modifiers = Modifiers { alt: true, ..PLAIN };

#[test]
fn a_box_moves_what_lies_in_it_as_one_step() {
    let mut hand = Hand::story();
    hand.tell(Message::FocusItem(Item::Node(NodeId(2))));
    hand.click(hand.center(3), SHIFT);
    hand.act(ActionId::BoxSelection);
    let boxed = hand.state.design.marks.get(&MarkId(1)).cloned().expect("a box");
    assert_eq!(boxed.kind, MarkKind::Zone);
    let before = Rc::clone(&hand.state.design);
    let title = at(f64::from(boxed.x) + 60.0, f64::from(boxed.y) + 12.0);
    hand.drag(title, at(title.x + 40.0, title.y + 120.0), PLAIN);
    assert_eq!([2, 3].map(|id| hand.place(id)), [(360, 120), (720, 120)]);
    assert_eq!(hand.place(1), (0, 0));
    assert_eq!(hand.state.history.depth(), 2);
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design, before);
    // A drag inside of it draws a rectangle and moves nothing.
    let inside = at(f64::from(boxed.x) + 8.0, f64::from(boxed.y) + 60.0);
    hand.drag(inside, at(inside.x + 60.0, inside.y + 60.0), PLAIN);
    assert_eq!(hand.state.design, before);
}

#[test]
fn a_corner_gives_a_mark_another_size_and_never_turns_it_over() {
    let mut hand = Hand::new(Design::default());
    hand.tell(Message::AddMark(MarkKind::Note));
    let note = hand.state.design.marks[&MarkId(1)].clone();
    let [left, top, right, bottom] =
        [note.x, note.y, note.x + note.width, note.y + note.height].map(f64::from);
    hand.drag(at(right, bottom), at(right + 80.0, bottom + 40.0), PLAIN);
    let larger = hand.state.design.marks[&MarkId(1)].clone();
    assert_eq!((larger.width, larger.height), (note.width + 80, note.height + 40));
    hand.drag(at(left, top), at(left + 900.0, top + 900.0), PLAIN);
    let smallest = &hand.state.design.marks[&MarkId(1)];
    assert_eq!((smallest.width, smallest.height), (48, 48));
    hand.act(ActionId::Undo);
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design.marks[&MarkId(1)], note);
    hand.tell(Message::SetMarkText(MarkId(1), "가".repeat(900)));
    assert_eq!(hand.state.design.marks[&MarkId(1)].text.chars().count(), 500);
}

#[test]
fn locked_things_stay_until_they_are_unlocked() {
    let mut hand = Hand::story();
    hand.tell(Message::FocusItem(Item::Node(NodeId(2))));
    hand.act(ActionId::ToggleLock);
    let locked = Rc::clone(&hand.state.design);
    hand.drag(hand.center(2), at(500.0, 300.0), PLAIN);
    hand.act(ActionId::NudgeDown);
    hand.act(ActionId::TidyUp);
    assert_eq!(hand.place(2), (320, 0));
    hand.act(ActionId::Delete);
    assert!(hand.shows(Tone::Warning) && hand.state.design.node(NodeId(2)).is_some());
    hand.act(ActionId::ToggleLock);
    assert!(!hand.state.design.node(NodeId(2)).unwrap().locked);
    assert_ne!(hand.state.design, locked);
    hand.act(ActionId::Delete);
    assert!(hand.state.design.node(NodeId(2)).is_none());
}

#[test]
fn alt_drags_a_copy_as_one_step() {
    let mut hand = Hand::story();
    let before = Rc::clone(&hand.state.design);
    hand.drag(hand.center(3), at(680.0, 256.0), ALT);
    assert_eq!((hand.place(3), hand.place(4)), ((680, 0), (680, 256)));
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(4)]));
    assert_eq!(hand.state.history.depth(), 1);
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design, before);
    hand.down(hand.center(3));
    hand.pointer(Phase::Move, at(680.0, 300.0), ALT);
    hand.act(ActionId::Escape);
    assert_eq!(hand.state.design, before);
}

#[test]
fn the_story_is_drawn_by_keys_alone() {
    let mut hand = Hand::new(Design::default());
    hand.act(ActionId::QuickAdd);
    let Some(Effect::QuickAdd(middle)) = hand.effects.first().cloned() else {
        panic!("nothing is offered");
    };
    hand.tell(Message::AddAt(Stencil::Node(NodeKind::Source), middle));
    hand.act(ActionId::GrowRight);
    hand.act(ActionId::GrowRight);
    assert_eq!(hand.effects.last(), Some(&Effect::Save(Rc::clone(&hand.state.design))));
    assert!(hand.effects.contains(&Effect::Focus(FocusTarget::Node(NodeId(3)))));
    let kinds: Vec<_> = hand.state.design.nodes.values().map(|node| node.settings.kind()).collect();
    assert_eq!(kinds, [NodeKind::Source, NodeKind::Balancer, NodeKind::Group]);
    assert!(hand.state.issues.is_empty(), "{:?}", hand.state.issues);
    hand.act(ActionId::WalkLeft);
    hand.act(ActionId::WalkLeft);
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(1)]));
    hand.act(ActionId::GrowDown);
    assert_eq!(hand.state.design.nodes.len(), 4);
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(1)]));
}

#[test]
fn a_change_of_several_nodes_is_one_step() {
    let mut hand = Hand::story();
    hand.tell(Message::FocusItem(Item::Node(NodeId(3))));
    hand.act(ActionId::Duplicate);
    hand.act(ActionId::SelectAll);
    let before = Rc::clone(&hand.state.design);
    let depth = hand.state.history.depth();
    for value in [1.0, 12.0] {
        let (path, change) = ("max_size".to_owned(), Change::Number(value));
        hand.tell(Message::ChangeSelected { path, change });
    }
    for id in [3, 4] {
        let settings = &hand.state.design.node(NodeId(id)).unwrap().settings;
        assert!(matches!(settings, shared::design::Settings::Group(it) if it.max_size == 12));
    }
    assert_eq!(hand.state.history.depth(), depth + 1, "typing is one step");
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design, before);
}

#[test]
fn a_finger_moves_cards_and_the_canvas() {
    let mut hand = Hand::story();
    let finger = Phase::Down(Button::Finger);
    hand.pointer(finger, hand.center(1), PLAIN);
    hand.pointer(Phase::Move, at(0.0, 160.0), PLAIN);
    hand.pointer(Phase::Up, at(0.0, 160.0), PLAIN);
    assert_eq!(hand.place(1), (0, 160));
    let before = hand.state.viewport.center();
    let place = hand.state.viewport.screen(at(0.0, 300.0));
    let moved = ScreenPoint { x: place.x + 50.0, ..place };
    for (phase, at) in [(finger, place), (Phase::Move, moved), (Phase::Up, moved)] {
        hand.tell(Message::Pointer(PointerEvent { phase, at, modifiers: PLAIN }));
    }
    assert!((before.x - hand.state.viewport.center().x - 50.0).abs() < 1e-6);
    assert!(hand.state.selection.single().is_some(), "moving the canvas keeps the selection");
    hand.pointer(finger, at(0.0, 400.0), PLAIN);
    hand.pointer(Phase::Up, at(0.0, 400.0), PLAIN);
    assert!(hand.state.selection.is_empty(), "a tap does not");
    let zoom = hand.state.viewport.zoom();
    hand.tell(Message::Pinch { from: place, to: moved, factor: 1.5 });
    assert!((hand.state.viewport.zoom() / zoom - 1.5).abs() < 1e-9);
}

#[test]
fn copies_of_marks_travel_as_text() {
    let mut hand = Hand::story();
    hand.tell(Message::AddMark(MarkKind::Note));
    hand.tell(Message::SetMarkText(MarkId(1), "watch p99".to_owned()));
    hand.act(ActionId::Copy);
    let Some(Effect::CopyText { text, .. }) = hand.effects.first().cloned() else {
        panic!("nothing was copied");
    };
    let mut other = Hand::new(Design::default());
    other.tell(Message::Paste(text));
    assert_eq!(other.state.design.marks[&MarkId(1)].text, "watch p99");
}
