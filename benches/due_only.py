"""Times a second night of which one person in a hundred is scored again, beside a run that scores everybody.

    cargo build --release
    python3 benches/due_only.py target/release/threshold-matrix 400000 10

The people are made up for `iom-threshold`: 1.1.0 with one date each, and 2.0.0 with a number of dated offences each, in a file of their own. Each run
is done three times, in turn, and the quickest counts. The two tables must be the same, byte for byte.
"""

import datetime
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

PROGRAM, PEOPLE, EVENTS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
FIRST, SECOND, UNTIL = datetime.date(2026, 11, 28), datetime.date(2026, 11, 29), "2027-12-31"
NEEDS = {"accommodation": 8, "employment": 8, "relationships": 6, "lifestyle": 6, "drugs": 10, "alcohol": 8, "thinking": 8, "attitudes": 8}
KINDS = ["robbery", "burglary", "shoplifting", "injury", "weapon", "other"]


def day(chance):
    return FIRST - datetime.timedelta(days=chance.randrange(1, 1500))


def people(path, version):
    chance = random.Random(7)
    before = ["arrests_12m", "last_charged"] if version == "1.1.0" else ["breaches_6m", "abuse_incidents_3y", "abuse_victims_3y"]
    names = ["id", *before, "ogrs3", "previous_convictions", "rsr", "rosh", *NEEDS, "engaged", "assessed_on"]
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(names) + "\n")
        for number in range(PEOPLE):
            row = [f"p{number}"]
            row += [chance.randrange(12), day(chance)] if version == "1.1.0" else [chance.randrange(4), chance.randrange(2, 5), chance.randrange(3)]
            row += [chance.randrange(100), chance.randrange(40), f"{chance.randrange(2000) / 100:.2f}", chance.choice(["low", "medium", "high"])]
            row += [chance.randrange(most + 1) for most in NEEDS.values()] + ["true" if chance.random() < 0.5 else "false", day(chance)]
            file.write(",".join(map(str, row)) + "\n")


def events(path):
    chance = random.Random(8)
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,date,kind\n")
        for number in range(PEOPLE):
            for _ in range(EVENTS):
                file.write(f"p{number},{day(chance)},{chance.choice(KINDS)}\n")


def seconds(arguments):
    began = time.monotonic()
    run = subprocess.run([PROGRAM, "rescore", *arguments, "--until", UNTIL], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stderr)
    told = [line for line in run.stdout.splitlines() if line.startswith("carried over")]
    return time.monotonic() - began, told


def main():
    os.chdir(tempfile.mkdtemp())
    for version in ["1.1.0", "2.0.0"]:
        people("people.csv", version)
        common = ["--matrix", f"iom-threshold@{version}", "--cohort", "people.csv"]
        if version == "2.0.0":
            events("offences.csv")
            common += ["--events", "offences=offences.csv"]
        seconds([*common, "--as-at", str(FIRST), "--out", "last.csv"])
        # Those who are due by themselves, and as many others as make one in a hundred.
        with open("last.csv", encoding="utf-8") as file:
            names = file.readline().rstrip("\n").split(",")
            rows = [line.rstrip("\n").split(",") for line in file]
        stands = names.index("stands_until")
        due = sum(row[stands] < str(SECOND) for row in rows)
        changed = max(PEOPLE // 100 - due, 0)
        with open("changed.csv", "w", encoding="utf-8") as file:
            others = [row[0] for row in rows if row[stands] >= str(SECOND)]
            file.write("\n".join(["id", *others[:changed]]) + "\n")
        common += ["--as-at", str(SECOND), "--previous", "last.csv"]
        full, night, told = [], [], []
        for _ in range(3):
            full.append(seconds([*common, "--out", "full.csv"])[0])
            took, told = seconds([*common, "--due-only", "--changed", "changed.csv", "--out", "due.csv"])
            night.append(took)
        with open("full.csv", "rb") as one, open("due.csv", "rb") as other:
            same = one.read() == other.read()
        print(f"{version}: full {min(full):.2f} s {full}, due only {min(night):.2f} s {night}, {min(full) / min(night):.1f} times; same table: {same}; {told}")
    print(f"most memory of a run: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB")


main()
