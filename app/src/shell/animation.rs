//! Calls back before every paint, for as long as there is something to animate.

use std::cell::{Cell, OnceCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// A function that is called before each paint until it says that nothing moves any more.
/// Browsers call it less often or not at all while the page is hidden. Dropping it ends it.
pub(crate) struct Animation(Rc<Inner>);

struct Inner {
    /// Takes the time in milliseconds; `false` ends the calls until the next [`Animation::wake`].
    step: Box<dyn Fn(f64) -> bool>,
    /// The request that is on its way.
    asked: Cell<Option<i32>>,
    on_paint: OnceCell<Closure<dyn Fn(f64)>>,
}

impl Animation {
    /// Nothing is called before [`Self::wake`].
    pub(crate) fn new(step: impl Fn(f64) -> bool + 'static) -> Self {
        let inner = Rc::new_cyclic(|inner: &Weak<Inner>| {
            let inner = inner.clone();
            let on_paint = Closure::new(move |now_ms| {
                if let Some(inner) = inner.upgrade() {
                    inner.asked.set(None);
                    if (inner.step)(now_ms) {
                        inner.ask();
                    }
                }
            });
            Inner { step: Box::new(step), asked: Cell::new(None), on_paint: on_paint.into() }
        });
        Self(inner)
    }

    /// Something may move again.
    pub(crate) fn wake(&self) {
        self.0.ask();
    }
}

impl Inner {
    fn ask(&self) {
        if self.asked.get().is_some() {
            return;
        }
        let on_paint = self.on_paint.get().map(|closure| closure.as_ref().unchecked_ref());
        if let (Some(window), Some(on_paint)) = (super::window(), on_paint) {
            self.asked.set(window.request_animation_frame(on_paint).ok());
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let (Some(window), Some(asked)) = (super::window(), self.asked.get()) {
            // Fails only if there is no such request.
            let _cancelled = window.cancel_animation_frame(asked);
        }
    }
}
