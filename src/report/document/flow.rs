//! Draws who went from which result to which (an alluvial diagram). There is a band for each way, as wide as the people on it are many.
//!
//! Distances across are in percent of the page's width, and distances down are in tenths of the size of the text. Only the bands stretch with the
//! page.

use std::fmt::{self, Write};

use crate::report::document::escaped::escaped;
use crate::report::document::lines::wrap;
use crate::report::document::measure::{Em, grouped};

/// The number of letters for which the side of a narrow screen has room.
const LETTERS: usize = 12;
/// Heights, in tenths of the size of the text.
const ALL: u64 = 240;
const LINE: usize = 14;
const BASE: usize = 11;
const GAP: usize = 8;

/// Streams between two lists of ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// A name that is unique in the document.
    pub anchor: String,
    pub title: String,
    /// The titles of the ends at the left and at the right.
    pub sides: [String; 2],
    pub ends: [Vec<String>; 2],
    pub streams: Vec<Stream>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Positions among the ends.
    pub from: usize,
    pub to: usize,
    pub people: u64,
    pub course: Course,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Same,
    Rise,
    Fall,
    Aside,
}

impl Course {
    const ALL: [Self; 4] = [Self::Same, Self::Rise, Self::Fall, Self::Aside];

    /// Returns what the colour of a stream means.
    fn words(self) -> &'static str {
        match self {
            Self::Same => "the same result",
            Self::Rise => "to a more intensive tier",
            Self::Fall => "to a less intensive tier",
            Self::Aside => "without an order, or not settled",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Rise => "rise",
            Self::Fall => "fall",
            Self::Aside => "aside",
        }
    }
}

/// An end as it is drawn.
struct End {
    lines: Vec<String>,
    /// Where its label begins, and where its bar does.
    label: usize,
    bar: usize,
    height: usize,
    /// How much of the bar is taken by streams.
    taken: usize,
}

impl Flow {
    pub(super) fn write_svg(&self, html: &mut String) -> fmt::Result {
        let all = self
            .streams
            .iter()
            .map(|stream| stream.people)
            .sum::<u64>()
            .max(1);
        let (mut left, left_down) = self.ends(0, all);
        let (mut right, right_down) = self.ends(1, all);
        let (anchor, down) = (escaped(&self.anchor), left_down.max(right_down));
        let is_there = |course: &Course| {
            let mut streams = self.streams.iter();
            streams.any(|stream| stream.course == *course)
        };
        let courses: Vec<Course> = Course::ALL.into_iter().filter(is_there).collect();
        writeln!(
            html,
            "<svg class=\"flow\" role=\"img\" aria-labelledby=\"{anchor}-title {anchor}-says\" width=\"100%\" height=\"{}\">",
            Em(down + LINE + courses.len() * LINE)
        )?;
        writeln!(
            html,
            "<title id=\"{anchor}-title\">{}</title>",
            escaped(&self.title)
        )?;
        writeln!(
            html,
            "<desc id=\"{anchor}-says\">{}</desc>",
            escaped(&self.described())
        )?;
        writeln!(
            html,
            "<svg x=\"36%\" width=\"28%\" height=\"{}\" viewBox=\"0 0 1000 {down}\" preserveAspectRatio=\"none\">",
            Em(down)
        )?;
        for stream in &self.streams {
            let (Some(from), Some(to)) = (left.get_mut(stream.from), right.get_mut(stream.to))
            else {
                continue;
            };
            let thick = height(stream.people, all);
            let (start, end) = (from.bar + from.taken, to.bar + to.taken);
            from.taken += thick;
            to.taken += thick;
            let class = stream.course.class();
            let (below, beyond) = (start + thick, end + thick);
            writeln!(
                html,
                "<path class=\"{class}\" d=\"M0,{start} C500,{start} 500,{end} 1000,{end} L1000,{beyond} C500,{beyond} 500,{below} 0,{below} Z\"></path>"
            )?;
        }
        writeln!(html, "</svg>")?;
        for (ends, bar, text, side, anchor) in [
            (&left, "35%", "34%", &self.sides[0], "end"),
            (&right, "64%", "66%", &self.sides[1], "start"),
        ] {
            writeln!(
                html,
                "<text class=\"count\" x=\"{text}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                Em(BASE),
                escaped(side)
            )?;
            for end in ends {
                writeln!(
                    html,
                    "<rect class=\"node\" x=\"{bar}\" y=\"{}\" width=\"1%\" height=\"{}\"></rect>",
                    Em(end.bar),
                    Em(end.taken.max(end.height))
                )?;
                for (at, line) in end.lines.iter().enumerate() {
                    let (y, class) = (
                        Em(end.label + at * LINE + BASE),
                        if at + 1 == end.lines.len() {
                            " class=\"count\""
                        } else {
                            ""
                        },
                    );
                    writeln!(
                        html,
                        "<text{class} x=\"{text}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
                        escaped(line)
                    )?;
                }
            }
        }
        for (at, course) in courses.iter().enumerate() {
            let top = down + LINE + at * LINE;
            writeln!(
                html,
                "<rect class=\"{}\" x=\"0\" y=\"{}\" width=\"6%\" height=\"{}\"></rect>",
                course.class(),
                Em(top + 2),
                Em(LINE - 4)
            )?;
            writeln!(
                html,
                "<text x=\"8%\" y=\"{}\">{}</text>",
                Em(top + BASE),
                course.words()
            )?;
        }
        writeln!(html, "</svg>")
    }

    /// Returns the ends of one side, and how far down they reach.
    fn ends(&self, side: usize, all: u64) -> (Vec<End>, usize) {
        let mut down = LINE + GAP;
        let names = self.ends.get(side).map(Vec::as_slice).unwrap_or_default();
        let ends = names.iter().enumerate().map(|(at, name)| {
            let streams = || {
                self.streams
                    .iter()
                    .filter(|stream| at == if side == 0 { stream.from } else { stream.to })
            };
            let people: u64 = streams().map(|stream| stream.people).sum();
            let high: usize = streams().map(|stream| height(stream.people, all)).sum();
            let mut lines = Vec::new();
            for line in wrap(name, LETTERS) {
                let letters: Vec<char> = line.chars().collect();
                lines.extend(
                    letters
                        .chunks(LETTERS)
                        .map(|piece| piece.iter().collect::<String>()),
                );
            }
            lines.push(grouped(people));
            let (text, slot) = (lines.len() * LINE, high.max(lines.len() * LINE));
            let end = End {
                lines,
                label: down + (slot - text) / 2,
                bar: down + (slot - high) / 2,
                height: high,
                taken: 0,
            };
            down += slot + GAP;
            end
        });
        let ends: Vec<End> = ends.collect();
        (ends, down)
    }

    /// Returns the drawing in words.
    fn described(&self) -> String {
        let name = |side: usize, at: usize| {
            self.ends
                .get(side)
                .and_then(|ends| ends.get(at))
                .map(String::as_str)
                .unwrap_or_default()
        };
        let way = |stream: &Stream| {
            let (people, from) = (stream.people, name(0, stream.from));
            let verb = |one, several| if people == 1 { one } else { several };
            match stream.course {
                Course::Same => format!("{people} {} {from}", verb("stays", "stay")),
                _ => format!(
                    "{people} {} from {from} to {}",
                    verb("goes", "go"),
                    name(1, stream.to)
                ),
            }
        };
        format!(
            "{}.",
            self.streams.iter().map(way).collect::<Vec<_>>().join("; ")
        )
    }
}

/// Returns a height in proportion to the number of people, but never too small to be seen.
fn height(people: u64, all: u64) -> usize {
    let high = u128::from(people) * u128::from(ALL) / u128::from(all);
    usize::try_from(high).unwrap_or_default().max(1)
}
