//! Drives a session from the event loop of its web worker.

use super::clock::WallClock;
use super::protocol::{FromWorker, ToWorker};
use super::session::{Next, Session};
use super::ticker::Ticker;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// A session and the ticker that calls it.
pub(super) struct Driver {
    session: RefCell<Session>,
    clock: WallClock,
    ticker: Ticker,
    send: Box<dyn Fn(FromWorker)>,
}

impl Driver {
    /// A driver that passes its session's reports to `send`. `send` is never called from within
    /// [`Self::handle`].
    pub(super) fn start(send: impl Fn(FromWorker) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|driver: &Weak<Self>| {
            let driver = driver.clone();
            let tick = move || {
                if let Some(driver) = driver.upgrade() {
                    driver.tick();
                }
            };
            Self {
                session: RefCell::default(),
                clock: WallClock::of_global_scope(),
                ticker: Ticker::new(tick),
                send: Box::new(send),
            }
        })
    }

    /// Takes a message.
    pub(super) fn handle(&self, message: ToWorker) {
        self.session.borrow_mut().handle(message);
        self.ticker.plan(Next::Now);
    }

    fn tick(&self) {
        let (run, reports, next) = {
            let mut session = self.session.borrow_mut();
            let (reports, next) = session.tick(&self.clock);
            (session.run(), reports, next)
        };
        // Planned first: a report may lead to a message back at once, which plans again.
        self.ticker.plan(next);
        for report in reports {
            (self.send)(FromWorker::Report { run, report });
        }
    }
}
