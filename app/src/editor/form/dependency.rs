//! The settings of a dependency.

use super::law::law_section;
use super::parts::whole;
use super::{Part, Unit};
use shared::design::Dependency;

pub(super) fn dependency_form(dependency: &Dependency) -> Vec<Part> {
    vec![
        whole("workers", "field-workers", dependency.workers, 1, 10_000, Unit::Requests),
        whole("queue_max", "field-queue-max", dependency.queue_max, 0, 1_000_000, Unit::Requests),
        law_section("service", "section-service", &dependency.service),
    ]
}
