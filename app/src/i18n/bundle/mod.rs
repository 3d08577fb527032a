//! The messages of each language.
//!
//! Project Fluent has an implementation for JavaScript and one for Rust. The page uses the first:
//! the browser knows the plural rules already, and the other one would bring them along. Native
//! tests use the second, and `tests/browser/words.test.mjs` holds the two against each other.

#[cfg_attr(target_arch = "wasm32", path = "page.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "native.rs")]
mod fluent;

use super::{Arg, Locale};
use fluent::Bundle;
#[cfg(test)]
pub(super) use fluent::sources;
use std::cell::OnceCell;

thread_local! {
    static EN: OnceCell<Bundle> = const { OnceCell::new() };
    static KO: OnceCell<Bundle> = const { OnceCell::new() };
}

fn with_bundle<T>(locale: Locale, read: impl FnOnce(&OnceCell<Bundle>) -> T) -> T {
    let bundle = match locale {
        Locale::En => &EN,
        Locale::Ko => &KO,
    };
    bundle.with(|bundle| {
        #[cfg(not(target_arch = "wasm32"))]
        bundle.get_or_init(|| Bundle::compiled_in(locale));
        read(bundle)
    })
}

/// Whether the words of a language are here.
pub fn is_known(locale: Locale) -> bool {
    with_bundle(locale, |bundle| bundle.get().is_some())
}

/// Takes the words of a language, the text of all its files, for as long as the page is open.
pub fn learn(locale: Locale, source: &str) {
    // Those that are here already are the same.
    with_bundle(locale, |bundle| {
        bundle.get_or_init(|| Bundle::new(locale, source));
    });
}

/// The message `key`; `⟨key⟩` if there is none.
pub fn text(locale: Locale, key: &str) -> String {
    format(locale, key, &[])
}

/// The message `key` with `args` in its placeholders; `⟨key⟩` if there is none. A placeholder
/// without a value shows its name.
pub fn format(locale: Locale, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    let found = with_bundle(locale, |bundle| bundle.get()?.format(key, args));
    found.unwrap_or_else(|| format!("⟨{key}⟩"))
}
