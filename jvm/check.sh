#!/usr/bin/env bash
# Builds the jar, runs its tests, and calls the example service. `check.sh --release --growth` runs the million calls that are too many for every change.
set -euo pipefail
cd "$(dirname "$0")"
calls=20000 loads=300 release=()
for argument in "$@"; do
    case "$argument" in
        --release) release=(--release) ;;
        --growth) calls=1000000 loads=10000 ;;
        *) echo "check.sh [--release] [--growth]" >&2; exit 2 ;;
    esac
done
work="$(mktemp -d)"
service=
trap '[ -z "$service" ] || kill "$service"; rm -rf "$work"' EXIT

./build.sh "${release[@]}"
(cd .. && cargo run -q -p threshold-matrix-border --example questions -- "$work/asked")
mvn -q -B test -pl library "-DargLine=-Dasked=$work/asked"
# What the page shows is run.
sed -n '/^```java$/,/^```$/p' ../docs/embedding.md | sed '/^```/d' > "$work/Shown.java"
java -cp "speed/target/dependency/*" "$work/Shown.java" > /dev/null

# The heap has its size from the beginning, so that what grows is outside of it.
java -Xms128m -Xmx128m -XX:+AlwaysPreTouch -cp "speed/target/classes:speed/target/dependency/*" speed.Growth "$calls" "$loads"

# The service is run as a user would run it, and called.
port=18620
java -cp "example/target/classes:example/target/dependency/*" example.Service "$port" > "$work/log" 2>&1 &
service=$!
called() { curl -s --retry 20 --retry-connrefused --retry-delay 1 -X POST "http://127.0.0.1:$port/$1?as_at=2026-12-05" -d "$2"; }
says() { grep -q "$2" <<< "$1" || { echo "the service did not say \`$2\`: $1" >&2; cat "$work/log" >&2; exit 1; }; }
says "$(called score '{"arrests_12m": 12, "ogrs3": 75, "rosh": "high"}')" '"tier":"high"'
says "$(called explain '{"arrests_12m": 12, "ogrs3": 75, "rosh": "high"}')" '<!DOCTYPE html>\|<!doctype html>'
says "$(called score '{"arrests_12m": -1}')" 'outside 0 to 200'
says "$(called score '{')" 'not a profile'
echo "the service scores, explains and refuses"
