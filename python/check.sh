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

# What SQL is proved on: matrices at random, and a PostgreSQL server of the tests' own, where one is installed.
export THRESHOLD_MATRIX_GENERATED="$work/generated.jsonl"
cargo run -q --manifest-path "$tests/../../Cargo.toml" -p threshold-matrix-test-kit --example generated -- 200 12 > "$THRESHOLD_MATRIX_GENERATED"
postgres="$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -1 || true)"
if [ -n "$postgres" ]; then
    as_owner=()
    if [ "$(id -u)" = 0 ]; then
        # A server does not run as root.
        as_owner=(runuser -u postgres --)
        chmod 711 "$work" && mkdir "$work/postgres" && chown postgres "$work/postgres"
    fi
    "${as_owner[@]}" "$postgres/initdb" -A trust -U postgres -D "$work/postgres/data" > /dev/null
    "${as_owner[@]}" "$postgres/pg_ctl" -D "$work/postgres/data" -w -l "$work/postgres/log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$work/postgres'" start > /dev/null 2>&1 < /dev/null
    trap '"${as_owner[@]}" "$postgres/pg_ctl" -D "$work/postgres/data" -m immediate stop > /dev/null; rm -rf "$work"' EXIT
    export THRESHOLD_MATRIX_POSTGRES="host=$work/postgres user=postgres dbname=postgres"
else
    echo "left out: SQL on PostgreSQL, of which no server is installed"
fi
"$work/venv/bin/python" -m pytest -q -rs "$tests"
if command -v java > /dev/null; then
    "$work/venv/bin/pip" install -q "pyspark[connect]==4.3.0"
    # Two executors of their own show all that one process of two threads (`local[2]`) does.
    for where in connect "local-cluster[2,1,1024]"; do
        THRESHOLD_MATRIX_SPARK="$where" "$work/venv/bin/python" -m pytest -q "$tests/../tests_spark"
    done
else
    echo "left out: Spark, for which there is no Java"
fi
# From elsewhere as well: a notebook sees what stands in its own folder.
cp "$tests/../tutorial.ipynb" "$work"
"$work/venv/bin/python" -m pytest -q --nbmake "$work/tutorial.ipynb"
"$work/venv/bin/python" -m mypy.stubtest threshold_matrix --ignore-missing-stub --allowlist "$tests/stubtest.txt"

# A build that panics where it is asked to must not end the process.
"$work/venv/bin/maturin" build --manifest-path "$tests/../Cargo.toml" --features deliberate-panic "$@" --out "$work/panicking"
"$work/venv/bin/pip" install -q --force-reinstall --no-deps "$work"/panicking/*.whl
"$work/venv/bin/python" -m pytest -q "$tests/panic.py"
