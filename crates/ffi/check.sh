#!/usr/bin/env bash
# Compiles programs of C against the header, runs them under valgrind, and holds their answers to those of the library.
# `check.sh --release --growth` runs the million calls that are too many for every change.
set -euo pipefail
cd "$(dirname "$0")"
profile=debug calls=20000 loads=200 release=()
for argument in "$@"; do
    case "$argument" in
        --release) profile=release release=(--release) ;;
        --growth) calls=1000000 loads=10000 ;;
        *) echo "check.sh [--release] [--growth]" >&2; exit 2 ;;
    esac
done
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# With its tests, so that it is compiled once for both.
cargo build -q "${release[@]}" -p threshold-matrix-ffi --lib --tests
built="${CARGO_TARGET_DIR:-../../target}/$profile"
cargo run -q -p threshold-matrix-border --example questions -- "$work/asked"

# What the page shows is compiled and run as well.
sed -n '/^```c$/,/^```$/p' ../../docs/embedding.md | sed '/^```/d' > "$work/shown.c"
for program in "$work/shown.c" example/service.c tests/c/*.c; do
    gcc -std=c11 -Wall -Wextra -Werror -g -O1 -Iinclude "$program" -o "$work/$(basename "$program" .c)" \
        "$built/libthreshold_matrix_c.a" -lpthread -ldl -lm
done
# The same with the library beside the program.
gcc -std=c11 -Wall -Wextra -Werror -Iinclude example/service.c -o "$work/beside" -L"$built" -lthreshold_matrix_c
LD_LIBRARY_PATH="$built" "$work/beside" > /dev/null
# C++ reads the header as well.
echo '#include "threshold_matrix.h"' | g++ -std=c++17 -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ -

# What is only possibly lost is what a table of the embedded matrices points into the middle of: they stay for as long as the program runs.
checked=(valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect)
"${checked[@]}" "$work/service" > /dev/null
"$work/shown" > /dev/null
"${checked[@]}" "$work/table"
"${checked[@]}" "$work/growth" 10 1

(cd "$work/asked" && "$work/answers" < questions.tsv > answered.txt && cmp answered.txt answers.txt)
echo "the answers are those of the library: $(wc -l < "$work/asked/questions.tsv") questions"
"$work/growth" "$calls" "$loads"
