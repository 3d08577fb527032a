//! Fetches the words of a language: they are a file beside the program, so that nobody downloads
//! those of a language that they do not read.
//!
//! `cargo xtask build page` puts the files of `www/locales` together. `index.html` asks for the file
//! of the reader's language while the program itself is on its way, and the page does not begin
//! before it is here.

use super::window;
use crate::i18n::{self, Locale};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;

/// How often a file is asked for.
const TRIES: u32 = 3;

/// Calls `then` when the words of `locale` are here, with whether they are: the connection may have
/// gone.
pub(crate) fn with_words(locale: Locale, then: impl FnOnce(bool) + 'static) {
    if i18n::is_known(locale) {
        return then(true);
    }
    spawn_local(async move {
        for _ in 0..TRIES {
            if let Ok(source) = fetch(locale).await {
                i18n::learn(locale, &source);
                return then(true);
            }
        }
        then(false);
    });
}

/// The file of a language; anything but a file that is there is an error.
async fn fetch(locale: Locale) -> Result<String, JsValue> {
    let window = window().ok_or(JsValue::UNDEFINED)?;
    let path = format!("words-{}.txt", locale.tag());
    let response = JsFuture::from(window.fetch_with_str(&path)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    JsFuture::from(response.text()?).await?.as_string().ok_or(JsValue::UNDEFINED)
}
