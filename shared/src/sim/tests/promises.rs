//! Objectives and recovery, against what queueing theory says.

use super::*;
use crate::design::Slo;

/// An M/M/1 queue at 80 % with a mean time of 50 ms, exponential: 1 % of the answers take longer than
/// 230.3 ms.
fn queue(slo: Slo) -> Design {
    let mut design = presets::single_server();
    design.run.duration_s = 3_600;
    design.run.slo = Some(slo);
    design
}

#[test]
fn objectives_are_judged_with_their_interval() {
    for (latency_ms, verdict) in
        [(350.0, SloVerdict::Met), (230.3, SloVerdict::TooClose), (150.0, SloVerdict::Missed)]
    {
        let result = run(&queue(Slo { latency_ms, ..Slo::default() }), 3_600);
        let slo = result.slo.unwrap();
        assert_eq!(slo.latency.verdict, verdict, "{latency_ms}: {:?}", slo.latency);
        let expected = crate::math::exp(-latency_ms / 50.0);
        let bad = slo.latency.bad as f64 / slo.latency.count as f64;
        // The tail of one run is a few busy hours' luck: the further out, the more so.
        let near = (bad / expected - 1.0).abs() < if latency_ms < 300.0 { 0.3 } else { 0.9 };
        assert!(near, "{latency_ms}: {bad} for {expected}");
        assert!((slo.latency.budget_used.unwrap() - bad / 0.01).abs() < 1e-9);
        assert_eq!(slo.availability.verdict, SloVerdict::Met);
        let measured_s = f64::from(3_600 - presets::single_server().run.warmup_s);
        let good = (slo.latency.count - slo.latency.bad) as f64 / measured_s;
        assert!((slo.goodput_per_s - good).abs() < 1e-9);
        assert_eq!(slo.latency.count, result.latency.count);
    }
    assert_eq!(run(&presets::single_server(), 60).slo, None);
}

/// Three times the rate for a minute: 140 requests a second too many pile up, and are worked off at
/// 20 a second in 420 s.
#[test]
fn a_spike_is_recovered_from_when_its_queue_is_gone() {
    let mut design = queue(Slo { latency_ms: 1_000.0, ..Slo::default() });
    let source = source_of(&design);
    let spike = |at_s| crate::design::Fault {
        what: crate::design::FaultKind::Spike { node: source, factor: 3.0 },
        when: crate::design::FaultTime::At { at_s, for_s: 60.0 },
    };
    design.run.faults = vec![spike(600.0), spike(3_400.0)];
    for slo in [design.run.slo, None] {
        design.run.slo = slo;
        let found = run(&design, 3_600).recoveries;
        let [first, second] = found.as_slice() else { panic!("{found:?}") };
        let after = first.recovered_after_s.unwrap();
        assert!((after - 480.0).abs() < 120.0, "{after}");
        assert!(first.worst_p99_ms.unwrap() > 20_000.0);
        assert_eq!(second.recovered_after_s, None, "the run ends before");
    }
}
