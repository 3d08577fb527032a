//! Why a configuration is refused: the place, the value, the mend.

use super::{MAX_ORIGINS, MAX_PROBES_PER_RUN};
use crate::balance::{ConfigError, MatcherError};
use crate::scale::PolicyError;
use std::fmt;

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum EdgeConfigError {
    /// It is no JSON, or a field is unknown or of the wrong type.
    Json {
        /// Where, such as `origins[1].url`; a dot for the whole document.
        path: String,
        /// What the parser found and what it expected.
        message: String,
    },
    /// A name that is empty, too long or holds other characters than it may.
    Name {
        /// Which field.
        field: String,
        /// Its value.
        value: String,
    },
    /// Two origins have one name.
    DuplicateId {
        /// The name.
        id: String,
    },
    /// More than [`MAX_ORIGINS`].
    TooManyOrigins {
        /// How many there are.
        count: usize,
    },
    /// One run of the cron would send more than [`MAX_PROBES_PER_RUN`].
    TooManyProbes {
        /// How many origins there are.
        origins: usize,
        /// How many probes they make, each as often as its pool asks for.
        probes: usize,
    },
    /// The path of the health check is none.
    Path {
        /// Its value.
        path: String,
    },
    /// The matcher of the health check is none.
    Matcher(MatcherError),
    /// The status codes that are tried elsewhere are none.
    RetryStatuses(MatcherError),
    /// Two pools have one name.
    DuplicatePool {
        /// The name.
        id: String,
    },
    /// Something of one pool.
    Pool {
        /// Its place in the list.
        index: usize,
        /// What is wrong.
        error: Box<Self>,
    },
    /// A field whose fault is told in words.
    Fault {
        /// Which field.
        field: String,
        /// Its value, what is wrong and how to mend it.
        fault: String,
    },
    /// A scaling policy contradicts itself.
    Scaling(PolicyError),
    /// A number is too small or too large.
    Range(ConfigError),
    /// A number of `eligibility` is.
    Eligibility(ConfigError),
    /// A number of an origin is.
    Origin {
        /// Its place in the list.
        index: usize,
        /// What is wrong; its field begins with `backend.`.
        error: ConfigError,
    },
}

impl fmt::Display for EdgeConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { path, message } if path == "." => f.write_str(message),
            Self::Json { path, message } => write!(f, "{path}: {message}"),
            Self::Name { field, value } => write!(
                f,
                "{field} is \"{value}\": use 1 to 64 letters a-z, digits, hyphens, underscores \
                 and dots"
            ),
            Self::DuplicateId { id } => {
                write!(f, "two origins have the id \"{id}\": give each its own")
            }
            Self::TooManyOrigins { count } => {
                write!(f, "there are {count} origins: {MAX_ORIGINS} are the most")
            }
            Self::TooManyProbes { origins, probes } => write!(
                f,
                "{origins} origins make {probes} probes a minute: {MAX_PROBES_PER_RUN} are the \
                 most; set health_check.interval_s higher"
            ),
            Self::DuplicatePool { id } => write!(
                f,
                "two pools have the id \"{id}\": give each its own (the origins outside of pools \
                 make up the pool \"default\")"
            ),
            Self::Pool { index, error } => write!(f, "pools[{index}].{error}"),
            Self::Fault { field, fault } => write!(f, "{field} {fault}"),
            Self::Scaling(error) => write!(f, "scaling.policies: {error}"),
            Self::RetryStatuses(error) => write!(f, "retry.statuses: {error}"),
            Self::Path { path } => write!(
                f,
                "health_check.path is \"{path}\": write a path that starts with one slash and \
                 has no spaces, such as /healthz"
            ),
            Self::Matcher(error) => write!(f, "health_check.matcher: {error}"),
            Self::Range(error) => error.fmt(f),
            Self::Eligibility(error) => write!(f, "eligibility.{error}"),
            Self::Origin { index, error } => {
                let text = error.to_string();
                let text = text.strip_prefix("backend.").unwrap_or(&text);
                // The core calls a zone what Envoy does.
                write!(f, "origins[{index}].{}", text.replacen("locality", "zone", 1))
            }
        }
    }
}

impl std::error::Error for EdgeConfigError {}
