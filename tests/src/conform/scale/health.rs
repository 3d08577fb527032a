//! Target health and the replacement of unhealthy instances.

use super::Check;
use super::input::{Answer, Input, at, clock, clock_s, verdict};
use super::rig::{Rig, config};
use serde_json::json;
use shared::balance::{
    Balancer, BalancerConfig, Health, HealthCheckConfig, HealthTracker, Outcome,
    Output as BalancerOutput, PolicyConfig, Request,
};
use shared::id::{BackendId, InstanceId};
use shared::rng::Rng;
use shared::scale::{GroupConfig, LifecycleState};
use shared::time::Span;

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("elb_health", |v| verdict(v, target_health)),
    ("health_replacement", |v| verdict(v, replacement)),
];

fn health_named(text: &str) -> Result<Health, String> {
    match text {
        "initial" => Ok(Health::Initial),
        "healthy" => Ok(Health::Healthy),
        "unhealthy" => Ok(Health::Unhealthy),
        other => Err(format!("target state {other}")),
    }
}

fn health_check(input: &Input<'_>) -> HealthCheckConfig {
    let default = HealthCheckConfig::default();
    HealthCheckConfig {
        interval_s: input.opt_u32("interval_s").unwrap_or(default.interval_s),
        healthy_threshold: input.opt_u32("healthy_threshold").unwrap_or(default.healthy_threshold),
        unhealthy_threshold: input
            .opt_u32("unhealthy_threshold")
            .unwrap_or(default.unhealthy_threshold),
        ..default
    }
}

fn balancer(input: &Input<'_>, delay: Span) -> Result<Balancer, String> {
    let config = BalancerConfig {
        policy: PolicyConfig::RoundRobin,
        health_check: health_check(input),
        deregistration_delay: delay,
    };
    Balancer::new(config, Rng::new(1)).map_err(|error| error.to_string())
}

fn target_health(input: &Input<'_>) -> Answer {
    if input.has("targets") {
        return fail_open(input);
    }
    if input.has("deregistration_delay_s") {
        return deregistration(input);
    }
    let config = health_check(input);
    if input.asks("detected_after_s_at_most") {
        // The failure begins just after a passing check: every check from the next one on fails.
        let mut tracker = HealthTracker::new(Health::Healthy);
        let checks = (1..=100).find(|_| tracker.record(false, &config).is_some()).ok_or("never")?;
        let seconds = checks * u64::from(config.interval_s);
        return input.answer([("detected_after_s_at_most", json!(seconds))]);
    }
    let mut tracker = HealthTracker::new(health_named(input.str("target_state")?)?);
    for (key, passed) in [("consecutive_failures", false), ("consecutive_successes", true)] {
        for _ in 0..input.opt_u32(key).unwrap_or(0) {
            tracker.record(passed, &config);
        }
    }
    let state = match tracker.health() {
        Health::Initial => "initial",
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
    };
    input.answer([("state", json!(state))])
}

fn fail_open(input: &Input<'_>) -> Answer {
    let targets = input.strings("targets")?;
    let mut balancer = balancer(input, Span::ZERO)?;
    for (number, target) in (1..).zip(&targets) {
        balancer.register(at(0), BackendId(number), health_named(target)?);
    }
    let mut reached: Vec<BackendId> = Vec::new();
    for _ in 0..4 * targets.len() {
        let pick = balancer.pick(at(1), &Request::default()).map_err(|error| error.to_string())?;
        reached.push(pick.backend());
        balancer.complete(at(1), pick, Outcome::Response(200), &mut Vec::new());
    }
    reached.sort();
    reached.dedup();
    let routing = if reached.len() == targets.len() && balancer.is_fail_open() {
        "all targets (fail open)"
    } else {
        "healthy targets"
    };
    input.answer([("routing", json!(routing))])
}

fn deregistration(input: &Input<'_>) -> Answer {
    let start = input.f64("deregister_at_s")? as u64;
    let mut balancer = balancer(input, input.span("deregistration_delay_s")?)?;
    let target = BackendId(1);
    balancer.register(at(start), target, Health::Healthy);
    let in_flight = if input.flag("in_flight_never_ends") {
        1
    } else {
        input.opt_u32("in_flight").unwrap_or(0)
    };
    let mut picks = Vec::new();
    for _ in 0..in_flight {
        let pick = balancer.pick(at(start), &Request::default());
        picks.push(pick.map_err(|error| error.to_string())?);
    }
    let ends = input.opt_f64("in_flight_ends_at_s");
    let (mut out, mut unused) = (Vec::new(), None);
    balancer.drain(at(start), target, &mut out);
    for second in start..=start + 3_600 {
        if ends.is_some_and(|ends| second as f64 >= ends) {
            for pick in std::mem::take(&mut picks) {
                balancer.complete(at(second), pick, Outcome::Response(200), &mut out);
            }
        }
        balancer.handle_timeout(at(second), &mut out);
        if out.iter().any(|output| matches!(output, BalancerOutput::Drained { .. })) {
            unused = Some(second);
            break;
        }
    }
    for pick in picks {
        balancer.complete(at(start), pick, Outcome::Canceled, &mut out);
    }
    input.answer([("unused_at_s", json!(unused))])
}

/// The lab whose log the timeline is: seconds until the group hears of a terminated instance, and
/// from launch to service. Part of the world, not of the group.
const LAB_NOTICE_S: u64 = 2;
const LAB_BOOT_S: u64 = 4;

fn replacement(input: &Input<'_>) -> Answer {
    if input.has("created_by") {
        let grace = match input.str("created_by")? {
            "console" => GroupConfig::CONSOLE_GRACE_PERIOD,
            _ => GroupConfig::default().health_check_grace_period,
        };
        return input.answer([("default_grace_s", json!(grace.as_s_f64()))]);
    }
    if input.has("out_of_service_at") {
        return by_hand(input);
    }
    if input.has("grace_s") {
        return grace(input);
    }
    let desired = input.u32("desired")?;
    let running = input.opt_u32("running").unwrap_or(desired);
    let settings = GroupConfig { has_balancer: true, ..config(0, desired) };
    let mut rig = Rig::new(settings, running)?;
    // The rest of the group is on its way.
    rig.group.set_desired(at(0), desired, &mut rig.out);
    let on_its_way = rig.launched().len();
    let first = InstanceId(1);
    let stops = input.get("instance_state").as_str().is_some_and(|state| state != "running");
    if stops {
        rig.group.instance_stopped(at(10), first, &mut rig.out);
    }
    for id in 1..=input.opt_u32("elb_unhealthy").unwrap_or(0) {
        rig.group.health_changed(at(10), InstanceId(id), false, &mut rig.out);
    }
    let replaced = rig.launched().len() - on_its_way;
    let when = if replaced > 0 { "immediate" } else { "waits" };
    input.answer([("replaced_at_a_time", json!(replaced)), ("replacement", json!(when))])
}

fn grace(input: &Input<'_>) -> Answer {
    let settings = GroupConfig {
        health_check_grace_period: input.span("grace_s")?,
        has_balancer: true,
        ..config(0, 4)
    };
    let mut rig = Rig::new(settings, 2)?;
    let (now, first) = (at(input.f64("age_s")? as u64), InstanceId(1));
    if input.has("ec2_state") && input.str("ec2_state")? != "running" {
        rig.group.instance_stopped(now, first, &mut rig.out);
    } else {
        let healthy = input.get("elb_check").as_str() != Some("unhealthy");
        rig.group.health_changed(now, first, healthy, &mut rig.out);
    }
    let state = rig.group.instance(first).map(|instance| instance.state);
    let marked = state != Some(LifecycleState::InService);
    input.answer([("marked_unhealthy", json!(marked))])
}

fn by_hand(input: &Input<'_>) -> Answer {
    let noticed = clock_s(input.str("out_of_service_at")?)? + LAB_NOTICE_S;
    let mut rig = Rig::new(config(0, 4), 2)?;
    rig.group.instance_stopped(at(noticed), InstanceId(1), &mut rig.out);
    rig.boot_all(at(noticed + LAB_BOOT_S));
    let record = rig.group.activities().rfind(|record| record.activity.launch).ok_or("none")?;
    let seconds = |at: shared::time::Timestamp| at.as_s_f64() as u64;
    let ended = record.ended.ok_or("the replacement goes on")?;
    input.answer([
        ("replacement_activity_start", json!(clock(seconds(record.activity.started)))),
        ("replacement_activity_end", json!(clock(seconds(ended)))),
        ("desired_unchanged", json!(rig.group.desired())),
    ])
}
