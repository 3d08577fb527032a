//! Requests on their way: from the source to a station and back.

use super::Simulation;
use crate::balance::Request;
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::node::{Admission, Call, Entry, NONE, ORPHAN, SourceNode, Target};
use crate::time::{Span, Timestamp};

impl Simulation {
    pub(super) fn schedule_arrival(&mut self, source: usize) {
        let node = &self.sources[source];
        if let Some(at) = node.next() {
            let event = Event::Arrival { source: source as u32, epoch: node.epoch };
            self.queue.schedule(at.max(self.now), event);
        }
    }

    /// A source makes a request.
    pub(super) fn arrival(&mut self, source: u32, epoch: u32) {
        let node = &mut self.sources[source as usize];
        if node.epoch != epoch {
            return;
        }
        if let Some(&target) = node.arrived(self.now) {
            let request = node.request();
            self.recorder.arrived(self.now);
            self.ask(request, self.now, NONE, target);
        }
        self.schedule_arrival(source as usize);
    }

    /// Sends a request to a target on behalf of `parent`.
    fn ask(&mut self, request: u64, arrived: Timestamp, parent: u32, target: Target) {
        let call = self.calls.insert(Call {
            request,
            arrived,
            parent,
            entry: target.entry,
            entry_latency: target.latency,
            pick: None,
            backend_latency: Span::ZERO,
            station: NONE,
            asked: 0,
            ended: Ok(()),
        });
        self.after(target.latency, Event::AtEntry { call }, |sim| sim.at_entry(call));
    }

    /// Does something at once, or schedules it where the way there takes time.
    #[inline]
    pub(super) fn after(&mut self, latency: Span, event: Event, at_once: impl FnOnce(&mut Self)) {
        if latency.is_zero() {
            at_once(self);
        } else {
            self.queue.schedule(self.now + latency, event);
        }
    }

    /// A request reaches a balancer, which picks, or a dependency.
    pub(super) fn at_entry(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let balancer = match call.entry {
            Entry::Station(station) => {
                call.station = station;
                return self.enter(call_id, station);
            }
            Entry::Balancer(balancer) => &mut self.balancers[balancer as usize],
        };
        let client = if balancer.wants_client {
            let maker = SourceNode::maker_of(call.request);
            let source = self.sources.binary_search_by_key(&maker, |source| source.id);
            let source = source.ok().and_then(|index| self.sources.get(index));
            source.and_then(|source| source.clients.address_of(call.request))
        } else {
            None
        };
        let probes_load = balancer.probes_load();
        match balancer.pick(self.now, &Request { client, ..Request::default() }) {
            Ok(pick) => {
                let station = pick.backend().0;
                let node = self.stations[station as usize].node;
                let latency = balancer.latency.get(&node).copied().unwrap_or(Span::ZERO);
                call.pick = Some(pick);
                call.backend_latency = latency;
                let event = Event::AtStation { call: call_id };
                let asking = call.entry;
                self.after(latency, event, |sim| sim.at_station(call_id));
                if let Entry::Balancer(balancer) = asking
                    && probes_load
                {
                    self.probe_load(balancer);
                }
            }
            Err(_) => {
                call.ended = Err(FailureCause::NoBackend);
                self.answer(call_id);
            }
        }
    }

    /// A request reaches the station that the balancer picked.
    pub(super) fn at_station(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let Some(pick) = &call.pick else { return };
        let station = pick.backend().0;
        call.station = station;
        self.enter(call_id, station);
    }

    fn enter(&mut self, call_id: u32, station_id: u32) {
        let station = &mut self.stations[station_id as usize];
        if !station.alive {
            return self.finish(call_id, Err(FailureCause::ConnectFailed));
        }
        match station.admit(self.now, call_id) {
            Admission::Begins => self.begin(call_id, station_id),
            Admission::Waits => {}
            Admission::Refused => {
                self.leave(call_id);
                self.finish(call_id, Err(FailureCause::QueueFull));
            }
        }
    }

    /// A core begins to work on a request.
    #[inline]
    fn begin(&mut self, call_id: u32, station_id: u32) {
        let station = &self.stations[station_id as usize];
        let Some(call) = self.calls.get(call_id) else { return };
        let span = station.slowed(self.works[station.work as usize].of(call.request));
        let event = Event::Served { station: station_id, epoch: station.epoch, call: call_id };
        self.queue.schedule(self.now + span, event);
    }

    /// A station has worked on a request: the next one begins, this one asks the station's
    /// dependencies or is finished.
    pub(super) fn served(&mut self, station_id: u32, epoch: u32, call_id: u32) {
        let station = &mut self.stations[station_id as usize];
        if station.epoch != epoch {
            return;
        }
        if let Some(next) = station.release(self.now) {
            self.begin(next, station_id);
        }
        self.ask_next(call_id);
    }

    /// Asks the next dependency, or finishes when all have answered.
    fn ask_next(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let (request, arrived, asked) = (call.request, call.arrived, call.asked);
        let member = self.stations[call.station as usize].member;
        let dependencies = member.map(|(group, _)| &self.groups[group as usize].dependencies);
        let target = dependencies.and_then(|all| all.get(asked as usize)).copied();
        match target {
            Some(target) => {
                call.asked += 1;
                self.ask(request, arrived, call_id, target);
            }
            None => {
                self.stations[call.station as usize].in_flight -= 1;
                self.leave(call_id);
                self.finish(call_id, Ok(()));
            }
        }
    }

    /// The call is at its station no longer.
    fn leave(&mut self, call_id: u32) {
        if let Some(call) = self.calls.get(call_id) {
            call.station = NONE;
        }
    }

    /// The work is done or has failed: the answer starts its way back.
    pub(super) fn finish(&mut self, call_id: u32, ended: Result<(), FailureCause>) {
        let Some(call) = self.calls.get(call_id) else { return };
        call.ended = ended;
        call.station = NONE;
        if call.pick.is_some() {
            let latency = call.backend_latency;
            self.after(latency, Event::Returned { call: call_id }, |sim| sim.returned(call_id));
        } else {
            self.answer(call_id);
        }
    }

    /// An answer reaches the balancer that picked.
    pub(super) fn returned(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        if let (Some(pick), Entry::Balancer(balancer)) = (call.pick.take(), call.entry) {
            let mut out = Vec::new();
            self.balancers[balancer as usize].complete(self.now, pick, call.ended, &mut out);
            if !out.is_empty() {
                self.carry_out_balancer(balancer, out);
            }
        }
        self.answer(call_id);
    }

    fn answer(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let latency = call.entry_latency;
        self.after(latency, Event::Answered { call: call_id }, |sim| sim.answered(call_id));
    }

    /// An answer reaches whoever asked.
    pub(super) fn answered(&mut self, call_id: u32) {
        let Some(call) = self.calls.remove(call_id) else { return };
        match call.parent {
            NONE => self.recorder.ended(self.now, call.request, call.arrived, call.ended),
            ORPHAN => {}
            parent => match call.ended {
                Ok(()) => self.ask_next(parent),
                Err(_) => self.fail_at_station(parent, call.ended),
            },
        }
    }

    /// A request at a station cannot go on because a dependency failed it.
    fn fail_at_station(&mut self, call_id: u32, ended: Result<(), FailureCause>) {
        let Some(call) = self.calls.get(call_id) else { return };
        self.stations[call.station as usize].in_flight -= 1;
        self.finish(call_id, ended);
    }
}
