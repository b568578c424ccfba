//! A scheduler, executors and a client of Ballista, all of which have the matrices of a folder.
//!
//! `run.sh` beside it starts them on one machine, and shows how they are called.

mod codec;
mod score;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use clap::{Parser, Subcommand};
use datafusion::execution::SessionState;
use datafusion::prelude::SessionConfig;
use threshold_matrix_datafusion::Matrices;

use codec::Codec;

/// Scores people on several machines by Ballista.
#[derive(Parser)]
struct Arguments {
    /// The folder of the matrices. Every machine needs the same.
    #[arg(long)]
    matrices: PathBuf,
    /// The port of the scheduler.
    #[arg(long, default_value_t = 50050)]
    port: u16,
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Plans queries and hands out their parts.
    Scheduler,
    /// Works on the parts of queries.
    Executor {
        /// The port from which others fetch what was worked out. The next one is used as well.
        #[arg(long)]
        own_port: u16,
        /// A folder for what was worked out.
        #[arg(long)]
        work: String,
        /// How many parts are worked on at a time.
        #[arg(long, default_value_t = 1)]
        cores: usize,
    },
    /// Scores a folder of Parquet files into a folder of Parquet files.
    Score(score::Request),
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a program says what is wrong")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Outcome {
    let Arguments {
        matrices,
        port,
        part,
    } = arguments;
    let matrices = Matrices::open(matrices)?;
    match part {
        Part::Scheduler => scheduler(&matrices, port).await,
        Part::Executor {
            own_port,
            work,
            cores,
        } => executor(&matrices, port, own_port, work, cores).await,
        Part::Score(request) => score::score(&matrices, port, &request).await,
    }
}

async fn scheduler(matrices: &Matrices, port: u16) -> Outcome {
    let own = matrices.clone();
    let session = move |config: SessionConfig| -> datafusion::error::Result<SessionState> {
        let mut state = default_session_builder(config)?;
        for function in own.functions() {
            datafusion::execution::FunctionRegistry::register_udf(&mut state, Arc::new(function))?;
        }
        Ok(state)
    };
    let config = SchedulerConfig {
        bind_port: port,
        // An executor that ended is missed after seconds.
        executor_timeout_seconds: 10,
        expire_dead_executor_interval_seconds: 2,
        override_session_builder: Some(Arc::new(session)),
        override_logical_codec: Some(Codec::logical(matrices)),
        override_physical_codec: Some(Codec::physical(matrices)),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let address: SocketAddr = ([127, 0, 0, 1], port).into();
    Ok(start_server(cluster, address, Arc::new(config)).await?)
}

async fn executor(
    matrices: &Matrices,
    port: u16,
    own_port: u16,
    work: String,
    cores: usize,
) -> Outcome {
    let mut functions = BallistaFunctionRegistry::default();
    for function in matrices.functions() {
        let name = function.name().to_owned();
        functions.scalar_functions.insert(name, Arc::new(function));
    }
    let config = ExecutorProcessConfig {
        port: own_port,
        grpc_port: own_port + 1,
        scheduler_port: port,
        scheduler_connect_timeout_seconds: 30,
        work_dir: Some(work),
        vcores: cores,
        executor_heartbeat_interval_seconds: 2,
        override_function_registry: Some(Arc::new(functions)),
        override_logical_codec: Some(Codec::logical(matrices)),
        override_physical_codec: Some(Codec::physical(matrices)),
        ..ExecutorProcessConfig::default()
    };
    Ok(start_executor_process(Arc::new(config)).await?)
}
