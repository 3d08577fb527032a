//! What can be wrong with an Auto Scaling group. Ranges and words are those of the service.

use super::{Check, GROUP_SIZE_MAX, QUEUE_MAX, ZONES_MAX, set};
use crate::cost::{CreditRate, Discounts};
use crate::design::{
    Group, HookTransition, InstanceRefresh, Issue, Node, Place, Problem, Settings, Severity,
};
use crate::id::NodeId;
use crate::scale::{self, GroupConfig, HookConfig, Metric, PolicyError, ScalingPolicy};

/// Longest cooldown, seconds: a day.
const COOLDOWN_S_MAX: u32 = 86_400;
/// Shortest and longest life of a server, seconds: a day and a year.
const LIFETIME_S: (u32, u32) = (86_400, 31_536_000);
/// Longest pause of a refresh, seconds: two days.
const CHECKPOINT_DELAY_S_MAX: u32 = 172_800;
/// Most interruptions of a Spot instance in an hour that make sense: one a minute.
const INTERRUPTIONS_PER_HOUR_MAX: f64 = 60.0;
/// Longest publication lag of metrics, seconds.
const METRIC_DELAY_S_MAX: u32 = 300;

impl Check<'_> {
    pub(super) fn group(&mut self, at: Place, node: &Node, id: NodeId, group: &Group) {
        self.range(at, "cores", group.cores, 1.0, 256_u32, None);
        self.law(at, "service", &group.service);
        self.law(at, "boot", &group.boot);
        self.range(at, "queue_max", group.queue_max, 0.0, QUEUE_MAX, None);
        self.range(at, "max_size", group.max_size, 0.0, GROUP_SIZE_MAX, None);
        let grace = group.health_check_grace_period_s;
        self.range(at, "health_check_grace_period_s", grace, 0.0, 7_200_u32, None);
        let warmup = group.default_instance_warmup_s;
        self.range(at, "default_instance_warmup_s", warmup, 0.0, 3_600_u32, None);
        self.sizes(at, node, id, group);
        self.price(at, group);
        self.policies(at, &group.policies);
        self.servers(at, group);
        self.hooks(at, group);
        self.spot(at, group);
        self.replacement(at, group);
        self.shortages(at, group);
        self.scheduling_of_group(at, group);
    }

    fn sizes(&mut self, at: Place, node: &Node, id: NodeId, group: &Group) {
        let (min, desired, max) = (group.min_size, group.desired_capacity, group.max_size);
        if min > desired || desired > max {
            let (min_size, max_size) = (min.min(max), min.max(max));
            let desired_capacity = desired.clamp(min_size, max_size);
            let mended = Group { min_size, max_size, desired_capacity, ..group.clone() };
            let mended = Some(set(id, node, Settings::Group(mended)));
            let problem = Problem::SizesOutOfOrder { min, desired, max };
            self.report(Severity::Error, at, problem, mended);
        }
    }

    fn price(&mut self, at: Place, group: &Group) {
        let run = &self.design.run;
        let book = run.pricing.book(run.region);
        if book.is_ok_and(|book| book.instance(&group.instance_type).is_err()) {
            let instance_type = group.instance_type.clone();
            self.warn(at, Problem::UnknownInstanceType { instance_type });
        }
        let Discounts { spot_percent, committed_percent, committed_instances } = group.discounts;
        let (spot_max, committed_max) = (Discounts::SPOT_MAX, Discounts::COMMITTED_MAX);
        self.range(at, "discounts.spot_percent", spot_percent, 0.0, spot_max, None);
        self.range(at, "discounts.committed_percent", committed_percent, 0.0, committed_max, None);
        let field = "discounts.committed_instances";
        self.range(at, field, committed_instances, 0.0, GROUP_SIZE_MAX, None);
        let Some(credits) = group.credit_specification else { return };
        let (field, most) = ("credit_specification.initial_credits", group.credits_max());
        self.range(at, field, credits.initial_credits, 0.0, most, None);
        if CreditRate::of(&group.instance_type).is_none() {
            self.no_effect(at, "credit_specification", "instance_type");
        }
    }

    fn policies(&mut self, at: Place, policies: &[ScalingPolicy]) {
        for (i, policy) in policies.iter().enumerate() {
            if let Err(error) = policy.check() {
                self.policy(at, i, error);
            }
            let metric = match policy {
                ScalingPolicy::Step(policy) => Some(("alarm.metric", policy.alarm.metric)),
                ScalingPolicy::Simple(policy) => Some(("alarm.metric", policy.alarm.metric)),
                ScalingPolicy::TargetTracking(policy) => Some(("metric", policy.metric)),
                ScalingPolicy::Predictive(policy) => Some(("metric", policy.metric)),
                ScalingPolicy::Scheduled(_) | ScalingPolicy::Hpa(_) => None,
            };
            let mut unknown = |field: &str, metric| {
                // Nobody reports it here.
                if metric == Metric::Custom {
                    let field = format!("policies[{i}].{field}");
                    self.warn(at, Problem::MetricNotSimulated { field, metric });
                }
            };
            if let Some((field, metric)) = metric {
                unknown(field, metric);
            }
            if let ScalingPolicy::Hpa(policy) = policy {
                for (nth, kept) in policy.metrics.iter().enumerate() {
                    unknown(&format!("metrics[{nth}].metric"), kept.metric);
                }
            }
        }
        if let Some((i, error)) = scale::first_conflict(policies) {
            self.policy(at, i, error);
        }
    }

    fn policy(&mut self, at: Place, i: usize, error: PolicyError) {
        let field = format!("policies[{i}].{}", error.field());
        self.error(at, Problem::Policy { field, error });
    }

    fn servers(&mut self, at: Place, group: &Group) {
        self.range(at, "default_cooldown_s", group.default_cooldown_s, 0.0, COOLDOWN_S_MAX, None);
        self.range(at, "zones", group.zones, 1.0, ZONES_MAX, None);
        let delay_s = group.metric_delay_s;
        self.range(at, "metric_delay_s", delay_s, 0.0, METRIC_DELAY_S_MAX, None);
        if let Some(law) = &group.warm_start {
            self.law(at, "warm_start", law);
        }
        if let Some(lifetime_s) = group.max_instance_lifetime_s {
            let (min, max) = LIFETIME_S;
            self.range(at, "max_instance_lifetime_s", lifetime_s, f64::from(min), max, None);
        }
        if let Some(pool) = &group.warm_pool {
            self.range(at, "warm_pool.min_size", pool.min_size, 0.0, GROUP_SIZE_MAX, None);
            let prepared = pool.max_group_prepared_capacity.unwrap_or(0);
            let field = "warm_pool.max_group_prepared_capacity";
            self.range(at, field, prepared, 0.0, GROUP_SIZE_MAX, None);
        }
    }

    fn hooks(&mut self, at: Place, group: &Group) {
        let count = group.lifecycle_hooks.len() as f64;
        self.range(at, "lifecycle_hooks", count, 0.0, GroupConfig::HOOKS_MAX as f64, None);
        let (min, max) = HookConfig::TIMEOUT_S;
        for (i, hook) in group.lifecycle_hooks.iter().enumerate() {
            let field = |name| format!("lifecycle_hooks[{i}].{name}");
            let timeout_s = hook.heartbeat_timeout_s;
            self.range(at, &field("heartbeat_timeout_s"), timeout_s, min, max, None);
            self.law(at, &field("action"), &hook.action);
            let gives_up = hook.transition == HookTransition::Launching
                && hook.default_result == scale::HookResult::Abandon;
            if gives_up && hook.action.mean_ms() > f64::from(timeout_s) * 1_000.0 {
                // Most servers are given up before they serve, and others launched in their place.
                self.warn(at, Problem::HookTooLong { field: field("action"), timeout_s });
            }
        }
    }

    fn spot(&mut self, at: Place, group: &Group) {
        let rate = group.spot_interruptions_per_hour;
        let field = "spot_interruptions_per_hour";
        self.range(at, field, rate, 0.0, INTERRUPTIONS_PER_HOUR_MAX, None);
        let other = "instances_distribution";
        let distribution = group.instances_distribution.unwrap_or_default();
        let base = distribution.on_demand_base_capacity;
        let field = "instances_distribution.on_demand_base_capacity";
        self.range(at, field, base, 0.0, GROUP_SIZE_MAX, None);
        let percent = distribution.on_demand_percentage_above_base_capacity;
        let field = "instances_distribution.on_demand_percentage_above_base_capacity";
        self.range(at, field, percent, 0.0, 100.0, None);
        if group.instances_distribution.is_none() {
            if rate > 0.0 {
                self.no_effect(at, "spot_interruptions_per_hour", other);
            }
            if group.capacity_rebalancing {
                self.no_effect(at, "capacity_rebalancing", other);
            }
        }
    }

    fn replacement(&mut self, at: Place, group: &Group) {
        if let Some(policy) = group.maintenance_policy {
            let (min, max) = (policy.min_healthy_percent, policy.max_healthy_percent);
            let field = |name| format!("maintenance_policy.{name}");
            self.range(at, &field("min_healthy_percent"), min, 0.0, 100_u32, None);
            let most = (min + 100).min(200);
            self.range(at, &field("max_healthy_percent"), max, 100.0, most, None);
        }
        for (i, refresh) in group.instance_refreshes.iter().enumerate() {
            self.refresh(at, &format!("instance_refreshes[{i}]"), refresh);
        }
    }

    /// A rolling replacement, planned by its group or by a fault.
    pub(super) fn refresh(&mut self, at: Place, path: &str, refresh: &InstanceRefresh) {
        let field = |name: &str| format!("{path}.{name}");
        self.range(at, &field("at_s"), refresh.at_s, 0.0, super::DURATION_S_MAX, None);
        let min_healthy = refresh.min_healthy_percent;
        self.range(at, &field("min_healthy_percent"), min_healthy, 0.0, 100_u32, None);
        let warmup_s = refresh.instance_warmup_s.unwrap_or(0);
        self.range(at, &field("instance_warmup_s"), warmup_s, 0.0, 3_600_u32, None);
        let delay_s = refresh.checkpoint_delay_s;
        self.range(at, &field("checkpoint_delay_s"), delay_s, 0.0, CHECKPOINT_DELAY_S_MAX, None);
        for (j, &percent) in refresh.checkpoints.iter().enumerate() {
            self.range(at, &field(&format!("checkpoints[{j}]")), percent, 1.0, 100_u32, None);
        }
        if !refresh.checkpoints.is_sorted_by(|a, b| a < b) {
            self.error(at, Problem::NotRising { field: field("checkpoints") });
        }
    }

    fn shortages(&mut self, at: Place, group: &Group) {
        for (i, shortage) in group.capacity_shortages.iter().enumerate() {
            let field = |name| format!("capacity_shortages[{i}].{name}");
            let (from_s, to_s) = (shortage.from_s, shortage.to_s);
            let max = super::DURATION_S_MAX;
            self.range(at, &field("from_s"), from_s, 0.0, max - 1, None);
            self.range(at, &field("to_s"), to_s, f64::from(from_s.min(max - 1)) + 1.0, max, None);
            let last = group.zones.max(1) - 1;
            self.range(at, &field("zone"), shortage.zone.unwrap_or(0), 0.0, last, None);
        }
    }

    pub(super) fn no_effect(&mut self, at: Place, field: &str, with: &'static str) {
        self.warn(at, Problem::NoEffect { field: field.to_owned(), with });
    }

    fn warn(&mut self, at: Place, problem: Problem) {
        self.issues.push(Issue { severity: Severity::Warning, at, problem, mend: None });
    }
}
