//! Every billed second belongs to an instance: the meter, fed by a group's outputs, against the
//! lives of the instances as the group tells them.

use shared::cost::{CostMeter, Discounts, INSTANCE_MINIMUM};
use shared::id::InstanceId;
use shared::rng::Rng;
use shared::scale::{Group, GroupConfig, LifecycleState, Output, ScalingPolicy};
use shared::time::{Span, Timestamp};
use std::collections::BTreeMap;

const USD_PER_HOUR: f64 = 0.096;

/// A day of random load; servers boot and drain within a minute or two, and some die.
#[test]
fn every_billed_second_belongs_to_an_instance() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let config = GroupConfig {
            min_size: 1,
            max_size: 12,
            policies: vec![ScalingPolicy::scale_out(), ScalingPolicy::scale_in()],
            ..GroupConfig::default()
        };
        let mut out = Vec::new();
        let mut group = Group::new(config, 3, Timestamp::ZERO, &mut out).unwrap();
        let mut meter = CostMeter::new(USD_PER_HOUR, Discounts::default());
        // Launches and ends by the outputs alone.
        let mut lives: BTreeMap<InstanceId, (Timestamp, Option<Timestamp>)> = BTreeMap::new();
        let mut now = Timestamp::ZERO;
        for _ in 0..1_440 {
            for output in std::mem::take(&mut out) {
                match output {
                    Output::Launch(id) => {
                        assert!(lives.insert(id, (now, None)).is_none());
                        meter.started(now, id, false);
                    }
                    Output::Terminate(id) => {
                        let (_, ended) = lives.get_mut(&id).unwrap();
                        meter.stopped(now, id);
                        assert_eq!(ended.replace(now), None, "{id} ended twice");
                    }
                    _ => {}
                }
            }
            let running: Vec<_> = group.instances().map(|i| (i.id, i.launched_at)).collect();
            let alive = lives.iter().filter(|(_, (_, ended))| ended.is_none());
            let alive: Vec<_> = alive.map(|(id, (launched, _))| (*id, *launched)).collect();
            assert_eq!(running, alive, "seed {seed}");
            let billed_s: f64 = lives
                .values()
                .map(|(launched, ended)| {
                    ended.unwrap_or(now).since(*launched).max(INSTANCE_MINIMUM).as_s_f64()
                })
                .sum();
            let usd = meter.usd(now);
            let expected = billed_s / 3_600.0 * USD_PER_HOUR;
            assert!((usd - expected).abs() < 1e-9, "seed {seed}: {usd} is not {expected}");

            group.observe_cpu(rng.unit() * 100.0, 1);
            now += Span::from_s(60);
            group.handle_timeout(now, &mut out);
            for instance in group.instances().copied().collect::<Vec<_>>() {
                match instance.state {
                    LifecycleState::Booting if rng.below(2) == 0 => {
                        group.booted(now, instance.id, &mut out);
                    }
                    LifecycleState::Draining => group.drained(now, instance.id, &mut out),
                    LifecycleState::InService if rng.below(500) == 0 => {
                        group.instance_stopped(now, instance.id, &mut out);
                    }
                    _ => {}
                }
            }
        }
    }
}
