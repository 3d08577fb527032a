//! Stations that ask others: one dependency after the other or all at once, several copies of one,
//! through a pool of connections, or none at all when the cache has the answer.

use super::Simulation;
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::hops::Hop;
use crate::sim::node::{Ask, Call, Leg, NONE, Way};
use crate::time::Timestamp;

impl Simulation {
    /// A request has been worked on, or those that it asked have answered: what follows.
    pub(super) fn go_on(&mut self, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let (station, draw, asked) = (call.station, call.draw(), call.asked);
        let plan_id = self.stations[station as usize].plan as usize;
        let Some(plan) = self.plans.get_mut(plan_id) else { return self.depart(call_id) };
        let next = plan.next(asked);
        if let Some(cache) = &mut plan.cache {
            if asked == 0 && cache.hits(draw) {
                return self.depart(call_id);
            }
            if asked > 0 && next.is_empty() {
                cache.fill(draw);
            }
        }
        let asks: Vec<Ask> = plan.asks.get(next).unwrap_or_default().to_vec();
        if asks.is_empty() {
            return self.depart(call_id);
        }
        call.asked += asks.len() as u32;
        call.pending = asks.iter().map(|ask| ask.copies).sum();
        let (parent, asker) = (call.variant, plan.node);
        let (request, arrived, attempt) = (call.request, call.arrived, call.attempt);
        self.visit(call_id, |visit, now| visit.asked = now);
        for (place, ask) in (asked..).zip(asks) {
            for copy in 0..ask.copies {
                let child = Call::new(request, arrived, NONE, ask.target);
                let (client, variant) = ((place, 0), parent.of_copy(asker, copy));
                self.connect(
                    station,
                    ask,
                    Call { parent: call_id, client, variant, attempt, ..child },
                );
            }
        }
    }

    /// A call goes out, once its server has a connection for it.
    fn connect(&mut self, station: u32, ask: Ask, call: Call) {
        let Some((size, timeout)) = ask.pool else { return self.send_apart(call) };
        let place = call.client.0;
        let connections = self.connections.entry((station, place)).or_default();
        if connections.take(size) {
            self.waited_for_connection(call.parent, ask);
            return self.send_apart(call);
        }
        let ticket = connections.wait(self.calls.insert(call));
        if !timeout.is_zero() {
            let event = Event::ConnectionTimeout { station, place, ticket };
            self.queue.schedule(self.now + timeout, event);
        }
    }

    /// A call has waited too long for a connection, if it still waits.
    pub(super) fn connection_timeout(&mut self, station: u32, place: u32, ticket: u32) {
        let connections = self.connections.get_mut(&(station, place));
        let call = connections.and_then(|connections| connections.give_up(ticket));
        if let Some(call) = call.and_then(|id| self.calls.take(id)) {
            self.child_ended(call.parent, Err(FailureCause::ConnectionTimeout));
        }
    }

    /// What a request at a station asked, at this place of its plan, has answered.
    #[inline(never)]
    pub(super) fn child_answered(
        &mut self,
        parent: u32,
        place: u32,
        ended: Result<(), FailureCause>,
    ) {
        let Some(station) = self.calls.peek(parent).map(|parent| parent.station) else { return };
        if self.is_held(parent) {
            return;
        }
        let plan = self.stations[station as usize].plan as usize;
        let ask = self.plans.get(plan).and_then(|plan| plan.asks.get(place as usize)).copied();
        if let Some(ask) = ask {
            self.measure_since(parent, Hop::Dependency { to: ask.to }, |visit| visit.asked);
            if ask.pool.is_some() {
                self.connection_free(station, place, ask);
            }
        }
        self.child_ended(parent, ended);
    }

    /// The next call that waits for a connection has one.
    fn connection_free(&mut self, station: u32, place: u32, ask: Ask) {
        let connections = self.connections.get_mut(&(station, place));
        let next = connections.and_then(|connections| connections.free());
        let Some(id) = next else { return };
        let Some(call) = self.calls.peek(id) else { return };
        let (parent, way) = (call.parent, call.entry_way);
        self.waited_for_connection(parent, ask);
        match way {
            Way::ZERO => self.at_entry_apart(id),
            way => self.travel(id, way, Leg::ToEntry),
        }
    }

    fn waited_for_connection(&mut self, parent: u32, ask: Ask) {
        self.measure_since(parent, Hop::Connection { to: ask.to }, |visit| visit.asked);
    }

    /// One of those that a request asked is done with it. It goes on when all are.
    fn child_ended(&mut self, parent: u32, ended: Result<(), FailureCause>) {
        if self.is_held(parent) {
            return;
        }
        let Some(call) = self.calls.get(parent) else { return };
        call.pending -= 1;
        if call.ended.is_ok() {
            call.ended = ended;
        }
        match call.ended {
            _ if call.pending > 0 => {}
            Ok(()) => self.go_on(parent),
            Err(_) => self.depart(parent),
        }
    }

    /// A request is done at its station, for better or worse.
    pub(super) fn depart(&mut self, call_id: u32) {
        let Some(call) = self.calls.peek(call_id) else { return };
        let (station, ended) = (call.station, call.ended);
        if call.parent == NONE {
            self.measure_links(call_id);
        }
        self.leave(station);
        self.finish_apart(call_id, ended);
    }

    /// A station is gone, and with it its connections and the calls that wait for one.
    pub(super) fn disconnect(&mut self, station: u32) {
        let places = (station, 0)..=(station, u32::MAX);
        let keys: Vec<_> = self.connections.range(places).map(|(key, _)| *key).collect();
        for key in keys {
            let gone = self.connections.remove(&key);
            gone.iter().flat_map(|connections| connections.waiting()).for_each(|call| {
                self.calls.take(call);
            });
        }
    }

    /// A cache loses what it has.
    pub(super) fn flush_cache(&mut self, plan: u32) {
        let plan = self.plans.get_mut(plan as usize);
        if let Some(cache) = plan.and_then(|plan| plan.cache.as_mut()) {
            cache.flush();
        }
    }

    /// Caches are flushed at the times that the design names.
    pub(super) fn schedule_flushes(&mut self, plan: u32, times_s: &[u32]) {
        for &at_s in times_s {
            let at = Timestamp::from_s(u64::from(at_s));
            self.queue.schedule(at, Event::CacheFlushed { plan });
        }
    }
}
