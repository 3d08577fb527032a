//! Slow start: a newcomer gets a growing part of its weight, so that cold caches can warm up.
//!
//! - **Envoy**: `max(min_weight_percent, (elapsed / window) ^ (1 / aggression))`. Aggression 1 is
//!   a straight line; the greater it is, the more a newcomer gets early.
//! - **Linear** (AWS, HAProxy): `elapsed / duration`. In AWS a backend only ramps while at least
//!   one other healthy one does not: a first batch in an empty group starts at full weight.

use crate::balance::ConfigError;
use crate::json::tagged;
use crate::math;
use crate::time::Span;
use serde::Serialize;

tagged! {
    by "type", deny_unknown_fields;
    /// How newcomers warm up.
    #[derive(Clone, Copy, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum SlowStart {
        /// Envoy's curve.
        Envoy {
            /// How long it takes, seconds, 1 to 3,600.
            window_s: f64,
            /// Above 0, to 100.
            #[serde(default = "one")]
            aggression: f64,
            /// What a newcomer gets at least, percent of its weight, 0 to 100.
            #[serde(default = "ten")]
            min_weight_percent: f64,
        },
        /// A straight line from nothing to everything.
        Linear {
            /// How long it takes, seconds; AWS: 30 to 900. 0 turns it off.
            duration_s: f64,
        },
    }
}

const fn one() -> f64 {
    1.0
}
const fn ten() -> f64 {
    10.0
}

/// Elapsed time counts as one second at least (Envoy's documentation; its code says 1 ms, which
/// differs within the first second only).
const LEAST_ELAPSED_S: f64 = 1.0;

impl SlowStart {
    /// How long it takes.
    pub fn window(&self) -> Span {
        match *self {
            Self::Envoy { window_s, .. } => Span::from_s_f64(window_s),
            Self::Linear { duration_s } => Span::from_s_f64(duration_s),
        }
    }

    /// The part of its weight, 0 to 1, that a backend has `elapsed` after it joined.
    pub fn factor(&self, elapsed: Span) -> f64 {
        if elapsed >= self.window() {
            return 1.0;
        }
        match *self {
            Self::Envoy { window_s, aggression, min_weight_percent } => {
                let time = elapsed.as_s_f64().max(LEAST_ELAPSED_S) / window_s;
                let curve = math::pow(time, 1.0 / aggression);
                curve.max(min_weight_percent / 100.0).min(1.0)
            }
            Self::Linear { duration_s } => elapsed.as_s_f64() / duration_s,
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        match *self {
            Self::Envoy { window_s, aggression, min_weight_percent } => {
                check("slow_start.window_s", window_s, 1.0, 3600.0)?;
                check("slow_start.aggression", aggression, 0.01, 100.0)?;
                check("slow_start.min_weight_percent", min_weight_percent, 0.0, 100.0)
            }
            Self::Linear { duration_s } => check("slow_start.duration_s", duration_s, 0.0, 3600.0),
        }
    }
}
