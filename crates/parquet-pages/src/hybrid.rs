//! Reads and writes Parquet's numbers of a few bits each, which are a mixture of runs of one number and packed groups of eight numbers.
//!
//! Pages hold the keys of dictionaries in this form. As numbers of one bit, they also hold booleans and which values there are. Ids are written as
//! differences, which are packed in much the same way.

use arrow_buffer::BooleanBuffer;

/// One stretch of numbers.
enum Stretch<'a> {
    /// The same number, repeated.
    Run { number: u32, count: usize },
    /// Packed numbers. The bytes of the last few may be missing.
    Packed { bytes: &'a [u8], count: usize },
}

/// An iterator over the stretches of `left` numbers of `width` bits. It ends early where the bytes do not hold them.
struct Stretches<'a> {
    bytes: &'a [u8],
    width: usize,
    left: usize,
}

impl<'a> Iterator for Stretches<'a> {
    type Item = Stretch<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let header = self.header()?;
        let length = usize::try_from(header >> 1).ok()?;
        let stretch = if header & 1 == 1 {
            let count = length.checked_mul(8)?.min(self.left);
            let (bytes, rest) = self
                .bytes
                .split_at(length.checked_mul(self.width)?.min(self.bytes.len()));
            self.bytes = rest;
            if bytes.len() * 8 < count * self.width {
                return None;
            }
            // No more than is asked for, however many it says that there are.
            Stretch::Packed {
                bytes: bytes.get(..count.div_ceil(8) * self.width).unwrap_or(bytes),
                count,
            }
        } else {
            let (bytes, rest) = self.bytes.split_at_checked(self.width.div_ceil(8))?;
            self.bytes = rest;
            let number = bytes
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | u32::from(*byte));
            Stretch::Run {
                number,
                count: length.min(self.left),
            }
        };
        self.left -= match &stretch {
            Stretch::Run { count, .. } | Stretch::Packed { count, .. } => *count,
        };
        Some(stretch)
    }
}

impl Stretches<'_> {
    /// Reads a header, which has seven bits in each byte, the lowest first. The highest bit of a byte says that more bytes follow.
    fn header(&mut self) -> Option<u64> {
        let mut header = 0;
        for place in 0..9 {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            header |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(header);
            }
        }
        None
    }
}

/// A type as which numbers are read.
pub(crate) trait Number: Copy + Default {
    const BITS: usize;

    /// Returns the lowest bits of a number, which has no others.
    fn lowest(number: u64) -> Self;
}

impl Number for u8 {
    const BITS: usize = 8;

    fn lowest(number: u64) -> Self {
        number as Self
    }
}

impl Number for u32 {
    const BITS: usize = 32;

    fn lowest(number: u64) -> Self {
        number as Self
    }
}

/// Reads `count` numbers of `width` bits, or returns `None` if they are not there, or are wider than the type.
pub(crate) fn numbers<N: Number>(bytes: &[u8], width: usize, count: usize) -> Option<Vec<N>> {
    // The last eight may go beyond.
    let mut numbers = Vec::with_capacity(count + 8);
    for stretch in (Stretches {
        bytes,
        width: (width <= N::BITS).then_some(width)?,
        left: count,
    }) {
        match stretch {
            Stretch::Run { number, count } => {
                let (number, end) = (N::lowest(u64::from(number)), numbers.len() + count);
                // Most runs are short: to ask for a stretch of memory to be filled takes longer than to fill it.
                (0..count.min(64))
                    .step_by(8)
                    .for_each(|_| numbers.extend_from_slice(&[number; 8]));
                numbers.resize(end, number);
            }
            Stretch::Packed { bytes, count } => {
                let end = numbers.len() + count;
                unpack(bytes, width, &mut numbers);
                numbers.resize(end, N::default());
            }
        }
    }
    (numbers.len() == count).then_some(numbers)
}

/// Reads `count` numbers of one bit, or returns `None` if they are not there.
pub(crate) fn bits(bytes: &[u8], count: usize) -> Option<BooleanBuffer> {
    let mut bits = Bits {
        bytes: Vec::with_capacity(count / 8 + 8),
        word: 0,
        held: 0,
    };
    for stretch in (Stretches {
        bytes,
        width: 1,
        left: count,
    }) {
        match stretch {
            Stretch::Run { number, count } => {
                let word = if number == 1 { u64::MAX } else { 0 };
                (0..count)
                    .step_by(64)
                    .for_each(|from| bits.push(word, (count - from).min(64)));
            }
            Stretch::Packed { bytes, count } => {
                let (words, rest) = bytes.as_chunks::<8>();
                let words = words
                    .iter()
                    .copied()
                    .chain((!rest.is_empty()).then(|| padded(rest)));
                (0..count).step_by(64).zip(words).for_each(|(from, word)| {
                    bits.push(u64::from_le_bytes(word), (count - from).min(64))
                });
            }
        }
    }
    (bits.len() == count).then(|| BooleanBuffer::new(bits.finish().into(), 0, count))
}

/// Bits one after another. Most stretches are short, and for these the builder of the Arrow library takes several times as long.
struct Bits {
    bytes: Vec<u8>,
    word: u64,
    /// The number of bits in the word, fewer than it has room for.
    held: usize,
}

impl Bits {
    fn len(&self) -> usize {
        self.bytes.len() * 8 + self.held
    }

    /// Adds the lowest bits of a word, from 1 to 64 of them.
    #[inline(always)]
    fn push(&mut self, bits: u64, count: usize) {
        let bits = bits & lowest(count);
        self.word |= bits << self.held;
        let held = self.held + count;
        if held >= 64 {
            self.bytes.extend_from_slice(&self.word.to_le_bytes());
            // What found no place.
            self.word = bits.checked_shr(64 - self.held as u32).unwrap_or_default();
        }
        self.held = held % 64;
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes
            .extend(self.word.to_le_bytes().iter().take(self.held.div_ceil(8)));
        self.bytes
    }
}

/// Unpacks all numbers that some bytes hold. If the last bytes hold fewer than eight numbers, zeros follow.
fn unpack<N: Number>(bytes: &[u8], width: usize, to: &mut Vec<N>) {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                $($width => {
                    let (eights, rest) = bytes.as_chunks::<$width>();
                    for eight in eights {
                        to.extend_from_slice(&eight_numbers(eight));
                    }
                    if !rest.is_empty() {
                        to.extend_from_slice(&eight_numbers::<N, $width>(&padded(rest)));
                    }
                })*
                // Nothing is packed in no bits.
                _ => {}
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

/// Returns eight numbers that have as many bits as there are bytes. The compiler knows the width, so it can shift many numbers at once.
#[inline(always)]
fn eight_numbers<N: Number, const WIDTH: usize>(bytes: &[u8; WIDTH]) -> [N; 8] {
    let part = |from: usize| u64::from_le_bytes(padded(bytes.get(from..).unwrap_or_default()));
    if WIDTH <= 8 {
        return bytes_apart::<WIDTH>(part(0))
            .to_le_bytes()
            .map(|byte| N::lowest(u64::from(byte)));
    }
    std::array::from_fn(|place| {
        let bit = place * WIDTH;
        // Any 32 bits are within eight bytes from the byte they begin in.
        N::lowest(part(bit / 8) >> (bit % 8) & lowest(WIDTH))
    })
}

/// Returns eight packed numbers of at most eight bits as a byte each. The upper four are moved away from the lower four, then two of each four,
/// then each one.
#[inline(always)]
fn bytes_apart<const WIDTH: usize>(packed: u64) -> u64 {
    let apart = |numbers: u64, bits: usize, copies: u64| {
        let stay = lowest(bits * WIDTH) * copies;
        (numbers & stay) | (numbers & !stay) << (bits * (8 - WIDTH))
    };
    apart(
        apart(apart(packed, 4, 1), 2, 0x1_0000_0001),
        1,
        0x0001_0001_0001_0001,
    )
}

/// Returns a mask of the lowest bits, from 1 to 64 of them.
const fn lowest(bits: usize) -> u64 {
    u64::MAX >> (64 - bits)
}

/// Writes numbers of `width` bits, from 1 to 16. They are one run if they are all the same, and otherwise they are packed.
pub(crate) fn write(numbers: &[u16], width: usize, to: &mut Vec<u8>) {
    if let [first, rest @ ..] = numbers
        && rest.iter().all(|number| number == first)
    {
        header((numbers.len() as u64) << 1, to);
        to.extend(first.to_le_bytes().iter().take(width.div_ceil(8)));
        return;
    }
    header((numbers.len().div_ceil(8) as u64) << 1 | 1, to);
    to.reserve(numbers.len().div_ceil(8) * width);
    let (eights, rest) = numbers.as_chunks::<8>();
    // Where the last eight is short, what is missing is zeros.
    let last = padded(rest);
    let eights = eights.iter().chain((!rest.is_empty()).then_some(&last));
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                $($width => for eight in eights {
                    let packed = bytes_together::<$width>(u64::from_le_bytes(eight.map(|number| number as u8)));
                    to.extend_from_slice(packed.to_le_bytes().get(..$width).unwrap_or_default());
                })*
                _ => for eight in eights {
                    let packed = eight.iter().rev().fold(0, |packed, number| packed << width | u128::from(*number));
                    to.extend_from_slice(packed.to_le_bytes().get(..width).unwrap_or_default());
                }
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8);
}

/// Returns eight numbers of at most eight bits, given as a byte each, packed together. It is the reverse of `bytes_apart`.
#[inline(always)]
fn bytes_together<const WIDTH: usize>(bytes: u64) -> u64 {
    let together = |numbers: u64, bits: usize, copies: u64| {
        let stay = lowest(bits * WIDTH) * copies;
        (numbers & stay) | numbers >> (bits * (8 - WIDTH)) & stay << (bits * WIDTH)
    };
    together(
        together(together(bytes, 1, 0x0001_0001_0001_0001), 2, 0x1_0000_0001),
        4,
        1,
    )
}

/// Writes which of some values there are, from bits that begin with a whole byte.
pub(crate) fn write_bits(bytes: &[u8], count: usize, set: usize, to: &mut Vec<u8>) {
    if set == count || set == 0 {
        header((count as u64) << 1, to);
        to.push(u8::from(set > 0));
    } else {
        header((count.div_ceil(8) as u64) << 1 | 1, to);
        to.extend(bytes.iter().take(count.div_ceil(8)));
    }
}

/// Writes whole numbers as their differences, in the encoding `DELTA_BINARY_PACKED`. Each block of 128 has the least difference in it, and then
/// how far the differences are above that, packed by 32.
pub(crate) fn write_differences(numbers: &[i64], to: &mut Vec<u8>) {
    const BLOCK: usize = 128;
    const PACK: usize = 32;
    let signed = |number: i64| (number << 1 ^ number >> 63) as u64;
    header(BLOCK as u64, to);
    header((BLOCK / PACK) as u64, to);
    header(numbers.len() as u64, to);
    header(signed(numbers.first().copied().unwrap_or_default()), to);
    let before = numbers.chunks(BLOCK);
    let after = numbers.get(1..).unwrap_or_default().chunks(BLOCK);
    for (before, after) in before.zip(after) {
        let mut differences = [0_i64; BLOCK];
        differences
            .iter_mut()
            .zip(before)
            .zip(after)
            .for_each(|((to, one), other)| *to = other.wrapping_sub(*one));
        let least = differences
            .iter()
            .take(after.len())
            .copied()
            .min()
            .unwrap_or_default();
        let mut above = [0; BLOCK];
        let differences = differences.iter().take(after.len());
        above
            .iter_mut()
            .zip(differences)
            .for_each(|(to, difference)| *to = difference.wrapping_sub(least) as u64);
        header(signed(least), to);
        let (packs, _) = above.as_chunks::<PACK>();
        let widths = packs.iter().map(|pack| {
            u64::BITS
                - pack
                    .iter()
                    .fold(0, |all, number| all | number)
                    .leading_zeros()
        });
        to.extend(widths.clone().map(|width| width as u8));
        for (pack, width) in packs.iter().zip(widths).filter(|(_, width)| *width > 0) {
            let (mut packed, mut bits) = (0_u128, 0);
            for number in pack {
                packed |= u128::from(*number) << bits;
                bits += width;
                if bits >= 64 {
                    to.extend((packed as u64).to_le_bytes());
                    (packed, bits) = (packed >> 64, bits - 64);
                }
            }
            to.extend(packed.to_le_bytes().iter().take(bits as usize / 8));
        }
    }
}

fn header(mut header: u64, to: &mut Vec<u8>) {
    while header >= 0x80 {
        to.push((header & 0x7f) as u8 | 0x80);
        header >>= 7;
    }
    to.push(header as u8);
}

/// Returns the first `COUNT` numbers, with zeros at the end if there are fewer.
#[inline(always)]
fn padded<T: Copy + Default, const COUNT: usize>(numbers: &[T]) -> [T; COUNT] {
    numbers.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [T::default(); COUNT];
        padded
            .iter_mut()
            .zip(numbers)
            .for_each(|(to, from)| *to = *from);
        padded
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    /// Packs numbers one bit after another.
    fn packed(numbers: &[u32], width: usize) -> Vec<u8> {
        let mut bytes = vec![0; (numbers.len().next_multiple_of(8) * width).div_ceil(8)];
        for (index, number) in numbers.iter().enumerate() {
            for bit in (0..width).filter(|bit| number >> bit & 1 == 1) {
                bytes[(index * width + bit) / 8] |= 1 << ((index * width + bit) % 8);
            }
        }
        bytes
    }

    proptest! {
        /// Any mixture of stretches of any width gives its numbers, the last eight cut short or not.
        #[test]
        fn stretches_are_read(width in 0_usize..=32, stretches in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u32>(), 1..40)), 0..6), short in any::<bool>()) {
            let (mut bytes, mut expected) = (Vec::new(), Vec::new());
            let count = stretches.len();
            for (place, (run, mut stretch)) in stretches.into_iter().enumerate() {
                stretch.iter_mut().for_each(|number| *number = if width == 0 { 0 } else { *number >> (32 - width) });
                if run {
                    header((stretch.len() as u64) << 1, &mut bytes);
                    bytes.extend(&stretch[0].to_le_bytes()[..width.div_ceil(8)]);
                    expected.extend(std::iter::repeat_n(stretch[0], stretch.len()));
                } else if place + 1 == count {
                    header((stretch.len().div_ceil(8) as u64) << 1 | 1, &mut bytes);
                    let mut packed = packed(&stretch, width);
                    packed.truncate(if short { (stretch.len() * width).div_ceil(8) } else { packed.len() });
                    bytes.extend(packed);
                    expected.extend(stretch);
                } else {
                    stretch.resize(stretch.len().next_multiple_of(8), 0);
                    header((stretch.len() as u64 / 8) << 1 | 1, &mut bytes);
                    bytes.extend(packed(&stretch, width));
                    expected.extend(stretch);
                }
            }
            prop_assert_eq!(numbers(&bytes, width, expected.len()), Some(expected.clone()));
            let bytes_of = (width <= 8).then(|| expected.iter().map(|number| *number as u8).collect());
            prop_assert_eq!(numbers::<u8>(&bytes, width, expected.len()), bytes_of);
            if width == 1 {
                let read = bits(&bytes, expected.len()).unwrap();
                prop_assert_eq!(read.iter().map(u32::from).collect::<Vec<_>>(), expected);
            }
        }

        /// What is written is read again.
        #[test]
        fn written_is_read(width in 1_usize..=16, mut written in prop::collection::vec(any::<u32>(), 0..100), same in any::<bool>()) {
            let first = written.first().copied().unwrap_or(0);
            written.iter_mut().for_each(|number| *number = if same { first } else { *number } >> (32 - width));
            let mut bytes = Vec::new();
            let narrow: Vec<u16> = written.iter().map(|number| *number as u16).collect();
            write(&narrow, width, &mut bytes);
            prop_assert_eq!(numbers(&bytes, width, written.len()), Some(written.clone()));
            let truths: Vec<u32> = written.iter().map(|number| number & 1).collect();
            let (mut bytes, set) = (Vec::new(), truths.iter().filter(|truth| **truth == 1).count());
            write_bits(&packed(&truths, 1), truths.len(), set, &mut bytes);
            prop_assert_eq!(numbers(&bytes, 1, truths.len()), Some(truths));
        }

        /// Bytes that hold something else give as many numbers as asked for, or none; never a panic.
        #[test]
        fn hostile_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..60), width in 0_usize..40, count in 0_usize..5000) {
            if let Some(numbers) = numbers::<u32>(&bytes, width, count) {
                prop_assert_eq!(numbers.len(), count);
            }
            if let Some(truths) = bits(&bytes, count) {
                prop_assert_eq!(truths.len(), count);
            }
        }
    }
}
