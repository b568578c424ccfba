//! Explains a record: what the matrix gave and why, what persons decided beside it, and whether a replay gives the same.

use crate::matrix::Matrix;
use crate::record::{Decision, Difference, DifferenceKind, Record, Replay, ReplayError};
use crate::report::{Beside, Block, Explanation, Section, Told};
use crate::words::listed;

/// The most differences that an explanation lists.
const MOST: usize = 12;

impl Record {
    /// Returns the explanation of what was recorded.
    ///
    /// It is like [`Trace::explanation`](crate::Trace::explanation), and also says what persons decided, whether a replay gives the same, and what
    /// the seal is. The matrix must be the one that the record names; [`Record::matrix_in`] finds it in a library.
    ///
    /// The explanation is of what comes out of the recorded profile now. Where the record differs from that, the explanation says where.
    ///
    /// A redacted explanation leaves out the reference to the person, the seal, since the seal follows from the profile, and the reasons of decisions, since
    /// they may say anything.
    ///
    /// # Errors
    /// Returns the errors of [`Record::replay_with`], and an error if the matrix refuses the recorded profile.
    ///
    /// # Example
    /// ```
    /// use threshold_matrix::{Matrix, Profile, record::{Decision, Record}};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let record = Record::new(&matrix, &Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let decision = Decision::to("high").by("u-4711", "manager").because("seen yesterday").on("2026-11-23".parse()?);
    /// let record = record.decide(&matrix, decision)?;
    /// let told = record.explanation(&matrix)?.to_string();
    /// assert!(told.contains("Result: medium") && told.contains("On 23 November 2026 a person decided otherwise: high."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explanation(&self, matrix: &Matrix) -> Result<Explanation, ReplayError> {
        let replay = self.replay_with(matrix)?;
        let trace = matrix
            .explain(self.profile(), self.as_at())
            .map_err(|refusal| ReplayError::Refused {
                refusal: refusal.to_string(),
                broken_seals: self.broken_seals(),
            })?;
        let told = |is_redacted| {
            Teller {
                record: self,
                matrix,
                replay: &replay,
                is_redacted,
            }
            .told()
        };
        let explanation = trace.explanation().beside(Beside {
            open: told(false),
            redacted: told(true),
        });
        Ok(match self.person() {
            Some(reference) => explanation.about_person(reference),
            None => explanation,
        })
    }
}

struct Teller<'a> {
    record: &'a Record,
    matrix: &'a Matrix,
    replay: &'a Replay,
    is_redacted: bool,
}

const HIDDEN_IN_COPY: &str = "the reference to the person and the reasons of decisions";

impl Teller<'_> {
    fn told(&self) -> Told {
        let decided = self.record.decided();
        let mut told = Told {
            is_decided: !decided.is_empty(),
            ..Told::default()
        };
        for (index, decision) in decided.iter().enumerate() {
            let day = decision
                .day()
                .map(|day| format!("On {} a", day.in_words()))
                .unwrap_or_else(|| "A".to_owned());
            let decided = match (decision.advised(), decision.is_override()) {
                (None, _) => "decided what was open",
                (Some(_), true) => "decided otherwise",
                (Some(_), false) => "decided as the matrix gave",
            };
            told.lines.push(format!(
                "{day} person {decided}: {}.",
                decision.in_words(self.matrix)
            ));
            told.sections.push(self.decided(index, decision));
        }
        let takes_place = |own: &[Decision]| {
            let [earlier @ .., last] = own else {
                return false;
            };
            earlier
                .iter()
                .any(|own| own.dimension() == last.dimension())
        };
        if takes_place(decided) {
            told.lines.push(
                "The last decision takes the place of those before it, from its own day."
                    .to_owned(),
            );
        }
        if self.record.is_redacted() {
            told.lines.push(format!(
                "This is of a redacted copy of the record. It hides {HIDDEN_IN_COPY}."
            ));
        }
        let is_seal = |found: &Difference| found.kind == DifferenceKind::Seal;
        let differences = self.replay.differences();
        if differences.iter().any(is_seal) {
            told.lines.push(
                "The record was changed after it was written: a seal does not match. Do not rely on it; ask for the record as it was."
                    .to_owned(),
            );
        }
        if !differences.iter().all(is_seal) {
            told.lines.push(
                "The record differs from what comes out now. What is explained here is what comes out now."
                    .to_owned(),
            );
        }
        told.detail.push(self.replayed());
        told
    }

    fn decided(&self, index: usize, decision: &Decision) -> Section {
        let title = match index {
            0 => "What a person decided".to_owned(),
            _ => "What a person decided after that".to_owned(),
        };
        let mut section = Section::new(format!("decided-{index}"), title);
        let reason = decision.reason().filter(|_| !self.is_redacted);
        let mut facts = vec![
            (
                "The matrix",
                decision
                    .advice_in_words(self.matrix)
                    .unwrap_or("left it open")
                    .to_owned(),
            ),
            ("The person", decision.in_words(self.matrix)),
            (
                "Who",
                format!("{} ({})", decision.person(), decision.role()),
            ),
            ("Why", reason.unwrap_or("hidden").to_owned()),
        ];
        facts.extend(decision.day().map(|day| ("Decided on", day.in_words())));
        let mut later = self.record.decided().iter().skip(index + 1);
        let next = later.find(|later| later.dimension() == decision.dimension());
        let next = next.and_then(Decision::day);
        let until = match (decision.review(), next) {
            (review, Some(next)) if review.is_none_or(|review| next < review) => {
                let next = next.in_words();
                format!("before {next}, the day of the decision that takes its place")
            }
            (Some(review), _) => format!("before {}, the day of its review", review.in_words()),
            (None, _) => "the record gives no day of a review".to_owned(),
        };
        facts.push(("Counts until", until));
        let place = format!("/decided/{index}/");
        let broken = self.replay.differences().iter().filter(|found| {
            found.kind == DifferenceKind::Refused && found.pointer.starts_with(&place)
        });
        let broken: Vec<&str> = broken
            .filter_map(|found| found.replayed.as_deref())
            .collect();
        let limits = match (self.matrix.review().in_words(), broken.as_slice()) {
            (_, [_, ..]) => format!("not kept: {}", broken.join("; ")),
            (_, []) if !decision.is_override() => "none, since it is not an override".to_owned(),
            (Some(limits), []) => format!("kept: {limits}"),
            (None, []) => "the matrix sets none".to_owned(),
        };
        facts.push(("Limits", limits));
        section.blocks.push(Block::Facts(facts));
        section
    }

    fn replayed(&self) -> Section {
        let mut section = Section::new("record", "The record");
        let differences = self.replay.differences();
        let replay = match differences.len() {
            0 if !self.replay.not_compared().is_empty() => format!(
                "the same; not compared: {}, which an earlier build wrote in a form of its own",
                listed(self.replay.not_compared(), "and")
            ),
            0 => "the same to the byte".to_owned(),
            1 => "not the same in 1 place".to_owned(),
            count => format!("not the same in {count} places"),
        };
        let mut facts = vec![
            ("Replay", replay),
            (
                "Written by",
                format!("threshold-matrix {}", self.record.library_version()),
            ),
        ];
        if !self.is_redacted {
            facts.push(("Seal", self.record.seal().to_owned()));
        }
        if self.record.is_redacted() {
            facts.push(("Hidden in this copy", HIDDEN_IN_COPY.to_owned()));
        }
        section.blocks.push(Block::Facts(facts));
        let place = |found: &Difference| {
            if found.pointer.is_empty() {
                "the record".to_owned()
            } else {
                found.pointer.clone()
            }
        };
        let told = differences.iter().take(MOST).map(|found| {
            if self.is_redacted {
                place(found)
            } else {
                found.to_string()
            }
        });
        let more = differences.len().saturating_sub(MOST);
        let more = (more > 0).then(|| format!("and {more} more"));
        if !differences.is_empty() {
            section.blocks.push(Block::List(told.chain(more).collect()));
        }
        section
    }
}
