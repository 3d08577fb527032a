//! How long the system was in need: from an alarm on too much to its OK.

use shared::id::NodeId;
use shared::scale::AlarmState;
use shared::sim::{LogEntry, LogEvent};
use shared::time::Timestamp;
use std::collections::BTreeMap;

/// Times in which an alarm on too much stood at ALARM.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Recovery {
    /// Those that ended.
    pub(super) count: u32,
    /// The longest of them, seconds.
    pub(super) longest_s: f64,
    /// Those that had not ended when the run did.
    pub(super) open: u32,
}

/// Reads a log.
pub(super) fn recovery(log: &[LogEntry]) -> Recovery {
    let mut since: BTreeMap<(NodeId, u32), Timestamp> = BTreeMap::new();
    let mut found = Recovery::default();
    for entry in log {
        let LogEvent::Alarm { policy, to, high: true, .. } = entry.event else { continue };
        match (to, since.remove(&(entry.node, policy))) {
            (AlarmState::Alarm, _) => {
                since.insert((entry.node, policy), entry.at);
            }
            (AlarmState::Ok | AlarmState::InsufficientData, Some(begun)) => {
                found.count += 1;
                found.longest_s = found.longest_s.max(entry.at.since(begun).as_s_f64());
            }
            (AlarmState::Ok | AlarmState::InsufficientData, None) => {}
        }
    }
    found.open = since.len() as u32;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;
    use shared::sim::{Simulation, StepBudget};

    /// The crowd of the story comes twice, and the group recovers both times, within minutes.
    #[test]
    fn the_story_recovers() {
        let mut simulation = Simulation::new(&presets::seven_steps()).unwrap();
        simulation.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        let found = recovery(simulation.log());
        assert!(found.count >= 1 && found.open == 0, "{found:?}");
        assert!((60.0..900.0).contains(&found.longest_s), "{found:?}");
        assert_eq!(recovery(&[]), Recovery::default());
    }
}
