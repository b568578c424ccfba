//! What a cell is, beside its text.

/// What a cell is by itself. A cell of CSV is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "xlsx"),
    expect(dead_code, reason = "only workbooks have cells of most kinds")
)]
pub(crate) enum Native {
    Text,
    /// A number or a truth of JSON, as JSON writes it.
    Json,
    /// Its text is the shortest that gives the number again.
    Number,
    /// Its text has a percent sign.
    Percent,
    /// Its text is as ISO 8601 has it.
    Date,
    /// Its text is `true` or `false`.
    Truth,
    /// The result of a formula that failed, such as `#N/A`.
    Fault,
    /// Its value is not taken, whatever a columns file says.
    Refused(Why),
}

/// Why the value of a cell is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "xlsx"),
    expect(dead_code, reason = "only workbooks have such cells")
)]
pub(crate) enum Why {
    NoValue,
    Stale,
    TimeOfDay,
    Length,
    NoDay,
    NotFinite,
    TooLarge,
    Scaled,
    Conditional,
    NoNumber,
    /// Of ids alone.
    NotAnId,
    /// Of ids alone.
    ShownOtherwise,
}

impl Why {
    /// Returns whether the cell holds a number all the same.
    pub(crate) fn is_of_a_number(self) -> bool {
        matches!(
            self,
            Self::TooLarge | Self::Scaled | Self::Conditional | Self::NoNumber
        )
    }

    /// Returns what is wrong with a cell that holds this text, in words that follow the name of its column.
    pub(crate) fn said_of(self, shown: &str) -> String {
        let plain = "format the cell as a plain number";
        match self {
            Self::NoValue => {
                "is a formula without a value; open the workbook in Excel, save it, and try again"
                    .to_owned()
            }
            Self::Stale => format!(
                "is a formula, and the workbook asks to be worked out anew when it is opened, so its value `{shown}` may only hold a place; open \
                 the workbook in Excel, save it, and try again"
            ),
            Self::TimeOfDay => format!(
                "is `{shown}`, with a time of day; write whole dates, since a program may have stored a date as an hour of the day before"
            ),
            Self::Length => format!("is `{shown}`, a length of time; write a date or a number"),
            Self::NoDay => format!(
                "is `{shown}` as a date, which is outside the days that workbooks count alike (from 1 March 1900 to 31 December 9999); write the \
                 date as a text"
            ),
            Self::NotFinite => format!("is `{shown}`, which is not a number"),
            Self::TooLarge => format!(
                "is `{shown}`, and a workbook does not hold numbers from 9007199254740992 (2^53) on exactly; write it as a text"
            ),
            Self::Scaled => {
                format!("is `{shown}`, which its format shows as thousands of it; {plain}")
            }
            Self::Conditional => {
                format!("is `{shown}`, whose format shows some numbers as something else; {plain}")
            }
            Self::NoNumber => {
                format!("is `{shown}`, and its format shows something else; {plain}")
            }
            Self::NotAnId => format!("is `{shown}`, which is not a text or a whole number"),
            Self::ShownOtherwise => {
                format!("is `{shown}`, which its format shows otherwise; write ids as texts")
            }
        }
    }
}

/// The part of a workbook that records are from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// The column of the sheet at which the records begin, counted from 0.
    pub(crate) first_column: u32,
}

impl Sheet {
    /// Returns a cell of a record as a formula of another sheet would name it, such as `people!B7`.
    pub(crate) fn place(&self, row: u64, position: usize) -> String {
        let column = u64::from(self.first_column) + position as u64;
        cell_name(&self.name, row, column)
    }
}

/// Returns the name of a cell of a sheet, by its row, counted from 1, and its column, counted from 0.
pub(crate) fn cell_name(sheet: &str, row: u64, column: u64) -> String {
    let is_plain = sheet
        .chars()
        .all(|mark| mark.is_alphanumeric() || mark == '_' || mark == '.');
    let quoted = if is_plain {
        sheet.to_owned()
    } else {
        format!("'{}'", sheet.replace('\'', "''"))
    };
    format!("{quoted}!{}{row}", letters(column))
}

/// Returns the letters of a column: A, …, Z, AA, AB, ….
pub(crate) fn letters(column: u64) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(
            b'A' + u8::try_from(rest % 26).unwrap_or_default(),
        ));
        rest /= 26;
    }
    letters.iter().rev().collect()
}
