//! Session affinity: a client comes back to the backend that it had.
//!
//! The client brings a token: a cookie that the balancer set, or a header or an address that names
//! it. What counts as the same session, and for how long, follows the vendor:
//!
//! - AWS duration cookie: 1 s to 7 days, default one day, set anew with every answer.
//! - Cloudflare cookie: 1,800 to 604,800 s, default 82,800 s, fixed from the first answer;
//!   header: idle for 30 to 3,600 s, default 1,800 s.
//!
//! A draining backend keeps its sessions until it is gone (HAProxy, Cloudflare) or loses them at
//! once (AWS: a deregistering target gets no requests, sticky or not). A token that cannot be read,
//! has expired or names somebody who may not serve leads to a fresh pick and a new token.
//!
//! [`Affinity::pick`] is the whole decision: both drivers hand it the session that the client
//! brought and get the pick and the session that the client has from then on.

use crate::balance::explain::{Course, Explanation};
use crate::balance::{
    AdminState, BackendView, Balancer, ConfigError, Health, Pick, Request, Unavailable,
};
use crate::id::BackendId;
use crate::json::tagged;
use crate::time::{Span, Timestamp};
use serde::Serialize;

tagged! {
    by "type", deny_unknown_fields;
    /// By what a balancer knows its clients again, with the rules of who does it so.
    #[derive(Clone, Copy, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum AffinityConfig {
        /// A cookie that each answer sets anew; a server that drains loses its sessions (AWS
        /// `lb_cookie`).
        DurationCookie {
            /// How long it holds, seconds, 1 to 604,800.
            #[serde(default = "day")]
            duration_s: f64,
        },
        /// A cookie that the first answer sets; a server that drains keeps its sessions (Cloudflare).
        Cookie {
            /// How long it holds, seconds, 1,800 to 604,800.
            #[serde(default = "cloudflare_cookie_s")]
            ttl_s: f64,
        },
        /// A header that names the client (Cloudflare).
        Header {
            /// How long a client may be idle, seconds, 30 to 3,600.
            #[serde(default = "half_hour")]
            ttl_s: f64,
        },
        /// The client's address, in a table (HAProxy `stick on src`).
        ClientIp {
            /// How long a client may be idle, seconds, 1 to 604,800.
            #[serde(default = "half_hour")]
            ttl_s: f64,
        },
    }
}

const fn day() -> f64 {
    86_400.0
}
const fn cloudflare_cookie_s() -> f64 {
    82_800.0
}
const fn half_hour() -> f64 {
    1_800.0
}

impl Default for AffinityConfig {
    fn default() -> Self {
        Self::DurationCookie { duration_s: day() }
    }
}

impl AffinityConfig {
    /// One of each kind with its vendor's default, in the order in which menus show them.
    pub const ALL: [Self; 4] = [
        Self::DurationCookie { duration_s: day() },
        Self::Cookie { ttl_s: cloudflare_cookie_s() },
        Self::Header { ttl_s: half_hour() },
        Self::ClientIp { ttl_s: half_hour() },
    ];

    /// The kind's name in documents.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::DurationCookie { .. } => "duration_cookie",
            Self::Cookie { .. } => "cookie",
            Self::Header { .. } => "header",
            Self::ClientIp { .. } => "client_ip",
        }
    }

    /// How long a session holds, seconds, with the range that the vendor allows.
    pub const fn seconds(&self) -> (f64, [f64; 2]) {
        match *self {
            Self::DurationCookie { duration_s } => (duration_s, [1.0, WEEK_S]),
            Self::Cookie { ttl_s } => (ttl_s, [1_800.0, WEEK_S]),
            Self::Header { ttl_s } => (ttl_s, [30.0, 3_600.0]),
            Self::ClientIp { ttl_s } => (ttl_s, [1.0, WEEK_S]),
        }
    }

    /// The rule of this kind.
    ///
    /// # Errors
    ///
    /// A time out of range.
    pub fn rule(&self) -> Result<Affinity, ConfigError> {
        let field = match self {
            Self::DurationCookie { .. } => "affinity.duration_s",
            Self::Cookie { .. } | Self::Header { .. } | Self::ClientIp { .. } => "affinity.ttl_s",
        };
        let (seconds, [min, max]) = self.seconds();
        ConfigError::check(field, seconds, min, max)?;
        Ok(Affinity {
            ttl: Span::from_s_f64(seconds),
            sliding: !matches!(self, Self::Cookie { .. }),
            holds_while_draining: !matches!(self, Self::DurationCookie { .. }),
        })
    }
}

/// The longest that any of them holds: seven days.
const WEEK_S: f64 = 604_800.0;

/// How sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affinity {
    /// How long a session holds.
    pub ttl: Span,
    /// Each request starts the time anew; otherwise it runs from the first one.
    pub sliding: bool,
    /// A draining backend keeps its sessions.
    pub holds_while_draining: bool,
}

/// Where a request of a client goes, and the session that the client has from then on.
#[derive(Debug)]
pub struct Placement {
    /// Who serves.
    pub pick: Pick,
    /// What to remember, or to write into the client's cookie.
    pub session: Session,
    /// Whether `session` is new to the client.
    pub tell: bool,
}

impl Affinity {
    /// Picks for a client that brought the session `known`, if it brought one: its backend while
    /// the session holds and the backend has room and has not failed this very request, whoever
    /// the policy chooses otherwise.
    ///
    /// # Errors
    ///
    /// Nobody may serve; see [`Balancer::pick`].
    pub fn pick(
        &self,
        balancer: &mut Balancer,
        now: Timestamp,
        request: &Request<'_>,
        known: Option<Session>,
    ) -> Result<Placement, Unavailable> {
        if let Some(session) = self.held(balancer, now, request, known)
            && let Some(pick) = balancer.pick_backend(now, session.backend)
        {
            let (session, tell) = session.renewed(self, now);
            return Ok(Placement { pick, session, tell });
        }
        let pick = balancer.pick(now, request)?;
        let session = Session { backend: pick.backend(), since: now };
        Ok(Placement { pick, session, tell: true })
    }

    /// The session, if it holds for `request`.
    fn held(
        &self,
        balancer: &Balancer,
        now: Timestamp,
        request: &Request<'_>,
        known: Option<Session>,
    ) -> Option<Session> {
        known.filter(|session| {
            !request.tried.contains(&session.backend)
                && session.holds(self, now, balancer.view(session.backend))
        })
    }

    /// Why the next [`Self::pick`] goes where it goes. Nothing changes.
    pub fn explain(
        &self,
        balancer: &Balancer,
        now: Timestamp,
        request: &Request<'_>,
        known: Option<Session>,
    ) -> Explanation {
        let mut told = balancer.explain(now, request);
        if let Some(session) = self.held(balancer, now, request, known)
            && let Some(pick) = balancer.clone().pick_backend(now, session.backend)
        {
            (told.course, told.choice) = (Course::Session, Ok(pick.backend()));
        }
        told
    }
}

/// Who served a session, and since when it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who served it.
    pub backend: BackendId,
    /// When its time began.
    pub since: Timestamp,
}

impl Session {
    /// The token of this session: backend and second, in hexadecimal. It is not secret and not
    /// signed: a client who forges it chooses a backend and nothing more.
    pub fn token(&self) -> String {
        format!("{:x}-{:x}", self.backend.0, self.since.as_ms() / 1000)
    }

    /// Reads a token; `None` if it is not one.
    pub fn from_token(token: &str) -> Option<Self> {
        let (backend, since) = token.trim().split_once('-')?;
        let number = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if plain { u64::from_str_radix(text, 16).ok() } else { None }
        };
        let backend = BackendId(u32::try_from(number(backend)?).ok()?);
        Some(Self { backend, since: Timestamp::from_s(number(since)?) })
    }

    /// Whether the session still leads to its backend, of which `view` is believed.
    pub fn holds(&self, rule: &Affinity, now: Timestamp, view: Option<BackendView>) -> bool {
        let Some(view) = view else { return false };
        let serves = match view.admin {
            AdminState::Ready => true,
            AdminState::Draining { .. } => rule.holds_while_draining,
            AdminState::Maintenance => false,
        };
        let believed = view.health == Health::Healthy && view.ejected_until.is_none();
        serves && believed && self.is_fresh(rule, now)
    }

    /// Whether the session's time has not run out.
    pub fn is_fresh(&self, rule: &Affinity, now: Timestamp) -> bool {
        // A token from the future was not written by this clock: its time is not known.
        self.since <= now + Span::from_s(1) && now.since(self.since) < rule.ttl
    }

    /// The session after another request by it, and whether the client must be told.
    #[must_use]
    pub fn renewed(self, rule: &Affinity, now: Timestamp) -> (Self, bool) {
        if rule.sliding { (Self { since: now, ..self }, true) } else { (self, false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::{Balancer, BalancerConfig, HealthCheckConfig, PolicyConfig};
    use crate::rng::Rng;

    #[test]
    fn tokens_are_read_back_and_rubbish_is_not() {
        let session = Session { backend: BackendId(77), since: Timestamp::from_s(1_800_000_000) };
        assert_eq!(Session::from_token(&session.token()), Some(session));
        for token in ["", "-", "1", "x-1", "1-", "+1-2", "100000000-1", "1-1-1", "ffffffffff-"] {
            assert_eq!(Session::from_token(token), None, "{token}");
        }
    }

    #[test]
    fn a_session_ends_with_its_time_or_its_backend() {
        let config = BalancerConfig {
            policy: PolicyConfig::RoundRobin,
            health_check: HealthCheckConfig::default(),
            deregistration_delay: Span::from_s(300),
        };
        let mut balancer = Balancer::new(config, Rng::new(1)).unwrap();
        let (now, id, mut out) = (Timestamp::from_s(1000), BackendId(1), Vec::new());
        balancer.register(now, id, Health::Healthy);
        let pick = balancer.pick(now, &Default::default()).unwrap();
        let session = Session { backend: id, since: now };
        let aws = AffinityConfig::DurationCookie { duration_s: 60.0 }.rule().unwrap();
        let cloudflare = AffinityConfig::Cookie { ttl_s: 1800.0 }.rule().unwrap();
        assert!(session.holds(&aws, now, balancer.view(id)));
        assert!(!session.holds(&aws, now + Span::from_s(60), balancer.view(id)));
        assert!(session.holds(&cloudflare, now + Span::from_s(60), balancer.view(id)));
        balancer.drain(now, id, &mut out);
        assert!(!session.holds(&aws, now, balancer.view(id)));
        assert!(session.holds(&cloudflare, now, balancer.view(id)));
        balancer.set_health(now, id, Health::Unhealthy, &mut out);
        assert!(!session.holds(&cloudflare, now, balancer.view(id)));
        assert!(!session.holds(&aws, now, balancer.view(BackendId(2))));
        balancer.complete(now, pick, crate::balance::Outcome::Response(200), &mut out);
    }
    /// Sticks to its backend against the policy's will, lets go when it must, and never sends a
    /// request back to who failed it.
    #[test]
    fn a_client_sticks_until_its_backend_may_not_serve() {
        let config = BalancerConfig {
            policy: PolicyConfig::RoundRobin,
            health_check: HealthCheckConfig::default(),
            deregistration_delay: Span::from_s(300),
        };
        let mut balancer = Balancer::new(config, Rng::new(1)).unwrap();
        let (now, mut out) = (Timestamp::from_s(1000), Vec::new());
        (0..3).for_each(|id| balancer.register(now, BackendId(id), Health::Healthy));
        let rule = AffinityConfig::default().rule().unwrap();
        let mut known = None;
        let mut send = |balancer: &mut Balancer, now, tried: &[BackendId], keeps: bool| {
            let request = Request { tried, ..Request::default() };
            let brought = known.filter(|_| keeps);
            let Placement { pick, session, tell } =
                rule.pick(balancer, now, &request, brought).unwrap();
            let backend = pick.backend();
            balancer.complete(now, pick, crate::balance::Outcome::Response(200), &mut Vec::new());
            known = Some(session);
            (backend.0, tell)
        };
        assert_eq!(send(&mut balancer, now, &[], true), (0, true));
        for _ in 0..5 {
            assert_eq!(send(&mut balancer, now, &[], true), (0, true));
        }
        let other = send(&mut balancer, now, &[BackendId(0)], true).0;
        assert_ne!(other, 0);
        // The new session is the one that counts.
        assert_eq!(send(&mut balancer, now, &[], true).0, other);
        balancer.drain(now, BackendId(other), &mut out);
        let next = send(&mut balancer, now, &[], true).0;
        assert_ne!(next, other);
        balancer.set_health(now, BackendId(next), Health::Unhealthy, &mut out);
        assert_ne!(send(&mut balancer, now, &[], true).0, next);
        let late = now + Span::from_s(86_400);
        let fresh =
            (send(&mut balancer, late, &[], false).0, send(&mut balancer, late, &[], true).0);
        assert_eq!(fresh.0, fresh.1);
    }

    #[test]
    fn a_time_out_of_range_is_named() {
        for config in AffinityConfig::ALL {
            assert!(config.rule().is_ok(), "{config:?}");
        }
        let error = AffinityConfig::Header { ttl_s: 10.0 }.rule().unwrap_err();
        assert_eq!((error.field, error.value, error.min), ("affinity.ttl_s", 10.0, 30.0));
        assert!(AffinityConfig::ClientIp { ttl_s: f64::NAN }.rule().is_err());
    }
}
