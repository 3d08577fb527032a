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
    /// Adds a thing and returns its number. The thing is made where it stays.
    #[inline(always)]
    pub(in crate::sim) fn insert(&mut self, thing: T) -> u32 {
        let id = match self.free.pop() {
            Some(id) => id,
            None => self.make_place(),
        };
        self.slots[id as usize] = Some(thing);
        id
    }

    #[cold]
    fn make_place(&mut self) -> u32 {
        self.slots.push(None);
        self.slots.len() as u32 - 1
    }

    /// The thing of this number, if there is one now.
    #[inline(always)]
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

    /// Forgets the thing of this number, which the caller has just looked at.
    #[inline(always)]
    pub(in crate::sim) fn remove(&mut self, id: u32) {
        self.slots[id as usize] = None;
        self.free.push(id);
    }

    /// Everything, in order of number.
    pub(in crate::sim) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flatten()
    }

    /// Everything with its number, to look at.
    pub(in crate::sim) fn numbered(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..).zip(&self.slots).filter_map(|(id, slot)| Some((id, slot.as_ref()?)))
    }

    /// Everything with its number, in order of number.
    pub(in crate::sim) fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        (0..).zip(&mut self.slots).filter_map(|(id, slot)| Some((id, slot.as_mut()?)))
    }
}
