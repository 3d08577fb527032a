//! Whatever comes as a link or a file: a design or an error, never a panic, and never more memory than
//! the decoders promise.
//!
//! As many cases as fit into a few seconds; `GOMUJUL_FUZZ_S=60` gives them a minute and
//! `GOMUJUL_FUZZ_SEED=n` replays the seed that a failure names. The allocator refuses to go beyond a
//! bound, which ends the test.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cap::Cap;
use shared::design::{DECODED_BYTES_MAX, decode, encode, from_json, presets, to_json, validate};
use shared::rng::Rng;
use std::alloc::System;
use std::time::{Duration, Instant};

/// An inflated document, its JSON values and the design that is made of them.
const MEMORY_MAX: usize = 64 * DECODED_BYTES_MAX;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, MEMORY_MAX);

/// One damage: a byte changed, taken out, put in, or a stretch repeated or cut.
fn damage(bytes: &mut Vec<u8>, rng: &mut Rng) {
    const WORDS: [&[u8]; 8] =
        [b"null", b"-1", b"1e999", b"[[[[[[[[", b"{\"type\":", b"4294967295", b"\"\"", b"]]"];
    if bytes.is_empty() {
        return;
    }
    let at = rng.below(bytes.len() as u64) as usize;
    match rng.below(6) {
        0 => bytes[at] = rng.below(256) as u8,
        1 => bytes[at] ^= 1 << rng.below(8),
        2 => {
            bytes.remove(at);
        }
        3 => {
            let word = WORDS[rng.below(WORDS.len() as u64) as usize];
            bytes.splice(at..at, word.iter().copied());
        }
        4 => {
            let end = (at + 1 + rng.below(40) as usize).min(bytes.len());
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        _ => bytes.truncate(at),
    }
}

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
            (0..damages).for_each(|_| damage(&mut bytes, &mut rng));
            from_json(&String::from_utf8_lossy(&bytes)).ok()
        }
        1 => {
            let mut bytes = link.clone().into_bytes();
            (0..damages).for_each(|_| damage(&mut bytes, &mut rng));
            decode(&String::from_utf8_lossy(&bytes)).ok()
        }
        // The payload behind the compression, where the damage still has a meaning.
        _ => {
            let mut bytes = inflated(link);
            (0..damages).for_each(|_| damage(&mut bytes, &mut rng));
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
    let time = Duration::from_secs(number("GOMUJUL_FUZZ_S").unwrap_or(5));
    let start = Instant::now();
    let mut cases = 0;
    while start.elapsed() < time {
        // A panic names no seed by itself.
        let found = std::panic::catch_unwind(|| case(cases, &sources));
        assert!(found.is_ok(), "GOMUJUL_FUZZ_SEED={cases} replays this");
        cases += 1;
    }
    eprintln!("{cases} cases in {} s", time.as_secs());
    assert!(cases > 1_000, "only {cases} cases");
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
