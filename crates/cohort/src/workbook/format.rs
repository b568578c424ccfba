//! Reads what the format of a cell does to the number in it.

use crate::native::Why;

/// A format of numbers, such as `0.00%` or `00000000`.
#[derive(Debug)]
pub(super) struct Format {
    sections: Vec<Section>,
}

/// How a number is shown, as far as its meaning depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// With its own digits, and marks that do not change them.
    Itself,
    /// Whole, with noughts before it up to this many digits.
    Padded(usize),
    /// The number has other text beside it, which is not a part of it.
    WithText,
    /// A hundred times as large, with a percent sign.
    Percent,
    Not(Why),
}

/// The part of a format for numbers of one sign.
#[derive(Debug, Default)]
struct Section {
    /// Noughts that stand before the point.
    noughts: usize,
    digits: bool,
    general: bool,
    percents: usize,
    is_scaled: bool,
    is_conditional: bool,
    /// What is shown as it stands there.
    literal: String,
    /// Whether there is nothing but noughts.
    is_bare: bool,
}

impl Format {
    pub(super) fn new(code: &str) -> Self {
        let mut sections = vec![Section::new()];
        let mut rest = code.chars();
        let (mut has_point, mut commas) = (false, false);
        while let Some(mark) = rest.next() {
            if mark == ';' {
                if let Some(section) = sections.last_mut() {
                    section.is_scaled |= commas;
                }
                sections.push(Section::new());
                (has_point, commas) = (false, false);
                continue;
            }
            let Some(section) = sections.last_mut() else {
                break;
            };
            section.is_bare &= mark == '0';
            match mark {
                '"' => section
                    .literal
                    .extend(rest.by_ref().take_while(|mark| *mark != '"')),
                '\\' | '!' => section.literal.extend(rest.next()),
                // Room as wide as a mark, and a mark that fills the cell.
                '_' | '*' => drop(rest.next()),
                '[' => {
                    let held: String = rest.by_ref().take_while(|mark| *mark != ']').collect();
                    section.is_conditional |= held.starts_with(['=', '<', '>']);
                    if let Some(currency) = held.strip_prefix('$') {
                        let sign = currency.split('-').next().unwrap_or_default();
                        section.literal.push_str(sign);
                    }
                }
                '0' | '#' | '?' => {
                    section.digits = true;
                    section.noughts += usize::from(mark == '0' && !has_point);
                    commas = false;
                }
                // Behind the last digit, a comma shows thousands.
                ',' => commas = section.digits,
                '.' => {
                    section.is_scaled |= commas;
                    (has_point, commas) = (true, false);
                }
                '%' => section.percents += 1,
                '@' => section.general = true,
                'G' | 'g' if is_general(rest.as_str()) => {
                    section.general = true;
                    rest = rest
                        .as_str()
                        .get("eneral".len()..)
                        .unwrap_or_default()
                        .chars();
                }
                'E' | 'e' if rest.as_str().starts_with(['+', '-']) => drop(rest.next()),
                '/' | ' ' | '(' | ')' | '+' => {}
                _ => section.literal.push(mark),
            }
        }
        if let Some(section) = sections.last_mut() {
            section.is_scaled |= commas;
        }
        Self { sections }
    }

    /// Returns how a number is shown.
    pub(super) fn shows(&self, number: f64) -> Shown {
        if self.sections.iter().any(|section| section.is_conditional) {
            return Shown::Not(Why::Conditional);
        }
        let numbers = self.sections.get(..3).unwrap_or(&self.sections);
        let section = match numbers {
            [_, _, zero] if number == 0.0 => zero,
            [_, negative, ..] if number < 0.0 => negative,
            [positive, ..] => positive,
            [] => return Shown::Itself,
        };
        section.shows(number)
    }
}

fn is_general(rest: &str) -> bool {
    rest.get(.."eneral".len())
        .is_some_and(|rest| rest.eq_ignore_ascii_case("eneral"))
}

impl Section {
    fn new() -> Self {
        Self {
            is_bare: true,
            ..Self::default()
        }
    }

    fn shows(&self, number: f64) -> Shown {
        let is_dash = number == 0.0 && self.literal.trim() == "-";
        match self {
            // Sums of money show a dash for nothing.
            _ if !self.digits && !self.general && !is_dash => Shown::Not(Why::NoNumber),
            Self {
                is_scaled: true, ..
            } => Shown::Not(Why::Scaled),
            Self { percents: 1, .. } => Shown::Percent,
            Self { percents: 2.., .. } => Shown::Not(Why::Scaled),
            Self {
                is_bare: true,
                noughts: 2..,
                ..
            } => Shown::Padded(self.noughts),
            _ if self.noughts > 1 || !matches!(self.literal.trim(), "" | "-") => Shown::WithText,
            _ => Shown::Itself,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_what_its_number_means() {
        for (code, number, shown) in [
            ("General", 6.9, Shown::Itself),
            ("@", 6.9, Shown::Itself),
            ("0.00", 6.999, Shown::Itself),
            ("#,##0", 12345.0, Shown::Itself),
            ("#,##0.00_);[Red](#,##0.00)", -3.0, Shown::Itself),
            ("0.0E+00", 12345.0, Shown::Itself),
            ("# ??/??", 0.5, Shown::Itself),
            (
                "_(* #,##0_);_(* \\(#,##0\\);_(* \"-\"_);_(@_)",
                0.0,
                Shown::Itself,
            ),
            ("0%", 0.21, Shown::Percent),
            ("0.0%;-0.0%", -0.21, Shown::Percent),
            ("0\"%\"", 21.0, Shown::WithText),
            ("0\\%", 21.0, Shown::WithText),
            ("0.0\" yrs\"", 6.9, Shown::WithText),
            ("[$£-809]#,##0", 6.0, Shown::WithText),
            ("00000000", 12345.0, Shown::Padded(8)),
            ("0", 12345.0, Shown::Itself),
            ("000\\-000", 12345.0, Shown::WithText),
            ("00.0", 5.0, Shown::WithText),
            ("0,", 6900.0, Shown::Not(Why::Scaled)),
            ("0.0,", 6900.0, Shown::Not(Why::Scaled)),
            ("#,##0,,\" m\"", 6.9e6, Shown::Not(Why::Scaled)),
            ("0,.0", 6900.0, Shown::Not(Why::Scaled)),
            ("0%%", 0.1, Shown::Not(Why::Scaled)),
            ("[=1]\"Yes\";\"No\"", 1.0, Shown::Not(Why::Conditional)),
            ("0;[>100]0", 1.0, Shown::Not(Why::Conditional)),
            ("\"Yes\";;\"No\"", 1.0, Shown::Not(Why::NoNumber)),
            (";;;", 1.0, Shown::Not(Why::NoNumber)),
            ("0;-0;;@", 0.0, Shown::Not(Why::NoNumber)),
            ("0;-0;;@", 4.0, Shown::Itself),
        ] {
            assert_eq!(Format::new(code).shows(number), shown, "{code} of {number}");
        }
    }
}
