//! Looking at everything: once a second, for the page, and at the end.

use super::{NodeRef, Simulation};
use crate::ENGINE_VERSION;
use crate::balance::AdminState;
use crate::id::{BackendId, NodeId};
use crate::scale::{Alarm, Instance, LifecycleState, Metric, PodMetrics};
use crate::sim::event::Event;
use crate::sim::hops::Hops;
use crate::sim::node::{Gone, LinkMeter, Measured, SourceNode, Station, WindowKind};
use crate::sim::recovery::recoveries;
use crate::sim::{
    AlarmFrame, BackendFrame, BalancerFrame, ClassResult, DependencyFrame, FailureCause, Frame,
    GroupFrame, InstanceFrame, Latency, LinkFrame, NodeFrame, NodeResult, RunResult, SeriesPoint,
    ServerState, SourceFrame, Totals,
};
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// Load balancers report their metrics every minute at the latest.
const ALB_PERIOD_S: u64 = 60;

/// How often CPU credits are counted.
const CREDIT_INTERVAL_S: u64 = 10;

impl Simulation {
    /// A second is over: closes the windows, feeds the groups, adds a point to the series.
    pub(super) fn tick(&mut self) {
        let second = self.now.as_ms() / 1_000;
        for station in self.stations.iter_mut().filter(|station| station.alive) {
            station.close_window(self.now, WindowKind::Second);
        }
        self.meter_balancers(second);
        for group in 0..self.groups.len() {
            if second.is_multiple_of(self.groups[group].monitoring.interval_s()) {
                self.sample_group(group);
            }
            if second.is_multiple_of(self.groups[group].monitoring.interval_s().min(ALB_PERIOD_S)) {
                self.sample_responses(group);
            }
            if second.is_multiple_of(CREDIT_INTERVAL_S) {
                self.spend_credits(group);
            }
            let node = &mut self.groups[group];
            node.telemetry.deliver(self.now, &mut node.core);
            if node.core.poll_timeout().is_some_and(|due| due <= self.now) {
                let mut out = Vec::new();
                node.core.handle_timeout(self.now, &mut out);
                self.carry_out_group(group as u32, out);
            }
        }
        let point = self.series_point();
        self.recorder.second_over(second as u32, point);
        if self.now < self.end {
            self.queue.schedule(self.now + Span::from_s(1), Event::Tick);
        }
    }

    /// The metrics of a group's servers that are in service and warm, and what waits at all of them.
    fn sample_group(&mut self, group: usize) {
        let node = &mut self.groups[group];
        let (mut cpu_sum, mut requests, mut samples) = (0.0, 0, 0);
        let (mut waiting, mut in_service) = (0, 0);
        let window = Span::from_s(node.monitoring.interval_s());
        let a_minute = |requests: u64| requests as f64 * 60.0 / window.as_s_f64();
        let pricing = &self.design.run.pricing;
        let (bytes_in, bytes_out) = (pricing.request_bytes, pricing.response_bytes);
        let mut pods = node.core.wants_pods().then(Vec::new);
        for (id, &station) in &node.stations {
            let station = &mut self.stations[station as usize];
            let cpu = station.close_window(self.now, WindowKind::Metric) * station.speed();
            let taken = station.take_requests();
            let Some(instance) = node.core.instance(*id) else { continue };
            if instance.is_warm(self.now) {
                cpu_sum += cpu;
                requests += taken;
                samples += 1;
            }
            if instance.is_in_service() {
                waiting += station.waiting();
                in_service += 1;
            }
            if let Some(pods) = pods.as_mut().filter(|_| station.alive) {
                let requests_per_minute = a_minute(taken);
                pods.push(PodMetrics {
                    id: *id,
                    cpu_percent: cpu * 100.0,
                    requests_per_minute,
                    bytes_in_per_minute: requests_per_minute * bytes_in,
                    bytes_out_per_minute: requests_per_minute * bytes_out,
                });
            }
        }
        // Messages in queues before the group wait for its servers as well.
        waiting += node.feeds.iter().map(|&it| self.stations[it as usize].waiting()).sum::<usize>();
        node.cpu = (samples > 0).then(|| cpu_sum / samples as f64);
        let per_minute = a_minute(requests);
        let mut values = vec![
            (Metric::AverageCpuUtilization, cpu_sum * 100.0, samples),
            (Metric::RequestCountPerTarget, per_minute, samples),
            (Metric::AverageNetworkIn, per_minute * bytes_in, samples),
            (Metric::AverageNetworkOut, per_minute * bytes_out, samples),
            (Metric::QueueLength, waiting as f64, 1),
        ];
        if in_service > 0 {
            let backlog = waiting as f64 / f64::from(in_service);
            values.push((Metric::BacklogPerInstance, backlog, 1));
        }
        let pods = pods.map(|pods| (window, pods));
        node.telemetry.publish(Measured { at: self.now, values, pods });
    }

    /// The response times of a group's servers, as their balancers saw them.
    fn sample_responses(&mut self, group: usize) {
        let telemetry = &mut self.groups[group].telemetry;
        let values = telemetry.take_responses();
        if !values.is_empty() {
            telemetry.publish(Measured { at: self.now, values, pods: None });
        }
    }

    /// A server answered a balancer, well or not, that had picked it at `since`: the response time
    /// counts, if a group goes by it. Connections that never came about or broke have none.
    #[inline(never)]
    pub(super) fn response_measured(
        &mut self,
        (BackendId(station), since): (BackendId, Timestamp),
        ended: Result<(), FailureCause>,
    ) {
        let answered = matches!(ended, Ok(()) | Err(FailureCause::QueueFull));
        let station = self.stations.get(station as usize);
        if self.measures_responses
            && answered
            && let Some((group, _)) = station.and_then(|station| station.member)
        {
            self.groups[group as usize].telemetry.answered(self.now.since(since));
        }
    }

    /// Servers spend CPU credits on what they did, and one without any is slow from now on.
    fn spend_credits(&mut self, group: usize) {
        let node = &mut self.groups[group];
        let Some(credits) = &mut node.credits else { return };
        let mut changed = Vec::new();
        let interval = Span::from_s(CREDIT_INTERVAL_S);
        for (&id, &station_id) in &node.stations {
            let station = &mut self.stations[station_id as usize];
            if station.alive {
                let busy = station.close_window(self.now, WindowKind::Credits);
                let speed = credits.spend(id, busy * station.speed(), interval);
                station.set_speed(speed);
                changed.push(station_id);
            }
        }
        changed.into_iter().for_each(|station| self.look_later(station));
    }

    fn series_point(&mut self) -> SeriesPoint {
        let mut point = SeriesPoint::default();
        let (mut cpu_sum, mut serving) = (0.0, 0_u32);
        for node in &mut self.groups {
            let mut in_service = 0;
            for instance in node.core.instances() {
                match instance.state {
                    state if state.is_pending() => point.launching += 1,
                    state if state.is_terminating() => point.draining += 1,
                    LifecycleState::InService => {
                        in_service += 1;
                        if let Some(&station) = node.stations.get(&instance.id) {
                            cpu_sum +=
                                self.stations[station as usize].utilisation(WindowKind::Second);
                        }
                    }
                    _ => {}
                }
            }
            serving += in_service;
            let (fewest, most) = node.in_service;
            node.in_service = (fewest.min(in_service), most.max(in_service));
            point.desired += node.core.desired();
        }
        point.queued = self.stations.iter().map(|station| station.queue.len() as u32).sum();
        point.in_service = serving;
        point.cpu = (serving > 0).then(|| (cpu_sum / f64::from(serving)) as f32);
        point.cost_usd_per_hour = self.cost_usd_per_hour() as f32;
        point
    }

    /// A picture of this moment.
    pub fn frame(&self) -> Frame {
        let nodes = self.nodes.iter().map(|&node| match node {
            NodeRef::Source(index) => {
                let source = &self.sources[index as usize];
                NodeFrame::Source(SourceFrame {
                    id: source.id,
                    rate_per_s: source.rate_per_s(self.now),
                    requests: source.requests,
                })
            }
            NodeRef::Balancer(index) => NodeFrame::Balancer(self.balancer_frame(index)),
            NodeRef::Group(index) => NodeFrame::Group(self.group_frame(index)),
            NodeRef::Dependency(index) => {
                let dependency = &self.dependencies[index as usize];
                let station = &self.stations[dependency.station as usize];
                NodeFrame::Dependency(DependencyFrame {
                    id: dependency.id,
                    utilisation: station.utilisation(WindowKind::Second) as f32,
                    in_flight: station.in_flight,
                    queued: station.waiting() as u32,
                })
            }
        });
        Frame {
            now: self.now,
            nodes: nodes.collect(),
            links: self.links.iter().map(link_frame).collect(),
            cost_usd: self.cost().total_usd(),
            cost_usd_per_hour: self.cost_usd_per_hour(),
        }
    }

    fn balancer_frame(&self, index: u32) -> BalancerFrame {
        let node = &self.balancers[index as usize];
        // Each instance counts its own.
        let others = self.instances_of(index).skip(1);
        let mut in_flight: BTreeMap<BackendId, u32> = BTreeMap::new();
        for view in others.flat_map(|other| self.balancers[other as usize].core.backends()) {
            *in_flight.entry(view.id).or_default() += view.in_flight;
        }
        let elsewhere = |id| in_flight.get(&id).copied().unwrap_or(0);
        let backends = node.core.backends().map(|view| {
            let station = &self.stations[view.id.0 as usize];
            BackendFrame {
                id: view.id,
                node: station.node,
                instance: station.member.map(|(_, instance)| instance),
                health: view.health,
                draining: matches!(view.admin, AdminState::Draining { .. }),
                in_flight: view.in_flight + elsewhere(view.id),
                picks: station.requests,
            }
        });
        BalancerFrame {
            id: node.id,
            eligible: node.core.eligible() as u32,
            fail_open: node.core.is_fail_open(),
            backends: backends.collect(),
        }
    }

    fn group_frame(&self, index: u32) -> GroupFrame {
        let node = &self.groups[index as usize];
        let instances = node.core.instances().filter_map(|instance| {
            let station = &self.stations[*node.stations.get(&instance.id)? as usize];
            Some(InstanceFrame {
                id: instance.id,
                state: server_state(instance, station),
                cpu: station.utilisation(WindowKind::Second) as f32,
                in_flight: station.in_flight,
                queued: station.waiting() as u32,
            })
        });
        GroupFrame {
            id: node.id,
            min_size: node.core.config().min_size,
            desired_capacity: node.core.desired(),
            max_size: node.core.config().max_size,
            cpu: node.cpu.map(|cpu| cpu as f32),
            instances: instances.collect(),
            alarms: node.core.alarms().iter().map(alarm_frame).collect(),
        }
    }

    /// Requests counted so far.
    pub const fn totals(&self) -> Totals {
        self.recorder.totals
    }

    /// Latency so far of the requests that completed after the warm-up.
    pub fn latency(&self) -> Latency {
        self.recorder.latency()
    }

    /// Everything that the run has shown so far.
    pub fn result(&self) -> RunResult {
        let totals = self.recorder.totals;
        let ended = totals.completed + totals.failed;
        let slo = self.design.run.slo.as_ref();
        RunResult {
            design: self.design.name.clone(),
            engine_version: ENGINE_VERSION,
            seed: self.design.run.seed,
            simulated_s: self.now.as_s_f64(),
            scaled_by: 1,
            digest: format!("{:016x}", self.recorder.digest()),
            totals,
            latency: self.recorder.latency(),
            availability: if ended == 0 { 1.0 } else { totals.completed as f64 / ended as f64 },
            cost: self.cost(),
            prices: self.prices_used(),
            nodes: self.nodes.iter().map(|&node| self.node_result(node)).collect(),
            log: self.log.entries().to_vec(),
            log_dropped: self.log.dropped(),
            series: self.recorder.series.clone(),
            intervals: self.recorder.intervals(self.now),
            slo: slo.map(|slo| self.recorder.slo(slo, self.now)),
            recoveries: recoveries(self.log.entries(), &self.recorder.series, slo),
            checks: self.recorder.checks(self.now, self.requests_found()),
            hops: self.hops.as_ref().map(Hops::results).unwrap_or_default(),
            classes: self.class_results(),
        }
    }

    fn class_results(&self) -> Vec<ClassResult> {
        let of_source = |(index, source): (u32, &SourceNode)| {
            let id = source.id;
            let names = source.classes.iter().flat_map(|classes| classes.names()).enumerate();
            let result = |(class, name): (usize, &str)| {
                let (latency, failed) = self.by_class.result(index, class);
                ClassResult { source: id, name: name.to_owned(), latency, failed }
            };
            names.map(result).collect::<Vec<_>>()
        };
        (0..).zip(&self.sources).flat_map(of_source).collect()
    }

    fn node_result(&self, node: NodeRef) -> NodeResult {
        let mut total = Gone::default();
        let (id, requests, works, servers) = match node {
            NodeRef::Source(i) => {
                let source = &self.sources[i as usize];
                (source.id, source.requests, false, None)
            }
            NodeRef::Balancer(i) => {
                let balancer = &self.balancers[i as usize];
                (balancer.id, self.requests_of(i), false, None)
            }
            NodeRef::Group(i) => {
                let group = &self.groups[i as usize];
                let present = group.stations.values().map(|&s| &self.stations[s as usize]);
                total = group.gone;
                present.for_each(|station| total.add(station, self.now));
                (group.id, total.requests, true, Some(group.in_service))
            }
            NodeRef::Dependency(i) => {
                let dependency = &self.dependencies[i as usize];
                total.add(&self.stations[dependency.station as usize], self.now);
                (dependency.id, total.requests, true, None)
            }
        };
        let rules = match node {
            NodeRef::Balancer(i) => self.balancers[i as usize].rules.as_ref().map(|it| it.tally),
            _ => None,
        };
        let share = |part: f64, of: u64| if of == 0 { 0.0 } else { part / of as f64 };
        let over_time = |area: u128| works.then(|| share(area as f64, self.now.as_ns()));
        NodeResult {
            id,
            name: self.name_of(id),
            requests,
            utilisation: works.then(|| share(total.busy_ns as f64, total.capacity_ns)),
            mean_in_flight: over_time(total.areas.0),
            mean_waiting: over_time(total.areas.1),
            servers,
            rules,
        }
    }

    fn name_of(&self, id: NodeId) -> String {
        self.design.node(id).map(|node| node.name.clone()).unwrap_or_default()
    }
}

fn server_state(instance: &Instance, station: &Station) -> ServerState {
    match instance.state {
        _ if station.crashed => ServerState::Failed,
        LifecycleState::InService => ServerState::InService,
        LifecycleState::Booting | LifecycleState::WarmedPending => ServerState::Booting,
        state if state.is_pending() => ServerState::Checking,
        _ => ServerState::Draining,
    }
}

fn link_frame(meter: &LinkMeter) -> LinkFrame {
    LinkFrame { id: meter.id, sent: meter.sent, failed: meter.failed }
}

fn alarm_frame(alarm: &Alarm) -> AlarmFrame {
    AlarmFrame {
        state: alarm.state(),
        value: alarm.latest(),
        threshold: alarm.config().threshold,
        high: alarm.config().comparison.is_high(),
    }
}
