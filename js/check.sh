#!/usr/bin/env bash
# Builds the package and runs its tests against what is given away. `check.sh --growth` runs the million calls that are too many for every change, and
# `check.sh --built` takes the package as `build.sh` left it.
set -euo pipefail
cd "$(dirname "$0")"
calls=20000 loads=300
[[ " $* " = *" --growth "* ]] && calls=1000000 loads=10000
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

[[ " $* " = *" --built "* ]] || ./build.sh
node generate.mjs --check
compressed="$(cat dist/threshold_matrix.wasm dist/browser.mjs | gzip -9 | wc -c)"
[ "$compressed" -le 900000 ] || { echo "the package takes $compressed bytes compressed, more than 900,000" >&2; exit 1; }
(cd .. && cargo run -q -p threshold-matrix-border --example questions -- "$work/asked")

# The package as it would be installed, and not as it lies here.
npm pack --silent --pack-destination "$work" > /dev/null
mkdir "$work/user" && cp -r tests "$work/user/tests" && cp -r dist "$work/user/dist"
echo '{ "private": true }' > "$work/user/package.json"
(cd "$work/user" && npm install --no-audit --no-fund --silent ../threshold-matrix-*.tgz)
cd "$work/user"
node --test tests/*.test.mjs
# What the page shows is run.
sed -n '/^```js$/,/^```$/p' "$OLDPWD/../docs/embedding.md" | sed '/^```/d' > shown.mjs
node shown.mjs > /dev/null
(cd "$work/asked" && node "$work/user/tests/answers.mjs" < questions.tsv > answered.txt && cmp answered.txt answers.txt)
echo "the answers are those of the library: $(wc -l < "$work/asked/questions.tsv") questions"
node --expose-gc tests/growth.mjs "$calls" "$loads"
tsc="$OLDPWD/node_modules/.bin/tsc"
for resolution in "nodenext nodenext" "esnext bundler"; do
    read -r module resolved <<< "$resolution"
    "$tsc" --noEmit --strict --target es2022 --lib es2023,dom --types "" --module "$module" --moduleResolution "$resolved" tests/types.mts
done
"$tsc" --noEmit --strict --target es2022 --lib es2023,dom --types "" --module nodenext --moduleResolution nodenext tests/types.cts
