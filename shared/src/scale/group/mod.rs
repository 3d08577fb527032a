//! The Auto Scaling group: desired capacity, and as many instances as that.
//!
//! [`Group`] holds the state; what it does is spread over files by occasion: `policies` decides
//! the desired capacity, `fleet` launches and terminates until it is met, `life` leads instances
//! from state to state and `hooks` lets them wait, `replace` renews those that are unhealthy, too
//! old or in the wrong zone, and `operator` is what people ask for.

mod activity;
mod autoscaler;
mod config;
mod fleet;
mod hooks;
mod life;
mod operator;
mod output;
mod policies;
mod replace;
mod roster;
mod tally;

pub use activity::{ActivityRecord, ActivityStatus};
pub use autoscaler::PodMetrics;
pub use config::GroupConfig;
pub use output::{Activity, Cause, Output};

use super::{
    Alarm, Capacity, Instance, LifecycleState, Metric, PolicyError, Refresh, ScalingPolicy,
    Suspended, TerminationRules, ZoneId,
};
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use activity::Activities;
use litemap::LiteMap;
use policies::{Cooldown, Driver};
use replace::Displaced;
use roster::Roster;
use std::collections::BTreeSet;
use tally::Tally;

/// Something that is due at a time. A timer whose instance has moved on does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// The health-check grace period of an instance that is unhealthy is over.
    Grace(InstanceId),
    /// A lifecycle hook, by position, had no heartbeat for too long.
    Hook(InstanceId, usize),
    /// An instance is as old as it may be.
    Lifetime(InstanceId),
    /// A Spot instance is taken back.
    SpotReclaim(InstanceId),
    /// A replacement of a refresh is warm.
    RefreshWarm(InstanceId),
    /// A refresh has waited long enough at a checkpoint.
    Refresh,
    /// Launches that failed are tried again.
    Retry,
}

/// Keeps as many instances as desired. See the module documentation.
#[derive(Clone, Debug)]
pub struct Group {
    config: GroupConfig,
    capacity: Capacity,
    /// All that are not terminated or detached, those of the warm pool as well.
    instances: Roster,
    tally: Tally,
    /// In service and perhaps not warm yet, by the time at which they are.
    warming: BTreeSet<(Timestamp, InstanceId)>,
    /// Prepared instances of the warm pool.
    pool: BTreeSet<InstanceId>,
    alarms: Vec<Alarm>,
    /// What each policy remembers.
    drivers: Vec<Driver>,
    cooldown: Cooldown,
    activities: Activities,
    timers: BTreeSet<(Timestamp, Timer)>,
    /// The hooks that an instance waits for, by position, and until when.
    open_hooks: LiteMap<InstanceId, LiteMap<usize, Timestamp>>,
    suspended: Suspended,
    /// Instances to replace when it is their turn, and why.
    to_replace: LiteMap<InstanceId, Cause>,
    /// Launched to replace one of these, and not in service yet.
    replacing: BTreeSet<InstanceId>,
    /// Launched before what it displaces is terminated; on top of the desired capacity meanwhile.
    displacing: LiteMap<InstanceId, Displaced>,
    /// Who displaces an instance that is displaced by name.
    displaced_by: LiteMap<InstanceId, InstanceId>,
    refresh: Option<Refresh>,
    /// Launched by the refresh, and not warm yet.
    refreshing: BTreeSet<InstanceId>,
    /// Until when each zone is taken to have no capacity.
    zone_closed_until: Vec<Timestamp>,
    /// Since when every launch has failed.
    failing_since: Option<Timestamp>,
    last_id: u32,
}

impl Group {
    /// A group with `desired` instances that are already in service and warm, clamped to its
    /// sizes. Their launches come out as [`Output::Launch`] and [`Output::Register`].
    ///
    /// # Errors
    ///
    /// The first setting that contradicts itself.
    pub fn new(
        config: GroupConfig,
        desired: u32,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Result<Self, PolicyError> {
        config.check()?;
        let (alarms, drivers) = policies::drivers(&config, now);
        let mut group = Self {
            capacity: config.capacity(desired),
            instances: Roster::default(),
            tally: Tally::new(config.zones),
            warming: BTreeSet::new(),
            pool: BTreeSet::new(),
            alarms,
            drivers,
            cooldown: Cooldown::default(),
            activities: Activities::default(),
            timers: BTreeSet::new(),
            open_hooks: LiteMap::new_vec(),
            suspended: Suspended::default(),
            to_replace: LiteMap::new_vec(),
            replacing: BTreeSet::new(),
            displacing: LiteMap::new_vec(),
            displaced_by: LiteMap::new_vec(),
            refresh: None,
            refreshing: BTreeSet::new(),
            zone_closed_until: vec![Timestamp::ZERO; usize::from(config.zones)],
            failing_since: None,
            last_id: 0,
            config,
        };
        for _ in 0..group.capacity.desired {
            if let Some(id) = group.launch(now, Cause::Start, None, out) {
                out.push(Output::Register(id));
                group.enter_service_warm(now, id);
            }
        }
        group.adjust_pool(now, out);
        Ok(group)
    }

    /// How many instances the group wants.
    pub const fn desired(&self) -> u32 {
        self.capacity.desired
    }

    /// Its present sizes: scheduled actions may have changed those of the settings.
    pub const fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// Its settings.
    pub const fn config(&self) -> &GroupConfig {
        &self.config
    }

    /// Every instance that is not terminated, in order of launch.
    pub fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.instances.iter()
    }

    /// The instance called `id`, unless it is terminated.
    pub fn instance(&self, id: InstanceId) -> Option<&Instance> {
        self.instances.get(id)
    }

    /// The alarms of all policies, in order: one of a step or simple policy, the managed two (high,
    /// then low) of a target tracking policy, none of the others.
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// Indexes into [`Self::alarms`] of one policy's alarms.
    pub fn alarms_of(&self, policy: usize) -> std::ops::Range<usize> {
        self.drivers.get(policy).map_or(0..0, Driver::alarms)
    }

    /// The activity history, oldest first.
    pub fn activities(&self) -> impl DoubleEndedIterator<Item = &ActivityRecord> {
        self.activities.records()
    }

    /// When the cooldown that simple policies wait for is over; in the past if none runs.
    pub const fn cooldown_until(&self) -> Timestamp {
        self.cooldown.until
    }

    /// Adds samples of the average CPU utilisation, percent: their sum over warm instances, and how
    /// many there were.
    pub fn observe_cpu(&mut self, sum: f64, samples: u64) {
        self.observe(Metric::AverageCpuUtilization, sum, samples);
    }

    /// Adds samples of a metric: their sum, and how many there were.
    pub fn observe(&mut self, metric: Metric, sum: f64, samples: u64) {
        for alarm in self.alarms.iter_mut().filter(|alarm| alarm.config().metric == metric) {
            alarm.observe(sum, samples);
        }
        for (driver, policy) in self.drivers.iter_mut().zip(&self.config.policies) {
            driver.observe(policy, metric, sum, samples);
        }
    }

    /// Whether a policy goes by a metric.
    pub fn watches(&self, metric: Metric) -> bool {
        let of_pods = |policy: &ScalingPolicy| match policy {
            ScalingPolicy::Hpa(policy) => policy.metrics.iter().any(|kept| kept.metric == metric),
            ScalingPolicy::Predictive(policy) => policy.metric == metric,
            _ => false,
        };
        self.alarms.iter().any(|alarm| alarm.config().metric == metric)
            || self.config.policies.iter().any(of_pods)
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let alarms = self.alarms.iter().map(Alarm::poll_timeout);
        let drivers = self.drivers.iter().filter_map(Driver::poll_timeout);
        let timer = self.timers.first().map(|(at, _)| *at);
        alarms.chain(drivers).chain(timer).min()
    }

    /// Does what is due: evaluates alarms and acts on them, runs schedules and forecasts, ends
    /// waits.
    pub fn handle_timeout(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        while let Some((at, timer)) = self.timers.first().copied().filter(|(at, _)| *at <= now) {
            self.timers.remove(&(at, timer));
            self.handle_timer(now, timer, out);
        }
        while self.warming.first().is_some_and(|(warm_at, _)| *warm_at <= now) {
            self.warming.pop_first();
        }
        self.run_policies(now, out);
        self.rebalance_zones(now, out);
    }

    fn handle_timer(&mut self, now: Timestamp, timer: Timer, out: &mut Vec<Output>) {
        match timer {
            Timer::Grace(id) => self.judge_health(now, id, out),
            Timer::Hook(id, hook) => self.hook_timed_out(now, id, hook, out),
            Timer::Lifetime(id) => self.grow_old(now, id, out),
            Timer::SpotReclaim(id) => {
                self.stopped(now, id, Cause::SpotInterruption { instance: id }, out);
            }
            Timer::RefreshWarm(id) => {
                if self.refreshing.remove(&id) {
                    self.refresh_warmed(now, out);
                }
            }
            Timer::Refresh => self.drive_refresh(now, out),
            Timer::Retry => {
                self.reconcile(now, Cause::Resumed, out);
            }
        }
    }

    /// Whether the counts are those of the instances.
    #[cfg(test)]
    pub(super) fn tally_is_right(&self, now: Timestamp) -> bool {
        let mut tally = Tally::new(self.config.zones);
        self.instances.iter().for_each(|instance| tally.add(instance));
        let warm = self.instances.iter().filter(|instance| instance.is_warm(now)).count();
        tally == self.tally && warm as u32 == self.warm_count(now, usize::MAX)
    }

    fn set_timer(&mut self, at: Timestamp, timer: Timer) {
        self.timers.insert((at, timer));
    }

    fn termination_rules(&self) -> TerminationRules<'_> {
        TerminationRules {
            policies: &self.config.termination_policies,
            current_source: self.config.source,
            distribution: self.config.distribution,
        }
    }

    fn zone_is_open(&self, now: Timestamp, zone: ZoneId) -> bool {
        self.zone_closed_until.get(usize::from(zone.0)).is_some_and(|&until| until <= now)
    }

    fn state_of(&self, id: InstanceId) -> Option<LifecycleState> {
        self.instances.get(id).map(|instance| instance.state)
    }

    /// How long a policy's new instances do not count.
    fn warmup_of(&self, policy: usize) -> Span {
        let own = self.config.policies.get(policy);
        let own = own.and_then(ScalingPolicy::estimated_instance_warmup);
        let group = Some(self.config.default_instance_warmup);
        super::policy_warmup(own, group, self.config.default_cooldown)
    }
}
