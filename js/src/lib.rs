//! Binds threshold-matrix to JavaScript, as a module of WebAssembly.
//!
//! Texts go in and texts come out. `typescript/core.ts` makes objects of them, and is what users see. What is wrong is thrown as a text of JSON.

mod exact;

use threshold_matrix_border::{self as border, Answer, Wrong};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A matrix that is loaded.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Handle {
    matrix: threshold_matrix::Matrix,
}

#[wasm_bindgen]
impl Handle {
    /// Opens a matrix that comes with the module.
    pub fn open(name: &str, as_at: Option<String>) -> Result<Handle, JsValue> {
        handle(border::open(name, as_at.as_deref()))
    }

    /// Loads a matrix from the text of its file.
    pub fn load(file: &str, text: &str) -> Result<Handle, JsValue> {
        handle(border::load(file, text.as_bytes()))
    }

    /// Returns what the matrix is and what its inputs are.
    pub fn describe(&self) -> Result<String, JsValue> {
        parsed(border::describe(&self.matrix))
    }

    /// Returns the canonical text of the matrix, from which it can be loaded again.
    pub fn yaml(&self) -> String {
        self.matrix.to_yaml()
    }

    /// Returns the tables of the matrix as a page.
    pub fn sheet(&self) -> String {
        self.matrix.sheet().to_html()
    }

    /// Returns the outcome of a profile, to be parsed.
    pub fn score(&self, profile: &str, as_at: &str) -> Result<String, JsValue> {
        parsed(border::score(&self.matrix, profile, as_at))
    }

    /// Returns the outcome of a profile by its bytes.
    pub fn score_text(&self, profile: &str, as_at: &str) -> Result<String, JsValue> {
        text(border::score(&self.matrix, profile, as_at))
    }

    /// Returns why a profile has its result. A trace is given by its bytes.
    pub fn explain(&self, profile: &str, as_at: &str, options: &str) -> Result<String, JsValue> {
        text(border::explain(&self.matrix, profile, as_at, options))
    }

    /// Returns what would change the outcome of a profile, to be parsed.
    pub fn changes(&self, profile: &str, as_at: &str) -> Result<String, JsValue> {
        parsed(border::changes(&self.matrix, profile, as_at))
    }

    /// Returns the record of a scoring by its bytes, which are sealed.
    pub fn record(
        &self,
        profile: &str,
        as_at: &str,
        person: Option<String>,
    ) -> Result<String, JsValue> {
        let record = border::record(&self.matrix, profile, as_at, person.as_deref());
        text(record)
    }

    /// Returns what differs between this matrix and a revision of it, to be parsed.
    pub fn compare(&self, revised: &Handle, as_at: &str) -> Result<String, JsValue> {
        parsed(border::compare(&self.matrix, &revised.matrix, as_at))
    }

    /// Returns what differs between this matrix and a revision of it, as a page.
    pub fn compare_page(&self, revised: &Handle, as_at: &str) -> Result<String, JsValue> {
        text(border::compare_page(&self.matrix, &revised.matrix, as_at))
    }
}

/// Returns the names of the matrices that come with the module, to be parsed.
#[wasm_bindgen]
pub fn matrices() -> Result<String, JsValue> {
    parsed(border::matrices())
}

/// Returns the text of the file of a matrix that comes with the module.
#[wasm_bindgen]
pub fn matrix_text(name: &str) -> Result<String, JsValue> {
    text(border::text(name))
}

/// Returns what is wrong with the text of a matrix, to be parsed.
#[wasm_bindgen]
pub fn check(file: &str, matrix: &str, as_at: Option<String>) -> Result<String, JsValue> {
    parsed(border::check(file, matrix.as_bytes(), as_at.as_deref()))
}

/// Returns JSON with every number that JavaScript would not hold as a text of its digits.
#[wasm_bindgen]
pub fn exact(json: &str) -> String {
    exact::quoted(json)
}

fn handle(opened: Result<threshold_matrix::Matrix, Wrong>) -> Result<Handle, JsValue> {
    opened
        .map(|matrix| Handle { matrix })
        .map_err(|wrong| thrown(&wrong))
}

fn text(answer: Answer) -> Result<String, JsValue> {
    answer.map_err(|wrong| thrown(&wrong))
}

fn parsed(answer: Answer) -> Result<String, JsValue> {
    text(answer).map(|json| exact::quoted(&json))
}

fn thrown(wrong: &Wrong) -> JsValue {
    JsValue::from_str(&wrong.to_json())
}
