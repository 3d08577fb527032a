//! Calls back after waiting messages have had their turn, or after a while.
//!
//! `setTimeout(0)` waits at least 4 ms once timers nest; a message to oneself through a
//! `MessageChannel` waits for nothing but the messages before it. Both exist in pages and workers.

use super::session::Next;
use gloo_timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessagePort};

/// Plans calls of one function, at most one at a time.
pub(super) struct Ticker {
    call: Rc<dyn Fn()>,
    /// Where messages to oneself go in; `None` where there is no `MessageChannel`.
    port: Option<MessagePort>,
    /// Such a message is on its way.
    posted: Rc<Cell<bool>>,
    timeout: RefCell<Option<Timeout>>,
    /// Called at the other end of the channel for as long as the ticker lives.
    _on_message: Closure<dyn Fn()>,
}

impl Ticker {
    /// A ticker that calls `call`. `call` may plan the next call.
    pub(super) fn new(call: impl Fn() + 'static) -> Self {
        let call: Rc<dyn Fn()> = Rc::new(call);
        let posted = Rc::new(Cell::new(false));
        let on_message = {
            let (call, posted) = (Rc::clone(&call), Rc::clone(&posted));
            Closure::<dyn Fn()>::new(move || {
                posted.set(false);
                call();
            })
        };
        let port = MessageChannel::new().ok().map(|channel| {
            // Setting `onmessage` also starts the port.
            channel.port1().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            channel.port2()
        });
        Self { call, port, posted, timeout: RefCell::default(), _on_message: on_message }
    }

    /// Replaces the planned call.
    pub(super) fn plan(&self, next: Next) {
        let delay_ms = match next {
            Next::Now if self.posted.get() => None,
            Next::Now => match &self.port {
                Some(port) if port.post_message(&JsValue::NULL).is_ok() => {
                    self.posted.set(true);
                    None
                }
                _ => Some(0),
            },
            Next::In(ms) => Some(ms),
            Next::Never => None,
        };
        let timeout = delay_ms.map(|ms| {
            let call = Rc::clone(&self.call);
            Timeout::new(ms, move || call())
        });
        // Dropping the old timeout cancels it.
        self.timeout.replace(timeout);
    }
}
