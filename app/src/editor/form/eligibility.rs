//! Who may serve behind a load balancer, besides health checks: levels and panic, slow start, outlier
//! detection.

use super::parts::{Options, choice, json, numbers_list, optional, real, section, toggle, whole};
use super::{Number, Optional, Part, Unit};
use shared::balance::{EligibilityConfig, Localities, OutlierConfig, SlowStart};

const SLOW_START: Options = &[("linear", "slow-start-linear"), ("envoy", "slow-start-envoy")];
const LOCALITIES: Options = &[
    ("ignored", "localities-ignored"),
    ("weighted", "localities-weighted"),
    ("zone_aware", "localities-zone-aware"),
];
/// Most zones of a balancer.
const ZONES_MAX: usize = 256;
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
        section("section-localities", localities(&at("localities"), &eligibility.localities)),
    ]
}

/// How requests are split by zone, with a list of numbers that has an entry for each zone.
fn localities(path: &str, rule: &Localities) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let list = |name: &str, keys, values: &[u32], unit| {
        let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
        let (value, min, max) = (Some(1.0), 0.0, 1_000_000.0);
        let like = Number { value, min, max, integer: true, unit, absent: None };
        numbers_list(&at(name), keys, &values, like, ZONES_MAX)
    };
    let mut parts = vec![choice(&at("type"), "field-localities", rule, LOCALITIES)];
    match rule {
        Localities::Ignored => {}
        Localities::Weighted { weights } => {
            let keys = ("list-zone-weights", "field-zone-weight", "list-zone-weights-add");
            parts.push(list("weights", keys, weights, Unit::None));
        }
        Localities::ZoneAware { local, balancers, min_cluster_size } => {
            let last = u32::try_from(balancers.len()).unwrap_or(u32::MAX).saturating_sub(1);
            parts.push(whole(&at("local"), "field-local-zone", *local, 0, last, Unit::None));
            let keys = ("list-zone-balancers", "field-zone-balancers", "list-zone-balancers-add");
            parts.push(list("balancers", keys, balancers, Unit::None));
            let (name, least) = ("min_cluster_size", *min_cluster_size);
            let label = "field-min-cluster-size";
            parts.push(whole(&at(name), label, least, 0, 10_000, Unit::Servers));
        }
    }
    parts
}

/// Another way to split by zone, for two zones at first.
pub(super) fn localities_as(rule: &Localities, name: &str) -> Option<Localities> {
    let numbers = match rule {
        Localities::Ignored => vec![1, 1],
        Localities::Weighted { weights } => weights.clone(),
        Localities::ZoneAware { balancers, .. } => balancers.clone(),
    };
    match name {
        "ignored" => Some(Localities::Ignored),
        "weighted" => Some(Localities::Weighted { weights: numbers }),
        "zone_aware" => {
            Some(Localities::ZoneAware { local: 0, balancers: numbers, min_cluster_size: 6 })
        }
        _ => None,
    }
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

/// What is changed most comes first.
fn outlier_parts(outlier: &OutlierConfig) -> Vec<Part> {
    let at = |name: &str| format!("eligibility.outlier_detection.{name}");
    let count = |name: &str, label, value, unit| whole(&at(name), label, value, 0, 10_000, unit);
    let percent = |name: &str, label, value| whole(&at(name), label, value, 0, 100, Unit::Percent);
    let seconds =
        |name: &str, label, value, min, max| real(&at(name), label, value, min, max, Unit::Seconds);
    let (base_s, max_s) = (outlier.base_ejection_time_s, outlier.max_ejection_time_s);
    let (hosts, volume) = (outlier.success_rate_minimum_hosts, outlier.success_rate_request_volume);
    let mut parts = vec![
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
    ];
    parts.extend(rarer_outlier_parts(outlier));
    parts
}

/// Detectors that are off, or rarely changed.
fn rarer_outlier_parts(outlier: &OutlierConfig) -> [Part; 9] {
    let at = |name: &str| format!("eligibility.outlier_detection.{name}");
    let count = |name: &str, label, value, unit| whole(&at(name), label, value, 0, 10_000, unit);
    let percent = |name: &str, label, value| whole(&at(name), label, value, 0, 100, Unit::Percent);
    let (hosts, volume) =
        (outlier.failure_percentage_minimum_hosts, outlier.failure_percentage_request_volume);
    [
        percent(
            "enforcing_consecutive_5xx",
            "field-enforcing-consecutive-5xx",
            outlier.enforcing_consecutive_5xx,
        ),
        count(
            "consecutive_gateway_failure",
            "field-consecutive-gateway-failure",
            outlier.consecutive_gateway_failure,
            Unit::Requests,
        ),
        percent(
            "enforcing_consecutive_gateway_failure",
            "field-enforcing-gateway-failure",
            outlier.enforcing_consecutive_gateway_failure,
        ),
        toggle(
            &at("split_external_local_origin_errors"),
            "field-split-local-errors",
            outlier.split_external_local_origin_errors,
        ),
        count(
            "consecutive_local_origin_failure",
            "field-consecutive-local-failure",
            outlier.consecutive_local_origin_failure,
            Unit::Requests,
        ),
        percent(
            "failure_percentage_threshold",
            "field-failure-percentage",
            outlier.failure_percentage_threshold,
        ),
        percent(
            "enforcing_failure_percentage",
            "field-enforcing-failure-percentage",
            outlier.enforcing_failure_percentage,
        ),
        count(
            "failure_percentage_minimum_hosts",
            "field-failure-percentage-hosts",
            hosts,
            Unit::Servers,
        ),
        count(
            "failure_percentage_request_volume",
            "field-failure-percentage-volume",
            volume,
            Unit::Requests,
        ),
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
