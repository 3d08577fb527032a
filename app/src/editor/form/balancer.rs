//! Which settings a load balancer has: its policy with parameters, its health check, draining, who
//! may serve, what it does around a pick.

use super::eligibility::eligibility_parts;
use super::parts::{Options, choice, real, section, whole};
use super::requests::request_parts;
use super::{Part, Unit};
use shared::balance::PolicyConfig;
use shared::design::Balancer;

/// Every policy by its name in documents, with the key of its name for people. Those that look at
/// the client, or ask servers for their load, come last.
const POLICIES: Options = &[
    ("round_robin", "policy-round-robin"),
    ("least_outstanding_requests", "policy-least-outstanding-requests"),
    ("power_of_choices", "policy-power-of-choices"),
    ("smooth_weighted_round_robin", "policy-smooth-weighted-round-robin"),
    ("least_request", "policy-least-request"),
    ("least_connections", "policy-least-connections"),
    ("random", "policy-random"),
    ("random_two", "policy-random-two"),
    ("automatic_target_weights", "policy-automatic-target-weights"),
    ("peak_ewma", "policy-peak-ewma"),
    ("least_response_time", "policy-least-response-time"),
    ("join_idle_queue", "policy-join-idle-queue"),
    ("ip_hash", "policy-ip-hash"),
    ("ring_hash", "policy-ring-hash"),
    ("ketama", "policy-ketama"),
    ("maglev", "policy-maglev"),
    ("bounded_load", "policy-bounded-load"),
    ("prequal", "policy-prequal"),
];
/// The key of a policy's name for people.
pub fn policy_key(policy: &PolicyConfig) -> &'static str {
    let name = policy.name();
    POLICIES.iter().find(|(known, _)| *known == name).map_or("field-policy", |(_, key)| key)
}

pub(super) fn balancer_form(balancer: &Balancer) -> Vec<Part> {
    let mut parts = vec![choice("policy.type", "field-policy", &balancer.policy, POLICIES)];
    parts.extend(policy_parameters(&balancer.policy));
    let check = &balancer.health_check;
    let path = |name: &str| format!("health_check.{name}");
    let threshold =
        |name: &str, label, value| whole(&path(name), label, value, 1, 10, Unit::Checks);
    let (healthy, unhealthy) = (check.healthy_threshold, check.unhealthy_threshold);
    let check = vec![
        whole(&path("interval_s"), "field-interval", check.interval_s, 1, 300, Unit::Seconds),
        whole(&path("timeout_s"), "field-timeout", check.timeout_s, 1, 120, Unit::Seconds),
        threshold("healthy_threshold", "field-healthy-threshold", healthy),
        threshold("unhealthy_threshold", "field-unhealthy-threshold", unhealthy),
    ];
    parts.push(section("section-health-check", check));
    let (path, delay) = ("deregistration_delay_s", balancer.deregistration_delay_s);
    parts.push(whole(path, "field-deregistration-delay", delay, 0, 3_600, Unit::Seconds));
    let (instances, lag) = (balancer.instances, balancer.health_lag_s);
    let spread = vec![
        whole("instances", "field-balancer-instances", instances, 1, 64, Unit::None),
        whole("health_lag_s", "field-health-lag", lag, 0, 120, Unit::Seconds),
    ];
    parts.push(section("section-balancer-instances", spread));
    parts.extend(eligibility_parts(&balancer.eligibility));
    parts.extend(request_parts(&balancer.requests));
    parts
}

/// The parameters that a policy has beside its name, with the ranges that its check allows.
fn policy_parameters(policy: &PolicyConfig) -> Vec<Part> {
    let count = |name: &str, label, value, min, max| {
        whole(&format!("policy.{name}"), label, value, min, max, Unit::None)
    };
    let choices = |choices| whole("policy.choices", "field-choices", choices, 1, 32, Unit::Servers);
    let ms = |name: &str, label, value, min, max| {
        real(&format!("policy.{name}"), label, value, min, max, Unit::Milliseconds)
    };
    let percent = |factor, min| {
        let (path, label) = ("policy.hash_balance_factor", "field-hash-balance-factor");
        whole(path, label, factor, min, 10_000, Unit::Percent)
    };
    let number = |name: &str, label, value, max| {
        real(&format!("policy.{name}"), label, value, 0.0, max, Unit::None)
    };
    match *policy {
        PolicyConfig::PowerOfChoices { choices: drawn } => vec![choices(drawn)],
        PolicyConfig::LeastRequest { choices: drawn, active_request_bias: bias } => vec![
            choices(drawn),
            number("active_request_bias", "field-active-request-bias", bias, 10.0),
        ],
        PolicyConfig::PeakEwma { default_rtt_ms, decay_ms }
        | PolicyConfig::LeastResponseTime { default_rtt_ms, decay_ms } => vec![
            ms("default_rtt_ms", "field-default-rtt", default_rtt_ms, 0.0, 60_000.0),
            ms("decay_ms", "field-decay", decay_ms, 1.0, 3_600_000.0),
        ],
        PolicyConfig::RingHash {
            minimum_ring_size: min,
            maximum_ring_size: max,
            hash_balance_factor,
        } => {
            vec![
                count("minimum_ring_size", "field-minimum-ring-size", min, 1, max),
                count("maximum_ring_size", "field-maximum-ring-size", max, 1, 8_388_608),
                percent(hash_balance_factor, 0),
            ]
        }
        PolicyConfig::Maglev { table_size, hash_balance_factor } => vec![
            count("table_size", "field-table-size", table_size, 2, 5_000_011),
            percent(hash_balance_factor, 0),
        ],
        PolicyConfig::BoundedLoad { hash_balance_factor } => {
            vec![percent(hash_balance_factor, 101)]
        }
        PolicyConfig::Prequal { hot_quantile } => {
            vec![number("hot_quantile", "field-hot-quantile", hot_quantile, 1.0)]
        }
        PolicyConfig::RoundRobin
        | PolicyConfig::LeastOutstandingRequests
        | PolicyConfig::SmoothWeightedRoundRobin
        | PolicyConfig::LeastConnections
        | PolicyConfig::Random
        | PolicyConfig::RandomTwo
        | PolicyConfig::AutomaticTargetWeights
        | PolicyConfig::JoinIdleQueue
        | PolicyConfig::IpHash
        | PolicyConfig::Ketama => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every policy of the core has a name for people, and no other has.
    #[test]
    fn every_policy_has_a_name() {
        let mut named: Vec<&str> = POLICIES.iter().map(|(name, _)| *name).collect();
        let mut core: Vec<&str> = PolicyConfig::ALL.iter().map(PolicyConfig::name).collect();
        named.sort_unstable();
        core.sort_unstable();
        assert_eq!(named, core);
    }
}
