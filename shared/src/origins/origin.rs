//! One origin: a server that requests are forwarded to.

use super::OriginUrl;
use crate::balance::BackendConfig;
use serde::{Deserialize, Serialize};

/// A server that requests are forwarded to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Its name in the status and in the health document: 1 to 64 of `a-z`, `A-Z`, `0-9`, `-`,
    /// `_` and `.`. No two origins of the document share one.
    pub id: String,
    /// Where it listens.
    pub url: OriginUrl,
    /// The host name that its requests are for, where that is not the one in `url`: a name without
    /// scheme and port. The platform takes it only if both names are of the Worker's own zone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host_header: String,
    /// Its part of the traffic, 0 to 1,000. With 0 it gets none.
    #[serde(default = "one")]
    pub weight: u32,
    /// Its level, 0 to 127: level 0 is served first, the next ones as far as it does not suffice.
    #[serde(default)]
    pub priority: u32,
    /// Its zone, 0 to 255: a position in the lists of `eligibility.localities`.
    #[serde(default)]
    pub zone: u32,
    /// How many requests of one isolate may wait for its answer at once; 0 sets no limit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_outstanding: u32,
    /// It waits until the pool's `scaling` calls it into service.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standby: bool,
    /// Whether it takes part.
    #[serde(default)]
    pub state: OriginState,
}

const fn one() -> u32 {
    1
}

const fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// What the operator wants of an origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OriginState {
    /// It serves.
    #[default]
    Ready,
    /// It gets no new requests, but keeps its sessions where affinity says so; the cron goes on
    /// probing it.
    Drain,
    /// It gets no requests at all, and nobody probes it.
    Maintenance,
}

impl Origin {
    /// Scheme, host and port of its requests. The platform writes `Host` by the URL and nothing
    /// else, so the URL has the name of `host_header`, and [`Origin::resolves_to`] says where the
    /// request is sent.
    pub fn request_url(&self) -> String {
        let url = self.url.as_str();
        match url.split_once("://") {
            Some((scheme, _)) if !self.host_header.is_empty() => {
                let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("{scheme}://{}{port}", self.host_header)
            }
            _ => url.to_owned(),
        }
    }

    /// The host to send its requests to, where their URL does not say so.
    pub fn resolves_to(&self) -> Option<&str> {
        (!self.host_header.is_empty()).then(|| self.url.host())
    }

    /// What it is registered with at the balancer. Hash policies know it by its id, so that every
    /// isolate sends a client to the same one, whatever the order of the configuration.
    pub fn backend(&self) -> BackendConfig {
        BackendConfig {
            weight: self.weight,
            priority: self.priority,
            locality: self.zone,
            max_in_flight: self.max_outstanding,
            key: Some(self.id.as_str().into()),
        }
    }
}
