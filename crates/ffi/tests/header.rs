//! The header that is kept is the one that cbindgen writes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

use std::path::Path;

#[test]
fn the_header_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    // It reads the modules of the file as well.
    let builder = cbindgen::Builder::new()
        .with_config(config)
        .with_src(folder.join("src/lib.rs"));
    let mut written = Vec::new();
    builder
        .generate()
        .expect("the sources can be read")
        .write(&mut written);
    let written = String::from_utf8(written).unwrap();
    let path = folder.join("include/threshold_matrix.h");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == written,
        "include/threshold_matrix.h is not current; write it with `UPDATE_HEADER=1 cargo test -p threshold-matrix-ffi`"
    );
}
