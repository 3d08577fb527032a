//! Target tracking: keep a metric near a target, as a thermostat does.
//!
//! The service makes two alarms by itself. The high one is quick (3 of 3 minutes over the target);
//! the low one is slow (15 of 15) and lies well under the target, so that the group does not swing.
//! How far under is not documented: EC2 groups were seen at 70 % of the target, other services at
//! 90 %. The proportional formula is published only through the queue example of the guide; the
//! vendor's true algorithm is not public.

use super::PolicyError;
use crate::scale::{AlarmConfig, Comparison, LowSamples, Metric, Statistic, TreatMissingData};
use serde::{Deserialize, Serialize};

/// Whose managed alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrackingDialect {
    /// EC2 Auto Scaling: low alarm at 70 % of the target (seen, not documented).
    #[default]
    Ec2AutoScaling,
    /// Application Auto Scaling (ECS and others): low alarm at 90 % of the target.
    ApplicationAutoScaling,
    /// An ECS capacity provider: the high alarm needs one datapoint only.
    EcsCapacityProvider,
}

/// A target tracking policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TargetTrackingPolicy {
    /// What to keep near the target. Must fall in proportion when servers are added.
    pub metric: Metric,
    /// Where to keep it, in the metric's unit; percent for CPU.
    pub target_value: f64,
    /// Never removes servers.
    pub disable_scale_in: bool,
    /// Seconds per datapoint, 10, 30 or 60.
    pub period_s: u32,
    /// Whose managed alarms.
    pub dialect: TrackingDialect,
    /// Seconds in service after which a server counts for this policy; if absent, the group's
    /// default instance warm-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_instance_warmup_s: Option<u32>,
}

impl Default for TargetTrackingPolicy {
    /// Average CPU at 50 %.
    fn default() -> Self {
        Self {
            metric: Metric::AverageCpuUtilization,
            target_value: 50.0,
            disable_scale_in: false,
            period_s: 60,
            dialect: TrackingDialect::Ec2AutoScaling,
            estimated_instance_warmup_s: None,
        }
    }
}

/// Proportions such as 3 x 0.7 / 0.7 come out a hair over a whole number in doubles.
const ROUNDING: f64 = 1e-9;

/// The capacity at which the metric would be at its target, rounded up: `current` servers at
/// `metric`. A need of 1.5 more gives 2 more, room for 1.5 fewer gives 1 fewer.
pub fn proportional_capacity(current: u32, metric: f64, target: f64) -> u32 {
    let exact = f64::from(current) * metric / target;
    // `as` saturates and maps NaN to zero.
    (exact - ROUNDING).ceil().max(0.0) as u32
}

impl TargetTrackingPolicy {
    /// The capacity that the policy wants after a high alarm. Never fewer than `current`.
    pub fn scale_out_capacity(&self, metric: f64, current: u32) -> u32 {
        proportional_capacity(current, metric, self.target_value).max(current)
    }

    /// The capacity that the policy wants after a low alarm. Never more than `current`; the same
    /// if one server fewer would bring the metric back over the target.
    pub fn scale_in_capacity(&self, metric: f64, current: u32) -> u32 {
        if self.disable_scale_in {
            return current;
        }
        proportional_capacity(current, metric, self.target_value).min(current)
    }

    /// The managed alarms: high, and low unless scale-in is disabled.
    pub fn alarms(&self) -> (AlarmConfig, Option<AlarmConfig>) {
        let (low_share, high_datapoints) = match self.dialect {
            TrackingDialect::Ec2AutoScaling => (0.70, 3),
            TrackingDialect::ApplicationAutoScaling => (0.90, 3),
            TrackingDialect::EcsCapacityProvider => (0.90, 1),
        };
        let alarm = |comparison, threshold, datapoints| AlarmConfig {
            metric: self.metric,
            statistic: Statistic::Average,
            comparison,
            threshold,
            period_s: self.period_s,
            evaluation_periods: datapoints,
            datapoints_to_alarm: datapoints,
            treat_missing_data: TreatMissingData::Missing,
            low_samples: LowSamples::Evaluate,
        };
        let high = alarm(Comparison::GreaterThanThreshold, self.target_value, high_datapoints);
        let low = alarm(Comparison::LessThanThreshold, low_share * self.target_value, 15);
        (high, (!self.disable_scale_in).then_some(low))
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    pub fn check(&self) -> Result<(), PolicyError> {
        PolicyError::range("target_value", self.target_value, 1e-9, 1e15)?;
        if !self.metric.is_proportional() {
            return Err(PolicyError::MetricNotProportional { metric: self.metric });
        }
        if !matches!(self.period_s, 10 | 30 | 60) {
            return Err(PolicyError::TrackingPeriod { period_s: self.period_s });
        }
        super::check_warmup(self.estimated_instance_warmup_s)
    }
}

/// The high alarm that tracks the use of provisioned throughput (DynamoDB): `target_percent` of
/// `units` a second, summed over a minute, two minutes in a row.
pub fn provisioned_throughput_alarm(target_percent: f64, units: f64) -> AlarmConfig {
    AlarmConfig {
        metric: Metric::Custom,
        statistic: Statistic::Sum,
        threshold: target_percent * units * 60.0 / 100.0,
        evaluation_periods: 2,
        datapoints_to_alarm: 2,
        treat_missing_data: TreatMissingData::Ignore,
        ..AlarmConfig::default()
    }
}

/// How many messages may wait per server so that none waits longer than is acceptable.
pub fn acceptable_backlog(acceptable_latency_s: f64, seconds_per_message: f64) -> f64 {
    acceptable_latency_s / seconds_per_message
}
