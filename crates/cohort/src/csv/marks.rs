//! Finds delimiters, line ends and quotes, eight bytes at a time.

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a line end, which is there.
    LineEnd(usize),
    /// At a quote.
    Quote,
    /// Where the bytes end.
    End,
}

/// Tells where each delimiter is, from a position on, until a line end, a quote or the end of the bytes.
#[inline]
pub(super) fn each(bytes: &[u8], from: usize, delimiter: u8, mut tell: impl FnMut(usize)) -> Stop {
    let mut at = from;
    let mut rest = bytes.get(from..).unwrap_or_default();
    while let Some((block, others)) = rest.split_first_chunk::<8>() {
        let eight = u64::from_le_bytes(*block);
        let ends = is(eight, b'\n') | is(eight, b'"');
        let mut marks = ends | is(eight, delimiter);
        while marks != 0 {
            let mark = marks & marks.wrapping_neg();
            let place = at + marks.trailing_zeros() as usize / 8;
            if mark & ends != 0 {
                return match bytes.get(place) {
                    Some(b'\n') => Stop::LineEnd(place),
                    _ => Stop::Quote,
                };
            }
            tell(place);
            marks ^= mark;
        }
        (at, rest) = (at + 8, others);
    }
    for byte in rest {
        match byte {
            b'\n' => return Stop::LineEnd(at),
            b'"' => return Stop::Quote,
            byte if *byte == delimiter => tell(at),
            _ => {}
        }
        at += 1;
    }
    Stop::End
}

/// The highest bit of each byte that is the one looked for, and no other bit.
#[inline(always)]
fn is(eight: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let differs = eight ^ (ONES * u64::from(byte));
    // No byte carries into the next: the sum of two numbers below 128 is below 256.
    !(((differs & LOW) + LOW) | differs | LOW)
}

#[cfg(test)]
mod tests {
    use super::{Stop, each};

    #[test]
    fn each_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for place in 0..=length {
                for (byte, stop) in [(b'\n', Stop::LineEnd(place)), (b'"', Stop::Quote)] {
                    // Bytes that differ from the ones looked for in a single bit, and the highest bit.
                    let mut bytes: Vec<u8> = [0x8a, 0xac, 0x0b, 0x2d, 0x23, 0xa2]
                        .into_iter()
                        .cycle()
                        .take(length)
                        .collect();
                    bytes.insert(place, byte);
                    let commas: Vec<usize> = (0..place).step_by(3).collect();
                    for comma in &commas {
                        if let Some(byte) = bytes.get_mut(*comma) {
                            *byte = b',';
                        }
                    }
                    let mut told = Vec::new();
                    assert_eq!(each(&bytes, 0, b',', |at| told.push(at)), stop);
                    assert_eq!(told, commas);
                    bytes.truncate(place);
                    assert_eq!(each(&bytes, 0, b',', |_| {}), Stop::End);
                }
            }
        }
    }
}
