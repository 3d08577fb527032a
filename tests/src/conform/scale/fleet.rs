//! Zones, termination order, mixed groups and Spot, warm pools, suspended processes.

use super::Check;
use super::input::{Answer, Input, at, verdict, within};
use super::rig::{Rig, config, simple};
use serde_json::{Value, json};
use shared::id::InstanceId;
use shared::scale::{
    GroupConfig, Instance, InstancesDistribution, LaunchSource, LifecycleState, Output, Process,
    ScalingPolicy, ScheduledPolicy, TerminationPolicy, TerminationRules, WarmPoolConfig, ZoneId,
    choose_for_termination, launch_zone, rebalancing_max,
};
use shared::time::{Span, Timestamp};
use std::collections::BTreeMap;

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("az_balance", |v| verdict(v, zones)),
    ("mixed_instances", |v| verdict(v, mixed)),
    ("spot", |v| verdict(v, spot)),
    ("suspended", |v| verdict(v, suspended)),
    ("termination", |v| verdict(v, termination)),
    ("warm_pool", |v| verdict(v, warm_pool)),
];

/// Zone names of a row, in alphabetical order, with their counts.
fn zone_counts(input: &Input<'_>) -> Result<Vec<(String, u32)>, String> {
    let zones = input.get("zones").as_object().ok_or("zones is no object")?;
    let count = |value: &Value| value.as_u64().ok_or(format!("zone count {value}"));
    let mut zones: Vec<_> = zones
        .iter()
        .map(|(name, value)| Ok((name.clone(), count(value)? as u32)))
        .collect::<Result<_, String>>()?;
    zones.sort();
    Ok(zones)
}

fn zones(input: &Input<'_>) -> Answer {
    if input.asks("temporary_max") {
        return input.answer([("temporary_max", json!(rebalancing_max(input.u32("max")?)))]);
    }
    let zones = zone_counts(input)?;
    if input.has("reason") {
        return rebalance(input, &zones);
    }
    let failing: Vec<&str> =
        if input.has("launch_fails_in") { input.strings("launch_fails_in")? } else { Vec::new() };
    let name = |zone: ZoneId| zones.get(usize::from(zone.0)).map(|(name, _)| name.as_str());
    let mut counts: Vec<u32> = zones.iter().map(|(_, count)| *count).collect();
    let can = |zone| name(zone).is_some_and(|name| !failing.contains(&name));
    let mut launched = Vec::new();
    for _ in 0..input.opt_u32("launch").unwrap_or(1) {
        let zone = launch_zone(&counts, can).ok_or("nowhere to launch")?;
        launched.push(name(zone).unwrap_or_default());
        if let Some(count) = counts.get_mut(usize::from(zone.0)) {
            *count += 1;
        }
    }
    // Where several zones are equally empty, any of them is right.
    let least = zones.iter().filter(|(name, _)| !failing.contains(&name.as_str()));
    let least_count = least.clone().map(|(_, count)| *count).min();
    let equal: Vec<_> =
        least.filter(|(_, count)| Some(*count) == least_count).map(|(name, _)| name).collect();
    let is_one = launched.first().is_some_and(|first| equal.iter().any(|name| name == first));
    let after: BTreeMap<_, _> = zones.iter().map(|(name, _)| name).zip(&counts).collect();
    let after = json!(after);
    counts.sort_unstable();
    input.answer([
        ("launch_in_one_of", if is_one { json!(equal) } else { json!(launched) }),
        ("launched_in", json!(launched.first())),
        ("zone_counts_sorted", json!(counts)),
        ("zone_counts_after", after),
    ])
}

/// A real group that could not launch in a zone which then recovers.
fn rebalance(input: &Input<'_>, zones: &[(String, u32)]) -> Answer {
    let total: u32 = zones.iter().map(|(_, count)| count).sum();
    let settings = GroupConfig { zones: zones.len() as u16, ..config(0, total) };
    let mut rig = Rig::new(settings, 0)?;
    let all: Vec<ZoneId> = (0..zones.len() as u16).map(ZoneId).collect();
    rig.group.suspend(Process::AzRebalance);
    // Only one zone is open at a time while the given numbers are launched.
    for (open, (_, count)) in all.iter().zip(zones) {
        for zone in &all {
            rig.group.set_zone_available(at(0), *zone, zone == open, &mut rig.out);
        }
        let desired = rig.group.desired() + count;
        rig.group.set_desired(at(0), desired, &mut rig.out);
        rig.boot_all(at(0));
    }
    rig.out.clear();
    let name = |zone: ZoneId| zones.get(usize::from(zone.0)).map_or("", |(name, _)| name.as_str());
    let zone_of: BTreeMap<_, _> =
        rig.group.instances().map(|instance| (instance.id, instance.zone)).collect();
    for zone in &all {
        rig.group.set_zone_available(at(60), *zone, true, &mut rig.out);
    }
    rig.group.resume(at(60), Process::AzRebalance, &mut rig.out);
    let mut order = Vec::new();
    for output in &rig.out {
        if let Output::Launch(id) = output {
            let zone = rig.group.instance(*id).map_or(ZoneId(0), |instance| instance.zone);
            order.push(format!("launch in {}", name(zone)));
        }
    }
    rig.out.clear();
    rig.boot_all(at(120));
    for output in &rig.out {
        if let Output::Deregister(id) = output {
            let zone = zone_of.get(id).copied().unwrap_or_default();
            order.push(format!("terminate in {}", name(zone)));
        }
    }
    rig.drain_all(at(180));
    let mut after: BTreeMap<&str, u32> = zones.iter().map(|(name, _)| (name.as_str(), 0)).collect();
    for instance in rig.group.instances() {
        *after.entry(name(instance.zone)).or_default() += 1;
    }
    input.answer([("order", json!(order)), ("zone_counts_after", json!(after))])
}

fn distribution(input: &Input<'_>) -> InstancesDistribution {
    let default = InstancesDistribution::default();
    InstancesDistribution {
        on_demand_base_capacity: input.opt_u32("on_demand_base").unwrap_or(0),
        on_demand_percentage_above_base_capacity: input
            .opt_u32("on_demand_percent_above_base")
            .unwrap_or(default.on_demand_percentage_above_base_capacity),
    }
}

/// A real group: what it launched must be what the rule says.
fn mixed(input: &Input<'_>) -> Answer {
    use shared::scale::Purchase;
    let desired = input.u32("desired")?;
    let settings =
        GroupConfig { distribution: Some(distribution(input)), ..config(desired, desired) };
    let rig = Rig::new(settings, desired)?;
    let count =
        |purchase| rig.group.instances().filter(|instance| instance.purchase == purchase).count();
    input.answer([
        ("on_demand", json!(count(Purchase::OnDemand))),
        ("spot", json!(count(Purchase::Spot))),
    ])
}

fn spot(input: &Input<'_>) -> Answer {
    let capacity_rebalancing = input.flag("capacity_rebalancing");
    let spot = InstancesDistribution {
        on_demand_base_capacity: 0,
        on_demand_percentage_above_base_capacity: 0,
    };
    let settings = GroupConfig {
        distribution: Some(spot),
        capacity_rebalancing,
        has_balancer: true,
        ..config(0, 4)
    };
    let mut rig = Rig::new(settings, 4)?;
    let old = InstanceId(1);
    let notice = input.opt_f64("t_s").unwrap_or(0.0) as u64;
    if input.str("event")?.contains("recommendation") {
        rig.group.rebalance_recommendation(at(notice), old, &mut rig.out);
    } else {
        rig.group.spot_interruption(at(notice), old, &mut rig.out);
    }
    let mut order = Vec::new();
    let (mut gone_at, mut launched_at) = (None, None);
    for second in notice..notice + 300 {
        rig.group.handle_timeout(at(second), &mut rig.out);
        for output in std::mem::take(&mut rig.out) {
            match output {
                Output::Launch(_) => {
                    order.push("launch new");
                    launched_at = launched_at.or(Some(second));
                }
                Output::StateChanged { instance, state: LifecycleState::InService }
                    if instance != old =>
                {
                    order.push("new passes health check");
                }
                Output::Deregister(id) if id == old => order.push("terminate old"),
                Output::Terminate(id) if id == old => gone_at = gone_at.or(Some(second)),
                _ => {}
            }
        }
        if second == notice + 60 {
            rig.boot_all(at(second));
        }
    }
    let only_after = gone_at.zip(launched_at).is_some_and(|(gone, launched)| launched >= gone);
    let starts = if only_after {
        "only after the instance is gone and its health check fails"
    } else {
        "before the instance is gone"
    };
    input.answer([
        ("instance_reclaimed_at_s", json!(gone_at)),
        ("replacement_starts", json!(starts)),
        ("order", json!(order)),
    ])
}

fn process(name: &str) -> Result<Process, String> {
    serde_json::from_value(json!(name)).map_err(|_| format!("process {name}"))
}

/// A group of two with a balancer, or an empty one over two zones, with a simple policy and an
/// hourly action that would set nine servers.
fn suspended_rig(max: u32, zones: u16) -> Result<Rig, String> {
    let hourly = ScheduledPolicy {
        recurrence: "0 * * * *".to_owned(),
        min_size: Some(1),
        desired_capacity: Some(9),
        ..ScheduledPolicy::default()
    };
    let policies = vec![simple(1, Some(0)), ScalingPolicy::Scheduled(hourly)];
    let settings = GroupConfig { policies, zones, has_balancer: true, ..config(0, max) };
    Rig::new(settings, if zones == 2 { 0 } else { 2 })
}

fn suspended(input: &Input<'_>) -> Answer {
    let max = input.opt_u32("max").unwrap_or(10);
    let about_zones = input.get("event").as_str().is_some_and(|event| event.contains("AZ"));
    let zones = if about_zones { 2 } else { 1 };
    let mut rig = suspended_rig(max, zones)?;
    let names = input.strings("suspended")?;
    let suspend = |rig: &mut Rig| -> Result<(), String> {
        names.iter().try_for_each(|name| {
            rig.group.suspend(process(name)?);
            Ok(())
        })
    };
    let resume = |rig: &mut Rig, now: Timestamp| -> Result<(), String> {
        names.iter().try_for_each(|name| {
            rig.group.resume(now, process(name)?, &mut rig.out);
            Ok(())
        })
    };
    if zones == 2 {
        return suspended_rebalancing(input, rig, max, suspend);
    }
    suspend(&mut rig)?;
    if input.has("event") {
        rig.group.health_changed(at(1), InstanceId(1), false, &mut rig.out);
        rig.drain_all(at(2));
        let terminated = rig.group.instance(InstanceId(1)).is_none();
        let at_once = !rig.launched().is_empty();
        resume(&mut rig, at(3))?;
        let replaced = match (at_once, rig.launched().is_empty()) {
            (true, _) => "at once",
            (false, false) => "on resume",
            (false, true) => "never",
        };
        return input.answer([("terminated", json!(terminated)), ("replaced", json!(replaced))]);
    }
    if input.has("launched_while_suspended") {
        rig.group.set_desired(at(1), 2 + input.u32("launched_while_suspended")?, &mut rig.out);
        rig.boot_all(at(2));
        resume(&mut rig, at(3))?;
        rig.group.handle_timeout(at(600), &mut rig.out);
        let registered = rig.out.iter().any(|output| matches!(output, Output::Register(_)));
        return input.answer([("registered_retroactively", json!(registered))]);
    }
    if input.has("missed") {
        let hours = u64::from(input.u32("missed")?);
        rig.run(at(hours * 3_600 + 1), |_, _| {});
        resume(&mut rig, at(hours * 3_600 + 2))?;
        rig.run(at(hours * 3_600 + 1_800), |_, _| {});
        let ran = u32::from(rig.group.desired() == 9);
        return input.answer([("run_on_resume", json!(ran))]);
    }
    let breach = |rig: &mut Rig, now| {
        rig.group.observe_cpu(90.0, 1);
        rig.group.handle_timeout(now, &mut rig.out);
    };
    breach(&mut rig, at(60));
    let ignored = rig.group.desired() == 2;
    resume(&mut rig, at(61))?;
    breach(&mut rig, at(120));
    let considered = ignored && rig.group.desired() > 2;
    input.answer([("policy_considered", json!(considered))])
}

/// A group at its greatest size, one zone of two full, that may launch and not terminate.
fn suspended_rebalancing(
    input: &Input<'_>,
    mut rig: Rig,
    max: u32,
    suspend: impl Fn(&mut Rig) -> Result<(), String>,
) -> Answer {
    rig.group.set_zone_available(at(0), ZoneId(1), false, &mut rig.out);
    rig.group.set_desired(at(0), max, &mut rig.out);
    rig.boot_all(at(0));
    suspend(&mut rig)?;
    rig.group.set_zone_available(at(60), ZoneId(1), true, &mut rig.out);
    for minute in 2..20 {
        rig.boot_all(at(minute * 60));
        rig.group.handle_timeout(at(minute * 60), &mut rig.out);
    }
    input.answer([("size_may_reach", json!(rig.group.instances().count()))])
}

fn termination_policy(name: &str) -> Result<TerminationPolicy, String> {
    let words = TerminationPolicy::ALL.into_iter().find(|policy| format!("{policy:?}") == name);
    words.ok_or(format!("termination policy {name}"))
}

/// An hour in the life of the group: instances are placed by the minute.
fn instance(now: Timestamp, number: usize, row: &Value) -> Result<Instance, String> {
    let row = within(row);
    let text = |key: &str| row.get(key).as_str().unwrap_or_default().to_owned();
    let zone = text("az").bytes().next().map_or(0, |byte| u16::from(byte.saturating_sub(b'a')));
    let launched = match (row.opt_f64("launched_min"), row.opt_f64("minutes_to_next_hour")) {
        (Some(minute), _) => Timestamp::from_s((minute * 60.0) as u64),
        (None, Some(left)) => now_minus(now, (60.0 - left) * 60.0),
        (None, None) => Timestamp::ZERO,
    };
    let id = InstanceId(number as u32 + 1);
    let version = row.opt_u32("lt_version").or(row.opt_u32("version")).unwrap_or(1);
    let source = if row.has("launch_configuration") {
        LaunchSource::Configuration { number: row.opt_u32("lc_age").unwrap_or(0) }
    } else {
        let name = [text("template"), text("launch_template")].concat();
        LaunchSource::Template { template: template_number(&name), version }
    };
    Ok(Instance {
        state: LifecycleState::InService,
        zone: ZoneId(zone),
        source,
        is_protected: row.flag("protected"),
        purchase: match row.get("purchase").as_str().or(row.get("lifecycle").as_str()) {
            Some(text) if text.eq_ignore_ascii_case("spot") => shared::scale::Purchase::Spot,
            _ => shared::scale::Purchase::OnDemand,
        },
        ..Instance::launched(id, launched)
    })
}

fn now_minus(now: Timestamp, seconds: f64) -> Timestamp {
    Timestamp::from_ns(now.as_ns() - Span::from_s_f64(seconds).as_ns())
}

fn template_number(name: &str) -> u32 {
    name.bytes().fold(0, |number, byte| number * 31 + u32::from(byte))
}

fn termination(input: &Input<'_>) -> Answer {
    if input.flag("all_protected") {
        let desired = input.u32("desired")?;
        let settings = GroupConfig { protect_from_scale_in: true, ..config(0, desired) };
        let mut rig = Rig::new(settings, desired)?;
        rig.group.set_desired(at(1), input.u32("set_desired")?, &mut rig.out);
        let left = rig.in_state(LifecycleState::InService).len() as u32;
        return input.answer([
            ("desired", json!(rig.group.desired())),
            ("terminated", json!(desired - left)),
        ]);
    }
    if input.has("health") {
        let protect_from_scale_in = input.flag("instance_protected");
        let mut rig = Rig::new(GroupConfig { protect_from_scale_in, ..config(0, 4) }, 4)?;
        let healthy = input.str("health")? != "Unhealthy";
        rig.group.set_instance_health(at(1), InstanceId(1), healthy, false, &mut rig.out);
        rig.drain_all(at(1));
        let terminated = rig.group.instance(InstanceId(1)).is_none();
        return input.answer([("terminated", json!(terminated))]);
    }
    let now = at(10 * 3_600);
    let rows = input.array("instances")?;
    let instances: Vec<Instance> = rows
        .iter()
        .enumerate()
        .map(|(number, row)| instance(now, number, row))
        .collect::<Result<_, _>>()?;
    let policies = match input.get("policy") {
        Value::Array(_) => {
            let names = input.strings("policy")?.into_iter();
            names.map(termination_policy).collect::<Result<Vec<_>, _>>()?
        }
        _ => vec![termination_policy(input.str("policy")?)?],
    };
    let current = input.get("current_template").as_str().map_or(0, template_number);
    let rules = TerminationRules {
        policies: &policies,
        current_source: LaunchSource::Template { template: current, version: 1 },
        distribution: input.has("on_demand_base").then(|| distribution(input)),
    };
    let count = input.opt_u32("remove").unwrap_or(1) as usize;
    let chosen = choose_for_termination(now, &instances, &rules, count);
    let field = |id: InstanceId, key: &str| {
        let row = rows.get(id.0 as usize - 1);
        row.and_then(|row| row.get(key)).cloned().unwrap_or(Value::Null)
    };
    let first = |key| chosen.first().map_or(Value::Null, |id| field(*id, key));
    let all: Vec<_> = chosen.iter().map(|id| field(*id, "id")).collect();
    let terminate = if count > 1 { json!(all) } else { first("id") };
    input.answer([("terminate", terminate), ("zone", first("az"))])
}

/// A real group with a pool: what it prepared must be what the rule says.
fn warm_pool(input: &Input<'_>) -> Answer {
    let (desired, max) = (input.u32("desired")?, input.u32("max")?);
    let pool = WarmPoolConfig {
        min_size: input.opt_u32("warm_pool_min_size").unwrap_or(0),
        max_group_prepared_capacity: input.opt_u32("max_group_prepared_capacity"),
        ..WarmPoolConfig::default()
    };
    let mut rig = Rig::new(GroupConfig { warm_pool: Some(pool), ..config(0, max) }, desired)?;
    for id in rig.in_state(LifecycleState::WarmedPending) {
        rig.group.booted(at(60), id, &mut rig.out);
    }
    let prepared = rig.in_state(LifecycleState::Warmed).len();
    input.answer([("warm_pool_size", json!(prepared))])
}
