//! The control requests: read the state, switch faults, clear.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::Shared;
use super::server::{Command, accept};
use super::settings::Settings;

type Answer = Response<Full<Bytes>>;

/// A refusal: its status and the reason that the client reads.
type Refusal = (StatusCode, String);

pub(super) async fn run(
    shared: Arc<Shared>,
    listener: TcpListener,
    commands: mpsc::WeakSender<Command>,
) {
    loop {
        let stream = accept(Some(&listener)).await;
        let (shared, commands) = (Arc::clone(&shared), commands.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| respond(&shared, &commands, request));
            // A broken control connection concerns only its client.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(
    shared: &Shared,
    commands: &mpsc::WeakSender<Command>,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    let result = handle(shared, commands, &request).await;
    Ok(match result {
        Ok(()) => json(StatusCode::OK, &shared.state()),
        Err((status, error)) => json(status, &serde_json::json!({ "error": error })),
    })
}

/// Does what the request asks for; the answer to a success is always the state after it.
async fn handle(
    shared: &Shared,
    commands: &mpsc::WeakSender<Command>,
    request: &Request<Incoming>,
) -> Result<(), Refusal> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/_origin/state") => Ok(()),
        (&Method::POST, "/_origin/set") => {
            let settings = shared
                .settings
                .borrow()
                .with_query(request.uri().query().unwrap_or_default())
                .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
            set(commands, settings).await
        }
        (&Method::POST, "/_origin/clear") => {
            set(commands, Settings::default()).await?;
            shared.record.clear();
            Ok(())
        }
        (method, path) => Err((
            StatusCode::NOT_FOUND,
            format!(
                "no control request `{method} {path}`: there are GET /_origin/state, \
                 POST /_origin/set?name=value and POST /_origin/clear"
            ),
        )),
    }
}

async fn set(commands: &mpsc::WeakSender<Command>, settings: Settings) -> Result<(), Refusal> {
    let stopped = || (StatusCode::SERVICE_UNAVAILABLE, "the origin is stopping".to_owned());
    let commands = commands.upgrade().ok_or_else(stopped)?;
    let (reply, result) = oneshot::channel();
    commands.send(Command { settings, reply }).await.map_err(|_| stopped())?;
    let result = result.await.map_err(|_| stopped())?;
    result.map_err(|error| (StatusCode::CONFLICT, error.to_string()))
}

fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec_pretty(value).unwrap_or_else(|error| error.to_string().into());
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
