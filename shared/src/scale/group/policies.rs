//! What policies do to the desired capacity, and which of several wins.

use super::autoscaler::Autoscaler;
use super::{Cause, Group, GroupConfig, Output};
use crate::id::InstanceId;
use crate::scale::metric::{Samples, Statistic};
use crate::scale::{
    ActionKind, Alarm, AlarmAction, AlarmState, CapacityError, Forecast, Instance, LifecycleState,
    LoadHistory, Metric, MetricAggregationType, PredictivePolicy, Process, Proposal, ScalingPolicy,
    StepPolicy, TargetTrackingPolicy, combine, target_tracking_may_scale_in,
};
use crate::time::{Span, Timestamp};
use std::ops::{Bound, Range};

/// What a policy remembers between decisions.
#[derive(Clone, Debug)]
pub(super) enum Driver {
    /// One action per alarm; `first` is the index of the first alarm.
    Alarms {
        first: usize,
        actions: Vec<AlarmAction>,
    },
    Scheduled {
        next: Timestamp,
    },
    Predictive(Box<Predictor>),
    Hpa(Box<Autoscaler>),
}

#[derive(Clone, Debug)]
pub(super) struct Predictor {
    history: LoadHistory,
    /// Samples of the running hour.
    load: Samples,
    hour_ends: Timestamp,
    /// When the capacity for the next hour is set.
    acts_at: Timestamp,
    forecast: Option<Forecast>,
    /// What the forecast needs now: dynamic policies do not go below.
    floor: u32,
}

/// The cooldown of simple policies.
#[derive(Clone, Debug, Default)]
pub(super) struct Cooldown {
    pub(super) until: Timestamp,
    /// Launches and terminations of simple policies that are not finished.
    pending: usize,
    length: Span,
}

const HOUR_S: u64 = 3_600;

/// The alarms and the memory of every policy of a new group.
pub(super) fn drivers(config: &GroupConfig, now: Timestamp) -> (Vec<Alarm>, Vec<Driver>) {
    let mut alarms = Vec::new();
    let drivers = config.policies.iter().map(|policy| match policy {
        ScalingPolicy::Step(_) | ScalingPolicy::Simple(_) | ScalingPolicy::TargetTracking(_) => {
            let first = alarms.len();
            let begins = now + config.metric_delay;
            alarms.extend(policy.alarms().into_iter().map(|alarm| Alarm::new(alarm, begins)));
            let action = AlarmAction::new(ActionKind::AutoScaling, AlarmState::Alarm);
            Driver::Alarms { first, actions: vec![action; alarms.len() - first] }
        }
        ScalingPolicy::Scheduled(action) => {
            let next = action.next_after(config.unix_s(now));
            Driver::Scheduled { next: next.map_or(Timestamp::MAX, |unix| config.at_unix(unix)) }
        }
        ScalingPolicy::Predictive(policy) => {
            let into_hour = config.unix_s(now).rem_euclid(HOUR_S as i64) as u64;
            let hour_ends = now + Span::from_s(HOUR_S - into_hour);
            let mut predictor = Predictor {
                history: LoadHistory::default(),
                load: Samples::for_statistic(Statistic::Average),
                hour_ends,
                acts_at: hour_ends,
                forecast: None,
                floor: 0,
            };
            predictor.act_before(policy, hour_ends);
            Driver::Predictive(Box::new(predictor))
        }
        ScalingPolicy::Hpa(policy) => Driver::Hpa(Box::new(Autoscaler::new(policy, now))),
    });
    let drivers = drivers.collect();
    (alarms, drivers)
}

impl GroupConfig {
    fn unix_s(&self, now: Timestamp) -> i64 {
        self.unix_at_zero.saturating_add((now.as_ms() / 1_000) as i64)
    }

    fn at_unix(&self, unix_s: i64) -> Timestamp {
        Timestamp::from_s(u64::try_from(unix_s.saturating_sub(self.unix_at_zero)).unwrap_or(0))
    }
}

impl Predictor {
    /// Servers for the hour that begins at `hour` are launched somewhat before it.
    fn act_before(&mut self, policy: &PredictivePolicy, hour: Timestamp) {
        let ahead = u64::from(policy.scheduling_buffer_s);
        self.acts_at = Timestamp::from_ns(hour.as_ns().saturating_sub(Span::from_s(ahead).as_ns()));
    }
}

impl Driver {
    pub(super) fn alarms(&self) -> Range<usize> {
        match self {
            Self::Alarms { first, actions } => *first..first + actions.len(),
            Self::Scheduled { .. } | Self::Predictive(_) | Self::Hpa(_) => 0..0,
        }
    }

    pub(super) fn observe(
        &mut self,
        policy: &ScalingPolicy,
        metric: Metric,
        sum: f64,
        samples: u64,
    ) {
        match (self, policy) {
            (Self::Predictive(predictor), ScalingPolicy::Predictive(policy))
                if policy.metric == metric =>
            {
                predictor.load.add(sum, samples);
            }
            (Self::Hpa(autoscaler), _) => autoscaler.observe(metric, sum, samples),
            _ => {}
        }
    }

    /// When it wants to run next; alarms say so themselves.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        match self {
            Self::Alarms { .. } => None,
            Self::Scheduled { next } => Some(*next).filter(|next| *next < Timestamp::MAX),
            Self::Predictive(predictor) => Some(predictor.hour_ends.min(predictor.acts_at)),
            Self::Hpa(autoscaler) => Some(autoscaler.next_sync),
        }
    }
}

impl Group {
    /// Runs every policy that is due. Those with alarms propose, and the largest capacity wins;
    /// the others act by themselves.
    pub(super) fn run_policies(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let mut proposals = Vec::new();
        for policy in 0..self.drivers.len() {
            match self.drivers.get(policy) {
                Some(Driver::Alarms { .. }) => {
                    self.evaluate_alarms(now, policy, &mut proposals, out);
                }
                Some(Driver::Scheduled { next }) if *next <= now => {
                    self.run_scheduled(now, policy, out);
                }
                Some(Driver::Predictive(predictor))
                    if predictor.hour_ends.min(predictor.acts_at) <= now =>
                {
                    self.run_predictive(now, policy, out);
                }
                Some(Driver::Hpa(autoscaler)) if autoscaler.next_sync <= now => {
                    self.run_autoscaler(now, policy, out);
                }
                _ => {}
            }
        }
        if let Some(winner) = combine(&proposals.iter().map(|(p, _)| *p).collect::<Vec<_>>())
            && let Some((_, cause)) = proposals.iter().find(|(proposal, _)| *proposal == winner)
        {
            self.follow(now, winner, *cause, out);
        }
    }

    /// Evaluates the alarms of a policy whose time it is; one in ALARM makes the policy propose.
    fn evaluate_alarms(
        &mut self,
        now: Timestamp,
        policy: usize,
        proposals: &mut Vec<(Proposal, Cause)>,
        out: &mut Vec<Output>,
    ) {
        for (nth, index) in self.alarms_of(policy).enumerate() {
            while let Some(alarm) = self.alarms.get_mut(index)
                && let Some(change) = alarm.evaluate(now)
            {
                let aggregation = self.config.policies.get(policy);
                let aggregation = aggregation.map(ScalingPolicy::metric_aggregation_type);
                let value = match aggregation.unwrap_or_default() {
                    // A missing one decides nothing, whatever came before it.
                    MetricAggregationType::Newest => alarm.latest(),
                    aggregation => aggregation.of(alarm.datapoints()),
                };
                let state = alarm.state();
                if let Some(transition) = change {
                    let (policy, alarm) = (policy as u32, index as u32);
                    out.push(Output::AlarmChanged { policy, alarm, transition });
                }
                if self.suspended.has(Process::AlarmNotification) {
                    continue;
                }
                let Some(Driver::Alarms { actions, .. }) = self.drivers.get_mut(policy) else {
                    return;
                };
                let runs = actions.get_mut(nth).is_some_and(|action| action.runs(now, state));
                if let (true, Some(value)) = (runs, value)
                    && let Some(capacity) = self.propose(now, policy, nth == 0, value)
                {
                    let proposal = Proposal { policy, capacity };
                    proposals.push((proposal, Cause::Alarm { policy: policy as u32, value }));
                }
            }
        }
    }

    /// What a policy wants while its alarm is in ALARM.
    fn propose(&self, now: Timestamp, policy: usize, is_first: bool, value: f64) -> Option<u32> {
        match self.config.policies.get(policy)? {
            ScalingPolicy::Step(step) => self.propose_step(now, policy, step, value),
            ScalingPolicy::Simple(_) if self.is_cooling_down(now) => None,
            ScalingPolicy::Simple(simple) => Some(simple.capacity(self.capacity.desired)),
            ScalingPolicy::TargetTracking(tracking) if is_first => {
                let warm = self.warm_count(now, policy);
                Some(tracking.scale_out_capacity(value, warm).max(self.capacity.desired))
            }
            ScalingPolicy::TargetTracking(tracking) => {
                self.propose_scale_in(now, policy, tracking, value)
            }
            ScalingPolicy::Scheduled(_) | ScalingPolicy::Predictive(_) | ScalingPolicy::Hpa(_) => {
                None
            }
        }
    }

    /// Scale-out counts from the instances that are warm, and never undercuts what was asked for
    /// already: a breach that lasts while a server boots does not launch another. Scale-in waits
    /// until every instance is warm, and counts the leaving ones, so that one breach does not
    /// remove a second server while the first still drains.
    fn propose_step(
        &self,
        now: Timestamp,
        policy: usize,
        step: &StepPolicy,
        value: f64,
    ) -> Option<u32> {
        let warm = self.warm_count(now, policy);
        let desired = self.capacity.desired;
        if let Some(wanted) = step.capacity(value, warm)
            && wanted > warm
        {
            return Some(wanted.max(desired));
        }
        let leaving = self.tally.live + self.tally.terminating;
        let wanted = step.capacity(value, leaving).filter(|&wanted| wanted < leaving)?;
        (warm == self.tally.live).then(|| wanted.min(desired))
    }

    /// Target tracking scales in only when all of its policies that may agree, and no instance is
    /// warming up.
    fn propose_scale_in(
        &self,
        now: Timestamp,
        policy: usize,
        tracking: &TargetTrackingPolicy,
        value: f64,
    ) -> Option<u32> {
        let trackers =
            self.drivers.iter().zip(&self.config.policies).filter_map(|(driver, policy)| {
                match policy {
                    ScalingPolicy::TargetTracking(tracking) => {
                        let low = self.alarms.get(driver.alarms().start + 1);
                        let ready = low.is_some_and(|low| low.state() == AlarmState::Alarm);
                        Some((!tracking.disable_scale_in, ready))
                    }
                    _ => None,
                }
            });
        let warm = self.warm_count(now, policy);
        if !target_tracking_may_scale_in(trackers) || warm < self.tally.live {
            return None;
        }
        Some(tracking.scale_in_capacity(value, warm).min(self.capacity.desired))
    }

    fn follow(&mut self, now: Timestamp, winner: Proposal, cause: Cause, out: &mut Vec<Output>) {
        let wanted = winner.capacity.max(self.forecast_floor());
        let touched = self.change_desired(now, wanted, cause, out);
        if let Some(ScalingPolicy::Simple(simple)) = self.config.policies.get(winner.policy) {
            let length = simple.cooldown(self.config.default_cooldown);
            self.cooldown.length = length;
            for id in touched {
                // One that did not serve is gone at once, or only waits for its hooks.
                let state = self.state_of(id);
                let goes_on = |s: LifecycleState| s.is_live() || s == LifecycleState::Draining;
                if state.is_some_and(goes_on) && self.instances.await_it(id) {
                    self.cooldown.pending += 1;
                }
            }
        }
    }

    /// An instance is launched or terminated for good. The clock of the cooldown starts with the
    /// last one that it waits for.
    pub(super) fn finish_cooldown(&mut self, now: Timestamp, id: InstanceId) {
        if self.cooldown.pending > 0 && self.instances.stop_awaiting(id) {
            self.cooldown.pending -= 1;
            if self.cooldown.pending == 0 {
                self.cooldown.until = now + self.cooldown.length;
            }
        }
    }

    /// Runs a policy by hand, as if its alarm were in ALARM at `value`.
    ///
    /// # Errors
    ///
    /// A simple policy whose cooldown, which the caller asked to honour, is not over.
    pub fn execute_policy(
        &mut self,
        now: Timestamp,
        policy: usize,
        value: f64,
        honor_cooldown: bool,
        out: &mut Vec<Output>,
    ) -> Result<(), CapacityError> {
        let capacity = match self.config.policies.get(policy) {
            Some(ScalingPolicy::Simple(_)) if honor_cooldown && self.is_cooling_down(now) => {
                return Err(CapacityError::ScalingInProgress);
            }
            Some(ScalingPolicy::Simple(simple)) => Some(simple.capacity(self.capacity.desired)),
            _ => self.propose(now, policy, true, value),
        };
        if let Some(capacity) = capacity {
            let proposal = Proposal { policy, capacity };
            self.follow(now, proposal, Cause::Alarm { policy: policy as u32, value }, out);
        }
        Ok(())
    }

    /// Whether simple policies wait: for any activity, and for the cooldown after their own.
    pub(super) fn is_cooling_down(&self, now: Timestamp) -> bool {
        now < self.cooldown.until || self.activities.is_busy(now)
    }

    /// Instances whose metrics count for a policy. Counted only where a policy has a warm-up of its
    /// own.
    pub(super) fn warm_count(&self, now: Timestamp, policy: usize) -> u32 {
        let own = self.config.policies.get(policy);
        let Some(warmup) = own.and_then(ScalingPolicy::estimated_instance_warmup) else {
            let after_now = (Bound::Excluded((now, InstanceId(u32::MAX))), Bound::Unbounded);
            return self.tally.in_service - self.warming.range(after_now).count() as u32;
        };
        let is_warm = |instance: &&Instance| {
            let since = instance.in_service_at.filter(|_| instance.is_in_service());
            // Those of the start are warm, whatever the policy says.
            since.is_some_and(|since| now >= since + warmup || since == instance.launched_at)
        };
        self.instances.iter().filter(is_warm).count() as u32
    }

    fn run_scheduled(&mut self, now: Timestamp, policy: usize, out: &mut Vec<Output>) {
        let Some(ScalingPolicy::Scheduled(action)) = self.config.policies.get(policy) else {
            return;
        };
        let next = action.next_after(self.config.unix_s(now));
        let next = next.map_or(Timestamp::MAX, |unix| self.config.at_unix(unix));
        let capacity = self.capacity.after_scheduled(action);
        if let Some(driver) = self.drivers.get_mut(policy) {
            *driver = Driver::Scheduled { next };
        }
        // Bounds that contradict the group's own are refused, and those missed are lost.
        if let (Ok(capacity), false) = (capacity, self.suspended.has(Process::ScheduledActions)) {
            self.set_capacity(now, capacity, Cause::Scheduled { policy: policy as u32 }, out);
        }
    }

    fn run_predictive(&mut self, now: Timestamp, index: usize, out: &mut Vec<Output>) {
        let servers = f64::from(self.tally.in_service);
        let (Some(Driver::Predictive(predictor)), Some(ScalingPolicy::Predictive(policy))) =
            (self.drivers.get_mut(index), self.config.policies.get(index))
        else {
            return;
        };
        let next_hour = predictor.hour_ends;
        if predictor.hour_ends <= now {
            let fresh = Samples::for_statistic(Statistic::Average);
            let average = std::mem::replace(&mut predictor.load, fresh);
            let average = average.datapoint(Statistic::Average).unwrap_or(0.0);
            predictor.history.push(average * servers);
            let from = predictor.hour_ends;
            let is_old = |forecast: &Forecast| from >= forecast.from + Forecast::REFRESH;
            if predictor.forecast.as_ref().is_none_or(is_old) {
                predictor.forecast = policy.forecast(&predictor.history, from);
            }
            predictor.hour_ends = from + Span::from_s(HOUR_S);
        }
        if now < predictor.acts_at {
            return;
        }
        let hour = if predictor.acts_at > next_hour { predictor.hour_ends } else { next_hour };
        predictor.act_before(policy, hour + Span::from_s(HOUR_S));
        let predicted = predictor.forecast.as_ref().and_then(|forecast| forecast.capacity_at(hour));
        let Some(predicted) = predicted else { return };
        let max = policy.effective_max(predicted, self.config.max_size);
        let wanted = policy.capacity(predicted, self.capacity.desired);
        predictor.floor = policy.capacity(predicted, 0);
        if wanted > self.capacity.desired || max != self.capacity.max {
            let capacity = super::Capacity { max, desired: wanted, ..self.capacity };
            let capacity = capacity.bounded().unwrap_or(self.capacity);
            self.set_capacity(now, capacity, Cause::Forecast { policy: index as u32 }, out);
        }
    }

    fn forecast_floor(&self) -> u32 {
        let floors = self.drivers.iter().map(|driver| match driver {
            Driver::Predictive(predictor) => predictor.floor,
            Driver::Alarms { .. } | Driver::Scheduled { .. } | Driver::Hpa(_) => 0,
        });
        floors.max().unwrap_or(0)
    }

    /// The forecast of a predictive policy, if it has one.
    pub fn forecast(&self, policy: usize) -> Option<&Forecast> {
        match self.drivers.get(policy)? {
            Driver::Predictive(predictor) => predictor.forecast.as_ref(),
            Driver::Alarms { .. } | Driver::Scheduled { .. } | Driver::Hpa(_) => None,
        }
    }
}
