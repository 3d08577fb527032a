//! Divides the settings of a design by k, or says which of them has no k-th.

use super::ScaleError;
use crate::design::{FaultKind, Group, Node, NodeKind, Servers, Traffic};
use crate::id::NodeId;
use crate::scale::{AdjustmentType, AlarmConfig, Metric, ScalingPolicy};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One `factor`-th of a fault.
pub(super) fn fault_part(
    what: &mut FaultKind,
    nodes: &BTreeMap<NodeId, Arc<Node>>,
    factor: u32,
) -> Result<(), ScaleError> {
    let (id, one) = match what {
        FaultKind::Crash { target }
        | FaultKind::Hang { target }
        | FaultKind::SlowDown { target, .. }
        | FaultKind::Errors { target, .. }
        | FaultKind::HealthChecks { target } => (target.node, target.servers == Servers::One),
        FaultKind::DesiredCapacity { node, .. } => (*node, false),
        _ => return Ok(()),
    };
    // A dependency is one server, whole or part. Links to nowhere are refused elsewhere.
    let Some(node) = nodes.get(&id).filter(|node| node.settings.kind() == NodeKind::Group) else {
        return Ok(());
    };
    match what {
        FaultKind::DesiredCapacity { desired, .. } => {
            Divide { node: &node.name, factor }.count("desired_capacity of a fault", desired)
        }
        _ if one && factor > 1 => Err(ScaleError::OneServer { node: node.name.clone() }),
        _ => Ok(()),
    }
}

/// Divides the settings of one node.
pub(super) struct Divide<'a> {
    pub(super) node: &'a str,
    pub(super) factor: u32,
}

impl Divide<'_> {
    fn whole(&self, field: &'static str, value: i64) -> Result<i64, ScaleError> {
        let factor = i64::from(self.factor);
        if value % factor == 0 {
            return Ok(value / factor);
        }
        let node = self.node.to_owned();
        Err(ScaleError::Indivisible { node, field, value, factor: self.factor })
    }

    pub(super) fn count(&self, field: &'static str, count: &mut u32) -> Result<(), ScaleError> {
        // A part of a number of 32 bits has no more.
        *count = self.whole(field, i64::from(*count))? as u32;
        Ok(())
    }

    pub(super) fn traffic(&self, traffic: &mut Traffic) -> Result<(), ScaleError> {
        let times = 1.0 / f64::from(self.factor);
        match traffic {
            Traffic::Constant { rate_per_s } => *rate_per_s *= times,
            Traffic::Steps { points } | Traffic::Ramps { points } => {
                points.iter_mut().for_each(|point| point.rate_per_s *= times);
            }
            Traffic::Recorded { points, .. } => {
                points.iter_mut().for_each(|(_, rate_per_s)| *rate_per_s *= times);
            }
            Traffic::Day { low_per_s, high_per_s, .. }
            | Traffic::Week { low_per_s, high_per_s, .. } => {
                *low_per_s *= times;
                *high_per_s *= times;
            }
            Traffic::Users { users, .. } => self.count("users", users)?,
        }
        Ok(())
    }

    pub(super) fn group(&self, group: &mut Group) -> Result<(), ScaleError> {
        self.count("min_size", &mut group.min_size)?;
        self.count("max_size", &mut group.max_size)?;
        self.count("desired_capacity", &mut group.desired_capacity)?;
        if let Some(pool) = &mut group.warm_pool {
            self.count("warm_pool.min_size", &mut pool.min_size)?;
            if let Some(most) = &mut pool.max_group_prepared_capacity {
                self.count("warm_pool.max_group_prepared_capacity", most)?;
            }
        }
        if let Some(distribution) = &mut group.instances_distribution {
            let base = &mut distribution.on_demand_base_capacity;
            self.count("instances_distribution.on_demand_base_capacity", base)?;
        }
        group.policies.iter_mut().try_for_each(|policy| self.policy(policy))
    }

    fn policy(&self, policy: &mut ScalingPolicy) -> Result<(), ScaleError> {
        match policy {
            ScalingPolicy::Step(policy) => {
                self.alarm(&mut policy.alarm);
                let kind = policy.adjustment_type;
                let mut steps = policy.steps.iter_mut();
                steps.try_for_each(|step| self.adjustment(kind, &mut step.adjustment))
            }
            ScalingPolicy::Simple(policy) => {
                self.alarm(&mut policy.alarm);
                self.adjustment(policy.adjustment_type, &mut policy.adjustment)
            }
            ScalingPolicy::Scheduled(policy) => {
                let sizes = [
                    ("policies.min_size", &mut policy.min_size),
                    ("policies.max_size", &mut policy.max_size),
                    ("policies.desired_capacity", &mut policy.desired_capacity),
                ];
                let mut sizes =
                    sizes.into_iter().filter_map(|(field, size)| Some((field, size.as_mut()?)));
                sizes.try_for_each(|(field, size)| self.count(field, size))
            }
            // They go by averages and by shares.
            ScalingPolicy::TargetTracking(_) | ScalingPolicy::Predictive(_) => Ok(()),
            ScalingPolicy::Hpa(_) => Err(ScaleError::Hpa { node: self.node.to_owned() }),
        }
    }

    /// Only what waits at all servers together is no average.
    fn alarm(&self, alarm: &mut AlarmConfig) {
        if alarm.metric == Metric::QueueLength {
            alarm.threshold /= f64::from(self.factor);
        }
    }

    fn adjustment(&self, kind: AdjustmentType, adjustment: &mut i32) -> Result<(), ScaleError> {
        if kind != AdjustmentType::PercentChangeInCapacity {
            *adjustment = self.whole("policies.adjustment", i64::from(*adjustment))? as i32;
        }
        Ok(())
    }
}
