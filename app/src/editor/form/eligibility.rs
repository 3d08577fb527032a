//! Who may serve behind a load balancer, besides health checks: levels and panic, slow start, outlier
//! detection.

use super::parts::{Options, choice, json, optional, real, section, toggle, whole};
use super::{Optional, Part, Unit};
use shared::balance::{EligibilityConfig, OutlierConfig, SlowStart};

const SLOW_START: Options = &[("linear", "slow-start-linear"), ("envoy", "slow-start-envoy")];
/// AWS's least; what switching slow start on begins with.
const FIRST_SLOW_START: SlowStart = SlowStart::Linear { duration_s: 30.0 };

pub(super) fn eligibility_parts(eligibility: &EligibilityConfig) -> Vec<Part> {
    let at = |name: &str| format!("eligibility.{name}");
    let percent =
        |name: &str, label, value, max| real(&at(name), label, value, 0.0, max, Unit::Percent);
    let overprovisioning = eligibility.overprovisioning_percent;
    let rules = vec![
        toggle(&at("fail_open"), "field-fail-open", eligibility.fail_open),
        percent(
            "panic_threshold_percent",
            "field-panic-threshold",
            eligibility.panic_threshold_percent,
            100.0,
        ),
        whole(
            &at("minimum_healthy_count"),
            "field-minimum-healthy-count",
            eligibility.minimum_healthy_count,
            0,
            10_000,
            Unit::Servers,
        ),
        percent(
            "minimum_healthy_percent",
            "field-minimum-healthy-percent",
            eligibility.minimum_healthy_percent,
            100.0,
        ),
        whole(
            &at("overprovisioning_percent"),
            "field-overprovisioning",
            overprovisioning,
            100,
            10_000,
            Unit::Percent,
        ),
    ];
    vec![
        section("section-eligibility", rules),
        slow_start(&at("slow_start"), eligibility.slow_start.as_ref()),
        optional(
            &at("outlier_detection"),
            "section-outlier-detection",
            eligibility.outlier_detection.as_ref(),
            outlier_parts,
        ),
    ]
}

fn slow_start(path: &str, rule: Option<&SlowStart>) -> Part {
    let real = |name: &str, label, value, min, max, unit| {
        real(&format!("{path}.{name}"), label, value, min, max, unit)
    };
    let parts = rule.map(|rule| {
        let mut parts =
            vec![choice(&format!("{path}.type"), "field-slow-start-curve", rule, SLOW_START)];
        match *rule {
            SlowStart::Linear { duration_s } => {
                let (label, unit) = ("field-slow-start-duration", Unit::Seconds);
                parts.push(real("duration_s", label, duration_s, 0.0, 3_600.0, unit));
            }
            SlowStart::Envoy { window_s, aggression, min_weight_percent } => {
                let (label, least) = ("field-slow-start-duration", "field-min-weight");
                parts.push(real("window_s", label, window_s, 1.0, 3_600.0, Unit::Seconds));
                parts.push(real(
                    "aggression",
                    "field-aggression",
                    aggression,
                    0.01,
                    100.0,
                    Unit::None,
                ));
                let (name, percent) = ("min_weight_percent", min_weight_percent);
                parts.push(real(name, least, percent, 0.0, 100.0, Unit::Percent));
            }
        }
        parts
    });
    let default = json(&FIRST_SLOW_START);
    Part::Optional(Optional { path: path.to_owned(), title: "section-slow-start", default, parts })
}

/// The settings that are changed most. The others have Envoy's defaults unless a file says otherwise.
fn outlier_parts(outlier: &OutlierConfig) -> Vec<Part> {
    let at = |name: &str| format!("eligibility.outlier_detection.{name}");
    let count = |name: &str, label, value, unit| whole(&at(name), label, value, 0, 10_000, unit);
    let percent = |name: &str, label, value| whole(&at(name), label, value, 0, 100, Unit::Percent);
    let seconds =
        |name: &str, label, value, min, max| real(&at(name), label, value, min, max, Unit::Seconds);
    let (base_s, max_s) = (outlier.base_ejection_time_s, outlier.max_ejection_time_s);
    let (hosts, volume) = (outlier.success_rate_minimum_hosts, outlier.success_rate_request_volume);
    vec![
        count("consecutive_5xx", "field-consecutive-5xx", outlier.consecutive_5xx, Unit::Requests),
        seconds("interval_s", "field-outlier-interval", outlier.interval_s, 0.1, 3_600.0),
        seconds("base_ejection_time_s", "field-base-ejection-time", base_s, 0.001, 86_400.0),
        seconds("max_ejection_time_s", "field-max-ejection-time", max_s, base_s, 86_400.0),
        percent("max_ejection_percent", "field-max-ejection-percent", outlier.max_ejection_percent),
        toggle(
            &at("always_eject_one_host"),
            "field-always-eject-one",
            outlier.always_eject_one_host,
        ),
        percent(
            "enforcing_success_rate",
            "field-enforcing-success-rate",
            outlier.enforcing_success_rate,
        ),
        whole(
            &at("success_rate_stdev_factor"),
            "field-success-rate-stdev",
            outlier.success_rate_stdev_factor,
            0,
            100_000,
            Unit::None,
        ),
        count("success_rate_minimum_hosts", "field-success-rate-hosts", hosts, Unit::Servers),
        count("success_rate_request_volume", "field-success-rate-volume", volume, Unit::Requests),
    ]
}

/// Slow start of another kind that takes as long.
pub(super) fn slow_start_as(rule: &SlowStart, name: &str) -> Option<SlowStart> {
    let duration_s = rule.window().as_s_f64();
    match name {
        "linear" => Some(SlowStart::Linear { duration_s }),
        "envoy" => Some(SlowStart::Envoy {
            window_s: duration_s.max(1.0),
            aggression: 1.0,
            min_weight_percent: 10.0,
        }),
        _ => None,
    }
}
