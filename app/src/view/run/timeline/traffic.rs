//! The traffic that is planned, behind the entries of the plan.

use crate::view::canvas::traffic_curve;
use shared::design::{Design, RatePoint, Settings};
use std::fmt::Write as _;
use yew::prelude::*;

/// Height of the picture, in units of its own.
const HEIGHT: f64 = 100.0;
/// Room above the highest rate, so that its line is seen.
const ROOM: f64 = 8.0;

/// The rate of each source over the run, all to one scale.
pub(super) fn traffic(design: &Design) -> Html {
    let curves: Vec<Vec<RatePoint>> = design
        .nodes
        .values()
        .filter_map(|node| match &node.settings {
            Settings::Source(source) => Some(traffic_curve(source, &design.run)),
            _ => None,
        })
        .collect();
    let peak = curves.iter().flatten().map(|point| point.rate_per_s).fold(1e-9, f64::max);
    let duration_s = f64::from(design.run.duration_s.max(1));
    let paths = curves.iter().map(|points| {
        html! { <path d={outline(points, peak, duration_s)}/> }
    });
    html! {
        <svg class="timeline-traffic" viewBox={format!("0 0 {duration_s} {HEIGHT}")}
            preserveAspectRatio="none" aria-hidden="true">{ for paths }</svg>
    }
}

/// The area under a curve, as the path data of SVG.
fn outline(points: &[RatePoint], peak: f64, duration_s: f64) -> String {
    let mut path = format!("M0 {HEIGHT}");
    for point in points {
        let x = point.at_s.clamp(0.0, duration_s);
        let y = HEIGHT - (HEIGHT - ROOM) * (point.rate_per_s / peak).clamp(0.0, 1.0);
        // Writing to a string cannot fail.
        let _ = write!(path, " L{x:.1} {y:.1}");
    }
    let _ = write!(path, " L{duration_s} {HEIGHT} Z");
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_as_high_as_its_rate_and_as_long_as_the_run() {
        let at = |at_s, rate_per_s| RatePoint { at_s, rate_per_s };
        let path = outline(&[at(0.0, 5.0), at(60.0, 10.0), at(900.0, 0.0)], 10.0, 100.0);
        assert_eq!(path, "M0 100 L0.0 54.0 L60.0 8.0 L100.0 100.0 L100 100 Z");
        assert_eq!(outline(&[], 1e-9, 100.0), "M0 100 L100 100 Z");
    }
}
