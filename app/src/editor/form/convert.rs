//! One type of a thing becomes another and keeps what the two share.

use super::policy;
use shared::balance::PolicyConfig;
use shared::design::{RatePoint, Settings, Traffic};
use shared::dist::Law;

/// Gives the thing at `path` (which ends in `.type`) another type; `None` if it has no such type.
pub(super) fn set_type(settings: &mut Settings, path: &str, name: &str) -> Option<()> {
    match (settings, path.strip_suffix(".type")?) {
        (Settings::Source(source), "traffic") => {
            source.traffic = traffic_as(&source.traffic, name)?;
        }
        (Settings::Balancer(balancer), "policy") => {
            balancer.policy = PolicyConfig::ALL.into_iter().find(|policy| policy.name() == name)?;
        }
        (Settings::Group(group), "service") => group.service = law_as(&group.service, name)?,
        (Settings::Group(group), "boot") => group.boot = law_as(&group.boot, name)?,
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
