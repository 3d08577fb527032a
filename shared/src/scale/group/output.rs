//! What a group wants done, or wants known.

use crate::id::InstanceId;
use crate::scale::{LifecycleState, Transition};
use crate::time::Timestamp;
use std::fmt;

/// Why a group changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// The group came into being.
    Start,
    /// A policy's alarm was in ALARM.
    Alarm {
        /// Index of the policy.
        policy: u32,
        /// The datapoint.
        value: f64,
    },
    /// An instance failed its health check and is replaced.
    Unhealthy {
        /// Which one.
        instance: InstanceId,
    },
    /// Somebody set the desired capacity, or attached, detached or parked instances.
    Manual,
    /// The time of a scheduled action came.
    Scheduled {
        /// Index of the policy.
        policy: u32,
    },
    /// A forecast asked for more.
    Forecast {
        /// Index of the policy.
        policy: u32,
    },
    /// The Kubernetes autoscaler decided.
    Autoscaler {
        /// Index of the policy.
        policy: u32,
    },
    /// Zones are evened out.
    ZoneRebalance,
    /// A Spot instance is taken back, or is about to be.
    SpotInterruption {
        /// Which one.
        instance: InstanceId,
    },
    /// A rolling refresh replaces an instance.
    Refresh {
        /// Which one.
        instance: InstanceId,
    },
    /// An instance is too old.
    MaxLifetime {
        /// Which one.
        instance: InstanceId,
    },
    /// A lifecycle hook gave an instance up.
    Abandoned {
        /// Which one.
        instance: InstanceId,
    },
    /// The warm pool is filled or emptied.
    WarmPool,
    /// A suspended process goes on, or a failed launch is tried again.
    Resumed,
}

impl fmt::Display for Cause {
    /// In the words of the service's activity history.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => write!(f, "the group was created"),
            Self::Alarm { policy, value } => write!(
                f,
                "a monitor alarm in state ALARM at {value} triggered policy {}",
                policy + 1
            ),
            Self::Unhealthy { instance } => write!(
                f,
                "instance {instance} was taken out of service in response to a failed health check"
            ),
            Self::Manual => write!(f, "a user request changed the group"),
            Self::Scheduled { policy } => write!(f, "scheduled action {} was executed", policy + 1),
            Self::Forecast { policy } => {
                write!(f, "predictive scaling policy {} raised the capacity", policy + 1)
            }
            Self::Autoscaler { policy } => {
                write!(f, "horizontal pod autoscaler {} rescaled the group", policy + 1)
            }
            Self::ZoneRebalance => {
                write!(f, "instances were launched to balance instances in zones with other zones")
            }
            Self::SpotInterruption { instance } => {
                write!(f, "instance {instance} received a Spot interruption notice")
            }
            Self::Refresh { instance } => {
                write!(f, "instance {instance} was replaced by an instance refresh")
            }
            Self::MaxLifetime { instance } => {
                write!(f, "instance {instance} exceeded the maximum instance lifetime")
            }
            Self::Abandoned { instance } => {
                write!(f, "the lifecycle action of instance {instance} ended with ABANDON")
            }
            Self::WarmPool => write!(f, "the warm pool was adjusted to its size"),
            Self::Resumed => write!(
                f,
                "an instance was started in response to a difference between desired and actual \
                 capacity"
            ),
        }
    }
}

/// One launch or termination, in AWS's sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The instance launched or terminated.
    pub instance: InstanceId,
    /// True for a launch, false for a termination.
    pub launch: bool,
    /// Why.
    pub cause: Cause,
    /// When it was decided.
    pub started: Timestamp,
}

/// What the group wants done, or wants known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output {
    /// Start a server and call [`super::Group::booted`] when it runs, or
    /// [`super::Group::launch_failed`] if it cannot.
    Launch(InstanceId),
    /// Start a prepared server of the warm pool and call [`super::Group::booted`] when it runs.
    Start(InstanceId),
    /// Put a prepared server to sleep, as the warm pool's settings say.
    Stop(InstanceId),
    /// Register the server with the balancer; [`super::Group::health_changed`] follows.
    Register(InstanceId),
    /// Stop new requests to it and call [`super::Group::drained`] when it has finished.
    Deregister(InstanceId),
    /// Switch the server off.
    Terminate(InstanceId),
    /// An instance moved on in its life.
    StateChanged {
        /// Which one.
        instance: InstanceId,
        /// Its new state.
        state: LifecycleState,
    },
    /// The desired capacity changed.
    DesiredChanged {
        /// Before.
        from: u32,
        /// After.
        to: u32,
        /// Why.
        cause: Cause,
    },
    /// A launch or termination began.
    Activity(Activity),
    /// A policy's alarm changed state.
    AlarmChanged {
        /// Index of the policy.
        policy: u32,
        /// Index of the alarm in [`super::Group::alarms`].
        alarm: u32,
        /// From what to what, by which datapoint.
        transition: Transition,
    },
    /// An instance refresh reached a checkpoint and waits, or it has ended.
    RefreshProgress {
        /// Percent of the instances that are replaced and warm.
        percent: u32,
        /// The checkpoint that is announced, percent.
        checkpoint: u32,
    },
}
