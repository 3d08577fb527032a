//! The Auto Scaling group: desired capacity, and as many instances as that.

use super::{Alarm, AlarmState, Instance, LifecycleState, PolicyError, ScalingPolicy, Transition};
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// A group's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupConfig {
    /// Never fewer instances.
    pub min_size: u32,
    /// Never a larger desired capacity.
    pub max_size: u32,
    /// When to change the desired capacity.
    pub policies: Vec<ScalingPolicy>,
    /// After entering service, how long a failed check does not replace the instance.
    pub health_check_grace_period: Span,
    /// After entering service, how long an instance's metrics do not count.
    pub default_instance_warmup: Span,
    /// Whether an instance must pass a balancer's health check to enter service. Without one it
    /// enters service as soon as it runs (EC2 health checks only).
    pub has_balancer: bool,
}

/// Why a group changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// The group came into being.
    Start,
    /// A policy's alarm was in ALARM.
    Alarm {
        /// Index of the policy.
        policy: usize,
        /// The datapoint.
        value: f64,
    },
    /// An instance failed its health check and is replaced.
    Unhealthy {
        /// Which one.
        instance: InstanceId,
    },
    /// Somebody set the desired capacity.
    Manual,
}

/// One launch or termination, in AWS's sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The instance launched or terminated.
    pub instance: InstanceId,
    /// True for a launch, false for a termination.
    pub launch: bool,
    /// Why.
    pub cause: Cause,
    /// When it was decided.
    pub started: Timestamp,
}

/// What the group wants done, or wants known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output {
    /// Start a server and call [`Group::booted`] when it runs.
    Launch(InstanceId),
    /// Register the server with the balancer; [`Group::health_changed`] follows.
    Register(InstanceId),
    /// Stop new requests to it and call [`Group::drained`] when it has finished.
    Deregister(InstanceId),
    /// Switch the server off.
    Terminate(InstanceId),
    /// An instance moved on in its life.
    StateChanged {
        /// Which one.
        instance: InstanceId,
        /// Its new state.
        state: LifecycleState,
    },
    /// The desired capacity changed.
    DesiredChanged {
        /// Before.
        from: u32,
        /// After.
        to: u32,
        /// Why.
        cause: Cause,
    },
    /// A launch or termination began.
    Activity(Activity),
    /// A policy's alarm changed state.
    AlarmChanged {
        /// Index of the policy.
        policy: usize,
        /// From what to what, by which datapoint.
        transition: Transition,
    },
}

/// CloudWatch repeats Auto Scaling actions this often while the alarm lasts.
const ACTION_INTERVAL: Span = Span::from_s(60);
/// Instances are billed by the second, but their hour of launch decides who leaves first.
const BILLING_HOUR: Span = Span::from_s(3_600);

/// Keeps as many instances as desired. See the module documentation.
#[derive(Clone, Debug)]
pub struct Group {
    config: GroupConfig,
    desired: u32,
    /// Live and draining instances.
    instances: BTreeMap<InstanceId, Instance>,
    alarms: Vec<Alarm>,
    /// When each policy may act again while its alarm lasts.
    next_action: Vec<Timestamp>,
    last_id: u32,
}

impl Group {
    /// A group with `desired` instances that are already in service and warm, clamped to its
    /// sizes. Their launches come out as [`Output::Launch`] and [`Output::Register`].
    ///
    /// # Errors
    ///
    /// The first policy that contradicts itself.
    pub fn new(
        config: GroupConfig,
        desired: u32,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Result<Self, PolicyError> {
        for policy in &config.policies {
            policy.check()?;
        }
        let alarms = config.policies.iter().map(|policy| match policy {
            ScalingPolicy::Step(step) => Alarm::new(step.alarm.clone(), now),
        });
        let mut group = Self {
            desired: desired.max(config.min_size).min(config.max_size),
            instances: BTreeMap::new(),
            alarms: alarms.collect(),
            next_action: vec![Timestamp::ZERO; config.policies.len()],
            last_id: 0,
            config,
        };
        for _ in 0..group.desired {
            let id = group.launch(now, Cause::Start, out);
            if let Some(instance) = group.instances.get_mut(&id) {
                instance.state = LifecycleState::InService;
                instance.in_service_at = Some(now);
                instance.warm_at = now;
            }
            out.push(Output::Register(id));
        }
        Ok(group)
    }

    /// How many instances the group wants.
    pub const fn desired(&self) -> u32 {
        self.desired
    }

    /// Its settings.
    pub const fn config(&self) -> &GroupConfig {
        &self.config
    }

    /// Every instance that is not terminated, in order of launch.
    pub fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.instances.values()
    }

    /// The instance called `id`, unless it is terminated.
    pub fn instance(&self, id: InstanceId) -> Option<&Instance> {
        self.instances.get(&id)
    }

    /// The alarm of each policy.
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// Sets the desired capacity by hand, clamped to the group's sizes.
    pub fn set_desired(&mut self, now: Timestamp, desired: u32, out: &mut Vec<Output>) {
        self.change_desired(now, desired, Cause::Manual, out);
    }

    /// A launched server runs.
    pub fn booted(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        if self.state_of(id) != Some(LifecycleState::Booting) {
            return;
        }
        out.push(Output::Register(id));
        if self.config.has_balancer {
            self.set_state(now, id, LifecycleState::Checking, out);
        } else {
            self.set_state(now, id, LifecycleState::InService, out);
        }
    }

    /// The balancer's belief about an instance flipped.
    pub fn health_changed(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        healthy: bool,
        out: &mut Vec<Output>,
    ) {
        let Some(instance) = self.instances.get(&id) else { return };
        match (instance.state, healthy) {
            (LifecycleState::Checking, true) => {
                self.set_state(now, id, LifecycleState::InService, out);
            }
            (LifecycleState::InService, false) => {
                let since = instance.in_service_at.unwrap_or(now);
                if now >= since + self.config.health_check_grace_period {
                    self.replace(now, id, out);
                }
            }
            // It never became healthy: it will not.
            (LifecycleState::Checking, false) => self.replace(now, id, out),
            _ => {}
        }
    }

    /// A draining instance has finished: it is terminated.
    pub fn drained(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        if self.state_of(id) == Some(LifecycleState::Draining) {
            self.set_state(now, id, LifecycleState::Terminated, out);
            out.push(Output::Terminate(id));
        }
    }

    /// Adds samples of the average CPU utilisation, percent: their sum over warm instances, and how
    /// many there were.
    pub fn observe_cpu(&mut self, sum: f64, samples: u64) {
        for alarm in &mut self.alarms {
            alarm.observe(sum, samples);
        }
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.alarms.iter().map(Alarm::poll_timeout).min()
    }

    /// Evaluates the alarms whose period is over and acts on them.
    pub fn handle_timeout(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        for policy in 0..self.alarms.len() {
            while let Some(change) = self.alarms[policy].evaluate(now) {
                if let Some(transition) = change {
                    out.push(Output::AlarmChanged { policy, transition });
                    self.next_action[policy] = now;
                }
                let alarm = &self.alarms[policy];
                if let (AlarmState::Alarm, Some(value)) = (alarm.state(), alarm.latest())
                    && now >= self.next_action[policy]
                {
                    self.next_action[policy] = now + ACTION_INTERVAL;
                    self.act(now, policy, value, out);
                }
            }
        }
    }

    /// What a policy does while its alarm is in ALARM.
    ///
    /// Scale-out counts from the instances that are warm, and never undercuts what was asked for
    /// already: a breach that lasts while a server boots does not launch another. Scale-in waits
    /// until every instance is warm, and counts the draining ones, so that one breach does not
    /// remove a second server while the first still drains.
    fn act(&mut self, now: Timestamp, policy: usize, value: f64, out: &mut Vec<Output>) {
        let count = |wanted: &dyn Fn(&Instance) -> bool| {
            self.instances.values().filter(|instance| wanted(instance)).count() as u32
        };
        let warm = count(&|instance| instance.is_warm(now));
        let live = count(&|instance| instance.state.is_live());
        let draining = count(&|instance| instance.state == LifecycleState::Draining);
        let ScalingPolicy::Step(step) = &self.config.policies[policy];
        let cause = Cause::Alarm { policy, value };
        if let Some(wanted) = step.capacity(value, warm)
            && wanted > warm
        {
            self.change_desired(now, wanted.max(self.desired), cause, out);
        } else if warm == live
            && let Some(wanted) = step.capacity(value, live + draining)
            && wanted < live + draining
        {
            self.change_desired(now, wanted.min(self.desired), cause, out);
        }
    }

    fn change_desired(&mut self, now: Timestamp, wanted: u32, cause: Cause, out: &mut Vec<Output>) {
        let to = wanted.max(self.config.min_size).min(self.config.max_size);
        let from = std::mem::replace(&mut self.desired, to);
        if from != to {
            out.push(Output::DesiredChanged { from, to, cause });
        }
        self.reconcile(now, cause, out);
    }

    /// Launches or terminates until as many instances live as are desired.
    fn reconcile(&mut self, now: Timestamp, cause: Cause, out: &mut Vec<Output>) {
        let live = self.instances.values().filter(|instance| instance.state.is_live()).count();
        let desired = self.desired as usize;
        for _ in live..desired {
            self.launch(now, cause, out);
        }
        for _ in desired..live {
            if let Some(id) = self.choose_for_termination(now) {
                self.terminate(now, id, cause, out);
            }
        }
    }

    /// Whoever does not serve yet goes first; then whoever is closest to its next billing hour
    /// (the default termination policy of a group with one zone and one template).
    fn choose_for_termination(&self, now: Timestamp) -> Option<InstanceId> {
        let live = self.instances.values().filter(|instance| instance.state.is_live());
        let chosen = live.max_by_key(|instance| {
            let into_hour = now.since(instance.launched_at).as_ns() % BILLING_HOUR.as_ns();
            (instance.state != LifecycleState::InService, into_hour, std::cmp::Reverse(instance.id))
        });
        chosen.map(|instance| instance.id)
    }

    fn launch(&mut self, now: Timestamp, cause: Cause, out: &mut Vec<Output>) -> InstanceId {
        self.last_id += 1;
        let id = InstanceId(self.last_id);
        let instance = Instance {
            id,
            state: LifecycleState::Booting,
            launched_at: now,
            in_service_at: None,
            warm_at: Timestamp::MAX,
        };
        self.instances.insert(id, instance);
        out.push(Output::Activity(Activity { instance: id, launch: true, cause, started: now }));
        out.push(Output::Launch(id));
        id
    }

    /// Drains an instance that serves; switches off one that does not.
    fn terminate(&mut self, now: Timestamp, id: InstanceId, cause: Cause, out: &mut Vec<Output>) {
        let state = self.state_of(id);
        out.push(Output::Activity(Activity { instance: id, launch: false, cause, started: now }));
        out.push(Output::Deregister(id));
        if state == Some(LifecycleState::InService) {
            self.set_state(now, id, LifecycleState::Draining, out);
        } else {
            self.set_state(now, id, LifecycleState::Terminated, out);
            out.push(Output::Terminate(id));
        }
    }

    /// Terminates an instance that failed its health check, then launches another.
    fn replace(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        let cause = Cause::Unhealthy { instance: id };
        self.terminate(now, id, cause, out);
        self.reconcile(now, cause, out);
    }

    fn state_of(&self, id: InstanceId) -> Option<LifecycleState> {
        self.instances.get(&id).map(|instance| instance.state)
    }

    fn set_state(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        state: LifecycleState,
        out: &mut Vec<Output>,
    ) {
        let Some(instance) = self.instances.get_mut(&id) else { return };
        instance.state = state;
        if state == LifecycleState::InService {
            instance.in_service_at = Some(now);
            instance.warm_at = now + self.config.default_instance_warmup;
        }
        if state == LifecycleState::Terminated {
            self.instances.remove(&id);
        }
        out.push(Output::StateChanged { instance: id, state });
    }
}
