#!/usr/bin/env bash
# Builds the native library of this machine, and the jar with it. `build.sh --release` builds what is given away.
set -euo pipefail
cd "$(dirname "$0")"
profile=debug release=()
[ "${1:-}" = "--release" ] && profile=release release=(--release)
(cd .. && cargo build -q "${release[@]}" -p threshold-matrix-ffi --no-default-features)
built="${CARGO_TARGET_DIR:-../target}/$profile"
# As JNA names platforms.
case "$(uname -sm)" in
    "Linux x86_64") platform=linux-x86-64 file=libthreshold_matrix_c.so ;;
    "Linux aarch64") platform=linux-aarch64 file=libthreshold_matrix_c.so ;;
    "Darwin arm64") platform=darwin-aarch64 file=libthreshold_matrix_c.dylib ;;
    "MINGW"*" x86_64" | "MSYS"*" x86_64") platform=win32-x86-64 file=threshold_matrix_c.dll ;;
    *) echo "no name is known for the platform $(uname -sm)" >&2; exit 1 ;;
esac
mkdir -p "library/target/native/$platform"
cp "$built/$file" "library/target/native/$platform/"
mvn -q -B package dependency:copy-dependencies -DskipTests
ls -l library/target/*.jar
