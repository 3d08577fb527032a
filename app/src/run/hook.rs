//! The run as a Yew hook.

use super::controller::Controller;
use super::host::HostEvent;
use super::pacer::Speed;
use super::state::RunState;
use shared::design::Design;
use shared::sim::Command;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use yew::prelude::*;

/// What the page asks of its run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunAction {
    /// The page has this design now. Cheap if nothing that matters to the run has changed.
    Load(Rc<Design>),
    /// Let time pass; from the start if the run is over.
    Play,
    /// Let no time pass.
    Pause,
    /// [`Self::Pause`] if it runs, else [`Self::Play`].
    Toggle,
    /// Simulate a minute ahead, then pause.
    Advance,
    /// Simulate ahead to the next alarm, change of capacity or failure, then pause.
    AdvanceToEvent,
    /// Back to the start with the newest design; goes on running if it ran.
    Restart,
    /// Change the speed.
    SetSpeed(Speed),
    /// Multiply the rate of every source from now on.
    SetRateFactor(f64),
    /// Multiply the rate of every source by five for a minute.
    Spike,
    /// The server longest in service dies, in the first group that has one.
    CrashOne,
    /// Any other intervention.
    Command(Command),
}

/// A run as components see it. Handles are equal while the state is the same.
#[derive(Clone, Debug)]
pub struct RunHandle {
    /// What the page knows of the run.
    pub state: Rc<RunState>,
    /// Asks something of the run.
    pub send: Callback<RunAction>,
}

impl PartialEq for RunHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state) && self.send == other.send
    }
}

/// A controller and the way to tell Yew about its state.
struct Shared {
    controller: RefCell<Controller>,
    publish: Box<dyn Fn(Rc<RunState>)>,
}

impl Shared {
    fn start(publish: impl Fn(Rc<RunState>) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|shared: &Weak<Self>| {
            let shared = shared.clone();
            let notify = move |event: HostEvent| {
                if let Some(shared) = shared.upgrade() {
                    shared.with(|controller| controller.host_event(event));
                }
            };
            let controller = RefCell::new(Controller::start(Rc::new(notify)));
            Self { controller, publish: Box::new(publish) }
        })
    }

    fn with(&self, change: impl FnOnce(&mut Controller)) {
        let state = {
            let mut controller = self.controller.borrow_mut();
            change(&mut controller);
            Rc::new(controller.state().clone())
        };
        // After the borrow has ended: publishing may render, and rendering may ask again.
        (self.publish)(state);
    }
}

/// The page's one run. Call it once, near the root, and pass the handle on; the simulation ends
/// with the component that called it.
#[hook]
pub fn use_run() -> RunHandle {
    let state = use_state(|| Rc::new(RunState::default()));
    let shared = use_memo((), {
        let setter = state.setter();
        move |()| Shared::start(move |state| setter.set(state))
    });
    let send = use_callback((), move |action: RunAction, ()| {
        shared.with(|controller| controller.act(action));
    });
    RunHandle { state: Rc::clone(&state), send }
}
