//! Findings that an author should look at, each with a stable code, a place, and the profiles that show it.

use crate::analysis::idle::Idle;
use crate::analysis::{Influence, Oscillation, Part, PartKind, Proof, Scores, Turn};
use crate::arena::InputId;
use crate::diagnostic::{Place, codes};
use crate::matrix::Matrix;
use crate::model::{Criterion, Gives, Model, Rule, Score};
use crate::profile::Profile;

codes! {
    /// The kind of a finding.
    ///
    /// Its name is stable: a matrix uses it to accept a finding, and scripts may rely on it.
    pub enum FindingCode {
        /// A tier or status that no profile comes to.
        NeverGiven = "never-given",
        /// A level that no profile comes to.
        LevelNeverGiven = "level-never-given",
        /// A cut-off that no profile meets.
        CutOffNeverMet = "cut-off-never-met",
        /// A rule, band, choice or cell that no profile reaches.
        NeverReached = "never-reached",
        /// An override whose condition never holds.
        OverrideNeverHolds = "override-never-holds",
        /// An override that never applies, or never changes anything, because of what comes before it.
        OverrideShadowed = "override-shadowed",
        /// A flag that is never raised.
        FlagNeverRaised = "flag-never-raised",
        /// A criterion whose points never change the tier, or a level in a matrix without a decision.
        NeverMatters = "never-matters",
        /// An input of which more leads the other way than the matrix says.
        WrongWay = "wrong-way",
        /// A protected input that alone moves the result.
        ProtectedMatters = "protected-matters",
        /// A result that goes back and forth with nothing changed but the earlier tier.
        Oscillates = "oscillates",
        /// One input that gives points in two criteria which are added up.
        CountedTwice = "counted-twice",
        /// A cut-off with a quarter or more of all combinations of cells within a point of it, in a dimension of ten scores or more.
        KnifeEdge = "knife-edge",
        /// A question that would take more than the budget.
        Open = "open",
        /// An acceptance of what was not found.
        NothingToAccept = "nothing-to-accept",
    }
}

/// Something that an author should look at.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of the finding, which is stable between versions.
    pub code: FindingCode,
    /// What the finding is about: a name as in [`Part::name`], a criterion or an input.
    pub of: String,
    /// Where that is written.
    pub place: Place,
    /// What was found.
    pub message: String,
    /// Profiles that show it, each of them scored. The list is empty where the finding is that there is no such profile.
    pub witnesses: Vec<Profile>,
    /// Why the matrix accepts it, if it does.
    pub accepted: Option<String>,
}

/// The fewest scores of a dimension that are spread enough for a cut-off to be a knife-edge.
const MANY_SCORES: usize = 10;

pub(super) fn findings(
    matrix: &Matrix,
    parts: &[Part],
    scores: &[Scores],
    influences: &[Influence],
    idle: &[Idle],
    oscillation: Option<&Oscillation>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    of_parts(parts, &mut findings);
    of_influences(influences, &mut findings);
    let thing = if matrix.model().decision.is_some() {
        "the result"
    } else {
        "a level"
    };
    for own in idle {
        let (code, message) = if own.is_open {
            (
                FindingCode::Open,
                format!(
                    "whether the points of `{}` ever change {thing} is open: the proof would take more work than is allowed",
                    own.criterion
                ),
            )
        } else {
            (
                FindingCode::NeverMatters,
                if own.is_added {
                    format!("the points of `{}` never change {thing}", own.criterion)
                } else {
                    format!(
                        "the points of `{0}` never change {thing}: no dimension adds them, so write `{0}` in the `score` of one",
                        own.criterion
                    )
                },
            )
        };
        findings.push(Finding::new(code, &own.criterion, own.place, message));
    }
    findings.extend(oscillation.and_then(of_oscillation));
    of_scores(scores, &mut findings);
    counted_twice(matrix.model(), &mut findings);
    accept(matrix, &mut findings);
    findings.sort_by(|one, other| {
        (one.place, one.code, &one.of).cmp(&(other.place, other.code, &other.of))
    });
    findings.dedup();
    findings
}

impl Finding {
    fn new(code: FindingCode, of: &str, place: Place, message: String) -> Self {
        Self {
            code,
            of: of.to_owned(),
            place,
            message,
            witnesses: Vec::new(),
            accepted: None,
        }
    }
}

fn of_parts(parts: &[Part], findings: &mut Vec<Finding>) {
    for part in parts {
        let name = &part.name;
        let is_reached = |kind: PartKind| {
            parts.iter().any(|other| {
                other.kind == kind && other.name == *name && other.reached != Proof::Never
            })
        };
        let (code, message) = match (&part.reached, part.kind) {
            (Proof::Shown(_), _) => continue,
            (Proof::Open, PartKind::CutOff)
                if parts
                    .iter()
                    .any(|other| other.kind == PartKind::Level && other.reached == Proof::Open) =>
            {
                continue;
            }
            (Proof::Open, _) => (
                FindingCode::Open,
                format!(
                    "whether any profile reaches {} is open: the proof would take more work than is allowed",
                    part.spoken()
                ),
            ),
            (Proof::Never, PartKind::Tier | PartKind::Status) => (
                FindingCode::NeverGiven,
                format!("no profile can get `{name}`"),
            ),
            (Proof::Never, PartKind::Level) => (
                FindingCode::LevelNeverGiven,
                format!("no profile can get the level `{name}`"),
            ),
            // Said of the level.
            (Proof::Never, PartKind::CutOff)
                if parts.iter().any(|other| {
                    other.kind == PartKind::Level
                        && other.name == *name
                        && other.reached == Proof::Never
                }) =>
            {
                continue;
            }
            (Proof::Never, PartKind::CutOff) => (
                FindingCode::CutOffNeverMet,
                format!("no profile meets the cut-off of the level `{name}`"),
            ),
            (Proof::Never, PartKind::Rule | PartKind::Band | PartKind::Cell | PartKind::Choice) => {
                (
                    FindingCode::NeverReached,
                    format!("no profile reaches {}", part.spoken()),
                )
            }
            (Proof::Never, PartKind::Condition) => (
                FindingCode::OverrideNeverHolds,
                format!("the condition of the override `{name}` never holds"),
            ),
            (Proof::Never, PartKind::Override) if is_reached(PartKind::Condition) => (
                FindingCode::OverrideShadowed,
                format!(
                    "the override `{name}` never applies: whenever it could, a final override before it has applied"
                ),
            ),
            (Proof::Never, PartKind::Effect) if is_reached(PartKind::Override) => (
                FindingCode::OverrideShadowed,
                format!("the override `{name}` never changes anything"),
            ),
            (Proof::Never, PartKind::Override | PartKind::Effect) => continue,
            (Proof::Never, PartKind::Flag) => (
                FindingCode::FlagNeverRaised,
                format!("the flag `{name}` is never raised"),
            ),
        };
        findings.push(Finding::new(code, name, part.place, message));
    }
}

fn of_influences(influences: &[Influence], findings: &mut Vec<Finding>) {
    for own in influences {
        let thing = own.dimension.as_ref().map_or_else(
            || "the result".to_owned(),
            |dimension| format!("the level of `{dimension}`"),
        );
        match &own.wrong_way {
            Some(Proof::Shown(pair)) => findings.push(Finding {
                witnesses: vec![pair.less.clone(), pair.more.clone()],
                ..Finding::new(
                    FindingCode::WrongWay,
                    &own.input,
                    own.place,
                    format!("more of `{}` takes {thing} from {} to {}, against the direction that the input declares", own.input, pair.from, pair.to),
                )
            }),
            Some(Proof::Open) => findings.push(Finding::new(
                FindingCode::Open,
                &own.input,
                own.place,
                format!("whether more of `{}` ever leads {thing} the wrong way is open: the proof would take more work than is allowed", own.input),
            )),
            Some(Proof::Never) | None => {}
        }
        match &own.largest {
            Proof::Shown(pair) if own.is_protected => findings.push(Finding {
                witnesses: vec![pair.less.clone(), pair.more.clone()],
                ..Finding::new(
                    FindingCode::ProtectedMatters,
                    &own.input,
                    own.place,
                    format!(
                        "the protected input `{}` alone moves {thing}{}, from {} to {}",
                        own.input,
                        pair.by(),
                        pair.from,
                        pair.to
                    ),
                )
            }),
            Proof::Open if own.wrong_way != Some(Proof::Open) => findings.push(Finding::new(
                FindingCode::Open,
                &own.input,
                own.place,
                format!(
                    "how far `{}` alone moves {thing} is open: the proof would take more work than is allowed",
                    own.input
                ),
            )),
            _ => {}
        }
    }
}

fn of_oscillation(own: &Oscillation) -> Option<Finding> {
    let input = &own.input;
    match &own.cycle {
        Proof::Never => None,
        Proof::Open => Some(Finding::new(
            FindingCode::Open,
            input,
            own.place,
            "whether the result can go back and forth by itself is open: the proof would take more work than is allowed".to_owned(),
        )),
        Proof::Shown(turns) => {
            let given = turns.iter().map(|turn| turn.gives.as_str());
            let round: Vec<&str> = given.clone().chain(given.take(1)).collect();
            Some(Finding {
                witnesses: turns
                    .iter()
                    .map(|Turn { profile, .. }| profile.clone())
                    .collect(),
                ..Finding::new(
                    FindingCode::Oscillates,
                    input,
                    own.place,
                    format!(
                        "with nothing changed but `{input}`, the result goes back and forth: {}",
                        round.join(", then ")
                    ),
                )
            })
        }
    }
}

fn of_scores(scores: &[Scores], findings: &mut Vec<Finding>) {
    for own in scores {
        if own.attainable.is_none() {
            let (least, most) = own.bounds;
            let message = format!(
                "which scores `{}` can have is open: the proof would take more work than is allowed; none is below {least} or above {most}",
                own.dimension
            );
            findings.push(Finding::new(
                FindingCode::Open,
                &own.dimension,
                own.place,
                message,
            ));
        }
        // A few scores are always near each other.
        let has_many = own
            .attainable
            .as_ref()
            .is_some_and(|attainable| attainable.len() >= MANY_SCORES);
        for cut in own.cut_offs.iter().filter(|_| has_many) {
            if let Some(near) = cut.near.filter(|near| *near >= 250) {
                let message = format!(
                    "of 1000 combinations of cells, {near} score within a point of {}, where the level `{}` of `{}` begins",
                    cut.from, cut.level, own.dimension
                );
                findings.push(Finding::new(
                    FindingCode::KnifeEdge,
                    &format!("{}.{}", own.dimension, cut.level),
                    own.place,
                    message,
                ));
            }
        }
    }
}

/// Finds inputs whose values give points in two criteria that are added up in one dimension.
fn counted_twice(model: &Model, findings: &mut Vec<Finding>) {
    for dimension in model.dimensions.items() {
        let mut seen: Vec<(InputId, &Criterion)> = Vec::new();
        for criterion in added(model, &dimension.score) {
            for input in read_for_points(criterion) {
                if let Some((_, first)) = seen.iter().find(|(other, own)| {
                    *other == input && own.heading.name != criterion.heading.name
                }) {
                    let name = &model.inputs[input].heading.name;
                    let message = format!(
                        "`{name}` gives points in both `{}` and `{}`, which `{}` adds up",
                        first.heading.name, criterion.heading.name, dimension.heading.name
                    );
                    findings.push(Finding::new(
                        FindingCode::CountedTwice,
                        &criterion.heading.name,
                        criterion.heading.place,
                        message,
                    ));
                }
                seen.push((input, criterion));
            }
        }
    }
}

/// Returns the criteria that a score adds up. The parts of a `highest` or a `lowest` are left out, since only one of them counts.
fn added<'a>(model: &'a Model, score: &Score) -> Vec<&'a Criterion> {
    match score {
        Score::Criterion(id) => vec![&model.criteria[*id]],
        Score::Group(id) => added(model, &model.groups[*id].score),
        Score::Sum(parts) | Score::Capped { of: parts, .. } => {
            parts.iter().flat_map(|part| added(model, part)).collect()
        }
        Score::Highest(_) | Score::Lowest(_) => Vec::new(),
    }
}

fn read_for_points(criterion: &Criterion) -> Vec<InputId> {
    let mut inputs: Vec<InputId> = match &criterion.rule {
        Rule::One(reading) => vec![reading.input],
        Rule::When { .. } => Vec::new(),
        Rule::Choose(choices) => {
            let readings = choices.iter().filter_map(|choice| {
                if let Gives::Reading(reading) = &choice.gives {
                    Some(reading.input)
                } else {
                    None
                }
            });
            readings.collect()
        }
    };
    inputs.sort_unstable();
    inputs.dedup();
    inputs
}

/// Marks the findings that the matrix accepts, and reports acceptances of what was not found.
fn accept(matrix: &Matrix, findings: &mut Vec<Finding>) {
    for entry in matrix.accepted() {
        let (code, of) = (entry.finding.as_str(), entry.of.as_str());
        let mut found = false;
        for finding in findings
            .iter_mut()
            .filter(|finding| finding.code.name() == code && finding.of == of)
        {
            finding.accepted = Some(entry.reason.clone());
            found = true;
        }
        // What is open may yet be what is accepted.
        if !found
            && !findings
                .iter()
                .any(|finding| finding.code == FindingCode::Open && finding.of == of)
        {
            let message = format!("`{code}` of `{of}` is accepted, but was not found");
            findings.push(Finding::new(
                FindingCode::NothingToAccept,
                of,
                entry.place,
                message,
            ));
        }
    }
}
