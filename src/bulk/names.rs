//! Finds texts among a few names, by their length and their ends before by all their bytes.

/// Names to find texts among.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// The marks of each name, and the name where the marks do not say all of it.
    names: Vec<(Marks, Option<Box<[u8]>>)>,
}

/// The length of a text, its first eight bytes, and its last eight; of a shorter text, its bytes in two parts that overlap.
type Marks = (usize, u64, u64);

impl Names {
    pub(super) fn new(names: &[String]) -> Self {
        let names = names.iter().map(|name| {
            let is_long = name.len() > 16;
            (
                marks(name.as_bytes()),
                is_long.then(|| name.as_bytes().into()),
            )
        });
        Self {
            names: names.collect(),
        }
    }

    /// Returns the position of a text, if it is one of the names.
    #[inline]
    pub(super) fn position(&self, text: &[u8]) -> Option<usize> {
        let marks = marks(text);
        self.names.iter().position(|(own, rest)| {
            *own == marks && rest.as_ref().is_none_or(|rest| **rest == *text)
        })
    }
}

#[inline]
fn marks(text: &[u8]) -> Marks {
    let (first, last) = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let number = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        (number(first), number(last))
    } else {
        let bytes = text.iter();
        (bytes.rfold(0, |all, byte| all << 8 | u64::from(*byte)), 0)
    };
    (text.len(), first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_if_it_is_a_name_to_the_last_byte() {
        let names = [
            "",
            "a",
            "ab",
            "abc",
            "abcd",
            "abcde",
            "abcdefg",
            "abcdefgh",
            "abcdefghi",
            "theft",
            "thefts",
            "theft_from_person",
            "theft_from_parson",
            "theft_from_person!",
            "ba",
            "\u{e9}t\u{e9}",
        ];
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let found = Names::new(&names);
        for (position, name) in names.iter().enumerate() {
            assert_eq!(found.position(name.as_bytes()), Some(position), "{name}");
            for other in [format!("{name}x"), format!("x{name}"), name.to_uppercase()] {
                let position = names.iter().position(|name| *name == other);
                assert_eq!(found.position(other.as_bytes()), position, "{other}");
            }
        }
    }
}
