//! What the origin answers: first its faults, then the ordinary paths.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_body_util::channel::Channel;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    SET_COOKIE,
};
use hyper::{Request, Response, StatusCode};
use serde_json::json;

use super::Shared;
use super::record::{Head, Kind};
use super::settings::{Health, Settings};

type Body = BoxBody<Bytes, Cut>;
type Answer = Response<Body>;

const ORIGIN: HeaderName = HeaderName::from_static("x-origin");
/// The header of the Open Request Cost Aggregation standard, read by load balancers that weigh by
/// utilisation.
const LOAD: HeaderName = HeaderName::from_static("endpoint-load-metrics");
const ECHO_LIMIT: usize = 16 << 20;
const BLOCK: &[u8] = &[b'.'; 64 << 10];
/// Lets the first half of a body reach the client: a reset throws away what the system has not yet
/// sent.
const BEFORE_CUT: Duration = Duration::from_millis(50);

/// The connection is to be reset here.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the origin was told to reset this connection")
    }
}

impl std::error::Error for Cut {}

pub(super) async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Answer, Cut> {
    let kind = if request.uri().path() == "/healthz" { Kind::Health } else { Kind::Ordinary };
    let in_flight = shared.record.begin(kind, Head::of(&request));
    let settings = endure(&shared).await?;
    let mut answer = match kind {
        Kind::Health => health(settings.health),
        Kind::Ordinary => match settings.status.and_then(|code| StatusCode::from_u16(code).ok()) {
            Some(status) => with_status(status),
            None => ordinary(&shared, request).await,
        },
    };
    if kind == Kind::Ordinary && settings.reset_body {
        answer = halve(answer).await?;
    }
    identify(&shared, &settings, answer.headers_mut());
    // The request is in flight until the last byte of its answer has been handed over.
    Ok(answer.map(|body| {
        body.map_frame(move |frame| {
            let _held = &in_flight;
            frame
        })
        .boxed()
    }))
}

/// Goes through the faults that come before an answer, and returns the settings that hold after
/// them.
async fn endure(shared: &Shared) -> Result<Settings, Cut> {
    let delay_ms = shared.settings.borrow().delay_ms;
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    let mut changes = shared.settings.subscribe();
    let settings = changes.wait_for(|settings| !settings.hang).await.map_err(|_| Cut)?.clone();
    if settings.reset { Err(Cut) } else { Ok(settings) }
}

fn identify(shared: &Shared, settings: &Settings, headers: &mut hyper::HeaderMap) {
    if let Ok(name) = HeaderValue::from_str(&shared.name) {
        headers.insert(ORIGIN, name);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(load) = settings.load {
        let metrics = format!("JSON {}", json!({ "cpu_utilization": load }));
        if let Ok(metrics) = HeaderValue::from_str(&metrics) {
            headers.insert(LOAD, metrics);
        }
    }
}

fn health(health: Health) -> Answer {
    match health {
        Health::Ok => text(StatusCode::OK, "ok\n"),
        Health::Fail => text(StatusCode::SERVICE_UNAVAILABLE, "fail\n"),
    }
}

async fn ordinary(shared: &Shared, request: Request<Incoming>) -> Answer {
    let query = Query::of(&request);
    let path = request.uri().path().to_owned();
    let result = match path.as_str() {
        "/echo" => Ok(echo(shared, request).await),
        "/upload" => Ok(upload(shared, request).await),
        "/stream" => stream(shared, &query),
        "/bytes" => query.get("n", 1000).map(bytes),
        "/cookies" => Ok(cookies()),
        "/redirect" => redirect(&query),
        _ => match path.strip_prefix("/status/") {
            Some(code) => parse_status(code).map(with_status),
            None => Ok(greeting(shared, &request)),
        },
    };
    result.unwrap_or_else(|problem| text(StatusCode::BAD_REQUEST, format!("{problem}\n")))
}

fn greeting(shared: &Shared, request: &Request<Incoming>) -> Answer {
    let Shared { name, .. } = shared;
    let path = request.uri().path();
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/html")) {
        return text(StatusCode::OK, format!("origin {name} answers {path}\n"));
    }
    let (name, path) = (escape(name), escape(path));
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>origin {name}</title>\n\
         <h1>origin {name}</h1><p>answers {path}</p></html>\n"
    );
    typed(StatusCode::OK, "text/html; charset=utf-8", page)
}

/// Text that is safe between tags: names and paths come from outside.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn echo(shared: &Shared, request: Request<Incoming>) -> Answer {
    let Head { method, target, headers } = Head::of(&request);
    let body = match Limited::new(request.into_body(), ECHO_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            return text(StatusCode::PAYLOAD_TOO_LARGE, format!("body not read: {error}\n"));
        }
    };
    let (field, body) = match std::str::from_utf8(&body) {
        Ok(body) => ("body", body.to_owned()),
        Err(_) => ("body_base64", BASE64.encode(&body)),
    };
    let echo = json!({
        "origin": shared.name, "method": method, "target": target, "headers": headers, field: body,
    });
    typed(StatusCode::OK, "application/json", format!("{echo}\n"))
}

async fn upload(shared: &Shared, request: Request<Incoming>) -> Answer {
    let mut body = request.into_body();
    let mut bytes = 0_usize;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes += frame.data_ref().map_or(0, Bytes::len),
            Err(error) => {
                return text(StatusCode::BAD_REQUEST, format!("broke after {bytes}: {error}\n"));
            }
        }
    }
    let count = json!({ "origin": shared.name, "bytes": bytes });
    typed(StatusCode::OK, "application/json", format!("{count}\n"))
}

fn stream(shared: &Shared, query: &Query) -> Result<Answer, String> {
    let chunks: u32 = query.get("chunks", 5)?;
    let pause = Duration::from_millis(query.get("delay_ms", 100)?);
    let name = shared.name.clone();
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        for chunk in 1..=chunks {
            if chunk > 1 {
                tokio::time::sleep(pause).await;
            }
            let line = format!("origin {name} chunk {chunk} of {chunks}\n");
            if sender.send_data(Bytes::from(line)).await.is_err() {
                return; // The client has gone.
            }
        }
    });
    Ok(with_type(StatusCode::OK, "text/plain; charset=utf-8", body.boxed()))
}

fn bytes(count: u64) -> Answer {
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        let mut left = count;
        while left > 0 {
            let size = usize::try_from(left).map_or(BLOCK.len(), |left| left.min(BLOCK.len()));
            let block = BLOCK.get(..size).unwrap_or(BLOCK);
            if sender.send_data(Bytes::from_static(block)).await.is_err() {
                return; // The client has gone.
            }
            left -= size as u64;
        }
    });
    let mut answer = with_type(StatusCode::OK, "application/octet-stream", body.boxed());
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(count));
    answer
}

fn cookies() -> Answer {
    let mut answer = text(StatusCode::OK, "three cookies\n");
    for cookie in [
        "session=1; Path=/; HttpOnly",
        "theme=dark; Expires=Wed, 01 Jan 2031 00:00:00 GMT",
        "language=ko; SameSite=Lax",
    ] {
        answer.headers_mut().append(SET_COOKIE, HeaderValue::from_static(cookie));
    }
    answer
}

fn redirect(query: &Query) -> Result<Answer, String> {
    let to: String = query.get("to", "/echo".to_owned())?;
    let status = parse_status(&query.get("status", "302".to_owned())?)?;
    let location = HeaderValue::from_str(&to)
        .map_err(|_| format!("`to` cannot be `{to}`: expected a URL or a path"))?;
    let mut answer = with_status(status);
    answer.headers_mut().insert(LOCATION, location);
    Ok(answer)
}

fn parse_status(code: &str) -> Result<StatusCode, String> {
    code.parse()
        .ok()
        .filter(|code| (200..600).contains(code))
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| format!("status cannot be `{code}`: expected 200 to 599"))
}

fn with_status(status: StatusCode) -> Answer {
    // These three have no body by definition.
    if matches!(status.as_u16(), 204 | 205 | 304) {
        let mut answer = Response::new(full(Bytes::new()));
        *answer.status_mut() = status;
        return answer;
    }
    text(status, format!("{status}\n"))
}

/// The same answer, promised in full and cut after half of its body.
async fn halve(answer: Answer) -> Result<Answer, Cut> {
    let (mut head, body) = answer.into_parts();
    let whole = body.collect().await?.to_bytes();
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        if sender.send_data(whole.slice(..whole.len() / 2)).await.is_ok() {
            tokio::time::sleep(BEFORE_CUT).await;
            sender.abort(Cut);
        }
    });
    Ok(Response::from_parts(head, body.boxed()))
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    typed(status, "text/plain; charset=utf-8", body)
}

fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let body = body.into();
    let length = HeaderValue::from(body.len());
    let mut answer = with_type(status, content_type, full(body));
    answer.headers_mut().insert(CONTENT_LENGTH, length);
    answer
}

fn full(body: impl Into<Bytes>) -> Body {
    Full::from(body.into()).map_err(|never| match never {}).boxed()
}

fn with_type(status: StatusCode, content_type: &'static str, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// The parameters of a request.
struct Query(Vec<(String, String)>);

impl Query {
    fn of<B>(request: &Request<B>) -> Self {
        let query = request.uri().query().unwrap_or_default();
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn get<T: FromStr>(&self, name: &str, default: T) -> Result<T, String> {
        match self.0.iter().find(|(key, _)| key == name) {
            None => Ok(default),
            Some((_, value)) => value
                .parse()
                .map_err(|_| format!("`{name}` cannot be `{value}`: expected a number")),
        }
    }
}
