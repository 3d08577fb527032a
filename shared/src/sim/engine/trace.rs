//! Following single requests, while somebody asks for it.
//!
//! The engine itself knows nothing of it: nothing happens between two events, so it is enough to
//! look at the followed requests after each event that may have moved them. [`Simulation::run_until`]
//! asks once whether to look; while nobody asks, the events run as they always do.

use super::Simulation;
use crate::id::NodeId;
use crate::sim::event::Event;
use crate::sim::node::{Call, EXCHANGE, Entry, NONE, ORPHAN, SourceNode, Stage, Way};
use crate::sim::trace::Tracer;
use crate::sim::{Activity, FailureCause, Server, Trace, TraceSpan, Traced, Which};
use crate::time::Timestamp;

/// Calls nested in each other that are looked through for a request's own.
const DEPTH_MAX: u32 = 32;
/// A balancer numbers its tries of one attempt within this many.
const TRIES: u16 = 64;

/// What an event may move.
#[derive(Debug, Default)]
struct Moved {
    /// The request that it is about.
    request: Option<u64>,
    /// A station where others may begin.
    station: Option<u32>,
}

impl Simulation {
    /// Begins to follow requests, or stops and forgets. The run stays what it is.
    pub fn set_tracing(&mut self, on: bool) {
        if on != self.tracer.is_some() {
            self.tracer = on.then(Box::default);
        }
    }

    /// Follows the next request that is made, whatever its number, and keeps what balancers decide
    /// for it.
    pub fn trace_next(&mut self) {
        self.tracer.get_or_insert_default().wants_next = true;
    }

    /// Whether the request asked for by [`Self::trace_next`] has ended since this was last asked.
    pub fn next_trace_is_over(&mut self) -> bool {
        self.tracer.as_mut().is_some_and(|tracer| tracer.take_next_is_over())
    }

    /// A request of the sample; none while nothing is traced.
    pub fn traced(&self, which: Which) -> Traced {
        let nothing = Traced { which, sample: 0, trace: None };
        self.tracer.as_ref().map_or(nothing, |tracer| tracer.find(which))
    }

    /// What [`Simulation::run_events`] does, with a look after each event.
    #[cold]
    pub(super) fn run_events_traced(&mut self, deadline: Timestamp, most: u64) -> u64 {
        let Some(mut tracer) = self.tracer.take() else { return 0 };
        let mut events = 0;
        while events < most {
            let Some(place) = self.next_event(deadline) else { break };
            let event = self.queue.event(place);
            let moved = self.about_to_move(event);
            self.begin_trace(&mut tracer, event, &moved);
            self.note_decision(&mut tracer, event, &moved);
            let before = self.recorder.totals;
            self.handle(place);
            self.look(&mut tracer, &moved, before.failed_by_cause);
            events += 1;
        }
        self.tracer = Some(tracer);
        events
    }

    /// Looks at everybody: something happened that is no event, such as a fault.
    #[cold]
    pub(super) fn look_at_all(&mut self, failed_before: [u64; FailureCause::ALL.len()]) {
        let Some(mut tracer) = self.tracer.take() else { return };
        for request in tracer.open() {
            self.look_at(&mut tracer, request, failed_before);
        }
        self.tracer = Some(tracer);
    }

    fn about_to_move(&self, event: Event) -> Moved {
        let of_call = |id: u32| {
            let call = self.calls.peek(id);
            let station = call.map(|call| call.station).filter(|station| *station != NONE);
            // An answer may let whoever asked go on, and others begin where that one was.
            let asker = call.and_then(|call| self.calls.peek(call.parent)).map(|it| it.station);
            Moved { request: call.map(|call| call.request), station: station.or(asker) }
        };
        match event {
            Event::Arrival { source } => {
                let source = self.sources.get(source as usize);
                Moved { request: source.map(SourceNode::next_request), station: None }
            }
            Event::Worked { station, call, .. } => {
                Moved { station: Some(station), ..of_call(call) }
            }
            Event::AtEntry { call }
            | Event::Served { call }
            | Event::AtStation { call }
            | Event::Returned { call }
            | Event::Answered { call }
            | Event::Resend { call, .. } => of_call(call),
            Event::GivesUp { client, .. } | Event::Retry { client } => {
                Moved { request: self.clients.peek(client).map(|it| it.request), station: None }
            }
            Event::Exchange { exchange, .. } => {
                let request = self.exchanges.peek(exchange).map(|exchange| exchange.request);
                Moved { request, station: None }
            }
            Event::LookAtShared { station } | Event::ConnectionTimeout { station, .. } => {
                Moved { request: None, station: Some(station) }
            }
            _ => Moved::default(),
        }
    }

    fn begin_trace(&self, tracer: &mut Tracer, event: Event, moved: &Moved) {
        if let (Event::Arrival { .. }, Some(request)) = (event, moved.request) {
            let trace = Trace {
                source: SourceNode::maker_of(request),
                number: SourceNode::place_of(request),
                arrived: self.now,
                ended: None,
                failed: None,
                spans: Vec::new(),
                decisions: Vec::new(),
            };
            tracer.begins(request, trace);
        }
    }

    /// What balancers are about to decide for the request that was asked for.
    fn note_decision(&self, tracer: &mut Tracer, event: Event, moved: &Moved) {
        let Some(request) = moved.request.filter(|request| tracer.is_next(*request)) else {
            return;
        };
        let entry = match event {
            // A source that is linked without latency sends in this event.
            Event::Arrival { source } => {
                let source = self.sources.get(source as usize);
                let target = source.and_then(SourceNode::next_target);
                target.filter(|to| to.way == Way::ZERO).map(|target| target.entry)
            }
            Event::AtEntry { call } => self.calls.peek(call).map(|call| call.entry),
            _ => None,
        };
        let Some(Entry::Balancer(first)) = entry else { return };
        let decision = self.decision(first, request);
        if let (Some(trace), Some(decision)) = (tracer.trace(request), decision) {
            trace.decisions.push(decision);
        }
    }

    /// Looks at the requests that an event may have moved.
    fn look(
        &self,
        tracer: &mut Tracer,
        moved: &Moved,
        failed_before: [u64; FailureCause::ALL.len()],
    ) {
        if let Some(request) = moved.request.filter(|request| tracer.follows(*request)) {
            self.look_at(tracer, request, failed_before);
        }
        let Some(station) = moved.station else { return };
        for request in tracer.at(self.server(station)) {
            if moved.request != Some(request) {
                self.look_at(tracer, request, failed_before);
            }
        }
    }

    /// Looks at one request.
    fn look_at(
        &self,
        tracer: &mut Tracer,
        request: u64,
        failed_before: [u64; FailureCause::ALL.len()],
    ) {
        let mut doing = Vec::new();
        let mut awaited = false;
        for (id, call) in self.calls.numbered().filter(|(_, call)| call.request == request) {
            awaited |= self.is_awaited(call);
            doing.extend(self.activity_of(id, call));
        }
        let client = self.clients.iter().find(|client| client.request == request);
        awaited |= client.is_some();
        if let Some(client) = client.filter(|client| client.waits_for == 0) {
            let node = self.sources.get(client.source as usize).map_or(NodeId(0), |it| it.id);
            let server = Server { node, instance: None };
            doing.push(self.span(Activity::Retry, server, 0, client.attempts));
        }
        let Some(trace) = tracer.trace(request) else { return };
        trace.go_to(self.now, &doing);
        if !awaited {
            let causes = self.recorder.totals.failed_by_cause;
            let more = causes.iter().zip(failed_before).position(|(now, then)| *now > then);
            trace.failed = more.and_then(|at| FailureCause::ALL.get(at)).copied();
            trace.ended = Some(self.now);
            tracer.ends(request);
        }
    }

    /// Whether a client waits for this very call.
    fn is_awaited(&self, call: &Call) -> bool {
        call.parent == NONE && call.client.0 == NONE
    }

    const fn span(
        &self,
        activity: Activity,
        server: Server,
        depth: u32,
        attempt: u32,
    ) -> TraceSpan {
        TraceSpan { activity, server, depth, attempt, from: self.now, to: None }
    }

    /// What a call does now; nothing while another call does it for this one.
    fn activity_of(&self, id: u32, call: &Call) -> Option<TraceSpan> {
        let depth = self.depth_of(call);
        let attempt = match call.parent {
            EXCHANGE => u32::from(call.attempt % TRIES) + 1,
            _ => u32::from(call.attempt) + 1,
        };
        let (activity, server) = match self.stations.get(call.station as usize) {
            Some(station) => {
                let waits = station.queue.iter().any(|waiting| waiting.call == id)
                    || station.scheduler.as_ref().is_some_and(|it| it.is_ready(id));
                let activity = match call.pending {
                    _ if waits => Activity::Queue,
                    0 => Activity::Service,
                    _ => Activity::Dependency,
                };
                (activity, self.server(call.station))
            }
            None => self.away(id, call)?,
        };
        Some(self.span(activity, server, depth, attempt))
    }

    /// What a call does that is at no station.
    fn away(&self, id: u32, call: &Call) -> Option<(Activity, Server)> {
        let node = |node| Server { node, instance: None };
        if let Some(exchange) = self.exchanges.iter().find(|exchange| exchange.call == id) {
            let balancer = self.balancers.get(exchange.balancer as usize)?;
            return match exchange.stage {
                Stage::Open => None,
                Stage::BackingOff => Some((Activity::Retry, node(balancer.id))),
                Stage::Pending(_) => Some((Activity::Queue, node(balancer.id))),
            };
        }
        if let Some(pick) = &call.pick {
            return Some((Activity::Network, self.server(pick.backend().0)));
        }
        let asker = self.calls.peek(call.parent).map(|asker| (asker.station, call.client.0));
        let pool = asker.and_then(|place| self.connections.get(&place));
        let waits = pool.is_some_and(|pool| pool.waiting().any(|waiting| waiting == id));
        let activity = if waits { Activity::Connection } else { Activity::Network };
        let server = match call.entry {
            Entry::Balancer(balancer) => node(self.balancers.get(balancer as usize)?.id),
            Entry::Station(station) => self.server(station),
        };
        Some((activity, server))
    }

    /// How many calls of others a call is nested in.
    fn depth_of(&self, call: &Call) -> u32 {
        let (mut depth, mut call) = (0, call);
        for _ in 0..DEPTH_MAX {
            let parent = match call.parent {
                NONE | ORPHAN => None,
                // A try stands for the call that its balancer follows.
                EXCHANGE => self.exchanges.peek(call.client.0).map(|exchange| exchange.call),
                parent => {
                    depth += 1;
                    Some(parent)
                }
            };
            let Some(next) = parent.and_then(|parent| self.calls.peek(parent)) else { break };
            call = next;
        }
        depth
    }
}
