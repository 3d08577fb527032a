//! The chart library, as far as it is used here: uPlot 1.6, loaded by `www/index.html`.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlElement};

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

    /// Shows or hides a line; the first is number 1.
    #[wasm_bindgen(method, js_name = setSeries)]
    pub(super) fn set_series(this: &UPlot, number: u32, options: &Object);

    /// What it paints on.
    #[wasm_bindgen(method, getter)]
    pub(super) fn ctx(this: &UPlot) -> CanvasRenderingContext2d;

    /// Where the lines are on the canvas, in its own pixels.
    #[wasm_bindgen(method, getter)]
    pub(super) fn bbox(this: &UPlot) -> Rect;

    /// What the reader has marked by dragging, in pixels of the page.
    #[wasm_bindgen(method, getter)]
    pub(super) fn select(this: &UPlot) -> Rect;

    /// Marks something else.
    #[wasm_bindgen(method, js_name = setSelect)]
    pub(super) fn set_select(this: &UPlot, options: &Object, tell: bool);

    /// The pixel of a value.
    #[wasm_bindgen(method, js_name = valToPos)]
    pub(super) fn val_to_pos(this: &UPlot, value: f64, scale: &str, of_canvas: bool) -> f64;

    /// The value at a pixel of the page.
    #[wasm_bindgen(method, js_name = posToVal)]
    pub(super) fn pos_to_val(this: &UPlot, position: f64, scale: &str) -> f64;

    /// A part of the chart.
    pub(super) type Rect;

    /// Left edge.
    #[wasm_bindgen(method, getter)]
    pub(super) fn left(this: &Rect) -> f64;

    /// Upper edge.
    #[wasm_bindgen(method, getter)]
    pub(super) fn top(this: &Rect) -> f64;

    /// Width.
    #[wasm_bindgen(method, getter)]
    pub(super) fn width(this: &Rect) -> f64;

    /// Height.
    #[wasm_bindgen(method, getter)]
    pub(super) fn height(this: &Rect) -> f64;

    /// The cursor.
    #[wasm_bindgen(method, getter)]
    pub(super) fn cursor(this: &UPlot) -> Cursor;

    /// Where the reader points.
    pub(super) type Cursor;

    /// Index of the sample pointed at.
    #[wasm_bindgen(method, getter)]
    pub(super) fn idx(this: &Cursor) -> Option<f64>;
}

/// An array of numbers, with `null` for gaps.
pub(super) fn column(values: impl Iterator<Item = Option<f64>>) -> JsValue {
    values.map(|value| value.map_or(JsValue::NULL, JsValue::from_f64)).collect::<Array>().into()
}
