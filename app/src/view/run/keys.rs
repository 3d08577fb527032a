//! The space bar plays and pauses.
//!
//! On the canvas, space held down is also the hand that drags the drawing, so it is the short
//! press without any pointer in between that counts.

use crate::run::RunAction;
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

/// A press longer than this was for the hand.
const PRESS_MAX_MS: f64 = 400.0;
/// Elements that use the space bar themselves.
const TAKERS: &str = "input, select, textarea, button, a, summary, [contenteditable=true], \
                      [role=button], [role=tab], dialog";

/// Listens for the space bar as long as the component lives.
#[hook]
pub(super) fn use_space_bar(send: Callback<RunAction>) {
    use_effect_with(send, |send| {
        let pressed_ms = Rc::new(Cell::new(None::<f64>));
        let listeners = web_sys::window().map(|window| {
            let down = listen(&window, "keydown", {
                let pressed_ms = Rc::clone(&pressed_ms);
                move |event| {
                    let key = event.dyn_ref::<KeyboardEvent>();
                    let is_press = key.is_some_and(|key| {
                        let modified = key.ctrl_key() || key.alt_key() || key.meta_key();
                        key.code() == "Space" && !key.repeat() && !key.is_composing() && !modified
                    });
                    if is_press && !is_taken(event) {
                        // Otherwise the page would scroll.
                        event.prevent_default();
                        pressed_ms.set(Some(event.time_stamp()));
                    }
                }
            });
            let pointer = listen(&window, "pointerdown", {
                let pressed_ms = Rc::clone(&pressed_ms);
                move |_| pressed_ms.set(None)
            });
            let up = listen(&window, "keyup", {
                let send = send.clone();
                move |event| {
                    let is_space = |key: &KeyboardEvent| key.code() == "Space";
                    if !event.dyn_ref::<KeyboardEvent>().is_some_and(is_space) {
                        return;
                    }
                    let held_ms = pressed_ms.take().map(|ms| event.time_stamp() - ms);
                    if held_ms.is_some_and(|ms| ms <= PRESS_MAX_MS) {
                        send.emit(RunAction::Toggle);
                    }
                }
            });
            [down, pointer, up]
        });
        move || drop(listeners)
    });
}

fn listen(
    window: &web_sys::Window,
    kind: &'static str,
    callback: impl FnMut(&Event) + 'static,
) -> EventListener {
    // Before the canvas, which may stop the event on its way.
    let options =
        EventListenerOptions { phase: gloo_events::EventListenerPhase::Capture, passive: false };
    EventListener::new_with_options(window, kind, options, callback)
}

fn is_taken(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.and_then(|target| target.closest(TAKERS).ok()).flatten().is_some()
}
