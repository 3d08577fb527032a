//! The engine: takes the next event, lets the nodes act, goes on.
//!
//! `build` makes the nodes from a design; `client` sends requests, `flow` moves them, `exchange`
//! follows those that a balancer may send again, `work` has the stations that are more than cores
//! with one queue, `ask` what they ask of others; `control`
//! carries out what balancers and groups decide, `fleet` what they decide about servers; `observe`
//! looks at everything and `bill` at what it costs; `faults` breaks things.

mod ask;
mod bill;
mod build;
mod client;
mod control;
mod exchange;
mod explain;
mod faults;
mod fleet;
mod flow;
mod hop;
mod observe;
mod trace;
mod wires;
mod work;

use super::agenda::Agenda;
use super::command::CommandError;
use super::event::{Event, EventQueue, Kind, Place};
use super::hops::{Classes, Hops};
use super::log::{Log, LogEntry, LogEvent};
use super::measure::{FailureCause, Recorder, SeriesPoint};
use super::node::{
    BalancerNode, Call, Client, Connections, DependencyNode, Exchange, GroupNode, LinkMeter, Plan,
    SourceNode, Station, Table, Visit, Wire, Work,
};
use super::trace::Tracer;
use crate::design::{Design, Issue};
use crate::id::{InstanceId, NodeId};
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

/// Why a simulation does not start: the design has errors.
#[derive(Clone, Debug, PartialEq)]
pub struct StartError {
    /// What is wrong, errors only.
    pub issues: Vec<Issue>,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the design has errors")?;
        self.issues.iter().try_for_each(|issue| write!(f, "\n  {issue}"))
    }
}

impl std::error::Error for StartError {}

/// How much work one call of [`Simulation::run_until`] may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepBudget {
    /// Events at most.
    pub events: u64,
}

impl StepBudget {
    /// As much as it takes.
    pub const UNLIMITED: Self = Self { events: u64::MAX };
}

/// How far one call of [`Simulation::run_until`] got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Simulated time reached.
    pub now: Timestamp,
    /// Events handled.
    pub events: u64,
    /// The run's duration is over.
    pub finished: bool,
}

/// What a simulation has in memory at this moment: it grows with what is under way, not with what
/// has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// Requests at nodes and on links, those that nobody waits for any more included.
    pub calls: usize,
    /// Clients that may give up or try again.
    pub clients: usize,
    /// Requests that balancers follow.
    pub exchanges: usize,
    /// Events that are to come.
    pub events: usize,
}

/// Events at one moment after which a run counts as standing still: a hundred for each of the
/// most users that a source can have.
const EVENTS_AT_ONCE_MAX: u32 = 10_000_000;

/// Position in a node table, by kind.
#[derive(Clone, Copy, Debug)]
enum NodeRef {
    Source(u32),
    Balancer(u32),
    Group(u32),
    Dependency(u32),
}

/// A running simulation of a design.
#[derive(Debug)]
pub struct Simulation {
    design: Design,
    now: Timestamp,
    end: Timestamp,
    queue: EventQueue,
    /// Events handled at this very moment.
    at_once: u32,
    calls: Table<Call>,
    /// Clients that may give up or try again; the others need no place.
    clients: Table<Client>,
    /// Number of the latest attempt of these.
    attempts: u32,
    /// Requests that balancers follow.
    exchanges: Table<Exchange>,
    /// Number of the latest exchange or try.
    serials: u32,
    stations: Vec<Station>,
    /// What nodes ask of others.
    plans: Vec<Plan>,
    /// Connections in use, by station and place in its plan.
    connections: BTreeMap<(u32, u32), Connections>,
    /// Some requests are more work than others.
    has_classes: bool,
    by_class: Classes,
    /// Times by hop, where they are measured.
    hops: Option<Hops>,
    visits: Vec<Visit>,
    works: Vec<Work>,
    /// Links that are more than a constant latency.
    wires: Vec<Wire>,
    sources: Vec<SourceNode>,
    balancers: Vec<BalancerNode>,
    groups: Vec<GroupNode>,
    dependencies: Vec<DependencyNode>,
    /// Every node in order of identity.
    nodes: Vec<NodeRef>,
    /// When faults begin and end.
    agenda: Agenda,
    /// Faults that have begun and last.
    active: Vec<faults::Active>,
    /// In order of identity.
    links: Vec<LinkMeter>,
    recorder: Recorder,
    log: Log,
    prices: bill::Prices,
    /// A group goes by the response times of its servers.
    measures_responses: bool,
    /// Requests that are followed, while somebody asks for it.
    tracer: Option<Box<Tracer>>,
}

impl Simulation {
    /// How long the run is.
    pub const fn duration(&self) -> Span {
        self.end.since(Timestamp::ZERO)
    }

    /// Simulated time.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// What it has in memory now.
    pub fn holdings(&self) -> Holdings {
        let (calls, clients) = (self.calls.iter().count(), self.clients.iter().count());
        let exchanges = self.exchanges.iter().count();
        Holdings { calls, clients, exchanges, events: self.queue.len() }
    }

    /// The design that runs.
    pub const fn design(&self) -> &Design {
        &self.design
    }

    /// Everything told so far; it only grows.
    pub fn log(&self) -> &[LogEntry] {
        self.log.entries()
    }

    /// The series so far; it only grows.
    pub fn series(&self) -> &[SeriesPoint] {
        &self.recorder.series
    }

    /// Runs until `deadline`, the end of the run, or the budget is used up, whichever is first.
    pub fn run_until(&mut self, deadline: Timestamp, budget: StepBudget) -> StepReport {
        let deadline = deadline.min(self.end);
        let mut events = 0;
        loop {
            let fault_at = self.agenda.next_at();
            let (until, most) = (deadline.min(fault_at), budget.events - events);
            events += match self.tracer {
                None => self.run_events(until, most),
                Some(_) => self.run_events_traced(until, most),
            };
            if events >= budget.events || fault_at > deadline.min(self.end) {
                break;
            }
            let failed = self.recorder.totals.failed_by_cause;
            self.next_fault();
            self.look_at_all(failed);
            events += 1;
        }
        // A run that stands still has ended meanwhile.
        let deadline = deadline.min(self.end);
        // With the budget used up there may be more at this very moment.
        let more = self.queue.next_at().is_some_and(|at| at <= deadline)
            || self.agenda.next_at() <= deadline;
        if !more {
            self.now = self.now.max(deadline);
        }
        StepReport { now: self.now, events, finished: !more && self.now >= self.end }
    }

    /// Handles events up to `deadline`, at most so many. Returns how many it were.
    #[inline]
    fn run_events(&mut self, deadline: Timestamp, most: u64) -> u64 {
        let mut events = 0;
        while events < most {
            let Some(place) = self.next_event(deadline) else { break };
            self.handle(place);
            events += 1;
        }
        events
    }

    /// Takes the next event up to `deadline`, if there is one and time does not stand still, and
    /// goes to its time.
    #[inline(always)]
    fn next_event(&mut self, deadline: Timestamp) -> Option<Place> {
        let (at, place) = self.queue.pop(deadline)?;
        debug_assert!(at >= self.now, "an event in the past: at {at:?}");
        if at > self.now {
            (self.now, self.at_once) = (at, 0);
        }
        self.at_once += 1;
        if self.at_once > EVENTS_AT_ONCE_MAX {
            self.give_up();
            return None;
        }
        Some(place)
    }

    /// Time stands still: what happens brings about more at the same moment, without end. The run
    /// ends here, with an entry in the log.
    #[cold]
    fn give_up(&mut self) {
        self.end = self.now;
        self.queue = EventQueue::default();
        let node = self.sources.first().map_or(NodeId(0), |source| source.id);
        self.log.push(self.now, node, LogEvent::Stalled { events: EVENTS_AT_ONCE_MAX }, None);
    }

    /// The two events of every request are handled on the spot.
    #[inline(always)]
    fn handle(&mut self, place: Place) {
        match place.kind() {
            Kind::Arrival(source) => self.arrival(source),
            Kind::Served(call) => self.served(call),
            Kind::Another(place) => self.handle_another(place),
        }
    }

    #[inline(never)]
    fn handle_another(&mut self, place: u32) {
        match self.queue.take(place) {
            // These have no place of that kind.
            Event::Arrival { .. } | Event::Served { .. } => {}
            Event::AtEntry { call } => self.at_entry_apart(call),
            Event::AtStation { call } => self.at_station(call),
            Event::Returned { call } => self.returned_apart(call),
            Event::Answered { call } => self.answered_apart(call),
            Event::Worked { station, epoch, call } => self.worked(station, epoch, call),
            Event::ConnectionTimeout { station, place, ticket } => {
                self.connection_timeout(station, place, ticket);
            }
            Event::CacheFlushed { plan } => self.flush_cache(plan),
            Event::LookAtShared { station } => self.look_at_shared(station),
            Event::GivesUp { client, attempt } => {
                self.attempt_ended(client, attempt, Err(FailureCause::Timeout));
            }
            Event::Retry { client } => self.attempt(client),
            Event::Exchange { exchange, serial, step } => {
                self.exchange_step(exchange, serial, step);
            }
            Event::Resend { call, leg, sent } => self.resend(call, leg, sent),
            Event::Booted { group, instance } => self.booted(group, instance),
            Event::HookDone { group, instance, hook, terminating } => {
                self.hook_done(group, InstanceId(instance), hook, terminating);
            }
            Event::SpotInterruption { group, instance } => {
                self.spot_interruption(group, InstanceId(instance));
            }
            Event::Refresh { group, index } => self.planned_refresh(group, index),
            Event::Probed { balancer, station, passed } => self.probed(balancer, station, passed),
            Event::LoadAsked { balancer, station } => self.load_asked(balancer, station),
            Event::LoadReported { balancer, station, in_flight } => {
                self.load_reported(balancer, station, in_flight);
            }
            Event::BalancerTimer { balancer } => self.balancer_timer(balancer),
            Event::SpikeEnded { source, epoch } => self.spike_ended(source, epoch),
            Event::BurstTurns { source } => self.burst_turns(source),
            Event::Tick => self.tick(),
        }
    }

    fn find_source(&self, node: NodeId) -> Result<usize, CommandError> {
        let position = self.sources.iter().position(|source| source.id == node);
        position.ok_or(CommandError::NoSuchNode { node, expected: "traffic source" })
    }

    fn find_group(&self, node: NodeId) -> Result<usize, CommandError> {
        let position = self.groups.iter().position(|group| group.id == node);
        position.ok_or(CommandError::NoSuchNode { node, expected: "Auto Scaling group" })
    }
}
