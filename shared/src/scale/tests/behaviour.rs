//! What a group does under each kind of policy, and at the turns of an instance's life.

use super::super::*;
use crate::id::InstanceId;
use crate::time::Timestamp;

fn group(config: GroupConfig, desired: u32, out: &mut Vec<Output>) -> Group {
    let group = Group::new(config, desired, Timestamp::ZERO, out).unwrap();
    out.clear();
    group
}

fn sized(policies: Vec<ScalingPolicy>) -> GroupConfig {
    GroupConfig { min_size: 1, max_size: 20, policies, ..GroupConfig::default() }
}

/// Everything that starts runs, everything that leaves is gone.
fn settle(group: &mut Group, now: Timestamp, out: &mut Vec<Output>) {
    for instance in group.instances().copied().collect::<Vec<_>>() {
        group.booted(now, instance.id, out);
        group.drained(now, instance.id, out);
    }
}

/// Minutes at one CPU; what leaves and starts does so at once.
fn minutes(group: &mut Group, range: std::ops::Range<u64>, cpu: f64, out: &mut Vec<Output>) {
    for minute in range {
        let now = Timestamp::from_s(minute * 60);
        group.observe_cpu(cpu, 1);
        while group.poll_timeout().is_some_and(|at| at <= now) {
            group.handle_timeout(now, out);
        }
        settle(group, now, out);
    }
}

/// Three minutes over the target grow the group in proportion at once; fifteen under 70 % of it
/// shrink it.
#[test]
fn target_tracking_is_quick_out_and_slow_in() {
    let policy = TargetTrackingPolicy::default();
    let mut out = Vec::new();
    let mut group = group(sized(vec![ScalingPolicy::TargetTracking(policy)]), 4, &mut out);
    minutes(&mut group, 1..3, 90.0, &mut out);
    assert_eq!(group.desired(), 4);
    minutes(&mut group, 3..4, 90.0, &mut out);
    assert_eq!(group.desired(), 8, "4 x 90 / 50 = 7.2");
    minutes(&mut group, 4..18, 20.0, &mut out);
    assert_eq!(group.desired(), 8, "14 low datapoints");
    minutes(&mut group, 18..19, 20.0, &mut out);
    assert_eq!(group.desired(), 4, "8 x 20 / 50 = 3.2");
    minutes(&mut group, 19..60, 40.0, &mut out);
    assert_eq!(group.desired(), 4, "under the target, but not far enough");
}

#[test]
fn the_autoscaler_doubles_quickly_and_waits_five_minutes_to_shrink() {
    let mut out = Vec::new();
    let mut group = group(sized(vec![ScalingPolicy::Hpa(HpaPolicy::default())]), 2, &mut out);
    let sync = |group: &mut Group, nth: u64, cpu: f64, out: &mut Vec<Output>| {
        let now = Timestamp::from_s(nth * 15);
        group.observe_cpu(cpu, 1);
        group.handle_timeout(now, out);
        settle(group, now, out);
    };
    sync(&mut group, 1, 240.0, &mut out);
    assert_eq!(group.desired(), 6, "2 x 3");
    (2..21).for_each(|nth| sync(&mut group, nth, 20.0, &mut out));
    assert_eq!(group.desired(), 6, "the recommendation of the first sync holds five minutes");
    (21..22).for_each(|nth| sync(&mut group, nth, 20.0, &mut out));
    assert_eq!(group.desired(), 2);
}

#[test]
fn a_schedule_moves_the_bounds() {
    let action = ScheduledPolicy {
        recurrence: "30 9 * * *".to_owned(),
        time_zone: Some("Asia/Seoul".to_owned()),
        min_size: Some(5),
        desired_capacity: None,
        ..ScheduledPolicy::default()
    };
    let mut out = Vec::new();
    let mut group = group(sized(vec![ScalingPolicy::Scheduled(action)]), 2, &mut out);
    // 9:30 in Seoul is 0:30 in UTC.
    assert_eq!(group.poll_timeout(), Some(Timestamp::from_s(1_800)));
    group.handle_timeout(Timestamp::from_s(1_800), &mut out);
    assert_eq!(group.capacity(), Capacity { min: 5, desired: 5, max: 20 });
}

/// A day with a busy hour; the next day the servers are there before it, and not fewer after it.
#[test]
fn a_forecast_raises_the_capacity_before_the_hour() {
    let policy =
        PredictivePolicy { mode: PredictiveMode::ForecastAndScale, ..PredictivePolicy::default() };
    let mut out = Vec::new();
    let mut group = group(sized(vec![ScalingPolicy::Predictive(policy)]), 2, &mut out);
    let mut before = 0;
    for minute in 1..=48 * 60_u64 {
        let hour = (minute - 1) / 60 % 24;
        minutes(&mut group, minute..minute + 1, if hour == 9 { 100.0 } else { 10.0 }, &mut out);
        if minute == 33 * 60 - 6 {
            before = group.desired();
        }
        if minute == 33 * 60 - 5 {
            assert_eq!((before, group.desired()), (2, 4), "2 x 100 / 50, five minutes ahead");
        }
    }
    assert_eq!(group.desired(), 4, "a forecast alone never scales in");
}

/// A period of five minutes is judged every minute over the last five.
#[test]
fn long_periods_slide() {
    let config = AlarmConfig {
        period_s: 300,
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        ..AlarmConfig::default()
    };
    let mut alarm = Alarm::new(config, Timestamp::ZERO);
    let mut seen = Vec::new();
    for minute in 1..=8_u64 {
        alarm.observe(if minute > 5 { 100.0 } else { 50.0 }, 1);
        alarm.evaluate(Timestamp::from_s(minute * 60));
        seen.push(alarm.latest());
    }
    let four = [None; 4];
    assert_eq!(seen[..4], four, "the first period is not over");
    assert_eq!(seen[4..], [Some(50.0), Some(60.0), Some(70.0), Some(80.0)]);
    assert_eq!(alarm.history().count(), 1);
}

#[test]
fn a_hook_that_times_out_gives_the_instance_up() {
    let launch_hooks = vec![HookConfig::default()];
    let mut out = Vec::new();
    let mut group = group(GroupConfig { launch_hooks, ..sized(Vec::new()) }, 1, &mut out);
    group.set_desired(Timestamp::ZERO, 2, &mut out);
    group.booted(Timestamp::from_s(60), InstanceId(2), &mut out);
    group.record_heartbeat(Timestamp::from_s(3_000), InstanceId(2), 0);
    group.handle_timeout(Timestamp::from_s(3_660), &mut out);
    let waits = group.instance(InstanceId(2)).map(|instance| instance.state);
    assert_eq!(waits, Some(LifecycleState::PendingWait), "the heartbeat counts");
    out.clear();
    group.handle_timeout(Timestamp::from_s(6_600), &mut out);
    assert!(out.contains(&Output::Terminate(InstanceId(2))), "{out:?}");
    assert!(out.contains(&Output::Launch(InstanceId(3))), "{out:?}");
    let told: Vec<_> = group.activities().map(|record| record.status.name()).collect();
    assert_eq!(told, ["Successful", "Cancelled", "Successful", "PreInService"]);
}

/// Servers of the pool start first; scale-in puts them back.
#[test]
fn a_warm_pool_is_used_and_refilled() {
    let pool = WarmPoolConfig {
        max_group_prepared_capacity: Some(3),
        reuse_on_scale_in: true,
        ..WarmPoolConfig::default()
    };
    let mut out = Vec::new();
    let mut group = group(GroupConfig { warm_pool: Some(pool), ..sized(Vec::new()) }, 2, &mut out);
    group.booted(Timestamp::ZERO, InstanceId(3), &mut out);
    assert_eq!(out.last(), Some(&Output::Stop(InstanceId(3))));
    group.set_desired(Timestamp::from_s(60), 3, &mut out);
    assert_eq!(out.last(), Some(&Output::Start(InstanceId(3))));
    group.booted(Timestamp::from_s(90), InstanceId(3), &mut out);
    out.clear();
    group.set_desired(Timestamp::from_s(120), 2, &mut out);
    assert!(out.iter().any(|output| matches!(output, Output::Stop(_))), "{out:?}");
    assert!(!out.iter().any(|output| matches!(output, Output::Terminate(_))), "{out:?}");
}

/// No capacity anywhere: nothing is launched until it is there again, and then all at once.
#[test]
fn a_window_without_launches() {
    let mut out = Vec::new();
    let mut group = group(GroupConfig { zones: 2, ..sized(Vec::new()) }, 2, &mut out);
    group.set_desired(Timestamp::ZERO, 4, &mut out);
    let booting = |group: &Group| {
        let found = group.instances().filter(|i| i.state == LifecycleState::Booting);
        found.map(|instance| instance.id).collect::<Vec<_>>()
    };
    for minute in 0..30 {
        let now = Timestamp::from_s(minute * 60);
        group.handle_timeout(now, &mut out);
        while let Some(id) = booting(&group).first().copied() {
            group.launch_failed(now, id, &mut out);
        }
        assert_eq!((group.desired(), group.instances().count()), (4, 2));
    }
    let now = Timestamp::from_s(1_800);
    group.handle_timeout(now, &mut out);
    assert_eq!(booting(&group).len(), 2);
    assert!(group.activities().any(|record| record.status == ActivityStatus::Failed));
}
