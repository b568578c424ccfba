//! Writes a comparison as text.

use std::fmt;

use crate::change::Direction;
use crate::compare::{Amendment, CameOut, Cause, Comparison, Edit, Shift, StepKind};

impl fmt::Display for Amendment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.edit {
            Edit::Added(what) => write!(formatter, "{}: added {what}", self.of)?,
            Edit::Removed(what) => write!(formatter, "{}: removed {what}", self.of)?,
            Edit::Changed { from, to } => write!(formatter, "{}: {from} -> {to}", self.of)?,
            Edit::Reordered => write!(formatter, "{}: in another order", self.of)?,
        }
        match (self.old_place, self.new_place) {
            (Some(old), Some(new)) => write!(formatter, " (line {} -> {})", old.line, new.line),
            (Some(only), None) | (None, Some(only)) => write!(formatter, " (line {})", only.line),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(dimension) = &self.dimension {
            write!(formatter, "{dimension}: ")?;
        }
        let direction = match self.direction {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Neither => "no order",
        };
        write!(
            formatter,
            "{} -> {} ({direction}), for example {}",
            self.from,
            self.to,
            crate::analysis::json(&self.witness)
        )?;
        self.because
            .iter()
            .try_for_each(|cause| write!(formatter, "\n    {cause}"))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.step {
            StepKind::Points => write!(formatter, "points of `{name}`"),
            StepKind::Score => write!(formatter, "score of `{name}`"),
            StepKind::Level => write!(formatter, "level of `{name}` by its score"),
            StepKind::Decision => write!(formatter, "`{name}`"),
            StepKind::Tier => write!(formatter, "the decision"),
            StepKind::Override => write!(formatter, "the override `{name}`"),
        }?;
        formatter.write_str(": ")?;
        match (&self.from, &self.to) {
            (
                Some(CameOut::Makes { of, to }),
                Some(CameOut::Makes {
                    of: other,
                    to: another,
                }),
            ) if of != other => {
                write!(formatter, "makes {of} {to} -> makes {other} {another}")
            }
            (from, to) => {
                let came = |came: &Option<CameOut>| {
                    let came = came.as_ref().map(CameOut::to_string);
                    came.unwrap_or_else(|| "not there".to_owned())
                };
                write!(formatter, "{} -> {}", came(from), came(to))
            }
        }
    }
}

impl fmt::Display for CameOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points(points) => points.fmt(formatter),
            Self::Named(name) => formatter.write_str(name),
            Self::Nothing => formatter.write_str("nothing"),
            Self::DoesNotApply => formatter.write_str("does not apply"),
            Self::ChangesNothing => formatter.write_str("changes nothing"),
            Self::Makes { to, .. } => write!(formatter, "makes it {to}"),
            Self::Open => formatter.write_str("not settled"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document().to_text(false))
    }
}
