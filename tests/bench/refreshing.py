"""The whole sample, politeness off, against Scrapy taking the same fields to Parquet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests.bench.measuring import Ran, Row, in_turn, python, ratio, run, wall

BUDGET_MB = 400.0


def night(
    home: Path,
    until: str,
    routes: Mapping[str, str],
    rate: float = 0.0,
    *,
    is_published: bool = True,
) -> Ran:
    """One whole `carbonmart refresh --sample`; fails unless all of it was read."""
    command = python("night", str(home), until, json.dumps(dict(routes)))
    settings = {"CARBONMART_RATE_PER_SECOND": f"{rate:g}"}
    return run(command, settings | {"CARBONMART_PUBLISH": str(is_published).lower()})


def told(ran: Ran) -> dict[str, int | str]:
    """What a night's report says of the source."""
    found: dict[str, int | str] = json.loads(ran.out)["sources"][0]
    return found


def rows(work: Path, until: str, routes: Mapping[str, str], rounds: int) -> list[Row]:
    """Pages a second of both, and our peak memory.

    Scrapy writes the fields it has taken to files, unchecked: held against it is a run without
    publication, which does all that comes before (validation, checks, marts, a release).
    """
    home, parquet = work / "refreshed", work / "parquet"

    def ours(*, is_published: bool = False) -> Ran:
        shutil.rmtree(home, ignore_errors=True)
        return night(home, until, routes, is_published=is_published)

    def theirs() -> Ran:
        shutil.rmtree(parquet, ignore_errors=True)
        return run(python("spider", str(parquet), until, json.dumps(dict(routes))))

    theirs()  # the first round compiles modules, on both sides; ours was warmed before
    own, scrapy = in_turn(rounds, ours, theirs)
    report, crawled = told(own[-1]), json.loads(scrapy[-1].out)
    assert report["outcome"] == "changed", report
    assert report["new"] == 13_339, report
    assert crawled["quotes"] + crawled["totals"] == 3_760 + 8_212, crawled
    assert crawled["bulletins"] >= 1_367, crawled
    assert crawled["figures"] > 15_000, crawled
    pages = int(report["fetched"]) + int(report["304"])
    own_s, scrapy_s = median(wall(own)), median(wall(scrapy))
    speed = ratio(wall(scrapy), wall(own))
    own_cpu, scrapy_cpu = (median(r.cpu_s for r in runs) for runs in (own, scrapy))
    detail = (
        f"{pages} pages: {pages / own_s:.0f} pages/s ({own_s:.1f} s, CPU {own_cpu:.1f} s) "
        f"against {pages / scrapy_s:.0f} ({scrapy_s:.1f} s, CPU {scrapy_cpu:.1f} s)"
    )
    whole = ours(is_published=True)
    peak = max(each.peak_mb for each in (*own, whole))
    return [
        Row(
            "whole sample to a release, pages/s, vs Scrapy to Parquet",
            speed,
            "x",
            1.0,
            True,
            detail,
        ),
        Row(
            "the same with publication and its comparison",
            scrapy_s / whole.wall_s,
            "x",
            detail=f"{whole.wall_s:.1f} s",
        ),
        Row("peak memory of that refresh", peak, "MB", BUDGET_MB, detail="resident set"),
    ]
