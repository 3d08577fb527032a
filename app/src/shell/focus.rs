//! The keyboard focus.

use super::document;
use crate::editor::FocusTarget;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, SvgElement};

/// The element called `id` gets the focus.
pub(crate) fn move_to(target: FocusTarget) {
    let selector = match target {
        FocusTarget::Canvas => "#canvas".to_owned(),
        FocusTarget::Node(id) => format!("#node-{}", id.0),
        FocusTarget::Inspector => "#inspector :is(input, select, textarea)".to_owned(),
    };
    let found = document().and_then(|document| document.query_selector(&selector).ok().flatten());
    let Some(element) = found else { return };
    // The focus is a convenience: nothing is lost when a hidden element refuses it.
    let _ = match element.dyn_into::<HtmlElement>() {
        Ok(element) => element.focus(),
        Err(element) => element.dyn_into::<SvgElement>().map_or(Ok(()), |element| element.focus()),
    };
}

/// What is in the element called `id` shows from its beginning.
pub(crate) fn scroll_to_top(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        element.set_scroll_top(0);
    }
}

/// Whether keys belong to what has the focus: a field that takes text, a menu, a dialog.
pub(crate) fn takes_keys(element: &Element) -> bool {
    const FIELDS: &str = "input:not([type=range]):not([type=checkbox]), textarea, select, \
                          [contenteditable=true], dialog, [role=dialog], [role=menu]";
    element.closest(FIELDS).ok().flatten().is_some()
}

/// Whether Enter and Space press what has the focus.
pub(crate) fn is_pressed_by_keys(element: &Element) -> bool {
    let pressed = "button, a[href], summary, [role=button], [role=tab], input";
    element.closest(pressed).ok().flatten().is_some()
}
