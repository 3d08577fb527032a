//! From keys to actions.
//!
//! A key is matched by what it types (`event.key`), so that shortcuts follow Dvorak and AZERTY. Only
//! when it types something outside of ASCII, as under a Hangul or Cyrillic layout, the position on
//! a US keyboard (`event.code`) decides. Digits with Shift type signs that differ between layouts,
//! so there the position counts too. While an input method composes, keys belong to it.

use super::actions::{ACTIONS, ActionId};
use super::tool::Modifiers;

/// A key that went down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPress {
    /// What it types, or its name: `a`, `ㅁ`, `Delete`.
    pub key: String,
    /// Where it is on the keyboard: `KeyA`, `Digit1`.
    pub code: String,
    /// Keys held with it.
    pub modifiers: Modifiers,
    /// Whether an input method is composing.
    pub composing: bool,
}

/// Keys that make an action happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Ctrl or Cmd.
    pub command: bool,
    /// Shift. Signs that need Shift on some layouts (`?`, `+`) match with and without.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
    /// A lower-case letter, a digit, a sign, or a key's name.
    pub key: &'static str,
}

impl Shortcut {
    /// The key alone.
    pub const fn plain(key: &'static str) -> Self {
        Self { command: false, shift: false, alt: false, key }
    }

    /// With Ctrl or Cmd.
    pub const fn command(key: &'static str) -> Self {
        Self { command: true, ..Self::plain(key) }
    }

    /// With Shift.
    pub const fn shift(key: &'static str) -> Self {
        Self { shift: true, ..Self::plain(key) }
    }

    /// With Alt.
    pub const fn alt(key: &'static str) -> Self {
        Self { alt: true, ..Self::plain(key) }
    }

    /// With Alt and Shift.
    pub const fn alt_shift(key: &'static str) -> Self {
        Self { shift: true, ..Self::alt(key) }
    }

    /// With Ctrl or Cmd, and Shift.
    pub const fn command_shift(key: &'static str) -> Self {
        Self { shift: true, ..Self::command(key) }
    }

    /// Whether this is what was pressed.
    fn matches(&self, press: &KeyPress) -> bool {
        let held = press.modifiers;
        let is_sign = self.key.len() == 1 && !self.key.starts_with(|c: char| c.is_alphanumeric());
        let shift_fits = held.shift == self.shift || is_sign;
        let key_fits = typed(press).eq_ignore_ascii_case(self.key)
            || (held.shift && digit(press) == Some(self.key));
        held.command == self.command && held.alt == self.alt && shift_fits && key_fits
    }

    /// How it is written for people; `mac` chooses the signs of macOS.
    pub fn label(&self, mac: bool) -> String {
        let parts = if mac { ["⌘", "⌥", "⇧"] } else { ["Ctrl+", "Alt+", "Shift+"] };
        let held = [self.command, self.alt, self.shift];
        let prefix = parts.into_iter().zip(held).filter_map(|(part, held)| held.then_some(part));
        let key = match self.key {
            "ArrowLeft" => "←".to_owned(),
            "ArrowRight" => "→".to_owned(),
            "ArrowUp" => "↑".to_owned(),
            "ArrowDown" => "↓".to_owned(),
            "Escape" => "Esc".to_owned(),
            key => key.to_ascii_uppercase(),
        };
        let key = if self.key.len() > 1 && key.is_ascii() { self.key.to_owned() } else { key };
        prefix.chain([key.as_str()]).collect()
    }
}

/// The action of a key, if it has one.
pub fn action_for(press: &KeyPress) -> Option<ActionId> {
    if press.composing {
        return None;
    }
    let mut actions = ACTIONS.iter();
    let fits = |shortcuts: &[Shortcut]| shortcuts.iter().any(|shortcut| shortcut.matches(press));
    actions.find(|action| fits(action.shortcuts)).map(|action| action.id)
}

/// What the key types on a layout with Latin letters.
fn typed(press: &KeyPress) -> &str {
    if press.key.is_ascii() {
        return &press.key;
    }
    match press.code.as_str() {
        "Minus" => "-",
        "Equal" => "=",
        "Slash" => "/",
        code => code.strip_prefix("Key").or_else(|| digit(press)).unwrap_or(&press.key),
    }
}

/// The digit at the key's position.
fn digit(press: &KeyPress) -> Option<&str> {
    press.code.strip_prefix("Digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, code: &str, held: &str) -> KeyPress {
        KeyPress {
            key: key.to_owned(),
            code: code.to_owned(),
            modifiers: Modifiers {
                command: held.contains('C'),
                shift: held.contains('S'),
                alt: held.contains('A'),
            },
            composing: false,
        }
    }

    #[test]
    fn keys_find_their_actions_on_any_layout() {
        for (key, code, held, action) in [
            ("z", "KeyZ", "C", Some(ActionId::Undo)),
            ("Z", "KeyZ", "CS", Some(ActionId::Redo)),
            ("y", "KeyY", "C", Some(ActionId::Redo)),
            // Hangul: the key types ㅋ where Z is.
            ("ㅋ", "KeyZ", "C", Some(ActionId::Undo)),
            // Dvorak: the key at the US position of Z types a semicolon.
            (";", "KeyZ", "C", None),
            // AZERTY: Z is where W is.
            ("z", "KeyW", "C", Some(ActionId::Undo)),
            ("!", "Digit1", "S", Some(ActionId::FitAll)),
            ("1", "Digit1", "S", Some(ActionId::FitAll)),
            ("?", "Slash", "S", Some(ActionId::Help)),
            ("Delete", "Delete", "", Some(ActionId::Delete)),
            ("Backspace", "Backspace", "", Some(ActionId::Delete)),
            ("v", "KeyV", "", Some(ActionId::ToolSelect)),
            ("ㅍ", "KeyV", "", Some(ActionId::ToolSelect)),
            ("ArrowLeft", "ArrowLeft", "S", Some(ActionId::NudgeLeftFar)),
            ("z", "KeyZ", "", None),
            ("q", "KeyQ", "C", None),
            ("k", "KeyK", "C", Some(ActionId::Commands)),
            ("a", "KeyA", "A", Some(ActionId::AlignLeft)),
            // macOS: Option types another letter.
            ("å", "KeyA", "A", Some(ActionId::AlignLeft)),
            ("H", "KeyH", "AS", Some(ActionId::DistributeHorizontally)),
        ] {
            assert_eq!(action_for(&press(key, code, held)), action, "{key} {code} {held}");
        }
        let composing = KeyPress { composing: true, ..press("ㅋ", "KeyZ", "C") };
        assert_eq!(action_for(&composing), None);
    }

    #[test]
    fn no_two_actions_have_one_shortcut() {
        let mut seen = Vec::new();
        for action in ACTIONS {
            for shortcut in action.shortcuts {
                assert!(!seen.contains(shortcut), "{:?}: {shortcut:?}", action.id);
                seen.push(*shortcut);
            }
        }
    }

    #[test]
    fn labels_are_what_keyboards_say() {
        assert_eq!(Shortcut::command_shift("z").label(false), "Ctrl+Shift+Z");
        assert_eq!(Shortcut::command_shift("z").label(true), "⌘⇧Z");
        assert_eq!(Shortcut::plain("Delete").label(false), "Delete");
        assert_eq!(Shortcut::shift("ArrowLeft").label(false), "Shift+←");
    }
}
