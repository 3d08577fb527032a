//! Words of the page in English and Korean.
//!
//! Messages live in `www/locales/<language>/*.ftl` (Project Fluent). The page fetches those of its
//! language before it begins ([`learn`]), so that a page that is half loaded cannot lack its words;
//! native tests have them compiled in. [`text`] gives a message, [`format()`] one with values
//! put in. Tests prove that both languages have the same messages with the same placeholders and
//! that every key written in the source exists, so a missing key can only be seen in development;
//! it then shows as itself between brackets.

mod arg;
mod bundle;
mod context;
mod keys;
pub mod units;

pub use arg::Arg;
pub use bundle::{format, is_known, learn, text};
pub use context::{LocaleContext, use_locale};

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Locale {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::En, Self::Ko];

    /// The BCP 47 tag, as in the `lang` attribute of the page.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// The language's own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ko => "한국어",
        }
    }

    /// The language for a tag as browsers send it, such as `ko-KR`; English if it is another.
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some(primary) if primary.eq_ignore_ascii_case("ko") => Self::Ko,
            _ => Self::En,
        }
    }

    /// The other language, for a switch between two.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Ko,
            Self::Ko => Self::En,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_browsers_are_understood() {
        for (tag, locale) in [
            ("ko-KR", Locale::Ko),
            ("KO", Locale::Ko),
            ("en-GB", Locale::En),
            ("kok-IN", Locale::En),
            ("", Locale::En),
        ] {
            assert_eq!(Locale::from_tag(tag), locale, "{tag:?}");
        }
    }
}
