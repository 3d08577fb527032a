//! Requests on their way: from the source to a station and back.
//!
//! A call stays in its place in the table from the moment it sets out until its answer is there;
//! the steps hand its number on, and the call is never copied.
//!
//! # What the hot path may do
//!
//! [`Simulation::arrival`] and [`Simulation::served`] run for every request. On a link without
//! latency, to a station without a fault, each is one function: what they call is inlined into
//! them, and together they cost under a hundred nanoseconds, a few loads per line of code. So, in
//! what they pass through:
//!
//! - a feature that most designs lack hangs off one test of one field (as `wants_client` and
//!   `probes_load` do), and what follows is a function of its own, `#[cold]` or never inlined;
//! - nothing is allocated, looked up in a map, logged or formatted;
//! - a [`Call`] is passed by number and changed in place: a copy is a call of the runtime in wasm;
//! - counts and sums are added to, figures are worked out when somebody looks.
//!
//! What is inlined is inlined everywhere it is called. So only the hot path calls these steps by
//! their names; everybody else takes the doors named `_apart`, behind which the same steps are
//! once. Else they would be in the code dozens of times, and a build would take minutes more.
//!
//! `cargo xtask bench sim` shows what a change costs.

use super::Simulation;
use crate::balance::Request;
use crate::sim::FailureCause;
use crate::sim::node::{
    Admission, Answer, BalancerNode, Call, EXCHANGE, Entry, Leg, NONE, ORPHAN, SourceNode, Station,
    Waiting, Way,
};
use std::net::IpAddr;

impl Simulation {
    #[inline(always)]
    pub(super) fn schedule_arrival(&mut self, source: usize) {
        let node = &mut self.sources[source];
        if let Some(at) = node.next() {
            self.queue.schedule_arrival(at.max(self.now), source as u32);
        }
    }

    /// A source makes a request.
    #[inline(always)]
    pub(super) fn arrival(&mut self, source: u32) {
        self.sources[source as usize].arrived(self.now);
        self.set_out(source);
        self.schedule_arrival(source as usize);
    }

    /// A call leaves whoever asks.
    #[inline(always)]
    pub(super) fn send(&mut self, call: Call) {
        let way = call.entry_way;
        self.sent_along(call.entry_link);
        let id = self.calls.insert(call);
        match way {
            Way::ZERO => self.at_entry(id),
            way => self.travel(id, way, Leg::ToEntry),
        }
    }

    #[inline]
    fn sent_along(&mut self, link: u32) {
        if let Some(meter) = self.links.get_mut(link as usize) {
            meter.sent += 1;
        }
    }

    /// A request that was sent along `link` ended badly for whoever sent it.
    #[cold]
    pub(super) fn failed_along(&mut self, link: u32) {
        if let Some(meter) = self.links.get_mut(link as usize) {
            meter.failed += 1;
        }
    }

    /// A call is on a link.
    #[inline(never)]
    pub(super) fn travel(&mut self, id: u32, way: Way, leg: Leg) {
        match way.span() {
            Some(latency) => self.queue.schedule(self.now + latency, leg.arrival(id)),
            None => self.transmit(id, leg, 0),
        }
    }

    /// A request reaches a balancer, which picks, or a dependency.
    #[inline(always)]
    pub(super) fn at_entry(&mut self, id: u32) {
        let Some(call) = self.calls.get(id) else { return };
        let index = match call.entry {
            Entry::Station(station) => return self.enter(id, station),
            Entry::Balancer(balancer) => balancer,
        };
        let mut balancer = &mut self.balancers[index as usize];
        let mut index = index;
        if balancer.instances > 1 {
            index += instance_for(balancer, &self.sources, call);
            call.entry = Entry::Balancer(index);
            balancer = &mut self.balancers[index as usize];
        }
        if balancer.rules.is_some() {
            return self.follow(id, index);
        }
        let request = match balancer.wants_client {
            true => Request { client: address_of(&self.sources, call.request), ..DEFAULT_REQUEST },
            false => DEFAULT_REQUEST,
        };
        // Kept in each arm: a pick that came out of both would be copied on its way.
        let picked = match balancer.has_sessions() {
            false => balancer.pick_at_once(self.now, &request).ok().map(|pick| call.keep(pick)),
            true => balancer.pick(self.now, &request).ok().map(|pick| call.keep(pick)),
        };
        let Some(station) = picked else {
            call.ended = Err(FailureCause::NoBackend);
            return self.answer_apart(id);
        };
        let node = self.stations[station as usize].node;
        let (way, link) = (balancer.way_to(node), balancer.link_to(node));
        (call.backend_way, call.backend_link) = (way, link);
        let probes_load = balancer.probes_load();
        self.sent_along(link);
        match way {
            Way::ZERO => self.enter(id, station),
            way => self.travel(id, way, Leg::ToBackend),
        }
        if probes_load {
            self.probe_load(index);
        }
    }

    /// A request reaches the station that the balancer picked.
    pub(super) fn at_station(&mut self, id: u32) {
        let pick = self.calls.get(id).and_then(|call| call.pick.as_ref());
        if let Some(station) = pick.map(|pick| pick.backend().0) {
            self.enter(id, station);
        }
    }

    #[inline(always)]
    fn enter(&mut self, id: u32, station_id: u32) {
        if self.stations[station_id as usize].is_plain {
            self.admit(id, station_id);
        } else {
            self.enter_troubled(id, station_id);
        }
    }

    /// A request reaches a station that is dead, or that faults are about.
    #[cold]
    fn enter_troubled(&mut self, id: u32, station_id: u32) {
        let Some(call) = self.calls.get(id) else { return };
        let station = &mut self.stations[station_id as usize];
        if !station.alive {
            self.finish_apart(id, Err(FailureCause::ConnectFailed));
        } else if station.hangs() {
            station.hold(self.now);
            call.station = station_id;
            station.queue.push_back(Waiting::undrawn(id));
        } else if station.answers_500(call.draw(), call.attempt) {
            station.brush_off();
            self.finish_apart(id, Err(FailureCause::ServerError));
        } else {
            self.admit(id, station_id);
        }
    }

    /// A station takes a request, if it has room.
    #[inline(always)]
    fn admit(&mut self, id: u32, station_id: u32) {
        let station = &mut self.stations[station_id as usize];
        if station.scheduler.is_some() {
            return self.enter_scheduled(id, station_id);
        }
        let Some(call) = self.calls.get(id) else { return };
        // Drawn now and not when the work begins: then the next event would wait for the draw.
        let work = self.works[station.work as usize].of(call.request);
        match station.admit(self.now) {
            Admission::Begins => {
                call.station = station_id;
                self.queue.schedule_served(self.now + station.slowed(work), id);
            }
            Admission::Waits => {
                call.station = station_id;
                station.queue.push_back(Waiting { call: id, work });
            }
            Admission::Refused => self.finish_apart(id, Err(FailureCause::QueueFull)),
        }
    }

    /// A station has worked on a request: the next one begins, this one is finished.
    #[inline(always)]
    pub(super) fn served(&mut self, call_id: u32) {
        let Some(&mut Call { station: station_id, .. }) = self.calls.get(call_id) else { return };
        let station = &mut self.stations[station_id as usize];
        station.went(self.now);
        if let Some(next) = station.release(self.now) {
            self.queue.schedule_served(self.now + station.slowed(next.work), next.call);
        }
        self.finish(call_id, Ok(()));
    }

    /// The work is done or has failed: the answer starts its way back.
    #[inline(always)]
    pub(super) fn finish(&mut self, id: u32, ended: Result<(), FailureCause>) {
        let Some(call) = self.calls.get(id) else { return };
        call.ended = ended;
        call.station = NONE;
        match call.backend_way {
            Way::ZERO => self.returned(id),
            way => self.travel(id, way, Leg::FromBackend),
        }
    }

    /// An answer reaches the balancer that picked, if one did.
    #[inline(always)]
    pub(super) fn returned(&mut self, id: u32) {
        let Some(mut call) = self.calls.get(id) else { return };
        if let (Some(pick), Entry::Balancer(balancer)) = (call.pick.take(), call.entry) {
            let (ended, link) = (call.ended, call.backend_link);
            let (backend, since) = (pick.backend(), pick.started());
            let mut out = Vec::new();
            self.balancers[balancer as usize].complete(self.now, pick, ended, &mut out);
            if self.measures_responses || ended.is_err() || !out.is_empty() {
                self.response_measured((backend, since), ended);
                if ended.is_err() {
                    self.failed_along(link);
                }
                if !out.is_empty() {
                    self.carry_out_balancer(balancer, out);
                }
                let Some(again) = self.calls.get(id) else { return };
                call = again;
            }
        }
        let (way, answer) = (call.entry_way, call.answer());
        self.answer_along(id, way, answer);
    }

    #[inline(always)]
    pub(super) fn answer(&mut self, id: u32) {
        let Some(call) = self.calls.get(id) else { return };
        let (way, answer) = (call.entry_way, call.answer());
        self.answer_along(id, way, answer);
    }

    #[inline(always)]
    fn answer_along(&mut self, id: u32, way: Way, answer: Answer) {
        match way {
            Way::ZERO => self.received(id, answer),
            way => self.travel(id, way, Leg::ToCaller),
        }
    }

    /// An answer reaches whoever asked.
    #[inline(always)]
    pub(super) fn answered(&mut self, id: u32) {
        let Some(call) = self.calls.get(id) else { return };
        let answer = call.answer();
        self.received(id, answer);
    }

    #[inline(always)]
    fn received(&mut self, id: u32, answer: Answer) {
        let Answer { parent, client, source, request, arrived, ended, entry_link } = answer;
        self.calls.remove(id);
        // A client's failed attempt counts where it ends, which may be before its answer.
        let is_clients = client.0 != NONE && parent == NONE;
        if ended.is_err() && !is_clients && parent != ORPHAN {
            self.failed_along(entry_link);
        }
        match parent {
            NONE => self.answered_client(client, source, request, arrived, ended),
            ORPHAN => {}
            EXCHANGE => self.try_answered(client, ended),
            parent => self.child_answered(parent, client.0, ended),
        }
    }

    /// [`Self::send`], apart: see [the module](self).
    #[inline(never)]
    pub(super) fn send_apart(&mut self, call: Call) {
        self.send(call);
    }

    /// [`Self::at_entry`], apart.
    #[inline(never)]
    pub(super) fn at_entry_apart(&mut self, id: u32) {
        self.at_entry(id);
    }

    /// [`Self::finish`], apart.
    #[inline(never)]
    pub(super) fn finish_apart(&mut self, id: u32, ended: Result<(), FailureCause>) {
        self.finish(id, ended);
    }

    /// [`Self::returned`], apart.
    #[inline(never)]
    pub(super) fn returned_apart(&mut self, id: u32) {
        self.returned(id);
    }

    /// [`Self::answer`], apart.
    #[inline(never)]
    pub(super) fn answer_apart(&mut self, id: u32) {
        self.answer(id);
    }

    /// [`Self::answered`], apart.
    #[inline(never)]
    pub(super) fn answered_apart(&mut self, id: u32) {
        self.answered(id);
    }

    /// Whether a request is at a station that hangs: it does nothing with what it hears.
    pub(super) fn is_held(&self, call_id: u32) -> bool {
        let station = self.calls.peek(call_id).map(|call| call.station);
        let station = station.and_then(|station| self.stations.get(station as usize));
        station.is_some_and(Station::hangs)
    }
}

/// Which of a balancer's instances a call reaches: one at random, as names are resolved anew for
/// each, or always the same for a client that is told apart.
#[cold]
fn instance_for(first: &mut BalancerNode, sources: &[SourceNode], call: &Call) -> u32 {
    match address_of(sources, call.request) {
        Some(address) => first.instance_of(address),
        None => first.any_instance(),
    }
}

/// What a balancer knows of most requests.
const DEFAULT_REQUEST: Request<'_> = Request { tried: &[], key: None, client: None };

/// The address of the client that made a request, if its source tells clients apart.
#[inline(never)]
pub(super) fn address_of(sources: &[SourceNode], request: u64) -> Option<IpAddr> {
    maker_of(sources, request)?.clients.address_of(request)
}

/// The source that made a request.
pub(super) fn maker_of(sources: &[SourceNode], request: u64) -> Option<&SourceNode> {
    let maker = SourceNode::maker_of(request);
    let source = sources.binary_search_by_key(&maker, |source| source.id).ok()?;
    sources.get(source)
}
