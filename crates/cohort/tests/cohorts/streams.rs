//! Streams of batches: what is counted of everybody once they are read.

use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchIterator, StringArray};
use threshold_matrix::Matrix;
use threshold_matrix_cohort::{BatchScorer, Columns, Tally};

/// Reads batches of people with these ids to their end, and returns the tally and the number of rows of results.
fn read(ids: impl Fn(&[i64]) -> ArrayRef, batches: &[&[i64]]) -> (Tally, usize) {
    let matrix = Matrix::from_yaml(threshold_matrix::doc_example()).unwrap();
    let batches: Vec<RecordBatch> = batches
        .iter()
        .map(|own| {
            let arrests: ArrayRef = Arc::new(Int64Array::from(vec![Some(12); own.len()]));
            let rosh: ArrayRef = Arc::new(StringArray::from(vec![Some("low"); own.len()]));
            let columns = [("id", ids(own)), ("arrests", arrests), ("rosh", rosh)];
            RecordBatch::try_from_iter(columns).unwrap()
        })
        .collect();
    let schema = batches[0].schema();
    let as_at = "2026-12-05".parse().unwrap();
    let outputs = BatchScorer::outputs(true);
    let scorer = BatchScorer::new(schema.clone(), &Columns::new(), &matrix, as_at, outputs);
    let tally = Arc::new(Mutex::new(None));
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    let counted = tally.clone();
    let results = Arc::new(scorer.unwrap())
        .read(Box::new(reader))
        .counted(move |tally| *counted.lock().unwrap() = Some(tally));
    let rows = results.map(|batch| batch.unwrap().num_rows()).sum();
    let tally = tally.lock().unwrap().take();
    (tally.unwrap(), rows)
}

#[test]
fn an_id_that_occurs_twice_is_found_whenever_the_order_breaks() {
    let numbers = |own: &[i64]| Arc::new(Int64Array::from(own.to_vec())) as ArrayRef;
    let texts = |own: &[i64]| {
        let texts = own.iter().map(|id| Some(id.to_string()));
        Arc::new(texts.collect::<StringArray>()) as ArrayRef
    };
    let cases: [(&[&[i64]], &[&str]); 4] = [
        (&[&[1, 2, 30], &[31, 32]], &[]),
        (&[&[1, 2, 30], &[31, 32], &[4, 2]], &["2"]),
        (&[&[1, 2, 2], &[31]], &["2"]),
        (&[&[-3, 1], &[9, 10], &[10, 11], &[-3]], &["10", "-3"]),
    ];
    for (batches, wanted) in cases {
        for (tally, rows) in [read(numbers, batches), read(texts, batches)] {
            let people: usize = batches.iter().map(|own| own.len()).sum();
            assert_eq!((rows, tally.people()), (people, people as u64));
            let repeated = tally.repeated().map(|own| own.ids.clone());
            assert_eq!(repeated.unwrap_or_default(), wanted, "{batches:?}");
        }
    }
}
