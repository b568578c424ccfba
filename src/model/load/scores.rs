//! Loads groups and dimensions, with their scores, scales and levels, and the bounds that prove that they cannot overflow.

use crate::arena::{CriterionId, DimensionId, GroupId, Id};
use crate::diagnostic::{Code, Diagnostic, Place, shortened};
use crate::format::tree::{Key, Node};
use crate::model::load::conditions::Scope;
use crate::model::load::criteria::hull;
use crate::model::load::names::{Named, Names};
use crate::model::load::{Loader, one_paragraph, places};
use crate::model::named::Label;
use crate::model::{Dimension, Group, Level, LevelCuts, ScaleBand, Score, Sum};
use crate::number::{self, Points};

/// Bounds in millionths, before it is known that they stay within the limit.
pub(super) type Bounds = (i128, i128);
/// The smallest and the largest of some numbers.
type Range = (Points, Points);

/// The smallest and largest points of each criterion and group. They are `None` for one that is at fault.
#[derive(Debug, Default)]
pub(super) struct PointsBounds {
    pub(super) criteria: Vec<Option<Bounds>>,
    pub(super) groups: Vec<Option<Bounds>>,
}

/// The largest score, in whole points.
const LARGEST: i64 = number::SCALED_LIMIT / 1_000_000;

impl Loader<'_> {
    pub(super) fn groups(&mut self, root: &Node) {
        for (key, node) in root.get("groups").map(Node::entries).unwrap_or_default() {
            let heading = self.heading(key, node);
            let left_out = self.left_out.len();
            let score = self.sum(node.get("score"));
            let id = self.model.groups.push(Group {
                heading,
                sum: Sum::of(&score),
                score,
            });
            if self.left_out.len() > left_out {
                self.incomplete_groups.insert(id);
            }
        }
    }

    fn sum(&mut self, node: Option<&Node>) -> Score {
        if node.is_none_or(|node| node.items().is_empty()) {
            self.leave_out(node.map_or_else(Place::default, |node| node.place));
        }
        let mut items = self.items(node);
        match (items.pop(), items.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                items.extend(last);
                Score::Sum(items)
            }
        }
    }

    fn items(&mut self, node: Option<&Node>) -> Vec<Score> {
        let mut seen: Vec<(&str, Place)> = Vec::new();
        let mut items = Vec::new();
        for item in node.map(Node::items).unwrap_or_default() {
            if let Some(name) = item.text() {
                if let Some((_, first)) = seen.iter().find(|(seen, _)| *seen == name) {
                    let fault = Diagnostic::new(
                        Code::DuplicateName,
                        item.place,
                        format!("`{name}` would count twice"),
                    );
                    self.faults.push(
                        fault
                            .related(*first, "first counted here")
                            .help("remove one of them"),
                    );
                    continue;
                }
                seen.push((name, item.place));
            }
            match self.item(item) {
                Some(part) => items.push(part),
                None => self.leave_out(item.place),
            }
        }
        items
    }

    fn item(&mut self, node: &Node) -> Option<Score> {
        if let Some(name) = node.text() {
            return self.scored_name(name, node.place);
        }
        if let Some(of) = node.get("capped") {
            let of = self.items(Some(of));
            let Some(at) = node.get("at") else {
                self.fault(
                    Code::MissingKey,
                    node.place,
                    "`capped` needs the key `at`",
                    "add `at: …` beside it: the most that it gives",
                );
                return None;
            };
            return Some(Score::Capped {
                of,
                at: self.points(Some(at))?,
            });
        }
        if let Some(at) = node.get("at") {
            self.fault(
                Code::WrongForType,
                at.place,
                "`at` may only be written beside `capped`",
                "remove it",
            );
        }
        match (node.get("highest"), node.get("lowest")) {
            (Some(of), _) => Some(Score::Highest(self.items(Some(of)))),
            (_, Some(of)) => Some(Score::Lowest(self.items(Some(of)))),
            _ => None,
        }
    }

    fn scored_name(&mut self, name: &str, place: Place) -> Option<Score> {
        match self.names.rules.get(name) {
            Some(Named::Criterion(id)) => Some(Score::Criterion(*id)),
            Some(Named::Group(id)) if id.index() < self.model.groups.len() => {
                Some(Score::Group(*id))
            }
            Some(Named::Group(_)) => {
                self.fault(
                    Code::UsedTooEarly,
                    place,
                    format!("the group `{name}` is not written before this one"),
                    "move it up: a group uses the groups written before it",
                );
                None
            }
            _ => {
                let scored = |names: &Names| {
                    names
                        .rules_where(|named| matches!(named, Named::Criterion(_) | Named::Group(_)))
                };
                self.undeclared(place, "criterion or group", name, scored);
                None
            }
        }
    }

    pub(super) fn dimensions(&mut self, root: &Node) {
        let criteria = self.criterion_bounds();
        let mut groups: Vec<Option<Bounds>> = Vec::new();
        for (id, group) in self.model.groups.iter() {
            let bounds = bounds_of(&group.score, &criteria, &groups);
            groups.push(bounds.filter(|_| !self.incomplete_groups.contains(&id)));
        }
        let mut total: Option<Bounds> = Some((0, 0));
        let mut too_large = groups
            .iter()
            .flatten()
            .any(|bounds| bounded(*bounds).is_none());
        for (key, node) in root
            .get("dimensions")
            .map(Node::entries)
            .unwrap_or_default()
        {
            let left_out = self.left_out.len();
            let score = self.sum(node.get("score"));
            // A score that lacks an item is not judged.
            let bounds =
                bounds_of(&score, &criteria, &groups).filter(|_| self.left_out.len() == left_out);
            total = total.zip(bounds).map(|(total, bounds)| {
                (
                    total.0.saturating_add(bounds.0),
                    total.1.saturating_add(bounds.1),
                )
            });
            let bounds = bounds.map(bounded);
            if bounds == Some(None) {
                too_large = false;
                total = None;
                self.fault(
                    Code::Overflow,
                    key.place,
                    format!("the score of `{}` could pass {LARGEST}", key.text),
                    "use smaller points, or caps",
                );
            }
            self.dimension(key, node, score, bounds.flatten());
        }
        self.bounds = PointsBounds { criteria, groups };
        if too_large || total.is_some_and(|total| bounded(total).is_none()) {
            let place = root.get("dimensions").map_or(root.place, |node| node.place);
            self.fault(
                Code::Overflow,
                place,
                format!("the scores together could pass {LARGEST}"),
                "use smaller points, or caps",
            );
        }
    }

    /// Loads a dimension. Its smallest and largest score are known, unless what it adds up is at fault.
    fn dimension(&mut self, key: &Key, node: &Node, score: Score, bounds: Option<Range>) {
        let heading = self.heading(key, node);
        let (mut criteria, mut groups) = (Vec::new(), Vec::new());
        self.uses(&score, &mut criteria, &mut groups);
        let scale = node.get("scale").map(|scale| self.scale(scale, bounds));
        let read = match &scale {
            Some(Some(scale)) => {
                let given = scale.iter().map(|band| band.gives);
                given.clone().min().zip(given.max())
            }
            Some(None) => None,
            None => bounds,
        };
        let (levels, cuts) = node
            .get("levels")
            .map_or_else(Default::default, |levels| self.levels(levels, read));
        if matches!(scale, Some(None)) || levels.is_empty() && node.get("levels").is_some() {
            self.unjudged
                .insert(DimensionId::from_index(self.model.dimensions.len()));
            self.leave_out(key.place);
        }
        let bounds = bounds.unwrap_or_default();
        self.model.dimensions.push(Dimension {
            heading,
            sum: Sum::of(&score),
            score,
            criteria,
            groups,
            scale: scale.flatten(),
            levels,
            cuts,
            bounds,
            level_places: level_places(node.get("levels")),
        });
    }

    fn uses(&self, score: &Score, criteria: &mut Vec<CriterionId>, groups: &mut Vec<GroupId>) {
        match score {
            Score::Criterion(id) if !criteria.contains(id) => criteria.push(*id),
            Score::Group(id) if !groups.contains(id) => {
                groups.push(*id);
                self.uses(&self.model.groups[*id].score, criteria, groups);
            }
            Score::Criterion(_) | Score::Group(_) => {}
            Score::Sum(of) | Score::Highest(of) | Score::Lowest(of) | Score::Capped { of, .. } => {
                of.iter()
                    .for_each(|score| self.uses(score, criteria, groups));
            }
        }
    }

    fn scale(&mut self, node: &Node, bounds: Option<Range>) -> Option<Vec<ScaleBand>> {
        let mut bands: Vec<ScaleBand> = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        let is_list = node.get("first").is_some();
        if is_list {
            let first = self.points(node.get("first"))?;
            for (index, item) in node
                .get("gives")
                .map(Node::items)
                .unwrap_or_default()
                .iter()
                .enumerate()
            {
                let from = Points::from_millionths(
                    first.millionths() + 1_000_000 * i64::try_from(index).ok()?,
                );
                bands.push(ScaleBand {
                    from,
                    gives: self.points(Some(item))?,
                });
                places.push(item.place);
            }
        } else {
            for item in node.items() {
                let (from, gives) = (
                    self.points(item.get("from"))?,
                    self.points(item.get("gives"))?,
                );
                bands.push(ScaleBand { from, gives });
                places.push(item.get("from")?.place);
            }
        }
        let (first, last) = (bands.first()?.from, bands.last()?.from);
        for ((pair, place), before) in bands.windows(2).zip(places.iter().skip(1)).zip(&places) {
            if let [one, other] = pair
                && other.from <= one.from
            {
                let fault = Diagnostic::new(
                    Code::BandOverlap,
                    *place,
                    "the bands of the scale overlap or are not in order",
                );
                self.faults.push(
                    fault
                        .related(*before, "the band before begins here")
                        .help("list them from the smallest `from` up, each once"),
                );
                return Some(bands);
            }
        }
        let Some((least, most)) = bounds else {
            return Some(bands);
        };
        if first > least {
            let message =
                format!("a hole: the score can be {least}, and the scale begins at {first}");
            let (place, help) = match node.get("first") {
                Some(first) => {
                    let whole = least.millionths().div_euclid(1_000_000);
                    (
                        first.place,
                        format!(
                            "write `first: {whole}`, and a number for each whole score from there"
                        ),
                    )
                }
                None => (*places.first()?, format!("begin with `from: {least}`")),
            };
            self.fault(Code::BandHole, place, message, help);
        }
        if is_list && most.millionths() - last.millionths() >= 1_000_000 {
            let message = format!("a hole: the score can be {most}, and the scale ends at {last}");
            self.fault(
                Code::BandHole,
                *places.last()?,
                message,
                "add a number for each further whole score",
            );
        }
        // A list of one number for each whole score restates a published table, which may go on beyond the scores that there are.
        for (next, place) in bands
            .iter()
            .skip(1)
            .zip(&places)
            .filter(|(next, _)| next.from <= least && !is_list)
        {
            self.fault(
                Code::Unreachable,
                *place,
                format!("no score is below {}", next.from),
                format!("remove the band: the score is at least {least}"),
            );
        }
        for (band, place) in bands
            .iter()
            .zip(&places)
            .skip(1)
            .filter(|(band, _)| band.from > most && !is_list)
        {
            self.fault(
                Code::Unreachable,
                *place,
                format!("no score reaches {}", band.from),
                format!("remove the band: the score is at most {most}"),
            );
        }
        Some(bands)
    }

    fn levels(&mut self, node: &Node, read: Option<Range>) -> (Vec<Level>, Vec<LevelCuts>) {
        let Some(choices) = node.get("choose") else {
            let (levels, cuts) = self.level_list(node, read);
            return (
                levels,
                vec![LevelCuts {
                    when: None,
                    from: cuts,
                }],
            );
        };
        let mut all: Vec<LevelCuts> = Vec::new();
        let mut shared: Option<Vec<Level>> = None;
        let count = choices.items().len();
        for (index, item) in choices.items().iter().enumerate() {
            match (item.get("when"), index + 1 == count) {
                (None, false) => self.fault(
                    Code::Unreachable,
                    item.place,
                    "a list without `when` always applies, so those after it never do",
                    "add a `when` to it, or remove what follows",
                ),
                (Some(when), true) => self.fault(
                    Code::NoDefault,
                    when.place,
                    "no list applies when none of the conditions holds",
                    "add a last list without `when`",
                ),
                _ => {}
            }
            let when = item
                .get("when")
                .map(|when| self.condition(when, Scope::inputs("a choice of levels")));
            let Some(list) = item.get("levels") else {
                continue;
            };
            let (levels, cuts) = self.level_list(list, read);
            all.push(LevelCuts { when, from: cuts });
            let names = |levels: &[Level]| {
                levels
                    .iter()
                    .map(|level| level.name.clone())
                    .collect::<Vec<_>>()
            };
            match &shared {
                Some(first) if names(first) != names(&levels) => {
                    let help =
                        format!("list the levels {}, in this order", names(first).join(", "));
                    self.fault(
                        Code::UndeclaredValue,
                        list.place,
                        "the lists have different levels, or have them in a different order",
                        help,
                    );
                }
                Some(_) => {}
                None => shared = Some(levels),
            }
        }
        (shared.unwrap_or_default(), all)
    }

    /// Loads levels from the most to the least intensive, and the descending cut-offs between those that a score can give.
    fn level_list(&mut self, node: &Node, read: Option<Range>) -> (Vec<Level>, Vec<Points>) {
        let mut levels: Vec<Level> = Vec::new();
        let mut cuts: Vec<(Points, Place)> = Vec::new();
        let mut open: Option<Place> = None;
        let is_upside_down = self.upside_down(node, "levels");
        for item in node.items() {
            let Some((written, name)) = item
                .get("level")
                .and_then(|written| Some((written, written.text()?)))
            else {
                continue;
            };
            if levels.iter().any(|level| level.name == name) {
                self.fault(
                    Code::DuplicateName,
                    written.place,
                    format!("the level `{name}` is listed twice"),
                    "keep one of them",
                );
            }
            let label = item.get("label").and_then(Node::text).map(one_paragraph);
            let spoken = label.as_deref().unwrap_or(name);
            let alike = levels.iter().find(|other| {
                other.name != name && (other.label.written == spoken || other.name == spoken)
            });
            if let Some(other) = alike {
                let message = format!(
                    "readers could not tell `{name}` from `{}`: both would be called `{}`",
                    other.name,
                    shortened(spoken)
                );
                self.fault(
                    Code::DuplicateName,
                    written.place,
                    message,
                    "choose another label for one of them",
                );
            }
            levels.push(Level {
                name: name.to_owned(),
                label: Label::of(name, label.as_deref()),
            });
            if is_upside_down {
                continue;
            }
            let only_by_override =
                item.get("only_by_override").and_then(Node::text) == Some("true");
            match (item.get("from"), only_by_override) {
                (Some(from), true) => self.fault(
                    Code::WrongForType,
                    from.place,
                    "a level that no score gives has no `from`",
                    "remove `from`",
                ),
                (None, true) if open.is_none() => {
                    self.fault(
                        Code::WrongForType,
                        item.place,
                        "a level that no score gives must be at the end of the list",
                        "move it after the last level that a score gives",
                    );
                }
                (None, true) => {}
                (_, false) if open.is_some() => {
                    let fault = Diagnostic::new(
                        Code::Unreachable,
                        item.place,
                        format!("no score gives `{name}`"),
                    );
                    let fault = fault.related(
                        open.unwrap_or_default(),
                        "this level has no `from`, so it takes every remaining score",
                    );
                    self.faults
                        .push(fault.help("give the level before a `from`"));
                }
                (None, false) => open = Some(item.place),
                (Some(from), false) => {
                    let Some(cut) = self.points(Some(from)) else {
                        continue;
                    };
                    self.level_cut(name, cut, from.place, cuts.last().copied(), read);
                    cuts.push((cut, from.place));
                }
            }
        }
        if open.is_none() && !levels.is_empty() && !is_upside_down {
            let lowest = levels
                .last()
                .map(|level| level.name.clone())
                .unwrap_or_default();
            let place = node.items().last().map_or(node.place, |last| last.place);
            self.fault(
                Code::NoDefault,
                place,
                "scores below the last `from` have no level",
                format!("leave out the `from` of `{lowest}`, or add a last level without one"),
            );
        }
        (levels, cuts.into_iter().map(|(cut, _)| cut).collect())
    }

    /// Returns whether a list that should go down is written from the smallest `from` up. If so, it is reported as one fault, and not as one for each
    /// item.
    pub(super) fn upside_down(&mut self, list: &Node, what: &str) -> bool {
        let from = |item: &Node| {
            item.get("from")
                .and_then(Node::text)
                .and_then(number::parse)
        };
        let ascends = |pair: &[Node]| matches!(pair, [one, other] if from(other).is_some() && from(one) < from(other));
        let is_upside_down = list.items().len() > 1 && list.items().windows(2).all(ascends);
        if is_upside_down {
            let help = "list them from the most intensive, with the largest `from`, down to the least, which has no `from`";
            self.fault(
                Code::BandOverlap,
                list.place,
                format!("the {what} are listed upside-down"),
                help,
            );
        }
        is_upside_down
    }

    fn level_cut(
        &mut self,
        name: &str,
        cut: Points,
        place: Place,
        before: Option<(Points, Place)>,
        read: Option<Range>,
    ) {
        if let Some((before, before_place)) = before
            && cut >= before
        {
            let fault = Diagnostic::new(
                Code::BandOverlap,
                place,
                "the levels overlap or are not in order",
            );
            self.faults.push(
                fault
                    .related(before_place, "the level before begins here")
                    .help("list the levels from the largest `from` down"),
            );
            return;
        }
        let Some((least, most)) = read else { return };
        if cut > most {
            let help = format!("write a smaller `from`: what the levels read is at most {most}");
            self.fault(
                Code::Unreachable,
                place,
                format!("no score reaches the level `{name}`"),
                help,
            );
        } else if cut <= least {
            let help = format!(
                "write a larger `from`, or leave it out and remove the levels after it: what the levels read is at least {least}"
            );
            self.fault(
                Code::Unreachable,
                place,
                format!("every score reaches the level `{name}`, so none after it is given"),
                help,
            );
        }
    }
}

/// Returns the smallest and largest score, or `None` if a part of the score is at fault.
fn bounds_of(
    score: &Score,
    criteria: &[Option<Bounds>],
    groups: &[Option<Bounds>],
) -> Option<Bounds> {
    let of_all = |of: &[Score]| {
        of.iter()
            .map(|score| bounds_of(score, criteria, groups))
            .collect::<Option<Vec<_>>>()
    };
    let sum = |of: &[Score]| {
        let all = of_all(of)?;
        Some(all.iter().fold((0, 0), |sum: Bounds, bounds| {
            (
                sum.0.saturating_add(bounds.0),
                sum.1.saturating_add(bounds.1),
            )
        }))
    };
    match score {
        Score::Criterion(id) => criteria.get(id.index()).copied().flatten(),
        Score::Group(id) => groups.get(id.index()).copied().flatten(),
        Score::Sum(of) => sum(of),
        Score::Highest(of) => {
            let all = of_all(of)?;
            Some((
                all.iter().map(|bounds| bounds.0).max().unwrap_or_default(),
                hull(all).1,
            ))
        }
        Score::Lowest(of) => {
            let all = of_all(of)?;
            Some((
                hull(all.clone()).0,
                all.iter().map(|bounds| bounds.1).min().unwrap_or_default(),
            ))
        }
        Score::Capped { of, at } => {
            let (least, most) = sum(of)?;
            let at = i128::from(at.millionths());
            Some((least.min(at), most.min(at)))
        }
    }
}

/// Returns the bounds as points, if no sum of them can pass the limit.
fn bounded(bounds: Bounds) -> Option<Range> {
    let points = |number: i128| {
        i64::try_from(number)
            .ok()
            .filter(|number| number.abs() <= number::SCALED_LIMIT)
            .map(Points::from_millionths)
    };
    Some((points(bounds.0)?, points(bounds.1)?))
}

/// Returns where each level is written: in one list, or in a list for each of the cases that choose among lists.
fn level_places(levels: Option<&Node>) -> Vec<Vec<Place>> {
    let Some(levels) = levels else {
        return Vec::new();
    };
    match levels.get("choose") {
        Some(cases) => {
            let cases = cases.items().iter();
            cases.map(|case| places(case.get("levels"))).collect()
        }
        None => vec![places(Some(levels))],
    }
}
