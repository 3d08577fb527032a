//! How an origin is probed.

use super::EdgeConfigError;
use super::config::in_range;
use crate::balance::{HealthCheckConfig, Matcher, body_matches};
use serde::{Deserialize, Serialize};

/// The cron runs once a minute: no trigger is finer.
pub(super) const CRON_PERIOD_S: u32 = 60;

/// The most bytes of a body that `expected_body` looks at.
pub const MAX_PROBED_BYTES: u32 = 16_384;

/// How an origin is probed. The thresholds mean the same as in
/// [`HealthCheckConfig`]; the defaults suit a cron that runs once a minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HealthCheck {
    /// What to ask for, with a slash first.
    pub path: String,
    /// Status codes that pass, such as `200-299,304`. Redirects are not followed.
    pub matcher: String,
    /// A text that the first 16,384 bytes of the body must contain, upper and lower case alike
    /// (Cloudflare's rule); empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expected_body: String,
    /// Seconds from one probe to the next, 5 to 60. The cron starts a run every minute, and a run
    /// probes as often as fits into it.
    pub interval_s: u32,
    /// Seconds after which an unanswered probe has failed; at most the interval.
    pub timeout_s: u32,
    /// Passes in a row that bring an unhealthy origin back, 1 to 10.
    pub healthy_threshold: u32,
    /// Failures in a row that take a healthy origin out, 1 to 10.
    pub unhealthy_threshold: u32,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            path: "/".to_owned(),
            matcher: "200-399".to_owned(),
            expected_body: String::new(),
            interval_s: 30,
            timeout_s: 5,
            healthy_threshold: 2,
            unhealthy_threshold: 2,
        }
    }
}

impl HealthCheck {
    /// The part that the balancing core knows.
    pub fn thresholds(&self) -> HealthCheckConfig {
        HealthCheckConfig {
            interval_s: self.interval_s,
            timeout_s: self.timeout_s,
            healthy_threshold: self.healthy_threshold,
            unhealthy_threshold: self.unhealthy_threshold,
        }
    }

    /// How often one run of the cron probes every origin.
    pub fn rounds_per_run(&self) -> u32 {
        CRON_PERIOD_S.checked_div(self.interval_s).unwrap_or(1).max(1)
    }

    /// Whether the body of a probe's answer, or the beginning of it, is the expected one.
    pub fn expects(&self, body: &str) -> bool {
        body_matches(&self.expected_body, body)
    }

    pub(super) fn check(&self) -> Result<(), EdgeConfigError> {
        if !is_path(&self.path) {
            return Err(EdgeConfigError::Path { path: self.path.clone() });
        }
        Matcher::parse(&self.matcher).map_err(EdgeConfigError::Matcher)?;
        self.thresholds().check().map_err(EdgeConfigError::Range)?;
        let length = u32::try_from(self.expected_body.len()).unwrap_or(u32::MAX);
        in_range("the length of health_check.expected_body", length, 0, 1_000)?;
        in_range("health_check.interval_s", self.interval_s, 5, CRON_PERIOD_S)?;
        in_range("health_check.timeout_s", self.timeout_s, 1, self.interval_s)
    }
}

pub(super) fn is_path(path: &str) -> bool {
    // Two slashes at the start would name another host.
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2_000
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\'))
}
