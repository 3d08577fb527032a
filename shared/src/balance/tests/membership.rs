//! Membership, health, draining and the first three policies.

use crate::balance::*;
use crate::id::BackendId;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn balancer(policy: PolicyConfig) -> Balancer {
    let config = BalancerConfig {
        policy,
        health_check: HealthCheckConfig::default(),
        deregistration_delay: Span::from_s(300),
    };
    Balancer::new(config, Rng::new(1)).unwrap()
}

fn with_backends(policy: PolicyConfig, n: u32) -> Balancer {
    let mut balancer = balancer(policy);
    (0..n).for_each(|i| balancer.register(Timestamp::ZERO, BackendId(i), Health::Healthy));
    balancer
}

const NOW: Timestamp = Timestamp::from_s(1);

fn pick(balancer: &mut Balancer) -> Pick {
    balancer.pick(NOW, &Request::default()).unwrap()
}

fn complete(balancer: &mut Balancer, pick: Pick) -> Vec<Output> {
    let mut out = Vec::new();
    balancer.complete(NOW, pick, Outcome::Response(200), &mut out);
    out
}

#[test]
fn round_robin_takes_turns_and_keeps_its_place() {
    let mut balancer = with_backends(PolicyConfig::RoundRobin, 3);
    let turns = |balancer: &mut Balancer, n: usize| -> Vec<u32> {
        let picks: Vec<_> = (0..n).map(|_| pick(balancer)).collect();
        picks.iter().map(|pick| pick.backend().0).collect()
    };
    assert_eq!(turns(&mut balancer, 4), [0, 1, 2, 0]);
    balancer.set_health(Timestamp::ZERO, BackendId(0), Health::Unhealthy, &mut Vec::new());
    assert_eq!(turns(&mut balancer, 3), [2, 1, 2]);
}

#[test]
fn least_outstanding_takes_the_idlest_and_among_equals_the_one_that_waited() {
    let mut balancer = with_backends(PolicyConfig::LeastOutstandingRequests, 3);
    let (a, b, c) = (pick(&mut balancer), pick(&mut balancer), pick(&mut balancer));
    assert_eq!([a.backend().0, b.backend().0, c.backend().0], [0, 1, 2]);
    complete(&mut balancer, b);
    assert_eq!(pick(&mut balancer).backend(), BackendId(1));
    complete(&mut balancer, c);
    complete(&mut balancer, a);
    assert_eq!(pick(&mut balancer).backend(), BackendId(2), "idle longer than 0");
}

#[test]
fn a_new_backend_needs_one_pass_and_a_recovering_one_needs_the_threshold() {
    let mut tracker = HealthTracker::default();
    let config = HealthCheckConfig::default();
    assert_eq!(tracker.record(true, &config), Some(Health::Healthy));
    assert_eq!(tracker.record(false, &config), None);
    assert_eq!(tracker.record(true, &config), None, "a pass between failures starts over");
    assert_eq!(tracker.record(false, &config), None);
    assert_eq!(tracker.record(false, &config), Some(Health::Unhealthy));
    let passes: Vec<_> = (0..5).map(|_| tracker.record(true, &config)).collect();
    assert_eq!(passes, [None, None, None, None, Some(Health::Healthy)]);
}

#[test]
fn probes_are_asked_for_at_once_and_then_every_interval() {
    let mut balancer = balancer(PolicyConfig::RoundRobin);
    let (start, id) = (Timestamp::from_s(100), BackendId(4));
    balancer.register(start, id, Health::Initial);
    assert!(balancer.is_fail_open(), "nobody is known to be healthy");
    let mut out = Vec::new();
    assert_eq!(balancer.poll_timeout(), Some(start));
    balancer.handle_timeout(start, &mut out);
    assert_eq!(out, [Output::Probe(id)]);
    balancer.record_probe(start, id, true, &mut out);
    assert_eq!(out[1], Output::HealthChanged { backend: id, health: Health::Healthy });
    assert_eq!(balancer.poll_timeout(), Some(start + Span::from_s(30)));
    assert_eq!(balancer.eligible(), 1);
}

#[test]
fn draining_ends_with_the_last_request_or_with_the_delay() {
    let mut balancer = with_backends(PolicyConfig::RoundRobin, 2);
    let (first, second) = (pick(&mut balancer), pick(&mut balancer));
    let mut out = Vec::new();
    balancer.drain(NOW, BackendId(0), &mut out);
    balancer.drain(NOW, BackendId(1), &mut out);
    assert_eq!(out, []);
    let refused = balancer.pick(NOW, &Request::default()).unwrap_err();
    assert_eq!(refused, Unavailable::NoBackends);
    let drained = complete(&mut balancer, first);
    assert_eq!(drained, [Output::Drained { backend: BackendId(0), cut_off: 0 }]);
    balancer.handle_timeout(NOW + Span::from_s(299), &mut out);
    assert_eq!(out, []);
    balancer.handle_timeout(NOW + Span::from_s(300), &mut out);
    assert_eq!(out, [Output::Drained { backend: BackendId(1), cut_off: 1 }]);
    // The request that was cut off ends after its backend is gone.
    balancer.register(NOW, BackendId(7), Health::Healthy);
    assert_eq!(complete(&mut balancer, second), []);
    assert_eq!(balancer.view(BackendId(7)).unwrap().in_flight, 0);
}

#[test]
fn a_retry_avoids_those_who_failed() {
    for policy in PolicyConfig::ALL {
        let mut balancer = with_backends(policy, 3);
        let tried = [BackendId(0), BackendId(2)];
        let retry = balancer.pick(NOW, &Request { tried: &tried, ..Request::default() }).unwrap();
        assert_eq!(retry.backend(), BackendId(1));
        // Rather one that is believed unhealthy than one that just failed.
        balancer.set_health(Timestamp::ZERO, BackendId(1), Health::Unhealthy, &mut Vec::new());
        let retry = balancer.pick(NOW, &Request { tried: &tried, ..Request::default() }).unwrap();
        assert_eq!(retry.backend(), BackendId(1));
        let tried = [BackendId(0), BackendId(1), BackendId(2)];
        let refused =
            balancer.pick(NOW, &Request { tried: &tried, ..Request::default() }).unwrap_err();
        assert_eq!(refused, Unavailable::AllTried);
    }
}

#[test]
fn matchers() {
    let matcher = Matcher::parse("200-299, 301").unwrap();
    assert!([200, 250, 299, 301].into_iter().all(|status| matcher.matches(status)));
    assert!([199, 300, 302, 500].into_iter().all(|status| !matcher.matches(status)));
    for bad in ["", "20", "abc", "300-200", "200,", "200-", "200-999"] {
        assert!(Matcher::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn settings_out_of_range_are_named() {
    let check = |policy: PolicyConfig| {
        let config = BalancerConfig {
            policy,
            health_check: HealthCheckConfig::default(),
            deregistration_delay: Span::ZERO,
        };
        Balancer::new(config, Rng::new(1)).map(drop).map_err(|error| error.to_string())
    };
    let error = check(PolicyConfig::PowerOfChoices { choices: 0 });
    assert_eq!(error, Err("policy.choices is 0: set it to 1 to 32".to_owned()));
    let bad = HealthCheckConfig { timeout_s: 0, ..HealthCheckConfig::default() };
    assert_eq!(bad.check().unwrap_err().field, "health_check.timeout_s");
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Register(u32, bool),
    Drain(u32),
    Deregister(u32),
    Probe(u32, bool),
    Pick,
    Complete(usize),
    Pass(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let id = || 0_u32..6;
    prop_oneof![
        2 => (id(), any::<bool>()).prop_map(|(id, healthy)| Step::Register(id, healthy)),
        1 => id().prop_map(Step::Drain),
        1 => id().prop_map(Step::Deregister),
        3 => (id(), any::<bool>()).prop_map(|(id, passed)| Step::Probe(id, passed)),
        6 => Just(Step::Pick),
        4 => (0_usize..9).prop_map(Step::Complete),
        1 => (1_u64..400).prop_map(Step::Pass),
    ]
}

proptest! {
    /// Whatever happens: only the eligible are picked while there are any, the draining never;
    /// and every backend's in-flight count is that of the picks not given back.
    #[test]
    fn picks_are_eligible_and_counts_are_true(
        policy in prop::sample::select(PolicyConfig::ALL.to_vec()),
        steps in prop::collection::vec(any_step(), 0..120),
    ) {
        let (mut balancer, mut now) = (balancer(policy), Timestamp::ZERO);
        let (mut open, mut out): (Vec<Pick>, _) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Register(id, healthy) => {
                    let health = if healthy { Health::Healthy } else { Health::Initial };
                    balancer.register(now, BackendId(id), health);
                }
                Step::Drain(id) => balancer.drain(now, BackendId(id), &mut out),
                Step::Deregister(id) => balancer.deregister(BackendId(id)),
                Step::Probe(id, passed) => {
                    balancer.record_probe(now, BackendId(id), passed, &mut out);
                }
                Step::Pick => {
                    let eligible = balancer.eligible();
                    let fail_open = balancer.is_fail_open();
                    match balancer.pick(now, &Request::default()) {
                        Ok(pick) => {
                            let view = balancer.view(pick.backend()).expect("it is registered");
                            prop_assert_eq!(view.admin, AdminState::Ready);
                            prop_assert!(view.health == Health::Healthy || fail_open);
                            open.push(pick);
                        }
                        Err(_) => prop_assert!(eligible == 0 && !fail_open),
                    }
                }
                Step::Complete(i) => {
                    if !open.is_empty() {
                        let pick = open.remove(i % open.len());
                        balancer.complete(now, pick, Outcome::Response(200), &mut out);
                    }
                }
                Step::Pass(seconds) => {
                    now += Span::from_s(seconds);
                    balancer.handle_timeout(now, &mut out);
                }
            }
            // In flight is at most the picks still open: those of deregistered backends are gone.
            let mut open_by_backend: BTreeMap<BackendId, u32> = BTreeMap::new();
            for pick in &open {
                *open_by_backend.entry(pick.backend()).or_default() += 1;
            }
            for view in balancer.backends() {
                let open = open_by_backend.get(&view.id).copied().unwrap_or(0);
                prop_assert!(view.in_flight <= open, "{view:?}, {open} open");
            }
        }
    }
}
