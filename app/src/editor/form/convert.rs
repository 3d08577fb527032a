//! One type of a thing becomes another and keeps what the two share.

use super::eligibility::{localities_as, slow_start_as};
use super::policy;
use super::requests::affinity_as;
use super::source::POINTS_MAX;
use shared::balance::PolicyConfig;
use shared::design::{Between, RatePoint, Settings, Traffic, Weekday, series_points};
use shared::dist::{LAW_MS_MAX, Law, PARETO_MS_MIN};
use shared::scale::LaunchSource;

/// The rate of a new source.
const USUAL_PER_S: f64 = 100.0;

/// Gives the thing at `path` (which ends in `.type`) another type; `None` if it has no such type.
pub(super) fn set_type(settings: &mut Settings, path: &str, name: &str) -> Option<()> {
    match (settings, path.strip_suffix(".type")?) {
        (Settings::Source(source), "traffic") => {
            source.traffic = traffic_as(&source.traffic, name)?;
        }
        (Settings::Balancer(balancer), "policy") => {
            balancer.policy = PolicyConfig::ALL.into_iter().find(|policy| policy.name() == name)?;
        }
        (Settings::Balancer(balancer), "eligibility.slow_start") => {
            let rule = balancer.eligibility.slow_start.as_mut()?;
            *rule = slow_start_as(rule, name)?;
        }
        (Settings::Balancer(balancer), "eligibility.localities") => {
            let rule = &mut balancer.eligibility.localities;
            *rule = localities_as(rule, name)?;
        }
        (Settings::Balancer(balancer), "requests.affinity") => {
            balancer.requests.affinity = Some(affinity_as(name)?);
        }
        (Settings::Group(group), "service") => group.service = law_as(&group.service, name)?,
        (Settings::Group(group), "boot") => group.boot = law_as(&group.boot, name)?,
        (Settings::Group(group), "warm_start") => {
            let law = group.warm_start.as_mut()?;
            *law = law_as(law, name)?;
        }
        (Settings::Group(group), "launch_source") => {
            group.launch_source = Some(launch_source_as(name)?);
        }
        (Settings::Group(group), at) if at.starts_with("lifecycle_hooks") => {
            let hook = group.lifecycle_hooks.get_mut(index_in(at, "lifecycle_hooks", "action")?)?;
            hook.action = law_as(&hook.action, name)?;
        }
        (Settings::Group(group), at) if at.starts_with("instance_refreshes") => {
            let index = index_in(at, "instance_refreshes", "launch_source")?;
            let refresh = group.instance_refreshes.get_mut(index)?;
            refresh.launch_source = Some(launch_source_as(name)?);
        }
        (Settings::Group(group), at) => {
            let index = at.strip_prefix("policies[")?.strip_suffix(']')?;
            let changed = group.policies.get_mut(index.parse::<usize>().ok()?)?;
            *changed = policy::policy_as(changed, name)?;
        }
        (Settings::Dependency(dependency), "service") => {
            dependency.service = law_as(&dependency.service, name)?;
        }
        _ => return None,
    }
    Some(())
}

/// The index in a path such as `lifecycle_hooks[2].action`.
fn index_in(path: &str, list: &str, field: &str) -> Option<usize> {
    let rest = path.strip_prefix(list)?.strip_prefix('[')?;
    rest.strip_suffix(field)?.strip_suffix("].")?.parse().ok()
}

/// The first of its kind.
fn launch_source_as(name: &str) -> Option<LaunchSource> {
    Some(match name {
        "template" => LaunchSource::default(),
        "configuration" => LaunchSource::Configuration { number: 1 },
        _ => return None,
    })
}

/// A law of the named type with the mean of `law`.
pub(super) fn law_as(law: &Law, name: &str) -> Option<Law> {
    let mean_ms = law.mean_ms();
    Some(match name {
        "constant" => Law::Constant { mean_ms },
        "uniform" => Law::Uniform { min_ms: mean_ms * 0.5, max_ms: mean_ms * 1.5 },
        "exponential" => Law::Exponential { mean_ms },
        "lognormal" => Law::Lognormal { mean_ms, cv: 1.0 },
        "gamma" => Law::Gamma { mean_ms, cv: 0.5 },
        "pareto" => pareto(mean_ms),
        "percentiles" => percentiles(mean_ms),
        _ => return None,
    })
}

/// A heavy tail over three powers of ten, scaled to the mean.
fn pareto(mean_ms: f64) -> Law {
    let law = |min_ms: f64| Law::Pareto { min_ms, max_ms: min_ms * 1_000.0, alpha: 1.5 };
    let least = mean_ms / law(1.0).mean_ms();
    law(least.clamp(PARETO_MS_MIN, LAW_MS_MAX / 1_000.0))
}

/// A shape as services often have it, scaled to the mean.
fn percentiles(mean_ms: f64) -> Law {
    let law = |scale: f64| Law::Percentiles {
        min_ms: 0.4 * scale,
        p50_ms: 0.8 * scale,
        p90_ms: 1.6 * scale,
        p99_ms: 4.0 * scale,
        max_ms: 10.0 * scale,
    };
    law((mean_ms / law(1.0).mean_ms()).min(LAW_MS_MAX / 10.0))
}

/// Traffic of the named type: points stay, and a constant rate becomes the first of two points.
fn traffic_as(traffic: &Traffic, name: &str) -> Option<Traffic> {
    let points = match traffic {
        Traffic::Steps { points } | Traffic::Ramps { points } => points.clone(),
        &Traffic::Constant { rate_per_s } => two_points(rate_per_s),
        &Traffic::Day { low_per_s, high_per_s, .. }
        | &Traffic::Week { low_per_s, high_per_s, .. } => {
            two_points((low_per_s + high_per_s) / 2.0)
        }
        Traffic::Recorded { points, .. } => {
            let mut points = series_points(points);
            points.truncate(POINTS_MAX);
            points
        }
        Traffic::Users { .. } => two_points(USUAL_PER_S),
    };
    let first = points.first().map_or(0.0, |point| point.rate_per_s);
    Some(match name {
        "constant" => Traffic::Constant { rate_per_s: first },
        "steps" => Traffic::Steps { points },
        "ramps" => Traffic::Ramps { points },
        // Quiet at night, twice the rate at two in the afternoon.
        "day" => Traffic::Day {
            low_per_s: first * 0.2,
            high_per_s: (first * 2.0).min(1_000_000.0),
            peak_at_s: 14 * 3_600,
        },
        "week" => Traffic::Week {
            low_per_s: first * 0.2,
            high_per_s: (first * 2.0).min(1_000_000.0),
            peak_at_s: 14 * 3_600,
            weekend_percent: 50.0,
            starts_on: Weekday::default(),
        },
        "recorded" => Traffic::Recorded {
            points: points.iter().map(|point| (point.at_s, point.rate_per_s)).collect(),
            between: Between::default(),
        },
        "users" => Traffic::Users { users: 100, think_ms: 1_000.0 },
        _ => return None,
    })
}

/// A rate that doubles within five minutes.
fn two_points(rate_per_s: f64) -> Vec<RatePoint> {
    vec![
        RatePoint { at_s: 0.0, rate_per_s },
        RatePoint { at_s: 300.0, rate_per_s: (rate_per_s * 2.0).min(1_000_000.0) },
    ]
}
