//! Which of the seven steps have happened, read from the log and the totals.

use shared::design::{Design, NodeKind, Settings};
use shared::scale::{AlarmState, LifecycleState, ScalingPolicy};
use shared::sim::{LogEntry, LogEvent, Totals};
use std::collections::BTreeSet;

/// A step and the message that says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Key of its message.
    pub(super) key: &'static str,
    /// It has happened.
    pub(super) done: bool,
    /// It belongs to the seven; the others (night, death) may never come.
    pub(super) numbered: bool,
}

/// The thresholds that the steps speak of, percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Thresholds {
    /// Above this the group grows.
    pub(super) high: f64,
    /// Below this it shrinks.
    pub(super) low: f64,
}

/// The thresholds of the design's story, if it has one: one source, one balancer, one group that
/// grows and shrinks by alarms.
pub(super) fn thresholds(design: &Design) -> Option<Thresholds> {
    let count = |kind| design.nodes.values().filter(|node| node.settings.kind() == kind).count();
    let told = [NodeKind::Source, NodeKind::Balancer, NodeKind::Group];
    if told.into_iter().any(|kind| count(kind) != 1) {
        return None;
    }
    let group = design.nodes.values().find_map(|node| match &node.settings {
        Settings::Group(group) => Some(group),
        _ => None,
    })?;
    let threshold = |is_high: bool| {
        let mut alarms = group.policies.iter().flat_map(ScalingPolicy::alarms);
        let alarm = alarms.find(|alarm| alarm.comparison.is_high() == is_high);
        alarm.map(|alarm| alarm.threshold)
    };
    Some(Thresholds { high: threshold(true)?, low: threshold(false)? })
}

/// The seven steps in order, then the night and a death.
pub(super) fn steps(log: &[LogEntry], totals: &Totals) -> [Step; 9] {
    let seen = Seen::read(log);
    let step = |key, done| Step { key, done, numbered: true };
    let extra = |key, done| Step { key, done, numbered: false };
    [
        step("step-1", totals.arrived > 0),
        step("step-2", totals.completed > 0),
        step("step-3", seen.alarm),
        step("step-4", seen.grew),
        step("step-5", seen.launched),
        step("step-6", seen.in_service),
        step("step-7", seen.calm),
        extra("step-night", seen.shrank),
        extra("step-death", seen.replaced),
    ]
}

/// What the log tells, each only after what comes before it in the story.
#[derive(Debug, Default)]
struct Seen {
    alarm: bool,
    grew: bool,
    launched: bool,
    in_service: bool,
    calm: bool,
    shrank: bool,
    replaced: bool,
}

impl Seen {
    fn read(log: &[LogEntry]) -> Self {
        let mut seen = Self::default();
        let mut new_servers = BTreeSet::new();
        let mut low_alarm = false;
        let mut deaths = 0_u32;
        let mut replacements = BTreeSet::new();
        for entry in log {
            match &entry.event {
                LogEvent::Alarm { to, high: true, .. } => {
                    seen.alarm |= *to == AlarmState::Alarm;
                    seen.calm |= *to == AlarmState::Ok && seen.in_service;
                }
                LogEvent::Alarm { to, high: false, .. } => low_alarm |= *to == AlarmState::Alarm,
                LogEvent::DesiredCapacity { from, to } => {
                    seen.grew |= seen.alarm && to > from;
                    seen.shrank |= low_alarm && to < from;
                }
                LogEvent::Crashed { .. } => deaths += 1,
                LogEvent::Launched { instance } => {
                    if seen.grew {
                        seen.launched = true;
                        new_servers.insert(*instance);
                    }
                    if deaths > 0 {
                        replacements.insert(*instance);
                    }
                }
                LogEvent::Instance { instance, state: LifecycleState::InService, .. } => {
                    seen.in_service |= new_servers.contains(instance);
                    seen.replaced |= replacements.contains(instance);
                }
                _ => {}
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;
    use shared::sim::{Command, Simulation, StepBudget};
    use shared::time::Timestamp;

    fn done(simulation: &Simulation) -> Vec<&'static str> {
        let steps = steps(simulation.log(), &simulation.totals());
        steps.iter().filter(|step| step.done).map(|step| step.key).collect()
    }

    #[test]
    fn the_story_ticks_off_in_order() {
        let design = presets::seven_steps();
        let mut simulation = Simulation::new(&design).unwrap();
        assert_eq!(done(&simulation), [""; 0]);
        let mut before = 0;
        for minute in 1..=240 {
            simulation.run_until(Timestamp::from_s(60 * minute), StepBudget::UNLIMITED);
            let keys = done(&simulation);
            assert!(keys.len() >= before, "a step was undone at minute {minute}");
            before = keys.len();
        }
        let all = ["1", "2", "3", "4", "5", "6", "7", "night"].map(|step| format!("step-{step}"));
        assert_eq!(done(&simulation), all);
    }

    #[test]
    fn a_death_is_told_once_the_server_is_replaced() {
        let design = presets::seven_steps();
        let group = *design
            .nodes
            .iter()
            .find(|(_, node)| node.settings.kind() == NodeKind::Group)
            .map(|(id, _)| id)
            .unwrap();
        let mut simulation = Simulation::new(&design).unwrap();
        simulation.run_until(Timestamp::from_s(10), StepBudget::UNLIMITED);
        simulation.apply(Command::crash(group, None)).unwrap();
        assert!(!done(&simulation).contains(&"step-death"));
        simulation.run_until(Timestamp::from_s(290), StepBudget::UNLIMITED);
        assert!(done(&simulation).contains(&"step-death"));
    }

    #[test]
    fn only_a_design_with_the_story_has_steps() {
        let story = thresholds(&presets::seven_steps());
        assert_eq!(story, Some(Thresholds { high: 80.0, low: 20.0 }));
        assert_eq!(thresholds(&presets::single_server()), None);
    }
}
