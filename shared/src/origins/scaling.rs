//! The elastic loop of a pool: its settings. The rules are those of [`crate::scale`].

use super::{EdgeConfigError, Origin, OriginUrl};
use crate::scale::{GroupConfig, Metric, ScalingPolicy, Statistic, TerminationPolicy};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// How many origins of a pool are in service, and when that changes. The Worker plays the Auto
/// Scaling group: origins are its instances, activated and deactivated instead of launched and
/// terminated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Scaling {
    /// Never fewer origins in service, 1 to 40.
    pub min_size: u32,
    /// Never more, 1 to 40; 0 for as many as the pool has.
    pub max_size: u32,
    /// Alarms, schedules and what they do: `step`, `simple`, `target_tracking` and `scheduled`
    /// policies. Without any, only people change the capacity.
    pub policies: Vec<ScalingPolicy>,
    /// Seconds in service after which an origin's load counts, 0 to 3,600.
    pub default_instance_warmup_s: u32,
    /// Seconds that simple policies wait after their own activities, 0 to 3,600.
    pub default_cooldown_s: u32,
    /// Seconds that a deactivated origin may finish its requests, 0 to 3,600.
    pub deregistration_delay_s: u32,
    /// Where an origin's load is to be found in the answer to a probe.
    pub load: LoadSource,
    /// Told of every new desired capacity: a POST, signed with the secret `GOMUJUL_KEY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
}

impl Default for Scaling {
    fn default() -> Self {
        Self {
            min_size: 1,
            max_size: 0,
            policies: Vec::new(),
            default_instance_warmup_s: 0,
            default_cooldown_s: 300,
            deregistration_delay_s: 60,
            load: LoadSource::default(),
            webhook: None,
        }
    }
}

/// Where an origin's load is to be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LoadSource {
    /// A JSON pointer into the body of the answer, such as `/load/cpu`. Empty: the header field
    /// `endpoint-load-metrics` of the Open Request Cost Aggregation standard, as JSON or TEXT.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body_pointer: String,
    /// Which ORCA metric is the CPU utilisation, from 0 to 1; alarms see it as percent.
    pub cpu: String,
    /// Which ORCA metric is what alarms call `custom`, in its own unit; a name such as
    /// `named_metrics.queue` for one of those.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub custom: String,
}

impl Default for LoadSource {
    fn default() -> Self {
        Self {
            body_pointer: String::new(),
            cpu: "cpu_utilization".to_owned(),
            custom: String::new(),
        }
    }
}

/// Whom to tell of a new desired capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The server.
    pub url: OriginUrl,
    /// The path of the POST, with a slash first.
    #[serde(default = "root")]
    pub path: String,
}

fn root() -> String {
    "/".to_owned()
}

/// The longest time that an alarm may look back: so many minutes of load are remembered.
pub const LOAD_MINUTES_MAX: u32 = 120;

impl Scaling {
    /// The settings of the group that decides for a pool of `origins` origins. Its time zero is
    /// the Unix epoch, as everywhere in the Worker.
    pub fn group(&self, origins: usize) -> GroupConfig {
        let s = |seconds: u32| Span::from_s(u64::from(seconds));
        GroupConfig {
            min_size: self.min_size,
            max_size: self.max(origins),
            policies: self.policies.clone(),
            default_instance_warmup: s(self.default_instance_warmup_s),
            default_cooldown: s(self.default_cooldown_s),
            has_balancer: true,
            // Those that came last leave first: the origins that are always there stay.
            termination_policies: vec![TerminationPolicy::NewestInstance],
            ..GroupConfig::default()
        }
    }

    /// The greatest size of a pool of `origins` origins.
    pub fn max(&self, origins: usize) -> u32 {
        let all = u32::try_from(origins).unwrap_or(u32::MAX);
        if self.max_size == 0 { all } else { self.max_size.min(all) }
    }

    pub(super) fn check(&self, origins: &[Origin]) -> Result<(), EdgeConfigError> {
        let fault = |name: &str, fault: String| {
            Err(EdgeConfigError::Fault { field: format!("scaling.{name}"), fault })
        };
        let count = origins.len();
        let seconds = [
            ("default_instance_warmup_s", self.default_instance_warmup_s),
            ("default_cooldown_s", self.default_cooldown_s),
            ("deregistration_delay_s", self.deregistration_delay_s),
        ];
        if let Some((name, value)) = seconds.into_iter().find(|&(_, value)| value > 3_600) {
            return fault(name, format!("is {value}: set it to 0 to 3600"));
        }
        let max = self.max(count);
        if self.min_size == 0 || self.min_size > max {
            let min = self.min_size;
            return fault("min_size", format!("is {min}: set it to 1 to max_size, which is {max}"));
        }
        if self.max_size > max {
            let wanted = self.max_size;
            return fault("max_size", format!("is {wanted}: the pool has {count} origins"));
        }
        let ready = origins.iter().filter(|origin| !origin.standby).count();
        if (ready as u64) < u64::from(self.min_size) {
            let min = self.min_size;
            let mend = "the rest is on standby; set min_size lower or standby to false";
            return fault(
                "min_size",
                format!("is {min}, but {ready} origins begin in service: {mend}"),
            );
        }
        if let Some(webhook) = &self.webhook
            && !super::health_check::is_path(&webhook.path)
        {
            let path = &webhook.path;
            return fault("webhook.path", format!("\"{path}\": write a path such as /scale"));
        }
        for (index, policy) in self.policies.iter().enumerate() {
            if let Some(mend) = Self::unsupported(policy) {
                return fault(&format!("policies[{index}]"), mend);
            }
        }
        self.group(count).check().map_err(EdgeConfigError::Scaling)
    }

    /// Whether the Worker can do what a policy asks.
    pub fn supports(policy: &ScalingPolicy) -> bool {
        let longest = Span::from_s(60 * (u64::from(LOAD_MINUTES_MAX) + 1));
        !matches!(policy, ScalingPolicy::Hpa(_) | ScalingPolicy::Predictive(_))
            && policy.alarms().iter().all(|alarm| {
                matches!(alarm.metric, Metric::AverageCpuUtilization | Metric::Custom)
                    && matches!(
                        alarm.statistic,
                        Statistic::Average | Statistic::Sum | Statistic::SampleCount
                    )
                    && alarm.period_s >= 60
                    && alarm.evaluation_interval() < longest
            })
    }

    /// What of a policy the Worker cannot do, for people.
    fn unsupported(policy: &ScalingPolicy) -> Option<String> {
        if matches!(policy, ScalingPolicy::Hpa(_) | ScalingPolicy::Predictive(_)) {
            let name = policy.name();
            return Some(format!(
                "{name} policies need more memory than the Worker has: use step, simple, \
                 target_tracking or scheduled"
            ));
        }
        policy.alarms().iter().find_map(|alarm| {
            if !matches!(alarm.metric, Metric::AverageCpuUtilization | Metric::Custom) {
                let metric = alarm.metric.name();
                return Some(format!(
                    "the Worker does not know the metric {metric}: use average_cpu_utilization or \
                     custom, which probes bring"
                ));
            }
            if matches!(alarm.statistic, Statistic::Percentile(_)) {
                return Some(
                    "percentiles need every sample: use average, sum or sample_count".to_owned(),
                );
            }
            if matches!(alarm.statistic, Statistic::Minimum | Statistic::Maximum) {
                return Some(
                    "of a minute's load only the average is kept: use average, sum or sample_count"
                        .to_owned(),
                );
            }
            let period_s = alarm.period_s;
            if period_s < 60 {
                return Some(format!(
                    "period_s is {period_s}: the cron looks once a minute, set 60"
                ));
            }
            let minutes = alarm.evaluation_interval().as_ns() / Span::from_s(60).as_ns();
            (minutes > u64::from(LOAD_MINUTES_MAX)).then(|| {
                format!(
                    "the alarm looks back over {minutes} minutes: {LOAD_MINUTES_MAX} are the most \
                     that the Worker remembers"
                )
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::{AlarmConfig, HpaPolicy, SimplePolicy};

    #[test]
    fn what_is_not_supported_has_words() {
        let alarm = |alarm| ScalingPolicy::Simple(SimplePolicy { alarm, ..Default::default() });
        let cases = [
            (ScalingPolicy::scale_out(), true),
            (ScalingPolicy::Hpa(HpaPolicy::default()), false),
            (alarm(AlarmConfig { period_s: 30, ..AlarmConfig::default() }), false),
            (alarm(AlarmConfig { statistic: Statistic::Maximum, ..Default::default() }), false),
            (alarm(AlarmConfig { metric: Metric::QueueLength, ..AlarmConfig::default() }), false),
            (alarm(AlarmConfig { evaluation_periods: 120, ..Default::default() }), true),
            (alarm(AlarmConfig { evaluation_periods: 121, ..Default::default() }), false),
        ];
        for (policy, is_supported) in cases {
            assert_eq!(Scaling::supports(&policy), is_supported, "{policy:?}");
            assert_eq!(Scaling::unsupported(&policy).is_none(), is_supported, "{policy:?}");
        }
    }
}
