//! What a document cites: the sources of rules, and the words of a glossary.

use crate::matrix::Matrix;

/// A source of the matrix, as it is cited: by its title, with the name that its entry in the list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    pub name: String,
    pub title: String,
}

/// A word of the field, with what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    pub term: String,
    pub means: String,
    pub sources: Vec<Cited>,
}

impl Cited {
    /// Returns the sources of a matrix that have these names.
    pub fn of(matrix: &Matrix, names: &[impl AsRef<str>]) -> Vec<Self> {
        let cited = |name: &str| {
            let own = matrix.sources().iter().find(|source| source.name == name);
            Self {
                name: name.to_owned(),
                title: own.map_or(name, |source| &source.title).to_owned(),
            }
        };
        names.iter().map(|name| cited(name.as_ref())).collect()
    }

    /// Returns the titles of sources in one line.
    pub fn listed(sources: &[Self]) -> String {
        let titles: Vec<&str> = sources.iter().map(|source| source.title.as_str()).collect();
        titles.join("; ")
    }
}

impl Explained {
    /// Returns what a matrix says that its words mean.
    pub fn of(matrix: &Matrix) -> Vec<Self> {
        let explained = matrix.glossary().iter().map(|own| Self {
            term: own.term.clone(),
            means: own.means.clone(),
            sources: Cited::of(matrix, &own.sources),
        });
        explained.collect()
    }
}
