//! Routes: which request goes to which pool.
//!
//! The most exact host wins (a whole name, then the longest `*.` suffix, then any), then the
//! longest path. A path counts in whole segments: `/api` is for `/api` and `/api/users`, not for
//! `/apis`. Of a route's pools the first that has a healthy origin serves, after steering has put
//! them in order; when none has, the first one fails open as it is set to.

use super::{EdgeConfig, Pool};
use crate::math::{cos, sin};
use crate::ordered;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Requests of one host and path, and who serves them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The requested host without port, such as `shop.example.com`, or `*.example.com` for all
    /// names under it; empty for every host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// The beginning of the requested path, in whole segments.
    #[serde(default = "root")]
    pub path: String,
    /// Who serves, in order of preference.
    pub pools: Vec<String>,
    /// What the order depends on.
    #[serde(default)]
    pub steering: Steering,
}

fn root() -> String {
    "/".to_owned()
}

/// What the order of a route's pools depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Steering {
    /// On nothing: as written.
    #[default]
    Failover,
    /// On the client's country and continent: pools that name the country, then those that name
    /// the continent, then the others.
    Geo,
    /// On the distance between the client and the pools' `place`; pools without one come last.
    Proximity,
}

/// A point on the globe, in degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// North of the equator, -90 to 90.
    pub latitude: f64,
    /// East of Greenwich, -180 to 180.
    pub longitude: f64,
}

/// Where a client is, as far as the platform knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientPlace {
    /// Two letters, such as `KR`.
    pub country: Option<String>,
    /// Two letters, such as `AS`.
    pub continent: Option<String>,
    /// Coordinates.
    pub place: Option<Place>,
}

impl Place {
    /// The haversine of the angle between two places: 0 for the same one, 1 for opposite ends of
    /// the globe. It grows with the distance, which is all that an order needs.
    pub fn haversine(self, other: Self) -> f64 {
        let radians = |degrees: f64| degrees * (std::f64::consts::PI / 180.0);
        let half_sine = |degrees: f64| {
            let sine = sin(radians(degrees) / 2.0);
            sine * sine
        };
        let cosines = cos(radians(self.latitude)) * cos(radians(other.latitude));
        half_sine(self.latitude - other.latitude)
            + cosines * half_sine(self.longitude - other.longitude)
    }
}

/// The routes of a document, ready to be looked up.
#[derive(Clone, Debug)]
pub struct RouteTable {
    /// The most exact first.
    routes: Vec<Compiled>,
}

#[derive(Clone, Debug)]
struct Compiled {
    host: String,
    path: String,
    steering: Steering,
    pools: Vec<Target>,
}

#[derive(Clone, Debug)]
struct Target {
    /// Position among all pools of the document.
    pool: usize,
    place: Option<Place>,
    countries: Vec<String>,
    continents: Vec<String>,
}

/// A route that was found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a>(&'a Compiled);

impl RouteTable {
    /// The table of `config`. Without routes, all pools serve everything in their order.
    pub fn new(config: &EdgeConfig) -> Self {
        let ids: Vec<&str> = config.pool_ids().collect();
        let everything = [Route {
            host: String::new(),
            path: root(),
            pools: ids.iter().map(|&id| id.to_owned()).collect(),
            steering: config.steering,
        }];
        let routes = if config.routes.is_empty() { &everything[..] } else { &config.routes };
        let pool_of = |id: &str| config.pools.iter().find(|pool| pool.id == id);
        let target = |id: &String| {
            let settings = pool_of(id);
            Some(Target {
                pool: ids.iter().position(|known| known == id)?,
                place: settings.and_then(|pool| pool.place),
                countries: settings.map(|pool| upper(&pool.countries)).unwrap_or_default(),
                continents: settings.map(|pool| upper(&pool.continents)).unwrap_or_default(),
            })
        };
        let mut routes: Vec<Compiled> = routes
            .iter()
            .map(|route| Compiled {
                host: route.host.to_ascii_lowercase(),
                path: route.path.trim_end_matches('/').to_owned(),
                steering: route.steering,
                pools: route.pools.iter().filter_map(target).collect(),
            })
            .collect();
        // Stable: of two equal routes the first one wins.
        let rank = |route: &Compiled| {
            let wildcard = route.host.starts_with('*') || route.host.is_empty();
            (wildcard, Reverse(route.host.len()), Reverse(route.path.len()))
        };
        ordered::sort_by(&mut routes, |a, b| rank(a).cmp(&rank(b)));
        Self { routes }
    }

    /// The route of a request for `path` (without query) at `host` (perhaps with a port).
    pub fn find(&self, host: &str, path: &str) -> Option<Found<'_>> {
        let host = without_port(host);
        self.routes.iter().find(|route| route.takes(host, path)).map(Found)
    }
}

impl Compiled {
    fn takes(&self, host: &str, path: &str) -> bool {
        let host_fits = match self.host.strip_prefix('*') {
            Some(suffix) => ends_with_ignoring_case(host, suffix) && host.len() > suffix.len(),
            None => self.host.is_empty() || self.host.eq_ignore_ascii_case(host),
        };
        host_fits
            && path
                .strip_prefix(self.path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Found<'_> {
    /// Whether the order depends on where the client is.
    pub fn needs_place(&self) -> bool {
        self.0.steering != Steering::Failover && self.0.pools.len() > 1
    }

    /// The route's only pool, if it has one only.
    pub fn only_pool(&self) -> Option<usize> {
        match self.0.pools.as_slice() {
            [target] => Some(target.pool),
            _ => None,
        }
    }

    /// Positions of the route's pools among all, in the order in which they are to serve a client
    /// who is at `client`.
    pub fn pools(&self, client: &ClientPlace) -> Vec<usize> {
        let mut targets: Vec<&Target> = self.0.pools.iter().collect();
        match self.0.steering {
            Steering::Failover => {}
            Steering::Geo => {
                ordered::sort_by(&mut targets, |a, b| a.rank(client).cmp(&b.rank(client)));
            }
            Steering::Proximity => {
                if let Some(here) = client.place {
                    let distance = |target: &Target| {
                        target.place.map_or(f64::INFINITY, |place| place.haversine(here))
                    };
                    ordered::sort_by(&mut targets, |a, b| distance(a).total_cmp(&distance(b)));
                }
            }
        }
        targets.into_iter().map(|target| target.pool).collect()
    }
}

impl Target {
    fn rank(&self, client: &ClientPlace) -> u8 {
        let names = |list: &[String], name: &Option<String>| {
            name.as_ref().is_some_and(|name| list.iter().any(|one| one.eq_ignore_ascii_case(name)))
        };
        match () {
            () if names(&self.countries, &client.country) => 0,
            () if names(&self.continents, &client.continent) => 1,
            // Before those that are meant for others.
            () if self.countries.is_empty() && self.continents.is_empty() => 2,
            () => 3,
        }
    }
}

fn upper(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.to_ascii_uppercase()).collect()
}

fn ends_with_ignoring_case(text: &str, suffix: &str) -> bool {
    text.len()
        .checked_sub(suffix.len())
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

/// A host without its port; an IPv6 address keeps its brackets.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    }
}

/// What is wrong with a route's host, for people; nothing if it is right.
pub(super) fn host_fault(host: &str) -> Option<&'static str> {
    let name = host.strip_prefix("*.").unwrap_or(host);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let fine = host.is_empty() || (host.len() <= 253 && name.split('.').all(label));
    (!fine).then_some(
        "write a host name such as shop.example.com without scheme and port, *.example.com for \
         all names under it, or leave it out for every host",
    )
}

/// What is wrong with a pool's geography, for people; nothing if it is right.
pub(super) fn geography_fault(pool: &Pool) -> Option<String> {
    let two_letters =
        |name: &&String| name.len() != 2 || !name.bytes().all(|byte| byte.is_ascii_alphabetic());
    if let Some(country) = pool.countries.iter().find(two_letters) {
        return Some(format!("countries: \"{country}\" is not two letters, such as KR"));
    }
    const CONTINENTS: [&str; 7] = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"];
    let unknown = |name: &&String| !CONTINENTS.iter().any(|known| known.eq_ignore_ascii_case(name));
    if let Some(continent) = pool.continents.iter().find(unknown) {
        let all = CONTINENTS.join(", ");
        return Some(format!("continents: \"{continent}\" is none of {all}"));
    }
    let Place { latitude, longitude } = pool.place?;
    if !(-90.0..=90.0).contains(&latitude) {
        return Some(format!("place.latitude is {latitude}: set it to -90 to 90"));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Some(format!("place.longitude is {longitude}: set it to -180 to 180"));
    }
    None
}
