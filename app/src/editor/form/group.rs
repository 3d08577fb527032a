//! The settings of an Auto Scaling group.

use super::fleet::fleet_parts;
use super::law::law_section;
use super::parts::{section, text, whole};
use super::policy::policies_list;
use super::pricing::commitment_section;
use super::server::{asking, cold_start_section, scheduling};
use super::{Part, Unit};
use shared::cost::INSTANCE_PRICES;
use shared::design::Group;

pub(super) fn group_form(group: &Group) -> Vec<Part> {
    let mut parts = vec![
        section("section-capacity", capacity(group)),
        policies_list(&group.policies),
        section("section-server", server(group)),
        law_section("service", "section-service", &group.service),
        law_section("boot", "section-boot", &group.boot),
        cold_start_section(group.cold_start.as_ref()),
        section("section-timing", timing(group)),
    ];
    parts.extend(fleet_parts(group));
    parts.push(commitment_section(&group.discounts));
    parts
}

fn capacity(group: &Group) -> Vec<Part> {
    let size = |path, label, value| whole(path, label, value, 0, 10_000, Unit::Servers);
    vec![
        size("min_size", "field-min-size", group.min_size),
        size("desired_capacity", "field-desired-capacity", group.desired_capacity),
        size("max_size", "field-max-size", group.max_size),
    ]
}

fn server(group: &Group) -> Vec<Part> {
    let types = INSTANCE_PRICES.iter().map(|price| price.instance_type).collect();
    let mut parts = vec![
        text("instance_type", "field-instance-type", &group.instance_type, types),
        whole("cores", "field-cores", group.cores, 1, 256, Unit::None),
        whole("queue_max", "field-queue-max", group.queue_max, 0, 1_000_000, Unit::Requests),
    ];
    parts.extend(scheduling(group.discipline, group.threads));
    parts.push(asking(group.asking));
    parts
}

fn timing(group: &Group) -> Vec<Part> {
    let seconds = |path, label, value, max| whole(path, label, value, 0, max, Unit::Seconds);
    let (warmup, grace) = (group.default_instance_warmup_s, group.health_check_grace_period_s);
    vec![
        seconds("default_instance_warmup_s", "field-instance-warmup", warmup, 3_600),
        seconds("health_check_grace_period_s", "field-grace-period", grace, 7_200),
        seconds("default_cooldown_s", "field-default-cooldown", group.default_cooldown_s, 86_400),
    ]
}
