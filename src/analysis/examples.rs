//! Makes worked examples from an analysis: both sides of each cut-off, and a profile for each tier, status and level.

use crate::analysis::words::json;
use crate::analysis::{Analysis, PartKind};
use crate::profile::Profile;

/// A worked example: its title, its profile, and what is expected of it, as JSON.
struct Example<'a> {
    title: String,
    profile: &'a Profile,
    expected: Vec<(String, String)>,
}

impl Analysis {
    /// Returns worked examples as the `examples:` of a matrix file, to paste into it.
    ///
    /// There are examples of both sides of each cut-off of a score, of an input and of a decision by bands, and one for each tier, status and
    /// level. They expect what the matrix gives today, so that a later change that moves any of them is noticed.
    #[must_use]
    pub fn examples(&self) -> String {
        let mut written = String::from("examples:\n");
        for Example {
            title,
            profile,
            expected,
        } in self.worked()
        {
            let expected: Vec<String> = expected
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let (title, profile, as_at, expected) = (
                quoted(&title),
                json(profile),
                self.as_at(),
                expected.join(", "),
            );
            written.push_str(&format!("  - {{ title: {title}, as_at: {as_at}, profile: {profile}, expect: {{ {expected} }} }}\n"));
        }
        written
    }

    /// Returns the same examples as JSON lines, for the tests of other programs.
    ///
    /// Each line is `{"id": title, "as_at": …, "profile": {…}, "expect": {…}}`, so that the lines are a cohort file too.
    #[must_use]
    pub fn examples_as_json_lines(&self) -> String {
        let mut written = String::new();
        for Example {
            title,
            profile,
            expected,
        } in self.worked()
        {
            let expected: Vec<String> = expected
                .iter()
                .map(|(name, value)| format!("{}:{value}", quoted(name)))
                .collect();
            let (title, profile, as_at, expected) = (
                quoted(&title),
                json(profile),
                self.as_at(),
                expected.join(","),
            );
            written.push_str(&format!("{{\"id\":{title},\"as_at\":\"{as_at}\",\"profile\":{profile},\"expect\":{{{expected}}}}}\n"));
        }
        written
    }

    fn worked(&self) -> Vec<Example<'_>> {
        let mut worked = Vec::new();
        for scores in self.scores() {
            for cut in &scores.cut_offs {
                if let Some((below, met)) = &cut.sides {
                    worked.extend(self.example(
                        format!("{} just below {}", scores.dimension, cut.from),
                        below,
                        None,
                    ));
                    worked.extend(self.example(
                        format!("{} at {} or just above", scores.dimension, cut.from),
                        met,
                        None,
                    ));
                }
            }
        }
        worked.extend(self.edges.iter().filter_map(|edge| {
            self.example(edge.title.clone(), &edge.profile, edge.criterion.as_deref())
        }));
        for part in self.parts().iter().filter(|part| {
            matches!(
                part.kind,
                PartKind::Tier | PartKind::Status | PartKind::Level
            )
        }) {
            if let Some(profile) = part.reached.shown() {
                worked.extend(self.example(
                    format!("the {} {}", part.kind.name(), part.name),
                    profile,
                    None,
                ));
            }
        }
        worked
    }

    fn example<'a>(
        &self,
        title: String,
        profile: &'a Profile,
        criterion: Option<&str>,
    ) -> Option<Example<'a>> {
        let outcome = self.matrix().score(profile, self.as_at()).ok()?;
        let result = [("tier", outcome.tier()), ("status", outcome.status())];
        let mut expected: Vec<_> = result
            .iter()
            .filter_map(|(key, result)| Some(((*key).to_owned(), quoted((*result)?))))
            .collect();
        expected.extend(criterion.and_then(|name| {
            Some((
                name.to_owned(),
                outcome.points(name)?.settled()?.to_string(),
            ))
        }));
        for dimension in outcome.dimensions() {
            let name = dimension.name();
            expected.extend(
                dimension
                    .score()
                    .map(|score| (format!("{name}.score"), score.to_string())),
            );
            expected.extend(
                dimension
                    .level()
                    .map(|level| (format!("{name}.level"), quoted(level))),
            );
        }
        Some(Example {
            title,
            profile,
            expected,
        })
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
