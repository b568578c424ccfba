//! Arbitrary text that is put together from the words of the language and the marks of YAML.

use proptest::prelude::*;
use threshold_matrix::Matrix;

const TOKENS: [&str; 64] = [
    "format: 1\n",
    "id: a\n",
    "inputs:",
    "criteria:",
    "dimensions:",
    "decision:",
    "decisions:",
    "overrides:",
    "flags:",
    "tiers:",
    "examples:",
    "derived:",
    "input: a",
    "bands:",
    "values:",
    "each: 1",
    "points: 1",
    "when:",
    "choose:",
    "rules:",
    "table:",
    "rows:",
    "columns:",
    "cells:",
    "highest:",
    "from:",
    "below:",
    "absent:",
    "missing:",
    "type:",
    "level",
    "integer",
    "a",
    "b",
    "high",
    "low",
    "1",
    "-3",
    "6.90",
    "true",
    "nothing",
    "{ ",
    " }",
    "[ ",
    " ]",
    ", ",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "!!str ",
    "|",
    ">",
    "? ",
    "%YAML",
    "\t",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(TOKENS.as_slice()), 0..80)
        .prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_soup_stops_the_library(text in soup()) {
        let faults = Matrix::from_yaml(&text).expect_err("a heading is missing");
        prop_assert!(!faults.to_string().is_empty());
    }

    #[test]
    fn no_soup_below_a_heading_stops_the_library(text in soup()) {
        let text = format!("format: 1\nid: a\nversion: 1.0.0\ntitle: A\nstatus: local\n{text}\n");
        if let Err(faults) = Matrix::from_yaml(&text) {
            for fault in faults.iter() {
                prop_assert!(fault.place.end <= text.len() && fault.help.is_some(), "{fault:?}");
            }
        }
    }

    #[test]
    fn no_bytes_stop_the_library(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Matrix::from_named_yaml("bytes.yaml", &bytes).is_err());
    }
}
