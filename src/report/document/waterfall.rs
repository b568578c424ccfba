//! Draws the waterfall in the page: a bar for each criterion that gives points, from zero to the score, with lines for the cut-offs.
//!
//! Distances across are in percent of the page's width, and distances down are in the size of the text. So the drawing fits any screen and any
//! size of letters.

use std::fmt::{self, Write};

use crate::number::Points;
use crate::report::document::escaped::escaped;
use crate::report::document::lines::wrap;
use crate::report::document::measure::{Em, Percent};
use crate::report::document::scores::{Cut, Waterfall};
use crate::words::{Range, is_negative, span};

/// The number of letters for which a line of a narrow screen has room.
const LETTERS: usize = 34;
/// Heights, in tenths of the size of the text.
const LINE: usize = 14;
const BAR: usize = 10;
const GAP: usize = 8;
/// How far the line of a cut-off reaches beyond a bar.
const EDGE: usize = 2;

impl Waterfall {
    pub fn write_svg(&self, html: &mut String) -> fmt::Result {
        let scale = Scale::of(self);
        let anchor = escaped(&self.anchor);
        let shown: Vec<&Cut> = self.cuts.iter().filter(|cut| scale.has(cut.from)).collect();
        let mut drawing = String::new();
        let mut down = shown.len() * LINE + GAP;
        let mut start = Points::ZERO;
        // Where the bars are. Only there are the lines of the cut-offs drawn, so that none runs through a label.
        let mut rows = Vec::new();
        for bar in &self.bars {
            let sign = if bar.points.0 >= Points::ZERO {
                "+"
            } else {
                ""
            };
            write_label(
                &mut drawing,
                &mut down,
                &format!("{sign}{}: {}", span(bar.points), bar.title),
            )?;
            rows.push(down);
            scale.write_bar(
                &mut drawing,
                &mut down,
                start,
                bar.points,
                if is_negative(bar.points) {
                    "less"
                } else {
                    "more"
                },
            )?;
            start = start + bar.points.0;
        }
        write_label(
            &mut drawing,
            &mut down,
            &format!("Score: {}", span(self.score)),
        )?;
        rows.push(down);
        scale.write_bar(&mut drawing, &mut down, Points::ZERO, self.score, "score")?;
        if let Some(replaced) = self.replaced {
            write_label(
                &mut drawing,
                &mut down,
                &format!("Replaced by an override: {}", span(replaced)),
            )?;
            rows.push(down);
            scale.write_bar(&mut drawing, &mut down, Points::ZERO, replaced, "score")?;
        }
        writeln!(
            html,
            "<svg class=\"waterfall\" role=\"img\" aria-labelledby=\"{anchor}-title {anchor}-says\" width=\"100%\" height=\"{}\">",
            Em(down)
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
        let zero = scale.across(Points::ZERO);
        writeln!(
            html,
            "<line class=\"zero\" x1=\"{zero}\" x2=\"{zero}\" y1=\"{}\" y2=\"{}\"></line>",
            Em(shown.len() * LINE),
            Em(down)
        )?;
        for (at, cut) in shown.iter().enumerate() {
            let across = scale.across(cut.from);
            let own = [(at * LINE, (at + 1) * LINE)].into_iter();
            let bars = rows
                .iter()
                .map(|row| (row.saturating_sub(EDGE), row + BAR + EDGE));
            for (from, to) in own.chain(bars) {
                let (from, to) = (Em(from), Em(to));
                writeln!(
                    html,
                    "<line class=\"cut\" x1=\"{across}\" x2=\"{across}\" y1=\"{from}\" y2=\"{to}\"></line>"
                )?;
            }
            let (anchor, away) = if across.0 < 5_000 {
                ("start", "0.4em")
            } else {
                ("end", "-0.4em")
            };
            let y = Em(at * LINE + BAR);
            writeln!(
                html,
                "<text x=\"{across}\" y=\"{y}\" dx=\"{away}\" text-anchor=\"{anchor}\">{}</text>",
                escaped(&cut.says)
            )?;
        }
        writeln!(html, "{drawing}</svg>")
    }

    /// Returns the drawing in words.
    fn described(&self) -> String {
        let bars = self
            .bars
            .iter()
            .map(|bar| format!("{}: {}. ", bar.title, span(bar.points)));
        let cuts = self.cuts.iter().map(|cut| format!(" {}.", cut.says));
        let replaced = self
            .replaced
            .map(|replaced| format!(" An override replaces it by {}.", span(replaced)))
            .unwrap_or_default();
        format!(
            "From zero. {}The score is {}.{replaced}{}",
            bars.collect::<String>(),
            span(self.score),
            cuts.collect::<String>()
        )
    }
}

/// Writes a text on lines of its own, however long its words are.
fn write_label(drawing: &mut String, down: &mut usize, label: &str) -> fmt::Result {
    for line in wrap(label, LETTERS) {
        let letters: Vec<char> = line.chars().collect();
        for piece in letters.chunks(LETTERS.max(1)) {
            writeln!(
                drawing,
                "<text x=\"1%\" dx=\"0.4em\" y=\"{}\">{}</text>",
                Em(*down + BAR),
                escaped(&piece.iter().collect::<String>())
            )?;
            *down += LINE;
        }
    }
    Ok(())
}

/// The range from the least to the greatest value that is drawn, in millionths.
struct Scale {
    least: i128,
    most: i128,
}

impl Scale {
    fn of(waterfall: &Waterfall) -> Self {
        let mut ends = vec![Points::ZERO, waterfall.score.0, waterfall.score.1];
        ends.extend(
            waterfall
                .replaced
                .into_iter()
                .flat_map(|(least, most)| [least, most]),
        );
        let mut start = Points::ZERO;
        for bar in &waterfall.bars {
            ends.push(start + bar.points.1);
            start = start + bar.points.0;
            ends.push(start);
        }
        let reached = ends.iter().max().copied().unwrap_or_default();
        // The next cut-off above is what the score did not reach; those further up would make the bars small.
        ends.extend(
            waterfall
                .cuts
                .iter()
                .map(|cut| cut.from)
                .filter(|from| *from > reached)
                .min(),
        );
        let wide =
            |points: Option<&Points>| points.map_or(0, |points| i128::from(points.millionths()));
        let (least, most) = (wide(ends.iter().min()), wide(ends.iter().max()));
        Self {
            least,
            most: most.max(least + 1),
        }
    }

    fn has(&self, points: Points) -> bool {
        (self.least..=self.most).contains(&i128::from(points.millionths()))
    }

    fn across(&self, points: Points) -> Percent {
        let part =
            (i128::from(points.millionths()) - self.least) * 10_000 / (self.most - self.least);
        // A hundredth at each edge is kept free, so that no line is cut.
        Percent(i64::try_from(part).unwrap_or_default() * 98 / 100 + 100)
    }

    /// Writes a bar. The part that is certain is filled, and the part that is open is an outline.
    fn write_bar(
        &self,
        drawing: &mut String,
        down: &mut usize,
        start: Points,
        (least, most): Range,
        class: &str,
    ) -> fmt::Result {
        let mut part = |from: Points, to: Points, class: &str| {
            let (left, right) = (self.across(from.min(to)), self.across(from.max(to)));
            let (y, height, wide) = (Em(*down), Em(BAR), Percent(right.0 - left.0));
            writeln!(
                drawing,
                "<rect class=\"{class}\" x=\"{left}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\"></rect>"
            )
        };
        part(start, start + least, class)?;
        if least != most {
            part(start + least, start + most, "open")?;
        }
        *down += BAR + GAP;
        Ok(())
    }
}
