//! Nodes put in order, and the menu under the pointer.

use super::*;

/// Left and right edges of a card.
fn edges(hand: &Hand, id: u32) -> (f64, f64) {
    let rect = WorldRect::of_node(hand.state.design.node(NodeId(id)).expect("a node"));
    (rect.left, rect.right)
}

#[test]
fn aligning_is_one_step_onto_the_outermost_edge() {
    let mut hand = Hand::story();
    let before = Rc::clone(&hand.state.design);
    let all = hand.state.bounds().unwrap();
    hand.act(ActionId::SelectAll);
    hand.act(ActionId::AlignRight);
    for &id in before.nodes.keys() {
        assert!((edges(&hand, id.0).1 - all.right).abs() <= 0.5, "{id}");
    }
    assert_eq!(hand.state.history.depth(), 1);
    hand.act(ActionId::Undo);
    assert_eq!(hand.state.design, before);
}

#[test]
fn distributing_makes_the_room_between_neighbours_equal() {
    let mut hand = Hand::story();
    hand.drag(hand.center(2), at(150.0, 200.0), PLAIN);
    hand.act(ActionId::SelectAll);
    let outermost = (edges(&hand, 1).0, edges(&hand, 3).1);
    hand.act(ActionId::DistributeHorizontally);
    assert_eq!((edges(&hand, 1).0, edges(&hand, 3).1), outermost);
    let room = |left: u32, right: u32| edges(&hand, right).0 - edges(&hand, left).1;
    assert!((room(1, 2) - room(2, 3)).abs() <= 1.0, "{} {}", room(1, 2), room(2, 3));
}

#[test]
fn tidying_up_goes_with_the_requests_and_covers_nothing() {
    for (id, design) in presets::all() {
        let mut hand = Hand::new(design);
        hand.act(ActionId::SelectAll);
        hand.act(ActionId::AlignCenter);
        let depth = hand.state.history.depth();
        hand.act(ActionId::TidyUp);
        assert_eq!(hand.state.history.depth(), depth + 1, "{id}: one step");
        let design = &hand.state.design;
        for link in design.links.values() {
            let (from, to) = (edges(&hand, link.from.0), edges(&hand, link.to.0));
            assert!(from.1 < to.0, "{id}: {} lies left of {}", link.from, link.to);
        }
        let cards: Vec<_> = design.nodes.values().map(|it| WorldRect::of_node(it)).collect();
        for (i, card) in cards.iter().enumerate() {
            assert!(!cards[..i].iter().any(|other| other.touches(card)), "{id}: cards overlap");
        }
    }
}

#[test]
fn a_menu_speaks_of_what_lies_under_the_pointer() {
    let mut hand = Hand::story();
    let point = |hand: &Hand, id| hand.state.viewport.screen(hand.center(id));
    hand.tell(Message::PointAt(point(&hand, 2)));
    assert_eq!(hand.state.selection, Selection::nodes([NodeId(2)]));
    hand.act(ActionId::SelectAll);
    let all = hand.state.selection.clone();
    hand.tell(Message::PointAt(point(&hand, 2)));
    assert_eq!(hand.state.selection, all, "what is selected stays so");
    hand.tell(Message::PointAt(hand.state.viewport.screen(at(0.0, 900.0))));
    assert!(hand.state.selection.is_empty());
}
