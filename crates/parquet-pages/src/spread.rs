//! Spreads values into the rows that have them, eight at a time.

/// Returns values in the rows that have them, by bits that begin with a byte. The other rows have whatever value is near.
#[inline(always)]
pub(crate) fn spread<T>(
    values: &[T],
    valid: &[u8],
    rows: &mut [T],
    choose: impl Fn(&[T; 8], &[u8; 8]) -> [T; 8],
) {
    let mut left = values;
    for (byte, to) in valid.iter().zip(rows.as_chunks_mut::<8>().0) {
        let Some(eight) = left.first_chunk::<8>() else {
            break;
        };
        #[expect(clippy::indexing_slicing, reason = "a byte is no more than 255")]
        let places = &PLACES[usize::from(*byte)];
        *to = choose(eight, places);
        left = left
            .get(usize::from(places[7] + (byte >> 7))..)
            .unwrap_or_default();
    }
}

/// Returns the values at eight positions among eight.
#[inline(always)]
pub(crate) fn choose<T: Copy>(eight: &[T; 8], places: &[u8; 8]) -> [T; 8] {
    #[expect(
        clippy::indexing_slicing,
        reason = "a place among eight is no more than 7"
    )]
    places.map(|place| eight[usize::from(place & 7)])
}

/// For each byte of bits, how many bits are set before each bit.
#[expect(clippy::indexing_slicing, reason = "worked out when it is compiled")]
static PLACES: [[u8; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 1;
        while bit < 8 {
            places[byte][bit] = places[byte][bit - 1] + (byte >> (bit - 1) & 1) as u8;
            bit += 1;
        }
        byte += 1;
    }
    places
};
