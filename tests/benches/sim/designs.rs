//! What is simulated.

use shared::balance::PolicyConfig;
use shared::design::{Design, Settings, Traffic, presets};
use shared::dist::Law;
use std::sync::Arc;

/// Requests of [`day`], expected.
pub(crate) const DAY_REQUESTS: f64 = 86_400.0 * 1_000.0;

/// Every node's settings, to change.
fn change(design: &mut Design, change: impl Fn(&mut Settings)) {
    design.nodes.values_mut().for_each(|node| change(&mut Arc::make_mut(node).settings));
}

/// So many servers at 80 %, for so many requests.
pub(crate) fn farm(servers: u32, requests: u64) -> Design {
    let mut design = presets::ten_servers(PolicyConfig::PowerOfChoices { choices: 2 });
    let rate_per_s = 80.0 * f64::from(servers);
    change(&mut design, |settings| match settings {
        Settings::Source(source) => source.traffic = Traffic::Constant { rate_per_s },
        Settings::Group(group) => {
            (group.min_size, group.max_size, group.desired_capacity) = (servers, servers, servers);
        }
        _ => {}
    });
    design.run.duration_s = ((requests as f64 / rate_per_s) as u32).max(1);
    design.run.warmup_s = 0;
    design
}

/// A farm that is asked for more than it can do: what waits, waits.
pub(crate) fn flood(seconds: u32) -> Design {
    let mut design = farm(10, 1);
    change(&mut design, |settings| match settings {
        Settings::Source(source) => {
            source.traffic = Traffic::Constant { rate_per_s: 101_000.0 };
        }
        Settings::Group(group) => group.queue_max = 1_000_000,
        _ => {}
    });
    design.run.duration_s = seconds;
    design
}

/// The story at a higher rate, so that requests outweigh seconds as in the farm.
pub(crate) fn story() -> Design {
    let mut design = presets::seven_steps();
    change(&mut design, |settings| match settings {
        Settings::Group(group) => group.service = Law::Exponential { mean_ms: 20.0 / 4.0 },
        Settings::Source(source) => {
            if let Traffic::Ramps { points } = &mut source.traffic {
                points.iter_mut().for_each(|point| point.rate_per_s *= 4.0);
            }
        }
        _ => {}
    });
    design
}

/// The story's group for a day at 1,000 requests a second on average, less by night and more by
/// day: it scales.
pub(crate) fn day() -> Design {
    let mut design = presets::seven_steps();
    change(&mut design, |settings| match settings {
        Settings::Source(source) => {
            source.traffic =
                Traffic::Day { low_per_s: 500.0, high_per_s: 1_500.0, peak_at_s: 14 * 3_600 };
        }
        Settings::Group(group) => {
            group.service = Law::Exponential { mean_ms: 5.0 };
            group.max_size = group.max_size.max(40);
        }
        _ => {}
    });
    (design.run.duration_s, design.run.warmup_s) = (86_400, 0);
    design
}
