//! Auto scaling: how many servers, and when.
//!
//! The vocabulary and the rules are those of Amazon EC2 Auto Scaling and CloudWatch. An [`Alarm`]
//! watches a metric: datapoints per period, M of N of them breaching. A [`ScalingPolicy`] turns an
//! alarm, the time of day or a forecast into a change of the desired capacity. A [`Group`] keeps as
//! many instances as desired, replaces those that fail, and leads each through its life: boot,
//! hooks, health check, service, draining, termination. [`hpa`] is the second dialect, the
//! Kubernetes horizontal pod autoscaler.
//!
//! Like the balancer, the group is told and never asks: metrics, health and time come in as
//! arguments, [`Output`]s go out. The simulation boots simulated servers on
//! [`Output::Launch`]; a Worker activates a standby origin or calls a webhook.
//!
//! Rules that need no state stand by themselves and the group uses them: `capacity`, `mixed`,
//! `zones`, `termination`, `maintenance`, `warm_pool`, `hook`, `process`, `cron`.

mod alarm;
mod calendar;
mod capacity;
mod cron;
mod group;
mod hook;
mod instance;
mod maintenance;
mod metric;
pub mod metric_math;
mod mixed;
mod policy;
mod process;
mod refresh;
mod termination;
mod warm_pool;
mod zones;

pub use alarm::{
    ActionKind, Alarm, AlarmAction, AlarmConfig, AlarmKind, AlarmState, Comparison, Evaluation,
    HISTORY_MAX, LowSamples, Transition, TreatMissingData,
};
pub use calendar::TimeZone;
pub use capacity::{
    Capacity, CapacityError, instances_for_units, price_per_unit, units_after_launch,
    weighted_desired,
};
pub use cron::{Cron, CronError};
pub use group::{
    Activity, ActivityRecord, ActivityStatus, Cause, Group, GroupConfig, Output, PodMetrics,
};
pub use hook::{HookConfig, HookResult};
pub use instance::{Instance, LaunchSource, LifecycleState};
pub use maintenance::{MaintenancePolicy, is_far_under, replaced_at_a_time, unhealthy_at_a_time};
pub use metric::{Metric, Samples, Statistic, StatisticError, is_low_sample};
pub use mixed::{InstancesDistribution, Purchase, SPOT_INTERRUPTION_NOTICE};
pub use policy::{
    AdjustmentType, DEFAULT_COOLDOWN, Forecast, HpaPolicy, LoadHistory, MaxCapacityBreach,
    MetricAggregationType, POLICIES_MAX, PolicyError, PredictiveMode, PredictivePolicy, Proposal,
    SCHEDULED_DELAY_MAX, ScalingPolicy, ScheduledPolicy, SimplePolicy, StepAdjustment, StepPolicy,
    TargetTrackingPolicy, TrackingDialect, acceptable_backlog, combine, first_conflict, hpa,
    policy_warmup, proportional_capacity, provisioned_throughput_alarm, round_change,
    target_tracking_may_scale_in,
};
pub use process::{Process, Suspended};
pub use refresh::{Refresh, RefreshConfig, RefreshStep};
pub use termination::{TerminationPolicy, TerminationRules, choose as choose_for_termination};
pub use warm_pool::{PoolState, WarmPoolConfig};
pub use zones::{ZoneId, launch_zone, rebalancing_max, rebalancing_move};

#[cfg(test)]
mod tests;
