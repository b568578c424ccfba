//! A table of people, scored as it is read.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{ScalarValue, TableReference};
use datafusion::datasource::TableType;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use futures::FutureExt;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{BatchScorer, Columns};

use crate::node::ScoreNode;
use crate::{Matrices, date_in, refused};

/// A table of people, scored as it is read: a row for each person, with the id and the columns that outcomes have.
///
/// Only the columns that are inputs, and the ids, are read of the table.
///
/// ```
/// use std::sync::Arc;
/// use datafusion::prelude::SessionContext;
/// use threshold_matrix::Matrix;
/// use threshold_matrix_datafusion::ScoredTable;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let context = SessionContext::new();
/// let people = context.sql("SELECT 7 AS id, 12 AS arrests, 'low' AS rosh").await?;
/// let scored = ScoredTable::new(people.into_view(), "id", &matrix, "2026-11-21".parse()?)?;
/// let scored = context.read_table(Arc::new(scored))?.collect().await?;
/// assert_eq!(scored[0].num_rows(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ScoredTable {
    people: Arc<dyn TableProvider>,
    /// The positions of the columns that are read.
    read: Vec<usize>,
    scorer: Arc<BatchScorer>,
    matrix: Arc<str>,
}

impl ScoredTable {
    /// Binds the columns of a table to the inputs of a matrix, by their names.
    ///
    /// # Errors
    /// Returns everything that is wrong with the columns at once, as for a file; also if there is no column of the ids.
    pub fn new(
        people: Arc<dyn TableProvider>,
        id: &str,
        matrix: &Matrix,
        as_at: Date,
    ) -> Result<Self> {
        let schema = people.schema();
        let columns = Columns::new().with_id(id);
        let scorer = |schema: &SchemaRef| {
            BatchScorer::new(
                schema.clone(),
                &columns,
                matrix,
                as_at,
                BatchScorer::outputs(false),
            )
            .map_err(refused)
        };
        let all = scorer(&schema)?;
        let read = schema.fields().iter().enumerate();
        let read: Vec<usize> = read
            .filter(|(_, field)| !all.unused().contains(field.name()))
            .map(|(position, _)| position)
            .collect();
        let narrow: SchemaRef = Arc::new(Schema::new(schema.project(&read)?.fields().clone()));
        let scorer = Arc::new(scorer(&narrow)?);
        let matrix = format!("{} {} as at {as_at}", matrix.id(), matrix.version());
        Ok(Self {
            people,
            read,
            scorer,
            matrix: matrix.into(),
        })
    }
}

#[async_trait]
impl TableProvider for ScoredTable {
    fn schema(&self) -> SchemaRef {
        self.scorer.schema().clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        session: &dyn Session,
        wanted: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // Each row has one result, so that as many rows are enough.
        let input = self
            .people
            .scan(session, Some(&self.read), &[], limit)
            .await?;
        let wanted = match wanted {
            Some(wanted) => wanted.clone(),
            None => (0..self.scorer.schema().fields().len()).collect(),
        };
        let node = ScoreNode::new(input, self.scorer.clone(), self.matrix.clone(), wanted)?;
        Ok(Arc::new(node))
    }
}

/// The function `score_table(matrix, table, date)`, with the column of the ids as a fourth argument if it is not `id`.
#[derive(Debug)]
pub(crate) struct ScoreTable {
    matrices: Matrices,
}

impl ScoreTable {
    pub(crate) fn new(matrices: Matrices) -> Self {
        Self { matrices }
    }
}

impl TableFunctionImpl for ScoreTable {
    fn call_with_args(&self, arguments: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let texts: Vec<Option<&ScalarValue>> = arguments
            .exprs()
            .iter()
            .map(|argument| match argument {
                Expr::Literal(value, _) => Some(value),
                _ => None,
            })
            .collect();
        let text = |argument: &Option<&ScalarValue>| {
            let text = argument.and_then(|value| value.try_as_str().flatten());
            text.map(str::to_owned)
        };
        let usage = "write score_table('matrix@version', 'table', '2026-12-05'), and the column of the ids after that if it is not `id`; all of them are texts";
        let (matrix, table, date, id) = match texts.as_slice() {
            [matrix, table, Some(date)] => {
                (text(matrix), text(table), *date, Some("id".to_owned()))
            }
            [matrix, table, Some(date), id] => (text(matrix), text(table), *date, text(id)),
            _ => return Err(refused(usage)),
        };
        let (Some(matrix), Some(table), Some(id)) = (matrix, table, id) else {
            return Err(refused(usage));
        };
        let as_at = date_in(date)?;
        let library = self.matrices.library();
        let matrix = library.find(&matrix, as_at).map_err(refused)?;
        let people = named(arguments.session(), &table)?;
        Ok(Arc::new(ScoredTable::new(people, &id, matrix, as_at)?))
    }
}

/// Returns the table of a name.
fn named(session: &dyn Session, name: &str) -> Result<Arc<dyn TableProvider>> {
    let defaults = &session.config_options().catalog;
    let reference = TableReference::parse_str(name)
        .resolve(&defaults.default_catalog, &defaults.default_schema);
    let catalog = session.catalog_list().catalog(&reference.catalog);
    let schema = catalog.and_then(|catalog| catalog.schema(&reference.schema));
    let schema = schema.ok_or_else(|| refused(format!("there is no table `{name}`")))?;
    // A function is asked for its table while the query is planned, which cannot wait. The tables of a session are there at once.
    match schema.table(&reference.table).now_or_never() {
        Some(found) => found?.ok_or_else(|| {
            let known: Vec<String> = schema
                .table_names()
                .iter()
                .map(|own| format!("`{own}`"))
                .collect();
            refused(format!(
                "there is no table `{name}`, but {}",
                known.join(", ")
            ))
        }),
        None => Err(refused(format!(
            "the catalog has to look for the table `{name}` first; register it in the session, or score it by a `ScoredTable`"
        ))),
    }
}
