//! A matrix as a function of DataFusion.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{AsArray, RecordBatch, StructArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::functions::expr_fn::named_struct;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility, ident, lit,
};
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{BatchScorer, Columns};

use crate::refused;

/// A matrix as a function of a date and a struct of inputs, which returns a struct of results.
#[derive(Debug)]
pub(crate) struct ScoreFunction {
    matrix: Matrix,
    name: String,
    signature: Signature,
    /// The columns that were bound last, since a function is told them anew with each batch.
    bound: Mutex<Option<Bound>>,
}

/// The fields of a struct, bound to the inputs at a date.
#[derive(Debug, Clone)]
struct Bound {
    as_at: Date,
    fields: Fields,
    scorer: Arc<BatchScorer>,
}

impl ScoreFunction {
    pub(crate) fn new(matrix: &Matrix) -> Self {
        Self {
            matrix: matrix.clone(),
            name: name(matrix),
            signature: Signature::user_defined(Volatility::Immutable),
            bound: Mutex::new(None),
        }
    }

    pub(crate) fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Returns what scores structs of these fields, all of which must be inputs.
    fn scorer(&self, as_at: Date, fields: &Fields) -> Result<Arc<BatchScorer>> {
        let mut bound = self.bound.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bound) = bound.as_ref()
            && bound.as_at == as_at
            && bound.fields == *fields
        {
            return Ok(bound.scorer.clone());
        }
        let schema = Arc::new(Schema::new(fields.clone()));
        let scorer = BatchScorer::new(
            schema,
            &Columns::new(),
            &self.matrix,
            as_at,
            BatchScorer::outputs(false),
        )
        .map_err(|error| refused(format!("`{}`: {error}", self.name)))?;
        if !scorer.unused().is_empty() {
            let names: Vec<String> = scorer
                .unused()
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            return Err(refused(format!(
                "`{}`: {} of the matrix; the fields of the struct are found by the names of inputs, so write named_struct('input', column, …)",
                self.name,
                match names.as_slice() {
                    [one] => format!("the field {one} is no input"),
                    many => format!("the fields {} are no inputs", many.join(", ")),
                }
            )));
        }
        let scorer = Arc::new(scorer);
        *bound = Some(Bound {
            as_at,
            fields: fields.clone(),
            scorer: scorer.clone(),
        });
        Ok(scorer)
    }

    /// Returns the date that the first argument is.
    fn date(&self, argument: Option<&ScalarValue>) -> Result<Date> {
        argument.map_or_else(
            || {
                Err(refused(format!(
                    "`{}`: the first argument is the date of the scoring as a text, such as '2026-12-05', and the same for all rows",
                    self.name
                )))
            },
            |value| date_in(value).map_err(|error| refused(format!("`{}`: {error}", self.name))),
        )
    }
}

/// Returns a call of the function of a matrix, over all columns of a table that are inputs or members of sets.
///
/// # Errors
/// Returns everything that is wrong with the columns at once, as for a file.
pub fn call(matrix: &Matrix, table: &Schema, as_at: Date) -> Result<Expr> {
    let schema = Arc::new(table.clone());
    let scorer = BatchScorer::new(
        schema,
        &Columns::new(),
        matrix,
        as_at,
        BatchScorer::outputs(false),
    );
    let scorer = scorer.map_err(refused)?;
    let names = table.fields().iter().map(|field| field.name().as_str());
    let read = names.filter(|name| *name != "id" && !scorer.unused().iter().any(|own| own == name));
    let fields: Vec<Expr> = read.flat_map(|name| [lit(name), ident(name)]).collect();
    let arguments = vec![lit(as_at.to_string()), named_struct(fields)];
    Ok(ScalarUDF::from(ScoreFunction::new(matrix)).call(arguments))
}

/// Reads a date that is given as a text, such as `2026-12-05`.
///
/// # Errors
/// Returns an error in words if the value is not such a text.
pub fn date_in(value: &ScalarValue) -> Result<Date> {
    let text = match value {
        ScalarValue::Utf8(text) | ScalarValue::LargeUtf8(text) | ScalarValue::Utf8View(text) => {
            text.as_deref()
        }
        _ => None,
    };
    let text = text.ok_or_else(|| {
        refused(format!(
            "`{value}` is not a date as a text, such as '2026-12-05'"
        ))
    })?;
    text.parse()
        .map_err(|_| refused(format!("`{text}` is not a date such as '2026-12-05'")))
}

/// Returns the name of the function of a matrix: its id, its version and the first digits of its content hash.
fn name(matrix: &Matrix) -> String {
    let hash = matrix.content_hash();
    let hash = hash.split_once(':').map_or(hash, |(_, digits)| digits);
    let digits: String = hash.chars().take(8).collect();
    let name = format!("{}_{}_{digits}", matrix.id(), matrix.version());
    let plain = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
        _ => '_',
    };
    name.chars().map(plain).collect()
}

/// Returns the fields of results, without the ids.
fn results(scorer: &BatchScorer) -> Fields {
    scorer.schema().fields().iter().skip(1).cloned().collect()
}

impl PartialEq for ScoreFunction {
    fn eq(&self, other: &Self) -> bool {
        self.matrix.content_hash() == other.matrix.content_hash()
    }
}

impl Eq for ScoreFunction {}

impl Hash for ScoreFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.matrix.content_hash().hash(state);
    }
}

impl ScalarUDFImpl for ScoreFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        match kinds {
            [_, DataType::Struct(_)] => Ok(kinds.to_vec()),
            _ => Err(refused(format!(
                "`{name}` takes a date and a struct of inputs: {name}('2026-12-05', named_struct('input', column, …))",
                name = self.name
            ))),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        // What it returns depends on the date as well.
        Err(refused(format!(
            "`{}` is asked for its type without its date",
            self.name
        )))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        let as_at = self.date(arguments.scalar_arguments.first().copied().flatten())?;
        let kind = arguments.arg_fields.get(1).map(|field| field.data_type());
        let Some(DataType::Struct(fields)) = kind else {
            return Err(refused(format!("`{}` takes a struct of inputs", self.name)));
        };
        let results = results(&*self.scorer(as_at, fields)?);
        let kind = DataType::Struct(results);
        Ok(Arc::new(Field::new(&self.name, kind, true)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [date, inputs] = arguments.args.as_slice() else {
            return Err(refused(format!(
                "`{}` takes a date and a struct",
                self.name
            )));
        };
        let as_at = self.date(match date {
            ColumnarValue::Scalar(value) => Some(value),
            ColumnarValue::Array(_) => None,
        })?;
        let inputs = inputs.to_array(arguments.number_rows)?;
        let Some(inputs) = inputs.as_struct_opt() else {
            return Err(refused(format!("`{}` takes a struct of inputs", self.name)));
        };
        let scorer = self.scorer(as_at, inputs.fields())?;
        let (fields, columns, nulls) = inputs.clone().into_parts();
        let schema = Arc::new(Schema::new(fields));
        let outcomes = scorer
            .outcomes(&RecordBatch::try_new(schema, columns)?)
            .map_err(|error| DataFusionError::Execution(error.to_string()))?;
        let outcomes = concat_batches(scorer.schema(), &outcomes)?;
        let columns = outcomes.columns().iter().skip(1).cloned().collect();
        // A struct that is null has no results.
        let scored = StructArray::try_new_with_length(
            results(&scorer),
            columns,
            nulls,
            outcomes.num_rows(),
        )?;
        Ok(ColumnarValue::Array(Arc::new(scored)))
    }
}
