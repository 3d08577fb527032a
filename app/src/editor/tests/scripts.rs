//! Random scripts of all that can happen: after each message the state is consistent, undoing
//! everything leads to the start, redoing everything to the end.

use super::*;
use serde_json::{Value, json};
use shared::design::{Fault, FaultKind, FaultTime, Target};
use std::collections::BTreeSet;

/// One step of a script. Some messages follow from what the state is.
#[derive(Clone, Debug)]
enum Step {
    Tell(Message),
    /// The remedy of an issue, if there is one.
    Mend(usize),
    /// What is selected, copied and pasted.
    CopyAndPaste,
}

/// The number of a message's kind, and how many kinds scripts have; `None` for those that begin
/// another design and with it another history, and those that only tell.
///
/// A new kind of message does not compile here until it is given a number, and then fails below
/// until scripts contain it.
fn kind(message: &Message) -> Option<usize> {
    Some(match message {
        Message::Pointer(_) => 0,
        Message::Cancel => 1,
        Message::Wheel { .. } => 2,
        Message::HoldSpace(_) => 3,
        Message::Resized { .. } => 4,
        Message::Act(_) => 5,
        Message::Pinch { .. } => 6,
        Message::PressPalette(_) => 7,
        Message::AddNode(_) => 8,
        Message::AddMark(_) => 9,
        Message::AddAt(..) => 10,
        Message::SetMarkText(..) => 11,
        Message::SetMarkKind(..) => 12,
        Message::PointAt(_) => 13,
        Message::Activate(_) => 14,
        Message::LookAt(_) => 15,
        Message::FocusItem(_) => 16,
        Message::ChangeField { place: Place::Node(_), .. } => 17,
        Message::ChangeField { place: Place::Link(_), .. } => 18,
        Message::ChangeField { place: Place::Design, .. } => 19,
        Message::ChangeSelected { .. } => 20,
        Message::SetSeed(_) => 21,
        Message::KeepFaults(_) => 22,
        Message::RenameNode(..) => 23,
        Message::RenameDesign(_) => 24,
        Message::FieldDone => 25,
        Message::JumpTo(_) => 26,
        // Of the steps that follow from the state.
        Message::Mend(_) | Message::Paste(_) => return None,
        Message::Open(..)
        | Message::BringBack
        | Message::BrokenLink(_)
        | Message::BrokenFile(_) => return None,
    })
}
const KINDS: usize = 27;

fn fault() -> impl Strategy<Value = Fault> {
    let node = || (1..8_u32).prop_map(NodeId);
    let what = prop_oneof![
        node().prop_map(|node| FaultKind::Crash { target: Target::one(node) }),
        node().prop_map(|node| FaultKind::SlowDown { target: Target::all(node), factor: 3.0 }),
        (0..3_u32).prop_map(|zone| FaultKind::ZoneOutage { zone }),
        (1..5_u32).prop_map(|link| FaultKind::Partition { link: LinkId(link) }),
    ];
    (what, 0..900_u32).prop_map(|(what, at_s)| {
        let when = FaultTime::At { at_s: at_s.into(), for_s: 60.0 };
        Fault { what, when }
    })
}

/// A change of a setting of a link or of the run, also such as do not fit there.
fn settings() -> impl Strategy<Value = Message> {
    const NUMBERS: [&str; 5] = ["latency_ms", "weight", "priority", "duration_s", "warmup_s"];
    let place =
        || prop_oneof![(1..5_u32).prop_map(|id| Place::Link(LinkId(id))), Just(Place::Design),];
    let field =
        |place, path: &str, change| Message::ChangeField { place, path: path.to_owned(), change };
    let as_json = |fault: &Fault| serde_json::to_value(fault).unwrap_or(Value::Null);
    prop_oneof![
        4 => (place(), 0..NUMBERS.len(), 0..700_u32).prop_map(move |(place, i, value)| {
            field(place, NUMBERS[i], Change::Number(value.into()))
        }),
        2 => fault().prop_map(move |fault| {
            field(Place::Design, "faults", Change::Push(as_json(&fault)))
        }),
        1 => (0..3_usize).prop_map(move |i| field(Place::Design, "faults", Change::Remove(i))),
        1 => Just(field(Place::Design, "slo", Change::Put(json!({ "latency_ms": 250.0 })))),
        1 => Just(field(Place::Design, "slo", Change::Open)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let point = || (0.0..1_200.0, 0.0..800.0).prop_map(|(x, y)| ScreenPoint { x, y });
    let world = || (-900.0..900.0, -600.0..600.0).prop_map(|(x, y)| WorldPoint::new(x, y));
    let place = prop_oneof![
        Just(Place::Design),
        (1..8_u32).prop_map(|id| Place::Node(NodeId(id))),
        (1..5_u32).prop_map(|id| Place::Link(LinkId(id))),
    ];
    let stencil = prop_oneof![
        (0..4_usize).prop_map(|i| Stencil::Node(NodeKind::ALL[i])),
        (0..4_usize).prop_map(|i| Stencil::Mark(MarkKind::ALL[i])),
    ];
    let more = prop_oneof![
        2 => (point(), -60.0..60.0, -60.0..60.0, any::<bool>())
            .prop_map(|(at, dx, dy, zoom)| Message::Wheel { at, dx, dy, zoom }),
        1 => (200.0..1_600.0, 200.0..1_000.0)
            .prop_map(|(width, height)| Message::Resized { width, height }),
        1 => (point(), point(), 0.5..2.0)
            .prop_map(|(from, to, factor)| Message::Pinch { from, to, factor }),
        2 => (stencil, world()).prop_map(|(stencil, at)| Message::AddAt(stencil, at)),
        1 => point().prop_map(Message::PointAt),
        1 => world().prop_map(Message::LookAt),
        1 => (1..5_u32).prop_map(|id| Message::FocusItem(Item::Link(LinkId(id)))),
        1 => (0..5_u64).prop_map(Message::SetSeed),
        2 => prop::collection::vec(fault(), 0..3).prop_map(Message::KeepFaults),
        1 => "[a-z가-힣]{0,5}".prop_map(Message::RenameDesign),
        1 => place.prop_map(Message::JumpTo),
        4 => settings(),
    ];
    prop_oneof![
        8 => any_message().prop_map(Step::Tell),
        5 => more.prop_map(Step::Tell),
        1 => (0..4_usize).prop_map(Step::Mend),
        1 => Just(Step::CopyAndPaste),
    ]
}

fn take(hand: &mut Hand, step: Step) {
    match step {
        Step::Tell(message) => hand.tell(message),
        Step::Mend(i) => {
            let mend = hand.state.issues.iter().filter_map(|issue| issue.mend.clone()).nth(i);
            mend.into_iter().for_each(|edit| hand.tell(Message::Mend(edit)));
        }
        Step::CopyAndPaste => {
            hand.act(ActionId::Copy);
            let copied = hand.effects.iter().find_map(|effect| match effect {
                Effect::CopyText { text, .. } => Some(text.clone()),
                _ => None,
            });
            copied.into_iter().for_each(|text| hand.tell(Message::Paste(text)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_script_can_be_undone_and_redone(script in prop::collection::vec(step(), 1..80)) {
        let mut hand = Hand::story();
        let start = Rc::clone(&hand.state.design);
        for step in script {
            take(&mut hand, step);
        }
        hand.tell(Message::Cancel);
        // Undone steps of the script may be redone to the newest end first.
        while hand.state.history.can_redo() {
            hand.act(ActionId::Redo);
        }
        let end = Rc::clone(&hand.state.design);
        while hand.state.history.can_undo() {
            hand.act(ActionId::Undo);
        }
        prop_assert_eq!(&hand.state.design, &start);
        while hand.state.history.can_redo() {
            hand.act(ActionId::Redo);
        }
        prop_assert_eq!(&hand.state.design, &end);
    }
}

/// Scripts contain every kind of message, and their changes of links and faults come to something.
#[test]
fn scripts_contain_all_that_can_happen() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    let (mut links, mut faults, mut mended, mut pasted) = (0, 0, 0, 0);
    for _ in 0..40 {
        let mut hand = Hand::story();
        for _ in 0..80 {
            let step = step().new_tree(&mut runner).unwrap().current();
            let before = Rc::clone(&hand.state.design);
            if let Step::Tell(message) = &step {
                seen.extend(kind(message));
            }
            take(&mut hand, step.clone());
            let after = &hand.state.design;
            links += usize::from(matches!(
                step, Step::Tell(Message::ChangeField { place: Place::Link(_), .. })
                    if before.links != after.links));
            faults += usize::from(before.run.faults != after.run.faults);
            mended += usize::from(matches!(step, Step::Mend(_)) && before != *after);
            pasted += usize::from(matches!(step, Step::CopyAndPaste) && before != *after);
        }
    }
    assert_eq!(seen, (0..KINDS).collect());
    let counts = [links, faults, mended, pasted];
    assert!(counts.iter().all(|&count| count > 5), "{counts:?}");
}
