//! What page and worker say to each other: postcard bytes in transferred buffers.
//!
//! Everything carries the [`RunId`] of the run that it is about, and both sides drop what is about
//! an older run: a frame may be on its way while the page already starts the next run. Reports are
//! aggregates and increments, so their size does not depend on how many requests were simulated.
//! After a [`FrameReport`] the worker waits for [`Request::Acknowledge`]; a busy page is thus sent
//! fewer frames, never a queue of them.
//!
//! Designs and results cross as JSON text: they leave out what does not apply, and have unions that
//! are told apart by name, and postcard has a place for neither.

use super::pacer::Speed;
use serde::{Deserialize, Serialize};
use shared::id::NodeId;
use shared::sim::{
    Command, CommandError, Decision, Frame, Latency, LogEntry, RunResult, SeriesPoint, Totals,
    Traced, Which, as_json,
};
use shared::time::Span;

/// Version of these messages: a change of any type here changes it. Worker files keep their names
/// over releases, so that a browser's cache may pair a new page with an old worker.
pub const PROTOCOL_VERSION: u32 = 3;

/// Numbers the runs of a page.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RunId(pub u32);

impl RunId {
    /// The run after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// From the page to the simulation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToWorker {
    /// Which run this is about.
    pub run: RunId,
    /// What to do.
    pub request: Request,
}

/// What the page asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Begin a new run, paused at its start. This and [`Self::RunToEnd`] alone may have a new
    /// [`RunId`].
    Load {
        /// The design as JSON, see `shared::design::to_json`.
        design: String,
        /// How fast to run once played.
        speed: Speed,
    },
    /// Let time pass.
    Play,
    /// Let no time pass.
    Pause,
    /// Change the speed.
    SetSpeed(Speed),
    /// Simulate this much as fast as possible, then pause.
    Advance(Span),
    /// Simulate as fast as possible until something happens that is worth a stop, see
    /// `LogEvent::is_turning_point`, then pause.
    AdvanceToEvent,
    /// Do what a person did.
    Command(Command),
    /// Say what a balancer would decide for the next request; the answer is
    /// [`Report::Decision`].
    Explain(NodeId),
    /// Follow requests from now on, or do not. The run stays the same.
    Trace(bool),
    /// Show a request of those that are followed; the answer is one [`Report::Traced`]. After
    /// [`Which::Next`] there is another one when that request has ended.
    ShowTrace(Which),
    /// The last frame has arrived; the next may come.
    Acknowledge,
    /// Begin a run of an experiment and bring it to its end without a frame: the answer is one
    /// [`Report::Outcome`]. May have a new [`RunId`], as [`Self::Load`] may.
    RunToEnd {
        /// The design as JSON, with the seed of the run.
        design: String,
    },
}

/// From the simulation to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The first message of a worker. It stays the first variant with these fields in every
    /// version, so that any page can read it from any worker.
    Ready {
        /// The worker's [`PROTOCOL_VERSION`].
        protocol_version: u32,
        /// The worker's `shared::ENGINE_VERSION`.
        engine_version: u32,
    },
    /// News of a run.
    Report {
        /// Which run this is about.
        run: RunId,
        /// The news.
        report: Report,
    },
}

/// News of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The run is loaded.
    Loaded {
        /// Its length.
        duration: Span,
    },
    /// The run cannot be loaded. The page validates designs before it sends them, so this is
    /// text for a log rather than for a reader.
    Refused {
        /// Why, in English.
        reason: String,
    },
    /// A command did nothing.
    CommandRefused(CommandRefusal),
    /// How things are.
    Frame(Box<FrameReport>),
    /// What a balancer would decide; nothing if the run has no such balancer, or no traffic.
    Decision(Option<Box<Decision>>),
    /// A request that was followed.
    Traced(Box<Traced>),
    /// A [`Request::RunToEnd`] is done. Log and series are empty: an experiment keeps figures only.
    Outcome(#[serde(with = "as_json")] Box<RunResult>),
}

/// Why a command did nothing, without the values: the page knows what it sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandRefusal {
    /// The run has no such node; it may have been drawn after the run began.
    NoSuchNode,
    /// The group has no server that could crash.
    NoSuchInstance,
    /// An instance refresh is in progress.
    RefreshInProgress,
    /// No server stands in the zone.
    EmptyZone,
    /// A value is out of range.
    Value,
}

impl From<&CommandError> for CommandRefusal {
    fn from(error: &CommandError) -> Self {
        match error {
            CommandError::NoSuchNode { .. } | CommandError::NoSuchLink { .. } => Self::NoSuchNode,
            CommandError::NoSuchInstance { .. } => Self::NoSuchInstance,
            CommandError::RefreshInProgress { .. } => Self::RefreshInProgress,
            CommandError::EmptyZone { .. } => Self::EmptyZone,
            CommandError::Value { .. } => Self::Value,
        }
    }
}

/// Whether simulated time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Motion {
    /// It does not.
    #[default]
    Paused,
    /// It does.
    Running,
    /// It is over.
    Finished,
}

/// How things are, and what is new since the frame before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameReport {
    /// Whether time passes.
    pub motion: Motion,
    /// The picture.
    pub frame: Frame,
    /// Requests since the start.
    pub totals: Totals,
    /// Latency since the start (without the warm-up).
    pub latency: Latency,
    /// Events handled since the start.
    pub events: u64,
    /// Events handled per second of work, over the last frames; 0 while nothing runs.
    pub events_per_s: f64,
    /// Log entries since the frame before.
    pub log: Vec<LogEntry>,
    /// What people did since the frame before, each a fault of a design as JSON.
    pub by_hand: Vec<String>,
    /// Points of the series since the frame before.
    pub series: Vec<SeriesPoint>,
    /// The outcome, once finished. Its log and series are empty: the page has them already.
    #[serde(with = "as_json")]
    pub result: Option<Box<RunResult>>,
}

/// `message` as bytes.
///
/// # Errors
///
/// The types here all serialise; an error is a mistake of the program.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_allocvec(message)
}

/// The message in `bytes`.
///
/// # Errors
///
/// `bytes` are of another version of the protocol.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn requests_survive_the_crossing() {
        let source = NodeId(1);
        for request in [
            Request::Load { design: "{}".to_owned(), speed: Speed::Sixty },
            Request::Play,
            Request::Advance(Span::from_s(60)),
            Request::Command(Command::spike(source, 5.0, 60.0)),
            Request::Command(Command::crash(source, None)),
            Request::Explain(source),
            Request::Trace(true),
            Request::ShowTrace(Which::Percentile(99)),
            Request::Acknowledge,
        ] {
            let message = ToWorker { run: RunId(7), request };
            let bytes = encode(&message).unwrap();
            assert_eq!(decode::<ToWorker>(&bytes), Ok(message));
        }
    }

    /// A result of every preset arrives as it was: those with several stages and classes too.
    #[test]
    fn results_survive_the_crossing() {
        for (name, mut design) in shared::design::presets::all() {
            (design.run.duration_s, design.run.warmup_s) = (20, 0);
            let mut sim = shared::sim::Simulation::new(&design).unwrap();
            sim.run_until(shared::time::Timestamp::MAX, shared::sim::StepBudget::UNLIMITED);
            let report = Crossing { result: Box::new(sim.result()) };
            let bytes = encode(&report).unwrap();
            let arrived = decode::<Crossing>(&bytes).unwrap().result;
            assert_eq!(arrived.digest, report.result.digest, "{name}");
            assert_eq!(arrived.hops.len(), report.result.hops.len(), "{name}");
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Crossing {
        #[serde(with = "as_json")]
        result: Box<RunResult>,
    }

    #[test]
    fn the_first_message_never_changes() {
        let ready = FromWorker::Ready { protocol_version: 1, engine_version: 2 };
        assert_eq!(encode(&ready).unwrap(), [0, 1, 2]);
    }

    #[test]
    fn other_bytes_are_an_error() {
        assert!(decode::<FromWorker>(&[]).is_err());
        assert!(decode::<FromWorker>(&[9, 9, 9]).is_err());
    }
}
