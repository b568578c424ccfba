//! Writes the decisions, the overrides and the flags: how levels and answers become a tier, and what stands beside it.

use crate::arena::DimensionId;
use crate::model::named::Given;
use crate::model::{
    Action, Axis, Cell, Decision, Domain, Method, Missing, Model, NumberOf, Override, Verdict,
};
use crate::number::Points;
use crate::report::document::cited::Cited;
use crate::report::document::tree::{Block, Grid, GridCell, Head, Section, Table};
use crate::report::sheet::SheetWriter;
use crate::report::sheet::criteria::span;
use crate::report::sheet::dimensions::{is_only, is_whole};

impl SheetWriter<'_> {
    /// Returns the named decisions that come before the tier, or those that read it.
    pub(super) fn named_decisions(&self, after_result: bool) -> Vec<Section> {
        let decisions = self
            .model
            .decisions
            .items()
            .iter()
            .filter(|decision| decision.after_result == after_result);
        decisions
            .map(|decision| {
                self.one_decision(decision, format!("rule-{}", decision.heading.name), None)
            })
            .collect()
    }

    /// Returns the matrix's own decision.
    pub(super) fn decision(&self) -> Option<Section> {
        let decision = self.model.decision.as_ref()?;
        Some(self.one_decision(
            decision,
            "decision".to_owned(),
            Some("How the tier is decided"),
        ))
    }

    fn one_decision(&self, decision: &Decision, anchor: String, ahead: Option<&str>) -> Section {
        let title = match (ahead, &decision.heading.title) {
            (None, _) => decision.heading.spoken().to_owned(),
            (Some(ahead), None) => ahead.to_owned(),
            (Some(ahead), Some(title)) => format!("{ahead}: {title}"),
        };
        let mut section = Section::new(anchor, title);
        section.sources = Cited::of(self.matrix, &decision.heading.sources);
        decision
            .heading
            .note
            .iter()
            .for_each(|note| section.says(note));
        if let Some(values) = &decision.values {
            let value = |at| self.model.decision_value(decision, at);
            let values = (0..values.len()).filter_map(value);
            let values: Vec<String> = values.map(|value| value.with_name()).collect();
            section.says(format!(
                "It gives one of {}; from the most to the least intensive.",
                values.join(", ")
            ));
        }
        let of = DecisionWords {
            model: self.model,
            decision,
        };
        match &decision.method {
            Method::Rules(rules) => {
                section.says("The first rule that holds decides.");
                let pairs = rules.iter().map(|rule| {
                    let title = rule
                        .heading
                        .title
                        .as_ref()
                        .map(|title| format!("{title}: "))
                        .unwrap_or_default();
                    let note = rule
                        .heading
                        .note
                        .as_ref()
                        .map(|note| format!(". {note}"))
                        .unwrap_or_default();
                    let sources = match Cited::of(self.matrix, &rule.heading.sources).as_slice() {
                        [] => String::new(),
                        sources => format!(". Source: {}", Cited::listed(sources)),
                    };
                    (
                        of.name(rule.gives),
                        format!("{title}{}{note}{sources}", self.choice(rule.when)),
                    )
                });
                section.blocks.push(Block::Table(Table::pairs(
                    "Rules",
                    ["Result", "When"],
                    pairs,
                )));
                if rules.last().is_none_or(|rule| rule.when.is_some()) {
                    section.says(format!(
                        "If none of them holds, it gives {}.",
                        of.name(decision.default)
                    ));
                }
            }
            Method::Table {
                rows,
                columns,
                cells,
            } => {
                section
                    .blocks
                    .push(Block::Grid(self.grid(&of, rows, columns, cells)));
                if cells.iter().flatten().any(|cell| *cell == Cell::Impossible) {
                    section.says("A case that lands in a cell marked \"impossible\" is refused.");
                }
                for axis in [rows, columns] {
                    self.without(axis).into_iter().for_each(|case| {
                        section.says(format!("{case}, it gives {}.", of.name(decision.default)))
                    });
                }
            }
            Method::Highest(steps) => {
                section.says("The most intensive result that any of these gives:");
                let steps = steps.iter().enumerate().map(|(at, step)| {
                    let step = self.model.decisions[*step].heading.spoken();
                    ((at + 1).to_string(), step.to_owned())
                });
                section.blocks.push(Block::Table(Table::pairs(
                    "Steps",
                    ["Step", "Decision"],
                    steps,
                )));
                section.says(format!(
                    "If none of them gives anything, it gives {}.",
                    of.name(decision.default)
                ));
            }
            Method::Bands { of: number, bands } => {
                let number = self.model.quantity(*number);
                let above = [None].into_iter().chain(bands.iter().map(|band| band.from));
                let pairs = bands.iter().zip(above).map(|(band, above)| {
                    let means = match (band.from, above) {
                        (Some(from), above) => {
                            span(from.to_string(), above.map(|above| above.to_string()))
                        }
                        (None, Some(above)) => format!("below {above}"),
                        (None, None) => "any".to_owned(),
                    };
                    (of.name(band.gives), means)
                });
                section.blocks.push(Block::Table(Table::pairs(
                    format!("By {number}"),
                    ["Result", "Where"],
                    pairs,
                )));
                if decision.default != Verdict::Nothing {
                    section.says(format!(
                        "Where there is no such number, it gives {}.",
                        of.name(decision.default)
                    ));
                }
            }
        }
        section
    }

    fn grid(
        &self,
        of: &DecisionWords<'_>,
        rows: &Axis,
        columns: &Axis,
        cells: &[Vec<Cell>],
    ) -> Grid {
        let cell = |cell: &Cell| match cell {
            Cell::Gives(verdict) => GridCell {
                text: of.name(*verdict),
                shade: of.shade(*verdict),
                bar: None,
            },
            Cell::Impossible => "impossible".to_owned().into(),
        };
        let read = |axis| self.model.read_along(axis).to_string();
        let (rows_read, columns_read) = (read(rows), read(columns));
        Grid {
            caption: format!("Result by {rows_read} and {columns_read}"),
            rows: self
                .along(rows)
                .into_iter()
                .zip(cells)
                .map(|(label, row)| (label, row.iter().map(cell).collect()))
                .collect(),
            columns: self.along(columns),
            rows_read,
            columns_read,
        }
    }

    /// Returns what stands along an axis, in the order written.
    fn along(&self, axis: &Axis) -> Vec<String> {
        let mut labels: Vec<(u8, String)> = match axis {
            Axis::Input { input, positions } => {
                let own = &self.model.inputs[*input];
                let label = |value| own.value(value).to_string();
                positions
                    .iter()
                    .copied()
                    .zip((own.domain.bounds().0..).map(label))
                    .collect()
            }
            Axis::InputCuts { input, cuts } => {
                let own = &self.model.inputs[*input];
                let domain = &own.domain;
                let most = domain.bounds().1;
                let next = cuts.iter().skip(1).map(|(cut, _)| Some(*cut)).chain([None]);
                let label = |((cut, position), next): (&(i64, u8), Option<i64>)| {
                    let is_one = matches!(domain, Domain::Number { places: 0, .. })
                        && next.map_or(most, |next| next - 1) == *cut;
                    let from = own.value(*cut);
                    (
                        *position,
                        if is_one {
                            from.to_string()
                        } else {
                            span(from, next.map(|next| own.value(next)))
                        },
                    )
                };
                cuts.iter().zip(next).map(label).collect()
            }
            Axis::NumberCuts { number, cuts } => {
                let whole = self.largest_whole(*number);
                let next = cuts.iter().skip(1).map(|(cut, _)| Some(*cut)).chain([None]);
                let label = |((cut, position), next): (&(Points, u8), Option<Points>)| {
                    let is_one = whole.is_some_and(|most| is_only(*cut, next, most));
                    (
                        *position,
                        if is_one {
                            cut.to_string()
                        } else {
                            span(cut, next)
                        },
                    )
                };
                cuts.iter().zip(next).map(label).collect()
            }
            Axis::Level {
                dimension,
                positions,
            } => {
                let levels = self.model.dimensions[*dimension].levels.iter();
                positions
                    .iter()
                    .copied()
                    .zip(levels.map(|level| level.named().to_string()))
                    .collect()
            }
            Axis::Decision {
                decision,
                positions,
                nothing,
            } => {
                let own = &self.model.decisions[*decision];
                let value = |at| {
                    let named = self.model.decision_value(own, at);
                    named.map_or(Given::Nothing, Given::Value).to_string()
                };
                let mut labels: Vec<_> = positions.iter().copied().zip((0..).map(value)).collect();
                labels.extend(nothing.map(|nothing| (nothing, Given::Nothing.to_string())));
                labels
            }
        };
        labels.sort_by_key(|(position, _)| *position);
        labels.into_iter().map(|(_, label)| label).collect()
    }

    /// Returns the largest that a score or scaled number can be, if it is always whole.
    fn largest_whole(&self, number: NumberOf) -> Option<Points> {
        match number {
            NumberOf::Scaled(id) => {
                let scale = self.model.dimensions[id].scale.as_ref()?;
                let all_whole = scale.iter().all(|band| is_whole(band.gives));
                scale
                    .iter()
                    .map(|band| band.gives)
                    .max()
                    .filter(|_| all_whole)
            }
            // An override may replace a score by any other.
            NumberOf::Score(_) | NumberOf::Criterion(_) | NumberOf::Group(_) | NumberOf::Total => {
                None
            }
        }
    }

    /// Returns the case for which an axis has no row or column, in words, if there is such a case.
    fn without(&self, axis: &Axis) -> Option<String> {
        match axis {
            Axis::Input { input, .. } | Axis::InputCuts { input, .. } => {
                let is_absent = self.model.inputs[*input].missing == Missing::Absent;
                is_absent.then(|| format!("Where {} is not recorded", self.words.input(*input)))
            }
            Axis::Decision {
                decision,
                nothing: None,
                ..
            } => {
                let step = &self.model.decisions[*decision];
                let decides_all = matches!(&step.method, Method::Rules(rules) if rules.last().is_some_and(|rule| rule.when.is_none()));
                let is_open = step.default == Verdict::Nothing && !decides_all;
                is_open.then(|| format!("Where {} gives nothing", step.heading.spoken()))
            }
            Axis::NumberCuts { .. } | Axis::Level { .. } | Axis::Decision { .. } => None,
        }
    }

    pub(super) fn level_overrides(&self) -> Option<Section> {
        let mut section = Section::new("overrides-of-levels", "Overrides of a level");
        let dimensions: Vec<DimensionId> = self.model.dimensions.ids().collect();
        for dimension in dimensions {
            let title = self.model.dimensions[dimension].heading.spoken();
            section.blocks.extend(self.overrides(
                Some(dimension),
                &format!("Overrides of the level of {title}, in this order"),
            ));
        }
        (!section.blocks.is_empty()).then_some(section)
    }

    pub(super) fn tier_overrides(&self) -> Option<Section> {
        let mut section = Section::new("overrides-of-the-tier", "Overrides of the tier");
        section
            .blocks
            .extend(self.overrides(None, "Overrides of the tier, in this order"));
        (!section.blocks.is_empty()).then_some(section)
    }

    fn overrides(&self, dimension: Option<DimensionId>, caption: &str) -> Option<Block> {
        let rules: Vec<_> = self
            .model
            .overrides
            .items()
            .iter()
            .filter(|rule| rule.dimension == dimension)
            .collect();
        let moved = if dimension.is_some() { "level" } else { "tier" };
        let entries = rules.iter().map(|rule| {
            let ends = if rule.is_final {
                "; no override after it applies"
            } else {
                ""
            };
            let moved = if matches!(rule.action, Action::Status(_)) {
                "result"
            } else {
                moved
            };
            let effect = format!("the {moved} {}{ends}", self.model.effect(rule));
            (
                self.override_head(rule),
                vec![self.words.condition(rule.when), effect, rule.reason.clone()],
            )
        });
        let table = Table::labelled(caption, &["Override", "If", "Then", "Reason"], entries);
        (!rules.is_empty()).then_some(Block::Table(table))
    }

    fn override_head(&self, rule: &Override) -> Head {
        let mut head = self.head(&rule.heading);
        // What a trace refers to it by.
        if let Some(title) = &rule.heading.title {
            head.title = format!("{}: {title}", rule.heading.name);
        }
        head
    }

    pub(super) fn flags(&self) -> Option<Section> {
        let mut section = Section::new("flags", "Flags");
        section.says("A flag stands beside the tier and changes nothing.");
        let entries = self.model.flags.items().iter();
        let entries = entries.map(|flag| {
            (
                self.head(&flag.heading),
                vec![self.words.condition(flag.when)],
            )
        });
        section.blocks.push(Block::Table(Table::labelled(
            "What is pointed out",
            &["Flag", "If"],
            entries,
        )));
        (!self.model.flags.items().is_empty()).then_some(section)
    }
}

/// The results of one decision.
struct DecisionWords<'a> {
    model: &'a Model,
    decision: &'a Decision,
}

impl DecisionWords<'_> {
    fn name(&self, verdict: Verdict) -> String {
        self.model.given(self.decision, verdict).to_string()
    }

    fn shade(&self, verdict: Verdict) -> Option<usize> {
        let Verdict::Value(value) = verdict else {
            return None;
        };
        let last = self
            .model
            .values_of(self.decision)
            .len()
            .checked_sub(1)
            .filter(|last| *last > 0)?;
        Some(4 - (usize::from(value) * 4 / last).min(4))
    }
}
