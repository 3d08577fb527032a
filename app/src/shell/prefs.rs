//! What a person prefers: language and theme. Kept by the browser; the system's choice before.

use super::storage::{self, Slot};
use super::{document, window};
use crate::i18n::Locale;

/// The look of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the button that goes through them.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The theme's name in storage and in the style sheets.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The next one.
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// The language kept, else the browser's.
pub(crate) fn locale() -> Locale {
    let browser = || window().and_then(|window| window.navigator().language());
    let tag = storage::load(Slot::Locale).or_else(browser);
    Locale::from_tag(&tag.unwrap_or_default())
}

/// The theme kept, else the system's.
pub(crate) fn theme() -> Theme {
    let name = storage::load(Slot::Theme).unwrap_or_default();
    Theme::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
}

/// Tells the document its language and keeps it.
pub(crate) fn set_locale(locale: Locale) {
    set_root_attribute("lang", locale.tag());
    // A preference that is not kept is chosen again; nothing is lost.
    let _ = storage::save(Slot::Locale, locale.tag());
}

/// Tells the style sheets the theme and keeps it.
pub(crate) fn set_theme(theme: Theme) {
    set_root_attribute("data-theme", theme.name());
    let _ = storage::save(Slot::Theme, theme.name());
}

fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Fails for names that are no attribute names only.
        let _ = root.set_attribute(name, value);
    }
}
