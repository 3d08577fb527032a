//! A drawing as a PNG picture: the browser paints the SVG.

use super::document;
use crate::editor::export::with_design;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, Url,
};

/// Pixels for one world unit: sharp on screens of today.
const SCALE: f64 = 2.0;
/// Browsers paint no canvas beyond this many pixels on a side.
const SIDE_MAX: f64 = 8_192.0;

/// Paints `svg` and calls `done` with a PNG file that carries `json`; with `None` if the browser
/// refuses.
pub(crate) fn png(svg: &str, json: String, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    let svg = svg.to_owned();
    spawn_local(async move {
        let painted = paint(&svg).await.ok();
        done(painted.and_then(|picture| with_design(&picture, &json)));
    });
}

async fn paint(svg: &str) -> Result<Vec<u8>, JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type("image/svg+xml");
    let parts = Array::of1(&JsValue::from_str(svg));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &properties)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let picture = paint_from(&url).await;
    Url::revoke_object_url(&url)?;
    picture
}

async fn paint_from(url: &str) -> Result<Vec<u8>, JsValue> {
    let image = HtmlImageElement::new()?;
    image.set_src(url);
    JsFuture::from(image.decode()).await?;
    let (width, height) = (f64::from(image.natural_width()), f64::from(image.natural_height()));
    let scale = SCALE.min(SIDE_MAX / width.max(height).max(1.0));
    let document = document().ok_or(JsValue::UNDEFINED)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    canvas.set_width((width * scale).round() as u32);
    canvas.set_height((height * scale).round() as u32);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or(JsValue::UNDEFINED)?.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(
        &image,
        0.0,
        0.0,
        width * scale,
        height * scale,
    )?;
    let blob = blob_of(&canvas).await?;
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

async fn blob_of(canvas: &HtmlCanvasElement) -> Result<Blob, JsValue> {
    let mut refused = None;
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        let painted = Closure::once_into_js(move |blob: JsValue| {
            // Settling a promise cannot fail.
            let _ = if blob.is_null() {
                reject.call1(&JsValue::UNDEFINED, &blob)
            } else {
                resolve.call1(&JsValue::UNDEFINED, &blob)
            };
        });
        refused = canvas.to_blob(painted.unchecked_ref()).err();
    });
    if let Some(error) = refused {
        return Err(error);
    }
    JsFuture::from(promise).await?.dyn_into::<Blob>()
}
