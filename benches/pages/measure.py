"""Measures the page of one person: how hard its first part is to read, and on which printed page the detail begins.

    python3 measure.py PROGRAM FOLDER

The pages are written to the folder. The exit status is 1 if a page is over a limit.
"""

import json
import pathlib
import re
import subprocess
import sys

import textstat

HARDEST = 8.0
"""The highest Flesch-Kincaid grade of the first part."""
LATEST = 3
"""The last printed page on which the detail may begin."""


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def first_part(markdown):
    """The sentences before the detail, without marks, and without the list of contents."""
    markdown = markdown.split("\n## The detail")[0]
    lines = [re.sub(r"[*_`#>\\]|^\s*-\s+|\[([^]]*)\]\([^)]*\)", r"\1", line).strip() for line in markdown.splitlines()]
    return "\n".join(line if line.endswith((".", "?", ":")) else f"{line}." for line in lines if line and not line.startswith("|"))


def main(program, folder):
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    is_over = False
    print(f"{'person':<12} {'grade':>5} {'words':>5} {'detail on page':>14}")
    for person in json.loads((here / "people.json").read_text()):
        page, paper = folder / f"{person['name']}.html", folder / f"{person['name']}.pdf"
        explain = [program, "explain", person["matrix"], json.dumps(person["profile"]), "--as-at", person["as_at"]]
        text = first_part(run(*explain, "--markdown"))
        run(*explain, "--html", str(page))
        run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.resolve().as_uri())
        printed = run("pdftotext", "-layout", str(paper), "-").split("\f")
        heading = re.compile(r"^\s*The detail\s*$", re.MULTILINE)
        # The list of contents has the heading, too, where it is printed.
        pages = [number for number, own in enumerate(printed, 1) if heading.search(own)]
        grade = textstat.flesch_kincaid_grade(text)
        detail = pages[-1] if pages else None
        print(f"{person['name']:<12} {grade:5.1f} {len(text.split()):5} {detail!s:>14}")
        is_over = is_over or grade > HARDEST or detail is None or detail > LATEST
    return 1 if is_over else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
