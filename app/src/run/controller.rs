//! Connects what the reader does, the newest design and the host's events to one run.
//!
//! A changed design replaces a run that has not begun. One that has begun goes on with the design
//! that it was started with, and the page offers a restart: a result must belong to one design.

use super::hook::RunAction;
use super::host::{Host, HostEvent};
use super::protocol::{FromWorker, Report, Request, RunId, ToWorker};
use super::state::{Notice, RunState, Status, same_model};
use shared::design::{self, Design, NodeKind, Severity};
use shared::id::NodeId;
use shared::sim::{Command, NodeFrame, ServerState};
use shared::time::Span;
use std::rc::Rc;

/// A spike as the dock's button makes it.
const SPIKE_FACTOR: f64 = 5.0;
const SPIKE_S: f64 = 60.0;
/// How far the skip button goes.
const ADVANCE: Span = Span::from_s(60);

/// The page's end of a run.
pub(super) struct Controller {
    host: Host,
    notify: Rc<dyn Fn(HostEvent)>,
    run: RunId,
    /// The host never started: the next run tries another one.
    host_is_missing: bool,
    /// The page's design.
    newest: Option<Rc<Design>>,
    state: RunState,
}

impl Controller {
    /// A controller whose host calls `notify`, which must not call back into the controller
    /// before this returns (hosts never do).
    pub(super) fn start(notify: Rc<dyn Fn(HostEvent)>) -> Self {
        let host = Host::start(Rc::clone(&notify));
        let state = RunState { rate_factor: 1.0, ..RunState::default() };
        Self { host, notify, run: RunId::default(), host_is_missing: false, newest: None, state }
    }

    /// What the page should show.
    pub(super) const fn state(&self) -> &RunState {
        &self.state
    }

    /// Does what the reader asks.
    pub(super) fn act(&mut self, action: RunAction) {
        if !matches!(action, RunAction::Load(_)) {
            self.forget_notice();
        }
        match action {
            RunAction::Load(design) => self.load(design),
            RunAction::Play => self.play(),
            RunAction::Pause => self.pause(),
            RunAction::Toggle if self.state.runs_soon() => self.pause(),
            RunAction::Toggle => self.play(),
            RunAction::Advance => {
                self.begin_again_if_over();
                self.request(Request::Advance(ADVANCE));
            }
            RunAction::AdvanceToEvent => {
                self.begin_again_if_over();
                self.request(Request::AdvanceToEvent);
            }
            RunAction::Restart => {
                let was_running = self.state.runs_soon();
                self.begin();
                if was_running {
                    self.play();
                }
            }
            RunAction::SetSpeed(speed) => {
                self.state.speed = speed;
                self.request(Request::SetSpeed(speed));
            }
            RunAction::SetRateFactor(factor) => {
                self.state.rate_factor = factor;
                self.each_source(|source| Command::rate_factor(source, factor));
            }
            RunAction::Spike => {
                self.each_source(|source| Command::spike(source, SPIKE_FACTOR, SPIKE_S));
            }
            RunAction::CrashOne => {
                if let Some(group) = self.group_in_service() {
                    self.command(Command::crash(group, None));
                }
            }
            RunAction::Command(command) => self.command(command),
            RunAction::Explain(balancer) => self.request(Request::Explain(balancer)),
            RunAction::Trace(on) => {
                self.state.tracing = on;
                self.request(Request::Trace(on));
            }
            RunAction::ShowTrace(which) => self.request(Request::ShowTrace(which)),
        }
    }

    /// Takes an event of the host.
    pub(super) fn host_event(&mut self, event: HostEvent) {
        match event {
            HostEvent::Message(FromWorker::Report { run, report }) if run == self.run => {
                let is_frame = matches!(report, Report::Frame(_));
                self.state.report(report);
                if is_frame {
                    self.request(Request::Acknowledge);
                }
            }
            // Of an older run, or a greeting that the host has dealt with.
            HostEvent::Message(_) => {}
            HostEvent::NeverStarted => {
                self.host_is_missing = true;
                self.run = self.run.next();
                self.state.status = Status::Crashed;
                self.state.notice = Some(Notice::NoWorker);
            }
            HostEvent::Died => {
                self.host = Host::start(Rc::clone(&self.notify));
                self.run = self.run.next();
                self.state.status = Status::Crashed;
                self.state.notice = Some(Notice::Crashed);
            }
            HostEvent::OtherVersion => {
                self.state.status = Status::Crashed;
                self.state.notice = Some(Notice::OtherVersion);
            }
        }
    }

    fn load(&mut self, design: Rc<Design>) {
        self.newest = Some(Rc::clone(&design));
        let same = self.state.design.as_ref().is_some_and(|old| same_model(old, &design));
        if self.state.status.has_begun() {
            self.state.design_changed = !same;
        } else if !same || self.state.status == Status::Crashed {
            self.begin();
        }
    }

    fn play(&mut self) {
        self.begin_again_if_over();
        if self.state.status != Status::Blocked {
            self.state.ask_to_run(true);
            self.request(Request::Play);
        }
    }

    fn pause(&mut self) {
        self.state.ask_to_run(false);
        self.request(Request::Pause);
    }

    fn begin_again_if_over(&mut self) {
        if matches!(self.state.status, Status::Finished | Status::Crashed) {
            self.begin();
        }
    }

    /// Starts a run of the newest design, paused at its start.
    fn begin(&mut self) {
        let Some(design) = self.newest.clone() else { return };
        self.run = self.run.next();
        self.state = self.state.restarted(Rc::clone(&design));
        let issues = design::validate(&design);
        if issues.iter().any(|issue| issue.severity == Severity::Error) {
            self.state.status = Status::Blocked;
            return;
        }
        if std::mem::take(&mut self.host_is_missing) {
            self.host = Host::start(Rc::clone(&self.notify));
        }
        let speed = self.state.speed;
        self.request(Request::Load { design: design::to_json(&design), speed });
        if self.state.tracing {
            self.request(Request::Trace(true));
        }
    }

    fn request(&self, request: Request) {
        if self.state.status != Status::Blocked {
            self.host.send(ToWorker { run: self.run, request });
        }
    }

    fn command(&self, command: Command) {
        self.request(Request::Command(command));
    }

    fn each_source(&self, command: impl Fn(NodeId) -> Command) {
        let nodes = self.state.design.iter().flat_map(|design| &design.nodes);
        let sources = nodes.filter(|(_, node)| node.settings.kind() == NodeKind::Source);
        sources.for_each(|(&id, _)| self.command(command(id)));
    }

    /// The first group with a server in service.
    fn group_in_service(&self) -> Option<NodeId> {
        let nodes = &self.state.frame.as_ref()?.nodes;
        nodes.iter().find_map(|node| match node {
            NodeFrame::Group(group) => {
                let mut states = group.instances.iter().map(|instance| instance.state);
                states.any(|state| state == ServerState::InService).then_some(group.id)
            }
            _ => None,
        })
    }

    /// A notice about a command is over with the next thing that the reader does.
    fn forget_notice(&mut self) {
        if let Some(Notice::CommandRefused(_)) = self.state.notice {
            self.state.notice = None;
        }
    }
}
