//! Numbers that JavaScript does not hold.

/// The greatest whole number up to which JavaScript holds every one: `Number.MAX_SAFE_INTEGER`.
const SAFE: u64 = (1 << 53) - 1;

/// Returns JSON with every number that is not a safe whole number as a text of its digits.
pub(crate) fn quoted(json: &str) -> String {
    let mut quoted = String::with_capacity(json.len() + 64);
    let mut rest = json;
    // Whatever is not a text or a number is copied as it is, up to the next of them.
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'-' | b'0'..=b'9'))
    {
        let is_text = rest.as_bytes().get(at) == Some(&b'"');
        let (before, from) = rest.split_at(at);
        let end = if is_text {
            end_of_text(from)
        } else {
            end_of_number(from)
        };
        let (token, after) = from.split_at(end);
        quoted.push_str(before);
        if is_text || is_safe(token) {
            quoted.push_str(token);
        } else {
            quoted.push('"');
            quoted.push_str(token);
            quoted.push('"');
        }
        rest = after;
    }
    quoted.push_str(rest);
    quoted
}

fn is_safe(number: &str) -> bool {
    let whole = number.strip_prefix('-').unwrap_or(number).parse();
    whole.is_ok_and(|whole: u64| whole <= SAFE)
}

/// Returns where a number ends.
fn end_of_number(json: &str) -> usize {
    let end = json
        .bytes()
        .position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    end.unwrap_or(json.len())
}

/// Returns where a text ends that begins with a quote.
fn end_of_text(json: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[track_caller]
    fn becomes(json: &str, expected: &str) {
        assert_eq!(quoted(json), expected);
    }

    #[test]
    fn whole_numbers_that_are_safe_stay() {
        becomes(
            r#"{"a":12,"b":[-3,0],"c":null}"#,
            r#"{"a":12,"b":[-3,0],"c":null}"#,
        );
        becomes("9007199254740991", "9007199254740991");
    }

    #[test]
    fn others_become_texts() {
        becomes(
            "[0.1,-1.500000,9007199254740992]",
            r#"["0.1","-1.500000","9007199254740992"]"#,
        );
        becomes(r#"{"a":1e3}"#, r#"{"a":"1e3"}"#);
    }

    #[test]
    fn what_is_in_texts_stays() {
        becomes(
            r#"{"1.5":"2.5 \" 3.5 \\","b":1.5}"#,
            r#"{"1.5":"2.5 \" 3.5 \\","b":"1.5"}"#,
        );
        becomes(r#""é 1.5""#, r#""é 1.5""#);
    }
}
