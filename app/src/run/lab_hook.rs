//! The lab as a Yew hook.

use super::host::HostEvent;
use super::lab::{Lab, LabState, Question};
use super::published::{Published, Publishes};
use shared::experiment::Experiment;
use std::rc::Rc;
use yew::prelude::*;

/// What the page asks of its lab.
#[derive(Clone, Debug)]
pub enum LabAction {
    /// Begin an experiment.
    Start {
        /// What it asks.
        question: Question,
        /// Names of its designs.
        names: Vec<Vec<String>>,
        /// The runs.
        experiment: Box<Experiment>,
    },
    /// Stop; what is done stays.
    Cancel,
}

/// A lab as components see it.
#[derive(Clone, Debug)]
pub struct LabHandle {
    /// What the page knows of the experiment.
    pub state: Rc<LabState>,
    /// Asks something of the lab.
    pub send: Callback<LabAction>,
}

impl PartialEq for LabHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state) && self.send == other.send
    }
}

impl Publishes for Lab {
    type State = LabState;
    type Event = (usize, HostEvent);

    fn state(&self) -> &LabState {
        self.state()
    }

    fn event(&mut self, (number, event): (usize, HostEvent)) {
        self.host_event(number, event);
    }
}

/// The page's one lab. Its experiment ends with the component that called it.
#[hook]
pub fn use_lab() -> LabHandle {
    let state = use_state(|| Rc::new(LabState::default()));
    let shared = use_memo((), {
        let setter = state.setter();
        move |()| {
            let start = |notify: Rc<dyn Fn((usize, HostEvent))>| {
                Lab::new(Rc::new(move |number, event| notify((number, event))))
            };
            Published::start(start, move |state| setter.set(state))
        }
    });
    let send = use_callback((), move |action: LabAction, ()| {
        shared.with(|lab| match action {
            LabAction::Start { question, names, experiment } => {
                lab.start(question, names, *experiment);
            }
            LabAction::Cancel => lab.cancel(),
        });
    });
    LabHandle { state: Rc::clone(&state), send }
}
