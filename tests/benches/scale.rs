//! One decision round of a group of 10,000 instances: alarms, policies, and what follows.
//!
//! Prints the median of many rounds, and the memory of one instance.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

use shared::id::InstanceId;
use shared::scale::{
    Group, GroupConfig, HpaPolicy, Instance, Output, RefreshConfig, ScalingPolicy, StepPolicy,
    TargetTrackingPolicy, TerminationPolicy,
};
use shared::time::{Span, Timestamp};
use std::time::Instant;

const INSTANCES: u32 = 10_000;
const ROUNDS: usize = 200;

fn group(policies: Vec<ScalingPolicy>, desired: u32) -> Group {
    let config = GroupConfig {
        min_size: 0,
        max_size: 4 * INSTANCES,
        policies,
        zones: 3,
        default_instance_warmup: Span::from_s(60),
        termination_policies: vec![TerminationPolicy::Default, TerminationPolicy::OldestInstance],
        has_balancer: true,
        ..GroupConfig::default()
    };
    match Group::new(config, desired, Timestamp::ZERO, &mut Vec::new()) {
        Ok(group) => group,
        Err(error) => unreachable!("{error}"),
    }
}

/// Median microseconds of a round that starts from the same group each time. The outputs go into
/// one buffer that is kept, as a caller keeps it.
fn median_us(group: &Group, mut round: impl FnMut(&mut Group, &mut Vec<Output>)) -> f64 {
    let mut out = Vec::new();
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let mut group = group.clone();
            out.clear();
            let begun = Instant::now();
            round(&mut group, &mut out);
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Fifteen minutes at one CPU bring every alarm of the group to a decision.
fn decide(group: &mut Group, cpu: f64, out: &mut Vec<Output>) {
    for minute in 1..=15 {
        group.observe_cpu(cpu * f64::from(INSTANCES), u64::from(INSTANCES));
        group.handle_timeout(LATER + Span::from_s(minute * 60), out);
    }
}

/// The bytes that the process holds, where the system says so.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1_024)
}

/// A group whose instances were launched a hundred at a time, half a minute apart: no two waves are
/// equal to a termination policy.
fn grown(policies: Vec<ScalingPolicy>, size: u32) -> Group {
    let (mut group, mut out) = (group(policies, size / 100), Vec::new());
    for wave in 1..100 {
        let now = Timestamp::from_s(u64::from(wave) * 30);
        group.set_desired(now, size / 100 * (wave + 1), &mut out);
        for output in std::mem::take(&mut out) {
            if let Output::Launch(id) = output {
                group.booted(now, id, &mut out);
                group.health_changed(now, id, true, &mut out);
            }
        }
    }
    group.handle_timeout(Timestamp::from_s(7_140), &mut out);
    group
}

/// Time of one round after all are launched and warm.
const LATER: Timestamp = Timestamp::from_s(7_200);

fn round(name: &str, group: &Group, act: impl FnMut(&mut Group, &mut Vec<Output>)) {
    println!("  {name}: {:.0} us", median_us(group, act));
}

fn main() {
    let before = resident_bytes();
    let kept: Vec<Group> = (0..10).map(|_| group(Vec::new(), INSTANCES)).collect();
    let held = resident_bytes().zip(before).map(|(after, before)| after - before);
    let size = size_of::<Instance>();
    println!("memory of an instance: {size} bytes of its own");
    if let Some(held) = held {
        let each = held / u64::from(INSTANCES) / kept.len() as u64;
        println!("  {each} bytes measured, with what the group keeps of it and the history");
    }
    drop(kept);

    let tracking = ScalingPolicy::TargetTracking(TargetTrackingPolicy::default());
    let many = vec![
        ScalingPolicy::scale_out(),
        ScalingPolicy::scale_in(),
        tracking,
        ScalingPolicy::Step(StepPolicy::default()),
    ];
    let large = grown(many.clone(), INSTANCES);
    println!("one round of {INSTANCES} instances, four policies, median of {ROUNDS}:");
    round("quiet", &large, |group, out| group.handle_timeout(LATER, out));
    for (name, cpu) in [("scaling out", 85.0), ("scaling in", 5.0)] {
        let us = median_us(&large, |group, out| decide(group, cpu, out)) / 15.0;
        println!("  {name}, average of 15 minutes: {us:.0} us");
    }
    for count in [1, 100, 1_000, 5_000, 9_000] {
        round(&format!("terminating {count}"), &large, |group, out| {
            group.set_desired(LATER, INSTANCES - count, out);
        });
    }
    for count in [1_000, 5_000, 9_000] {
        round(&format!("launching {count}"), &large, |group, out| {
            group.set_desired(LATER, INSTANCES + count, out);
        });
    }
    round("one unhealthy", &large, |group, out| {
        group.health_changed(LATER, InstanceId(5_000), false, out);
    });
    round("a refresh begins, 90 % healthy", &large, |group, out| {
        let source = group.config().source.next();
        group.start_refresh(LATER, RefreshConfig::default(), source, out);
    });
    let pods = grown(vec![ScalingPolicy::Hpa(HpaPolicy::default())], INSTANCES);
    round("Kubernetes autoscaler", &pods, |group, out| {
        group.observe_cpu(85.0, 1);
        group.handle_timeout(LATER, out);
    });
    println!("no quadratic step: the time for each that goes stays about the same");
    for times in [1, 2, 4] {
        let count = times * INSTANCES;
        let group = grown(many.clone(), count);
        let us = median_us(&group, |group, out| group.set_desired(LATER, count / 2, out));
        let each = us * 1_000.0 / f64::from(count / 2);
        println!("  halving {count}: {us:.0} us, {each:.0} ns for each");
    }
}
