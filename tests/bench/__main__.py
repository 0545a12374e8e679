"""`python -m tests.bench`: the project's budgets, measured in one run, as Markdown.

`--rounds N` repetitions (default 5), `--only NAME` one part, `--big` also a
table of ten million rows, `--json`, `--strict` to end
with exit code 1 where a budget is missed. About seven minutes in all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from extractors.sample.server.process import SampleProcess
from extractors.sample.sites.all import last_day
from tests.bench import commands, loads, nights, pages, past, refreshing, replaying
from tests.bench.measuring import Row, machine

PARTS = ("pages", "commands", "loads", "nights", "refreshing", "replaying")
BIG = "past"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=(*PARTS, BIG))
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true")
    asked = parser.parse_args()
    parts = asked.only or ((*PARTS, BIG) if asked.big else PARTS)
    with TemporaryDirectory(prefix="carbonmart-bench-") as work, SampleProcess() as sample:
        rows = measure(Path(work), sample, parts, asked.rounds)
    if asked.json:
        document = {"machine": machine(), "load": os.getloadavg(), "rounds": asked.rounds}
        print(json.dumps(document | {"rows": [asdict(row) for row in rows]}, indent=2))
    else:
        print(markdown(rows, asked.rounds))
    if asked.strict and any(row.is_met is False for row in rows):
        sys.exit(1)


def measure(work: Path, sample: SampleProcess, parts: Sequence[str], rounds: int) -> list[Row]:
    """The rows of the parts, all from one store with the whole sample."""
    home, until, routes = work / "home", last_day("seee").isoformat(), sample.routes
    told("the first night, uncounted")
    refreshing.night(home, until, routes)
    refreshing.night(home, until, routes)
    measures: dict[str, Callable[[], list[Row]]] = {
        "pages": lambda: pages.rows(home, rounds),
        "commands": lambda: commands.rows(home, 2 * rounds),
        "loads": lambda: loads.rows(work, 2 * rounds),
        BIG: lambda: past.rows(work, 2 * rounds),
        "nights": lambda: nights.rows(home, work, until, routes, rounds),
        "replaying": lambda: replaying.rows(home, work, max(1, rounds // 2)),
        "refreshing": lambda: refreshing.rows(work, until, routes, max(1, (rounds + 1) // 2)),
    }
    rows: list[Row] = []
    for part in parts:
        told(part)
        rows += measures[part]()
    return rows


def told(what: str) -> None:
    """Progress, on stderr."""
    print(f"bench: {what} ...", file=sys.stderr, flush=True)


def markdown(rows: Sequence[Row], rounds: int) -> str:
    """The table, with the machine below it."""
    lines = ["| what | measured | budget | |", "|---|---|---|---|"]
    for row in rows:
        digits = 0 if row.unit == "MB" else 2
        value = f"{row.value:.{digits}f} {row.unit}"
        sign = "≥" if row.at_least else "≤"
        budget = "" if row.limit is None else f"{sign} {row.limit:g} {row.unit}"
        missed = "" if row.is_met is not False else "**missed**; "
        lines.append(f"| {row.what} | {value} | {budget} | {missed}{row.detail} |")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    lines += ["", f"{machine()}; medians of {rounds} interleaved rounds; load averages {load}."]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
