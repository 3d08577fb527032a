//! Questions to the Worker that serves the page.

use super::{document, window};
use crate::live::{Answer, Ask};
use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Headers, RequestInit, Response};

/// Whether a Worker serves this page: it says so in a cookie, because a question to a static host
/// would be an error.
pub(crate) fn worker_is_here() -> bool {
    let cookies = document().and_then(|it| Reflect::get(&it, &"cookie".into()).ok()?.as_string());
    cookies.is_some_and(|text| text.split("; ").any(|cookie| cookie == "_lb_live=1"))
}

/// Sends `ask` and calls `done` with what came of it.
pub(crate) fn send(ask: Ask, done: impl FnOnce(Answer) + 'static) {
    spawn_local(async move { done(exchange(&ask).await.unwrap_or(Answer::NONE)) });
}

async fn exchange(ask: &Ask) -> Result<Answer, JsValue> {
    let window = window().ok_or(JsValue::UNDEFINED)?;
    let headers = Headers::new()?;
    if let Some(token) = &ask.token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    let init = RequestInit::new();
    init.set_method(ask.method);
    init.set_headers(&headers);
    if let Some(body) = &ask.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    let response = JsFuture::from(window.fetch_with_str_and_init(&ask.path, &init)).await?;
    let response: Response = response.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), text })
}
