//! Says what a run was of and what came out, in rows of two cells.

use super::RunReport;
use crate::workbook::Form;

impl RunReport<'_> {
    /// Returns what the run was of and what came out, each with what its value is.
    pub(crate) fn about(&self) -> Vec<(String, Form, String)> {
        let (tally, matrix) = (self.tally, &self.tally.matrix);
        let text = |about: &str, value: &str| (about.to_owned(), Form::Text, value.to_owned());
        let number = |about: String, value: u64| (about, Form::Number, value.to_string());
        let as_at = self.as_at.to_string();
        let mut rows = vec![
            text("matrix", matrix.id()),
            text("title", matrix.title()),
            text("version", &matrix.version().to_string()),
            text("hash", matrix.content_hash()),
            text("library version", env!("CARGO_PKG_VERSION")),
            ("as at".to_owned(), Form::Date, as_at.clone()),
        ];
        rows.extend(self.source.iter().map(|source| text("source", source)));
        for (about, people) in [
            ("people", tally.people()),
            ("scored", self.scored()),
            ("refused", tally.refused()),
            ("provisional", tally.provisional()),
        ] {
            rows.push(number(about.to_owned(), people));
        }
        let files = tally.files().iter();
        rows.extend(files.map(|share| number(format!("people of {}", share.file), share.people)));
        let results = tally.results();
        let results = results.iter();
        rows.extend(results.map(|share| number(format!("tier: {}", share.name()), share.people)));
        for (dimension, levels) in tally.levels() {
            let about = |level: &str| format!("{dimension}: {level}");
            let levels = levels.iter();
            rows.extend(levels.map(|share| number(about(&share.name()), share.people)));
        }
        if let Some(movement) = tally.movement() {
            let moved = movement.moves.iter().map(|way| way.people).sum();
            let before = movement.matrices.iter();
            rows.extend(before.map(|matrix| text("previous run", matrix)));
            for (about, people) in [
                ("moved", moved),
                ("stayed", movement.stayed),
                ("new", movement.new),
                ("gone", movement.gone),
                ("ids that are not one person's in both runs", movement.apart),
            ] {
                rows.push(number(about.to_owned(), people));
            }
        }
        if let Some(repeated) = tally.repeated() {
            let about = "rows with an id that an earlier row has".to_owned();
            rows.push(number(about, repeated.people));
        }
        if tally.ids_not_looked_at() > 0 {
            let about = "people among whom ids that occur twice were not looked for".to_owned();
            rows.push(number(about, tally.ids_not_looked_at()));
        }
        if self.left_out > 0 {
            let about = "rows left out, as the columns file says".to_owned();
            rows.push(number(about, self.left_out));
        }
        for (about, names) in [
            ("columns that no input reads", &self.unused),
            ("inputs without a column", &self.without_column),
        ] {
            rows.extend(names.iter().map(|name| text(about, name)));
        }
        if !self.is_in_force() {
            let (id, version) = (matrix.id(), matrix.version());
            let warning = format!("{id} {version} is not in force on {as_at}");
            rows.push(text("warning", &warning));
        }
        if let Some(due_only) = &self.due_only {
            for (about, people) in [
                ("carried over from the previous run", due_only.carried_over),
                ("scored because a date passed", due_only.due),
                ("scored because the inputs changed", due_only.changed),
                (
                    "scored because the previous run has no such id",
                    due_only.new,
                ),
                (
                    "scored because the result was open or refused",
                    due_only.open_or_refused,
                ),
                (
                    "scored because the previous run cannot tell",
                    due_only.other_run,
                ),
                (
                    "changed, and not in the cohort",
                    due_only.changed_not_in_cohort,
                ),
            ] {
                rows.push(number(about.to_owned(), people));
            }
        }
        for events in &self.events {
            rows.extend(
                events
                    .to_string()
                    .lines()
                    .map(|line| text("events", line.trim())),
            );
        }
        let warnings = self.warnings.iter();
        rows.extend(warnings.map(|warning| text("warning", warning)));
        rows.push(text("advice", Self::ADVICE));
        rows
    }
}
