//! The settings of the run.

use super::parts::{Options, choice, field, whole};
use super::pricing::traffic_section;
use super::{Control, Number, Part, Unit};
use shared::design::RunSettings;

/// The greatest whole number that a number field holds exactly.
const SEED_MAX: f64 = 9_007_199_254_740_991.0;

const REGIONS: Options =
    &[("us-east-1", "region-us-east-1"), ("ap-northeast-2", "region-ap-northeast-2")];

/// The form of the run.
pub fn run_form(run: &RunSettings) -> Vec<Part> {
    let starts_at = Control::TimeOfDay { value: run.starts_at_s };
    let longest_warmup = run.duration_s.saturating_sub(1);
    let seed = Control::Number(Number {
        // Larger seeds come from files only; they lose their last digits in the field.
        value: Some(run.seed as f64),
        min: 0.0,
        max: SEED_MAX,
        integer: true,
        unit: Unit::None,
        absent: None,
    });
    vec![
        whole("duration_s", "field-duration", run.duration_s, 1, 31 * 86_400, Unit::Seconds),
        field("starts_at_s", "field-starts-at", starts_at),
        whole("warmup_s", "field-warmup", run.warmup_s, 0, longest_warmup, Unit::Seconds),
        field("seed", "field-seed", seed),
        choice("region", "field-region", &run.region, REGIONS),
        traffic_section(&run.pricing),
    ]
}
