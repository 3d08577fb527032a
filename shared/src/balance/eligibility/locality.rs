//! Zones: how a level's traffic is split by place.
//!
//! **Locality weights** (Envoy): a zone's effective weight is its weight times its availability,
//! `min(100 %, overprovisioning * available / hosts)`; zones take turns by earliest deadline first.
//!
//! **Zone-aware routing** (Envoy): requests stay in the balancer's own zone as far as that does not
//! overload its backends. Compare the zone's share of the balancers with its share of the backends:
//! if the backends' share is no smaller, all requests stay; else the ratio of the two stays and the
//! rest goes to zones that have more backends than balancers, in proportion to the surplus.

/// One zone of one level, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locality {
    /// Its weight.
    pub weight: u32,
    /// Hosts that count: all but those not warm yet.
    pub counted: u64,
    /// Hosts that may serve.
    pub available: u64,
}

/// A zone's weight after availability.
pub fn effective_weight(zone: Locality, overprovisioning_percent: u32) -> f64 {
    if zone.counted == 0 {
        return 0.0;
    }
    let availability =
        f64::from(overprovisioning_percent) * zone.available as f64 / zone.counted as f64;
    f64::from(zone.weight) * availability.min(100.0)
}

/// What zone-aware routing decided for one level. Shares are in hundredths of a percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneRouting {
    /// How much of its traffic stays in the local zone, 0 to 10,000.
    pub stay: u64,
    /// Running sum over the zones of what each can take beyond its own; the local one takes none.
    pub residual: Vec<u64>,
}

impl ZoneRouting {
    /// Decides from the number of balancers and of healthy backends in each zone. `None` if
    /// there is nothing to decide: no backend or no balancer in the local zone.
    pub fn new(local: usize, balancers: &[u64], backends: &[u64]) -> Option<Self> {
        let shares = |counts: &[u64]| -> Option<Vec<u64>> {
            let total: u64 = counts.iter().sum();
            counts.iter().map(|count| (count * 10_000).checked_div(total)).collect()
        };
        let (own, upstream) = (shares(balancers)?, shares(backends)?);
        let (local_own, local_upstream) = (*own.get(local)?, *upstream.get(local)?);
        if local_upstream == 0 || local_own == 0 {
            return None;
        }
        if local_upstream >= local_own {
            return Some(Self { stay: 10_000, residual: Vec::new() });
        }
        let mut sum = 0;
        let residual = upstream
            .iter()
            .enumerate()
            .map(|(zone, &share)| {
                if zone != local {
                    sum += share.saturating_sub(own.get(zone).copied().unwrap_or(0));
                }
                sum
            })
            .collect();
        Some(Self { stay: local_upstream * 10_000 / local_own, residual })
    }

    /// The zone of a request, by two random numbers.
    pub fn choose(&self, local: usize, first: u64, second: u64) -> usize {
        let surplus = self.residual.last().copied().unwrap_or(0);
        if first % 10_000 < self.stay || surplus == 0 {
            return local;
        }
        let draw = second % surplus;
        self.residual.iter().position(|&sum| draw < sum).unwrap_or(local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_local_as_far_as_backends_suffice() {
        let all = ZoneRouting::new(0, &[1, 1], &[3, 1]).unwrap();
        assert_eq!((all.stay, all.choose(0, 9_999, 7)), (10_000, 0));
        // 20 % of the balancers, 10 % of the backends: half of the traffic stays.
        let half = ZoneRouting::new(0, &[2, 8], &[1, 9]).unwrap();
        assert_eq!(half.stay, 5_000);
        assert_eq!((half.choose(0, 4_999, 0), half.choose(0, 5_000, 0)), (0, 1));
    }

    #[test]
    fn surplus_is_sampled_in_proportion() {
        // Envoy's comment: balancers 40/40/20 %, backends 25/50/25 %.
        let routing = ZoneRouting::new(0, &[4, 4, 2], &[1, 2, 1]).unwrap();
        assert_eq!(routing.residual, [0, 1_000, 1_500]);
        assert_eq!(routing.choose(0, 9_999, 999), 1);
        assert_eq!(routing.choose(0, 9_999, 1_000), 2);
    }

    #[test]
    fn nothing_to_decide() {
        assert_eq!(ZoneRouting::new(0, &[0, 1], &[1, 1]), None);
        assert_eq!(ZoneRouting::new(0, &[], &[]), None);
        assert_eq!(ZoneRouting::new(9, &[1], &[1]), None);
    }
}
