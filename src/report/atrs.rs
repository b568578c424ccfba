//! Fills the part of a record by the UK's Algorithmic Transparency Recording Standard that a matrix can fill.
//!
//! The fields are those of version 3.0 of the standard (March 2024, Cabinet Office), under their own numbers and names.

use crate::matrix::Matrix;
use crate::model::{Heading, Missing};
use crate::report::NOTICE;
use crate::report::document::tree::{Block, Document, Layout, Section};
use crate::words::listed;

/// The text of a field that does not follow from the rules, and that the owner of the tool has to fill in.
const OWNER: &str = "For the owner to fill in.";

impl Matrix {
    /// Returns the Tier 2 facts of an Algorithmic Transparency Recording Standard record that follow from the matrix, as Markdown.
    ///
    /// Each field that only the owner of the tool can fill says so. Nothing is guessed.
    ///
    /// ```
    /// let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let record = matrix.to_atrs_markdown();
    /// assert!(record.contains("**2.4.2.2 Model version:** 1.0.0"));
    /// assert!(record.contains("**2.1.3 Senior responsible owner:** For the owner to fill in."));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn to_atrs_markdown(&self) -> String {
        let record = Record { matrix: self };
        let document = Document {
            title: format!("Algorithmic transparency record, Tier 2: {}", self.title()),
            window: self.title().to_owned(),
            head: vec![Block::Says(
                "Drafted from the matrix, by the fields of version 3.0 of the Algorithmic Transparency Recording Standard. Check each before you publish it."
                    .to_owned(),
            )],
            sections: vec![record.owner(), record.rationale(), record.process(), record.tool(), record.model(), record.data(), record.risks()],
            foot: Vec::new(),
            footer: self.title().to_owned(),
            has_contents: false,
            layout: Layout { width: 80, margin: 0, is_ruled: false, is_brief: false },
        };
        document.to_markdown()
    }
}

struct Record<'a> {
    matrix: &'a Matrix,
}

type Fields = Vec<(&'static str, String)>;

fn section(anchor: &str, title: &str, facts: Fields) -> Section {
    let mut section = Section::new(anchor, title);
    section.blocks.push(Block::Facts(facts));
    section
}

fn owner(fields: &[&'static str]) -> Fields {
    fields
        .iter()
        .map(|field| (*field, OWNER.to_owned()))
        .collect()
}

impl Record<'_> {
    fn owner(&self) -> Section {
        let fields = [
            "2.1.1 Organisation or department",
            "2.1.2 Team",
            "2.1.3 Senior responsible owner",
            "2.1.4 External supplier involvement",
        ];
        section("owner", "Owner and responsibility", owner(&fields))
    }

    fn rationale(&self) -> Section {
        let about = self
            .matrix
            .about()
            .map(|about| format!(" {about}"))
            .unwrap_or_default();
        let works = format!(
            "A rule matrix: written rules give points for what is recorded about a person, the points add up to scores, cut-offs turn the scores into levels, \
             and rules turn the levels into a result. No part of it learns from data. {}{about}",
            self.matrix.status().in_words()
        );
        let mut fields = vec![("2.2.1 Detailed description", works)];
        fields.extend(owner(&[
            "2.2.2 Scope",
            "2.2.3 Benefit",
            "2.2.4 Previous process",
            "2.2.5 Alternatives considered",
        ]));
        section("rationale", "Description and rationale", fields)
    }

    fn process(&self) -> Section {
        let provided = "For each person: the result or, where what is not known leaves it open, every result still possible; each score, level and flag; \
                        and an explanation of every point, down to the line of the rule.";
        let mut fields = owner(&["2.3.1 Process integration"]);
        fields.push(("2.3.2 Provided information", provided.to_owned()));
        fields.extend(owner(&["2.3.3 Frequency and scale of usage"]));
        fields.push((
            "2.3.4 Human decisions and review",
            format!(
                "Every explanation says: \"{NOTICE}\" Who decides, and how it is reviewed: {}",
                OWNER.to_lowercase()
            ),
        ));
        fields.extend(owner(&[
            "2.3.5 Required training",
            "2.3.6 Appeals and review",
        ]));
        section("process", "Decision-making process", fields)
    }

    fn tool(&self) -> Section {
        let period = match self.matrix.effective() {
            None => "The matrix gives no period.".to_owned(),
            Some(period) => {
                let day = |word: &str, day: Option<crate::date::Date>| {
                    day.map(|day| format!("{word} {day}"))
                };
                let days: Vec<_> = day("from", period.from)
                    .into_iter()
                    .chain(day("until the day before", period.until))
                    .collect();
                format!(
                    "In force {}.",
                    if days.is_empty() {
                        "at all times".to_owned()
                    } else {
                        days.join(" ")
                    }
                )
            }
        };
        let architecture = "A file of rules, and a library that scores by it exactly. The same file, values and date give the same result on every machine.";
        let fields = vec![
            ("2.4.1.1 System architecture", architecture.to_owned()),
            ("2.4.1.2 Phase", OWNER.to_owned()),
            (
                "2.4.1.3 Maintenance",
                format!(
                    "{period} A change is a new version with a content hash of its own. How often it is reviewed: {}",
                    OWNER.to_lowercase()
                ),
            ),
            (
                "2.4.1.4 Models",
                format!("One, of rules: {}.", self.matrix.title()),
            ),
        ];
        section("tool", "Tool specification", fields)
    }

    /// Returns what a profile gives, and what it means where that is missing. What is counted of events is not among it.
    fn given(&self) -> Vec<(String, Missing)> {
        let model = self.matrix.model();
        let inputs = model.inputs.items().iter();
        let values = inputs
            .filter(|input| input.derived.is_none() && input.counted.is_none())
            .map(|input| (input.heading.spoken().to_owned(), input.missing));
        let lists = model.events.items().iter().map(|list| {
            let fields = list
                .fields
                .inputs
                .items()
                .iter()
                .map(|field| &field.heading);
            let references = list.references.iter().map(|field| &field.heading);
            let fields: Vec<&str> = fields.chain(references).map(Heading::spoken).collect();
            let title = list.heading.spoken();
            let each = format!("{title} (each with its {})", listed(&fields, "and"));
            (each, list.missing)
        });
        values.chain(lists).collect()
    }

    fn model(&self) -> Section {
        let matrix = self.matrix;
        let model = matrix.model();
        let inputs: Vec<String> = self.given().into_iter().map(|(title, _)| title).collect();
        let dimensions: Vec<_> = model
            .dimensions
            .items()
            .iter()
            .map(|dimension| dimension.heading.spoken())
            .collect();
        let results = 0..model.tiers.len() + model.statuses.len();
        let results: Vec<_> = results.filter_map(|at| model.result(at)).collect();
        let mut gives = Vec::new();
        if !results.is_empty() {
            gives.push(format!("one of {}", listed(&results, "or")));
        }
        if !dimensions.is_empty() {
            gives.push(format!("scores for {}", listed(&dimensions, "and")));
        }
        if gives.is_empty() {
            gives.push("points and flags".to_owned());
        }
        let gives = gives.join("; ");
        let counts = format!(
            "Deterministic rules, written by people: {} inputs, {} criteria, {} dimensions, {} overrides. The matrix itself, {}, holds them in full.",
            inputs.len(),
            model.criteria.items().len(),
            model.dimensions.items().len(),
            model.overrides.items().len(),
            matrix.content_hash()
        );
        let mut fields = vec![
            (
                "2.4.2.1 Model name",
                format!("{} ({})", matrix.title(), matrix.id()),
            ),
            ("2.4.2.2 Model version", matrix.version_text().to_owned()),
            ("2.4.2.3 Model task", format!("To give {gives}.")),
            ("2.4.2.4 Model input", format!("{}.", inputs.join("; "))),
            (
                "2.4.2.5 Model output",
                format!(
                    "{}; each with its reasons.",
                    crate::words::capitalised(&gives)
                ),
            ),
            ("2.4.2.6 Model architecture", counts),
        ];
        fields.extend(owner(&["2.4.2.7 Model performance"]));
        fields.push((
            "2.4.2.8 Datasets",
            format!("The matrix was not trained. Whether data helped to choose its points and cut-offs: {}", OWNER.to_lowercase()),
        ));
        fields.extend(owner(&["2.4.2.9 Dataset purposes"]));
        let mut section = section("model", "Model specification", fields);
        if !matrix.sources().is_empty() {
            section.says("The rules name these sources:");
            section
                .blocks
                .push(Block::Sources(matrix.sources().to_vec()));
        }
        section
    }

    fn data(&self) -> Section {
        let given = self.given();
        let model = self.matrix.model();
        let inputs = model.inputs.items().iter();
        let inputs = inputs.map(|input| (input.protected, &input.heading));
        let lists = model.events.items().iter();
        let lists = lists.map(|list| (list.protected, &list.heading));
        let protected: Vec<&str> = inputs
            .chain(lists)
            .filter(|(protected, _)| *protected)
            .map(|(_, heading)| heading.spoken())
            .collect();
        let sensitive = if protected.is_empty() {
            "No input is declared as, or as standing for, a protected characteristic. All inputs are personal data.".to_owned()
        } else {
            format!(
                "Declared as, or as standing for, a protected characteristic: {}. All inputs are personal data.",
                protected.join("; ")
            )
        };
        let missing = |title: &str, is: fn(&Missing) -> bool| {
            let titles: Vec<_> = given
                .iter()
                .filter(|(_, missing)| is(missing))
                .map(|(title, _)| title.as_str())
                .collect();
            (!titles.is_empty()).then(|| format!("{title}: {}.", titles.join("; ")))
        };
        let completeness: Vec<_> = [
            missing("Needed: without these nobody is scored", |missing| {
                *missing == Missing::Error
            }),
            missing("If not known, every value stays possible", |missing| {
                *missing == Missing::Unknown
            }),
            missing("If not recorded, that is an answer in itself", |missing| {
                *missing == Missing::Absent
            }),
            missing("If not recorded, a value is assumed", |missing| {
                matches!(missing, Missing::Assume(_))
            }),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut fields = owner(&["2.4.3.1 Source data name"]);
        fields.push((
            "2.4.3.2 Data modality",
            "Tabular: one row of values for each person.".to_owned(),
        ));
        let titles: Vec<&str> = given.iter().map(|(title, _)| title.as_str()).collect();
        fields.push((
            "2.4.3.3 Data description",
            format!("{}.", titles.join("; ")),
        ));
        fields.extend(owner(&["2.4.3.4 Data quantities"]));
        fields.push(("2.4.3.5 Sensitive attributes", sensitive));
        fields.push((
            "2.4.3.6 Data completeness and representativeness",
            format!(
                "{} How complete and representative the data is: {}",
                completeness.join(" "),
                OWNER.to_lowercase()
            ),
        ));
        fields.extend(owner(&[
            "2.4.3.7 Source data URL",
            "2.4.3.8 Data collection",
        ]));
        let cleaning = "A value outside its declared range or list, or with too many decimal places, is refused and never changed. Cleaning before that: ";
        fields.push((
            "2.4.3.9 Data cleaning",
            format!("{cleaning}{}", OWNER.to_lowercase()),
        ));
        fields.extend(owner(&[
            "2.4.3.10 Data sharing agreements",
            "2.4.3.11 Data access and storage",
        ]));
        section("data", "Data specification", fields)
    }

    fn risks(&self) -> Section {
        section(
            "risks",
            "Risks, mitigations and impact assessments",
            owner(&["2.5.1 Impact assessment", "2.5.2 Risks and mitigations"]),
        )
    }
}
