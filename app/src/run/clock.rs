//! The wall clock of whichever global scope this runs in: page or worker.

use js_sys::{Date, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Performance;

/// Where wall time comes from; tests bring their own.
pub trait WallTime {
    /// Now, milliseconds. Only differences mean anything.
    fn now_ms(&self) -> f64;
}

/// A monotonic clock in milliseconds.
#[derive(Clone, Debug)]
pub(super) struct WallClock {
    performance: Option<Performance>,
}

impl WallClock {
    /// The clock of the global scope; `Date` where it has no `performance`.
    pub(super) fn of_global_scope() -> Self {
        let performance = Reflect::get(&global(), &JsValue::from_str("performance"));
        Self { performance: performance.ok().and_then(|value| value.dyn_into().ok()) }
    }
}

impl WallTime for WallClock {
    fn now_ms(&self) -> f64 {
        self.performance.as_ref().map_or_else(Date::now, Performance::now)
    }
}
