//! What a balancer does around its picks: affinity, retries, second copies, limits.

use super::balancing::{farm, shares};
use super::*;
use crate::balance::PolicyConfig;
use crate::balance::request::affinity::AffinityConfig;
use crate::balance::request::config::{
    HedgingConfig, LimitsConfig, RequestConfig, RetryConfig, RetryOn,
};
use crate::design::{Balancer, Dependency, Group, Source, validate};
use crate::dist::Law;

fn with(requests: RequestConfig) -> Balancer {
    Balancer { requests, ..Balancer::default() }
}

fn sticky(affinity: AffinityConfig) -> Balancer {
    with(RequestConfig { affinity: Some(affinity), ..RequestConfig::default() })
}

/// The result, its balancer's tally, and the requests that its servers saw in all.
fn outcome(design: &Design, seconds: u64) -> (RunResult, RequestTally, u64) {
    let result = run(design, seconds);
    assert!(result.checks.conserved && result.checks.little_holds, "{:?}", result.checks);
    let tally = result.nodes.iter().find_map(|node| node.rules).unwrap_or_default();
    let kind = |id| design.node(id).map(|node| node.settings.kind());
    let servers = result.nodes.iter().filter(|n| kind(n.id) == Some(NodeKind::Dependency));
    let served = servers.map(|node| node.requests).sum();
    (result, tally, served)
}

/// Servers of a farm work on one request at a time and let `queue_max` wait.
fn narrow(design: &mut Design, queue_max: u32) {
    for node in design.nodes.values_mut() {
        if let Settings::Dependency(dependency) = &mut Arc::make_mut(node).settings {
            *dependency = Dependency { workers: 1, queue_max, ..dependency.clone() };
        }
    }
}

#[test]
fn clients_stick_to_their_servers() {
    let of = |clients, client_skew, balancer| {
        let source = Source { clients, client_skew, ..Source::default() };
        let (design, servers) = farm(source, balancer, &[5.0; 4]);
        let mut shares = shares(&design, &servers);
        shares.sort_unstable();
        shares
    };
    let cookie = || sticky(AffinityConfig::default());
    assert_eq!(of(1, 0.0, cookie())[..3], [0; 3], "one client, one server");
    let two = of(2, 0.0, cookie());
    assert_eq!(two[..2], [0; 2], "two clients in turn, two servers: {two:?}");
    assert!(two[2] * 10 > two[3] * 9, "{two:?}");
    let turns = of(500, 2.0, Balancer::default());
    assert!(turns[3] - turns[0] <= 1, "without sessions in turn: {turns:?}");
    // By Zipf's law with exponent 2 the first client alone makes 61 % of the requests.
    let skewed = of(500, 2.0, cookie());
    let all: u64 = skewed.iter().sum();
    assert!(skewed[3] * 100 > all * 60 && skewed[0] > 0, "{skewed:?}");
}

/// A cookie with a fixed end sends its client on after its time; one that is renewed does not.
#[test]
fn sessions_end_with_their_time() {
    let of = |affinity| {
        let source = Source { clients: 1, ..Source::default() };
        let (mut design, servers) = farm(source, sticky(affinity), &[5.0; 4]);
        for node in design.nodes.values_mut() {
            if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
                source.traffic = Traffic::Constant { rate_per_s: 1.0 };
            }
        }
        design.run.duration_s = 7_200;
        let result = run(&design, 7_200);
        let requests = |id| result.nodes.iter().find(|node| node.id == id).unwrap().requests;
        servers.iter().map(|&id| requests(id)).collect::<Vec<_>>()
    };
    let fixed = of(AffinityConfig::Cookie { ttl_s: 1_800.0 });
    assert!(fixed.iter().all(|&n| (1_600..2_000).contains(&n)), "{fixed:?}");
    let renewed = of(AffinityConfig::DurationCookie { duration_s: 1_800.0 });
    assert_eq!(renewed.iter().filter(|&&n| n > 0).count(), 1, "{renewed:?}");
    // An idle client is forgotten: at one request a second, gaps beyond 3 s are common.
    let idle = of(AffinityConfig::ClientIp { ttl_s: 3.0 });
    assert!(idle.iter().all(|&n| n > 500), "{idle:?}");
}

/// A source with `clients`, a balancer and a group of three.
fn group_of_three(balancer: Balancer, clients: u32) -> (Design, NodeId) {
    let mut design = Design::default();
    let traffic = Traffic::Constant { rate_per_s: 50.0 };
    let source = Settings::Source(Source { traffic, clients, ..Source::default() });
    let source = design.add_node("Clients", 0, 0, source);
    let balancer = design.add_node("Balancer", 300, 0, Settings::Balancer(balancer));
    let group = Group {
        min_size: 1,
        desired_capacity: 3,
        max_size: 3,
        service: Law::Exponential { mean_ms: 10.0 },
        policies: Vec::new(),
        ..Group::default()
    };
    let group = design.add_node("Servers", 600, 0, Settings::Group(group));
    design.add_link(source, balancer);
    design.add_link(balancer, group);
    (design, group)
}

/// The one client's server dies, or drains: the client goes to another one and stays there.
#[test]
fn a_session_outlives_its_server() {
    for affinity in AffinityConfig::ALL {
        let (design, group) = group_of_three(sticky(affinity), 1);
        assert_eq!(validate(&design), []);
        let mut sim = Simulation::new(&design).unwrap();
        sim.run_until(Timestamp::from_s(30), StepBudget::UNLIMITED);
        let mut frame = sim.frame().nodes.into_iter();
        let backends = frame.find_map(|node| match node {
            NodeFrame::Balancer(balancer) => Some(balancer.backends),
            _ => None,
        });
        let mut used = backends.unwrap();
        used.retain(|backend| backend.picks > 0);
        let [BackendFrame { instance, .. }] = used[..] else { panic!("{used:?}") };
        sim.apply(Command::crash(group, instance)).unwrap();
        sim.run_until(Timestamp::from_s(120), StepBudget::UNLIMITED);
        let failed = sim.totals().failed;
        assert!(failed > 0, "nobody notices at once that a server is dead");
        sim.run_until(Timestamp::from_s(300), StepBudget::UNLIMITED);
        assert_eq!(sim.totals().failed, failed, "the client goes elsewhere");
        // Going down to one server takes others out of service without losing a request.
        sim.apply(Command::desired_capacity(group, 1)).unwrap();
        sim.run_until(Timestamp::from_s(600), StepBudget::UNLIMITED);
        assert_eq!(sim.totals().failed, failed, "{affinity:?}");
        assert!(sim.result().checks.conserved);
    }
}

/// Two servers that can take half of what comes and let nobody wait.
fn overloaded(retry: RetryConfig, post_percent: f64) -> Design {
    let source = Source { post_percent, ..Source::default() };
    let balancer = with(RequestConfig { retry: Some(retry), ..RequestConfig::default() });
    let (mut design, _) = farm(source, balancer, &[20.0; 2]);
    narrow(&mut design, 0);
    design
}

/// Retries multiply an overload; a budget of 20 % lets it grow by 20 % and no more.
#[test]
fn a_retry_budget_bounds_a_retry_storm() {
    let retry = |budget_percent, min_retries_per_s| RetryConfig {
        on: RetryOn::GatewayError,
        max_retries: 3,
        budget_percent,
        min_retries_per_s,
        ..RetryConfig::default()
    };
    let (result, storm, served) = outcome(&overloaded(retry(100_000.0, 0.0), 0.0), 60);
    let requests = result.totals.arrived;
    assert!(storm.retries > requests, "{storm:?} of {requests}");
    assert_eq!(served, requests + storm.retries);
    let (result, bounded, served) = outcome(&overloaded(retry(20.0, 0.0), 0.0), 60);
    let requests = result.totals.arrived;
    assert!(bounded.retries * 5 <= requests + 5 && bounded.retries * 6 > requests, "{bounded:?}");
    assert_eq!(served, requests + bounded.retries);
    let (_, floor, _) = outcome(&overloaded(retry(0.0, 10.0), 0.0), 60);
    // Ten a second in any ten seconds, and the reserve of the start.
    assert!((600..=700).contains(&floor.retries), "{floor:?}");
}

/// What was sent once may have been done: `POST` is not sent again, whatever is configured.
#[test]
fn a_post_is_never_repeated_once_sent() {
    let retry = RetryConfig {
        on: RetryOn::ServerError,
        max_retries: 10,
        budget_percent: 100_000.0,
        per_try_timeout_ms: 15.0,
        ..RetryConfig::default()
    };
    let (posts, tally, served) = outcome(&overloaded(retry.clone(), 100.0), 60);
    assert_eq!((tally.retries, served), (0, posts.totals.arrived));
    let (_, tally, _) = outcome(&overloaded(retry, 0.0), 60);
    assert!(tally.retries > 1_000, "{tally:?}");
    // Who asks how is drawn apart from everything else.
    let plain = |post_percent| {
        let source = Source { post_percent, ..Source::default() };
        run(&farm(source, Balancer::default(), &[5.0; 2]).0, 60).digest
    };
    assert_eq!(plain(0.0), plain(50.0));
}

/// Ten servers, one of which is slow: copies go to a sound one, and the tail is gone.
#[test]
fn hedging_cuts_the_tail_of_one_slow_server() {
    let mut services = [5.0; 10];
    services[3] = 200.0;
    let of = |hedging| {
        let requests = RequestConfig { hedging, ..RequestConfig::default() };
        outcome(&farm(Source::default(), with(requests), &services).0, 120)
    };
    let (plain, _, _) = of(None);
    let hedging = HedgingConfig { percentile: 85.0, ..HedgingConfig::default() };
    let (hedged, tally, served) = of(Some(hedging));
    assert!(hedged.latency.p99_ms * 5.0 < plain.latency.p99_ms, "{:?}", hedged.latency);
    assert_eq!(served, hedged.totals.arrived + tally.copies);
    // 15 % and little more are slower than the 85th percentile.
    assert!(tally.copies * 100 < hedged.totals.arrived * 20, "{tally:?}");
    assert!(tally.copies_won * 2 > tally.copies, "{tally:?}");
    assert_eq!(hedged.totals.failed, 0);
}

#[test]
fn no_answer_comes_after_the_timeout() {
    let requests = RequestConfig { timeout_ms: 100.0, ..RequestConfig::default() };
    let (result, tally, served) =
        outcome(&farm(Source::default(), with(requests), &[50.0; 4]).0, 60);
    assert!(result.latency.max_ms <= 100.0, "{:?}", result.latency);
    let timeouts = result.totals.failed_by_cause[FailureCause::Timeout as usize];
    // exp(-2) of exponential times of mean 50 ms are over 100 ms.
    let share = timeouts as f64 / result.totals.arrived as f64;
    assert!((share - 0.1353).abs() < 0.015, "{share}");
    assert_eq!((tally.timeouts, served), (timeouts, result.totals.arrived));
    // A try that takes too long goes elsewhere: two tries of 50 ms time-out fail with exp(-1)^2.
    let retry = RetryConfig {
        per_try_timeout_ms: 50.0,
        backoff_ms: 0.0,
        budget_percent: 100_000.0,
        ..RetryConfig::default()
    };
    let requests = RequestConfig { retry: Some(retry), ..RequestConfig::default() };
    let (result, tally, _) = outcome(&farm(Source::default(), with(requests), &[50.0; 4]).0, 60);
    let share = 1.0 - result.availability;
    assert!((share - 0.1353).abs() < 0.015 && tally.retries > 0, "{share}");
    assert!(result.latency.max_ms <= 100.0, "{:?}", result.latency);
}

/// The limit of one request a server moves the queue into the balancer and changes nothing else:
/// the same M/M/1 queue, the same refusals of the same requests.
#[test]
fn a_queue_in_the_balancer_is_the_queue_at_the_server() {
    for (queue_max, refuses) in [(1_000, false), (3, true)] {
        let (mut at_server, _) = farm(Source::default(), Balancer::default(), &[4.5]);
        narrow(&mut at_server, queue_max);
        let limits = LimitsConfig {
            max_requests_per_backend: 1,
            max_pending_requests: queue_max,
            ..LimitsConfig::default()
        };
        let requests = RequestConfig { limits: Some(limits), ..RequestConfig::default() };
        let (mut at_balancer, _) = farm(Source::default(), with(requests), &[4.5]);
        narrow(&mut at_balancer, 0);
        let (server, _, _) = outcome(&at_server, 300);
        let (balancer, tally, _) = outcome(&at_balancer, 300);
        assert_eq!(server.totals, balancer.totals);
        assert_eq!(server.latency, balancer.latency);
        assert_eq!(tally.refused, balancer.totals.failed);
        assert_eq!(tally.refused > 0, refuses);
    }
}

/// A breaker for one request is a server without a queue (Erlang B): load / (1 + load) is lost.
#[test]
fn a_breaker_refuses_what_is_beyond_its_limit() {
    let limits = LimitsConfig { max_requests: 1, ..LimitsConfig::default() };
    let requests = RequestConfig { limits: Some(limits), ..RequestConfig::default() };
    let (result, tally, _) = outcome(&farm(Source::default(), with(requests), &[5.0]).0, 300);
    let lost = result.totals.failed as f64 / result.totals.arrived as f64;
    assert!((lost - 0.5).abs() < 0.01, "{lost}");
    assert_eq!(tally.refused, result.totals.failed);
    assert_eq!(
        result.totals.failed_by_cause[FailureCause::QueueFull as usize],
        result.totals.failed
    );
}

/// Everything at once, with servers that die: nothing is lost, and the same run comes twice.
#[test]
fn all_rules_together_lose_nothing() {
    let requests = RequestConfig {
        timeout_ms: 400.0,
        affinity: Some(AffinityConfig::default()),
        retry: Some(RetryConfig { per_try_timeout_ms: 60.0, ..RetryConfig::default() }),
        hedging: Some(HedgingConfig { min_samples: 20, ..HedgingConfig::default() }),
        limits: Some(LimitsConfig {
            max_requests_per_backend: 2,
            max_pending_requests: 5,
            ..LimitsConfig::default()
        }),
    };
    let digest = || {
        let (design, group) = group_of_three(with(requests.clone()), 40);
        let mut sim = Simulation::new(&design).unwrap();
        let source = source_of(&design);
        sim.apply(Command::rate_factor(source, 9.0)).unwrap();
        for crash_s in [20, 60, 61, 90] {
            sim.run_until(Timestamp::from_s(crash_s), StepBudget::UNLIMITED);
            let _ = sim.apply(Command::crash(group, None));
            assert!(sim.result().checks.conserved);
        }
        sim.run_until(Timestamp::from_s(120), StepBudget::UNLIMITED);
        let stopped = sim.apply(Command::rate_factor(source, 0.0));
        assert_eq!(stopped, Ok(()));
        sim.run_until(Timestamp::from_s(150), StepBudget::UNLIMITED);
        let result = sim.result();
        let tally = result.nodes.iter().find_map(|node| node.rules).unwrap();
        assert!(tally.retries > 0 && tally.copies > 0 && tally.refused > 0, "{tally:?}");
        assert_eq!(result.totals.in_flight, 0);
        result.digest
    };
    assert_eq!(digest(), digest());
}

#[test]
fn what_does_nothing_is_told_with_a_mend() {
    let codes = |design: &Design| -> Vec<&str> {
        validate(design).iter().map(|issue| issue.problem.code()).collect()
    };
    let (mut design, servers) =
        farm(Source::default(), sticky(AffinityConfig::default()), &[5.0; 2]);
    assert_eq!(codes(&design), ["no-clients"]);
    let hashing = Balancer { policy: PolicyConfig::IpHash, ..Balancer::default() };
    assert_eq!(codes(&farm(Source::default(), hashing, &[5.0; 2]).0), ["no-clients"]);
    for node in design.nodes.values_mut() {
        if let Settings::Balancer(balancer) = &mut Arc::make_mut(node).settings {
            balancer.policy = PolicyConfig::LeastOutstandingRequests;
        }
    }
    let set_weight = |design: &mut Design, weights: [u32; 2]| {
        for (server, weight) in servers.iter().zip(weights) {
            design.links.values_mut().filter(|l| l.to == *server).for_each(|l| l.weight = weight);
        }
    };
    // Nobody is preferred: by equal weights, or by none at all.
    for weights in [[5, 5], [0, 5]] {
        set_weight(&mut design, weights);
        assert_eq!(codes(&design), ["no-clients"], "{weights:?}");
    }
    set_weight(&mut design, [5, 1]);
    assert_eq!(codes(&design), ["no-clients", "weight-ignored"]);
    for _ in 0..2 {
        let mend = validate(&design).remove(0).mend.unwrap();
        design.apply(mend).unwrap();
    }
    assert_eq!(validate(&design), []);
    // Out of range, with the setting's name.
    let retry = Some(RetryConfig { max_retries: 99, ..RetryConfig::default() });
    let requests = RequestConfig { timeout_ms: f64::NAN, retry, ..RequestConfig::default() };
    let (mut design, _) = farm(Source::default(), with(requests), &[5.0; 2]);
    for field in ["requests.timeout_ms", "requests.retry.max_retries"] {
        let issue = validate(&design).remove(0);
        assert_eq!(issue.problem.field(), Some(field));
        design.apply(issue.mend.unwrap()).unwrap();
    }
    assert_eq!(validate(&design), []);
}
