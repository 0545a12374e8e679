"""`python -m tests.rehearsal`: the first evenings at the exchange's own size; writes what they
came to into `recorded.csv`, from which `make docs` makes the table in `docs/operations.md`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.jobs.report.report import as_markdown
from tests.rehearsal.evenings import FULL, SCENARIOS, TWENTIETH, Evening, rehearsal
from tests.rehearsal.recorded import write


def main() -> int:
    """Rehearse all scenarios; 1 if an evening broke off."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--twentieth", action="store_true", help="at a twentieth; records nothing")
    asked.add_argument("--reports", action="store_true", help="each evening's report, too")
    given = asked.parse_args()
    evenings: list[Evening] = []
    for scenario in SCENARIOS:
        scale = TWENTIETH if given.twentieth else FULL
        with (
            TemporaryDirectory() as folder,
            rehearsal(Path(folder) / "home", scale, scenario) as played,
        ):
            for evening, report in played.evenings():
                evenings.append(evening)
                print(evening, flush=True)
                if given.reports:
                    print(as_markdown(report), flush=True)
    if not given.twentieth:
        write(evenings)
    return int(any(evening.exit_code == 1 for evening in evenings))


if __name__ == "__main__":
    sys.exit(main())
