//! Whatever comes as a link or a file: a design or an error, never a panic, and never more memory than
//! the decoders promise.
//!
//! As many cases as fit into a few seconds, on all cores; `GOMUJUL_FUZZ_S=60` gives them a minute,
//! `GOMUJUL_FUZZ_CASES=10000000` does so many however long it takes, and `GOMUJUL_FUZZ_SEED=n`
//! replays the seed that a failure names. The allocator refuses to go beyond a bound, which ends the
//! test.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cap::Cap;
use shared::design::{DECODED_BYTES_MAX, decode, encode, from_json, presets, to_json, validate};
use shared::rng::Rng;
use std::alloc::System;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tests::damage;

/// An inflated document, its JSON values and the design that is made of them.
const MEMORY_MAX: usize = 64 * DECODED_BYTES_MAX;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, MEMORY_MAX);

/// What a link's payload says, uncompressed.
fn inflated(link: &str) -> Vec<u8> {
    let payload = link.strip_prefix("v1.").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let json = payload.and_then(|it| miniz_oxide::inflate::decompress_to_vec(&it).ok());
    json.unwrap_or_default()
}

/// One case. What decodes must survive a round trip and a look for issues.
fn case(seed: u64, sources: &[(String, String)]) {
    let mut rng = Rng::new(seed);
    let (file, link) = &sources[rng.below(sources.len() as u64) as usize];
    let damages = 1 + rng.below(4);
    let decoded = match rng.below(3) {
        0 => {
            let mut bytes = file.clone().into_bytes();
            (0..damages).for_each(|_| damage::bytes(&mut bytes, &mut rng));
            from_json(&String::from_utf8_lossy(&bytes)).ok()
        }
        1 => {
            let mut bytes = link.clone().into_bytes();
            (0..damages).for_each(|_| damage::bytes(&mut bytes, &mut rng));
            decode(&String::from_utf8_lossy(&bytes)).ok()
        }
        // The payload behind the compression, where the damage still has a meaning.
        _ => {
            let mut bytes = inflated(link);
            (0..damages).for_each(|_| damage::bytes(&mut bytes, &mut rng));
            let deflated = miniz_oxide::deflate::compress_to_vec(&bytes, 1);
            decode(&format!("v1.{}", URL_SAFE_NO_PAD.encode(deflated))).ok()
        }
    };
    if let Some(design) = decoded {
        let _ = validate(&design);
        assert_eq!(from_json(&to_json(&design)).as_ref(), Ok(&design), "seed {seed}");
        assert_eq!(decode(&encode(&design)).as_ref(), Ok(&design), "seed {seed}");
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn any_damage_decodes_or_says_why() {
    let sources: Vec<_> =
        presets::all().iter().map(|(_, design)| (to_json(design), encode(design))).collect();
    assert!(sources.iter().all(|(_, link)| !inflated(link).is_empty()));
    if let Some(seed) = number("GOMUJUL_FUZZ_SEED") {
        return case(seed, &sources);
    }
    let (time, most) = match number("GOMUJUL_FUZZ_CASES") {
        Some(cases) => (Duration::MAX, cases),
        None => (Duration::from_secs(number("GOMUJUL_FUZZ_S").unwrap_or(5)), u64::MAX),
    };
    let start = Instant::now();
    let cases = all_cores(|seed| seed < most && start.elapsed() < time, &sources);
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{cases} cases in {seconds:.0} s, {:.0} a second", cases as f64 / seconds);
    assert!(cases == most || cases > 1_000, "only {cases} cases");
}

/// Runs the cases 0, 1, 2, … on all cores while `goes_on`, and returns how many those were.
fn all_cores(goes_on: impl Fn(u64) -> bool + Sync, sources: &[(String, String)]) -> u64 {
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let broken = Mutex::new(Vec::new());
    let worker = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if !goes_on(seed) || !broken.lock().unwrap().is_empty() {
            return;
        }
        // A panic names no seed by itself.
        if std::panic::catch_unwind(|| case(seed, sources)).is_err() {
            return broken.lock().unwrap().push(seed);
        }
        done.fetch_add(1, Ordering::Relaxed);
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(worker))));
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "GOMUJUL_FUZZ_SEED={} replays this", broken[0]);
    done.into_inner()
}

/// What inflates to far more than any design is refused before it takes the memory.
#[test]
fn a_bomb_does_not_go_off() {
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b'['; 64 << 20], 9);
    let link = format!("v1.{}", URL_SAFE_NO_PAD.encode(bomb));
    let before = MEMORY.allocated();
    assert!(decode(&link).is_err());
    assert!(MEMORY.allocated() <= before + DECODED_BYTES_MAX, "the memory is given back");
    let deep = format!("{{\"format\":\"gomujul\",\"version\":1,\"nodes\":{}", "[".repeat(200_000));
    assert!(from_json(&deep).is_err());
}
