//! Balancers of several instances: each counts its own, and hears late of health.

use super::*;
use crate::balance::PolicyConfig;
use crate::design::{Balancer, Dependency, Group, Source, validate};
use crate::dist::Law;
use crate::scale::Process;

/// Sixteen servers of one worker each at 80 %, behind a balancer.
fn farm(balancer: Balancer) -> Design {
    let mut design = Design::default();
    let traffic = Traffic::Constant { rate_per_s: 1_280.0 };
    let source = Settings::Source(Source { traffic, ..Source::default() });
    let source = design.add_node("Clients", 0, 0, source);
    let balancer = design.add_node("Balancer", 300, 0, Settings::Balancer(balancer));
    design.add_link(source, balancer);
    for _ in 0..16 {
        let service = Law::Exponential { mean_ms: 10.0 };
        let server = Dependency { workers: 1, service, ..Dependency::default() };
        let server = design.add_node("Server", 600, 0, Settings::Dependency(server));
        design.add_link(balancer, server);
    }
    (design.run.duration_s, design.run.warmup_s) = (120, 10);
    design
}

/// An instance that sees a sixteenth of the requests knows little of how busy servers are: the
/// shortest queue is hardly better than any.
#[test]
fn counters_of_many_instances_know_little() {
    let mean_ms = |policy, instances| {
        let result = run(&farm(Balancer { policy, instances, ..Balancer::default() }), 120);
        assert!(result.checks.conserved && result.checks.little_holds, "{:?}", result.checks);
        result.latency.mean_ms
    };
    let least = PolicyConfig::LeastOutstandingRequests;
    let (one, many) = (mean_ms(least.clone(), 1), mean_ms(least, 16));
    let random = mean_ms(PolicyConfig::Random, 1);
    // Random is sixteen M/M/1 queues: 10 / (1 - 0.8) ms.
    assert!((random / 50.0 - 1.0).abs() < 0.05, "{random}");
    assert!(one < 16.0 && many > 2.0 * one && many < random, "{one}, {many}, {random}");
    // A policy that counts nothing does not care how many there are.
    let of_many = mean_ms(PolicyConfig::Random, 16);
    assert!((of_many / random - 1.0).abs() < 0.05, "{of_many}, {random}");
}

/// Four servers, of which one dies and is not replaced; by whom it is known to be dead, and when,
/// is all that matters.
fn failed(instances: u32, health_lag_s: u32) -> f64 {
    let mut design = presets::seven_steps();
    for node in design.nodes.values_mut() {
        match &mut Arc::make_mut(node).settings {
            Settings::Source(source) => {
                source.traffic = Traffic::Constant { rate_per_s: 400.0 };
            }
            Settings::Balancer(balancer) => {
                balancer.policy = PolicyConfig::RoundRobin;
                (balancer.instances, balancer.health_lag_s) = (instances, health_lag_s);
            }
            Settings::Group(group) => {
                let service = Law::Constant { mean_ms: 1.0 };
                let suspended_processes = vec![Process::ReplaceUnhealthy];
                let sizes = Group { min_size: 4, desired_capacity: 4, ..Group::default() };
                *group = Group { service, suspended_processes, policies: Vec::new(), ..sizes };
            }
            Settings::Dependency(_) => {}
        }
    }
    let group = group_of(&design);
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(60), StepBudget::UNLIMITED);
    sim.apply(Command::crash(group, Some(InstanceId(1)))).unwrap();
    sim.run_until(Timestamp::from_s(300), StepBudget::UNLIMITED);
    sim.totals().failed as f64
}

/// A dead server gets its share of the requests, 100 a second, for as long as the instances do not
/// know: one that lags 40 s costs 4,000 more; of four, the lags are 10, 20, 30 and 40 s, and each
/// has a quarter of the requests: 2,500.
#[test]
fn a_lag_costs_what_theory_says() {
    let at_once = failed(1, 0);
    for (instances, more) in [(1, 4_000.0), (4, 2_500.0)] {
        let lagging = failed(instances, 40) - at_once;
        // Four deviations of a Poisson count.
        let unsure = 4.0 * f64::sqrt(more);
        assert!((lagging - more).abs() < unsure, "{instances} instances: {lagging} of {more}");
    }
    let apart = failed(4, 0) - at_once;
    assert!(apart.abs() < 4.0 * at_once.sqrt(), "without a lag it does not matter: {apart}");
}

/// A client that is told apart always reaches the same instance.
#[test]
fn clients_keep_to_their_instance() {
    let mut design = farm(Balancer { instances: 8, ..Balancer::default() });
    for node in design.nodes.values_mut() {
        if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
            source.clients = 1;
        }
    }
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(10), StepBudget::UNLIMITED);
    let reached: Vec<u64> = sim.instance_requests();
    assert_eq!(reached.len(), 8);
    assert_eq!(reached.iter().filter(|&&requests| requests > 0).count(), 1, "{reached:?}");
}

#[test]
fn one_balancer_is_billed_however_many_instances_it_has() {
    let cost = |instances| {
        let balancer = Balancer { policy: PolicyConfig::Random, instances, ..Balancer::default() };
        run(&farm(balancer), 120).cost
    };
    let (one, many) = (cost(1), cost(64));
    assert!((one.balancers_usd - many.balancers_usd).abs() < 1e-12);
    assert!((one.lcu_usd - many.lcu_usd).abs() < 1e-9);
}

/// Messages that wait before a balancer wait once for the servers behind it.
#[test]
fn queues_before_a_balancer_are_counted_once() {
    let mut design = presets::seven_steps();
    let nodes: Vec<NodeId> = design.nodes.keys().copied().collect();
    let queue = Dependency { asynchronous: true, ..Dependency::default() };
    let queue = design.add_node("Queue", 0, 200, Settings::Dependency(queue));
    design.add_link(nodes[0], queue);
    design.add_link(queue, nodes[1]);
    for node in design.nodes.values_mut() {
        if let Settings::Balancer(balancer) = &mut Arc::make_mut(node).settings {
            balancer.instances = 4;
        }
    }
    let sim = Simulation::new(&design).unwrap();
    assert_eq!(sim.group_feeds(), [1]);
}

#[test]
fn too_many_instances_or_too_late_is_refused() {
    for (instances, health_lag_s, field) in
        [(0, 0, "instances"), (65, 0, "instances")].into_iter().chain([(1, 121, "health_lag_s")])
    {
        let design = farm(Balancer { instances, health_lag_s, ..Balancer::default() });
        let issues = validate(&design);
        assert_eq!(issues.iter().filter_map(|i| i.problem.field()).collect::<Vec<_>>(), [field]);
    }
}
