"""The quiet night: a refresh that finds nothing new, against the bare conditional GETs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from extractors.archive.archive import Archive
from schemas.ops.tables import OPS_CHECKS, OPS_FETCHES, OPS_RUNS
from tests.bench.measuring import Ran, Row, cpu, in_turn, python, ratio, run, wall
from tests.bench.refreshing import night, told
from warehouse.store.store import Warehouse

RATE_PER_SECOND = 5.0
NIGHTS = 100
SMALL_UNTIL = "2021-12-27"
"""A tenth of the sample's 54 months, and like its end the last days of a year."""


def rows(home: Path, work: Path, until: str, routes: Mapping[str, str], rounds: int) -> list[Row]:
    """Quiet nights without and with pace, and at ten times the history."""
    last = _quiet(night(home, until, routes))
    asked = work / "requests.json"
    asked.write_text(json.dumps(_requests(home, json.loads(last.out)["run_id"])))

    def ours(rate: float) -> Ran:
        return _quiet(night(home, until, routes, rate))

    def bare(rate: float) -> Ran:
        return run(python("bare_gets", json.dumps(dict(routes)), f"{rate:g}", str(asked)))

    bare(0)
    own, least = in_turn(rounds, lambda: ours(0), lambda: bare(0))
    slow, slow_least = in_turn(rounds, lambda: ours(RATE_PER_SECOND), lambda: bare(RATE_PER_SECOND))
    answers = sum(json.loads(least[-1].out).values())
    fixed_ms = 1000 * (min(wall(own)) - min(wall(least)))
    return [
        Row(
            f"quiet night vs bare conditional GETs, {RATE_PER_SECOND:g} requests/s a host",
            min(wall(slow)) / min(wall(slow_least)),
            "x",
            1.3,
            detail=f"{answers} requests, {min(wall(slow)):.1f} s against "
            f"{min(wall(slow_least)):.1f} s, best of {rounds}",
        ),
        Row(
            "the same, politeness off: all of it fixed cost",
            ratio(wall(own), wall(least)),
            "x",
            detail=f"{min(wall(own)):.2f} s against {min(wall(least)):.2f} s at best: "
            f"fixed cost {fixed_ms:.0f} ms of start, imports, checks and books "
            f"(CPU {cpu(own):.2f} s against {cpu(least):.2f} s)",
        ),
        _at_ten_times(home, work / "small", until, routes, rounds),
        _after_many(home, work / "aged", until, routes, rounds),
    ]


def _at_ten_times(
    home: Path, small: Path, until: str, routes: Mapping[str, str], rounds: int
) -> Row:
    assert told(night(small, SMALL_UNTIL, routes))["outcome"] == "changed"
    _quiet(night(small, SMALL_UNTIL, routes))
    large_runs, small_runs = in_turn(
        rounds,
        lambda: _quiet(night(home, until, routes)),
        lambda: _quiet(night(small, SMALL_UNTIL, routes)),
    )
    counts = [told(runs[-1])["304"] for runs in (large_runs, small_runs)]
    return Row(
        "quiet night at 10x the history",
        ratio(wall(large_runs), wall(small_runs)),
        "x",
        1.2,
        detail=f"{median(wall(large_runs)):.2f} s against {median(wall(small_runs)):.2f} s, "
        f"{counts[0]} requests against {counts[1]}",
    )


def _after_many(home: Path, aged: Path, until: str, routes: Mapping[str, str], rounds: int) -> Row:
    """A store whose books hold many more nights, each the commits that a quiet one leaves."""
    shutil.copytree(home, aged)
    _age(Warehouse(aged), NIGHTS)
    _quiet(night(aged, until, routes))
    old_runs, young_runs = in_turn(
        rounds,
        lambda: _quiet(night(aged, until, routes)),
        lambda: _quiet(night(home, until, routes)),
    )
    return Row(
        f"quiet night after {NIGHTS} quiet nights",
        ratio(wall(old_runs), wall(young_runs)),
        "x",
        1.2,
        detail=f"{median(wall(old_runs)):.2f} s against {median(wall(young_runs)):.2f} s "
        f"(CPU {cpu(old_runs):.2f} s against {cpu(young_runs):.2f} s)",
    )


def _age(warehouse: Warehouse, nights: int) -> None:
    with warehouse.connect() as connection:
        ((last,),) = connection.sql("SELECT max(run_id) FROM ops_runs").fetchall()
        held = {
            table: connection.sql(f"SELECT * FROM {table.name} WHERE run_id = '{last}'")
            .to_arrow_table()
            .to_pylist()
            for table in (OPS_FETCHES, OPS_CHECKS, OPS_RUNS)
        }
    for number in range(1, nights + 1):
        run_id, earlier = f"{last}-{number}", timedelta(days=number)
        for table, rows in held.items():
            moved = [
                {k: v - earlier if isinstance(v, datetime) else v for k, v in row.items()}
                | {"run_id": run_id}
                for row in rows
            ]
            warehouse.append_log(table, moved, run_id=run_id)


def _quiet(ran: Ran) -> Ran:
    report = told(ran)
    assert report["outcome"] == "unchanged", report
    assert report["fetched"] == report["new"] == 0, report
    return ran


def _requests(home: Path, run_id: str) -> list[dict[str, object]]:
    """The requests of a night, as its archive has them, with the headers that were sent."""
    archive = Archive(home / "archive")
    found: list[dict[str, object]] = []
    for entry in archive.entries(source="seee", run_id=run_id):
        headers = {
            "User-Agent": "carbonmart-bench",
            "Accept-Encoding": "gzip, deflate",
        }
        if entry.request_body is not None:
            headers["Content-Type"] = "application/json"
        elif entry.refers_to:
            base = archive.entry(entry.refers_to)
            headers |= {"If-None-Match": base.etag, "If-Modified-Since": base.last_modified}
        found.append({"url": entry.url, "body": entry.request_body, "headers": headers})
    archive.close()
    return found
