//! DataFusion gives the results of `rescore`, row for row.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::dataframe::{DataFrame, DataFrameWriteOptions};
use datafusion::functions::expr_fn::get_field;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, ident};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, InputKind, Library, Matrix, sample};
use threshold_matrix_cohort::{
    Beside, CohortFiles, Columns, FileList, Moved, MovedFile, OutcomeFile, Previous, Tally,
};
use threshold_matrix_datafusion::{Differs, Matrices, MatrixName, call, moved};

const DATE: &str = "2026-12-05";

fn date() -> Date {
    DATE.parse().unwrap()
}

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!(
            "threshold-matrix-engine-{name}-{}",
            std::process::id()
        ));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn session() -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(3)
        .with_batch_size(100);
    let context = SessionContext::new_with_config(config);
    Matrices::of(Library::embedded()).register(&context);
    context
}

fn kind(kind: &InputKind<'_>) -> DataType {
    match kind {
        InputKind::Number { places: 0, .. } => DataType::Int64,
        InputKind::Number { places, .. } => {
            DataType::Decimal128(12, i8::try_from(*places).unwrap())
        }
        InputKind::Boolean => DataType::Boolean,
        InputKind::Date { .. } => DataType::Date32,
        InputKind::Set(_) => DataType::List(Field::new_list_field(DataType::Utf8, true).into()),
        _ => DataType::Utf8,
    }
}

/// Returns made-up people as columns, whose ids begin at a number.
fn people(matrix: &Matrix, first: usize, count: usize, seed: u64) -> RecordBatch {
    let inputs = matrix.described_inputs();
    let mut fields: Vec<Field> = inputs
        .map(|input| Field::new(input.name, kind(&input.kind), true))
        .collect();
    fields.push(Field::new("id", DataType::Int64, false));
    let profiles = sample::profiles(matrix, date(), seed, count).enumerate();
    let lines: Vec<serde_json::Value> = profiles
        .map(|(row, profile)| {
            let mut line = serde_json::to_value(&profile).unwrap();
            line["id"] = (first + row).into();
            line
        })
        .collect();
    let mut decoder = ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_batch_size(count)
        .build_decoder()
        .unwrap();
    decoder.serialize(&lines).unwrap();
    decoder.flush().unwrap().unwrap()
}

/// Writes people to several files of a folder.
async fn write(context: &SessionContext, folder: &Path, people: &[RecordBatch]) {
    std::fs::create_dir_all(folder).unwrap();
    for (number, people) in people.iter().enumerate() {
        let path = folder.join(format!("part-{number}.parquet"));
        let path = path.to_str().unwrap();
        let people = context.read_batch(people.clone()).unwrap();
        let options = DataFrameWriteOptions::new().with_single_file_output(true);
        people.write_parquet(path, options, None).await.unwrap();
    }
}

async fn read(context: &SessionContext, path: &Path) -> DataFrame {
    let options = ParquetReadOptions::default();
    context
        .read_parquet(path.to_str().unwrap(), options)
        .await
        .unwrap()
}

/// Returns a table as text, in the order of the ids.
async fn shown(table: DataFrame) -> String {
    let batches = table
        .sort_by(vec![datafusion::prelude::ident("id")])
        .unwrap()
        .collect()
        .await
        .unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

fn outputs() -> Outputs {
    Outputs::tiers()
        .with_dimensions()
        .with_flags()
        .with_decisions()
        .with_possible()
}

/// Scores a folder as `rescore` does.
fn rescored(matrix: &Matrix, from: &Path, to: &Path, mut tally: Tally) -> (Tally, Vec<Moved>) {
    let cohort =
        CohortFiles::open(&FileList::of([from]).unwrap(), &Columns::new(), matrix).unwrap();
    let mut out = OutcomeFile::create(
        to,
        to,
        Some(&cohort),
        matrix,
        date(),
        outputs(),
        Beside::default(),
    )
    .unwrap();
    let mut moved = Vec::new();
    cohort
        .score(
            matrix,
            date(),
            outputs(),
            1,
            &mut tally,
            Some(&mut out),
            |_, movers, _| {
                moved.extend(movers);
                Ok(())
            },
        )
        .unwrap();
    out.finish(&tally.report(date()), &FileList::default())
        .unwrap();
    (tally, moved)
}

/// Holds the table function and the function to `rescore`.
async fn held(name: &str) {
    let (folder, context) = (Folder::new(&name.replace('@', "-")), session());
    let matrix = Matrix::open(name, date()).unwrap();
    let cohort = folder.path("cohort");
    let parts: Vec<RecordBatch> = (0..3)
        .map(|part| people(&matrix, part * 150, 150, part as u64))
        .collect();
    write(&context, &cohort, &parts).await;
    let out = folder.path("out.parquet");
    rescored(&matrix, &cohort, &out, Tally::new(&matrix));
    let wanted = shown(read(&context, &out).await).await;

    context
        .register_parquet(
            "cohort",
            cohort.to_str().unwrap(),
            ParquetReadOptions::default(),
        )
        .await
        .unwrap();
    let table = context
        .sql(&format!(
            "SELECT * FROM score_table('{name}', 'cohort', '{DATE}')"
        ))
        .await
        .unwrap();
    assert_eq!(shown(table).await, wanted, "{name}");

    let people = read(&context, &cohort).await;
    let result = call(&matrix, people.schema().as_arrow(), date()).unwrap();
    let field = |name: &str| get_field(ident("result"), name).alias(name);
    let columns = ["id", "tier", "status", "possible", "error"];
    let found = people
        .select(vec![ident("id"), result.alias("result")])
        .unwrap();
    let found = found
        .select(vec![
            ident("id"),
            field("tier"),
            field("status"),
            field("possible"),
            field("error"),
        ])
        .unwrap();
    let wanted = read(&context, &out).await.select_columns(&columns).unwrap();
    assert_eq!(shown(found).await, shown(wanted).await, "{name}");
}

#[tokio::test]
async fn an_integrated_offender_management_matrix_gives_what_rescore_gives() {
    held("iom-threshold@1.1.0").await;
}

#[tokio::test]
async fn a_matrix_with_many_decimals_gives_what_rescore_gives() {
    held("hmpps-utm@2.0.0").await;
}

#[tokio::test]
async fn a_matrix_of_dates_and_offences_gives_what_rescore_gives() {
    held("hmpps-tier@3.6.0").await;
}

#[tokio::test]
async fn a_matrix_without_tiers_gives_what_rescore_gives() {
    held("psa@1.0.0").await;
}

#[track_caller]
fn says<T>(result: datafusion::error::Result<T>, words: &str) {
    let Err(error) = result else {
        panic!("it is not refused")
    };
    assert!(error.to_string().contains(words), "{error}");
}

/// A session with the example of the documentation, and the name of its function.
async fn example() -> (SessionContext, String) {
    let mut library = Library::new();
    library
        .add(Matrix::from_yaml(threshold_matrix::doc_example()).unwrap())
        .unwrap();
    let matrices = Matrices::of(library);
    let context = SessionContext::new();
    matrices.register(&context);
    let people = "CREATE TABLE people AS SELECT column1 AS id, column2 AS rosh, column3 AS arrests FROM (VALUES (1, 'low', 12), (2, NULL, 4), (3, 'low', 99))";
    context.sql(people).await.unwrap().collect().await.unwrap();
    let name = matrices.functions()[0].name().to_owned();
    (context, name)
}

#[tokio::test]
async fn fields_are_found_by_their_names_whatever_their_order() {
    let (context, name) = example().await;
    assert!(
        name.starts_with("doc_example_1_0_0_") && name.len() == 26,
        "{name}"
    );
    let tiers = |fields: &str| {
        format!(
            "SELECT id, {name}('2026-11-21', named_struct({fields}))['tier'] AS tier FROM people"
        )
    };
    let one = context
        .sql(&tiers("'arrests', arrests, 'rosh', rosh"))
        .await
        .unwrap();
    let other = context
        .sql(&tiers("'rosh', rosh, 'arrests', arrests"))
        .await
        .unwrap();
    let one = shown(one).await;
    assert_eq!(one, shown(other).await);
    assert!(one.contains("| 1  | high |"), "{one}");
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_told_before_a_row_is_read() {
    let (context, name) = example().await;
    for (arguments, words) in [
        (
            "'2026-11-21', named_struct('arrests', arrests, 'risk', rosh)",
            "the field `risk` is no input of the matrix",
        ),
        (
            "'2026-11-21', named_struct('arests', arrests)",
            "is it `arests`?",
        ),
        (
            "'2026-11-21', struct(arrests, rosh)",
            "no column for `arrests`",
        ),
        ("'2026-11-21', arrests", "takes a date and a struct"),
        (
            "'21/11/2026', named_struct('arrests', arrests)",
            "`21/11/2026` is not a date",
        ),
        (
            "rosh, named_struct('arrests', arrests)",
            "the same for all rows",
        ),
    ] {
        let query = format!("SELECT {name}({arguments}) FROM people");
        let planned = match context.sql(&query).await {
            Ok(planned) => planned.create_physical_plan().await.map(|_| ()),
            Err(error) => Err(error),
        };
        says(planned, words);
    }
    for (arguments, words) in [
        (
            "'doc-example@1.0.0', 'peple', '2026-11-21'",
            "there is no table `peple`, but `people`",
        ),
        ("'doc-example@2.0.0', 'people', '2026-11-21'", "2.0.0"),
        (
            "'doc-example@1.0.0', 'people'",
            "write score_table('matrix@version'",
        ),
        (
            "'doc-example@1.0.0', 'people', '2026-11-21', 'number'",
            "number",
        ),
    ] {
        says(
            context
                .sql(&format!("SELECT * FROM score_table({arguments})"))
                .await
                .map(|_| ()),
            words,
        );
    }
}

#[tokio::test]
async fn a_refused_row_says_why_and_a_struct_that_is_null_has_no_result() {
    let (context, name) = example().await;
    let refused =
        "SELECT error FROM score_table('doc-example@1.0.0', 'people', '2026-11-21') WHERE id = 3";
    let refused = context.sql(refused).await.unwrap().collect().await.unwrap();
    assert!(
        pretty_format_batches(&refused)
            .unwrap()
            .to_string()
            .contains("`arrests` is 99")
    );
    let call = format!(
        "{name}('2026-11-21', CASE WHEN id = 1 THEN named_struct('arrests', arrests, 'rosh', rosh) END)"
    );
    let nulls = context
        .sql(&format!("SELECT id, {call} IS NULL AS nothing FROM people"))
        .await
        .unwrap();
    let nulls = shown(nulls).await;
    assert!(
        nulls.contains("| 1  | false   |") && nulls.contains("| 2  | true    |"),
        "{nulls}"
    );
}

#[tokio::test]
async fn a_table_is_scored_once_and_only_its_inputs_are_read() {
    let (context, _) = example().await;
    context
        .sql("CREATE VIEW wide AS SELECT *, 1 AS beside FROM people")
        .await
        .unwrap();
    let query = "SELECT id, tier, possible FROM score_table('doc-example@1.0.0', 'wide', '2026-11-21') WHERE tier = 'high' OR provisional";
    let plan = context
        .sql(query)
        .await
        .unwrap()
        .create_physical_plan()
        .await
        .unwrap();
    let plan = datafusion::physical_plan::displayable(plan.as_ref())
        .indent(false)
        .to_string();
    assert_eq!(
        plan.matches("ScoreNode: doc-example 1.0.0 as at 2026-11-21")
            .count(),
        1,
        "{plan}"
    );
    assert!(!plan.contains("beside"), "{plan}");
}

#[tokio::test]
async fn another_content_another_version_and_another_matrix_are_refused() {
    let matrix = Matrix::from_yaml(threshold_matrix::doc_example()).unwrap();
    let changed =
        Matrix::from_yaml(&threshold_matrix::doc_example().replace("title:", "title: Changed -"))
            .unwrap();
    let mut library = Library::new();
    library.add(changed.clone()).unwrap();
    let matrices = Matrices::of(library);
    let asked = MatrixName::of(&matrix);
    says(
        matrices.function(&asked),
        "asks for `doc-example@1.0.0` with the content `sha256:",
    );
    says(matrices.function(&asked), changed.content_hash());
    let mut later = asked.clone();
    later.version = "1.2.0".to_owned();
    says(
        matrices.function(&later),
        "asks for `doc-example@1.2.0`, and here `doc-example` has the version `1.0.0`",
    );
    says(
        Matrices::of(Library::new()).function(&asked),
        "here is no matrix `doc-example`, but none at all",
    );
    assert_eq!(
        matrices.function(&MatrixName::of(&changed)).unwrap().name(),
        matrices.functions()[0].name()
    );
}

#[tokio::test]
async fn who_moved_is_told_in_the_words_of_rescore() {
    for (old, new) in [
        ("iom-threshold@1.0.0", "iom-threshold@1.1.0"),
        ("psa@1.0.0", "psa@1.0.0"),
    ] {
        let (folder, context) = (
            Folder::new(&format!("moved-{}", old.replace('@', "-"))),
            session(),
        );
        let [old, new] = [old, new].map(|name| Matrix::open(name, date()).unwrap());
        let [before, after] = [folder.path("before"), folder.path("after")];
        // Some come with other values, some are gone, some are new, and the id of some occurs twice.
        write(
            &context,
            &before,
            &[
                people(&old, 0, 300, 1),
                people(&old, 300, 60, 2),
                people(&old, 290, 15, 5),
            ],
        )
        .await;
        write(
            &context,
            &after,
            &[
                people(&new, 0, 300, 1),
                people(&new, 340, 60, 3),
                people(&new, 395, 10, 4),
            ],
        )
        .await;
        let [was, now] = [folder.path("was.parquet"), folder.path("now.parquet")];
        rescored(&old, &before, &was, Tally::new(&old));
        let earlier = FileList::of([&was]).unwrap();
        let (tally, movers) = rescored(
            &new,
            &after,
            &now,
            Tally::since(&new, Previous::open(&earlier).unwrap()),
        );
        let list = folder.path("moved.csv");
        let mut file = MovedFile::create(&list).unwrap();
        file.write(&movers).unwrap();
        file.finish(&tally, &earlier).unwrap();
        let mut wanted: Vec<String> = std::fs::read_to_string(&list)
            .unwrap()
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect();
        wanted.sort();

        let differs = Differs {
            matrix: old != new,
            date: false,
        };
        let found = moved(
            read(&context, &was).await,
            read(&context, &now).await,
            differs,
        )
        .unwrap();
        let found = found.collect().await.unwrap();
        let mut rows = Vec::new();
        for batch in &found {
            for row in 0..batch.num_rows() {
                let cell = |column: &datafusion::arrow::array::ArrayRef| {
                    let text = datafusion::arrow::util::display::array_value_to_string(column, row)
                        .unwrap();
                    if text.contains(',') {
                        format!("\"{text}\"")
                    } else {
                        text
                    }
                };
                rows.push(
                    batch
                        .columns()
                        .iter()
                        .map(cell)
                        .collect::<Vec<_>>()
                        .join(","),
                );
            }
        }
        rows.sort();
        assert!(
            rows.len() > 60 && rows.iter().any(|row| row.ends_with(",gone")),
            "{rows:?}"
        );
        assert_eq!(rows, wanted);
    }
}
