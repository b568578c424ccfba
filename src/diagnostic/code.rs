//! The catalogue of faults. Each has a name that stays the same between versions, and a fixture in `tests/diagnostics/`.

/// A catalogue of kinds: each with a name that stays the same between versions, and a sentence about it, which is its documentation.
macro_rules! codes {
    ($(#[doc = $head:literal])+ pub enum $Code:ident { $($(#[doc = $about:literal])+ $code:ident = $name:literal),* $(,)? }) => {
        $(#[doc = $head])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $Code {
            $($(#[doc = $about])+ $code),*
        }

        impl $Code {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Returns the stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name),* }
            }

            /// Returns what it is, in a sentence.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$code => concat!($($about),+).trim_ascii()),* }
            }
        }

        impl ::std::fmt::Display for $Code {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.name())
            }
        }

        impl ::serde::Serialize for $Code {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// The kind of a fault in a matrix file.
    ///
    /// Its name, as in `error[unknown-key]`, is stable: scripts may rely on it.
    pub enum Code {
        /// The file is larger than 1 MiB.
        TooLarge = "too-large",
        /// The bytes are not UTF-8, or hold a control character.
        NotText = "not-text",
        /// The text is not YAML.
        Syntax = "syntax",
        /// The nesting is deeper, or the number of nodes larger, than a matrix may have.
        TooComplex = "too-complex",
        /// The file is empty, or holds more than one document.
        NotOneDocument = "not-one-document",
        /// An anchor, an alias or a merge key: a matrix is data, each thing said once.
        Anchor = "anchor",
        /// A YAML tag.
        Tag = "tag",
        /// A key that is written twice in one map.
        DuplicateKey = "duplicate-key",
        /// A key that the language does not have at this place.
        UnknownKey = "unknown-key",
        /// A key that must be there and is not.
        MissingKey = "missing-key",
        /// Keys of which exactly one may be written.
        OneOfKeys = "one-of-keys",
        /// A list, a map or a single value where another of them belongs.
        WrongKind = "wrong-kind",
        /// A text that is not a number of the language.
        NotANumber = "not-a-number",
        /// A number outside what is allowed at this place.
        NumberOutOfRange = "number-out-of-range",
        /// A text that is not `true` or `false`.
        NotABoolean = "not-a-boolean",
        /// A text that is not a date.
        NotADate = "not-a-date",
        /// A text that is not a length of time.
        NotADuration = "not-a-duration",
        /// A text that is not a semantic version.
        NotAVersion = "not-a-version",
        /// A text that cannot be a name.
        NotAName = "not-a-name",
        /// A word that YAML readers disagree about, without quotes.
        AmbiguousWord = "ambiguous-word",
        /// A comment without a space after its `#`, which most likely was meant as part of the text before it.
        CommentInText = "comment-in-text",
        /// A word that is not one of those allowed at this place.
        UnknownWord = "unknown-word",
        /// A format version that this library does not read.
        UnsupportedFormat = "unsupported-format",
        /// A list longer than the limits of the format.
        TooMany = "too-many",
        /// One name for two things, or a reserved word as a name.
        DuplicateName = "duplicate-name",
        /// A name that nothing declares.
        UndeclaredName = "undeclared-name",
        /// A value that its input, level, tier or status does not have.
        UndeclaredValue = "undeclared-value",
        /// A rule that uses something evaluated after it.
        UsedTooEarly = "used-too-early",
        /// A comparison that does not suit what it compares.
        WrongComparison = "wrong-comparison",
        /// A key that does not suit the type of the input.
        WrongForType = "wrong-for-type",
        /// A range whose end is before its start.
        EmptyRange = "empty-range",
        /// A number with more decimal places than declared.
        TooManyPlaces = "too-many-places",
        /// Bands that leave a part of the range without a home.
        BandHole = "band-hole",
        /// Bands that overlap or are not in order.
        BandOverlap = "band-overlap",
        /// A band, rule, value or cell that nothing can reach.
        Unreachable = "unreachable",
        /// A value of an input that no rule gives points to.
        ValueWithoutPoints = "value-without-points",
        /// An input that may be absent, and no word on what that scores.
        AbsentWithoutPoints = "absent-without-points",
        /// A case that no rule decides.
        NoDefault = "no-default",
        /// A table that does not have a cell for each row and column.
        TableShape = "table-shape",
        /// A name like a protected characteristic that is not declared as one, or as none.
        Protected = "protected",
        /// A missing policy that cannot work.
        MissingPolicy = "missing-policy",
        /// A period that ends before it begins.
        Period = "period",
        /// A score, or an input's number of cut-offs, that could pass the limits.
        Overflow = "overflow",
    }
}
