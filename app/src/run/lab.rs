//! Many runs instead of one, in several web workers: replications, pairs, sweeps.
//!
//! `shared::experiment` says which run is next and what all of them together mean. A lab hands the
//! runs to workers of its own, so that the run of the page goes on beside them, and records what
//! comes back. A worker that dies is replaced and its run done again, once; where none starts the
//! experiment ends.

use super::host::{Host, HostEvent};
use super::protocol::{FromWorker, Report, Request, RunId, ToWorker};
use shared::design;
use shared::experiment::{Difference, Experiment, Job, Summary, differences};
use std::collections::VecDeque;
use std::rc::Rc;

/// Workers at most: each compiles the simulation anew and keeps a run in memory.
const WORKERS_MAX: usize = 8;
/// Workers where the browser does not say how many processors there are.
const WORKERS_DEFAULT: usize = 2;
/// How often a run is begun at most.
const ATTEMPTS_MAX: u32 = 2;

/// What an experiment asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// How sure are the figures of one design?
    Repeat,
    /// Is the second design better than the first?
    Compare,
    /// How do figures depend on one or two settings?
    Sweep,
}

/// What the page knows of its experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabState {
    /// What it asks; none before the first.
    pub question: Option<Question>,
    /// Names of the designs, such as the values of a sweep, in the order of [`Self::summaries`].
    pub names: Rc<Vec<Vec<String>>>,
    /// Runs that are done, and all.
    pub progress: (usize, usize),
    /// Workers at work; none once it is over.
    pub workers: usize,
    /// What came of each design so far.
    pub summaries: Rc<Vec<Summary>>,
    /// The second design against the first, for comparisons.
    pub differences: Rc<Vec<Difference>>,
    /// Runs that could not be done.
    pub failed: usize,
}

/// Runs experiments, one at a time.
pub(super) struct Lab {
    notify: Rc<dyn Fn(usize, HostEvent)>,
    slots: Vec<Slot>,
    experiment: Option<Experiment>,
    /// Runs to do again.
    again: VecDeque<(Job, u32)>,
    /// Number of the latest run; every one has its own, so that late reports are recognised.
    run: RunId,
    state: LabState,
}

/// A host and what it does.
struct Slot {
    host: Host,
    run: RunId,
    job: Option<(Job, u32)>,
}

impl Lab {
    /// A lab whose hosts call `notify` with their number.
    pub(super) fn new(notify: Rc<dyn Fn(usize, HostEvent)>) -> Self {
        Self {
            notify,
            slots: Vec::new(),
            experiment: None,
            again: VecDeque::new(),
            run: RunId::default(),
            state: LabState::default(),
        }
    }

    /// What the page should show.
    pub(super) const fn state(&self) -> &LabState {
        &self.state
    }

    /// Begins an experiment; the one before is forgotten.
    pub(super) fn start(
        &mut self,
        question: Question,
        names: Vec<Vec<String>>,
        experiment: Experiment,
    ) {
        self.cancel();
        let (_, jobs) = experiment.progress();
        self.state = LabState {
            question: Some(question),
            names: Rc::new(names),
            progress: (0, jobs),
            ..LabState::default()
        };
        self.experiment = Some(experiment);
        for number in 0..processors().min(jobs) {
            let notify = Rc::clone(&self.notify);
            let host = Host::start(Rc::new(move |event| notify(number, event)));
            self.slots.push(Slot { host, run: self.run, job: None });
        }
        (0..self.slots.len()).for_each(|number| self.give_next(number));
        self.state.workers = self.slots.len();
    }

    /// Stops; what is done stays.
    pub(super) fn cancel(&mut self) {
        // Dropping a host ends its worker.
        self.slots.clear();
        self.again.clear();
        self.experiment = None;
        self.state.workers = 0;
    }

    /// Takes an event of a host.
    pub(super) fn host_event(&mut self, number: usize, event: HostEvent) {
        match event {
            HostEvent::Message(FromWorker::Report { run, report }) => {
                if self.slots.get(number).is_some_and(|slot| slot.run == run) {
                    self.report(number, report);
                }
            }
            HostEvent::Message(FromWorker::Ready { .. }) => {}
            HostEvent::Died => {
                let notify = Rc::clone(&self.notify);
                let host = Host::start(Rc::new(move |event| notify(number, event)));
                self.replace(number, host);
            }
            HostEvent::NeverStarted | HostEvent::OtherVersion => {
                self.state.failed = self.state.progress.1 - self.state.progress.0;
                self.cancel();
            }
        }
    }

    fn report(&mut self, number: usize, report: Report) {
        match report {
            Report::Outcome(result) => {
                let job = self.slots.get_mut(number).and_then(|slot| slot.job.take());
                if let (Some((job, _)), Some(experiment)) = (job, &mut self.experiment) {
                    experiment.record(job.number, &result);
                    self.state.progress = experiment.progress();
                    self.state.summaries = Rc::new(experiment.summaries());
                    if self.state.question == Some(Question::Compare) {
                        self.state.differences = Rc::new(differences(experiment));
                    }
                }
                self.give_next(number);
            }
            Report::Refused { .. } => {
                if let Some(slot) = self.slots.get_mut(number) {
                    slot.job = None;
                }
                self.state.failed += 1;
                self.give_next(number);
            }
            Report::Loaded { .. }
            | Report::CommandRefused(_)
            | Report::Frame(_)
            | Report::Decision(_)
            | Report::Traced(_) => {}
        }
    }

    /// Another host takes over a slot and does its run again.
    fn replace(&mut self, number: usize, host: Host) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        slot.host = host;
        match slot.job.take() {
            Some((job, attempts)) if attempts < ATTEMPTS_MAX => {
                self.again.push_back((job, attempts));
            }
            Some(_) => self.state.failed += 1,
            None => {}
        }
        self.give_next(number);
    }

    /// Gives a host its next run; the lab is done when nobody has one.
    fn give_next(&mut self, number: usize) {
        let next = self.again.pop_front().or_else(|| {
            let job = self.experiment.as_mut()?.next_job()?;
            Some((job, 0))
        });
        let Some(slot) = self.slots.get_mut(number) else { return };
        match next {
            Some((job, attempts)) => {
                self.run = self.run.next();
                slot.run = self.run;
                let design = design::to_json(&job.design);
                slot.host.send(ToWorker { run: slot.run, request: Request::RunToEnd { design } });
                slot.job = Some((job, attempts + 1));
            }
            None if self.slots.iter().all(|slot| slot.job.is_none()) => self.cancel(),
            None => {}
        }
        self.state.workers = self.slots.iter().filter(|slot| slot.job.is_some()).count();
    }
}

/// How many workers this machine takes: one processor stays for the page.
fn processors() -> usize {
    let processors = web_sys::window().map(|window| window.navigator().hardware_concurrency());
    let processors = processors.filter(|count| *count >= 1.0).map(|count| count as usize);
    processors.map_or(WORKERS_DEFAULT, |count| count.saturating_sub(1)).clamp(1, WORKERS_MAX)
}
