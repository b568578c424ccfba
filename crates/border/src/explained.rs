//! Why somebody has their result.

use serde::Deserialize;
use threshold_matrix::Matrix;

use crate::{Answer, Wrong, case, json};

/// How an explanation is told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    form: Form,
    /// With every rule and its line in the file.
    full: bool,
    /// Without the values that were recorded about the person.
    redacted: bool,
    /// Without what would change the result.
    without_changes: bool,
    /// A reference to the person whom it is about.
    person: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// Plain text.
    #[default]
    Text,
    Markdown,
    /// A page.
    Html,
    /// The trace, as JSON.
    Trace,
}

/// Returns why a profile has its result at a date.
///
/// `options` is an object, of which everything may be left out: `form` is `text`, `markdown`, `html` or `trace` (JSON); `full` has every rule with its
/// line, `redacted` leaves out the values of the person, `without_changes` leaves out what would change the result, and `person` is a reference to the person
/// whom it is about. Of an empty text, nothing is asked.
///
/// # Errors
/// Returns every problem of the profile.
pub fn explain(matrix: &Matrix, profile: &str, as_at: &str, options: &str) -> Answer {
    let options: Options = match options {
        "" => Options::default(),
        text => serde_json::from_str(text)
            .map_err(|error| Wrong::usage(format!("the options of an explanation: {error}")))?,
    };
    let trace = case(matrix, profile, as_at)?.explain()?;
    if options.form == Form::Trace {
        if options.full || options.redacted || options.without_changes || options.person.is_some() {
            return Err(Wrong::usage(
                "a trace has everything, the values of the person among it; `full`, `redacted`, `without_changes` and `person` are of the other forms",
            ));
        }
        return json(&trace);
    }
    let mut explanation = trace.explanation();
    if options.full {
        explanation = explanation.full();
    }
    if options.redacted {
        explanation = explanation.redacted();
    }
    if !options.without_changes {
        explanation = explanation.with_changes();
    }
    if let Some(person) = &options.person {
        explanation = explanation.about_person(person);
    }
    Ok(match options.form {
        Form::Markdown => explanation.to_markdown(),
        Form::Html => explanation.to_html(),
        Form::Text | Form::Trace => explanation.to_string(),
    })
}
