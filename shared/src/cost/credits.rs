//! CPU credits of burstable instances: one credit is one vCPU at 100 % for a minute.
//!
//! An instance earns credits all the time and spends them while it works. At its *baseline* it
//! spends as fast as it earns. In standard mode an instance without credits falls to its
//! baseline, so a small one cannot hold 80 % for ever; in unlimited mode it goes on and pays for
//! the surplus.

use crate::time::Span;
use serde::{Deserialize, Serialize};

/// What happens when no credits are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CreditMode {
    /// The CPU falls to its baseline. Default of T2.
    Standard,
    /// The CPU goes on, and the surplus is billed. Default of T3 and T4g.
    Unlimited,
}

/// How a type earns credits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreditRate {
    /// The type.
    pub instance_type: &'static str,
    /// Credits earned an hour.
    pub per_hour: f64,
    /// Virtual CPUs.
    pub vcpus: u32,
}

const fn rate(instance_type: &'static str, per_hour: f64, vcpus: u32) -> CreditRate {
    CreditRate { instance_type, per_hour, vcpus }
}

/// Every burstable type of the documentation (EC2 user guide, burstable baseline concepts). T4g has
/// T3's numbers.
pub const CREDIT_RATES: &[CreditRate] = &[
    rate("t2.micro", 6.0, 1),
    rate("t3.nano", 6.0, 2),
    rate("t3.micro", 12.0, 2),
    rate("t3.small", 24.0, 2),
    rate("t3.medium", 24.0, 2),
    rate("t3.large", 36.0, 2),
    rate("t3.xlarge", 96.0, 4),
    rate("t3.2xlarge", 192.0, 8),
    rate("t4g.micro", 12.0, 2),
    rate("t4g.small", 24.0, 2),
    rate("t4g.medium", 24.0, 2),
    rate("t4g.large", 36.0, 2),
];

impl CreditRate {
    /// How a type earns credits; `None` if it is not burstable.
    pub fn of(instance_type: &str) -> Option<&'static Self> {
        CREDIT_RATES.iter().find(|rate| rate.instance_type == instance_type)
    }

    /// The utilisation at which it spends what it earns, percent of each vCPU.
    pub fn baseline_percent(&self) -> f64 {
        self.per_hour / f64::from(self.vcpus) / 60.0 * 100.0
    }

    /// Most credits that it can hold: what it earns in a day.
    pub fn max_accrued(&self) -> f64 {
        self.per_hour * 24.0
    }

    /// Credits earned in a time.
    pub fn earned(&self, span: Span) -> f64 {
        self.per_hour * hours(span)
    }

    /// Credits spent in a time at an average utilisation, percent of all vCPUs.
    pub fn spent(&self, utilization_percent: f64, span: Span) -> f64 {
        utilization_percent / 100.0 * f64::from(self.vcpus) * 60.0 * hours(span)
    }

    /// The mode that the type has by default.
    pub fn default_mode(&self) -> CreditMode {
        if self.instance_type.starts_with("t2.") {
            CreditMode::Standard
        } else {
            CreditMode::Unlimited
        }
    }
}

fn hours(span: Span) -> f64 {
    span.as_s_f64() / 3_600.0
}

/// The credits of one instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreditBalance {
    rate: CreditRate,
    mode: CreditMode,
    credits: f64,
    /// Credits spent that were never earned: they are billed.
    surplus: f64,
}

impl CreditBalance {
    /// The balance of an instance that starts with `credits`.
    pub const fn new(rate: CreditRate, mode: CreditMode, credits: f64) -> Self {
        Self { rate, mode, credits, surplus: 0.0 }
    }

    /// Credits held.
    pub const fn credits(&self) -> f64 {
        self.credits
    }

    /// vCPU-hours that are billed on top of the instance.
    pub fn surplus_vcpu_hours(&self) -> f64 {
        self.surplus / 60.0
    }

    /// Lets `span` pass at a wished utilisation, percent; returns what the CPU could give.
    pub fn run(&mut self, wished_percent: f64, span: Span) -> f64 {
        let earned = self.rate.earned(span);
        let wished = self.rate.spent(wished_percent, span);
        let available = self.credits + earned;
        if wished <= available {
            self.credits = (available - wished).min(self.rate.max_accrued());
            return wished_percent;
        }
        self.credits = 0.0;
        match self.mode {
            CreditMode::Unlimited => {
                self.surplus += wished - available;
                wished_percent
            }
            CreditMode::Standard => wished_percent * available / wished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A t3.micro at 80 %: standard mode falls to what it earns, unlimited mode pays.
    #[test]
    fn eighty_percent_cannot_last_in_standard_mode() {
        let rate = *CreditRate::of("t3.micro").unwrap();
        let hour = Span::from_s(3_600);
        let mut standard = CreditBalance::new(rate, CreditMode::Standard, 84.0);
        assert!((standard.run(80.0, hour) - 80.0).abs() < 1e-9);
        assert!((standard.run(80.0, hour) - rate.baseline_percent()).abs() < 1e-9);
        let mut unlimited = CreditBalance::new(rate, CreditMode::Unlimited, 0.0);
        assert!((unlimited.run(80.0, hour) - 80.0).abs() < 1e-9);
        assert!((unlimited.surplus_vcpu_hours() - 1.4).abs() < 1e-9);
        let mut idle = CreditBalance::new(rate, CreditMode::Standard, 0.0);
        idle.run(0.0, hour.times(48));
        assert!((idle.credits() - 288.0).abs() < 1e-9);
    }
}
