//! The language as a Yew context: the root component provides it, any component reads it.

use super::Locale;
use yew::prelude::*;

/// What the root wraps its children in: `<LocaleContext context={locale}>`.
pub type LocaleContext = ContextProvider<Locale>;

/// The page's language; English outside of a [`LocaleContext`].
#[hook]
pub fn use_locale() -> Locale {
    use_context::<Locale>().unwrap_or_default()
}
