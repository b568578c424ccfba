//! Loads overrides, which are ordered rules that change a level or the tier, each with its reason.

use crate::arena::DimensionId;
use crate::diagnostic::Code;
use crate::format::tree::Node;
use crate::model::load::conditions::Scope;
use crate::model::load::names::{Named, Names};
use crate::model::load::{Loader, one_paragraph};
use crate::model::{Action, Override};

impl Loader<'_> {
    pub(super) fn overrides(&mut self, root: &Node) {
        let mut seen: Vec<String> = Vec::new();
        for node in root.get("overrides").map(Node::items).unwrap_or_default() {
            let id = node.get("id");
            let name = id.and_then(Node::text).unwrap_or_default().to_owned();
            if seen.contains(&name) && !name.is_empty() {
                self.fault(
                    Code::DuplicateName,
                    id.map_or(node.place, |id| id.place),
                    format!("two overrides are called `{name}`"),
                    "choose another id",
                );
            }
            seen.push(name.clone());
            let heading = self.heading_of(name, node.place, node);
            let dimension = match node.get("dimension") {
                Some(named) => match self.dimension_named(named) {
                    Some(dimension) => Some(dimension),
                    None => {
                        self.leave_out(node.place);
                        continue;
                    }
                },
                None => None,
            };
            let scope = match dimension {
                Some(_) => Scope::dimensions("an override of a level"),
                None => Scope::result("an override of the tier", self.model.decisions.len()),
            };
            let Some(when) = node.get("when") else {
                continue;
            };
            let when = self.condition(when, scope);
            let Some(action) = self.action(node, dimension) else {
                self.leave_out(node.place);
                continue;
            };
            let is_final = node.get("final").and_then(Node::text) == Some("true");
            let reason = node
                .get("reason")
                .and_then(Node::text)
                .map(one_paragraph)
                .unwrap_or_default();
            self.model.overrides.push(Override {
                heading,
                when,
                dimension,
                action,
                is_final,
                reason,
            });
        }
    }

    fn dimension_named(&mut self, node: &Node) -> Option<DimensionId> {
        let name = node.text()?;
        let Some(Named::Dimension(dimension)) = self.names.rules.get(name).copied() else {
            let dimensions =
                |names: &Names| names.rules_where(|named| matches!(named, Named::Dimension(_)));
            self.undeclared(node.place, "dimension", name, dimensions);
            return None;
        };
        if self.model.dimensions[dimension].levels.is_empty() {
            if !self.unjudged.contains(&dimension) {
                self.fault(
                    Code::UndeclaredValue,
                    node.place,
                    format!("the dimension `{name}` has no levels to change"),
                    "give it `levels`",
                );
            }
            return None;
        }
        Some(dimension)
    }

    fn action(&mut self, node: &Node, dimension: Option<DimensionId>) -> Option<Action> {
        let actions = [
            "tier", "level", "at_least", "at_most", "up", "down", "status",
        ];
        let (key, value) = node
            .entries()
            .iter()
            .find(|(key, _)| actions.contains(&key.text.as_str()))?;
        let of_level = dimension.is_some();
        let suits = match key.text.as_str() {
            "tier" | "status" => !of_level,
            "level" => of_level,
            _ => true,
        };
        if !suits {
            let (message, help) = if of_level {
                (
                    "changes the tier, and this override changes a level",
                    "write `level: …`, or remove `dimension`",
                )
            } else {
                (
                    "changes a level, and this override names no dimension",
                    "add `dimension: …`, or write `tier: …`",
                )
            };
            self.fault(
                Code::WrongForType,
                key.place,
                format!("`{}` {message}", key.text),
                help,
            );
            return None;
        }
        if let Some(points) = node.get("points")
            && key.text != "level"
        {
            self.fault(
                Code::WrongForType,
                points.place,
                "`points` may only be written beside `level`",
                "write `level: …` and `points: …` together, or remove it",
            );
        }
        if !of_level && self.model.decision.is_none() {
            let message = "an override changes the tier, and the matrix has no `decision`";
            self.fault(
                Code::MissingKey,
                node.place,
                message,
                "add a `decision` to the matrix, or `dimension: …` to the override",
            );
            return None;
        }
        let values: Vec<String> = match dimension {
            Some(dimension) => self.model.dimensions[dimension]
                .levels
                .iter()
                .map(|level| level.name.clone())
                .collect(),
            None => self.model.tiers.clone(),
        };
        if values.is_empty() {
            return None;
        }
        let message = if of_level {
            "the dimension has no level"
        } else {
            "no tier is called"
        };
        let number = || value.text().and_then(|text| text.parse::<u32>().ok());
        match key.text.as_str() {
            "up" => number().map(Action::Up),
            "down" => number().map(Action::Down),
            "status" => {
                let statuses = self.model.statuses.clone();
                let position = self.position_among("no status is called", value, &statuses)?;
                u8::try_from(position).ok().map(Action::Status)
            }
            action => {
                let position = u8::try_from(self.position_among(message, value, &values)?).ok()?;
                match (action, node.get("points")) {
                    ("at_least", _) => Some(Action::AtLeast(position)),
                    ("at_most", _) => Some(Action::AtMost(position)),
                    (_, Some(points)) => Some(Action::Replace {
                        level: position,
                        points: self.points(Some(points))?,
                    }),
                    (_, None) => Some(Action::Fix(position)),
                }
            }
        }
    }
}
