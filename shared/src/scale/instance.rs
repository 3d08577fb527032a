//! The life of one server of a group.

use crate::id::InstanceId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an instance is in its life. AWS's words are in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleState {
    /// Launched; the machine and the application start (`Pending`).
    Booting,
    /// Runs, and waits for its first passing health check (`Pending`, target `initial`).
    Checking,
    /// Serves requests (`InService`).
    InService,
    /// Gets no new requests and finishes those it has (`Terminating`, target `draining`).
    Draining,
    /// Gone (`Terminated`).
    Terminated,
}

impl LifecycleState {
    /// Counts towards the desired capacity.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Booting | Self::Checking | Self::InService)
    }
}

/// One server of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instance {
    /// Which one.
    pub id: InstanceId,
    /// Where it is in its life.
    pub state: LifecycleState,
    /// When it was launched: billing begins.
    pub launched_at: Timestamp,
    /// When it entered service, if it did.
    pub in_service_at: Option<Timestamp>,
    /// When its metrics begin to count, if it is in service.
    pub warm_at: Timestamp,
}

impl Instance {
    /// In service and past its warm-up: its metrics count.
    pub fn is_warm(&self, now: Timestamp) -> bool {
        self.state == LifecycleState::InService && now >= self.warm_at
    }
}
