//! Events of the whole window: keys, pointers that left the canvas, paste, the address bar.

use super::focus;
use crate::editor::geometry::ScreenPoint;
use crate::editor::keymap::KeyPress;
use crate::editor::tool::{Button, Modifiers};
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast as _;
use web_sys::{
    ClipboardEvent, DragEvent, Element, Event, EventTarget, File, KeyboardEvent, MouseEvent,
    PointerEvent,
};

/// Calls `heard` for every event of this name at `target`, until the listener is dropped. The
/// handler may prevent the browser's own answer.
pub(crate) fn listen(
    target: &EventTarget,
    name: &'static str,
    heard: impl FnMut(&Event) + 'static,
) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, name, options, heard)
}

/// The key of a keyboard event.
pub(crate) fn key_press(event: &KeyboardEvent) -> KeyPress {
    KeyPress {
        key: event.key(),
        code: event.code(),
        modifiers: Modifiers {
            command: event.ctrl_key() || event.meta_key(),
            shift: event.shift_key(),
            alt: event.alt_key(),
        },
        composing: event.is_composing(),
    }
}

/// Whether a key belongs to the field, menu or button that has the focus and not to the editor.
pub(crate) fn is_taken(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let presses = matches!(event.key().as_str(), "Enter" | " ");
    focus::takes_keys(&element) || (presses && focus::is_pressed_by_keys(&element))
}

/// The keys held during a mouse or pointer event.
pub(crate) fn modifiers(event: &MouseEvent) -> Modifiers {
    Modifiers {
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
    }
}

/// Which button a press was of; `None` for buttons beyond the third.
pub(crate) fn button(event: &PointerEvent) -> Option<Button> {
    match event.button() {
        0 if is_finger(event) => Some(Button::Finger),
        0 => Some(Button::Primary),
        1 => Some(Button::Middle),
        2 => Some(Button::Secondary),
        _ => None,
    }
}

/// Whether a pointer is a finger.
pub(crate) fn is_finger(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// Where an event is, from the top left corner of `canvas`.
pub(crate) fn point_in(canvas: &Element, event: &MouseEvent) -> ScreenPoint {
    let rect = canvas.get_bounding_client_rect();
    ScreenPoint {
        x: f64::from(event.client_x()) - rect.left(),
        y: f64::from(event.client_y()) - rect.top(),
    }
}

/// The first file of a paste, unless a field takes it.
pub(crate) fn pasted_file(event: &Event) -> Option<File> {
    let event = event.dyn_ref::<ClipboardEvent>()?;
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target.is_some_and(|element| focus::takes_keys(&element)) {
        return None;
    }
    event.clipboard_data()?.files()?.get(0)
}

/// The first file of a drop. The browser would leave the page for it otherwise.
pub(crate) fn dropped_file(event: &Event) -> Option<File> {
    let event = event.dyn_ref::<DragEvent>()?;
    event.prevent_default();
    event.data_transfer()?.files()?.get(0)
}

/// The text of a paste, unless a field takes it.
pub(crate) fn pasted_text(event: &Event) -> Option<String> {
    let event = event.dyn_ref::<ClipboardEvent>()?;
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target.is_some_and(|element| focus::takes_keys(&element)) {
        return None;
    }
    let text = event.clipboard_data()?.get_data("text/plain").ok()?;
    (!text.trim().is_empty()).then_some(text)
}
