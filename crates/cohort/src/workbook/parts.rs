//! Reads those parts of a workbook that say what its cells are worth: formulas, tables, and whether all is to be worked out anew.

use std::collections::HashSet;
use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

/// The errors of cells that have been there from the beginning. Any other is newer than what reads the cells.
const ERRORS: [&str; 7] = [
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
];
/// The rows and the columns that a sheet may have.
const MOST: (u32, u32) = (1 << 20, 1 << 14);
/// The most different texts that a workbook may have.
const MOST_TEXTS: u64 = 1 << 28;
/// The most bytes that all parts of a workbook may have together.
const LARGEST: u64 = 8 << 30;

/// The parts of a workbook.
pub(super) struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

/// What is known of a workbook as a whole.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Whether every formula is to be worked out when it is opened.
    pub(super) is_stale: bool,
    /// The sheets, and where each is.
    sheets: Vec<(String, String)>,
}

/// Some rows and columns next to each other, all counted from 0, and both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) rows: [u32; 2],
    pub(super) columns: [u32; 2],
}

/// A table of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) area: Area,
    pub(super) header_rows: u32,
    pub(super) totals_rows: u32,
}

/// The formulas of a sheet.
#[derive(Debug, Default)]
pub(super) struct Formulas {
    /// The cells that have one, in order.
    cells: Vec<(u32, u32)>,
    /// Where one formula fills several cells.
    areas: Vec<Area>,
    /// The first cell with an error of a newer kind, and the error.
    pub(super) unknown: Option<(u32, u32, String)>,
}

impl Area {
    fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (first, last) = (position(first)?, position(last)?);
        let is_ordered = first.0 <= last.0 && first.1 <= last.1;
        is_ordered.then_some(Self {
            rows: [first.0, last.0],
            columns: [first.1, last.1],
        })
    }

    pub(super) fn last_row(&self) -> u32 {
        let [_, last] = self.rows;
        last
    }

    pub(super) fn contains(&self, row: u32, column: u32) -> bool {
        let within = |[first, last]: [u32; 2], at| (first..=last).contains(&at);
        within(self.rows, row) && within(self.columns, column)
    }
}

/// Returns the row and the column of a cell such as `B7`, counted from 0.
fn position(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let digits = text.find(|mark: char| mark.is_ascii_digit())?;
    let (letters, row) = text.split_at_checked(digits)?;
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        letter.is_ascii_uppercase().then_some(())?;
        column
            .checked_mul(26)?
            .checked_add(u32::from(letter - b'A') + 1)
    })?;
    let row = row.parse::<u32>().ok()?.checked_sub(1)?;
    let column = column.checked_sub(1)?;
    (row < MOST.0 && column < MOST.1).then_some((row, column))
}

impl Formulas {
    /// Returns whether the value of a cell is worked out by a formula that may give something else than it did.
    pub(super) fn has(&self, row: u32, column: u32) -> bool {
        self.cells.binary_search(&(row, column)).is_ok()
            || self.areas.iter().any(|area| area.contains(row, column))
    }
}

/// Returns an attribute by its name, whatever stands before a colon in it.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

fn is_true(text: Option<String>) -> bool {
    text.is_some_and(|text| matches!(text.as_str(), "1" | "true"))
}

type Xml<R> = Reader<BufReader<R>>;

/// Gives each element of a part to a function, at its beginning.
fn each<R: Read>(mut xml: Xml<R>, mut take: impl FnMut(&str, &BytesStart<'_>)) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).ok()? {
            Event::Start(element) => take(element.local_name().as_ref(), &element),
            Event::Eof => return Some(()),
            _ => {}
        }
    }
}

impl<'a> Parts<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| format!("the file is not a workbook: {error}"))?;
        let mut parts = Self { archive };
        let mut size = 0_u64;
        for at in 0..parts.archive.len() {
            let part = parts.archive.by_index_raw(at);
            size = size.saturating_add(part.map_or(0, |part| part.size()));
        }
        if size > LARGEST {
            return Err(format!(
                "the parts of the workbook have more than {} GiB",
                LARGEST >> 30
            ));
        }
        Ok(parts)
    }

    /// Returns whether the list of texts has a length that it can have.
    pub(super) fn has_few_texts(&mut self) -> bool {
        let Some(mut xml) = self.part("xl/sharedStrings.xml") else {
            return true;
        };
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer) {
                Ok(Event::Start(element)) => {
                    let count = attribute(&element, "uniqueCount");
                    let count = count.and_then(|count| count.parse::<u64>().ok());
                    return count.is_none_or(|count| count <= MOST_TEXTS);
                }
                Ok(Event::Eof) | Err(_) => return true,
                Ok(_) => {}
            }
        }
    }

    fn part(&mut self, path: &str) -> Option<Xml<impl Read>> {
        let wanted = path.to_ascii_lowercase();
        let is_it = |name: &str| name.replace('\\', "/").to_ascii_lowercase() == wanted;
        let name = self
            .archive
            .file_names()
            .flatten()
            .find(|name| is_it(name))
            .map(std::borrow::Cow::into_owned)?;
        let part = self.archive.by_name(&name).ok()?;
        let mut xml = Reader::from_reader(BufReader::new(part));
        xml.config_mut().expand_empty_elements = true;
        xml.config_mut().check_end_names = false;
        Some(xml)
    }

    /// Returns where the parts are that another part names, each with its id and its type.
    fn relations(&mut self, of: &str) -> Vec<(String, String, String)> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let mut relations = Vec::new();
        let path = join(folder, &format!("_rels/{file}.rels"));
        if let Some(xml) = self.part(&path) {
            each(xml, |name, element| {
                if name == "Relationship" {
                    let target = attribute(element, "Target").unwrap_or_default();
                    relations.push((
                        attribute(element, "Id").unwrap_or_default(),
                        attribute(element, "Type").unwrap_or_default(),
                        join(folder, &target),
                    ));
                }
            });
        }
        relations
    }

    /// Reads what is known of the workbook as a whole.
    pub(super) fn book(&mut self) -> Option<Book> {
        let root = self.relations("");
        let path = root
            .into_iter()
            .find(|(_, kind, _)| kind.ends_with("/officeDocument"))
            .map(|(_, _, path)| path)?;
        let relations = self.relations(&path);
        let mut book = Book::default();
        each(self.part(&path)?, |name, element| match name {
            "calcPr" => book.is_stale |= is_true(attribute(element, "fullCalcOnLoad")),
            "sheet" => {
                let id = attribute(element, "id").unwrap_or_default();
                let target = relations.iter().find(|(own, ..)| *own == id);
                if let (Some(name), Some((_, _, path))) = (attribute(element, "name"), target) {
                    book.sheets.push((name, path.clone()));
                }
            }
            _ => {}
        })?;
        Some(book)
    }

    /// Returns the tables of a sheet.
    pub(super) fn tables(&mut self, book: &Book, sheet: &str) -> Vec<Table> {
        let Some(path) = book.path(sheet) else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        let paths = self.relations(path);
        for (_, _, path) in paths
            .iter()
            .filter(|(_, kind, _)| kind.ends_with("/relationships/table"))
        {
            let Some(xml) = self.part(path) else { continue };
            each(xml, |name, element| {
                let number = |name| attribute(element, name).and_then(|text| text.parse().ok());
                let area = attribute(element, "ref").and_then(|area| Area::parse(&area));
                if let ("table", Some(area)) = (name, area) {
                    tables.push(Table {
                        name: attribute(element, "displayName").unwrap_or_default(),
                        area,
                        header_rows: number("headerRowCount").unwrap_or(1),
                        totals_rows: number("totalsRowCount").unwrap_or(0),
                    });
                }
            });
        }
        tables
    }

    /// Returns the formulas of a sheet.
    pub(super) fn formulas(&mut self, book: &Book, sheet: &str) -> Option<Formulas> {
        let mut xml = self.part(book.path(sheet)?)?;
        let mut formulas = Formulas::default();
        let mut constants = HashSet::new();
        let (mut row, mut column) = (0_u32, 0_u32);
        let (mut is_error, mut formula, mut text) = (false, None, String::new());
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).ok()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "row" => {
                        if let Some(number) = attribute(&element, "r") {
                            row = number.parse::<u32>().ok()?.checked_sub(1)?;
                        }
                        column = 0;
                    }
                    // What reads the cells takes for granted that these can be read.
                    "dimension" => drop(Area::parse(&attribute(&element, "ref")?)?),
                    "c" => {
                        if let Some(place) = attribute(&element, "r") {
                            (row, column) = position(&place)?;
                        }
                        is_error = attribute(&element, "t").as_deref() == Some("e");
                    }
                    "f" => {
                        text.clear();
                        let shared = attribute(&element, "t").as_deref() == Some("shared");
                        let index = attribute(&element, "si").filter(|_| shared);
                        let area = attribute(&element, "ref").filter(|_| !shared);
                        formula = Some((index, area.as_deref().and_then(Area::parse)));
                    }
                    "v" => text.clear(),
                    _ => {}
                },
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::End(element) => match element.local_name().as_ref() {
                    "f" => {
                        let Some((index, area)) = formula.take() else {
                            continue;
                        };
                        let is_constant = matches!(
                            text.trim().to_ascii_uppercase().as_str(),
                            "TRUE()" | "FALSE()"
                        ) || text.is_empty()
                            && index.as_ref().is_some_and(|own| constants.contains(own));
                        if is_constant {
                            constants.extend(index);
                        } else {
                            formulas.cells.push((row, column));
                            let is_several =
                                |area: &Area| [area.rows, area.columns].iter().any(|[a, b]| a != b);
                            formulas.areas.extend(area.filter(is_several));
                        }
                    }
                    "v" if is_error
                        && formulas.unknown.is_none()
                        && !ERRORS.contains(&text.trim()) =>
                    {
                        formulas.unknown = Some((row, column, text.trim().to_owned()));
                    }
                    "c" => {
                        column = column.saturating_add(1);
                        is_error = false;
                    }
                    "row" => row = row.saturating_add(1),
                    "sheetData" => break,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        formulas.cells.sort_unstable();
        Some(formulas)
    }
}

impl Book {
    fn path(&self, sheet: &str) -> Option<&str> {
        let found = self.sheets.iter().find(|(name, _)| name == sheet);
        found.map(|(_, path)| path.as_str())
    }
}

/// Returns where a part is that another in this folder names.
fn join(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}
