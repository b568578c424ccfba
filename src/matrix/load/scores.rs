//! Groups and dimensions: scores, scales and levels, with the bounds that prove they cannot overflow.

use crate::arena::{CriterionId, GroupId, Id};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::format::tree::{Key, Node};
use crate::matrix::load::Loader;
use crate::matrix::load::conditions::Scope;
use crate::matrix::load::criteria::hull;
use crate::matrix::load::names::Named;
use crate::matrix::model::{Dimension, Group, Level, LevelCuts, ScaleBand, Score};
use crate::number::{self, Points};

type Bounds = (i128, i128);

impl Loader<'_> {
    pub(super) fn groups(&mut self, root: &Node) {
        for (key, node) in root.get("groups").map(Node::entries).unwrap_or_default() {
            let heading = self.heading(key, node);
            let score = self.sum(node.get("score"));
            self.model.groups.push(Group { heading, score });
        }
    }

    fn sum(&mut self, node: Option<&Node>) -> Score {
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
                    let fault = Diagnostic::new(Code::DuplicateName, item.place, format!("`{name}` would count twice"));
                    self.faults.push(fault.related(*first, "first counted here").help("remove one of them"));
                    continue;
                }
                seen.push((name, item.place));
            }
            items.extend(self.item(item));
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
                self.fault(Code::MissingKey, node.place, "`capped` needs the key `at`", "add `at: …`: the most that it gives");
                return None;
            };
            return Some(Score::Capped { of, at: self.points(Some(at))? });
        }
        if let Some(at) = node.get("at") {
            self.fault(Code::WrongForType, at.place, "`at` goes with `capped`", "remove it");
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
            Some(Named::Group(id)) if id.index() < self.model.groups.len() => Some(Score::Group(*id)),
            Some(Named::Group(_)) => {
                self.fault(Code::UsedTooEarly, place, format!("the group `{name}` comes later"), "a group uses the groups written before it");
                None
            }
            _ => {
                let names = self.names.rules_where(|named| matches!(named, Named::Criterion(_) | Named::Group(_)));
                self.undeclared(place, "criterion or group", name, names.iter().map(String::as_str));
                None
            }
        }
    }

    pub(super) fn dimensions(&mut self, root: &Node) {
        let criteria = self.criterion_bounds();
        let mut groups: Vec<Bounds> = Vec::new();
        for group in self.model.groups.items() {
            let bounds = bounds_of(&group.score, &criteria, &groups);
            groups.push(bounds);
        }
        let mut total: Bounds = (0, 0);
        for (key, node) in root.get("dimensions").map(Node::entries).unwrap_or_default() {
            let score = self.sum(node.get("score"));
            let bounds = bounds_of(&score, &criteria, &groups);
            total = (total.0.saturating_add(bounds.0), total.1.saturating_add(bounds.1));
            self.dimension(key, node, score, bounds);
        }
        let groups_too_large = groups.iter().any(|bounds| bounded(*bounds).is_none());
        if bounded(total).is_none() || groups_too_large {
            let place = root.get("dimensions").map_or(root.place, |node| node.place);
            self.fault(Code::Overflow, place, "the scores together could pass 1,000,000,000", "use smaller points, or caps");
        }
    }

    fn dimension(&mut self, key: &Key, node: &Node, score: Score, bounds: Bounds) {
        let heading = self.heading(key, node);
        let Some(bounds) = bounded(bounds) else {
            self.fault(Code::Overflow, key.place, format!("the score of `{}` could pass 1,000,000,000", key.text), "use smaller points, or caps");
            let (criteria, groups) = (Vec::new(), Vec::new());
            let levels = Vec::new();
            self.model.dimensions.push(Dimension { heading, score, criteria, groups, scale: None, levels, cuts: Vec::new(), bounds: (Points::ZERO, Points::ZERO) });
            return;
        };
        let (mut criteria, mut groups) = (Vec::new(), Vec::new());
        self.uses(&score, &mut criteria, &mut groups);
        let scale = node.get("scale").and_then(|scale| self.scale(scale, bounds));
        let read = match &scale {
            Some(scale) => {
                let given = scale.iter().map(|band| band.gives);
                (given.clone().min().unwrap_or_default(), given.max().unwrap_or_default())
            }
            None => bounds,
        };
        let (levels, cuts) = node.get("levels").map_or_else(Default::default, |levels| self.levels(levels, read));
        self.model.dimensions.push(Dimension { heading, score, criteria, groups, scale, levels, cuts, bounds });
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
                of.iter().for_each(|score| self.uses(score, criteria, groups));
            }
        }
    }

    fn scale(&mut self, node: &Node, bounds: (Points, Points)) -> Option<Vec<ScaleBand>> {
        let mut bands: Vec<ScaleBand> = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        if let Some(first) = node.get("first") {
            let first = self.points(Some(first))?;
            for (index, item) in node.get("gives").map(Node::items).unwrap_or_default().iter().enumerate() {
                let from = Points::from_millionths(first.millionths() + 1_000_000 * i64::try_from(index).ok()?);
                bands.push(ScaleBand { from, gives: self.points(Some(item))? });
                places.push(item.place);
            }
            let after = bands.last()?.from.millionths() + 1_000_000;
            if bounds.1.millionths() >= after {
                let message = format!("the scale ends at {}, and the score can be {}", bands.last()?.from, bounds.1);
                self.fault(Code::BandHole, node.place, message, "add a number for each further whole score");
            }
        } else {
            for item in node.items() {
                let (from, gives) = (self.points(item.get("from"))?, self.points(item.get("gives"))?);
                bands.push(ScaleBand { from, gives });
                places.push(item.get("from")?.place);
            }
        }
        let first = bands.first()?;
        if first.from > bounds.0 {
            let message = format!("the scale begins at {}, and the score can be {}", first.from, bounds.0);
            self.fault(Code::BandHole, *places.first()?, message, format!("begin at {}", bounds.0));
        }
        for ((pair, place), before) in bands.windows(2).zip(places.iter().skip(1)).zip(&places) {
            if let [one, other] = pair {
                if other.from <= one.from {
                    let fault = Diagnostic::new(Code::BandOverlap, *place, "the bands of the scale overlap or are not in order");
                    self.faults.push(fault.related(*before, "the band before").help("list them from the smallest `from` up, each once"));
                } else if other.from > bounds.1 && node.get("first").is_none() {
                    self.fault(Code::Unreachable, *place, format!("no score reaches {}", other.from), format!("the score is at most {}", bounds.1));
                }
            }
        }
        Some(bands)
    }

    fn levels(&mut self, node: &Node, read: (Points, Points)) -> (Vec<Level>, Vec<LevelCuts>) {
        let Some(choices) = node.get("choose") else {
            let (levels, cuts) = self.level_list(node, read);
            return (levels, vec![LevelCuts { when: None, from: cuts, place: node.place }]);
        };
        let mut all: Vec<LevelCuts> = Vec::new();
        let mut shared: Option<Vec<Level>> = None;
        let count = choices.items().len();
        for (index, item) in choices.items().iter().enumerate() {
            match (item.get("when"), index + 1 == count) {
                (None, false) => self.fault(Code::Unreachable, item.place, "a list without `when` always applies, so those after it never do", "add a `when` to it, or remove what follows"),
                (Some(when), true) => self.fault(Code::NoDefault, when.place, "no list applies when none of the conditions holds", "add a last list without `when`"),
                _ => {}
            }
            let when = item.get("when").map(|when| self.condition(when, Scope::inputs("a choice of levels")));
            let Some(list) = item.get("levels") else { continue };
            let (levels, cuts) = self.level_list(list, read);
            all.push(LevelCuts { when, from: cuts, place: list.place });
            let names = |levels: &[Level]| levels.iter().map(|level| level.name.clone()).collect::<Vec<_>>();
            match &shared {
                Some(first) if names(first) != names(&levels) => {
                    let help = format!("list the levels {}, in this order", names(first).join(", "));
                    self.fault(Code::UndeclaredValue, list.place, "the lists have different levels", help);
                }
                Some(_) => {}
                None => shared = Some(levels),
            }
        }
        (shared.unwrap_or_default(), all)
    }

    /// Levels from the most to the least intensive, and the descending cut-offs between those that a score can give.
    fn level_list(&mut self, node: &Node, read: (Points, Points)) -> (Vec<Level>, Vec<Points>) {
        let mut levels: Vec<Level> = Vec::new();
        let mut cuts: Vec<(Points, Place)> = Vec::new();
        let mut open: Option<Place> = None;
        for item in node.items() {
            let Some(name) = item.get("level").and_then(Node::text) else { continue };
            if crate::format::shape::RESERVED.contains(&name) {
                self.fault(Code::DuplicateName, item.place, format!("`{name}` has a meaning of its own"), "choose another word");
            }
            if levels.iter().any(|level| level.name == name) {
                self.fault(Code::DuplicateName, item.place, format!("the level `{name}` is listed twice"), "keep one of them");
            }
            let label = item.get("label").and_then(Node::text).map(str::to_owned);
            levels.push(Level { name: name.to_owned(), label });
            let only_by_override = item.get("only_by_override").and_then(Node::text) == Some("true");
            match (item.get("from"), only_by_override) {
                (Some(from), true) => self.fault(Code::WrongForType, from.place, "a level that no score gives has no `from`", "remove `from`"),
                (None, true) if open.is_none() => {
                    self.fault(Code::WrongForType, item.place, "levels that no score gives stand at the end of the list", "move it behind the last level that a score gives");
                }
                (None, true) => {}
                (_, false) if open.is_some() => {
                    let fault = Diagnostic::new(Code::Unreachable, item.place, format!("no score gives `{name}`"));
                    let fault = fault.related(open.unwrap_or_default(), "this level has no `from`, so it takes every remaining score");
                    self.faults.push(fault.help("give the level before a `from`"));
                }
                (None, false) => open = Some(item.place),
                (Some(from), false) => {
                    let Some(cut) = self.points(Some(from)) else { continue };
                    self.level_cut(name, cut, from.place, cuts.last().copied(), read);
                    cuts.push((cut, from.place));
                }
            }
        }
        if open.is_none() && !levels.is_empty() {
            let lowest = levels.last().map(|level| level.name.clone()).unwrap_or_default();
            self.fault(Code::NoDefault, node.place, "scores below the last `from` have no level", format!("leave out the `from` of `{lowest}`, or add a level without one"));
        }
        (levels, cuts.into_iter().map(|(cut, _)| cut).collect())
    }

    fn level_cut(&mut self, name: &str, cut: Points, place: Place, before: Option<(Points, Place)>, read: (Points, Points)) {
        if let Some((before, before_place)) = before
            && cut >= before
        {
            let fault = Diagnostic::new(Code::BandOverlap, place, "the levels overlap or are not in order");
            self.faults.push(fault.related(before_place, "the level before").help("list them from the largest `from` down"));
        } else if cut > read.1 {
            self.fault(Code::Unreachable, place, format!("no score reaches `{name}`"), format!("the score is at most {}", read.1));
        } else if cut <= read.0 {
            self.fault(Code::Unreachable, place, format!("every score reaches `{name}`, so no level after it is given"), format!("the score is at least {}", read.0));
        }
    }
}

fn bounds_of(score: &Score, criteria: &[Bounds], groups: &[Bounds]) -> Bounds {
    let of_all = |of: &[Score]| of.iter().map(|score| bounds_of(score, criteria, groups)).collect::<Vec<_>>();
    let sum = |of: &[Score]| of_all(of).iter().fold((0, 0), |sum: Bounds, bounds| (sum.0.saturating_add(bounds.0), sum.1.saturating_add(bounds.1)));
    match score {
        Score::Criterion(id) => criteria.get(id.index()).copied().unwrap_or_default(),
        Score::Group(id) => groups.get(id.index()).copied().unwrap_or_default(),
        Score::Sum(of) => sum(of),
        Score::Highest(of) => {
            let all = of_all(of);
            (all.iter().map(|bounds| bounds.0).max().unwrap_or_default(), hull(all).1)
        }
        Score::Lowest(of) => {
            let all = of_all(of);
            (hull(all.clone()).0, all.iter().map(|bounds| bounds.1).min().unwrap_or_default())
        }
        Score::Capped { of, at } => {
            let (least, most) = sum(of);
            let at = i128::from(at.millionths());
            (least.min(at), most.min(at))
        }
    }
}

/// The bounds as points, if no sum of them can pass the limit.
fn bounded(bounds: Bounds) -> Option<(Points, Points)> {
    let points = |number: i128| i64::try_from(number).ok().filter(|number| number.abs() <= number::SCALED_LIMIT).map(Points::from_millionths);
    Some((points(bounds.0)?, points(bounds.1)?))
}
