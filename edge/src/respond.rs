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
    /// There is no origin to send it to.
    NoOrigin,
    /// The last origin that was tried failed in this way.
    Origin(Outcome),
    /// The platform threw something that no origin can cause.
    Internal(JsValue),
}

impl Reason {
    fn status(&self) -> u16 {
        match self {
            Self::Misconfigured | Self::Internal(_) => 500,
            Self::Unconfigured | Self::NoOrigin => 503,
            Self::Loop => 508,
            Self::Origin(Outcome::Timeout) => 504,
            Self::Origin(_) => 502,
        }
    }

    /// A word for programs, and a sentence for people. Neither names an origin: the client is a
    /// stranger.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
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
    message: &'static str,
    request_id: &'a str,
}

/// The answer to a request that failed.
pub(crate) fn failure(failure: &Failure) -> Result<Response, JsValue> {
    let Failure { reason, request_id } = failure;
    if let Reason::Internal(cause) = reason {
        console_error!("{request_id}: {}", text_of(cause));
    }
    let (error, message) = reason.words();
    let body = ErrorBody { error, message, request_id };
    // Three strings cannot fail to serialise.
    let body = serde_json::to_string(&body).unwrap_or_default();
    let response = json(reason.status(), &body)?;
    response.headers().set("x-request-id", request_id)?;
    Ok(response)
}

/// An answer of this Worker's own, which nobody shall cache.
pub(crate) fn json(status: u16, body: &str) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("cache-control", "no-store")?;
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
