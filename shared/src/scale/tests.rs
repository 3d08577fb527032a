//! Alarms, steps and the life of instances, by documented numbers.

mod behaviour;
mod properties;

use super::*;
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};

fn alarm(m: u32, n: u32, treat_missing_data: TreatMissingData) -> Alarm {
    let config = AlarmConfig {
        threshold: 0.5,
        evaluation_periods: n,
        datapoints_to_alarm: m,
        treat_missing_data,
        ..AlarmConfig::default()
    };
    Alarm::new(config, Timestamp::ZERO)
}

/// Feeds `0` (good), `X` (bad) and `-` (missing); the state after the last.
fn state_after(alarm: &mut Alarm, points: &str) -> AlarmState {
    for point in points.split_whitespace() {
        alarm.push(match point {
            "0" => Some(0.0),
            "X" => Some(1.0),
            _ => None,
        });
    }
    alarm.state()
}

/// The table of the CloudWatch user guide, three of three.
#[test]
fn missing_data_three_of_three() {
    use AlarmState::{Alarm as A, InsufficientData as I, Ok};
    let rows = [
        ("0 - X - X", Ok, Ok, Ok),
        ("0 - - - -", Ok, Ok, Ok),
        ("- - - - -", I, A, Ok),
        ("0 X X - X", A, A, A),
        ("- - X - -", A, A, Ok),
    ];
    for (points, missing, breaching, not_breaching) in rows {
        let cases = [
            (TreatMissingData::Missing, missing),
            (TreatMissingData::Breaching, breaching),
            (TreatMissingData::NotBreaching, not_breaching),
        ];
        for (treat, expected) in cases {
            assert_eq!(
                state_after(&mut alarm(3, 3, treat), points),
                expected,
                "{points} {treat:?}"
            );
        }
    }
}

/// `ignore` keeps whatever state the alarm had.
#[test]
fn ignore_keeps_the_state() {
    for (before, state) in [("0 0 0", AlarmState::Ok), ("X X X", AlarmState::Alarm)] {
        let mut alarm = alarm(3, 3, TreatMissingData::Ignore);
        state_after(&mut alarm, before);
        assert_eq!(state_after(&mut alarm, "- - - - -"), state, "{before}");
    }
}

/// The documented run: threshold 50, ten servers; 60 % gives 11, 70 % gives 14, 40 % gives 13,
/// 30 % gives 10.
#[test]
fn documented_step_example() {
    let step = |lower, upper, adjustment| StepAdjustment { lower, upper, adjustment };
    let policy = |comparison, steps| StepPolicy {
        alarm: AlarmConfig { threshold: 50.0, comparison, ..AlarmConfig::default() },
        adjustment_type: AdjustmentType::PercentChangeInCapacity,
        steps,
        ..StepPolicy::default()
    };
    let out = policy(
        Comparison::GreaterThanThreshold,
        vec![
            step(Some(0.0), Some(10.0), 0),
            step(Some(10.0), Some(20.0), 10),
            step(Some(20.0), None, 30),
        ],
    );
    let in_ = policy(
        Comparison::LessThanThreshold,
        vec![
            step(Some(-10.0), Some(0.0), 0),
            step(Some(-20.0), Some(-10.0), -10),
            step(None, Some(-20.0), -30),
        ],
    );
    assert_eq!((out.check(), in_.check()), (Ok(()), Ok(())));
    assert_eq!(out.capacity(60.0, 10), Some(11));
    assert_eq!(out.capacity(70.0, 11), Some(14));
    assert_eq!(in_.capacity(40.0, 14), Some(13));
    assert_eq!(in_.capacity(30.0, 13), Some(10));
    assert_eq!(out.capacity(59.9, 10), Some(10));
    assert_eq!(in_.capacity(40.1, 10), Some(10));
}

#[test]
fn percentages_round_as_documented() {
    let capacity = |percent, current, min_adjustment_magnitude| {
        let policy = StepPolicy {
            alarm: AlarmConfig { threshold: 0.0, ..AlarmConfig::default() },
            adjustment_type: AdjustmentType::PercentChangeInCapacity,
            steps: vec![StepAdjustment { lower: Some(0.0), upper: None, adjustment: percent }],
            min_adjustment_magnitude,
            ..StepPolicy::default()
        };
        policy.capacity(1.0, current)
    };
    // 12.7 to 12, 0.67 to 1, -0.58 to -1, -6.67 to -6.
    assert_eq!(capacity(127, 10, 0), Some(22));
    assert_eq!(capacity(67, 1, 0), Some(2));
    assert_eq!(capacity(-58, 1, 0), Some(0));
    assert_eq!(capacity(-667, 1, 0), Some(0));
    assert_eq!(capacity(-29, 23, 0), Some(17));
    // 25 % of 4 is 1; the minimum magnitude makes it 2, in both directions.
    assert_eq!(capacity(25, 4, 2), Some(6));
    assert_eq!(capacity(-25, 4, 2), Some(2));
}

#[test]
fn contradicting_steps_are_refused() {
    let check = |bounds: &[(Option<f64>, Option<f64>)]| {
        let steps = bounds
            .iter()
            .map(|&(lower, upper)| StepAdjustment { lower, upper, adjustment: 1 })
            .collect();
        StepPolicy { steps, ..StepPolicy::default() }.check()
    };
    assert_eq!(check(&[]), Err(PolicyError::StepCount { count: 0 }));
    assert_eq!(check(&[(None, None)]), Err(PolicyError::StepBounds { step: 1 }));
    assert_eq!(check(&[(Some(5.0), Some(5.0))]), Err(PolicyError::StepBounds { step: 1 }));
    assert_eq!(check(&[(Some(f64::NAN), None)]), Err(PolicyError::StepBounds { step: 1 }));
    let gap = [(Some(0.0), Some(10.0)), (Some(20.0), None)];
    let error = PolicyError::StepGapOrOverlap { upper: Some(10.0), lower: Some(20.0) };
    assert_eq!(check(&gap), Err(error));
    assert_eq!(check(&[(Some(0.0), Some(9.0))]), Err(PolicyError::StepNotOpen { above: true }));
    assert_eq!(check(&[(Some(-9.0), None)]), Err(PolicyError::StepNotOpen { above: false }));
}

fn group(desired: u32, out: &mut Vec<Output>) -> Group {
    let config = GroupConfig {
        min_size: 2,
        max_size: 4,
        policies: vec![ScalingPolicy::scale_out(), ScalingPolicy::scale_in()],
        health_check_grace_period: Span::ZERO,
        default_instance_warmup: Span::from_s(60),
        has_balancer: true,
        ..GroupConfig::default()
    };
    Group::new(config, desired, Timestamp::ZERO, out).unwrap()
}

/// One minute at `cpu` percent on every warm instance.
fn minute(group: &mut Group, now: &mut Timestamp, cpu: f64, out: &mut Vec<Output>) {
    group.observe_cpu(cpu * 2.0, 2);
    *now += Span::from_s(60);
    group.handle_timeout(*now, out);
}

/// A breach that lasts while the new server boots launches nothing more; once it is warm and the
/// breach still lasts, the next one comes; at the maximum none does.
#[test]
fn scale_out_waits_for_the_warm_up() {
    let (mut out, mut now) = (Vec::new(), Timestamp::ZERO);
    let mut group = group(2, &mut out);
    minute(&mut group, &mut now, 90.0, &mut out);
    assert_eq!(group.desired(), 2, "one of two datapoints is no alarm");
    minute(&mut group, &mut now, 90.0, &mut out);
    assert_eq!(group.desired(), 3);
    minute(&mut group, &mut now, 90.0, &mut out);
    assert_eq!(group.desired(), 3, "the third is booting");

    let third = InstanceId(3);
    group.booted(now, third, &mut out);
    assert_eq!(group.instance(third).unwrap().state, LifecycleState::Checking);
    group.health_changed(now, third, true, &mut out);
    assert_eq!(group.instance(third).unwrap().state, LifecycleState::InService);
    assert!(out.contains(&Output::Register(third)));
    minute(&mut group, &mut now, 90.0, &mut out);
    assert_eq!(group.desired(), 4, "the third is warm, the breach lasts");
    for _ in 0..5 {
        minute(&mut group, &mut now, 90.0, &mut out);
    }
    assert_eq!(group.desired(), 4, "never over the maximum");
}

#[test]
fn scale_in_drains_first_and_stops_at_the_minimum() {
    let (mut out, mut now) = (Vec::new(), Timestamp::ZERO);
    let mut group = group(4, &mut out);
    for _ in 0..5 {
        minute(&mut group, &mut now, 10.0, &mut out);
    }
    assert_eq!(group.desired(), 3);
    let draining: Vec<_> = group
        .instances()
        .filter(|instance| instance.state == LifecycleState::Draining)
        .map(|instance| instance.id)
        .collect();
    assert_eq!(draining.len(), 1);
    minute(&mut group, &mut now, 10.0, &mut out);
    assert_eq!(group.desired(), 3, "the same breach does not remove a second one meanwhile");
    group.drained(now, draining[0], &mut out);
    assert!(out.contains(&Output::Terminate(draining[0])));
    for _ in 0..20 {
        minute(&mut group, &mut now, 10.0, &mut out);
        let ids: Vec<_> = group.instances().map(|instance| instance.id).collect();
        ids.into_iter().for_each(|id| group.drained(now, id, &mut out));
    }
    assert_eq!(group.desired(), 2, "never under the minimum");
    assert_eq!(group.instances().count(), 2);
}

#[test]
fn the_unhealthy_are_replaced() {
    let mut out = Vec::new();
    let mut group = group(2, &mut out);
    out.clear();
    group.health_changed(Timestamp::from_s(5), InstanceId(1), false, &mut out);
    assert!(out.contains(&Output::Deregister(InstanceId(1))));
    assert!(out.contains(&Output::Launch(InstanceId(3))));
    assert_eq!(group.desired(), 2);
    // The news may come twice, or late: nothing more happens.
    out.clear();
    group.health_changed(Timestamp::from_s(6), InstanceId(1), false, &mut out);
    group.booted(Timestamp::from_s(6), InstanceId(1), &mut out);
    assert_eq!(out, []);
}
