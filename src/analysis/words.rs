//! Writes an analysis as text, and its findings as a compiler shows them.

use std::fmt;

use crate::analysis::{Analysis, Finding, Pair, Part, PartKind, Proof};
use crate::diagnostic::Warnings;
use crate::profile::Profile;

impl Part {
    /// Returns the part's name for readers, such as "the rule `by_release.2`".
    pub(super) fn spoken(&self) -> String {
        format!("the {} `{}`", self.kind.name(), self.name)
    }
}

impl PartKind {
    /// Returns the name of the kind.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Status => "status",
            Self::Level => "level",
            Self::CutOff => "cut-off",
            Self::Rule => "rule",
            Self::Band => "band",
            Self::Cell => "cell",
            Self::Choice => "choice",
            Self::Condition => "condition of the override",
            Self::Override => "override",
            Self::Effect => "effect of the override",
            Self::Flag => "flag",
        }
    }
}

impl Pair {
    /// Returns the distance as words such as " by 2 steps". The text is empty where a status has no distance.
    pub(super) fn by(&self) -> String {
        match self.steps {
            None => String::new(),
            Some(1) => " by 1 step".to_owned(),
            Some(steps) => format!(" by {steps} steps"),
        }
    }
}

/// Returns a profile as JSON on one line.
#[doc(hidden)]
#[must_use]
pub fn json(profile: &Profile) -> String {
    serde_json::to_string(profile).unwrap_or_default()
}

impl Analysis {
    /// Returns the findings that the matrix does not accept, as a compiler shows them: each with its lines of the file from which the matrix was loaded.
    #[must_use]
    pub fn warnings(&self, file: &str, text: &str) -> String {
        let mut warnings = Warnings::new(file, text);
        for finding in self
            .findings()
            .iter()
            .filter(|finding| finding.accepted.is_none())
        {
            warnings.push(
                finding.code.name(),
                finding.place,
                finding.message.clone(),
                finding.shown(),
            );
        }
        warnings.to_string()
    }
}

impl Finding {
    /// Returns the profiles that show the finding, in words.
    fn shown(&self) -> Option<String> {
        match self.witnesses.as_slice() {
            [] => None,
            [one] => Some(format!("for example {}", json(one))),
            [one, rest @ ..] => Some(format!(
                "from {} to {}",
                json(one),
                rest.iter().map(json).collect::<Vec<_>>().join(" and ")
            )),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.place, self.code, self.message)?;
        if let Some(shown) = self.shown() {
            write!(formatter, "\n    {shown}")?;
        }
        if let Some(reason) = &self.accepted {
            write!(formatter, "\n    accepted: {reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Analysis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matrix = self.matrix();
        writeln!(
            formatter,
            "{} {}, over all profiles, as at {}",
            matrix.id(),
            matrix.version(),
            self.as_at()
        )?;
        for scores in self.scores() {
            write!(formatter, "\nscore of {}: ", scores.dimension)?;
            match scores.attainable.as_deref() {
                Some([first, .., last]) => {
                    let gaps: Vec<String> = scores
                        .gaps()
                        .iter()
                        .map(|(one, other)| format!("{one} and {other}"))
                        .collect();
                    let count = scores.attainable.as_deref().unwrap_or_default().len();
                    write!(
                        formatter,
                        "{count} numbers from {} to {}",
                        first.score, last.score
                    )?;
                    match gaps.as_slice() {
                        [] => {}
                        [..] if gaps.len() <= 8 => {
                            write!(formatter, "; none between {}", gaps.join(", "))?
                        }
                        [..] => write!(formatter, "; {} gaps", gaps.len())?,
                    }
                }
                Some([only]) => write!(formatter, "always {}", only.score)?,
                Some([]) => write!(formatter, "none, because no profile is accepted")?,
                None => write!(
                    formatter,
                    "open; between {} and {}",
                    scores.bounds.0, scores.bounds.1
                )?,
            }
            for cut in &scores.cut_offs {
                if let Some(near) = cut.near {
                    write!(
                        formatter,
                        "\n  {} from {}: {}.{} % of all combinations of cells within one point",
                        cut.level,
                        cut.from,
                        near / 10,
                        near % 10
                    )?;
                }
            }
        }
        let reached = self
            .parts()
            .iter()
            .filter(|part| part.reached.shown().is_some())
            .count();
        writeln!(
            formatter,
            "\n\n{reached} of {} parts are reached",
            self.parts().len()
        )?;
        for own in self.influences() {
            let of = own
                .dimension
                .as_ref()
                .map_or(String::new(), |dimension| format!(" ({dimension})"));
            write!(formatter, "\n{}{of}: ", own.input)?;
            match &own.largest {
                Proof::Shown(pair) => write!(
                    formatter,
                    "alone moves the result{}, from {} to {}",
                    pair.by(),
                    pair.from,
                    pair.to
                )?,
                Proof::Never => write!(formatter, "alone never moves the result")?,
                Proof::Open => write!(formatter, "open")?,
            }
            match &own.wrong_way {
                Some(Proof::Never) => write!(formatter, "; it never moves it the wrong way")?,
                Some(Proof::Shown(pair)) => write!(
                    formatter,
                    "; it moves it the wrong way, from {} to {}",
                    pair.from, pair.to
                )?,
                Some(Proof::Open) => write!(
                    formatter,
                    "; whether it ever moves it the wrong way is open"
                )?,
                None => {}
            }
        }
        if let Some(own) = self.oscillation() {
            let said = match &own.cycle {
                Proof::Never => "never goes back and forth by itself",
                Proof::Shown(_) => "can go back and forth by itself",
                Proof::Open => "may go back and forth by itself: that is open",
            };
            write!(formatter, "\n{}: the result {said}", own.input)?;
        }
        writeln!(formatter)?;
        for finding in self.findings() {
            write!(formatter, "\n{finding}")?;
        }
        if self.findings().is_empty() {
            write!(formatter, "\nnothing was found")?;
        }
        Ok(())
    }
}
