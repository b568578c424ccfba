//! Loads criteria, and checks that every value of an input has points and that each point has one owner.

use crate::arena::{CriterionId, InputId};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::format::tree::{Key, Kind, Node};
use crate::model::load::conditions::Scope;
use crate::model::load::{Loader, a_type, one_paragraph};
use crate::model::{Band, Choice, Criterion, Domain, Gives, Measure, Missing, Reading, Rule};
use crate::number::{self, Points};

/// The most cut-offs on one input, which keeps a matrix a small finite object.
pub(crate) const MOST_CUTS: i64 = 65_536;

impl Loader<'_> {
    pub(super) fn criteria(&mut self, root: &Node) {
        for (key, node) in root.get("criteria").map(Node::entries).unwrap_or_default() {
            let heading = self.heading(key, node);
            let rule = self.criterion_rule(key, node);
            let is_at_fault = rule.is_none();
            // A faulty criterion keeps its place, so that the ids of those after it are right.
            let rule = rule.unwrap_or(Rule::Choose(Vec::new()));
            let id = self.model.criteria.push(Criterion { heading, rule });
            if is_at_fault {
                self.leave_out(key.place);
                self.incomplete.insert(id);
            }
        }
    }

    fn criterion_rule(&mut self, key: &Key, node: &Node) -> Option<Rule> {
        if matches!(node.kind, Kind::Refused) {
            return None;
        }
        let scope = Scope::inputs("a criterion");
        if let Some(when) = node.get("when") {
            self.unsuited(
                node,
                "when",
                &["input", "cap", "beyond", "members", "absent"],
            );
            let when = self.condition(when, scope);
            let Some(points) = node.get("points") else {
                let message = format!("the criterion `{}` needs the key `points`", key.text);
                self.fault(
                    Code::MissingKey,
                    key.place,
                    message,
                    "add `points: …`: what it gives when the condition holds",
                );
                return None;
            };
            let points = self.points(Some(points));
            let otherwise = node
                .get("otherwise")
                .map_or(Some(Points::ZERO), |node| self.points(Some(node)));
            return Some(Rule::When {
                when,
                points: points?,
                otherwise: otherwise?,
            });
        }
        if let Some(otherwise) = node.get("otherwise") {
            self.fault(
                Code::WrongForType,
                otherwise.place,
                "`otherwise` may only be written beside `when`",
                "remove it",
            );
        }
        if let Some(choices) = node.get("choose") {
            self.unsuited(
                node,
                "choose",
                &["input", "points", "cap", "beyond", "members", "absent"],
            );
            return self.choices(choices);
        }
        self.reading(&format!("the criterion `{}`", key.text), key.place, node)
            .map(Rule::One)
    }

    fn unsuited(&mut self, node: &Node, beside: &str, keys: &[&str]) {
        for (key, _) in node
            .entries()
            .iter()
            .filter(|(key, _)| keys.contains(&key.text.as_str()))
        {
            let message = format!("`{}` does nothing beside `{beside}`", key.text);
            let help = match (key.text.as_str(), beside) {
                ("absent", "choose") => "write it in each choice whose input may be absent",
                ("absent", "when") => {
                    "remove it: a comparison with an absent input does not hold, so `otherwise` applies"
                }
                _ => "remove it",
            };
            self.fault(Code::WrongForType, key.place, message, help);
        }
    }

    fn choices(&mut self, node: &Node) -> Option<Rule> {
        let mut choices = Vec::new();
        let mut sound = true;
        let count = node.items().len();
        for (index, item) in node.items().iter().enumerate() {
            let last = index + 1 == count;
            match (item.get("when"), last) {
                (None, false) => {
                    let help = "add a `when` to it, or remove what follows";
                    self.fault(
                        Code::Unreachable,
                        item.place,
                        "a choice without `when` always applies, so those after it never do",
                        help,
                    );
                }
                (Some(when), true) => {
                    let help = "add a last choice without `when`, such as `- { points: 0 }`";
                    self.fault(
                        Code::NoDefault,
                        when.place,
                        "no choice applies when none of the conditions holds",
                        help,
                    );
                }
                _ => {}
            }
            let when = item
                .get("when")
                .map(|when| self.condition(when, Scope::inputs("a criterion")));
            let heading = self.heading_of(String::new(), item.place, item);
            let measures = ["bands", "values", "each", "each_member"];
            let written: Vec<_> = item
                .entries()
                .iter()
                .filter(|(key, _)| measures.contains(&key.text.as_str()))
                .collect();
            let gives = match written.as_slice() {
                [] if item.get("points").is_some() => {
                    self.unsuited(
                        item,
                        "points",
                        &["input", "cap", "beyond", "members", "absent"],
                    );
                    self.points(item.get("points")).map(Gives::Fixed)
                }
                [_] => self
                    .reading("a choice", item.place, item)
                    .map(Gives::Reading),
                [] => {
                    self.fault(
                        Code::OneOfKeys,
                        item.place,
                        "a choice does not say what it gives",
                        "write `points`, `bands`, `values`, `each` or `each_member`",
                    );
                    None
                }
                [(first, _), (second, _), ..] => {
                    let message = format!(
                        "`{}` and `{}` cannot be written together in a choice",
                        first.text, second.text
                    );
                    let fault = Diagnostic::new(Code::OneOfKeys, second.place, message)
                        .related(first.place, "the other is here");
                    self.faults.push(fault.help(
                        "write exactly one of `points`, `bands`, `values`, `each`, `each_member`",
                    ));
                    None
                }
            };
            match gives {
                Some(gives) => choices.push(Choice {
                    when,
                    gives,
                    heading,
                }),
                None => sound = false,
            }
        }
        sound.then_some(Rule::Choose(choices))
    }

    /// Loads points that are read off one input.
    fn reading(&mut self, what: &str, place: Place, node: &Node) -> Option<Reading> {
        let Some(named) = node.get("input") else {
            self.fault(
                Code::MissingKey,
                place,
                format!("{what} does not say which input it reads"),
                "add `input: …`",
            );
            return None;
        };
        let input = self.input_named(named)?;
        let name = named.text()?.to_owned();
        let absent = self.absent(node, named, input, &name);
        let domain = self.input(input)?.domain.clone();
        let measure = if let Some(bands) = node.get("bands") {
            self.unsuited(node, "bands", &["points", "cap", "beyond", "members"]);
            self.bands(bands, &name, &domain)
        } else if let Some(values) = node.get("values") {
            self.unsuited(node, "values", &["points", "cap", "beyond", "members"]);
            self.value_points(values, &name, &domain)
        } else if let Some(each) = node.get("each") {
            self.unsuited(node, "each", &["members"]);
            self.each(what, node, each, &name, &domain)
        } else {
            self.unsuited(node, "each_member", &["points", "beyond"]);
            self.each_member(node, &name, &domain)
        };
        let measure = measure?;
        Some(Reading {
            input,
            table: measure.table(&domain),
            measure,
            absent: absent?,
        })
    }

    /// Loads the points of an absent input, which must be written exactly when the input may be absent. Returns `None` if they are at fault.
    fn absent(
        &mut self,
        node: &Node,
        named: &Node,
        input: InputId,
        name: &str,
    ) -> Option<Option<Points>> {
        let may_be_absent = self.input(input)?.missing == Missing::Absent;
        match (node.get("absent"), may_be_absent) {
            (Some(points), true) => self.points(Some(points)).map(Some),
            (None, false) => Some(None),
            (None, true) => {
                let message = format!("`{name}` may be absent, and nothing says what that scores");
                let fault = Diagnostic::new(Code::AbsentWithoutPoints, named.place, message);
                let fault = fault.related(
                    self.model.inputs[input].heading.place,
                    "declared here, with `missing: absent`",
                );
                self.faults.push(
                    fault.help("add `absent: 0` beside `input`, or the points that it should give"),
                );
                None
            }
            (Some(points), false) => {
                let help = format!("remove it, or declare `{name}` with `missing: absent`");
                self.fault(
                    Code::MissingPolicy,
                    points.place,
                    format!("`absent` never applies: `{name}` is never absent"),
                    help,
                );
                None
            }
        }
    }

    fn bands(&mut self, node: &Node, name: &str, domain: &Domain) -> Option<Measure> {
        let Domain::Number {
            places,
            from: least,
            to: most,
        } = *domain
        else {
            let message = format!("`{name}` is {}, which has no bands", a_type(domain));
            self.fault(Code::WrongForType, node.place, message, measures_of(domain));
            return None;
        };
        let starts: Vec<_> = node
            .items()
            .iter()
            .filter_map(|item| number::parse(item.get("from")?.text()?))
            .collect();
        if starts.len() > 1
            && starts
                .windows(2)
                .all(|pair| matches!(pair, [one, other] if one > other))
        {
            let help = "list the bands from the smallest `from` up";
            self.fault(
                Code::BandOverlap,
                node.place,
                "the bands are listed upside-down",
                help,
            );
            return None;
        }
        let mut bands: Vec<Band> = Vec::new();
        // Where the band before says that it ends.
        let mut end: Option<(i64, &Node)> = None;
        let mut sound = true;
        for item in node.items() {
            let from_node = item.get("from");
            let from = from_node.and_then(|from| self.number_of(from, name, places));
            let points = self.points(item.get("points"));
            let below = item
                .get("below")
                .map(|below| self.number_of(below, name, places).map(|end| (end, below)));
            let (Some(from_node), Some(from), Some(points), Some(below)) = (
                from_node,
                from,
                points,
                below.map_or(Some(None), |end| end.map(Some)),
            ) else {
                // What stands beside a faulty band is not judged.
                sound = false;
                continue;
            };
            if sound {
                self.band_after(
                    name,
                    places,
                    (least, most),
                    from,
                    from_node,
                    bands.last(),
                    end,
                );
            }
            sound = sound && bands.last().is_none_or(|before| before.from < from);
            end = below;
            let label = item.get("label").and_then(Node::text).map(one_paragraph);
            bands.push(Band {
                from,
                points,
                label,
                place: from_node.place,
            });
        }
        if let Some((below, below_node)) = end.filter(|(below, _)| sound && *below <= most) {
            let (below, most) = (
                number::scaled_text(below, places),
                number::scaled_text(most, places),
            );
            let message = format!("a hole: `{name}` from {below} to {most} has no band");
            self.fault(
                Code::BandHole,
                below_node.place,
                message,
                "add a band for it, or leave out `below`: the last band is open to the end of the range",
            );
        }
        (sound && !bands.is_empty()).then_some(Measure::Bands(bands))
    }

    /// Checks that a band begins where the one before it ends, and the first where the range begins.
    #[expect(
        clippy::too_many_arguments,
        reason = "a band, the one before it and the range"
    )]
    fn band_after(
        &mut self,
        name: &str,
        places: u32,
        (least, most): (i64, i64),
        from: i64,
        from_node: &Node,
        before: Option<&Band>,
        end: Option<(i64, &Node)>,
    ) {
        let text = |value| number::scaled_text(value, places);
        let (begins, place) = (text(from), from_node.place);
        if let Some(before) = before.filter(|before| from <= before.from) {
            let fault = Diagnostic::new(
                Code::BandOverlap,
                place,
                format!("the bands of `{name}` overlap or are not in order"),
            );
            let fault = fault.related(before.place, "the band before begins here");
            self.faults
                .push(fault.help("list the bands from the smallest `from` up, each once"));
        } else if let Some((end, end_node)) = end.filter(|(end, _)| *end != from) {
            let ends = text(end);
            let (code, message) = if end < from {
                (
                    Code::BandHole,
                    format!("a hole: `{name}` from {ends} to below {begins} has no band"),
                )
            } else {
                (
                    Code::BandOverlap,
                    format!("an overlap: `{name}` from {begins} to below {ends} has two bands"),
                )
            };
            let fault = Diagnostic::new(code, place, message)
                .related(end_node.place, "the band before ends here");
            self.faults.push(fault.help(format!(
                "write `from: {ends}` here, or end the band before with `below: {begins}`"
            )));
        } else if before.is_none() && from > least {
            let message = format!(
                "a hole: `{name}` from {} to below {begins} has no band",
                text(least)
            );
            self.fault(
                Code::BandHole,
                place,
                message,
                format!("begin with `from: {}`, the start of its range", text(least)),
            );
        } else if before.is_none() && from < least {
            let message = format!("the first band begins before the range of `{name}`");
            self.fault(
                Code::BandOverlap,
                place,
                message,
                format!("begin with `from: {}`, the start of its range", text(least)),
            );
        }
        if from > most {
            let help = format!(
                "remove the band, or widen the range of `{name}`, which ends at {}",
                text(most)
            );
            self.fault(
                Code::Unreachable,
                place,
                format!("no value of `{name}` reaches {begins}"),
                help,
            );
        }
    }

    fn value_points(&mut self, node: &Node, name: &str, domain: &Domain) -> Option<Measure> {
        let (first, last) = match domain {
            Domain::Set { .. } | Domain::Date { .. } | Domain::Number { places: 1.., .. } => {
                let message = format!(
                    "`{name}` is {}, which has no list of values",
                    a_type(domain)
                );
                self.fault(Code::WrongForType, node.place, message, measures_of(domain));
                return None;
            }
            _ => domain.bounds(),
        };
        if last - first > 1000 {
            self.fault(
                Code::WrongForType,
                node.place,
                format!("`{name}` has too many values to list"),
                measures_of(domain),
            );
            return None;
        }
        let mut points: Vec<Option<Points>> = vec![None; usize::try_from(last - first + 1).ok()?];
        for (key, value) in node.entries() {
            let scalar = Node {
                place: key.place,
                kind: Kind::Scalar {
                    text: key.text.clone(),
                    plain: key.plain,
                },
                comment: None,
            };
            let Some(position) = self.value_of(&scalar, name, domain) else {
                continue;
            };
            let given = self.points(Some(value));
            if let Some(slot) = usize::try_from(position - first)
                .ok()
                .and_then(|position| points.get_mut(position))
            {
                *slot = given;
            }
        }
        let without = (first..=last)
            .zip(&points)
            .filter(|(_, points)| points.is_none());
        let without: Vec<_> = without
            .map(|(value, _)| format!("`{}`", domain.text_of(value)))
            .collect();
        if !without.is_empty() && self.faults_none_in(node) {
            let more = if without.len() > 8 { " …" } else { "" };
            let listed = without
                .iter()
                .take(8)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            self.fault(
                Code::ValueWithoutPoints,
                node.place,
                format!("nothing says how many points `{name}` gives for {listed}{more}"),
                "list every value, with 0 for a value that gives no points",
            );
        }
        points
            .into_iter()
            .collect::<Option<_>>()
            .map(|points| Measure::Values { first, points })
    }

    /// Returns whether nothing inside this node was reported, so that a fault is not reported twice in other words.
    fn faults_none_in(&self, node: &Node) -> bool {
        !self
            .faults
            .iter()
            .any(|fault| fault.place.start >= node.place.start && fault.place.end <= node.place.end)
    }

    fn each(
        &mut self,
        what: &str,
        node: &Node,
        each: &Node,
        name: &str,
        domain: &Domain,
    ) -> Option<Measure> {
        let Domain::Number { places, from, to } = *domain else {
            let message = format!("`{name}` is {}, which has no units", a_type(domain));
            self.fault(Code::WrongForType, each.place, message, measures_of(domain));
            return None;
        };
        if node.get("points").is_none() {
            self.fault(
                Code::MissingKey,
                each.place,
                format!("{what} needs the key `points`"),
                "add `points: 1`: what each unit gives",
            );
        }
        let size = self.number_of(each, name, places)?;
        if size <= 0 {
            self.fault(
                Code::NumberOutOfRange,
                each.place,
                "a unit must be larger than 0",
                "write `each: 1`, or a larger number",
            );
            return None;
        }
        let points = self.points(node.get("points"))?;
        let cap = self.cap(node, points)?;
        let beyond = match node.get("beyond") {
            Some(beyond) => self.number_of(beyond, name, places)?,
            None => 0,
        };
        let mut units = (to - beyond).max(0) / size;
        if let Some(cap) = cap
            && points != Points::ZERO
        {
            units = units.min(cap.millionths() / points.millionths() + 1);
        }
        if points == Points::ZERO {
            units = units.min(1);
        }
        if units > MOST_CUTS {
            let message = format!(
                "`{name}` would have {units} cut-offs here, and may have at most {MOST_CUTS}"
            );
            self.fault(
                Code::Overflow,
                each.place,
                message,
                "write a larger unit, a `cap`, or a smaller range",
            );
            return None;
        }
        if units == 0 || from > to {
            let help = format!(
                "write a smaller unit: the range of `{name}` ends at {}",
                number::scaled_text(to, places)
            );
            self.fault(
                Code::Unreachable,
                each.place,
                format!("no value of `{name}` reaches one whole unit"),
                help,
            );
        }
        if points
            .millionths()
            .unsigned_abs()
            .saturating_mul(units.unsigned_abs())
            > number::SCALED_LIMIT.unsigned_abs()
            && cap.is_none()
        {
            self.fault(
                Code::Overflow,
                each.place,
                format!("`{name}` could give too many points"),
                "add a `cap`, or a smaller range",
            );
            return None;
        }
        Some(Measure::Each {
            each: size,
            points,
            beyond,
            cap,
        })
    }

    /// Loads the cap of a criterion, which must be on the same side of zero as its points. The outer `None` means that it is at fault.
    fn cap(&mut self, node: &Node, points: Points) -> Option<Option<Points>> {
        let Some(written) = node.get("cap") else {
            return Some(None);
        };
        let cap = self.points(Some(written))?;
        let message = if cap == Points::ZERO {
            "with a cap of 0 no points are ever given".to_owned()
        } else if cap.millionths().signum() * points.millionths().signum() < 0 {
            format!("a cap of {cap} and points of {points} are on different sides of 0")
        } else {
            return Some(Some(cap));
        };
        let help = "write the most points that it gives, with the sign of the points";
        self.fault(Code::NumberOutOfRange, written.place, message, help);
        None
    }

    fn each_member(&mut self, node: &Node, name: &str, domain: &Domain) -> Option<Measure> {
        let each = node.get("each_member")?;
        if !matches!(domain, Domain::Set { .. }) {
            let message = format!("`{name}` is {}, which has no members", a_type(domain));
            self.fault(Code::WrongForType, each.place, message, measures_of(domain));
            return None;
        }
        let points = self.points(Some(each))?;
        let cap = self.cap(node, points)?;
        let members = match node.get("members") {
            Some(members) => self.members(members, name, domain)?,
            None => domain.bounds().1,
        };
        Some(Measure::Members {
            members,
            points,
            cap,
        })
    }

    /// Returns the smallest and largest points of each criterion, in order. They are `None` for a criterion that is at fault.
    pub(super) fn criterion_bounds(&self) -> Vec<Option<(i128, i128)>> {
        let bounds = |(id, criterion): (CriterionId, &Criterion)| {
            (!self.incomplete.contains(&id)).then(|| self.rule_bounds(&criterion.rule))
        };
        self.model.criteria.iter().map(bounds).collect()
    }

    fn rule_bounds(&self, rule: &Rule) -> (i128, i128) {
        let all = match rule {
            Rule::One(reading) => vec![self.reading_bounds(reading)],
            Rule::When {
                points, otherwise, ..
            } => vec![single(*points), single(*otherwise)],
            Rule::Choose(choices) => choices
                .iter()
                .map(|choice| match &choice.gives {
                    Gives::Fixed(points) => single(*points),
                    Gives::Reading(reading) => self.reading_bounds(reading),
                })
                .collect(),
        };
        hull(all)
    }

    fn reading_bounds(&self, reading: &Reading) -> (i128, i128) {
        let bounds = self.model.inputs[reading.input].domain.bounds();
        let mut all: Vec<_> = reading.absent.into_iter().map(single).collect();
        match &reading.measure {
            Measure::Bands(bands) => all.extend(bands.iter().map(|band| single(band.points))),
            Measure::Values { points, .. } => all.extend(points.iter().copied().map(single)),
            measure @ Measure::Each { .. } => {
                all.extend([bounds.0, bounds.1].map(|value| single(measure.points_of(value))))
            }
            measure @ Measure::Members { members, .. } => {
                all.extend([0, *members].map(|value| single(measure.points_of(value))))
            }
        }
        hull(all)
    }
}

/// Returns how an input of this type can give points, in words.
fn measures_of(domain: &Domain) -> &'static str {
    match domain {
        Domain::Number { .. } => "use `bands` or `each`",
        Domain::Level { .. } | Domain::Category { .. } | Domain::Boolean => {
            "use `values: { … }`, with points for each value"
        }
        Domain::Set { .. } => "use `each_member: …`, or conditions such as `{ has: … }`",
        Domain::Date { .. } => {
            "use conditions, or bands over a derived input such as `years_between`"
        }
    }
}

fn single(points: Points) -> (i128, i128) {
    (
        i128::from(points.millionths()),
        i128::from(points.millionths()),
    )
}

pub(super) fn hull(all: Vec<(i128, i128)>) -> (i128, i128) {
    let least = all
        .iter()
        .map(|(least, _)| *least)
        .min()
        .unwrap_or_default();
    let most = all.iter().map(|(_, most)| *most).max().unwrap_or_default();
    (least, most)
}
