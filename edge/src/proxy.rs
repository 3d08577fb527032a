//! One request: choose an origin, send, perhaps try another, hand the answer through.

use crate::headers::{Edit, Inbound, request_edits, response_edits, split_url};
use crate::isolate::Isolate;
use crate::platform::{self, Deadline, fetch};
use crate::respond::{self, Failure, Reason};
use crate::state::{Choice, State};
use js_sys::TypeError;
use shared::balance::{self, Outcome, may_repeat};
use shared::id::BackendId;
use shared::time::Span;
use std::cell::RefCell;
use std::net::IpAddr;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Request, RequestInit, RequestRedirect, Response};

/// Serves `request` by an origin.
pub(crate) async fn forward(
    isolate: &Isolate,
    request: &Request,
    url: &str,
) -> Result<Response, Failure> {
    let request_id = request_id(request);
    let result = match isolate {
        Isolate::Misconfigured(_) => Err(Reason::Misconfigured),
        Isolate::Ready(state) if state.borrow().config.origins.is_empty() => welcome(request, url),
        Isolate::Ready(state) => try_origins(state, request, url, &request_id).await,
    };
    result.map_err(|reason| Failure { reason, request_id })
}

/// The id of a request: the platform's own, which its logs know, or a random one.
pub(crate) fn request_id(request: &Request) -> String {
    let ray = request.headers().get("cf-ray").ok().flatten();
    ray.unwrap_or_else(|| format!("{:016x}", platform::random()))
}

/// Without origins the page is all there is to show.
fn welcome(request: &Request, url: &str) -> Result<Response, Reason> {
    match split_url(url) {
        Some((_, _, "" | "/")) if request.method() == "GET" => {
            respond::redirect("/_lb/").map_err(Reason::Internal)
        }
        _ => Err(Reason::Unconfigured),
    }
}

/// What stays the same from try to try.
struct Outbound<'a> {
    request: &'a Request,
    method: String,
    headers: Headers,
    target: &'a str,
    has_body: bool,
    timeout_ms: u32,
    /// Whose request it is, by the platform's word: what hash policies go by.
    client: Option<IpAddr>,
}

async fn try_origins(
    state: &RefCell<State>,
    request: &Request,
    url: &str,
    request_id: &str,
) -> Result<Response, Reason> {
    let outbound = Outbound::new(state, request, url, request_id)?;
    let max_tries = state.borrow().config.retry.max_tries as usize;
    let mut tried: Vec<BackendId> = Vec::new();
    let mut last = Reason::NoOrigin;
    while tried.len() < max_tries {
        let timeout = Span::from_ms(u64::from(outbound.timeout_ms));
        let asked = balance::Request { tried: &tried, key: None, client: outbound.client };
        let picked = state.borrow_mut().pick(platform::now(), &asked, timeout);
        let Ok(choice) = picked else { break };
        tried.push(choice.backend);
        let outcome = match outbound.send(state, choice).await? {
            Answer::Response(response) => return response.map_err(Reason::Internal),
            Answer::Failed(outcome) => outcome,
        };
        last = Reason::Origin(outcome);
        if !may_repeat(&outbound.method, outbound.has_body, outcome) {
            break;
        }
    }
    Err(last)
}

enum Answer {
    Response(Result<Response, JsValue>),
    /// The origin failed before it answered.
    Failed(Outcome),
}

impl<'a> Outbound<'a> {
    fn new(
        state: &RefCell<State>,
        request: &'a Request,
        url: &'a str,
        request_id: &str,
    ) -> Result<Self, Reason> {
        let (scheme, host, target) = split_url(url).ok_or_else(|| {
            Reason::Internal(format!("the requested URL is not absolute: {url}").into())
        })?;
        let state = state.borrow();
        let has_body = request.body().is_some();
        let timeouts = &state.config.timeouts;
        let headers = Headers::new_with_headers(&request.headers()).map_err(Reason::Internal)?;
        let inbound = Inbound::read(&headers, scheme, host).map_err(Reason::Internal)?;
        let edits =
            request_edits(&inbound, &state.config.name, request_id).map_err(|_| Reason::Loop)?;
        apply(&headers, &edits).map_err(Reason::Internal)?;
        Ok(Self {
            request,
            method: request.method(),
            headers,
            target: target.split('#').next().unwrap_or_default(),
            has_body,
            client: inbound.client_ip.as_deref().and_then(|ip| ip.trim().parse().ok()),
            timeout_ms: if has_body { timeouts.upload_ms } else { timeouts.first_byte_ms },
        })
    }

    /// One try. `Err` is for what no origin can cause.
    async fn send(&self, state: &RefCell<State>, choice: Choice) -> Result<Answer, Reason> {
        let url = format!("{}{}", choice.url, self.target);
        let guard = Guard { state, choice: Some(choice) };
        let init = RequestInit::new();
        init.set_method(&self.method);
        init.set_headers(&self.headers);
        init.set_redirect(RequestRedirect::Manual);
        if self.has_body {
            init.set_body_opt_readable_stream(self.request.body().as_ref());
        }
        let deadline = Deadline::start(&init, self.timeout_ms).map_err(Reason::Internal)?;
        let outcome = match fetch(&url, &init).await {
            Ok(response) => match outcome_of(response.status()) {
                outcome @ Outcome::Response(_) => {
                    guard.complete(outcome);
                    return Ok(Answer::Response(answer(response)));
                }
                outcome => {
                    discard(&response);
                    outcome
                }
            },
            Err(_) if deadline.is_over() => Outcome::Timeout,
            // Wrong arguments, which are this Worker's fault; the network throws plain errors.
            Err(thrown) if thrown.is_instance_of::<TypeError>() => {
                return Err(Reason::Internal(thrown));
            }
            Err(_) => Outcome::Reset,
        };
        guard.complete(blamed_on_origin(outcome, self.has_body));
        Ok(Answer::Failed(outcome))
    }
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
    state: &'a RefCell<State>,
    choice: Option<Choice>,
}

impl Guard<'_> {
    fn complete(mut self, outcome: Outcome) {
        self.give_back(outcome);
    }

    fn give_back(&mut self, outcome: Outcome) {
        if let Some(choice) = self.choice.take() {
            self.state.borrow_mut().complete(platform::now(), choice.ticket, outcome);
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

/// The answer for the client: the origin's own object where nothing has to change, so that body,
/// encoding and WebSocket stay what they are.
fn answer(response: Response) -> Result<Response, JsValue> {
    let headers = response.headers();
    let connection = headers.get("connection")?;
    let edits = response_edits(connection.as_deref(), |name| headers.has(name).unwrap_or_default());
    if edits.is_empty() || response.status() == 101 {
        return Ok(response);
    }
    // The fields of a fetched response cannot be changed; those of a copy can.
    let copy = Response::new_with_opt_readable_stream_and_init(
        response.body().as_ref(),
        response.unchecked_ref(),
    )?;
    apply(&copy.headers(), &edits)?;
    Ok(copy)
}

impl<'a> Inbound<'a> {
    fn read(headers: &Headers, scheme: &'a str, host: &'a str) -> Result<Self, JsValue> {
        let is_websocket = headers
            .get("upgrade")?
            .is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"));
        Ok(Self {
            connection: headers.get("connection")?,
            via: headers.get("via")?,
            forwarded_for: headers.get("x-forwarded-for")?,
            client_ip: headers.get("cf-connecting-ip")?,
            scheme,
            host,
            is_websocket,
        })
    }
}

fn apply(headers: &Headers, edits: &[Edit]) -> Result<(), JsValue> {
    for edit in edits {
        match edit {
            Edit::Remove(name) => headers.delete(name)?,
            Edit::Set(name, value) => headers.set(name, value)?,
        }
    }
    Ok(())
}
