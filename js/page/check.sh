#!/usr/bin/env bash
# Builds the page and visits it in Chromium. `CHROMIUM` says where that is, if it is not where Debian puts it.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
./build.sh
page="$PWD/dist/threshold-matrix.html"
(cd ../.. && cargo run -q -- check --quick matrices/psa/1.0.0.yaml --page "$work/calculator.html" --page-from "$page")
CALCULATOR="$work/calculator.html" node --test --test-reporter=spec tests/*.test.mjs
