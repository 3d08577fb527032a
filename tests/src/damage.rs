//! Damaged input for tests of whatever is read from outside.

use serde_json::{Value, json};
use shared::rng::Rng;

/// One damage to a text: a byte changed, taken out, put in, or a stretch repeated or cut.
pub fn bytes(bytes: &mut Vec<u8>, rng: &mut Rng) {
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

/// One damage to a JSON document that leaves it JSON, so that it gets past the parser: a value
/// somewhere is replaced by another of its kind, by a hostile one, or taken out.
pub fn value(document: &mut Value, rng: &mut Rng) {
    let mut place = document;
    // Goes down until it meets a leaf or has gone far enough.
    loop {
        let inner = match place {
            Value::Array(list) => list.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        };
        if inner == 0 || rng.below(12) == 0 {
            break;
        }
        let nth = rng.below(inner as u64) as usize;
        if rng.below(20) == 0 {
            match place {
                Value::Array(list) if rng.below(2) == 0 => list.push(list[nth].clone()),
                Value::Array(list) => drop(list.remove(nth)),
                Value::Object(fields) => {
                    let name = fields.keys().nth(nth).cloned().unwrap_or_default();
                    fields.remove(&name);
                }
                _ => {}
            }
            return;
        }
        place = match place {
            Value::Array(list) => &mut list[nth],
            Value::Object(fields) => match fields.values_mut().nth(nth) {
                Some(value) => value,
                None => return,
            },
            _ => return,
        };
    }
    *place = other(place, rng);
}

fn other(value: &Value, rng: &mut Rng) -> Value {
    const NUMBERS: [f64; 12] =
        [0.0, -0.0, 1.0, -1.0, 2.0, 7.5, 40.0, 300.0, 65_536.0, 4_294_967_295.0, 1e18, -1e308];
    const TEXTS: [&str; 10] =
        ["", "a", "default", "x", "*.", "/", "http://x", "200-", "\u{0}\n", "\u{1f980}"];
    match (value, rng.below(4)) {
        (Value::Number(number), 0..3) => {
            let old = number.as_f64().unwrap_or_default();
            let new = match rng.below(4) {
                0 => old + 1.0,
                1 => old * 2.0,
                2 => return json!(rng.below(u64::MAX)),
                _ => NUMBERS[rng.below(NUMBERS.len() as u64) as usize],
            };
            if new.fract() == 0.0 && new.abs() < 1e15 { json!(new as i64) } else { json!(new) }
        }
        (Value::String(_), 0..3) => json!(TEXTS[rng.below(TEXTS.len() as u64) as usize]),
        (Value::Bool(flag), 0..3) => json!(!flag),
        (_, _) => match rng.below(6) {
            0 => Value::Null,
            1 => json!([]),
            2 => json!({}),
            3 => json!(-1),
            4 => json!(""),
            _ => json!([[[[]]]]),
        },
    }
}
