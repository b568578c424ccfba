//! Lists the constructs of the language that a matrix has, so that a test can see that the strategies leave none out.

use std::collections::BTreeSet;

use crate::spec::{Against, Spec, Subject, Test};
use crate::yaml::Node;

/// Returns every construct in the matrix, as `section key`: `criteria bands`, `overrides final`, `flags years_ago` …
/// Cells and comparisons that are known by a word and not by a key are listed as `decision =impossible`.
pub fn constructs(spec: &Spec) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Node::Map(sections) = spec.document() {
        for (section, content) in &sections {
            let Node::Text(section) = section else {
                continue;
            };
            found.insert(section.clone());
            collect(section, content, &mut found);
        }
    }
    for (subject, test) in spec.comparisons() {
        found.insert(format!("reads {}", kind_of(spec, subject)));
        match test {
            Test::Each(_) => _ = found.insert(format!("several {}", kind_of(spec, subject))),
            Test::AtLeast(Against::Decision(_)) => _ = found.insert("decision at_least".to_owned()),
            Test::AtMost(Against::Decision(_)) => _ = found.insert("decision at_most".to_owned()),
            _ => {}
        }
    }
    for axis in spec.axes() {
        found.insert(format!("axis {}", kind_of(spec, &axis.subject)));
    }
    found
}

fn collect(section: &str, node: &Node, found: &mut BTreeSet<String>) {
    match node {
        Node::Map(entries) | Node::Ordered(entries) => {
            for (key, value) in entries {
                if let Node::Text(key) = key
                    && is_keyword(key)
                {
                    found.insert(format!("{section} {key}"));
                }
                collect(section, value, found);
            }
        }
        Node::List(items) => items.iter().for_each(|item| collect(section, item, found)),
        Node::Text(word)
            if ["nothing", "impossible", "absent", "unknown"].contains(&word.as_str()) =>
        {
            found.insert(format!("{section} ={word}"));
        }
        Node::Text(_) | Node::Plain(_) => {}
    }
}

/// Returns whether a key is a keyword. All generated names but two have a number in them, and the values that stand as keys are not all lower-case
/// letters.
fn is_keyword(key: &str) -> bool {
    key.chars()
        .all(|letter| letter.is_ascii_lowercase() || letter == '_')
        && !["female", "age", "panel", "low", "street_gangs", "yes"].contains(&key)
}

fn kind_of(spec: &Spec, subject: &Subject) -> &'static str {
    match subject {
        Subject::Input(name) if spec.derived(name).is_some() => "derived input",
        Subject::Input(_) => "input",
        Subject::Points {
            qualified: true, ..
        } => "points by suffix",
        Subject::Points { name, .. } if spec.group(name).is_some() => "points of a group",
        Subject::Points { .. } => "points",
        Subject::Score {
            qualified: true, ..
        } => "score by suffix",
        Subject::Score { .. } => "score",
        Subject::Scaled(_) => "scaled",
        Subject::Level {
            qualified: true, ..
        } => "level by suffix",
        Subject::Level { .. } => "level",
        Subject::Total => "total",
        Subject::Tier => "tier",
        Subject::Status => "status",
        Subject::Decision(_) => "decision",
    }
}
