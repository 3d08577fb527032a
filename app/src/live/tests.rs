//! What the console makes of what a Worker tells.

use super::*;
use serde_json::json;
use shared::origins::{ForcedHealth, OriginState};

fn ok(value: &serde_json::Value) -> Answer {
    Answer { status: 200, text: value.to_string() }
}

fn origin(id: &str, picks: u64, answers_5xx: u64) -> serde_json::Value {
    json!({
        "id": id, "url": "https://x", "state": "ready", "health": "healthy", "in_flight": 1,
        "picks": picks, "failures": 0, "answers": [0, picks - answers_5xx, 0, 0, answers_5xx],
        "answering_s": picks as f64 * 0.02, "weight": 1
    })
}

fn status(counters: &str, origins: &[serde_json::Value]) -> serde_json::Value {
    json!({"name": "shop", "state": "serving", "config_version": 3, "counters": counters,
           "policy": {"type": "round_robin"}, "origins": origins, "something": "newer"})
}

fn told(live: &mut Live, at_ms: u64, value: &serde_json::Value) {
    assert_eq!(live.update(Message::Heard(Topic::Status, at_ms, ok(value))), []);
}

#[test]
fn figures_are_differences_of_one_isolate() {
    let mut live = Live::default();
    told(&mut live, 1_000, &status("x", &[origin("a", 1_000, 0), origin("b", 50, 0)]));
    assert_eq!(live.figures[0].share, None, "one answer says nothing of the last half minute");
    told(&mut live, 3_000, &status("x", &[origin("a", 1_030, 0), origin("b", 60, 5)]));
    let [a, b] = [live.figures[0], live.figures[1]];
    assert_eq!((a.share, b.share), (Some(0.75), Some(0.25)));
    assert_eq!((a.rate_per_s, b.rate_per_s), (15.0, 5.0));
    assert!((a.latency_ms.unwrap() - 20.0).abs() < 1e-6);
    assert_eq!((a.errors, b.errors), (Some(0.0), Some(0.5)));
    // Another isolate has counters of its own: smaller ones are no errors, and add nothing yet.
    told(&mut live, 5_000, &status("y", &[origin("a", 7, 0), origin("b", 7, 0)]));
    assert_eq!(live.figures[0].share, Some(0.75));
    told(&mut live, 7_000, &status("y", &[origin("a", 17, 0), origin("b", 37, 0)]));
    assert_eq!(live.figures[0].share, Some(40.0 / 80.0));
}

#[test]
fn figures_forget_what_is_older_than_the_window() {
    let mut live = Live::default();
    for second in 0..=120_u64 {
        let picks = if second < 60 { second * 10 } else { 600 };
        told(&mut live, second * 1_000, &status("x", &[origin("a", picks, 0)]));
    }
    assert!(live.figures[0].rate_per_s.abs() < 1e-9);
    assert_eq!(live.figures[0].share, None);
}

#[test]
fn wishes_are_said_whole_with_the_token() {
    let mut live = Live::default();
    let mut b = origin("b", 0, 0);
    b["wanted"] = json!({"weight": 5});
    told(&mut live, 0, &status("x", &[origin("a", 0, 0), b]));
    live.update(Message::Token(" secret ".to_owned()));
    let drain = Message::Do("b".to_owned(), Deed::State(OriginState::Drain));
    let asks = live.update(drain.clone());
    let [ask] = asks.as_slice() else { panic!("{asks:?}") };
    assert_eq!((ask.method, ask.path.as_str()), ("POST", "api/origins/b"));
    assert_eq!(ask.token.as_deref(), Some("secret"));
    let body: serde_json::Value = serde_json::from_str(ask.body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({"state": "drain", "weight": 5}), "the weight is not taken back");
    assert_eq!(live.update(drain), [], "one change at a time");
    let done = Message::Heard(ask.topic.clone(), 1, ok(&json!({})));
    let topics: Vec<Topic> = live.update(done).into_iter().map(|ask| ask.topic).collect();
    assert_eq!(topics, [Topic::Status, Topic::Events, Topic::Versions]);
    assert_eq!(live.notice, Some(Notice::Done));
    let force = Deed::Health(Some(ForcedHealth::Unhealthy));
    let asks = live.update(Message::Do("a".to_owned(), force));
    assert_eq!(asks[0].body.as_deref(), Some(r#"{"health":"unhealthy"}"#));
    assert_eq!(live.update(Message::Do("nobody".to_owned(), force)), []);
}

#[test]
fn a_wrong_token_is_told_and_not_tried_again() {
    let mut live = Live::default();
    live.update(Message::Token("wrong".to_owned()));
    let answer = Answer { status: 401, text: r#"{"message": "send the token"}"#.to_owned() };
    live.update(Message::Heard(Topic::Events, 0, answer.clone()));
    assert_eq!((live.notice.clone(), live.has_token()), (Some(Notice::Token), false));
    live.update(Message::Heard(Topic::Status, 0, answer));
    assert_eq!(live.phase, Phase::Closed);
    assert_eq!(live.update(Message::Tick), [], "it would count as a guess");
    assert_eq!(live.update(Message::Token("right".to_owned())).len(), 3);
}

#[test]
fn a_configuration_is_read_written_refused_and_put() {
    let mut live = Live::default();
    live.update(Message::Token("t".to_owned()));
    assert_eq!(live.update(Message::Deploy), [], "nothing is written");
    let asks = live.update(Message::Edit);
    let config = json!({"version": 3, "config": {"origins": []}});
    live.update(Message::Heard(asks[0].topic.clone(), 0, ok(&config)));
    assert_eq!(live.draft.as_deref(), Some("{\n  \"origins\": []\n}"));
    live.update(Message::Draft("{".to_owned()));
    let asks = live.update(Message::Deploy);
    assert_eq!((asks[0].method, asks[0].body.as_deref()), ("PUT", Some("{")));
    let refusal = Answer { status: 422, text: r#"{"message": "EOF at 1"}"#.to_owned() };
    live.update(Message::Heard(asks[0].topic.clone(), 0, refusal));
    assert_eq!(live.notice, Some(Notice::Refused("EOF at 1".to_owned())));
    assert_eq!(live.draft.as_deref(), Some("{"), "what was written stays");
    let asks = live.update(Message::Deploy);
    live.update(Message::Heard(asks[0].topic.clone(), 0, ok(&json!({"version": 4}))));
    assert_eq!(live.draft, None);
    let asks = live.update(Message::RollBack(0));
    assert_eq!(asks[0].body.as_deref(), Some(r#"{"version":0}"#));
}

#[test]
fn who_stands_by_is_not_in_maintenance() {
    let mut live = Live::default();
    let mut told_of = status("x", &[origin("a", 0, 0), origin("b", 0, 0), origin("c", 0, 0)]);
    told_of["groups"] = json!([{"pool": "default", "desired_capacity": 1, "in_service": 1}]);
    told_of["origins"][0]["phase"] = json!("in_service");
    for nth in [1, 2] {
        told_of["origins"][nth]["state"] = json!("maintenance");
    }
    told_of["origins"][2]["wanted"] = json!({"state": "maintenance"});
    told(&mut live, 0, &told_of);
    let standby = |status: &Status| -> Vec<bool> {
        status.origins.iter().map(|it| status.is_standby(it)).collect()
    };
    assert_eq!(standby(&live.status), [false, true, false]);
    live.status.groups.clear();
    assert_eq!(standby(&live.status), [false, false, false]);
}

#[test]
fn a_drawing_becomes_a_draft_over_what_runs() {
    let mut live = Live::default();
    live.update(Message::Token("t".to_owned()));
    let design = std::rc::Rc::new(shared::design::presets::seven_steps());
    let asks = live.update(Message::Draw(design));
    assert_eq!((asks[0].method, asks[0].path.as_str()), ("GET", "api/config"));
    let config = json!({"version": 3, "config": {"name": "shop", "origins": [
        {"id": "web-servers-2", "url": "https://two.example"}
    ]}});
    live.update(Message::Heard(asks[0].topic.clone(), 0, ok(&config)));
    let draft: serde_json::Value = serde_json::from_str(live.draft.as_deref().unwrap()).unwrap();
    assert_eq!((&draft["name"], &draft["scaling"]["max_size"]), (&json!("shop"), &json!(8)));
    let urls = |nth: usize| draft["origins"][nth]["url"].as_str();
    assert_eq!((urls(0), urls(1)), (Some(""), Some("https://two.example")));
    assert!(live.drawn.is_some());
    // Read again, it is the one that runs, and nothing is to be said.
    let asks = live.update(Message::Edit);
    live.update(Message::Heard(asks[0].topic.clone(), 0, ok(&config)));
    assert!(live.drawn.is_none() && live.draft.unwrap().contains("two.example"));
}

#[test]
fn history_is_read_and_garbage_changes_nothing() {
    let mut live = Live::default();
    let events = json!({"events": [
        {"at_ms": 5, "event": "health", "origin": "a", "health": "unhealthy", "reason": "status 503"},
        {"at_ms": 4, "event": "of_tomorrow"},
        {"at_ms": 3, "event": "config_version", "number": 2}
    ]});
    live.update(Message::Heard(Topic::Events, 0, ok(&events)));
    assert_eq!(live.events.iter().map(|event| event.at_ms).collect::<Vec<_>>(), [5, 3]);
    let versions = json!({"current": 2, "versions": [
        {"number": 1, "at_ms": 1, "origins": 2}, {"number": 2, "at_ms": 2, "origins": 3}
    ]});
    live.update(Message::Heard(Topic::Versions, 0, ok(&versions)));
    assert_eq!(live.versions[0].number, 2);
    let before = live.clone();
    for text in ["", "null", "<html>", "[]", "{\"events\": 7}", "{\"origins\": {}}"] {
        for topic in [Topic::Events, Topic::Versions] {
            let garbage = Answer { status: 200, text: text.to_owned() };
            live.update(Message::Heard(topic, 0, garbage));
        }
    }
    assert_eq!(live.events, before.events);
    live.update(Message::Heard(Topic::Status, 0, Answer::NONE));
    assert_eq!((live.phase, &live.status), (Phase::Away, &before.status));
}

#[test]
fn the_drawing_has_a_wire_for_each_origin_as_thick_as_its_share() {
    let mut live = Live::default();
    told(&mut live, 0, &status("x", &[origin("a", 0, 0), origin("b", 0, 0), origin("c", 0, 0)]));
    told(
        &mut live,
        2_000,
        &status("x", &[origin("a", 30, 0), origin("b", 10, 0), origin("c", 0, 0)]),
    );
    let picture = Picture::of(&live);
    assert_eq!((picture.origins.len(), picture.wires.len()), (3, 4));
    assert!(picture.wires[1].width > picture.wires[2].width);
    assert!(picture.wires[2].is_used && !picture.wires[3].is_used);
    for card in &picture.origins {
        assert!(card.x + CARD_WIDTH <= picture.width && card.y + CARD_HEIGHT <= picture.height);
    }
    assert!(Picture::of(&Live::default()).origins.is_empty());
}
