//! What is decided about one request, whichever way it takes.

use crate::facts::Facts;
use crate::fleet::{Fleet, Place};
use crate::headers::{Edits, request_edits, response_edits};
use crate::isolate::Isolate;
use crate::respond::Reason;
use crate::secret::{Key, cookie_named};
use crate::state::{Known, State};
use shared::balance::request::backoff::Backoff;
use shared::balance::request::timeouts::Timeouts;
use shared::balance::{self, Matcher, is_idempotent};
use shared::id::BackendId;
use shared::origins::{AffinityBy, ClientPlace, Retry};
use shared::time::{Span, Timestamp};
use std::cell::RefCell;

/// The platform refuses larger heads itself.
const PLATFORM_HEADER_BYTES: u32 = 131_072;

/// One request and who has tried it.
pub(super) struct Trip<'a> {
    pub(super) isolate: &'a Isolate,
    pub(super) fleet: &'a RefCell<Fleet>,
    pub(super) facts: &'a Facts<'a>,
    pub(super) began: Timestamp,
    pub(super) tried: Vec<(usize, BackendId)>,
}

impl<'a> Trip<'a> {
    pub(super) fn begin(
        isolate: &'a Isolate,
        fleet: &'a RefCell<Fleet>,
        facts: &'a Facts<'a>,
        began: Timestamp,
    ) -> Self {
        Self { isolate, fleet, facts, began, tried: Vec::new() }
    }

    /// What is too large is refused before any origin sees it. The fields are counted only where
    /// that is not the platform's own business.
    pub(super) fn check_limits(&self, header_bytes: impl FnOnce() -> u32) -> Result<(), Reason> {
        let fleet = self.fleet.borrow();
        let limits = &fleet.config.limits;
        if self.facts.url.len() > limits.url_bytes as usize {
            return Err(Reason::UrlTooLong);
        }
        if limits.header_bytes < PLATFORM_HEADER_BYTES && header_bytes() > limits.header_bytes {
            return Err(Reason::HeadersTooLarge);
        }
        let most = u64::from(limits.body_bytes);
        match self.facts.body_bytes() {
            Some(bytes) if most > 0 && bytes > most => Err(Reason::BodyTooLarge),
            // Its bytes could be counted only by touching them.
            None if most > 0 && self.facts.has_body => Err(Reason::LengthRequired),
            _ => Ok(()),
        }
    }

    /// The pools that serve it, in order.
    pub(super) fn route(&self, client: impl FnOnce() -> ClientPlace) -> Result<Vec<usize>, Reason> {
        let fleet = self.fleet.borrow();
        fleet.route(self.facts.inbound.host, self.facts.path, client).ok_or(Reason::NoRoute)
    }

    /// What the origin gets of its header fields.
    pub(super) fn request_edits(&self) -> Result<Edits, Reason> {
        let fleet = self.fleet.borrow();
        request_edits(&self.facts.inbound, &fleet.config.name, self.facts.request_id)
            .map_err(|_| Reason::Loop)
    }

    /// Up to this many bytes of a body are kept for another try.
    pub(super) fn kept_body_bytes(&self, order: &[usize]) -> u64 {
        let fleet = self.fleet.borrow();
        let pool = order.first().and_then(|&pool| fleet.pool(pool));
        pool.map_or(0, |pool| u64::from(pool.config.retry.replay_body_bytes))
    }

    /// The next origin, and how long it may take in milliseconds.
    pub(super) fn pick(
        &self,
        now: Timestamp,
        order: &[usize],
        uploads: bool,
    ) -> Result<(Place, u32), balance::Unavailable> {
        let mut fleet = self.fleet.borrow_mut();
        let first = order.first().and_then(|&pool| fleet.pool(pool));
        let limits = first.map(|pool| pool.config.timeouts.clone()).unwrap_or_default();
        let ms = u64::from(if uploads { limits.upload_ms } else { limits.first_byte_ms });
        let overall = Some(u64::from(limits.overall_ms)).filter(|&ms| ms > 0);
        let timeouts =
            Timeouts { per_try: Some(Span::from_ms(ms)), overall: overall.map(Span::from_ms) };
        let deadline = timeouts.deadline(self.began, now).unwrap_or(now);
        let timeout = deadline.since(now);
        let asked = balance::Request { tried: &[], key: None, client: self.facts.client() };
        let key = self.isolate.key();
        let known = |state: &State| self.known(state, key);
        let place = fleet.pick(now, order, &self.tried, &asked, known, timeout)?;
        let timeout_ms = u32::try_from(timeout.as_ns() / 1_000_000).unwrap_or(u32::MAX);
        Ok((place, timeout_ms.max(1)))
    }

    /// What the client brought for its session.
    fn known(&self, state: &State, key: Option<&Key>) -> Known<'a> {
        let affinity = &state.config.affinity;
        match affinity.by {
            AffinityBy::Cookie => {
                let value = cookie_named(self.facts.cookie, &affinity.name);
                let session = key.zip(value).and_then(|(key, v)| key.read_cookie(&state.pool, v));
                Known { session, header: None }
            }
            AffinityBy::Header => Known { session: None, header: Some(self.facts.extra) },
            AffinityBy::None | AffinityBy::ClientIp => Known::default(),
        }
    }

    /// Whether the pool has statuses after which this request is tried elsewhere.
    pub(super) fn is_refusable(&self, pool: usize, body_is_lost: bool) -> bool {
        let fleet = self.fleet.borrow();
        fleet.pool(pool).is_some_and(|pool| !pool.config.retry.statuses.is_empty())
            && is_idempotent(self.facts.method)
            && !body_is_lost
    }

    /// Whether an answer of this status is to be had from another origin instead.
    pub(super) fn is_refused(&self, pool: usize, status: u16) -> bool {
        is_refused(&self.fleet.borrow(), pool, status)
    }
}

/// Whether the pool says that an answer of this status is to be had from another origin instead.
pub(super) fn is_refused(fleet: &Fleet, pool: usize, status: u16) -> bool {
    let Some(retry) = fleet.pool(pool).map(|pool| &pool.config.retry) else { return false };
    Matcher::parse(&retry.statuses).is_ok_and(|matcher| matcher.matches(status))
}

/// Whether another try is allowed: tries, time and budget are left. Then, how many milliseconds to
/// wait before it.
pub(super) fn may_go_on(
    fleet: &mut Fleet,
    now: Timestamp,
    pool: usize,
    began: Timestamp,
    tries: usize,
) -> Option<u64> {
    let config = fleet.pool(pool).map(|pool| &pool.config)?;
    let number = u32::try_from(tries).unwrap_or(u32::MAX);
    let wait_ms = backoff_ms(&config.retry, number);
    let overall = Some(config.timeouts.overall_ms).filter(|&ms| ms > 0);
    let overall = overall.map(|ms| Span::from_ms(u64::from(ms)));
    let timeouts = Timeouts { per_try: None, overall };
    let has_time = timeouts.allows_retry(began, now, Span::from_ms(wait_ms));
    let goes_on = number < config.retry.max_tries && has_time && fleet.may_retry(now, pool);
    goes_on.then_some(wait_ms)
}

/// A random wait before retry `number`.
fn backoff_ms(retry: &Retry, number: u32) -> u64 {
    if retry.backoff_ms == 0 {
        return 0;
    }
    let max = retry.backoff_max_ms.max(retry.backoff_ms);
    let backoff = Backoff::new(f64::from(retry.backoff_ms), Some(f64::from(max)));
    let bound = backoff.map_or(Span::ZERO, |backoff| backoff.bound(number));
    (js_sys::Math::random() * bound.as_ns() as f64 / 1e6) as u64
}

/// What the fields of an answer tell of its request.
pub(super) struct Told<'a> {
    pub(super) is_https: bool,
    pub(super) request_id: &'a str,
    pub(super) began: Timestamp,
    pub(super) tries: usize,
}

impl Told<'_> {
    /// What the client gets of an answer's header fields. `head` is its status, and its
    /// `Connection` field.
    pub(super) fn edits(
        &self,
        fleet: &Fleet,
        key: Option<&Key>,
        (status, connection): (u16, Option<&str>),
        pool: usize,
        session: Option<(u32, Timestamp)>,
        now: Timestamp,
    ) -> Edits {
        // A WebSocket must stay the object that it is.
        if status == 101 {
            return Edits::default();
        }
        let mut edits = response_edits(connection);
        if let Some((tag, since)) = session
            && let (Some(key), Some(state)) = (key, fleet.pool(pool))
        {
            let affinity = &state.config.affinity;
            let (name, ttl_s) = (&affinity.name, affinity.ttl_s);
            let value = key.cookie(&state.pool, tag, since);
            let secure = if self.is_https { "; Secure" } else { "" };
            let value =
                format!("{name}={value}; Path=/; Max-Age={ttl_s}; HttpOnly; SameSite=Lax{secure}");
            edits.set("set-cookie", &[&value]);
        }
        if fleet.config.server_timing {
            let took = now.since(self.began).as_ns() / 1_000_000;
            let tries = self.tries;
            edits.set("server-timing", &[&format!("lb;dur={took};desc=\"try {tries}\"")]);
            edits.remove("x-request-id");
            edits.set("x-request-id", &[self.request_id]);
        }
        edits
    }
}
