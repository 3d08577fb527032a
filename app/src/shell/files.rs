//! Files: offered for download, and opened.

use super::document;
use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// Offers `text` as a file of a media type.
///
/// # Errors
///
/// What the browser says.
pub(crate) fn download(file_name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    let document = document().ok_or(JsValue::UNDEFINED)?;
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &properties)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(file_name);
    anchor.click();
    Url::revoke_object_url(&url)
}

/// Reads a file as text and calls `done` with it; `None` if it cannot be read.
pub(crate) fn read(file: &File, done: impl FnOnce(Option<String>) + 'static) {
    let promise = file.text();
    spawn_local(async move {
        done(JsFuture::from(promise).await.ok().and_then(|text| text.as_string()));
    });
}
