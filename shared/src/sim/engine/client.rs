//! Clients: they wait for so long, try again after a pause, and in a closed loop think before they
//! ask for the next thing.
//!
//! A client that gives up is gone, its request is not: nobody tells the server, which goes on
//! working for nobody. With retries, that is how an overload keeps itself alive.

use super::Simulation;
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::node::{Call, Client, NONE};
use crate::time::Timestamp;

impl Simulation {
    /// A source made a request: its client sends it.
    #[inline(always)]
    pub(super) fn set_out(&mut self, source: u32) {
        let node = &mut self.sources[source as usize];
        self.recorder.arrived(self.now);
        let request = node.request();
        if node.is_patient() {
            if let Some(target) = node.target() {
                self.send(Call::new(request, self.now, source, target));
            }
        } else {
            let client = Client {
                request,
                arrived: self.now,
                source,
                attempts: 0,
                waits_for: 0,
                link: NONE,
            };
            let client = self.clients.insert(client);
            self.attempt(client);
        }
    }

    /// A client sends its request for the first time, or once more.
    #[inline(never)]
    pub(super) fn attempt(&mut self, id: u32) {
        // Zero is no attempt.
        self.attempts = self.attempts.wrapping_add(1).max(1);
        let Some(client) = self.clients.get(id) else { return };
        client.attempts += 1;
        client.waits_for = self.attempts;
        let attempt = u16::try_from(client.attempts - 1).unwrap_or(u16::MAX);
        let node = &mut self.sources[client.source as usize];
        let Some(target) = node.target() else { return };
        client.link = target.link;
        let call = Call::new(client.request, client.arrived, client.source, target);
        let timeout = node.timeout_of(client.request);
        if !timeout.is_zero() {
            let event = Event::GivesUp { client: id, attempt: self.attempts };
            self.queue.schedule(self.now + timeout, event);
        }
        self.send_apart(Call { client: (id, self.attempts), attempt, ..call });
    }

    /// An answer reached a client, if it still waits.
    #[inline(always)]
    pub(super) fn answered_client(
        &mut self,
        client: (u32, u32),
        source: u32,
        request: u64,
        arrived: Timestamp,
        ended: Result<(), FailureCause>,
    ) {
        match client {
            (NONE, _) => self.request_ended(source, request, arrived, ended),
            (client, attempt) => self.attempt_ended(client, attempt, ended),
        }
    }

    /// An attempt ended or took too long. One that the client does not wait for any more is void.
    #[inline(never)]
    pub(super) fn attempt_ended(&mut self, id: u32, attempt: u32, ended: Result<(), FailureCause>) {
        let Some(client) = self.clients.get(id).filter(|c| c.waits_for == attempt) else { return };
        if ended.is_err() {
            let link = client.link;
            self.failed_along(link);
        }
        let Some(client) = self.clients.get(id) else { return };
        let manners = &self.sources[client.source as usize].manners;
        if ended.is_err() && client.attempts <= manners.retries {
            client.waits_for = 0;
            let pause = manners.pause(client.request, client.attempts + 1);
            self.recorder.retried();
            self.queue.schedule(self.now + pause, Event::Retry { client: id });
        } else if let Some(client) = self.clients.take(id) {
            self.request_ended(client.source, client.request, client.arrived, ended);
        }
    }

    /// A request is over, for better or worse. In a closed loop its user begins to think.
    #[inline(always)]
    fn request_ended(
        &mut self,
        source: u32,
        request: u64,
        arrived: Timestamp,
        ended: Result<(), FailureCause>,
    ) {
        self.recorder.ended(self.now, request, arrived, ended);
        if self.has_classes {
            self.measure_class(source, request, arrived, ended);
        }
        if self.sources[source as usize].manners.users > 0 {
            self.think(source, request);
        }
    }

    /// Requests that are somewhere now: where the call is that a client waits for, or in a pause
    /// before the next attempt. Counted by looking for them, so that a lost one is missed.
    pub(super) fn requests_found(&self) -> u64 {
        let waited_for = |call: &&Call| match call.client {
            _ if call.parent != NONE => false,
            (NONE, _) => true,
            (client, attempt) => self.clients.peek(client).is_some_and(|c| c.waits_for == attempt),
        };
        let pausing = self.clients.iter().filter(|client| client.waits_for == 0).count();
        (self.calls.iter().filter(waited_for).count() + pausing) as u64
    }

    /// A user thinks after `request`; while the source's factor is zero, until it is not.
    #[inline(never)]
    pub(super) fn think(&mut self, source: u32, request: u64) {
        let node = &mut self.sources[source as usize];
        if let Some(span) = node.think(request) {
            self.queue.schedule(self.now + span, Event::Arrival { source });
        }
    }

    /// Every user of a closed loop begins to think: at the start.
    pub(super) fn seat_users(&mut self, source: u32) {
        // Numbers that no request has: requests count up from the source's identity.
        let users = self.sources[source as usize].manners.users;
        (0..users).for_each(|user| self.think(source, u64::MAX - u64::from(user)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Design, Settings, presets};
    use crate::sim::{Command, StepBudget};
    use std::sync::Arc;

    /// One server under a load that makes clients give up and come back, `at_s` into the run.
    fn overloaded(at_s: u64) -> Simulation {
        let mut design: Design = presets::single_server();
        (design.run.duration_s, design.run.warmup_s) = (120, 0);
        for node in design.nodes.values_mut() {
            if let Settings::Source(source) = &mut Arc::make_mut(node).settings {
                (source.timeout_ms, source.retries) = (200.0, 4);
                (source.backoff_ms, source.backoff_max_ms) = (400.0, 2_000.0);
            }
        }
        let mut sim = Simulation::new(&design).unwrap();
        let source = sim.sources[0].id;
        sim.apply(Command::rate_factor(source, 1.5)).unwrap();
        sim.run_until(Timestamp::from_s(at_s), StepBudget::UNLIMITED);
        sim
    }

    /// Requests are found wherever they are: at the server, and in pauses; abandoned attempts are
    /// none.
    #[test]
    fn every_request_is_found() {
        for at_s in [1, 10, 60, 120] {
            let sim = overloaded(at_s);
            let (totals, checks) = (sim.totals(), sim.result().checks);
            assert!(checks.conserved && checks.little_holds, "at {at_s} s: {totals:?} {checks:?}");
            assert_eq!(sim.requests_found(), totals.in_flight);
        }
        let sim = overloaded(60);
        let pausing = sim.clients.iter().filter(|client| client.waits_for == 0).count();
        assert!(pausing > 10 && sim.totals().in_flight > pausing as u64, "{pausing} pausing");
        assert!(sim.calls.iter().count() as u64 > sim.totals().in_flight, "nothing is abandoned");
    }

    /// A call that is lost, or a client, is missed.
    #[test]
    fn a_lost_request_is_missed() {
        let awaited = |sim: &Simulation, id: u32| {
            let call = sim.calls.peek(id)?;
            let client = sim.clients.peek(call.client.0)?;
            (client.waits_for == call.client.1).then_some(call.client.0)
        };
        let mut sim = overloaded(60);
        let (call, client) =
            (0..1_000).find_map(|id| Some((id, awaited(&sim, id)?))).expect("somebody waits");
        let lost = sim.calls.take(call);
        assert!(lost.is_some() && !sim.result().checks.conserved);
        let mut sim = overloaded(60);
        assert!(sim.clients.take(client).is_some() && !sim.result().checks.conserved);
    }
}
