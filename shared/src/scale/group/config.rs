//! What a group is set to.

use crate::scale::{
    Capacity, DEFAULT_COOLDOWN, HookConfig, InstancesDistribution, LaunchSource, MaintenancePolicy,
    PolicyError, ScalingPolicy, TerminationPolicy, WarmPoolConfig, first_conflict,
};
use crate::time::Span;

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
    /// How long simple policies wait after their own activities.
    pub default_cooldown: Span,
    /// Availability zones, 1 to 16.
    pub zones: u16,
    /// Who goes first in scale-in, in order of importance.
    pub termination_policies: Vec<TerminationPolicy>,
    /// What instances are launched from.
    pub source: LaunchSource,
    /// How capacity divides between On-Demand and Spot; without it all is On-Demand.
    pub distribution: Option<InstancesDistribution>,
    /// Replaces a Spot instance as soon as it is at risk, before it is taken back.
    pub capacity_rebalancing: bool,
    /// What new instances wait for.
    pub launch_hooks: Vec<HookConfig>,
    /// What leaving instances wait for.
    pub termination_hooks: Vec<HookConfig>,
    /// Instances prepared ahead.
    pub warm_pool: Option<WarmPoolConfig>,
    /// How many instances may be missing or surplus while others are replaced.
    pub maintenance: Option<MaintenancePolicy>,
    /// Age at which an instance is replaced, a day or more.
    pub max_instance_lifetime: Option<Span>,
    /// New instances are protected from scale-in.
    pub protect_from_scale_in: bool,
    /// How long after it was measured a sample reaches the group. Alarms wait as long for the
    /// samples of a period before they evaluate it.
    pub metric_delay: Span,
    /// Seconds from the Unix epoch to the group's time zero, for scheduled actions.
    pub unix_at_zero: i64,
}

impl Default for GroupConfig {
    /// An empty group without policies, with the service's own defaults.
    fn default() -> Self {
        Self {
            min_size: 0,
            max_size: 0,
            policies: Vec::new(),
            health_check_grace_period: Span::ZERO,
            default_instance_warmup: Span::ZERO,
            has_balancer: false,
            default_cooldown: DEFAULT_COOLDOWN,
            zones: 1,
            termination_policies: vec![TerminationPolicy::Default],
            source: LaunchSource::default(),
            distribution: None,
            capacity_rebalancing: false,
            launch_hooks: Vec::new(),
            termination_hooks: Vec::new(),
            warm_pool: None,
            maintenance: None,
            max_instance_lifetime: None,
            protect_from_scale_in: false,
            metric_delay: Span::ZERO,
            unix_at_zero: 0,
        }
    }
}

impl GroupConfig {
    /// Health-check grace period of a group made in the console; through the API it is zero.
    pub const CONSOLE_GRACE_PERIOD: Span = Span::from_s(300);

    /// Most lifecycle hooks of one group.
    pub const HOOKS_MAX: usize = 50;

    /// Its bounds, with `desired` clamped into them.
    pub fn capacity(&self, desired: u32) -> Capacity {
        let Self { min_size: min, max_size: max, .. } = *self;
        Capacity { min, desired: desired.max(min).min(max), max }
    }

    /// The warm-up of an instance refresh: its own, else the group's default instance warm-up,
    /// else the health-check grace period.
    pub fn refresh_warmup(own: Option<Span>, default_warmup: Option<Span>, grace: Span) -> Span {
        own.or(default_warmup).unwrap_or(grace)
    }

    /// Checks the policies and everything else that has a range.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.policies.iter().try_for_each(ScalingPolicy::check)?;
        if let Some((_, error)) = first_conflict(&self.policies) {
            return Err(error);
        }
        PolicyError::range("zones", f64::from(self.zones), 1.0, 16.0)?;
        let hooks = || self.launch_hooks.iter().chain(&self.termination_hooks);
        PolicyError::range("lifecycle_hooks", hooks().count() as f64, 0.0, Self::HOOKS_MAX as f64)?;
        hooks().try_for_each(HookConfig::check)?;
        self.distribution.iter().try_for_each(InstancesDistribution::check)?;
        self.maintenance.iter().try_for_each(MaintenancePolicy::check)?;
        if let Some(lifetime) = self.max_instance_lifetime {
            let seconds = lifetime.as_s_f64();
            PolicyError::range("max_instance_lifetime", seconds, 86_400.0, 31_536_000.0)?;
        }
        Ok(())
    }
}
