//! The only door to the browser: storage, clipboard, address bar, files, theme, keys.
//!
//! Everything here may be refused by the browser (no storage in a private window, no clipboard
//! without a gesture), so everything returns an error that the page can show.

mod animation;
mod object;

pub(crate) mod address;
pub(crate) mod clipboard;
pub(crate) mod crash;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod focus;
pub(crate) mod http;
pub(crate) mod library;
pub(crate) mod picture;
pub(crate) mod prefs;
pub(crate) mod storage;
pub(crate) mod words;

pub(crate) use animation::Animation;
pub(crate) use object::object;
use web_sys::{Document, Window};

/// The window. The page runs in no other place, but tests of views run without one.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// Whether the reader's system asks for no motion.
pub(crate) fn prefers_no_motion() -> bool {
    let query = |window: Window| window.match_media("(prefers-reduced-motion: reduce)").ok()?;
    window().and_then(query).is_some_and(|query| query.matches())
}

/// The document of the window.
pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// `text` in small letters, of any script. By the browser, which has the tables for that.
pub(crate) fn lowercase(text: &str) -> String {
    if cfg!(target_arch = "wasm32") {
        js_sys::JsString::from(text).to_lower_case().into()
    } else {
        text.to_lowercase()
    }
}
