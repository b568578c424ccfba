#!/usr/bin/env bash
# Builds the package into dist/. rustup has no WebAssembly target everywhere, so the standard library is compiled with Debian's compiler and sources
# (packages rustc-web, cargo-web, rust-web-src, lld-22), and a toolchain that has the target is used where there is one.
set -euo pipefail
cd "$(dirname "$0")"
target="${CARGO_TARGET_DIR:-../target}"
mkdir -p "$target"
target="$(cd "$target" && pwd)"
module="$target/wasm32-unknown-unknown/release/threshold_matrix_js.wasm"

export CARGO_TARGET_DIR="$target" RUSTFLAGS="-C link-arg=-zstack-size=2097152"
if [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
    cargo build --release --locked --target wasm32-unknown-unknown
else
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22 \
        /usr/bin/cargo build --release --locked --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort
fi

# The glue and the module must be of one version.
bindgen="$(sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)"
if [ "$("$target/tools/bin/wasm-bindgen" --version 2> /dev/null)" != "wasm-bindgen $bindgen" ]; then
    RUSTFLAGS="" CARGO_TARGET_DIR="$target/tools" cargo install -q --locked "wasm-bindgen-cli@$bindgen" --root "$target/tools"
fi
rm -rf built dist
"$target/tools/bin/wasm-bindgen" --target web --omit-default-module-path --remove-name-section --out-dir built "$module"

npm ci --no-audit --no-fund --silent
node bundle.mjs
