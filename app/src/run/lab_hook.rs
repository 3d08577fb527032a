//! The lab as a Yew hook.

use super::host::HostEvent;
use super::lab::{Lab, LabState, Question};
use shared::experiment::Experiment;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
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

/// A lab and the way to tell Yew about its state.
struct Shared {
    lab: RefCell<Lab>,
    publish: Box<dyn Fn(Rc<LabState>)>,
}

impl Shared {
    fn start(publish: impl Fn(Rc<LabState>) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|shared: &Weak<Self>| {
            let shared = shared.clone();
            let notify = move |number, event: HostEvent| {
                if let Some(shared) = shared.upgrade() {
                    shared.with(|lab| lab.host_event(number, event));
                }
            };
            Self { lab: RefCell::new(Lab::new(Rc::new(notify))), publish: Box::new(publish) }
        })
    }

    fn with(&self, change: impl FnOnce(&mut Lab)) {
        let state = {
            let mut lab = self.lab.borrow_mut();
            change(&mut lab);
            Rc::new(lab.state().clone())
        };
        // After the borrow has ended: publishing may render, and rendering may ask again.
        (self.publish)(state);
    }
}

/// The page's one lab. Its experiment ends with the component that called it.
#[hook]
pub fn use_lab() -> LabHandle {
    let state = use_state(|| Rc::new(LabState::default()));
    let shared = use_memo((), {
        let setter = state.setter();
        move |()| Shared::start(move |state| setter.set(state))
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
