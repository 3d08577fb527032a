//! Everything under `/_lb/`: the page and the status. Paths there never reach an origin.

use crate::isolate::Isolate;
use crate::respond::{self, Failure, Reason};
use crate::status::Status;
use crate::{platform, proxy};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Request, Response};
use worker::Env;

const ROOT: &str = "/_lb";
const ASSETS: &str = "ASSETS";

/// Whether `path` belongs to the console.
pub(crate) fn owns(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request to a path that [`owns`] took.
pub(crate) async fn answer(
    isolate: &Isolate,
    env: &Env,
    request: &Request,
    path: &str,
) -> Result<Response, Failure> {
    let internal = |thrown| Failure {
        reason: Reason::Internal(thrown),
        request_id: proxy::request_id(request),
    };
    match path.strip_prefix(ROOT).unwrap_or_default() {
        "" => respond::redirect("/_lb/").map_err(internal),
        "/status" => respond::json(200, &status(isolate)).map_err(internal),
        file => asset(env, request, file).await.map_err(internal),
    }
}

fn status(isolate: &Isolate) -> String {
    match isolate {
        Isolate::Ready(state) => Status::of(&state.borrow(), platform::now()).to_json(),
        Isolate::Misconfigured(message) => Status::misconfigured(message).to_json(),
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
    let response = assets.fetch_request(worker::Request::from(request)).await?;
    Ok(response.into())
}
