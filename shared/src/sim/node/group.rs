//! A group node: the scaling core, which station each instance is, and what the design says of the
//! life of its servers.

use super::station::{Size, Station};
use super::telemetry::Telemetry;
use crate::cost::{CostMeter, CreditBalance, CreditMode, CreditRate};
use crate::design::{self, CapacityShortage, HookTransition, InstanceRefresh, Monitoring};
use crate::dist::Sampler;
use crate::id::{InstanceId, NodeId};
use crate::rng::Rng;
use crate::scale::{Group, LifecycleState, PoolState, ZoneId};
use crate::time::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A group at work.
#[derive(Debug)]
pub(in crate::sim) struct GroupNode {
    pub(in crate::sim) id: NodeId,
    pub(in crate::sim) core: Group,
    /// Stations of instances that run, or will.
    pub(in crate::sim) stations: BTreeMap<InstanceId, u32>,
    /// Instances of the warm pool that go to sleep when they have drained.
    pub(in crate::sim) falling_asleep: BTreeSet<InstanceId>,
    /// Balancers that send to it.
    pub(in crate::sim) balancers: Vec<u32>,
    /// Stations of queues whose messages go to its servers.
    pub(in crate::sim) feeds: Vec<u32>,
    pub(in crate::sim) life: Life,
    pub(in crate::sim) size: Size,
    pub(in crate::sim) instance_type: String,
    pub(in crate::sim) monitoring: Monitoring,
    pub(in crate::sim) telemetry: Telemetry,
    /// Dollars that the metrics of one instance cost in an hour.
    pub(in crate::sim) monitoring_hour: f64,
    pub(in crate::sim) meter: CostMeter,
    /// CPU credits, if they are simulated.
    pub(in crate::sim) credits: Option<Credits>,
    /// Requests and busy time of stations that are gone.
    pub(in crate::sim) gone: Gone,
    /// Fewest and most servers in service at the end of a second.
    pub(in crate::sim) in_service: (u32, u32),
    /// Average CPU of the last metric sample, 0 to 1, if any server was warm.
    pub(in crate::sim) cpu: Option<f64>,
    pub(in crate::sim) story: Story,
}

/// What happens to servers from outside of the group, and how long it takes. Each kind draws from
/// a stream of its own.
#[derive(Debug)]
pub(in crate::sim) struct Life {
    boot: (Sampler, Rng),
    warm_start: (Sampler, Rng),
    launch_hooks: Vec<Sampler>,
    termination_hooks: Vec<Sampler>,
    hook_rng: Rng,
    /// Time from launch to interruption of a Spot instance, if that happens.
    interruption: Option<Sampler>,
    spot_rng: Rng,
    shortages: Vec<CapacityShortage>,
    pub(in crate::sim) refreshes: Vec<InstanceRefresh>,
}

impl Life {
    /// The life of the servers of a group; `fork` gives the stream of each purpose.
    pub(in crate::sim) fn new(settings: &design::Group, fork: impl Fn(&str) -> Rng) -> Self {
        let hooks = |transition| {
            let hooks = settings.lifecycle_hooks.iter();
            let of_it = hooks.filter(|hook| hook.transition == transition);
            of_it.map(|hook| hook.action.sampler()).collect()
        };
        let warm_start = settings.warm_start.as_ref().unwrap_or(&design::Group::WARM_START);
        let rate = settings.spot_interruptions_per_hour;
        let mean_ms = 3_600_000.0 / rate;
        Self {
            boot: (settings.boot.sampler(), fork("boot")),
            warm_start: (warm_start.sampler(), fork("warm start")),
            launch_hooks: hooks(HookTransition::Launching),
            termination_hooks: hooks(HookTransition::Terminating),
            hook_rng: fork("hook"),
            interruption: (rate > 0.0).then(|| crate::dist::Law::Exponential { mean_ms }.sampler()),
            spot_rng: fork("spot"),
            shortages: settings.capacity_shortages.clone(),
            refreshes: settings.instance_refreshes.clone(),
        }
    }

    /// From launch until the server runs.
    pub(in crate::sim) fn boot(&mut self) -> Span {
        self.boot.0.sample(&mut self.boot.1)
    }

    /// From the start of a prepared server until it runs.
    pub(in crate::sim) fn warm_start(&mut self) -> Span {
        self.warm_start.0.sample(&mut self.warm_start.1)
    }

    /// How long the actions of the hooks take that an instance in `state` waits for, in order.
    pub(in crate::sim) fn actions(&mut self, state: LifecycleState) -> Vec<Span> {
        let hooks = match state {
            LifecycleState::PendingWait => &self.launch_hooks,
            LifecycleState::TerminatingWait => &self.termination_hooks,
            _ => return Vec::new(),
        };
        hooks.iter().map(|hook| hook.sample(&mut self.hook_rng)).collect()
    }

    /// From the launch of a Spot instance until its interruption is announced, if it ever is.
    pub(in crate::sim) fn interruption(&mut self) -> Option<Span> {
        let law = self.interruption.as_ref()?;
        Some(law.sample(&mut self.spot_rng))
    }

    /// Whether a launch in `zone` fails now.
    pub(in crate::sim) fn is_short(&self, now: Timestamp, zone: ZoneId) -> bool {
        let at = |s: u32| Timestamp::from_s(u64::from(s));
        self.shortages.iter().any(|shortage| {
            (at(shortage.from_s)..at(shortage.to_s)).contains(&now)
                && shortage.zone.is_none_or(|short| short == u32::from(zone.0))
        })
    }
}

/// The CPU credits of a group's servers.
#[derive(Debug)]
pub(in crate::sim) struct Credits {
    rate: CreditRate,
    mode: CreditMode,
    initial: f64,
    balances: BTreeMap<InstanceId, CreditBalance>,
    /// Surplus of servers that are gone, vCPU-hours.
    ended: f64,
}

impl Credits {
    /// The credits that a design asks for; `None` if it asks for none or the type has none.
    pub(in crate::sim) fn new(settings: &design::Group) -> Option<Self> {
        let specification = settings.credit_specification?;
        Some(Self {
            rate: *CreditRate::of(&settings.instance_type)?,
            mode: specification.cpu_credits,
            initial: specification.initial_credits,
            balances: BTreeMap::new(),
            ended: 0.0,
        })
    }

    /// Lets `span` pass at a utilisation, 0 to 1, and says how fast the server is from now on, 0
    /// to 1: without credits in standard mode its CPU has only its baseline.
    pub(in crate::sim) fn spend(&mut self, id: InstanceId, utilisation: f64, span: Span) -> f64 {
        let fresh = CreditBalance::new(self.rate, self.mode, self.initial);
        let balance = self.balances.entry(id).or_insert(fresh);
        balance.run(utilisation * 100.0, span);
        match self.mode {
            CreditMode::Standard if balance.credits() <= 0.0 => {
                self.rate.baseline_percent() / 100.0
            }
            CreditMode::Standard | CreditMode::Unlimited => 1.0,
        }
    }

    fn ended(&mut self, id: InstanceId) {
        if let Some(balance) = self.balances.remove(&id) {
            self.ended += balance.surplus_vcpu_hours();
        }
    }
}

impl GroupNode {
    /// CPU time beyond earned credits that is billed, vCPU-hours.
    pub(in crate::sim) fn surplus_vcpu_hours(&self) -> f64 {
        let Some(credits) = &self.credits else { return 0.0 };
        let running = credits.balances.values().map(CreditBalance::surplus_vcpu_hours);
        running.fold(credits.ended, |sum, hours| sum + hours)
    }

    /// How prepared instances wait.
    pub(in crate::sim) fn pool_state(&self) -> PoolState {
        self.core.config().warm_pool.map_or(PoolState::default(), |pool| pool.pool_state)
    }

    /// Nothing of an instance is paid for any more.
    pub(in crate::sim) fn stop_billing(&mut self, id: InstanceId, now: Timestamp) {
        self.meter.stopped(now, id);
        if let Some(credits) = &mut self.credits {
            credits.ended(id);
        }
    }
}

/// Figures of stations that are gone.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::sim) struct Gone {
    pub(in crate::sim) requests: u64,
    pub(in crate::sim) busy_ns: u64,
    /// Core time that they offered, nanoseconds.
    pub(in crate::sim) capacity_ns: u64,
    /// Requests present and requests waiting, times how long it was so, nanoseconds.
    pub(in crate::sim) areas: (u128, u128),
}

impl Gone {
    /// Adds the figures of a station.
    pub(in crate::sim) fn add(&mut self, station: &Station, now: Timestamp) {
        self.requests += station.requests;
        self.busy_ns += station.busy_ns(now);
        self.capacity_ns += station.capacity_ns(now);
        let (present, waiting) = station.areas(now);
        self.areas.0 += present;
        self.areas.1 += waiting;
    }
}

/// Positions in the log, so that an entry can name the one that brought it about.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Story {
    /// Latest alarm entry of each policy.
    pub(in crate::sim) alarms: BTreeMap<u32, u32>,
    /// Latest change of the desired capacity.
    pub(in crate::sim) desired: Option<u32>,
    /// Latest entry about an instance refresh.
    pub(in crate::sim) refresh: Option<u32>,
    /// Latest entry about each instance.
    pub(in crate::sim) instances: BTreeMap<InstanceId, u32>,
}
