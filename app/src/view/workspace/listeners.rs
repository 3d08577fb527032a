//! Events that belong to the whole window.

use super::{Msg, Workspace, start};
use crate::editor::tool::{Phase, PointerEvent as CanvasPointer};
use crate::editor::{Message, keymap};
use crate::shell::{events, window};
use gloo_events::EventListener;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent, StorageEvent, WheelEvent};
use yew::html::Scope;
use yew::prelude::*;

/// Pixels of a line and of a page, for wheels that count in those.
const WHEEL_UNITS: [f64; 3] = [1.0, 16.0, 400.0];

/// Listens to the window until the listeners are dropped.
pub(super) fn listen(link: &Scope<Workspace>, canvas: &NodeRef) -> Vec<EventListener> {
    let Some(window) = window() else { return Vec::new() };
    let on = |name: &'static str, heard: fn(&Scope<Workspace>, &NodeRef, &Event)| {
        let (link, canvas) = (link.clone(), canvas.clone());
        events::listen(&window, name, move |event| heard(&link, &canvas, event))
    };
    let mut listeners = vec![
        on("pointermove", |link, canvas, event| pointer(link, canvas, event, Phase::Move)),
        on("pointerup", |link, canvas, event| pointer(link, canvas, event, Phase::Up)),
        on("pointercancel", |link, _, _| link.send_message(Msg::FingersGone)),
        on("blur", |link, _, _| link.send_message(Msg::Editor(Message::Cancel))),
        on("keydown", |link, _, event| key_down(link, event)),
        on("keyup", |link, _, event| key_up(link, event)),
        on("paste", |link, _, event| {
            if let Some(file) = events::pasted_file(event) {
                return link.send_message(Msg::FileGiven(file));
            }
            if let Some(text) = events::pasted_text(event) {
                link.send_message(Msg::Editor(Message::Paste(text)));
            }
        }),
        on("dragover", |_, _, event| event.prevent_default()),
        on("drop", |link, _, event| {
            if let Some(file) = events::dropped_file(event) {
                link.send_message(Msg::FileGiven(file));
            }
        }),
        on("storage", |link, _, event| {
            let event = event.dyn_ref::<StorageEvent>();
            let message = event.and_then(|it| Workspace::storage_message(it.key(), it.new_value()));
            if let Some(message) = message {
                link.send_message(message);
            }
        }),
        on("hashchange", |link, _, _| {
            if let Some(message) = start::fragment_message() {
                link.send_message(Msg::Editor(message));
            }
        }),
        on("pagehide", |link, _, _| link.send_message(Msg::SaveNow)),
    ];
    // On the canvas itself: the window's wheel is passive, and the browser would zoom the page.
    if let Some(element) = canvas.cast::<Element>() {
        let (link, canvas) = (link.clone(), canvas.clone());
        listeners
            .push(events::listen(&element, "wheel", move |event| wheel(&link, &canvas, event)));
    }
    listeners
}

fn pointer(link: &Scope<Workspace>, canvas: &NodeRef, event: &Event, phase: Phase) {
    let (Some(element), Some(event)) = (canvas.cast::<Element>(), event.dyn_ref::<MouseEvent>())
    else {
        return;
    };
    let at = events::point_in(&element, event);
    let pointer = CanvasPointer { phase, at, modifiers: events::modifiers(event) };
    link.send_message(match event.dyn_ref::<PointerEvent>() {
        Some(event) if events::is_finger(event) => Msg::Finger(event.pointer_id(), pointer),
        _ => Msg::Gesture(pointer),
    });
}

fn wheel(link: &Scope<Workspace>, canvas: &NodeRef, event: &Event) {
    let (Some(element), Some(wheel)) = (canvas.cast::<Element>(), event.dyn_ref::<WheelEvent>())
    else {
        return;
    };
    event.prevent_default();
    let unit = WHEEL_UNITS.get(wheel.delta_mode() as usize).copied().unwrap_or(1.0);
    let (mut dx, mut dy) = (wheel.delta_x() * unit, wheel.delta_y() * unit);
    // A wheel with Shift turns sideways where the system does not do so by itself.
    if wheel.shift_key() && dx == 0.0 {
        (dx, dy) = (dy, 0.0);
    }
    let at = events::point_in(&element, wheel);
    // Browsers report a pinch on a touchpad as a wheel with Ctrl.
    let zoom = wheel.ctrl_key() || wheel.meta_key();
    link.send_message(Msg::Editor(Message::Wheel { at, dx, dy, zoom }));
}

fn key_down(link: &Scope<Workspace>, event: &Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
    let press = events::key_press(key);
    if events::is_taken(key) || press.composing {
        return;
    }
    if press.key == " " {
        // The page must not scroll under a hand that moves the canvas.
        event.prevent_default();
        link.send_message(Msg::Editor(Message::HoldSpace(true)));
    } else if let Some(id) = keymap::action_for(&press) {
        event.prevent_default();
        link.send_message(Msg::Editor(Message::Act(id)));
    }
}

fn key_up(link: &Scope<Workspace>, event: &Event) {
    if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == " ") {
        link.send_message(Msg::Editor(Message::HoldSpace(false)));
    }
}
