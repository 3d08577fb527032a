//! Ordered maps, sets and lists, one entry after the other.
//!
//! `collect` sorts first, and the code of a sort is compiled anew for each type: 4 KB that every
//! visitor of the page downloads, for lists that are in order already or short.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The map of `entries`; of two with one key the later stays.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}

/// The set of `items`.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item);
    }
    set
}

/// Sorts a short list by insertion; what is equal stays as it was.
pub fn sort_by<T>(list: &mut Vec<T>, mut order: impl FnMut(&T, &T) -> Ordering) {
    for sorted in 1..list.len() {
        let Some((before, [item, ..])) = list.split_at_checked(sorted) else { return };
        let at = before.partition_point(|other| order(other, item).is_le());
        if at < sorted {
            let item = list.remove(sorted);
            list.insert(at, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn they_are_what_collect_makes() {
        let entries = [(3, 'c'), (1, 'a'), (3, 'd'), (2, 'b')];
        assert_eq!(map(entries), entries.into_iter().collect());
        assert_eq!(map(entries)[&3], 'd');
        assert_eq!(set([3, 1, 3]), [1, 3].into_iter().collect());
    }

    proptest! {
        #[test]
        fn a_list_is_sorted_as_by_the_library(list: Vec<(u8, u8)>) {
            let (mut ours, mut theirs) = (list.clone(), list);
            sort_by(&mut ours, |a, b| (a.0 % 8).cmp(&(b.0 % 8)));
            theirs.sort_by_key(|item| item.0 % 8);
            prop_assert_eq!(ours, theirs);
        }
    }
}
