//! What secrets are for: signed cookies and webhooks, the console's token, names made of content.
//! Pure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use shared::balance::request::affinity::Session;
use shared::id::BackendId;
use shared::time::Timestamp;
use std::fmt::Write as _;

/// Bytes of a signature in a cookie: half of the hash, as RFC 2104 allows.
const COOKIE_SIGNATURE: usize = 16;
/// Characters of a short link's name: 96 bits.
const NAME_BYTES: usize = 12;

/// A key for signatures.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// The key of a secret; `None` for a secret that is empty.
    pub fn new(secret: &str) -> Option<Self> {
        let key = Hmac::new_from_slice(secret.as_bytes()).ok()?;
        (!secret.is_empty()).then_some(Self(key))
    }

    fn sign(&self, text: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(text.as_bytes())
    }

    /// The value of a cookie that leads back to an origin of `pool`. It holds the origin's tag and
    /// not its name: clients are strangers.
    pub fn cookie(&self, pool: &str, tag: u32, since: Timestamp) -> String {
        let token = Session { backend: BackendId(tag), since }.token();
        let signature = self.sign(&signed(pool, &token)).finalize().into_bytes();
        let signature = signature.get(..COOKIE_SIGNATURE).unwrap_or_default();
        format!("{token}.{}", BASE64.encode(signature))
    }

    /// The origin's tag and the session's time in the value of a cookie that [`Self::cookie`] made
    /// for `pool`; `None` for any other.
    pub fn read_cookie(&self, pool: &str, value: &str) -> Option<(u32, Timestamp)> {
        let (token, signature) = value.split_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        if signature.len() != COOKIE_SIGNATURE {
            return None;
        }
        // Takes the same time whatever differs.
        self.sign(&signed(pool, token)).verify_truncated_left(&signature).ok()?;
        let session = Session::from_token(token)?;
        Some((session.backend.0, session.since))
    }

    /// The signature of a webhook's body, as `sha256=` and hexadecimal digits. The time is signed
    /// too, so that nobody can send an old one again.
    pub fn webhook(&self, at_ms: u64, body: &str) -> String {
        let signature = self.sign(&format!("{at_ms}.{body}")).finalize().into_bytes();
        format!("sha256={}", hex(&signature))
    }
}

fn signed(pool: &str, token: &str) -> String {
    format!("affinity\n{pool}\n{token}")
}

/// What stands for an origin in cookies: the beginning of its name's hash.
pub fn tag(id: &str) -> u32 {
    let hash = Sha256::digest(id.as_bytes());
    hash.first_chunk().map_or(0, |head| u32::from_be_bytes(*head))
}

/// The name of a stored text: the beginning of its hash, so that equal texts have one name.
pub fn name_of(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    BASE64.encode(hash.get(..NAME_BYTES).unwrap_or_default())
}

/// Whether the `Authorization` field brings the token. Compares hashes, in a time that depends on
/// neither text.
pub fn is_bearer(authorization: &str, token: &str) -> bool {
    let Some((scheme, brought)) = authorization.split_once(' ') else { return false };
    let (brought, token) = (Sha256::digest(brought.trim()), Sha256::digest(token));
    let differing = brought.iter().zip(&token).fold(0, |sum, (a, b)| sum | (a ^ b));
    scheme.eq_ignore_ascii_case("bearer") && std::hint::black_box(differing) == 0
}

/// The value of a cookie in a `Cookie` field.
pub fn cookie_named<'a>(field: &'a str, name: &str) -> Option<&'a str> {
    let pairs = field.split([';', ',']).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, value)| value.trim_matches('"')).next()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new("secret").unwrap()
    }

    #[test]
    fn a_cookie_is_read_back_by_its_key_and_pool_only() {
        let since = Timestamp::from_s(1_800_000_000);
        let value = key().cookie("default", tag("seoul"), since);
        assert!(!value.contains("seoul"), "{value}");
        assert_eq!(key().read_cookie("default", &value), Some((tag("seoul"), since)));
        assert_eq!(key().read_cookie("other", &value), None);
        assert_eq!(Key::new("other").unwrap().read_cookie("default", &value), None);
        assert!(Key::new("").is_none());
    }

    #[test]
    fn forged_cookies_are_nothing() {
        let value = key().cookie("default", tag("seoul"), Timestamp::from_s(1_800_000_000));
        for index in 0..value.len() {
            let mut forged = value.clone().into_bytes();
            let byte = forged.get_mut(index).unwrap();
            *byte = if *byte == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(key().read_cookie("default", &forged), None, "{forged}");
        }
        let (token, signature) = value.split_once('.').unwrap();
        let longer = format!("{token}.{signature}AAAA");
        let shorter = format!("{token}.{}", signature.get(..4).unwrap());
        for forged in [&longer, &shorter, token, "", ".", "a.b.c", "1-1.", "\u{0}.\u{0}"] {
            assert_eq!(key().read_cookie("default", forged), None, "{forged}");
        }
    }

    #[test]
    fn the_webhook_is_signed_as_anybody_would() {
        // HMAC-SHA-256 of "1.{}" with the key "secret", by Python's hmac.
        let expected = "sha256=1122767b193110cfec322b6f199b599edbf608ed087f2d27afb0b97d99523908";
        assert_eq!(key().webhook(1, "{}"), expected);
        assert_ne!(key().webhook(1, "{}"), key().webhook(2, "{}"));
    }

    #[test]
    fn only_the_token_opens() {
        for good in ["Bearer abc", "bearer  abc ", "BEARER abc"] {
            assert!(is_bearer(good, "abc"), "{good}");
        }
        for bad in ["", "abc", "Bearer", "Bearer ", "Bearer ab", "Bearer abcd", "Basic abc"] {
            assert!(!is_bearer(bad, "abc"), "{bad}");
        }
    }

    #[test]
    fn cookies_are_found_by_name() {
        let field = "a=1; _lb=x.y; b=2, _lb2=\"z\"";
        assert_eq!(cookie_named(field, "_lb"), Some("x.y"));
        assert_eq!(cookie_named(field, "_lb2"), Some("z"));
        assert_eq!(cookie_named(field, "lb"), None);
        assert_eq!(cookie_named("", "a"), None);
    }

    #[test]
    fn equal_texts_have_one_name() {
        assert_eq!(name_of("a"), name_of("a"));
        assert_ne!(name_of("a"), name_of("b"));
        assert_eq!(name_of("a").len(), 16);
    }
}
