//! A sheet as one page of HTML. All text passes through `escaped`, and nothing is fetched when the page is opened.

use std::fmt::{self, Display, Write};

use crate::matrix::Source;
use crate::report::NOTICE;
use crate::report::sheet::Sheet;
use crate::report::sheet::tree::{Block, Grid, Head, Item, Row, Section, Table, TableKind};

/// Deeper entries are no further indented.
const DEEPEST: usize = 3;

pub(super) fn page(sheet: &Sheet) -> String {
    let mut html = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut html, sheet);
    html
}

/// A text as it stands in HTML, in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn write_page(html: &mut String, sheet: &Sheet) -> fmt::Result {
    let title = escaped(&sheet.facts.title);
    writeln!(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    // The policy holds a browser to what the page promises: it fetches nothing and runs nothing.
    writeln!(html, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")?;
    writeln!(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(html, "<title>{title}, version {}</title>", escaped(&sheet.facts.version))?;
    writeln!(html, "<style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>", include_str!("page.css"))?;
    writeln!(html, "<p class=\"notice\">{}</p>", escaped(NOTICE))?;
    writeln!(html, "<dl class=\"facts\">")?;
    for (name, fact) in &sheet.facts.entries {
        writeln!(html, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(fact))?;
    }
    writeln!(html, "</dl>")?;
    if let Some(about) = &sheet.facts.about {
        writeln!(html, "<p>{}</p>", escaped(about))?;
    }
    writeln!(html, "<nav aria-label=\"On this page\">\n<ul>")?;
    for section in &sheet.sections {
        writeln!(html, "<li><a href=\"#{}\">{}</a></li>", escaped(&section.anchor), escaped(&section.title))?;
    }
    writeln!(html, "</ul>\n</nav>")?;
    sheet.sections.iter().try_for_each(|section| write_section(html, section))?;
    writeln!(html, "<p class=\"notice\">{}</p>\n</main>\n</body>\n</html>", escaped(NOTICE))
}

fn write_section(html: &mut String, section: &Section) -> fmt::Result {
    let anchor = escaped(&section.anchor);
    writeln!(html, "<section aria-labelledby=\"{anchor}\">\n<h2 id=\"{anchor}\">{}</h2>", escaped(&section.title))?;
    if !section.sources.is_empty() {
        writeln!(html, "<p class=\"quiet\">{}</p>", links(&section.sources))?;
    }
    for block in &section.blocks {
        match block {
            Block::Says(text) => writeln!(html, "<p>{}</p>", escaped(text))?,
            Block::Table(table) => write_table(html, table)?,
            Block::Grid(grid) => write_grid(html, grid)?,
            Block::Sources(sources) => write_sources(html, sources)?,
        }
    }
    writeln!(html, "</section>")
}

fn write_table(html: &mut String, table: &Table) -> fmt::Result {
    let class = match table.kind {
        TableKind::Points => "points-table",
        TableKind::Labelled => "labelled",
        TableKind::Pairs => "pairs",
    };
    writeln!(html, "<table class=\"{class}\">\n<caption>{}</caption>\n<thead><tr>", escaped(&table.caption))?;
    for column in &table.columns {
        writeln!(html, "<th scope=\"col\">{}</th>", escaped(column))?;
    }
    writeln!(html, "</tr></thead>")?;
    if table.kind == TableKind::Points {
        table.items.iter().try_for_each(|item| write_item(html, table.columns.len(), item))?;
    } else {
        writeln!(html, "<tbody>")?;
        for item in &table.items {
            let Item::Entry { head, rows, .. } = item else { continue };
            write!(html, "<tr><th scope=\"row\">{}</th>", Shown(head))?;
            rows.iter().try_for_each(|row| write_cells(html, table.columns.len(), row))?;
            writeln!(html, "</tr>")?;
        }
        writeln!(html, "</tbody>")?;
    }
    writeln!(html, "</table>")
}

/// An entry with all its rows, which stay together on paper.
fn write_item(html: &mut String, columns: usize, item: &Item) -> fmt::Result {
    match item {
        Item::Together { depth, text } => {
            let depth = depth.min(&DEEPEST);
            writeln!(
                html,
                "<tbody class=\"depth-{depth}\"><tr><th class=\"together\" scope=\"colgroup\" colspan=\"{columns}\">{}</th></tr></tbody>",
                escaped(text)
            )
        }
        Item::Entry { depth, head, rows } => {
            let depth = depth.min(&DEEPEST);
            write!(html, "<tbody class=\"depth-{depth}\"><tr><th scope=\"rowgroup\" rowspan=\"{}\">{}</th>", rows.len().max(1), Shown(head))?;
            for (at, row) in rows.iter().enumerate() {
                if at > 0 {
                    write!(html, "<tr>")?;
                }
                write_cells(html, columns, row)?;
                writeln!(html, "</tr>")?;
            }
            writeln!(html, "</tbody>")
        }
    }
}

fn write_cells(html: &mut String, columns: usize, row: &Row) -> fmt::Result {
    match row {
        Row::Says(text) => write!(html, "<td colspan=\"{}\">{}</td>", columns.saturating_sub(1).max(1), escaped(text)),
        Row::Cells(cells) => cells.iter().try_for_each(|cell| write!(html, "<td>{}</td>", escaped(cell))),
        Row::Points { what, points } => write!(html, "<td>{}</td><td class=\"points\">{}</td>", escaped(what), escaped(points)),
    }
}

fn write_grid(html: &mut String, grid: &Grid) -> fmt::Result {
    writeln!(html, "<div class=\"scroll\"><table class=\"grid\">\n<caption>{}</caption>\n<thead>", escaped(&grid.caption))?;
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
            let shade = cell.shade.map(|shade| format!(" class=\"shade-{shade}\"")).unwrap_or_default();
            write!(html, "<td{shade}>{}</td>", escaped(&cell.text))?;
        }
        writeln!(html, "</tr>")?;
    }
    writeln!(html, "</tbody>\n</table></div>")
}

fn write_sources(html: &mut String, sources: &[Source]) -> fmt::Result {
    writeln!(html, "<dl class=\"sources\">")?;
    for source in sources {
        let name = escaped(&source.name);
        writeln!(html, "<dt id=\"source-{name}\">{name}: {}</dt>", escaped(&source.title))?;
        let licence = source.licence.as_ref().map(|licence| format!("licence {licence}"));
        let known: Vec<_> = source.publisher.iter().chain(&source.date).chain(&licence).map(|text| escaped(text)).collect();
        if !known.is_empty() {
            writeln!(html, "<dd>{}</dd>", known.join(", "))?;
        }
        if let Some(note) = &source.note {
            writeln!(html, "<dd>{}</dd>", escaped(note))?;
        }
        if let Some(url) = &source.url {
            // Anything else might run when it is followed.
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            let url = escaped(url);
            writeln!(html, "<dd>{}</dd>", if is_web { format!("<a href=\"{url}\">{url}</a>") } else { url })?;
        }
    }
    writeln!(html, "</dl>")
}

/// The sources of a rule, each leading to its place in the list.
fn links(sources: &[String]) -> String {
    let links = sources.iter().map(|source| {
        let source = escaped(source);
        format!("<a href=\"#source-{source}\">{source}</a>")
    });
    format!("Source: {}.", links.collect::<Vec<_>>().join(", "))
}

/// A head as it stands in its cell.
struct Shown<'a>(&'a Head);

impl Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(head) = self;
        formatter.write_str(&escaped(&head.title))?;
        if !head.remarks.is_empty() {
            write!(formatter, "<p class=\"quiet\">{}</p>", escaped(&head.remarks.join(" ")))?;
        }
        if !head.sources.is_empty() {
            write!(formatter, "<p class=\"quiet\">{}</p>", links(&head.sources))?;
        }
        Ok(())
    }
}
