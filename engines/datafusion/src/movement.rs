//! Who moved between two runs, by a join of the engine.

use std::collections::BTreeSet;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Column, JoinType};
use datafusion::dataframe::DataFrame;
use datafusion::error::Result;
use datafusion::functions::expr_fn::{coalesce, concat};
use datafusion::functions_aggregate::expr_fn::{count, min};
use datafusion::functions_nested::expr_fn::{array_to_string, cardinality};
use datafusion::logical_expr::{Expr, cast, ident, lit, when};

use crate::refused;

/// What differs between two runs beside the people, which tables of outcomes do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Differs {
    /// Whether they are by different matrices, or different versions of one.
    pub matrix: bool,
    /// Whether they are of different days.
    pub date: bool,
}

impl Differs {
    /// Returns what may be why somebody moved. What a person's inputs were is not known.
    fn why(self) -> &'static str {
        match (self.matrix, self.date) {
            (true, true) => "matrix|date|inputs",
            (true, false) => "matrix|inputs",
            (false, true) => "date|inputs",
            (false, false) => "inputs",
        }
    }
}

/// Returns a row for each person who moved between two tables of outcomes, who is new or who is gone: `id`, `from`, `to` and `why`, in the words of
/// `rescore --moved`.
///
/// `from` is null for somebody who is new, and `to` for somebody who is gone. Nobody is listed whose id occurs more than once in either table, and a row
/// without an id is nobody's.
///
/// # Errors
/// Returns an error if a table is not one of outcomes.
pub fn moved(earlier: DataFrame, later: DataFrame, differs: Differs) -> Result<DataFrame> {
    let joined = people(earlier, "was")?.join(
        people(later, "now")?,
        JoinType::Full,
        &["was_id"],
        &["now_id"],
        None,
    )?;
    let is_one = |count: &str| coalesce(vec![ident(count), lit(1_i64)]).eq(lit(1_i64));
    let has_moved = ident("was")
        .is_null()
        .or(ident("now").is_null())
        .or(ident("was").not_eq(ident("now")));
    let why = when(ident("was_id").is_null(), lit("new"))
        .when(ident("now_id").is_null(), lit("gone"))
        .otherwise(lit(differs.why()))?;
    joined
        .filter(is_one("was_count").and(is_one("now_count")).and(has_moved))?
        .select(vec![
            coalesce(vec![ident("now_id"), ident("was_id")]).alias("id"),
            ident("was").alias("from"),
            ident("now").alias("to"),
            why.alias("why"),
        ])
}

/// Returns the result of each id in words, and how often the id occurs.
fn people(outcomes: DataFrame, name: &str) -> Result<DataFrame> {
    let words = words(&outcomes)?;
    let id = cast(ident("id"), DataType::Utf8);
    outcomes
        .select(vec![id.alias("id"), words.alias("result")])?
        .filter(ident("id").not_eq(lit("")))?
        .aggregate(
            vec![ident("id")],
            vec![
                min(ident("result")).alias(name),
                count(lit(1_i64)).alias(format!("{name}_count")),
            ],
        )?
        .select(vec![
            ident("id").alias(format!("{name}_id")),
            ident(name),
            ident(format!("{name}_count")),
        ])
}

/// Returns the result of a row in the words by which `rescore` tells whether a person moved: the tier, the status, all that is still possible, the levels of
/// a matrix without tiers, or `refused`.
fn words(outcomes: &DataFrame) -> Result<Expr> {
    let names: BTreeSet<String> = outcomes
        .schema()
        .columns()
        .into_iter()
        .map(|column| column.name)
        .collect();
    let without: Vec<String> = ["id", "tier", "status", "possible", "error"]
        .into_iter()
        .filter(|name| !names.contains(*name))
        .map(|name| format!("`{name}`"))
        .collect();
    if !without.is_empty() {
        return Err(refused(format!(
            "a table of outcomes has the columns {}, which this one lacks",
            without.join(", ")
        )));
    }
    let text = |name: &str| cast(own(name), DataType::Utf8);
    // A dimension without levels has a score alone.
    let dimensions: BTreeSet<&str> = names
        .iter()
        .filter_map(|name| {
            name.strip_suffix(".score")
                .or_else(|| name.strip_suffix(".level"))
        })
        .collect();
    let mut levels = Vec::new();
    for dimension in dimensions {
        let level = format!("{dimension}.level");
        let level = match names.contains(&level) {
            true => coalesce(vec![text(&level), lit("open")]),
            false => lit("open"),
        };
        let before = if levels.is_empty() {
            String::new()
        } else {
            ", ".to_owned()
        };
        levels.extend([lit(format!("{before}{dimension} ")), level]);
    }
    let levels = if levels.is_empty() {
        lit("")
    } else {
        concat(levels)
    };
    let texts = DataType::List(Field::new_list_field(DataType::Utf8, true).into());
    let possible = cast(own("possible"), texts);
    when(own("error").is_not_null(), lit("refused"))
        .when(own("tier").is_not_null(), text("tier"))
        .when(own("status").is_not_null(), text("status"))
        .when(
            cardinality(possible.clone()).gt(lit(0_u64)),
            array_to_string(possible, lit(" or ")),
        )
        .otherwise(levels)
}

/// Returns a column by its name, in which points stand for themselves.
fn own(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}
