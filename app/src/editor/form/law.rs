//! The settings of a law of random times.

use super::parts::{Options, choice, real, section};
use super::{Part, Unit};
use shared::dist::{LAW_CV_MAX, LAW_MS_MAX, Law, PARETO_ALPHA, PARETO_MS_MIN};

const LAWS: Options = &[
    ("constant", "law-constant"),
    ("uniform", "law-uniform"),
    ("exponential", "law-exponential"),
    ("lognormal", "law-lognormal"),
    ("gamma", "law-gamma"),
    ("pareto", "law-pareto"),
    ("percentiles", "law-percentiles"),
];

pub(super) fn law_section(path: &str, title: &'static str, law: &Law) -> Part {
    let at = |name: &str| format!("{path}.{name}");
    let ms = |name: &str, label, value, min| {
        real(&at(name), label, value, min, LAW_MS_MAX, Unit::Milliseconds)
    };
    let mut parts = vec![choice(&at("type"), "field-law", law, LAWS)];
    match *law {
        Law::Constant { mean_ms } => parts.push(ms("mean_ms", "field-value", mean_ms, 0.0)),
        Law::Exponential { mean_ms } => parts.push(ms("mean_ms", "field-mean", mean_ms, 0.0)),
        Law::Uniform { min_ms, max_ms } => {
            parts.push(ms("min_ms", "field-min", min_ms, 0.0));
            parts.push(ms("max_ms", "field-max", max_ms, min_ms));
        }
        Law::Lognormal { mean_ms, cv } | Law::Gamma { mean_ms, cv } => {
            parts.push(ms("mean_ms", "field-mean", mean_ms, 0.0));
            parts.push(real(&at("cv"), "field-cv", cv, 0.0, LAW_CV_MAX, Unit::None));
        }
        Law::Pareto { min_ms, max_ms, alpha } => {
            parts.push(ms("min_ms", "field-min", min_ms, PARETO_MS_MIN));
            parts.push(ms("max_ms", "field-max", max_ms, min_ms));
            let (least, most) = PARETO_ALPHA;
            parts.push(real(&at("alpha"), "field-alpha", alpha, least, most, Unit::None));
        }
        Law::Percentiles { min_ms, p50_ms, p90_ms, p99_ms, max_ms } => parts.extend([
            ms("min_ms", "field-min", min_ms, 0.0),
            ms("p50_ms", "field-p50", p50_ms, min_ms),
            ms("p90_ms", "field-p90", p90_ms, p50_ms),
            ms("p99_ms", "field-p99", p99_ms, p90_ms),
            ms("max_ms", "field-max", max_ms, p99_ms),
        ]),
    }
    section(title, parts)
}
