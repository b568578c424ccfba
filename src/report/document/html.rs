//! Draws a document as one page of HTML. All text passes through `escaped`, and nothing is fetched when the page is opened.

use std::fmt::{self, Display, Write};

use crate::model::about::Source;
use crate::report::document::cited::{Cited, Explained};
use crate::report::document::escaped::escaped;
use crate::report::document::lines::is_web;
use crate::report::document::measure::Percent;
use crate::report::document::scores::{ScoreEntry, ScoreItem, Scores};
use crate::report::document::tree::{
    Block, Document, Grid, Head, Item, Row, Section, SectionKind, Table, TableKind,
};
use crate::words::{capitalised, points, sentence};

/// Deeper entries are not indented further.
const DEEPEST: usize = 3;

pub(super) fn page(document: &Document) -> String {
    let mut html = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut html, document);
    html
}

fn write_page(html: &mut String, document: &Document) -> fmt::Result {
    let title = escaped(&document.title);
    writeln!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">"
    )?;
    // The policy holds a browser to what the page promises: it fetches nothing and runs nothing.
    writeln!(
        html,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(
        html,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    )?;
    writeln!(html, "<title>{}</title>", escaped(&document.window))?;
    let is_drawn = |block: &Block| match block {
        Block::Flow(_) | Block::Chart(_) => true,
        Block::Grid(grid) => grid.has_bars(),
        _ => false,
    };
    let drawings = if document
        .sections
        .iter()
        .flat_map(|section| &section.blocks)
        .any(is_drawn)
    {
        include_str!("drawings.css")
    } else {
        ""
    };
    writeln!(
        html,
        "<style>\n{}{drawings}{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>",
        include_str!("page.css"),
        foot_of_paper(&document.footer)
    )?;
    document
        .head
        .iter()
        .try_for_each(|block| write_block(html, block))?;
    if document.has_contents {
        writeln!(html, "<nav aria-label=\"On this page\">\n<ul>")?;
        let named = |section: &&Section| section.kind != SectionKind::Form;
        for section in document.sections.iter().filter(named) {
            writeln!(
                html,
                "<li><a href=\"#{}\">{}</a></li>",
                escaped(&section.anchor),
                escaped(&section.title)
            )?;
        }
        writeln!(html, "</ul>\n</nav>")?;
    }
    document
        .sections
        .iter()
        .try_for_each(|section| write_section(html, section))?;
    document
        .foot
        .iter()
        .try_for_each(|block| write_block(html, block))?;
    writeln!(html, "</main>\n</body>\n</html>")
}

/// Returns the style that writes a text and the number of the page at the foot of each sheet of paper.
fn foot_of_paper(text: &str) -> String {
    let mut quoted = String::new();
    for letter in text.chars() {
        // Whatever could end the text, or the style, is written by its number.
        if letter.is_alphanumeric() || matches!(letter, ' ' | '.' | ',' | '-' | ':') {
            quoted.push(letter);
        } else {
            quoted.push_str(&format!("\\{:x} ", u32::from(letter)));
        }
    }
    format!("@page {{ @bottom-left {{ content: \"{quoted}\"; }} }}\n")
}

fn write_section(html: &mut String, section: &Section) -> fmt::Result {
    let anchor = escaped(&section.anchor);
    let class = match section.kind {
        SectionKind::Plain | SectionKind::Aside => "",
        SectionKind::Detail => " class=\"detail\"",
        SectionKind::Form => " class=\"form\"",
    };
    writeln!(
        html,
        "<section{class} aria-labelledby=\"{anchor}\">\n<h2 id=\"{anchor}\">{}</h2>",
        escaped(&section.title)
    )?;
    if !section.sources.is_empty() {
        writeln!(html, "<p class=\"quiet\">{}</p>", links(&section.sources))?;
    }
    section
        .blocks
        .iter()
        .try_for_each(|block| write_block(html, block))?;
    writeln!(html, "</section>")
}

fn write_block(html: &mut String, block: &Block) -> fmt::Result {
    match block {
        Block::Says(text) => writeln!(html, "<p>{}</p>", escaped(text)),
        Block::Notice(text) => writeln!(html, "<p class=\"notice\">{}</p>", escaped(text)),
        Block::Result { headline, reasons } => {
            writeln!(
                html,
                "<div class=\"result\">\n<p class=\"headline\">{}</p>",
                escaped(headline)
            )?;
            reasons
                .iter()
                .try_for_each(|reason| writeln!(html, "<p>{}</p>", escaped(reason)))?;
            writeln!(html, "</div>")
        }
        Block::Facts(facts) => {
            writeln!(html, "<dl class=\"facts\">")?;
            facts.iter().try_for_each(|(name, fact)| {
                writeln!(html, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(fact))
            })?;
            writeln!(html, "</dl>")
        }
        Block::List(items) => {
            writeln!(html, "<ul>")?;
            items
                .iter()
                .try_for_each(|item| writeln!(html, "<li>{}</li>", escaped(item)))?;
            writeln!(html, "</ul>")
        }
        Block::Steps(steps) => {
            writeln!(html, "<div class=\"steps\">")?;
            for (depth, step) in steps {
                writeln!(
                    html,
                    "<p class=\"depth-{}\">{}</p>",
                    depth.min(&DEEPEST),
                    escaped(step)
                )?;
            }
            writeln!(html, "</div>")
        }
        Block::Waterfall(waterfall) => waterfall.write_svg(html),
        Block::Scores(scores) => write_scores(html, scores),
        Block::Table(table) => write_table(html, table),
        Block::Grid(grid) => write_grid(html, grid),
        Block::Flow(flow) => write_figure(html, &flow.title, |html| flow.write_svg(html)),
        Block::Chart(chart) => write_figure(html, &chart.title, |html| chart.write_svg(html)),
        Block::Sources(sources) => write_sources(html, sources),
        Block::Terms(terms) => write_terms(html, terms),
        Block::Folded { summary, items } => {
            writeln!(
                html,
                "<details>\n<summary>{}</summary>\n<ul>",
                escaped(summary)
            )?;
            items
                .iter()
                .try_for_each(|item| writeln!(html, "<li>{}</li>", escaped(item)))?;
            writeln!(html, "</ul>\n</details>")
        }
        Block::Blanks(names) => {
            writeln!(html, "<dl class=\"blanks\">")?;
            names
                .iter()
                .try_for_each(|name| writeln!(html, "<dt>{}</dt><dd></dd>", escaped(name)))?;
            writeln!(html, "</dl>")
        }
    }
}

/// Writes a drawing with its title above it.
fn write_figure(
    html: &mut String,
    title: &str,
    draw: impl FnOnce(&mut String) -> fmt::Result,
) -> fmt::Result {
    writeln!(
        html,
        "<figure>\n<figcaption>{}</figcaption>",
        escaped(title)
    )?;
    draw(html)?;
    writeln!(html, "</figure>")
}

/// Writes the text of a cell, of which what stands in brackets stays together.
fn write_numbers(html: &mut String, text: &str) -> fmt::Result {
    let (numbers, bracket) = match text.find(" (") {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    write!(html, "{}", escaped(numbers))?;
    if !bracket.is_empty() {
        write!(
            html,
            " <span class=\"whole\">{}</span>",
            escaped(bracket.trim_start())
        )?;
    }
    Ok(())
}

/// Writes the head of a table that becomes a list on a narrow screen. A browser then forgets that it is a table, unless it is told so.
fn write_table_head<'a>(
    html: &mut String,
    class: &str,
    caption: &str,
    columns: impl Iterator<Item = &'a str>,
) -> fmt::Result {
    writeln!(
        html,
        "<table class=\"{class}\" role=\"table\">\n<caption>{}</caption>",
        escaped(caption)
    )?;
    writeln!(html, "<thead role=\"rowgroup\"><tr role=\"row\">")?;
    for column in columns {
        writeln!(
            html,
            "<th scope=\"col\" role=\"columnheader\">{}</th>",
            escaped(column)
        )?;
    }
    writeln!(html, "</tr></thead>")
}

fn write_terms(html: &mut String, terms: &[Explained]) -> fmt::Result {
    writeln!(html, "<dl class=\"terms\">")?;
    for own in terms {
        let sources = match own.sources.as_slice() {
            [] => String::new(),
            sources => format!(" {}", links(sources)),
        };
        writeln!(
            html,
            "<dt>{}</dt><dd>{}{sources}</dd>",
            escaped(&own.term),
            escaped(&sentence(&own.means))
        )?;
    }
    writeln!(html, "</dl>")
}

fn write_scores(html: &mut String, scores: &Scores) -> fmt::Result {
    if !scores.items.is_empty() {
        write_score_rows(
            html,
            &scores.caption,
            scores.items.iter().map(ScoreItem::shown),
        )?;
    }
    let Some(folded) = scores.folded_in_words().map(|folded| escaped(&folded)) else {
        return Ok(());
    };
    if scores.folded.iter().all(ScoreEntry::is_bare) {
        return writeln!(html, "<p>{folded}</p>");
    }
    writeln!(html, "<details>\n<summary>{folded}</summary>")?;
    let rows = scores
        .folded
        .iter()
        .map(|entry| ShownScore::Entry(entry, 0));
    write_score_rows(html, "Rows without points", rows)?;
    writeln!(html, "</details>")
}

/// A row of the table of what gave points, with how deep it stands.
enum ShownScore<'a> {
    Together(&'a str, usize),
    Entry(&'a ScoreEntry, usize),
}

impl ScoreItem {
    fn shown(&self) -> ShownScore<'_> {
        match self {
            Self::Together { depth, text } => ShownScore::Together(text, *depth),
            Self::Entry(entry) => ShownScore::Entry(entry, entry.depth),
        }
    }
}

fn write_score_rows<'a>(
    html: &mut String,
    caption: &str,
    rows: impl Iterator<Item = ShownScore<'a>>,
) -> fmt::Result {
    let rows: Vec<ShownScore<'_>> = rows.collect();
    // Where everything that was recorded is left out, there are no columns for it.
    let has_values = rows.iter().any(|row| match row {
        ShownScore::Together(..) => false,
        ShownScore::Entry(entry, _) => !entry.value.is_empty() || !entry.matched.is_empty(),
    });
    let columns: &[&str] = if has_values {
        &["Criterion", "Value as given", "What matched", "Points"]
    } else {
        &["Criterion", "Points"]
    };
    write_table_head(html, "scores", caption, columns.iter().copied())?;
    writeln!(html, "<tbody role=\"rowgroup\">")?;
    for row in rows {
        match row {
            ShownScore::Together(text, depth) => {
                let (depth, text, span) = (depth.min(DEEPEST), escaped(text), columns.len());
                writeln!(
                    html,
                    "<tr class=\"depth-{depth}\" role=\"row\"><td class=\"together\" role=\"cell\" colspan=\"{span}\">{text}</td></tr>"
                )?;
            }
            ShownScore::Entry(entry, depth) => write_score(html, entry, depth, has_values)?,
        }
    }
    writeln!(html, "</tbody>\n</table>")
}

fn write_score(
    html: &mut String,
    entry: &ScoreEntry,
    depth: usize,
    has_values: bool,
) -> fmt::Result {
    let lost = if entry.lost.is_some() { " lost" } else { "" };
    write!(
        html,
        "<tr class=\"depth-{}{lost}\" role=\"row\">",
        depth.min(DEEPEST)
    )?;
    write!(
        html,
        "<th scope=\"row\" role=\"rowheader\">{}",
        escaped(&entry.title)
    )?;
    if let Some(lost) = entry.lost {
        write!(html, "<p class=\"quiet\">{}.</p>", capitalised(lost))?;
    }
    if !entry.sources.is_empty() {
        write!(html, "<p class=\"quiet\">{}</p>", links(&entry.sources))?;
    }
    write!(html, "</th>")?;
    if has_values {
        write_cell(html, "Value as given", &entry.value)?;
        write_cell(html, "What matched", &entry.matched)?;
    }
    writeln!(
        html,
        "<td role=\"cell\" class=\"points\">{}</td></tr>",
        escaped(&points(entry.points))
    )
}

/// Writes a cell that names its own column, for where columns are not shown.
fn write_cell(html: &mut String, column: &str, text: &str) -> fmt::Result {
    let empty = if text.is_empty() {
        " class=\"empty\""
    } else {
        ""
    };
    write!(
        html,
        "<td role=\"cell\" data-column=\"{}\"{empty}>{}</td>",
        escaped(column),
        escaped(text)
    )
}

fn write_table(html: &mut String, table: &Table) -> fmt::Result {
    let class = match table.kind {
        TableKind::Points => "points-table",
        TableKind::Labelled => "labelled",
        TableKind::Pairs => "pairs",
    };
    write_table_head(html, class, &table.caption, table.columns.iter().copied())?;
    if table.kind == TableKind::Points {
        table
            .items
            .iter()
            .try_for_each(|item| write_item(html, &table.columns, item))?;
    } else {
        writeln!(html, "<tbody role=\"rowgroup\">")?;
        for item in &table.items {
            let Item::Entry { head, rows, .. } = item else {
                continue;
            };
            write!(
                html,
                "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}</th>",
                Shown(head)
            )?;
            rows.iter()
                .try_for_each(|row| write_cells(html, &table.columns, row))?;
            writeln!(html, "</tr>")?;
        }
        writeln!(html, "</tbody>")?;
    }
    writeln!(html, "</table>")
}

/// Writes an entry with all its rows, which stay together on paper.
fn write_item(html: &mut String, columns: &[&str], item: &Item) -> fmt::Result {
    match item {
        Item::Together { depth, text } => {
            let (depth, text, count) = (depth.min(&DEEPEST), escaped(text), columns.len());
            write!(
                html,
                "<tbody class=\"depth-{depth}\" role=\"rowgroup\"><tr role=\"row\">"
            )?;
            writeln!(
                html,
                "<td class=\"together\" role=\"cell\" colspan=\"{count}\">{text}</td></tr></tbody>"
            )
        }
        Item::Entry { depth, head, rows } => {
            write!(
                html,
                "<tbody class=\"depth-{}\" role=\"rowgroup\"><tr role=\"row\">",
                depth.min(&DEEPEST)
            )?;
            write!(
                html,
                "<th scope=\"rowgroup\" role=\"rowheader\" rowspan=\"{}\">{}</th>",
                rows.len().max(1),
                Shown(head)
            )?;
            for (at, row) in rows.iter().enumerate() {
                if at > 0 {
                    write!(html, "</tr>\n<tr role=\"row\">")?;
                }
                write_cells(html, columns, row)?;
            }
            writeln!(html, "</tr>\n</tbody>")
        }
    }
}

fn write_cells(html: &mut String, columns: &[&str], row: &Row) -> fmt::Result {
    match row {
        Row::Says(text) => {
            write!(
                html,
                "<td role=\"cell\" colspan=\"{}\">{}</td>",
                columns.len().saturating_sub(1).max(1),
                escaped(text)
            )
        }
        Row::Cells(cells) => columns
            .iter()
            .skip(1)
            .zip(cells)
            .try_for_each(|(column, cell)| write_cell(html, column, cell)),
        Row::Points { what, points } => {
            write!(
                html,
                "<td role=\"cell\">{}</td><td role=\"cell\" class=\"points\">{}</td>",
                escaped(what),
                escaped(points)
            )
        }
    }
}

fn write_grid(html: &mut String, grid: &Grid) -> fmt::Result {
    let caption = escaped(&grid.caption);
    writeln!(
        html,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table class=\"grid\">\n<caption>{caption}</caption>\n<thead>"
    )?;
    let (rows, columns) = (escaped(&grid.rows_read), escaped(&grid.columns_read));
    writeln!(
        html,
        "<tr><th scope=\"col\" rowspan=\"2\">{rows}</th><th scope=\"colgroup\" colspan=\"{}\">{columns}</th></tr>\n<tr>",
        grid.columns.len()
    )?;
    for column in &grid.columns {
        writeln!(html, "<th scope=\"col\">{}</th>", escaped(column))?;
    }
    writeln!(html, "</tr>\n</thead>\n<tbody>")?;
    for (label, cells) in &grid.rows {
        write!(html, "<tr><th scope=\"row\">{}</th>", escaped(label))?;
        for cell in cells {
            let shade = cell
                .shade
                .map(|shade| format!(" class=\"shade-{shade}\""))
                .unwrap_or_default();
            write!(html, "<td{shade}>")?;
            write_numbers(html, &cell.text)?;
            if let Some(bar) = cell.bar {
                // The number beside it says the same.
                let wide = Percent(i64::try_from(bar.min(1000) * 10).unwrap_or_default());
                write!(
                    html,
                    "<svg class=\"bar\" aria-hidden=\"true\"><rect width=\"{wide}\" height=\"100%\"></rect></svg>"
                )?;
            }
            write!(html, "</td>")?;
        }
        writeln!(html, "</tr>")?;
    }
    writeln!(html, "</tbody>\n</table></div>")
}

fn write_sources(html: &mut String, sources: &[Source]) -> fmt::Result {
    writeln!(html, "<dl class=\"sources\">")?;
    for source in sources {
        let name = escaped(&source.name);
        writeln!(
            html,
            "<dt id=\"source-{name}\">{name}: {}</dt>",
            escaped(&source.title)
        )?;
        let licence = source
            .licence
            .as_ref()
            .map(|licence| format!("licence {licence}"));
        let known: Vec<_> = source
            .publisher
            .iter()
            .chain(&source.date)
            .chain(&licence)
            .map(|text| escaped(text))
            .collect();
        if !known.is_empty() {
            writeln!(html, "<dd>{}</dd>", known.join(", "))?;
        }
        if let Some(note) = &source.note {
            writeln!(html, "<dd>{}</dd>", escaped(note))?;
        }
        if let Some(url) = &source.url {
            let shown = escaped(url);
            writeln!(
                html,
                "<dd>{}</dd>",
                if is_web(url) {
                    format!("<a href=\"{shown}\">{shown}</a>")
                } else {
                    shown
                }
            )?;
        }
    }
    writeln!(html, "</dl>")
}

/// Returns the sources of a rule, each leading to its place in the list.
fn links(sources: &[Cited]) -> String {
    let links = sources.iter().map(|source| {
        let (name, title) = (escaped(&source.name), escaped(&source.title));
        format!("<a href=\"#source-{name}\">{title}</a>")
    });
    format!("Source: {}.", links.collect::<Vec<_>>().join("; "))
}

/// A head as it is shown in its cell.
struct Shown<'a>(&'a Head);

impl Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(head) = self;
        formatter.write_str(&escaped(&head.title))?;
        if !head.remarks.is_empty() {
            write!(
                formatter,
                "<p class=\"quiet\">{}</p>",
                escaped(&head.remarks.join(" "))
            )?;
        }
        if !head.sources.is_empty() {
            write!(formatter, "<p class=\"quiet\">{}</p>", links(&head.sources))?;
        }
        Ok(())
    }
}
