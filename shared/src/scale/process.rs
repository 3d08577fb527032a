//! Processes of a group that an operator can suspend.

use serde::{Deserialize, Serialize};

/// Something that a group does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Process {
    /// Launches instances. Suspended: unhealthy ones still go and are replaced on resume.
    Launch,
    /// Terminates instances. Suspended: unhealthy ones stay too.
    Terminate,
    /// Registers launched instances. Not made up for on resume.
    AddToLoadBalancer,
    /// Lets alarms act. On resume, alarms that still breach act.
    AlarmNotification,
    /// Evens out zones. Suspended: launches still prefer the emptiest zone.
    #[serde(rename = "AZRebalance")]
    AzRebalance,
    /// Believes health checks.
    HealthCheck,
    /// Replaces instances in a rolling refresh.
    InstanceRefresh,
    /// Replaces unhealthy instances.
    ReplaceUnhealthy,
    /// Runs scheduled actions. Those missed are lost.
    ScheduledActions,
}

impl Process {
    /// Every process, in alphabetical order of the service's names but for the first two.
    pub const ALL: [Self; 9] = [
        Self::Launch,
        Self::Terminate,
        Self::AddToLoadBalancer,
        Self::AlarmNotification,
        Self::AzRebalance,
        Self::HealthCheck,
        Self::InstanceRefresh,
        Self::ReplaceUnhealthy,
        Self::ScheduledActions,
    ];
}

/// A set of suspended processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suspended(u16);

impl Suspended {
    /// Whether `process` is suspended.
    pub const fn has(self, process: Process) -> bool {
        self.0 & (1 << process as u16) != 0
    }

    /// With `process`.
    pub const fn insert(&mut self, process: Process) {
        self.0 |= 1 << process as u16;
    }

    /// Without `process`.
    pub const fn remove(&mut self, process: Process) {
        self.0 &= !(1 << process as u16);
    }
}
