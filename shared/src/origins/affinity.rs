//! Which client comes back to which origin: the settings. The rules are those of
//! [`crate::balance::request::affinity`].

use super::EdgeConfigError;
use super::config::{in_range, is_name};
use crate::balance::request::affinity::Affinity as Rule;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// How a client is known again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AffinityBy {
    /// It is not: every request is picked for by the policy.
    #[default]
    None,
    /// By a cookie that the balancer sets, signed with the secret `GOMUJUL_KEY`.
    Cookie,
    /// By the value of a header field, such as a user's number. Clients without it go by the
    /// policy.
    Header,
    /// By its address.
    ClientIp,
}

/// Session affinity of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Affinity {
    /// How a client is known again.
    pub by: AffinityBy,
    /// The name of the cookie or header field: 1 to 64 letters, digits, hyphens, underscores and
    /// dots. The cookie of a further pool that is not named otherwise than the document's is called
    /// `<name>.<pool>`.
    pub name: String,
    /// Seconds that a cookie holds, 1 to 604,800 (AWS). Default: Cloudflare's 23 hours.
    pub ttl_s: u32,
    /// Each answer starts the time anew (AWS); otherwise it runs from the first one (Cloudflare).
    pub sliding: bool,
    /// A draining origin keeps its sessions (Cloudflare, HAProxy), or loses them at once (AWS).
    pub holds_while_draining: bool,
}

impl Default for Affinity {
    fn default() -> Self {
        Self {
            by: AffinityBy::None,
            name: "_lb".to_owned(),
            ttl_s: 82_800,
            sliding: false,
            holds_while_draining: true,
        }
    }
}

impl Affinity {
    /// The rule that the core decides by.
    pub fn rule(&self) -> Rule {
        Rule {
            ttl: Span::from_s(u64::from(self.ttl_s)),
            sliding: self.sliding,
            holds_while_draining: self.holds_while_draining,
        }
    }

    /// That of a further pool, which may set its `own`. A cookie leads to an origin of one pool, and a
    /// client that goes to several would lose one session with each other one.
    pub(super) fn of_pool(&self, pool: &str, own: Option<&Self>) -> Self {
        let mut affinity = own.unwrap_or(self).clone();
        if affinity.by == AffinityBy::Cookie && affinity.name == self.name {
            affinity.name = format!("{}.{pool}", self.name);
        }
        affinity
    }

    pub(super) fn check_name(&self) -> Result<(), EdgeConfigError> {
        if is_name(&self.name) {
            return Ok(());
        }
        let field = "affinity.name".to_owned();
        Err(EdgeConfigError::Name { field, value: self.name.clone() })
    }

    pub(super) fn check(&self) -> Result<(), EdgeConfigError> {
        in_range("affinity.ttl_s", self.ttl_s, 1, 604_800)
    }
}
