#!/usr/bin/env bash
# Measures the pages of eight people: a Flesch-Kincaid grade of 8 at most before the detail, which begins by the third printed page, and nothing that
# axe-core finds. It needs Python, Node, Chromium and `pdftotext`; what else it needs is installed into a folder that is removed.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
program="${PROGRAM:-../../target/release/threshold-matrix}"
python3 -m venv "$work/python"
"$work/python/bin/pip" install -q -r requirements.txt
cp package.json axe.mjs "$work"
(cd "$work" && npm install --silent --no-audit --no-fund)
status=0
"$work/python/bin/python" measure.py "$program" "$work/pages" || status=1
node "$work/axe.mjs" "$work/pages" || status=1
exit "$status"
