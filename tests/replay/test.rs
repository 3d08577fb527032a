//! Same design, same seed, same result: natively and in wasm.
//!
//! Builds the core for wasm, runs it under Node and in a web worker of Chromium without any glue, and
//! compares digests with the native run. `lib.rs` beside this file is the wasm side.
//!
//! Chromium is that of `CHROMIUM`, which `cargo xtask test replay` sets; without it that part is left out.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "in a test a panic is the report")]

use shared::balance::PolicyConfig;
use shared::design::{self, ColdStart, Design, Discipline, Settings, presets};
use shared::dist::Law;
use shared::rng::Rng;
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tests::random_design;

/// Simulated seconds per design.
const DURATION_S: u32 = 700;
/// Random designs with faults, by seed from 1.
const RANDOM: u64 = 200;
/// Their length, seconds.
const RANDOM_S: u32 = 30;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// The core as wasm, built now if it is not up to date.
fn wasm() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "replay"])
        .args(["--target", "wasm32-unknown-unknown"])
        .current_dir(root())
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the core does not build for wasm");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    target.join("wasm32-unknown-unknown/release/replay.wasm")
}

/// Every preset, some of them with other laws and policies, so that every float function of the core
/// is on the way, and random designs in which things break.
fn designs() -> Vec<Design> {
    let mut designs: Vec<Design> = presets::all().into_iter().map(|(_, design)| design).collect();
    let mut rng = Rng::new(20_261_122);
    for i in 0..24 {
        let mean_ms = 1.0 + 20.0 * rng.unit();
        let laws = [
            Law::Exponential { mean_ms },
            Law::Lognormal { mean_ms, cv: 2.0 * rng.unit() },
            Law::Uniform { min_ms: mean_ms / 3.0, max_ms: mean_ms },
            Law::Constant { mean_ms },
            Law::Gamma { mean_ms, cv: 2.0 * rng.unit() },
            Law::Pareto { min_ms: mean_ms / 4.0, max_ms: 40.0 * mean_ms, alpha: 1.5 },
        ];
        let mut design = if i % 2 == 0 { presets::seven_steps() } else { presets::with_database() };
        design.run.seed = rng.next_u64();
        for node in design.nodes.values_mut() {
            match &mut Arc::make_mut(node).settings {
                Settings::Group(group) => {
                    group.service = laws[rng.index(6)].clone();
                    group.discipline = Discipline::ALL[rng.index(2)];
                    group.cold_start = Some(ColdStart::default());
                }
                Settings::Dependency(server) => server.service = laws[rng.index(6)].clone(),
                Settings::Balancer(balancer) => {
                    balancer.policy = PolicyConfig::ALL[rng.index(3)].clone();
                }
                Settings::Source(source) => {
                    (source.timeout_ms, source.retries) = (200.0, rng.below(4) as u32);
                    source.bursts.burst_factor = 1.0 + rng.unit();
                }
            }
        }
        designs.push(design);
    }
    designs.extend((1..=RANDOM).map(random));
    designs
}

fn random(seed: u64) -> Design {
    let mut rng = Rng::new(seed);
    let mut design = random_design::design(&mut rng);
    design.run.faults = random_design::faults(&mut rng, &design);
    design.run.duration_s = RANDOM_S;
    design
}

fn native_digest(design: &Design) -> String {
    let mut sim = Simulation::new(design).unwrap();
    sim.run_until(Timestamp::from_s(u64::from(DURATION_S)), StepBudget::UNLIMITED);
    sim.result().digest
}

/// Digests of the wasm build, from a script that prints one a line.
fn digests_of(script: &str, links: &[String]) -> Vec<String> {
    let output = Command::new("node")
        .arg(root().join(script))
        .arg(wasm())
        .arg(DURATION_S.to_string())
        .args(links)
        .output()
        .expect("node runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn wasm_and_native_agree() {
    let designs = designs();
    let links: Vec<String> = designs.iter().map(design::encode).collect();
    let native: Vec<String> = designs.iter().map(native_digest).collect();
    let mut scripts = vec!["tests/replay/run.mjs"];
    if std::env::var_os("CHROMIUM").is_some() {
        scripts.push("tests/replay/chromium.mjs");
    } else {
        eprintln!("CHROMIUM is not set: only Node is compared");
    }
    for script in scripts {
        let from_wasm = digests_of(script, &links);
        assert_eq!(from_wasm.len(), designs.len(), "{script}");
        for ((native, link), wasm) in native.iter().zip(&links).zip(from_wasm) {
            assert_eq!(*native, wasm, "{script}; replay with: gomujul simulate '{link}'");
        }
    }
}

/// The canary: another seed must give another digest, or the comparison compares nothing.
#[test]
fn another_seed_is_another_digest() {
    let mut design = presets::seven_steps();
    let one = native_digest(&design);
    assert_eq!(one, native_digest(&design));
    design.run.seed += 1;
    assert_ne!(one, native_digest(&design));
}
