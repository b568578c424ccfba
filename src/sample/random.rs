//! A small generator of random numbers, the same on every machine.

/// The generator SplitMix64, from Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

/// The whole: a share is a whole number from 0 to this.
pub(super) const WHOLE: u64 = 1 << 20;

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates a generator for one thing about a person, which stays the same whatever else is drawn.
    pub(super) fn about(person: u64, name: &str) -> Self {
        // FNV-1a (Fowler, Noll and Vo), whose result never changes.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut random = Self(person ^ hash);
        random.next();
        random
    }

    /// Draws a number of 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number from 0 to less than `count`.
    pub(super) fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u64
    }

    /// Draws a share. All shares are equally likely.
    pub(super) fn share(&mut self) -> u64 {
        self.below(WHOLE)
    }

    /// Returns `true` in `percent` of a hundred cases.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}
