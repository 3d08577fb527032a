//! Outlier detection: backends whose answers stand out are ejected for a while (Envoy).
//!
//! Three detectors watch real traffic. *Consecutive errors* act at once; *success rate* (below
//! mean - factor * standard deviation of all, the population's) and *failure percentage* act once
//! an interval on backends with enough requests. An ejection lasts base time times the number of
//! ejections in a row, up to a maximum; every quiet interval forgives one. Never is more than
//! `max_ejection_percent` ejected: with 10 % of five backends that means nobody, unless
//! `always_eject_one_host` is on.

use crate::balance::{ConfigError, Outcome};
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Settings, with Envoy's names and defaults. `enforcing_…` is the chance in percent that a
/// detection leads to an ejection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "Envoy's documentation explains each under the same name")]
pub struct OutlierConfig {
    pub consecutive_5xx: u32,
    pub consecutive_gateway_failure: u32,
    pub consecutive_local_origin_failure: u32,
    pub split_external_local_origin_errors: bool,
    pub interval_s: f64,
    pub base_ejection_time_s: f64,
    pub max_ejection_time_s: f64,
    pub max_ejection_percent: u32,
    pub always_eject_one_host: bool,
    pub enforcing_consecutive_5xx: u32,
    pub enforcing_consecutive_gateway_failure: u32,
    pub enforcing_success_rate: u32,
    pub success_rate_minimum_hosts: u32,
    pub success_rate_request_volume: u32,
    /// In thousandths.
    pub success_rate_stdev_factor: u32,
    pub failure_percentage_threshold: u32,
    pub enforcing_failure_percentage: u32,
    pub failure_percentage_minimum_hosts: u32,
    pub failure_percentage_request_volume: u32,
}

impl Default for OutlierConfig {
    fn default() -> Self {
        Self {
            consecutive_5xx: 5,
            consecutive_gateway_failure: 5,
            consecutive_local_origin_failure: 5,
            split_external_local_origin_errors: false,
            interval_s: 10.0,
            base_ejection_time_s: 30.0,
            max_ejection_time_s: 300.0,
            max_ejection_percent: 10,
            always_eject_one_host: false,
            enforcing_consecutive_5xx: 100,
            enforcing_consecutive_gateway_failure: 0,
            enforcing_success_rate: 100,
            success_rate_minimum_hosts: 5,
            success_rate_request_volume: 100,
            success_rate_stdev_factor: 1900,
            failure_percentage_threshold: 85,
            enforcing_failure_percentage: 0,
            failure_percentage_minimum_hosts: 5,
            failure_percentage_request_volume: 50,
        }
    }
}

impl OutlierConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        check("outlier_detection.interval_s", self.interval_s, 0.1, 3600.0)?;
        let (base, max) = (self.base_ejection_time_s, self.max_ejection_time_s);
        check("outlier_detection.base_ejection_time_s", base, 0.001, 86_400.0)?;
        check("outlier_detection.max_ejection_time_s", max, base, 86_400.0)?;
        let counts = [
            ("outlier_detection.consecutive_5xx", self.consecutive_5xx),
            ("outlier_detection.consecutive_gateway_failure", self.consecutive_gateway_failure),
            (
                "outlier_detection.consecutive_local_origin_failure",
                self.consecutive_local_origin_failure,
            ),
            ("outlier_detection.success_rate_minimum_hosts", self.success_rate_minimum_hosts),
            ("outlier_detection.success_rate_request_volume", self.success_rate_request_volume),
            (
                "outlier_detection.failure_percentage_minimum_hosts",
                self.failure_percentage_minimum_hosts,
            ),
            (
                "outlier_detection.failure_percentage_request_volume",
                self.failure_percentage_request_volume,
            ),
        ];
        counts
            .iter()
            .try_for_each(|&(field, value)| check(field, f64::from(value), 0.0, 10_000.0))?;
        let factor = f64::from(self.success_rate_stdev_factor);
        check("outlier_detection.success_rate_stdev_factor", factor, 0.0, 100_000.0)?;
        let percentages = [
            ("outlier_detection.max_ejection_percent", self.max_ejection_percent),
            ("outlier_detection.enforcing_consecutive_5xx", self.enforcing_consecutive_5xx),
            (
                "outlier_detection.enforcing_consecutive_gateway_failure",
                self.enforcing_consecutive_gateway_failure,
            ),
            ("outlier_detection.enforcing_success_rate", self.enforcing_success_rate),
            ("outlier_detection.failure_percentage_threshold", self.failure_percentage_threshold),
            ("outlier_detection.enforcing_failure_percentage", self.enforcing_failure_percentage),
        ];
        percentages
            .iter()
            .try_for_each(|&(field, value)| check(field, f64::from(value), 0.0, 100.0))
    }

    /// [`Self::interval_s`] as a span.
    pub fn interval(&self) -> Span {
        Span::from_s_f64(self.interval_s)
    }
}

/// Errors in a row of one backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsecutiveErrors {
    /// Answers of 500 to 599; failures without an answer as well, unless they are split off.
    pub errors_5xx: u32,
    /// Answers of 502, 503, 504; failures without an answer as well, unless they are split off.
    pub gateway: u32,
    /// Failures without an answer, when they are split off.
    pub local_origin: u32,
}

impl ConsecutiveErrors {
    /// Takes one outcome; true if a threshold was reached, which starts its count anew.
    pub fn record(&mut self, outcome: Outcome, config: &OutlierConfig, rng: &mut Rng) -> bool {
        let split = config.split_external_local_origin_errors;
        match outcome {
            Outcome::Canceled => return false,
            _ if split && outcome.is_local() => self.local_origin += 1,
            _ if outcome.is_failure() => {
                self.errors_5xx += 1;
                let gateway = outcome.is_local() || matches!(outcome, Outcome::Response(502..=504));
                self.gateway = if gateway { self.gateway + 1 } else { 0 };
            }
            _ => *self = Self::default(),
        }
        let mut reached = |count: &mut u32, threshold: u32, enforcing: u32| {
            let reached = threshold > 0 && *count >= threshold;
            if reached {
                *count = 0;
            }
            reached && chance(enforcing, rng)
        };
        let enforcing = config.enforcing_consecutive_5xx;
        let local = config.consecutive_local_origin_failure;
        let by_5xx = reached(&mut self.errors_5xx, config.consecutive_5xx, enforcing);
        let by_local = reached(&mut self.local_origin, local, 100);
        let enforcing = config.enforcing_consecutive_gateway_failure;
        let by_gateway = reached(&mut self.gateway, config.consecutive_gateway_failure, enforcing);
        by_5xx || by_local || by_gateway
    }
}

/// What happens in `percent` of 100 cases; certain cases draw nothing.
fn chance(percent: u32, rng: &mut Rng) -> bool {
    percent >= 100 || (percent > 0 && rng.below(100) < u64::from(percent))
}

/// Success rates of all backends with enough requests, summed up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SuccessRates {
    /// Their mean, percent.
    pub mean: f64,
    /// Who is below is an outlier.
    pub threshold: f64,
}

impl SuccessRates {
    /// Sums up `rates`, percent; `stdev_factor` such as 1.9.
    pub fn new(rates: &[f64], stdev_factor: f64) -> Self {
        let n = (rates.len() as f64).max(1.0);
        let mean = rates.iter().sum::<f64>() / n;
        let variance = rates.iter().map(|rate| (rate - mean) * (rate - mean)).sum::<f64>() / n;
        Self { mean, threshold: mean - stdev_factor * variance.sqrt() }
    }
}

/// How long the n-th ejection in a row lasts.
pub fn ejection_time(base: Span, max: Span, ejections_in_a_row: u32) -> Span {
    base.times(u64::from(ejections_in_a_row)).min(max)
}

/// Whether one more may be ejected.
pub fn may_eject(hosts: u64, ejected: u64, max_percent: u32, always_one: bool) -> bool {
    (always_one && ejected == 0)
        || ejected.saturating_add(1).saturating_mul(100) <= hosts.saturating_mul(max_percent.into())
}

/// What is remembered of one backend.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    generation: u32,
    consecutive: ConsecutiveErrors,
    requests: u32,
    successes: u32,
    ejections_in_a_row: u32,
}

/// Watches the outcomes of all backends, by slot, and says who is to be ejected. Whether anybody
/// may be ejected, and until when somebody is, the balancer knows.
#[derive(Clone, Debug)]
pub struct OutlierDetector {
    config: OutlierConfig,
    records: Vec<Record>,
    /// When the present interval ends.
    pub(in crate::balance) interval_end: Timestamp,
}

impl OutlierDetector {
    /// A detector that has seen nothing.
    pub const fn new(config: OutlierConfig) -> Self {
        Self { config, records: Vec::new(), interval_end: Timestamp::MAX }
    }

    /// Its settings.
    pub const fn config(&self) -> &OutlierConfig {
        &self.config
    }

    /// Takes an outcome of the backend in `slot`; true if it should be ejected for it.
    pub fn record(&mut self, slot: u32, generation: u32, outcome: Outcome, rng: &mut Rng) -> bool {
        if self.records.len() <= slot as usize {
            self.records.resize(slot as usize + 1, Record::default());
        }
        let Some(record) = self.records.get_mut(slot as usize) else { return false };
        if record.generation != generation {
            *record = Record { generation, ..Record::default() };
        }
        if outcome != Outcome::Canceled {
            record.requests = record.requests.saturating_add(1);
            record.successes = record.successes.saturating_add(u32::from(!outcome.is_failure()));
        }
        record.consecutive.record(outcome, &self.config, rng)
    }

    /// The backend in `slot` is ejected; returns for how long.
    pub fn ejected(&mut self, slot: u32) -> Span {
        let (base, max) = (self.config.base_ejection_time_s, self.config.max_ejection_time_s);
        let times = self.records.get_mut(slot as usize).map_or(1, |record| {
            record.ejections_in_a_row = record.ejections_in_a_row.saturating_add(1);
            record.ejections_in_a_row
        });
        ejection_time(Span::from_s_f64(base), Span::from_s_f64(max), times)
    }

    /// The backend in `slot` is back: it starts without errors in a row.
    pub fn returned(&mut self, slot: u32) {
        if let Some(record) = self.records.get_mut(slot as usize) {
            record.consecutive = ConsecutiveErrors::default();
        }
    }

    /// Ends an interval over `slots` that are not ejected; returns who should be ejected now.
    pub fn end_interval(&mut self, slots: &[u32], rng: &mut Rng) -> Vec<u32> {
        let config = &self.config;
        let known = |volume: u32| -> Vec<(u32, f64)> {
            let record = |&slot: &u32| Some((slot, self.records.get(slot as usize)?));
            let enough = slots.iter().filter_map(record);
            let enough = enough.filter(|(_, r)| r.requests > 0 && r.requests >= volume);
            let rate = |r: &Record| 100.0 * f64::from(r.successes) / f64::from(r.requests);
            enough.map(|(slot, record)| (slot, rate(record))).collect()
        };
        let mut outliers = Vec::new();
        let rated = known(config.success_rate_request_volume);
        if !rated.is_empty() && rated.len() >= config.success_rate_minimum_hosts as usize {
            let rates: Vec<f64> = rated.iter().map(|&(_, rate)| rate).collect();
            let factor = f64::from(config.success_rate_stdev_factor) / 1000.0;
            let threshold = SuccessRates::new(&rates, factor).threshold;
            let below = rated.iter().filter(|(_, rate)| *rate < threshold);
            let caught = below.filter(|_| chance(config.enforcing_success_rate, rng));
            outliers.extend(caught.map(|&(slot, _)| slot));
        }
        let rated = known(config.failure_percentage_request_volume);
        if rated.len() >= config.failure_percentage_minimum_hosts as usize {
            let limit = f64::from(config.failure_percentage_threshold);
            let failing = rated.iter().filter(|(_, rate)| 100.0 - rate >= limit);
            let caught = failing.filter(|_| chance(config.enforcing_failure_percentage, rng));
            outliers.extend(caught.map(|&(slot, _)| slot));
        }
        for &slot in slots {
            if let Some(record) = self.records.get_mut(slot as usize) {
                record.ejections_in_a_row = record.ejections_in_a_row.saturating_sub(1);
            }
        }
        for record in &mut self.records {
            (record.requests, record.successes) = (0, 0);
        }
        crate::ordered::sort_by(&mut outliers, u32::cmp);
        outliers.dedup();
        outliers
    }
}
