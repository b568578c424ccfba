use super::{Dialect, Query};
use crate::matrix::Matrix;

fn example() -> Matrix {
    Matrix::from_yaml(crate::doc_example()).unwrap()
}

fn duckdb() -> Query {
    Query::new(Dialect::DuckDb).as_at("2026-11-21".parse().unwrap())
}

#[test]
fn the_example_as_a_select() {
    insta::assert_snapshot!(example().to_sql(&duckdb()).unwrap());
}

#[test]
fn each_row_may_have_its_own_date() {
    let sql = example().to_sql(&Query::new(Dialect::Spark).from("area.people"));
    let sql = sql.unwrap();
    assert!(sql.contains("`as_at` AS `case.as_at`") && sql.contains("FROM area.people"));
    assert!(sql.contains("`as_at` is missing"));
}

#[test]
fn a_name_that_would_be_cut_off_is_named() {
    let long = "x".repeat(60);
    let text = crate::doc_example().replace("arrests", &long);
    let matrix = Matrix::from_yaml(&text).unwrap();
    let error = matrix.to_sql(&Query::new(Dialect::Postgres)).unwrap_err();
    assert_eq!(
        error.problems(),
        [format!("the name `points.{long}` is longer than 63 bytes")]
    );
    assert!(matrix.to_sql(&Query::new(Dialect::Sqlite)).is_ok());
}

#[test]
fn points_are_as_whole_as_they_can_be() {
    let half = crate::doc_example().replace("points: 1, cap", "points: 0.5, cap");
    let sql = Matrix::from_yaml(&half).unwrap().to_sql(&duckdb()).unwrap();
    assert!(
        sql.contains("* 5, 200)") && sql.contains("CAST('0.1' AS DECIMAL(2, 1))"),
        "{sql}"
    );
}

#[test]
fn texts_and_names_are_quoted_as_each_dialect_wants() {
    assert_eq!(Dialect::Spark.text(r"it's a \ b"), r"'it\'s a \\ b'");
    assert_eq!(Dialect::DuckDb.text(r"it's a \ b"), r"'it''s a \ b'");
    assert_eq!(Dialect::Spark.name_of("a`b"), "`a``b`");
    assert_eq!(Dialect::Sqlite.name_of("a\"b"), "\"a\"\"b\"");
}

#[test]
fn dialects_are_found_by_their_names() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.name().parse(), Ok(dialect));
    }
    let error = "postgresql".parse::<Dialect>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no dialect `postgresql`; did you mean `postgres`?"
    );
}

#[test]
fn a_query_of_many_parts_says_what_spark_needs() {
    let overrides: String = (0..30)
        .map(|number| {
            let tier = ["high", "medium"][number % 2];
            format!("  - {{ id: o{number}, tier: {tier}, when: {{ tier: {tier} }}, reason: a }}\n")
        })
        .collect();
    let text = format!("{}overrides:\n{overrides}", crate::doc_example());
    let matrix = Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let of = |dialect| matrix.to_sql(&Query::new(dialect)).unwrap();
    assert!(
        of(Dialect::Spark).contains("parts, so first: SET spark.sql.analyzer.maxIterations = ")
    );
    assert!(!of(Dialect::DuckDb).contains("maxIterations"));
}
