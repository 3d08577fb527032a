//! The life of a group's servers: what they are launched from and paid as, what they wait for, and
//! when they are replaced.

use super::law::law_section;
use super::parts::{
    Options, cards, choice, json, numbers_list, open_whole, optional, real, rows, section, toggle,
    whole, words_list,
};
use super::{ListItem, Number, Optional, Part, Unit};
use crate::editor::notice::Text;
use shared::cost::Discounts;
use shared::design::{CapacityShortage, Group, InstanceRefresh, LifecycleHook};
use shared::scale::{LaunchSource, Process, TerminationPolicy};

/// Longest run, seconds: 31 days.
const DURATION_S_MAX: u32 = 31 * 86_400;
/// Most servers of a group.
const SIZE_MAX: u32 = 10_000;
/// Most hooks, shortages, refreshes and checkpoints that the inspector adds.
const LIST_MAX: usize = 20;

const MONITORING: Options = &[
    ("high_resolution", "monitoring-high-resolution"),
    ("detailed", "monitoring-detailed"),
    ("basic", "monitoring-basic"),
];
const TERMINATION_POLICIES: Options = &[
    ("default", "termination-default"),
    ("allocation_strategy", "termination-allocation-strategy"),
    ("oldest_launch_template", "termination-oldest-launch-template"),
    ("oldest_launch_configuration", "termination-oldest-launch-configuration"),
    ("closest_to_next_instance_hour", "termination-closest-to-next-instance-hour"),
    ("newest_instance", "termination-newest-instance"),
    ("oldest_instance", "termination-oldest-instance"),
];
const PROCESSES: Options = &[
    ("Launch", "process-launch"),
    ("Terminate", "process-terminate"),
    ("AddToLoadBalancer", "process-add-to-load-balancer"),
    ("AlarmNotification", "process-alarm-notification"),
    ("AZRebalance", "process-az-rebalance"),
    ("HealthCheck", "process-health-check"),
    ("InstanceRefresh", "process-instance-refresh"),
    ("ReplaceUnhealthy", "process-replace-unhealthy"),
    ("ScheduledActions", "process-scheduled-actions"),
];
const TRANSITIONS: Options =
    &[("launching", "hook-launching"), ("terminating", "hook-terminating")];
const RESULTS: Options = &[("continue", "hook-continue"), ("abandon", "hook-abandon")];
const POOL_STATES: Options =
    &[("stopped", "pool-stopped"), ("running", "pool-running"), ("hibernated", "pool-hibernated")];
const CREDIT_MODES: Options =
    &[("standard", "credits-standard"), ("unlimited", "credits-unlimited")];
const LAUNCH_SOURCES: Options =
    &[("template", "source-template"), ("configuration", "source-configuration")];

/// Everything about the life of the servers, in the order of the inspector.
pub(super) fn fleet_parts(group: &Group) -> Vec<Part> {
    vec![
        section("section-placement", placement(group)),
        spot(group),
        credits(group),
        hooks(&group.lifecycle_hooks),
        warm_pool(group),
        section("section-replacement", replacement(group)),
        maintenance(group),
        refreshes(&group.instance_refreshes),
        launch_source("launch_source", group.launch_source.as_ref()),
        words_list(
            "termination_policies",
            (
                "list-termination-policies",
                "field-termination-policy",
                "list-termination-policies-add",
            ),
            &group.termination_policies,
            TERMINATION_POLICIES,
            (&TerminationPolicy::OldestInstance, TERMINATION_POLICIES.len()),
        ),
        words_list(
            "suspended_processes",
            ("list-suspended", "field-process", "list-suspended-add"),
            &group.suspended_processes,
            PROCESSES,
            (&Process::Launch, PROCESSES.len()),
        ),
        shortages(group),
    ]
}

fn placement(group: &Group) -> Vec<Part> {
    vec![
        whole("zones", "field-zones", group.zones, 1, 16, Unit::None),
        choice("monitoring", "field-monitoring", &group.monitoring, MONITORING),
        whole("metric_delay_s", "field-metric-delay", group.metric_delay_s, 0, 300, Unit::Seconds),
    ]
}

fn spot(group: &Group) -> Part {
    let distribution = group.instances_distribution.as_ref();
    optional("instances_distribution", "section-spot", distribution, |distribution| {
        let at = |name: &str| format!("instances_distribution.{name}");
        let base = distribution.on_demand_base_capacity;
        let percent = distribution.on_demand_percentage_above_base_capacity;
        let rate = group.spot_interruptions_per_hour;
        let (spot_percent, most) = (group.discounts.spot_percent, Discounts::SPOT_MAX);
        vec![
            whole(
                &at("on_demand_base_capacity"),
                "field-on-demand-base",
                base,
                0,
                SIZE_MAX,
                Unit::Servers,
            ),
            whole(
                &at("on_demand_percentage_above_base_capacity"),
                "field-on-demand-percentage",
                percent,
                0,
                100,
                Unit::Percent,
            ),
            real(
                "discounts.spot_percent",
                "field-spot-discount",
                spot_percent,
                0.0,
                most,
                Unit::Percent,
            ),
            real(
                "spot_interruptions_per_hour",
                "field-spot-interruptions",
                rate,
                0.0,
                60.0,
                Unit::None,
            ),
            toggle("capacity_rebalancing", "field-rebalancing", group.capacity_rebalancing),
        ]
    })
}

fn credits(group: &Group) -> Part {
    let specification = group.credit_specification.as_ref();
    optional("credit_specification", "section-credits", specification, |specification| {
        let at = |name: &str| format!("credit_specification.{name}");
        let (initial, most) = (specification.initial_credits, group.credits_max());
        vec![
            choice(
                &at("cpu_credits"),
                "field-cpu-credits",
                &specification.cpu_credits,
                CREDIT_MODES,
            ),
            real(&at("initial_credits"), "field-initial-credits", initial, 0.0, most, Unit::None),
        ]
    })
}

fn hooks(hooks: &[LifecycleHook]) -> Part {
    let item = |(i, hook): (usize, &LifecycleHook)| {
        let at = |name: &str| format!("lifecycle_hooks[{i}].{name}");
        let timeout_s = hook.heartbeat_timeout_s;
        ListItem {
            title: Text::new("hook-title").with("number", i + 1),
            parts: vec![
                choice(&at("transition"), "field-hook-transition", &hook.transition, TRANSITIONS),
                law_section(&at("action"), "section-hook-action", &hook.action),
                whole(
                    &at("heartbeat_timeout_s"),
                    "field-heartbeat-timeout",
                    timeout_s,
                    30,
                    7_200,
                    Unit::Seconds,
                ),
                choice(
                    &at("default_result"),
                    "field-default-result",
                    &hook.default_result,
                    RESULTS,
                ),
            ],
        }
    };
    let items = hooks.iter().enumerate().map(item).collect();
    let new = json(&LifecycleHook::default());
    cards("lifecycle_hooks", ("list-hooks", "list-hooks-add"), items, (new, LIST_MAX))
}

fn warm_pool(group: &Group) -> Part {
    optional("warm_pool", "section-warm-pool", group.warm_pool.as_ref(), |pool| {
        let at = |name: &str| format!("warm_pool.{name}");
        let start = Part::Optional(Optional {
            path: "warm_start".to_owned(),
            title: "section-warm-start",
            default: json(&Group::WARM_START),
            parts: group
                .warm_start
                .as_ref()
                .map(|law| vec![law_section("warm_start", "section-warm-start", law)]),
        });
        let prepared = pool.max_group_prepared_capacity;
        vec![
            whole(
                &at("min_size"),
                "field-pool-min-size",
                pool.min_size,
                0,
                SIZE_MAX,
                Unit::Servers,
            ),
            open_whole(
                &at("max_group_prepared_capacity"),
                "field-prepared-capacity",
                prepared,
                (0, SIZE_MAX),
                Unit::Servers,
                "open-as-max-size",
            ),
            choice(&at("pool_state"), "field-pool-state", &pool.pool_state, POOL_STATES),
            toggle(&at("reuse_on_scale_in"), "field-reuse-on-scale-in", pool.reuse_on_scale_in),
            start,
        ]
    })
}

fn replacement(group: &Group) -> Vec<Part> {
    let is_protected = group.new_instances_protected_from_scale_in;
    vec![
        open_whole(
            "max_instance_lifetime_s",
            "field-max-lifetime",
            group.max_instance_lifetime_s,
            (86_400, 31_536_000),
            Unit::Seconds,
            "open-never",
        ),
        toggle("new_instances_protected_from_scale_in", "field-protected", is_protected),
    ]
}

fn maintenance(group: &Group) -> Part {
    let policy = group.maintenance_policy.as_ref();
    optional("maintenance_policy", "section-maintenance", policy, |policy| {
        let (min, max) = (policy.min_healthy_percent, policy.max_healthy_percent);
        let percent = |name: &str, label, value, min, max| {
            whole(&format!("maintenance_policy.{name}"), label, value, min, max, Unit::Percent)
        };
        let most = (min + 100).min(200);
        vec![
            percent("min_healthy_percent", "field-min-healthy", min, 0, 100),
            percent("max_healthy_percent", "field-max-healthy", max, 100, most),
        ]
    })
}

fn refreshes(refreshes: &[InstanceRefresh]) -> Part {
    let item = |(i, refresh): (usize, &InstanceRefresh)| ListItem {
        title: Text::new("refresh-title").with("number", i + 1),
        parts: refresh_parts(&format!("instance_refreshes[{i}]"), refresh),
    };
    let items = refreshes.iter().enumerate().map(item).collect();
    let new = json(&InstanceRefresh::default());
    cards("instance_refreshes", ("list-refreshes", "list-refreshes-add"), items, (new, LIST_MAX))
}

fn refresh_parts(path: &str, refresh: &InstanceRefresh) -> Vec<Part> {
    let (at, at_s) = (format!("{path}.at_s"), refresh.at_s);
    let mut parts = vec![whole(&at, "field-refresh-at", at_s, 0, DURATION_S_MAX, Unit::Seconds)];
    parts.extend(refresh_plan_parts(path, refresh));
    parts
}

/// How servers are replaced, whatever it is that begins it.
pub(super) fn refresh_plan_parts(path: &str, refresh: &InstanceRefresh) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let seconds =
        |name: &str, label, value, max| whole(&at(name), label, value, 0, max, Unit::Seconds);
    let min_healthy = refresh.min_healthy_percent;
    let percent = Number {
        value: Some(100.0),
        min: 1.0,
        max: 100.0,
        integer: true,
        unit: Unit::Percent,
        absent: None,
    };
    let checkpoints: Vec<f64> = refresh.checkpoints.iter().copied().map(f64::from).collect();
    vec![
        whole(&at("min_healthy_percent"), "field-min-healthy", min_healthy, 0, 100, Unit::Percent),
        open_whole(
            &at("instance_warmup_s"),
            "field-refresh-warmup",
            refresh.instance_warmup_s,
            (0, 3_600),
            Unit::Seconds,
            "open-as-group",
        ),
        numbers_list(
            &at("checkpoints"),
            ("list-checkpoints", "field-checkpoint", "list-checkpoints-add"),
            &checkpoints,
            percent,
            LIST_MAX,
        ),
        seconds(
            "checkpoint_delay_s",
            "field-checkpoint-delay",
            refresh.checkpoint_delay_s,
            172_800,
        ),
        toggle(&at("skip_matching"), "field-skip-matching", refresh.skip_matching),
        launch_source(&at("launch_source"), refresh.launch_source.as_ref()),
    ]
}

fn launch_source(path: &str, source: Option<&LaunchSource>) -> Part {
    optional(path, "section-launch-source", source, |source| {
        let number = |name: &str, label, value| {
            whole(&format!("{path}.{name}"), label, value, 0, u32::MAX, Unit::None)
        };
        let mut parts =
            vec![choice(&format!("{path}.type"), "field-launch-source", source, LAUNCH_SOURCES)];
        match *source {
            LaunchSource::Template { template, version } => {
                parts.push(number("template", "field-template", template));
                parts.push(number("version", "field-template-version", version));
            }
            LaunchSource::Configuration { number: it } => {
                parts.push(number("number", "field-configuration", it));
            }
        }
        parts
    })
}

fn shortages(group: &Group) -> Part {
    let item = |(i, shortage): (usize, &CapacityShortage)| {
        let at = |name: &str| format!("capacity_shortages[{i}].{name}");
        let (from_s, to_s) = (shortage.from_s, shortage.to_s);
        let soonest = from_s.min(DURATION_S_MAX - 1) + 1;
        let zones = (0, group.zones.max(1) - 1);
        ListItem {
            title: Text::new("item-title").with("number", i + 1),
            parts: vec![
                whole(
                    &at("from_s"),
                    "field-shortage-from",
                    from_s,
                    0,
                    DURATION_S_MAX - 1,
                    Unit::Seconds,
                ),
                whole(
                    &at("to_s"),
                    "field-shortage-to",
                    to_s,
                    soonest,
                    DURATION_S_MAX,
                    Unit::Seconds,
                ),
                open_whole(
                    &at("zone"),
                    "field-shortage-zone",
                    shortage.zone,
                    zones,
                    Unit::None,
                    "open-all-zones",
                ),
            ],
        }
    };
    let new = json(&CapacityShortage { from_s: 0, to_s: 600, zone: None });
    let items = group.capacity_shortages.iter().enumerate().map(item).collect();
    let words = ("list-shortages", "list-shortages-add");
    rows("capacity_shortages", words, items, (new, LIST_MAX))
}
