//! Messages on wires: links with a law, with losses, or cut. See `node/wire.rs` for the model.

use super::Simulation;
use crate::design::{Link, NodeKind};
use crate::id::{LinkId, NodeId};
use crate::rng::Rng;
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::node::{
    Call, EXCHANGE, Entry, Leg, Message, NONE, RETRANSMISSIONS, Target, Way, Wire, timeout,
};
use crate::time::Span;
use std::collections::BTreeSet;

impl Simulation {
    /// How messages get over a link. One that is more than a constant latency becomes a wire.
    pub(super) fn way_of(&mut self, id: LinkId, link: &Link) -> Way {
        if link.is_plain() {
            return Way::constant(Span::from_ms_f64(link.latency_ms));
        }
        self.wire_of(id, link)
    }

    fn wire_of(&mut self, id: LinkId, link: &Link) -> Way {
        let known = self.wires.iter().position(|wire| wire.link == id);
        let index = known.unwrap_or_else(|| {
            let stream = Rng::new(self.design.run.seed).fork("link", u64::from(id.0));
            self.wires.push(Wire::new(id, link, stream));
            self.wires.len() - 1
        });
        Way::over(index as u32)
    }

    /// Sends a message over a wire that was sent `sent` times before.
    #[cold]
    pub(super) fn transmit(&mut self, id: u32, leg: Leg, sent: u8) {
        let Some(call) = self.calls.get(id) else { return };
        let way = match leg {
            Leg::ToEntry | Leg::ToCaller => call.entry_way,
            Leg::ToBackend | Leg::FromBackend => call.backend_way,
        };
        let (request, attempt) = (call.draw(), call.attempt);
        let arrives = match way.wire().and_then(|wire| self.wires.get(wire)) {
            Some(wire) => wire.carry(Message { request, attempt, leg, sent }),
            None => way.span(),
        };
        match arrives {
            Some(span) => self.queue.schedule(self.now + span, leg.arrival(id)),
            None => {
                let event = Event::Resend { call: id, leg, sent: sent + 1 };
                self.queue.schedule(self.now + timeout(sent), event);
            }
        }
    }

    /// A message was lost: it is sent again, or its sender gives up. Then whoever waits at the near
    /// end takes the connection for dead: one that was never answered could not be made, one whose
    /// answer is lost breaks.
    pub(super) fn resend(&mut self, id: u32, leg: Leg, sent: u8) {
        if sent <= RETRANSMISSIONS {
            return self.transmit(id, leg, sent);
        }
        let Some(call) = self.calls.get(id) else { return };
        let cause = match leg {
            Leg::ToEntry | Leg::ToBackend => FailureCause::ConnectFailed,
            Leg::FromBackend | Leg::ToCaller => FailureCause::Reset,
        };
        call.ended = Err(cause);
        match leg {
            Leg::ToEntry | Leg::ToCaller => self.answered_apart(id),
            Leg::ToBackend | Leg::FromBackend => self.returned_apart(id),
        }
    }

    /// How long a health check of a station takes on its way there and back; nothing if it is lost.
    pub(super) fn check_travels(&mut self, balancer: u32, station: u32) -> Option<Span> {
        let way = self.way_to(balancer, station);
        let Some(wire) = way.wire().and_then(|wire| self.wires.get_mut(wire)) else {
            // Checks over plain links are answered at once: only who answers matters.
            return Some(Span::ZERO);
        };
        Some(wire.carry_probe()? + wire.carry_probe()?)
    }

    /// How long a load probe takes one way; nothing if it is lost.
    pub(super) fn load_travels(&mut self, balancer: u32, station: u32) -> Option<Span> {
        let way = self.way_to(balancer, station);
        match way.wire().and_then(|wire| self.wires.get_mut(wire)) {
            Some(wire) => wire.carry_probe(),
            None => way.span(),
        }
    }

    fn way_to(&self, balancer: u32, station: u32) -> Way {
        let node = self.stations[station as usize].node;
        self.balancers[balancer as usize].way_to(node)
    }

    /// Nothing gets over a link from now on. What is on its way arrives; what comes after, answers
    /// to what has passed included, does not.
    pub(super) fn cut(&mut self, id: LinkId) {
        let Some(link) = self.design.links.get(&id).cloned() else { return };
        let way = self.wire_of(id, &link);
        self.rewire(&link, way);
        if let Some(wire) = way.wire().and_then(|wire| self.wires.get_mut(wire)) {
            wire.cuts += 1;
        }
    }

    /// A partition is over.
    pub(super) fn mend(&mut self, id: LinkId) {
        if let Some(wire) = self.wires.iter_mut().find(|wire| wire.link == id) {
            wire.cuts = wire.cuts.saturating_sub(1);
        }
    }

    /// A link is a wire from now on: for those that send over it, and for what is on its way.
    fn rewire(&mut self, link: &Link, way: Way) {
        let kind = self.design.node(link.from).map(|node| node.settings.kind());
        if kind == Some(NodeKind::Balancer) {
            for index in 0..self.balancers.len() {
                if self.balancers[index].id == link.from {
                    self.rewire_balancer(index, link.to, way);
                }
            }
            return;
        }
        let Some(entry) = self.entry_of(link.to) else { return };
        let is_it = |target: &Target| target.entry == entry;
        // A call that has reached an instance of a balancer names that instance.
        let balancers = &self.balancers;
        let went_there = |call: &Call| match (call.entry, entry) {
            (Entry::Balancer(at), Entry::Balancer(first)) => {
                balancers.get(at as usize).map(|it| it.id)
                    == balancers.get(first as usize).map(|it| it.id)
            }
            (at, entry) => at == entry,
        };
        let source = self.sources.iter_mut().position(|source| source.id == link.from);
        if let Some(source) = source {
            let targets = self.sources[source].targets.iter_mut();
            targets.filter(|target| is_it(target)).for_each(|target| target.way = way);
            let calls = self.calls.iter_mut().map(|(_, call)| call);
            let own = calls.filter(|call| call.parent == NONE && call.source == source as u32);
            own.filter(|call| went_there(call)).for_each(|call| call.entry_way = way);
            return;
        }
        for plan in self.plans.iter_mut().filter(|plan| plan.node == link.from) {
            let asks = plan.asks.iter_mut().filter(|ask| is_it(&ask.target));
            asks.for_each(|ask| ask.target.way = way);
        }
        let stations = &self.stations;
        let here = |call: &Call| {
            stations.get(call.station as usize).is_some_and(|it| it.node == link.from)
        };
        let parents = self.calls.iter_mut().filter(|(_, call)| here(call)).map(|(id, _)| id);
        let parents: BTreeSet<u32> = parents.collect();
        for (_, call) in self.calls.iter_mut() {
            if went_there(call) && parents.contains(&call.parent) {
                call.entry_way = way;
            }
        }
    }

    /// The way from one instance of a balancer to a node is a wire from now on.
    fn rewire_balancer(&mut self, index: usize, to: NodeId, way: Way) {
        self.balancers[index].rewire(to, way);
        let (calls, stations, exchanges) = (&mut self.calls, &self.stations, &self.exchanges);
        let is_there = |station: Option<u32>| {
            let station = station.and_then(|station| stations.get(station as usize));
            station.is_some_and(|station| station.node == to)
        };
        for (_, call) in calls.iter_mut() {
            match call.entry {
                // A try of a balancer that follows requests goes straight to its station.
                Entry::Station(station) if call.parent == EXCHANGE => {
                    let exchange = exchanges.peek(call.client.0);
                    let is_ours = exchange.is_some_and(|it| it.balancer == index as u32);
                    if is_ours && is_there(Some(station)) {
                        call.entry_way = way;
                    }
                }
                Entry::Balancer(balancer)
                    if balancer == index as u32
                        && is_there(call.pick.as_ref().map(|pick| pick.backend().0)) =>
                {
                    call.backend_way = way;
                }
                _ => {}
            }
        }
    }

    /// Where requests enter a node.
    fn entry_of(&self, node: NodeId) -> Option<Entry> {
        let balancer = self.balancers.iter().position(|it| it.id == node);
        let station = || self.dependencies.iter().find(|it| it.id == node).map(|it| it.station);
        balancer
            .map(|index| Entry::Balancer(index as u32))
            .or_else(|| station().map(Entry::Station))
    }
}

impl Leg {
    /// What happens when call number `call` has come over it.
    #[inline]
    pub(super) const fn arrival(self, call: u32) -> Event {
        match self {
            Self::ToEntry => Event::AtEntry { call },
            Self::ToBackend => Event::AtStation { call },
            Self::FromBackend => Event::Returned { call },
            Self::ToCaller => Event::Answered { call },
        }
    }
}
