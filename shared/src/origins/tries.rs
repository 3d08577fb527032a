//! How long to wait for an origin, when to try another one, and what is too large to forward.

use super::EdgeConfigError;
use super::config::in_range;
use crate::balance::request::budget::RetryBudget;
use crate::balance::{ConfigError, Matcher};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Seconds that a request counts for the retry budget (Finagle's default).
const BUDGET_TTL_S: f64 = 10.0;

/// Trying another origin when one fails before it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// The most origins that one request is sent to, 1 to 10. One: never repeat.
    pub max_tries: u32,
    /// Retries that an isolate allows per 100 requests of the last ten seconds, 0 to 1,000. When
    /// everything fails, retries would otherwise multiply the load.
    pub budget_percent: u32,
    /// Retries a second that an isolate allows in any case, 0 to 1,000.
    pub min_retries_per_s: u32,
    /// Milliseconds before the first retry at most, 0 to 10,000: retry N waits a random time up to
    /// (2^N - 1) times this (Envoy). 0 repeats at once.
    pub backoff_ms: u32,
    /// The longest such wait, 0 to 60,000 milliseconds.
    pub backoff_max_ms: u32,
    /// Answers that are tried elsewhere if the method may be repeated, such as `502-504`. Empty:
    /// an answer is an answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub statuses: String,
    /// Bodies of a known length up to this, 0 to 131,072 bytes, are kept so that they can be sent
    /// again; longer ones stream past and are lost with the first try.
    pub replay_body_bytes: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_tries: 3,
            budget_percent: 20,
            min_retries_per_s: 10,
            backoff_ms: 0,
            backoff_max_ms: 250,
            statuses: String::new(),
            replay_body_bytes: 0,
        }
    }
}

impl Retry {
    /// The budget of an isolate that was just born.
    ///
    /// # Errors
    ///
    /// A setting out of range, which [`super::EdgeConfig::check`] finds first.
    pub fn budget(&self, now: Timestamp) -> Result<RetryBudget, ConfigError> {
        let ratio = f64::from(self.budget_percent) / 100.0;
        RetryBudget::new(now, BUDGET_TTL_S, f64::from(self.min_retries_per_s), ratio)
    }

    pub(super) fn check(&self) -> Result<(), EdgeConfigError> {
        in_range("retry.max_tries", self.max_tries, 1, 10)?;
        in_range("retry.budget_percent", self.budget_percent, 0, 1_000)?;
        in_range("retry.min_retries_per_s", self.min_retries_per_s, 0, 1_000)?;
        in_range("retry.backoff_ms", self.backoff_ms, 0, 10_000)?;
        in_range("retry.backoff_max_ms", self.backoff_max_ms, 0, 60_000)?;
        in_range("retry.replay_body_bytes", self.replay_body_bytes, 0, 131_072)?;
        if self.statuses.is_empty() {
            return Ok(());
        }
        Matcher::parse(&self.statuses).map(drop).map_err(EdgeConfigError::RetryStatuses)
    }
}

/// How long to wait for an origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// Milliseconds until the answer must have begun, for each try of a request without a body,
    /// 10 to 300000.
    pub first_byte_ms: u32,
    /// The same for a request with a body, where it includes sending the body, 10 to 3600000.
    pub upload_ms: u32,
    /// Milliseconds for all tries and waits together until the answer must have begun, 10 to
    /// 3600000; 0 sets no limit.
    #[serde(skip_serializing_if = "is_zero")]
    pub overall_ms: u32,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { first_byte_ms: 15_000, upload_ms: 300_000, overall_ms: 0 }
    }
}

impl Timeouts {
    pub(super) fn check(&self) -> Result<(), EdgeConfigError> {
        in_range("timeouts.first_byte_ms", self.first_byte_ms, 10, 300_000)?;
        in_range("timeouts.upload_ms", self.upload_ms, 10, 3_600_000)?;
        if self.overall_ms == 0 {
            return Ok(());
        }
        in_range("timeouts.overall_ms", self.overall_ms, 10, 3_600_000)
    }
}

/// What is refused before any origin sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the requested URL, 100 to 16384 (the platform's own limit): more is answered with
    /// 414.
    pub url_bytes: u32,
    /// Bytes of all header fields of a request, names and values, 1000 to 131072 (the platform's
    /// own limit): more is answered with 431.
    pub header_bytes: u32,
    /// Bytes of a body that says how long it is; more is answered with 413. 0 leaves it to the
    /// platform (100 MB on the free plan).
    #[serde(skip_serializing_if = "is_zero")]
    pub body_bytes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { url_bytes: 16_384, header_bytes: 131_072, body_bytes: 0 }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), EdgeConfigError> {
        in_range("limits.url_bytes", self.url_bytes, 100, 16_384)?;
        in_range("limits.header_bytes", self.header_bytes, 1_000, 131_072)
    }
}

const fn is_zero(value: &u32) -> bool {
    *value == 0
}
