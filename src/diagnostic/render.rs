//! Shows faults as a compiler does: the line of the file, a mark under the text, what is wrong, and what to write.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Place};

/// Lines longer than this are cut around the fault, so that hostile text stays readable.
const LONGEST_LINE: usize = 400;

pub(super) fn render(faults: &Diagnostics, coloured: bool) -> String {
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut report = String::new();
    for fault in &faults.faults {
        let source = Source {
            file: &faults.file,
            text: &faults.text,
        };
        report.push_str(&renderer.render(&[group(source, Level::ERROR, fault.code.name(), fault)]));
        report.push_str("\n\n");
    }
    let count = faults.faults.len() + faults.left_out;
    let noun = if count == 1 { "fault" } else { "faults" };
    report.push_str(&format!("{count} {noun} in {}", faults.file));
    if faults.left_out > 0 {
        report.push_str(&format!(
            ", of which the first {} are shown",
            faults.faults.len()
        ));
    }
    report
}

pub(super) fn render_warnings(
    file: &str,
    text: &str,
    warnings: &[(&'static str, Diagnostic)],
) -> String {
    let renderer = Renderer::plain();
    let rendered = warnings.iter().map(|(code, warning)| {
        renderer.render(&[group(Source { file, text }, Level::WARNING, code, warning)])
    });
    rendered.collect::<Vec<_>>().join("\n\n")
}

/// A file and its text.
#[derive(Clone, Copy)]
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

fn group<'a>(
    source: Source<'a>,
    level: Level<'a>,
    code: &'a str,
    fault: &'a Diagnostic,
) -> Group<'a> {
    let title = level.primary_title(fault.message.as_str()).id(code);
    let mut group = Group::with_title(title);
    match Lines::of(source.text, fault.place) {
        Some(lines) => {
            let (near, far): (Vec<_>, Vec<_>) = fault
                .related
                .iter()
                .filter_map(|(place, why)| Some((Lines::of(source.text, *place)?, why)))
                .partition(|(other, _)| lines.number.abs_diff(other.number) <= NEAR);
            let all = near.iter().fold(lines, |all, (other, _)| all.with(*other));
            let mut snippet = all
                .snippet(source)
                .annotation(AnnotationKind::Primary.span(all.span_of(lines)));
            for (other, why) in near {
                snippet = snippet.annotation(
                    AnnotationKind::Context
                        .span(all.span_of(other))
                        .label(why.as_str()),
                );
            }
            group = group.element(snippet);
            for (other, why) in far {
                let annotation = AnnotationKind::Context
                    .span(other.span_of(other))
                    .label(why.as_str());
                group = group.element(other.snippet(source).annotation(annotation));
            }
        }
        None => {
            group =
                group.element(Level::NOTE.message(format!("at {}:{}", source.file, fault.place)))
        }
    }
    match &fault.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// Related places further away than this number of lines are shown in a frame of their own.
const NEAR: usize = 30;

/// The lines of the file that a frame shows, and what is marked in them. They are cut out here because the renderer reads all that it is given.
#[derive(Clone, Copy)]
struct Lines {
    /// The number of the first line.
    number: usize,
    start: usize,
    end: usize,
    marked: (usize, usize),
}

impl Lines {
    /// Returns the lines of a place, or `None` where they are too long to print. A fault of a whole block is marked on its first line.
    fn of(text: &str, place: Place) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let start = text.get(..place.start)?.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(start..)?.lines().next().unwrap_or_default();
        let end = start + line.len();
        let marked = (place.start, place.end.min(end).max(place.start));
        (line.len() <= LONGEST_LINE && text.is_char_boundary(marked.1)).then_some(Self {
            number: place.line,
            start,
            end,
            marked,
        })
    }

    fn with(self, other: Self) -> Self {
        Self {
            number: self.number.min(other.number),
            start: self.start.min(other.start),
            end: self.end.max(other.end),
            ..self
        }
    }

    fn span_of(self, lines: Self) -> std::ops::Range<usize> {
        lines.marked.0.saturating_sub(self.start)..lines.marked.1.saturating_sub(self.start)
    }

    fn snippet(self, source: Source<'_>) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let text = source.text.get(self.start..self.end).unwrap_or_default();
        Snippet::source(text)
            .path(source.file)
            .line_start(self.number)
    }
}
