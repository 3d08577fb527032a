//! The contract of the three drivers: one scripted timeline gives the same picks through the bare
//! core, the simulation's balancer node and the Worker's isolate.
//!
//! The script has requests with clients, answers and failures, second tries, rounds of health
//! checks, drains, returns, and time that passes. What a backend answers depends on the script,
//! the backend and the request only; so two drivers that choose alike see alike, and the first
//! difference is the driver's own. The drivers differ in what real ones differ in: the bare core
//! and the node are called when they ask to be, the Worker wakes for requests only and hears of
//! checks through a health document.

#![expect(clippy::expect_used, reason = "in a test a panic is the report")]

mod drivers;
mod script;

use drivers::{Bare, Isolate, Node, Outputs};
use script::{BACKENDS, Scene, play};
use shared::balance::request::affinity::AffinityConfig;
use shared::balance::request::config::RequestConfig;
use shared::balance::{EligibilityConfig, Localities, OutlierConfig, PolicyConfig, SlowStart};

/// Everything on: levels, weights, slow start, outlier detection, panic.
fn guarded() -> Scene {
    let outlier_detection = OutlierConfig {
        consecutive_5xx: 3,
        interval_s: 2.0,
        base_ejection_time_s: 3.0,
        max_ejection_percent: 40,
        ..OutlierConfig::default()
    };
    let slow_start = SlowStart::Envoy { window_s: 8.0, aggression: 1.0, min_weight_percent: 10.0 };
    Scene {
        eligibility: EligibilityConfig {
            panic_threshold_percent: 50.0,
            slow_start: Some(slow_start),
            outlier_detection: Some(outlier_detection),
            ..EligibilityConfig::default()
        },
        requests: RequestConfig::default(),
        weights: [5, 3, 1, 1, 2, 4],
        priorities: [0, 0, 0, 0, 1, 1],
        resets: true,
        drains: true,
    }
}

/// Two zones of unequal weight.
fn zoned() -> Scene {
    let localities = Localities::Weighted { weights: vec![3, 1] };
    let eligibility = EligibilityConfig { localities, ..EligibilityConfig::default() };
    Scene { eligibility, ..Scene::default() }
}

/// What each driver picks, in order; `None` where nobody could serve.
fn picks(scene: &Scene, policy: &PolicyConfig) -> [Vec<Option<u32>>; 3] {
    let bare = play(scene, &mut Bare::new(scene, policy));
    let node = play(scene, &mut Node::new(scene, policy));
    let isolate = play(scene, &mut Isolate::new(scene, policy));
    [bare, node, isolate]
}

fn check(name: &str, scene: &Scene) {
    for policy in PolicyConfig::ALL {
        let [bare, node, isolate] = picks(scene, &policy);
        assert!(bare.len() > 3_000, "{} requests", bare.len());
        for id in 0..BACKENDS {
            assert!(bare.contains(&Some(id)), "{name}, {}: b{id} never serves", policy.name());
        }
        for (driver, picks) in [("the simulation", node), ("the Worker", isolate)] {
            let pairs = bare.iter().zip(&picks).enumerate();
            let first = pairs.map(|(at, (bare, other))| (at, bare, other)).find(|it| it.1 != it.2);
            assert_eq!(
                first,
                None,
                "{name}, {}: place of a request, its pick by the bare core, and by {driver}",
                policy.name()
            );
            assert_eq!(bare.len(), picks.len(), "{name}, {}: {driver}", policy.name());
        }
    }
}

#[test]
fn picks_agree_with_plain_settings() {
    check("plain", &Scene::default());
}

#[test]
fn picks_agree_with_weights_levels_slow_start_and_outlier_detection() {
    check("guarded", &guarded());
}

#[test]
fn picks_agree_with_zones() {
    check("zoned", &zoned());
}

/// Sessions by every vendor's rule, short enough that some end within the script. Nearly all of its
/// 40 clients come back to where they were, which the policy alone would not bring about.
#[test]
fn picks_agree_with_sessions() {
    for affinity in [
        AffinityConfig::DurationCookie { duration_s: 2.0 },
        AffinityConfig::Cookie { ttl_s: 1_800.0 },
        AffinityConfig::Header { ttl_s: 30.0 },
        AffinityConfig::ClientIp { ttl_s: 1.0 },
    ] {
        let requests = RequestConfig { affinity: Some(affinity), ..RequestConfig::default() };
        // To the simulation a drained backend leaves; the Worker's operator may give it back any
        // time, so those who keep their sessions meanwhile differ by design.
        let drains = matches!(affinity, AffinityConfig::DurationCookie { .. });
        let scene = Scene { requests, drains, ..guarded() };
        for policy in PolicyConfig::ALL {
            let bare = play(&scene, &mut Bare::new(&scene, &policy));
            let node = play(&scene, &mut Node::new(&scene, &policy));
            assert_eq!(bare, node, "{affinity:?}, {}", policy.name());
            let isolate = play(&scene, &mut Isolate::new(&scene, &policy));
            assert_eq!(bare, isolate, "{affinity:?}, {}", policy.name());
        }
        let turns = PolicyConfig::RoundRobin;
        let plain = Scene { drains, ..guarded() };
        let without = play(&plain, &mut Bare::new(&plain, &turns));
        assert_ne!(without, play(&scene, &mut Bare::new(&scene, &turns)), "{affinity:?}");
    }
}

/// The script is no idyll: all that it is there for happens.
#[test]
fn the_script_makes_everything_happen() {
    let scene = guarded();
    let mut bare = Bare::new(&scene, &PolicyConfig::RoundRobin);
    play(&scene, &mut bare);
    let Outputs { unhealthy, healthy, ejected, returned, drained } = bare.seen();
    for (what, count) in [
        ("found unhealthy", unhealthy),
        ("found healthy again", healthy),
        ("ejected", ejected),
        ("returned from ejection", returned),
        ("drained", drained),
    ] {
        assert!(count > 0, "nobody was {what}");
    }
}

/// The comparison can fail: one weight told otherwise shows.
#[test]
fn a_driver_that_is_told_otherwise_is_found_out() {
    let scene = guarded();
    let other = Scene { weights: [5, 3, 1, 1, 2, 5], ..guarded() };
    let policy = PolicyConfig::SmoothWeightedRoundRobin;
    let told = play(&scene, &mut Bare::new(&scene, &policy));
    assert_ne!(told, play(&scene, &mut Isolate::new(&other, &policy)));
    assert_ne!(told, play(&scene, &mut Node::new(&other, &policy)));
}
