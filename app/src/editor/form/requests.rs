//! What a load balancer does around its picks: affinity, retries, second copies, limits.

use super::parts::{Options, choice, json, optional, real, section, whole};
use super::{Optional, Part, Unit};
use shared::balance::request::affinity::AffinityConfig;
use shared::balance::request::config::{HedgingConfig, LimitsConfig, RequestConfig, RetryConfig};

const AFFINITY: Options = &[
    ("duration_cookie", "affinity-duration-cookie"),
    ("cookie", "affinity-cookie"),
    ("header", "affinity-header"),
    ("client_ip", "affinity-client-ip"),
];
const RETRY_ON: Options = &[
    ("connect_failure", "retry-on-connect-failure"),
    ("no_answer", "retry-on-no-answer"),
    ("gateway_error", "retry-on-gateway-error"),
    ("server_error", "retry-on-server-error"),
];
/// Longest time-out and wait: an hour.
const MS_MAX: f64 = 3_600_000.0;
/// Greatest limit.
const COUNT_MAX: u32 = 1_000_000;

pub(super) fn request_parts(requests: &RequestConfig) -> Vec<Part> {
    let path = |name: &str| format!("requests.{name}");
    let timeout = requests.timeout_ms;
    let label = "field-request-timeout";
    let timeout = real(&path("timeout_ms"), label, timeout, 0.0, MS_MAX, Unit::Milliseconds);
    vec![
        affinity(&path("affinity"), requests.affinity.as_ref()),
        section("section-requests", vec![timeout]),
        optional(&path("retry"), "section-retry", requests.retry.as_ref(), retry_parts),
        optional(&path("hedging"), "section-hedging", requests.hedging.as_ref(), hedging_parts),
        optional(&path("limits"), "section-limits", requests.limits.as_ref(), limits_parts),
    ]
}

fn affinity(path: &str, affinity: Option<&AffinityConfig>) -> Part {
    let parts = affinity.map(|affinity| {
        let name = match affinity {
            AffinityConfig::DurationCookie { .. } => "duration_s",
            AffinityConfig::Cookie { .. }
            | AffinityConfig::Header { .. }
            | AffinityConfig::ClientIp { .. } => "ttl_s",
        };
        let (seconds, [min, max]) = affinity.seconds();
        let (label, unit) = ("field-affinity-duration", Unit::Seconds);
        vec![
            choice(&format!("{path}.type"), "field-affinity-by", affinity, AFFINITY),
            real(&format!("{path}.{name}"), label, seconds, min, max, unit),
        ]
    });
    let default = json(&AffinityConfig::default());
    Part::Optional(Optional { path: path.to_owned(), title: "section-affinity", default, parts })
}

/// Another kind of affinity, with its vendor's default.
pub(super) fn affinity_as(name: &str) -> Option<AffinityConfig> {
    AffinityConfig::ALL.into_iter().find(|affinity| affinity.name() == name)
}

fn retry_parts(retry: &RetryConfig) -> Vec<Part> {
    let at = |name: &str| format!("requests.retry.{name}");
    let ms =
        |name: &str, label, value| real(&at(name), label, value, 0.0, MS_MAX, Unit::Milliseconds);
    let (percent, per_s) = (retry.budget_percent, retry.min_retries_per_s);
    vec![
        choice(&at("on"), "field-retry-on", &retry.on, RETRY_ON),
        whole(&at("max_retries"), "field-max-retries", retry.max_retries, 1, 10, Unit::None),
        ms("per_try_timeout_ms", "field-per-try-timeout", retry.per_try_timeout_ms),
        ms("backoff_ms", "field-retry-backoff", retry.backoff_ms),
        ms("backoff_max_ms", "field-retry-backoff-max", retry.backoff_max_ms),
        real(&at("budget_percent"), "field-retry-budget", percent, 0.0, 100_000.0, Unit::Percent),
        real(
            &at("min_retries_per_s"),
            "field-min-retries",
            per_s,
            0.0,
            f64::from(COUNT_MAX),
            Unit::RequestsPerSecond,
        ),
    ]
}

fn hedging_parts(hedging: &HedgingConfig) -> Vec<Part> {
    let at = |name: &str| format!("requests.hedging.{name}");
    let (percentile, samples) = (hedging.percentile, hedging.min_samples);
    let window = hedging.window_s;
    let label = "field-hedging-percentile";
    vec![
        real(&at("percentile"), label, percentile, 50.0, 99.99, Unit::Percent),
        whole(&at("min_samples"), "field-hedging-samples", samples, 1, COUNT_MAX, Unit::Requests),
        real(&at("window_s"), "field-hedging-window", window, 1.0, 3_600.0, Unit::Seconds),
    ]
}

fn limits_parts(limits: &LimitsConfig) -> Vec<Part> {
    let count = |name: &str, label, value, min| {
        let path = format!("requests.limits.{name}");
        whole(&path, label, value, min, COUNT_MAX, Unit::Requests)
    };
    let each = limits.max_requests_per_backend;
    vec![
        count("max_requests", "field-max-requests", limits.max_requests, 1),
        count("max_retries", "field-max-active-retries", limits.max_retries, 0),
        count("max_requests_per_backend", "field-max-requests-each", each, 0),
        count("max_pending_requests", "field-max-pending", limits.max_pending_requests, 0),
    ]
}
