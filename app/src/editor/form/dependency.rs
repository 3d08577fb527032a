//! The settings of a dependency.

use super::law::law_section;
use super::parts::{toggle, whole};
use super::server::{cache_section, pool_section, scheduling};
use super::{Part, Unit};
use shared::design::Dependency;

pub(super) fn dependency_form(dependency: &Dependency) -> Vec<Part> {
    let mut parts = vec![
        whole("workers", "field-workers", dependency.workers, 1, 10_000, Unit::Requests),
        whole("queue_max", "field-queue-max", dependency.queue_max, 0, 1_000_000, Unit::Requests),
    ];
    parts.extend(scheduling(dependency.discipline, dependency.threads));
    parts.push(toggle("asynchronous", "field-asynchronous", dependency.asynchronous));
    parts.push(law_section("service", "section-service", &dependency.service));
    parts.push(pool_section(dependency.connection_pool.as_ref()));
    parts.push(cache_section(dependency.cache.as_ref()));
    parts
}
