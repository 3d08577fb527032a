//! Step and simple policies, warm-up, cooldown, several policies at once, the article's story.

use super::Check;
use super::capacity::{adjustment_type, bounds};
use super::input::{Answer, Input, at, verdict, within};
use super::rig::{MINUTE, Rig, config, minute_alarm, simple};
use serde_json::{Value, json};
use shared::scale::{
    AdjustmentType, AlarmConfig, Comparison, GroupConfig, Metric, Proposal, ScalingPolicy,
    SimplePolicy, StepAdjustment, StepPolicy, TargetTrackingPolicy, combine, policy_warmup,
    target_tracking_may_scale_in,
};
use shared::time::{Span, Timestamp};

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("article_scenario", |v| verdict(v, article)),
    ("multi_policy", |v| verdict(v, several)),
    ("simple_cooldown", |v| verdict(v, cooldown)),
    ("step_example", |v| verdict(v, step_example)),
    ("step_select", |v| verdict(v, step_example)),
    ("step_validate", |v| verdict(v, validate)),
    ("step_warmup", |v| verdict(v, warmup)),
    ("warmup_resolution", |v| verdict(v, warmup_resolution)),
];

fn steps(input: &Input<'_>) -> Result<Vec<StepAdjustment>, String> {
    let step = |row: &Value| {
        let row = within(row);
        let (lower, upper) = (row.opt_f64("lower"), row.opt_f64("upper"));
        Ok(StepAdjustment { lower, upper, adjustment: row.i32("adjustment")? })
    };
    input.array("steps")?.iter().map(step).collect()
}

fn step_policy(input: &Input<'_>, low: bool) -> Result<StepPolicy, String> {
    // The published examples count a metric at the threshold as a breach.
    let comparison = if low {
        Comparison::LessThanOrEqualToThreshold
    } else {
        Comparison::GreaterThanOrEqualToThreshold
    };
    let adjustment_type = match input.get("adjustment_type").as_str() {
        Some(text) => adjustment_type(text)?,
        None => AdjustmentType::PercentChangeInCapacity,
    };
    Ok(StepPolicy {
        alarm: AlarmConfig { threshold: input.f64("threshold")?, ..minute_alarm(comparison) },
        adjustment_type,
        steps: steps(input)?,
        ..StepPolicy::default()
    })
}

/// The documented policies: threshold 50, out and in.
fn documented() -> Vec<ScalingPolicy> {
    let step = |lower, upper, adjustment| StepAdjustment { lower, upper, adjustment };
    let policy = |comparison, steps| {
        ScalingPolicy::Step(StepPolicy {
            alarm: minute_alarm(comparison),
            adjustment_type: AdjustmentType::PercentChangeInCapacity,
            steps,
            ..StepPolicy::default()
        })
    };
    let out = vec![
        step(Some(0.0), Some(10.0), 0),
        step(Some(10.0), Some(20.0), 10),
        step(Some(20.0), None, 30),
    ];
    let back = vec![
        step(Some(-10.0), Some(0.0), 0),
        step(Some(-20.0), Some(-10.0), -10),
        step(None, Some(-20.0), -30),
    ];
    vec![policy(Comparison::GreaterThanThreshold, out), policy(Comparison::LessThanThreshold, back)]
}

fn step_example(input: &Input<'_>) -> Answer {
    if input.has("metric_sequence") {
        return step_sequence(input);
    }
    let policy = step_policy(input, input.get("side").as_str() == Some("low"))?;
    let metric = input.f64("metric")?;
    let step = policy.step(metric).ok_or("no step covers the metric")?;
    let current = input.opt_u32("current").unwrap_or(0);
    let wanted = policy.capacity(metric, current).unwrap_or(current);
    input.answer([
        ("adjustment_percent", json!(step.adjustment)),
        ("adjustment", json!(step.adjustment)),
        ("desired", json!(bounds(input, current).clamp(wanted))),
    ])
}

/// A real group under the documented policies; every change settles before the next metric comes.
fn step_sequence(input: &Input<'_>) -> Answer {
    let (min_size, max_size) = (input.u32("min")?, input.u32("max")?);
    let config = GroupConfig { policies: documented(), ..config(min_size, max_size) };
    let mut rig = Rig::new(config, input.u32("start_current")?)?;
    let (mut now, mut desired) = (Timestamp::ZERO, Vec::new());
    for metric in input.numbers("metric_sequence")? {
        rig.group.observe_cpu(metric, 1);
        now += MINUTE;
        rig.group.handle_timeout(now, &mut rig.out);
        rig.boot_all(now);
        rig.drain_all(now);
        desired.push(rig.group.desired());
    }
    input.answer([("desired_sequence", json!(desired))])
}

fn validate(input: &Input<'_>) -> Answer {
    let policy = StepPolicy { steps: steps(input)?, ..StepPolicy::default() };
    input.answer([("valid", json!(policy.check().is_ok()))])
}

fn warmup(input: &Input<'_>) -> Answer {
    if input.has("warming_cpu") {
        return warming_metrics(input);
    }
    if input.flag("scale_in_alarm") {
        return scale_in_while_warming(input);
    }
    let low = input.get("side").as_str() == Some("low");
    let policies = vec![ScalingPolicy::Step(step_policy(input, low)?)];
    let config =
        GroupConfig { policies, default_instance_warmup: Span::from_s(3_600), ..config(0, 1_000) };
    let mut rig = Rig::new(config, input.u32("current_excluding_warming")?)?;
    let (mut now, mut desired) = (Timestamp::ZERO, Vec::new());
    for metric in input.numbers("metric_sequence_while_first_instance_warms")? {
        rig.group.observe_cpu(metric, 1);
        now += MINUTE;
        rig.group.handle_timeout(now, &mut rig.out);
        rig.boot_all(now);
        desired.push(rig.group.desired());
    }
    input.answer([("desired_sequence", json!(desired))])
}

/// Each instance reports, but only those that are warm are asked, as the group says who is.
fn warming_metrics(input: &Input<'_>) -> Answer {
    let (serving, warming) = (input.numbers("in_service_cpu")?, input.numbers("warming_cpu")?);
    let policies = vec![ScalingPolicy::Step(StepPolicy {
        alarm: minute_alarm(Comparison::GreaterThanThreshold),
        ..StepPolicy::default()
    })];
    let warmup = Span::from_s(300);
    let config = GroupConfig { policies, default_instance_warmup: warmup, ..config(0, 100) };
    let mut rig = Rig::new(config, serving.len() as u32)?;
    rig.group.set_desired(at(0), (serving.len() + warming.len()) as u32, &mut rig.out);
    rig.boot_all(at(0));
    let instances: Vec<_> = rig.group.instances().copied().collect();
    for (instance, cpu) in instances.iter().zip(serving.iter().chain(&warming)) {
        if instance.is_warm(at(30)) {
            rig.group.observe(Metric::AverageCpuUtilization, *cpu, 1);
        }
    }
    rig.group.handle_timeout(at(60), &mut rig.out);
    let average = rig.group.alarms().first().and_then(|alarm| alarm.latest());
    input.answer([("aggregated_average", json!(average))])
}

fn scale_in_while_warming(input: &Input<'_>) -> Answer {
    let warming = input.u32("instances_warming")?;
    let warmup = Span::from_s(180);
    let config =
        GroupConfig { policies: documented(), default_instance_warmup: warmup, ..config(0, 100) };
    let mut rig = Rig::new(config, 10)?;
    rig.group.set_desired(at(0), 10 + warming, &mut rig.out);
    rig.boot_all(at(0));
    let mut shrank_at = None;
    for minute in 1..=10 {
        rig.group.observe_cpu(10.0, 1);
        rig.group.handle_timeout(at(minute * 60), &mut rig.out);
        if rig.group.desired() < 10 + warming {
            shrank_at = shrank_at.or(Some(Span::from_s(minute * 60)));
        }
    }
    let scale_in = match shrank_at {
        Some(since) if since >= warmup => "blocked until warm-up ends",
        Some(_) => "not blocked",
        None => "never",
    };
    input.answer([("scale_in", json!(scale_in))])
}

fn warmup_resolution(input: &Input<'_>) -> Answer {
    // -1 clears a setting.
    let span = |key| input.opt_f64(key).filter(|s| *s >= 0.0).map(Span::from_s_f64);
    let default_warmup = span("default_instance_warmup");
    let cooldown = span("default_cooldown").unwrap_or(shared::scale::DEFAULT_COOLDOWN);
    let policy = policy_warmup(span("policy_estimated_instance_warmup"), default_warmup, cooldown);
    let grace = span("health_check_grace").unwrap_or(Span::ZERO);
    let refresh =
        GroupConfig::refresh_warmup(span("refresh_instance_warmup"), default_warmup, grace);
    input.answer([
        ("policy_warmup_s", json!(policy.as_s_f64())),
        ("refresh_warmup_s", json!(refresh.as_s_f64())),
    ])
}

fn cooldown(input: &Input<'_>) -> Answer {
    if input.asks("effective_cooldown_s") {
        let policy = SimplePolicy {
            cooldown_s: input.opt_u32("policy_cooldown"),
            ..SimplePolicy::default()
        };
        let group = input.opt_f64("group_default_cooldown").map(Span::from_s_f64);
        let group = group.unwrap_or(GroupConfig::default().default_cooldown);
        return input.answer([("effective_cooldown_s", json!(policy.cooldown(group).as_s_f64()))]);
    }
    if input.has("trigger") {
        return blocked(input);
    }
    if input.has("executions") {
        return executions(input);
    }
    if input.flag("scale_in_with_elb") {
        return cooldown_after_draining(input);
    }
    alarms_after_activity(input)
}

/// A group whose cooldown runs, and one more trigger.
fn blocked(input: &Input<'_>) -> Answer {
    let trigger = input.str("trigger")?;
    let rises = minute_alarm(Comparison::GreaterThanThreshold);
    let policies = vec![
        simple(1, Some(300)),
        ScalingPolicy::Step(StepPolicy { alarm: rises, ..StepPolicy::default() }),
        ScalingPolicy::TargetTracking(TargetTrackingPolicy::default()),
    ];
    let mut rig = Rig::new(GroupConfig { policies, ..config(0, 100) }, 4)?;
    let run = |rig: &mut Rig, policy, honor| {
        rig.group.execute_policy(at(0), policy, 90.0, honor, &mut rig.out).is_ok()
    };
    if input.flag("cooldown_active") {
        run(&mut rig, 0, true);
        rig.boot_all(at(0));
    }
    let before = rig.group.desired();
    let honor = trigger.contains("honor");
    let acted = if trigger.contains("unhealthy") || trigger.contains("replace") {
        let first = rig.group.instances().next().map(|instance| instance.id).ok_or("empty")?;
        rig.group.health_changed(at(1), first, false, &mut rig.out);
        !rig.launched().is_empty()
    } else if trigger.contains("schedul") {
        rig.group.set_sizes(at(1), (before + 1, 100), &mut rig.out).is_ok()
            && rig.group.desired() > before
    } else if trigger.contains("manual") || trigger.contains("set desired") {
        rig.group.set_desired_capacity(at(1), before + 1, honor, &mut rig.out).is_ok()
    } else {
        let policy = match trigger {
            text if text.contains("step") => 1,
            text if text.contains("target") => 2,
            text if text.contains("simple") => 0,
            other => return Err(format!("trigger {other}")),
        };
        run(&mut rig, policy, true);
        rig.group.desired() > before
    };
    input.answer([("blocked", json!(!acted))])
}

/// Runs a simple policy by hand at times such as `start` and `activity end +2 s`.
fn executions(input: &Input<'_>) -> Answer {
    const ACTIVITY_ENDS_S: u64 = 100;
    let change: i32 = input.str("policy")?.parse().map_err(|_| "policy is no change")?;
    let policies = vec![simple(change, Some(input.u32("cooldown_s")?))];
    let mut rig =
        Rig::new(GroupConfig { policies, ..config(0, 100) }, input.u32("start_desired")?)?;
    let mut desired = Vec::new();
    for execution in input.array("executions")? {
        let time = within(execution).str("t")?.to_owned();
        let after_end = time.strip_prefix("activity end +").map(|rest| rest.trim_end_matches(" s"));
        let now = match (time.as_str(), after_end) {
            ("start", _) => 0,
            (_, Some(seconds)) => {
                rig.boot_all(at(ACTIVITY_ENDS_S));
                rig.drain_all(at(ACTIVITY_ENDS_S));
                ACTIVITY_ENDS_S + seconds.parse::<u64>().map_err(|_| format!("time {time}"))?
            }
            _ => ACTIVITY_ENDS_S / 2,
        };
        // A refusal is an answer too: the capacity stays.
        let _ = rig.group.execute_policy(at(now), 0, 90.0, true, &mut rig.out);
        desired.push(rig.group.desired());
    }
    input.answer([("desired_after_each", json!(desired))])
}

fn alarms_after_activity(input: &Input<'_>) -> Answer {
    let end = input.f64("activity_end_s")? as u64;
    let mut executed = Vec::new();
    for alarm in input.numbers("next_alarm_at_s")? {
        let policies = vec![simple(1, Some(input.u32("cooldown_s")?))];
        let mut rig = Rig::new(GroupConfig { policies, ..config(0, 100) }, 1)?;
        let run = |rig: &mut Rig, now| {
            rig.group.execute_policy(at(now), 0, 90.0, true, &mut rig.out).is_ok()
        };
        run(&mut rig, 0);
        rig.boot_all(at(end));
        executed.push(run(&mut rig, alarm as u64));
    }
    input.answer([("executed", json!(executed))])
}

/// Scale-in behind a balancer: the clock starts when draining is over.
fn cooldown_after_draining(input: &Input<'_>) -> Answer {
    let cooldown_s = input.u32("cooldown_s")?;
    let policies = vec![simple(-1, Some(cooldown_s))];
    let settings = GroupConfig { policies, has_balancer: true, ..config(0, 100) };
    let mut rig = Rig::new(settings, 4)?;
    let start = input.f64("deregistration_starts_s")? as u64;
    let drained = start + input.f64("deregistration_delay_s")? as u64;
    rig.group
        .execute_policy(at(start), 0, 10.0, true, &mut rig.out)
        .map_err(|error| error.to_string())?;
    rig.drain_all(at(drained));
    let until = rig.group.cooldown_until();
    let window = [until.as_s_f64() - f64::from(cooldown_s), until.as_s_f64()];
    input.answer([("cooldown_window_s", json!(window))])
}

/// What a text such as `+3`, `-25%` or a number does to a capacity.
fn proposed(current: u32, proposal: &Value, out: bool) -> Result<u32, String> {
    let text = match proposal {
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    let (digits, kind) = match text.strip_suffix('%') {
        Some(digits) => (digits, AdjustmentType::PercentChangeInCapacity),
        None => (text.as_str(), AdjustmentType::ChangeInCapacity),
    };
    let change: i32 = digits.parse().map_err(|_| format!("proposal {text}"))?;
    let change = if out { change } else { -change.abs() };
    Ok(kind.apply(current, change, 0))
}

fn several(input: &Input<'_>) -> Answer {
    let flags = |key| -> Vec<bool> {
        let list = input.get(key).as_array();
        list.map(|list| list.iter().filter_map(Value::as_bool).collect()).unwrap_or_default()
    };
    if input.asks("scale_in") {
        let ready = flags("target_tracking_ready_to_scale_in");
        let enabled = flags("scale_in_enabled");
        let enabled = enabled.into_iter().chain(std::iter::repeat(true));
        let agreed = target_tracking_may_scale_in(enabled.zip(ready));
        return input.answer([("scale_in", json!(agreed))]);
    }
    let proposals = if input.asks("scale_out") {
        let ready = flags("target_tracking_ready_to_scale_out").into_iter();
        ready.map(|ready| if ready { 2 } else { 1 }).collect()
    } else if input.has("proposals") {
        let (current, out) = (input.u32("current")?, input.str("direction")? == "out");
        let list = input.array("proposals")?.iter();
        list.map(|proposal| proposed(current, proposal, out)).collect::<Result<_, _>>()?
    } else {
        ["predictive", "dynamic", "scheduled"]
            .into_iter()
            .filter_map(|key| input.opt_u32(key))
            .collect::<Vec<u32>>()
    };
    let proposals: Vec<_> =
        (0..).zip(proposals).map(|(policy, capacity)| Proposal { policy, capacity }).collect();
    let desired = combine(&proposals).ok_or("no proposal")?.capacity;
    let current = input.opt_u32("current").unwrap_or(1);
    input.answer([
        ("desired", json!(desired)),
        ("change", json!(i64::from(desired) - i64::from(current))),
        ("scale_out", json!(desired > current)),
    ])
}

fn article(input: &Input<'_>) -> Answer {
    if input.has("users_load_units") {
        return article_load(input);
    }
    let change = |key, default: i32| {
        let change = input.get(key).get("change").and_then(Value::as_i64);
        change.map_or(default, |change| change as i32)
    };
    let cooldown = Some(input.u32("cooldown_s")?);
    let policies = vec![simple(change("out", 1), cooldown), simple(change("in", -1), cooldown)];
    let sizes = config(input.u32("min")?, input.u32("max")?);
    let mut rig = Rig::new(GroupConfig { policies, ..sizes }, input.u32("desired")?)?;
    let signals: Vec<String> = match input.get("alarm_states_each_minute") {
        Value::Array(_) => {
            input.strings("alarm_states_each_minute")?.into_iter().map(str::to_owned).collect()
        }
        _ => {
            let signal = input.str("alarm")?.split(' ').next().unwrap_or_default().to_owned();
            vec![signal; input.u32("minutes")? as usize]
        }
    };
    // An activity takes as long as the first one does.
    let ends = ["launch_activity_ends_at_minute", "terminate_activity_ends_at_minute"];
    let takes = ends.into_iter().find_map(|key| input.opt_f64(key)).unwrap_or(0.0) as usize;
    let (mut desired, mut began) = (Vec::new(), None);
    for (minute, signal) in signals.iter().enumerate() {
        // The first alarm is minute 0 of the row and minute 1 of the alarm's own clock.
        let now = at((minute as u64 + 1) * 60);
        if began.is_some_and(|began| minute >= began + takes) {
            rig.boot_all(now);
            rig.drain_all(now);
            began = None;
        }
        let cpu = match signal.as_str() {
            "OUT" => 90.0,
            "IN" => 10.0,
            _ => 50.0,
        };
        let before = rig.group.desired();
        rig.group.observe_cpu(cpu, 1);
        rig.group.handle_timeout(now, &mut rig.out);
        if rig.group.desired() != before {
            began = Some(minute);
        }
        desired.push(rig.group.desired());
    }
    input
        .answer([("desired_final", json!(desired.last())), ("desired_each_minute", json!(desired))])
}

fn article_load(input: &Input<'_>) -> Answer {
    let capacity = input.f64("servers")? * input.f64("capacity_per_server")?;
    let cpu = input.f64("users_load_units")? / capacity * 100.0;
    let breaches = |comparison: Comparison| comparison.breaches(cpu, 80.0);
    input.answer([
        ("avg_cpu_percent", json!(cpu)),
        ("alarm_gt_80", json!(breaches(Comparison::GreaterThanThreshold))),
        ("alarm_ge_80", json!(breaches(Comparison::GreaterThanOrEqualToThreshold))),
    ])
}
