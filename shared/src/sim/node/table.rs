//! Things in numbered places that are used again.

/// Things by number. A thing's number stays the same while it is in the table.
#[derive(Debug)]
pub(in crate::sim) struct Table<T> {
    slots: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Table<T> {
    /// Adds a thing and returns its number.
    #[inline]
    pub(in crate::sim) fn insert(&mut self, thing: T) -> u32 {
        if let Some(id) = self.free.pop() {
            self.slots[id as usize] = Some(thing);
            return id;
        }
        self.slots.push(Some(thing));
        self.slots.len() as u32 - 1
    }

    /// The thing of this number, if there is one now.
    #[inline]
    pub(in crate::sim) fn get(&mut self, id: u32) -> Option<&mut T> {
        self.slots.get_mut(id as usize).and_then(Option::as_mut)
    }

    /// The thing of this number, to look at.
    pub(in crate::sim) fn peek(&self, id: u32) -> Option<&T> {
        self.slots.get(id as usize).and_then(Option::as_ref)
    }

    /// Takes a thing out; its number may be used again.
    #[inline]
    pub(in crate::sim) fn take(&mut self, id: u32) -> Option<T> {
        let thing = self.slots.get_mut(id as usize)?.take();
        if thing.is_some() {
            self.free.push(id);
        }
        thing
    }

    /// Everything, in order of number.
    pub(in crate::sim) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flatten()
    }

    /// Everything with its number, in order of number.
    pub(in crate::sim) fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        (0..).zip(&mut self.slots).filter_map(|(id, slot)| Some((id, slot.as_mut()?)))
    }
}
