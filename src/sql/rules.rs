//! Writes conditions, points, scores and decisions as expressions.

use crate::arena::{ConditionId, DecisionId, DimensionId, Id, InputId};
use crate::date::Date;
use crate::model::measure::units;
use crate::model::{
    Action, Axis, Cell, Choice, Decision, Domain, Gives, Heading, Limit, Measure, Method, NumberOf,
    Order, Positions, Quantifier, Reading, ResultOf, Rule, Score, Test, Verdict,
};
use crate::number::Points;
use crate::sql::writer::{Writer, cases};

/// The largest whole number that arithmetic may reach.
const LARGEST: i128 = 1 << 62;

impl Writer<'_> {
    /// Returns a condition, which is null where it reads something that is null unless it must be `exact`. Null counts as not holding but under `NOT`.
    pub(super) fn holds(&self, condition: ConditionId, exact: bool) -> String {
        let joined = |parts: &[ConditionId], with: &str, none: &str| match parts {
            [] => none.to_owned(),
            [only] => self.holds(*only, exact),
            all => {
                let all: Vec<String> = all.iter().map(|part| self.holds(*part, exact)).collect();
                format!("({})", all.join(with))
            }
        };
        let atom = match &self.model.conditions[condition].test {
            Test::All(parts) => return joined(parts, " AND ", "TRUE"),
            Test::Any(parts) => return joined(parts, " OR ", "FALSE"),
            Test::Not(part) => return format!("NOT {}", self.holds(*part, true)),
            Test::Known(input) => return format!("({} IS NOT NULL)", self.known(*input)),
            Test::Missing(input) => return format!("({} IS NULL)", self.known(*input)),
            Test::InputRange { input, from, below } => self.in_range(*input, *from, *below),
            Test::InputIn { input, values } => self.is_among(*input, values),
            Test::Members {
                input,
                has,
                quantifier,
            } => {
                let each: Vec<String> = has.iter().map(|bit| self.has(*input, *bit)).collect();
                let with = match quantifier {
                    Quantifier::Any => " OR ",
                    Quantifier::All => " AND ",
                };
                format!("({})", each.join(with))
            }
            Test::MemberCount { input, from, below } => {
                let count = self.count(*input, i64::MAX);
                let number = |number: &Option<i64>| number.map(|number| number.to_string());
                let counted = between(&count, number(from), number(below));
                match self.is_nullable(*input) {
                    true => format!("({} IS NOT NULL AND {counted})", self.known(*input)),
                    false => counted,
                }
            }
            Test::Number {
                number,
                from,
                below,
            } => self.points_between(&self.number(*number), *from, *below),
            Test::Level { dimension, among } => self.level_among(*dimension, *among),
            Test::Result {
                of: ResultOf::Outcome,
                among,
            } => self.verdict_among(&self.result, &self.model.tiers, *among),
            Test::Result {
                of: ResultOf::Decision(decision),
                among,
            } => {
                let values = self.model.values_of(&self.model.decisions[*decision]);
                self.verdict_among(&self.decision(*decision), values, *among)
            }
            Test::Compare { one, order, other } => {
                let sign = match order {
                    Order::AtLeast => "<=",
                    Order::AtMost => ">=",
                    Order::Above => "<",
                    Order::Below => ">",
                };
                format!("({} {sign} {})", self.position(*one), self.position(*other))
            }
        };
        if exact && self.may_be_null(condition) {
            format!("coalesce({atom}, FALSE)")
        } else {
            atom
        }
    }

    /// Returns whether a test is null where it reads something that is.
    fn may_be_null(&self, condition: ConditionId) -> bool {
        match &self.model.conditions[condition].test {
            Test::All(_) | Test::Any(_) | Test::Not(_) => false,
            Test::Known(_) | Test::Missing(_) | Test::MemberCount { .. } => false,
            // The results of a row of which something is unknown are not shown.
            Test::InputRange { input, .. }
            | Test::InputIn { input, .. }
            | Test::Members { input, .. } => self.is_nullable(*input),
            Test::Number { number, .. } => matches!(number, NumberOf::Scaled(_)),
            Test::Level { .. } | Test::Compare { .. } => false,
            Test::Result { .. } => true,
        }
    }

    fn in_range(&self, input: InputId, from: Option<Limit>, below: Option<Limit>) -> String {
        let own = &self.model.inputs[input];
        if let Domain::Level { values } | Domain::Category { values } = &own.domain {
            let end = |limit: Option<Limit>| limit.and_then(Limit::fixed);
            let from = end(from).unwrap_or(0);
            let below = end(below).unwrap_or(values.len() as i64);
            return self.is_among(input, &(from..below).collect::<Vec<_>>());
        }
        let limit = |limit: Limit| match (limit, &own.domain) {
            (Limit::Ago { count, unit }, _) => self.dialect.ago(&self.as_at(), count, unit),
            (Limit::Fixed(days), Domain::Date { .. }) => self.dialect.date(Date::from_days(days)),
            (Limit::Fixed(value), _) => value.to_string(),
        };
        between(&self.known(input), from.map(limit), below.map(limit))
    }

    fn is_among(&self, input: InputId, values: &[i64]) -> String {
        let (domain, name) = (&self.model.inputs[input].domain, self.known(input));
        let text = |value: &i64| match domain {
            Domain::Number { .. } => value.to_string(),
            Domain::Date { .. } => self.dialect.date(Date::from_days(*value)),
            _ => {
                let position = usize::try_from(*value).ok();
                let own = position.and_then(|position| domain.names().get(position));
                self.dialect.text(own.map_or("", String::as_str))
            }
        };
        match (domain, values) {
            (Domain::Boolean, []) | (_, []) => "FALSE".to_owned(),
            (Domain::Boolean, [0]) => format!("NOT {name}"),
            (Domain::Boolean, [1]) => name,
            (Domain::Boolean, _) => format!("({name} IS NOT NULL)"),
            (Domain::Set { values: names }, sets) => {
                let is = |set: &i64| {
                    let bits = (0..names.len() as i64).map(|bit| match set >> bit & 1 {
                        1 => self.has(input, bit),
                        _ => format!("NOT {}", self.has(input, bit)),
                    });
                    format!("({})", bits.collect::<Vec<_>>().join(" AND "))
                };
                format!("({})", sets.iter().map(is).collect::<Vec<_>>().join(" OR "))
            }
            (_, [only]) => format!("({name} = {})", text(only)),
            (_, several) => {
                let several: Vec<String> = several.iter().map(text).collect();
                format!("({name} IN ({}))", several.join(", "))
            }
        }
    }

    /// Returns whether a set has the member of a bit. It is null where the set is missing.
    fn has(&self, input: InputId, bit: i64) -> String {
        let own = &self.model.inputs[input];
        let names = own.domain.names();
        let member = usize::try_from(bit).ok().and_then(|bit| names.get(bit));
        let member = member.map_or("", String::as_str);
        if self.query.member_columns {
            return self.name(&format!("{}.{member}", own.heading.name));
        }
        self.dialect.has(&self.name(&own.heading.name), member)
    }

    /// Returns how many of some members a set has.
    fn count(&self, input: InputId, members: i64) -> String {
        let bits = 0..self.model.inputs[input].domain.names().len() as i64;
        let each = bits
            .filter(|bit| members >> bit & 1 == 1)
            .map(|bit| format!("CASE WHEN {} THEN 1 ELSE 0 END", self.has(input, bit)));
        let each: Vec<String> = each.collect();
        if each.is_empty() {
            return "0".to_owned();
        }
        format!("({})", each.join(" + "))
    }

    fn level_among(&self, dimension: DimensionId, among: Positions) -> String {
        let levels = &self.model.dimensions[dimension].levels;
        let names = levels.iter().enumerate();
        let names = names.filter(|(position, _)| among.has(*position));
        let names: Vec<String> = names
            .map(|(_, level)| self.dialect.text(&level.name))
            .collect();
        is_one_of(&self.level(dimension), &names)
    }

    fn verdict_among(&self, column: &str, values: &[String], among: Positions) -> String {
        let names = values.iter().chain(&self.model.statuses).enumerate();
        let names = names.filter(|(position, _)| among.has(*position));
        let names: Vec<String> = names.map(|(_, name)| self.dialect.text(name)).collect();
        let named = is_one_of(column, &names);
        match (among.has(crate::model::NOTHING), names.is_empty()) {
            (true, true) => format!("({column} IS NULL)"),
            (true, false) => format!("({column} IS NULL OR {named})"),
            (false, _) => named,
        }
    }

    /// Returns the position of what a decision gives, the most intensive first.
    fn position(&self, decision: DecisionId) -> String {
        let values = self.model.values_of(&self.model.decisions[decision]);
        let names = values.iter().chain(&self.model.statuses).enumerate();
        let each = names
            .map(|(position, name)| format!("WHEN {} THEN {position}", self.dialect.text(name)));
        format!(
            "CASE {} {} ELSE {} END",
            self.decision(decision),
            each.collect::<Vec<_>>().join(" "),
            crate::model::NOTHING
        )
    }

    /// Returns whether points are between two limits. A limit is a millionth beyond a number where the rule is of more than it, or of it and less.
    fn points_between(&self, number: &str, from: Option<Points>, below: Option<Points>) -> String {
        let limit = |limit: Points, with: &str, beyond: &str| match limit.millionths() {
            millionths if millionths.rem_euclid(10) == 1 => {
                let limit = Points::from_millionths(millionths - 1);
                format!("{number} {beyond} {}", self.points(limit))
            }
            _ => format!("{number} {with} {}", self.points(limit)),
        };
        match (from, below) {
            (Some(from), Some(below)) if from.millionths() + 1 == below.millionths() => {
                format!("({number} = {})", self.points(from))
            }
            (None, None) => format!("({number} IS NOT NULL)"),
            _ => {
                let from = from.map(|from| limit(from, ">=", ">"));
                let below = below.map(|below| limit(below, "<", "<="));
                let both: Vec<String> = from.into_iter().chain(below).collect();
                format!("({})", both.join(" AND "))
            }
        }
    }

    fn number(&self, number: NumberOf) -> String {
        match number {
            NumberOf::Criterion(id) => self.points_name(&self.model.criteria[id].heading),
            NumberOf::Group(id) => self.points_name(&self.model.groups[id].heading),
            NumberOf::Score(id) => self.score_of(id),
            NumberOf::Scaled(id) => self.scaled_of(id),
            NumberOf::Total => {
                let ids = self
                    .model
                    .dimensions
                    .iter()
                    .map(|(id, _)| self.score_of(id));
                let all: Vec<String> = ids.collect();
                format!("({})", all.join(" + "))
            }
        }
    }

    pub(super) fn points_name(&self, heading: &Heading) -> String {
        self.name(&format!("points.{}", heading.name))
    }

    /// Returns the points of a criterion.
    pub(super) fn rule(&self, rule: &Rule, heading: &Heading) -> String {
        match rule {
            Rule::One(reading) => self.reading(reading, heading),
            Rule::When {
                when,
                points,
                otherwise,
            } => format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                self.holds(*when, false),
                self.points(*points),
                self.points(*otherwise)
            ),
            Rule::Choose(choices) => {
                let each = choices.iter().map(|choice| self.choice(choice, heading));
                let each: Vec<String> = each.collect();
                match each.as_slice() {
                    [only] if choices.iter().all(|choice| choice.when.is_none()) => {
                        only.trim_start_matches("ELSE ").to_owned()
                    }
                    _ => format!("CASE {} END", each.join(" ")),
                }
            }
        }
    }

    fn choice(&self, choice: &Choice, heading: &Heading) -> String {
        let gives = match &choice.gives {
            Gives::Fixed(points) => self.points(*points),
            Gives::Reading(reading) => self.reading(reading, heading),
        };
        match choice.when {
            Some(when) => format!("WHEN {} THEN {gives}", self.holds(when, false)),
            None => format!("ELSE {gives}"),
        }
    }

    fn reading(&self, reading: &Reading, heading: &Heading) -> String {
        let (name, domain) = (
            self.known(reading.input),
            &self.model.inputs[reading.input].domain,
        );
        let absent = self
            .is_nullable(reading.input)
            .then(|| reading.absent.unwrap_or_default());
        // What is null comes to what is otherwise, so it is only told where that gives other points.
        let unless = |otherwise: Points| match absent {
            Some(points) if points != otherwise => {
                format!("WHEN {name} IS NULL THEN {} ", self.points(points))
            }
            _ => String::new(),
        };
        match &reading.measure {
            Measure::Bands(bands) => {
                let each = bands.iter().skip(1).rev();
                let each = each.map(|band| {
                    let from = match domain {
                        Domain::Date { .. } => self.dialect.date(Date::from_days(band.from)),
                        Domain::Level { .. } | Domain::Category { .. } => {
                            let last = domain.bounds().1;
                            let among = self
                                .is_among(reading.input, &(band.from..=last).collect::<Vec<_>>());
                            return format!("WHEN {among} THEN {} ", self.points(band.points));
                        }
                        _ => band.from.to_string(),
                    };
                    format!("WHEN {name} >= {from} THEN {} ", self.points(band.points))
                });
                let each: String = each.collect();
                let first = bands.first().map_or(Points::ZERO, |band| band.points);
                cases(&unless(first), &each, &self.points(first))
            }
            Measure::Values { first, points } => {
                let mut alike: Vec<(Points, Vec<i64>)> = Vec::new();
                for (value, points) in (*first..).zip(points) {
                    match alike.iter_mut().find(|(own, _)| own == points) {
                        Some((_, values)) => values.push(value),
                        None => alike.push((*points, vec![value])),
                    }
                }
                // What an absent value has, or else what most values have, comes last, in every other case.
                alike.sort_by_key(|(points, values)| (Some(*points) == absent, values.len()));
                let most = alike.pop().map_or(Points::ZERO, |(points, _)| points);
                let each = alike.iter().map(|(points, values)| {
                    let among = self.is_among(reading.input, values);
                    format!("WHEN {among} THEN {} ", self.points(*points))
                });
                cases(&unless(most), &each.collect::<String>(), &self.points(most))
            }
            Measure::Each {
                each,
                points,
                beyond,
                cap,
            } => {
                self.check_size(*points, units(domain.bounds().1, *each, *beyond), heading);
                let value = self.dialect.whole(&name);
                let beyond_it = match beyond {
                    0 => value,
                    beyond => format!("({value} - {beyond})"),
                };
                let times = match each {
                    1 => beyond_it,
                    each => format!("({})", self.dialect.quotient(&beyond_it, *each)),
                };
                let times = self.capped(&format!("{times} * {}", self.points(*points)), *cap);
                cases(
                    &unless(Points::ZERO),
                    &format!("WHEN {name} > {beyond} THEN {times} "),
                    "0",
                )
            }
            Measure::Members {
                members,
                points,
                cap,
            } => {
                self.check_size(*points, i64::from(members.count_ones()), heading);
                let count = self.count(reading.input, *members);
                let times = self.capped(&format!("{count} * {}", self.points(*points)), *cap);
                // Of a missing set, nothing is counted.
                cases(&unless(Points::ZERO), "", &times)
            }
        }
    }

    fn capped(&self, points: &str, cap: Option<Points>) -> String {
        match cap {
            Some(cap) => {
                let all = [points.to_owned(), self.points(cap)];
                self.dialect.extreme(cap < Points::ZERO, &all)
            }
            None => points.to_owned(),
        }
    }

    /// Notes where points are larger than the whole numbers of an engine.
    fn check_size(&self, points: Points, count: i64, heading: &Heading) {
        if i128::from(points.millionths()) * i128::from(count) > LARGEST {
            self.cannot(
                heading,
                "its points may be larger than whole numbers of the engine can be",
            );
        }
    }

    pub(super) fn score(&self, score: &Score) -> String {
        let each = |of: &[Score]| of.iter().map(|score| self.score(score)).collect::<Vec<_>>();
        let sum = |of: &[Score]| match each(of).as_slice() {
            [] => "0".to_owned(),
            all => format!("({})", all.join(" + ")),
        };
        match score {
            Score::Criterion(id) => self.points_name(&self.model.criteria[*id].heading),
            Score::Group(id) => self.points_name(&self.model.groups[*id].heading),
            Score::Sum(of) => sum(of),
            Score::Highest(of) => self.dialect.extreme(true, &each(of)),
            Score::Lowest(of) => self.dialect.extreme(false, &each(of)),
            Score::Capped { of, at } => self.dialect.extreme(false, &[sum(of), self.points(*at)]),
        }
    }

    /// Returns a number for a scale or the cut-offs of a list, of which the first that is reached decides.
    pub(super) fn first_reached(
        &self,
        number: &str,
        cuts: impl Iterator<Item = (Points, String)>,
        otherwise: &str,
    ) -> String {
        let each = cuts
            .map(|(from, gives)| format!("WHEN {number} >= {} THEN {gives} ", self.points(from)));
        cases("", &each.collect::<String>(), otherwise)
    }

    /// Returns a level or tier after an override.
    pub(super) fn overridden(&self, column: &str, names: &[&str], action: Action) -> String {
        let text = |position: usize| {
            let last = names.len().saturating_sub(1);
            self.dialect
                .text(names.get(position.min(last)).copied().unwrap_or_default())
        };
        let among = |range: std::ops::Range<usize>| range.map(text).collect::<Vec<_>>();
        let held = |to: u8, moved: std::ops::Range<usize>| match among(moved).as_slice() {
            [] => column.to_owned(),
            moved => format!(
                "CASE WHEN {} THEN {} ELSE {column} END",
                is_one_of(column, moved),
                text(usize::from(to))
            ),
        };
        let steps = |to: &dyn Fn(usize) -> usize| {
            let each = (0..names.len())
                .map(|position| format!("WHEN {} THEN {}", text(position), text(to(position))));
            format!("CASE {column} {} END", each.collect::<Vec<_>>().join(" "))
        };
        match action {
            Action::Fix(to) | Action::Replace { level: to, .. } => text(usize::from(to)),
            Action::Status(status) => {
                let status = self.model.statuses.get(usize::from(status));
                self.dialect.text(status.map_or("", String::as_str))
            }
            Action::AtLeast(floor) => held(floor, usize::from(floor) + 1..names.len()),
            Action::AtMost(ceiling) => held(ceiling, 0..usize::from(ceiling)),
            Action::Up(count) => steps(&|position| position.saturating_sub(count as usize)),
            Action::Down(count) => steps(&|position| position.saturating_add(count as usize)),
        }
    }

    /// Returns what a decision gives, and where it may land on a cell that is declared impossible, whether it does.
    pub(super) fn decide(&self, decision: &Decision) -> (String, Option<String>) {
        let values = self.model.values_of(decision);
        let verdict = |verdict: Verdict| match self.model.verdict_name(values, verdict) {
            Some(name) => self.dialect.text(name),
            None => "NULL".to_owned(),
        };
        let mut impossible = Vec::new();
        let given = match &decision.method {
            Method::Rules(rules) => {
                let mut each = String::new();
                let mut otherwise = "NULL".to_owned();
                for rule in rules {
                    match rule.when {
                        Some(when) => {
                            each += &format!(
                                "WHEN {} THEN {} ",
                                self.holds(when, false),
                                verdict(rule.gives)
                            );
                        }
                        None => {
                            otherwise = verdict(rule.gives);
                            break;
                        }
                    }
                }
                cases("", &each, &otherwise)
            }
            Method::Table {
                rows,
                columns,
                cells,
            } => {
                let each = cells.iter().enumerate().map(|(row, cells)| {
                    let here = self.is_at(rows, row);
                    let each = cells.iter().enumerate().map(|(column, cell)| {
                        let there = self.is_at(columns, column);
                        let gives = match cell {
                            Cell::Gives(gives) => verdict(*gives),
                            Cell::Impossible => {
                                impossible.push(format!("({here} AND {there})"));
                                "NULL".to_owned()
                            }
                        };
                        format!("WHEN {there} THEN {gives} ")
                    });
                    let each: String = each.collect();
                    format!("WHEN {here} THEN {} ", cases("", &each, "NULL"))
                });
                let each: String = each.collect();
                cases("", &each, "NULL")
            }
            Method::Highest(steps) => {
                let columns: Vec<String> = steps.iter().map(|step| self.decision(*step)).collect();
                let columns = columns.join(", ");
                let each = values.iter().chain(&self.model.statuses).map(|name| {
                    let name = self.dialect.text(name);
                    format!("WHEN {name} IN ({columns}) THEN {name} ")
                });
                cases("", &each.collect::<String>(), "NULL")
            }
            Method::Bands { of, bands } => {
                let number = self.number(*of);
                let last = bands.iter().find(|band| band.from.is_none());
                let last = last.map_or("NULL".to_owned(), |band| verdict(band.gives));
                let cuts = bands
                    .iter()
                    .filter_map(|band| Some((band.from?, verdict(band.gives))));
                let each = self.first_reached(&number, cuts, &last);
                match of {
                    NumberOf::Scaled(_) => {
                        format!("CASE WHEN {number} IS NULL THEN NULL ELSE {each} END")
                    }
                    _ => each,
                }
            }
        };
        let given = match decision.default {
            Verdict::Nothing => given,
            default => format!("coalesce({given}, {})", verdict(default)),
        };
        let impossible = (!impossible.is_empty())
            .then(|| format!("coalesce({}, FALSE)", impossible.join(" OR ")));
        (given, impossible)
    }

    /// Returns whether an axis leads to a row or column of a table.
    fn is_at(&self, axis: &Axis, place: usize) -> String {
        let is_here = |position: &u8| usize::from(*position) == place;
        match axis {
            Axis::Input { input, positions } => {
                let values = positions.iter().enumerate();
                let values = values.filter(|(_, position)| is_here(position));
                self.is_among(
                    *input,
                    &values.map(|(value, _)| value as i64).collect::<Vec<_>>(),
                )
            }
            Axis::InputCuts { input, cuts } => {
                let limits = cuts
                    .iter()
                    .map(|(cut, position)| (Limit::Fixed(*cut), *position));
                self.within(limits.collect(), &is_here, |from, below| {
                    self.in_range(*input, from, below)
                })
            }
            Axis::NumberCuts { number, cuts } => {
                let number = self.number(*number);
                self.within(cuts.clone(), &is_here, |from, below| {
                    self.points_between(&number, from, below)
                })
            }
            Axis::Level {
                dimension,
                positions,
            } => {
                let levels = positions.iter().enumerate();
                let levels = levels.filter(|(_, position)| is_here(position));
                let among = levels.fold(Positions::default(), |all, (level, _)| all.with(level));
                self.level_among(*dimension, among)
            }
            Axis::Decision {
                decision,
                positions,
                nothing,
            } => {
                let values = self.model.values_of(&self.model.decisions[*decision]);
                let own = positions.iter().enumerate();
                let own = own.filter(|(_, position)| is_here(position));
                let mut among = own.fold(Positions::default(), |all, (value, _)| all.with(value));
                if nothing.as_ref().is_some_and(is_here) {
                    for status in 0..self.model.statuses.len() {
                        among = among.with(values.len() + status);
                    }
                    among = among.with(crate::model::NOTHING);
                }
                self.verdict_among(&self.decision(*decision), values, among)
            }
        }
    }

    /// Returns whether a number is in one of the bands that lead to a place. What is below the first cut-off is in the first band.
    fn within<T: Copy>(
        &self,
        cuts: Vec<(T, u8)>,
        is_here: &dyn Fn(&u8) -> bool,
        between: impl Fn(Option<T>, Option<T>) -> String,
    ) -> String {
        let bands = cuts.iter().enumerate();
        let bands = bands.filter(|(_, (_, position))| is_here(position));
        let bands = bands.map(|(band, (from, _))| {
            let below = cuts.get(band + 1).map(|(below, _)| *below);
            between((band > 0).then_some(*from), below)
        });
        let bands: Vec<String> = bands.collect();
        match bands.as_slice() {
            [] => "FALSE".to_owned(),
            [only] => only.clone(),
            several => format!("({})", several.join(" OR ")),
        }
    }

    fn decision(&self, decision: DecisionId) -> String {
        let decision = &self.model.decisions[decision];
        self.name(&format!("decision.{}", decision.heading.name))
    }

    fn level(&self, dimension: DimensionId) -> String {
        self.levels
            .get(dimension.index())
            .cloned()
            .unwrap_or_default()
    }

    fn score_of(&self, dimension: DimensionId) -> String {
        self.scores
            .get(dimension.index())
            .cloned()
            .unwrap_or_default()
    }

    fn scaled_of(&self, dimension: DimensionId) -> String {
        self.scaled
            .get(dimension.index())
            .cloned()
            .unwrap_or_default()
    }
}

fn is_one_of(column: &str, names: &[String]) -> String {
    match names {
        [] => "FALSE".to_owned(),
        [only] => format!("({column} = {only})"),
        several => format!("({column} IN ({}))", several.join(", ")),
    }
}

fn between(number: &str, from: Option<String>, below: Option<String>) -> String {
    match (from, below) {
        (Some(from), Some(below)) => format!("({number} >= {from} AND {number} < {below})"),
        (Some(from), None) => format!("({number} >= {from})"),
        (None, Some(below)) => format!("({number} < {below})"),
        (None, None) => format!("({number} IS NOT NULL)"),
    }
}
