//! Requests on their way: from the source to a station and back.
//!
//! A call is handed from step to step by value and is put into the table only where it stays: on a
//! link or at a station.

use super::Simulation;
use crate::balance::Request;
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::node::{Admission, Call, Entry, NONE, ORPHAN, SourceNode};
use crate::time::Span;
use std::net::IpAddr;

impl Simulation {
    pub(super) fn schedule_arrival(&mut self, source: usize) {
        let node = &mut self.sources[source];
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
        node.arrived(self.now);
        self.set_out(source);
        self.schedule_arrival(source as usize);
    }

    /// A call leaves whoever asks.
    #[inline]
    pub(super) fn send(&mut self, call: Call) {
        match call.entry_latency {
            Span::ZERO => self.at_entry(call),
            latency => self.travel(call, latency, |call| Event::AtEntry { call }),
        }
    }

    /// A call is on a link until `event`.
    fn travel(&mut self, call: Call, latency: Span, event: impl FnOnce(u32) -> Event) {
        let id = self.calls.insert(call);
        self.queue.schedule(self.now + latency, event(id));
    }

    /// A call on a link, at a station or at its client moves on.
    pub(super) fn arrives(&mut self, id: u32, step: fn(&mut Self, Call)) {
        if let Some(call) = self.calls.take(id) {
            step(self, call);
        }
    }

    /// A request reaches a balancer, which picks, or a dependency.
    #[inline]
    pub(super) fn at_entry(&mut self, mut call: Call) {
        let index = match call.entry {
            Entry::Station(station) => return self.enter(call, station),
            Entry::Balancer(balancer) => balancer,
        };
        let wants_client = self.balancers[index as usize].wants_client;
        let client = if wants_client { self.address_of(call.request) } else { None };
        let balancer = &mut self.balancers[index as usize];
        let Ok(pick) = balancer.pick(self.now, &Request { client, ..Request::default() }) else {
            call.ended = Err(FailureCause::NoBackend);
            return self.answer(call);
        };
        let station = pick.backend().0;
        call.pick = Some(pick);
        let node = self.stations[station as usize].node;
        call.backend_latency = balancer.latency_to(node);
        let probes_load = balancer.probes_load();
        match call.backend_latency {
            Span::ZERO => self.enter(call, station),
            latency => self.travel(call, latency, |call| Event::AtStation { call }),
        }
        if probes_load {
            self.probe_load(index);
        }
    }

    /// The address of the client that made a request, if its source tells clients apart.
    fn address_of(&self, request: u64) -> Option<IpAddr> {
        let maker = SourceNode::maker_of(request);
        let source = self.sources.binary_search_by_key(&maker, |source| source.id).ok()?;
        self.sources.get(source)?.clients.address_of(request)
    }

    /// A request reaches the station that the balancer picked.
    pub(super) fn at_station(&mut self, call: Call) {
        if let Some(pick) = &call.pick {
            let station = pick.backend().0;
            self.enter(call, station);
        }
    }

    #[inline]
    fn enter(&mut self, mut call: Call, station_id: u32) {
        let station = &mut self.stations[station_id as usize];
        if !station.alive {
            return self.finish(call, Err(FailureCause::ConnectFailed));
        }
        match station.admit(self.now) {
            Admission::Begins => {
                let span = station.slowed(self.works[station.work as usize].of(call.request));
                let epoch = station.epoch;
                call.station = station_id;
                let call = self.calls.insert(call);
                let event = Event::Served { station: station_id, epoch, call };
                self.queue.schedule(self.now + span, event);
            }
            Admission::Waits => {
                call.station = station_id;
                station.queue.push_back(self.calls.insert(call));
            }
            Admission::Refused => self.finish(call, Err(FailureCause::QueueFull)),
        }
    }

    /// A station has worked on a request: the next one begins, this one asks the station's
    /// dependencies or is finished.
    pub(super) fn served(&mut self, station_id: u32, epoch: u32, call_id: u32) {
        let station = &mut self.stations[station_id as usize];
        if station.epoch != epoch {
            return;
        }
        let next = station.release(self.now);
        if let Some(call) = next
            && let Some(waiting) = self.calls.get(call)
        {
            let span = station.slowed(self.works[station.work as usize].of(waiting.request));
            let event = Event::Served { station: station_id, epoch, call };
            self.queue.schedule(self.now + span, event);
        }
        self.ask_next(call_id);
    }

    /// Asks the next dependency, or finishes when all have answered.
    #[inline]
    fn ask_next(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let station = &mut self.stations[call.station as usize];
        if station.asks > call.asked
            && let Some((group, _)) = station.member
            && let Some(target) = self.groups[group as usize].dependencies.get(call.asked as usize)
        {
            call.asked += 1;
            let child =
                Call { parent: call_id, ..Call::new(call.request, call.arrived, NONE, *target) };
            return self.send(child);
        }
        station.in_flight -= 1;
        self.arrives(call_id, |sim, call| sim.finish(call, Ok(())));
    }

    /// The work is done or has failed: the answer starts its way back.
    #[inline]
    pub(super) fn finish(&mut self, mut call: Call, ended: Result<(), FailureCause>) {
        call.ended = ended;
        call.station = NONE;
        match call.backend_latency {
            Span::ZERO => self.returned(call),
            latency => self.travel(call, latency, |call| Event::Returned { call }),
        }
    }

    /// An answer reaches the balancer that picked, if one did.
    #[inline]
    pub(super) fn returned(&mut self, mut call: Call) {
        if let (Some(pick), Entry::Balancer(balancer)) = (call.pick.take(), call.entry) {
            let mut out = Vec::new();
            self.balancers[balancer as usize].complete(self.now, pick, call.ended, &mut out);
            if !out.is_empty() {
                self.carry_out_balancer(balancer, out);
            }
        }
        self.answer(call);
    }

    #[inline]
    fn answer(&mut self, call: Call) {
        match call.entry_latency {
            Span::ZERO => self.answered(call),
            latency => self.travel(call, latency, |call| Event::Answered { call }),
        }
    }

    /// An answer reaches whoever asked.
    #[inline]
    pub(super) fn answered(&mut self, call: Call) {
        match call.parent {
            NONE => self.answered_client(&call),
            ORPHAN => {}
            parent => match call.ended {
                Ok(()) => self.ask_next(parent),
                Err(_) => self.fail_at_station(parent, call.ended),
            },
        }
    }

    /// A request at a station cannot go on because a dependency failed it.
    fn fail_at_station(&mut self, call_id: u32, ended: Result<(), FailureCause>) {
        let Some(call) = self.calls.take(call_id) else { return };
        self.stations[call.station as usize].in_flight -= 1;
        self.finish(call, ended);
    }
}
