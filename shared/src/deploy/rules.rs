//! The rules of a pool: policy, eligibility, probes, retries, time-outs, sessions.

use super::pool::Plan;
use super::{NoteKind, Writer, put, text};
use crate::balance::PolicyConfig;
use crate::balance::request::affinity::AffinityConfig;
use crate::balance::request::config::{RequestConfig, RetryOn};
use crate::design::Balancer;
use crate::json;
use crate::origins::HealthCheck;
use serde_json::{Map, Value};

/// By which a client is known until somebody writes a better name.
const CLIENT_HEADER: &str = "X-Client-Id";

impl Writer<'_> {
    /// Says that the Worker takes another number.
    pub(super) fn changed(&mut self, about: &str, field: &str, from: f64, to: f64) {
        if (from - to).abs() > 0.0 {
            self.note(NoteKind::Changed, about, format!("{field}: {from} → {to}"));
        }
    }

    /// The nearest whole number that the Worker takes.
    pub(super) fn within(&mut self, about: &str, field: &str, value: f64, range: [f64; 2]) -> u32 {
        let [min, max] = range;
        let given = value.round().clamp(min, max);
        self.changed(about, field, value, given);
        given as u32
    }

    /// Seconds from one probe to the next as it runs.
    pub(super) fn interval_s(&self) -> u32 {
        let check = self.running.get("health_check");
        let interval_s = check.and_then(|check| check.get("interval_s")?.as_u64());
        interval_s.and_then(|it| it.try_into().ok()).unwrap_or(HealthCheck::default().interval_s)
    }

    /// The object in a field of the pool, else of the document that it inherits from.
    fn object(&self, base: &Map<String, Value>, field: &str) -> Map<String, Value> {
        let found = base.get(field).or_else(|| self.running.get(field));
        found.and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// Writes what the balancer goes by. Without one, all stays as it runs.
    pub(super) fn rules(&mut self, base: &mut Map<String, Value>, plan: &Plan<'_>, is_first: bool) {
        let mut check = self.object(base, "health_check");
        let Some(balancer) = plan.balancer else {
            if plan.interval_s != self.interval_s() {
                put(&mut check, "interval_s", plan.interval_s.into());
                put(base, "health_check", check.into());
            }
            return;
        };
        let about = plan.name.as_str();
        let Balancer { policy, eligibility, health_check, requests, .. } = balancer;
        if matches!(policy, PolicyConfig::Prequal { .. }) {
            self.note(NoteKind::Prequal, about, "");
        }
        // Plain data with text as keys cannot fail to be written.
        put(base, "policy", json::to_value(policy).unwrap_or_default());
        put(base, "eligibility", json::to_value(eligibility).unwrap_or_default());

        let longest = f64::from(plan.interval_s);
        let timeout_s = f64::from(health_check.timeout_s);
        let timeout_s = self.within(about, "health_check.timeout_s", timeout_s, [1.0, longest]);
        for (field, value) in [
            ("interval_s", plan.interval_s),
            ("timeout_s", timeout_s),
            ("healthy_threshold", health_check.healthy_threshold),
            ("unhealthy_threshold", health_check.unhealthy_threshold),
        ] {
            put(&mut check, field, value.into());
        }
        put(base, "health_check", check.into());

        let retry = self.retry(about, requests, self.object(base, "retry"));
        put(base, "retry", retry.into());
        let timeouts = self.timeouts(about, requests, self.object(base, "timeouts"));
        put(base, "timeouts", timeouts.into());
        self.ignored(about, requests);
        let affinity = self.affinity(about, requests, self.object(base, "affinity"));
        if is_first && requests.affinity.is_none() {
            base.remove("affinity");
        } else {
            put(base, "affinity", affinity.into());
        }
    }

    fn retry(
        &mut self,
        about: &str,
        requests: &RequestConfig,
        mut retry: Map<String, Value>,
    ) -> Map<String, Value> {
        let Some(drawn) = &requests.retry else {
            self.note(NoteKind::NoRetries, about, "");
            put(&mut retry, "max_tries", 1.into());
            return retry;
        };
        let tries = f64::from(drawn.max_retries) + 1.0;
        let numbers = [
            ("max_tries", tries, [1.0, 10.0]),
            ("budget_percent", drawn.budget_percent, [0.0, 1_000.0]),
            ("min_retries_per_s", drawn.min_retries_per_s, [0.0, 1_000.0]),
            ("backoff_ms", drawn.backoff_ms, [0.0, 10_000.0]),
            ("backoff_max_ms", drawn.backoff_max_ms, [0.0, 60_000.0]),
        ];
        for (field, value, range) in numbers {
            let value = self.within(about, &format!("retry.{field}"), value, range);
            put(&mut retry, field, value.into());
        }
        let statuses = match drawn.on {
            RetryOn::ConnectFailure => {
                self.note(NoteKind::AnyFailure, about, "");
                None
            }
            RetryOn::NoAnswer => None,
            RetryOn::GatewayError => Some("502-504"),
            RetryOn::ServerError => Some("500-599"),
        };
        retry.remove("statuses");
        if let Some(statuses) = statuses {
            put(&mut retry, "statuses", statuses.into());
        }
        retry
    }

    /// Where a drawing waits for ever, the Worker waits as long as it did.
    fn timeouts(
        &mut self,
        about: &str,
        requests: &RequestConfig,
        mut timeouts: Map<String, Value>,
    ) -> Map<String, Value> {
        let per_try_ms = requests.retry.as_ref().map_or(0.0, |retry| retry.per_try_timeout_ms);
        if per_try_ms > 0.0 {
            let field = "timeouts.first_byte_ms";
            let ms = self.within(about, field, per_try_ms, [10.0, 300_000.0]);
            put(&mut timeouts, "first_byte_ms", ms.into());
        }
        timeouts.remove("overall_ms");
        if requests.timeout_ms > 0.0 {
            let field = "timeouts.overall_ms";
            let ms = self.within(about, field, requests.timeout_ms, [10.0, 3_600_000.0]);
            put(&mut timeouts, "overall_ms", ms.into());
        }
        timeouts
    }

    fn affinity(
        &mut self,
        about: &str,
        requests: &RequestConfig,
        mut affinity: Map<String, Value>,
    ) -> Map<String, Value> {
        let by_header = text(&affinity, "by") == "header";
        let by = match requests.affinity {
            None => "none",
            Some(AffinityConfig::ClientIp { .. }) => "client_ip",
            Some(AffinityConfig::Header { .. }) => {
                if !by_header {
                    put(&mut affinity, "name", CLIENT_HEADER.into());
                    self.note(NoteKind::HeaderName, about, "");
                }
                "header"
            }
            Some(
                cookie @ (AffinityConfig::Cookie { .. } | AffinityConfig::DurationCookie { .. }),
            ) => {
                if by_header {
                    put(&mut affinity, "name", "_lb".into());
                }
                let (seconds, _) = cookie.seconds();
                let ttl_s = self.within(about, "affinity.ttl_s", seconds, [1.0, 604_800.0]);
                let is_aws = matches!(cookie, AffinityConfig::DurationCookie { .. });
                put(&mut affinity, "ttl_s", ttl_s.into());
                put(&mut affinity, "sliding", is_aws.into());
                put(&mut affinity, "holds_while_draining", (!is_aws).into());
                "cookie"
            }
        };
        put(&mut affinity, "by", by.into());
        affinity
    }

    /// What the Worker does not do around its picks.
    fn ignored(&mut self, about: &str, requests: &RequestConfig) {
        let mut fields = Vec::new();
        if requests.hedging.is_some() {
            fields.push("requests.hedging");
        }
        if requests.limits.is_some() {
            fields.extend([
                "requests.limits.max_requests",
                "requests.limits.max_retries",
                "requests.limits.max_pending_requests",
            ]);
        }
        if !fields.is_empty() {
            self.note(NoteKind::Ignored, about, fields.join(", "));
        }
    }
}
