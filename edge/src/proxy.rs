//! One request: choose an origin, send, perhaps try another, hand the answer through.
//!
//! This is the long way, which can wait for everything. [`quick`] is the short way of a first try,
//! which most requests take; what both decide is in [`trip`].

pub(crate) mod quick;
mod trip;

use crate::facts::{Facts, whereabouts};
use crate::fleet::{Fleet, Place};
use crate::isolate::Isolate;
use crate::platform::{self, Body, Target};
use crate::respond::{self, Failure, Reason};
use js_sys::TypeError;
use shared::balance::{Outcome, may_repeat};
use shared::time::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;
use trip::{Told, Trip, may_go_on};
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

/// Serves `request` by an origin.
pub(crate) async fn forward(
    isolate: &Isolate,
    request: &Request,
    facts: &Facts<'_>,
) -> Result<Response, Failure> {
    let request_id = facts.request_id.to_owned();
    let fleet = match isolate.fleet() {
        Ok(fleet) => fleet,
        Err(_) => return Err(Failure { reason: Reason::Misconfigured, request_id }),
    };
    let is_configured = fleet.borrow().is_configured();
    let result = if is_configured && is_over_rate(isolate, facts).await {
        Err(Reason::TooMany)
    } else if is_configured {
        let trip = Trip::begin(isolate, &fleet, facts, platform::now());
        Exchange { trip, request }.run().await
    } else {
        welcome(facts)
    };
    told(&fleet, request_id, result)
}

/// Counts a failure and gives it the name of its request.
fn told(
    fleet: &RefCell<Fleet>,
    request_id: String,
    result: Result<Response, Reason>,
) -> Result<Response, Failure> {
    result.map_err(|reason| {
        fleet.borrow_mut().count_failure(reason.word());
        Failure { reason, request_id }
    })
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
    trip: Trip<'a>,
    request: &'a Request,
}

enum Answer {
    Response(Response),
    /// The origin failed before it answered.
    Failed(Outcome),
}

impl Exchange<'_> {
    async fn run(self) -> Result<Response, Reason> {
        self.trip.check_limits(|| platform::header_bytes(self.request))?;
        let order = self.route()?;
        let edits = self.trip.request_edits()?;
        let body = self.body(&order).await?;
        self.tries(&order, edits.as_str(), &body, Reason::NoOrigin).await
    }

    /// Goes on after the first try, which went the short way.
    async fn resume(self, outcome: Outcome, goes_on: Option<u64>) -> Result<Response, Reason> {
        let last = Reason::Origin(outcome);
        let Some(wait_ms) = goes_on else { return Err(last) };
        let order = self.route()?;
        let edits = self.trip.request_edits()?;
        wait(wait_ms).await;
        self.tries(&order, edits.as_str(), &Body::None, last).await
    }

    /// One try after the other; `last` is what became of the one before.
    async fn tries(
        mut self,
        order: &[usize],
        edits: &str,
        body: &Body,
        mut last: Reason,
    ) -> Result<Response, Reason> {
        let body_is_lost = matches!(body, Body::Stream);
        loop {
            let Ok((place, timeout)) = self.trip.pick(platform::now(), order, body_is_lost) else {
                return Err(last);
            };
            self.trip.tried.push((place.pool, place.choice.backend));
            let pool = place.pool;
            let session = place.choice.session;
            let outcome = match self.send(place, edits, body, timeout).await? {
                Answer::Response(response) => {
                    let status = response.status();
                    let refusable = self.trip.is_refusable(pool, body_is_lost);
                    if !refusable
                        || !self.trip.is_refused(pool, status)
                        || !self.goes_on(pool).await
                    {
                        return self.answer(response, pool, session).map_err(Reason::Internal);
                    }
                    platform::discard(&response);
                    last = Reason::Origin(Outcome::Response(status));
                    continue;
                }
                Answer::Failed(outcome) => outcome,
            };
            last = Reason::Origin(outcome);
            let repeats = may_repeat(self.trip.facts.method, body_is_lost, outcome);
            if !repeats || !self.goes_on(pool).await {
                return Err(last);
            }
        }
    }

    fn route(&self) -> Result<Vec<usize>, Reason> {
        self.trip.route(|| whereabouts(&platform::whereabouts(self.request)))
    }

    /// Small bodies of a known length are kept where the first pool says so.
    async fn body(&self, order: &[usize]) -> Result<Body, Reason> {
        let facts = self.trip.facts;
        if !facts.has_body {
            return Ok(Body::None);
        }
        let most = self.trip.kept_body_bytes(order);
        match facts.body_bytes() {
            Some(bytes) if bytes <= most && most > 0 => {
                platform::keep_body(self.request).await.map_err(Reason::Internal)
            }
            _ => Ok(Body::Stream),
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
        let url = format!("{}{}", place.choice.url, self.trip.facts.target);
        let resolves_to = Rc::clone(&place.choice.resolves_to);
        let guard = Guard { fleet: self.trip.fleet, place: Some(place) };
        let target = Target { url: &url, resolves_to: &resolves_to };
        let outcome = match platform::send(self.request, &target, edits, body, timeout_ms).await {
            Ok(Some(response)) => match outcome_of(response.status()) {
                outcome @ Outcome::Response(_) => {
                    guard.complete(outcome);
                    return Ok(Answer::Response(response));
                }
                outcome => {
                    platform::discard(&response);
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

    /// Whether another try is allowed. Waits before it.
    async fn goes_on(&self, pool: usize) -> bool {
        let trip = &self.trip;
        let goes_on = {
            let mut fleet = trip.fleet.borrow_mut();
            may_go_on(&mut fleet, platform::now(), pool, trip.began, trip.tried.len())
        };
        match goes_on {
            Some(wait_ms) => {
                wait(wait_ms).await;
                true
            }
            None => false,
        }
    }

    /// The answer for the client: the origin's own object where nothing has to change, so that
    /// body, encoding and WebSocket stay what they are.
    fn answer(
        &self,
        response: Response,
        pool: usize,
        session: Option<(u32, Timestamp)>,
    ) -> Result<Response, JsValue> {
        let status = response.status();
        let connection = if status == 101 { None } else { platform::connection_of(&response) };
        let told = Told {
            is_https: self.trip.facts.inbound.scheme == "https",
            request_id: self.trip.facts.request_id,
            began: self.trip.began,
            tries: self.trip.tried.len(),
        };
        let fleet = self.trip.fleet.borrow();
        let key = self.trip.isolate.key();
        let head = (status, connection.as_deref());
        let edits = told.edits(&fleet, key, head, pool, session, platform::now());
        match edits.as_str() {
            "" => Ok(response),
            edits => platform::edited(&response, edits),
        }
    }
}

async fn wait(ms: u64) {
    if ms > 0 {
        platform::sleep(ms).await;
    }
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
