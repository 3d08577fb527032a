//! The link as a QR code, for the camera of a phone.

use super::sheet::Sheet;
use crate::i18n::{self, Arg, Locale, text};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use yew::prelude::*;

/// White modules that readers need around the code (ISO/IEC 18004 asks for four).
const QUIET: i32 = 4;
/// About how wide the picture is, pixels.
const WIDTH: i32 = 240;

/// The dialog.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct CodeProps {
    /// The link.
    pub(crate) url: String,
    /// The page's language.
    pub(crate) locale: Locale,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The dialog.
#[component]
pub(crate) fn Code(props: &CodeProps) -> Html {
    let locale = props.locale;
    html! {
        <Sheet id="code" title={text(locale, "action-show-code")} {locale}
            on_close={props.on_close.clone()}>
            { code_picture(&props.url, locale) }
        </Sheet>
    }
}

/// The code, and what it is; words only if the link is too long for any.
pub(crate) fn code_picture(url: &str, locale: Locale) -> Html {
    let chars = url.chars().count();
    let (picture, note) = match picture(url) {
        Some((path, size)) => {
            let view_box = format!("0 0 {size} {size}");
            // Modules of whole pixels: others would be of uneven width.
            let width = size * (WIDTH / size).max(2);
            let picture = html! {
                <svg class="code-picture" viewBox={view_box} role="img" width={width.to_string()}
                    aria-label={text(locale, "code-label")} shape-rendering="crispEdges">
                    <rect width="100%" height="100%" fill="#ffffff"/>
                    <path d={path} fill="#000000"/>
                </svg>
            };
            (picture, "code-note")
        }
        None => (html! { <span/> }, "code-too-long"),
    };
    html! {
        <div class="code">
            { picture }
            <p class="help-note">{ i18n::format(locale, note, &[("chars", Arg::from(chars))]) }</p>
        </div>
    }
}

/// The dark modules as one path, and the width of the whole; `None` if the text is too long for any
/// code (2,953 bytes).
fn picture(text: &str) -> Option<(String, i32)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some((path, code.size() + 2 * QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_codes_until_they_are_too_long() {
        let (path, size) = picture("https://example.com/#v1.abc").unwrap();
        assert!(size >= 21 + 2 * QUIET && path.starts_with("M4 4h1"), "{size}");
        assert!(picture(&"x".repeat(2_953)).is_some());
        assert!(picture(&"x".repeat(2_954)).is_none());
    }
}
