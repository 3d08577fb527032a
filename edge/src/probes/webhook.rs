//! Tells somebody of a new desired capacity, so that servers are started or stopped behind it.

use crate::platform::{self, fetch};
use crate::secret::Key;
use serde_json::json;
use shared::origins::Webhook;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Headers, RequestInit, RequestRedirect};
use worker::console_error;

const TIMEOUT_MS: u32 = 5_000;

/// The status of its answer; none if it gave none. Only a change is told, and only once: whoever
/// misses it reads the desired capacity in the status.
pub(super) async fn tell(
    key: Option<&Key>,
    webhook: &Webhook,
    pool: &str,
    desired: u32,
    at: Timestamp,
) -> Option<u16> {
    let body = json!({ "pool": pool, "desired_capacity": desired, "at_ms": at.as_ms() });
    match post(key?, webhook, &body.to_string()).await {
        Ok(status) => Some(status),
        Err(thrown) => {
            console_error!("the webhook of {pool}: {thrown:?}");
            None
        }
    }
}

async fn post(key: &Key, webhook: &Webhook, body: &str) -> Result<u16, JsValue> {
    let now_ms = platform::now().as_ms();
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("x-gomujul-timestamp", &now_ms.to_string())?;
    headers.set("x-gomujul-signature", &key.webhook(now_ms, body))?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(body));
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    let response = fetch(&format!("{}{}", webhook.url, webhook.path), &init).await?;
    if let Some(body) = response.body() {
        let _ = wasm_bindgen_futures::JsFuture::from(body.cancel()).await;
    }
    Ok(response.status())
}
