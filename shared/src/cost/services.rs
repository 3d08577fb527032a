//! Prices of everything but instances.

use super::{ALB_USD_PER_HOUR, Evidence, Price, Region};

/// Something with a price of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// An Application Load Balancer.
    AlbHour,
    /// A load balancer capacity unit; see [`super::Lcu`].
    LcuHour,
    /// A NAT gateway.
    NatHour,
    /// Data through a NAT gateway.
    NatGb,
    /// A public IPv4 address.
    PublicIpv4Hour,
    /// Data between zones, in each direction.
    CrossZoneGb,
    /// A general-purpose disk (gp3).
    DiskGbMonth,
    /// A standard CloudWatch alarm beyond the first ten.
    AlarmMonth,
    /// A custom or detailed CloudWatch metric.
    MetricMonth,
    /// Detailed monitoring of one instance: seven metrics.
    DetailedMonitoringMonth,
    /// A Kubernetes cluster.
    ClusterHour,
    /// Data sent to the internet: the first tier; see [`data_out_tiers`].
    DataOutGb,
    /// A vCPU-hour over the baseline of a burstable instance in unlimited mode.
    SurplusVcpuHour,
}

impl Item {
    /// Every item.
    pub const ALL: [Self; 13] = [
        Self::AlbHour,
        Self::LcuHour,
        Self::NatHour,
        Self::NatGb,
        Self::PublicIpv4Hour,
        Self::CrossZoneGb,
        Self::DiskGbMonth,
        Self::AlarmMonth,
        Self::MetricMonth,
        Self::DetailedMonitoringMonth,
        Self::ClusterHour,
        Self::DataOutGb,
        Self::SurplusVcpuHour,
    ];

    /// A stable name, for overrides.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlbHour => "alb_hour",
            Self::LcuHour => "lcu_hour",
            Self::NatHour => "nat_hour",
            Self::NatGb => "nat_gb",
            Self::PublicIpv4Hour => "public_ipv4_hour",
            Self::CrossZoneGb => "cross_zone_gb",
            Self::DiskGbMonth => "disk_gb_month",
            Self::AlarmMonth => "alarm_month",
            Self::MetricMonth => "metric_month",
            Self::DetailedMonitoringMonth => "detailed_monitoring_month",
            Self::ClusterHour => "cluster_hour",
            Self::DataOutGb => "data_out_gb",
            Self::SurplusVcpuHour => "surplus_vcpu_hour",
        }
    }

    /// Its price in a region; `None` where none is known.
    pub const fn price(self, region: Region) -> Option<Price> {
        let seoul = matches!(region, Region::ApNortheast2);
        Some(match self {
            Self::AlbHour if seoul => listed(ALB_USD_PER_HOUR, "load balancer hour"),
            Self::AlbHour => blog(ALB_USD_PER_HOUR, "load balancer hour"),
            Self::LcuHour if seoul => listed(0.008, "capacity unit hour"),
            Self::LcuHour => blog(0.008, "capacity unit hour"),
            Self::NatHour if seoul => listed(0.059, "NAT gateway hour"),
            Self::NatGb if seoul => listed(0.059, "GB through a NAT gateway"),
            Self::NatHour | Self::NatGb => return None,
            Self::PublicIpv4Hour if seoul => listed(0.005, "address hour"),
            Self::PublicIpv4Hour => community(0.005, "address hour"),
            Self::CrossZoneGb => community(0.01, "GB between zones, each way"),
            Self::DiskGbMonth if seoul => community(0.0912, "GB-month"),
            Self::DiskGbMonth => return None,
            Self::AlarmMonth => documented(0.10, "alarm-month"),
            Self::MetricMonth => documented(0.30, "metric-month"),
            Self::DetailedMonitoringMonth => community(2.10, "instance-month"),
            Self::ClusterHour => documented(0.10, "cluster hour"),
            Self::DataOutGb if seoul => community(0.126, "GB sent to the internet, first tier"),
            Self::DataOutGb => community(0.09, "GB sent to the internet, first tier"),
            Self::SurplusVcpuHour => surplus(),
        })
    }
}

/// CloudWatch alarms that cost nothing.
pub const FREE_ALARMS: u32 = 10;

const fn listed(usd: f64, per: &'static str) -> Price {
    let (source, date) = ("AWS price list", "2026-10-01");
    Price { usd, per, source, date, evidence: Evidence::PriceList }
}

const fn documented(usd: f64, per: &'static str) -> Price {
    let (source, date) = ("AWS price pages", "2026");
    Price { usd, per, source, date, evidence: Evidence::PriceList }
}

const fn blog(usd: f64, per: &'static str) -> Price {
    let (source, date) = ("a price blog that restates the AWS page", "2026-05-08");
    Price { usd, per, source, date, evidence: Evidence::Unverified }
}

const fn community(usd: f64, per: &'static str) -> Price {
    let (source, date) = ("tables published by users", "2026");
    Price { usd, per, source, date, evidence: Evidence::Unverified }
}

/// T3's price when it was announced; other families may differ.
const fn surplus() -> Price {
    let (source, date) = ("the announcement of T3, as restated by others", "2018-08-28");
    Price { usd: 0.05, per: "vCPU-hour", source, date, evidence: Evidence::Unverified }
}

/// One tier of the price of data sent to the internet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DataOutTier {
    /// Where the tier ends, GB a month.
    pub up_to_gb: f64,
    /// Dollars per GB.
    pub usd_per_gb: f64,
}

const fn tier(up_to_gb: f64, usd_per_gb: f64) -> DataOutTier {
    DataOutTier { up_to_gb, usd_per_gb }
}

/// Tiers of data sent to the internet. Tables published by users, and a bill of 2020 that agrees
/// with Seoul's first tier: unverified. Of N. Virginia only the first tier is known.
pub const fn data_out_tiers(region: Region) -> &'static [DataOutTier] {
    const US_EAST_1: &[DataOutTier] = &[tier(f64::INFINITY, 0.09)];
    const AP_NORTHEAST_2: &[DataOutTier] = &[
        tier(10_240.0, 0.126),
        tier(51_200.0, 0.122),
        tier(153_600.0, 0.117),
        tier(f64::INFINITY, 0.108),
    ];
    match region {
        Region::UsEast1 => US_EAST_1,
        Region::ApNortheast2 => AP_NORTHEAST_2,
    }
}

/// Dollars for `gb` sent to the internet in a month.
pub fn data_out_usd(gb: f64, tiers: &[DataOutTier]) -> f64 {
    let mut from = 0.0;
    let mut usd = 0.0;
    for tier in tiers {
        usd += (gb.min(tier.up_to_gb) - from).max(0.0) * tier.usd_per_gb;
        from = tier.up_to_gb;
    }
    usd
}

/// Hours of a month in which something that is priced by the month is paid for by the hour.
pub const HOURS_PER_MONTH: f64 = 730.0;

/// Dollars a month for CloudWatch alarms and metrics.
pub fn monitoring_usd(alarms: u32, metrics: u32, alarm_usd: f64, metric_usd: f64) -> f64 {
    f64::from(alarms.saturating_sub(FREE_ALARMS)) * alarm_usd + f64::from(metrics) * metric_usd
}
