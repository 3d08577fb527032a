//! How fast replicas may be added or removed.

use crate::scale::PolicyError;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Which of several behaviour policies limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SelectPolicy {
    /// The one that allows the largest change.
    #[default]
    Max,
    /// The one that allows the smallest change.
    Min,
    /// No change in this direction.
    Disabled,
}

/// What a behaviour policy counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BehaviorPolicyType {
    /// Replicas.
    #[default]
    Pods,
    /// Percent of the replicas at the start of the period.
    Percent,
}

/// At most so much change in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BehaviorPolicy {
    /// What the value counts.
    pub kind: BehaviorPolicyType,
    /// How much.
    pub value: u32,
    /// Seconds of the period, 1 to 1,800.
    pub period_s: u32,
}

/// The rules of one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScalingRules {
    /// Seconds over which recommendations count, 0 to 3,600.
    pub stabilization_window_s: u32,
    /// Which policy limits.
    #[serde(default)]
    pub select_policy: SelectPolicy,
    /// How much change in a period.
    pub policies: Vec<BehaviorPolicy>,
}

impl ScalingRules {
    /// Kubernetes' own rules for adding: at once, doubling or four pods every 15 s.
    pub fn default_up() -> Self {
        Self {
            stabilization_window_s: 0,
            select_policy: SelectPolicy::Max,
            policies: vec![
                BehaviorPolicy { kind: BehaviorPolicyType::Percent, value: 100, period_s: 15 },
                BehaviorPolicy { kind: BehaviorPolicyType::Pods, value: 4, period_s: 15 },
            ],
        }
    }

    /// Kubernetes' own rules for removing: after five minutes, all at once.
    pub fn default_down() -> Self {
        Self {
            stabilization_window_s: 300,
            select_policy: SelectPolicy::Max,
            policies: vec![BehaviorPolicy {
                kind: BehaviorPolicyType::Percent,
                value: 100,
                period_s: 15,
            }],
        }
    }

    /// [`Self::stabilization_window_s`] as a span.
    pub fn stabilization_window(&self) -> Span {
        Span::from_s(u64::from(self.stabilization_window_s))
    }

    /// Checks every field; `path` is where the rules stand in their policy.
    pub(super) fn check(&self, path: &str, up: bool) -> Result<(), PolicyError> {
        let range = |name: String, value: u32, min, max| {
            PolicyError::range(format!("{path}.{name}"), f64::from(value), min, max)
        };
        range("stabilization_window_s".to_owned(), self.stabilization_window_s, 0.0, 3_600.0)?;
        if self.policies.is_empty() && self.select_policy != SelectPolicy::Disabled {
            return Err(PolicyError::NoBehaviorPolicy { up });
        }
        for (i, policy) in self.policies.iter().enumerate() {
            range(format!("policies[{i}].value"), policy.value, 1.0, 1e9)?;
            range(format!("policies[{i}].period_s"), policy.period_s, 1.0, 1_800.0)?;
        }
        Ok(())
    }

    /// The longest period of its policies: older changes need not be remembered.
    pub(super) fn longest_period(&self) -> Span {
        let longest = self.policies.iter().map(|policy| policy.period_s).max();
        Span::from_s(u64::from(longest.unwrap_or(0)))
    }
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaChange {
    /// When.
    pub at: Timestamp,
    /// Replicas added, or removed if negative.
    pub replicas: i64,
}

/// What limited a recommendation: Kubernetes' own condition reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    DesiredWithinRange,
    /// The greatest size.
    TooManyReplicas,
    /// The least size.
    TooFewReplicas,
    /// The speed of adding.
    ScaleUpLimit,
    /// The speed of removing.
    ScaleDownLimit,
}

/// A recommendation after the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// How many replicas.
    pub replicas: u32,
    /// What limited them.
    pub condition: Condition,
}

/// The limits without behaviour rules: sizes, and at most doubling (or four).
pub fn limit_without_behavior(current: u32, wanted: u32, min: u32, max: u32) -> Limited {
    let scale_up_limit = current.saturating_mul(2).max(4);
    let (top, condition) = if max > scale_up_limit {
        (scale_up_limit, Condition::ScaleUpLimit)
    } else {
        (max, Condition::TooManyReplicas)
    };
    if wanted < min {
        Limited { replicas: min, condition: Condition::TooFewReplicas }
    } else if wanted > top {
        Limited { replicas: top, condition }
    } else {
        Limited { replicas: wanted, condition: Condition::DesiredWithinRange }
    }
}

/// The limits with behaviour rules. A limit may forbid a change, never turn it round.
pub fn limit_with_behavior(
    now: Timestamp,
    (up, down): (&ScalingRules, &ScalingRules),
    changes: &[ReplicaChange],
    (min, max): (u32, u32),
    current: u32,
    wanted: u32,
) -> Limited {
    if wanted > current {
        let limit = speed_limit(now, up, changes, current, true).max(current);
        let (top, condition) = if max > limit {
            (limit, Condition::ScaleUpLimit)
        } else {
            (max, Condition::TooManyReplicas)
        };
        if wanted > top {
            return Limited { replicas: top, condition };
        }
    } else if wanted < current {
        let limit = speed_limit(now, down, changes, current, false).min(current);
        let (bottom, condition) = if min < limit {
            (limit, Condition::ScaleDownLimit)
        } else {
            (min, Condition::TooFewReplicas)
        };
        if wanted < bottom {
            return Limited { replicas: bottom, condition };
        }
    }
    Limited { replicas: wanted, condition: Condition::DesiredWithinRange }
}

/// How far the rules of one direction let the replicas go now.
fn speed_limit(
    now: Timestamp,
    rules: &ScalingRules,
    changes: &[ReplicaChange],
    current: u32,
    up: bool,
) -> u32 {
    let limits = rules.policies.iter().map(|policy| {
        let period = Span::from_s(u64::from(policy.period_s));
        let recent = changes.iter().filter(|change| now.since(change.at) < period);
        let net: i64 = recent.map(|change| change.replicas).sum();
        let at_start = i64::from(current) - net;
        let value = i64::from(policy.value);
        let share = f64::from(policy.value) / 100.0;
        match (policy.kind, up) {
            (BehaviorPolicyType::Pods, true) => at_start + value,
            (BehaviorPolicyType::Pods, false) => at_start - value,
            (BehaviorPolicyType::Percent, true) => (at_start as f64 * (1.0 + share)).ceil() as i64,
            // Truncation of what remains, not of what goes.
            (BehaviorPolicyType::Percent, false) => (at_start as f64 * (1.0 - share)) as i64,
        }
    });
    // The largest change is the highest limit upwards and the lowest downwards.
    let limit = match (rules.select_policy, up) {
        (SelectPolicy::Disabled, _) => None,
        (SelectPolicy::Max, true) | (SelectPolicy::Min, false) => limits.max(),
        (SelectPolicy::Min, true) | (SelectPolicy::Max, false) => limits.min(),
    };
    limit.map_or(current, |limit| limit.clamp(0, i64::from(u32::MAX)) as u32)
}
