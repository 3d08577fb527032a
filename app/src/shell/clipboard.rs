//! The clipboard.

use super::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Copies `text` and then calls `done` with whether the browser allowed it. It does not outside of
/// a secure context, or when nobody pressed anything.
pub(crate) fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    // The property is missing outside of secure contexts, although its type says otherwise.
    let clipboard = window()
        .map(|window| window.navigator().clipboard())
        .filter(|clipboard| !JsValue::from(clipboard).is_undefined());
    let Some(clipboard) = clipboard else { return done(false) };
    let promise = clipboard.write_text(text);
    spawn_local(async move { done(JsFuture::from(promise).await.is_ok()) });
}
