//! The event log: what happened, in words that a page can translate.

use crate::design::FaultName;
use crate::id::{InstanceId, NodeId};
use crate::scale::{AlarmState, LifecycleState, Metric};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something worth telling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogEntry {
    /// When, nanoseconds since the start of the run.
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub at: Timestamp,
    /// Where.
    pub node: NodeId,
    /// What.
    pub event: LogEvent,
    /// Position in the log of the entry that brought this about, if one did.
    pub cause: Option<u32>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogEvent {
    /// A person multiplied a source's rate.
    RateFactor {
        /// By this.
        factor: f64,
    },
    /// A spike began.
    SpikeBegan {
        /// The rate is this many times the usual.
        factor: f64,
        /// For this many seconds.
        for_s: u32,
    },
    /// A spike ended.
    SpikeEnded,
    /// A fault began.
    FaultBegan {
        /// Of which kind.
        fault: FaultName,
        /// The server, if it is about one of a group.
        instance: Option<InstanceId>,
        /// The other end, if it is about a link.
        to: Option<NodeId>,
        /// How much of it: the factor of a slow-down, the percentage of errors, the number of a
        /// zone.
        amount: Option<f64>,
        /// For how many seconds; 0 for what happens in a moment.
        for_s: f64,
    },
    /// A fault ended.
    FaultEnded {
        /// Of which kind.
        fault: FaultName,
        /// The server, if it was about one of a group.
        instance: Option<InstanceId>,
        /// The other end, if it was about a link.
        to: Option<NodeId>,
    },
    /// A fault found nothing that it could happen to.
    FaultMissed {
        /// Of which kind.
        fault: FaultName,
    },
    /// Time stood still, and the run was ended: a closed loop without thinking and without work.
    Stalled {
        /// Events of that one moment.
        events: u32,
    },
    /// An alarm changed state.
    Alarm {
        /// Index of the policy it belongs to.
        policy: u32,
        /// Before.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        from: AlarmState,
        /// After.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        to: AlarmState,
        /// What it watches.
        #[serde(default)]
        metric: Metric,
        /// The datapoint, percent for CPU.
        value: Option<f64>,
        /// The threshold.
        threshold: f64,
        /// True if values above the threshold are bad.
        high: bool,
        /// Datapoints that breach.
        breaching: u32,
        /// Of how many looked at.
        evaluation_periods: u32,
    },
    /// The desired capacity changed.
    DesiredCapacity {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// A server was launched.
    Launched {
        /// Which.
        instance: InstanceId,
    },
    /// A server could not be launched: there was no capacity.
    LaunchFailed {
        /// Which.
        instance: InstanceId,
    },
    /// A Spot instance will be taken back in two minutes.
    SpotInterruption {
        /// Which.
        instance: InstanceId,
    },
    /// An instance refresh began.
    RefreshStarted,
    /// An instance refresh reached a checkpoint, or its end.
    RefreshProgress {
        /// Percent of the servers that are replaced and warm.
        percent: u32,
        /// The checkpoint that is announced, percent; 100 at the end.
        checkpoint: u32,
    },
    /// A server moved on in its life.
    Instance {
        /// Which.
        instance: InstanceId,
        /// To this state.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        state: LifecycleState,
        /// Seconds since its launch.
        age_s: f64,
    },
    /// A server died.
    Crashed {
        /// Which.
        instance: InstanceId,
        /// Requests that were lost with it.
        lost: u32,
    },
    /// A balancer's belief about a backend flipped.
    Health {
        /// Which server, if the backend is one of a group.
        instance: Option<InstanceId>,
        /// The node of the backend.
        backend: NodeId,
        /// The new belief.
        healthy: bool,
    },
}

impl LogEvent {
    /// Whether a reader who skips ahead wants to stop here: an alarm, a change of capacity, a
    /// failure. What follows by itself (a server boots, is checked, joins) is none.
    pub fn is_turning_point(&self) -> bool {
        match self {
            Self::Alarm { to, .. } => *to == AlarmState::Alarm,
            Self::Health { healthy, .. } => !healthy,
            Self::RateFactor { .. }
            | Self::SpikeEnded
            | Self::RefreshProgress { .. }
            | Self::Launched { .. }
            | Self::Instance { .. } => false,
            _ => true,
        }
    }
}

/// Entries kept at most; the rest are counted.
const ENTRIES_MAX: usize = 100_000;

/// What was told so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<LogEntry>,
    dropped: u64,
}

impl Log {
    /// Adds an entry and returns its position.
    pub(super) fn push(
        &mut self,
        at: Timestamp,
        node: NodeId,
        event: LogEvent,
        cause: Option<u32>,
    ) -> u32 {
        if self.entries.len() < ENTRIES_MAX {
            self.entries.push(LogEntry { at, node, event, cause });
        } else {
            self.dropped += 1;
        }
        self.entries.len() as u32 - 1
    }

    pub(super) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    /// Entries that found no room.
    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }
}
