//! Something that hears of events and has a state that components show: the run, the lab.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// What has a state to show.
pub(super) trait Publishes {
    /// What components see.
    type State: Clone;
    /// What it hears of by itself, from its hosts.
    type Event;

    /// What the page should show.
    fn state(&self) -> &Self::State;

    /// Takes an event.
    fn event(&mut self, event: Self::Event);
}

/// Such a thing, and the way to tell Yew about its state.
pub(super) struct Published<T: Publishes> {
    thing: RefCell<T>,
    publish: Box<dyn Fn(Rc<T::State>)>,
}

impl<T: Publishes + 'static> Published<T> {
    /// What `make` makes of the function that its hosts are to call. They must not call it before
    /// `make` returns.
    pub(super) fn start(
        make: impl FnOnce(Rc<dyn Fn(T::Event)>) -> T,
        publish: impl Fn(Rc<T::State>) + 'static,
    ) -> Rc<Self> {
        Rc::new_cyclic(|published: &Weak<Self>| {
            let published = published.clone();
            let notify = move |event: T::Event| {
                if let Some(published) = published.upgrade() {
                    published.with(|thing| thing.event(event));
                }
            };
            Self { thing: RefCell::new(make(Rc::new(notify))), publish: Box::new(publish) }
        })
    }

    /// Changes the thing, and publishes its state.
    pub(super) fn with(&self, change: impl FnOnce(&mut T)) {
        let state = {
            let mut thing = self.thing.borrow_mut();
            change(&mut thing);
            Rc::new(thing.state().clone())
        };
        // After the borrow has ended: publishing may render, and rendering may ask again.
        (self.publish)(state);
    }
}
