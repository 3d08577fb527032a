//! What a drawing says of a balancer takes effect in a run.

use super::*;
use crate::balance::{EligibilityConfig, OutlierConfig, PolicyConfig, SlowStart};
use crate::design::{Balancer, Dependency, Source, validate};
use crate::dist::Law;

/// A source of 200 requests a second, a balancer, and a dependency for each service time.
pub(super) fn farm(
    source: Source,
    balancer: Balancer,
    services_ms: &[f64],
) -> (Design, Vec<NodeId>) {
    let mut design = Design::default();
    let traffic = Traffic::Constant { rate_per_s: 200.0 };
    let source = Settings::Source(Source { traffic, ..source });
    let source = design.add_node("Clients", 0, 0, source);
    let balancer = design.add_node("Balancer", 300, 0, Settings::Balancer(balancer));
    design.add_link(source, balancer);
    let mut server = |mean_ms: &f64| {
        let service = Law::Exponential { mean_ms: *mean_ms };
        let settings = Dependency { service, ..Dependency::default() };
        let id = design.add_node("Server", 600, 0, Settings::Dependency(settings));
        design.add_link(balancer, id);
        id
    };
    let servers = services_ms.iter().map(&mut server).collect();
    (design, servers)
}

fn with_policy(policy: PolicyConfig) -> Balancer {
    Balancer { policy, ..Balancer::default() }
}

/// Requests of each server in a run of a minute.
pub(super) fn shares(design: &Design, servers: &[NodeId]) -> Vec<u64> {
    let result = run(design, 60);
    let requests = |id: &NodeId| result.nodes.iter().find(|node| node.id == *id);
    servers.iter().map(|id| requests(id).map_or(0, |node| node.requests)).collect()
}

fn set_share(design: &mut Design, to: NodeId, weight: u32, priority: u32) {
    for link in design.links.values_mut().filter(|link| link.to == to) {
        (link.weight, link.priority) = (weight, priority);
    }
}

#[test]
fn weights_and_levels_of_links_decide() {
    let balancer = with_policy(PolicyConfig::SmoothWeightedRoundRobin);
    let (mut design, servers) = farm(Source::default(), balancer, &[5.0; 3]);
    set_share(&mut design, servers[0], 3, 0);
    set_share(&mut design, servers[2], 9, 1);
    let shares = shares(&design, &servers);
    assert!(shares[0].abs_diff(3 * shares[1]) <= 3, "{shares:?}");
    assert_eq!(shares[2], 0, "the second level waits");
}

#[test]
fn clients_give_hash_policies_something_to_go_by() {
    let share = |clients: u32, client_skew| {
        let source = Source { clients, client_skew, ..Source::default() };
        let (design, servers) = farm(source, with_policy(PolicyConfig::Ketama), &[5.0; 4]);
        let mut shares = shares(&design, &servers);
        shares.sort_unstable();
        shares
    };
    assert_eq!(share(1, 0.0)[..3], [0; 3], "one client, one server");
    let even = share(100_000, 0.0);
    assert!(even[0] * 2 > even[3], "{even:?}");
    let skewed = share(100_000, 2.0);
    assert!(skewed[3] > even[3] * 3 / 2, "{skewed:?}");
}

/// Who asks is drawn apart from everything else.
#[test]
fn clients_shift_no_draws() {
    let digest = |clients| {
        let source = Source { clients, ..Source::default() };
        let policy = PolicyConfig::PowerOfChoices { choices: 2 };
        run(&farm(source, with_policy(policy), &[5.0; 4]).0, 60).digest
    };
    assert_eq!(digest(0), digest(1_000));
}

/// Servers that say how busy they are keep requests from the slow one.
#[test]
fn prequal_hears_of_the_load() {
    let policy = PolicyConfig::ALL.into_iter().find(|policy| policy.name() == "prequal");
    for latency_ms in [0.0, 3.0] {
        let balancer = with_policy(policy.clone().unwrap());
        let (mut design, servers) = farm(Source::default(), balancer, &[5.0, 5.0, 60.0]);
        design.links.values_mut().for_each(|link| link.latency_ms = latency_ms);
        let shares = shares(&design, &servers);
        assert!(shares[2] * 4 < shares[0].min(shares[1]), "{latency_ms} ms: {shares:?}");
    }
}

/// A server whose queue is full says 503; outlier detection keeps requests from it for a while.
#[test]
fn outlier_detection_works_in_a_run() {
    let failed = |outlier_detection| {
        let eligibility = EligibilityConfig { outlier_detection, ..EligibilityConfig::default() };
        let (mut design, servers) =
            farm(Source::default(), Balancer { eligibility, ..Balancer::default() }, &[5.0; 2]);
        let node = design.nodes.get_mut(&servers[0]).unwrap();
        if let Settings::Dependency(server) = &mut Arc::make_mut(node).settings {
            server.service = Law::Constant { mean_ms: 2_000.0 };
            (server.workers, server.queue_max) = (1, 0);
        }
        run(&design, 60).totals.failed
    };
    let detection = OutlierConfig { max_ejection_percent: 50, ..OutlierConfig::default() };
    let (without, with) = (failed(None), failed(Some(detection)));
    assert!(with * 5 < without, "{with} of {without}");
}

/// A server that joins gets its share little by little.
#[test]
fn slow_start_works_in_a_run() {
    let newcomer = |slow_start| {
        let mut design = presets::seven_steps();
        let group = group_of(&design);
        for node in design.nodes.values_mut() {
            match &mut Arc::make_mut(node).settings {
                Settings::Balancer(balancer) => {
                    balancer.policy = PolicyConfig::RoundRobin;
                    balancer.eligibility.slow_start = slow_start;
                }
                Settings::Group(group) => group.boot = Law::Constant { mean_ms: 1_000.0 },
                Settings::Source(_) | Settings::Dependency(_) => {}
            }
        }
        let mut sim = Simulation::new(&design).unwrap();
        sim.apply(Command::desired_capacity(group, 3)).unwrap();
        sim.run_until(Timestamp::from_s(60), StepBudget::UNLIMITED);
        let picks = sim.frame().nodes.iter().find_map(|node| match node {
            NodeFrame::Balancer(balancer) => balancer.backends.last().map(|last| last.picks),
            _ => None,
        });
        picks.unwrap()
    };
    let (at_once, slowly) =
        (newcomer(None), newcomer(Some(SlowStart::Linear { duration_s: 300.0 })));
    assert!(slowly > 0 && slowly * 3 < at_once, "{slowly} of {at_once}");
}

#[test]
fn what_is_out_of_range_is_refused_with_a_mend() {
    let (mut design, servers) = farm(Source::default(), Balancer::default(), &[5.0; 2]);
    for (clients, skew) in [(20_000_000, 0.0), (5, f64::NAN), (5, 9.0)] {
        let mut design = design.clone();
        let node = design.nodes.values_mut().next().unwrap();
        if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
            (source.clients, source.client_skew) = (clients, skew);
        }
        mended(design);
    }
    set_share(&mut design, servers[0], 1_001, 128);
    for node in design.nodes.values_mut() {
        if let Settings::Balancer(balancer) = &mut Arc::make_mut(node).settings {
            balancer.eligibility.panic_threshold_percent = f64::NAN;
        }
    }
    mended(design);
    let (mut idle, servers) = farm(Source::default(), Balancer::default(), &[5.0; 2]);
    servers.iter().for_each(|&server| set_share(&mut idle, server, 0, 0));
    let problems: Vec<_> = validate(&idle).iter().map(|i| i.problem.code()).collect();
    assert_eq!(problems, ["no-weight"]);
}

/// Every issue of `design` has a mend, and after them nothing is wrong.
fn mended(mut design: Design) {
    let issues = validate(&design);
    assert!(!issues.is_empty());
    for _ in 0..issues.len() {
        let Some(issue) = validate(&design).into_iter().next() else { break };
        let mend = issue.mend.clone().unwrap_or_else(|| panic!("{issue} has no mend"));
        design.apply(mend).unwrap();
    }
    assert_eq!(validate(&design), []);
}
