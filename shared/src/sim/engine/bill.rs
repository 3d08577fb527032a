//! What a run costs: the meters of groups and balancers, and the prices that they go by.
//!
//! Bytes and connections are not simulated; [`crate::cost::Pricing`] says what is assumed of them.

use super::Simulation;
use crate::cost::{
    Cost, FREE_ALARMS, HOURS_PER_MONTH, Item, PriceBook, PriceUsed, balancer_usd, data_out_tiers,
    data_out_usd,
};
use crate::design::Monitoring;
use crate::sim::node::GroupNode;
use crate::time::Timestamp;
use std::ops::Range;

/// The prices of a run, by what they are for; nothing where none is known.
#[derive(Debug)]
pub(super) struct Prices {
    book: PriceBook,
    balancer_hour: f64,
    lcu_hour: f64,
    alarm_hour: f64,
    surplus_vcpu_hour: f64,
    data_out_gb: Option<f64>,
}

impl Prices {
    pub(super) fn new(book: PriceBook) -> Self {
        let usd = |item| book.item(item).map_or(0.0, |price| price.usd);
        Self {
            balancer_hour: usd(Item::AlbHour),
            lcu_hour: usd(Item::LcuHour),
            alarm_hour: usd(Item::AlarmMonth) / HOURS_PER_MONTH,
            surplus_vcpu_hour: usd(Item::SurplusVcpuHour),
            data_out_gb: book.overridden_item(Item::DataOutGb),
            book,
        }
    }

    /// Dollars of an instance hour; unknown types cost nothing, and validation warns of them.
    pub(super) fn instance_hour(&self, instance_type: &str) -> f64 {
        self.book.instance(instance_type).map_or(0.0, |price| price.usd)
    }

    /// Dollars that the metrics of one instance cost in an hour.
    pub(super) fn monitoring_hour(&self, monitoring: Monitoring) -> f64 {
        let price = metric_item(monitoring).and_then(|item| self.book.item(item));
        price.map_or(0.0, |price| price.usd) / HOURS_PER_MONTH
    }
}

/// What the metrics of an instance are priced as: one custom metric, seven detailed ones, or
/// nothing.
const fn metric_item(monitoring: Monitoring) -> Option<Item> {
    match monitoring {
        Monitoring::HighResolution => Some(Item::MetricMonth),
        Monitoring::Detailed => Some(Item::DetailedMonitoringMonth),
        Monitoring::Basic => None,
    }
}

fn hours(now: Timestamp) -> f64 {
    now.as_s_f64() / 3_600.0
}

impl Simulation {
    /// A second is over: the balancers' meters see what went through.
    pub(super) fn meter_balancers(&mut self, second: u64) {
        for first in 0..self.balancers.len() as u32 {
            if self.balancers[first as usize].instances > 0 {
                let requests = self.requests_of(first);
                let node = &mut self.balancers[first as usize];
                node.lcu.observe(second, requests, &self.design.run.pricing);
            }
        }
    }

    /// The instances of the balancer whose first one is at `first`.
    pub(super) fn instances_of(&self, first: u32) -> Range<u32> {
        first..first + self.balancers.get(first as usize).map_or(0, |node| node.instances)
    }

    /// Requests that reached each instance of each balancer.
    #[cfg(test)]
    pub(in crate::sim) fn instance_requests(&self) -> Vec<u64> {
        self.balancers.iter().map(|node| node.requests).collect()
    }

    /// How many queues feed each group.
    #[cfg(test)]
    pub(in crate::sim) fn group_feeds(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.feeds.len()).collect()
    }

    /// Requests that reached a balancer, whichever of its instances.
    pub(super) fn requests_of(&self, first: u32) -> u64 {
        let of = |index: u32| self.balancers.get(index as usize).map_or(0, |node| node.requests);
        self.instances_of(first).map(of).sum()
    }

    /// Balancers of the drawing, however many instances each has.
    fn balancer_count(&self) -> usize {
        self.balancers.iter().filter(|node| node.instances > 0).count()
    }

    pub(super) fn cost(&self) -> Cost {
        let (now, prices, pricing) = (self.now, &self.prices, &self.design.run.pricing);
        // An empty `sum` of floats is -0.
        let groups = |usd: &dyn Fn(&GroupNode) -> f64| {
            self.groups.iter().map(usd).fold(0.0, |sum, usd| sum + usd)
        };
        let units = self.balancers.iter().map(|node| node.lcu.unit_hours(pricing));
        let metrics = groups(&|group| group.meter.instance_hours(now) * group.monitoring_hour);
        let balancer = balancer_usd(now.since(Timestamp::ZERO), prices.balancer_hour);
        let surplus = groups(&|group| group.surplus_vcpu_hours());
        Cost {
            instances_usd: groups(&|group| group.meter.usd(now)),
            balancers_usd: balancer * self.balancer_count() as f64,
            surplus_credits_usd: surplus * prices.surplus_vcpu_hour,
            lcu_usd: units.fold(0.0, |sum, units| sum + units) * prices.lcu_hour,
            data_out_usd: self.data_out_usd(),
            cloudwatch_usd: hours(now) * self.alarms_usd_per_hour() + metrics,
        }
    }

    /// Every answer goes to the internet.
    fn data_out_usd(&self) -> f64 {
        let run = &self.design.run;
        let gb = run.pricing.data_out_gb(self.recorder.totals.completed);
        match self.prices.data_out_gb {
            Some(usd_per_gb) => gb * usd_per_gb,
            None => data_out_usd(gb, data_out_tiers(run.region)),
        }
    }

    fn alarms_usd_per_hour(&self) -> f64 {
        let alarms: usize = self.groups.iter().map(|group| group.core.alarms().len()).sum();
        (alarms as u32).saturating_sub(FREE_ALARMS) as f64 * self.prices.alarm_hour
    }

    /// Dollars an hour while what runs now runs. What depends on traffic is not in it.
    pub(super) fn cost_usd_per_hour(&self) -> f64 {
        let groups = self.groups.iter().map(|group| {
            let metrics = group.meter.running() as f64 * group.monitoring_hour;
            group.meter.usd_per_hour() + metrics
        });
        groups.fold(0.0, |sum, usd| sum + usd)
            + self.balancer_count() as f64 * self.prices.balancer_hour
            + self.alarms_usd_per_hour()
    }

    /// The prices that the cost goes by, each once, in the order of the bill.
    pub(super) fn prices_used(&self) -> Vec<PriceUsed> {
        let book = &self.prices.book;
        let mut used: Vec<PriceUsed> = Vec::new();
        let mut add = |price: PriceUsed| {
            if used.iter().all(|other| other.item != price.item) {
                used.push(price);
            }
        };
        for group in &self.groups {
            add(PriceUsed::new(&group.instance_type, book.instance(&group.instance_type).ok()));
        }
        let burstable = self.groups.iter().any(|group| group.credits.is_some());
        let metrics = self.groups.iter().filter_map(|group| metric_item(group.monitoring));
        let balancers = [Item::AlbHour, Item::LcuHour].into_iter();
        let items = burstable
            .then_some(Item::SurplusVcpuHour)
            .into_iter()
            .chain(balancers.filter(|_| !self.balancers.is_empty()))
            .chain(Some(Item::DataOutGb))
            .chain((self.alarms_usd_per_hour() > 0.0).then_some(Item::AlarmMonth))
            .chain(metrics);
        for item in items {
            add(PriceUsed::new(item.name(), book.item(item)));
        }
        used
    }
}
