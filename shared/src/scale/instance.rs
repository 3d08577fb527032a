//! The life of one server of a group.

use super::{PoolState, Purchase, ZoneId};
use crate::id::InstanceId;
use crate::json::tagged;
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
    /// Runs, and waits for a launch hook (`Pending:Wait`).
    PendingWait,
    /// The launch hook is done (`Pending:Proceed`).
    PendingProceed,
    /// Switched off without anything to drain (`Terminating`).
    Terminating,
    /// Drained, and waits for a termination hook (`Terminating:Wait`).
    TerminatingWait,
    /// The termination hook is done (`Terminating:Proceed`).
    TerminatingProceed,
    /// Out of service by an operator's will, still billed and part of the group (`Standby`).
    Standby,
    /// Left the group and lives on (`Detached`).
    Detached,
    /// Being prepared for the warm pool (`Warmed:Pending`).
    WarmedPending,
    /// In the warm pool (`Warmed:Stopped`, `Warmed:Running` or `Warmed:Hibernated`).
    Warmed,
}

impl LifecycleState {
    /// Counts towards the desired capacity.
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            Self::Booting
                | Self::Checking
                | Self::PendingWait
                | Self::PendingProceed
                | Self::InService
        )
    }

    /// On its way into service.
    pub const fn is_pending(self) -> bool {
        self.is_live() && !matches!(self, Self::InService)
    }

    /// On its way out.
    pub const fn is_terminating(self) -> bool {
        matches!(
            self,
            Self::Draining | Self::Terminating | Self::TerminatingWait | Self::TerminatingProceed
        )
    }

    /// AWS's word; `pool` is how the warm pool waits.
    pub const fn aws_name(self, pool: PoolState) -> &'static str {
        match (self, pool) {
            (Self::Booting | Self::Checking, _) => "Pending",
            (Self::PendingWait, _) => "Pending:Wait",
            (Self::PendingProceed, _) => "Pending:Proceed",
            (Self::InService, _) => "InService",
            (Self::Draining | Self::Terminating, _) => "Terminating",
            (Self::TerminatingWait, _) => "Terminating:Wait",
            (Self::TerminatingProceed, _) => "Terminating:Proceed",
            (Self::Terminated, _) => "Terminated",
            (Self::Standby, _) => "Standby",
            (Self::Detached, _) => "Detached",
            (Self::WarmedPending, _) => "Warmed:Pending",
            (Self::Warmed, PoolState::Stopped) => "Warmed:Stopped",
            (Self::Warmed, PoolState::Running) => "Warmed:Running",
            (Self::Warmed, PoolState::Hibernated) => "Warmed:Hibernated",
        }
    }
}

tagged! {
    by "type", deny_unknown_fields;
    /// What an instance was launched from.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum LaunchSource {
        /// A launch configuration, the older kind.
        Configuration {
            /// Which one; a smaller number is older.
            number: u32,
        },
        /// A version of a launch template.
        Template {
            /// Which template.
            template: u32,
            /// Which version of it.
            version: u32,
        },
    }
}

impl LaunchSource {
    /// The next version of the template, or the next configuration.
    pub const fn next(self) -> Self {
        match self {
            Self::Configuration { number } => {
                Self::Configuration { number: number.saturating_add(1) }
            }
            Self::Template { template, version } => {
                Self::Template { template, version: version.saturating_add(1) }
            }
        }
    }
}

impl Default for LaunchSource {
    fn default() -> Self {
        Self::Template { template: 0, version: 1 }
    }
}

/// One server of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instance {
    /// Which one.
    pub id: InstanceId,
    /// Where it is in its life.
    pub state: LifecycleState,
    /// What was last heard of its health; those that were not heard of are healthy.
    pub is_healthy: bool,
    /// Scale-in leaves it alone. Being unhealthy does not.
    pub is_protected: bool,
    /// How it is paid for.
    pub purchase: Purchase,
    /// Where it runs.
    pub zone: ZoneId,
    /// What it was launched from.
    pub source: LaunchSource,
    /// When it was launched: billing begins.
    pub launched_at: Timestamp,
    /// When it entered service, if it did.
    pub in_service_at: Option<Timestamp>,
    /// When its metrics begin to count, if it is in service.
    pub warm_at: Timestamp,
}

impl Instance {
    /// A healthy instance that was launched at `now` and starts.
    pub const fn launched(id: InstanceId, now: Timestamp) -> Self {
        Self {
            id,
            state: LifecycleState::Booting,
            is_healthy: true,
            is_protected: false,
            purchase: Purchase::OnDemand,
            zone: ZoneId(0),
            source: LaunchSource::Template { template: 0, version: 1 },
            launched_at: now,
            in_service_at: None,
            warm_at: Timestamp::MAX,
        }
    }

    /// It serves.
    pub fn is_in_service(&self) -> bool {
        self.state == LifecycleState::InService
    }

    /// In service and past its warm-up: its metrics count.
    pub fn is_warm(&self, now: Timestamp) -> bool {
        self.state == LifecycleState::InService && now >= self.warm_at
    }
}
