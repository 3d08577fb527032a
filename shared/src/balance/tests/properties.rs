//! What holds whatever is configured and whatever happens.

use super::*;
use crate::balance::request::affinity::AffinityConfig;
use crate::balance::request::config::{HedgingConfig, LimitsConfig, RequestConfig, RetryConfig};
use crate::rng::Rng;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_assume, prop_oneof,
    proptest,
};

/// One thing that happens to a balancer.
#[derive(Clone, Debug)]
enum Step {
    Register { id: u32, weight: u32, priority: u32, locality: u32, limit: u32 },
    Deregister(u32),
    Drain(u32),
    Maintain(u32),
    Health(u32, bool),
    Degrade(u32, bool),
    Pick { key: Option<u8>, tried: Option<u32> },
    Stick(u32),
    Complete { nth: usize, status: u16 },
    Advance(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let id = 0..12_u32;
    let step = prop_oneof![
        3 => (id.clone(), 0..6_u32, 0..3_u32, 0..3_u32, 0..4_u32).prop_map(
            |(id, weight, priority, locality, limit)| Step::Register {
                id, weight, priority, locality, limit
            }
        ),
        1 => id.clone().prop_map(Step::Deregister),
        1 => id.clone().prop_map(Step::Drain),
        1 => id.clone().prop_map(Step::Maintain),
        3 => (id.clone(), any::<bool>()).prop_map(|(id, up)| Step::Health(id, up)),
        1 => (id.clone(), any::<bool>()).prop_map(|(id, on)| Step::Degrade(id, on)),
        3 => id.clone().prop_map(Step::Stick),
        12 => (any::<Option<u8>>(), proptest::option::of(id))
            .prop_map(|(key, tried)| Step::Pick { key, tried }),
        8 => (any::<usize>(), prop_oneof![Just(200_u16), Just(500), Just(503)])
            .prop_map(|(nth, status)| Step::Complete { nth, status }),
        2 => (0..40_000_u64).prop_map(Step::Advance),
    ];
    proptest::collection::vec(step, 1..120)
}

fn policies() -> impl Strategy<Value = PolicyConfig> {
    // A small table: the same rules at a hundredth of the time.
    proptest::sample::select(PolicyConfig::ALL.to_vec()).prop_map(|policy| match policy {
        PolicyConfig::Maglev { .. } => {
            PolicyConfig::Maglev { table_size: 251, hash_balance_factor: 150 }
        }
        other => other,
    })
}

fn eligibilities() -> impl Strategy<Value = EligibilityConfig> {
    let slow_start = proptest::option::of(prop_oneof![
        Just(SlowStart::Linear { duration_s: 30.0 }),
        Just(SlowStart::Envoy { window_s: 20.0, aggression: 2.0, min_weight_percent: 0.0 }),
    ]);
    let localities = prop_oneof![
        Just(Localities::Ignored),
        Just(Localities::Weighted { weights: vec![1, 0, 4] }),
        Just(Localities::ZoneAware { local: 1, balancers: vec![2, 1], min_cluster_size: 2 }),
    ];
    let outliers = proptest::option::of(Just(OutlierConfig {
        consecutive_5xx: 2,
        max_ejection_percent: 60,
        success_rate_request_volume: 1,
        success_rate_minimum_hosts: 2,
        ..OutlierConfig::default()
    }));
    (0..=100_u32, any::<bool>(), slow_start, localities, outliers).prop_map(
        |(panic, fail_open, slow_start, localities, outlier_detection)| EligibilityConfig {
            panic_threshold_percent: f64::from(panic),
            fail_open,
            slow_start,
            localities,
            outlier_detection,
            ..EligibilityConfig::default()
        },
    )
}

/// What a pick may never do, whatever was configured and whatever happened.
fn check_pick(balancer: &Balancer, picked: BackendId, request: &Request<'_>, panics: bool) {
    let view = balancer.view(picked).expect("a picked backend is registered");
    assert_eq!(view.admin, AdminState::Ready, "{view:?}");
    assert!(view.weight > 0, "{view:?}");
    let untried_is_left = balancer.backends().any(|other| {
        other.admin == AdminState::Ready
            && other.weight > 0
            && other.health == Health::Healthy
            && other.ejected_until.is_none()
            && !request.tried.contains(&other.id)
    });
    assert!(!request.tried.contains(&picked), "{picked} was tried before");
    if untried_is_left && !panics && request.tried.is_empty() {
        assert_eq!(view.health, Health::Healthy, "an eligible one was there");
        assert_eq!(view.ejected_until, None, "an eligible one was there");
    }
}

fn run(policy: PolicyConfig, rules: EligibilityConfig, steps: Vec<Step>) {
    let panics = rules.panic_threshold_percent > 0.0;
    let mut balancer = Balancer::with_eligibility(config(policy), rules, Rng::new(11)).unwrap();
    let (mut now, mut held, mut out) = (NOW, Vec::new(), Vec::new());
    let mut limits = std::collections::BTreeMap::new();
    for step in steps {
        match step {
            Step::Register { id, weight, priority, locality, limit } => {
                let max_in_flight = limit;
                limits.insert(id, limit);
                let config = BackendConfig { weight, priority, locality, max_in_flight, key: None };
                balancer.register_with(now, BackendId(id), Health::Healthy, config).unwrap();
            }
            Step::Deregister(id) => balancer.deregister(BackendId(id)),
            Step::Drain(id) => balancer.drain(now, BackendId(id), &mut out),
            Step::Maintain(id) => balancer.set_maintenance(BackendId(id)),
            Step::Health(id, up) => {
                for _ in 0..5 {
                    balancer.record_probe(now, BackendId(id), up, &mut out);
                }
            }
            Step::Degrade(id, on) => balancer.set_degraded(BackendId(id), on),
            Step::Pick { key, tried } => {
                let tried: Vec<BackendId> = tried.into_iter().map(BackendId).collect();
                let key = key.map(|key| [key]);
                let key = key.as_ref().map(|key| key.as_slice());
                let request = Request { tried: &tried, key, client: None };
                let told = balancer.explain(now, &request);
                let picked = balancer.pick(now, &request);
                explain::check(&told, picked.as_ref().map(Pick::backend).map_err(|why| *why));
                if let Ok(pick) = picked {
                    check_pick(&balancer, pick.backend(), &request, panics);
                    let in_flight = balancer.view(pick.backend()).unwrap().in_flight;
                    let limit = limits[&pick.backend().0];
                    // A limit that was lowered afterwards counts from the next pick on.
                    assert!(limit == 0 || in_flight <= limit, "{in_flight} of {limit}");
                    held.push(pick);
                }
            }
            Step::Stick(id) => {
                if let Some(pick) = balancer.pick_backend(now, BackendId(id)) {
                    let view = balancer.view(BackendId(id)).expect("it is registered");
                    assert_eq!(pick.backend(), view.id);
                    assert_ne!(view.admin, AdminState::Maintenance);
                    assert!(limits[&id] == 0 || view.in_flight <= limits[&id], "{view:?}");
                    held.push(pick);
                }
            }
            Step::Complete { nth, status } => {
                if !held.is_empty() {
                    let pick = held.swap_remove(nth % held.len());
                    balancer.complete(now, pick, Outcome::Response(status), &mut out);
                }
            }
            Step::Advance(ms) => {
                now += Span::from_ms(ms);
                balancer.handle_timeout(now, &mut out);
                assert!(balancer.poll_timeout().is_none_or(|due| due > now));
            }
        }
        let in_flight: u64 = balancer.backends().map(|view| u64::from(view.in_flight)).sum();
        assert!(in_flight <= held.len() as u64, "more in flight than was picked");
    }
    for pick in held {
        balancer.complete(now, pick, Outcome::Reset, &mut out);
    }
    assert!(balancer.backends().all(|view| view.in_flight == 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_happens_breaks_a_promise(
        policy in policies(), rules in eligibilities(), steps in steps(),
    ) {
        run(policy, rules, steps);
    }

    #[test]
    fn shares_are_exact_over_a_cycle(weights in proptest::collection::vec(0..9_u32, 1..12)) {
        let cycle: u32 = weights.iter().sum();
        prop_assume!(cycle > 0);
        for policy in [PolicyConfig::SmoothWeightedRoundRobin, PolicyConfig::RoundRobin] {
            let mut balancer = balancer(policy, EligibilityConfig::default(), 0);
            for (id, &weight) in (0..).zip(&weights) {
                register(&mut balancer, id, BackendConfig { weight, ..Default::default() });
            }
            prop_assert_eq!(&counts(&mut balancer, weights.len(), cycle as usize), &weights);
        }
    }

    #[test]
    fn any_policy_configuration_is_refused_or_works(
        choices: u32, bias: f64, rtt: f64, decay: f64, min in 0..100_000_u32,
        max in 0..100_000_u32, size in 0..3000_u32, factor in 0..20_000_u32, quantile: f64,
    ) {
        let (default_rtt_ms, decay_ms, hash_balance_factor) = (rtt, decay, factor);
        for policy in [
            PolicyConfig::PowerOfChoices { choices },
            PolicyConfig::LeastRequest { choices, active_request_bias: bias },
            PolicyConfig::PeakEwma { default_rtt_ms, decay_ms },
            PolicyConfig::LeastResponseTime { default_rtt_ms, decay_ms },
            PolicyConfig::RingHash {
                minimum_ring_size: min, maximum_ring_size: max, hash_balance_factor,
            },
            PolicyConfig::Maglev { table_size: size, hash_balance_factor },
            PolicyConfig::BoundedLoad { hash_balance_factor },
            PolicyConfig::Prequal { hot_quantile: quantile },
        ] {
            let Ok(mut balancer) = Balancer::new(config(policy), Rng::new(3)) else { continue };
            for id in 0..3 {
                balancer.register(NOW, BackendId(id), Health::Healthy);
            }
            for _ in 0..10 {
                let _held = pick(&mut balancer);
            }
        }
    }

    /// Numbers out of any range: a configuration is refused with the field's name and value, or a
    /// balancer works with it, through failures and hours.
    #[test]
    fn any_rules_are_refused_or_work(
        seconds: [f64; 4], percents: [f64; 2], counts: [u32; 6], mild in 0..4_usize,
    ) {
        // Nearly every free number is out of range; some rounds have most of them within.
        let s = |i: usize| if i < mild { 1.0 + (seconds[i].abs() % 50.0) } else { seconds[i] };
        let n = |i: usize| if i < 2 * mild { counts[i] % 10 } else { counts[i] };
        let rules = EligibilityConfig {
            panic_threshold_percent: percents[0],
            minimum_healthy_count: n(0),
            slow_start: Some(SlowStart::Envoy {
                window_s: s(0), aggression: s(1), min_weight_percent: percents[1],
            }),
            outlier_detection: Some(OutlierConfig {
                consecutive_5xx: n(1),
                interval_s: s(2),
                base_ejection_time_s: s(3),
                max_ejection_percent: n(2),
                success_rate_minimum_hosts: n(3),
                ..OutlierConfig::default()
            }),
            localities: Localities::ZoneAware {
                local: n(4), balancers: vec![n(5), 1], min_cluster_size: n(0),
            },
            ..EligibilityConfig::default()
        };
        let health_check = HealthCheckConfig {
            interval_s: n(1), timeout_s: n(2), healthy_threshold: n(3), unhealthy_threshold: n(4),
        };
        for (rules, health_check) in [
            (rules.clone(), HealthCheckConfig::default()),
            (EligibilityConfig::default(), health_check.clone()),
            (rules, health_check),
        ] {
            let config = BalancerConfig { health_check, ..config(PolicyConfig::RoundRobin) };
            let mut balancer = match Balancer::with_eligibility(config, rules, Rng::new(3)) {
                Ok(balancer) => balancer,
                Err(error) => {
                    let out = !(error.value >= error.min && error.value <= error.max);
                    prop_assert!(out && !error.field.is_empty(), "{}", error);
                    continue;
                }
            };
            let mut out = Vec::new();
            for id in 0..4 {
                let config = BackendConfig { locality: id % 2, ..BackendConfig::default() };
                balancer.register_with(NOW, BackendId(id), Health::Healthy, config).unwrap();
            }
            for minute in 0..100 {
                let now = NOW + Span::from_s(60 * minute);
                balancer.handle_timeout(now, &mut out);
                if let Ok(pick) = balancer.pick(now, &Request::default()) {
                    balancer.complete(now, pick, Outcome::Response(500), &mut out);
                }
                out.clear();
            }
        }
    }

    #[test]
    fn any_request_rules_are_refused_or_work(
        ms: [f64; 4], percents: [f64; 2], counts: [u32; 4], mild: bool, affinity_s: f64,
    ) {
        let m = |i: usize| if mild { ms[i].abs() % 1e7 } else { ms[i] };
        let retry = RetryConfig {
            max_retries: counts[0] % 15,
            per_try_timeout_ms: m(0),
            backoff_ms: m(1),
            backoff_max_ms: m(2),
            budget_percent: if mild { percents[0].abs() % 1e5 } else { percents[0] },
            min_retries_per_s: m(3),
            ..RetryConfig::default()
        };
        let hedging = HedgingConfig {
            percentile: if mild { 50.0 + percents[1].abs() % 49.0 } else { percents[1] },
            min_samples: counts[1],
            window_s: m(3),
        };
        let limits = LimitsConfig { max_requests: counts[2], max_retries: counts[3],
            ..LimitsConfig::default() };
        let config = RequestConfig {
            timeout_ms: m(0),
            affinity: Some(AffinityConfig::ClientIp { ttl_s: affinity_s }),
            retry: Some(retry.clone()),
            hedging: Some(hedging.clone()),
            limits: Some(limits),
        };
        if let Err(error) = config.check() {
            prop_assert!(!(error.value >= error.min && error.value <= error.max), "{}", error);
        }
        let alone = |retry, hedging| RequestConfig { retry, hedging, ..RequestConfig::default() };
        if alone(Some(retry.clone()), None).check().is_ok() {
            let mut budget = retry.budget(NOW).expect("it was checked");
            let longest = Span::from_ms_f64(retry.backoff_ms.max(retry.backoff_max_ms));
            let mut rng = Rng::new(5);
            for number in [1, 2, 31, 32, 63, 64, u32::MAX] {
                budget.deposit(NOW);
                let _granted = budget.withdraw(NOW + Span::from_s(u64::from(number)));
                let wait = retry.backoff().map_or(Span::ZERO, |rule| rule.wait(number, &mut rng));
                prop_assert!(wait <= longest, "{:?} of {:?}", wait, longest);
            }
        }
        if alone(None, Some(hedging.clone())).check().is_ok() {
            let mut hedge = hedging.start(NOW);
            for latency in [Span::ZERO, Span::from_ms(5), Span::MAX] {
                hedge.record(NOW, latency);
                let _delay = hedge.delay("GET", false);
            }
        }
    }

    #[test]
    fn loads_of_levels_sum_to_a_hundred(
        levels in proptest::collection::vec((0..20_u64, 0..20_u64, 0..20_u64, 0..20_u64), 1..6),
        threshold in 0..=100_u32, overprovisioning in 100..10_000_u32,
    ) {
        let levels: Vec<Level> = levels
            .into_iter()
            .map(|(healthy, degraded, unhealthy, excluded)| {
                let hosts = healthy + degraded + unhealthy + excluded;
                Level::new(hosts, excluded, healthy, degraded, overprovisioning)
            })
            .collect();
        let loads = PriorityLoads::new(&levels, f64::from(threshold));
        let sum: u32 = loads.healthy.iter().chain(&loads.degraded).sum();
        prop_assert_eq!(sum, 100, "{:?}", loads);
        prop_assert!((0..100).all(|hash| loads.choose(hash).is_some()));
    }
}
