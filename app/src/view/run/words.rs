//! Log entries in plain words.

use crate::editor::form::{fault_key, metric_key};
use crate::i18n::{self, Locale, units};
use crate::view::words::metric_value;
use shared::design::{Design, FaultName, Settings};
use shared::id::{InstanceId, NodeId};
use shared::scale::{AlarmState, LifecycleState, ScalingPolicy};
use shared::sim::{LogEntry, LogEvent};

/// How an entry looks beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Somebody or something changed the traffic.
    Traffic,
    /// An alarm.
    Alarm,
    /// The group grows or shrinks.
    Scaling,
    /// A server takes its next step.
    Server,
    /// Something died.
    Death,
}

/// What the entry looks like.
pub(super) const fn tone(event: &LogEvent) -> Tone {
    match event {
        LogEvent::RateFactor { .. } | LogEvent::SpikeBegan { .. } | LogEvent::SpikeEnded => {
            Tone::Traffic
        }
        LogEvent::Alarm { .. } => Tone::Alarm,
        LogEvent::DesiredCapacity { .. } => Tone::Scaling,
        LogEvent::RefreshStarted | LogEvent::RefreshProgress { .. } => Tone::Scaling,
        LogEvent::FaultEnded { .. } | LogEvent::FaultMissed { .. } => Tone::Server,
        LogEvent::FaultBegan { .. }
        | LogEvent::Crashed { .. }
        | LogEvent::Stalled { .. }
        | LogEvent::LaunchFailed { .. }
        | LogEvent::SpotInterruption { .. }
        | LogEvent::Health { healthy: false, .. } => Tone::Death,
        LogEvent::Launched { .. } | LogEvent::Instance { .. } | LogEvent::Health { .. } => {
            Tone::Server
        }
    }
}

/// The entry in words, without its time.
pub(super) fn entry(locale: Locale, design: &Design, entry: &LogEntry) -> String {
    let say = |key: &str, args: &[(&str, i18n::Arg<'_>)]| i18n::format(locale, key, args);
    match &entry.event {
        LogEvent::RateFactor { factor } => {
            say("event-rate-factor", &[("factor", units::compact(*factor).into())])
        }
        LogEvent::SpikeBegan { factor, for_s } => say(
            "event-spike-began",
            &[
                ("factor", units::compact(*factor).into()),
                ("duration", units::duration_s(locale, f64::from(*for_s)).into()),
            ],
        ),
        LogEvent::SpikeEnded => say("event-spike-ended", &[]),
        LogEvent::Stalled { .. } => say("event-stalled", &[]),
        LogEvent::FaultBegan { .. } => fault_began(locale, design, entry),
        LogEvent::FaultEnded { fault, instance, to } => {
            let place = fault_place(locale, design, entry.node, *instance, *to);
            let kind = i18n::text(locale, fault_key(*fault));
            let what = if place.is_empty() { kind } else { format!("{kind} · {place}") };
            say("event-fault-ended", &[("what", what.into())])
        }
        LogEvent::FaultMissed { fault } => {
            let kind = i18n::text(locale, fault_key(*fault));
            say("event-fault-missed", &[("what", kind.into())])
        }
        LogEvent::Alarm { .. } => alarm(locale, design, entry),
        LogEvent::DesiredCapacity { from, to } => {
            let key = if to > from { "event-desired-more" } else { "event-desired-fewer" };
            let args =
                [("by", to.abs_diff(*from).into()), ("from", (*from).into()), ("to", (*to).into())];
            say(key, &args)
        }
        LogEvent::Launched { instance } => {
            say("event-launched", &[("server", instance.to_string().into())])
        }
        LogEvent::LaunchFailed { instance } => {
            say("event-launch-failed", &[("server", instance.to_string().into())])
        }
        LogEvent::SpotInterruption { instance } => {
            say("event-spot-interruption", &[("server", instance.to_string().into())])
        }
        LogEvent::RefreshStarted => say("event-refresh-started", &[]),
        LogEvent::RefreshProgress { percent, checkpoint } => say(
            "event-refresh-progress",
            &[("percent", (*percent).into()), ("checkpoint", (*checkpoint).into())],
        ),
        LogEvent::Instance { instance, state, age_s } => {
            let key = match state {
                LifecycleState::Booting | LifecycleState::WarmedPending => "event-booting",
                state if state.is_pending() => "event-checking",
                LifecycleState::InService => "event-in-service",
                LifecycleState::Terminated | LifecycleState::Detached => "event-terminated",
                _ => "event-draining",
            };
            let age = units::duration_s(locale, *age_s);
            say(key, &[("server", instance.to_string().into()), ("age", age.into())])
        }
        LogEvent::Crashed { instance, lost } => say(
            "event-crashed",
            &[("server", instance.to_string().into()), ("lost", (*lost).into())],
        ),
        LogEvent::Health { instance, backend, healthy } => {
            let key = if *healthy { "event-healthy" } else { "event-unhealthy" };
            let server = backend_name(design, *backend, *instance);
            let node = node_name(design, entry.node);
            say(key, &[("node", node.into()), ("server", server.into())])
        }
    }
}

/// What brought an entry about, in a few words, where the entry does not say it by itself.
pub(super) fn cause(locale: Locale, cause: &LogEntry) -> Option<String> {
    let key = match &cause.event {
        LogEvent::Alarm { .. } => "event-cause-alarm",
        LogEvent::Crashed { .. } => "event-cause-crash",
        LogEvent::DesiredCapacity { .. } => "event-cause-desired",
        LogEvent::SpikeBegan { .. } => "event-cause-spike",
        LogEvent::RateFactor { .. } => "event-cause-hand",
        LogEvent::SpotInterruption { .. } => "event-cause-spot",
        LogEvent::RefreshStarted | LogEvent::RefreshProgress { .. } => "event-cause-refresh",
        LogEvent::FaultBegan { fault, .. } => fault_key(*fault),
        LogEvent::SpikeEnded
        | LogEvent::Stalled { .. }
        | LogEvent::FaultEnded { .. }
        | LogEvent::FaultMissed { .. }
        | LogEvent::Health { .. }
        | LogEvent::Launched { .. }
        | LogEvent::LaunchFailed { .. }
        | LogEvent::Instance { .. } => return None,
    };
    let cause = i18n::text(locale, key);
    Some(i18n::format(locale, "event-cause", &[("cause", cause.into())]))
}

fn fault_began(locale: Locale, design: &Design, entry: &LogEntry) -> String {
    let &LogEvent::FaultBegan { fault, instance, to, amount, for_s } = &entry.event else {
        return String::new();
    };
    let amount = match (fault, amount) {
        (_, None) => String::new(),
        (FaultName::Errors, Some(percent)) => units::percent(percent / 100.0),
        (FaultName::SlowDown, Some(factor)) => format!("×{}", units::compact(factor)),
        (_, Some(zone)) => {
            i18n::format(locale, "fault-in-zone", &[("zone", units::compact(zone).into())])
        }
    };
    let said = [
        i18n::text(locale, fault_key(fault)),
        amount,
        fault_place(locale, design, entry.node, instance, to),
    ];
    let said: Vec<String> = said.into_iter().filter(|word| !word.is_empty()).collect();
    let args =
        [("what", said.join(" · ").into()), ("duration", units::duration_s(locale, for_s).into())];
    i18n::format(locale, "event-fault-began", &args)
}

/// Where a fault is: a server of a node, a node, a link; nothing for what is everywhere.
fn fault_place(
    locale: Locale,
    design: &Design,
    node: NodeId,
    instance: Option<InstanceId>,
    to: Option<NodeId>,
) -> String {
    let name = || node_name(design, node);
    match (instance, to) {
        (Some(instance), _) => {
            let args = [("server", instance.to_string().into()), ("node", name().into())];
            i18n::format(locale, "fault-at-server", &args)
        }
        (None, Some(to)) => format!("{} → {}", name(), node_name(design, to)),
        (None, None) if design.node(node).is_none() => String::new(),
        (None, None) => name(),
    }
}

fn alarm(locale: Locale, design: &Design, entry: &LogEntry) -> String {
    let LogEvent::Alarm {
        policy,
        to,
        metric,
        value,
        threshold,
        high,
        breaching,
        evaluation_periods,
        ..
    } = &entry.event
    else {
        return String::new();
    };
    let key = match to {
        AlarmState::Alarm => "event-alarm-alarm",
        AlarmState::Ok => "event-alarm-ok",
        AlarmState::InsufficientData => "event-alarm-insufficient",
    };
    let no_value = || i18n::text(locale, "event-alarm-no-value");
    let say = |value| metric_value(locale, *metric, value);
    let args = [
        ("metric", i18n::text(locale, metric_key(*metric)).into()),
        ("value", value.map_or_else(no_value, say).into()),
        ("sign", sign(design, entry.node, *policy, *high).into()),
        ("threshold", say(*threshold).into()),
        ("breaching", (*breaching).into()),
        ("periods", (*evaluation_periods).into()),
    ];
    i18n::format(locale, key, &args)
}

/// The comparison of a group's policy, such as `>`.
fn sign(design: &Design, group: NodeId, policy: u32, high: bool) -> &'static str {
    match policy_of(design, group, policy) {
        Some(ScalingPolicy::Step(policy)) => policy.alarm.comparison.sign(),
        Some(ScalingPolicy::Simple(policy)) => policy.alarm.comparison.sign(),
        _ if high => ">",
        _ => "<",
    }
}

fn policy_of(design: &Design, group: NodeId, policy: u32) -> Option<&ScalingPolicy> {
    match &design.node(group)?.settings {
        Settings::Group(group) => group.policies.get(policy as usize),
        _ => None,
    }
}

fn backend_name(design: &Design, node: NodeId, instance: Option<InstanceId>) -> String {
    instance.map_or_else(|| node_name(design, node), |instance| instance.to_string())
}

fn node_name(design: &Design, id: NodeId) -> String {
    let name = design.node(id).map(|node| node.name.as_str());
    name.filter(|name| !name.is_empty()).map_or_else(|| id.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::form::tests::run::all_runs;
    use shared::design::presets;
    use shared::sim::{Simulation, StepBudget};
    use shared::time::Timestamp;

    fn plain(text: &str) -> String {
        text.replace(units::NARROW_SPACE, " ")
    }

    fn words(locale: Locale, event: LogEvent) -> String {
        let design = presets::seven_steps();
        let entry_at = LogEntry { at: Timestamp::ZERO, node: NodeId(3), event, cause: None };
        plain(&entry(locale, &design, &entry_at))
    }

    #[test]
    fn an_alarm_says_what_it_saw() {
        let event = LogEvent::Alarm {
            policy: 0,
            from: AlarmState::Ok,
            to: AlarmState::Alarm,
            metric: shared::scale::Metric::AverageCpuUtilization,
            value: Some(86.2),
            threshold: 80.0,
            high: true,
            breaching: 2,
            evaluation_periods: 2,
        };
        assert_eq!(
            words(Locale::En, event.clone()),
            "average CPU 86 % > 80 % for 2 of 2 periods → ALARM"
        );
        assert_eq!(words(Locale::Ko, event), "평균 CPU 86 % > 80 %, 2개 기간 중 2개 위반 → ALARM");
    }

    #[test]
    fn scaling_and_death_are_counted() {
        for (event, text) in [
            (LogEvent::DesiredCapacity { from: 2, to: 3 }, "+1 server: desired capacity 2 → 3"),
            (LogEvent::DesiredCapacity { from: 5, to: 2 }, "−3 servers: desired capacity 5 → 2"),
            (
                LogEvent::Crashed { instance: InstanceId(1), lost: 1 },
                "i-1 died; 1 request was lost with it",
            ),
            (
                LogEvent::Crashed { instance: InstanceId(1), lost: 7 },
                "i-1 died; 7 requests were lost with it",
            ),
            (
                LogEvent::Health { instance: None, backend: NodeId(2), healthy: false },
                "Web servers finds Load balancer unhealthy and sends it nothing more",
            ),
        ] {
            assert_eq!(words(Locale::En, event), text);
        }
    }

    /// Every kind of fault, where it can happen, at once.
    #[test]
    fn every_fault_has_words() {
        for mut design in all_runs() {
            design.run.duration_s = 400;
            every_entry_has_words(&design);
        }
    }

    #[test]
    fn a_fault_says_what_where_and_how_long() {
        let event = |fault, instance, to, amount| LogEvent::FaultBegan {
            fault,
            instance,
            to,
            amount,
            for_s: 90.0,
        };
        for (event, en, ko) in [
            (
                event(FaultName::SlowDown, Some(InstanceId(4)), None, Some(5.0)),
                "fault: Slow-down · ×5 · i-4 of Web servers for 1 min 30 s",
                "장애 시작: 느려짐 · ×5 · Web servers의 i-4 (1분 30초 동안)",
            ),
            (
                event(FaultName::Partition, None, Some(NodeId(2)), None),
                "fault: Network partition · Web servers → Load balancer for 1 min 30 s",
                "장애 시작: 네트워크 단절 · Web servers → Load balancer (1분 30초 동안)",
            ),
        ] {
            assert_eq!(words(Locale::En, event.clone()), en);
            assert_eq!(words(Locale::Ko, event), ko);
        }
    }

    #[test]
    fn every_entry_of_the_story_has_words() {
        every_entry_has_words(&presets::seven_steps());
    }

    fn every_entry_has_words(design: &Design) {
        let mut simulation = Simulation::new(design).unwrap();
        simulation.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        assert!(simulation.log().len() > 20);
        for locale in Locale::ALL {
            for item in simulation.log() {
                let text = entry(locale, design, item);
                for text in cause(locale, item).into_iter().chain([text]) {
                    // Fluent leaves a placeholder without a value in braces.
                    assert!(!text.is_empty() && !text.contains(['⟨', '{']), "{text}");
                }
            }
        }
    }
}
