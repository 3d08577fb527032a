//! The one place that turns failures into answers.

use crate::status::HOW_TO_CONFIGURE;
use js_sys::Reflect;
use serde::Serialize;
use shared::balance::Outcome;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Response, ResponseInit};
use worker::console_error;

/// Why a request was not served by an origin.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// The id under which the platform or this Worker knows the request.
    pub(crate) request_id: String,
}

#[derive(Debug)]
pub(crate) enum Reason {
    /// No origins are configured.
    Unconfigured,
    /// The configuration was refused.
    Misconfigured,
    /// The request has been here before.
    Loop,
    /// No route is for this host and path.
    NoRoute,
    /// There is no origin to send it to.
    NoOrigin,
    /// The URL is longer than the configuration allows.
    UrlTooLong,
    /// The header fields are larger than the configuration allows.
    HeadersTooLarge,
    /// The body is larger than the configuration allows.
    BodyTooLarge,
    /// The body's length is not told, and there is a limit.
    LengthRequired,
    /// The client sends more than the rate limit allows.
    TooMany,
    /// The console refuses: status, word and sentence.
    Refused(u16, &'static str, String),
    /// The last origin that was tried failed in this way.
    Origin(Outcome),
    /// The platform threw something that no origin can cause.
    Internal(JsValue),
}

impl Reason {
    fn status(&self) -> u16 {
        match self {
            Self::Refused(status, ..) => *status,
            Self::NoRoute => 404,
            Self::LengthRequired => 411,
            Self::BodyTooLarge => 413,
            Self::UrlTooLong => 414,
            Self::TooMany => 429,
            Self::HeadersTooLarge => 431,
            Self::Misconfigured | Self::Internal(_) => 500,
            Self::Unconfigured | Self::NoOrigin => 503,
            Self::Loop => 508,
            Self::Origin(Outcome::Timeout) => 504,
            Self::Origin(_) => 502,
        }
    }

    /// The word for programs alone.
    pub(crate) fn word(&self) -> &'static str {
        self.words().0
    }

    /// A word for programs, and a sentence for people. Neither names an origin: the client is a
    /// stranger.
    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Refused(_, word, sentence) => (word, sentence),
            Self::NoRoute => ("no_route", "nothing is served at this host and path"),
            Self::UrlTooLong => ("url_too_long", "the URL is too long"),
            Self::HeadersTooLarge => ("headers_too_large", "the header fields are too large"),
            Self::BodyTooLarge => ("body_too_large", "the body is too large"),
            Self::LengthRequired => {
                ("length_required", "the length of the body is not told: send Content-Length")
            }
            Self::TooMany => ("too_many_requests", "too many requests: wait a little"),
            Self::Unconfigured => ("unconfigured", HOW_TO_CONFIGURE),
            Self::Misconfigured => {
                ("misconfigured", "the configuration was refused; /_lb/status says why")
            }
            Self::Loop => (
                "loop",
                "the request has come through this balancer before: an origin sends it back here",
            ),
            Self::NoOrigin => ("no_origin", "no origin is in service"),
            Self::Origin(Outcome::Timeout) => ("timeout", "the origin did not answer in time"),
            Self::Origin(_) => ("bad_gateway", "the origin failed before it answered"),
            Self::Internal(_) => ("internal", "the balancer failed; the log says why"),
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    message: &'a str,
    request_id: &'a str,
}

/// The answer to a request that failed: a page for who asks for HTML, JSON for everybody else.
pub(crate) fn failure(failure: &Failure, accept: &str) -> Result<Response, JsValue> {
    let Failure { reason, request_id } = failure;
    if let Reason::Internal(cause) = reason {
        console_error!("{request_id}: {}", text_of(cause));
    }
    let (error, message) = reason.words();
    let status = reason.status();
    let response = if accept.contains("text/html") {
        text(status, "text/html; charset=utf-8", &page(status, message, request_id))?
    } else {
        let body = ErrorBody { error, message, request_id };
        // Three strings cannot fail to serialise.
        json(status, &serde_json::to_string(&body).unwrap_or_default())?
    };
    let headers = response.headers();
    headers.set("x-request-id", request_id)?;
    match status {
        // Nothing here counts over more than a minute.
        429 => headers.set("retry-after", "60")?,
        503 => headers.set("retry-after", "10")?,
        _ => {}
    }
    Ok(response)
}

/// A page for people. Everything in it is this Worker's own but the request's id.
fn page(status: u16, message: &str, request_id: &str) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let (message, request_id) = (escape(message), escape(request_id));
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport \
         content=\"width=device-width\"><title>{status}</title><body style=\"font:1rem/1.5 \
         system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1rem\"><h1>{status}</h1>\
         <p>{message}</p><p><small>{request_id}</small></p></body></html>\n"
    )
}

/// An answer of this Worker's own, which nobody shall cache.
pub(crate) fn json(status: u16, body: &str) -> Result<Response, JsValue> {
    text(status, "application/json", body)
}

/// The same of any type.
pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", content_type)?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_headers(&headers);
    Response::new_with_opt_str_and_init(Some(body), &init)
}

/// Sends the client to another path of this host.
pub(crate) fn redirect(path: &str) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("location", path)?;
    headers.set("cache-control", "no-store")?;
    let init = ResponseInit::new();
    init.set_status(302);
    init.set_headers(&headers);
    Response::new_with_opt_str_and_init(None, &init)
}

/// What was thrown, as text for the log.
fn text_of(thrown: &JsValue) -> String {
    if let Some(error) = thrown.dyn_ref::<js_sys::Error>() {
        return String::from(error.to_string());
    }
    let message = Reflect::get(thrown, &"message".into()).ok().and_then(|text| text.as_string());
    message.unwrap_or_else(|| format!("{thrown:?}"))
}
