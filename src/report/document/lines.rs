//! Breaks texts into lines, and tells which addresses may be followed.

pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// Returns the lines of a text. None is wider than `width_asked`, except for a single word that is wider. An empty text gives one empty line.
pub(super) fn wrap(text: &str, width_asked: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if width(line) + 1 + width(word) <= width_asked => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Returns whether an address may become a link. Other addresses might run something when they are followed.
pub(super) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}
