//! What holds whatever is configured and whatever happens.

use super::*;
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
                if let Ok(pick) = balancer.pick(now, &request) {
                    check_pick(&balancer, pick.backend(), &request, panics);
                    let in_flight = balancer.view(pick.backend()).unwrap().in_flight;
                    let limit = limits[&pick.backend().0];
                    // A limit that was lowered afterwards counts from the next pick on.
                    assert!(limit == 0 || in_flight <= limit, "{in_flight} of {limit}");
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
