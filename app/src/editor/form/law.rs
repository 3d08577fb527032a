//! The settings of a law of random times.

use super::parts::{Options, choice, real, section};
use super::{Part, Unit};
use shared::dist::{LAW_CV_MAX, LAW_MS_MAX, Law};

const LAWS: Options = &[
    ("constant", "law-constant"),
    ("uniform", "law-uniform"),
    ("exponential", "law-exponential"),
    ("lognormal", "law-lognormal"),
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
        Law::Lognormal { mean_ms, cv } => {
            parts.push(ms("mean_ms", "field-mean", mean_ms, 0.0));
            parts.push(real(&at("cv"), "field-cv", cv, 0.0, LAW_CV_MAX, Unit::None));
        }
    }
    section(title, parts)
}
