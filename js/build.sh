#!/usr/bin/env bash
# Builds the package into dist/. rustup has no WebAssembly target everywhere, so the standard library is compiled with Debian's compiler and sources
# (packages rustc-web, cargo-web, rust-web-src, lld-22), and a toolchain that has the target is used where there is one. Sorting alone takes a tenth of the
# module unless the standard library is compiled for size. Functions are copied into their callers less eagerly than for a program, which makes the module
# 7 % smaller compressed; one score may take a little longer.
set -euo pipefail
cd "$(dirname "$0")"
target="${CARGO_TARGET_DIR:-../target}"
mkdir -p "$target"
target="$(cd "$target" && pwd)"
module="$target/wasm32-unknown-unknown/release/threshold_matrix_js.wasm"

export CARGO_TARGET_DIR="$target" RUSTFLAGS="-C link-arg=-zstack-size=2097152 -C llvm-args=-inline-threshold=75"
if [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
    cargo build --release --locked --target wasm32-unknown-unknown
else
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22 \
        /usr/bin/cargo build --release --locked --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
fi

rm -rf built dist
RUSTFLAGS="" cargo run -q --release --locked --manifest-path bindgen/Cargo.toml --target-dir "$target/bindgen" -- "$module" built

npm ci --no-audit --no-fund --silent
node bundle.mjs
