//! Sessions driven by a clock of the test's own.

use super::clock::WallTime;
use super::pacer::Speed;
use super::protocol::{CommandRefusal, FrameReport, Motion, Report, Request, RunId, ToWorker};
use super::session::{Next, Session};
use shared::design::{self, Design, presets};
use shared::id::NodeId;
use shared::sim::{Command, RunResult, Simulation, StepBudget};
use shared::time::{Span, Timestamp};
use std::cell::Cell;

/// A clock on which time passes whenever it is read.
struct TestClock {
    now_ms: Cell<f64>,
    reading_ms: Cell<f64>,
}

impl Default for TestClock {
    /// A slice that looks at it as often as slices do seems to take two milliseconds.
    fn default() -> Self {
        Self { now_ms: Cell::new(0.0), reading_ms: Cell::new(0.25) }
    }
}

impl TestClock {
    fn pass(&self, ms: f64) {
        self.now_ms.set(self.now_ms.get() + ms);
    }
}

impl WallTime for TestClock {
    fn now_ms(&self) -> f64 {
        self.pass(self.reading_ms.get());
        self.now_ms.get()
    }
}

/// A page: sends requests, drives the session, acknowledges frames and keeps what it was told.
#[derive(Default)]
struct Page {
    session: Session,
    clock: TestClock,
    run: RunId,
    frames: Vec<FrameReport>,
    others: Vec<Report>,
    frame_times_ms: Vec<f64>,
    ignores_frames: bool,
}

impl Page {
    fn open(design: &Design, speed: Speed) -> Self {
        let mut page = Self::default();
        page.load(design, speed);
        page
    }

    fn load(&mut self, design: &Design, speed: Speed) {
        self.run = self.run.next();
        self.ask(Request::Load { design: design::to_json(design), speed });
    }

    fn ask(&mut self, request: Request) {
        self.session.handle(ToWorker { run: self.run, request });
    }

    /// Ticks until the session wants nothing more, or `ticks_max` times.
    fn drive(&mut self, ticks_max: usize) {
        for _ in 0..ticks_max {
            let (reports, next) = self.session.tick(&self.clock);
            let got_frame = self.receive(reports);
            match next {
                Next::Never if !got_frame => break,
                Next::Now | Next::Never => {}
                Next::In(ms) => self.clock.pass(f64::from(ms)),
            }
        }
    }

    fn receive(&mut self, reports: Vec<Report>) -> bool {
        let before = self.frames.len();
        for report in reports {
            match report {
                Report::Frame(frame) => {
                    self.frames.push(*frame);
                    self.frame_times_ms.push(self.clock.now_ms.get());
                    if !self.ignores_frames {
                        self.ask(Request::Acknowledge);
                    }
                }
                other => self.others.push(other),
            }
        }
        self.frames.len() > before
    }

    fn last(&self) -> &FrameReport {
        self.frames.last().expect("a frame")
    }

    fn result(&self) -> &RunResult {
        self.last().result.as_ref().expect("a result")
    }
}

fn story() -> Design {
    presets::seven_steps()
}

fn straight_through(design: &Design) -> RunResult {
    let mut simulation = Simulation::new(design).expect("a good design");
    simulation.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    simulation.result()
}

#[test]
fn slices_give_the_same_run_as_one_go() {
    let expected = straight_through(&story());
    for speed in [Speed::Max, Speed::Thousand] {
        let mut page = Page::open(&story(), speed);
        page.ask(Request::Play);
        page.drive(1_000_000);
        assert_eq!(page.last().motion, Motion::Finished, "{speed:?}");
        assert_eq!(page.result().digest, expected.digest, "{speed:?}");
    }
}

/// Whatever was learnt before: a slice that turns out slow ends after a part of it.
#[test]
fn a_slow_slice_is_cut_short() {
    let mut page = Page::open(&story(), Speed::Max);
    page.ask(Request::Play);
    // Few enough that the story goes on.
    page.drive(10);
    // Long after the last frame, one tick brings the next.
    let events_of_a_slice = |page: &mut Page| {
        page.clock.pass(300.0);
        let before = page.last().events;
        page.drive(1);
        page.last().events - before
    };
    events_of_a_slice(&mut page);
    let learnt = events_of_a_slice(&mut page);
    page.clock.reading_ms.set(10.0);
    let slow = events_of_a_slice(&mut page);
    assert!(slow > 0 && 4 * slow < learnt, "{slow} events, {learnt} in a quick slice");
    assert_eq!(page.last().motion, Motion::Running);
}

#[test]
fn increments_add_up_to_the_whole() {
    let expected = straight_through(&story());
    let mut page = Page::open(&story(), Speed::Thousand);
    page.ask(Request::Play);
    page.drive(1_000_000);
    assert!(page.frames.len() > 3);
    let log: Vec<_> = page.frames.iter().flat_map(|frame| frame.log.clone()).collect();
    let series: Vec<_> = page.frames.iter().flat_map(|frame| frame.series.clone()).collect();
    assert_eq!(log, expected.log);
    assert_eq!(series, expected.series);
    assert_eq!((page.result().log.len(), page.result().series.len()), (0, 0));
}

#[test]
fn frames_keep_their_distance_and_wait_for_the_page() {
    let mut page = Page::open(&story(), Speed::Sixty);
    page.ask(Request::Play);
    page.drive(500);
    let gaps = page.frame_times_ms.windows(2).map(|pair| pair[1] - pair[0]);
    gaps.for_each(|gap_ms| assert!(gap_ms >= 50.0, "{gap_ms} ms"));
    assert!(page.frames.len() > 50);

    page.ignores_frames = true;
    page.drive(500);
    let sent = page.frames.len();
    page.drive(500);
    assert_eq!(page.frames.len(), sent, "no frame while one is unacknowledged");
    page.ask(Request::Acknowledge);
    page.drive(5);
    assert_eq!(page.frames.len(), sent + 1);
}

/// A page that needs 40 ms before it can even say that it has a frame has better things to do.
#[test]
fn a_busy_page_is_sent_fewer_frames() {
    let mut page = Page::open(&story(), Speed::Sixty);
    page.ignores_frames = true;
    page.ask(Request::Play);
    for _ in 0..1_000 {
        let sent = page.frames.len();
        page.drive(1);
        if page.frames.len() > sent {
            page.clock.pass(40.0);
            page.ask(Request::Acknowledge);
        }
    }
    let gaps: Vec<f64> = page.frame_times_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        gaps.len() > 20 && gaps.iter().all(|gap_ms| (160.0..260.0).contains(gap_ms)),
        "{gaps:?}"
    );
    // It has time again.
    page.ignores_frames = false;
    page.ask(Request::Acknowledge);
    let slow = page.frame_times_ms.len();
    page.drive(500);
    let late = page.frame_times_ms.get(slow + 2..).unwrap_or_default();
    assert!(late.windows(2).all(|pair| pair[1] - pair[0] < 100.0), "{late:?}");
}

#[test]
fn a_loaded_run_shows_its_start_and_waits() {
    let mut page = Page::open(&story(), Speed::Max);
    page.drive(1_000);
    let duration = Span::from_s(u64::from(story().run.duration_s));
    assert_eq!(page.others, [Report::Loaded { duration }]);
    assert_eq!(page.frames.len(), 1);
    assert_eq!((page.last().motion, page.last().frame.now), (Motion::Paused, Timestamp::ZERO));
}

#[test]
fn advancing_stops_where_it_should() {
    let mut page = Page::open(&story(), Speed::Tenth);
    for minutes in 1..=3 {
        page.ask(Request::Advance(Span::from_s(60)));
        page.drive(100_000);
        assert_eq!(page.last().motion, Motion::Paused);
        assert_eq!(page.last().frame.now, Timestamp::from_s(60 * minutes));
    }
    page.ask(Request::Advance(Span::from_s(10_000)));
    page.drive(1_000_000);
    assert_eq!(page.last().motion, Motion::Finished);
}

#[test]
fn a_pause_shows_at_once_and_holds() {
    let mut page = Page::open(&story(), Speed::Sixty);
    page.ask(Request::Play);
    page.drive(100);
    page.ask(Request::Pause);
    page.drive(100);
    let paused_at = page.last().frame.now;
    assert_eq!(page.last().motion, Motion::Paused);
    page.clock.pass(60_000.0);
    page.drive(100);
    assert_eq!(page.last().frame.now, paused_at);
}

#[test]
fn commands_act_or_are_refused() {
    let mut page = Page::open(&story(), Speed::Max);
    page.ask(Request::Advance(Span::from_s(60)));
    page.drive(100_000);
    let group = NodeId(3);
    page.ask(Request::Command(Command::crash(group, None)));
    page.ask(Request::Advance(Span::from_s(1)));
    page.drive(100_000);
    let crashed = page.frames.iter().flat_map(|frame| &frame.log);
    assert_eq!(crashed.filter(|entry| format!("{:?}", entry.event).contains("Crashed")).count(), 1);
    page.ask(Request::Command(Command::crash(NodeId(99), None)));
    page.drive(10);
    assert_eq!(page.others.last(), Some(&Report::CommandRefused(CommandRefusal::NoSuchNode)));
}

#[test]
fn messages_of_an_older_run_are_dropped() {
    let mut page = Page::open(&story(), Speed::Max);
    let old = page.run;
    page.load(&story(), Speed::Max);
    page.session.handle(ToWorker { run: old, request: Request::Play });
    page.drive(100);
    assert_eq!(page.last().motion, Motion::Paused);
    assert_eq!(page.session.run(), page.run);
}

#[test]
fn a_bad_design_is_refused_with_a_reason() {
    let mut page = Page::open(&Design::default(), Speed::Max);
    page.drive(10);
    page.ask(Request::Load { design: "no JSON".to_owned(), speed: Speed::Max });
    page.drive(10);
    assert_eq!(page.others.len(), 2);
    for report in &page.others {
        assert!(matches!(report, Report::Refused { reason } if !reason.is_empty()), "{report:?}");
    }
    page.ask(Request::Play);
    page.drive(10);
    assert!(page.frames.is_empty());
}

/// Advancing to the next event stops within a second of it, each time at another.
#[test]
fn an_advance_to_the_next_event_stops_there() {
    let mut page = Page::open(&story(), Speed::One);
    let mut stops = Vec::new();
    for _ in 0..3 {
        page.ask(Request::AdvanceToEvent);
        page.drive(1_000_000);
        assert_eq!(page.last().motion, Motion::Paused);
        stops.push(page.last().frame.now);
    }
    let log: Vec<_> = page.frames.iter().flat_map(|frame| &frame.log).collect();
    let turns: Vec<Timestamp> =
        log.iter().filter(|it| it.event.is_turning_point()).map(|it| it.at).collect();
    for stop in &stops {
        let near = |at: &&Timestamp| stop.since(**at) <= Span::from_s(1) && **at <= *stop;
        assert!(turns.iter().any(|at| near(&at)), "{stop:?} of {turns:?}");
    }
    assert!(stops.windows(2).all(|pair| pair[0] < pair[1]), "{stops:?}");
}

/// A run of an experiment sends its outcome and nothing else.
#[test]
fn a_run_to_its_end_is_quiet() {
    let mut page = Page::open(&story(), Speed::One);
    page.drive(10);
    let frames = page.frames.len();
    page.others.clear();
    page.run = page.run.next();
    page.ask(Request::RunToEnd { design: design::to_json(&story()) });
    page.drive(1_000_000);
    assert_eq!(page.frames.len(), frames);
    let [Report::Loaded { .. }, Report::Outcome(result)] = &page.others[..] else {
        panic!("{:?}", page.others)
    };
    assert_eq!(result.digest, straight_through(&story()).digest);
    assert!(result.log.is_empty() && result.series.is_empty());
}
