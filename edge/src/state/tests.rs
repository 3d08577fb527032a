//! What an isolate knows: documents, ejections, picks, over time.

use super::*;
use crate::fleet::Fleet;
use crate::status::Status;
use shared::origins::{HealthCheck, OriginState};

const TIMEOUT: Span = Span::from_s(15);

const fn at(s: u64) -> Timestamp {
    Timestamp::from_s(s)
}

/// Three origins named a, b, c; `seed` decides where the round begins.
fn state(seed: u64) -> State {
    let config = EdgeConfig::from_json(
        r#"{"origins": [
            {"id": "a", "url": "http://a.example"},
            {"id": "b", "url": "http://b.example"},
            {"id": "c", "url": "http://c.example"}
        ]}"#,
    );
    State::new(config.unwrap(), seed).unwrap()
}

fn document(checked_at: Timestamp, results: &[(&str, bool)]) -> HealthDocument {
    let check = HealthCheck { unhealthy_threshold: 1, ..HealthCheck::default() };
    HealthDocument::after_round(None, checked_at, results, &check)
}

/// A request that these have failed.
fn avoiding(tried: &[BackendId]) -> Request<'_> {
    Request { tried, ..Request::default() }
}

/// Sends one request that ends with `outcome`; returns who got it.
fn serve(state: &mut State, now: Timestamp, outcome: Outcome) -> String {
    let choice = state.pick(now, &Request::default(), TIMEOUT).unwrap();
    let id = state.members.get(choice.backend.0 as usize).unwrap().origin.id.clone();
    state.complete(now, choice.ticket, outcome);
    id
}

/// Who serves the next requests.
fn servers(state: &mut State, now: Timestamp, count: usize) -> Vec<String> {
    let mut ids: Vec<_> = (0..count).map(|_| serve(state, now, Outcome::Response(200))).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn isolates_begin_their_rounds_at_different_origins() {
    let mut firsts: Vec<_> =
        (0..50).map(|seed| serve(&mut state(seed), at(0), Outcome::Response(200))).collect();
    firsts.sort();
    firsts.dedup();
    assert_eq!(firsts, ["a", "b", "c"]);
}

#[test]
fn a_failure_ejects_until_its_time_is_up() {
    let mut state = state(1);
    let failed = serve(&mut state, at(0), Outcome::Reset);
    assert!(!servers(&mut state, at(9), 10).contains(&failed));
    assert_eq!(servers(&mut state, at(10), 10).len(), 3);
}

#[test]
fn an_answer_of_any_status_and_a_hang_up_eject_nobody() {
    let mut state = state(1);
    for outcome in [Outcome::Response(500), Outcome::Response(503), Outcome::Canceled] {
        serve(&mut state, at(0), outcome);
    }
    assert_eq!(servers(&mut state, at(1), 10).len(), 3);
}

#[test]
fn the_document_decides_and_the_newest_counts() {
    let mut state = state(1);
    let bad = document(at(100), &[("a", true), ("b", false), ("c", true)]);
    state.learn(at(101), Reading::Ok, Some(bad.clone()));
    assert_eq!(servers(&mut state, at(101), 10), ["a", "c"]);
    // What was known stays known when the store fails, is empty, or answers with old news.
    for (reading, document) in [
        (Reading::Failed, None),
        (Reading::Missing, None),
        (Reading::Garbage, None),
        (Reading::Ok, Some(document(at(50), &[("a", true), ("b", true), ("c", true)]))),
    ] {
        state.learn(at(102), reading, document);
        assert_eq!(servers(&mut state, at(102), 10), ["a", "c"], "{reading:?}");
    }
    let good = document(at(160), &[("a", true), ("b", true), ("c", true)]);
    state.learn(at(161), Reading::Ok, Some(good));
    assert_eq!(servers(&mut state, at(161), 10).len(), 3);
}

#[test]
fn an_older_document_does_not_end_an_ejection() {
    let mut state = state(1);
    let all = [("a", true), ("b", true), ("c", true)];
    let failed = serve(&mut state, at(100), Outcome::Timeout);
    state.learn(at(101), Reading::Ok, Some(document(at(99), &all)));
    assert!(!servers(&mut state, at(101), 10).contains(&failed));
    state.learn(at(102), Reading::Ok, Some(document(at(101), &all)));
    assert!(servers(&mut state, at(102), 10).contains(&failed));
}

#[test]
fn when_all_failed_all_are_tried() {
    let mut state = state(1);
    for _ in 0..3 {
        serve(&mut state, at(0), Outcome::Reset);
    }
    assert!(state.balancer.is_fail_open());
    assert_eq!(servers(&mut state, at(1), 10).len(), 3);
}

#[test]
fn a_request_visits_each_origin_once() {
    let mut state = state(1);
    let mut tried = Vec::new();
    for _ in 0..3 {
        let choice = state.pick(at(0), &avoiding(&tried), TIMEOUT).unwrap();
        state.complete(at(0), choice.ticket, Outcome::Reset);
        tried.push(choice.backend);
    }
    assert_eq!(state.pick(at(0), &avoiding(&tried), TIMEOUT).unwrap_err(), Unavailable::AllTried);
}

#[test]
fn requests_that_were_stopped_are_swept_out() {
    let in_flight = |state: &State| state.balancer.backends().map(|b| b.in_flight).sum::<u32>();
    let mut state = state(1);
    let stopped = state.pick(at(0), &Request::default(), TIMEOUT).unwrap();
    serve(&mut state, at(45), Outcome::Response(200));
    assert_eq!(in_flight(&state), 1, "it may still run");
    serve(&mut state, at(46), Outcome::Response(200));
    assert_eq!(in_flight(&state), 0);
    state.complete(at(50), stopped.ticket, Outcome::Reset);
    assert_eq!(in_flight(&state), 0, "it was given back once");
    assert_eq!(servers(&mut state, at(51), 10).len(), 3, "and too late to eject");
}

#[test]
fn the_status_tells_it_all_in_the_order_of_the_configuration() {
    for seed in 0..5 {
        let mut fleet = Fleet::new(state(seed).config, 0, seed).unwrap();
        fleet.learn(at(90), Reading::Ok, Some(document(at(60), &[("a", true), ("b", false)])));
        serve(fleet.pools.first_mut().unwrap(), at(100), Outcome::Reset);
        let status: serde_json::Value =
            serde_json::from_str(&Status::of(&fleet, at(102)).to_json()).unwrap();
        let field = |name: &str| -> Vec<_> {
            let origins = status.get("origins").and_then(|origins| origins.as_array()).unwrap();
            origins.iter().map(|origin| origin.get(name).cloned().unwrap_or_default()).collect()
        };
        assert_eq!(field("id"), ["a", "b", "c"]);
        assert_eq!(field("health"), ["unhealthy", "unhealthy", "initial"]);
        assert_eq!(
            field("ejected_for_s"),
            [8.0.into(), serde_json::Value::Null, serde_json::Value::Null]
        );
        assert_eq!(status.get("fail_open"), Some(&true.into()));
        let age = status.pointer("/health_document/age_s");
        assert_eq!(age, Some(&42.0.into()));
    }
}

/// A state of three origins with these lines in their configuration.
fn state_of(seed: u64, lines: [&str; 3], rest: &str) -> State {
    let origins = ["a", "b", "c"]
        .iter()
        .zip(lines)
        .map(|(id, line)| format!(r#"{{"id": "{id}", "url": "http://{id}.example"{line}}}"#));
    let origins: Vec<String> = origins.collect();
    let text = format!(r#"{{"origins": [{}]{rest}}}"#, origins.join(","));
    State::new(EdgeConfig::from_json(&text).unwrap(), seed).unwrap()
}

#[test]
fn weights_and_levels_of_origins_decide() {
    let lines = [r#", "weight": 3"#, "", r#", "priority": 1"#];
    let policy = r#", "policy": {"type": "smooth_weighted_round_robin"}"#;
    let mut state = state_of(1, lines, policy);
    let ids: Vec<_> = (0..8).map(|_| serve(&mut state, at(0), Outcome::Response(200))).collect();
    let count = |id: &str| ids.iter().filter(|served| *served == id).count();
    assert_eq!([count("a"), count("b"), count("c")], [6, 2, 0]);
    state.learn(at(10), Reading::Ok, Some(document(at(9), &[("a", false), ("b", false)])));
    state.learn(
        at(12),
        Reading::Ok,
        Some(document(at(11), &[("a", false), ("b", false), ("c", true)])),
    );
    assert_eq!(servers(&mut state, at(12), 10), ["c"], "the next level takes over");
}

#[test]
fn a_drained_origin_rests_until_it_is_called_back() {
    let mut state = state_of(1, ["", "", r#", "state": "drain""#], "");
    assert_eq!(servers(&mut state, at(0), 10), ["a", "b"]);
    state.set_origin_state(at(1), "c", OriginState::Ready);
    state.set_origin_state(at(1), "a", OriginState::Drain);
    state.set_origin_state(at(1), "nobody", OriginState::Drain);
    assert_eq!(servers(&mut state, at(2), 10), ["b", "c"]);
    let member = state.members.iter().find(|member| member.origin.id == "a").unwrap();
    assert_eq!(member.state, OriginState::Drain);
    // What the document says of it while it rests counts when it is back.
    state.learn(
        at(4),
        Reading::Ok,
        Some(document(at(4), &[("a", false), ("b", true), ("c", true)])),
    );
    state.set_origin_state(at(5), "a", OriginState::Ready);
    assert_eq!(servers(&mut state, at(6), 10), ["b", "c"]);
}

#[test]
fn isolates_agree_where_a_client_belongs() {
    for policy in ["ip_hash", "ring_hash", "ketama", "maglev"] {
        let policy = format!(r#", "policy": {{"type": "{policy}"}}"#);
        let mut used = Vec::new();
        for client in 0..20_u8 {
            let request = Request { client: Some([10, client, 7, 1].into()), ..Request::default() };
            let mut servers: Vec<_> = (0..5)
                .map(|seed| {
                    let mut state = state_of(seed, [""; 3], &policy);
                    state.pick(at(0), &request, TIMEOUT).unwrap().url
                })
                .collect();
            servers.dedup();
            assert_eq!(servers.len(), 1, "{policy}: {servers:?}");
            used.extend(servers);
        }
        used.sort();
        used.dedup();
        assert_eq!(used.len(), 3, "{policy}");
    }
}

#[test]
fn outlier_detection_takes_the_place_of_ejection() {
    let detection = r#", "eligibility": {"outlier_detection":
        {"consecutive_5xx": 2, "max_ejection_percent": 50, "base_ejection_time_s": 20}}"#;
    let start = 1_800_000_000;
    let mut state = state_of(1, [""; 3], detection);
    let failed = serve(&mut state, at(start), Outcome::Reset);
    assert_eq!(servers(&mut state, at(start), 2).len(), 2, "one failure is not enough");
    assert_eq!(serve(&mut state, at(start), Outcome::Response(500)), failed);
    assert!(!servers(&mut state, at(start + 19), 10).contains(&failed));
    let until = state.balancer.backends().find_map(|view| view.ejected_until);
    assert_eq!(until, Some(at(start + 20)));
    assert!(servers(&mut state, at(start + 30), 10).contains(&failed), "its time is up");
}

#[test]
fn cookies_lead_back_while_the_origin_serves() {
    let affinity = r#", "affinity": {"by": "cookie", "ttl_s": 100}"#;
    let mut state = state_of(1, [""; 3], affinity);
    let first = state.pick(at(1_000), &Request::default(), TIMEOUT).unwrap();
    let session = first.session;
    assert!(session.is_some(), "the client is told");
    state.complete(at(1_000), first.ticket, Outcome::Response(200));
    let again = |state: &mut State, now: Timestamp, tried: &[BackendId]| {
        let known = Known { session, header: None };
        let choice = state.pick_known(now, &avoiding(tried), known, TIMEOUT).unwrap();
        state.complete(now, choice.ticket, Outcome::Response(200));
        (choice.backend, choice.session)
    };
    for _ in 0..5 {
        assert_eq!(again(&mut state, at(1_050), &[]), (first.backend, None));
    }
    // One that failed this very request is not asked again, and one whose time is up is no session.
    assert_ne!(again(&mut state, at(1_050), &[first.backend]).0, first.backend);
    let servers: Vec<_> = (0..3).map(|_| again(&mut state, at(1_100), &[]).0).collect();
    assert!(servers.iter().any(|server| *server != first.backend), "{servers:?}");
    // Draining keeps sessions and takes no new ones; maintenance keeps none.
    let id = state.members.get(first.backend.0 as usize).unwrap().origin.id.clone();
    state.set_origin_state(at(1_060), &id, OriginState::Drain);
    assert_eq!(again(&mut state, at(1_060), &[]).0, first.backend);
    assert!(!servers_of(&mut state, at(1_060)).contains(&id));
    state.set_origin_state(at(1_061), &id, OriginState::Maintenance);
    assert_ne!(again(&mut state, at(1_061), &[]).0, first.backend);
    state.set_origin_state(at(1_062), &id, OriginState::Ready);
    assert!(servers_of(&mut state, at(1_062)).contains(&id));
}

fn servers_of(state: &mut State, now: Timestamp) -> Vec<String> {
    servers(state, now, 10)
}

#[test]
fn headers_and_addresses_belong_to_origins_in_proportion_to_their_weight() {
    let lines = [r#", "weight": 3"#, "", ""];
    let mut state = state_of(1, lines, r#", "affinity": {"by": "header", "name": "x-user"}"#);
    let mut home = |user: u32, tried: &[BackendId]| {
        let user = format!("user-{user}");
        let known = Known { session: None, header: Some(&user) };
        let choice = state.pick_known(at(1), &avoiding(tried), known, TIMEOUT).unwrap();
        state.complete(at(1), choice.ticket, Outcome::Response(200));
        choice.backend
    };
    let homes: Vec<BackendId> = (0..1_000).map(|user| home(user, &[])).collect();
    let heavy = BackendId(
        homes
            .iter()
            .fold([0_u32; 3], |mut counts, id| {
                if let Some(count) = counts.get_mut(id.0 as usize) {
                    *count += 1;
                }
                counts
            })
            .iter()
            .enumerate()
            .max_by_key(|(_, count)| **count)
            .unwrap()
            .0 as u32,
    );
    let share = homes.iter().filter(|id| **id == heavy).count();
    assert!((540..660).contains(&share), "{share} of 1000 where 600 are due");
    // Only the clients of an origin that fails move, and isolates agree.
    for user in 0..100 {
        let old = home(user, &[]);
        let moved = home(user, &[heavy]);
        assert!(moved == old || old == heavy, "user {user}");
    }
}

#[test]
fn retries_have_a_budget() {
    let retry = r#", "retry": {"budget_percent": 50, "min_retries_per_s": 0}"#;
    let mut state = state_of(1, [""; 3], retry);
    assert!(!state.may_retry(at(1)), "nothing was sent yet");
    for _ in 0..10 {
        serve(&mut state, at(1), Outcome::Response(200));
    }
    let granted = (0..10).filter(|_| state.may_retry(at(2))).count();
    assert_eq!((granted, state.retries), (5, (5, 6)));
}

#[test]
fn wishes_go_over_the_configuration_and_are_taken_back() {
    use shared::origins::{ForcedHealth, Override};
    let mut state = state_of(1, [""; 3], "");
    let mut known = document(at(10), &[("a", true), ("b", false), ("c", true)]);
    let wish = |health, weight, state| Override { health, weight, state };
    known.wishes.origins.insert("b".into(), wish(Some(ForcedHealth::Healthy), None, None));
    known.wishes.origins.insert("c".into(), wish(Some(ForcedHealth::Unhealthy), None, None));
    state.learn(at(11), Reading::Ok, Some(known.clone()));
    assert_eq!(servers(&mut state, at(11), 10), ["a", "b"]);
    known.wishes.origins.insert("a".into(), wish(None, None, Some(OriginState::Maintenance)));
    state.learn(at(12), Reading::Ok, Some(known.clone()));
    assert_eq!(servers(&mut state, at(12), 10), ["b"]);
    known.wishes.origins.insert("a".into(), wish(None, Some(0), None));
    state.learn(at(13), Reading::Ok, Some(known.clone()));
    assert_eq!(servers(&mut state, at(13), 10), ["b"]);
    known.wishes.origins.clear();
    state.learn(at(14), Reading::Ok, Some(known));
    assert_eq!(servers(&mut state, at(14), 10), ["a", "c"]);
}
