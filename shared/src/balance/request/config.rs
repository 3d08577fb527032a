//! What a balancer does around its picks, as documents say it. Everything is off by default.

use super::affinity::AffinityConfig;
use super::backoff::Backoff;
use super::breaker;
use super::budget::RetryBudget;
use super::hedge::Hedge;
use super::retry::is_idempotent;
use super::timeouts::Timeouts;
use crate::balance::{ConfigError, Outcome};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Rules for requests. Each is off unless it is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RequestConfig {
    /// How long a request may take from the balancer's side, retries and waits included,
    /// milliseconds, 0 to 3,600,000; 0 is for ever (Envoy's route timeout; its default is 15 s).
    pub timeout_ms: f64,
    /// Whether and how a client comes back to the backend that it had.
    pub affinity: Option<AffinityConfig>,
    /// Whether and when a failed request is sent again.
    pub retry: Option<RetryConfig>,
    /// Whether and when a second copy of a slow request is sent.
    pub hedging: Option<HedgingConfig>,
    /// How much may be open at once (circuit breaker).
    pub limits: Option<LimitsConfig>,
}

/// Sending failed requests again, to another backend while there is one. What was sent already is
/// sent again only if its method is idempotent (RFC 9110).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetryConfig {
    /// Which failures are worth another try.
    pub on: RetryOn,
    /// Retries of one request, 1 to 10 (Envoy: 1).
    pub max_retries: u32,
    /// How long one try may take, milliseconds, 0 to 3,600,000; 0 is for ever.
    pub per_try_timeout_ms: f64,
    /// Retry n waits a random time below `(2^n - 1)` times this, milliseconds, 0 to 3,600,000
    /// (Envoy: 25); with 0 it does not wait.
    pub backoff_ms: f64,
    /// No wait is longer than this, milliseconds, 0 to 3,600,000 (Envoy: 250).
    pub backoff_max_ms: f64,
    /// Retries allowed for every 100 requests of the last ten seconds, 0 to 100,000 (Finagle: 20).
    pub budget_percent: f64,
    /// Retries allowed a second in any case, 0 to 1,000,000 (Finagle: 10).
    pub min_retries_per_s: f64,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self {
            on: RetryOn::NoAnswer,
            max_retries: 1,
            per_try_timeout_ms: 0.0,
            backoff_ms: 25.0,
            backoff_max_ms: 250.0,
            budget_percent: 20.0,
            min_retries_per_s: 10.0,
        }
    }
}

/// Which failures are worth another try; each word takes in those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RetryOn {
    /// No connection could be made (HAProxy).
    ConnectFailure,
    /// No answer came: also broken connections and tries that took too long (NGINX
    /// `error timeout`).
    #[default]
    NoAnswer,
    /// Also answers 502, 503 and 504 (Envoy `gateway-error`).
    GatewayError,
    /// Also every other answer from 500 to 599 (Envoy `5xx`).
    ServerError,
}

impl RetryConfig {
    /// Whether a request by `method` that ended with `outcome` should and may be sent again.
    pub fn retries(&self, method: &str, outcome: Outcome) -> bool {
        use RetryOn::{ConnectFailure, GatewayError, NoAnswer, ServerError};
        match outcome {
            Outcome::ConnectFailed => true,
            Outcome::Reset | Outcome::Timeout => self.on != ConnectFailure && is_idempotent(method),
            Outcome::Response(status) => {
                let wanted = match self.on {
                    ConnectFailure | NoAnswer => false,
                    GatewayError => matches!(status, 502..=504),
                    ServerError => matches!(status, 500..=599),
                };
                wanted && is_idempotent(method)
            }
            Outcome::Canceled => false,
        }
    }

    /// The budget, full at the start.
    ///
    /// # Errors
    ///
    /// The field that is out of range.
    pub fn budget(&self, now: Timestamp) -> Result<RetryBudget, ConfigError> {
        RetryBudget::new(now, BUDGET_TTL_S, self.min_retries_per_s, self.budget_percent / 100.0)
    }

    /// The back-off; none if retries do not wait.
    pub fn backoff(&self) -> Option<Backoff> {
        Backoff::new(self.backoff_ms, Some(self.backoff_max_ms.max(self.backoff_ms))).ok()
    }

    fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        check("retry.max_retries", f64::from(self.max_retries), 1.0, 10.0)?;
        check("retry.per_try_timeout_ms", self.per_try_timeout_ms, 0.0, MS_MAX)?;
        check("retry.backoff_ms", self.backoff_ms, 0.0, MS_MAX)?;
        check("retry.backoff_max_ms", self.backoff_max_ms, 0.0, MS_MAX)?;
        check("retry.budget_percent", self.budget_percent, 0.0, 100_000.0)?;
        check("retry.min_retries_per_s", self.min_retries_per_s, 0.0, COUNT_MAX)
    }
}

/// Longest time-out and wait: an hour.
const MS_MAX: f64 = 3_600_000.0;
/// Greatest limit.
const COUNT_MAX: f64 = 1_000_000.0;
/// How long requests count for the retry budget (Finagle).
const BUDGET_TTL_S: f64 = 10.0;

/// Sending a second copy of a slow request; the first answer counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HedgingConfig {
    /// A request is slow after the time that this share of requests stays under, percent, 50 to
    /// 99.99.
    pub percentile: f64,
    /// With fewer answers than this to go by, no copy is sent, 1 to 1,000,000.
    pub min_samples: u32,
    /// How long an answer counts at least, seconds, 1 to 3,600; at most twice as long.
    pub window_s: f64,
}

impl Default for HedgingConfig {
    fn default() -> Self {
        Self { percentile: 95.0, min_samples: 100, window_s: 10.0 }
    }
}

impl HedgingConfig {
    /// The rule at work.
    pub fn start(&self, now: Timestamp) -> Hedge {
        let window = Span::from_s_f64(self.window_s);
        Hedge::new(now, self.percentile / 100.0, u64::from(self.min_samples), window)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        check("hedging.percentile", self.percentile, 50.0, 99.99)?;
        check("hedging.min_samples", f64::from(self.min_samples), 1.0, COUNT_MAX)?;
        check("hedging.window_s", self.window_s, 1.0, 3_600.0)
    }
}

/// How much may be open at once (Envoy's circuit breaker); the rest is refused at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Requests at backends, retries and copies included, 1 to 1,000,000 (Envoy: 1,024).
    pub max_requests: u32,
    /// Retries that wait or are at backends, 0 to 1,000,000 (Envoy: 3).
    pub max_retries: u32,
    /// Requests at one backend, 0 to 1,000,000; 0 sets no limit (HAProxy `maxconn`).
    pub max_requests_per_backend: u32,
    /// Requests that wait for a backend with room, 0 to 1,000,000 (Envoy: 1,024).
    pub max_pending_requests: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let breaker::Limits { max_requests, max_retries, max_pending_requests, .. } =
            breaker::Limits::default();
        Self { max_requests, max_retries, max_requests_per_backend: 0, max_pending_requests }
    }
}

impl LimitsConfig {
    /// The limits as the breaker knows them.
    pub fn breaker(&self) -> breaker::Limits {
        breaker::Limits {
            max_requests: self.max_requests,
            max_retries: self.max_retries,
            max_pending_requests: self.max_pending_requests,
            ..breaker::Limits::default()
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let check = |field, value, min| ConfigError::check(field, f64::from(value), min, COUNT_MAX);
        check("limits.max_requests", self.max_requests, 1.0)?;
        check("limits.max_retries", self.max_retries, 0.0)?;
        check("limits.max_requests_per_backend", self.max_requests_per_backend, 0.0)?;
        check("limits.max_pending_requests", self.max_pending_requests, 0.0)
    }
}

impl RequestConfig {
    /// Whether anything but affinity is on, so that a request must be followed to its end.
    pub const fn follows(&self) -> bool {
        self.timeout_ms > 0.0
            || self.retry.is_some()
            || self.hedging.is_some()
            || self.limits.is_some()
    }

    /// The time-outs of one try and of all.
    pub fn timeouts(&self) -> Timeouts {
        let limit = |ms: f64| (ms > 0.0).then(|| Span::from_ms_f64(ms));
        let per_try = self.retry.as_ref().and_then(|retry| limit(retry.per_try_timeout_ms));
        Timeouts { per_try, overall: limit(self.timeout_ms) }
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check("timeout_ms", self.timeout_ms, 0.0, MS_MAX)?;
        self.affinity.map_or(Ok(()), |affinity| affinity.rule().map(drop))?;
        self.retry.as_ref().map_or(Ok(()), RetryConfig::check)?;
        self.hedging.as_ref().map_or(Ok(()), HedgingConfig::check)?;
        self.limits.as_ref().map_or(Ok(()), LimitsConfig::check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_go_by_failure_and_method() {
        use Outcome::{Canceled, ConnectFailed, Reset, Response, Timeout};
        let all = [ConnectFailed, Reset, Timeout, Response(503), Response(500), Canceled];
        let cases = [
            (RetryOn::ConnectFailure, [true, false, false, false, false, false]),
            (RetryOn::NoAnswer, [true, true, true, false, false, false]),
            (RetryOn::GatewayError, [true, true, true, true, false, false]),
            (RetryOn::ServerError, [true, true, true, true, true, false]),
        ];
        for (on, expected) in cases {
            let config = RetryConfig { on, ..RetryConfig::default() };
            assert_eq!(all.map(|outcome| config.retries("GET", outcome)), expected, "{on:?}");
            // What may have happened once must not happen twice.
            let post = all.map(|outcome| config.retries("POST", outcome));
            assert_eq!(post, [true, false, false, false, false, false], "{on:?}");
        }
    }

    #[test]
    fn every_field_out_of_range_is_named() {
        let parse = |text: &str| serde_json::from_str::<RequestConfig>(text).unwrap().check();
        assert_eq!(parse("{}"), Ok(()));
        for (text, field, value) in [
            (r#"{"timeout_ms": -1}"#, "timeout_ms", -1.0),
            (r#"{"affinity": {"type": "header", "ttl_s": 5}}"#, "affinity.ttl_s", 5.0),
            (r#"{"retry": {"max_retries": 11}}"#, "retry.max_retries", 11.0),
            (r#"{"retry": {"budget_percent": 1e9}}"#, "retry.budget_percent", 1e9),
            (r#"{"hedging": {"percentile": 100}}"#, "hedging.percentile", 100.0),
            (r#"{"limits": {"max_requests": 0}}"#, "limits.max_requests", 0.0),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.field, error.value), (field, value), "{text}");
        }
    }
}
