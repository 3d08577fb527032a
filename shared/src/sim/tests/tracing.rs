//! Explanations and traces: what they say is so, and asking changes nothing.

use super::*;
use crate::time::Span;

/// Every preset, cut short.
fn designs() -> Vec<(&'static str, Design)> {
    let mut designs = presets::all();
    for (_, design) in &mut designs {
        (design.run.duration_s, design.run.warmup_s) = (40, 0);
    }
    designs
}

fn balancers(design: &Design) -> Vec<NodeId> {
    let nodes = design.nodes.iter();
    let balancers = nodes.filter(|(_, node)| node.settings.kind() == NodeKind::Balancer);
    balancers.map(|(id, _)| *id).collect()
}

/// Asking for traces and reasons leaves every run as it is.
#[test]
fn a_traced_run_is_the_same_run() {
    for (name, design) in designs() {
        let mut plain = Simulation::new(&design).unwrap();
        plain.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        let mut traced = Simulation::new(&design).unwrap();
        traced.set_tracing(true);
        for second in 1..=40 {
            traced.run_until(Timestamp::from_s(second), StepBudget::UNLIMITED);
            traced.trace_next();
            for balancer in balancers(&design) {
                let asked = traced.explain(balancer);
                assert_eq!(asked, traced.explain(balancer), "{name}: asking changes something");
            }
        }
        assert_eq!(traced.result().digest, plain.result().digest, "{name}");
        assert_eq!(traced.totals(), plain.totals(), "{name}");
        let sampled = traced.traced(Which::Slowest);
        assert!(sampled.sample > 0 && sampled.sample <= 512, "{name}: {}", sampled.sample);
    }
}

/// The parts of a request's way add up to its latency, and latencies are those of the result.
#[test]
fn parts_add_up() {
    let mut complete = 0;
    for (name, mut design) in designs() {
        design.run.duration_s = 4;
        let mut sim = Simulation::new(&design).unwrap();
        sim.set_tracing(true);
        sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        let percentiles = [1, 50, 90, 99].map(Which::Percentile);
        for which in percentiles.into_iter().chain([Which::Slowest]) {
            let Some(trace) = sim.traced(which).trace else { continue };
            let latency = trace.latency().expect("it has ended");
            let mut at = trace.arrived;
            // Copies and servers that answer at once do several things at a time.
            let own: Vec<_> = trace.spans.iter().filter(|span| span.depth == 0).collect();
            let overlaps = own.windows(2).any(|pair| pair[0].to != Some(pair[1].from));
            if overlaps {
                continue;
            }
            for span in own {
                assert_eq!(span.from, at, "{name}: a gap in {trace:?}");
                at = span.to.expect("it has ended");
            }
            assert_eq!(at.since(trace.arrived), latency, "{name}: {trace:?}");
        }
        let (totals, slowest) = (sim.totals(), sim.traced(Which::Slowest));
        // Where every request was followed, the slowest of all is among them.
        if let Some(slowest) = slowest.trace
            && u64::from(sim.traced(Which::Slowest).sample) == totals.completed + totals.failed
        {
            complete += 1;
            let most = slowest.latency().map_or(0.0, Span::as_ms_f64);
            let told = sim.latency().max_ms;
            assert!((most - told).abs() <= 0.02 * told + 0.01, "{name}: {most} of {told} ms");
        }
    }
    assert!(complete > 0, "no run was followed whole");
}

/// One core, work of exactly 20 ms, a request each 10 ms: they wait ever longer, and say so.
#[test]
fn a_queue_is_seen_as_a_queue() {
    let mut design = presets::single_server();
    (design.run.duration_s, design.run.warmup_s) = (60, 0);
    let source = source_of(&design);
    let mut sim = Simulation::new(&design).unwrap();
    sim.set_tracing(true);
    sim.apply(Command::rate_factor(source, 3.0)).unwrap();
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let slowest = sim.traced(Which::Slowest).trace.expect("many have ended");
    let of = |activity| {
        let spans = slowest.spans.iter().filter(|span| span.activity == activity);
        spans.filter_map(|span| Some(span.to?.since(span.from).as_ns())).sum::<u64>()
    };
    let (queue, service) = (of(Activity::Queue), of(Activity::Service));
    assert!(queue > 5 * service && service > 0, "{slowest:?}");
    let median = sim.traced(Which::Percentile(50)).trace.unwrap();
    assert!(median.latency() < slowest.latency());
}

/// A request that was asked for comes with the decision of its balancer.
#[test]
fn the_next_request_says_why_it_goes_where_it_goes() {
    let design = presets::seven_steps();
    let mut sim = Simulation::new(&design).unwrap();
    sim.run_until(Timestamp::from_s(30), StepBudget::UNLIMITED);
    let before = sim.totals().arrived;
    sim.trace_next();
    assert!(!sim.next_trace_is_over());
    while !sim.next_trace_is_over() {
        sim.run_until(sim.now() + Span::from_ms(10), StepBudget::UNLIMITED);
    }
    let trace = sim.traced(Which::Next).trace.unwrap();
    assert_eq!((trace.number, trace.failed), (before + 1, None));
    let chosen = trace.decisions.first().and_then(Decision::chosen).unwrap();
    let served = trace.spans.iter().find(|span| span.activity == Activity::Service).unwrap();
    assert_eq!(served.server, chosen, "{trace:?}");
}

/// A server that dies fails what it has, and the trace says how.
#[test]
fn a_crash_ends_the_traces_of_its_server() {
    let mut design = presets::seven_steps();
    design.run.duration_s = 300;
    let group = group_of(&design);
    let mut sim = Simulation::new(&design).unwrap();
    sim.set_tracing(true);
    for second in 1..=20 {
        sim.run_until(Timestamp::from_s(2 * second), StepBudget::UNLIMITED);
        // Once the last server is gone there is nothing left to break.
        let _done = sim.apply(Command::crash(group, None));
    }
    let failed = sim.traced(Which::Failed).trace.expect("crashes fail requests");
    assert!(failed.failed.is_some() && failed.ended.is_some(), "{failed:?}");
}
