//! The one value that lives as long as the isolate.

use crate::state::State;
use crate::store::Store;
use crate::{config, platform};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use worker::{Context, Env, console_error};

thread_local! {
    static ISOLATE: OnceCell<Rc<Isolate>> = const { OnceCell::new() };
}

/// Made from the first request or cron run. A new configuration is a new deployment, and that
/// starts new isolates.
#[derive(Debug)]
pub(crate) enum Isolate {
    /// It runs. Never borrow across an `await`: other requests run there.
    Ready(Box<RefCell<State>>),
    /// The configuration was refused; says why.
    Misconfigured(String),
}

impl Isolate {
    /// The isolate's own.
    pub(crate) fn of(env: &Env) -> Rc<Self> {
        ISOLATE.with(|cell| Rc::clone(cell.get_or_init(|| Rc::new(Self::new(env)))))
    }

    fn new(env: &Env) -> Self {
        let state = config::read(env).and_then(|config| {
            State::new(config, platform::random()).map_err(|error| error.to_string())
        });
        match state {
            Ok(state) => Self::Ready(Box::new(RefCell::new(state))),
            Err(message) => {
                console_error!("{message}");
                Self::Misconfigured(message)
            }
        }
    }

    /// Reads the health document when it is due, behind the request that noticed: the request
    /// itself does not wait, and no failure of the store reaches it.
    pub(crate) fn refresh_behind(self: &Rc<Self>, env: &Env, context: &Context) {
        let Self::Ready(state) = &**self else { return };
        if !state.borrow_mut().wants_document(platform::now()) {
            return;
        }
        let refresh_s = state.borrow().config.health_refresh_s;
        let (isolate, env) = (Rc::clone(self), env.clone());
        context.wait_until(async move {
            let (reading, document) = Store::of(&env).read(refresh_s).await;
            if let Self::Ready(state) = &*isolate {
                state.borrow_mut().learn(platform::now(), reading, document);
            }
        });
    }
}
