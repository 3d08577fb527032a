//! Topics of the scale core and of cost.

mod alarm;
mod capacity;
mod cost;
mod fleet;
mod health;
mod hpa;
mod input;
mod lifecycle;
mod policy;
mod refresh;
mod rig;
mod schedule;
mod tracking;

use super::{Topic, Vector, Verdict};

type Check = fn(&Vector) -> Verdict;

/// Every topic of this folder.
pub(super) fn topics() -> Vec<Topic> {
    let all = [
        alarm::TOPICS,
        capacity::TOPICS,
        cost::TOPICS,
        fleet::TOPICS,
        health::TOPICS,
        hpa::TOPICS,
        lifecycle::TOPICS,
        policy::TOPICS,
        refresh::TOPICS,
        schedule::TOPICS,
        tracking::TOPICS,
    ];
    all.into_iter().flatten().map(|&(name, check)| Topic { name, check }).collect()
}
