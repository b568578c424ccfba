//! Puts the parts of a query together, in the order of evaluation of FORMAT.md.

use crate::arena::Id;
use crate::matrix::Matrix;
use crate::model::{Action, Decision, Override};
use crate::number::Points;
use crate::sql::query::{Query, SqlError};
use crate::sql::writer::{Column, MOST_PLACES, Writer, cases};

/// The column that says why a row is refused, by whatever.
const ERROR: &str = "case.error";
/// The column that says whether the result of a row is known.
const SETTLED: &str = "case.settled";

/// Returns a matrix as one `SELECT`.
pub(super) fn select(matrix: &Matrix, query: &Query) -> Result<String, SqlError> {
    // The first time, to see how many decimal places points have; whole points are whole numbers.
    let places = Writer::new(matrix, query, MOST_PLACES).written().1;
    let (text, _, problems) = Writer::new(matrix, query, places).written();
    if problems.is_empty() {
        return Ok(text);
    }
    Err(SqlError {
        dialect: query.dialect,
        matrix: format!("{} {}", matrix.id(), matrix.version()),
        problems,
    })
}

impl Writer<'_> {
    /// Returns the query, the most decimal places of its points, and what cannot be said.
    fn written(mut self) -> (String, u32, Vec<String>) {
        self.inputs();
        self.points_of_criteria();
        self.dimensions();
        self.overrides_of_dimensions();
        self.decisions(false);
        if let Some(decision) = &self.model.decision {
            self.result = self.decided("case.result", decision, "result");
            self.overrides_of_result();
        }
        self.decisions(true);
        self.settled();
        let results = self.results();
        self.finished(&results)
    }

    fn points_of_criteria(&mut self) {
        let model = self.model;
        // Sums of numbers of 32 bits are, too.
        let is_large = model.dimensions.items().iter().any(|dimension| {
            let (least, most) = dimension.bounds;
            let fits = |points: Points| i32::try_from(self.whole(points)).is_ok();
            !fits(least) || !fits(most)
        });
        let whole = |expression: String| match is_large {
            true => self.dialect.whole(&expression),
            false => expression,
        };
        let each = model.criteria.items().iter().map(|criterion| {
            let name = format!("points.{}", criterion.heading.name);
            let points = whole(self.rule(&criterion.rule, &criterion.heading));
            Column::new(&name, points).titled(&criterion.heading)
        });
        let each = each.collect();
        self.add("criteria", each);
        for group in model.groups.items() {
            let name = format!("points.{}", group.heading.name);
            let column = Column::new(&name, self.score(&group.score)).titled(&group.heading);
            self.add(&format!("group_{}", group.heading.name), vec![column]);
        }
    }

    fn dimensions(&mut self) {
        let model = self.model;
        let scores = model.dimensions.items().iter().map(|dimension| {
            let name = format!("{}.score", dimension.heading.name);
            Column::new(&name, self.score(&dimension.score)).titled(&dimension.heading)
        });
        let scores: Vec<Column> = scores.collect();
        self.scores = scores
            .iter()
            .map(|column| self.name(&column.name))
            .collect();
        self.add("scores", scores);
        let mut scaled = Vec::new();
        for (dimension, score) in model.dimensions.items().iter().zip(&self.scores) {
            let name = format!("{}.scaled", dimension.heading.name);
            let Some((first, others)) = dimension.scale.as_deref().and_then(<[_]>::split_first)
            else {
                self.scaled.push("NULL".to_owned());
                continue;
            };
            let cuts = others.iter().rev();
            let cuts = cuts.map(|band| (band.from, self.points(band.gives)));
            let expression = self.first_reached(score, cuts, &self.points(first.gives));
            scaled.push(Column::new(&name, expression));
            self.scaled.push(self.dialect.name_of(&name));
        }
        self.add("scales", scaled);
        for (position, dimension) in model.dimensions.items().iter().enumerate() {
            let name = format!("{}.level", dimension.heading.name);
            if dimension.levels.is_empty() {
                self.levels.push("NULL".to_owned());
                continue;
            }
            let read = match dimension.scale {
                Some(_) => self.scaled.get(position),
                None => self.scores.get(position),
            };
            let read = read.cloned().unwrap_or_default();
            let level = |place: usize| {
                let level = dimension.levels.get(place);
                self.dialect.text(level.map_or("", |level| &level.name))
            };
            let list = |from: &[Points]| {
                let cuts = from.iter().enumerate();
                let cuts = cuts.map(|(place, from)| (*from, level(place)));
                self.first_reached(&read, cuts, &level(from.len()))
            };
            let mut each = String::new();
            let mut otherwise = "NULL".to_owned();
            for cuts in &dimension.cuts {
                match cuts.when {
                    Some(when) => {
                        each += &format!(
                            "WHEN {} THEN {} ",
                            self.holds(when, false),
                            list(&cuts.from)
                        );
                    }
                    None => {
                        otherwise = list(&cuts.from);
                        break;
                    }
                }
            }
            let level = cases("", &each, &otherwise);
            self.levels.push(self.dialect.name_of(&name));
            // The next may have other cut-offs by this one.
            let layer = format!("level_{}", dimension.heading.name);
            self.add(&layer, vec![Column::new(&name, level)]);
        }
    }

    fn overrides_of_dimensions(&mut self) {
        let model = self.model;
        let mut closed: Vec<Vec<String>> = vec![Vec::new(); model.dimensions.len()];
        for (number, rule) in model.overrides.items().iter().enumerate() {
            let Some(dimension) = rule.dimension else {
                continue;
            };
            let at = dimension.index();
            let applies = self.applies(number, rule, closed.get(at).into_iter().flatten());
            let dimension = &model.dimensions[dimension];
            let names: Vec<&str> = dimension
                .levels
                .iter()
                .map(|level| level.name.as_str())
                .collect();
            let mut columns = Vec::new();
            let mut replaced = |own: &mut String, what: &str, by: String| {
                let name = format!("{}.{what}.{number}", dimension.heading.name);
                let then = format!("CASE WHEN {applies} THEN {by} ELSE {own} END");
                *own = self.dialect.name_of(&name);
                columns.push(Column::new(&name, then));
            };
            if let (Some(level), false) = (self.levels.get(at).cloned(), names.is_empty()) {
                let mut own = level.clone();
                let by = self.overridden(&level, &names, rule.action);
                replaced(&mut own, "level", by);
                if let Some(place) = self.levels.get_mut(at) {
                    *place = own;
                }
            }
            if let Action::Replace { points, .. } = rule.action {
                let mut own = self.scores.get(at).cloned().unwrap_or_default();
                replaced(&mut own, "score", self.points(points));
                let mut scale = self.scaled.get(at).cloned().unwrap_or_default();
                if dimension.scale.is_some() {
                    replaced(&mut scale, "scaled", "NULL".to_owned());
                }
                if let Some(place) = self.scores.get_mut(at) {
                    *place = own;
                }
                if let Some(place) = self.scaled.get_mut(at) {
                    *place = scale;
                }
            }
            self.add(&format!("overridden_{number}"), columns);
            if rule.is_final
                && let Some(closed) = closed.get_mut(at)
            {
                closed.push(applies);
            }
        }
    }

    fn overrides_of_result(&mut self) {
        let model = self.model;
        let tiers: Vec<&str> = model.tiers.iter().map(String::as_str).collect();
        let mut closed: Vec<String> = Vec::new();
        for (number, rule) in model.overrides.items().iter().enumerate() {
            if rule.dimension.is_some() {
                continue;
            }
            let applies = self.applies(number, rule, &closed);
            let own = &self.result;
            let gives = self.overridden(own, &tiers, rule.action);
            // Floors, ceilings and steps leave a status alone.
            let gives = match rule.action {
                Action::Up(_) | Action::Down(_) => format!("coalesce({gives}, {own})"),
                _ => gives,
            };
            let name = format!("case.result.{number}");
            let column = Column::new(
                &name,
                format!("CASE WHEN {applies} THEN {gives} ELSE {own} END"),
            );
            self.add(&format!("overridden_{number}"), vec![column]);
            self.result = self.name(&name);
            if rule.is_final {
                closed.push(applies);
            }
        }
    }

    /// Adds whether an override applies, which none does after a final one that has applied, and returns its column.
    fn applies<'c>(
        &mut self,
        number: usize,
        rule: &Override,
        closed: impl IntoIterator<Item = &'c String>,
    ) -> String {
        let condition = self.holds(rule.when, true);
        let condition = closed.into_iter().fold(condition, |condition, earlier| {
            format!("(NOT {earlier} AND {condition})")
        });
        let name = format!("override.{}", rule.heading.name);
        let column = Column::new(&name, condition).titled(&rule.heading);
        self.add(&format!("override_{number}"), vec![column]);
        self.name(&name)
    }

    fn decisions(&mut self, after_result: bool) {
        let model = self.model;
        for decision in model.decisions.items() {
            if decision.after_result == after_result {
                let name = format!("decision.{}", decision.heading.name);
                let layer = format!("decision_{}", decision.heading.name);
                self.decided(&name, decision, &layer);
            }
        }
    }

    /// Adds a decision, and returns its column.
    fn decided(&mut self, name: &str, decision: &Decision, layer: &str) -> String {
        let values = self.model.values_of(decision);
        if let Some(both) = values
            .iter()
            .find(|value| self.model.statuses.contains(value))
        {
            self.cannot(
                &decision.heading,
                &format!("`{both}` is both a value and a status"),
            );
        }
        let (given, impossible) = self.decide(decision);
        let mut columns = vec![Column::new(name, given).titled(&decision.heading)];
        if let Some(impossible) = impossible {
            let name = format!("case.impossible.{layer}");
            self.impossible.push(self.name(&name));
            columns.push(Column::new(&name, impossible));
        }
        self.add(layer, columns);
        self.name(name)
    }

    /// Adds whether each row has a result, and why it has none.
    fn settled(&mut self) {
        let is_known = match &self.unknown {
            Some(unknown) => format!(" AND NOT {unknown}"),
            None => String::new(),
        };
        let errors = self.errors.iter().map(|error| self.name(error));
        let impossible = self.impossible.iter().map(|column| {
            let message =
                "these values together land on a cell that the matrix declares impossible";
            let message = self.dialect.text(message);
            format!("CASE WHEN {column}{is_known} THEN {message} END")
        });
        let errors: Vec<String> = errors.chain(impossible).collect();
        let error = match errors.as_slice() {
            [] => self.dialect.no_text().to_owned(),
            [only] => only.clone(),
            all => format!("coalesce({})", all.join(", ")),
        };
        self.add("errors", vec![Column::new(ERROR, error)]);
        let settled = format!("({} IS NULL{is_known})", self.name(ERROR));
        self.add("settled", vec![Column::new(SETTLED, settled)]);
    }

    /// Returns the columns of the result.
    fn results(&self) -> Vec<Column> {
        let model = self.model;
        let (error, settled) = (self.name(ERROR), self.name(SETTLED));
        let when = |expression: &str| format!("CASE WHEN {settled} THEN {expression} END");
        let mut columns = vec![
            Column::new("id", self.name("case.id")),
            Column::new("as_at", self.as_at()),
        ];
        if model.decision.is_some() {
            let among = |names: &[String]| {
                let names: Vec<String> = names.iter().map(|name| self.dialect.text(name)).collect();
                match names.is_empty() {
                    true => self.dialect.no_text().to_owned(),
                    false => format!(
                        "CASE WHEN {settled} AND {} IN ({}) THEN {} END",
                        self.result,
                        names.join(", "),
                        self.result
                    ),
                }
            };
            columns.push(Column::new("tier", among(&model.tiers)));
            columns.push(Column::new("status", among(&model.statuses)));
        }
        let open = match &self.unknown {
            Some(unknown) => format!("({error} IS NULL AND {unknown})"),
            None => "FALSE".to_owned(),
        };
        columns.push(Column::new("needs_scorer", open));
        let number = |expression: &str| when(&self.unscaled(expression));
        for (place, dimension) in model.dimensions.items().iter().enumerate() {
            let name = &dimension.heading.name;
            let of = |list: &[String]| list.get(place).cloned().unwrap_or_default();
            columns.push(Column::new(
                &format!("{name}.score"),
                number(&of(&self.scores)),
            ));
            if !dimension.levels.is_empty() {
                columns.push(Column::new(
                    &format!("{name}.level"),
                    when(&of(&self.levels)),
                ));
            }
            if dimension.scale.is_some() {
                columns.push(Column::new(
                    &format!("{name}.scaled"),
                    number(&of(&self.scaled)),
                ));
            }
        }
        if self.query.points {
            let criteria = model
                .criteria
                .items()
                .iter()
                .map(|criterion| &criterion.heading);
            let groups = model.groups.items().iter().map(|group| &group.heading);
            for heading in criteria.chain(groups) {
                let points = number(&self.points_name(heading));
                columns.push(Column::new(&format!("points.{}", heading.name), points));
            }
        }
        for flag in model.flags.items() {
            let raised = when(&self.holds(flag.when, true));
            columns.push(Column::new(&format!("flag.{}", flag.heading.name), raised));
        }
        for decision in model.decisions.items() {
            let name = format!("decision.{}", decision.heading.name);
            columns.push(Column::new(&name, when(&self.name(&name))));
        }
        columns.push(Column::new("error", error));
        columns
    }
}
