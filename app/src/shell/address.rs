//! The address bar. The design is in the fragment, which browsers never send to a server.

use super::window;
use wasm_bindgen::JsValue;

/// The fragment without its `#`; empty if there is none.
pub(crate) fn fragment() -> String {
    let hash = window().and_then(|window| window.location().hash().ok());
    hash.map(|hash| hash.trim_start_matches('#').to_owned()).unwrap_or_default()
}

/// The page's address with another fragment.
pub(crate) fn with_fragment(fragment: &str) -> String {
    let href = window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    format!("{page}#{fragment}")
}

/// The query, with its `?`.
pub(crate) fn query() -> String {
    window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// The page's address without query and fragment.
pub(crate) fn page() -> String {
    let href = window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    href.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// Shows another fragment without a step in the browser's history and without an event.
pub(crate) fn show_fragment(fragment: &str) {
    replace(&with_fragment(fragment));
}

/// Leaves for another page.
pub(crate) fn go_to(url: &str) {
    if let Some(window) = window() {
        // Refused for addresses that are none, and the page has none of those.
        let _ = window.location().assign(url);
    }
}

/// Takes the fragment away.
pub(crate) fn clear_fragment() {
    replace(with_fragment("").trim_end_matches('#'));
}

fn replace(url: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        // Refused for other origins only, and this is the page's own.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}
