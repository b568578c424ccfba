//! A query in the making: parts that each read the one before.

use std::cell::{Cell, RefCell};

use crate::matrix::Matrix;
use crate::model::{Heading, Model};
use crate::number::Points;
use crate::sql::dialect::Dialect;
use crate::sql::query::Query;

/// The places of points that are as exact as they can be.
pub(super) const MOST_PLACES: u32 = 6;

/// A query in the making.
pub(super) struct Writer<'a> {
    matrix: &'a Matrix,
    pub(super) model: &'a Model,
    pub(super) query: &'a Query,
    pub(super) dialect: Dialect,
    /// The decimal places of points, of which each is a whole number.
    places: u32,
    /// The most decimal places that points have had.
    most_places: Cell<u32>,
    problems: RefCell<Vec<String>>,
    layers: Vec<Layer>,
    /// The columns that say why a row is refused.
    pub(super) errors: Vec<String>,
    /// The column that says whether something is unknown, if anything can be.
    pub(super) unknown: Option<String>,
    /// For each dimension its score, scaled number and level as far as they are worked out.
    pub(super) scores: Vec<String>,
    pub(super) scaled: Vec<String>,
    pub(super) levels: Vec<String>,
    pub(super) result: String,
    /// The columns that say whether a row is on a cell that is declared impossible.
    pub(super) impossible: Vec<String>,
}

/// A part of a query, which reads the one before.
struct Layer {
    name: String,
    columns: Vec<Column>,
    /// Whether it adds to the columns of the part before.
    adds: bool,
}

/// A column of a part.
pub(super) struct Column {
    title: Option<String>,
    expression: String,
    pub(super) name: String,
}

impl Column {
    pub(super) fn new(name: &str, expression: String) -> Self {
        Self {
            title: None,
            expression,
            name: name.to_owned(),
        }
    }

    /// Says in a comment what the column is.
    pub(super) fn titled(mut self, heading: &Heading) -> Self {
        let line = format!(
            "{} (line {})",
            heading.spoken().replace(['\n', '\r'], " "),
            heading.place.line
        );
        self.title = Some(line);
        self
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(matrix: &'a Matrix, query: &'a Query, places: u32) -> Self {
        let model = matrix.model();
        Self {
            matrix,
            model,
            query,
            dialect: query.dialect,
            places,
            most_places: Cell::new(0),
            problems: RefCell::default(),
            layers: Vec::new(),
            errors: Vec::new(),
            unknown: None,
            scores: Vec::new(),
            scaled: Vec::new(),
            levels: Vec::new(),
            result: String::new(),
            impossible: Vec::new(),
        }
    }

    /// Begins a part that has nothing but its own columns.
    pub(super) fn begin(&mut self, name: &str, columns: Vec<Column>) {
        self.layer(name, columns, false);
    }

    /// Adds a part with the columns of the part before and some more.
    pub(super) fn add(&mut self, name: &str, columns: Vec<Column>) {
        if !columns.is_empty() {
            self.layer(name, columns, true);
        }
    }

    fn layer(&mut self, name: &str, columns: Vec<Column>, adds: bool) {
        for column in &columns {
            self.check_name(&column.name);
        }
        // What reads nothing of the part before can stand in it. Engines take long over many parts, and some refuse them.
        if let Some(last) = self.layers.last_mut().filter(|last| adds && last.adds) {
            let own = last.columns.iter();
            let own: Vec<String> = own.map(|own| self.dialect.name_of(&own.name)).collect();
            let reads = |column: &Column| own.iter().any(|name| column.expression.contains(name));
            if !columns.iter().any(reads) {
                return last.columns.extend(columns);
            }
        }
        self.layers.push(Layer {
            name: name.replace('-', "_"),
            columns,
            adds,
        });
    }

    fn check_name(&self, name: &str) {
        if let Some(longest) = self.dialect.longest_name()
            && name.len() > longest
        {
            let problem = format!("the name `{name}` is longer than {longest} bytes");
            self.problems.borrow_mut().push(problem);
        }
    }

    /// Notes what cannot be said.
    pub(super) fn cannot(&self, heading: &Heading, what: &str) {
        let problem = format!("`{}` (line {}): {what}", heading.name, heading.place.line);
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    pub(super) fn name(&self, name: &str) -> String {
        self.dialect.name_of(name)
    }

    pub(super) fn as_at(&self) -> String {
        self.name("case.as_at")
    }

    /// Returns points as a whole number.
    pub(super) fn points(&self, points: Points) -> String {
        let mut millionths = points.millionths();
        let mut places = MOST_PLACES;
        while places > 0 && millionths % 10 == 0 {
            millionths /= 10;
            places -= 1;
        }
        self.most_places.set(self.most_places.get().max(places));
        let whole = self.whole(points);
        match i32::try_from(whole) {
            Ok(whole) => whole.to_string(),
            Err(_) => self.dialect.whole(&whole.to_string()),
        }
    }

    /// Returns points as a whole number of the places that they are written with.
    pub(super) fn whole(&self, points: Points) -> i64 {
        points.millionths() / 10_i64.pow(MOST_PLACES.saturating_sub(self.places))
    }

    /// Returns points that an expression has as the number that they are.
    pub(super) fn unscaled(&self, expression: &str) -> String {
        self.dialect.unscaled(expression, self.places)
    }

    /// Returns the query, the most decimal places of its points, and what cannot be said.
    pub(super) fn finished(self, results: &[Column]) -> (String, u32, Vec<String>) {
        let text = self.text(results);
        (text, self.most_places.get(), self.problems.into_inner())
    }

    fn text(&self, results: &[Column]) -> String {
        let mut text = self.header();
        for (place, layer) in self.layers.iter().enumerate() {
            let before = match place
                .checked_sub(1)
                .and_then(|before| self.layers.get(before))
            {
                Some(before) => before.name.clone(),
                None => self.query.relation.clone(),
            };
            text += if place == 0 { "WITH " } else { ",\n" };
            text += &format!("{} {} (\n  SELECT", layer.name, self.dialect.once());
            let mut separator = "\n    ";
            if layer.adds {
                text += " *";
                separator = ",\n    ";
            }
            for column in &layer.columns {
                text += separator;
                if let Some(title) = &column.title {
                    text += &format!("-- {title}\n    ");
                }
                let name = self.name(&column.name);
                if column.expression == name {
                    text += &name;
                } else {
                    text += &format!("{} AS {name}", column.expression);
                }
                separator = ",\n    ";
            }
            text += &format!("\n  FROM {before}\n)");
        }
        let last = self.layers.last().map_or("", |layer| &layer.name);
        let columns: Vec<String> = results
            .iter()
            .map(|column| format!("  {} AS {}", column.expression, self.name(&column.name)))
            .collect();
        text + &format!("\nSELECT\n{}\nFROM {last}\n", columns.join(",\n"))
    }

    fn header(&self) -> String {
        let matrix = self.matrix;
        let title = matrix.title().replace(['\n', '\r'], " ");
        let date = match self.query.as_at {
            Some(date) => format!("as at {date}"),
            None => "as at the date of each row".to_owned(),
        };
        let parts = self.layers.len();
        let first = match self.dialect {
            // Spark goes over a query twice for each part, and no more than a hundred times.
            Dialect::Spark if parts > 40 => format!(
                "-- It has {parts} parts, so first: SET spark.sql.analyzer.maxIterations = {}\n",
                parts * 4
            ),
            _ => String::new(),
        };
        format!(
            "-- {} {}: {title}\n-- {}\n-- {date}, by threshold-matrix {}, for {}\n{first}",
            matrix.id(),
            matrix.version(),
            matrix.content_hash(),
            env!("CARGO_PKG_VERSION"),
            self.dialect
        )
    }
}

/// Returns the first case that holds.
pub(super) fn cases(first: &str, others: &str, otherwise: &str) -> String {
    match (first.is_empty() && others.is_empty(), otherwise) {
        (true, _) => otherwise.to_owned(),
        (false, "NULL") => format!("CASE {first}{others}END"),
        (false, _) => format!("CASE {first}{others}ELSE {otherwise} END"),
    }
}
