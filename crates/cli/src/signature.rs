//! Public keys of minisign, and what they say of the signatures of a record.

use std::error::Error;
use std::fmt;

use minisign_verify::{Error as Fault, PublicKey, Signature};
use threshold_matrix::record::Record;

use crate::arguments::read_text;

/// A public key, and how the user named it.
pub(crate) struct Key {
    name: String,
    key: PublicKey,
}

/// What a key says of a record.
pub(crate) enum Verdict {
    /// The key signed the record as it stands.
    Signed,
    /// The key signed the record when it had only the first of its decisions, as many as this says.
    SignedBefore(usize),
    /// No signature of the record is a good one by this key.
    Wrong(Fault),
}

impl Key {
    /// Reads a public key from its file, or from the key itself, which begins with `RW`.
    pub(crate) fn read(name: &str) -> Result<Self, Box<dyn Error>> {
        let is_itself = name.starts_with("RW") && name.len() == 56;
        let text = match is_itself {
            true => name.to_owned(),
            false => read_text(name)?,
        };
        // A file has the key after a line of comment, or the key alone.
        let key = PublicKey::decode(&text).or_else(|_| PublicKey::from_base64(text.trim()));
        let key = key.map_err(|_| {
            format!(
                "`{name}` is not a public key of minisign; write the name of its file, such as minisign.pub, or the key, which begins with `RW`"
            )
        })?;
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the key says of a record: the best that one of its signatures gives.
    pub(crate) fn verdict(&self, record: &Record) -> Verdict {
        let mut verdict = Verdict::Wrong(Fault::UnexpectedKeyId);
        for signature in record.signatures() {
            match self.verify(signature.text(), signature.signed()) {
                Ok(()) if signature.decided() >= record.decided().len() => return Verdict::Signed,
                Ok(()) => verdict = Verdict::SignedBefore(signature.decided()),
                // By another key, which has its own say.
                Err(Fault::UnexpectedKeyId) => {}
                Err(fault) if !verdict.is_signed() => verdict = Verdict::Wrong(fault),
                Err(_) => {}
            }
        }
        verdict
    }

    /// Returns what is wrong with a signature of some bytes, if anything is.
    pub(crate) fn verify(&self, signature: &str, signed: &str) -> Result<(), Fault> {
        let read = Signature::decode(signature)?;
        self.key.verify(signed.as_bytes(), &read, false)
    }
}

impl Verdict {
    /// Returns whether the key signed what there is of the record, perhaps before later decisions.
    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Self::Signed | Self::SignedBefore(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed => formatter.write_str("signed"),
            Self::SignedBefore(0) => formatter.write_str("signed before anything was decided"),
            Self::SignedBefore(1) => {
                formatter.write_str("signed after the first decision, and not since")
            }
            Self::SignedBefore(count) => {
                write!(
                    formatter,
                    "signed after the first {count} decisions, and not since"
                )
            }
            Self::Wrong(fault) => formatter.write_str(&why(fault)),
        }
    }
}

/// Returns in words what is wrong with a signature.
pub(crate) fn why(fault: &Fault) -> String {
    match fault {
        Fault::UnexpectedKeyId => "nothing is signed by this key".to_owned(),
        Fault::InvalidSignature => {
            "the record or the signature was changed after it was signed".to_owned()
        }
        Fault::UnexpectedAlgorithm | Fault::UnsupportedLegacyMode => {
            "it is in the old form of minisign; sign without `-l`".to_owned()
        }
        _ => "it is not in the form of minisign, of four lines".to_owned(),
    }
}
