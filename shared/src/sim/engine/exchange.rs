//! Balancers that follow requests: retries, time-outs, second copies, limits.
//!
//! A try is a call of the balancer's own, straight to the station that was picked; the call of
//! whoever asks stays at the balancer meanwhile. Nobody tells a server that its answer is not
//! waited for any longer: it goes on working for nobody. Whatever follows from a failure happens
//! in an event of its own, so that no chain of failures grows the stack.

use super::Simulation;
use super::flow::{address_of, maker_of};
use crate::balance::request::breaker::Resource;
use crate::balance::{Outcome, Request, Unavailable};
use crate::id::BackendId;
use crate::sim::FailureCause;
use crate::sim::event::{Event, Step};
use crate::sim::node::{
    Call, EXCHANGE, Entry, Exchange, Kind, NONE, Stage, Target, Try, outcome_of,
};
use crate::time::Timestamp;

impl Simulation {
    /// A request reaches a balancer that follows it to its end.
    #[cold]
    pub(super) fn follow(&mut self, call: u32, balancer: u32) {
        let Some(&Call { request, arrived, .. }) = self.calls.peek(call) else { return };
        let is_post = maker_of(&self.sources, request).is_some_and(|maker| maker.is_post(request));
        let method = if is_post { "POST" } else { "GET" };
        let node = &mut self.balancers[balancer as usize];
        let client = if node.wants_client { address_of(&self.sources, request) } else { None };
        node.requests += 1;
        let Some(rules) = &mut node.rules else { return };
        rules.opened(self.now);
        let limit = rules.timeouts.overall;
        let serial = self.next_serial();
        let exchange = self.exchanges.insert(Exchange {
            serial,
            balancer,
            call,
            request,
            arrived,
            client,
            method,
            started: self.now,
            stage: Stage::Open,
            tries: Vec::new(),
            tried: Vec::new(),
            retries: 0,
            hedged: false,
        });
        if let Some(limit) = limit {
            self.step_at(self.now + limit, exchange, serial, Step::Timeout);
        }
        self.send_try(exchange, Kind::First, false);
    }

    /// A number that no exchange and no try had before.
    fn next_serial(&mut self) -> u32 {
        self.serials = self.serials.wrapping_add(1);
        self.serials
    }

    fn step_at(&mut self, at: Timestamp, exchange: u32, serial: u32, step: Step) {
        self.queue.schedule(at, Event::Exchange { exchange, serial, step });
    }

    /// Something that was scheduled for an exchange, or for one of its tries, is due, if it still
    /// matters.
    pub(super) fn exchange_step(&mut self, id: u32, serial: u32, step: Step) {
        let Some(exchange) = self.exchanges.get(id) else { return };
        if step == Step::TryTimeout {
            if let Some(sent) = exchange.take_try(serial) {
                self.try_over(id, sent, Outcome::Timeout, Err(FailureCause::Timeout));
            }
            return;
        }
        if exchange.serial != serial {
            return;
        }
        match (step, exchange.stage) {
            (Step::Timeout, _) => {
                self.close(id, Err(FailureCause::Timeout), Outcome::Timeout);
            }
            (Step::Retry, Stage::BackingOff) => {
                exchange.stage = Stage::Open;
                self.send_try(id, Kind::Retry, false);
            }
            (Step::Resume, Stage::Pending(kind)) => {
                exchange.stage = Stage::Open;
                let balancer = exchange.balancer;
                self.release(id, Resource::Pending);
                self.send_try(id, kind, true);
                // Refused: the room that it was called for is the next one's.
                if self.exchanges.peek(id).is_none_or(|it| it.serial != serial) {
                    self.resume_one(balancer);
                }
            }
            (Step::Copy, Stage::Open) if !exchange.tries.is_empty() && !exchange.hedged => {
                exchange.hedged = true;
                self.send_try(id, Kind::Copy, false);
            }
            _ => {}
        }
    }

    /// Sends a try of `id`; `again` says that it waited for a backend with room before.
    fn send_try(&mut self, id: u32, kind: Kind, again: bool) {
        let now = self.now;
        let Some(exchange) = self.exchanges.get(id) else { return };
        let (index, serial) = (exchange.balancer, exchange.serial);
        let node = &mut self.balancers[index as usize];
        let Some(rules) = &mut node.rules else { return };
        if kind == Kind::Copy && !rules.may_spend(now) {
            return;
        }
        if !rules.acquire(Resource::Request) {
            return self.refuse(id, kind, FailureCause::QueueFull);
        }
        let mut avoided = exchange.tried.clone();
        avoided.extend(exchange.tries.iter().map(|sent| sent.pick.backend()));
        let mut request = Request { tried: &avoided, client: exchange.client, key: None };
        let mut picked = node.choose(now, &request);
        if kind == Kind::Retry && matches!(picked, Err(Unavailable::AllTried)) {
            // Everybody failed it: the same ones again are better than none.
            request.tried = &[];
            picked = node.choose(now, &request);
        }
        let Some(rules) = &mut node.rules else { return };
        let pick = match picked {
            Ok(pick) => pick,
            Err(why) => {
                rules.release(Resource::Request);
                let full = why == Unavailable::AllFull;
                if full && kind != Kind::Copy && rules.may_wait() {
                    rules.wait((id, serial), again);
                    exchange.stage = Stage::Pending(kind);
                    return;
                }
                let cause = if full { FailureCause::QueueFull } else { FailureCause::NoBackend };
                return self.refuse(id, kind, cause);
            }
        };
        rules.sent(kind);
        let per_try = rules.timeouts.per_try;
        let copy_after = if kind == Kind::First { rules.copy_after(exchange.method) } else { None };
        let BackendId(station) = pick.backend();
        let to = self.stations[station as usize].node;
        let (way, link) = (node.way_to(to), node.link_to(to));
        let target = Target { entry: Entry::Station(station), way, link };
        let (request, arrived) = (exchange.request, exchange.arrived);
        self.serials = self.serials.wrapping_add(1);
        let number = self.serials;
        // Each try has luck of its own, on the links and with servers that fail.
        let before = exchange.tried.len() + exchange.tries.len();
        let asked = self.calls.peek(exchange.call).map_or(0, |call| call.attempt);
        let attempt = asked.wrapping_mul(64).wrapping_add(before as u16);
        exchange.tries.push(Try { number, pick, kind });
        let probes_load = node.probes_load();
        if let Some(limit) = per_try {
            self.step_at(now + limit, id, number, Step::TryTimeout);
        }
        if let Some(delay) = copy_after {
            self.step_at(now + delay, id, serial, Step::Copy);
        }
        let sent = Call::new(request, arrived, NONE, target);
        let followed = self.exchanges.peek(id).and_then(|exchange| self.calls.peek(exchange.call));
        let variant = followed.map_or(sent.variant, |call| call.variant);
        self.send_apart(Call { parent: EXCHANGE, client: (id, number), variant, attempt, ..sent });
        if probes_load {
            self.probe_load(index);
        }
    }

    /// A try could not be sent. A second copy is done without; the request is over otherwise.
    fn refuse(&mut self, id: u32, kind: Kind, cause: FailureCause) {
        if kind == Kind::Retry {
            self.release(id, Resource::Retry);
        }
        if kind == Kind::Copy {
            return;
        }
        if cause == FailureCause::QueueFull
            && let Some(exchange) = self.exchanges.get(id)
            && let Some(rules) = &mut self.balancers[exchange.balancer as usize].rules
        {
            rules.tally.refused += 1;
        }
        self.close(id, Err(cause), Outcome::Canceled);
    }

    fn release(&mut self, id: u32, resource: Resource) {
        if let Some(exchange) = self.exchanges.get(id)
            && let Some(rules) = &mut self.balancers[exchange.balancer as usize].rules
        {
            rules.release(resource);
        }
    }

    /// The answer to a try reaches the balancer, which may not wait for it any longer.
    pub(super) fn try_answered(
        &mut self,
        (id, number): (u32, u32),
        ended: Result<(), FailureCause>,
    ) {
        if let Some(sent) = self.exchanges.get(id).and_then(|exchange| exchange.take_try(number)) {
            self.response_measured((sent.pick.backend(), sent.pick.started()), ended);
            self.try_over(id, sent, outcome_of(ended), ended);
        }
    }

    /// A try was answered or took too long: what now?
    fn try_over(&mut self, id: u32, sent: Try, outcome: Outcome, ended: Result<(), FailureCause>) {
        let Some(exchange) = self.exchanges.get(id) else { return };
        let (index, serial) = (exchange.balancer, exchange.serial);
        let latency = self.now.since(exchange.started);
        let (backend, kind) = (sent.pick.backend(), sent.kind);
        self.complete_try(index, sent, outcome);
        let Err(cause) = ended else {
            if let Some(rules) = &mut self.balancers[index as usize].rules {
                rules.answered(self.now, kind, latency);
            }
            return self.close(id, Ok(()), Outcome::Canceled);
        };
        let Some(exchange) = self.exchanges.get(id) else { return };
        exchange.tried.push(backend);
        if !exchange.tries.is_empty() {
            // The other copy may still be answered well.
            return;
        }
        let Some(rules) = &mut self.balancers[index as usize].rules else { return };
        match rules.grants_retry(self.now, exchange, outcome) {
            Some(wait) => {
                exchange.retries += 1;
                exchange.stage = Stage::BackingOff;
                self.step_at(self.now + wait, id, serial, Step::Retry);
            }
            None => self.close(id, Err(cause), outcome),
        }
    }

    /// The balancer does not wait for a try any longer; somebody who waits for room may go on.
    fn complete_try(&mut self, balancer: u32, sent: Try, outcome: Outcome) {
        let node = &mut self.balancers[balancer as usize];
        let Some(rules) = &mut node.rules else { return };
        rules.ended(sent.kind);
        let mut out = Vec::new();
        node.complete_with(self.now, sent.pick, outcome, &mut out);
        if !out.is_empty() {
            self.carry_out_balancer(balancer, out);
        }
        self.resume_one(balancer);
    }

    /// The first of those who wait for a backend with room looks again.
    fn resume_one(&mut self, balancer: u32) {
        let Some(rules) = &mut self.balancers[balancer as usize].rules else { return };
        while let Some((id, serial)) = rules.next_waiting() {
            let waits = self.exchanges.get(id).is_some_and(|exchange| {
                exchange.serial == serial && matches!(exchange.stage, Stage::Pending(_))
            });
            if waits {
                return self.step_at(self.now, id, serial, Step::Resume);
            }
        }
    }

    /// A request is over: whoever asked gets its answer, and what is still on its way is not waited
    /// for any longer, which counts as `rest`.
    fn close(&mut self, id: u32, ended: Result<(), FailureCause>, rest: Outcome) {
        let Some(exchange) = self.exchanges.take(id) else { return };
        let index = exchange.balancer;
        if let Some(rules) = &mut self.balancers[index as usize].rules {
            match exchange.stage {
                Stage::Open => {}
                Stage::BackingOff => rules.release(Resource::Retry),
                Stage::Pending(kind) => {
                    rules.release(Resource::Pending);
                    if kind == Kind::Retry {
                        rules.release(Resource::Retry);
                    }
                }
            }
            rules.tally.timeouts += u64::from(ended == Err(FailureCause::Timeout));
        }
        for sent in exchange.tries {
            self.complete_try(index, sent, rest);
        }
        if let Some(call) = self.calls.get(exchange.call) {
            call.ended = ended;
            self.answer_apart(exchange.call);
        }
    }
}
