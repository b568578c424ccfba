//! Finds the number at a cut-off, and makes a matrix with another number there.

use crate::diagnostic::{Diagnostics, shortened, suggest};
use crate::format::tree::{Kind, Node};
use crate::matrix::Matrix;
use crate::number::{self, Points};

/// Why a cut-off cannot be found, or cannot have another number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CutOffError(String);

impl Matrix {
    /// Returns the number at a cut-off: the smallest number at which a dimension has a level or, where `of` is `decision`, at which the bands of the
    /// decision give a tier.
    ///
    /// # Errors
    /// Returns an error if there is no such cut-off.
    pub fn cut_off(&self, of: &str, level: &str) -> Result<Points, CutOffError> {
        replaced(self, of, level, None).map(|(_, own)| own)
    }

    /// Returns the matrix with another number at a cut-off, checked as if it had been written so.
    ///
    /// ```
    /// use threshold_matrix::Matrix;
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let own = matrix.cut_off("frequency", "medium")?;
    /// let same = matrix.with_cut_off("frequency", "medium", own)?;
    /// assert_eq!(same, matrix);
    /// assert!(matrix.cut_off("frequency", "extreme").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if there is no such cut-off, or the matrix with that number would not be valid.
    pub fn with_cut_off(&self, of: &str, level: &str, from: Points) -> Result<Self, CutOffError> {
        replaced(self, of, level, Some(from)).map(|(matrix, _)| matrix)
    }
}

/// Returns the matrix with another number at the cut-off, if one is given, and the number that it has there.
fn replaced(
    matrix: &Matrix,
    of: &str,
    level: &str,
    with: Option<Points>,
) -> Result<(Matrix, Points), CutOffError> {
    let mut root = matrix.root().clone();
    let path: &[&str] = if of == "decision" {
        &["decision", "bands", "tiers"]
    } else {
        &["dimensions", of, "levels"]
    };
    let Some(list) = path
        .iter()
        .try_fold(&mut root, |node, key| entry(node, key))
    else {
        let bands = matrix
            .root()
            .get("decision")
            .and_then(|decision| decision.get("bands"))
            .map(|_| "decision");
        let dimensions = matrix
            .model()
            .dimensions
            .items()
            .iter()
            .filter(|dimension| !dimension.levels.is_empty());
        let names: Vec<_> = dimensions
            .map(|dimension| dimension.heading.name.as_str())
            .chain(bands)
            .collect();
        return Err(CutOffError(format!(
            "nothing called `{}` has cut-offs; {}",
            shortened(of),
            suggest(of, names)
        )));
    };
    let key = if of == "decision" { "tier" } else { "level" };
    let Kind::List(items) = &mut list.kind else {
        return Err(CutOffError(format!(
            "the cut-offs of `{of}` are chosen by conditions, and a sweep can move only a cut-off that is the same for everybody"
        )));
    };
    let names: Vec<String> = items
        .iter()
        .filter(|item| item.get("from").is_some())
        .filter_map(|item| item.get(key)?.text().map(str::to_owned))
        .collect();
    let found = items
        .iter_mut()
        .find(|item| item.get(key).and_then(Node::text) == Some(level))
        .and_then(|item| entry(item, "from"));
    let own = found
        .as_ref()
        .and_then(|node| node.text())
        .and_then(number::parse)
        .and_then(Points::from_decimal);
    let (
        Some(Node {
            kind: Kind::Scalar { text, .. },
            ..
        }),
        Some(own),
    ) = (found, own)
    else {
        let help = suggest(level, names.iter().map(String::as_str));
        return Err(CutOffError(format!(
            "`{of}` has no cut-off `{}`; {help}",
            shortened(level)
        )));
    };
    let Some(with) = with else {
        return Ok((matrix.clone(), own));
    };
    *text = with.to_string();
    // The place of a fault is of the file as it was written; what is wrong is said without it.
    let matrix = Matrix::from_tree(root, Diagnostics::new("", "")).map_err(|faults| {
        let why = faults
            .iter()
            .next()
            .map(|fault| fault.message.clone())
            .unwrap_or_default();
        CutOffError(format!("`{of}.{level}` cannot begin at {with}: {why}"))
    })?;
    Ok((matrix, own))
}

fn entry<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let Kind::Map(entries) = &mut node.kind else {
        return None;
    };
    entries
        .iter_mut()
        .find(|(own, _)| own.text == key)
        .map(|(_, node)| node)
}
