//! The presets give the results that they always gave: one digest each, for this version of the
//! engine.
//!
//! A change that moves one of these changes what old links show. If it must, it raises
//! `ENGINE_VERSION`, and the new digests go here.

use shared::ENGINE_VERSION;
use shared::design::presets;
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;

const DIGESTS: [(&str, &str); 6] = [
    ("seven-steps", "009f43dfeab62198"),
    ("with-database", "ebe82d15ff1fc6e2"),
    ("single-server", "ea4252a5f1d04bb2"),
    ("ten-round-robin", "8721378969f49a8e"),
    ("ten-least-outstanding", "bce2ebe60c849124"),
    ("ten-two-choices", "7fc0ba34eefe303e"),
];

#[test]
fn old_designs_keep_their_results() {
    assert_eq!(ENGINE_VERSION, 2, "a new version has new digests: write them here");
    let presets = presets::all();
    for (name, digest) in DIGESTS {
        let (_, design) = presets.iter().find(|(it, _)| *it == name).unwrap();
        let mut sim = Simulation::new(design).unwrap();
        assert!(sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED).finished);
        assert_eq!(sim.result().digest, digest, "{name}");
    }
}
