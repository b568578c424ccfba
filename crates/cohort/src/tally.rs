//! Counts what came out of a run, and follows who was there before.

use super::counts::{Counts, Missing};
use super::ids::{Ids, Looked};
use super::movement::{Follower, Moved, Movement};
use super::people::Scored;
use super::previous::Previous;
use super::repeated::Repeated;
use crate::counts::{Reason, Share, Tallied};
use crate::{FrequencyShare, Origin, ScoredPart};
use threshold_matrix::Matrix;

/// Counts of the results of a run. `Display` gives them as a table.
///
/// ```
/// use threshold_matrix::{Matrix, sample};
/// use threshold_matrix_cohort::{Person, Tally};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let as_at = "2026-11-21".parse()?;
/// let mut tally = Tally::new(&matrix);
/// for (number, profile) in sample::profiles(&matrix, as_at, 1, 500).enumerate() {
///     tally.add(&Person::new(number.to_string(), profile).score(&matrix, as_at));
/// }
/// assert_eq!(tally.people(), 500);
/// let high = &tally.results()[0];
/// assert_eq!(high.name(), "high");
/// assert_eq!(tally.results().iter().map(|share| share.people).sum::<u64>(), tally.people() - tally.refused());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Tally {
    pub(super) matrix: Matrix,
    counts: Counts,
    ids: Ids,
    files: Vec<FileShare>,
}

/// The people of one of several files.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct FileShare {
    /// The name of the file.
    pub file: String,
    /// The number of its people, refused or not.
    pub people: u64,
}

/// What there is to count of a part.
#[derive(Debug)]
pub(crate) struct Counted {
    counts: Counts,
    looked: Looked,
}

impl Tally {
    /// Creates a tally that has counted nobody.
    #[must_use]
    pub fn new(matrix: &Matrix) -> Self {
        Self {
            matrix: matrix.clone(),
            counts: Counts::new(matrix),
            ids: Ids::default(),
            files: Vec::new(),
        }
    }

    /// Creates a tally that has counted nobody and follows each person from an earlier run.
    #[must_use]
    pub fn since(matrix: &Matrix, previous: Previous) -> Self {
        Self {
            ids: Ids::Followed(Box::new(Follower::new(previous, matrix))),
            ..Self::new(matrix)
        }
    }

    /// Counts one person.
    pub fn add(&mut self, scored: &Scored) {
        self.counts
            .count(&Tallied::of(scored), scored.line, scored.observed, 1);
        self.counts.count_times(scored);
        self.ids.take_one(scored);
    }

    /// Counts the people of one part of a cohort, and takes note of what each of them had in the earlier run.
    pub fn add_part(&mut self, part: &mut ScoredPart) {
        let counted = self.counted(part);
        self.take(part, counted);
    }

    /// Returns what there is to count of a part, and takes note of what each of its people had in the earlier run.
    pub(crate) fn counted(&self, part: &mut ScoredPart) -> Counted {
        let mut counts = Counts::new(&self.matrix);
        counts.add_part(part);
        Counted {
            counts,
            looked: self.ids.look(part, &self.matrix),
        }
    }

    /// Returns whether the ids of further people are looked at.
    #[cfg(feature = "parquet")]
    pub(crate) fn needs_ids(&self) -> bool {
        self.ids.are_needed()
    }

    /// Names the files of which parts come, if there are several.
    pub(crate) fn begin_files(&mut self, names: impl Iterator<Item = String>) {
        let files = names.map(|file| FileShare { file, people: 0 });
        self.files.extend(files);
    }

    /// Takes what was counted of a part. Parts are taken in their order.
    pub(crate) fn take(&mut self, part: &ScoredPart, Counted { counts, looked }: Counted) {
        let file = part.places.file.as_ref();
        let files = &mut self.files.iter_mut();
        if let Some(share) = file.and_then(|name| files.find(|share| share.file == **name)) {
            share.people += part.people() as u64;
        }
        self.counts.join(counts, part);
        self.ids.take(part, looked);
    }

    /// Takes note of the id of somebody who is counted with others.
    pub(crate) fn note_id(&mut self, id: &[u8], line: u64) {
        self.ids.take_id(id, || Origin::on_line(line));
    }

    /// Counts people who are alike. If they are refused, the first of them is on this line.
    pub(crate) fn count(
        &mut self,
        tallied: &Tallied,
        line: u64,
        observed: Option<bool>,
        people: u64,
    ) {
        self.counts.count(tallied, line, observed, people);
    }

    /// Returns the number of people counted, refused or not.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.counts.people
    }

    /// Returns the number of people who were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.counts.refused
    }

    /// Returns the number of people whose result unknown inputs leave open.
    #[must_use]
    pub fn provisional(&self) -> u64 {
        self.counts.provisional
    }

    /// Returns the number of people whose result is a range that may be wider than it has to be (see
    /// [`Outcome::is_exact`](threshold_matrix::Outcome::is_exact)).
    #[must_use]
    pub fn inexact(&self) -> u64 {
        self.counts.inexact
    }

    /// Returns the number of people of whom the file says what was seen later.
    #[must_use]
    pub fn observed(&self) -> u64 {
        self.counts.observed
    }

    /// Returns the files with the number of people of each, or nothing if the people are not from several files.
    #[must_use]
    pub fn files(&self) -> &[FileShare] {
        &self.files
    }

    /// Returns the people by their results: each tier from the most to the least intensive, then each status, then the open results, the most frequent
    /// first.
    #[must_use]
    pub fn results(&self) -> Vec<Share> {
        self.counts.results()
    }

    /// Returns how often the outcome was seen before and after of the people with each result, in the order of [`Tally::results`]: of a matrix without
    /// tiers, of all who are scored; and last of those who are refused. The list is empty unless how many times is known of somebody.
    #[must_use]
    pub fn frequencies(&self) -> Vec<FrequencyShare> {
        self.counts.frequencies()
    }

    /// Returns the people by their levels in each dimension, in the order of the matrix.
    #[must_use]
    pub fn levels(&self) -> Vec<(String, Vec<Share>)> {
        self.counts.levels()
    }

    /// Returns the inputs that nobody recorded for people whose result is open, each with the number of these people, the most frequent first.
    #[must_use]
    pub fn not_recorded(&self) -> Vec<(String, u64)> {
        let inputs = self.counts.not_recorded().into_iter();
        inputs
            .map(|(input, missing)| (input.to_owned(), missing.people))
            .collect()
    }

    /// Returns the same inputs with how many people lack nothing else.
    pub(crate) fn missing(&self) -> Vec<(&str, Missing)> {
        self.counts.not_recorded()
    }

    /// Returns the reasons for which people were refused, the most frequent first.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        self.counts.reasons()
    }

    /// Returns the number of problems beyond the thousand different reasons that are kept.
    #[must_use]
    pub fn further_reasons(&self) -> u64 {
        self.counts.further_reasons
    }

    /// Returns the ids that occur more than once, or `None` if there are none.
    #[must_use]
    pub fn repeated(&self) -> Option<&Repeated> {
        Some(self.ids.repeated()).filter(|repeated| repeated.people > 0)
    }

    /// Returns how many people came after so many others that their ids were not looked at any more.
    #[must_use]
    pub fn ids_not_looked_at(&self) -> u64 {
        self.ids.not_looked_at()
    }

    /// Returns who moved since the earlier run, or `None` if none was given.
    #[must_use]
    pub fn movement(&self) -> Option<Movement> {
        self.ids.follower().map(Follower::movement)
    }

    /// Takes those who were found to have moved since this was last asked for.
    pub fn take_moved(&mut self) -> Vec<Moved> {
        self.ids
            .follower_mut()
            .map(Follower::take_moved)
            .unwrap_or_default()
    }

    /// Returns the ids of people who were said to have moved, and of whom a later row was then found.
    #[must_use]
    pub fn withdrawn(&self) -> &[String] {
        self.ids
            .follower()
            .map(Follower::withdrawn)
            .unwrap_or_default()
    }

    /// Returns whether the earlier run has one person of this id, and this run nobody.
    #[must_use]
    pub fn is_gone(&self, id: &str) -> bool {
        self.ids
            .follower()
            .is_some_and(|follower| follower.is_gone(id))
    }
}
