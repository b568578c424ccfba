#!/usr/bin/env bash
# Builds dist/threshold-matrix.html, one file that needs nothing else, from the package in ../dist.
set -euo pipefail
cd "$(dirname "$0")"
[ -f ../dist/core.mjs ] || ../build.sh
npm ci --no-audit --no-fund --silent
node_modules/.bin/tsc -p .
node build.mjs
