//! The settings of the run.

use super::faults::faults_list;
use super::parts::{Options, choice, field, optional, real, whole};
use super::pricing::traffic_section;
use super::{Control, Number, Part, Unit};
use shared::design::{Design, Slo};

/// The greatest whole number that a number field holds exactly.
const SEED_MAX: f64 = 9_007_199_254_740_991.0;

const REGIONS: Options =
    &[("us-east-1", "region-us-east-1"), ("ap-northeast-2", "region-ap-northeast-2")];

/// What is promised.
fn slo_section(slo: Option<&Slo>) -> Part {
    optional("slo", "section-slo", slo, |slo| {
        let percent = |name: &str, label, value| {
            real(&format!("slo.{name}"), label, value, 0.0, 100.0, Unit::Percent)
        };
        let (path, hour) = ("slo.latency_ms", 3_600_000.0);
        let latency = slo.latency_ms;
        vec![
            percent("availability_percent", "field-slo-availability", slo.availability_percent),
            real(path, "field-slo-latency", latency, 0.001, hour, Unit::Milliseconds),
            percent("latency_percentile", "field-slo-percentile", slo.latency_percentile),
        ]
    })
}

/// The form of the run of a design.
pub fn run_form(design: &Design) -> Vec<Part> {
    let run = &design.run;
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
        slo_section(run.slo.as_ref()),
        faults_list(design),
        traffic_section(&run.pricing),
    ]
}
