//! Items by slot, with slots used again in an order that depends only on the run.

/// A vector with holes.
#[derive(Clone)]
pub(super) struct Slab<T> {
    items: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { items: vec![], free: vec![] }
    }
}

impl<T> Slab<T> {
    /// A free slot. Whoever takes one fills it.
    pub fn take_slot(&mut self) -> (u32, &mut Option<T>) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.items.push(None);
            self.items.len() as u32 - 1
        });
        (slot, &mut self.items[slot as usize])
    }
    pub fn insert(&mut self, item: T) -> u32 {
        let (slot, place) = self.take_slot();
        *place = Some(item);
        slot
    }
    pub fn remove(&mut self, slot: u32) -> Option<T> {
        let item = self.items.get_mut(slot as usize)?;
        if item.is_some() {
            self.free.push(slot);
        }
        item.take()
    }
    pub fn get(&self, slot: u32) -> Option<&T> {
        self.items.get(slot as usize)?.as_ref()
    }
    pub fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.items.get_mut(slot as usize)?.as_mut()
    }
    pub fn len(&self) -> usize {
        self.items.len() - self.free.len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().flatten()
    }
    /// The items with their slots.
    pub fn slots(&self) -> impl Iterator<Item = (u32, &T)> {
        self.items.iter().enumerate().filter_map(|(slot, item)| Some((slot as u32, item.as_ref()?)))
    }
    pub fn slots_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        self.items.iter_mut().enumerate().filter_map(|(slot, item)| Some((slot as u32, item.as_mut()?)))
    }
    /// The slots whose items fulfil `condition`, in the order of the slots.
    pub fn find_all(&self, condition: impl Fn(&T) -> bool) -> Vec<u32> {
        self.slots().filter(|(_, item)| condition(item)).map(|(slot, _)| slot).collect()
    }
}
