//! Plain code for what vector instructions do. `unchecked` has code of its own for a processor that has a better way.

/// Operations of a processor that the loops use and that the compiler does not find by itself.
pub(super) trait Vectors {
    /// Whether the processor multiplies and adds in one instruction.
    const FUSED: bool;

    /// Writes bits as bytes, the lowest bit first.
    #[inline(always)]
    fn spread(bits: &[u8], to: &mut [i8]) {
        spread(bits, to);
    }
}

/// Returns the bits of a byte as the lowest bits of eight bytes. It moves halves, then quarters, then bits apart.
#[inline(always)]
fn ones(byte: u8) -> u64 {
    let bits = u64::from(byte);
    let bits = (bits | bits << 28) & 0x0000_000f_0000_000f;
    let bits = (bits | bits << 14) & 0x0003_0003_0003_0003;
    (bits | bits << 7) & 0x0101_0101_0101_0101
}

/// Writes bits as bytes, the lowest bit first, eight at a time.
#[inline(always)]
pub(super) fn spread(bits: &[u8], to: &mut [i8]) {
    let (eights, rest) = to.as_chunks_mut::<8>();
    let whole = bits.len().min(eights.len());
    for (byte, to) in bits.iter().zip(eights) {
        *to = ones(*byte).to_le_bytes().map(|byte| byte as i8);
    }
    if let Some(byte) = bits.get(whole) {
        for (bit, to) in rest.iter_mut().enumerate() {
            *to = (byte >> bit & 1) as i8;
        }
    }
}
