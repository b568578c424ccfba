//! Sends the function of a matrix by the matrix's id, version and content hash, and finds it by them.
//!
//! By itself Ballista sends a function by its name alone, and who does not have it says only that there is none of that name.

use std::sync::Arc;

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan, ScalarUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use threshold_matrix_datafusion::{Matrices, MatrixName};

/// A codec of Ballista that knows the functions of matrices as well.
#[derive(Debug)]
pub(crate) struct Codec<C> {
    own: C,
    matrices: Matrices,
}

impl Codec<BallistaLogicalExtensionCodec> {
    pub(crate) fn logical(matrices: &Matrices) -> Arc<dyn LogicalExtensionCodec> {
        Arc::new(Self {
            own: BallistaLogicalExtensionCodec::default(),
            matrices: matrices.clone(),
        })
    }
}

impl Codec<BallistaPhysicalExtensionCodec> {
    pub(crate) fn physical(matrices: &Matrices) -> Arc<dyn PhysicalExtensionCodec> {
        Arc::new(Self {
            own: BallistaPhysicalExtensionCodec::default(),
            matrices: matrices.clone(),
        })
    }
}

/// Writes which matrix a function is of, and nothing for any other function.
fn encode(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
    let Some(name) = MatrixName::of_function(function) else {
        return Ok(());
    };
    serde_json::to_writer(bytes, &name).map_err(|error| DataFusionError::External(error.into()))
}

/// Finds the function of the matrix that was written. Ballista tells a client only that an executor rejected its part of a query, so why is told here as well.
#[expect(clippy::print_stderr, reason = "the client is not told why")]
fn decode(matrices: &Matrices, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
    let name = serde_json::from_slice::<MatrixName>(bytes);
    let name = name.map_err(|error| DataFusionError::External(error.into()))?;
    let function = matrices
        .function(&name)
        .inspect_err(|error| eprintln!("refused: {error}"));
    Ok(Arc::new(function?))
}

impl LogicalExtensionCodec for Codec<BallistaLogicalExtensionCodec> {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[LogicalPlan],
        context: &TaskContext,
    ) -> Result<Extension> {
        self.own.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        self.own.try_encode(node, bytes)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        self.own
            .try_decode_table_provider(bytes, table, schema, context)
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        provider: Arc<dyn TableProvider>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        self.own.try_encode_table_provider(table, provider, bytes)
    }

    fn try_decode_file_format(
        &self,
        bytes: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.own.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(
        &self,
        bytes: &mut Vec<u8>,
        format: Arc<dyn FileFormatFactory>,
    ) -> Result<()> {
        self.own.try_encode_file_format(bytes, format)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode(function, bytes)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        match bytes {
            [] => self.own.try_decode_udf(name, bytes),
            bytes => decode(&self.matrices, bytes),
        }
    }
}

impl PhysicalExtensionCodec for Codec<BallistaPhysicalExtensionCodec> {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.own.try_decode(bytes, inputs, context, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        self.own.try_encode(node, bytes, converter)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode(function, bytes)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        match bytes {
            [] => self.own.try_decode_udf(name, bytes),
            bytes => decode(&self.matrices, bytes),
        }
    }
}
