//! A real group, and the world around it in its simplest form: servers boot when they are told to,
//! pass their first check, and drain at once.

use shared::id::InstanceId;
use shared::scale::{
    AlarmConfig, Comparison, Group, GroupConfig, LifecycleState, Output, PoolState, ScalingPolicy,
    SimplePolicy,
};
use shared::time::{Span, Timestamp};

pub(super) struct Rig {
    pub(super) group: Group,
    pub(super) out: Vec<Output>,
}

impl Rig {
    pub(super) fn new(config: GroupConfig, desired: u32) -> Result<Self, String> {
        let mut out = Vec::new();
        let group = Group::new(config, desired, Timestamp::ZERO, &mut out);
        Ok(Self { group: group.map_err(|error| error.to_string())?, out: Vec::new() })
    }

    /// Servers that were launched and not yet reported as running.
    pub(super) fn launched(&self) -> Vec<InstanceId> {
        self.in_state(LifecycleState::Booting)
    }

    pub(super) fn in_state(&self, state: LifecycleState) -> Vec<InstanceId> {
        let found = self.group.instances().filter(|instance| instance.state == state);
        found.map(|instance| instance.id).collect()
    }

    /// Everything that starts has started and is healthy.
    pub(super) fn boot_all(&mut self, now: Timestamp) {
        for id in self.launched() {
            self.group.booted(now, id, &mut self.out);
            self.group.health_changed(now, id, true, &mut self.out);
        }
    }

    /// Everything that leaves has finished its requests.
    pub(super) fn drain_all(&mut self, now: Timestamp) {
        for id in self.in_state(LifecycleState::Draining) {
            self.group.drained(now, id, &mut self.out);
        }
    }

    /// Lets time pass to `until`, with everything due on the way; `each` is called after every step
    /// of it.
    pub(super) fn run(&mut self, until: Timestamp, mut each: impl FnMut(&mut Self, Timestamp)) {
        while let Some(now) = self.group.poll_timeout().filter(|at| *at <= until) {
            self.group.handle_timeout(now, &mut self.out);
            each(self, now);
        }
    }

    /// AWS's words for the states that an instance passed since the outputs were last cleared.
    pub(super) fn path(&self, id: InstanceId) -> Vec<&'static str> {
        let mut path = Vec::new();
        for output in &self.out {
            match output {
                Output::StateChanged { instance, state } if *instance == id => {
                    path.push(state.aws_name(PoolState::Stopped));
                }
                Output::Launch(instance) if *instance == id => path.push("Pending"),
                _ => {}
            }
        }
        path.dedup();
        path
    }
}

/// An alarm with a period of a minute, 1 of 1, over or under 50.
pub(super) fn minute_alarm(comparison: Comparison) -> AlarmConfig {
    AlarmConfig {
        comparison,
        threshold: 50.0,
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        ..AlarmConfig::default()
    }
}

/// A simple policy on [`minute_alarm`].
pub(super) fn simple(change: i32, cooldown_s: Option<u32>) -> ScalingPolicy {
    let comparison =
        if change > 0 { Comparison::GreaterThanThreshold } else { Comparison::LessThanThreshold };
    ScalingPolicy::Simple(SimplePolicy {
        alarm: minute_alarm(comparison),
        adjustment: change,
        cooldown_s,
        ..SimplePolicy::default()
    })
}

/// A group of fixed bounds and nothing else.
pub(super) fn config(min_size: u32, max_size: u32) -> GroupConfig {
    GroupConfig { min_size, max_size, ..GroupConfig::default() }
}

/// A minute.
pub(super) const MINUTE: Span = Span::from_s(60);
