//! Everything under `/_lb/`: the page, the status, the API, short links. Paths there never reach an
//! origin.

mod api;
mod gate;
mod links;

use crate::facts::Facts;
use crate::isolate::Isolate;
use crate::respond::{self, Failure, Reason};
use crate::status::Status;
use crate::{metrics, platform};
use gate::Gate;
use shared::origins::Access;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Request, Response};
use worker::Env;

const ROOT: &str = "/_lb";
const ASSETS: &str = "ASSETS";
/// Tells the page that a Worker serves it, so that it offers the console. The files are the same on
/// any static host, which a question there would answer with an error.
const HERE: &str = "set-cookie\n_lb_live=1; Path=/_lb/; SameSite=Strict";

/// Whether `path` belongs to the console.
pub(crate) fn owns(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request to a path that [`owns`] took.
pub(crate) async fn answer(
    isolate: &Rc<Isolate>,
    env: &Env,
    request: &Request,
    facts: &Facts<'_>,
) -> Result<Response, Failure> {
    let result = route(isolate, env, request, facts).await;
    result.map_err(|reason| Failure { reason, request_id: facts.request_id.to_owned() })
}

async fn route(
    isolate: &Rc<Isolate>,
    env: &Env,
    request: &Request,
    facts: &Facts<'_>,
) -> Result<Response, Reason> {
    let gate = Gate { isolate, request, facts };
    let path = facts.path.strip_prefix(ROOT).unwrap_or_default();
    match path {
        "" => respond::redirect("/_lb/").map_err(Reason::Internal),
        "/livez" => respond::text(200, "text/plain", "ok\n").map_err(Reason::Internal),
        "/readyz" => ready(isolate).map_err(Reason::Internal),
        "/status" => {
            gate.reads(may_read(isolate))?;
            respond::json(200, &status(isolate)).map_err(Reason::Internal)
        }
        "/metrics" => {
            gate.reads(may_read(isolate))?;
            let text = isolate.fleet().map_or_else(
                |_| String::new(),
                |fleet| metrics::text(&fleet.borrow(), platform::now()),
            );
            respond::text(200, "text/plain; version=0.0.4", &text).map_err(Reason::Internal)
        }
        _ => {
            if let Some(rest) = path.strip_prefix("/api/") {
                api::answer(&gate, env, rest).await
            } else if let Some(name) = path.strip_prefix("/d/") {
                links::answer(&gate, env, name).await
            } else {
                asset(env, request, path).await.map_err(Reason::Internal)
            }
        }
    }
}

fn may_read(isolate: &Isolate) -> Access {
    isolate.fleet().map_or(Access::Public, |fleet| fleet.borrow().config.status)
}

pub(super) fn status(isolate: &Isolate) -> String {
    match isolate.fleet() {
        Ok(fleet) => Status::of(&fleet.borrow(), platform::now()).to_json(),
        Err(message) => Status::misconfigured(&message).to_json(),
    }
}

/// Ready is who can serve: there are origins, and the configuration was taken.
fn ready(isolate: &Isolate) -> Result<Response, JsValue> {
    let fault = match isolate.fleet() {
        Ok(fleet) if fleet.borrow().is_configured() => None,
        Ok(_) => Some("no origins are configured\n"),
        Err(_) => Some("the configuration was refused\n"),
    };
    match fault {
        None => respond::text(200, "text/plain", "ok\n"),
        Some(fault) => respond::text(503, "text/plain", fault),
    }
}

/// A file of the page. The assets do not know that they are served below a prefix, which is why
/// wrangler.toml switches off their own redirects.
async fn asset(env: &Env, request: &Request, file: &str) -> Result<Response, JsValue> {
    let file = if file == "/" { "/index.html" } else { file };
    // The host means nothing to the binding, but a URL must have one.
    let request =
        Request::new_with_str_and_init(&format!("https://assets{file}"), request.unchecked_ref())?;
    let assets = env.assets(ASSETS)?;
    let response: Response = assets.fetch_request(worker::Request::from(request)).await?.into();
    if file == "/index.html" { platform::edited(&response, HERE) } else { Ok(response) }
}
