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

use crate::balance::{AdminState, BackendView, ConfigError, Health};
use crate::id::BackendId;
use crate::time::{Span, Timestamp};

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

impl Affinity {
    /// AWS's duration cookie.
    ///
    /// # Errors
    ///
    /// A duration outside of 1 s to 7 days.
    pub fn aws_cookie(duration_s: f64) -> Result<Self, ConfigError> {
        ConfigError::check("stickiness.duration_s", duration_s, 1.0, 604_800.0)?;
        let ttl = Span::from_s_f64(duration_s);
        Ok(Self { ttl, sliding: true, holds_while_draining: false })
    }

    /// Cloudflare's cookie.
    ///
    /// # Errors
    ///
    /// A time outside of 1,800 to 604,800 s.
    pub fn cloudflare_cookie(ttl_s: f64) -> Result<Self, ConfigError> {
        ConfigError::check("session_affinity_ttl_s", ttl_s, 1800.0, 604_800.0)?;
        let ttl = Span::from_s_f64(ttl_s);
        Ok(Self { ttl, sliding: false, holds_while_draining: true })
    }

    /// Cloudflare's affinity by header.
    ///
    /// # Errors
    ///
    /// A time outside of 30 to 3,600 s.
    pub fn cloudflare_header(ttl_s: f64) -> Result<Self, ConfigError> {
        ConfigError::check("session_affinity_ttl_s", ttl_s, 30.0, 3600.0)?;
        let ttl = Span::from_s_f64(ttl_s);
        Ok(Self { ttl, sliding: true, holds_while_draining: true })
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
        // A token from the future was not written by this clock: its time is not known.
        let fresh = self.since <= now + Span::from_s(1) && now.since(self.since) < rule.ttl;
        serves && fresh && view.health == Health::Healthy && view.ejected_until.is_none()
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
        let aws = Affinity::aws_cookie(60.0).unwrap();
        let cloudflare = Affinity::cloudflare_cookie(1800.0).unwrap();
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
}
