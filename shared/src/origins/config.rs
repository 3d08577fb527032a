//! The configuration document of the Worker.

use super::{EdgeConfigError, OriginUrl};
use crate::balance::{
    BackendConfig, BalancerConfig, ConfigError, EligibilityConfig, HealthCheckConfig, Matcher,
    PolicyConfig,
};
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most origins of one Worker.
pub const MAX_ORIGINS: usize = 40;

/// The most probes that one run of the cron may send. The free plan allows 50 requests to the
/// outside per run; the rest is left for the store.
pub const MAX_PROBES_PER_RUN: usize = 45;

/// The cron runs once a minute: no trigger is finer.
const CRON_PERIOD_S: u32 = 60;

/// Everything that a person configures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EdgeConfig {
    /// What this balancer calls itself in `Via`. Two balancers, one behind the other, need
    /// different names, or the second takes the request for one that goes in circles.
    pub name: String,
    /// Who serves. With none, the Worker shows the page and says how to add one.
    pub origins: Vec<Origin>,
    /// How to choose among healthy origins.
    pub policy: PolicyConfig,
    /// Who may serve, besides health checks: levels, panic, slow start, outlier detection, zones.
    /// With `outlier_detection`, it takes the place of the built-in ejection after a failed try.
    pub eligibility: EligibilityConfig,
    /// How the cron finds out which origins are healthy.
    pub health_check: HealthCheck,
    /// Trying another origin when one fails.
    pub retry: Retry,
    /// How long to wait for an origin.
    pub timeouts: Timeouts,
    /// Seconds after which an isolate reads the health document again, 1 to 300. Under 30 the
    /// platform answers from its own cache, so smaller values help local work only.
    pub health_refresh_s: u32,
}

impl Default for EdgeConfig {
    fn default() -> Self {
        Self {
            name: "gomujul".to_owned(),
            origins: Vec::new(),
            policy: PolicyConfig::default(),
            eligibility: EligibilityConfig::default(),
            health_check: HealthCheck::default(),
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            health_refresh_s: 30,
        }
    }
}

/// A server that requests are forwarded to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Its name in the status and in the health document: 1 to 64 of `a-z`, `A-Z`, `0-9`, `-`,
    /// `_` and `.`.
    pub id: String,
    /// Where it listens.
    pub url: OriginUrl,
    /// Its part of the traffic, 0 to 1,000. With 0 it gets none.
    #[serde(default = "one")]
    pub weight: u32,
    /// Its level, 0 to 127: level 0 is served first, the next ones as far as it does not suffice.
    #[serde(default)]
    pub priority: u32,
    /// Its zone, 0 to 255: a position in the lists of `eligibility.localities`.
    #[serde(default)]
    pub zone: u32,
    /// Whether it takes part.
    #[serde(default)]
    pub state: OriginState,
}

const fn one() -> u32 {
    1
}

/// What the operator wants of an origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OriginState {
    /// It serves.
    #[default]
    Ready,
    /// It gets no requests; the cron goes on probing it.
    Drain,
}

impl Origin {
    /// What it is registered with at the balancer. Hash policies know it by its id, so that every
    /// isolate sends a client to the same one, whatever the order of the configuration.
    pub fn backend(&self) -> BackendConfig {
        BackendConfig {
            weight: self.weight,
            priority: self.priority,
            locality: self.zone,
            max_in_flight: 0,
            key: Some(self.id.as_str().into()),
        }
    }
}

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

    fn check(&self) -> Result<(), EdgeConfigError> {
        if !is_path(&self.path) {
            return Err(EdgeConfigError::Path { path: self.path.clone() });
        }
        Matcher::parse(&self.matcher).map_err(EdgeConfigError::Matcher)?;
        self.thresholds().check().map_err(EdgeConfigError::Range)?;
        in_range("health_check.interval_s", self.interval_s, 5, CRON_PERIOD_S)?;
        in_range("health_check.timeout_s", self.timeout_s, 1, self.interval_s)
    }
}

/// Trying another origin when one fails before it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// The most origins that one request is sent to, 1 to 10. One: never repeat.
    pub max_tries: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self { max_tries: 3 }
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
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { first_byte_ms: 15_000, upload_ms: 300_000 }
    }
}

impl EdgeConfig {
    /// Reads and checks a document.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong: its place, its value and how to mend it.
    pub fn from_json(text: &str) -> Result<Self, EdgeConfigError> {
        let deserializer = &mut serde_json::Deserializer::from_str(text);
        let config: Self =
            serde_path_to_error::deserialize(&mut *deserializer).map_err(|error| {
                let message = error.inner().to_string();
                EdgeConfigError::Json { path: error.path().to_string(), message }
            })?;
        deserializer.end().map_err(|error| EdgeConfigError::Json {
            path: ".".to_owned(),
            message: error.to_string(),
        })?;
        config.check()?;
        Ok(config)
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), EdgeConfigError> {
        if !is_token(&self.name) {
            return Err(EdgeConfigError::Name {
                field: "name".to_owned(),
                value: self.name.clone(),
            });
        }
        if self.origins.len() > MAX_ORIGINS {
            return Err(EdgeConfigError::TooManyOrigins { count: self.origins.len() });
        }
        let mut ids = BTreeSet::new();
        for (index, origin) in self.origins.iter().enumerate() {
            let id = &origin.id;
            if !is_token(id) {
                let field = format!("origins[{index}].id");
                return Err(EdgeConfigError::Name { field, value: id.clone() });
            }
            if !ids.insert(id) {
                return Err(EdgeConfigError::DuplicateId { id: id.clone() });
            }
            origin.backend().check().map_err(|error| EdgeConfigError::Origin { index, error })?;
        }
        self.policy.check().map_err(EdgeConfigError::Range)?;
        self.eligibility.check().map_err(EdgeConfigError::Eligibility)?;
        self.health_check.check()?;
        self.check_probes()?;
        in_range("retry.max_tries", self.retry.max_tries, 1, 10)?;
        in_range("timeouts.first_byte_ms", self.timeouts.first_byte_ms, 10, 300_000)?;
        in_range("timeouts.upload_ms", self.timeouts.upload_ms, 10, 3_600_000)?;
        in_range("health_refresh_s", self.health_refresh_s, 1, 300)
    }

    fn check_probes(&self) -> Result<(), EdgeConfigError> {
        let rounds = self.health_check.rounds_per_run();
        let probes = self.origins.len().saturating_mul(rounds as usize);
        if probes <= MAX_PROBES_PER_RUN {
            return Ok(());
        }
        Err(EdgeConfigError::TooManyProbes { origins: self.origins.len(), rounds, probes })
    }

    /// The part that the balancing core knows.
    pub fn balancer(&self) -> BalancerConfig {
        BalancerConfig {
            policy: self.policy.clone(),
            health_check: self.health_check.thresholds(),
            deregistration_delay: Span::ZERO,
        }
    }
}

fn in_range(field: &'static str, value: u32, min: u32, max: u32) -> Result<(), EdgeConfigError> {
    ConfigError::check(field, f64::from(value), f64::from(min), f64::from(max))
        .map_err(EdgeConfigError::Range)
}

/// A subset of HTTP's tokens that needs no quotes anywhere: headers, JSON, URLs.
fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_path(path: &str) -> bool {
    // Two slashes at the start would name another host.
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2_000
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\'))
}
