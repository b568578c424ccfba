#!/usr/bin/env bash
# A bash completion script that clap_complete makes for a program whose name has a hyphen, and that has subcommands, completes the names of the
# subcommands, and not one of their options: the script sets `cmd` to one spelling of the program's name and its cases have another.
#
# Packages: clap 4.6.7 and clap_complete 4.6.11 (crates.io). Seen: with the name `two-words`, the options of `run` are not completed; with the name
# `oneword`, which differs in nothing else, they are. Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init -q --name finding
cargo add -q clap@=4.6.7 clap_complete@=4.6.11
cat > src/main.rs <<'RUST'
use clap::{Arg, ArgAction, Command};

fn main() {
    let name: &'static str = Box::leak(std::env::args().nth(1).unwrap().into_boxed_str());
    let run = Command::new("run").arg(Arg::new("matrix").long("matrix").action(ArgAction::SetTrue));
    let mut program = Command::new(name).subcommand(run);
    clap_complete::generate(clap_complete::Shell::Bash, &mut program, name, &mut std::io::stdout());
}
RUST
cargo build -q
options() {
    ./target/debug/finding "$1" > completions.bash
    bash -c "source completions.bash
        COMP_WORDS=($1 run --mat); COMP_CWORD=2
        function=\$(complete -p $1 | sed 's/.*-F \([^ ]*\) .*/\1/')
        \$function $1 --mat run
        echo \"[\${COMPREPLY[*]}]\""
}
plain=$(options oneword)
hyphen=$(options two-words)
echo "oneword run --mat<TAB>: $plain"
echo "two-words run --mat<TAB>: $hyphen"
[ "$plain" = "[--matrix]" ] && [ "$hyphen" = "[]" ]
