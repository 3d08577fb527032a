//! Auto scaling: how many servers, and when.
//!
//! The vocabulary and the rules are those of Amazon EC2 Auto Scaling and CloudWatch. An [`Alarm`]
//! watches a metric: datapoints per period, M of N of them breaching. A [`ScalingPolicy`] turns an
//! alarm into a change of the desired capacity. A [`Group`] keeps as many instances as desired,
//! replaces those that fail, and leads each through its life: boot, health check, service,
//! draining, termination.
//!
//! Like the balancer, the group is told and never asks: metrics, health and time come in as
//! arguments, [`Output`]s go out. The simulation boots simulated servers on
//! [`Output::Launch`]; a Worker activates a standby origin or calls a webhook.

mod alarm;
mod group;
mod instance;
mod policy;

pub use alarm::{Alarm, AlarmConfig, AlarmState, Comparison, Metric, Transition, TreatMissingData};
pub use group::{Activity, Cause, Group, GroupConfig, Output};
pub use instance::{Instance, LifecycleState};
pub use policy::{AdjustmentType, PolicyError, ScalingPolicy, StepAdjustment, StepPolicy};

#[cfg(test)]
mod tests;
