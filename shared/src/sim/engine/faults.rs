//! What faults do: they begin, change what they are about, and end.
//!
//! Stations carry their own troubles (see `node/trouble.rs`); outages of zones and shortages are
//! looked up when something is launched; links are cut in `wires`. A fault that finds nothing to
//! happen to says so in the log and does nothing.

use super::Simulation;
use crate::design::{Fault, FaultKind, FaultName, FaultTime, InstanceRefresh, Servers, Target};
use crate::id::{InstanceId, NodeId};
use crate::scale::{LifecycleState, ZoneId};
use crate::sim::agenda::Step;
use crate::sim::command::{self, Command, CommandError};
use crate::sim::log::LogEvent;
use crate::sim::node::{Trouble, TroubleKind};
use crate::time::Span;

/// A fault that lasts and is not over.
#[derive(Debug)]
pub(super) struct Active {
    fault: u32,
    what: FaultKind,
    /// Servers that it has been about, as the log calls them.
    instance: Option<InstanceId>,
    /// Stations that carry a trouble of it.
    stations: Vec<u32>,
    /// The entry that tells of its beginning.
    entry: Option<u32>,
    /// Decides by request, where it is about a share of them.
    key: u64,
}

/// Why a fault did nothing.
type Missed = CommandError;

impl Simulation {
    /// Does what a person asks, now, when everything else of this moment has happened.
    ///
    /// # Errors
    ///
    /// Nothing changes; see [`CommandError`].
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        let Command { what, for_s } = command;
        let fault = Fault { what, when: FaultTime::At { at_s: 0.0, for_s } };
        command::check(&self.design, &fault)?;
        self.run_until(self.now, super::StepBudget::UNLIMITED);
        self.finds_target(&fault.what)?;
        let index = self.agenda.by_hand(fault, self.now, for_s);
        let failed = self.recorder.totals.failed_by_cause;
        let begun = self.begin_fault(index);
        self.look_at_all(failed);
        begun
    }

    /// What people did so far, as faults of a design, in order.
    pub fn by_hand(&self) -> Vec<Fault> {
        self.agenda.made_by_hand().cloned().collect()
    }

    /// The design with everything in it that people did: it runs the same way by itself.
    pub fn recording(&self) -> crate::design::Design {
        let mut design = self.design.clone();
        design.run.faults.extend(self.agenda.made_by_hand().cloned());
        design
    }

    /// The next fault begins or ends, at `at`.
    #[cold]
    pub(super) fn next_fault(&mut self) {
        let Some((at, step)) = self.agenda.pop() else { return };
        if at > self.now {
            (self.now, self.at_once) = (at, 0);
        }
        self.at_once += 1;
        match step {
            Step::Ends(index) => self.end_fault(index),
            Step::Begins(index) => {
                let missed = self.begin_fault(index);
                if let (Err(_), Some(fault)) = (missed, self.agenda.fault(index)) {
                    let (fault, node) = (fault.what.name(), fault.what.node());
                    let node = node.unwrap_or(NodeId(0));
                    self.log.push(self.now, node, LogEvent::FaultMissed { fault }, None);
                }
            }
        }
    }

    /// A fault begins.
    fn begin_fault(&mut self, index: u32) -> Result<(), Missed> {
        let span = self.agenda.begins(self.now, index);
        let Some(Fault { what, when }) = self.agenda.fault(index).cloned() else { return Ok(()) };
        let is_random = matches!(when, FaultTime::Random { .. });
        match what {
            FaultKind::Spike { node, factor } => {
                let source = self.find_source(node)?;
                self.spike_began(source, factor, span);
            }
            FaultKind::RateFactor { node, factor } => {
                let source = self.find_source(node)?;
                let spike = self.sources[source].spike;
                self.set_rate(source, factor, spike);
                self.log.push(self.now, node, LogEvent::RateFactor { factor }, None);
            }
            FaultKind::DesiredCapacity { node, desired } => {
                let group = self.find_group(node)?;
                let mut out = Vec::new();
                self.groups[group].core.set_desired(self.now, desired, &mut out);
                self.carry_out_group(group as u32, out);
            }
            FaultKind::Deploy { node, ref refresh } => {
                let group = self.find_group(node)?;
                self.deploy(group, node, refresh)?;
            }
            _ => self.begin_lasting(index, &what, span, is_random)?,
        }
        Ok(())
    }

    fn deploy(
        &mut self,
        group: usize,
        node: NodeId,
        refresh: &InstanceRefresh,
    ) -> Result<(), Missed> {
        if self.groups[group].core.refresh().is_some() {
            return Err(CommandError::RefreshInProgress { group: node });
        }
        self.start_refresh(group as u32, refresh);
        Ok(())
    }

    fn begin_lasting(
        &mut self,
        index: u32,
        what: &FaultKind,
        span: Span,
        is_random: bool,
    ) -> Result<(), Missed> {
        let key = self.agenda.rng(index).map_or(0, |rng| rng.clone().next_u64());
        let mut active = Active {
            fault: index,
            what: what.clone(),
            instance: None,
            stations: Vec::new(),
            entry: None,
            key,
        };
        if let Some((target, kind)) = trouble_of(what, key) {
            let stations = self.stations_of(index, target, is_random)?;
            active.instance = self.only_instance(&stations);
            active.entry = Some(self.tell_began(&active, span));
            stations.into_iter().for_each(|station| self.trouble(&mut active, station, kind));
            self.active.push(active);
            return Ok(());
        }
        if let &FaultKind::Crash { target } = what {
            let stations = self.stations_of(index, target, is_random)?;
            let is_group = self.find_group(target.node).is_ok();
            active.instance = self.only_instance(&stations);
            // The death of one server of a group is news enough.
            let cause = (!is_group || stations.len() > 1).then(|| self.tell_began(&active, span));
            for &station in &stations {
                self.crash(station, cause);
            }
            // Servers of a group are dead for good.
            if !is_group {
                self.active.push(Active { stations, entry: cause, ..active });
            }
            return Ok(());
        }
        self.finds_target(what)?;
        let entry = self.tell_began(&active, span);
        active.entry = Some(entry);
        // Before it shows: what follows from it may launch servers.
        self.active.push(active);
        match *what {
            FaultKind::ZoneOutage { zone } => self.zone_fails(zone, Some(entry)),
            FaultKind::Partition { link } => self.cut(link),
            _ => {}
        }
        Ok(())
    }

    /// Whether there is anything that a fault could happen to now.
    fn finds_target(&self, what: &FaultKind) -> Result<(), Missed> {
        match *what {
            FaultKind::ZoneOutage { zone } => {
                let exists = |group: &super::GroupNode| zone < u32::from(group.core.config().zones);
                let found = self.groups.iter().any(exists);
                found.then_some(()).ok_or(CommandError::EmptyZone { zone })
            }
            FaultKind::Crash { target }
            | FaultKind::Hang { target }
            | FaultKind::SlowDown { target, .. }
            | FaultKind::Errors { target, .. }
            | FaultKind::HealthChecks { target } => {
                let none =
                    CommandError::NoSuchInstance { group: target.node, instance: target.instance };
                (!self.candidates(target).is_empty()).then_some(()).ok_or(none)
            }
            FaultKind::Deploy { node, .. } => {
                let group = self.find_group(node)?;
                match self.groups[group].core.refresh() {
                    Some(_) => Err(CommandError::RefreshInProgress { group: node }),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Stations that a fault may be about: those of the group that run, or the dependency.
    fn candidates(&self, target: Target) -> Vec<u32> {
        let Target { node, servers, instance } = target;
        if let Some(dependency) = self.dependencies.iter().find(|it| it.id == node) {
            let station = dependency.station;
            return if self.stations[station as usize].alive { vec![station] } else { Vec::new() };
        }
        let Ok(group) = self.find_group(node) else { return Vec::new() };
        let group = &self.groups[group];
        let alive = |station: &u32| self.stations[*station as usize].alive;
        match (servers, instance) {
            (Servers::All, _) => group.stations.values().copied().filter(alive).collect(),
            (Servers::One, Some(id)) => {
                group.stations.get(&id).copied().filter(alive).into_iter().collect()
            }
            (Servers::One, None) => {
                let serves = |id: InstanceId| {
                    let instance = group.core.instance(id);
                    instance.is_some_and(|it| it.state == LifecycleState::InService)
                };
                let serving = group.stations.iter().filter(|&(&id, _)| serves(id));
                serving.map(|(_, &station)| station).filter(alive).collect()
            }
        }
    }

    /// The stations that a fault is about: for one server of several the one longest in service,
    /// or any, if the fault comes at random.
    fn stations_of(
        &mut self,
        index: u32,
        target: Target,
        is_random: bool,
    ) -> Result<Vec<u32>, Missed> {
        let mut stations = self.candidates(target);
        if target.servers == Servers::One && !stations.is_empty() {
            let any = self.agenda.rng(index).filter(|_| is_random);
            let chosen = any.map_or(0, |rng| rng.index(stations.len()));
            stations = stations.get(chosen).copied().into_iter().collect();
        }
        let none = CommandError::NoSuchInstance { group: target.node, instance: target.instance };
        if stations.is_empty() { Err(none) } else { Ok(stations) }
    }

    /// The name of the one server, if it is one of a group.
    fn only_instance(&self, stations: &[u32]) -> Option<InstanceId> {
        match stations {
            [only] => self.stations[*only as usize].member.map(|(_, instance)| instance),
            _ => None,
        }
    }

    fn trouble(&mut self, active: &mut Active, station_id: u32, kind: TroubleKind) {
        active.stations.push(station_id);
        let station = &mut self.stations[station_id as usize];
        station.add_trouble(self.now, Trouble { fault: active.fault, kind });
        let hangs = station.hangs();
        // Whatever the health checks find follows from this.
        if let (Some((group, instance)), Some(entry)) = (station.member, active.entry) {
            self.groups[group as usize].story.instances.insert(instance, entry);
        }
        if hangs {
            self.cancel_work(station_id);
        }
        self.look_later(station_id);
    }

    /// A server starts: faults that are about all servers of its group are about it too.
    pub(super) fn inherit_troubles(&mut self, station: u32) {
        if self.active.is_empty() {
            return;
        }
        let node = self.stations[station as usize].node;
        let mut actives = std::mem::take(&mut self.active);
        for active in &mut actives {
            if let Some((target, kind)) = trouble_of(&active.what, active.key)
                && target.node == node
                && target.servers == Servers::All
            {
                self.trouble(active, station, kind);
            }
        }
        self.active = actives;
    }

    /// Whether a launch in `zone` fails because of a fault, and the entry that tells of it.
    pub(super) fn launch_is_faulty(&self, node: NodeId, zone: ZoneId) -> Option<u32> {
        let is_it = |active: &&Active| match active.what {
            FaultKind::ZoneOutage { zone: down } => down == u32::from(zone.0),
            FaultKind::LaunchFailures { node: short, zone: only } => {
                short == node && only.is_none_or(|only| only == u32::from(zone.0))
            }
            _ => false,
        };
        self.active.iter().find(is_it).map(|active| active.entry.unwrap_or(0))
    }

    /// Every server in a zone dies, whatever it was doing.
    fn zone_fails(&mut self, zone: u32, cause: Option<u32>) {
        for group in 0..self.groups.len() {
            let node = &self.groups[group];
            let is_here = |id: &InstanceId| {
                node.core.instance(*id).is_some_and(|it| u32::from(it.zone.0) == zone)
            };
            let here: Vec<(InstanceId, u32)> =
                node.stations.iter().filter(|(id, _)| is_here(id)).map(|(&i, &s)| (i, s)).collect();
            for (instance, station) in here {
                let booting = self.groups[group].core.instance(instance);
                let booting = booting.is_some_and(|it| {
                    matches!(it.state, LifecycleState::Booting | LifecycleState::WarmedPending)
                });
                if booting {
                    self.abort_launch(group as u32, instance, cause);
                } else {
                    self.crash(station, cause);
                }
            }
        }
    }

    fn end_fault(&mut self, index: u32) {
        let Some(place) = self.active.iter().position(|active| active.fault == index) else {
            return;
        };
        let active = self.active.remove(place);
        let fault = active.what.name();
        let (node, to) = self.place_of(&active.what);
        let event = LogEvent::FaultEnded { fault, instance: active.instance, to };
        self.log.push(self.now, node, event, active.entry);
        for station in active.stations {
            if fault == FaultName::Crash {
                self.revive(station);
            } else if self.stations[station as usize].end_trouble(self.now, index) {
                self.restart(station);
            } else {
                self.look_later(station);
            }
        }
        if let FaultKind::Partition { link } = active.what {
            self.mend(link);
        }
    }

    /// A dependency that was down answers again.
    fn revive(&mut self, station: u32) {
        let station = &mut self.stations[station as usize];
        station.crashed = false;
        station.come_alive(self.now);
    }

    /// The processes of a station are started again: what they held is lost.
    fn restart(&mut self, station: u32) {
        self.stations[station as usize].restart(self.now);
        self.cancel_work(station);
        self.lose_calls(station);
    }

    /// Tells of a fault, and how much of it there is.
    fn tell_began(&mut self, active: &Active, span: Span) -> u32 {
        let (node, to) = self.place_of(&active.what);
        let amount = match active.what {
            FaultKind::SlowDown { factor, .. } => Some(factor),
            FaultKind::Errors { percent, .. } => Some(percent),
            FaultKind::ZoneOutage { zone } => Some(f64::from(zone)),
            FaultKind::LaunchFailures { zone, .. } => zone.map(f64::from),
            _ => None,
        };
        let event = LogEvent::FaultBegan {
            fault: active.what.name(),
            instance: active.instance,
            to,
            amount,
            for_s: span.as_s_f64(),
        };
        self.log.push(self.now, node, event, None)
    }

    /// Where a fault is: its node, or both ends of its link.
    fn place_of(&self, what: &FaultKind) -> (NodeId, Option<NodeId>) {
        match what {
            FaultKind::Partition { link } => {
                let link = self.design.links.get(link);
                link.map_or((NodeId(0), None), |link| (link.from, Some(link.to)))
            }
            other => (other.node().unwrap_or(NodeId(0)), None),
        }
    }
}

/// Which servers a fault troubles, and how; nothing for faults of another sort.
const fn trouble_of(what: &FaultKind, key: u64) -> Option<(Target, TroubleKind)> {
    match *what {
        FaultKind::Hang { target } => Some((target, TroubleKind::Hangs)),
        FaultKind::SlowDown { target, factor } => Some((target, TroubleKind::Slow { factor })),
        FaultKind::Errors { target, percent } => {
            Some((target, TroubleKind::Errors { share: percent / 100.0, key }))
        }
        FaultKind::HealthChecks { target } => Some((target, TroubleKind::ChecksFail)),
        _ => None,
    }
}
