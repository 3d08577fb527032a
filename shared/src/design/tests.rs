//! The document: round trips, hostile links, edits and their inverses.

use super::*;
use crate::rng::Rng;
use proptest::prelude::*;

/// A plausible design of `n` nodes: chains of source, balancer, group and database with two values
/// changed in each node.
fn large(n: usize) -> Design {
    let mut design = Design { name: "Large".to_owned(), ..Design::default() };
    let mut rng = Rng::new(9);
    let mut previous = None;
    for i in 0..n {
        let kind = NodeKind::ALL[i % 4];
        let mut settings = kind.settings();
        match &mut settings {
            Settings::Source(source) => {
                source.traffic = Traffic::Constant { rate_per_s: rng.below(500) as f64 };
            }
            Settings::Balancer(balancer) => {
                balancer.deregistration_delay_s = rng.below(300) as u32;
                balancer.health_check.interval_s = 5 + rng.below(60) as u32;
            }
            Settings::Group(group) => {
                group.max_size = 4 + rng.below(30) as u32;
                group.cores = 1 + rng.below(8) as u32;
            }
            Settings::Dependency(dependency) => {
                dependency.workers = 1 + rng.below(64) as u32;
                dependency.queue_max = rng.below(5_000) as u32;
            }
        }
        let (x, y) = ((i % 4) as i32 * 320, (i / 4) as i32 * 160);
        let id = design.add_node(&format!("{kind} {}", i / 4 + 1), x, y, settings);
        if let Some(previous) = previous.filter(|_| i % 4 > 0) {
            design.add_link(previous, id);
        }
        previous = Some(id);
    }
    design
}

/// The lengths that people can post: 2,000 characters is a chat program's message.
#[test]
fn links_stay_short() {
    for (nodes, chars_max) in [(24, 900), (65, 2_000)] {
        let chars = encode(&large(nodes)).len();
        assert!(chars < chars_max, "{nodes} nodes take {chars} characters");
    }
}
