//! What each policy promises, by example.

use super::*;
use std::collections::BTreeMap;

fn fresh(policy: PolicyConfig, n: u32) -> Balancer {
    balancer(policy, EligibilityConfig::default(), n)
}

fn weighted(policy: PolicyConfig, weights: &[u32]) -> Balancer {
    let mut balancer = fresh(policy, 0);
    for (id, &weight) in (0..).zip(weights) {
        register(&mut balancer, id, BackendConfig { weight, ..Default::default() });
    }
    balancer
}

/// Where `keys` keys go.
fn places(balancer: &mut Balancer, keys: u32) -> BTreeMap<u32, u32> {
    (0..keys)
        .map(|i| {
            let key = format!("user-{i}");
            let request = Request { key: Some(key.as_bytes()), ..Request::default() };
            let pick = balancer.pick(NOW, &request).unwrap();
            let BackendId(id) = pick.backend();
            balancer.complete(NOW, pick, Outcome::Response(200), &mut Vec::new());
            (i, id)
        })
        .collect()
}

const TABLES: [PolicyConfig; 3] = [
    PolicyConfig::Ketama,
    PolicyConfig::RingHash {
        minimum_ring_size: 16_384,
        maximum_ring_size: 65_536,
        hash_balance_factor: 0,
    },
    PolicyConfig::Maglev { table_size: 65_537, hash_balance_factor: 0 },
];

#[test]
fn every_policy_is_named_as_in_documents_and_read_back() {
    for policy in PolicyConfig::ALL {
        policy.check().unwrap();
        let json = serde_json::to_value(&policy).unwrap();
        assert_eq!(json["type"], policy.name());
        let short = serde_json::json!({ "type": policy.name() });
        assert_eq!(serde_json::from_value::<PolicyConfig>(short).unwrap(), policy);
    }
}

#[test]
fn a_key_moves_only_with_its_backend() {
    const KEYS: u32 = 10_000;
    for policy in TABLES {
        let mut balancer = fresh(policy.clone(), 10);
        let before = places(&mut balancer, KEYS);
        balancer.set_health(Timestamp::ZERO, BackendId(4), Health::Unhealthy, &mut Vec::new());
        let after = places(&mut balancer, KEYS);
        let moved = before.iter().filter(|(key, place)| after[key] != **place).count();
        let owned = before.values().filter(|&&place| place == 4).count();
        let others = moved - owned;
        assert!((600..1500).contains(&owned), "{policy:?}: {owned} of {KEYS} keys on one of ten");
        // Ketama moves nobody else. Maglev's documented extra is about half a percent. Envoy's ring
        // keeps its size: the others get more points, which take keys from each other.
        let bound = match policy.name() {
            "ketama" => 0,
            "maglev" => KEYS as usize / 100,
            _ => KEYS as usize / 10,
        };
        assert!(others <= bound, "{policy:?}: {others} other keys moved");
        balancer.set_health(Timestamp::ZERO, BackendId(4), Health::Healthy, &mut Vec::new());
        assert_eq!(places(&mut balancer, KEYS), before);
    }
}

#[test]
fn a_retry_goes_on_along_the_table() {
    for policy in TABLES {
        let mut balancer = fresh(policy.clone(), 5);
        let pick = |balancer: &mut Balancer, tried: &[BackendId]| {
            let request = Request { tried, key: Some(b"k"), ..Request::default() };
            balancer.pick(NOW, &request).map(|pick| pick.backend())
        };
        let first = pick(&mut balancer, &[]).unwrap();
        let second = pick(&mut balancer, &[first]).unwrap();
        assert_ne!(first, second, "{policy:?}");
        assert_eq!(pick(&mut balancer, &[first]), Ok(second), "{policy:?}: not by chance");
    }
}

#[test]
fn bounded_loads_hold() {
    let policies = [
        PolicyConfig::BoundedLoad { hash_balance_factor: 125 },
        PolicyConfig::Maglev { table_size: 65_537, hash_balance_factor: 125 },
    ];
    for policy in policies {
        let mut balancer = fresh(policy.clone(), 8);
        // One key only: without a bound, one backend would get everything.
        let request = Request { key: Some(b"hot"), ..Request::default() };
        let held: Vec<Pick> = (0..400).map(|_| balancer.pick(NOW, &request).unwrap()).collect();
        let most = balancer.backends().map(|view| view.in_flight).max().unwrap();
        // Capacity: 125 % of an eighth of 400, rounded up.
        assert!(most <= 63 + 1, "{policy:?}: {most}");
        for pick in held {
            balancer.complete(NOW, pick, Outcome::Response(200), &mut Vec::new());
        }
    }
}

/// Who says that it takes weights picks otherwise with them, who does not picks as if they were not
/// there: a warning to users rests on it.
#[test]
fn policies_take_weights_as_they_say() {
    let picks = |policy: &PolicyConfig, weights: &[u32]| -> Vec<u32> {
        let mut balancer = weighted(policy.clone(), weights);
        let mut held = std::collections::VecDeque::new();
        (0..400_u32)
            .map(|n| {
                let now = NOW + Span::from_ms(u64::from(n) * 10);
                let client = Some(std::net::IpAddr::from([10, 0, n as u8 % 50, 1]));
                let request = Request { client, ..Request::default() };
                let pick = balancer.pick(now, &request).unwrap();
                let BackendId(id) = pick.backend();
                held.push_back(pick);
                if held.len() > 4 {
                    let oldest = held.pop_front().unwrap();
                    balancer.complete(now, oldest, Outcome::Response(200), &mut Vec::new());
                }
                id
            })
            .collect()
    };
    for policy in PolicyConfig::ALL {
        let differs = picks(&policy, &[1, 1, 1]) != picks(&policy, &[9, 1, 1]);
        assert_eq!(differs, policy.takes_weights(), "{}", policy.name());
    }
}

#[test]
fn weighted_policies_follow_the_weights() {
    for policy in [
        PolicyConfig::RoundRobin,
        PolicyConfig::SmoothWeightedRoundRobin,
        PolicyConfig::LeastRequest { choices: 2, active_request_bias: 0.0 },
    ] {
        let mut balancer = weighted(policy.clone(), &[5, 0, 3, 2]);
        assert_eq!(counts(&mut balancer, 4, 100), [50, 0, 30, 20], "{policy:?}");
    }
    for policy in [PolicyConfig::Random, PolicyConfig::AutomaticTargetWeights] {
        let mut balancer = weighted(policy, &[5, 0, 3, 2]);
        let counts = counts(&mut balancer, 4, 100_000);
        for (count, expected) in counts.iter().zip([50_000_i64, 0, 30_000, 20_000]) {
            assert!((i64::from(*count) - expected).abs() < 1000, "{counts:?}");
        }
    }
}

#[test]
fn expected_wait_steers_away_from_the_slow() {
    let (default_rtt_ms, decay_ms) = (30.0, 10_000.0);
    for policy in [
        PolicyConfig::PeakEwma { default_rtt_ms, decay_ms },
        PolicyConfig::LeastResponseTime { default_rtt_ms, decay_ms },
    ] {
        let mut balancer = fresh(policy.clone(), 4);
        let mut slow = 0;
        for i in 0..2000 {
            let at = NOW + Span::from_ms(i * 5);
            let pick = balancer.pick(at, &Request::default()).unwrap();
            let is_slow = pick.backend() == BackendId(0);
            slow += u32::from(is_slow);
            let latency = Span::from_ms(if is_slow { 900 } else { 10 });
            balancer.complete(at + latency, pick, Outcome::Response(200), &mut Vec::new());
        }
        assert!(slow < 100, "{policy:?} sent {slow} of 2,000 to the slow one");
    }
}

#[test]
fn unusual_errors_cost_weight_and_recovery_brings_it_back() {
    let mut balancer = fresh(PolicyConfig::AutomaticTargetWeights, 4);
    let mut run = |from_s: u64, to_s: u64, broken: bool| {
        let mut hits = 0;
        for i in from_s * 50..to_s * 50 {
            let at = NOW + Span::from_ms(i * 20);
            let pick = balancer.pick(at, &Request::default()).unwrap();
            let is_first = pick.backend() == BackendId(0);
            hits += u32::from(is_first);
            let status = if is_first && broken { 500 } else { 200 };
            balancer.complete(at, pick, Outcome::Response(status), &mut Vec::new());
        }
        hits
    };
    assert!(run(0, 10, false) > 90);
    run(10, 120, true);
    let mitigated = run(120, 130, true);
    assert!(mitigated < 25, "{mitigated} of 500 in ten seconds");
    run(130, 260, false);
    assert!(run(260, 270, false) > 90);
}

#[test]
fn idle_backends_are_joined_first() {
    let mut balancer = fresh(PolicyConfig::JoinIdleQueue, 3);
    let mut held: Vec<Pick> = (0..3).map(|_| pick(&mut balancer)).collect();
    assert!(balancer.backends().all(|view| view.in_flight == 1));
    let freed = held.swap_remove(1);
    let id = freed.backend();
    balancer.complete(NOW, freed, Outcome::Response(200), &mut Vec::new());
    assert_eq!(pick(&mut balancer).backend(), id);
}

#[test]
fn reports_of_load_decide_while_they_are_fresh() {
    let mut balancer = fresh(PolicyConfig::Prequal { hot_quantile: 0.75 }, 4);
    let first = pick(&mut balancer);
    let mut asked = 0;
    while balancer.next_load_probe(NOW).is_some() {
        asked += 1;
    }
    assert_eq!(asked, 3);
    for (id, in_flight, ms) in [(0, 9, 1), (1, 2, 30), (2, 1, 20), (3, 2, 40)] {
        let report = LoadReport { in_flight, latency: Span::from_ms(ms) };
        balancer.record_load(NOW, BackendId(id), report);
    }
    // 0 is hot however quick it is; of the cold, 2 has the least latency.
    assert_eq!(pick(&mut balancer).backend(), BackendId(2));
    balancer.complete(NOW, first, Outcome::Response(200), &mut Vec::new());
}

#[test]
fn all_hot_means_least_in_flight() {
    let report = |in_flight, ms| LoadReport { in_flight, latency: Span::from_ms(ms) };
    let choose = policy::hot_cold_choice;
    assert_eq!(choose(&[], 0.75), None);
    assert_eq!(choose(&[report(5, 1), report(3, 9)], 0.0), Some(1));
    assert_eq!(choose(&[report(9, 1), report(1, 7), report(1, 5)], 0.5), Some(2));
}

#[test]
fn clients_of_one_network_meet_and_those_of_a_failed_backend_move() {
    let mut balancer = fresh(PolicyConfig::IpHash, 5);
    let place = |balancer: &mut Balancer, ip: [u8; 4]| {
        let request = Request { client: Some(ip.into()), ..Request::default() };
        balancer.pick(NOW, &request).unwrap().backend()
    };
    assert_eq!(place(&mut balancer, [10, 1, 2, 3]), place(&mut balancer, [10, 1, 2, 200]));
    let before: Vec<_> = (0..=255).map(|b| place(&mut balancer, [10, b, 0, 1])).collect();
    let failed = BackendId(3);
    balancer.set_health(Timestamp::ZERO, failed, Health::Unhealthy, &mut Vec::new());
    for (b, before) in (0..=255).zip(before) {
        let after = place(&mut balancer, [10, b, 0, 1]);
        assert!(if before == failed { after != failed } else { after == before });
    }
}
