//! One simulation, run in slices: messages in, reports out.
//!
//! A session knows neither browser nor clock. Whoever drives it hands over requests, calls
//! [`Session::tick`] with the wall time, sends on the reports, and calls again when [`Next`] says
//! so. Between two ticks, messages get their turn.

use super::clock::WallTime;
use super::pacer::{Pacer, Speed};
use super::protocol::{CommandRefusal, FrameReport, Motion, Report, Request, RunId, ToWorker};
use super::slice::SliceBudget;
use shared::design::{self, Design};
use shared::json;
use shared::sim::{RunResult, Simulation, StepBudget, Which};
use shared::time::{Span, Timestamp};

/// A slice of work ends when it has taken so long. One of its parts may still be a bad guess: 12 ms in
/// all are the most that pause, speed and faults should wait.
const SLICE_MS: f64 = 8.0;
/// After each part of a slice the clock is looked at.
const SLICE_PARTS: u64 = 8;
/// Frames are at least this far apart: 20 a second.
const FRAME_GAP_MS: f64 = 50.0;
/// A page that is slow to acknowledge has other work: the gap is so many times as long as that took,
/// so that most of its time is left for it.
const BUSY_FACTOR: f64 = 4.0;
/// No page is so busy that frames are further apart.
const FRAME_GAP_MAX_MS: f64 = 250.0;
/// While the simulation waits for wall time to pass, it is called this often.
const PACE_MS: u32 = 16;

/// When to call [`Session::tick`] again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// As soon as waiting messages have had their turn.
    Now,
    /// After this many milliseconds.
    In(u32),
    /// Only after a message.
    Never,
}

/// One simulation and what its page still has to be told.
#[derive(Debug, Default)]
pub struct Session {
    run: RunId,
    loaded: Option<Loaded>,
    reports: Vec<Report>,
}

#[derive(Debug)]
struct Loaded {
    simulation: Simulation,
    motion: Motion,
    /// Where to pause again, while advancing.
    goal: Goal,
    /// Nobody looks at it: the result is all that is wanted.
    quiet: bool,
    pacer: Pacer,
    slice: SliceBudget,
    /// Events since the start.
    events: u64,
    meter: Meter,
    outbox: Outbox,
}

/// Where an advancing run pauses again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Goal {
    /// Nowhere: it runs at its speed.
    #[default]
    None,
    /// At this time.
    Time(Timestamp),
    /// When the log has a turning point after this many entries.
    Event(usize),
}

/// While a run looks for an event it looks up this often.
const EVENT_STEP: Span = Span::from_s(1);

/// Events over the wall time spent on them, since the last frame.
#[derive(Debug, Default)]
struct Meter {
    events: u64,
    busy_ms: f64,
}

/// What the page has, and whether it may be sent more.
#[derive(Debug, Default)]
struct Outbox {
    /// Something has changed since the last frame.
    dirty: bool,
    /// The last frame is on its way.
    unacknowledged: bool,
    /// The page has it, and how long that took is not known yet.
    acknowledged: bool,
    /// How far apart frames are for a page that is busy; less than [`FRAME_GAP_MS`] counts as that.
    gap_ms: f64,
    /// When the last frame was sent.
    sent_ms: Option<f64>,
    log: usize,
    series: usize,
    by_hand: usize,
}

impl Outbox {
    /// The last frame has arrived.
    const fn acknowledge(&mut self) {
        self.acknowledged = self.unacknowledged;
        self.unacknowledged = false;
    }

    /// How busy is the page? As long as it let the last frame wait.
    fn learn(&mut self, now_ms: f64) {
        if std::mem::take(&mut self.acknowledged)
            && let Some(sent_ms) = self.sent_ms
        {
            self.gap_ms = (BUSY_FACTOR * (now_ms - sent_ms)).clamp(0.0, FRAME_GAP_MAX_MS);
        }
    }
}

impl Session {
    /// Takes a message. Its effects show at the next [`Self::tick`], which should follow soon.
    pub fn handle(&mut self, message: ToWorker) {
        let ToWorker { run, request } = message;
        if let Request::Load { design, speed } = request {
            self.run = run;
            self.reports.clear();
            self.load(&design, speed);
            return;
        }
        if let Request::RunToEnd { design } = request {
            self.run = run;
            self.reports.clear();
            self.load(&design, Speed::Max);
            if let Some(loaded) = &mut self.loaded {
                loaded.quiet = true;
                loaded.play();
            }
            return;
        }
        if run != self.run {
            return;
        }
        let Some(loaded) = &mut self.loaded else { return };
        match request {
            // Handled above.
            Request::Load { .. } | Request::RunToEnd { .. } => {}
            Request::Play => loaded.play(),
            Request::Pause => loaded.pause(),
            Request::SetSpeed(speed) => loaded.pacer.set_speed(speed),
            Request::Advance(span) => loaded.advance(Goal::Time(loaded.simulation.now() + span)),
            Request::AdvanceToEvent => loaded.advance(Goal::Event(loaded.simulation.log().len())),
            Request::Acknowledge => loaded.outbox.acknowledge(),
            Request::Explain(balancer) => {
                let decision = loaded.simulation.explain(balancer).map(Box::new);
                self.reports.push(Report::Decision(decision));
            }
            Request::Trace(on) => loaded.simulation.set_tracing(on),
            Request::ShowTrace(which) => {
                if which == Which::Next {
                    loaded.simulation.trace_next();
                }
                self.reports.push(Report::Traced(Box::new(loaded.simulation.traced(which))));
            }
            Request::Command(command) => match loaded.simulation.apply(command) {
                Ok(()) => loaded.outbox.dirty = true,
                Err(error) => {
                    let refusal = CommandRefusal::from(&error);
                    self.reports.push(Report::CommandRefused(refusal));
                }
            },
        }
    }

    fn load(&mut self, json: &str, speed: Speed) {
        let started = design::from_json(json)
            .map_err(|error| error.to_string())
            .and_then(|design: Design| Simulation::new(&design).map_err(|error| error.to_string()));
        match started {
            Ok(simulation) => {
                self.reports.push(Report::Loaded { duration: simulation.duration() });
                self.loaded = Some(Loaded::new(simulation, speed));
            }
            Err(reason) => {
                self.reports.push(Report::Refused { reason });
                self.loaded = None;
            }
        }
    }

    /// Works for one slice and hands over what the page should be sent, each for [`Self::run`].
    pub fn tick(&mut self, clock: &impl WallTime) -> (Vec<Report>, Next) {
        let mut reports = std::mem::take(&mut self.reports);
        let Some(loaded) = &mut self.loaded else { return (reports, Next::Never) };
        let next = loaded.work(clock);
        if loaded.quiet {
            if loaded.motion == Motion::Finished && std::mem::take(&mut loaded.outbox.dirty) {
                reports.push(Report::Outcome(Box::new(loaded.bare_result())));
            }
            return (reports, next);
        }
        if loaded.simulation.next_trace_is_over() {
            let traced = loaded.simulation.traced(Which::Next);
            reports.push(Report::Traced(Box::new(traced)));
        }
        let (frame, next) = loaded.report(clock.now_ms(), next);
        reports.extend(frame.map(|frame| Report::Frame(Box::new(frame))));
        (reports, next)
    }

    /// The run that reports are about.
    pub const fn run(&self) -> RunId {
        self.run
    }
}

impl Loaded {
    fn new(simulation: Simulation, speed: Speed) -> Self {
        let mut pacer = Pacer::default();
        pacer.set_speed(speed);
        Self {
            simulation,
            motion: Motion::Paused,
            goal: Goal::None,
            quiet: false,
            pacer,
            slice: SliceBudget::new(SLICE_MS),
            events: 0,
            meter: Meter::default(),
            outbox: Outbox { dirty: true, ..Outbox::default() },
        }
    }

    fn play(&mut self) {
        if self.motion == Motion::Paused {
            self.motion = Motion::Running;
            self.outbox.dirty = true;
        }
        self.goal = Goal::None;
    }

    fn pause(&mut self) {
        if self.motion == Motion::Running {
            self.motion = Motion::Paused;
            self.outbox.dirty = true;
        }
        self.goal = Goal::None;
        self.pacer.pause();
    }

    fn advance(&mut self, goal: Goal) {
        if self.motion != Motion::Finished {
            self.motion = Motion::Running;
            self.goal = goal;
            self.outbox.dirty = true;
        }
    }

    /// One slice of simulation, if time passes.
    fn work(&mut self, clock: &impl WallTime) -> Next {
        if self.motion != Motion::Running {
            return Next::Never;
        }
        let start_ms = clock.now_ms();
        let before = self.simulation.now();
        let deadline = match self.goal {
            Goal::Time(deadline) => deadline,
            Goal::Event(_) => before + EVENT_STEP,
            Goal::None => self.pacer.deadline(start_ms, before),
        };
        let budget = self.slice.events();
        let part = budget.div_ceil(SLICE_PARTS);
        let (mut events, mut elapsed_ms) = (0, 0.0);
        // A clock may be too coarse to end a slice: the budget does, which has been learnt.
        let (step, more) = loop {
            let step = self.simulation.run_until(deadline, StepBudget { events: part });
            events += step.events;
            elapsed_ms = (clock.now_ms() - start_ms).max(elapsed_ms);
            if step.events < part || events >= budget || elapsed_ms >= SLICE_MS {
                break (step, step.events >= part);
            }
        };
        self.pacer.used(before, step.now);
        self.slice.learn(events, elapsed_ms);
        self.events += events;
        self.meter.events += events;
        self.meter.busy_ms += elapsed_ms;
        self.outbox.dirty |= events > 0 || step.now > before;
        if more {
            // There may be more events at this very moment, even at the end of the run.
            return Next::Now;
        }
        if step.finished {
            self.motion = Motion::Finished;
            return Next::Never;
        }
        if self.is_there(step.now) {
            self.pause();
            return Next::Never;
        }
        if self.pacer.speed() == Speed::Max || self.goal != Goal::None {
            Next::Now
        } else {
            Next::In(PACE_MS)
        }
    }

    /// Whether an advancing run has come where it was to go.
    fn is_there(&self, now: Timestamp) -> bool {
        match self.goal {
            Goal::None => false,
            Goal::Time(deadline) => now >= deadline,
            Goal::Event(length) => {
                let new = self.simulation.log().get(length..).unwrap_or_default();
                new.iter().any(|entry| entry.event.is_turning_point())
            }
        }
    }

    /// The next frame, if the page wants one and it is time; and when to call again.
    fn report(&mut self, now_ms: f64, next: Next) -> (Option<FrameReport>, Next) {
        self.outbox.learn(now_ms);
        let outbox = &self.outbox;
        if !outbox.dirty || outbox.unacknowledged {
            // The acknowledgement is a message, and a message brings a tick.
            return (None, next);
        }
        let since_ms = outbox.sent_ms.map_or(f64::INFINITY, |sent_ms| now_ms - sent_ms);
        // A clock that stepped back must not hold frames up.
        let gap_ms = outbox.gap_ms.max(FRAME_GAP_MS);
        if (0.0..gap_ms).contains(&since_ms) {
            let rest = Next::In((gap_ms - since_ms).ceil() as u32);
            return (None, if next == Next::Never { rest } else { next });
        }
        (Some(self.frame(now_ms)), next)
    }

    /// The result without log and series.
    fn bare_result(&self) -> RunResult {
        let mut result = self.simulation.result();
        result.log.clear();
        result.series.clear();
        result
    }

    fn frame(&mut self, now_ms: f64) -> FrameReport {
        let meter = std::mem::take(&mut self.meter);
        let (log, series) = (self.simulation.log(), self.simulation.series());
        let new_log = log.get(self.outbox.log..).unwrap_or_default().to_vec();
        let new_series = series.get(self.outbox.series..).unwrap_or_default().to_vec();
        let by_hand = self.simulation.by_hand();
        let new_by_hand = by_hand.iter().skip(self.outbox.by_hand);
        // Plain data with string keys serialises.
        let new_by_hand = new_by_hand.map(|fault| json::write(fault).unwrap_or_default()).collect();
        self.outbox = Outbox {
            dirty: false,
            unacknowledged: true,
            acknowledged: false,
            gap_ms: self.outbox.gap_ms,
            sent_ms: Some(now_ms),
            log: log.len(),
            series: series.len(),
            by_hand: by_hand.len(),
        };
        let finished = self.motion == Motion::Finished;
        let result = finished.then(|| Box::new(self.bare_result()));
        let rate = meter.events as f64 / (meter.busy_ms / 1e3);
        FrameReport {
            motion: self.motion,
            frame: self.simulation.frame(),
            totals: self.simulation.totals(),
            latency: self.simulation.latency(),
            events: self.events,
            events_per_s: if rate.is_finite() { rate } else { 0.0 },
            log: new_log,
            by_hand: new_by_hand,
            series: new_series,
            result,
        }
    }
}
