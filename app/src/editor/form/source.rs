//! The settings of a traffic source.

use super::parts::{Options, choice, json, real, rows};
use super::{ListItem, Part, Unit};
use crate::editor::notice::Text;
use shared::design::{RatePoint, Source, Traffic};

/// Most points of a traffic curve that the inspector adds.
const POINTS_MAX: usize = 100;

const TRAFFIC: Options =
    &[("constant", "traffic-constant"), ("ramps", "traffic-ramps"), ("steps", "traffic-steps")];
const ARRIVALS: Options = &[("poisson", "arrivals-poisson"), ("constant", "arrivals-constant")];

pub(super) fn source_form(source: &Source) -> Vec<Part> {
    let mut parts = vec![choice("traffic.type", "field-traffic", &source.traffic, TRAFFIC)];
    match &source.traffic {
        Traffic::Constant { rate_per_s } => parts.push(rate("traffic.rate_per_s", *rate_per_s)),
        Traffic::Steps { points } | Traffic::Ramps { points } => parts.push(points_list(points)),
    }
    parts.push(choice("arrivals", "field-arrivals", &source.arrivals, ARRIVALS));
    parts
}

fn points_list(points: &[RatePoint]) -> Part {
    let item = |(i, point): (usize, &RatePoint)| {
        let at = |name: &str| format!("traffic.points[{i}].{name}");
        let (end, unit) = (31.0 * 86_400.0, Unit::Seconds);
        ListItem {
            title: Text::new("point-title").with("number", i + 1),
            parts: vec![
                real(&at("at_s"), "field-at", point.at_s, 0.0, end, unit),
                rate(&at("rate_per_s"), point.rate_per_s),
            ],
        }
    };
    // A new point goes on a minute after the last one.
    let before_first = RatePoint { at_s: -60.0, rate_per_s: 100.0 };
    let last = points.last().copied().unwrap_or(before_first);
    let new = json(&RatePoint { at_s: last.at_s + 60.0, ..last });
    let items = points.iter().enumerate().map(item).collect();
    rows("traffic.points", ("list-points", "list-points-add"), items, (new, POINTS_MAX))
}

fn rate(path: &str, value: f64) -> Part {
    real(path, "field-rate", value, 0.0, 1_000_000.0, Unit::RequestsPerSecond)
}
