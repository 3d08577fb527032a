//! Files: offered for download, and opened.

use super::document;
use crate::editor::export::FILE_BYTES_MAX;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// Offers `text` as a file of a media type.
///
/// # Errors
///
/// What the browser says.
pub(crate) fn download(file_name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    let parts = Array::of1(&JsValue::from_str(text));
    offer(file_name, &Blob::new_with_str_sequence_and_options(&parts, &properties)?)
}

/// Offers bytes as a file of a media type.
///
/// # Errors
///
/// What the browser says.
pub(crate) fn download_bytes(
    file_name: &str,
    media_type: &str,
    bytes: &[u8],
) -> Result<(), JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    offer(file_name, &Blob::new_with_u8_array_sequence_and_options(&parts, &properties)?)
}

fn offer(file_name: &str, blob: &Blob) -> Result<(), JsValue> {
    let document = document().ok_or(JsValue::UNDEFINED)?;
    let url = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(file_name);
    anchor.click();
    Url::revoke_object_url(&url)
}

/// Reads a file and calls `done` with its bytes; `None` if it cannot be read or is too large.
pub(crate) fn read(file: &File, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    if file.size() > FILE_BYTES_MAX {
        return done(None);
    }
    let promise = file.array_buffer();
    spawn_local(async move {
        let buffer = JsFuture::from(promise).await.ok();
        done(buffer.map(|buffer| Uint8Array::new(&buffer).to_vec()));
    });
}
