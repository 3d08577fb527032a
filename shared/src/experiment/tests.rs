//! Experiments: seeds, pairs, fields, theory beside measurement.

use super::*;
use crate::balance::PolicyConfig;
use crate::design::{Design, NodeKind, Settings, presets};
use crate::theory::Verdict;
use std::sync::Arc;

fn done(mut experiment: Experiment) -> Experiment {
    while let Some(job) = experiment.next_job() {
        experiment.record(job.number, &job.run().unwrap());
    }
    assert!(experiment.is_done());
    experiment
}

fn short(mut design: Design, duration_s: u32) -> Design {
    (design.run.duration_s, design.run.warmup_s) = (duration_s, 20);
    design
}

/// The first run is the design's own; others have seeds that a page can show.
#[test]
fn replications_have_their_own_seeds() {
    let seeds: Vec<u64> = (0..1_000).map(|i| replication_seed(7, i)).collect();
    assert_eq!(seeds.first(), Some(&7));
    assert!(seeds.iter().all(|seed| *seed < 1 << 53));
    let distinct: std::collections::BTreeSet<_> = seeds.iter().collect();
    assert_eq!(distinct.len(), seeds.len());
    let experiment =
        done(Experiment::replications(&short(presets::single_server(), 60), 3).unwrap());
    let [summary] = &experiment.summaries()[..] else { panic!("one design") };
    assert_eq!(summary.replications, 3);
    assert!(summary.sound);
    assert_ne!(summary.digests[0], summary.digests[1]);
}

/// Threads finish in any order; the report is the same.
#[test]
fn the_order_of_results_does_not_matter() {
    let design = short(presets::single_server(), 60);
    let mut backwards = Experiment::replications(&design, 4).unwrap();
    let mut jobs: Vec<Job> = std::iter::from_fn(|| backwards.next_job()).collect();
    jobs.reverse();
    for job in &jobs {
        assert!(!backwards.is_done());
        backwards.record(job.number, &job.run().unwrap());
    }
    backwards.record(99, &jobs[0].run().unwrap());
    assert_eq!(backwards.progress(), (4, 4));
    let forwards = done(Experiment::replications(&design, 4).unwrap());
    assert_eq!(forwards.summaries(), backwards.summaries());
}

/// Equal designs differ by nothing at all; a better policy is found better, and more sharply than
/// by two intervals side by side.
#[test]
fn pairs_run_on_common_random_numbers() {
    let round_robin = short(presets::ten_servers(PolicyConfig::RoundRobin), 60);
    let same = done(Experiment::new(vec![round_robin.clone(), round_robin.clone()], 3).unwrap());
    for difference in differences(&same) {
        assert!(difference.mean.abs() < 1e-12, "{difference:?}");
        assert_eq!(difference.verdict, DifferenceVerdict::NoDifference);
    }
    let shortest = short(presets::ten_servers(PolicyConfig::LeastOutstandingRequests), 60);
    let experiment = done(Experiment::new(vec![round_robin, shortest], 5).unwrap());
    let differences = differences(&experiment);
    let mean = differences.iter().find(|d| d.metric == Metric::MeanMs).unwrap();
    assert_eq!(mean.verdict, DifferenceVerdict::Better, "{mean:?}");
    // Theory and long simulations: 13.5 ms instead of 29.2.
    assert!((mean.mean + 15.7).abs() < 2.0, "{mean:?}");
    let summaries = experiment.summaries();
    let unpaired = summaries[0].estimates[0].half_width.unwrap();
    assert!(mean.half_width < unpaired * 1.5, "{mean:?} against {unpaired}");
}

/// Theory stands beside what it covers, and says why it does not cover the rest.
#[test]
fn theory_stands_beside_the_measure() {
    let mut design = presets::single_server();
    design.run.duration_s = 3_600;
    let job = Job { number: 0, design };
    let report = RunReport::new(&job.design, job.run().unwrap());
    let [check] = &report.theory[..] else { panic!("one part") };
    assert_eq!(check.predicted.as_ref().unwrap().model.name, "M/M/1");
    assert_eq!(check.comparisons.len(), 5);
    for comparison in &check.comparisons {
        assert_ne!(comparison.verdict, Verdict::Differs, "{comparison:?}");
    }
    assert!(report.run.checks.conserved && report.run.checks.little_holds);
    assert!(report.run.checks.little_error < 1e-3, "{:?}", report.run.checks);
    let story = short(presets::with_database(), 60);
    let report = RunReport::new(&story, Job { number: 0, design: story.clone() }.run().unwrap());
    assert!(report.theory.iter().all(|check| check.reason.is_some()), "{:?}", report.theory);
}

#[test]
fn experiments_without_sense_are_refused() {
    let design = presets::single_server();
    let none = Experiment::replications(&design, 0).unwrap_err();
    assert_eq!(none.to_string(), "0 runs: use 1 to 100000");
    assert!(Experiment::new(Vec::new(), 5).is_err());
    assert!(Experiment::replications(&design, u32::MAX).is_err());
    let broken = Experiment::new(vec![design, Design::default()], 2).unwrap_err().to_string();
    assert!(broken.starts_with("design 2: the design has errors"), "{broken}");
}

/// Fields by id, by name, alone; words and numbers; and what is wrong with the others.
#[test]
fn fields_are_found_and_set() {
    let design = presets::ten_servers(PolicyConfig::RoundRobin);
    let set = |field: &str, value: &str| {
        Field::parse(&design, field).and_then(|field| field.set(&design, value))
    };
    let group = |design: &Design| {
        let group = design.nodes.values().find(|n| n.settings.kind() == NodeKind::Group).unwrap();
        match &group.settings {
            Settings::Group(group) => group.clone(),
            _ => panic!("a group"),
        }
    };
    for field in
        ["desired_capacity", "nodes[3].desired_capacity", "nodes[Servers].desired_capacity"]
    {
        assert_eq!(group(&set(field, "7").unwrap()).desired_capacity, 7, "{field}");
    }
    let slower = set("service.mean_ms", "12.5").unwrap();
    assert!((group(&slower).service.mean_ms() - 12.5).abs() < 1e-12);
    let constant = set("service.type", "constant").unwrap();
    assert!((group(&constant).service.mean_ms() - 10.0).abs() < 1e-12, "the mean stays");
    let shortest = set("policy.type", "least_request").unwrap();
    assert_eq!(shortest.nodes.len(), 3);
    assert_eq!(set("run.duration_s", "99").unwrap().run.duration_s, 99);
    let far = set("links[1].latency_ms", "3.5").unwrap();
    assert!((far.links.values().next().unwrap().latency_ms - 3.5).abs() < 1e-12);
    let refused = [
        ("nodes[9].cores", "1", "no node is called \"9\""),
        ("links[x].latency_ms", "1", "no link is called \"x\""),
        ("speed", "1", "there is no setting \"speed\""),
        ("run.speed", "1", "there is no setting \"run.speed\""),
        ("cores", "1.5", "cores does not take \"1.5\""),
        ("policy.type", "best", "policy.type does not take \"best\""),
        ("nodes[3].type", "source", "type does not take \"source\""),
        ("links[1].latency_ms", "far", "latency_ms does not take \"far\""),
    ];
    for (field, value, message) in refused {
        let error = set(field, value).unwrap_err().to_string();
        assert!(error.contains(message), "{field}: {error}");
    }
    let mut two = design.clone();
    let settings = Arc::clone(&two.nodes[&crate::id::NodeId(3)]);
    two.nodes.insert(crate::id::NodeId(4), settings);
    let error = Field::parse(&two, "cores").unwrap_err().to_string();
    assert_eq!(error, "several nodes have \"cores\": write nodes[3].cores or nodes[4].cores");
    assert!(Field::parse(&two, "nodes[Servers].cores").is_err(), "two have the name");
}
