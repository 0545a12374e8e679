"""What the processes of a chaos run do: nights, readers, looks; each in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb

from flows.core.clock import require_clock
from flows.core.context import RunContext, Sample
from flows.core.errors import ClockError
from flows.core.settings import Settings
from flows.jobs.nightly import run_plainly
from flows.jobs.repair import repair
from flows.jobs.report.result import RunReport
from flows.jobs.withdraw import plan, withdraw
from flows.stages.monitor.damage import damages
from schemas.sources.seee.tables import SEEE_QUOTES
from warehouse.errors import WarehouseError
from warehouse.store.home import open_home
from warehouse.store.releases import released_now, versions_of
from warehouse.store.store import Warehouse

REFUSED = 6
MISLED = "misled"
Rows = frozenset[tuple[Any, ...]]
FIGURES = ", ".join(column.name for column in SEEE_QUOTES.own)
PRINTED = f"SELECT {FIGURES} FROM {{}}"


@dataclass(frozen=True)
class Night:
    """A night of one writer. `shift_days` moves its clock; no file may pass `largest` bytes."""

    home: Path
    source: str
    routes: Mapping[str, str]
    until: date
    shift_days: float = 0.0
    largest: int = 0


def run_night(night: Night) -> None:
    """Run it as the nightly job does; exits as that does, with `REFUSED` where its clock is
    before what the store has seen."""
    if night.largest:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (night.largest, hard))
    settings = Settings(home=str(night.home), retries=1, backoff_s=0.0, publish=True)
    context = RunContext(
        open_home(night.home, "sample"),
        settings,
        sample=Sample(night.routes, night.until),
        started_at=datetime.now(UTC) + timedelta(days=night.shift_days),
    )
    try:
        require_clock(context)
    except ClockError:
        sys.exit(REFUSED)
    report = RunReport(context.run_id, context.job, str(night.home), is_sample=True)
    run_plainly(context, [night.source], report)
    sys.exit(report.exit_code)


def published_rows(home: Path) -> tuple[str, Rows]:
    """The release of the published DuckDB file, and its figures."""
    with duckdb.connect(str(home / "published" / "carbonmart.duckdb"), read_only=True) as mart:
        ((release_id,),) = mart.sql("SELECT release_id FROM release").fetchall()
        return str(release_id), frozenset(mart.sql(PRINTED.format("seee_quotes")).fetchall())


def plain_rows(home: Path) -> tuple[str, Rows]:
    """The same by `latest.json` and plain Parquet."""
    pointer = json.loads((home / "published" / "latest.json").read_text())
    path = home / "published" / pointer["folder"] / "seee_quotes.parquet"
    with duckdb.connect() as plain:
        found = plain.sql(PRINTED.format(f"read_parquet('{path}')")).fetchall()
    return str(pointer["release_id"]), frozenset(found)


def store_rows(home: Path) -> tuple[str, Rows]:
    """The same from the store, pinned to its current release."""
    store = Warehouse(home)
    release_id, held = released_now(store)
    with store.connect("seee_quotes", versions=versions_of(held)) as connection:
        return release_id, frozenset(connection.sql(PRINTED.format("seee_quotes")).fetchall())


FORMS = (published_rows, plain_rows, store_rows)


@dataclass(frozen=True)
class Signals:
    """Between the reader and who damages files: `pause` asks it to rest, `rests` says that it
    does, `end` sends it home."""

    pause: Event
    rests: Event
    end: Event


def read_on(home: Path, truth: Rows, signals: Signals, told: Path) -> None:
    """Read every form, over and over: each shows figures of the truth alone, and of one
    release always the same. What is otherwise goes into `told`, a line each."""
    seen: dict[str, Rows] = {}
    looks = 0
    with told.open("w", encoding="utf-8") as lines:
        while not signals.end.is_set():
            if signals.pause.is_set():
                signals.rests.set()
                time.sleep(0.01)
                continue
            for form in FORMS:
                try:
                    release_id, rows = form(home)
                except (WarehouseError, duckdb.Error, OSError, ValueError) as error:
                    # A folder that is pruned between the pointer and the file is asked again.
                    if not isinstance(error, FileNotFoundError):
                        lines.write(f"refused {form.__name__}: {error!r}\n")
                    continue
                looks += 1
                if rows - truth or seen.setdefault(release_id, rows) != rows:
                    odd = sorted(map(str, rows - truth))[:2]
                    lines.write(f"{MISLED} {form.__name__} of {release_id}: {odd}\n")
            lines.flush()
            time.sleep(0.5)
        lines.write(f"looks {looks}\n")


def look(home: Path, told: Path, truth: Rows) -> None:
    """What `check --bytes` finds, a line each; and whether the store still shows what is not so."""
    found = [str(damage) for damage in damages(open_home(home, None), until=0.0)]
    with suppress(WarehouseError, duckdb.Error, OSError):  # refused is not misled
        if odd := sorted(map(str, store_rows(home)[1] - truth))[:2]:
            found.append(f"{MISLED} by the store: {odd}")
    told.write_text("\n".join(found), encoding="utf-8")


def take_back(home: Path, told: Path, _truth: Rows) -> None:
    """What a clock that was ahead has written, withdrawn; says what still stands of it."""
    settings = Settings(home=str(home), publish=True)
    report = withdraw(settings)
    left = plan(settings)
    told.write_text(str((report.released and report.released.error) or ""), encoding="utf-8")
    sys.exit(7 if left.sources or left.run_ids else 0)


def mend(home: Path, told: Path, _truth: Rows) -> None:
    """What `repair --yes` leaves, a line each."""
    done = repair(Settings(home=str(home)), is_dry=False)
    told.write_text("\n".join(str(d) for d in damages(open_home(home, None))), encoding="utf-8")
    sys.exit(0 if done.found else 7)
