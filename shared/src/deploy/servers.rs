//! Which servers become origins, and what they are called.

use crate::origins::MAX_ORIGINS;

/// Longest beginning of an id: there is room for a number behind it.
const STEM_CHARS_MAX: usize = 48;

/// A name in the letters of an id, the rest as hyphens: `Web servers` is `web-servers`. A name
/// without any of them, such as one in Hangul, is `otherwise`.
pub(super) fn slug(name: &str, otherwise: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    slug.truncate(STEM_CHARS_MAX);
    if slug.is_empty() { otherwise.to_owned() } else { slug }
}

/// `stem`, or with the first number from 2 on that makes it unlike all `taken`.
pub(super) fn unique(stem: &str, taken: &[String]) -> String {
    if taken.iter().any(|id| id == stem) { numbered(stem, 2, taken) } else { stem.to_owned() }
}

/// `stem` with the first number from `first` on that makes it unlike all `taken`.
pub(super) fn numbered(stem: &str, first: usize, taken: &[String]) -> String {
    let mut ids = (first..).map(|n| format!("{stem}-{n}"));
    // One of so many numbers is free.
    ids.find(|id| !taken.contains(id)).unwrap_or_default()
}

/// How many more origins a document takes that has `taken`.
pub(super) fn room(taken: &[String]) -> u32 {
    u32::try_from(MAX_ORIGINS.saturating_sub(taken.len())).unwrap_or(0)
}
