//! Lifecycle hooks: an instance waits until somebody has done something with it.

use super::PolicyError;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// How a lifecycle action ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HookResult {
    /// Go on.
    Continue,
    /// Give the instance up: a launching one is terminated and replaced, a terminating one
    /// terminates all the same.
    #[default]
    Abandon,
}

/// A lifecycle hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HookConfig {
    /// Time without a heartbeat after which the default result holds.
    pub heartbeat_timeout: Span,
    /// What holds then.
    pub default_result: HookResult,
}

impl Default for HookConfig {
    fn default() -> Self {
        Self { heartbeat_timeout: Span::from_s(3_600), default_result: HookResult::Abandon }
    }
}

impl HookConfig {
    /// Shortest and longest heartbeat timeout, seconds.
    pub const TIMEOUT_S: (f64, f64) = (30.0, 7_200.0);

    /// Longest time that an instance waits, with any number of heartbeats: 100 heartbeat timeouts,
    /// but not over 48 hours.
    pub fn global_timeout(&self) -> Span {
        self.heartbeat_timeout.times(100).min(Span::from_s(48 * 3_600))
    }

    /// Checks the timeout.
    ///
    /// # Errors
    ///
    /// It is not 30 to 7,200 seconds.
    pub fn check(&self) -> Result<(), PolicyError> {
        let seconds = self.heartbeat_timeout.as_s_f64();
        let (min, max) = Self::TIMEOUT_S;
        PolicyError::range("heartbeat_timeout", seconds, min, max)
    }
}
