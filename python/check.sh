#!/usr/bin/env bash
# Builds the wheel, installs it in a fresh environment, and runs its tests. `check.sh --release` tests the wheel that is given away.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "maturin>=1.16,<2"
"$work/venv/bin/maturin" build "$@" --out "$work/wheels"
ls -l "$work/wheels"
"$work/venv/bin/pip" install -q "$work"/wheels/*.whl
# From elsewhere, so that the package is the installed one.
tests="$PWD/tests"
cd "$work"
"$work/venv/bin/python" -c 'import threshold_matrix as tm; print(tm.__version__, len(tm.matrices()), "matrices")'
"$work/venv/bin/pip" install -q -r "$tests/requirements.txt"
"$work/venv/bin/python" -m pytest -q -rs "$tests"
"$work/venv/bin/python" -m pytest -q --nbmake "$tests/../tutorial.ipynb"
"$work/venv/bin/python" -m mypy.stubtest threshold_matrix --ignore-missing-stub --allowlist "$tests/stubtest.txt"

# A build that panics where it is asked to must not end the process.
"$work/venv/bin/maturin" build --manifest-path "$tests/../Cargo.toml" --features deliberate-panic "$@" --out "$work/panicking"
"$work/venv/bin/pip" install -q --force-reinstall --no-deps "$work"/panicking/*.whl
"$work/venv/bin/python" -m pytest -q "$tests/panic.py"
