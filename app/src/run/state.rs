//! What the page knows of its run: reports folded into one value.

use super::Growing;
use super::pacer::Speed;
use super::protocol::{CommandRefusal, FrameReport, Motion, Report};
use shared::design::{Design, Fault, Node};
use shared::json;
use shared::sim::{Decision, Frame, Latency, LogEntry, RunResult, SeriesPoint, Totals, Traced};
use shared::time::{Span, Timestamp};
use std::rc::Rc;
use std::sync::Arc;

/// What the run does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Its design is on the way to the simulation.
    #[default]
    Loading,
    /// It is loaded and has not begun.
    Ready,
    /// Simulated time passes.
    Running,
    /// It has begun and waits.
    Paused,
    /// It is over.
    Finished,
    /// The design has errors, so there is no run.
    Blocked,
    /// The simulation died; starting again gives a new one.
    Crashed,
}

impl Status {
    /// True once simulated time has passed: a changed design no longer replaces the run by itself.
    pub const fn has_begun(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Finished)
    }
}

/// Something that the reader should know, until the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No worker started.
    NoWorker,
    /// The simulation died.
    Crashed,
    /// The worker's files are of another version than the page.
    OtherVersion,
    /// The simulation refused a design that the page found good.
    Refused,
    /// A command did nothing.
    CommandRefused(CommandRefusal),
}

/// What the page knows of its run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunState {
    /// What the run does.
    pub status: Status,
    /// Speed asked for.
    pub speed: Speed,
    /// Length of the run.
    pub duration: Span,
    /// Time of day at its start, seconds after midnight.
    pub starts_at_s: u32,
    /// Seed of the run.
    pub seed: u64,
    /// The design that runs; an older one than the page's while [`Self::design_changed`].
    pub design: Option<Rc<Design>>,
    /// The page's design is another than the one that runs.
    pub design_changed: bool,
    /// The newest picture.
    pub frame: Option<Rc<Frame>>,
    /// Requests since the start.
    pub totals: Totals,
    /// Latency since the start.
    pub latency: Latency,
    /// Events a second that the machine manages, over the last frame.
    pub events_per_s: f64,
    /// The traffic slider's factor.
    pub rate_factor: f64,
    /// Everything told so far.
    pub log: Growing<LogEntry>,
    /// What the reader did to the run so far, as faults of a design: with these in it, the design
    /// runs the same way by itself.
    pub by_hand: Vec<Fault>,
    /// The series so far.
    pub series: Growing<SeriesPoint>,
    /// The outcome, once finished; its log and series are empty, see [`Self::log`].
    pub result: Option<Rc<RunResult>>,
    /// What the reader should know.
    pub notice: Option<Notice>,
    /// Requests are followed, in this run and those after it.
    pub tracing: bool,
    /// What a balancer would have decided when it was asked last.
    pub decision: Option<Rc<Decision>>,
    /// The request that is looked at.
    pub traced: Option<Rc<Traced>>,
    /// Whether it was asked to run or to pause, until it is seen to.
    pub(super) asked_to_run: Option<bool>,
}

impl RunState {
    /// Whether it runs, or will as soon as the simulation has heard of it.
    pub(super) fn runs_soon(&self) -> bool {
        self.asked_to_run.unwrap_or(self.status == Status::Running)
    }

    /// The simulation is asked to run, or to pause.
    pub(super) const fn ask_to_run(&mut self, run: bool) {
        self.asked_to_run = Some(run);
    }

    /// Simulated time.
    pub fn now(&self) -> Timestamp {
        self.frame.as_ref().map_or(Timestamp::ZERO, |frame| frame.now)
    }

    /// Whether something can be done to it now.
    pub const fn takes_commands(&self) -> bool {
        matches!(self.status, Status::Ready | Status::Running | Status::Paused)
    }

    /// Completed requests over all that ended; 1 before any has.
    pub fn availability(&self) -> f64 {
        let ended = self.totals.completed + self.totals.failed;
        if ended == 0 { 1.0 } else { self.totals.completed as f64 / ended as f64 }
    }

    /// The state at the start of a run of `design`, with everything that outlives a run.
    #[must_use]
    pub(super) fn restarted(&self, design: Rc<Design>) -> Self {
        Self {
            speed: self.speed,
            starts_at_s: design.run.starts_at_s,
            seed: design.run.seed,
            duration: Span::from_s(u64::from(design.run.duration_s)),
            design: Some(design),
            rate_factor: 1.0,
            tracing: self.tracing,
            ..Self::default()
        }
    }

    /// Takes in news of this run.
    pub(super) fn report(&mut self, report: Report) {
        match report {
            Report::Loaded { duration } => {
                self.duration = duration;
                self.status = Status::Ready;
            }
            Report::Refused { .. } => {
                self.status = Status::Blocked;
                self.notice = Some(Notice::Refused);
            }
            Report::CommandRefused(refusal) => {
                self.notice = Some(Notice::CommandRefused(refusal));
            }
            Report::Frame(report) => self.frame(*report),
            Report::Decision(decision) => self.decision = decision.map(|it| Rc::new(*it)),
            Report::Traced(traced) => self.traced = Some(Rc::new(*traced)),
            // Of an experiment, which has workers of its own.
            Report::Outcome(_) => {}
        }
    }

    fn frame(&mut self, report: FrameReport) {
        self.status = match report.motion {
            Motion::Running => Status::Running,
            Motion::Finished => Status::Finished,
            Motion::Paused if report.frame.now == Timestamp::ZERO => Status::Ready,
            Motion::Paused => Status::Paused,
        };
        let runs = self.status == Status::Running;
        self.asked_to_run =
            self.asked_to_run.filter(|&asked| asked != runs && self.status != Status::Finished);
        self.totals = report.totals;
        self.latency = report.latency;
        self.events_per_s = report.events_per_s;
        self.log = self.log.extended(report.log);
        self.series = self.series.extended(report.series);
        let by_hand = report.by_hand.iter().filter_map(|fault| json::read(fault).ok());
        self.by_hand.extend(by_hand);
        self.result = report.result.map(|result| Rc::new(*result));
        self.frame = Some(Rc::new(report.frame));
    }
}

/// Whether two designs give the same run: names and places may differ.
pub(super) fn same_model(a: &Design, b: &Design) -> bool {
    // A drag asks this with every move: nodes that did not move are the same object.
    let same = |(a, b): (&Arc<Node>, &Arc<Node>)| Arc::ptr_eq(a, b) || a.settings == b.settings;
    a.run == b.run
        && a.links == b.links
        && a.nodes.keys().eq(b.nodes.keys())
        && a.nodes.values().zip(b.nodes.values()).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    fn frame(motion: Motion) -> FrameReport {
        let (nodes, links) = (Vec::new(), Vec::new());
        let now = Timestamp::from_s(1);
        FrameReport {
            motion,
            frame: Frame { now, nodes, links, cost_usd: 0.0, cost_usd_per_hour: 0.0 },
            totals: Totals::default(),
            latency: Latency::default(),
            events: 0,
            events_per_s: 0.0,
            log: Vec::new(),
            by_hand: Vec::new(),
            series: Vec::new(),
            result: None,
        }
    }

    /// What was asked last counts until the simulation has done it: frames on the way are older.
    #[test]
    fn two_quick_presses_of_play_are_play_and_pause() {
        let mut state = RunState { status: Status::Ready, ..RunState::default() };
        assert!(!state.runs_soon());
        state.ask_to_run(true);
        assert!(state.runs_soon());
        state.ask_to_run(false);
        state.frame(frame(Motion::Running));
        assert!(state.status == Status::Running && !state.runs_soon());
        state.frame(frame(Motion::Paused));
        assert!(!state.runs_soon());
        state.ask_to_run(true);
        state.frame(frame(Motion::Running));
        // It pauses by itself, at an event that was looked for.
        state.frame(frame(Motion::Paused));
        assert!(!state.runs_soon());
        state.ask_to_run(true);
        state.frame(frame(Motion::Finished));
        assert!(!state.runs_soon());
    }

    #[test]
    fn a_moved_or_renamed_node_keeps_the_run() {
        let story = presets::seven_steps();
        let mut other = story.clone();
        other.name = "Another".to_owned();
        for node in other.nodes.values_mut() {
            let node = Arc::make_mut(node);
            node.x += 10;
            node.name.push('2');
        }
        assert!(same_model(&story, &other));
        other.run.seed += 1;
        assert!(!same_model(&story, &other));
        let mut unlinked = story.clone();
        unlinked.links.pop_first();
        assert!(!same_model(&story, &unlinked));
        assert!(!same_model(&story, &presets::with_database()));
    }
}
