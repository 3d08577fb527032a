//! What is explained is what follows, and the numbers shown are those that decide.

use super::*;
use crate::balance::explain::{Considered, Course, Explanation, Rule, Standing};
use std::cmp::Ordering;

/// Equal up to rounding: logarithms order the same as what they are of, but for the last bits.
const ROUNDING: f64 = 1e-9;

/// Checks an explanation against the pick that followed it.
pub(super) fn check(told: &Explanation, picked: Result<BackendId, Unavailable>) {
    assert_eq!(told.choice, picked, "{told:?}");
    let Ok(picked) = picked else { return };
    let chosen = told.considered.iter().find(|it| it.backend == picked);
    let chosen = chosen.unwrap_or_else(|| panic!("{picked} is not told of: {told:?}"));
    if told.course != Course::Policy {
        return;
    }
    let candidates = || told.considered.iter().filter(|it| it.standing == Standing::Candidate);
    let drawn = || told.considered.iter().filter(|it| it.drawn);
    let least = |of: &dyn Fn(&Considered) -> f64,
                 mut among: Box<dyn Iterator<Item = &Considered> + '_>| {
        let allowed = of(chosen) - ROUNDING * (1.0 + of(chosen).abs());
        assert!(among.all(|it| of(it) >= allowed), "{chosen:?} is not the least of {told:?}");
    };
    let value = |it: &Considered| it.value.unwrap_or(f64::INFINITY);
    let in_flight = |it: &Considered| f64::from(it.in_flight);
    match told.rule {
        Rule::Turn | Rule::LongestIdle | Rule::Ring | Rule::Table => {
            assert_eq!(chosen.value, Some(0.0), "{told:?}");
        }
        Rule::Deadline | Rule::FewestPerWeight | Rule::ShortestWait => {
            least(&value, Box::new(candidates()));
        }
        Rule::Credit => least(&|it| -value(it), Box::new(candidates())),
        Rule::FewestInFlight => least(&in_flight, Box::new(candidates())),
        Rule::FewestOfDraws => {
            assert!(chosen.drawn, "{told:?}");
            least(&in_flight, Box::new(drawn()));
        }
        Rule::FewestPerWeightOfTwo if drawn().count() < 2 => {}
        Rule::FewestPerWeightOfTwo | Rule::ShortestWaitOfTwo => {
            assert!(chosen.drawn, "{told:?}");
            least(&value, Box::new(drawn()));
        }
        Rule::HotCold => assert!(chosen.drawn && chosen.value.is_some(), "{told:?}"),
        Rule::BoundedRing | Rule::BoundedTable => {
            let all_over = candidates().next().is_none();
            assert!(all_over || chosen.standing == Standing::Candidate, "{told:?}");
        }
        Rule::Random | Rule::RandomByFailures | Rule::NobodyIdle | Rule::Network => {
            assert_eq!(chosen.standing, Standing::Candidate, "{told:?}");
        }
    }
}

/// Every policy explains itself under a load that makes backends differ.
#[test]
fn every_policy_explains_its_picks() {
    for policy in PolicyConfig::ALL {
        let mut balancer = balancer(policy.clone(), EligibilityConfig::default(), 0);
        for id in 0..7 {
            register(&mut balancer, id, BackendConfig { weight: 1 + id % 3, ..Default::default() });
        }
        let mut held = std::collections::VecDeque::new();
        for step in 0..500_u64 {
            let now = NOW + Span::from_ms(step);
            let key = (step * 7_919 % 97).to_string();
            let request = Request { key: Some(key.as_bytes()), ..Request::default() };
            let told = balancer.explain(now, &request);
            assert_eq!(told, balancer.explain(now, &request), "asking changes something");
            let pick = balancer.pick(now, &request).unwrap();
            check(&told, Ok(pick.backend()));
            held.push_back(pick);
            if step % 3 != 0
                && let Some(pick) = held.pop_front()
            {
                let status = if pick.backend().0 == 2 { 500 } else { 200 };
                balancer.complete(now, pick, Outcome::Response(status), &mut Vec::new());
            }
        }
    }
}

/// Whoever could not be chosen is told of with the reason.
#[test]
fn everybody_who_is_left_out_has_a_reason() {
    let mut balancer = balancer(PolicyConfig::RoundRobin, EligibilityConfig::default(), 4);
    register(&mut balancer, 4, BackendConfig { weight: 0, ..Default::default() });
    register(&mut balancer, 5, BackendConfig { max_in_flight: 1, ..Default::default() });
    balancer.register(NOW, BackendId(6), Health::Initial);
    let mut out = Vec::new();
    balancer.set_health(NOW, BackendId(1), Health::Unhealthy, &mut out);
    let pick = balancer.pick_backend(NOW, BackendId(2)).unwrap();
    balancer.drain(NOW, BackendId(2), &mut out);
    balancer.set_maintenance(BackendId(3));
    let full = balancer.pick_backend(NOW, BackendId(5)).unwrap();
    let tried = [BackendId(0)];
    let told = balancer.explain(NOW, &Request::default());
    let standings: Vec<Standing> = told.considered.iter().map(|it| it.standing).collect();
    let expected = [
        Standing::Candidate,
        Standing::Unhealthy,
        Standing::Draining,
        Standing::Maintenance,
        Standing::NoWeight,
        Standing::Full,
        Standing::Unchecked,
    ];
    assert_eq!(standings, expected);
    assert_eq!((told.choice, told.rule), (Ok(BackendId(0)), Rule::Turn));
    let again = balancer.explain(NOW, &Request { tried: &tried, ..Request::default() });
    assert_eq!(again.course, Course::Again);
    assert_eq!(again.considered.first().map(|it| it.standing), Some(Standing::Tried));
    for pick in [pick, full] {
        balancer.complete(NOW, pick, Outcome::Response(200), &mut out);
    }
    let loads = told.considered.iter().map(|it| it.in_flight);
    assert_eq!(loads.max().map(|most| most.cmp(&1)), Some(Ordering::Equal));
}
