//! What the browser keeps for this page, and what it says when it does not. Designs are in `library`.

use super::window;
use shared::design::{Design, DocumentError, from_json, to_json};
use web_sys::Storage;

/// What is kept, each under its own key, so that one broken entry breaks no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The design that the present one replaced.
    Shelf,
    /// The page's language.
    Locale,
    /// Light, dark, or as the system has it.
    Theme,
}

impl Slot {
    /// Key in the browser's storage.
    const fn key(self) -> &'static str {
        match self {
            Self::Shelf => "gomujul.shelf",
            Self::Locale => "gomujul.locale",
            Self::Theme => "gomujul.theme",
        }
    }
}

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StorageError {
    /// There is no storage: a private window, or cookies are off.
    Denied,
    /// It is full.
    Full,
}

fn storage() -> Result<Storage, StorageError> {
    let storage = window().and_then(|window| window.local_storage().ok().flatten());
    storage.ok_or(StorageError::Denied)
}

/// Keeps `text`.
///
/// # Errors
///
/// The browser refuses; see [`StorageError`].
pub(crate) fn save(slot: Slot, text: &str) -> Result<(), StorageError> {
    save_key(slot.key(), text)
}

/// Keeps `text` under any key.
///
/// # Errors
///
/// The browser refuses; see [`StorageError`].
pub(super) fn save_key(key: &str, text: &str) -> Result<(), StorageError> {
    storage()?.set_item(key, text).map_err(|_| StorageError::Full)
}

/// What was kept under any key.
pub(super) fn load_key(key: &str) -> Option<String> {
    storage().ok()?.get_item(key).ok().flatten()
}

/// Forgets what was kept under any key.
pub(super) fn remove_key(key: &str) {
    if let Ok(storage) = storage() {
        // Refused only where nothing was kept either.
        let _ = storage.remove_item(key);
    }
}

/// What was kept, if anything and if the browser allows.
pub(crate) fn load(slot: Slot) -> Option<String> {
    load_key(slot.key())
}

/// Keeps a design as the JSON of a file.
///
/// # Errors
///
/// The browser refuses; see [`StorageError`].
pub(crate) fn save_design(slot: Slot, design: &Design) -> Result<(), StorageError> {
    save(slot, &to_json(design))
}

/// A design that was kept.
pub(crate) fn load_design(slot: Slot) -> Option<Result<Design, DocumentError>> {
    load(slot).map(|text| from_json(&text))
}
