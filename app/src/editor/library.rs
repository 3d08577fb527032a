//! The list of designs that the browser keeps: which there are, what they are called, which one is
//! open. The designs themselves are kept beside it, each under its number.

use serde::{Deserialize, Serialize};
use shared::json;

/// A design that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number; 0 is the one that was kept before there was a list.
    pub id: u32,
    /// What it is called.
    pub name: String,
    /// How many nodes it has.
    pub nodes: u32,
}

/// The list, the one that was kept last first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    entries: Vec<Entry>,
    /// The highest number ever given, so that none is given twice.
    #[serde(default)]
    newest: u32,
}

impl Index {
    /// The list as it was written; an empty one for anything else.
    pub fn read(text: &str) -> Self {
        json::read(text).unwrap_or_default()
    }

    /// The list as text.
    pub fn write(&self) -> String {
        // Plain data: this cannot fail, and an empty text reads as an empty list.
        json::write(self).unwrap_or_default()
    }

    /// What is kept.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry called `id`.
    pub fn entry(&self, id: u32) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// A number that was never given.
    pub fn next_id(&mut self) -> u32 {
        self.newest = self.newest.saturating_add(1);
        self.newest
    }

    /// A design was kept: its entry is up to date and comes first.
    pub fn kept(&mut self, id: u32, name: &str, nodes: usize) {
        self.entries.retain(|entry| entry.id != id);
        let nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
        self.entries.insert(0, Entry { id, name: name.to_owned(), nodes });
        self.newest = self.newest.max(id);
    }

    /// A design was renamed; it stays in its place.
    pub fn renamed(&mut self, id: u32, name: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.id == id) {
            name.clone_into(&mut entry.name);
        }
    }

    /// Takes a design off the list and returns its entry and place.
    pub fn removed(&mut self, id: u32) -> Option<(usize, Entry)> {
        let at = self.entries.iter().position(|entry| entry.id == id)?;
        Some((at, self.entries.remove(at)))
    }

    /// Puts back what [`Self::removed`] took.
    pub fn restored(&mut self, (at, entry): (usize, Entry)) {
        if self.entry(entry.id).is_none() {
            self.entries.insert(at.min(self.entries.len()), entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(index: &Index) -> Vec<&str> {
        index.entries().iter().map(|entry| entry.name.as_str()).collect()
    }

    #[test]
    fn the_last_kept_comes_first_and_numbers_are_never_given_twice() {
        let mut index = Index::read("nonsense");
        index.kept(0, "old", 3);
        let id = index.next_id();
        index.kept(id, "new", 1);
        assert_eq!((id, names(&index)), (1, vec!["new", "old"]));
        index.kept(0, "older", 4);
        assert_eq!(names(&index), ["older", "new"]);
        let gone = index.removed(1).unwrap();
        assert_eq!(index.next_id(), 2, "1 may come back");
        index.restored(gone.clone());
        index.restored(gone);
        assert_eq!(names(&index), ["older", "new"]);
        index.renamed(1, "newer");
        assert_eq!(Index::read(&index.write()), index);
        assert_eq!(index.entry(1).map(|entry| entry.name.as_str()), Some("newer"));
        assert_eq!(index.removed(9), None);
    }
}
