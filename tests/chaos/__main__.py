"""`python -m tests.chaos`: a fortnight of nights under faults drawn from a seed (`make chaos`).

Two writers work on one home, a reader looks at every published form all the time, and it is
killed, filled, its clock moved and its bytes damaged. Ends with a table of faults tried and
survived, and with code 1 if anything was lost or a reader misled.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.chaos import Chaos, Wanted, run
from tests.support.damage import build
from tests.support.stores import store


def table(chaos: Chaos) -> str:
    """Faults tried and survived, by name."""
    failed = Counter(name for name, _ in chaos.lost)
    lines = ["| fault | tried | survived |", "|---|---|---|"]
    for name, count in [*sorted(chaos.tried.items()), ("all", chaos.tried.total())]:
        left = count - (failed[name] if name != "all" else sum(failed[n] for n in chaos.tried))
        lines.append(f"| {name} | {count:,} | {left:,} |")
    return "\n".join(lines)


def main() -> None:
    """Run, print the table, and say whether all was survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="carbonmart-chaos-") as folder:
        sound = store("damage", build, Path(folder)) / "home"
        wanted = Wanted(asked.seed, asked.faults, minutes=asked.minutes)
        chaos = run(sound, Path(folder), wanted)
    print(f"seed {asked.seed}\n\n{table(chaos)}\n")
    print(f"looks of the reader: {chaos.looks:,}; repaired in place: {chaos.repaired}")
    print(f"lost or misled: {len(chaos.lost)}")
    for name, what in chaos.lost[:40]:
        print(f"- {name}: {what}")
    sys.exit(1 if chaos.lost else 0)


if __name__ == "__main__":
    main()
