//! Promises that hold whatever happens: a group under random policies in a random world.

use super::super::*;
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What may happen to a group.
#[derive(Clone, Debug)]
enum Event {
    /// A minute passes at this CPU.
    Minute(f64),
    /// Some seconds pass without a metric.
    Seconds(u64),
    /// Everything that starts runs, and passes its check or not.
    Boot(bool),
    /// One launch fails.
    LaunchFails,
    /// Everything that leaves has finished.
    Drain,
    /// One that serves is found unhealthy.
    Unhealthy(usize),
    /// One that serves stops.
    Stopped(usize),
    SetDesired(u32),
    Suspend(usize),
    Resume(usize),
    Standby(usize),
    Protect(usize),
    Zone(u16, bool),
    SpotNotice(usize),
    Refresh,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0.0..100.0).prop_map(Event::Minute),
        2 => (1_u64..400).prop_map(Event::Seconds),
        4 => any::<bool>().prop_map(Event::Boot),
        1 => Just(Event::LaunchFails),
        4 => Just(Event::Drain),
        2 => any::<usize>().prop_map(Event::Unhealthy),
        1 => any::<usize>().prop_map(Event::Stopped),
        1 => (0_u32..14).prop_map(Event::SetDesired),
        1 => any::<usize>().prop_map(Event::Suspend),
        2 => any::<usize>().prop_map(Event::Resume),
        1 => any::<usize>().prop_map(Event::Standby),
        1 => any::<usize>().prop_map(Event::Protect),
        1 => (0_u16..3, any::<bool>()).prop_map(|(zone, open)| Event::Zone(zone, open)),
        1 => any::<usize>().prop_map(Event::SpotNotice),
        1 => Just(Event::Refresh),
    ]
}

fn config() -> impl Strategy<Value = GroupConfig> {
    let sizes = (0_u32..4, 4_u32..12);
    (sizes, 1_u16..4, any::<[bool; 8]>()).prop_map(|((min_size, max_size), zones, on)| {
        let [simple, tracking, balancer, hooks, pool, maintenance, spot, grace] = on;
        let mut policies = vec![ScalingPolicy::scale_out(), ScalingPolicy::scale_in()];
        if simple {
            policies = vec![ScalingPolicy::Simple(SimplePolicy::default())];
        }
        if tracking {
            policies.push(ScalingPolicy::TargetTracking(TargetTrackingPolicy::default()));
        }
        GroupConfig {
            min_size,
            max_size,
            policies,
            zones,
            health_check_grace_period: Span::from_s(if grace { 90 } else { 0 }),
            default_instance_warmup: Span::from_s(120),
            has_balancer: balancer,
            launch_hooks: vec![HookConfig::default(); 2 * usize::from(hooks)],
            termination_hooks: vec![HookConfig::default(); 2 * usize::from(hooks)],
            warm_pool: pool.then(WarmPoolConfig::default),
            maintenance: maintenance
                .then_some(MaintenancePolicy { min_healthy_percent: 90, max_healthy_percent: 120 }),
            distribution: spot.then_some(InstancesDistribution {
                on_demand_base_capacity: 1,
                on_demand_percentage_above_base_capacity: 50,
            }),
            capacity_rebalancing: spot,
            max_instance_lifetime: grace.then_some(Span::from_s(86_400)),
            ..GroupConfig::default()
        }
    })
}

/// A group, and what the world knows of it from its outputs alone.
struct World {
    group: Group,
    now: Timestamp,
    out: Vec<Output>,
    /// Running servers with the time of their launch.
    servers: BTreeMap<InstanceId, Timestamp>,
}

impl World {
    fn new(config: GroupConfig) -> Self {
        let mut out = Vec::new();
        let group = Group::new(config, 3, Timestamp::ZERO, &mut out).unwrap();
        let mut world = Self { group, now: Timestamp::ZERO, out, servers: BTreeMap::new() };
        world.settle_outputs();
        world
    }

    fn pick(&self, state: LifecycleState, nth: usize) -> Option<InstanceId> {
        let found: Vec<_> =
            self.group.instances().filter(|i| i.state == state).map(|i| i.id).collect();
        found.get(nth % found.len().max(1)).copied()
    }

    fn all(&self, wanted: impl Fn(LifecycleState) -> bool) -> Vec<InstanceId> {
        self.group.instances().filter(|i| wanted(i.state)).map(|i| i.id).collect()
    }

    fn pass(&mut self, span: Span) {
        let until = self.now + span;
        while let Some(at) = self.group.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.tick();
        }
        self.now = until;
    }

    /// One call of `handle_timeout`, with what must not come of it.
    fn tick(&mut self) {
        let now = self.now;
        let warming = self.group.instances().any(|i| i.state.is_live() && !i.is_warm(now));
        let cooling = now < self.group.cooldown_until();
        let from = self.out.len();
        self.group.handle_timeout(now, &mut self.out);
        for output in &self.out[from..] {
            let Output::DesiredChanged { from, to, cause: Cause::Alarm { policy, .. } } = output
            else {
                continue;
            };
            match &self.group.config().policies[*policy as usize] {
                ScalingPolicy::Simple(_) => assert!(!cooling, "a simple policy in its cooldown"),
                _ => assert!(!(warming && to < from), "scale-in while an instance warms up"),
            }
        }
        self.settle_outputs();
    }

    fn apply(&mut self, event: &Event) {
        use LifecycleState::InService;
        let now = self.now;
        match *event {
            Event::Minute(cpu) => {
                self.group.observe_cpu(cpu, 1);
                self.pass(Span::from_s(60));
            }
            Event::Seconds(s) => self.pass(Span::from_s(s)),
            Event::Boot(healthy) => self.boot(healthy),
            Event::LaunchFails => {
                if let Some(id) = self.pick(LifecycleState::Booting, 0) {
                    // It never ran, so nothing is billed.
                    self.servers.remove(&id);
                    self.group.launch_failed(now, id, &mut self.out);
                }
            }
            Event::Drain => self.drain(),
            Event::Unhealthy(nth) => {
                if let Some(id) = self.pick(InService, nth) {
                    self.group.health_changed(now, id, false, &mut self.out);
                }
            }
            Event::Stopped(nth) => {
                if let Some(id) = self.pick(InService, nth) {
                    self.group.instance_stopped(now, id, &mut self.out);
                }
            }
            Event::SetDesired(desired) => self.group.set_desired(now, desired, &mut self.out),
            Event::Suspend(nth) => self.group.suspend(Process::ALL[nth % 9]),
            Event::Resume(nth) => self.group.resume(now, Process::ALL[nth % 9], &mut self.out),
            Event::Standby(nth) => {
                if let Some(id) = self.pick(LifecycleState::Standby, nth) {
                    self.group.exit_standby(now, id, &mut self.out);
                } else if let Some(id) = self.pick(InService, nth) {
                    let _ = self.group.enter_standby(now, id, nth % 2 == 0, &mut self.out);
                }
            }
            Event::Protect(nth) => {
                if let Some(id) = self.pick(InService, nth) {
                    self.group.set_protection(id, nth % 2 == 0);
                }
            }
            Event::Zone(zone, open) => {
                self.group.set_zone_available(now, ZoneId(zone), open, &mut self.out);
            }
            Event::SpotNotice(nth) => {
                if let Some(id) = self.pick(InService, nth) {
                    self.group.spot_interruption(now, id, &mut self.out);
                }
            }
            Event::Refresh => {
                let source = LaunchSource::Template { template: 0, version: 2 };
                self.group.start_refresh(now, RefreshConfig::default(), source, &mut self.out);
            }
        }
        self.settle_outputs();
    }

    fn boot(&mut self, healthy: bool) {
        let starts =
            |state| matches!(state, LifecycleState::Booting | LifecycleState::WarmedPending);
        for id in self.all(starts) {
            self.group.booted(self.now, id, &mut self.out);
        }
        for id in self.all(|state| state == LifecycleState::PendingWait) {
            let result = if healthy { HookResult::Continue } else { HookResult::Abandon };
            for hook in 0..2 {
                self.group.complete_lifecycle_action(self.now, id, hook, result, &mut self.out);
            }
        }
        for id in self.all(|state| state == LifecycleState::Checking) {
            self.group.health_changed(self.now, id, healthy, &mut self.out);
        }
        self.settle_outputs();
    }

    fn drain(&mut self) {
        for id in self.all(|state| state == LifecycleState::Draining) {
            self.group.drained(self.now, id, &mut self.out);
        }
        for id in self.all(|state| state == LifecycleState::TerminatingWait) {
            for hook in 0..2 {
                let result = HookResult::Continue;
                self.group.complete_lifecycle_action(self.now, id, hook, result, &mut self.out);
            }
        }
        self.settle_outputs();
    }

    /// Does what the group asks for, and keeps its own books.
    fn settle_outputs(&mut self) {
        for output in std::mem::take(&mut self.out) {
            match output {
                Output::Launch(id) => {
                    assert!(self.servers.insert(id, self.now).is_none(), "{id} launched twice");
                }
                Output::Terminate(id) => {
                    assert!(self.servers.remove(&id).is_some(), "{id} does not run");
                }
                _ => {}
            }
        }
        self.check();
    }

    fn check(&self) {
        let Capacity { min, desired, max } = self.group.capacity();
        assert!(min <= desired && desired <= max, "{min} <= {desired} <= {max}");
        let known: Vec<_> = self.group.instances().map(|i| (i.id, i.launched_at)).collect();
        let running: Vec<_> = self.servers.iter().map(|(id, at)| (*id, *at)).collect();
        assert_eq!(known, running, "the group and the world disagree on who runs");
        assert!(self.group.tally_is_right(self.now), "counts drifted from the instances");
    }

    /// A quiet world: everything is resumed, open, healthy and unprotected, and time passes.
    fn calm_down(&mut self) {
        for process in Process::ALL {
            self.group.resume(self.now, process, &mut self.out);
        }
        for zone in 0..3 {
            self.group.set_zone_available(self.now, ZoneId(zone), true, &mut self.out);
        }
        for id in self.all(LifecycleState::is_live) {
            self.group.set_protection(id, false);
        }
        for _ in 0..60 {
            self.boot(true);
            self.drain();
            self.pass(Span::from_s(60));
        }
        let desired = self.group.desired();
        self.group.set_desired(self.now, desired, &mut self.out);
        for _ in 0..60 {
            self.boot(true);
            self.drain();
            self.pass(Span::from_s(60));
        }
    }
}

proptest! {
    /// Desired within bounds, no lost instance, no scale-in while warming, no simple policy in its
    /// cooldown; and when the world calms down, as many instances serve as are desired.
    #[test]
    fn promises_hold(config in config(), events in prop::collection::vec(event(), 1..60)) {
        let mut world = World::new(config);
        for event in &events {
            world.apply(event);
        }
        world.calm_down();
        let serving = world.all(|state| state == LifecycleState::InService).len();
        prop_assert_eq!(serving, world.group.desired() as usize);
    }
}

/// While the cooldown of a simple policy runs, a step policy acts.
#[test]
fn cooldown_blocks_simple_policies_only() {
    let mut out = Vec::new();
    let alarm =
        AlarmConfig { evaluation_periods: 1, datapoints_to_alarm: 1, ..AlarmConfig::default() };
    let step = StepPolicy { alarm: alarm.clone(), ..StepPolicy::default() };
    let simple = SimplePolicy { alarm, ..SimplePolicy::default() };
    let config = GroupConfig {
        max_size: 10,
        policies: vec![ScalingPolicy::Simple(simple), ScalingPolicy::Step(step)],
        ..GroupConfig::default()
    };
    let mut group = Group::new(config, 2, Timestamp::ZERO, &mut out).unwrap();
    group.execute_policy(Timestamp::ZERO, 0, 90.0, true, &mut out).unwrap();
    group.booted(Timestamp::ZERO, InstanceId(3), &mut out);
    assert_eq!(group.cooldown_until(), Timestamp::from_s(300));
    assert_eq!(
        group.execute_policy(Timestamp::from_s(1), 0, 90.0, true, &mut out),
        Err(CapacityError::ScalingInProgress)
    );
    group.observe_cpu(90.0, 1);
    out.clear();
    group.handle_timeout(Timestamp::from_s(60), &mut out);
    let changed = out.iter().find_map(|output| match output {
        Output::DesiredChanged { to, cause, .. } => Some((*to, *cause)),
        _ => None,
    });
    assert_eq!(changed, Some((4, Cause::Alarm { policy: 1, value: 90.0 })));
}
