//! Signatures, which other programs make of a record and verify.

use serde_json::{Value, json};

use crate::record::json::{canonical, kept};
use crate::record::shape::{DECIDED, SIGNATURES, count};
use crate::record::{Record, RecordError, seal};

/// A signature of a record, which another program made.
///
/// The library neither makes nor verifies signatures, and knows nothing of their form: it says which bytes are signed, and keeps what another program
/// makes of them beside the seals.
///
/// ```
/// use threshold_matrix::{Matrix, Profile, record::Record};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let record = Record::new(&matrix, &Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
/// # let sign = |text: &str| format!("a signature of {} bytes", text.len());
/// let signature = sign(&record.to_sign()?);
/// let record = record.with_signature(signature);
/// for signature in record.signatures() {
///     // Verify `signature.text()` of `signature.signed()` with the key of whoever signed.
///     assert_eq!(signature.signed(), record.to_sign()?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    text: String,
    decided: usize,
    signed: String,
}

impl Signature {
    /// Returns the signature as the program that made it wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns how many decisions the record had when it was signed. Decisions after them are not signed by this signature.
    #[must_use]
    pub fn decided(&self) -> usize {
        self.decided
    }

    /// Returns the bytes of the record that were signed, if the record was not changed since.
    #[must_use]
    pub fn signed(&self) -> &str {
        &self.signed
    }
}

impl Record {
    /// Returns the bytes that a signature is made of: the canonical JSON (RFC 8785) of the record without its keys `seals` and `signatures`.
    ///
    /// # Errors
    /// Returns an error if a part of the record was changed after it was written: nobody should sign it then.
    pub fn to_sign(&self) -> Result<String, RecordError> {
        self.check_seals()?;
        Ok(canonical(&seal::sealed(&self.body, usize::MAX)))
    }

    /// Returns the record with a signature of [`Record::to_sign`], which is kept as it is. One that the record has already is not added again.
    pub fn with_signature(mut self, text: impl Into<String>) -> Self {
        let decided = self.decided.len();
        let signature = kept(json!({ DECIDED: decided, "signature": text.into() }));
        if let Some(Value::Array(signatures)) = self.body.get_mut(SIGNATURES)
            && !signatures.contains(&signature)
        {
            signatures.push(signature);
        }
        self
    }

    /// Returns the signatures of the record, each with the bytes that were signed.
    #[must_use]
    pub fn signatures(&self) -> Vec<Signature> {
        let signatures = self.body.get(SIGNATURES).and_then(Value::as_array);
        let read = |signature: &Value| {
            let decided = signature.get(DECIDED)?.as_number()?;
            let decided = count(decided)?;
            Some(Signature {
                text: signature.get("signature")?.as_str()?.to_owned(),
                decided,
                signed: canonical(&seal::sealed(&self.body, decided)),
            })
        };
        signatures.into_iter().flatten().filter_map(read).collect()
    }
}
