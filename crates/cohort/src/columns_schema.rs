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
            name_all(inputs, matrix.described_inputs());
        }
        let of_events = schema.pointer("/$defs/file-of-events").cloned();
        let events = schema.pointer_mut("/$defs/columns-file/properties/events");
        if let (Some(matrix), Some(events), Some(of_events)) =
            (matrix, events.and_then(Value::as_object_mut), of_events)
        {
            events.remove("propertyNames");
            events.insert("additionalProperties".to_owned(), json!(false));
            events.insert("properties".to_owned(), lists(matrix, &of_events));
        }
        schema::written(&schema)
    }
}

/// Has an object of columns name each input, and nothing else.
fn name_all<'a>(
    columns: &mut Map<String, Value>,
    inputs: impl Iterator<Item = InputDescription<'a>>,
) {
    columns.remove("propertyNames");
    let column = columns.insert("additionalProperties".to_owned(), json!(false));
    let properties = properties(inputs, &column.unwrap_or_default());
    columns.insert("properties".to_owned(), properties);
}

/// Returns what is said of the file of events of each list, with the fields of its events.
fn lists(matrix: &Matrix, of_events: &Value) -> Value {
    let lists = matrix.described_events().map(|list| {
        let mut own = of_events.clone();
        let columns = own.pointer_mut("/properties/columns");
        if let Some(columns) = columns.and_then(Value::as_object_mut) {
            name_all(columns, list.fields.into_iter());
        }
        if let Some(own) = own.as_object_mut() {
            own.insert("description".to_owned(), json!(list.label));
        }
        (list.name.to_owned(), own)
    });
    Value::Object(lists.collect())
}

/// Returns what is said of a column, under each name that columns may be given.
fn properties<'a>(inputs: impl Iterator<Item = InputDescription<'a>>, column: &Value) -> Value {
    let mut properties = Map::new();
    for input in inputs {
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
