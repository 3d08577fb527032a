//! Work at stations that have a scheduler: on threads, with cores in order or shared.

use super::Simulation;
use crate::sim::FailureCause;
use crate::sim::event::Event;
use crate::sim::hops::Hop;
use crate::sim::node::{Admission, Call, Run, Waiting};

impl Simulation {
    /// A request reaches a living station that has a scheduler.
    #[inline(never)]
    pub(super) fn enter_scheduled(&mut self, mut call_id: u32, station_id: u32) {
        let station = &mut self.stations[station_id as usize];
        let asynchronous = station.scheduler.as_ref().is_some_and(|it| it.asynchronous);
        let admission = station.admit_scheduled(self.now);
        if admission == Admission::Refused {
            return self.finish_apart(call_id, Err(FailureCause::QueueFull));
        }
        if asynchronous && let Some(message) = self.calls.peek(call_id).map(Call::message) {
            let message = self.calls.insert(message);
            self.finish_apart(call_id, Ok(()));
            call_id = message;
        }
        if let Some(call) = self.calls.get(call_id) {
            call.station = station_id;
        }
        self.visit(call_id, |visit, now| visit.since = now);
        match admission {
            Admission::Begins => self.run(station_id, call_id),
            _ => {
                let waiting = Waiting::undrawn(call_id);
                self.stations[station_id as usize].queue.push_back(waiting);
            }
        }
    }

    /// A request with a thread goes to the cores.
    fn run(&mut self, station_id: u32, call_id: u32) {
        let Some(call) = self.calls.get(call_id) else { return };
        let station = &mut self.stations[station_id as usize];
        let mut work = self.works[station.work as usize].of(call.draw());
        let request = call.request;
        if self.has_classes {
            work = work.scaled(self.size_of(request));
        }
        let station = &mut self.stations[station_id as usize];
        let began = match station.run(self.now, call_id, work) {
            Run::Ends(span) => {
                let epoch = station.epoch;
                let event = Event::Worked { station: station_id, epoch, call: call_id };
                self.queue.schedule(self.now + span, event);
                true
            }
            Run::Shares => {
                self.look_later(station_id);
                true
            }
            Run::Waits => false,
        };
        if began {
            self.measure_since(call_id, Hop::Queue, |visit| visit.since);
            self.visit(call_id, |visit, now| visit.since = now);
        }
    }

    /// A core has worked on a request: the next one begins, this one goes on.
    pub(super) fn worked(&mut self, station_id: u32, epoch: u32, call_id: u32) {
        let station = &mut self.stations[station_id as usize];
        if station.epoch != epoch {
            return;
        }
        if let Some(next) = station.core_free(self.now) {
            self.run(station_id, next);
        }
        self.measure_since(call_id, Hop::Service, |visit| visit.since);
        self.go_on(call_id);
    }

    /// Somebody may be done at shared cores.
    pub(super) fn look_at_shared(&mut self, station_id: u32) {
        if !self.stations[station_id as usize].looked_at(self.now) {
            return;
        }
        while let Some(call_id) = self.stations[station_id as usize].next_shared(self.now) {
            self.measure_since(call_id, Hop::Service, |visit| visit.since);
            self.go_on(call_id);
        }
        self.look_later(station_id);
    }

    /// Schedules the next look at shared cores: after somebody joined, or their speed changed.
    pub(super) fn look_later(&mut self, station_id: u32) {
        if let Some(at) = self.stations[station_id as usize].next_look(self.now) {
            self.queue.schedule(at, Event::LookAtShared { station: station_id });
        }
    }

    /// A request is done at a station: its thread is free for the next one.
    pub(super) fn leave(&mut self, station_id: u32) {
        let station = &mut self.stations[station_id as usize];
        station.went(self.now);
        if let Some(next) = station.thread_free(self.now) {
            self.run(station_id, next);
        }
    }
}
