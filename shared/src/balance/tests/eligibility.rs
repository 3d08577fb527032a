//! Who may serve, by example.

use super::*;

fn rules() -> EligibilityConfig {
    EligibilityConfig::default()
}

#[test]
fn maintenance_pauses_and_registration_brings_back() {
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules(), 2);
    let mut out = Vec::new();
    balancer.handle_timeout(NOW, &mut out);
    out.clear();
    balancer.set_maintenance(BackendId(0));
    assert_eq!(counts(&mut balancer, 2, 10), [0, 10]);
    balancer.handle_timeout(NOW + Span::from_s(3600), &mut out);
    assert!(!out.contains(&Output::Probe(BackendId(0))));
    balancer.register(NOW, BackendId(0), Health::Initial);
    assert_eq!(counts(&mut balancer, 2, 10), [5, 5]);
    out.clear();
    balancer.handle_timeout(NOW, &mut out);
    assert!(out.contains(&Output::Probe(BackendId(0))));
}

#[test]
fn a_backend_that_drains_can_be_brought_back() {
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules(), 1);
    let mut out = Vec::new();
    let held = pick(&mut balancer);
    balancer.drain(NOW, BackendId(0), &mut out);
    assert!(balancer.pick(NOW, &Request::default()).is_err());
    balancer.register(NOW, BackendId(0), Health::Initial);
    balancer.handle_timeout(NOW + Span::from_s(301), &mut out);
    assert!(!out.iter().any(|output| matches!(output, Output::Drained { .. })));
    balancer.complete(NOW, held, Outcome::Response(200), &mut out);
    assert_eq!(counts(&mut balancer, 1, 1), [1]);
}

#[test]
fn a_full_backend_gets_no_more() {
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules(), 0);
    for id in 0..3 {
        register(&mut balancer, id, BackendConfig { max_in_flight: 2, ..Default::default() });
    }
    let held: Vec<Pick> = (0..6).map(|_| pick(&mut balancer)).collect();
    assert!(balancer.backends().all(|view| view.in_flight == 2));
    let refused = balancer.pick(NOW, &Request::default());
    assert_eq!(refused.unwrap_err(), Unavailable::AllFull);
    for held in held {
        balancer.complete(NOW, held, Outcome::Response(200), &mut Vec::new());
    }
    assert_eq!(counts(&mut balancer, 3, 3).iter().sum::<u32>(), 3);
}

#[test]
fn a_second_level_takes_what_the_first_cannot() {
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules(), 0);
    for id in 0..20 {
        let priority = u32::from(id >= 10);
        register(&mut balancer, id, BackendConfig { priority, ..Default::default() });
    }
    let first_level = |counts: &[u32]| counts.iter().take(10).sum::<u32>();
    assert_eq!(first_level(&counts(&mut balancer, 20, 1000)), 1000);
    for id in 0..5 {
        balancer.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
    }
    // Half of it healthy: 140 * 5 / 10 = 70 %.
    let share = first_level(&counts(&mut balancer, 20, 10_000));
    assert!((6_800..7_200).contains(&share), "{share}");
    for id in 0..10 {
        balancer.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
    }
    assert_eq!(first_level(&counts(&mut balancer, 20, 1000)), 0);
    assert!(!balancer.is_fail_open());
}

#[test]
fn degraded_backends_serve_when_the_healthy_do_not_suffice() {
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules(), 100);
    for id in 75..100 {
        balancer.set_degraded(BackendId(id), true);
    }
    let spare = |counts: &[u32]| counts.iter().skip(75).sum::<u32>();
    assert_eq!(spare(&counts(&mut balancer, 100, 1000)), 0);
    for id in 25..75 {
        balancer.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
    }
    let share = spare(&counts(&mut balancer, 100, 10_000));
    assert!((4_800..5_200).contains(&share), "half of 35 + 35 scaled to 100: {share}");
}

#[test]
fn a_panicking_level_sends_to_all() {
    let rules = EligibilityConfig { panic_threshold_percent: 50.0, ..rules() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules, 10);
    for id in 0..6 {
        balancer.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
    }
    assert_eq!(counts(&mut balancer, 10, 100), [10; 10]);
    balancer.set_health(Timestamp::ZERO, BackendId(0), Health::Healthy, &mut Vec::new());
    assert_eq!(counts(&mut balancer, 10, 100), [20, 0, 0, 0, 0, 0, 20, 20, 20, 20]);
}

#[test]
fn zones_share_by_weight_and_stay_local() {
    let localities = Localities::Weighted { weights: vec![1, 3] };
    let mut weighted =
        balancer(PolicyConfig::RoundRobin, EligibilityConfig { localities, ..rules() }, 0);
    let localities = Localities::ZoneAware { local: 0, balancers: vec![1, 1], min_cluster_size: 6 };
    let mut aware =
        balancer(PolicyConfig::RoundRobin, EligibilityConfig { localities, ..rules() }, 0);
    for id in 0..8 {
        let config = BackendConfig { locality: id / 4, ..Default::default() };
        register(&mut weighted, id, config.clone());
        register(&mut aware, id, config);
    }
    assert_eq!(counts(&mut weighted, 8, 160), [10, 10, 10, 10, 30, 30, 30, 30]);
    assert_eq!(counts(&mut aware, 8, 160), [40, 40, 40, 40, 0, 0, 0, 0]);
}

#[test]
fn newcomers_warm_up() {
    let slow_start = SlowStart::Linear { duration_s: 100.0 };
    for policy in [PolicyConfig::RoundRobin, PolicyConfig::Random] {
        let rules = EligibilityConfig { slow_start: Some(slow_start), ..rules() };
        let mut balancer = balancer(policy, rules, 3);
        let joined = NOW + Span::from_s(1);
        balancer.register(joined, BackendId(3), Health::Healthy);
        let share = |balancer: &mut Balancer, after_s: u64| {
            let at = joined + Span::from_s(after_s);
            let outcome = Outcome::Response(200);
            (0..7000).filter(|_| serve(balancer, at, Span::ZERO, outcome) == 3).count()
        };
        // A first batch starts at full weight; the newcomer has half of it at half time: 1 / 7.
        assert!(share(&mut balancer, 1) < 150);
        let half = share(&mut balancer, 50);
        assert!((880..1120).contains(&half), "{half}");
        let full = share(&mut balancer, 100);
        assert!((1600..1900).contains(&full), "{full}");
    }
}

#[test]
fn outliers_are_ejected_and_return() {
    let outlier = OutlierConfig { max_ejection_percent: 50, ..OutlierConfig::default() };
    let rules = EligibilityConfig { outlier_detection: Some(outlier), ..rules() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules, 4);
    let mut out = Vec::new();
    let answer = |id: BackendId| Outcome::Response(if id.0 < 3 { 503 } else { 200 });
    for _ in 0..20 {
        let pick = pick(&mut balancer);
        let outcome = answer(pick.backend());
        balancer.complete(NOW, pick, outcome, &mut out);
    }
    // Three are outliers, but with two of them half of all are out.
    let is_out = |view: &BackendView| view.ejected_until == Some(NOW + Span::from_s(30));
    let ejected: Vec<u32> = balancer.backends().filter(is_out).map(|view| view.id.0).collect();
    assert_eq!((ejected.len(), out.len()), (2, 2), "{out:?}");
    let hits = counts(&mut balancer, 4, 10);
    assert!(hits.iter().zip(0..).all(|(&hits, id)| (hits == 0) == ejected.contains(&id)));
    out.clear();
    let first = BackendId(ejected[0]);
    balancer.handle_timeout(NOW + Span::from_s(29), &mut out);
    assert!(!out.contains(&Output::Returned(first)));
    balancer.handle_timeout(NOW + Span::from_s(39), &mut out);
    assert!(out.contains(&Output::Returned(first)));
    assert_eq!(counts(&mut balancer, 4, 8), [2; 4]);
    // A check that passes ends an ejection at once.
    for _ in 0..40 {
        let pick = pick(&mut balancer);
        let outcome = answer(pick.backend());
        balancer.complete(NOW, pick, outcome, &mut out);
    }
    let ejected = balancer.backends().find(|view| view.ejected_until.is_some()).unwrap().id;
    balancer.record_probe(NOW, ejected, true, &mut out);
    assert!(balancer.view(ejected).unwrap().ejected_until.is_none());
}

#[test]
fn a_low_success_rate_stands_out() {
    let outlier =
        OutlierConfig { consecutive_5xx: 0, max_ejection_percent: 50, ..OutlierConfig::default() };
    let rules = EligibilityConfig { outlier_detection: Some(outlier), ..rules() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, rules, 6);
    for i in 0..1200 {
        let pick = pick(&mut balancer);
        let fails = pick.backend() == BackendId(2) && i % 12 < 6;
        let outcome = Outcome::Response(if fails { 500 } else { 200 });
        balancer.complete(NOW, pick, outcome, &mut Vec::new());
    }
    let mut out = Vec::new();
    balancer.handle_timeout(NOW + Span::from_s(10), &mut out);
    let ejected: Vec<_> =
        out.iter().filter(|output| matches!(output, Output::Ejected { .. })).collect();
    assert!(
        matches!(ejected.as_slice(), [Output::Ejected { backend: BackendId(2), .. }]),
        "{out:?}"
    );
}

#[test]
fn nobody_healthy_is_refused_or_ignored_as_configured() {
    let mut open = balancer(PolicyConfig::RoundRobin, rules(), 2);
    let mut closed =
        balancer(PolicyConfig::RoundRobin, EligibilityConfig { fail_open: false, ..rules() }, 2);
    for id in 0..2 {
        open.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
        closed.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
    }
    assert!(open.is_fail_open() && !closed.is_fail_open());
    assert_eq!(counts(&mut open, 2, 4), [2, 2]);
    let refused = closed.pick(NOW, &Request::default()).unwrap_err();
    assert_eq!((refused, refused.status()), (Unavailable::NoHealthy, 503));
    let tried = [BackendId(0), BackendId(1)];
    let request = Request { tried: &tried, ..Request::default() };
    assert_eq!(open.pick(NOW, &request).unwrap_err(), Unavailable::AllTried);
    open.set_maintenance(BackendId(0));
    open.drain(NOW, BackendId(1), &mut Vec::new());
    assert_eq!(open.pick(NOW, &Request::default()).unwrap_err(), Unavailable::NoBackends);
}

#[test]
fn settings_out_of_range_name_the_field() {
    let policy = |policy: PolicyConfig| policy.check().unwrap_err().to_string();
    assert_eq!(
        policy(PolicyConfig::Maglev { table_size: 8, hash_balance_factor: 0 }),
        "policy.table_size is 8: set it to a prime number from 2 to 5000011"
    );
    assert_eq!(
        policy(PolicyConfig::BoundedLoad { hash_balance_factor: 100 }),
        "policy.hash_balance_factor is 100: set it to 101 to 10000"
    );
    let backend = BackendConfig { weight: 1001, ..Default::default() }.check().unwrap_err();
    assert_eq!(backend.to_string(), "backend.weight is 1001: set it to 0 to 1000");
    let rules = EligibilityConfig { panic_threshold_percent: f64::NAN, ..rules() };
    assert_eq!(rules.check().unwrap_err().field, "panic_threshold_percent");
}
