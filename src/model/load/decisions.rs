//! Loads decisions (rules, tables, the highest of steps, and bands) and flags.

use crate::arena::{DecisionId, Id};
use crate::diagnostic::{Code, Diagnostic, Place, shortened};
use crate::format::shape::not_a_number;
use crate::format::tree::{Key, Kind, Node};
use crate::model::load::comparisons::is_number;
use crate::model::load::conditions::{Reference, Scope};
use crate::model::load::names::{Named, Names};
use crate::model::load::scores::Bounds;
use crate::model::load::{Loader, a_type, places};
use crate::model::{
    Axis, Cell, Decision, DecisionBand, DecisionRule, Domain, Flag, Method, NumberOf, Verdict,
};
use crate::number::{self, Points};

/// The decision being loaded.
#[derive(Debug, Clone)]
struct Frame {
    scope: Scope,
    values: Vec<String>,
    /// Whether the decision gives tiers, and not values of its own.
    tiers: bool,
    /// Whether it is the matrix's own decision, the only one that may give a status.
    main: bool,
}

impl Loader<'_> {
    pub(super) fn decision_values(&self, decision: DecisionId) -> Vec<String> {
        match self.model.decisions.items().get(decision.index()) {
            Some(decision) => self.model.values_of(decision).to_vec(),
            None => Vec::new(),
        }
    }

    pub(super) fn decisions(&mut self, root: &Node) {
        for (key, node) in root.get("decisions").map(Node::entries).unwrap_or_default() {
            let scope = Scope::everything("a decision", self.model.decisions.len());
            let decision = self.decision(key, node, scope, false);
            self.model.decisions.push(decision);
        }
        let count = self.model.decisions.len();
        if let Some(node) = root.get("decision") {
            let key = Key {
                text: "decision".to_owned(),
                place: node.place,
                plain: true,
            };
            let scope = Scope::decisions("the decision", count);
            if root.get("tiers").is_none() {
                let help = "add `tiers: [high, medium, low]` to the matrix, from the most to the least intensive";
                self.fault(
                    Code::MissingKey,
                    node.place,
                    "a matrix with a `decision` needs the key `tiers`",
                    help,
                );
            }
            let decision = self.decision(&key, node, scope, true);
            if decision.after_result {
                let message =
                    "the decision reads a decision that itself reads the tier or the status";
                self.fault(
                    Code::UsedTooEarly,
                    node.place,
                    message,
                    "use decisions that do not read the tier or the status",
                );
            }
            self.model.decision = Some(decision);
        }
    }

    fn decision(&mut self, key: &Key, node: &Node, scope: Scope, main: bool) -> Decision {
        let own = match node.get("values") {
            Some(values) if main => {
                self.fault(
                    Code::WrongForType,
                    values.place,
                    "the decision gives tiers",
                    "remove `values`, or make it a named decision",
                );
                None
            }
            values => values.map(|values| self.values_of(Some(values))),
        };
        if own.is_none()
            && self.model.tiers.is_empty()
            && !main
            && !self.names.unread.contains("tiers")
        {
            let message = format!(
                "the decision `{}` gives tiers, and the matrix has none",
                key.text
            );
            self.fault(
                Code::MissingKey,
                key.place,
                message,
                "add `values: [ … ]` to it, or declare `tiers`",
            );
        }
        let labels = match (&own, node.get("labels")) {
            (None, Some(labels)) => {
                self.fault(
                    Code::WrongForType,
                    labels.place,
                    "the decision gives tiers",
                    "write the labels of tiers in `labels` of the matrix",
                );
                Vec::new()
            }
            (None, None) => Vec::new(),
            (Some(values), labels) => self.labels_of(labels, values),
        };
        let values = own.clone().unwrap_or_else(|| self.model.tiers.clone());
        let frame = Frame {
            scope,
            tiers: own.is_none(),
            values,
            main,
        };
        let default = node
            .get("default")
            .map(|default| self.default(default, &frame));
        let method = self.method(node, &frame);
        let total = method.as_ref().is_none_or(|method| self.is_total(method));
        match (node.get("default"), total) {
            (None, false) if main => self.no_default(node, method.as_ref()),
            (Some(default), true) if method.is_some() => {
                self.fault(
                    Code::Unreachable,
                    default.place,
                    "every case is decided without the default",
                    "remove `default`",
                );
            }
            _ => {}
        }
        let after_result = method
            .as_ref()
            .is_some_and(|method| self.method_reads_result(method));
        let heading = self.heading(key, node);
        if method.is_none() {
            self.leave_out(key.place);
        }
        let method = method.unwrap_or(Method::Highest(Vec::new()));
        Decision {
            heading,
            values: own,
            labels,
            method,
            default: default.flatten().unwrap_or(Verdict::Nothing),
            after_result,
            places: places_of_method(node),
        }
    }

    /// Reports that the decision leaves some cases without a tier. The fault is marked where the case would have to be added.
    fn no_default(&mut self, node: &Node, method: Option<&Method>) {
        let written = |key: &str| node.get(key).map_or(node.place, |node| node.place);
        let (place, message, help) = match method {
            Some(Method::Rules(rules)) => {
                let last = rules.last().map_or(node.place, |rule| rule.heading.place);
                (
                    last,
                    "a case for which no rule holds has no tier",
                    "add a last rule without `when`, such as `- { tier: low }`",
                )
            }
            Some(Method::Table { .. }) => (
                written("table"),
                "a case without a row or column has no tier",
                "add `default: …` beside `table`: what the axes read may be absent",
            ),
            Some(Method::Highest(_)) => (
                written("highest"),
                "a case for which no step gives anything has no tier",
                "add `default: …` beside `highest`",
            ),
            _ => (
                written("bands"),
                "a case without a scaled number has no tier",
                "add `default: …` beside `bands`: an override replaces the score",
            ),
        };
        self.fault(Code::NoDefault, place, message, help);
    }

    fn default(&mut self, node: &Node, frame: &Frame) -> Option<Verdict> {
        let text = node.text()?;
        if frame.main
            && let Some(status) = self.model.statuses.iter().position(|status| status == text)
        {
            return Some(Verdict::Status(u8::try_from(status).ok()?));
        }
        self.result(node, frame)
    }

    fn method(&mut self, node: &Node, frame: &Frame) -> Option<Method> {
        if let Some(rules) = node.get("rules") {
            return (!rules.items().is_empty()).then(|| Method::Rules(self.rules(rules, frame)));
        }
        if let Some(table) = node.get("table") {
            return self.table(table, frame);
        }
        if let Some(steps) = node.get("highest") {
            return (!steps.items().is_empty()).then(|| Method::Highest(self.steps(steps, frame)));
        }
        node.get("bands")
            .and_then(|bands| self.decision_bands(bands, frame))
    }

    /// Loads what a rule or band gives: `tier`, `status` or `value`.
    fn gives(&mut self, node: &Node, frame: &Frame) -> Option<Verdict> {
        let (key, value) = node
            .entries()
            .iter()
            .find(|(key, _)| ["tier", "status", "value"].contains(&key.text.as_str()))?;
        match key.text.as_str() {
            "status" if frame.main => {
                let statuses = self.model.statuses.clone();
                let position = self.position_among("no status is called", value, &statuses)?;
                Some(Verdict::Status(u8::try_from(position).ok()?))
            }
            "status" => {
                self.fault(
                    Code::WrongForType,
                    key.place,
                    "only the decision and the overrides give a status",
                    "use a rule of `decision`, or an override",
                );
                None
            }
            written if (written == "tier") == frame.tiers => self.result(value, frame),
            _ => {
                let help = if frame.tiers {
                    "write `tier: …`"
                } else {
                    "write `value: …`, one of its `values`"
                };
                self.fault(
                    Code::WrongForType,
                    key.place,
                    format!("`{}` is not what this decision gives", key.text),
                    help,
                );
                None
            }
        }
    }

    /// Loads a tier, or a value of the decision's own.
    fn result(&mut self, node: &Node, frame: &Frame) -> Option<Verdict> {
        // That there are none was reported where they belong.
        if frame.values.is_empty() {
            return None;
        }
        let message = if frame.tiers {
            "no tier is called"
        } else {
            "this decision has no value"
        };
        self.position_among(message, node, &frame.values)
            .and_then(value_verdict)
    }

    fn rules(&mut self, node: &Node, frame: &Frame) -> Vec<DecisionRule> {
        let mut rules: Vec<DecisionRule> = Vec::new();
        for item in node.items() {
            if let Some(before) = rules.last()
                && before.when.is_none()
            {
                let fault =
                    Diagnostic::new(Code::Unreachable, item.place, "nothing reaches this rule");
                let fault = fault.related(
                    before.heading.place,
                    "this rule has no `when`, so it always holds",
                );
                self.faults
                    .push(fault.help("move it before that rule, or give that rule a `when`"));
                break;
            }
            let gives = self.gives(item, frame);
            if gives.is_none() {
                self.leave_out(item.place);
            }
            let when = item
                .get("when")
                .map(|when| self.condition(when, frame.scope));
            let heading = self.heading_of(String::new(), item.place, item);
            rules.push(DecisionRule {
                gives: gives.unwrap_or(Verdict::Nothing),
                when,
                heading,
            });
        }
        rules
    }

    fn steps(&mut self, node: &Node, frame: &Frame) -> Vec<DecisionId> {
        let mut steps = Vec::new();
        for item in node.items() {
            let Some(name) = item.text() else { continue };
            match self.names.rules.get(name).copied() {
                Some(Named::Decision(id)) if id.index() < frame.scope.decisions => {
                    if steps.contains(&id) {
                        self.fault(
                            Code::DuplicateName,
                            item.place,
                            format!("`{name}` is listed twice"),
                            "remove one of them",
                        );
                    } else if self.decision_values(id) == frame.values {
                        steps.push(id);
                    } else {
                        let message = format!("`{name}` gives other values than this decision");
                        self.fault(
                            Code::WrongComparison,
                            item.place,
                            message,
                            "use steps that give the same values, in the same order",
                        );
                    }
                }
                Some(Named::Decision(_)) => {
                    let message = format!("`{name}` is not written before this decision");
                    self.fault(
                        Code::UsedTooEarly,
                        item.place,
                        message,
                        "move it up: a decision uses those written before it",
                    );
                }
                _ => {
                    let decisions = |names: &Names| {
                        names.rules_where(|named| matches!(named, Named::Decision(_)))
                    };
                    self.undeclared(item.place, "decision", name, decisions);
                }
            }
        }
        steps
    }

    fn decision_bands(&mut self, node: &Node, frame: &Frame) -> Option<Method> {
        let of = node.get("of")?;
        let number = self.number_reference(of, frame.scope);
        if self.upside_down(node.get("tiers")?, "bands") {
            return None;
        }
        let mut bands: Vec<DecisionBand> = Vec::new();
        let mut before: Option<(Option<Points>, Place)> = None;
        for item in node.get("tiers").map(Node::items).unwrap_or_default() {
            let gives = self.gives(item, frame);
            if gives.is_none() {
                self.leave_out(item.place);
            }
            let from = match item.get("from") {
                Some(from) => Some(self.points(Some(from))?),
                None => None,
            };
            match (before, from) {
                (Some((None, place)), _) => {
                    let fault = Diagnostic::new(
                        Code::Unreachable,
                        item.place,
                        "no score reaches this band",
                    );
                    let fault = fault.related(
                        place,
                        "this band has no `from`, so it takes every remaining score",
                    );
                    self.faults.push(fault.help("give that band a `from`"));
                }
                (Some((Some(cut), place)), Some(from)) if from >= cut => {
                    let fault = Diagnostic::new(
                        Code::BandOverlap,
                        item.place,
                        "the bands overlap or are not in order",
                    );
                    self.faults.push(
                        fault
                            .related(place, "the band before")
                            .help("list them from the largest `from` down"),
                    );
                }
                _ => {}
            }
            before = Some((from, item.place));
            bands.push(DecisionBand {
                gives: gives.unwrap_or(Verdict::Nothing),
                from,
            });
        }
        if before.is_some_and(|(from, _)| from.is_some()) {
            let last = before.map_or(node.place, |(_, place)| place);
            self.fault(
                Code::NoDefault,
                last,
                "scores below the last `from` are not decided",
                "leave out the `from` of this band, or add a last band without one",
            );
        }
        Some(Method::Bands { of: number?, bands })
    }

    /// Returns a number by its name: a score, a scaled number, points or `total`.
    fn number_reference(&mut self, node: &Node, scope: Scope) -> Option<NumberOf> {
        let text = node.text()?;
        let key = Key {
            text: text.to_owned(),
            place: node.place,
            plain: true,
        };
        let number = match self.reference(&key, scope)? {
            Reference::Number(number) => number,
            Reference::Dimension(dimension) => NumberOf::Score(dimension),
            _ => {
                self.fault(
                    Code::WrongComparison,
                    node.place,
                    format!("`{text}` is not a score"),
                    "name a dimension, its scaled number as `name.scaled`, a criterion, a group, or `total`",
                );
                return None;
            }
        };
        Some(number)
    }

    /// Returns whether a scaled number is there to be read. It is reported if it is not.
    pub(super) fn has_scale(&mut self, number: NumberOf, name: &str, place: Place) -> bool {
        let NumberOf::Scaled(dimension) = number else {
            return true;
        };
        let has = self.model.dimensions[dimension].scale.is_some();
        if !has && !self.unjudged.contains(&dimension) {
            let message = format!("there is no `{name}`: the dimension has no scale");
            self.fault(
                Code::UndeclaredName,
                place,
                message,
                "use its score, or give the dimension a `scale`",
            );
        }
        has
    }

    fn table(&mut self, node: &Node, frame: &Frame) -> Option<Method> {
        let rows = node
            .get("rows")
            .and_then(|axis| self.axis(axis, frame.scope));
        let columns = node
            .get("columns")
            .and_then(|axis| self.axis(axis, frame.scope));
        let cells_node = node.get("cells")?;
        let mut cells = Vec::new();
        for row in cells_node.items() {
            if let Some((_, width)) = columns
                && row.items().len() != width
            {
                let (cells, names) = (
                    row.items().len(),
                    node.get("columns").map(listed).unwrap_or_default(),
                );
                let message = format!(
                    "this row has {cells} {}, and the table has {width} columns",
                    if cells == 1 { "cell" } else { "cells" }
                );
                let help = format!(
                    "write a cell for each of {names}; `impossible` for one that cannot occur"
                );
                self.fault(Code::TableShape, row.place, message, help);
            }
            cells.push(
                row.items()
                    .iter()
                    .map(|cell| self.cell(cell, frame))
                    .collect::<Vec<_>>(),
            );
        }
        if let Some((_, height)) = rows
            && cells.len() != height
        {
            let names = node.get("rows").map(listed).unwrap_or_default();
            let lists = if cells.len() == 1 { "list" } else { "lists" };
            let message = format!(
                "`cells` has {} {lists}, and the table has {height} rows",
                cells.len()
            );
            self.fault(
                Code::TableShape,
                cells_node.place,
                message,
                format!("write a list of cells for each of {names}"),
            );
        }
        let cells = cells
            .into_iter()
            .map(|row| row.into_iter().collect::<Option<Vec<_>>>())
            .collect::<Option<Vec<_>>>();
        Some(Method::Table {
            rows: rows?.0,
            columns: columns?.0,
            cells: cells?,
        })
    }

    fn cell(&mut self, node: &Node, frame: &Frame) -> Option<Cell> {
        match node.text()? {
            "impossible" => Some(Cell::Impossible),
            "nothing" if !frame.main && !frame.values.iter().any(|own| own == "nothing") => {
                Some(Cell::Gives(Verdict::Nothing))
            }
            text => {
                if frame.main
                    && let Some(status) =
                        self.model.statuses.iter().position(|status| status == text)
                {
                    return Some(Cell::Gives(Verdict::Status(u8::try_from(status).ok()?)));
                }
                self.result(node, frame).map(Cell::Gives)
            }
        }
    }

    /// Loads an axis, and returns it with the number of its rows or columns.
    fn axis(&mut self, node: &Node, scope: Scope) -> Option<(Axis, usize)> {
        let [(key, list)] = node.entries() else {
            if matches!(&node.kind, Kind::Map(entries) if entries.is_empty()) {
                self.fault(
                    Code::WrongKind,
                    node.place,
                    "an axis must name what it reads",
                    "write `{ name: [ … ] }`",
                );
            }
            return None;
        };
        let items = list.items();
        let (name, place) = (&key.text, list.place);
        let axis = match self.reference(key, scope)? {
            Reference::Input(input) => {
                let domain = self.input(input)?.domain.clone();
                match &domain {
                    Domain::Number { places, from, .. } => {
                        let cuts = items
                            .iter()
                            .map(|item| self.number_of(item, name, *places))
                            .collect::<Option<Vec<_>>>()?;
                        Axis::InputCuts {
                            input,
                            cuts: self.cuts(name, place, cuts, *from, |cut| {
                                number::scaled_text(cut, *places)
                            })?,
                        }
                    }
                    Domain::Set { .. } | Domain::Date { .. } => {
                        self.fault(
                            Code::WrongForType,
                            key.place,
                            format!("`{name}` is {}, which cannot be an axis", a_type(&domain)),
                            "use a number, a level, a category or a boolean",
                        );
                        return None;
                    }
                    _ => {
                        let (least, most) = domain.bounds();
                        let values: Vec<String> =
                            (least..=most).map(|value| domain.text_of(value)).collect();
                        Axis::Input {
                            input,
                            positions: self.positions_on_axis(name, place, items, &values)?,
                        }
                    }
                }
            }
            Reference::Number(number) => self.number_axis(number, name, place, items)?,
            Reference::Dimension(dimension) if self.leaves_open(name, dimension, list) => {
                return None;
            }
            // Cut-offs of its score; a list of its levels has a word in it.
            Reference::Dimension(dimension) if items.iter().all(is_number) => {
                self.number_axis(NumberOf::Score(dimension), name, place, items)?
            }
            Reference::Dimension(dimension) | Reference::Level(dimension) => {
                let values: Vec<String> = self.model.dimensions[dimension]
                    .levels
                    .iter()
                    .map(|level| level.name.clone())
                    .collect();
                Axis::Level {
                    dimension,
                    positions: self.positions_on_axis(name, place, items, &values)?,
                }
            }
            Reference::Decision(decision) => {
                let mut values = self.decision_values(decision);
                let has_nothing = items.iter().any(|item| item.text() == Some("nothing"))
                    && !values.iter().any(|value| value == "nothing");
                values.extend(has_nothing.then(|| "nothing".to_owned()));
                let mut positions = self.positions_on_axis(name, place, items, &values)?;
                let nothing = if has_nothing { positions.pop() } else { None };
                Axis::Decision {
                    decision,
                    positions,
                    nothing,
                }
            }
            Reference::Tier | Reference::Status => {
                self.fault(
                    Code::WrongForType,
                    key.place,
                    format!("`{name}` cannot be an axis"),
                    "use rules that read it",
                );
                return None;
            }
        };
        Some((axis, items.len()))
    }

    fn number_axis(
        &mut self,
        number: NumberOf,
        name: &str,
        place: Place,
        items: &[Node],
    ) -> Option<Axis> {
        let mut cuts = Vec::new();
        for item in items {
            let text = item.text()?;
            if number::parse(text).is_none() {
                self.faults.push(not_a_number(
                    text,
                    item.place,
                    format!("`{name}` is a number, and `{}` is not", shortened(text)),
                ));
                return None;
            }
            cuts.push(self.points(Some(item))?.millionths());
        }
        let least = match number {
            NumberOf::Score(dimension) => self.model.dimensions[dimension].bounds.0.millionths(),
            NumberOf::Scaled(dimension) => {
                let scale = self.model.dimensions[dimension].scale.as_ref()?;
                scale.iter().map(|band| band.gives.millionths()).min()?
            }
            NumberOf::Total => self
                .model
                .dimensions
                .items()
                .iter()
                .map(|dimension| dimension.bounds.0)
                .sum::<Points>()
                .millionths(),
            NumberOf::Criterion(criterion) => {
                self.least_points(self.bounds.criteria.get(criterion.index()))
            }
            NumberOf::Group(group) => self.least_points(self.bounds.groups.get(group.index())),
        };
        let cuts = self.cuts(name, place, cuts, least, |cut| {
            Points::from_millionths(cut).to_string()
        })?;
        let cuts = cuts
            .into_iter()
            .map(|(cut, position)| (Points::from_millionths(cut), position))
            .collect();
        Some(Axis::NumberCuts { number, cuts })
    }

    /// Returns the smallest points, in millionths. Where they are at fault, the number is so large that no cut-off is judged.
    fn least_points(&self, bounds: Option<&Option<Bounds>>) -> i64 {
        bounds
            .copied()
            .flatten()
            .and_then(|(least, _)| i64::try_from(least).ok())
            .unwrap_or(i64::MAX)
    }

    /// Returns cut-offs, which may be written in either order, in ascending order. Each comes with the position of its row or column.
    fn cuts(
        &mut self,
        name: &str,
        place: Place,
        cuts: Vec<i64>,
        least: i64,
        text: impl Fn(i64) -> String,
    ) -> Option<Vec<(i64, u8)>> {
        let mut cuts: Vec<(i64, u8)> = cuts.into_iter().zip(0..).collect();
        cuts.sort_unstable();
        if cuts
            .windows(2)
            .any(|pair| matches!(pair, [(one, _), (other, _)] if one == other))
        {
            self.fault(
                Code::BandOverlap,
                place,
                format!("a cut-off of `{name}` is written twice"),
                "write each of them once",
            );
            return None;
        }
        let first = cuts.first()?.0;
        if first > least {
            let message = format!(
                "a hole: `{name}` from {} to below {} has no row or column",
                text(least),
                text(first)
            );
            self.fault(
                Code::BandHole,
                place,
                message,
                format!("add the cut-off {}", text(least)),
            );
        }
        Some(cuts)
    }

    /// Returns the row or column of each value.
    fn positions_on_axis(
        &mut self,
        name: &str,
        place: Place,
        items: &[Node],
        values: &[String],
    ) -> Option<Vec<u8>> {
        let mut positions: Vec<Option<u8>> = vec![None; values.len()];
        for (item, at) in items.iter().zip(0_u8..) {
            let position = self.position(name, item, values)?;
            if let Some(slot) = positions.get_mut(position) {
                if slot.is_some() {
                    self.fault(
                        Code::DuplicateName,
                        item.place,
                        format!("`{}` is listed twice", item.text().unwrap_or_default()),
                        "write each of them once",
                    );
                }
                *slot = Some(at);
            }
        }
        let left: Vec<_> = values
            .iter()
            .zip(&positions)
            .filter(|(_, at)| at.is_none())
            .map(|(value, _)| format!("`{value}`"))
            .collect();
        if !left.is_empty() {
            let message = format!("the axis leaves out {} of `{name}`", left.join(", "));
            self.fault(
                Code::TableShape,
                place,
                message,
                "list every value, and give it a row or column of cells",
            );
        }
        positions.into_iter().collect()
    }

    fn may_be_absent(&self, axis: &Axis) -> bool {
        match axis {
            Axis::Input { input, .. } | Axis::InputCuts { input, .. } => {
                self.model.inputs[*input].missing == crate::model::Missing::Absent
            }
            Axis::NumberCuts { number, .. } => self.number_may_be_absent(*number),
            Axis::Decision {
                decision, nothing, ..
            } => nothing.is_none() && self.may_give_nothing(*decision),
            Axis::Level { .. } => false,
        }
    }

    fn may_give_nothing(&self, decision: DecisionId) -> bool {
        let decision = self.model.decisions.items().get(decision.index());
        decision.is_none_or(|decision| {
            decision.default == Verdict::Nothing && !self.is_total(&decision.method)
        })
    }

    /// Returns whether a method decides every case by itself.
    fn is_total(&self, method: &Method) -> bool {
        match method {
            Method::Rules(rules) => rules.last().is_some_and(|rule| rule.when.is_none()),
            Method::Bands { of, .. } => !self.number_may_be_absent(*of),
            Method::Table {
                rows,
                columns,
                cells,
            } => {
                let leaves_open = cells
                    .iter()
                    .flatten()
                    .any(|cell| *cell == Cell::Gives(Verdict::Nothing));
                !leaves_open && !self.may_be_absent(rows) && !self.may_be_absent(columns)
            }
            Method::Highest(steps) => steps.iter().any(|step| !self.may_give_nothing(*step)),
        }
    }

    fn number_may_be_absent(&self, number: NumberOf) -> bool {
        matches!(number, NumberOf::Scaled(dimension) if self.replaceable.contains(&self.model.dimensions[dimension].heading.name))
    }

    fn method_reads_result(&self, method: &Method) -> bool {
        let axis = |axis: &Axis| matches!(axis, Axis::Decision { decision, .. } if self.is_after_result(*decision));
        match method {
            Method::Rules(rules) => rules
                .iter()
                .filter_map(|rule| rule.when)
                .any(|when| self.reads_result(when)),
            Method::Table { rows, columns, .. } => axis(rows) || axis(columns),
            Method::Highest(steps) => steps.iter().any(|step| self.is_after_result(*step)),
            Method::Bands { .. } => false,
        }
    }

    pub(super) fn flags(&mut self, root: &Node) {
        let scope = Scope::everything("a flag", self.model.decisions.len());
        for (key, node) in root.get("flags").map(Node::entries).unwrap_or_default() {
            let heading = self.heading(key, node);
            let Some(when) = node.get("when") else {
                continue;
            };
            let when = self.condition(when, scope);
            self.model.flags.push(Flag { heading, when });
        }
    }
}

/// Returns what an axis lists, as it is written.
fn listed(axis: &Node) -> String {
    let items = axis.entries().iter().flat_map(|(_, list)| list.items());
    items
        .filter_map(Node::text)
        .map(|text| format!("`{}`", shortened(text)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn value_verdict(position: usize) -> Option<Verdict> {
    u8::try_from(position).ok().map(Verdict::Value)
}

/// Returns where each cell of a table, or each band, is written.
fn places_of_method(decision: &Node) -> Vec<Vec<Place>> {
    if let Some(cells) = decision.get("table").and_then(|table| table.get("cells")) {
        return cells.items().iter().map(|row| places(Some(row))).collect();
    }
    match decision.get("bands") {
        Some(bands) => vec![places(bands.get("tiers"))],
        None => Vec::new(),
    }
}
