//! A 128-bit hash that is the same on every machine (SEMANTICS 23).
//!
//! `derive(Hash)` writes lengths and discriminants in pointer width, 32 bits in WASM and 64 natively; this hasher widens
//! them, and fixes the byte order. Bags combine by wrapping addition, never by XOR, so that two equal members do not
//! cancel out. State must not hold a slice of `usize`: its bytes are written in pointer width before we see them.

use std::hash::{Hash, Hasher};

/// A 128-bit fingerprint.
pub type Fingerprint = u128;

/// The hasher behind every [`Fingerprint`].
#[derive(Clone)]
pub struct StableHasher {
    low: u64,
    high: u64,
}

const LOW: u64 = 0x9E37_79B9_7F4A_7C15;
const HIGH: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// Mixes every bit of `word` into every bit of the result (the finalizer of `MurmurHash3`).
pub(crate) fn mix(mut word: u64) -> u64 {
    word ^= word >> 33;
    word = word.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    word ^= word >> 33;
    word = word.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    word ^ (word >> 33)
}

impl Default for StableHasher {
    fn default() -> Self {
        Self { low: LOW, high: HIGH }
    }
}

impl StableHasher {
    /// The full 128 bits; [`Hasher::finish`] gives only the lower half.
    pub fn fingerprint(&self) -> Fingerprint {
        let low = mix(self.low ^ self.high.rotate_left(32));
        let high = mix(self.high.wrapping_add(low));
        u128::from(high) << 64 | u128::from(low)
    }
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        self.fingerprint() as u64
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, word: u64) {
        self.low = (self.low ^ word).wrapping_mul(LOW);
        self.low ^= self.low >> 29;
        self.high = (self.high.rotate_left(23).wrapping_add(word)).wrapping_mul(HIGH);
        self.high ^= self.high >> 31;
    }
    fn write_u8(&mut self, i: u8) {
        self.write_u64(i.into());
    }
    fn write_u16(&mut self, i: u16) {
        self.write_u64(i.into());
    }
    fn write_u32(&mut self, i: u32) {
        self.write_u64(i.into());
    }
    fn write_u128(&mut self, i: u128) {
        self.write_u64(i as u64);
        self.write_u64((i >> 64) as u64);
    }
    fn write_usize(&mut self, i: usize) {
        self.write_u64(i as u64);
    }
    fn write_isize(&mut self, i: isize) {
        self.write_u64(i as i64 as u64);
    }
}

/// The fingerprint of one value.
pub fn fingerprint<T: Hash + ?Sized>(value: &T) -> Fingerprint {
    let mut hasher = StableHasher::default();
    value.hash(&mut hasher);
    hasher.fingerprint()
}

/// The fingerprint of a bag: the same in any order, different for different counts.
pub fn bag(members: impl Iterator<Item = Fingerprint>) -> Fingerprint {
    members.fold(0, |sum, member| sum.wrapping_add(fingerprint(&member)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_discriminants_are_hashed_in_64_bits() {
        let mut narrow = StableHasher::default();
        narrow.write_u64(3);
        let mut wide = StableHasher::default();
        wide.write_usize(3);
        assert_eq!(narrow.fingerprint(), wide.fingerprint());
    }

    #[test]
    fn a_value_has_the_same_fingerprint_for_ever() {
        assert_eq!(
            format!("{:032x}", fingerprint(&(1_u32, "a", Some(vec![7_u64, 8])))),
            include_str!("fingerprint.pin").trim()
        );
    }

    #[test]
    fn two_equal_members_of_a_bag_do_not_cancel_out() {
        let one = fingerprint(&1_u8);
        assert_ne!(bag([one, one].into_iter()), bag([].into_iter()));
        assert_eq!(bag([one, 2].into_iter()), bag([2, one].into_iter()));
    }
}
