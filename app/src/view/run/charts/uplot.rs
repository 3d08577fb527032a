//! The chart library, as far as it is used here: uPlot 1.6, loaded by `www/index.html`.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// A chart in the document.
    #[wasm_bindgen(js_name = uPlot)]
    pub(super) type UPlot;

    /// Draws `data` (x values, then each line's) into `target`.
    #[wasm_bindgen(constructor, js_class = "uPlot", catch)]
    pub(super) fn new(
        options: &Object,
        data: &Array,
        target: &HtmlElement,
    ) -> Result<UPlot, JsValue>;

    /// Replaces the data.
    #[wasm_bindgen(method, js_name = setData)]
    pub(super) fn set_data(this: &UPlot, data: &Array);

    /// Changes the size of the canvas.
    #[wasm_bindgen(method, js_name = setSize)]
    pub(super) fn set_size(this: &UPlot, size: &Object);

    /// Removes the chart and its listeners.
    #[wasm_bindgen(method)]
    pub(super) fn destroy(this: &UPlot);

    /// Ways to connect points.
    #[wasm_bindgen(static_method_of = UPlot, js_class = "uPlot", getter)]
    pub(super) fn paths() -> Paths;

    /// Ways to connect points.
    pub(super) type Paths;

    /// Makes one that goes in steps.
    #[wasm_bindgen(method)]
    pub(super) fn stepped(this: &Paths, options: &Object) -> JsValue;

    /// The cursor.
    #[wasm_bindgen(method, getter)]
    pub(super) fn cursor(this: &UPlot) -> Cursor;

    /// Where the reader points.
    pub(super) type Cursor;

    /// Index of the sample pointed at.
    #[wasm_bindgen(method, getter)]
    pub(super) fn idx(this: &Cursor) -> Option<f64>;
}

/// An object of the language that the library speaks.
pub(super) fn object<const N: usize>(fields: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (key, value) in fields {
        // Setting a field of a plain object cannot fail.
        let _set = Reflect::set(&object, &key.into(), &value);
    }
    object
}

/// An array of numbers, with `null` for gaps.
pub(super) fn column(values: impl Iterator<Item = Option<f64>>) -> JsValue {
    values.map(|value| value.map_or(JsValue::NULL, JsValue::from_f64)).collect::<Array>().into()
}
