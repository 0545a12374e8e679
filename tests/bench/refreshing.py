"""The whole sample, politeness off, against Scrapy taking the same fields to Parquet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests.bench.measuring import Ran, Row, in_turn, python, ratio, run, wall

BUDGET_MB = 400.0


def night(home: Path, until: str, routes: Mapping[str, str], rate: float = 0.0) -> Ran:
    """One whole `carbonmart refresh --sample`; fails unless all of it was read."""
    command = python("night", str(home), until, json.dumps(dict(routes)))
    return run(command, {"CARBONMART_RATE_PER_SECOND": f"{rate:g}"})


def told(ran: Ran) -> dict[str, int | str]:
    """What a night's report says of the source."""
    found: dict[str, int | str] = json.loads(ran.out)["sources"][0]
    return found


def rows(work: Path, until: str, routes: Mapping[str, str], rounds: int) -> list[Row]:
    """Pages a second of both, and our peak memory."""
    home, parquet = work / "refreshed", work / "parquet"

    def ours() -> Ran:
        shutil.rmtree(home, ignore_errors=True)
        return night(home, until, routes)

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
    peak = max(each.peak_mb for each in own)
    return [
        Row("whole sample refreshed, pages/s, vs Scrapy to Parquet", speed, "x", 1.0, True, detail),
        Row("peak memory of that refresh", peak, "MB", BUDGET_MB, detail="resident set"),
    ]
