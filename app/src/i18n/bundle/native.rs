//! Fluent for native tests, with the words compiled in.

use crate::i18n::{Arg, Locale};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

/// The sources of a language, for the tests.
pub(in crate::i18n) const fn sources(locale: Locale) -> &'static [(&'static str, &'static str)] {
    match locale {
        Locale::En => &[
            ("en/common.ftl", include_str!("../../../../www/locales/en/common.ftl")),
            ("en/designer.ftl", include_str!("../../../../www/locales/en/designer.ftl")),
            ("en/editor.ftl", include_str!("../../../../www/locales/en/editor.ftl")),
            ("en/faults.ftl", include_str!("../../../../www/locales/en/faults.ftl")),
            ("en/fleet.ftl", include_str!("../../../../www/locales/en/fleet.ftl")),
            ("en/model.ftl", include_str!("../../../../www/locales/en/model.ftl")),
            ("en/help.ftl", include_str!("../../../../www/locales/en/help.ftl")),
            ("en/lab.ftl", include_str!("../../../../www/locales/en/lab.ftl")),
            ("en/live.ftl", include_str!("../../../../www/locales/en/live.ftl")),
            ("en/run.ftl", include_str!("../../../../www/locales/en/run.ftl")),
            ("en/watch.ftl", include_str!("../../../../www/locales/en/watch.ftl")),
            ("en/requests.ftl", include_str!("../../../../www/locales/en/requests.ftl")),
            ("en/terms.ftl", include_str!("../../../../www/locales/en/terms.ftl")),
        ],
        Locale::Ko => &[
            ("ko/common.ftl", include_str!("../../../../www/locales/ko/common.ftl")),
            ("ko/designer.ftl", include_str!("../../../../www/locales/ko/designer.ftl")),
            ("ko/editor.ftl", include_str!("../../../../www/locales/ko/editor.ftl")),
            ("ko/faults.ftl", include_str!("../../../../www/locales/ko/faults.ftl")),
            ("ko/fleet.ftl", include_str!("../../../../www/locales/ko/fleet.ftl")),
            ("ko/model.ftl", include_str!("../../../../www/locales/ko/model.ftl")),
            ("ko/help.ftl", include_str!("../../../../www/locales/ko/help.ftl")),
            ("ko/lab.ftl", include_str!("../../../../www/locales/ko/lab.ftl")),
            ("ko/live.ftl", include_str!("../../../../www/locales/ko/live.ftl")),
            ("ko/run.ftl", include_str!("../../../../www/locales/ko/run.ftl")),
            ("ko/watch.ftl", include_str!("../../../../www/locales/ko/watch.ftl")),
            ("ko/requests.ftl", include_str!("../../../../www/locales/ko/requests.ftl")),
            ("ko/terms.ftl", include_str!("../../../../www/locales/ko/terms.ftl")),
        ],
    }
}

/// The messages of one language.
pub(super) struct Bundle(FluentBundle<FluentResource>);

impl Bundle {
    pub(super) fn compiled_in(locale: Locale) -> Self {
        let sources: Vec<&str> = sources(locale).iter().map(|(_, source)| *source).collect();
        Self::new(locale, &sources.join("\n"))
    }

    pub(super) fn new(locale: Locale, source: &str) -> Self {
        let language: LanguageIdentifier = match locale {
            Locale::En => langid!("en"),
            Locale::Ko => langid!("ko"),
        };
        let mut bundle = FluentBundle::new(vec![language]);
        // As in `page.rs`.
        bundle.set_use_isolating(false);
        // A file with a mistake still yields its good messages; a test refuses the mistake.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(it, _)| it);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// The message `key` with `args` in its placeholders, if there is such a message.
    pub(super) fn format(&self, key: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        let args: FluentArgs<'_> = (args.iter())
            .map(|(name, arg)| {
                let value = match arg {
                    Arg::Text(text) => FluentValue::from(text.as_ref()),
                    Arg::Number(number) => FluentValue::from(*number),
                };
                (*name, value)
            })
            .collect();
        // Errors here are placeholders without a value; Fluent then writes the placeholder's name.
        Some(self.0.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    }
}
