#!/usr/bin/env bash
# Builds what is given away, into dist/: wheels for glibc 2.17 and musl, linked by zig, and the source distribution. It checks the symbols of the first,
# builds the last again, and installs each in a fresh environment that has nothing else.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
rm -rf dist

python3 -m venv "$work/build"
"$work/build/bin/pip" install -q "maturin>=1.16,<2" "ziglang==0.17.1"
export PATH="$work/build/bin:$PATH"

maturin build --release --zig --compatibility manylinux2014 --out dist
if rustc --print target-libdir --target x86_64-unknown-linux-musl | xargs test -d; then
    maturin build --release --zig --target x86_64-unknown-linux-musl --compatibility musllinux_1_2 --out dist
else
    echo "left out: the wheel for musl, since the target x86_64-unknown-linux-musl is not installed (rustup target add x86_64-unknown-linux-musl)"
fi
maturin sdist --out dist
ls -l dist

python3 -m zipfile -e dist/*manylinux*.whl "$work/wheel"
newest="$(objdump -T "$work"/wheel/threshold_matrix/*.so | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -1)"
echo "the newest symbol that the wheel needs is of $newest"
[ "$(printf '%s\nGLIBC_2.17\n' "$newest" | sort -V | tail -1)" = GLIBC_2.17 ]

for given in dist/*manylinux*.whl dist/*.tar.gz; do
    python3 -m venv --clear "$work/fresh"
    "$work/fresh/bin/pip" install -q "$given"
    (cd "$work" && fresh/bin/python -c 'import threshold_matrix as tm; print(tm.Matrix.open("iom-threshold@1.1.0"))')
    echo "$given is installed and loads a matrix"
done
