//! Hooks and the path of an instance; maintenance policies.

use super::Check;
use super::input::{Answer, Input, at, verdict};
use super::rig::{Rig, config};
use serde_json::json;
use shared::id::InstanceId;
use shared::scale::{GroupConfig, HookConfig, HookResult, MaintenancePolicy};
use shared::time::Timestamp;

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("lifecycle", |v| verdict(v, lifecycle)),
    ("maintenance_policy", |v| verdict(v, maintenance)),
];

fn lifecycle(input: &Input<'_>) -> Answer {
    if input.has("heartbeat_s") {
        let heartbeat_timeout = input.span("heartbeat_s")?;
        let hook = HookConfig { heartbeat_timeout, ..HookConfig::default() };
        let timeout = hook.global_timeout().as_s_f64();
        return input.answer([("global_timeout_s", json!(timeout))]);
    }
    let hooks: Vec<&str> =
        if input.has("hooks") { input.strings("hooks")? } else { vec![input.str("hook")?] };
    let hook = |name: &str| hooks.contains(&name).then(HookConfig::default).into_iter().collect();
    let result = match input.get("result").as_str() {
        Some("ABANDON") => HookResult::Abandon,
        _ => HookResult::Continue,
    };
    let settings = GroupConfig {
        launch_hooks: hook("launch"),
        termination_hooks: hook("terminate"),
        ..config(0, 4)
    };
    let mut rig = Rig::new(settings, 0)?;
    rig.group.set_desired(at(0), 1, &mut rig.out);
    let first = InstanceId(1);
    let complete = |rig: &mut Rig, now: Timestamp, result| {
        rig.group.complete_lifecycle_action(now, first, 0, result, &mut rig.out);
    };
    rig.group.booted(at(30), first, &mut rig.out);
    complete(
        &mut rig,
        at(60),
        if hooks.contains(&"launch") { result } else { HookResult::Continue },
    );
    let replacement = rig.launched().iter().any(|id| *id != first);
    rig.group.set_desired(at(90), 0, &mut rig.out);
    rig.drain_all(at(120));
    complete(&mut rig, at(150), result);
    input.answer([("path", json!(rig.path(first))), ("replacement", json!(replacement))])
}

fn maintenance(input: &Input<'_>) -> Answer {
    // What the rows leave out is at its loosest.
    let policy = MaintenancePolicy {
        min_healthy_percent: input.opt_u32("min_healthy").unwrap_or(0),
        max_healthy_percent: input.opt_u32("max_healthy").unwrap_or(100),
    };
    let count = input.opt_u32("desired").or(input.opt_u32("warm_pool")).unwrap_or(0);
    let (least, most) = policy.range(count);
    let both = input.has("min_healthy") && input.has("max_healthy");
    input
        .answer([("range", json!([least, most])), ("valid", json!(both && policy.check().is_ok()))])
}
