"""Attempts of a night on a small store, in forks of a process that has everything imported.

`python -m tests.faults.store.durability_worker` reads an order (JSON) from each line of standard
input, tells the attempt's process id, and when it has ended its exit code. `Runner` is the
other end. An attempt takes a fraction of a second.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flows.core.context import RunContext
from flows.core.outcome import Outcome, Tally
from flows.core.result import SourceResult
from flows.core.settings import Settings
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from schemas.ops.tables import OPS_RUNS
from schemas.registry import TABLES
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from schemas.trading import shipped
from tests.support.released import PRODUCTS, night
from tests.support.rows import RETRIEVED_AT, bulletin, quote
from warehouse import maintenance
from warehouse.engine.delta import checkpoint, compaction
from warehouse.publication import shelf
from warehouse.store.home import open_home

KEEP = 2
CORE = (SEEE_BULLETINS, SEEE_QUOTES)
DAYS = tuple(shipped().trading_days(date(2024, 1, 2), date(2025, 6, 30)))
GATES = {table.name: {"min_rows": 1} for table in CORE} | {
    table.name: {"min_rows": 0}
    for table in TABLES.values()
    if table.is_mart or table.name == "seee_method_totals"
}
"""Those shipped hold back a store of which half is revised every night."""
IMPORTED = (
    "deltalake",
    "pandas",
    "pyarrow.parquet",
    "flows.stages.release.build_marts",
    "flows.stages.release.mart_gates",
    "transforms.marts.key_figures",
    "transforms.marts.price_comparison",
    "warehouse.engine.sql.views",
    "warehouse.engine.revisions.coerce",
    "warehouse.engine.revisions.compare",
    "warehouse.publication.publish",
    "warehouse.store.time_travel",
)


@cache
def batch(number: int) -> dict[str, list[dict[str, Any]]]:
    """Eight days; five of them revise what the batch before said."""
    days = DAYS[3 * number : 3 * number + 8]
    told = {
        "close_cny_per_t": Decimal(number).quantize(Decimal("0.01")),
        "retrieved_at": RETRIEVED_AT + timedelta(hours=number),
    }
    quotes = [quote(day, product, **told) for day in days for product in PRODUCTS]
    return {"seee_bulletins": [bulletin(day, **told) for day in days], "seee_quotes": quotes}


def attempt(path: str, number: int, stage: int, *, is_alone: bool) -> None:
    """Load a batch, tidy, release and publish as a night does; tells each stage it begins."""
    home, keep = open_home(path, "sample"), KEEP if is_alone else 30
    this = RunContext(home, Settings(home=path, keep_releases=keep))
    os.write(stage, b"load\n")
    for table in CORE:
        rows = batch(number)[table.name]
        this.warehouse.load(table, rows, known_from=night(number), run_id=this.run_id)
    counts = ("fetched", "not_modified", "parsed", "accepted", "quarantined", "duplicates", "new")
    book = dict.fromkeys((*counts, "revised"), 0)
    times = {"started_at": this.started_at, "finished_at": this.started_at, "seconds": 1.0}
    told = {"source": "seee", "job": "refresh", "outcome": "changed", "software_version": "0"}
    row = {**book, **times, **told, "run_id": this.run_id}
    this.warehouse.append_log(OPS_RUNS, [row], run_id=this.run_id)
    os.write(stage, b"compact\n")
    grace = timedelta(0) if is_alone else maintenance.GRACE
    moment = datetime.now(UTC) + timedelta(seconds=2)
    maintenance.vacuum(this.warehouse, keep=keep, grace=grace, now=moment)
    os.write(stage, b"release\n")
    run = SourceResult("seee", Outcome.CHANGED, None, Tally("seee"), this.started_at, 1.0, [])
    made = release(this, [run])
    assert not made.error, made.error
    assert not made.held, made.held
    os.write(stage, b"publish\n")
    published = publish_current(this)
    assert not published.error, published.error


def main() -> None:
    """Fork an attempt for each line of standard input; tell its process id, then its end."""
    for name in IMPORTED:
        importlib.import_module(name)
    compaction.SCATTERED, checkpoint.EVERY = 3, 5  # every few attempts
    gc.freeze()  # a fork's collector would copy all of it
    print("ready", flush=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        if (pid := os.fork()) == 0:
            stage = os.open(order["stage"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            if order["is_alone"]:
                shelf._ABANDONED_S = 0  # what the dead left is swept at once
            for number in order["numbers"]:
                attempt(order["home"], number, stage, is_alone=order["is_alone"])
            os._exit(0)  # taking apart all that was imported takes as long as half an attempt
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


class Runner:
    """The warm process, and at most one attempt of it at a time."""

    def __init__(self, process: subprocess.Popen[str], stage: Path, *, is_alone: bool) -> None:
        self._process, self._stage, self._is_alone = process, stage, is_alone
        assert self._line() == "ready"

    def begin(self, home: Path) -> None:
        """From now on attempts are made on this home."""
        open_home(home, "sample")
        (home / "gates.yml").write_text(json.dumps(GATES))
        self.home = home

    def start(self, *numbers: int) -> int:
        assert self._process.stdin is not None
        order = {"home": str(self.home), "numbers": numbers, "is_alone": self._is_alone}
        self._process.stdin.write(json.dumps({**order, "stage": str(self._stage)}) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        return int(self._line())

    def complete(self, number: int) -> float:
        """A whole attempt; gives the seconds that it took."""
        began = time.monotonic()
        self.start(number)
        assert self.end() == 0
        return time.monotonic() - began

    def is_killed(self, number: int, after_s: float) -> bool:
        pid = self.start(number)
        time.sleep(after_s)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        code = self.end()
        assert code in (0, -signal.SIGKILL)
        return code != 0

    def stage(self) -> str:
        """Where the last attempt was when it died."""
        told = self._stage.read_text().split() if self._stage.exists() else []
        return told[-1] if told else "start"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def runner(stage: Path, *, is_alone: bool = True) -> Iterator[Runner]:
    """Start the warm process; `stage` is a file of its own."""
    command = [sys.executable, "-m", "tests.faults.store.durability_worker"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # its threads don't survive a fork
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Runner(process, stage, is_alone=is_alone)


if __name__ == "__main__":
    main()
