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
    #[inline]
    pub(super) fn set_out(&mut self, source: u32) {
        let node = &mut self.sources[source as usize];
        self.recorder.arrived();
        let request = node.request();
        if node.manners.is_patient() {
            if let Some(target) = node.target() {
                self.send(Call::new(request, self.now, source, target));
            }
        } else {
            let client = Client { request, arrived: self.now, source, attempts: 0, waits_for: 0 };
            let client = self.clients.insert(client);
            self.attempt(client);
        }
    }

    /// A client sends its request for the first time, or once more.
    pub(super) fn attempt(&mut self, id: u32) {
        // Zero is no attempt.
        self.attempts = self.attempts.wrapping_add(1).max(1);
        let Some(client) = self.clients.get(id) else { return };
        client.attempts += 1;
        client.waits_for = self.attempts;
        let node = &mut self.sources[client.source as usize];
        let Some(target) = node.target() else { return };
        let call = Call::new(client.request, client.arrived, client.source, target);
        if !node.manners.timeout.is_zero() {
            let event = Event::GivesUp { client: id, attempt: self.attempts };
            self.queue.schedule(self.now + node.manners.timeout, event);
        }
        self.send(Call { client: (id, self.attempts), ..call });
    }

    /// An answer reached a client, if it still waits.
    #[inline]
    pub(super) fn answered_client(&mut self, call: &Call) {
        match call.client {
            (NONE, _) => {
                self.request_ended(call.source, call.request, call.arrived, call.ended);
            }
            (client, attempt) => self.attempt_ended(client, attempt, call.ended),
        }
    }

    /// An attempt ended or took too long. One that the client does not wait for any more is void.
    pub(super) fn attempt_ended(&mut self, id: u32, attempt: u32, ended: Result<(), FailureCause>) {
        let Some(client) = self.clients.get(id).filter(|c| c.waits_for == attempt) else { return };
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
    #[inline]
    fn request_ended(
        &mut self,
        source: u32,
        request: u64,
        arrived: Timestamp,
        ended: Result<(), FailureCause>,
    ) {
        self.recorder.ended(self.now, request, arrived, ended);
        if self.sources[source as usize].manners.users > 0 {
            self.think(source, request);
        }
    }

    /// A user thinks after `request`; while the source's factor is zero, until it is not.
    pub(super) fn think(&mut self, source: u32, request: u64) {
        let node = &mut self.sources[source as usize];
        if let Some(span) = node.think(request) {
            let event = Event::Arrival { source, epoch: node.epoch };
            self.queue.schedule(self.now + span, event);
        }
    }

    /// Every user of a closed loop begins to think: at the start.
    pub(super) fn seat_users(&mut self, source: u32) {
        // Numbers that no request has: requests count up from the source's identity.
        let users = self.sources[source as usize].manners.users;
        (0..users).for_each(|user| self.think(source, u64::MAX - u64::from(user)));
    }
}
