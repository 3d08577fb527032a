//! The run as a Yew hook.

use super::controller::Controller;
use super::host::HostEvent;
use super::pacer::Speed;
use super::published::{Published, Publishes};
use super::state::RunState;
use shared::design::Design;
use shared::id::NodeId;
use shared::sim::{Command, Which};
use std::rc::Rc;
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
    /// Say what this balancer would decide now.
    Explain(NodeId),
    /// Follow requests, or do not.
    Trace(bool),
    /// Show a request of those that are followed.
    ShowTrace(Which),
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

impl Publishes for Controller {
    type State = RunState;
    type Event = HostEvent;

    fn state(&self) -> &RunState {
        self.state()
    }

    fn event(&mut self, event: HostEvent) {
        self.host_event(event);
    }
}

/// The page's one run. Call it once, near the root, and pass the handle on; the simulation ends
/// with the component that called it.
#[hook]
pub fn use_run() -> RunHandle {
    let state = use_state(|| Rc::new(RunState::default()));
    let shared = use_memo((), {
        let setter = state.setter();
        move |()| Published::start(Controller::start, move |state| setter.set(state))
    });
    let send = use_callback((), move |action: RunAction, ()| {
        shared.with(|controller| controller.act(action));
    });
    RunHandle { state: Rc::clone(&state), send }
}
