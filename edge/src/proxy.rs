//! One request: choose an origin, send, perhaps try another, hand the answer through.

use crate::facts::{Facts, whereabouts};
use crate::fleet::{Fleet, Place};
use crate::headers::{lines, request_edits, response_edits};
use crate::isolate::Isolate;
use crate::platform::{self, Body, Target};
use crate::respond::{self, Failure, Reason};
use crate::secret::cookie_named;
use crate::state::{Known, State};
use js_sys::TypeError;
use shared::balance::request::backoff::Backoff;
use shared::balance::request::timeouts::Timeouts;
use shared::balance::{self, Matcher, Outcome, is_idempotent, may_repeat};
use shared::id::BackendId;
use shared::origins::AffinityBy;
use shared::time::{Span, Timestamp};
use std::cell::RefCell;
use std::fmt::Write as _;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

/// Serves `request` by an origin.
pub(crate) async fn forward(
    isolate: &Isolate,
    request: &Request,
    facts: &Facts<'_>,
) -> Result<Response, Failure> {
    let request_id = request_id(facts);
    let fleet = match isolate.fleet() {
        Ok(fleet) => fleet,
        Err(_) => return Err(Failure { reason: Reason::Misconfigured, request_id }),
    };
    let is_configured = fleet.borrow().is_configured();
    let result = if is_configured && is_over_rate(isolate, facts).await {
        Err(Reason::TooMany)
    } else if is_configured {
        Exchange::begin(isolate, &fleet, request, facts, &request_id).run().await
    } else {
        welcome(facts)
    };
    result.map_err(|reason| {
        fleet.borrow_mut().count_failure(reason.word());
        Failure { reason, request_id }
    })
}

/// The id of a request: the platform's own, which its logs know, or a random one.
pub(crate) fn request_id(facts: &Facts<'_>) -> String {
    if facts.ray.is_empty() { format!("{:016x}", platform::random()) } else { facts.ray.to_owned() }
}

/// Whether the client has asked too often: the platform counts, where a rate limit is bound.
async fn is_over_rate(isolate: &Isolate, facts: &Facts<'_>) -> bool {
    match &isolate.limiter {
        Some(limiter) => !platform::passes(limiter, &facts.client_key()).await,
        None => false,
    }
}

/// Without origins the page is all there is to show.
fn welcome(facts: &Facts<'_>) -> Result<Response, Reason> {
    match facts.target {
        "" | "/" if facts.method == "GET" => respond::redirect("/_lb/").map_err(Reason::Internal),
        _ => Err(Reason::Unconfigured),
    }
}

/// One request on its way through.
struct Exchange<'a> {
    isolate: &'a Isolate,
    fleet: &'a RefCell<Fleet>,
    request: &'a Request,
    facts: &'a Facts<'a>,
    request_id: &'a str,
    began: Timestamp,
    tried: Vec<(usize, BackendId)>,
}

enum Answer {
    Response(Response),
    /// The origin failed before it answered.
    Failed(Outcome),
}

impl<'a> Exchange<'a> {
    fn begin(
        isolate: &'a Isolate,
        fleet: &'a RefCell<Fleet>,
        request: &'a Request,
        facts: &'a Facts<'a>,
        request_id: &'a str,
    ) -> Self {
        let began = platform::now();
        Self { isolate, fleet, request, facts, request_id, began, tried: Vec::new() }
    }

    async fn run(mut self) -> Result<Response, Reason> {
        self.check_limits()?;
        let order = self.route()?;
        let edits = {
            let fleet = self.fleet.borrow();
            let edits = request_edits(&self.facts.inbound, &fleet.config.name, self.request_id);
            lines(&edits.map_err(|_| Reason::Loop)?)
        };
        let body = self.body(&order).await?;
        let mut last = Reason::NoOrigin;
        loop {
            let Ok((place, timeout)) = self.pick(&order, matches!(body, Body::Stream)) else {
                return Err(last);
            };
            self.tried.push((place.pool, place.choice.backend));
            let pool = place.pool;
            let session = place.choice.session;
            let outcome = match self.send(place, &edits, &body, timeout).await? {
                Answer::Response(response) => {
                    let status = response.status();
                    if !self.is_refused(pool, status, &body) || !self.goes_on(pool).await {
                        return self.answer(response, pool, session).map_err(Reason::Internal);
                    }
                    discard(&response);
                    last = Reason::Origin(Outcome::Response(status));
                    continue;
                }
                Answer::Failed(outcome) => outcome,
            };
            last = Reason::Origin(outcome);
            let body_is_lost = matches!(body, Body::Stream);
            if !may_repeat(self.facts.method, body_is_lost, outcome) || !self.goes_on(pool).await {
                return Err(last);
            }
        }
    }

    /// What is too large is refused before any origin sees it.
    fn check_limits(&self) -> Result<(), Reason> {
        let fleet = self.fleet.borrow();
        let limits = &fleet.config.limits;
        if self.facts.url.len() > limits.url_bytes as usize {
            return Err(Reason::UrlTooLong);
        }
        // The platform's own limit needs no counting.
        if limits.header_bytes < PLATFORM_HEADER_BYTES
            && platform::header_bytes(self.request) > limits.header_bytes
        {
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

    fn route(&self) -> Result<Vec<usize>, Reason> {
        let fleet = self.fleet.borrow();
        let client = || whereabouts(&platform::whereabouts(self.request));
        fleet.route(self.facts.inbound.host, self.facts.path(), client).ok_or(Reason::NoRoute)
    }

    /// Small bodies of a known length are kept where the first pool says so.
    async fn body(&self, order: &[usize]) -> Result<Body, Reason> {
        if !self.facts.has_body {
            return Ok(Body::None);
        }
        let most = {
            let fleet = self.fleet.borrow();
            let pool = order.first().and_then(|&pool| fleet.pool(pool));
            pool.map_or(0, |pool| u64::from(pool.config.retry.replay_body_bytes))
        };
        match self.facts.body_bytes() {
            Some(bytes) if bytes <= most && most > 0 => {
                platform::keep_body(self.request).await.map_err(Reason::Internal)
            }
            _ => Ok(Body::Stream),
        }
    }

    /// The next origin, and how long it may take in milliseconds.
    fn pick(&self, order: &[usize], uploads: bool) -> Result<(Place, u32), balance::Unavailable> {
        let now = platform::now();
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
    fn known(&self, state: &State, key: Option<&crate::secret::Key>) -> Known<'a> {
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

    /// One try. `Err` is for what no origin can cause.
    async fn send(
        &self,
        place: Place,
        edits: &str,
        body: &Body,
        timeout_ms: u32,
    ) -> Result<Answer, Reason> {
        let url = format!("{}{}", place.choice.url, self.facts.target);
        let resolves_to = place.choice.resolves_to.clone();
        let guard = Guard { fleet: self.fleet, place: Some(place) };
        let target = Target { url: &url, resolves_to: resolves_to.as_deref() };
        let outcome = match platform::send(self.request, &target, edits, body, timeout_ms).await {
            Ok(Some(response)) => match outcome_of(response.status()) {
                outcome @ Outcome::Response(_) => {
                    guard.complete(outcome);
                    return Ok(Answer::Response(response));
                }
                outcome => {
                    discard(&response);
                    outcome
                }
            },
            Ok(None) => Outcome::Timeout,
            // Wrong arguments, which are this Worker's fault; the network throws plain errors.
            Err(thrown) if is_type_error(&thrown) => return Err(Reason::Internal(thrown)),
            Err(_) => Outcome::Reset,
        };
        guard.complete(blamed_on_origin(outcome, matches!(body, Body::Stream)));
        Ok(Answer::Failed(outcome))
    }

    /// Whether an answer of this status is to be had from another origin instead.
    fn is_refused(&self, pool: usize, status: u16, body: &Body) -> bool {
        let fleet = self.fleet.borrow();
        let Some(retry) = fleet.pool(pool).map(|pool| &pool.config.retry) else { return false };
        !retry.statuses.is_empty()
            && is_idempotent(self.facts.method)
            && !matches!(body, Body::Stream)
            && Matcher::parse(&retry.statuses).is_ok_and(|matcher| matcher.matches(status))
    }

    /// Whether another try is allowed: tries, time and budget are left. Waits before it.
    async fn goes_on(&self, pool: usize) -> bool {
        let now = platform::now();
        let wait_ms = {
            let mut fleet = self.fleet.borrow_mut();
            let Some(config) = fleet.pool(pool).map(|pool| &pool.config) else { return false };
            let number = u32::try_from(self.tried.len()).unwrap_or(u32::MAX);
            let wait_ms = backoff_ms(&config.retry, number);
            let overall = Some(config.timeouts.overall_ms).filter(|&ms| ms > 0);
            let overall = overall.map(|ms| Span::from_ms(u64::from(ms)));
            let timeouts = Timeouts { per_try: None, overall };
            if number >= config.retry.max_tries
                || !timeouts.allows_retry(self.began, now, Span::from_ms(wait_ms))
                || !fleet.may_retry(now, pool)
            {
                return false;
            }
            wait_ms
        };
        if wait_ms > 0 {
            platform::sleep(wait_ms).await;
        }
        true
    }

    /// The answer for the client: the origin's own object where nothing has to change, so that
    /// body, encoding and WebSocket stay what they are.
    fn answer(
        &self,
        response: Response,
        pool: usize,
        session: Option<(u32, Timestamp)>,
    ) -> Result<Response, JsValue> {
        if response.status() == 101 {
            return Ok(response);
        }
        let connection = platform::connection_of(&response);
        let mut edits = lines(&response_edits(connection.as_deref()));
        let fleet = self.fleet.borrow();
        if let Some((tag, since)) = session
            && let (Some(key), Some(state)) = (self.isolate.key(), fleet.pool(pool))
        {
            let affinity = &state.config.affinity;
            let (name, ttl_s) = (&affinity.name, affinity.ttl_s);
            let value = key.cookie(&state.pool, tag, since);
            let secure = if self.facts.inbound.scheme == "https" { "; Secure" } else { "" };
            // Writing into a text cannot fail.
            let _ = write!(
                edits,
                "{}set-cookie\n{name}={value}; Path=/; Max-Age={ttl_s}; HttpOnly; \
                 SameSite=Lax{secure}",
                if edits.is_empty() { "" } else { "\n" },
            );
        }
        if fleet.config.server_timing {
            let took = platform::now().since(self.began).as_ns() / 1_000_000;
            let _ = write!(
                edits,
                "{}server-timing\nlb;dur={took};desc=\"try {}\"\n-x-request-id\nx-request-id\n{}",
                if edits.is_empty() { "" } else { "\n" },
                self.tried.len(),
                self.request_id,
            );
        }
        if edits.is_empty() { Ok(response) } else { platform::edited(&response, &edits) }
    }
}

/// The platform refuses larger heads itself.
const PLATFORM_HEADER_BYTES: u32 = 131_072;

/// A random wait before retry `number`.
fn backoff_ms(retry: &shared::origins::Retry, number: u32) -> u64 {
    if retry.backoff_ms == 0 {
        return 0;
    }
    let max = retry.backoff_max_ms.max(retry.backoff_ms);
    let backoff = Backoff::new(f64::from(retry.backoff_ms), Some(f64::from(max)));
    let bound = backoff.map_or(Span::ZERO, |backoff| backoff.bound(number));
    (js_sys::Math::random() * bound.as_ns() as f64 / 1e6) as u64
}

fn is_type_error(thrown: &JsValue) -> bool {
    use wasm_bindgen::JsCast as _;
    thrown.is_instance_of::<TypeError>()
}

/// What the balancer shall hear of a failure. While a body is on its way, a client that hangs up
/// or sends slowly looks the same as an origin that does: blaming the origin would let any client
/// eject it.
fn blamed_on_origin(outcome: Outcome, has_body: bool) -> Outcome {
    match outcome {
        Outcome::Reset | Outcome::Timeout if has_body => Outcome::Canceled,
        outcome => outcome,
    }
}

/// Gives the pick back, as canceled if nothing better is known.
struct Guard<'a> {
    fleet: &'a RefCell<Fleet>,
    place: Option<Place>,
}

impl Guard<'_> {
    fn complete(mut self, outcome: Outcome) {
        self.give_back(outcome);
    }

    fn give_back(&mut self, outcome: Outcome) {
        if let Some(place) = self.place.take() {
            self.fleet.borrow_mut().complete(platform::now(), &place, outcome);
        }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.give_back(Outcome::Canceled);
    }
}

/// What a status code says about the origin. Cloudflare answers for an origin that it cannot
/// reach, with codes that are nobody else's:
/// 521 refused, 523 no route, 525 and 526 no TLS, 530 no DNS: the request was not sent;
/// 520 a broken answer, 522 and 524 none in time: it may have been.
fn outcome_of(status: u16) -> Outcome {
    match status {
        521 | 523 | 525 | 526 | 530 => Outcome::ConnectFailed,
        522 | 524 => Outcome::Timeout,
        520 => Outcome::Reset,
        status => Outcome::Response(status),
    }
}

fn discard(response: &Response) {
    if let Some(body) = response.body() {
        // Nobody waits for it and nothing can be done if it fails.
        let _ = body.cancel();
    }
}
