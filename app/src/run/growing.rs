//! A list that only grows, whose snapshots share one storage.
//!
//! Log and series arrive in increments, twenty times a second, and every state that a view still
//! holds must stay as it was. Copying the lists for that would cost more the longer a run lasts. A
//! snapshot here is the shared list and a length; appending does not disturb it.

use std::cell::RefCell;
use std::rc::Rc;

/// A snapshot of a growing list. Equal snapshots have one storage and one length.
#[derive(Debug)]
pub struct Growing<T> {
    items: Rc<RefCell<Vec<T>>>,
    length: usize,
}

impl<T> Growing<T> {
    /// How many items the snapshot has.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// True if there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether `other` is a snapshot of the same list: then the shorter begins the longer.
    pub fn same_list(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.items, &other.items)
    }

    /// Calls `read` with the items of the snapshot. `read` must not append to the list.
    pub fn read<R>(&self, read: impl FnOnce(&[T]) -> R) -> R {
        let items = self.items.borrow();
        read(items.get(..self.length).unwrap_or(&items))
    }

    /// The snapshot with `more` at its end. Only the newest snapshot of a list is extended; from
    /// an older one the items that it does not have are dropped for all.
    #[must_use]
    pub fn extended(&self, more: Vec<T>) -> Self {
        let mut items = self.items.borrow_mut();
        items.truncate(self.length);
        items.extend(more);
        Self { length: items.len(), items: Rc::clone(&self.items) }
    }
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Self { items: Rc::default(), length: 0 }
    }
}

impl<T> Clone for Growing<T> {
    fn clone(&self) -> Self {
        Self { items: Rc::clone(&self.items), length: self.length }
    }
}

impl<T> PartialEq for Growing<T> {
    fn eq(&self, other: &Self) -> bool {
        self.same_list(other) && self.length == other.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_stay_as_they_were() {
        let empty = Growing::default();
        let one = empty.extended(vec![1]);
        let three = one.extended(vec![2, 3]);
        assert!(empty.is_empty());
        one.read(|items| assert_eq!(items, [1]));
        three.read(|items| assert_eq!(items, [1, 2, 3]));
        assert!(one.same_list(&three));
        assert!(one != three);
        assert!(Growing::<u8>::default() != Growing::default(), "two runs are two lists");
    }
}
