//! One decision round of a group of 10,000 instances: alarms, policies, and what follows.
//!
//! Prints the median of many rounds, and the memory of one instance.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

use shared::id::InstanceId;
use shared::scale::{
    Group, GroupConfig, HpaPolicy, Instance, Output, ScalingPolicy, StepPolicy,
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

/// Three minutes at one CPU bring every alarm of the group to a decision.
fn decide(group: &mut Group, cpu: f64, out: &mut Vec<Output>) {
    for minute in 1..=15 {
        group.observe_cpu(cpu * f64::from(INSTANCES), u64::from(INSTANCES));
        group.handle_timeout(Timestamp::from_s(minute * 60), out);
    }
}

/// The bytes that the process holds, where the system says so.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1_024)
}

fn main() {
    let before = resident_bytes();
    let kept: Vec<Group> = (0..10).map(|_| group(Vec::new(), INSTANCES)).collect();
    let held = resident_bytes().zip(before).map(|(after, before)| after - before);
    let size = size_of::<Instance>();
    println!("memory of an instance: {size} bytes in place");
    if let Some(held) = held {
        let each = held / u64::from(INSTANCES) / kept.len() as u64;
        println!("  {each} bytes measured, with maps and the activity history");
    }
    drop(kept);

    let tracking = ScalingPolicy::TargetTracking(TargetTrackingPolicy::default());
    let many = vec![
        ScalingPolicy::scale_out(),
        ScalingPolicy::scale_in(),
        tracking,
        ScalingPolicy::Step(StepPolicy::default()),
    ];
    let large = group(many.clone(), INSTANCES);
    let at = Timestamp::from_s(60);
    println!("one round of {INSTANCES} instances, four policies, median of {ROUNDS}:");
    let us = median_us(&large, |group, out| group.handle_timeout(at, out));
    println!("  quiet: {us:.0} us");
    let us = median_us(&large, |group, out| decide(group, 85.0, out)) / 15.0;
    println!("  scaling out, average of 15 minutes: {us:.0} us");
    let us = median_us(&large, |group, out| decide(group, 5.0, out)) / 15.0;
    println!("  scaling in, average of 15 minutes: {us:.0} us");
    let us = median_us(&large, |group, out| group.set_desired(at, INSTANCES - 1_000, out));
    println!("  choosing 1,000 to terminate: {us:.0} us");
    let us = median_us(&large, |group, out| group.set_desired(at, INSTANCES + 1_000, out));
    println!("  launching 1,000: {us:.0} us");
    let us = median_us(&large, |group, out| {
        group.health_changed(at, InstanceId(5_000), false, out);
    });
    println!("  one unhealthy: {us:.0} us");
    let pods = group(vec![ScalingPolicy::Hpa(HpaPolicy::default())], INSTANCES);
    let us = median_us(&pods, |group, out| {
        group.observe_cpu(85.0, 1);
        group.handle_timeout(Timestamp::from_s(15), out);
    });
    println!("  Kubernetes autoscaler: {us:.0} us");
    // No quadratic step: the time for one of them stays about the same.
    for times in [1, 2, 4] {
        let count = times * INSTANCES;
        let group = group(many.clone(), count);
        let us = median_us(&group, |group, out| group.set_desired(at, count / 2, out));
        let each = us * 1_000.0 / f64::from(count / 2);
        println!("  halving {count}: {us:.0} us, {each:.0} ns for each that goes");
    }
}
