//! Scores a folder of Parquet files on executors, and writes a file of outcomes for each.
//!
//! A file is one query of one part, whose results come back in the order of the file. They are written here, under another name until the file is whole, so
//! that an executor that ends leaves nothing behind: what it was asked for is asked for again.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use clap::Args;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{Expr, col, ident};
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures::StreamExt;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::FileList;
use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};
use threshold_matrix_datafusion::Matrices;

use crate::codec::Codec;

/// What to score.
#[derive(Args)]
pub(crate) struct Request {
    /// The matrix, as `id@version`.
    #[arg(long)]
    matrix: String,
    /// The date of the scoring.
    #[arg(long)]
    as_at: String,
    /// The folder of the people. Every machine reads its files under the same path.
    #[arg(long)]
    cohort: PathBuf,
    /// The folder of the outcomes, which must be empty or not exist: a file for each file of people, of the same name.
    #[arg(long)]
    out: PathBuf,
    /// How many files are worked on at a time. With more than there are executors, one is fetched while others are scored.
    #[arg(long, default_value_t = 4)]
    at_once: usize,
    /// How often a file is tried before the run gives up.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    /// For how many seconds nothing may come of a file before it is asked for again.
    #[arg(long, default_value_t = 600)]
    patience: u64,
}

/// Where the time of a run went, each added up over the files, of which several are worked on at a time.
#[derive(Default)]
struct Times {
    /// From asking to the first rows, for which the file was scored whole.
    until_first: Duration,
    fetching: Duration,
    writing: Duration,
}

/// A whole file of outcomes.
struct Written {
    rows: usize,
    times: Times,
}

/// A file that is removed unless it was given its name, also if the run ends meanwhile.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// What the tries of all files have in common.
struct Scoring {
    context: SessionContext,
    matrix: Matrix,
    as_at: Date,
    out: PathBuf,
    tries: u32,
    patience: Duration,
}

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub(crate) async fn score(
    matrices: &Matrices,
    port: u16,
    request: &Request,
) -> Result<(), Box<dyn Error>> {
    let scored = score_all(matrices, port, request).await;
    scored.map_err(|error| -> Box<dyn Error> { error })
}

#[expect(clippy::print_stdout, reason = "a program says how it went")]
async fn score_all(matrices: &Matrices, port: u16, request: &Request) -> Outcome<()> {
    let as_at = request.as_at.parse()?;
    let matrix = matrices.library().find(&request.matrix, as_at)?;
    let people = FileList::of([&request.cohort])?;
    for warning in people.warnings() {
        println!("{warning}");
    }
    let out = request.out.clone();
    fs::create_dir_all(&out)?;
    if fs::read_dir(&out)?.next().is_some() {
        let out = out.display();
        return Err(format!("the folder {out} is not empty; name one for these outcomes").into());
    }
    let scoring = Arc::new(Scoring {
        context: context(matrices, port).await?,
        matrix: matrix.clone(),
        as_at,
        out,
        tries: request.tries,
        patience: Duration::from_secs(request.patience),
    });

    let begun = Instant::now();
    let files = people.paths();
    let mut runs = futures::stream::iter(files.to_vec())
        .map(|file| {
            let scoring = scoring.clone();
            tokio::spawn(async move { scoring.file(&file).await })
        })
        .buffer_unordered(request.at_once.max(1));
    let (mut whole, mut rows, mut times) = (0, 0, Times::default());
    // The first file that is given up ends the run: the other queries of the same matrix would fail as well.
    while let Some(written) = runs.next().await {
        let written = written?.map_err(|error| {
            let all = files.len();
            format!("{error}\n{whole} of {all} files of outcomes were written, and each of those is whole")
        })?;
        whole += 1;
        rows += written.rows;
        times.until_first += written.times.until_first;
        times.fetching += written.times.fetching;
        times.writing += written.times.writing;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("scored {rows} people of {whole} files in {seconds:.1} seconds");
    println!(
        "added up over the files: {:.1} seconds until the first rows, {:.1} of fetching, {:.1} of writing",
        times.until_first.as_secs_f64(),
        times.fetching.as_secs_f64(),
        times.writing.as_secs_f64()
    );
    Ok(())
}

/// Returns a session whose queries are worked on by executors, a file as one part.
async fn context(matrices: &Matrices, port: u16) -> Outcome<SessionContext> {
    // The loops over columns are quicker on longer batches than the 8,192 rows that DataFusion reads at a time by itself.
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(1)
        .with_batch_size(32 * 1024)
        .with_ballista_logical_extension_codec(Codec::logical(matrices))
        .with_ballista_physical_extension_codec(Codec::physical(matrices));
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let url = format!("df://localhost:{port}");
    Ok(SessionContext::remote_with_state(&url, state).await?)
}

impl Scoring {
    /// Writes the outcomes of a file, with as many tries as are allowed.
    #[expect(clippy::print_stdout, reason = "a program says how it goes")]
    async fn file(&self, people: &Path) -> Outcome<Written> {
        let name = people.file_name().ok_or("a file has no name")?;
        let whole = self.out.join(name);
        let mut partial = whole.clone().into_os_string();
        partial.push(".partial");
        let partial = Partial(partial.into());
        let mut said = Vec::new();
        for number in 1..=self.tries {
            match self.one_try(people, &partial.0).await {
                Ok(written) => {
                    fs::rename(&partial.0, &whole)?;
                    let rows = written.rows;
                    println!("{}: {rows} people, by try {number}", whole.display());
                    return Ok(written);
                }
                Err(error) => {
                    let error = error.to_string();
                    println!("{}: try {number} failed: {error}", whole.display());
                    if !said.contains(&error) {
                        said.push(error);
                    }
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let (people, tries) = (people.display(), self.tries);
        Err(format!(
            "{people}: given up after {tries} tries: {}",
            said.join("; ")
        )
        .into())
    }

    async fn one_try(&self, people: &Path, out: &Path) -> Outcome<Written> {
        let mut times = Times::default();
        let mut rows = 0;
        let mut begun = Instant::now();
        let mut outcomes = self.outcomes(people).await?.execute_stream().await?;
        let create =
            |schema: &SchemaRef| ColumnWriter::create(out, ColumnFileKind::Parquet, schema);
        let mut writer = None;
        loop {
            let next = tokio::time::timeout(self.patience, outcomes.next()).await;
            let next = next.map_err(|_| {
                let patience = self.patience.as_secs();
                format!("nothing came for {patience} seconds")
            })?;
            let waited = begun.elapsed();
            match rows {
                0 => times.until_first += waited,
                _ => times.fetching += waited,
            }
            begun = Instant::now();
            let Some(batch) = next.transpose()? else {
                break;
            };
            rows += batch.num_rows();
            // What is fetched has texts where an executor had a dictionary of them.
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(create(batch.schema_ref())?),
            };
            writer.write(&batch)?;
            times.writing += begun.elapsed();
            begun = Instant::now();
        }
        let writer = match writer {
            Some(writer) => writer,
            None => create(&outcomes.schema())?,
        };
        writer.finish()?;
        times.writing += begun.elapsed();
        // What was cut off would otherwise pass for the whole, should it ever end without an error.
        let file = SerializedFileReader::new(fs::File::open(people)?)?;
        let all = file.metadata().file_metadata().num_rows();
        if usize::try_from(all) != Ok(rows) {
            return Err(format!("{rows} outcomes came of {all} people").into());
        }
        Ok(Written { rows, times })
    }

    /// Returns the query of the outcomes of a file.
    async fn outcomes(&self, people: &Path) -> Outcome<DataFrame> {
        let people = people
            .to_str()
            .ok_or("the name of the file is not Unicode")?;
        let people = self
            .context
            .read_parquet(people, ParquetReadOptions::default());
        let people = people.await?;
        let schema = people.schema().as_arrow();
        let call = threshold_matrix_datafusion::call(&self.matrix, schema, self.as_at)?;
        // The struct is taken apart by a node of its own, so that the call is worked out once whatever the optimiser finds.
        let scored = people
            .select(vec![ident("id"), call.alias("result")])?
            .unnest_columns(&["result"])?;
        let columns: Vec<Expr> = scored
            .schema()
            .columns()
            .into_iter()
            .map(|column| {
                let name = column.name().to_owned();
                let own = name.strip_prefix("result.").unwrap_or(&name).to_owned();
                col(column).alias(own)
            })
            .collect();
        Ok(scored.select(columns)?)
    }
}
