//! What policies go by in a run: response times, metrics that come late, pods.

use super::*;
use crate::design::{Group, Source};
use crate::dist::Law;
use crate::scale::hpa::{HpaMetric, HpaTargetType};
use crate::scale::{
    AlarmConfig, AlarmState, HpaPolicy, LowSamples, Metric, ScalingPolicy, Statistic, StepPolicy,
};

/// A balancer before a group of two to ten servers with one core each, 10 ms a request, at a
/// constant rate.
fn steady(rate_per_s: f64, policies: Vec<ScalingPolicy>, change: impl Fn(&mut Group)) -> Design {
    let mut design = presets::seven_steps();
    for node in design.nodes.values_mut() {
        match &mut Arc::make_mut(node).settings {
            Settings::Source(source) => {
                let traffic = Traffic::Constant { rate_per_s };
                *source = Source { traffic, ..Source::default() };
            }
            Settings::Group(group) => {
                let service = Law::Exponential { mean_ms: 10.0 };
                let boot = Law::Constant { mean_ms: 30_000.0 };
                let policies = policies.clone();
                *group = Group { cores: 1, service, boot, max_size: 10, policies, ..group.clone() };
                change(group);
            }
            Settings::Balancer(_) | Settings::Dependency(_) => {}
        }
    }
    design
}

fn on_response_time(statistic: &str, threshold: f64, low_samples: LowSamples) -> ScalingPolicy {
    let statistic = Statistic::try_from(statistic.to_owned()).unwrap();
    let metric = Metric::TargetResponseTime;
    let alarm = AlarmConfig { metric, statistic, threshold, low_samples, ..AlarmConfig::default() };
    ScalingPolicy::Step(StepPolicy { alarm, ..StepPolicy::default() })
}

/// Time and value of the first alarm.
fn first_alarm(result: &RunResult) -> Option<(Timestamp, f64)> {
    result.log.iter().find_map(|entry| match &entry.event {
        LogEvent::Alarm { to: AlarmState::Alarm, value, .. } => Some((entry.at, (*value)?)),
        _ => None,
    })
}

fn desired(design: &Design, seconds: u64) -> u32 {
    run(design, seconds).series.last().unwrap().desired
}

/// The alarm sees what clients see where links take no time, percentiles as well.
#[test]
fn alarms_see_response_times() {
    for (statistic, of) in [("average", 0), ("p50", 1)] {
        let policy = on_response_time(statistic, 0.001, LowSamples::Evaluate);
        let design = steady(100.0, vec![policy], |group| group.max_size = 2);
        let result = run(&design, 120);
        let (_, seen) = first_alarm(&result).expect("always above a millisecond");
        // The second minute against both: one hundred and twenty seconds of a calm queue.
        let clients = [result.latency.mean_ms, result.latency.p50_ms][of] / 1_000.0;
        assert!((seen / clients - 1.0).abs() < 0.1, "{statistic}: {seen} s, clients {clients} s");
    }
}

#[test]
fn slow_answers_scale_out_and_quick_ones_do_not() {
    // Two servers at 40 % answer in under 20 ms, at 95 % in far more.
    let policies = || vec![on_response_time("average", 0.03, LowSamples::Evaluate)];
    assert_eq!(desired(&steady(80.0, policies(), |_| {}), 900), 2);
    assert!(desired(&steady(192.0, policies(), |_| {}), 900) > 2);
}

/// 300 samples a minute are too few for p99: an alarm that ignores such stays where it was.
#[test]
fn a_percentile_of_few_samples_may_be_ignored() {
    let alarms = |low_samples| {
        let policies = vec![on_response_time("p99", 0.001, low_samples)];
        first_alarm(&run(&steady(5.0, policies, |_| {}), 600))
    };
    assert!(alarms(LowSamples::Evaluate).is_some());
    assert_eq!(alarms(LowSamples::Ignore), None);
    let policies = vec![on_response_time("p99", 0.001, LowSamples::Ignore)];
    assert!(first_alarm(&run(&steady(60.0, policies, |_| {}), 600)).is_some(), "3,600 a minute");
}

/// A metric that is published late makes the alarm late by as much, and changes nothing else of it.
#[test]
fn a_late_metric_is_a_late_alarm() {
    let alarm = |metric_delay_s| {
        let policies = vec![ScalingPolicy::scale_out()];
        let set = |group: &mut Group| group.metric_delay_s = metric_delay_s;
        first_alarm(&run(&steady(195.0, policies, set), 600)).expect("97 % is too much")
    };
    let (at, value) = alarm(0);
    for late in [10, 45, 300] {
        assert_eq!(alarm(late), (at + crate::time::Span::from_s(u64::from(late)), value), "{late}");
    }
}

fn autoscaler(metric: Metric, target_type: HpaTargetType, target: f64) -> ScalingPolicy {
    let metrics = vec![HpaMetric { metric, target_type, target }];
    ScalingPolicy::Hpa(HpaPolicy { metrics, without_cpu: true, ..HpaPolicy::default() })
}

/// 100 requests a second are 6,000 a minute: four pods at 1,700 at most, however the target is put.
#[test]
fn the_autoscaler_keeps_requests_per_pod() {
    let metric = Metric::RequestCountPerTarget;
    let each = autoscaler(metric, HpaTargetType::AverageValue, 1_700.0);
    assert_eq!(desired(&steady(100.0, vec![each], |_| {}), 900), 4);
    // The whole at 3,000 is twice the target: it doubles until there is no room.
    let whole = autoscaler(metric, HpaTargetType::Value, 3_000.0);
    assert_eq!(desired(&steady(100.0, vec![whole], |_| {}), 900), 10);
    let whole = autoscaler(metric, HpaTargetType::Value, 6_000.0);
    assert_eq!(desired(&steady(100.0, vec![whole], |_| {}), 900), 2);
}

/// A queue that two servers cannot work off, and one that they can.
#[test]
fn the_autoscaler_goes_by_external_metrics() {
    let queue = || autoscaler(Metric::QueueLength, HpaTargetType::AverageValue, 5.0);
    assert!(desired(&steady(220.0, vec![queue()], |_| {}), 900) > 2);
    assert_eq!(desired(&steady(40.0, vec![queue()], |_| {}), 900), 2);
}

/// The CPU of pods that have just started says nothing: a burst of start-up work does not bring
/// about more pods than the load needs.
#[test]
fn starting_pods_count_as_idle_for_scaling_up() {
    let cpu = ScalingPolicy::Hpa(HpaPolicy { target_utilization: 50, ..HpaPolicy::default() });
    // 1.6 servers of work: two at 80 % want ceil(2 x 80 / 50) = 4, which then run at 40 %.
    let result = run(&steady(160.0, vec![cpu], |_| {}), 900);
    let most = result.series.iter().map(|point| point.desired).max();
    assert_eq!((most, result.series.last().unwrap().desired), (Some(4), 4));
}
