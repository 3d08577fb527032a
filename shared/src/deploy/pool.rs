//! One pool: the servers behind a balancer as origins, and the group among them as the elastic loop.

use super::servers::{numbered, room, slug, unique};
use super::{NoteKind, Writer, origins, put, text};
use crate::design::{Balancer, Group, Link, Settings};
use crate::json;
use crate::origins::{MAX_PROBES_PER_RUN, Scaling};
use crate::scale::ScalingPolicy;
use serde_json::{Map, Value};

/// A pool before it is written.
pub(super) struct Plan<'a> {
    /// The balancer's name.
    pub(super) name: String,
    pub(super) balancer: Option<&'a Balancer>,
    pub(super) origins: Vec<Map<String, Value>>,
    /// The group that is the whole pool, with its least size, if sizes change.
    pub(super) elastic: Option<(&'a Group, String, u32)>,
    /// Seconds from one probe to the next.
    pub(super) interval_s: u32,
}

/// What a minute divides into, so that probes are evenly spaced.
const INTERVALS_S: [u32; 7] = [6, 10, 12, 15, 20, 30, 60];

/// What no cron of a Worker looks at: datapoints are minutes.
const PERIOD_S: u32 = 60;

impl<'a> Writer<'a> {
    /// The pool of one balancer: an origin for every server that may come.
    pub(super) fn plan(
        &mut self,
        name: &str,
        balancer: Option<&'a Balancer>,
        links: &[Link],
    ) -> Plan<'a> {
        let design = self.design;
        let mut plan = Plan {
            name: name.to_owned(),
            balancer,
            origins: Vec::new(),
            elastic: None,
            interval_s: balancer
                .map_or_else(|| self.interval_s(), |balancer| balancer.health_check.interval_s),
        };
        let mut is_fixed = false;
        for link in links {
            let Some(node) = design.node(link.to) else { continue };
            match &node.settings {
                Settings::Group(group) => {
                    let is_elastic = group.max_size > group.min_size || !group.policies.is_empty();
                    is_fixed |= is_elastic && links.len() > 1;
                    let whole = (is_elastic && links.len() == 1).then_some(group);
                    self.group(&mut plan, &node.name, group, whole, link);
                }
                Settings::Dependency(_) if room(&self.ids) == 0 => {
                    self.note(NoteKind::TooMany, &node.name, "1 → 0");
                }
                Settings::Dependency(_) => {
                    let stem = slug(&node.name, "");
                    let id = if stem.is_empty() {
                        numbered("server", 1, &self.ids)
                    } else {
                        unique(&stem, &self.ids)
                    };
                    plan.origins.push(self.origin(id, link, 0, &plan));
                }
                Settings::Source(_) | Settings::Balancer(_) => {}
            }
        }
        if is_fixed {
            self.note(NoteKind::Fixed, name, "");
        }
        plan
    }

    fn group(
        &mut self,
        plan: &mut Plan<'a>,
        name: &str,
        group: &'a Group,
        whole: Option<&'a Group>,
        link: &Link,
    ) {
        let wanted = if whole.is_some() { group.max_size } else { group.desired_capacity };
        let count = wanted.min(room(&self.ids));
        if count < wanted {
            self.note(NoteKind::TooMany, name, format!("{wanted} → {count}"));
        }
        let min_size = group.min_size.min(count).max(1);
        let in_service = group.desired_capacity.max(min_size);
        let stem = slug(name, "server");
        for nth in 0..count {
            let id = numbered(&stem, 1, &self.ids);
            let mut origin = self.origin(id, link, nth % group.zones.max(1), plan);
            if nth >= in_service {
                put(&mut origin, "standby", true.into());
            }
            plan.origins.push(origin);
        }
        if whole.is_some() && count > 0 {
            plan.elastic = Some((group, name.to_owned(), min_size));
            if group.min_size == 0 {
                self.changed(name, "min_size", 0.0, 1.0);
            }
        }
        let ignored = ignored(group);
        if !ignored.is_empty() {
            self.note(NoteKind::Ignored, name, ignored.join(", "));
        }
    }

    /// An origin as the running document has it, with what the drawing says of it.
    fn origin(
        &mut self,
        id: String,
        link: &Link,
        zone: u32,
        plan: &Plan<'a>,
    ) -> Map<String, Value> {
        let known = origins(self.running).find(|origin| text(origin, "id") == id);
        let mut origin = known.cloned().unwrap_or_default();
        origin.entry("url").or_insert_with(|| "".into());
        put(&mut origin, "id", id.as_str().into());
        let limits = plan.balancer.and_then(|balancer| balancer.requests.limits.as_ref());
        let most = limits.map_or(0, |limits| limits.max_requests_per_backend);
        for (field, value, default) in [
            ("weight", link.weight, 1),
            ("priority", link.priority, 0),
            ("zone", zone, 0),
            ("max_outstanding", most, 0),
        ] {
            // The document means the same without a default.
            if value == default {
                origin.remove(field);
            } else {
                put(&mut origin, field, value.into());
            }
        }
        origin.remove("standby");
        self.ids.push(id);
        origin
    }

    /// Longer intervals of probes, as far as the cron can send them: from 5 to 60 s, and so that
    /// all pools together fit into one run.
    pub(super) fn slow_down(&mut self, plans: &mut [Plan<'a>]) {
        let given: Vec<u32> = plans.iter().map(|plan| plan.interval_s).collect();
        for least in std::iter::once(5).chain(INTERVALS_S) {
            for (plan, given) in plans.iter_mut().zip(&given) {
                plan.interval_s = (*given).clamp(least, 60);
            }
            let probes = |plan: &Plan<'_>| plan.origins.len() * (60 / plan.interval_s) as usize;
            if plans.iter().map(probes).sum::<usize>() <= MAX_PROBES_PER_RUN {
                break;
            }
        }
        for (plan, given) in plans.iter().zip(given).filter(|(plan, _)| plan.balancer.is_some()) {
            self.changed(
                &plan.name,
                "health_check.interval_s",
                f64::from(given),
                f64::from(plan.interval_s),
            );
        }
    }

    /// The pool with all its rules, over what the running document has of it.
    pub(super) fn pool(
        &mut self,
        mut base: Map<String, Value>,
        plan: Plan<'a>,
        is_first: bool,
    ) -> Map<String, Value> {
        self.rules(&mut base, &plan, is_first);
        let scaling = plan.elastic.map(|(group, name, min_size)| {
            let delay_s = plan.balancer.map_or(0, |balancer| balancer.deregistration_delay_s);
            let old = base.get("scaling").and_then(Value::as_object).cloned().unwrap_or_default();
            let max_size = u32::try_from(plan.origins.len()).unwrap_or(u32::MAX);
            self.scaling(&name, group, (min_size, max_size), delay_s, old)
        });
        base.remove("scaling");
        if let Some(scaling) = scaling {
            put(&mut base, "scaling", scaling);
        }
        let origins: Vec<Value> = plan.origins.into_iter().map(Value::Object).collect();
        put(&mut base, "origins", origins.into());
        base
    }

    /// The elastic loop of a pool; where loads come from and who is told stays.
    fn scaling(
        &mut self,
        name: &str,
        group: &Group,
        (min_size, max_size): (u32, u32),
        delay_s: u32,
        mut scaling: Map<String, Value>,
    ) -> Value {
        let mut left_out = Vec::new();
        let mut policies = Vec::new();
        for (nth, policy) in group.policies.iter().enumerate() {
            let minutely = by_the_minute(policy);
            if !Scaling::supports(&minutely) {
                left_out.push(format!("policies[{nth}] ({})", policy.name()));
                continue;
            }
            if minutely != *policy {
                self.note(NoteKind::Changed, name, format!("policies[{nth}]: period_s → 60"));
            }
            policies.extend(json::to_value(&minutely));
        }
        if !left_out.is_empty() {
            self.note(NoteKind::Policies, name, left_out.join(", "));
        }
        let cooldown_s = f64::from(group.default_cooldown_s);
        let cooldown_s = self.within(name, "default_cooldown_s", cooldown_s, [0.0, 3_600.0]);
        for (field, value) in [
            ("min_size", min_size),
            ("max_size", max_size),
            ("default_instance_warmup_s", group.default_instance_warmup_s),
            ("default_cooldown_s", cooldown_s),
            ("deregistration_delay_s", delay_s),
        ] {
            put(&mut scaling, field, value.into());
        }
        put(&mut scaling, "policies", policies.into());
        Value::Object(scaling)
    }
}

/// The policy with datapoints of a minute at least.
fn by_the_minute(policy: &ScalingPolicy) -> ScalingPolicy {
    let mut policy = policy.clone();
    let period_s = match &mut policy {
        ScalingPolicy::Step(policy) => &mut policy.alarm.period_s,
        ScalingPolicy::Simple(policy) => &mut policy.alarm.period_s,
        ScalingPolicy::TargetTracking(policy) => &mut policy.period_s,
        ScalingPolicy::Scheduled(_) | ScalingPolicy::Predictive(_) | ScalingPolicy::Hpa(_) => {
            return policy;
        }
    };
    *period_s = (*period_s).max(PERIOD_S);
    policy
}

/// Settings of a group that launches servers; a Worker calls those that stand by.
fn ignored(group: &Group) -> Vec<&'static str> {
    let set = [
        (group.health_check_grace_period_s > 0, "health_check_grace_period_s"),
        (!group.termination_policies.is_empty(), "termination_policies"),
        (group.instances_distribution.is_some(), "instances_distribution"),
        (!group.lifecycle_hooks.is_empty(), "lifecycle_hooks"),
        (group.warm_pool.is_some(), "warm_pool"),
        (group.maintenance_policy.is_some(), "maintenance_policy"),
        (group.max_instance_lifetime_s.is_some(), "max_instance_lifetime_s"),
        (group.new_instances_protected_from_scale_in, "new_instances_protected_from_scale_in"),
        (!group.suspended_processes.is_empty(), "suspended_processes"),
        (!group.instance_refreshes.is_empty(), "instance_refreshes"),
    ];
    set.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name).collect()
}
