//! Texts broken into lines, and addresses that may be followed.

pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The lines of a text, none wider than asked but for a word that is; one empty line for no text.
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

/// Whether an address may be made a link: anything else might run when it is followed.
pub(super) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}
