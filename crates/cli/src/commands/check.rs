//! A matrix author's loop: every fault with its place, the panel's own worked examples, and what can be proved.

use crate::output::Status;
use std::borrow::Cow;
use std::error::Error;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Value, json};
use threshold_matrix::analysis::{Analysis, Finding};
use threshold_matrix::{Diagnostic, Library, Matrix, Place, WorkedExample};

use crate::arguments::{self, AsAt, folder};
use crate::output::{
    self, Ended, Wrong, all_wrong, as_json, at, colours, say, say_json, usage, warn,
};

/// Check matrices: every fault with its place, the examples that the file holds, and what can be proved over all profiles
///
/// What the proofs find is printed as warnings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix check my-area.yaml
  threshold-matrix check matrices/ --format github
  threshold-matrix check my-area.yaml --page calculator.html --page-from threshold-matrix.html

Exit status: 0 there is no fault and every example holds; 1 there is a fault, or an example does not hold; 2 wrong usage.")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml); a matrix that comes with the program, such as `iom-threshold` or `iom-threshold@1.0.0`; a folder, for every .yaml
    /// file in it and below it, which must also fit together as a library; or `-` for standard input
    #[arg(required = true)]
    matrix: Vec<String>,
    #[command(flatten)]
    as_at: AsAt,
    /// Skip the proofs
    #[arg(long)]
    quick: bool,
    /// Print everything that was proved, and not only what to look at
    #[arg(long)]
    analysis: bool,
    /// Print examples to paste into the file: both sides of each cut-off, and a profile for each tier, status and level; --tests=jsonl prints
    /// them as JSON lines for the tests of other programs, and nothing else
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "yaml")]
    tests: Option<Tests>,
    /// Print what was proved as JSON, one line for each matrix, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Print what is wrong in a form that another program reads, and nothing else
    #[arg(long, value_name = "FORM", conflicts_with_all = ["json", "tests", "analysis", "sheet", "atrs", "html", "page"])]
    format: Option<Format>,
    /// Print the whole matrix after its examples, as tables to read
    #[arg(long)]
    sheet: bool,
    /// Print a record of the Algorithmic Transparency Recording Standard (Tier 2), as far as the matrix can fill it in, as Markdown
    #[arg(long)]
    atrs: bool,
    /// Write the tables of one matrix as a page of HTML for a browser or a printer, and say where it is
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write a page of HTML that scores people by one matrix, for whoever has a browser and nothing else, and say where it is
    #[arg(long, value_name = "FILE", requires = "page_from")]
    page: Option<PathBuf>,
    /// The page without a matrix from which --page makes one; `js/page/build.sh` builds it
    #[arg(long, value_name = "FILE", requires = "page")]
    page_from: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Tests {
    /// Examples to paste into the file
    Yaml,
    /// JSON lines
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// The annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for editors and code scanning
    Sarif,
}

/// What the matrix of standard input is called.
const STANDARD_INPUT: &str = "standard input";

/// What came of one of the names that were given.
enum Opened {
    Matrices(Vec<(String, Matrix)>),
    Faulty(Box<dyn Error>),
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let gives_data = arguments.json || arguments.tests == Some(Tests::Jsonl);
    let tells_more = arguments.sheet
        || arguments.atrs
        || arguments.analysis
        || arguments.quick
        || arguments.html.is_some()
        || arguments.page.is_some()
        || (arguments.json && arguments.tests.is_some());
    if gives_data && tells_more {
        return usage(
            "--json and --tests=jsonl print data and nothing else: they can be combined with --as-at only",
        );
    }
    let as_at = arguments.as_at.date();
    let opened: Vec<(&String, Opened)> = arguments
        .matrix
        .iter()
        .map(|name| (name, open(name, arguments)))
        .collect();
    let count = |opened: &Opened| match opened {
        Opened::Matrices(matrices) => matrices.len(),
        Opened::Faulty(_) => 1,
    };
    if opened
        .iter()
        .map(|(_, opened)| count(opened))
        .sum::<usize>()
        > 1
    {
        for (option, is_given) in [
            ("--html", arguments.html.is_some()),
            ("--page", arguments.page.is_some()),
        ] {
            if is_given {
                return usage(format!("{option} works with one matrix at a time"));
            }
        }
    }
    if let Some(format) = arguments.format {
        return report_to(format, &opened, arguments);
    }
    let mut is_sound = true;
    for (name, opened) in &opened {
        match opened {
            Opened::Faulty(error) => {
                is_sound = false;
                tell_faults(name, error.as_ref(), arguments)?;
            }
            Opened::Matrices(matrices) if gives_data => {
                for (name, matrix) in matrices {
                    is_sound &= print_data(name, matrix, arguments)?;
                }
            }
            Opened::Matrices(matrices) => {
                for (name, matrix) in matrices {
                    is_sound &= tell(name, matrix, as_at, arguments)?;
                }
            }
        }
    }
    Ok(match is_sound {
        true => Status::Done,
        false => Status::Wrong,
    })
}

/// Opens the matrix of a name, or the matrices of a folder, each with its name.
fn open(name: &str, arguments: &Arguments) -> Opened {
    if Path::new(name).is_dir() {
        return match folder(Path::new(name)) {
            Ok(matrices) => Opened::Matrices(matrices),
            Err(error) => Opened::Faulty(error),
        };
    }
    let shown = if name == "-" { STANDARD_INPUT } else { name };
    match arguments::matrix(name, arguments.as_at.date()) {
        Ok(matrix) => Opened::Matrices(vec![(shown.to_owned(), matrix)]),
        Err(error) => Opened::Faulty(error),
    }
}

fn tell_faults(
    name: &str,
    error: &(dyn Error + 'static),
    arguments: &Arguments,
) -> Result<(), Box<dyn Error>> {
    if arguments.json {
        return say_json(&json!({ "matrix": name, "error": as_json(error) }));
    }
    let is_coloured = colours(&std::io::stdout());
    let wrong = all_wrong(name, error).into_iter().map(|wrong| match wrong {
        Wrong::Faults(faults) if is_coloured => faults.to_coloured_string(),
        Wrong::Faults(faults) => faults.to_string(),
        Wrong::File(file, message) if message.contains(&file) => message,
        Wrong::File(file, message) => format!("{file}: {message}"),
    });
    let text = wrong.collect::<Vec<_>>().join("\n\n");
    // Whoever reads the data finds nothing but data.
    match arguments.tests {
        Some(Tests::Jsonl) => warn(&text)?,
        _ => say(&format!("{}\n\n", text.trim_end()))?,
    }
    Ok(())
}

/// Prints what was asked for as data, and returns whether the examples of the matrix hold.
fn print_data(name: &str, matrix: &Matrix, arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let analysis = matrix.analyse(arguments.as_at.date());
    if arguments.json {
        say_json(&analysis)?;
    } else {
        say(&analysis.examples_as_json_lines())?;
    }
    let examples = matrix.run_examples();
    let failed = broken(&examples).len();
    if failed > 0 {
        let count = examples.len();
        warn(&format!(
            "{name}: {failed} of its {count} examples do not hold; `check` without --json and --tests=jsonl shows how"
        ))?;
    }
    Ok(failed == 0)
}

/// Tells everything about one matrix, and returns whether its examples hold.
fn tell(
    name: &str,
    matrix: &Matrix,
    as_at: threshold_matrix::Date,
    arguments: &Arguments,
) -> Result<bool, Box<dyn Error>> {
    let is_sound = tell_examples(name, matrix)?;
    if !arguments.quick {
        let analysis = matrix.analyse(as_at);
        if arguments.analysis {
            say(&format!("\n{analysis}\n"))?;
        } else {
            tell_findings(name, &analysis)?;
        }
        if arguments.tests.is_some() {
            say(&format!("\n{}", analysis.examples()))?;
        }
    }
    if arguments.sheet {
        say(&format!("\n{}\n", matrix.sheet()))?;
    }
    if arguments.atrs {
        say(&format!("\n{}", matrix.to_atrs_markdown()))?;
    }
    if let Some(path) = &arguments.html {
        output::write(path, &matrix.sheet().to_html())?;
    }
    if let (Some(path), Some(from)) = (&arguments.page, &arguments.page_from) {
        output::write(path, &page(name, matrix, from)?)?;
    }
    Ok(is_sound)
}

/// Where a page without a matrix has room for one.
const ROOM: &str = "<script type=\"application/json\" id=\"matrix\">null</script>";

/// Returns a page with a matrix in it.
fn page(name: &str, matrix: &Matrix, from: &Path) -> Result<String, Box<dyn Error>> {
    let built = std::fs::read_to_string(from).map_err(|error| at(from, &error))?;
    let Some((before, after)) = built.split_once(ROOM) else {
        return Err(format!(
            "{}: this is not the page without a matrix that `js/page/build.sh` builds",
            from.display()
        )
        .into());
    };
    // The file itself, with its comments, where there is one.
    let label = format!("{}@{}", matrix.id(), matrix.version());
    let (file, text) = match std::fs::read_to_string(name) {
        Ok(text) => {
            let file = Path::new(name).file_name().unwrap_or_default();
            (file.to_string_lossy().into_owned(), text)
        }
        Err(_) => {
            let text = Library::embedded_text(&label).filter(|_| name != STANDARD_INPUT);
            let text = text.map_or_else(|| matrix.to_yaml(), str::to_owned);
            (format!("{}.yaml", label.replace('@', "-")), text)
        }
    };
    // Nothing in the file can end the place where it stands.
    let own = json!({ "name": file, "text": text });
    let own = own.to_string().replace('<', "\\u003c");
    Ok(format!("{before}{}{after}", ROOM.replace("null", &own)))
}

/// Tells which examples do not hold, and returns whether all do.
fn tell_examples(name: &str, matrix: &Matrix) -> std::io::Result<bool> {
    let examples = matrix.run_examples();
    let broken = broken(&examples);
    for example in &broken {
        let (place, title) = (example.place, &example.title);
        say(&format!(
            "{name}:{place}: the example `{title}` does not hold\n"
        ))?;
        for difference in &example.differences {
            say(&format!("    {difference}\n"))?;
        }
    }
    let (held, count) = (examples.len() - broken.len(), examples.len());
    let (id, version, hash) = (matrix.id(), matrix.version(), matrix.content_hash());
    say(&format!(
        "{name}: {id} {version}, {hash}; {held} of {count} examples hold\n"
    ))?;
    Ok(broken.is_empty())
}

fn broken(examples: &[WorkedExample]) -> Vec<&WorkedExample> {
    examples
        .iter()
        .filter(|example| !example.differences.is_empty())
        .collect()
}

/// Tells what an author should look at, with the lines of the file where there is one.
fn tell_findings(name: &str, analysis: &Analysis) -> std::io::Result<()> {
    match std::fs::read_to_string(name) {
        Ok(text) => say(&format!("{}\n", analysis.warnings(name, &text)))?,
        Err(_) => {
            for finding in analysis
                .findings()
                .iter()
                .filter(|finding| finding.accepted.is_none())
            {
                say(&format!("{name}:{finding}\n"))?;
            }
        }
    }
    let findings = analysis.findings();
    let accepted = findings
        .iter()
        .filter(|finding| finding.accepted.is_some())
        .count();
    let open = findings.len() - accepted;
    let incomplete = match analysis.is_complete() {
        true => "",
        false => "; not everything could be proved",
    };
    say(&format!(
        "{name}: {open} to look at, {accepted} accepted with a reason{incomplete}\n"
    ))
}

/// One thing to point out in a file, for another program.
struct Remark<'a> {
    file: Cow<'a, str>,
    is_fault: bool,
    code: String,
    place: Place,
    message: String,
}

fn report_to(format: Format, opened: &[(&String, Opened)], arguments: &Arguments) -> Ended {
    let mut remarks = Vec::new();
    for (name, opened) in opened {
        match opened {
            Opened::Faulty(error) => {
                for wrong in all_wrong(name, error.as_ref()) {
                    match wrong {
                        Wrong::Faults(faults) => remarks.extend(
                            faults
                                .iter()
                                .map(|fault| fault_remark(faults.file(), fault)),
                        ),
                        Wrong::File(file, message) => remarks.push(Remark {
                            file: file.into(),
                            is_fault: true,
                            code: "unreadable".to_owned(),
                            place: Place::default(),
                            message,
                        }),
                    }
                }
            }
            Opened::Matrices(matrices) => {
                for (name, matrix) in matrices {
                    remarks.extend(remarks_on(name, matrix, arguments));
                }
            }
        }
    }
    match format {
        Format::Github => remarks
            .iter()
            .try_for_each(|remark| say(&annotation(remark)))?,
        Format::Sarif => say_json(&sarif(&remarks))?,
    }
    Ok(match remarks.iter().any(|remark| remark.is_fault) {
        true => Status::Wrong,
        false => Status::Done,
    })
}

fn fault_remark<'a>(file: &'a str, fault: &Diagnostic) -> Remark<'a> {
    let help = fault
        .help
        .as_ref()
        .map_or_else(String::new, |help| format!("; {help}"));
    Remark {
        file: file.into(),
        is_fault: true,
        code: fault.code.to_string(),
        place: fault.place,
        message: format!("{}{help}", fault.message),
    }
}

/// What a valid matrix is pointed out for: examples that do not hold, and findings that nobody accepted.
fn remarks_on<'a>(name: &'a str, matrix: &Matrix, arguments: &Arguments) -> Vec<Remark<'a>> {
    let examples = matrix.run_examples();
    let broken = broken(&examples).into_iter().map(|example| {
        let differences: Vec<String> = example
            .differences
            .iter()
            .map(ToString::to_string)
            .collect();
        Remark {
            file: name.into(),
            is_fault: true,
            code: "example-does-not-hold".to_owned(),
            place: example.place,
            message: format!(
                "the example `{}` does not hold: {}",
                example.title,
                differences.join("; ")
            ),
        }
    });
    let mut remarks: Vec<Remark<'_>> = broken.collect();
    if !arguments.quick {
        let analysis = matrix.analyse(arguments.as_at.date());
        let is_open = |finding: &&Finding| finding.accepted.is_none();
        remarks.extend(
            analysis
                .findings()
                .iter()
                .filter(is_open)
                .map(|finding| Remark {
                    file: name.into(),
                    is_fault: false,
                    code: finding.code.to_string(),
                    place: finding.place,
                    message: finding.message.clone(),
                }),
        );
    }
    remarks
}

/// A line that GitHub Actions shows at the place in the file.
fn annotation(remark: &Remark<'_>) -> String {
    let escaped = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let level = if remark.is_fault { "error" } else { "warning" };
    let (file, line, column) = (
        property(&remark.file),
        remark.place.line.max(1),
        remark.place.column.max(1),
    );
    let (code, message) = (property(&remark.code), escaped(&remark.message));
    format!("::{level} file={file},line={line},col={column},title={code}::{message}\n")
}

fn sarif(remarks: &[Remark<'_>]) -> Value {
    let result = |remark: &Remark<'_>| {
        json!({
            "ruleId": remark.code,
            "level": if remark.is_fault { "error" } else { "warning" },
            "message": { "text": remark.message },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": remark.file },
                    "region": { "startLine": remark.place.line.max(1), "startColumn": remark.place.column.max(1) },
                },
            }],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "threshold-matrix", "version": env!("CARGO_PKG_VERSION") } },
            "columnKind": "unicodeCodePoints",
            "results": remarks.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
