//! Active health checks: thresholds in both directions.
//!
//! A tracker counts consecutive results. `unhealthy_threshold` failures in a row take a healthy
//! backend out, `healthy_threshold` passes in a row bring an unhealthy one back. A brand-new
//! backend is in neither state: one pass brings it in (AWS: a new target needs a single passing
//! check), and until then it gets no requests.

use crate::balance::ConfigError;
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a balancer finds out which backends are healthy. Defaults and ranges are those of an AWS
/// target group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HealthCheckConfig {
    /// Seconds from one check of a backend to the next, 1 to 300. AWS: 5 to 300, default 30.
    pub interval_s: u32,
    /// Seconds after which an unanswered check has failed, 1 to 120. AWS: 2 to 120, default 5.
    pub timeout_s: u32,
    /// Passes in a row that bring an unhealthy backend back, 1 to 10. AWS default: 5.
    pub healthy_threshold: u32,
    /// Failures in a row that take a healthy backend out, 1 to 10. AWS default: 2.
    pub unhealthy_threshold: u32,
}

impl Default for HealthCheckConfig {
    fn default() -> Self {
        Self { interval_s: 30, timeout_s: 5, healthy_threshold: 5, unhealthy_threshold: 2 }
    }
}

impl HealthCheckConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let within = |field, value: u32, max| {
            ConfigError::check(field, f64::from(value), 1.0, f64::from(max))
        };
        within("health_check.interval_s", self.interval_s, 300)?;
        within("health_check.timeout_s", self.timeout_s, 120)?;
        within("health_check.healthy_threshold", self.healthy_threshold, 10)?;
        within("health_check.unhealthy_threshold", self.unhealthy_threshold, 10)
    }

    /// [`Self::interval_s`] as a span.
    pub fn interval(&self) -> Span {
        Span::from_s(u64::from(self.interval_s))
    }

    /// [`Self::timeout_s`] as a span.
    pub fn timeout(&self) -> Span {
        Span::from_s(u64::from(self.timeout_s))
    }
}

/// What a balancer believes of a backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Never checked. One pass makes it healthy.
    #[default]
    Initial,
    /// May get requests.
    Healthy,
    /// Gets none.
    Unhealthy,
}

/// Counts consecutive check results of one backend and says when its health flips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthTracker {
    health: Health,
    /// Results in a row that contradict `health`.
    streak: u32,
}

impl HealthTracker {
    /// A tracker that already believes `health`.
    pub const fn new(health: Health) -> Self {
        Self { health, streak: 0 }
    }

    /// What is believed now.
    pub const fn health(&self) -> Health {
        self.health
    }

    /// Results in a row that contradict [`Self::health`].
    pub const fn streak(&self) -> u32 {
        self.streak
    }

    /// Takes one check result; returns the new health if it flipped.
    pub fn record(&mut self, passed: bool, config: &HealthCheckConfig) -> Option<Health> {
        let (contradicts, threshold, other) = match self.health {
            Health::Initial if passed => (true, 1, Health::Healthy),
            Health::Initial => (true, config.unhealthy_threshold, Health::Unhealthy),
            Health::Healthy => (!passed, config.unhealthy_threshold, Health::Unhealthy),
            Health::Unhealthy => (passed, config.healthy_threshold, Health::Healthy),
        };
        self.streak = if contradicts { self.streak.saturating_add(1) } else { 0 };
        if self.streak < threshold {
            return None;
        }
        *self = Self::new(other);
        Some(other)
    }

    /// Takes a check result of any kind; returns the new health if it flipped.
    pub fn apply(&mut self, result: CheckResult, config: &HealthCheckConfig) -> Option<Health> {
        match result {
            CheckResult::Passed => self.record(true, config),
            CheckResult::Failed => self.record(false, config),
            CheckResult::FailedAtOnce if self.health == Health::Unhealthy => {
                self.record(false, config)
            }
            CheckResult::FailedAtOnce => {
                *self = Self::new(Health::Unhealthy);
                Some(Health::Unhealthy)
            }
        }
    }
}

/// What a check said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// All as wanted.
    Passed,
    /// Not as wanted: counts towards `unhealthy_threshold`.
    Failed,
    /// So wrong that no threshold is waited for.
    FailedAtOnce,
}

/// What came back from a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeAnswer<'a> {
    /// An answer with this status and the beginning of its body.
    Response(u16, &'a str),
    /// None: no connection, a broken one, or none in time.
    None,
}

/// What a check wants to see. Without `immediate`, whatever else comes counts towards the
/// threshold (AWS, HAProxy, Cloudflare); with it, an answer that is neither expected nor
/// retriable takes the backend out at once and only silence is counted (Envoy).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeRules {
    /// Statuses that pass.
    pub expected: Matcher,
    /// Text that the body must contain, in any case; empty for none (Cloudflare `expected_body`).
    pub expected_body: String,
    /// Statuses that fail but count towards the threshold all the same.
    pub retriable: Option<Matcher>,
    /// Whether an unexpected status needs no threshold.
    pub immediate: bool,
}

impl ProbeRules {
    /// Judges an answer.
    pub fn judge(&self, answer: ProbeAnswer<'_>) -> CheckResult {
        match answer {
            ProbeAnswer::Response(status, body)
                if self.expected.matches(status) && body_matches(&self.expected_body, body) =>
            {
                CheckResult::Passed
            }
            ProbeAnswer::Response(status, _)
                if self.immediate
                    && !self.expected.matches(status)
                    && !self.retriable.as_ref().is_some_and(|codes| codes.matches(status)) =>
            {
                CheckResult::FailedAtOnce
            }
            ProbeAnswer::Response(..) | ProbeAnswer::None => CheckResult::Failed,
        }
    }
}

/// Whether `body` contains `expected`; upper and lower case of A to Z do not matter.
pub fn body_matches(expected: &str, body: &str) -> bool {
    let expected = expected.as_bytes();
    expected.is_empty()
        || body.as_bytes().windows(expected.len()).any(|part| part.eq_ignore_ascii_case(expected))
}

/// Which status codes pass a check: a list of codes, ranges and classes, such as
/// `200-299,301,4xx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher(Vec<(u16, u16)>);

/// A part of a matcher that is no status code and no range of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatcherError {
    /// The part as written.
    pub part: String,
}

impl fmt::Display for MatcherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is no status code (100 to 599) and no range of them: write 200, 200-299, 2xx \
             or a list of these with commas",
            self.part
        )
    }
}

impl std::error::Error for MatcherError {}

impl Matcher {
    /// Reads `200`, `200-299`, `2xx`, or a list of these with commas.
    ///
    /// # Errors
    ///
    /// Names the first part that is neither a code nor a rising range within 100 to 599.
    pub fn parse(text: &str) -> Result<Self, MatcherError> {
        let code = |text: &str| text.trim().parse().ok().filter(|c| (100..600).contains(c));
        let class = |part: &str| {
            let digit: u16 = part.trim().strip_suffix("xx")?.parse().ok()?;
            (1..6).contains(&digit).then_some((digit * 100, digit * 100 + 99))
        };
        let range = |part: &str| {
            if let Some(class) = class(part) {
                return Some(class);
            }
            let (low, high) = part.split_once('-').unwrap_or((part, part));
            Some((code(low)?, code(high)?)).filter(|(low, high)| low <= high)
        };
        text.split(',')
            .map(|part| range(part).ok_or_else(|| MatcherError { part: part.trim().to_owned() }))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether `status` passes.
    pub fn matches(&self, status: u16) -> bool {
        self.0.iter().any(|&(low, high)| (low..=high).contains(&status))
    }
}
