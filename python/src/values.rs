//! Values of Python as values of a profile, without loss.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PySet, PyString, PyTuple,
};
use threshold_matrix::{Date, InputKind, Points, Problem, ProblemKind, Profile, Value};

/// Reads a date: a `date`, a `datetime` at midnight, or a text such as `2026-12-05`.
pub(crate) fn date(value: &Bound<'_, PyAny>) -> PyResult<Date> {
    let text = match date_text(value)? {
        Some(text) => text,
        None => value
            .cast::<PyString>()
            .map_err(|_| {
                PyTypeError::new_err(format!(
                    "a date is a `datetime.date` or a text such as `2026-12-05`, not {}",
                    kind(value)
                ))
            })?
            .to_str()?
            .to_owned(),
    };
    text.parse()
        .map_err(|_| PyValueError::new_err(format!("`{text}` is not a date such as `2026-12-05`")))
}

/// Returns the text of something that is a date or a time.
fn date_text(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let Some(method) = value.getattr_opt(intern!(value.py(), "isoformat"))? else {
        return Ok(None);
    };
    let text: String = method.call0()?.extract()?;
    Ok(Some(match text.strip_suffix("T00:00:00") {
        Some(day) => day.to_owned(),
        None => text,
    }))
}

/// Reads a profile: a mapping of the names of inputs to values. Values that are not those of any input are problems, all of which are returned.
pub(crate) fn profile(values: &Bound<'_, PyAny>) -> PyResult<(Profile, Vec<Problem>)> {
    let (mut profile, mut problems) = (Profile::new(), Vec::new());
    let mut take = |name: Bound<'_, PyAny>, value: Bound<'_, PyAny>| -> PyResult<()> {
        let Ok(name) = name.cast::<PyString>() else {
            let message = format!("the name of an input is a text, not {}", kind(&name));
            problems.push(Problem::new(ProblemKind::UnknownInput, Vec::new(), message));
            return Ok(());
        };
        let name = name.to_str()?;
        match read(&value)? {
            Ok(value) => profile.set(name, value),
            Err(what) => problems.push(Problem::new(
                ProblemKind::WrongType,
                vec![name.to_owned()],
                format!("`{name}` is {what}"),
            )),
        }
        Ok(())
    };
    if let Ok(dict) = values.cast::<PyDict>() {
        for (name, value) in dict {
            take(name, value)?;
        }
    } else if let Ok(mapping) = values.cast::<PyMapping>() {
        for item in mapping.items()? {
            let (name, value) = item.extract()?;
            take(name, value)?;
        }
    } else {
        return Err(PyTypeError::new_err(format!(
            "a profile is a dictionary of inputs and their values, not {}",
            kind(values)
        )));
    }
    Ok((profile, problems))
}

/// Reads one value, or returns in words what it is instead of a value.
fn read(value: &Bound<'_, PyAny>) -> PyResult<Result<Value, String>> {
    if value.is_none() {
        return Ok(Ok(Value::Missing));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Ok(Value::Text(text.to_str()?.to_owned())));
    }
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Ok(Value::Boolean(truth.is_true())));
    }
    if value.cast::<PyInt>().is_ok() {
        return Ok(Ok(match value.extract::<i64>() {
            Ok(whole) => Value::Whole(whole),
            Err(_) => Value::Text(value.str()?.to_str()?.to_owned()),
        }));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Ok(of_float(number.value()));
    }
    if let Some(members) = items(value)? {
        return of_members(&members);
    }
    if let Some(text) = date_text(value)? {
        return Ok(Ok(Value::Text(text)));
    }
    if is_decimal(value)? {
        let text: String = value
            .call_method1(intern!(value.py(), "__format__"), ("f",))?
            .extract()?;
        let is_number = text.bytes().any(|byte| byte.is_ascii_digit());
        return Ok(if is_number {
            Ok(Value::Text(text))
        } else {
            Err(format!(
                "`{text}`, which is not a number; write None for what is not recorded"
            ))
        });
    }
    // What numpy and others hold single values in.
    match value.getattr_opt(intern!(value.py(), "item"))? {
        Some(item) if item.is_callable() => {
            let item = item.call0()?;
            if item.is(value) || item.get_type().is(value.get_type()) {
                return Ok(Err(format!(
                    "{}, which is not a value of an input",
                    kind(value)
                )));
            }
            read(&item)
        }
        _ => Ok(Err(format!(
            "{}, which is not a value of an input",
            kind(value)
        ))),
    }
}

/// A number is read by the fewest digits that tell it from every other floating-point number, as in tables.
fn of_float(number: f64) -> Result<Value, String> {
    if number.is_finite() {
        Ok(Value::Text(number.to_string()))
    } else {
        Err(format!(
            "`{number}`, which is not a number; write None for what is not recorded"
        ))
    }
}

fn items<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let is_list = value.cast::<PyList>().is_ok()
        || value.cast::<PyTuple>().is_ok()
        || value.cast::<PySet>().is_ok()
        || value.cast::<PyFrozenSet>().is_ok();
    if !is_list {
        return Ok(None);
    }
    value.try_iter()?.collect::<PyResult<_>>().map(Some)
}

fn of_members(members: &[Bound<'_, PyAny>]) -> PyResult<Result<Value, String>> {
    let mut texts = Vec::with_capacity(members.len());
    for member in members {
        match member.cast::<PyString>() {
            Ok(text) => texts.push(text.to_str()?.to_owned()),
            Err(_) => {
                return Ok(Err(format!(
                    "a list with {} in it, which is not a member of a set",
                    kind(member)
                )));
            }
        }
    }
    // Sets of Python have no order.
    texts.sort_unstable();
    Ok(Ok(Value::Members(texts)))
}

fn is_decimal(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_instance(&decimal(value.py())?)
}

/// Returns what a value is, in words.
pub(crate) fn kind(value: &Bound<'_, PyAny>) -> String {
    let name = value.get_type().name().map(|name| name.to_string());
    format!("a `{}`", name.unwrap_or_default())
}

/// Returns a value of an input.
pub(crate) fn of_value<'py>(
    py: Python<'py>,
    kind: &InputKind<'_>,
    value: Option<&Value>,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match (value.unwrap_or(&Value::Missing), kind) {
        (Value::Boolean(truth), _) => PyBool::new(py, *truth).to_owned().into_any(),
        (Value::Whole(whole), InputKind::Number { places: 0, .. }) => {
            whole.into_pyobject(py)?.into_any()
        }
        (Value::Whole(whole), _) => decimal(py)?.call1((*whole,))?,
        (Value::Text(text), InputKind::Number { places: 0, .. }) => {
            py.get_type::<PyInt>().call1((text,))?
        }
        (Value::Text(text), InputKind::Number { .. }) => decimal(py)?.call1((text,))?,
        (Value::Text(text), InputKind::Date { .. }) => date_of(py, text)?,
        (Value::Text(text), _) => PyString::new(py, text).into_any(),
        (Value::Members(members), _) => PyList::new(py, members)?.into_any(),
        _ => py.None().into_bound(py),
    })
}

fn decimal(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.import(intern!(py, "decimal"))?
        .getattr(intern!(py, "Decimal"))
}

/// Returns points as an `int` where they are whole, and otherwise as a `Decimal`.
pub(crate) fn points<'py>(py: Python<'py>, points: Points) -> PyResult<Bound<'py, PyAny>> {
    let text = points.to_string();
    match text.parse::<i64>() {
        Ok(whole) => Ok(whole.into_pyobject(py)?.into_any()),
        Err(_) => decimal(py)?.call1((text,)),
    }
}

/// Returns a date of Python.
pub(crate) fn of_date<'py>(py: Python<'py>, date: Date) -> PyResult<Bound<'py, PyAny>> {
    date_of(py, &date.to_string())
}

fn date_of<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let class = py
        .import(intern!(py, "datetime"))?
        .getattr(intern!(py, "date"))?;
    class.call_method1(intern!(py, "fromisoformat"), (text,))
}
