//! The node of a plan that scores what its input gives.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    Partitioning, PlanProperties, ReplaceChildrenOptions,
};
use futures::StreamExt;
use threshold_matrix_cohort::BatchScorer;

/// Scores each batch of its input, once.
#[derive(Debug)]
pub(crate) struct ScoreNode {
    input: Arc<dyn ExecutionPlan>,
    scorer: Arc<BatchScorer>,
    /// What is called in plans.
    matrix: Arc<str>,
    /// The positions of the results that are wanted.
    wanted: Vec<usize>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl ScoreNode {
    pub(crate) fn new(
        input: Arc<dyn ExecutionPlan>,
        scorer: Arc<BatchScorer>,
        matrix: Arc<str>,
        wanted: Vec<usize>,
    ) -> Result<Self> {
        let schema: SchemaRef = Arc::new(scorer.schema().project(&wanted)?);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(Self {
            input,
            scorer,
            matrix,
            wanted,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }
}

/// Returns the outcomes of a batch, with the columns that are wanted.
fn score(scorer: &BatchScorer, batch: &RecordBatch, wanted: &[usize]) -> Result<Vec<RecordBatch>> {
    let outcomes = scorer
        .outcomes(batch)
        .map_err(|error| DataFusionError::Execution(error.to_string()))?;
    let outcomes = outcomes.iter().map(|batch| batch.project(wanted));
    Ok(outcomes.collect::<std::result::Result<_, _>>()?)
}

impl DisplayAs for ScoreNode {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name(), self.matrix)
    }
}

impl ExecutionPlan for ScoreNode {
    fn name(&self) -> &'static str {
        "ScoreNode"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    // The rows keep their order, but columns do not keep their positions, by which an order that is kept would be pushed below this node.
    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next();
        let input = input.unwrap_or_else(|| self.input.clone());
        let own = Self::new(
            input,
            self.scorer.clone(),
            self.matrix.clone(),
            self.wanted.clone(),
        )?;
        Ok(Arc::new(own))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        self.replace_children(children, options)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let batches = self.input.execute(partition, context)?;
        let (scorer, wanted) = (self.scorer.clone(), self.wanted.clone());
        let scored = batches.flat_map(move |batch| {
            let scored = batch.and_then(|batch| {
                let _timer = metrics.elapsed_compute().timer();
                score(&scorer, &batch, &wanted)
            });
            let scored: Vec<Result<RecordBatch>> = match scored {
                Ok(batches) => batches.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            for batch in scored.iter().flatten() {
                metrics.record_output(batch.num_rows());
            }
            futures::stream::iter(scored)
        });
        let schema = self.schema();
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, scored)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}
