//! Metrics on their way from a group's servers and balancers to whoever decides by them.

use crate::scale::{Group, Metric, PodMetrics};
use crate::time::{Span, Timestamp};
use hdrhistogram::Histogram;
use std::collections::VecDeque;

/// What was measured at one time.
#[derive(Debug)]
pub(in crate::sim) struct Measured {
    pub(in crate::sim) at: Timestamp,
    /// Sum and number of the samples of each metric.
    pub(in crate::sim) values: Vec<(Metric, f64, u64)>,
    /// The pods, over how long they were measured; none where nobody asks for them.
    pub(in crate::sim) pods: Option<(Span, Vec<PodMetrics>)>,
}

/// What was measured and is not published yet.
#[derive(Debug)]
pub(in crate::sim) struct Telemetry {
    delay: Span,
    under_way: VecDeque<Measured>,
    /// Response times since the last sample, microseconds, where a policy goes by them.
    responses: Option<Histogram<u64>>,
}

impl Telemetry {
    /// Longest response time that is told apart, microseconds: an hour.
    const LONGEST_US: u64 = 3_600_000_000;
    /// Values are kept within a tenth of a percent.
    const DIGITS: u8 = 3;

    /// Metrics that are published `delay` after they were measured.
    pub(in crate::sim) fn new(delay: Span, with_responses: bool) -> Self {
        let responses = || Histogram::new_with_bounds(1, Self::LONGEST_US, Self::DIGITS).ok();
        let responses = if with_responses { responses() } else { None };
        Self { delay, under_way: VecDeque::new(), responses }
    }

    /// A server answered a balancer after `span`.
    pub(in crate::sim) fn answered(&mut self, span: Span) {
        if let Some(responses) = &mut self.responses {
            responses.saturating_record((span.as_ns() / 1_000).max(1));
        }
    }

    /// The response times since the last call, seconds, each with how many had it.
    pub(in crate::sim) fn take_responses(&mut self) -> Vec<(Metric, f64, u64)> {
        let Some(responses) = &mut self.responses else { return Vec::new() };
        let value = |value: u64, count: u64| {
            let seconds = responses.median_equivalent(value) as f64 / 1e6;
            (Metric::TargetResponseTime, seconds * count as f64, count)
        };
        let recorded = responses.iter_recorded();
        let taken = recorded.map(|v| value(v.value_iterated_to(), v.count_at_value())).collect();
        responses.reset();
        taken
    }

    /// Something was measured.
    pub(in crate::sim) fn publish(&mut self, measured: Measured) {
        self.under_way.push_back(measured);
    }

    /// Tells `group` everything that is published by `now`.
    pub(in crate::sim) fn deliver(&mut self, now: Timestamp, group: &mut Group) {
        while let Some(measured) =
            self.under_way.pop_front_if(|measured| measured.at + self.delay <= now)
        {
            for (metric, sum, samples) in measured.values {
                group.observe(metric, sum, samples);
            }
            if let Some((window, pods)) = measured.pods {
                group.observe_pods(measured.at, window, pods);
            }
        }
    }
}
