//! Maps and sets as sorted vectors.
//!
//! A state holds few items, and every kind of a tree costs the page its searching, splitting, balancing, copying and
//! taking apart: 10 KB. These cost a search and a vector. They behave, hash and show like the standard ones. An
//! insertion moves what is behind it: for many items in no order, gather them and use [`Map::from_pairs`].

use serde::{Serialize, Serializer};
use std::{
    hash::{Hash, Hasher},
    mem, ops, slice, vec,
};

use crate::order::Order as _;

/// A map, in the order of its keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Map<K, V>(Vec<(K, V)>);

/// A set, in the order of its members.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Set<T>(Vec<T>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}
impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Map<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The entries.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.0.iter())
    }
    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.0.iter().map(|(key, _)| key)
    }
    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.0.iter().map(|(_, value)| value)
    }
    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }
    /// The keys alone.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.0.into_iter().map(|(key, _)| key)
    }
    /// The values alone.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }
    /// Keeps the entries that fulfil `keep`.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }
    /// Takes all entries away.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<K: Ord, V> Map<K, V> {
    /// The map of many entries in any order; of equal keys the last counts.
    pub fn from_pairs(mut pairs: Vec<(K, V)>) -> Self {
        pairs.order_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                mem::swap(later, kept);
            }
            same
        });
        Self(pairs)
    }
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|at| &self.0[at].1)
    }
    /// The entries from a key on, that of the key included.
    pub fn starting_at(&self, key: &K) -> Iter<'_, K, V> {
        let (Ok(first) | Err(first)) = self.find(key);
        Iter(self.0[first..].iter())
    }
    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key).ok().map(|at| &mut self.0[at].1)
    }
    /// Whether there is this key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }
    /// Sets the value of a key, and gives the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => Some(mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }
    /// Takes the entry of a key away, and gives its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.find(key).ok().map(|at| self.0.remove(at).1)
    }
    /// The value of a key; where there is none, it becomes `value`.
    pub fn or_insert(&mut self, key: K, value: V) -> &mut V {
        let at = self.find(&key).unwrap_or_else(|at| {
            self.0.insert(at, (key, value));
            at
        });
        &mut self.0[at].1
    }
    /// The value of a key; where there is none, it becomes the default one.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert(key, V::default())
    }
}

impl<T> Set<T> {
    /// An empty set.
    pub const fn new() -> Self {
        Self(Vec::new())
    }
    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The members.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }
    /// The first member.
    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }
    /// The last member.
    pub fn last(&self) -> Option<&T> {
        self.0.last()
    }
    /// Keeps the members that fulfil `keep`.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }
    /// Takes all members away.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<T: Ord> Set<T> {
    /// Whether this is a member.
    pub fn contains(&self, member: &T) -> bool {
        self.0.binary_search(member).is_ok()
    }
    /// Adds a member; whether it is new.
    pub fn insert(&mut self, member: T) -> bool {
        let place = self.0.binary_search(&member);
        if let Err(at) = place {
            self.0.insert(at, member);
        }
        place.is_err()
    }
    /// Takes a member away; whether there was one.
    pub fn remove(&mut self, member: &T) -> bool {
        let place = self.0.binary_search(member);
        if let Ok(at) = place {
            self.0.remove(at);
        }
        place.is_ok()
    }
}

/// The entries of a map.
pub struct Iter<'a, K, V>(slice::Iter<'a, (K, V)>);

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key, value))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}
impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, value)| (key, value))
    }
}
impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}
impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}
impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}
impl<'a, T: Ord + Copy + 'a> Extend<&'a T> for Set<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, members: I) {
        for &member in members {
            self.insert(member);
        }
    }
}
impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}
impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut set = Self::new();
        set.extend(members);
        set
    }
}

impl<K: Ord, V> ops::Index<&K> for Map<K, V> {
    type Output = V;
    /// # Panics
    /// If there is no such key.
    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the map has this key")
    }
}

// As the standard ones: the length, then the items one by one.
impl<K: Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.len());
        for entry in &self.0 {
            entry.hash(state);
        }
    }
}
impl<T: Hash> Hash for Set<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.len());
        for member in &self.0 {
            member.hash(state);
        }
    }
}
impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}
impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Value,
        fingerprint::fingerprint,
        random::{Purpose, draw},
    };
    use std::collections::{BTreeMap, BTreeSet};

    fn dice(case: u64, k: u64) -> u64 {
        draw(case, Purpose::Process, (0, 0), k)
    }

    #[test]
    fn a_map_behaves_hashes_and_shows_as_the_standard_one() {
        for case in 0..60 {
            let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
            for k in 0..case {
                let (key, value) = (dice(case, k) % 20, k);
                match dice(case, 1_000 + k) % 4 {
                    0 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    1 => assert_eq!(ours.or_insert(key, value), theirs.entry(key).or_insert(value)),
                    _ => assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                }
                assert_eq!(ours.get(&key), theirs.get(&key));
                assert!(ours.starting_at(&key).eq(theirs.range(key..)));
            }
            assert!(
                ours.iter().eq(theirs.iter()) && ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values())
            );
            assert_eq!((ours.len(), fingerprint(&ours)), (theirs.len(), fingerprint(&theirs)));
            assert_eq!(Value::of(&ours), Value::of(&theirs));
        }
    }

    #[test]
    fn a_set_behaves_hashes_and_shows_as_the_standard_one() {
        for case in 0..60 {
            let (mut ours, mut theirs) = (Set::new(), BTreeSet::new());
            for k in 0..case {
                let member = dice(case, k) % 20;
                match dice(case, 1_000 + k) % 3 {
                    0 => assert_eq!(ours.remove(&member), theirs.remove(&member)),
                    _ => assert_eq!(ours.insert(member), theirs.insert(member)),
                }
                assert_eq!(ours.contains(&member), theirs.contains(&member));
            }
            assert!(ours.iter().eq(theirs.iter()));
            assert_eq!((ours.len(), fingerprint(&ours)), (theirs.len(), fingerprint(&theirs)));
            assert_eq!(Value::of(&ours), Value::of(&theirs));
        }
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        for case in 0..40 {
            let pairs: Vec<(u64, u64)> = (0..case).map(|k| (dice(case, k) % 9, k)).collect();
            let theirs: BTreeMap<u64, u64> = pairs.iter().copied().collect();
            assert!(Map::from_pairs(pairs.clone()).iter().eq(theirs.iter()));
            assert!(pairs.into_iter().collect::<Map<_, _>>().iter().eq(theirs.iter()));
        }
    }
}
