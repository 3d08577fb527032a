//! Every drawing becomes a document that the Worker takes, once the addresses are written: the
//! presets, and random valid designs.
//!
//! `GOMUJUL_FUZZ_SEED=n` replays the seed that a failure names.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test a panic is the report")]

use serde_json::Value;
use shared::deploy::{self, NoteKind};
use shared::design::{Balancer, Design, NodeKind, Settings, Severity, presets, validate};
use shared::origins::{EdgeConfig, MAX_ORIGINS};
use shared::rng::Rng;
use tests::random_design;

/// The document with an address for every origin that has none.
fn filled(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(filled).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let url = (name == "url" && value == "").then(|| "https://x.example".into());
                (name.clone(), url.unwrap_or_else(|| filled(value)))
            };
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// The balancers that clients reach, in order.
fn front(design: &Design) -> Vec<&Balancer> {
    let is_source = |id| design.node(id).map(|node| node.settings.kind()) == Some(NodeKind::Source);
    let balancers = design.nodes.iter().filter_map(|(&id, node)| match &node.settings {
        Settings::Balancer(balancer) => Some((id, balancer)),
        _ => None,
    });
    let asked = |id| design.links_to(id).any(|(_, link)| is_source(link.from));
    balancers.filter(|(id, _)| asked(*id)).map(|(_, balancer)| balancer).collect()
}

fn check(name: &str, design: &Design) {
    let draft = deploy::from_design(design, None);
    assert_eq!(draft, deploy::from_design(design, None), "{name}: the same again");
    let document = filled(&draft.document);
    let config = EdgeConfig::from_json(&document.to_string())
        .unwrap_or_else(|error| panic!("{name}: {error}\n{document:#}"));
    assert!(config.all_origins().count() <= MAX_ORIGINS, "{name}");
    let told = |field: &str| {
        let changed = draft.notes.iter().filter(|note| note.kind == NoteKind::Changed);
        changed.into_iter().any(|note| note.value.starts_with(field))
    };
    let pools = config.by_pool();
    let written = std::iter::once(&config.policy)
        .chain(config.pools.iter().map(|pool| pool.policy.as_ref().expect("each has its own")));
    let balancers = front(design);
    assert!(balancers.iter().map(|it| &it.policy).eq(written.take(balancers.len())), "{name}");
    let first = config.origins.is_empty();
    for (balancer, (_, pool)) in balancers.iter().skip(usize::from(first)).zip(&pools) {
        assert_eq!(pool.eligibility, balancer.eligibility, "{name}");
        let (found, drawn) = (pool.health_check.thresholds(), &balancer.health_check);
        assert_eq!(found.healthy_threshold, drawn.healthy_threshold, "{name}");
        assert_eq!(found.unhealthy_threshold, drawn.unhealthy_threshold, "{name}");
        let same = found.interval_s == drawn.interval_s;
        assert!(same || told("health_check.interval_s"), "{name}: {found:?}");
        assert!(found.timeout_s == drawn.timeout_s || told("health_check.timeout_s"), "{name}");
    }
    // What runs, drawn again, keeps its addresses and changes nothing.
    let again = deploy::from_design(design, Some(&document));
    assert_eq!(again.document, document, "{name}");
    assert!(!again.notes.iter().any(|note| note.kind == NoteKind::Addresses), "{name}");
}

#[test]
fn every_preset_can_be_deployed() {
    for (name, design) in presets::all() {
        check(name, &design);
    }
}

#[test]
fn every_valid_design_can_be_deployed() {
    let seed = std::env::var("GOMUJUL_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok());
    let (mut valid, seeds) = (0, seed.map_or(0..2_000, |seed: u64| seed..seed + 1));
    for seed in seeds {
        let design = random_design::design(&mut Rng::new(seed));
        let is_valid = validate(&design).iter().all(|it| it.severity != Severity::Error);
        if is_valid {
            valid += 1;
            check(&format!("seed {seed}"), &design);
        }
    }
    assert!(valid > 0, "no design of these seeds is valid");
}
