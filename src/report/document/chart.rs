//! Draws numbers of people as lines over a number that can be set.
//!
//! Distances across are in percent of the page's width, and distances down are in tenths of the size of the text. Only the lines stretch with the
//! page.

use std::fmt::{self, Write};

use crate::number::Points;
use crate::report::document::escaped::escaped;
use crate::report::document::lines::wrap;
use crate::report::document::measure::{Em, Percent, grouped};

/// The number of letters for which a line of a narrow screen has room.
const LETTERS: usize = 34;
/// Heights, in tenths of the size of the text.
const PLOT: u64 = 200;
const LINE: usize = 14;
const BASE: usize = 11;
/// The most numbers along the axis.
const MOST_MARKS: usize = 7;
/// Ways of drawing a line.
const STROKES: usize = 5;

/// Lines over one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// A name that is unique in the document.
    pub anchor: String,
    pub title: String,
    /// The title of the axis.
    pub axis: String,
    /// The numbers along the axis, ascending.
    pub at: Vec<Points>,
    /// The number that is in force, if it is among them.
    pub own: Option<Points>,
    pub lines: Vec<Line>,
    /// The numbers of people that must not be passed, each with its name.
    pub limits: Vec<(String, u64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub name: String,
    /// One for each number along the axis, or `None` where the line has no point.
    pub values: Vec<Option<u64>>,
}

impl Chart {
    pub(super) fn write_svg(&self, html: &mut String) -> fmt::Result {
        let most = self
            .lines
            .iter()
            .flat_map(|line| line.values.iter().flatten())
            .chain(self.limits.iter().map(|(_, limit)| limit))
            .max();
        let (step, most) = scale(most.copied().unwrap_or_default());
        let mut key = String::new();
        let mut top = 0;
        for (at, line) in self.lines.iter().enumerate() {
            let (y, stroke) = (Em(top + LINE / 2), at % STROKES);
            writeln!(
                key,
                "<line class=\"line line-{stroke}\" x1=\"0\" x2=\"9%\" y1=\"{y}\" y2=\"{y}\"></line>"
            )?;
            for piece in wrap(&line.name, LETTERS) {
                writeln!(
                    key,
                    "<text x=\"11%\" y=\"{}\">{}</text>",
                    Em(top + BASE),
                    escaped(&piece)
                )?;
                top += LINE;
            }
        }
        top += LINE + LINE / 2;
        let plot = usize::try_from(PLOT).unwrap_or_default();
        let (anchor, down) = (escaped(&self.anchor), top + plot + 3 * LINE);
        let y = |people: u64| {
            top + plot
                - usize::try_from(u128::from(people) * u128::from(PLOT) / u128::from(most.max(1)))
                    .unwrap_or_default()
        };
        writeln!(
            html,
            "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{anchor}-title {anchor}-says\" width=\"100%\" height=\"{}\">",
            Em(down)
        )?;
        writeln!(
            html,
            "<title id=\"{anchor}-title\">{}</title>\n<desc id=\"{anchor}-says\">{}</desc>",
            escaped(&self.title),
            escaped(&self.described())
        )?;
        let mut people = 0;
        while people <= most {
            let line = Em(y(people));
            writeln!(
                html,
                "<line class=\"rule\" x1=\"16%\" x2=\"97%\" y1=\"{line}\" y2=\"{line}\"></line>"
            )?;
            writeln!(
                html,
                "<text class=\"mark\" x=\"15%\" y=\"{}\" text-anchor=\"end\">{}</text>",
                Em(y(people) + 4),
                grouped(people)
            )?;
            people += step;
        }
        writeln!(html, "{key}")?;
        if let Some(own) = self.own.filter(|own| self.at.contains(own)) {
            let (across, from, to) = (
                self.across(own),
                Em(top.saturating_sub(LINE / 2)),
                Em(top + plot),
            );
            writeln!(
                html,
                "<line class=\"cut\" x1=\"{across}\" x2=\"{across}\" y1=\"{from}\" y2=\"{to}\"></line>"
            )?;
        }
        writeln!(
            html,
            "<svg x=\"16%\" width=\"81%\" y=\"{}\" height=\"{}\" viewBox=\"0 0 10000 {plot}\" preserveAspectRatio=\"none\">",
            Em(top),
            Em(plot)
        )?;
        for (at, line) in self.lines.iter().enumerate() {
            let points: Vec<_> = self
                .at
                .iter()
                .zip(&line.values)
                .filter_map(|(at, people)| {
                    Some(format!("{},{}", self.part(*at), y((*people)?) - top))
                })
                .collect();
            writeln!(
                html,
                "<polyline class=\"line line-{}\" points=\"{}\"></polyline>",
                at % STROKES,
                points.join(" ")
            )?;
        }
        writeln!(html, "</svg>")?;
        for (name, limit) in &self.limits {
            let line = Em(y(*limit));
            writeln!(
                html,
                "<line class=\"limit\" x1=\"16%\" x2=\"97%\" y1=\"{line}\" y2=\"{line}\"></line>"
            )?;
            writeln!(
                html,
                "<text x=\"97%\" y=\"{}\" text-anchor=\"end\">{}</text>",
                Em(y(*limit).saturating_sub(3)),
                escaped(name)
            )?;
        }
        let each = self.at.len().div_ceil(MOST_MARKS).max(1);
        for at in self.at.iter().step_by(each) {
            let is_own = if self.own == Some(*at) {
                ""
            } else {
                " class=\"mark\""
            };
            writeln!(
                html,
                "<text{is_own} x=\"{}\" y=\"{}\" text-anchor=\"middle\">{at}</text>",
                self.across(*at),
                Em(top + plot + LINE + 2)
            )?;
        }
        writeln!(
            html,
            "<text x=\"97%\" y=\"{}\" text-anchor=\"end\">{}</text>\n</svg>",
            Em(top + plot + 2 * LINE + BASE),
            escaped(&self.axis)
        )
    }

    /// Returns how far along the axis a number is, in ten-thousandths.
    fn part(&self, at: Points) -> i64 {
        let wide =
            |points: Option<&Points>| points.map_or(0, |points| i128::from(points.millionths()));
        let (least, most) = (wide(self.at.first()), wide(self.at.last()));
        i64::try_from((i128::from(at.millionths()) - least) * 10_000 / (most - least).max(1))
            .unwrap_or_default()
    }

    fn across(&self, at: Points) -> Percent {
        Percent(self.part(at) * 81 / 100 + 1_600)
    }

    /// Returns the drawing in words.
    fn described(&self) -> String {
        let line = |line: &Line| {
            let mut points = line.values.iter().flatten();
            let first = points.next();
            let ends = first.map(|first| (first, points.last().unwrap_or(first)));
            ends.map(|(first, last)| format!(" {}: from {first} to {last}.", line.name))
                .unwrap_or_default()
        };
        let ends = self
            .at
            .first()
            .zip(self.at.last())
            .map(|(first, last)| format!("{} from {first} to {last}.", self.axis));
        let limits = self.limits.iter().map(|(name, _)| format!(" {name}."));
        format!(
            "{}{}{}",
            ends.unwrap_or_default(),
            self.lines.iter().map(line).collect::<String>(),
            limits.collect::<String>()
        )
    }
}

/// Returns the distance between the lines of the scale, which is a round number, and where the scale ends. There are three to six lines.
fn scale(most: u64) -> (u64, u64) {
    let mut step = 1_u64;
    let factors = [2, 5, 10];
    let mut power = 1_u64;
    'found: while most / step > 5 {
        for factor in factors {
            step = power.saturating_mul(factor);
            if most / step <= 5 {
                break 'found;
            }
        }
        power = power.saturating_mul(10);
    }
    (step, most.div_ceil(step).max(1) * step)
}
