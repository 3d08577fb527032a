//! The link as a QR code, for the camera of a phone.

use super::icons::Icon;
use crate::i18n::{Arg, Locale, format, text};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;
use yew::prelude::*;

/// White modules that readers need around the code (ISO/IEC 18004 asks for four).
const QUIET: i32 = 4;

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
    let close_button = use_node_ref();
    use_effect_with((), {
        let close_button = close_button.clone();
        move |()| {
            if let Some(button) = close_button.cast::<web_sys::HtmlElement>() {
                // Escape then does nothing; a press beside the sheet closes it.
                let _ = button.focus();
            }
        }
    });
    let close = props.on_close.reform(|_: MouseEvent| ());
    let onkeydown = {
        let on_close = props.on_close.clone();
        move |event: KeyboardEvent| {
            event.stop_propagation();
            if event.key() == "Escape" {
                on_close.emit(());
            }
        }
    };
    let inside = |event: MouseEvent| event.stop_propagation();
    let words = text(props.locale, "close");
    let chars = props.url.chars().count();
    let (picture, note) = match picture(&props.url) {
        Some((path, size)) => {
            let view_box = format!("0 0 {size} {size}");
            let picture = html! {
                <svg class="code-picture" viewBox={view_box} role="img"
                    aria-label={text(props.locale, "code-label")} shape-rendering="crispEdges">
                    <rect width="100%" height="100%" fill="#ffffff"/>
                    <path d={path} fill="#000000"/>
                </svg>
            };
            (picture, "code-note")
        }
        None => (html! { <span/> }, "code-too-long"),
    };
    html! {
        <div class="scrim" onclick={close.clone()}>
            <div class="help-sheet code-sheet" role="dialog" aria-modal="true"
                aria-labelledby="code-title" onclick={inside} {onkeydown}>
                <header class="help-head">
                    <h2 id="code-title">{ text(props.locale, "action-show-code") }</h2>
                    <button ref={close_button} type="button" class="icon-button"
                        title={words.clone()} aria-label={words} onclick={close}>
                        { Icon::Close.view() }
                    </button>
                </header>
                { picture }
                <p class="help-note">{ format(props.locale, note, &[("chars", Arg::from(chars))]) }</p>
            </div>
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
