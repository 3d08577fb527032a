//! An Auto Scaling group as people draw it: sizes, servers, policies, and the life of its servers.
//!
//! Field names are those of EC2 Auto Scaling where it has them. What a service outside of the group
//! would do (complete a lifecycle action, take a Spot instance back, run out of capacity) is a
//! setting here, so that a run can show it. The settings after `policies` came later: documents
//! leave them out while they have their default, and a default changes nothing.

use super::node::{is, is_default};
use super::server::{Asking, ColdStart, Discipline};
use crate::cost::{CREDIT_RATES, CreditMode, CreditRate, Discounts};
use crate::dist::Law;
use crate::scale::{
    HookConfig, HookResult, InstancesDistribution, LaunchSource, MaintenancePolicy, Process,
    RefreshConfig, ScalingPolicy, TerminationPolicy, WarmPoolConfig,
};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// An Auto Scaling group of equal servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// EC2 instance type; prices an instance hour.
    pub instance_type: String,
    /// Requests that one server works on at the same time, 1 to 256. The others queue.
    pub cores: u32,
    /// CPU time of one request.
    pub service: Law,
    /// Requests that may wait at one server, 0 to 1,000,000; one more is refused with 503.
    pub queue_max: u32,
    /// The group never has fewer servers than this.
    pub min_size: u32,
    /// The group never asks for more servers than this, at most 10,000.
    pub max_size: u32,
    /// Servers at the start of the run.
    pub desired_capacity: u32,
    /// From launch until the server runs and answers its health check.
    pub boot: Law,
    /// After entering service, how long a failed health check does not replace the server, seconds.
    pub health_check_grace_period_s: u32,
    /// How long after boot a server's CPU stays out of the group's average, seconds.
    pub default_instance_warmup_s: u32,
    /// When to add and to remove servers.
    pub policies: Vec<ScalingPolicy>,
    /// How long simple policies wait after their own activities, seconds, 0 to 86,400. AWS: 300.
    #[serde(skip_serializing_if = "is::<300>")]
    pub default_cooldown_s: u32,
    /// Availability Zones, 1 to 16. Launches go to the one with the fewest servers.
    #[serde(skip_serializing_if = "is::<1>")]
    pub zones: u32,
    /// Who goes first in scale-in, in order of importance; the service's default if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub termination_policies: Vec<TerminationPolicy>,
    /// What servers are launched from at the start of the run; version 1 of a launch template if
    /// absent.
    #[serde(skip_serializing_if = "is_default")]
    pub launch_source: Option<LaunchSource>,
    /// How capacity divides between On-Demand and Spot; all On-Demand if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub instances_distribution: Option<InstancesDistribution>,
    /// Interruptions of one Spot instance in an hour on average, 0 to 60, at random times. Each is
    /// announced two minutes ahead.
    #[serde(skip_serializing_if = "is_default")]
    pub spot_interruptions_per_hour: f64,
    /// Replaces a Spot instance when its interruption is announced, not when it is gone.
    #[serde(skip_serializing_if = "is_default")]
    pub capacity_rebalancing: bool,
    /// What starting and leaving servers wait for, at most 50.
    #[serde(skip_serializing_if = "is_default")]
    pub lifecycle_hooks: Vec<LifecycleHook>,
    /// Servers that are prepared ahead and wait to be started; none if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub warm_pool: Option<WarmPoolConfig>,
    /// From the start of a prepared server until it runs; 30 s if absent, which AWS calls possible.
    /// A pool of running servers needs no start.
    #[serde(skip_serializing_if = "is_default")]
    pub warm_start: Option<Law>,
    /// How many servers may be missing or surplus while others are replaced; the service's own
    /// rules if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub maintenance_policy: Option<MaintenancePolicy>,
    /// Age at which a server is replaced, seconds, 86,400 to 31,536,000; never if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub max_instance_lifetime_s: Option<u32>,
    /// Scale-in leaves every server alone that it finds.
    #[serde(skip_serializing_if = "is_default")]
    pub new_instances_protected_from_scale_in: bool,
    /// What the group does not do by itself during the run.
    #[serde(skip_serializing_if = "is_default")]
    pub suspended_processes: Vec<Process>,
    /// Times at which launches fail.
    #[serde(skip_serializing_if = "is_default")]
    pub capacity_shortages: Vec<CapacityShortage>,
    /// Rolling replacements of all servers.
    #[serde(skip_serializing_if = "is_default")]
    pub instance_refreshes: Vec<InstanceRefresh>,
    /// How often servers report their metrics.
    #[serde(skip_serializing_if = "is_default")]
    pub monitoring: Monitoring,
    /// How long after it was measured a metric is published, seconds, 0 to 300. Alarms wait for it.
    /// CloudWatch was seen to lag about 10 s.
    #[serde(skip_serializing_if = "is::<0>")]
    pub metric_delay_s: u32,
    /// CPU credits of a burstable instance type; servers never run out of them if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub credit_specification: Option<CreditSpecification>,
    /// What is paid less for than On-Demand.
    #[serde(skip_serializing_if = "is_default")]
    pub discounts: Discounts,
    /// How a server shares its cores among its requests.
    #[serde(skip_serializing_if = "is_default")]
    pub discipline: Discipline,
    /// Requests that one server has past its queue at the same time, 1 to 1,000,000, whether they
    /// wait for a core, work, or wait for a dependency. 0 is as many as come: then those that wait
    /// for a core are the queue, and with processor sharing there is none.
    #[serde(skip_serializing_if = "is_default")]
    pub threads: u32,
    /// How a server asks what the group is linked to.
    #[serde(skip_serializing_if = "is_default")]
    pub asking: Asking,
    /// How slow a server is at first; at full speed from the start if absent. Servers of the run's
    /// first moment are fresh no more.
    #[serde(skip_serializing_if = "is_default")]
    pub cold_start: Option<ColdStart>,
}

impl Group {
    /// The start of a prepared server where a design does not name it.
    pub const WARM_START: Law = Law::Constant { mean_ms: 30_000.0 };

    /// Most CPU credits that a server of this group can have: what it earns in a day, or what the
    /// largest burstable type earns if this one is not burstable.
    pub fn credits_max(&self) -> f64 {
        let most = CREDIT_RATES.iter().map(CreditRate::max_accrued).fold(0.0, f64::max);
        CreditRate::of(&self.instance_type).map_or(most, CreditRate::max_accrued)
    }
}

impl Default for Group {
    fn default() -> Self {
        Self {
            instance_type: "m5.large".to_owned(),
            cores: 2,
            service: Law::Exponential { mean_ms: 20.0 },
            queue_max: 1_000,
            min_size: 2,
            max_size: 8,
            desired_capacity: 2,
            boot: Law::Uniform { min_ms: 60_000.0, max_ms: 90_000.0 },
            health_check_grace_period_s: 0,
            default_instance_warmup_s: 60,
            policies: vec![ScalingPolicy::scale_out(), ScalingPolicy::scale_in()],
            default_cooldown_s: 300,
            zones: 1,
            termination_policies: Vec::new(),
            launch_source: None,
            instances_distribution: None,
            spot_interruptions_per_hour: 0.0,
            capacity_rebalancing: false,
            lifecycle_hooks: Vec::new(),
            warm_pool: None,
            warm_start: None,
            maintenance_policy: None,
            max_instance_lifetime_s: None,
            new_instances_protected_from_scale_in: false,
            suspended_processes: Vec::new(),
            capacity_shortages: Vec::new(),
            instance_refreshes: Vec::new(),
            monitoring: Monitoring::default(),
            metric_delay_s: 0,
            credit_specification: None,
            discounts: Discounts::default(),
            discipline: Discipline::Fifo,
            threads: 0,
            asking: Asking::OneByOne,
            cold_start: None,
        }
    }
}

/// When an instance waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HookTransition {
    /// After it runs, before it enters service.
    #[default]
    Launching,
    /// After it has drained, before it is switched off.
    Terminating,
}

/// A lifecycle hook, with the time that its action takes. An action that takes longer than the
/// heartbeat timeout ends with the default result; one in time ends with CONTINUE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LifecycleHook {
    /// When the instance waits.
    pub transition: HookTransition,
    /// Time without a heartbeat after which the default result holds, seconds, 30 to 7,200.
    pub heartbeat_timeout_s: u32,
    /// What holds then.
    pub default_result: HookResult,
    /// How long the action behind the hook takes. It sends no heartbeats.
    pub action: Law,
}

impl Default for LifecycleHook {
    fn default() -> Self {
        Self {
            transition: HookTransition::Launching,
            heartbeat_timeout_s: 3_600,
            default_result: HookResult::Abandon,
            action: Law::Constant { mean_ms: 30_000.0 },
        }
    }
}

impl LifecycleHook {
    /// The hook as the scaling core knows it.
    pub fn config(&self) -> HookConfig {
        HookConfig {
            heartbeat_timeout: Span::from_s(u64::from(self.heartbeat_timeout_s)),
            default_result: self.default_result,
        }
    }
}

/// A time at which launches fail: the region has no capacity, a quota is used up, an image is
/// broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CapacityShortage {
    /// When it begins, seconds since the start of the run.
    pub from_s: u32,
    /// When it is over, seconds since the start of the run.
    pub to_s: u32,
    /// The Availability Zone, numbered from 0; all of them if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<u32>,
}

/// An instance refresh: every server is replaced by a new one, a few at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct InstanceRefresh {
    /// When it starts, seconds since the start of the run. While another one is in progress, the
    /// service refuses it.
    pub at_s: u32,
    /// Percent of the desired capacity that stays in service, 0 to 100. AWS: 90.
    pub min_healthy_percent: u32,
    /// How long a new server is in service before the next is replaced, seconds, 0 to 3,600; the
    /// group's default instance warm-up if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_warmup_s: Option<u32>,
    /// Percentages at which it pauses, rising. It ends at the last; without any it goes to 100.
    pub checkpoints: Vec<u32>,
    /// How long it pauses, seconds, 0 to 172,800. AWS: 3,600.
    pub checkpoint_delay_s: u32,
    /// Leaves servers alone that have the new launch source already.
    pub skip_matching: bool,
    /// What the new servers are launched from; the next version if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_source: Option<LaunchSource>,
}

impl Default for InstanceRefresh {
    fn default() -> Self {
        Self {
            at_s: 0,
            min_healthy_percent: 90,
            instance_warmup_s: None,
            checkpoints: Vec::new(),
            checkpoint_delay_s: 3_600,
            skip_matching: false,
            launch_source: None,
        }
    }
}

impl InstanceRefresh {
    /// The refresh as the scaling core knows it.
    pub fn config(&self) -> RefreshConfig {
        let seconds = |s: u32| Span::from_s(u64::from(s));
        RefreshConfig {
            min_healthy_percent: self.min_healthy_percent,
            instance_warmup: self.instance_warmup_s.map(seconds),
            checkpoints: self.checkpoints.clone(),
            checkpoint_delay: seconds(self.checkpoint_delay_s),
            skip_matching: self.skip_matching,
        }
    }
}

/// How often servers report their metrics to CloudWatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Monitoring {
    /// Every ten seconds, as an agent on the server does: a high-resolution custom metric.
    #[default]
    HighResolution,
    /// Every minute.
    Detailed,
    /// Every five minutes, at no charge. Shorter alarm periods lack datapoints.
    Basic,
}

impl Monitoring {
    /// Every kind, in the order of menus.
    pub const ALL: [Self; 3] = [Self::HighResolution, Self::Detailed, Self::Basic];

    /// Seconds between two samples.
    pub const fn interval_s(self) -> u64 {
        match self {
            Self::HighResolution => 10,
            Self::Detailed => 60,
            Self::Basic => 300,
        }
    }
}

/// CPU credits of a burstable instance type.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CreditSpecification {
    /// What happens when no credits are left.
    pub cpu_credits: CreditMode,
    /// Credits that a server has when it is launched, 0 to what it earns in a day. One credit is
    /// one vCPU for a minute.
    pub initial_credits: f64,
}

impl Default for CreditSpecification {
    fn default() -> Self {
        Self { cpu_credits: CreditMode::Unlimited, initial_credits: 0.0 }
    }
}
