//! The messages of each language.

use super::{Arg, Locale, fluent};
use std::cell::OnceCell;
use std::collections::HashMap;

/// The sources of a language, for the tests.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const fn sources(locale: Locale) -> &'static [(&'static str, &'static str)] {
    match locale {
        Locale::En => &[
            ("en/common.ftl", include_str!("../../../www/locales/en/common.ftl")),
            ("en/designer.ftl", include_str!("../../../www/locales/en/designer.ftl")),
            ("en/editor.ftl", include_str!("../../../www/locales/en/editor.ftl")),
            ("en/faults.ftl", include_str!("../../../www/locales/en/faults.ftl")),
            ("en/fleet.ftl", include_str!("../../../www/locales/en/fleet.ftl")),
            ("en/model.ftl", include_str!("../../../www/locales/en/model.ftl")),
            ("en/help.ftl", include_str!("../../../www/locales/en/help.ftl")),
            ("en/lab.ftl", include_str!("../../../www/locales/en/lab.ftl")),
            ("en/live.ftl", include_str!("../../../www/locales/en/live.ftl")),
            ("en/run.ftl", include_str!("../../../www/locales/en/run.ftl")),
            ("en/watch.ftl", include_str!("../../../www/locales/en/watch.ftl")),
            ("en/requests.ftl", include_str!("../../../www/locales/en/requests.ftl")),
            ("en/terms.ftl", include_str!("../../../www/locales/en/terms.ftl")),
        ],
        Locale::Ko => &[
            ("ko/common.ftl", include_str!("../../../www/locales/ko/common.ftl")),
            ("ko/designer.ftl", include_str!("../../../www/locales/ko/designer.ftl")),
            ("ko/editor.ftl", include_str!("../../../www/locales/ko/editor.ftl")),
            ("ko/faults.ftl", include_str!("../../../www/locales/ko/faults.ftl")),
            ("ko/fleet.ftl", include_str!("../../../www/locales/ko/fleet.ftl")),
            ("ko/model.ftl", include_str!("../../../www/locales/ko/model.ftl")),
            ("ko/help.ftl", include_str!("../../../www/locales/ko/help.ftl")),
            ("ko/lab.ftl", include_str!("../../../www/locales/ko/lab.ftl")),
            ("ko/live.ftl", include_str!("../../../www/locales/ko/live.ftl")),
            ("ko/run.ftl", include_str!("../../../www/locales/ko/run.ftl")),
            ("ko/watch.ftl", include_str!("../../../www/locales/ko/watch.ftl")),
            ("ko/requests.ftl", include_str!("../../../www/locales/ko/requests.ftl")),
            ("ko/terms.ftl", include_str!("../../../www/locales/ko/terms.ftl")),
        ],
    }
}

/// The messages of a language by their keys.
type Messages = HashMap<&'static str, &'static str>;

thread_local! {
    static EN: OnceCell<Messages> = const { OnceCell::new() };
    static KO: OnceCell<Messages> = const { OnceCell::new() };
}

fn with_messages<T>(locale: Locale, read: impl FnOnce(&OnceCell<Messages>) -> T) -> T {
    let messages = match locale {
        Locale::En => &EN,
        Locale::Ko => &KO,
    };
    messages.with(|messages| {
        #[cfg(not(target_arch = "wasm32"))]
        messages.get_or_init(|| {
            let mut found = HashMap::new();
            sources(locale).iter().for_each(|(_, source)| fluent::index(source, &mut found));
            found
        });
        read(messages)
    })
}

/// Whether the words of a language are here.
pub fn is_known(locale: Locale) -> bool {
    with_messages(locale, |messages| messages.get().is_some())
}

/// Takes the words of a language, the text of all its files, for as long as the page is open.
pub fn learn(locale: Locale, source: String) {
    let mut found = HashMap::new();
    fluent::index(source.leak(), &mut found);
    // Those that are here already are the same.
    let _ = with_messages(locale, |messages| messages.set(found));
}

/// The message `key`; `⟨key⟩` if there is none.
pub fn text(locale: Locale, key: &str) -> String {
    format(locale, key, &[])
}

/// The message `key` with `args` in its placeholders; `⟨key⟩` if there is none.
pub fn format(locale: Locale, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    match with_messages(locale, |messages| messages.get()?.get(key).copied()) {
        Some(pattern) => fluent::write(locale, pattern, args),
        None => format!("⟨{key}⟩"),
    }
}
