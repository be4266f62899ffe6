//! A range coder (G. N. N. Martin, 1979, with carry by the cache of LZMA): bits of learned odds, and numbers of which
//! every value is as likely as any other.

const TOP: u32 = 1 << 24;
/// Odds are kept in 12 bits and learn by a sixteenth.
const ODDS_BITS: u32 = 12;
const LEARN: u32 = 4;

/// The learned probability that a bit is 0.
#[derive(Clone, Copy)]
pub(super) struct Odds(u16);

impl Odds {
    pub const EVEN: Self = Self(1 << (ODDS_BITS - 1));

    fn learn(&mut self, bit: bool) {
        if bit {
            self.0 -= self.0 >> LEARN;
        } else {
            self.0 += ((1 << ODDS_BITS) - self.0) >> LEARN;
        }
    }
    fn split(self, range: u32) -> u32 {
        (range >> ODDS_BITS) * u32::from(self.0)
    }
}

/// What both directions offer, so that a format is written down once.
pub(super) trait Coder {
    /// A bit of learned odds.
    fn bit(&mut self, bit: bool, odds: &mut Odds) -> bool;
    /// A number below `bound`, all as likely.
    fn uniform(&mut self, value: u32, bound: u32) -> u32;

    /// A whole number of any size, small ones short: the number of its bits, learned, then the bits.
    fn number(&mut self, value: u64, odds: &mut [Odds; 64]) -> u64 {
        let length = (value + 1).ilog2();
        let mut known = 0;
        while known < 63 && self.bit(known < length, &mut odds[known as usize]) {
            known += 1;
        }
        let mut bits = 1_u64;
        for place in (0..known).rev() {
            bits = bits << 1 | u64::from(self.uniform(((value + 1) >> place & 1) as u32, 2));
        }
        bits - 1
    }

    /// A text, its bytes learned after the byte before.
    fn text(&mut self, text: &str, model: &mut TextModel) -> Vec<u8> {
        let length = self.number(text.len() as u64, &mut model.length).min(crate::limits::LINK_CHARS as u64);
        let mut bytes = Vec::new();
        let mut before = 0_usize;
        for k in 0..length as usize {
            let byte = text.as_bytes().get(k).copied().unwrap_or(0);
            let mut node = 1_usize;
            for place in (0..8).rev() {
                let bit = self.bit(byte >> place & 1 == 1, &mut model.bytes[before << 8 | node]);
                node = node << 1 | usize::from(bit);
            }
            before = node & 0x7F;
            bytes.push(node as u8);
            if self.is_spent() {
                break;
            }
        }
        bytes
    }

    /// Whether a reader has run past the end of its bytes.
    fn is_spent(&self) -> bool {
        false
    }
}

/// What is learned about texts.
pub(super) struct TextModel {
    length: [Odds; 64],
    bytes: Vec<Odds>,
}

impl Default for TextModel {
    fn default() -> Self {
        Self { length: [Odds::EVEN; 64], bytes: vec![Odds::EVEN; 128 << 8] }
    }
}

/// Writes bytes.
pub(super) struct Encoder {
    low: u64,
    range: u32,
    cache: u8,
    pending: u64,
    bytes: Vec<u8>,
}

impl Encoder {
    pub fn new() -> Self {
        Self { low: 0, range: u32::MAX, cache: 0, pending: 1, bytes: vec![] }
    }
    fn shift(&mut self) {
        if self.low < 0xFF00_0000 || self.low > 0xFFFF_FFFF {
            let carry = (self.low >> 32) as u8;
            let mut byte = self.cache;
            while self.pending > 0 {
                self.bytes.push(byte.wrapping_add(carry));
                byte = 0xFF;
                self.pending -= 1;
            }
            self.cache = (self.low >> 24) as u8;
        }
        self.pending += 1;
        self.low = (self.low & 0x00FF_FFFF) << 8;
    }
    fn normalize(&mut self) {
        while self.range < TOP {
            self.range <<= 8;
            self.shift();
        }
    }
    /// The bytes, without the zeros that a reader assumes at the end anyway.
    pub fn finish(mut self) -> Vec<u8> {
        // Any number in [low, low + range) will do: take the one with most zeros at its end.
        let high = self.low + u64::from(self.range) - 1;
        let mut place = 32;
        while place > 0 && (self.low + (1 << place) - 1) >> place << place > high {
            place -= 1;
        }
        self.low = (self.low + (1 << place) - 1) >> place << place;
        for _ in 0..5 {
            self.shift();
        }
        // The first byte is the empty cache of the beginning.
        self.bytes.remove(0);
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.bytes
    }
}

impl Coder for Encoder {
    fn bit(&mut self, bit: bool, odds: &mut Odds) -> bool {
        let split = odds.split(self.range);
        if bit {
            self.low += u64::from(split);
            self.range -= split;
        } else {
            self.range = split;
        }
        odds.learn(bit);
        self.normalize();
        bit
    }
    fn uniform(&mut self, value: u32, bound: u32) -> u32 {
        let part = self.range / bound.max(1);
        self.low += u64::from(part) * u64::from(value);
        self.range = part;
        self.normalize();
        value
    }
}

/// Reads bytes; behind their end come zeros.
pub(super) struct Decoder<'a> {
    code: u32,
    range: u32,
    bytes: &'a [u8],
    read: usize,
}

impl<'a> Decoder<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self { code: 0, range: u32::MAX, bytes, read: 0 };
        for _ in 0..4 {
            decoder.code = decoder.code << 8 | u32::from(decoder.byte());
        }
        decoder
    }
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.read).copied().unwrap_or(0);
        self.read += 1;
        byte
    }
    fn normalize(&mut self) {
        while self.range < TOP {
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(self.byte());
        }
    }
}

impl Coder for Decoder<'_> {
    fn bit(&mut self, _: bool, odds: &mut Odds) -> bool {
        let split = odds.split(self.range);
        let bit = self.code >= split;
        if bit {
            self.code -= split;
            self.range -= split;
        } else {
            self.range = split;
        }
        odds.learn(bit);
        self.normalize();
        bit
    }
    fn uniform(&mut self, _: u32, bound: u32) -> u32 {
        let bound = bound.max(1);
        let part = self.range / bound;
        let value = (self.code / part).min(bound - 1);
        self.code -= part * value;
        self.range = part;
        self.normalize();
        value
    }
    fn is_spent(&self) -> bool {
        self.read > self.bytes.len() + 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(coder: &mut impl Coder, seed: u64) -> Vec<u64> {
        let mut odds = Odds::EVEN;
        let mut lengths = [Odds::EVEN; 64];
        let mut texts = TextModel::default();
        let mut seen = Vec::new();
        for k in 0..400 {
            let bits = crate::random::draw(seed, crate::random::Purpose::Process, (1, 2), k);
            seen.push(u64::from(coder.bit(bits.is_multiple_of(17), &mut odds)));
            let bound = k as u32 * 37 % 300 + 1;
            seen.push(u64::from(coder.uniform((bits >> 40) as u32 % bound, bound)));
            seen.push(coder.number(bits >> (bits % 60), &mut lengths));
        }
        seen.extend(coder.text("{\"Submit\": {\"demand\": 1200}}", &mut texts).into_iter().map(u64::from));
        seen
    }

    #[test]
    fn what_was_written_is_read() {
        for seed in 0..300 {
            let mut encoder = Encoder::new();
            let written = script(&mut encoder, seed);
            let bytes = encoder.finish();
            assert_eq!(script(&mut Decoder::new(&bytes), 0), written, "seed {seed}");
        }
    }
}
