//! When the page itself fails: say so, and hand the design out.
//!
//! After a panic nothing of the page can be trusted, so the panel is made of plain elements here and
//! needs neither Yew nor the editor. The last design that was kept is in a cell of its own.

use super::{document, files, prefs};
use crate::i18n::text;
use shared::design::{Design, to_json};
use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement};

thread_local! {
    static LAST_DESIGN: RefCell<Option<Rc<Design>>> = const { RefCell::new(None) };
}

/// Remembers the design that a crash shall hand out.
pub(crate) fn remember(design: &Rc<Design>) {
    LAST_DESIGN.set(Some(Rc::clone(design)));
}

/// From now on a panic shows the panel.
pub(crate) fn install() {
    // Through Yew, which otherwise puts a hook of its own in this one's place.
    yew::set_custom_panic_hook(Box::new(|info| {
        report(info);
        // Without a document there is nobody to tell but the console.
        let _ = document().ok_or(JsValue::UNDEFINED).and_then(|document| show(&document, info));
    }));
}

fn report(info: &PanicHookInfo<'_>) {
    web_sys::console::error_1(&JsValue::from_str(&info.to_string()));
}

fn show(document: &Document, info: &PanicHookInfo<'_>) -> Result<(), JsValue> {
    if document.get_element_by_id("crash").is_some() {
        return Ok(());
    }
    let locale = prefs::locale();
    let panel = document.create_element("div")?;
    panel.set_id("crash");
    panel.set_attribute("role", "alertdialog")?;
    panel.set_attribute("aria-labelledby", "crash-title")?;
    let title = append(document, &panel, "h1", &text(locale, "crash-title"))?;
    title.set_id("crash-title");
    append(document, &panel, "p", &text(locale, "crash-text"))?;
    append(document, &panel, "pre", &info.to_string())?;
    let design = LAST_DESIGN.with_borrow(|design| design.as_ref().map(|design| to_json(design)));
    if let Some(json) = design {
        button(document, &panel, &text(locale, "crash-download"), move || {
            // Refused downloads show in the browser's own bar.
            let _ = files::download("design.gomujul.json", "application/json", &json);
        })?;
    }
    button(document, &panel, &text(locale, "crash-reload"), || {
        if let Some(window) = super::window() {
            // Refused only when the page is being left.
            let _ = window.location().reload();
        }
    })?;
    document.body().ok_or(JsValue::UNDEFINED)?.append_child(&panel)?;
    Ok(())
}

fn append(document: &Document, to: &Element, tag: &str, words: &str) -> Result<Element, JsValue> {
    let element = document.create_element(tag)?;
    element.set_text_content(Some(words));
    to.append_child(&element)?;
    Ok(element)
}

fn button(
    document: &Document,
    to: &Element,
    label: &str,
    pressed: impl Fn() + 'static,
) -> Result<(), JsValue> {
    let button: HtmlElement = append(document, to, "button", label)?.unchecked_into();
    let pressed = Closure::<dyn Fn()>::new(pressed);
    button.set_onclick(Some(pressed.as_ref().unchecked_ref()));
    // The panel stays until the page is left, and so must what its buttons do.
    pressed.forget();
    Ok(())
}
