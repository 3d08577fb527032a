//! Tests of the whole balancer: rules of eligibility by example, promises by property.

mod eligibility;
mod explain;
mod membership;
mod policies;
mod properties;

use super::*;
use crate::id::BackendId;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};

const NOW: Timestamp = Timestamp::from_s(1000);

fn config(policy: PolicyConfig) -> BalancerConfig {
    let health_check = HealthCheckConfig::default();
    BalancerConfig { policy, health_check, deregistration_delay: Span::from_s(300) }
}

/// A balancer with `n` healthy backends, numbered from 0.
fn balancer(policy: PolicyConfig, rules: EligibilityConfig, n: u32) -> Balancer {
    let mut balancer = Balancer::with_eligibility(config(policy), rules, Rng::new(7)).unwrap();
    for id in 0..n {
        balancer.register(NOW, BackendId(id), Health::Healthy);
    }
    balancer
}

fn register(balancer: &mut Balancer, id: u32, config: BackendConfig) {
    balancer.register_with(NOW, BackendId(id), Health::Healthy, config).unwrap();
}

fn pick(balancer: &mut Balancer) -> Pick {
    balancer.pick(NOW, &Request::default()).unwrap()
}

/// Picks once and gives the pick back after `latency`.
fn serve(balancer: &mut Balancer, at: Timestamp, latency: Span, outcome: Outcome) -> u32 {
    let pick = balancer.pick(at, &Request::default()).unwrap();
    let BackendId(id) = pick.backend();
    balancer.complete(at + latency, pick, outcome, &mut Vec::new());
    id
}

/// How often each of `n` backends is picked in `picks` requests that end at once.
fn counts(balancer: &mut Balancer, n: usize, picks: usize) -> Vec<u32> {
    let mut counts = vec![0; n];
    for _ in 0..picks {
        counts[serve(balancer, NOW, Span::ZERO, Outcome::Response(200)) as usize] += 1;
    }
    counts
}
