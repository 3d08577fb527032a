//! Where a simulation runs: in a web worker, never on the page, which would stand still meanwhile
//! and would have to carry the whole engine in its download.

use super::protocol::{self, FromWorker, PROTOCOL_VERSION, ToWorker};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// The worker's loader, beside the page.
const WORKER_URL: &str = "sim_worker_loader.js";
/// A worker that has not said that it is ready after this long does not come: a browser that
/// compiles wasm in a worker at all does so in a second or two.
const READY_WITHIN_MS: u32 = 15_000;

/// What a host tells its controller.
#[derive(Debug)]
pub(super) enum HostEvent {
    /// A message of the simulation.
    Message(FromWorker),
    /// No worker starts here.
    NeverStarted,
    /// A worker that was ready has died.
    Died,
    /// The worker is of another version than the page.
    OtherVersion,
}

/// A web worker and what listens to it. Dropping it ends the worker.
pub(super) struct Host {
    /// `None` where the browser refuses to make one.
    worker: Option<WorkerHost>,
    /// Says so, once whoever started the host can hear it.
    _refused: Option<Timeout>,
}

impl Host {
    /// Starts a worker. `notify` is never called before this returns.
    pub(super) fn start(notify: Rc<dyn Fn(HostEvent)>) -> Self {
        match WorkerHost::start(Rc::clone(&notify)) {
            Ok(worker) => Self { worker: Some(worker), _refused: None },
            Err(_) => {
                let refused = Timeout::new(0, move || notify(HostEvent::NeverStarted));
                Self { worker: None, _refused: Some(refused) }
            }
        }
    }

    /// Hands a message over. Answers never come before this returns.
    pub(super) fn send(&self, message: ToWorker) {
        if let Some(worker) = &self.worker {
            worker.send(message);
        }
    }
}

struct WorkerHost {
    worker: Worker,
    /// Messages for a worker that is not ready yet; `None` once it is.
    waiting: Rc<RefCell<Option<Vec<ToWorker>>>>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
    _deadline: Timeout,
}

impl WorkerHost {
    fn start(notify: Rc<dyn Fn(HostEvent)>) -> Result<Self, wasm_bindgen::JsValue> {
        let worker = Worker::new(WORKER_URL)?;
        let waiting = Rc::new(RefCell::new(Some(Vec::new())));
        let given_up = Rc::new(Cell::new(false));
        let on_message = {
            let (worker, waiting, notify) = (worker.clone(), Rc::clone(&waiting), notify.clone());
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let bytes = Uint8Array::new(&event.data()).to_vec();
                let message = protocol::decode(&bytes);
                if let Ok(FromWorker::Ready { protocol_version, engine_version }) = message {
                    let versions = (protocol_version, engine_version);
                    if versions != (PROTOCOL_VERSION, shared::ENGINE_VERSION) {
                        notify(HostEvent::OtherVersion);
                        return;
                    }
                    for message in waiting.take().into_iter().flatten() {
                        post(&worker, &message);
                    }
                    return;
                }
                notify(message.map_or(HostEvent::OtherVersion, HostEvent::Message));
            })
        };
        let on_error = {
            let (waiting, given_up, notify) =
                (Rc::clone(&waiting), Rc::clone(&given_up), notify.clone());
            Closure::<dyn Fn(ErrorEvent)>::new(move |_: ErrorEvent| {
                // One crash may be followed by the errors of messages still on their way.
                if given_up.replace(true) {
                    return;
                }
                let ready = waiting.borrow().is_none();
                notify(if ready { HostEvent::Died } else { HostEvent::NeverStarted });
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let deadline = {
            let waiting = Rc::clone(&waiting);
            Timeout::new(READY_WITHIN_MS, move || {
                if waiting.borrow().is_some() && !given_up.replace(true) {
                    notify(HostEvent::NeverStarted);
                }
            })
        };
        Ok(Self {
            worker,
            waiting,
            _on_message: on_message,
            _on_error: on_error,
            _deadline: deadline,
        })
    }

    fn send(&self, message: ToWorker) {
        match self.waiting.borrow_mut().as_mut() {
            Some(waiting) => waiting.push(message),
            None => post(&self.worker, &message),
        }
    }
}

impl Drop for WorkerHost {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Posts a message as bytes whose buffer moves instead of being copied. It fails only for a
/// mistake of the program; the worker then answers nothing, and the page stays usable.
fn post(worker: &Worker, message: &ToWorker) {
    let Ok(bytes) = protocol::encode(message) else { return };
    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
    if let Err(error) = worker.post_message_with_transfer(&buffer, &Array::of1(&buffer)) {
        web_sys::console::error_1(&error);
    }
}
