//! Faults as a compiler shows them: the line of the file, a mark under the text, what is wrong, and what to write.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Place};

/// Lines longer than this are cut around the fault, so that hostile text stays readable.
const LONGEST_LINE: usize = 400;

pub(super) fn render(faults: &Diagnostics, coloured: bool) -> String {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let mut report = String::new();
    for fault in &faults.faults {
        report.push_str(&renderer.render(&[group(faults, fault)]));
        report.push_str("\n\n");
    }
    let count = faults.faults.len() + faults.left_out;
    let noun = if count == 1 { "fault" } else { "faults" };
    report.push_str(&format!("{count} {noun} in {}", faults.file));
    if faults.left_out > 0 {
        report.push_str(&format!(", of which the first {} are shown", faults.faults.len()));
    }
    report
}

fn group<'a>(faults: &'a Diagnostics, fault: &'a Diagnostic) -> Group<'a> {
    let title = Level::ERROR.primary_title(fault.message.as_str()).id(fault.code.name());
    let mut group = Group::with_title(title);
    if let Some(span) = span(&faults.text, fault.place) {
        let mut snippet = Snippet::source(faults.text.as_str())
            .path(faults.file.as_str())
            .annotation(AnnotationKind::Primary.span(span));
        for (place, why) in &fault.related {
            if let Some(span) = self::span(&faults.text, *place) {
                snippet = snippet.annotation(AnnotationKind::Context.span(span).label(why.as_str()));
            }
        }
        group = group.element(snippet);
    } else {
        let place = format!("{}:{}", faults.file, fault.place);
        group = group.element(Level::NOTE.message(format!("at {place}")));
    }
    match &fault.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// The part of the text to mark, or nothing where its line is too long to print.
fn span(text: &str, place: Place) -> Option<std::ops::Range<usize>> {
    let before = text.get(..place.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line_start..)?.lines().next().unwrap_or_default();
    if line.len() > LONGEST_LINE {
        return None;
    }
    // A fault of a whole block is marked on its first line.
    let end = place.end.min(line_start + line.len()).max(place.start);
    text.get(place.start..end)?;
    Some(place.start..end)
}
