//! How a change of one field becomes new settings.

use super::path;
use serde_json::Value;
use shared::balance::PolicyConfig;
use shared::design::{Link, RatePoint, RunSettings, Settings, Traffic};
use shared::dist::Law;
use shared::scale::{ScalingPolicy, StepAdjustment};

/// What a person did to a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Typed a number.
    Number(f64),
    /// Emptied a number that may be left out.
    Open,
    /// Typed text or chose a word.
    Text(String),
    /// Asked for one more item of a list.
    Insert,
    /// Removed an item of a list.
    Remove(usize),
}

/// The change does not fit: there is no such field (any more), or its type does not hold the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeError;

/// `settings` after a change of the field at `path`.
///
/// # Errors
///
/// See [`ChangeError`].
pub fn change_settings(
    settings: &Settings,
    path: &str,
    change: &Change,
) -> Result<Settings, ChangeError> {
    let mut changed = settings.clone();
    match change {
        Change::Insert => insert(&mut changed, path).ok_or(ChangeError)?,
        Change::Remove(index) => remove(&mut changed, path, *index).ok_or(ChangeError)?,
        Change::Text(name) if path.ends_with(".type") => {
            set_type(&mut changed, path, name).ok_or(ChangeError)?;
        }
        change => changed = path::with_value(settings, path, value(change)).ok_or(ChangeError)?,
    }
    Ok(changed)
}

/// `run` after a change of the field at `path`.
///
/// # Errors
///
/// See [`ChangeError`].
pub fn change_run(
    run: &RunSettings,
    path: &str,
    change: &Change,
) -> Result<RunSettings, ChangeError> {
    path::with_value(run, path, value(change)).ok_or(ChangeError)
}

/// `link` after a change of the field at `path`.
///
/// # Errors
///
/// See [`ChangeError`].
pub fn change_link(link: &Link, path: &str, change: &Change) -> Result<Link, ChangeError> {
    match (path, change) {
        ("latency_ms", &Change::Number(latency_ms)) => Ok(Link { latency_ms, ..link.clone() }),
        ("weight", &Change::Number(number)) => Ok(Link { weight: whole(number)?, ..link.clone() }),
        ("priority", &Change::Number(number)) => {
            Ok(Link { priority: whole(number)?, ..link.clone() })
        }
        _ => Err(ChangeError),
    }
}

/// A number that a whole field of a link holds.
fn whole(number: f64) -> Result<u32, ChangeError> {
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    if fits { Ok(number as u32) } else { Err(ChangeError) }
}

fn value(change: &Change) -> Value {
    match change {
        // A whole number must look like one, or a whole field refuses it.
        Change::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Value::from(*number as i64)
        }
        Change::Number(number) => Value::from(*number),
        Change::Text(text) => Value::from(text.as_str()),
        Change::Open | Change::Insert | Change::Remove(_) => Value::Null,
    }
}

/// Gives the thing at `path` (which ends in `.type`) another type and keeps what the two share.
fn set_type(settings: &mut Settings, path: &str, name: &str) -> Option<()> {
    match (settings, path) {
        (Settings::Source(source), "traffic.type") => {
            source.traffic = traffic_as(&source.traffic, name)?;
        }
        (Settings::Balancer(balancer), "policy.type") => {
            balancer.policy = PolicyConfig::ALL.into_iter().find(|policy| policy.name() == name)?;
        }
        (Settings::Group(group), "service.type") => group.service = law_as(&group.service, name)?,
        (Settings::Group(group), "boot.type") => group.boot = law_as(&group.boot, name)?,
        (Settings::Dependency(dependency), "service.type") => {
            dependency.service = law_as(&dependency.service, name)?;
        }
        _ => return None,
    }
    Some(())
}

/// A law of the named type with the mean of `law`.
fn law_as(law: &Law, name: &str) -> Option<Law> {
    let mean_ms = law.mean_ms();
    Some(match name {
        "constant" => Law::Constant { mean_ms },
        "uniform" => Law::Uniform { min_ms: mean_ms * 0.5, max_ms: mean_ms * 1.5 },
        "exponential" => Law::Exponential { mean_ms },
        "lognormal" => Law::Lognormal { mean_ms, cv: 1.0 },
        _ => return None,
    })
}

/// Traffic of the named type: points stay, and a constant rate becomes the first of two points.
fn traffic_as(traffic: &Traffic, name: &str) -> Option<Traffic> {
    let points = match traffic {
        Traffic::Steps { points } | Traffic::Ramps { points } => points.clone(),
        &Traffic::Constant { rate_per_s } => vec![
            RatePoint { at_s: 0.0, rate_per_s },
            RatePoint { at_s: 300.0, rate_per_s: rate_per_s * 2.0 },
        ],
    };
    let first = points.first().map_or(0.0, |point| point.rate_per_s);
    Some(match name {
        "constant" => Traffic::Constant { rate_per_s: first },
        "steps" => Traffic::Steps { points },
        "ramps" => Traffic::Ramps { points },
        _ => return None,
    })
}

/// Adds an item to the list at `path` that makes sense after the last one.
fn insert(settings: &mut Settings, path: &str) -> Option<()> {
    match settings {
        Settings::Source(source) if path == "traffic.points" => {
            let (Traffic::Steps { points } | Traffic::Ramps { points }) = &mut source.traffic
            else {
                return None;
            };
            let start = RatePoint { at_s: -60.0, rate_per_s: 100.0 };
            let last = points.last().copied().unwrap_or(start);
            points.push(RatePoint { at_s: last.at_s + 60.0, ..last });
        }
        Settings::Group(group) if path == "policies" => {
            group.policies.push(ScalingPolicy::scale_out());
        }
        Settings::Group(group) => {
            let ScalingPolicy::Step(policy) = group.policies.get_mut(steps_owner(path)?)? else {
                return None;
            };
            let next = if policy.alarm.comparison.is_high() {
                step_above(&mut policy.steps)
            } else {
                step_below(&mut policy.steps)
            };
            policy.steps.push(next);
        }
        _ => return None,
    }
    Some(())
}

/// Closes the highest step ten points above its beginning and goes on from there.
fn step_above(steps: &mut [StepAdjustment]) -> StepAdjustment {
    let Some(last) = steps.last_mut() else {
        return StepAdjustment { lower: Some(0.0), upper: None, adjustment: 1 };
    };
    let bound = *last.upper.get_or_insert(last.lower.unwrap_or(0.0) + 10.0);
    StepAdjustment {
        lower: Some(bound),
        upper: None,
        adjustment: last.adjustment.saturating_add(1),
    }
}

/// Closes the lowest step ten points below its end and goes on from there.
fn step_below(steps: &mut [StepAdjustment]) -> StepAdjustment {
    let Some(last) = steps.last_mut() else {
        return StepAdjustment { lower: None, upper: Some(0.0), adjustment: -1 };
    };
    let bound = *last.lower.get_or_insert(last.upper.unwrap_or(0.0) - 10.0);
    StepAdjustment {
        lower: None,
        upper: Some(bound),
        adjustment: last.adjustment.saturating_sub(1),
    }
}

fn remove(settings: &mut Settings, path: &str, index: usize) -> Option<()> {
    fn remove_at<T>(items: &mut Vec<T>, index: usize) -> Option<()> {
        (index < items.len()).then(|| drop(items.remove(index)))
    }
    match settings {
        Settings::Source(source) if path == "traffic.points" => match &mut source.traffic {
            Traffic::Steps { points } | Traffic::Ramps { points } => remove_at(points, index),
            Traffic::Constant { .. } => None,
        },
        Settings::Group(group) if path == "policies" => remove_at(&mut group.policies, index),
        Settings::Group(group) => {
            let ScalingPolicy::Step(policy) = group.policies.get_mut(steps_owner(path)?)? else {
                return None;
            };
            remove_at(&mut policy.steps, index)
        }
        _ => None,
    }
}

/// The index `i` of `policies[i].steps`.
fn steps_owner(path: &str) -> Option<usize> {
    path.strip_prefix("policies[")?.strip_suffix("].steps")?.parse().ok()
}
