//! Scaling policies: what an alarm, a clock or a forecast does to the desired capacity. One file
//! each.

mod adjustment;
mod combine;
mod error;
pub mod hpa;
mod predictive;
mod scheduled;
mod simple;
mod step;
mod target_tracking;

pub use adjustment::{AdjustmentType, round_change};
pub use combine::{Proposal, combine, target_tracking_may_scale_in};
pub use error::PolicyError;
pub use hpa::HpaPolicy;
pub use predictive::{Forecast, LoadHistory, MaxCapacityBreach, PredictiveMode, PredictivePolicy};
pub use scheduled::{SCHEDULED_DELAY_MAX, ScheduledPolicy};
pub use simple::{DEFAULT_COOLDOWN, SimplePolicy};
pub use step::{MetricAggregationType, StepAdjustment, StepPolicy};
pub use target_tracking::{
    TargetTrackingPolicy, TrackingDialect, acceptable_backlog, proportional_capacity,
    provisioned_throughput_alarm,
};

use super::{AlarmConfig, Comparison};
use crate::json::tagged;
use crate::time::Span;
use serde::Serialize;

tagged! {
    by "type";
    /// When and how a group changes its desired capacity.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum ScalingPolicy {
        /// Step scaling: the further the metric is past the threshold, the bigger the change.
        Step(StepPolicy),
        /// Simple scaling: one change, then a cooldown.
        Simple(SimplePolicy),
        /// Target tracking: keeps a metric near a target.
        TargetTracking(TargetTrackingPolicy),
        /// A scheduled action: sizes that change at set times.
        Scheduled(ScheduledPolicy),
        /// Predictive scaling: raises the capacity before a load that comes every day.
        Predictive(PredictivePolicy),
        /// The Kubernetes horizontal pod autoscaler.
        Hpa(HpaPolicy),
    }
}

impl ScalingPolicy {
    /// The story's first half: average CPU over 80 % for 2 of 2 minutes adds one server.
    pub fn scale_out() -> Self {
        Self::Step(StepPolicy::default())
    }

    /// The story's second half: average CPU under 20 % for 5 of 5 minutes removes one server.
    pub fn scale_in() -> Self {
        Self::Step(StepPolicy {
            alarm: AlarmConfig {
                comparison: Comparison::LessThanThreshold,
                threshold: 20.0,
                evaluation_periods: 5,
                datapoints_to_alarm: 5,
                ..AlarmConfig::default()
            },
            steps: vec![StepAdjustment { lower: None, upper: Some(0.0), adjustment: -1 }],
            ..StepPolicy::default()
        })
    }

    /// Checks the policy and its alarm.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), PolicyError> {
        match self {
            Self::Step(policy) => policy.check(),
            Self::Simple(policy) => policy.check(),
            Self::TargetTracking(policy) => policy.check(),
            Self::Scheduled(policy) => policy.check(),
            Self::Predictive(policy) => policy.check(),
            Self::Hpa(policy) => policy.check(),
        }
    }

    /// The name of its kind, as in the document.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Step(_) => "step",
            Self::Simple(_) => "simple",
            Self::TargetTracking(_) => "target_tracking",
            Self::Scheduled(_) => "scheduled",
            Self::Predictive(_) => "predictive",
            Self::Hpa(_) => "hpa",
        }
    }

    /// The policy's alarms, in order: the one that a person gave it, or the managed ones (high,
    /// then low). Policies without alarms have none.
    pub fn alarms(&self) -> Vec<AlarmConfig> {
        match self {
            Self::Step(policy) => vec![policy.alarm.clone()],
            Self::Simple(policy) => vec![policy.alarm.clone()],
            Self::TargetTracking(policy) => {
                let (high, low) = policy.alarms();
                std::iter::once(high).chain(low).collect()
            }
            Self::Scheduled(_) | Self::Predictive(_) | Self::Hpa(_) => Vec::new(),
        }
    }

    /// How the policy sums up the alarm's datapoints.
    pub const fn metric_aggregation_type(&self) -> MetricAggregationType {
        match self {
            Self::Step(policy) => policy.metric_aggregation_type,
            _ => MetricAggregationType::Newest,
        }
    }

    /// The policy's own warm-up, if it has one.
    pub fn estimated_instance_warmup(&self) -> Option<Span> {
        let warmup_s = match self {
            Self::Step(policy) => policy.estimated_instance_warmup_s,
            Self::TargetTracking(policy) => policy.estimated_instance_warmup_s,
            Self::Simple(_) | Self::Scheduled(_) | Self::Predictive(_) | Self::Hpa(_) => None,
        };
        warmup_s.map(|s| Span::from_s(u64::from(s)))
    }
}

/// What policies of one group forbid each other: the first that may not stand beside an earlier
/// one, with the reason.
pub fn first_conflict(policies: &[ScalingPolicy]) -> Option<(usize, PolicyError)> {
    let mut actions: Vec<&ScheduledPolicy> = Vec::new();
    let mut others = 0;
    for (i, policy) in policies.iter().enumerate() {
        if let ScalingPolicy::Scheduled(action) = policy {
            if actions.iter().any(|earlier| earlier.is_at_same_time(action)) {
                return Some((i, PolicyError::ScheduledTwice));
            }
            actions.push(action);
        } else {
            others += 1;
        }
        let (count, max) = match policy {
            ScalingPolicy::Scheduled(_) => (actions.len(), ScheduledPolicy::PER_GROUP_MAX),
            _ => (others, POLICIES_MAX),
        };
        if count > max {
            return Some((i, PolicyError::TooMany { max }));
        }
    }
    None
}

/// Most policies of one group, scheduled actions not counted.
pub const POLICIES_MAX: usize = 50;

/// The warm-up that a step or target tracking policy goes by: its own, else the group's default
/// instance warm-up, else the group's default cooldown.
pub fn policy_warmup(own: Option<Span>, group: Option<Span>, default_cooldown: Span) -> Span {
    own.or(group).unwrap_or(default_cooldown)
}

/// The vendor's range for warm-ups.
fn check_warmup(warmup_s: Option<u32>) -> Result<(), PolicyError> {
    let warmup_s = f64::from(warmup_s.unwrap_or(0));
    PolicyError::range("estimated_instance_warmup_s", warmup_s, 0.0, 3_600.0)
}
