//! The messages of each language.

use super::{Arg, Locale};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use std::cell::OnceCell;
use unic_langid::{LanguageIdentifier, langid};

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

type Bundle = FluentBundle<FluentResource>;

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
        bundle.get_or_init(|| {
            build(locale, sources(locale).iter().map(|&(_, source)| source.to_owned()))
        });
        read(bundle)
    })
}

/// Whether the words of a language are here.
pub fn is_known(locale: Locale) -> bool {
    with_bundle(locale, |bundle| bundle.get().is_some())
}

/// Takes the words of a language, the text of all its files, for as long as the page is open.
pub fn learn(locale: Locale, source: String) {
    // Those that are here already are the same.
    with_bundle(locale, |bundle| {
        bundle.get_or_init(|| build(locale, [source]));
    });
}

/// The message `key`; `⟨key⟩` if there is none.
pub fn text(locale: Locale, key: &str) -> String {
    with_args(locale, key, None)
}

/// The message `key` with `args` in its placeholders; `⟨key⟩` if there is none.
pub fn format(locale: Locale, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    with_args(locale, key, Some(&args))
}

fn with_args(locale: Locale, key: &str, args: Option<&FluentArgs<'_>>) -> String {
    let found = with_bundle(locale, |bundle| {
        let bundle = bundle.get()?;
        let pattern = bundle.get_message(key)?.value()?;
        // Errors here are placeholders without a value; Fluent then writes the placeholder's name.
        Some(bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
    });
    found.unwrap_or_else(|| format!("⟨{key}⟩"))
}

fn build(locale: Locale, sources: impl IntoIterator<Item = String>) -> Bundle {
    let language: LanguageIdentifier = match locale {
        Locale::En => langid!("en"),
        Locale::Ko => langid!("ko"),
    };
    let mut bundle = FluentBundle::new(vec![language]);
    // Both languages run from left to right, and the isolation marks would end up in links,
    // downloads and accessible names.
    bundle.set_use_isolating(false);
    for source in sources {
        // A file with a mistake still yields its good messages; a test refuses the mistake.
        let resource = FluentResource::try_new(source).unwrap_or_else(|(it, _)| it);
        bundle.add_resource_overriding(resource);
    }
    bundle
}
