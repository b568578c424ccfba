//! What the cells of a column mean: as the input has it, or as a columns file says.

use std::borrow::Cow;
use std::collections::BTreeMap;

use threshold_matrix::workspace::{is_partial_date, number, shortened, suggest};
use threshold_matrix::{InputDescription, InputKind, Problem, ProblemKind};

use crate::cells;
use crate::native::Native;

/// What a columns file says of the cells of one column, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Options {
    /// The value of the input for each cell; `None` is a missing value.
    pub(crate) values: BTreeMap<String, Option<String>>,
    /// The cells in which nothing is recorded, beside empty ones.
    pub(crate) missing: Option<Vec<String>>,
    /// How dates are written, as `strptime` has it.
    pub(crate) dates: Option<String>,
    pub(crate) numbers: Option<Numbers>,
    pub(crate) truths: Option<Truths>,
    /// Whether capital letters count.
    pub(crate) ignores_case: Option<bool>,
    /// What an empty cell means where it is not missing.
    pub(crate) blank: Option<bool>,
    /// What stands between the members of a set.
    pub(crate) separator: Option<String>,
}

/// How numbers are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) decimal: String,
    pub(crate) thousands: Option<String>,
    /// Whether a percent sign may follow.
    pub(crate) percent: bool,
}

/// How true and false are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truths {
    pub(crate) yes: Vec<String>,
    pub(crate) no: Vec<String>,
    pub(crate) ignores_case: Option<bool>,
}

impl Options {
    /// Returns these options, and those of the whole file where these say nothing.
    pub(crate) fn or(&self, whole: &Self) -> Self {
        let own = self.clone();
        Self {
            values: own.values,
            missing: own.missing.or_else(|| whole.missing.clone()),
            dates: own.dates.or_else(|| whole.dates.clone()),
            numbers: own.numbers.or_else(|| whole.numbers.clone()),
            truths: own.truths.or_else(|| whole.truths.clone()),
            ignores_case: own.ignores_case.or(whole.ignores_case),
            blank: own.blank,
            separator: own.separator,
        }
    }
}

/// How the cells of one column are read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    options: Options,
    kind: Kind,
    is_plain: bool,
    /// Whether a date may be a month or a year, as that of an event may be.
    takes_partial_dates: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Boolean,
    Number,
    Date,
    Names(Vec<String>),
    Set(Vec<String>),
    /// Any text: a reference of an event, or a list of events.
    Reference,
}

impl Reading {
    /// Returns the reading of an input's cells, or of those of one member of it.
    pub(crate) fn new(
        input: &InputDescription<'_>,
        member: Option<&str>,
        own: &Options,
        whole: &Options,
    ) -> Self {
        let kind = match (&input.kind, member) {
            (InputKind::Boolean, _) | (_, Some(_)) => Kind::Boolean,
            (InputKind::Number { .. }, _) => Kind::Number,
            (InputKind::Level(values) | InputKind::Category(values), _) => {
                Kind::Names(values.to_vec())
            }
            (InputKind::Set(values), _) => Kind::Set(values.to_vec()),
            (InputKind::Reference, _) => Kind::Reference,
            _ => Kind::Date,
        };
        Self::of(kind, own.or(whole))
    }

    /// Returns the reading of a column of lists of events, of which nothing is said how they are written.
    pub(crate) fn events() -> Self {
        Self::of(Kind::Reference, Options::default())
    }

    /// Returns the reading of a column of dates that no input reads.
    pub(crate) fn dates(whole: &Options) -> Self {
        Self::of(Kind::Date, whole.clone())
    }

    /// Returns the reading of a column of true and false that no input reads.
    pub(crate) fn truths(whole: &Options) -> Self {
        Self::of(Kind::Boolean, whole.clone())
    }

    /// Returns the reading of a column of numbers that no input reads.
    pub(crate) fn numbers(whole: &Options) -> Self {
        Self::of(Kind::Number, whole.clone())
    }

    fn of(kind: Kind, mut options: Options) -> Self {
        let ignores_case = options.ignores_case == Some(true);
        if ignores_case {
            let lower = |(cell, meaning): (String, _)| (cell.to_lowercase(), meaning);
            options.values = options.values.into_iter().map(lower).collect();
            for cell in options.missing.iter_mut().flatten() {
                *cell = cell.to_lowercase();
            }
        }
        if let Some(truths) = &mut options.truths {
            truths.ignores_case = truths.ignores_case.or(options.ignores_case);
        }
        let concerns_dates = matches!(kind, Kind::Date) && options.dates.is_some();
        let concerns_numbers = matches!(kind, Kind::Number) && options.numbers.is_some();
        let concerns_truths = matches!(kind, Kind::Boolean) && options.truths.is_some();
        let concerns_names = matches!(kind, Kind::Names(_) | Kind::Set(_)) && ignores_case;
        // The loops do not read events.
        let is_event = matches!(kind, Kind::Reference);
        let is_plain =
            !(is_event || concerns_dates || concerns_numbers || concerns_truths || concerns_names)
                && options.values.is_empty()
                && options.missing.is_none()
                && options.blank.is_none()
                && options.separator.is_none();
        Self {
            options,
            kind,
            is_plain,
            takes_partial_dates: false,
        }
    }

    /// Takes a month such as `2026-03`, or a year such as `2026`, for a date as well, however whole dates are written.
    pub(crate) fn take_partial_dates(&mut self) {
        self.takes_partial_dates = true;
    }

    /// Returns the reading of values that have a type of their own, so that nothing is said of how they are written.
    #[cfg(feature = "parquet")]
    pub(crate) fn of_typed(&self) -> Self {
        let mut options = self.options.clone();
        options.dates = None;
        options.numbers = None;
        options.truths = None;
        Self {
            takes_partial_dates: self.takes_partial_dates,
            ..Self::of(self.kind.clone(), options)
        }
    }

    /// Returns whether every cell means what the input itself has it mean.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Returns whether a value of its own may mean something else than a text of the same marks.
    pub(crate) fn tells_own(&self) -> bool {
        matches!(self.kind, Kind::Number) && self.options.numbers.is_some()
            || matches!(self.kind, Kind::Boolean) && self.options.truths.is_some()
    }

    /// Returns what a value of its own means: a number or a truth, which is not written in any of the ways that a columns file can name. As
    /// [`Reading::read`] otherwise.
    pub(crate) fn read_own<'a>(
        &self,
        name: &str,
        text: &'a str,
    ) -> Result<Option<Cow<'a, str>>, Problem> {
        if !self.tells_own() {
            return self.read(name, text);
        }
        let options = Options {
            numbers: None,
            truths: None,
            ..self.options.clone()
        };
        Self::of(self.kind.clone(), options).read(name, text)
    }

    /// Returns what a trimmed cell means, as the input writes it; `None` is a missing value. A set's members have bars between them.
    pub(crate) fn read<'a>(
        &self,
        name: &str,
        text: &'a str,
    ) -> Result<Option<Cow<'a, str>>, Problem> {
        if let Some(meaning) = self.listed(text) {
            return Ok(meaning);
        }
        if text.is_empty() {
            let blank = self.options.blank;
            return Ok(blank.map(|blank| Cow::Borrowed(if blank { "true" } else { "false" })));
        }
        match &self.kind {
            Kind::Set(members) => self.set(name, text, members).map(Some),
            _ => self.one(name, text).map(Some),
        }
    }

    /// Returns what a cell means by the lists of a columns file, if they have it.
    fn listed(&self, text: &str) -> Option<Option<Cow<'static, str>>> {
        let key = self.key(text);
        // The values of a set are its members.
        let is_whole = text.is_empty() || !matches!(self.kind, Kind::Set(_));
        if let (true, Some(meaning)) = (is_whole, self.options.values.get(key.as_ref())) {
            return Some(meaning.clone().map(Cow::Owned));
        }
        let mut missing = self.options.missing.iter().flatten();
        (!text.is_empty() && missing.any(|cell| *cell == key)).then_some(None)
    }

    /// Returns what a trimmed cell means that is something by itself. How dates, numbers and truths are written is said of texts: a cell that is one by itself is taken
    /// as it is, in the columns of its own kind.
    pub(crate) fn read_native<'a>(
        &self,
        name: &str,
        text: &'a str,
        native: Native,
    ) -> Result<Option<Cow<'a, str>>, Problem> {
        let wrong = |message: String| {
            Err(Problem::new(
                ProblemKind::WrongType,
                vec![name.to_owned()],
                format!("`{name}` {message}"),
            ))
        };
        let no_date =
            || format!("is wrong: {text} is a number here, not a date; format the cell as a date");
        match (native, &self.kind) {
            (Native::Text, _) => return self.read(name, text),
            (Native::Json, _) => return self.read_own(name, text),
            (Native::Refused(why), Kind::Date) if why.is_of_a_number() => return wrong(no_date()),
            (Native::Refused(why), _) => return wrong(why.said_of(&shortened(text))),
            _ => {}
        }
        // Spreadsheets show a truth in capital letters.
        let shown = (native == Native::Truth).then(|| text.to_uppercase());
        let listed = self.listed(text).or_else(|| self.listed(shown.as_deref()?));
        if let Some(meaning) = listed {
            return Ok(meaning);
        }
        match (native, &self.kind) {
            (Native::Number, Kind::Number)
            | (Native::Date, Kind::Date)
            | (Native::Truth, Kind::Boolean) => Ok(Some(Cow::Borrowed(text))),
            (Native::Percent, Kind::Number) => {
                let takes = self.options.numbers.as_ref();
                match text.strip_suffix('%') {
                    Some(number) if takes.is_some_and(|numbers| numbers.percent) => {
                        Ok(Some(Cow::Borrowed(number)))
                    }
                    _ => wrong(format!(
                        "is `{text}`; write `numbers: {{ percent: true }}` in the columns file, so that it is read as {}",
                        text.trim_end_matches('%')
                    )),
                }
            }
            (Native::Fault, _) => wrong(format!(
                "is `{text}`, since a formula failed; if nothing is recorded there, write `missing: [\"{text}\"]` in the columns file"
            )),
            (Native::Number | Native::Percent, Kind::Date) => wrong(no_date()),
            (Native::Date, Kind::Number) => {
                wrong(format!("is wrong: {text} is a date here, not a number"))
            }
            (Native::Date, Kind::Boolean) => wrong(format!(
                "is wrong: {text} is a date here, not true or false"
            )),
            (Native::Truth, Kind::Number) => {
                wrong(format!("is wrong: {text} is a truth here, not a number"))
            }
            (Native::Truth, Kind::Date) => {
                wrong(format!("is wrong: {text} is a truth here, not a date"))
            }
            _ => self.read(name, text),
        }
    }

    /// Returns a cell as the lists of a columns file are searched for it.
    fn key<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.options.ignores_case == Some(true) {
            Cow::Owned(text.to_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    }

    fn one<'a>(&self, name: &str, text: &'a str) -> Result<Cow<'a, str>, Problem> {
        if self.takes_partial_dates && is_partial_date(text) {
            return Ok(Cow::Borrowed(text));
        }
        let wrong = |kind, message: String| Err(Problem::new(kind, vec![name.to_owned()], message));
        let is_own = match (&self.kind, &self.options) {
            (
                Kind::Boolean,
                Options {
                    truths: Some(truths),
                    ..
                },
            ) => {
                return match truths.read(text) {
                    Some(true) => Ok(Cow::Borrowed("true")),
                    Some(false) => Ok(Cow::Borrowed("false")),
                    None => wrong(
                        ProblemKind::WrongType,
                        format!(
                            "`{name}` is `{}`, which `truths` in the columns file does not list",
                            shortened(text)
                        ),
                    ),
                };
            }
            (
                Kind::Number,
                Options {
                    numbers: Some(numbers),
                    ..
                },
            ) => {
                return match numbers.read(text) {
                    Some(number) => Ok(Cow::Owned(number)),
                    None => wrong(
                        ProblemKind::WrongType,
                        format!(
                            "`{name}` is `{}`, not a number as `numbers` in the columns file says numbers are written{}",
                            shortened(text),
                            self.hint(text)
                                .map(|hint| format!("; {hint}"))
                                .unwrap_or_default()
                        ),
                    ),
                };
            }
            (
                Kind::Date,
                Options {
                    dates: Some(format),
                    ..
                },
            ) => {
                return match date(format, text) {
                    Some(date) => Ok(Cow::Owned(date)),
                    None => wrong(
                        ProblemKind::WrongType,
                        format!(
                            "`{name}` is `{}`, not a date such as {} (`{format}` in the columns file)",
                            shortened(text),
                            example(format)
                        ),
                    ),
                };
            }
            (Kind::Names(names) | Kind::Set(names), options) => {
                if let Some(own) = names.iter().find(|own| *own == text) {
                    return Ok(Cow::Owned(own.clone()));
                }
                let key = self.key(text);
                let mut alike = names.iter().filter(|own| self.key(own) == key);
                if let (true, Some(own), None) = (
                    options.ignores_case == Some(true),
                    alike.next(),
                    alike.next(),
                ) {
                    return Ok(Cow::Owned(own.clone()));
                }
                false
            }
            (Kind::Boolean, _) => cells::boolean(text).is_some(),
            (Kind::Number, _) => number::parse(text).is_some(),
            (Kind::Date, _) => text.parse::<threshold_matrix::Date>().is_ok(),
            (Kind::Reference, _) => true,
        };
        if let (false, true, Some(hint)) = (is_own, self.options.values.is_empty(), self.hint(text))
        {
            let kind = match &self.kind {
                Kind::Names(_) | Kind::Set(_) => ProblemKind::UnknownValue,
                _ => ProblemKind::WrongType,
            };
            return wrong(kind, format!("`{name}` is `{}`; {hint}", shortened(text)));
        }
        let values = &self.options.values;
        if is_own || values.is_empty() {
            // What is not a value of the input, the matrix refuses in its own words.
            return Ok(Cow::Borrowed(text));
        }
        let help = suggest(text, values.keys().map(String::as_str).collect::<Vec<_>>());
        wrong(
            ProblemKind::UnknownValue,
            format!(
                "`{name}` is `{}`, which `values` in the columns file does not list; {help}",
                shortened(text)
            ),
        )
    }

    /// Returns what to write in the columns file for a cell that means something usual, if it does.
    fn hint(&self, text: &str) -> Option<String> {
        const NOTHING: [&str; 16] = [
            "-",
            "--",
            ".",
            "?",
            "n/a",
            "na",
            "nan",
            "n/k",
            "nk",
            "none",
            "null",
            "nil",
            "unknown",
            "not known",
            "not recorded",
            "not assessed",
        ];
        if NOTHING.contains(&text.to_lowercase().as_str()) {
            return Some(format!(
                "if nothing is recorded there, leave the cell empty or write `missing: [\"{text}\"]` in the columns file"
            ));
        }
        let is_number = |text: &str| number::parse(text.trim()).is_some();
        let say = |key: &str| Some(format!("write `{key}` in the columns file"));
        match &self.kind {
            Kind::Number if text.strip_suffix('%').is_some_and(is_number) => {
                say("numbers: { percent: true }")
            }
            Kind::Number if text.contains(',') && is_number(&text.replace(',', "")) => {
                let groups = text.split(['.', ',']).skip(1);
                if text.contains('.') || groups.into_iter().all(|group| group.len() == 3) {
                    say("numbers: { thousands: \",\" }")
                } else {
                    say("numbers: { decimal: \",\" }")
                }
            }
            Kind::Date => {
                let separators = ["/", ".", "-"];
                let is_written = separators.iter().any(|separator| {
                    let parts: Vec<&str> = text.split(separator).collect();
                    parts.len() == 3
                        && parts.iter().all(|part| {
                            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
                        })
                });
                is_written
                    .then(|| "write it as `2026-12-31`, or say in the columns file how dates are written, such as `dates: \"%d/%m/%Y\"`".to_owned())
            }
            Kind::Boolean => {
                let is_word =
                    ["yes", "no", "y", "n", "t", "f"].contains(&text.to_lowercase().as_str());
                is_word
                    .then(|| "write `truths: { true: [yes, y], false: [no, n], case: ignore }` in the columns file, with the words that it has".to_owned())
            }
            Kind::Names(names) | Kind::Set(names) => {
                let lower = text.to_lowercase();
                let alike = names.iter().any(|own| own.to_lowercase() == lower);
                if alike { say("case: ignore") } else { None }
            }
            _ => None,
        }
    }

    /// Reads the members of a set: a list as JSON writes it, or names with something between them.
    fn set<'a>(
        &self,
        name: &str,
        text: &'a str,
        members: &[String],
    ) -> Result<Cow<'a, str>, Problem> {
        if text == "|" || text == "[]" {
            return Ok(Cow::Borrowed("|"));
        }
        let listed: Option<Vec<String>> = text
            .starts_with('[')
            .then(|| serde_json::from_str(text).ok())
            .flatten();
        let separator = self.options.separator.as_deref().unwrap_or("|");
        let parts: Vec<&str> = match &listed {
            Some(listed) => listed.iter().map(String::as_str).collect(),
            None => text.split(separator).map(cells::trimmed).collect(),
        };
        if parts.len() > 1 && parts.contains(&"") {
            let between = match separator {
                "|" => "a bar".to_owned(),
                other => format!("`{other}`"),
            };
            let message = format!(
                "`{name}` is `{}`, with nothing on one side of {between}; write its members as `a{separator}b`",
                shortened(text)
            );
            let inputs = vec![name.to_owned()];
            return Err(Problem::new(ProblemKind::WrongType, inputs, message));
        }
        let mut held: Vec<String> = Vec::new();
        for part in parts {
            if let Some(meaning) = self.options.values.get(self.key(part).as_ref()) {
                held.extend(meaning.clone());
                continue;
            }
            let member = self.one(name, part)?;
            let is_joined = !members.iter().any(|own| *own == member)
                && separator == "|"
                && [";", ","].iter().any(|other| part.contains(other));
            if is_joined || part.starts_with('[') {
                let message = format!(
                    "`{name}` is `{}`, which is not a list of members; write them as `a|b`, or say in the columns file what stands between \
                     them: `{name}: {{ column: …, separator: \";\" }}`",
                    shortened(text)
                );
                let inputs = vec![name.to_owned()];
                return Err(Problem::new(ProblemKind::UnknownValue, inputs, message));
            }
            held.push(member.into_owned());
        }
        Ok(Cow::Owned(if held.is_empty() {
            "|".to_owned()
        } else {
            held.join("|")
        }))
    }
}

impl Truths {
    fn read(&self, text: &str) -> Option<bool> {
        let ignores_case = self.ignores_case == Some(true);
        let is = |word: &String| {
            *word == text || ignores_case && word.to_lowercase() == text.to_lowercase()
        };
        match (self.yes.iter().any(is), self.no.iter().any(is)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

impl Numbers {
    /// Returns the number as the format of matrices writes it.
    fn read(&self, text: &str) -> Option<String> {
        let text = if self.percent {
            cells::trimmed(text.strip_suffix('%').unwrap_or(text))
        } else {
            text
        };
        let (whole, fraction) = match text.split_once(self.decimal.as_str()) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let whole = match &self.thousands {
            Some(thousands) if whole.contains(thousands.as_str()) => {
                let (sign, digits) = match whole.strip_prefix('-') {
                    Some(digits) => ("-", digits),
                    None => ("", whole),
                };
                let mut groups = digits.split(thousands.as_str());
                // Groups of three, or the sign between them means something else.
                let first = groups
                    .next()
                    .filter(|first| (1..=3).contains(&first.len()))?;
                let rest: Vec<&str> = groups.collect();
                if rest.iter().any(|group| group.len() != 3) {
                    return None;
                }
                format!("{sign}{first}{}", rest.concat())
            }
            _ => whole.to_owned(),
        };
        // A point that is not the decimal sign would be read as one.
        if whole.contains('.') || fraction.is_some_and(|fraction| fraction.contains('.')) {
            return None;
        }
        let number = match fraction {
            Some(fraction) => format!("{whole}.{fraction}"),
            None => whole,
        };
        number::parse(&number).map(|_| number)
    }
}

/// Reads a date that is written in some form, as ISO 8601 has it.
fn date(format: &str, text: &str) -> Option<String> {
    let date = jiff::civil::Date::strptime(format, text).ok()?;
    Some(date.to_string())
}

/// Returns a date in some form, for people to see what it looks like.
pub(crate) fn example(format: &str) -> String {
    let mut shown = String::new();
    let date = jiff::civil::date(2026, 12, 31);
    let tm = jiff::fmt::strtime::BrokenDownTime::from(date);
    match tm.format(format, &mut shown) {
        Ok(()) => shown,
        Err(_) => "those".to_owned(),
    }
}

/// Returns whether a form of dates writes each date so that it can be read again.
pub(crate) fn is_date_format(format: &str) -> bool {
    [(2026, 12, 31), (2005, 2, 3), (1970, 1, 1)]
        .into_iter()
        .all(|(year, month, day)| {
            let written = jiff::civil::date(year, month, day);
            let mut shown = String::new();
            let tm = jiff::fmt::strtime::BrokenDownTime::from(written);
            tm.format(format, &mut shown).is_ok()
                && jiff::civil::Date::strptime(format, &shown).is_ok_and(|read| read == written)
        })
}
