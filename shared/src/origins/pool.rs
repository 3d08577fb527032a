//! Pools: origins that stand for each other, with rules of their own.

use super::{
    Affinity, AffinityBy, EdgeConfig, EdgeConfigError, HealthCheck, Origin, Place, Retry, Scaling,
    Timeouts,
};
use crate::balance::{EligibilityConfig, PolicyConfig};
use serde::{Deserialize, Serialize};

/// The name of the pool that the document's own `origins` make up.
pub const DEFAULT_POOL: &str = "default";

/// Origins that stand for each other. What a pool does not set holds as the document sets it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// What routes call it.
    pub id: String,
    /// Who serves.
    pub origins: Vec<Origin>,
    /// How to choose among healthy origins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyConfig>,
    /// Who may serve, besides health checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<EligibilityConfig>,
    /// How the cron finds out which origins are healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// Trying another origin when one fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How long to wait for an origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeouts: Option<Timeouts>,
    /// Which client comes back to which origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// How many of its origins are in service, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// Where it is, for routes that steer by distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Countries whose clients it is for, in two letters, such as `KR`; for routes that steer by
    /// geography.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Continents whose clients it is for: `AF`, `AN`, `AS`, `EU`, `NA`, `OC`, `SA`. A pool that
    /// names the country goes before one that names the continent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub continents: Vec<String>,
}

impl EdgeConfig {
    /// The names of the pools, in order: the default one if the document has origins of its own,
    /// then those of `pools`.
    pub fn pool_ids(&self) -> impl Iterator<Item = &str> {
        let default = (!self.origins.is_empty()).then_some(DEFAULT_POOL);
        default.into_iter().chain(self.pools.iter().map(|pool| pool.id.as_str()))
    }

    /// Each pool as a document of its own, without further pools or routes: what holds for it.
    pub fn by_pool(&self) -> Vec<(String, Self)> {
        let shared = Self {
            pools: Vec::new(),
            routes: Vec::new(),
            origins: Vec::new(),
            scaling: None,
            ..self.clone()
        };
        let default = (!self.origins.is_empty()).then(|| {
            let origins = self.origins.clone();
            let own = Self { origins, scaling: self.scaling.clone(), ..shared.clone() };
            (DEFAULT_POOL.to_owned(), own)
        });
        let named = self.pools.iter().map(|pool| {
            let or = |own: &Option<PolicyConfig>| own.clone().unwrap_or(shared.policy.clone());
            let config = Self {
                origins: pool.origins.clone(),
                policy: or(&pool.policy),
                eligibility: pool.eligibility.clone().unwrap_or(shared.eligibility.clone()),
                health_check: pool.health_check.clone().unwrap_or(shared.health_check.clone()),
                retry: pool.retry.clone().unwrap_or(shared.retry.clone()),
                timeouts: pool.timeouts.clone().unwrap_or(shared.timeouts.clone()),
                affinity: shared.affinity.of_pool(&pool.id, pool.affinity.as_ref()),
                scaling: pool.scaling.clone(),
                ..shared.clone()
            };
            (pool.id.clone(), config)
        });
        default.into_iter().chain(named).collect()
    }

    /// Whether the Worker has something to sign, cookies or webhooks, so that it needs the secret
    /// `GOMUJUL_KEY`.
    pub fn needs_key(&self) -> bool {
        self.by_pool().iter().any(|(_, pool)| {
            pool.affinity.by == AffinityBy::Cookie
                || pool.scaling.as_ref().is_some_and(|scaling| scaling.webhook.is_some())
        })
    }

    /// Sessions of several pools must not get in each other's way.
    pub(super) fn check_sessions(&self) -> Result<(), EdgeConfigError> {
        let own = self.pools.iter().filter_map(|pool| pool.affinity.as_ref());
        for affinity in std::iter::once(&self.affinity).chain(own) {
            affinity.check_name()?;
        }
        let pools = self.by_pool();
        let all = |by: AffinityBy| {
            let pools = pools.iter().filter(move |(_, pool)| pool.affinity.by == by);
            pools.map(|(id, pool)| (id.as_str(), pool.affinity.name.as_str()))
        };
        let fault = |(first, name): (&str, &str), (second, other): (&str, &str), mend: &str| {
            let field = "affinity.name".to_owned();
            let fault = format!("\"{name}\" of {first} and \"{other}\" of {second}: {mend}");
            Err(EdgeConfigError::Fault { field, fault })
        };
        let cookies: Vec<_> = all(AffinityBy::Cookie).collect();
        for (nth, &one) in cookies.iter().enumerate() {
            if let Some(&same) = cookies.iter().skip(nth + 1).find(|other| other.1 == one.1) {
                return fault(one, same, "a cookie leads into one pool, give each its own name");
            }
        }
        let mut headers = all(AffinityBy::Header);
        if let Some(first) = headers.next()
            && let Some(other) = headers.find(|other| !other.1.eq_ignore_ascii_case(first.1))
        {
            return fault(first, other, "all pools know clients by one header field");
        }
        Ok(())
    }

    /// Every origin of every pool, in order.
    pub fn all_origins(&self) -> impl Iterator<Item = &Origin> {
        self.origins.iter().chain(self.pools.iter().flat_map(|pool| &pool.origins))
    }
}
