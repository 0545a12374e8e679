"""Replay of many archived pages, read by one process and by two."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from extractors.archive.archive import Archive
from extractors.model import Link
from extractors.warc.exchange import Exchange
from tests.bench.commands import START
from tests.bench.measuring import Ran, Row, cpu, in_turn, ratio, run, wall
from tests.bench.refreshing import told

COPIES = 8
"""Times that every page of the sample is in the archive, each time as another payload."""
KINDS = ("bulletin", "quotes", "method_totals")
FIRST_NIGHT = datetime(2026, 1, 1, tzinfo=UTC)


def rows(home: Path, work: Path, rounds: int) -> list[Row]:
    """Two processes that read against one that does it all."""
    archive = work / "copies"
    pages = _archive_of_copies(Archive(home / "archive"), archive, COPIES)
    half = work / "half"
    fewer = _archive_of_copies(Archive(home / "archive"), half, COPIES // 2)
    small = _replay(half, work / "replayed", fewer)
    one, two = in_turn(
        rounds,
        lambda: _replay(archive, work / "replayed", pages),
        lambda: _replay(archive, work / "replayed", pages, "processes", "2"),
    )
    return [
        Row(
            f"replay of {pages:,} pages on two processes vs one",
            ratio(wall(one), wall(two)),
            "x",
            1.6,
            at_least=True,
            detail=f"{median(wall(two)):.1f} s against {median(wall(one)):.1f} s "
            f"({pages / median(wall(one)):.0f} pages/s on one; CPU of the driver {cpu(two):.1f} s "
            f"against {cpu(one):.1f} s for all); the driver alone commits",
        ),
        Row(
            f"peak memory of a replay of {fewer:,} pages, on one process",
            small.peak_mb,
            "MB",
            400,
            detail=f"resident set; of {pages:,} pages: {median(each.peak_mb for each in one):.0f}"
            f" MB, of the driver of two processes: {median(each.peak_mb for each in two):.0f} MB",
        ),
    ]


def _archive_of_copies(source: Archive, root: Path, copies: int) -> int:
    """The pages of an archive again and again, night after night; gives their number."""
    found = [e for e in source.entries() if e.kind in KINDS and e.verdict == "good"]
    pages = [(entry, source.page(entry)) for entry in found if not entry.refers_to]
    copied = Archive(root)
    for number in range(copies):
        night = FIRST_NIGHT + timedelta(days=number)
        day = date(2026, 1, 1) + timedelta(days=number)
        with copied.writer("seee", f"night-{number}", night, day) as writer:
            for position, (entry, page) in enumerate(pages):
                kept = [(k, v) for k, v in page.headers.items() if not k.startswith("content-")]
                exchange = Exchange(
                    link=Link(entry.url, entry.kind, entry.request_body),
                    source="seee",
                    kind=entry.kind,
                    status=200,
                    reason="OK",
                    request_headers=(),
                    response_headers=(*kept, ("content-type", page.header("content-type"))),
                    body=page.body + b"\n" * number,
                    retrieved_at=night + timedelta(milliseconds=position),
                )
                copied.judge(writer.write(exchange).fetch_id, "good")
    copied.close()
    return copies * len(pages)


def _replay(archive: Path, home: Path, pages: int, *runner: str) -> Ran:
    shutil.rmtree(home, ignore_errors=True)
    # The pages are only read; the index is written to.
    shutil.copytree(archive, home / "archive", copy_function=os.link)
    index = home / "archive/index.sqlite"
    index.unlink()
    shutil.copy(archive / "index.sqlite", index)
    options: Sequence[str] = ()
    if runner:
        options = ("--task-runner", runner[0], "--workers", runner[1])
    command = [sys.executable, "-c", START, "--home", str(home), "replay", "--json", *options]
    ran = run(command, {"CARBONMART_PUBLISH": "false"})
    try:
        report = told(ran)
    except ValueError as error:
        raise RuntimeError(f"no report of a replay: {ran.out[:400]!r}") from error
    assert report["outcome"] == "changed", report
    assert int(report["parsed"]) > pages, report
    return ran
