"""Draws how time and memory grow with the people, from `growth.csv`, as `docs/engines-growth.svg`: `python3 engines/growth.py`.

A row of the figures is a cohort: how many people, the least and the greatest seconds of its runs, and the most memory that the process held.
"""

import csv
from pathlib import Path

HERE = Path(__file__).parent
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 260, 56, 16, 34, 44
INK, LINE, MARK = "#222", "#bbb", "#1d5fa8"


def steps(most: float) -> list[float]:
    """Return round numbers from nought to beyond the greatest."""
    size = next(size for size in (1, 2, 5, 10, 20, 25, 50, 100) if most / size <= 6)
    return [size * step for step in range(int(most // size) + 2)]


def panel(offset: int, title: str, unit: str, points: list[tuple[float, float, float]]) -> str:
    """Return a panel: for each point the millions of people, and the least and the greatest of what was measured."""
    across, up = steps(max(point[0] for point in points)), steps(max(point[2] for point in points))

    def x(people: float) -> float:
        return offset + LEFT + people / across[-1] * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / up[-1] * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text x="{offset + LEFT}" y="20" font-weight="bold">{title}</text>']
    for value in up:
        parts.append(f'<line x1="{x(0):.1f}" x2="{x(across[-1]):.1f}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{LINE}"/>')
        parts.append(f'<text x="{x(0) - 6:.1f}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in across:
        parts.append(f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>')
    parts.append(f'<text x="{x(across[-1] / 2):.1f}" y="{HEIGHT - 8}" text-anchor="middle">million people ({unit} upwards)</text>')
    middles = " ".join(f"{x(people):.1f},{y((least + most) / 2):.1f}" for people, least, most in points)
    parts.append(f'<polyline points="{middles}" fill="none" stroke="{MARK}" stroke-width="1.5"/>')
    for people, least, most in points:
        parts.append(f'<line x1="{x(people):.1f}" x2="{x(people):.1f}" y1="{y(least):.1f}" y2="{y(most):.1f}" stroke="{MARK}" stroke-width="5"/>')
        parts.append(f'<circle cx="{x(people):.1f}" cy="{y((least + most) / 2):.1f}" r="3.5" fill="{MARK}"/>')
    return "\n".join(parts)


with (HERE / "growth.csv").open(newline="") as file:
    rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
seconds = [(row["people"] / 1e6, row["least seconds"], row["most seconds"]) for row in rows]
memory = [(row["people"] / 1e6, row["megabytes"], row["megabytes"]) for row in rows]
drawing = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="{INK}">
<title>Time grows in a line with the people, and memory hardly does</title>
<rect width="100%" height="100%" fill="white"/>
{panel(0, "Time", "seconds", seconds)}
{panel(WIDTH, "Memory", "megabytes", memory)}
</svg>
"""
(HERE.parent / "docs" / "engines-growth.svg").write_text(drawing, encoding="utf-8")
