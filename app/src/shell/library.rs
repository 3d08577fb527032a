//! Several designs in the browser's storage.
//!
//! The list is read again before each change, because other tabs write it too. Which design a tab has
//! open is the tab's own and survives its reload.

use super::storage::{self, StorageError};
use super::window;
use crate::editor::library::{Entry, Index};
use shared::design::{Design, DocumentError, from_json, to_json};

const INDEX: &str = "gomujul.designs";
const OPEN: &str = "gomujul.open";

/// A design that was deleted, until nobody can bring it back any more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Removed {
    place: (usize, Entry),
    text: String,
}

/// The designs of this browser, and which one this tab has open.
#[derive(Debug)]
pub(crate) struct Library {
    open: u32,
    /// The one that was open before.
    previous: Option<u32>,
}

/// Where a design is kept. The first one lies where the only one lay before there was a list.
fn key(id: u32) -> String {
    if id == 0 { "gomujul.design".to_owned() } else { format!("gomujul.design.{id}") }
}

fn index() -> Index {
    storage::load_key(INDEX).map(|text| Index::read(&text)).unwrap_or_default()
}

fn change<T>(change: impl FnOnce(&mut Index) -> T) -> Result<T, StorageError> {
    let mut index = index();
    let result = change(&mut index);
    storage::save_key(INDEX, &index.write())?;
    Ok(result)
}

impl Library {
    /// As this tab left it; a new tab opens what was kept last.
    pub(crate) fn load() -> Self {
        let session = window().and_then(|window| window.session_storage().ok().flatten());
        let own = session.and_then(|storage| storage.get_item(OPEN).ok().flatten());
        let own = own.and_then(|id| id.parse::<u32>().ok());
        let last = || index().entries().first().map(|entry| entry.id);
        let library = Self { open: own.or_else(last).unwrap_or(0), previous: None };
        library.remember();
        library
    }

    fn remember(&self) {
        let session = window().and_then(|window| window.session_storage().ok().flatten());
        if let Some(storage) = session {
            // Without it a reload opens what was kept last.
            let _ = storage.set_item(OPEN, &self.open.to_string());
        }
    }

    /// What is kept, and which one is open.
    pub(crate) fn list(&self) -> (Vec<Entry>, u32) {
        (index().entries().to_vec(), self.open)
    }

    /// The design that is open, as it was kept.
    pub(crate) fn opened(&self) -> Option<Result<Design, DocumentError>> {
        Self::read(self.open)
    }

    /// A design of the list.
    pub(crate) fn read(id: u32) -> Option<Result<Design, DocumentError>> {
        storage::load_key(&key(id)).map(|text| from_json(&text))
    }

    /// Whether a storage key is that of the open design.
    pub(crate) fn is_open(&self, name: &str) -> bool {
        name == key(self.open)
    }

    /// Keeps the open design.
    pub(crate) fn keep(&self, design: &Design) -> Result<(), StorageError> {
        Self::write(self.open, design)
    }

    fn write(id: u32, design: &Design) -> Result<(), StorageError> {
        storage::save_key(&key(id), &to_json(design))?;
        change(|index| index.kept(id, &design.name, design.nodes.len()))
    }

    /// From now on what is kept is another design; the one before stays.
    pub(crate) fn begin_another(&mut self) {
        // Without storage nothing is kept under any number.
        let id = change(Index::next_id).unwrap_or(self.open);
        self.switch(id);
    }

    /// A design of the list is open from now on.
    pub(crate) fn switch(&mut self, id: u32) {
        self.previous = Some(std::mem::replace(&mut self.open, id));
        self.remember();
    }

    /// The design that was open before is open again.
    pub(crate) fn switch_back(&mut self) {
        if let Some(previous) = self.previous {
            self.switch(previous);
        }
    }

    /// Keeps a copy of a design of the list under another name.
    pub(crate) fn duplicate(id: u32, name: &str) -> Result<(), StorageError> {
        let Some(Ok(design)) = Self::read(id) else { return Ok(()) };
        let copy = change(Index::next_id)?;
        Self::write(copy, &Design { name: name.to_owned(), ..design })
    }

    /// Renames a design that is not open.
    pub(crate) fn rename(id: u32, name: &str) -> Result<(), StorageError> {
        let Some(Ok(design)) = Self::read(id) else { return Ok(()) };
        let design = Design { name: name.to_owned(), ..design };
        storage::save_key(&key(id), &to_json(&design))?;
        change(|index| index.renamed(id, name))
    }

    /// Deletes a design; it can be brought back with what is returned.
    pub(crate) fn remove(id: u32) -> Option<Removed> {
        let text = storage::load_key(&key(id))?;
        let place = change(|index| index.removed(id)).ok().flatten()?;
        storage::remove_key(&key(id));
        Some(Removed { place, text })
    }

    /// Brings a deleted design back.
    pub(crate) fn restore(removed: Removed) -> Result<(), StorageError> {
        storage::save_key(&key(removed.place.1.id), &removed.text)?;
        change(|index| index.restored(removed.place))
    }
}
