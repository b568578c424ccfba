//! Makes the JSON Schema of a columns file from the table that its checks read, for editors.

use serde_json::{Map, Value, json};
use threshold_matrix::workspace::schema;
use threshold_matrix::{InputDescription, InputKind, Matrix};

use crate::Columns;
use crate::columns::COLUMNS;

impl Columns {
    /// Returns the JSON Schema (draft 2020-12) of a columns file, with a line feed at its end. For a matrix, the schema has the names of its inputs, so that
    /// an editor completes them.
    ///
    /// The schema without a matrix is also in the repository, as `docs/columns.schema.json`.
    ///
    /// ```
    /// use threshold_matrix::Matrix;
    /// use threshold_matrix_cohort::Columns;
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// assert!(Columns::json_schema(Some(&matrix)).contains(r#""arrests": {"#));
    /// assert!(!Columns::json_schema(None).contains("arrests"));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn json_schema(matrix: Option<&Matrix>) -> String {
        let mut schema = schema::of(&COLUMNS, "A columns file");
        let inputs = schema.pointer_mut("/$defs/columns-file/properties/columns");
        if let (Some(matrix), Some(inputs)) = (matrix, inputs.and_then(Value::as_object_mut)) {
            inputs.remove("propertyNames");
            let column = inputs.insert("additionalProperties".to_owned(), json!(false));
            let column = column.unwrap_or_default();
            inputs.insert("properties".to_owned(), properties(matrix, &column));
        }
        schema::written(&schema)
    }
}

/// Returns what is said of a column, under each name that the columns of a matrix may be given.
fn properties(matrix: &Matrix, column: &Value) -> Value {
    let mut properties = Map::new();
    for input in matrix.described_inputs() {
        for name in names(&input) {
            let mut column = column.clone();
            if let Some(column) = column.as_object_mut() {
                column.insert("description".to_owned(), json!(input.label));
            }
            properties.insert(name, column);
        }
    }
    Value::Object(properties)
}

/// Returns the name of an input, and those of its members if it is a set.
fn names(input: &InputDescription<'_>) -> Vec<String> {
    let mut names = vec![input.name.to_owned()];
    if let InputKind::Set(members) = &input.kind {
        let members = members.iter();
        names.extend(members.map(|member| format!("{}.{member}", input.name)));
    }
    names
}
