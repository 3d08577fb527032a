//! The configuration document of the Worker.

use super::health_check::is_path;
use super::route::{geography_fault, host_fault};
use super::{
    Affinity, EdgeConfigError, HealthCheck, Limits, Origin, Pool, Retry, Route, Scaling, Steering,
    Timeouts,
};
use crate::balance::{BalancerConfig, ConfigError, EligibilityConfig, PolicyConfig};
use crate::json;
use crate::time::Span;
use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most origins of one Worker, all pools together.
pub const MAX_ORIGINS: usize = 40;

/// The most pools of one Worker, and the most routes.
pub const MAX_POOLS: usize = 40;

/// The most probes that one run of the cron may send. The free plan allows 50 requests to the
/// outside per run; the rest is left for the store and a webhook.
pub const MAX_PROBES_PER_RUN: usize = 45;

const ONE_HOST: &str = "write one host name such as shop.example.com";

/// Everything that a person configures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EdgeConfig {
    /// Where editors find the schema of this document. The Worker does not read it.
    #[serde(rename = "$schema", skip_serializing_if = "String::is_empty")]
    pub schema: String,
    /// What this balancer calls itself in `Via`. Two balancers, one behind the other, need
    /// different names, or the second takes the request for one that goes in circles.
    pub name: String,
    /// Who serves: the origins of the pool `default`. With no origins at all, the Worker shows the
    /// page and says how to add one.
    pub origins: Vec<Origin>,
    /// Further pools of origins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<Pool>,
    /// Which request goes to which pool. Without routes, all pools serve everything, in their
    /// order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// What the order of pools depends on where there are no routes.
    #[serde(skip_serializing_if = "is_default")]
    pub steering: Steering,
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
    /// Which client comes back to which origin.
    #[serde(skip_serializing_if = "is_default")]
    pub affinity: Affinity,
    /// What is refused before any origin sees it.
    #[serde(skip_serializing_if = "is_default")]
    pub limits: Limits,
    /// How many origins of the pool `default` are in service, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// Who may read `/_lb/status` and `/_lb/metrics`.
    #[serde(skip_serializing_if = "is_default")]
    pub status: Access,
    /// Who may store designs as short links.
    #[serde(skip_serializing_if = "is_token")]
    pub short_links: Access,
    /// Answers carry `Server-Timing` (what the Worker and the origin took) and `X-Request-Id`. It
    /// costs a copy of the answer's head.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub server_timing: bool,
    /// Seconds after which an isolate reads the health document again, 1 to 300. Under 30 the
    /// platform answers from its own cache, so smaller values help local work only.
    pub health_refresh_s: u32,
}

/// Who may do something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everybody.
    #[default]
    Public,
    /// Who has the token.
    Token,
}

fn is_token(access: &Access) -> bool {
    *access == Access::Token
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for EdgeConfig {
    fn default() -> Self {
        Self {
            schema: String::new(),
            name: "gomujul".to_owned(),
            origins: Vec::new(),
            pools: Vec::new(),
            routes: Vec::new(),
            steering: Steering::default(),
            policy: PolicyConfig::default(),
            eligibility: EligibilityConfig::default(),
            health_check: HealthCheck::default(),
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            affinity: Affinity::default(),
            limits: Limits::default(),
            scaling: None,
            status: Access::Public,
            short_links: Access::Token,
            server_timing: false,
            health_refresh_s: 30,
        }
    }
}

impl EdgeConfig {
    /// Reads and checks a document.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong: its place, its value and how to mend it.
    pub fn from_json(text: &str) -> Result<Self, EdgeConfigError> {
        if text.trim_start().starts_with('[') {
            return Err(EdgeConfigError::Json {
                path: ".".to_owned(),
                message: "the document is a list: write an object in braces".to_owned(),
            });
        }
        let read = json::parse(text).and_then(|value| match nameless(&value) {
            Some(fault) => Ok(Err(fault)),
            None => json::from_value(value).map(Ok),
        });
        let config: Self = read.map_err(|error| EdgeConfigError::Json {
            path: error.path(),
            message: error.message().to_owned(),
        })??;
        config.check()?;
        Ok(config)
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), EdgeConfigError> {
        check_name("name", &self.name)?;
        self.check_names()?;
        for (id, pool) in self.by_pool() {
            pool.check_pool().map_err(|error| {
                match self.pools.iter().position(|p| p.id == id) {
                    Some(index) => EdgeConfigError::Pool { index, error: Box::new(error) },
                    None => error,
                }
            })?;
        }
        // What no pool has may still be wrong, for the next pool that inherits it.
        self.check_rules()?;
        self.check_sessions()?;
        self.check_routes()?;
        self.check_probes()?;
        self.limits.check()?;
        in_range("health_refresh_s", self.health_refresh_s, 1, 300)
    }

    /// Names and counts of pools and origins.
    fn check_names(&self) -> Result<(), EdgeConfigError> {
        let count = self.all_origins().count();
        if count > MAX_ORIGINS {
            return Err(EdgeConfigError::TooManyOrigins { count });
        }
        in_range("the number of pools", length(&self.pools), 0, MAX_POOLS as u32)?;
        in_range("the number of routes", length(&self.routes), 0, MAX_POOLS as u32)?;
        let mut ids = LiteMap::new_vec();
        for (index, pool) in self.pools.iter().enumerate() {
            check_name(&format!("pools[{index}].id"), &pool.id)?;
            if let Some(fault) = geography_fault(pool) {
                return Err(EdgeConfigError::Fault { field: format!("pools[{index}]"), fault });
            }
        }
        for id in self.pool_ids() {
            if ids.insert(id, ()).is_some() {
                return Err(EdgeConfigError::DuplicatePool { id: id.to_owned() });
            }
        }
        let mut ids = LiteMap::new_vec();
        for origin in self.all_origins() {
            if ids.insert(origin.id.as_str(), ()).is_some() {
                return Err(EdgeConfigError::DuplicateId { id: origin.id.clone() });
            }
        }
        Ok(())
    }

    /// The document of one pool.
    fn check_pool(&self) -> Result<(), EdgeConfigError> {
        for (index, origin) in self.origins.iter().enumerate() {
            check_name(&format!("origins[{index}].id"), &origin.id)?;
            origin.backend().check().map_err(|error| EdgeConfigError::Origin { index, error })?;
            let name = &origin.host_header;
            if let Some(mend) = host_fault(name).or(name.contains('*').then_some(ONE_HOST)) {
                let field = format!("origins[{index}].host_header");
                return Err(EdgeConfigError::Fault { field, fault: format!("\"{name}\": {mend}") });
            }
        }
        self.check_rules()?;
        self.scaling.as_ref().map_or(Ok(()), |scaling| scaling.check(&self.origins))
    }

    /// What a pool may inherit.
    fn check_rules(&self) -> Result<(), EdgeConfigError> {
        self.policy.check().map_err(EdgeConfigError::Range)?;
        self.eligibility.check().map_err(EdgeConfigError::Eligibility)?;
        self.health_check.check()?;
        self.retry.check()?;
        self.timeouts.check()?;
        self.affinity.check()
    }

    fn check_routes(&self) -> Result<(), EdgeConfigError> {
        let fault = |index: usize, name: &str, fault: String| {
            Err(EdgeConfigError::Fault { field: format!("routes[{index}].{name}"), fault })
        };
        for (index, route) in self.routes.iter().enumerate() {
            if let Some(mend) = host_fault(&route.host) {
                return fault(index, "host", format!("\"{}\": {mend}", route.host));
            }
            if !is_path(&route.path) || route.path.contains('?') {
                let mend = "write a path that starts with one slash, such as /api";
                return fault(index, "path", format!("\"{}\": {mend}", route.path));
            }
            if route.pools.is_empty() {
                return fault(index, "pools", "is empty: name the pools that serve".to_owned());
            }
            if let Some(id) = route.pools.iter().find(|id| !self.pool_ids().any(|k| k == *id)) {
                let known: Vec<&str> = self.pool_ids().collect();
                let known = known.join(", ");
                return fault(index, "pools", format!("\"{id}\" is no pool: there are {known}"));
            }
        }
        Ok(())
    }

    /// How many probes one run of the cron sends when every origin is in service.
    pub fn probes_per_run(&self) -> usize {
        let of_pool = |(_, pool): &(String, Self)| {
            pool.origins.len().saturating_mul(pool.health_check.rounds_per_run() as usize)
        };
        self.by_pool().iter().map(of_pool).sum()
    }

    fn check_probes(&self) -> Result<(), EdgeConfigError> {
        let probes = self.probes_per_run();
        if probes <= MAX_PROBES_PER_RUN {
            return Ok(());
        }
        let origins = self.all_origins().count();
        Err(EdgeConfigError::TooManyProbes { origins, probes })
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

/// The first origin without an address, as in a document that was made from a drawing: that it does
/// not begin with a scheme would be true and no help.
fn nameless(document: &Value) -> Option<EdgeConfigError> {
    let of = |owner: &Value, before: &str| {
        let origins = owner.get("origins")?.as_array()?;
        let is_empty = |origin: &Value| origin.get("url").and_then(Value::as_str) == Some("");
        let index = origins.iter().position(is_empty)?;
        let id = origins.get(index)?.get("id").and_then(Value::as_str).unwrap_or("it");
        let field = format!("{before}origins[{index}].url:");
        let fault = format!("write the address of {id}, such as https://{id}.example.com");
        Some(EdgeConfigError::Fault { field, fault })
    };
    let pools = document.get("pools").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let in_pools =
        || pools.iter().enumerate().find_map(|(n, pool)| of(pool, &format!("pools[{n}].")));
    of(document, "").or_else(in_pools)
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

pub(super) fn in_range(
    field: &'static str,
    value: u32,
    min: u32,
    max: u32,
) -> Result<(), EdgeConfigError> {
    ConfigError::check(field, f64::from(value), f64::from(min), f64::from(max))
        .map_err(EdgeConfigError::Range)
}

fn check_name(field: &str, value: &str) -> Result<(), EdgeConfigError> {
    if is_name(value) {
        return Ok(());
    }
    Err(EdgeConfigError::Name { field: field.to_owned(), value: value.to_owned() })
}

/// A subset of HTTP's tokens that needs no quotes anywhere: headers, JSON, URLs.
pub(super) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
