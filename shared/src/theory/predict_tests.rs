//! Which formula covers which drawing, and the reasons of those that none covers.

use super::*;
use crate::balance::PolicyConfig;
use crate::design::{
    Arrivals, Design, Discipline, NodeKind, RatePoint, Settings, Source, Traffic, presets,
};
use crate::dist::Law;
use std::sync::Arc;

fn changed(mut design: Design, change: impl Fn(&mut Settings)) -> Design {
    design.nodes.values_mut().for_each(|node| change(&mut Arc::make_mut(node).settings));
    design
}

/// The model's name, or the reason in words.
fn outcome(design: &Design) -> String {
    let predictions = predict(design);
    let [only] = &predictions[..] else { panic!("{} parts", predictions.len()) };
    match &only.outcome {
        Ok(predicted) => predicted.model.name.clone(),
        Err(reason) => reason.to_string(),
    }
}

fn farm(policy: PolicyConfig) -> Design {
    presets::ten_servers(policy)
}

#[test]
fn policies_have_their_models() {
    let cases = [
        (PolicyConfig::RoundRobin, "E10/M/1"),
        (PolicyConfig::SmoothWeightedRoundRobin, "E10/M/1"),
        (PolicyConfig::Random, "M/M/1 times 10, random split"),
        (
            PolicyConfig::PowerOfChoices { choices: 3 },
            "power of 3 choices, between many servers and random split",
        ),
        (
            PolicyConfig::PowerOfChoices { choices: 10 },
            "shortest of 10 queues: between M/M/10 and E10/M/1",
        ),
        (PolicyConfig::LeastConnections, "shortest of 10 queues: between M/M/10 and E10/M/1"),
        (PolicyConfig::Maglev { table_size: 65_537, hash_balance_factor: 0 }, "maglev"),
        (PolicyConfig::JoinIdleQueue, "the policy join_idle_queue has no known formula"),
    ];
    for (policy, expected) in cases {
        let got = outcome(&farm(policy));
        assert!(got.contains(expected), "{got} for {expected}");
    }
}

/// One change of a recognised drawing at a time.
#[test]
fn reasons_say_what_is_in_the_way() {
    let source = |change: fn(&mut Source)| {
        changed(farm(PolicyConfig::Random), move |settings| {
            if let Settings::Source(source) = settings {
                change(source);
            }
        })
    };
    let group = |change: fn(&mut crate::design::Group)| {
        changed(farm(PolicyConfig::LeastConnections), move |settings| {
            if let Settings::Group(group) = settings {
                change(group);
            }
        })
    };
    let cases = [
        (
            source(|source| {
                let points = vec![RatePoint { at_s: 0.0, rate_per_s: 1.0 }];
                source.traffic = Traffic::Steps { points };
            }),
            "changes over time",
        ),
        (source(|s| s.traffic = Traffic::Constant { rate_per_s: 0.0 }), "no requests come"),
        (source(|s| s.traffic = Traffic::Constant { rate_per_s: 1e4 }), "never settles"),
        (source(|s| s.arrivals = Arrivals::Constant), "clockwork"),
        (group(|g| g.service = Law::Constant { mean_ms: 10.0 }), "solved for exponential"),
        (group(|g| g.cores = 2), "solved for exponential"),
        (group(|g| g.queue_max = 3), "solved for exponential"),
        (group(|g| g.service = Law::Exponential { mean_ms: 0.0 }), "mean service time is 0"),
        (
            group(|g| {
                (g.min_size, g.max_size) = (1, 20);
                g.policies = crate::design::Group::default().policies;
            }),
            "scaling policies",
        ),
        (group(|g| (g.min_size, g.max_size, g.desired_capacity) = (0, 0, 0)), "no servers"),
    ];
    for (design, expected) in cases {
        let got = outcome(&design);
        assert!(got.contains(expected), "{got} for {expected}");
    }
}

/// What sources can do that no formula knows is refused; what changes nothing is not.
#[test]
fn sources() {
    let with = |change: fn(&mut Source)| {
        let change = |settings: &mut Settings| match settings {
            Settings::Source(source) => change(source),
            Settings::Balancer(_) | Settings::Group(_) | Settings::Dependency(_) => {}
        };
        outcome(&changed(presets::single_server(), change))
    };
    assert_eq!(with(|_| {}), "M/M/1");
    assert_eq!(with(|source| (source.clients, source.client_skew) = (9, 1.0)), "M/M/1");
    assert_eq!(with(|source| source.backoff_ms = 1.0), "M/M/1");
    assert_eq!(with(|source| source.bursts.burst_s = 1.0), "M/M/1");
    let users = Traffic::Users { users: 3, think_ms: 50.0 };
    let day = Traffic::Day { low_per_s: 1.0, high_per_s: 9.0, peak_at_s: 0 };
    let (changes, setting) = ("the rate of requests changes over time", "a setting of the source");
    assert_eq!(with(|source| source.bursts.burst_factor = 2.0), changes);
    assert_eq!(with(|source| source.bursts.calm_factor = 0.5), changes);
    assert!(with(|source| source.timeout_ms = 10.0).starts_with(setting));
    assert!(with(|source| source.retries = 1).starts_with(setting));
    let with_traffic = |design, traffic: &Traffic| {
        let change = |settings: &mut Settings| {
            if let Settings::Source(source) = settings {
                source.traffic = traffic.clone();
            }
        };
        outcome(&changed(design, change))
    };
    assert_eq!(with_traffic(presets::single_server(), &day), changes);
    assert_eq!(with_traffic(presets::single_server(), &users), "M/M/1//3");
    let several = with_traffic(farm(PolicyConfig::Random), &users);
    assert_eq!(several, Reason::ClosedLoop.to_string());
}

/// How servers work: shared cores by themselves and after a random split, threads as places to wait,
/// and what asks others is no single stage.
#[test]
fn servers() {
    let dependency = |change: fn(&mut crate::design::Dependency)| {
        outcome(&changed(presets::single_server(), |settings| {
            if let Settings::Dependency(server) = settings {
                change(server);
            }
        }))
    };
    let shared = Discipline::ProcessorSharing;
    assert_eq!(dependency(|it| it.discipline = Discipline::ProcessorSharing), "M/G/1-PS");
    assert_eq!(dependency(|it| (it.threads, it.queue_max) = (3, 7)), "M/M/1/10");
    let limited = dependency(|it| {
        (it.discipline, it.threads) = (Discipline::ProcessorSharing, 3);
    });
    assert_eq!(limited, Reason::ServerShape.to_string());
    assert!(dependency(|it| it.asynchronous = true).starts_with("a setting of the dependency"));
    let split = |policy| {
        outcome(&changed(farm(policy), |settings| {
            if let Settings::Group(group) = settings {
                group.discipline = shared;
            }
        }))
    };
    assert_eq!(split(PolicyConfig::Random), "M/G/1-PS times 10, random split");
    assert_eq!(split(PolicyConfig::RoundRobin), Reason::ServerShape.to_string());
    let mut chain = presets::single_server();
    let server = *chain.nodes.keys().nth(1).unwrap();
    let store = chain.add_node("Store", 0, 0, NodeKind::Dependency.settings());
    chain.add_link(server, store);
    assert_eq!(outcome(&chain), Reason::SeveralStages.to_string());
}

/// A common factor of the rate is a rate; heavy tails and weighted links are beyond the formulas.
#[test]
fn factors_laws_and_links() {
    let double = changed(presets::single_server(), |settings| {
        if let Settings::Source(source) = settings {
            source.traffic = Traffic::Constant { rate_per_s: 40.0 };
            (source.bursts.burst_factor, source.bursts.calm_factor) = (2.0, 2.0);
        }
    });
    assert!((predict(&double)[0].outcome.as_ref().unwrap().rate_per_s - 80.0).abs() < 1e-9);
    let heavy = changed(presets::single_server(), |settings| {
        if let Settings::Dependency(server) = settings {
            server.service = Law::Pareto { min_ms: 1.0, max_ms: 100.0, alpha: 1.5 };
        }
    });
    assert_eq!(predict(&heavy)[0].outcome, Err(Reason::UnknownLaw));
    let mut weighted = presets::ten_servers(PolicyConfig::Random);
    let reason = Reason::Setting { node: "link".to_owned() };
    weighted.links.values_mut().for_each(|link| link.weight = 2);
    assert_eq!(predict(&weighted)[0].outcome, Err(reason.clone()));
    weighted.links.values_mut().for_each(|link| (link.weight, link.priority) = (1, 1));
    assert_eq!(predict(&weighted)[0].outcome, Err(reason));
}

/// Several sources merge, several equal dependencies are a farm, other shapes are refused.
#[test]
fn shapes() {
    let mut two_sources = presets::single_server();
    let settings = Settings::Source(Source {
        traffic: Traffic::Constant { rate_per_s: 10.0 },
        ..Source::default()
    });
    let second = two_sources.add_node("Others", 0, 99, settings);
    let server = *two_sources.nodes.keys().nth(1).unwrap();
    two_sources.add_link(second, server);
    let predictions = predict(&two_sources);
    let predicted = predictions[0].outcome.as_ref().unwrap();
    assert!((predicted.rate_per_s - 90.0).abs() < 1e-9 && predicted.model.name == "M/M/1");
    assert!((predicted.mean_ms - 100.0).abs() < 1e-6, "{}", predicted.mean_ms);

    let mut farm = Design::default();
    let source = farm.add_node("S", 0, 0, NodeKind::Source.settings());
    let policy = PolicyConfig::Random;
    let balancer = crate::design::Balancer { policy, ..crate::design::Balancer::default() };
    let balancer = farm.add_node("B", 0, 0, Settings::Balancer(balancer));
    farm.add_link(source, balancer);
    for _ in 0..4 {
        let server = farm.add_node("D", 0, 0, NodeKind::Dependency.settings());
        farm.add_link(balancer, server);
    }
    assert_eq!(outcome(&farm), "M/M/16 times 4, random split");
    assert_eq!(predict(&farm)[0].node, balancer);
    let group = farm.add_node("G", 0, 0, NodeKind::Group.settings());
    farm.add_link(balancer, group);
    assert!(outcome(&farm).contains("unequal servers"));
    let stages: Vec<_> = predict(&presets::with_database());
    assert!(stages.iter().all(|part| part.outcome == Err(Reason::RateVaries)), "{stages:?}");
    assert!(predict(&Design::default()).is_empty());
}
