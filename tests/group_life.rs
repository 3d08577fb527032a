//! What a design says about the life of its servers happens in the simulation.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use shared::cost::{CreditMode, Discounts};
use shared::design::{
    Balancer, CapacityShortage, CreditSpecification, Design, Group, HookTransition,
    InstanceRefresh, LifecycleHook, Monitoring, NodeKind, Settings, Source, Traffic,
};
use shared::dist::Law;
use shared::id::{InstanceId, NodeId};
use shared::scale::{
    AlarmState, InstancesDistribution, LifecycleState, MaintenancePolicy, Metric, PoolState,
    Process, ScalingPolicy, StepPolicy, TargetTrackingPolicy, WarmPoolConfig,
};
use shared::sim::{Command, CommandError, LogEvent, RunResult, Simulation, StepBudget};
use shared::time::Timestamp;
use std::collections::BTreeSet;

/// Clients, a balancer and a group of two servers without policies; 20 requests/s.
fn design(duration_s: u32, change: impl FnOnce(&mut Group)) -> Design {
    let mut design = Design::default();
    design.run.duration_s = duration_s;
    let traffic = Traffic::Constant { rate_per_s: 20.0 };
    let source = Settings::Source(Source { traffic, ..Source::default() });
    let source = design.add_node("Clients", 0, 0, source);
    let balancer = design.add_node("Balancer", 0, 0, Settings::Balancer(Balancer::default()));
    let mut group = Group { policies: Vec::new(), ..Group::default() };
    change(&mut group);
    let group = design.add_node("Servers", 0, 0, Settings::Group(group));
    design.add_link(source, balancer);
    design.add_link(balancer, group);
    design
}

fn group_of(design: &Design) -> NodeId {
    let mut groups = design.nodes.iter().filter(|(_, n)| n.settings.kind() == NodeKind::Group);
    groups.next().map(|(id, _)| *id).unwrap()
}

/// Runs to the end; the desired capacity is set by hand at the given times.
fn run(design: &Design, by_hand: &[(u64, u32)]) -> RunResult {
    let mut simulation = Simulation::new(design).unwrap();
    for &(at_s, desired) in by_hand {
        simulation.run_until(Timestamp::from_s(at_s), StepBudget::UNLIMITED);
        let group = group_of(design);
        simulation.apply(Command::desired_capacity(group, desired)).unwrap();
    }
    simulation.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    simulation.result()
}

/// When each server reached a state, seconds since the start.
fn reached(result: &RunResult, wanted: LifecycleState) -> Vec<(InstanceId, f64)> {
    let entries = result.log.iter().filter_map(|entry| match entry.event {
        LogEvent::Instance { instance, state, .. } if state == wanted => {
            Some((instance, entry.at.as_s_f64()))
        }
        _ => None,
    });
    entries.collect()
}

fn count(result: &RunResult, is_one: impl Fn(&LogEvent) -> bool) -> usize {
    result.log.iter().filter(|entry| is_one(&entry.event)).count()
}

fn in_service_at_the_end(result: &RunResult) -> u32 {
    result.series.last().map_or(0, |point| point.in_service)
}

#[test]
fn hooks_hold_servers_up_and_the_slowest_counts() {
    let hook = |transition, seconds: f64| LifecycleHook {
        transition,
        action: Law::Constant { mean_ms: seconds * 1_000.0 },
        ..LifecycleHook::default()
    };
    let design = design(1_200, |group| {
        group.boot = Law::Constant { mean_ms: 60_000.0 };
        group.lifecycle_hooks = vec![
            hook(HookTransition::Launching, 40.0),
            hook(HookTransition::Launching, 100.0),
            hook(HookTransition::Terminating, 50.0),
        ];
    });
    let result = run(&design, &[(100, 3), (600, 2)]);
    assert_eq!(reached(&result, LifecycleState::PendingWait), [(InstanceId(3), 160.0)]);
    assert_eq!(reached(&result, LifecycleState::PendingProceed), [(InstanceId(3), 260.0)]);
    let waited = reached(&result, LifecycleState::TerminatingWait);
    let gone = reached(&result, LifecycleState::Terminated);
    assert_eq!((waited.len(), gone.len()), (1, 1));
    assert!((gone[0].1 - waited[0].1 - 50.0).abs() < 1e-9, "{waited:?} {gone:?}");
}

/// The action is slower than the hook waits: the server is given up and another one launched.
#[test]
fn a_hook_that_takes_too_long_abandons_the_server() {
    let design = design(600, |group| {
        group.lifecycle_hooks = vec![LifecycleHook {
            heartbeat_timeout_s: 30,
            action: Law::Constant { mean_ms: 60_000.0 },
            ..LifecycleHook::default()
        }];
    });
    let result = run(&design, &[(10, 3)]);
    let given_up = reached(&result, LifecycleState::Terminated);
    assert!(given_up.len() >= 3, "{given_up:?}");
    assert_eq!(in_service_at_the_end(&result), 2);
}

#[test]
fn spot_servers_are_cheaper_and_taken_back() {
    let mixed = |capacity_rebalancing| {
        design(7_200, |group| {
            group.desired_capacity = 4;
            group.instances_distribution = Some(InstancesDistribution {
                on_demand_base_capacity: 1,
                on_demand_percentage_above_base_capacity: 0,
            });
            group.spot_interruptions_per_hour = 2.0;
            group.capacity_rebalancing = capacity_rebalancing;
            group.discounts = Discounts { spot_percent: 70.0, ..Discounts::default() };
        })
    };
    let [after, ahead] = [false, true].map(|rebalancing| run(&mixed(rebalancing), &[]));
    for result in [&after, &ahead] {
        let notices = count(result, |event| matches!(event, LogEvent::SpotInterruption { .. }));
        assert!((4..30).contains(&notices), "{notices}");
        // One of four On-Demand: 1 + 3 x 0.3 of four full prices, and a little for replacements.
        let share = result.cost.instances_usd / (4.0 * 2.0 * 0.096);
        assert!((0.45..0.56).contains(&share), "{share}");
    }
    // The notice is long enough for a successor to serve before the server is gone.
    let fewest = |result: &RunResult| result.nodes.iter().find_map(|node| node.servers);
    assert_eq!(fewest(&ahead).map(|(fewest, _)| fewest), Some(4));
    assert!(fewest(&after).is_some_and(|(fewest, _)| fewest < 4));
}

#[test]
fn a_warm_pool_starts_quickly_and_costs_little() {
    let pooled = |pool_state| {
        design(3_600, |group| {
            group.max_size = 4;
            group.warm_pool = Some(WarmPoolConfig {
                pool_state,
                reuse_on_scale_in: true,
                ..WarmPoolConfig::default()
            });
        })
    };
    let plain = run(&design(3_600, |group| group.max_size = 4), &[]);
    let stopped = run(&pooled(PoolState::Stopped), &[(1_000, 3), (2_000, 2)]);
    let running = run(&pooled(PoolState::Running), &[]);
    let joined = reached(&stopped, LifecycleState::InService);
    assert_eq!(joined.len(), 1, "{joined:?}");
    // 30 s to start, and a health check.
    assert!((1_030.0..1_031.0).contains(&joined[0].1), "{joined:?}");
    assert_eq!(in_service_at_the_end(&stopped), 2);
    // A third server for 1,000 s, and two that boot for the pool.
    let hours = |result: &RunResult| result.cost.instances_usd / 0.096;
    let extra_s = (hours(&stopped) - hours(&plain)) * 3_600.0;
    assert!((1_120.0..1_190.0).contains(&extra_s), "{extra_s}");
    assert!((hours(&running) - 4.0).abs() < 1e-6, "a running pool is paid for in full");
    assert_eq!(stopped.totals.failed, 0, "servers drain before they go back to the pool");
}

#[test]
fn a_refresh_replaces_every_server_a_few_at_a_time() {
    let planned = design(7_200, |group| {
        group.desired_capacity = 4;
        group.instance_refreshes = vec![InstanceRefresh {
            at_s: 600,
            checkpoints: vec![50, 100],
            checkpoint_delay_s: 300,
            ..InstanceRefresh::default()
        }];
    });
    let mut simulation = Simulation::new(&planned).unwrap();
    simulation.run_until(Timestamp::from_s(700), StepBudget::UNLIMITED);
    let group = group_of(&planned);
    let refresh = InstanceRefresh::default();
    let command = Command::deploy(group, refresh.clone());
    let refused = simulation.apply(command.clone());
    assert_eq!(refused, Err(CommandError::RefreshInProgress { group }));
    simulation.run_until(Timestamp::from_s(5_000), StepBudget::UNLIMITED);
    simulation.apply(command).unwrap();
    simulation.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let result = simulation.result();
    let told: Vec<_> = result
        .log
        .iter()
        .filter_map(|entry| match entry.event {
            LogEvent::RefreshProgress { percent, checkpoint } => Some((percent, checkpoint)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(50, 50), (100, 100), (100, 100)]);
    assert_eq!(reached(&result, LifecycleState::Terminated).len(), 8);
    assert_eq!(result.nodes.iter().find_map(|node| node.servers), Some((3, 4)));

    // With room above the desired capacity, new servers come first.
    let mut launch_first = planned;
    launch_first.nodes.values_mut().for_each(|node| {
        if let Settings::Group(group) = &mut std::sync::Arc::make_mut(node).settings {
            group.maintenance_policy =
                Some(MaintenancePolicy { min_healthy_percent: 100, max_healthy_percent: 125 });
        }
    });
    let servers = run(&launch_first, &[]).nodes.iter().find_map(|node| node.servers);
    assert_eq!(servers.map(|(fewest, _)| fewest), Some(4));
}

#[test]
fn no_capacity_means_no_launch_until_it_is_back() {
    let short = |zone, zones| {
        design(1_200, |group| {
            group.zones = zones;
            group.capacity_shortages = vec![CapacityShortage { from_s: 0, to_s: 400, zone }];
        })
    };
    let everywhere = run(&short(None, 1), &[(100, 4)]);
    assert!(count(&everywhere, |event| matches!(event, LogEvent::LaunchFailed { .. })) >= 5);
    let joined = reached(&everywhere, LifecycleState::InService);
    assert_eq!(joined.len(), 2);
    assert!(joined.iter().all(|(_, at)| (460.0..590.0).contains(at)), "{joined:?}");
    // The other zone has room: only the launches in the short one fail.
    let one_zone = run(&short(Some(0), 2), &[(100, 4)]);
    let joined = reached(&one_zone, LifecycleState::InService);
    assert!(joined.len() >= 2 && joined[1].1 < 230.0, "{joined:?}");
}

#[test]
fn servers_grow_too_old() {
    let result = run(&design(90_000, |group| group.max_instance_lifetime_s = Some(86_400)), &[]);
    let gone: BTreeSet<_> =
        reached(&result, LifecycleState::Terminated).into_iter().map(|(id, _)| id).collect();
    assert_eq!(gone, BTreeSet::from([InstanceId(1), InstanceId(2)]));
    assert_eq!(result.nodes.iter().find_map(|node| node.servers), Some((1, 2)), "one at a time");
}

#[test]
fn suspended_processes_and_protection_hold() {
    let suspended = design(900, |group| group.suspended_processes = vec![Process::Launch]);
    assert_eq!(in_service_at_the_end(&run(&suspended, &[(100, 4)])), 2);
    let protected = design(900, |group| {
        group.new_instances_protected_from_scale_in = true;
        group.min_size = 0;
    });
    assert_eq!(in_service_at_the_end(&run(&protected, &[(100, 1)])), 2);
}

/// The same overload is seen after two minutes with samples every minute, and later with samples
/// every five.
#[test]
fn basic_monitoring_sees_late() {
    let alarm_at = |monitoring| {
        let design = design(1_800, |group| {
            group.monitoring = monitoring;
            group.service = Law::Constant { mean_ms: 190.0 };
            group.policies = vec![ScalingPolicy::scale_out()];
        });
        let result = run(&design, &[]);
        let alarm = result
            .log
            .iter()
            .find(|entry| matches!(entry.event, LogEvent::Alarm { to: AlarmState::Alarm, .. }));
        alarm.map(|entry| entry.at.as_s_f64())
    };
    assert_eq!(alarm_at(Monitoring::HighResolution), Some(120.0));
    assert_eq!(alarm_at(Monitoring::Detailed), Some(120.0));
    assert!(alarm_at(Monitoring::Basic).is_some_and(|at| at > 300.0));
}

/// A t2.micro earns 10 % of its vCPU. Two of them at 20 requests/s of 45 ms are 45 % busy.
#[test]
fn burst_credits_run_out_or_cost() {
    let burstable = |cpu_credits, initial_credits| {
        let design = design(3_600, |group| {
            group.instance_type = "t2.micro".to_owned();
            group.cores = 1;
            group.service = Law::Constant { mean_ms: 45.0 };
            group.credit_specification = Some(CreditSpecification { cpu_credits, initial_credits });
        });
        run(&design, &[])
    };
    let share = |r: &RunResult| r.totals.completed as f64 / r.totals.arrived as f64;
    let standard = burstable(CreditMode::Standard, 0.0);
    assert!((0.2..0.3).contains(&share(&standard)), "{}", share(&standard));
    let saved = burstable(CreditMode::Standard, 40.0);
    assert!(share(&saved) > 0.99, "{}", share(&saved));
    let unlimited = burstable(CreditMode::Unlimited, 0.0);
    assert!(share(&unlimited) > 0.99);
    // 2 x (45 % - 10 %) of a vCPU for an hour at $0.05.
    let surplus = unlimited.cost.surplus_credits_usd;
    assert!((surplus - 0.035).abs() < 0.002, "{surplus}");
    assert!(standard.cost.surplus_credits_usd.abs() < 1e-12);
}

/// 20 requests/s on two servers are 600 a minute each; 200 are wanted.
#[test]
fn requests_per_target_can_be_tracked() {
    let design = design(1_800, |group| {
        group.policies = vec![ScalingPolicy::TargetTracking(TargetTrackingPolicy {
            metric: Metric::RequestCountPerTarget,
            target_value: 200.0,
            ..TargetTrackingPolicy::default()
        })];
    });
    let result = run(&design, &[]);
    let alarm = result.log.iter().find_map(|entry| match &entry.event {
        LogEvent::Alarm { to: AlarmState::Alarm, metric, value, .. } => Some((*metric, *value)),
        _ => None,
    });
    let (metric, value) = alarm.unwrap();
    assert_eq!(metric, Metric::RequestCountPerTarget);
    assert!(value.is_some_and(|value| (540.0..660.0).contains(&value)), "{value:?}");
    assert!((6..=7).contains(&in_service_at_the_end(&result)));
}

/// What an aggregate of an alarm's datapoints, newest first, is.
#[test]
fn steps_can_go_by_an_aggregate() {
    use shared::scale::MetricAggregationType::{Average, Maximum, Minimum, Newest};
    let of = |aggregation: shared::scale::MetricAggregationType| aggregation.of([50.0, 80.0, 95.0]);
    assert_eq!((of(Average), of(Minimum), of(Maximum)), (Some(75.0), Some(50.0), Some(95.0)));
    assert_eq!(of(Newest), Some(50.0));
    assert_eq!(Average.of([]), None);
    let policy = StepPolicy::default();
    assert_eq!(policy.metric_aggregation_type, Newest);
    let with = StepPolicy { metric_aggregation_type: Maximum, ..policy };
    assert_eq!(ScalingPolicy::Step(with).metric_aggregation_type(), Maximum);
}

/// 20 requests/s for an hour: 72,000 requests, two connections a second, 0.18 GB through the
/// balancer, 0.144 GB out.
#[test]
fn the_bill_has_its_parts_and_names_its_prices() {
    let mut design = design(3_600, |group| group.policies = Vec::new());
    let result = run(&design, &[]);
    let cost = result.cost;
    let near = |usd: f64, expected: f64| (usd / expected - 1.0).abs() < 0.02;
    assert!(near(cost.instances_usd, 2.0 * 0.096), "{cost:?}");
    assert!(near(cost.balancers_usd, 0.0225), "{cost:?}");
    assert!(near(cost.lcu_usd, 0.18 * 0.008), "the bytes are the largest dimension: {cost:?}");
    assert!(near(cost.data_out_usd, 0.144 * 0.09), "{cost:?}");
    assert!(near(cost.cloudwatch_usd, 2.0 * 0.30 / 730.0), "{cost:?}");
    let items: Vec<_> = result.prices.iter().map(|price| price.item.as_str()).collect();
    assert_eq!(items, ["m5.large", "alb_hour", "lcu_hour", "data_out_gb", "metric_month"]);
    assert!(result.prices.iter().all(|price| !price.source.is_empty() && !price.date.is_empty()));
    let unverified: Vec<_> = result.prices.iter().filter(|price| !price.verified).collect();
    assert!(unverified.iter().any(|price| price.item == "data_out_gb"));

    // A person's own prices go first.
    for (item, usd) in [("m5.large", 0.05), ("alb_hour", 1.0), ("data_out_gb", 0.0)] {
        design.run.pricing.prices.insert(item.to_owned(), usd);
    }
    let own = run(&design, &[]);
    assert!(near(own.cost.instances_usd, 0.1) && near(own.cost.balancers_usd, 1.0));
    assert!(own.cost.data_out_usd.abs() < 1e-12);
    assert_eq!(own.digest, result.digest, "prices change no request");
}
