"""Backfills in this process: what they ask for, what the ledger says, and closed doors."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from extractors.archive.archive import Archive
from extractors.model import Link
from extractors.seee.source import SOURCE as SEEE
from extractors.source import Source
from extractors.warc.exchange import Exchange
from flows.core.context import RunContext, Sample
from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.jobs.backfill.backfill import Backfill, Conduct, run_plainly
from flows.jobs.backfill.ledger import Mode, Order
from flows.jobs.backfill.partitions import partitions_of
from flows.jobs.backfill.plan import in_words, plan
from flows.jobs.backfill.report import BackfillReport, as_rows
from schemas.ops.tables import OPS_FETCHES
from tests.support.nights import NEXT, OVERVIEW, SHYX, World, article
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

LAUNCH, AUTUMN = date(2021, 7, 16), date(2021, 9, 30)
MONTHS = ["2021-07", "2021-08", "2021-09"]
LISTED = "/qgtpfqjy/mrgk/2021n/index.shtml"


@pytest.fixture
def months(world: World, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The exchange, if its backfills went by month; nothing new since the first night."""
    world.server.until = AUTUMN
    by_month = replace(SEEE, partition="month")
    monkeypatch.setattr("extractors.seee.source.SOURCE", by_month)
    return by_month


def order(mode: Mode = "all", first: date = LAUNCH, last: date = AUTUMN) -> Order:
    return Order("seee", first, last, mode)


def settings_of(world: World, **more: Any) -> Settings:
    chosen = {"home": str(world.home), "retries": 0, "backoff_s": 0.0, "publish": False, **more}
    return Settings(**chosen)


def backfill(world: World, asked: Order, **settings: Any) -> tuple[BackfillReport, list[str]]:
    """Run it on the world's server; gives its report and the lines it told."""
    world.server.requests.clear()
    night = RunContext(
        open_home(world.home, "sample"),
        settings_of(world, **settings),
        job="backfill",
        sample=Sample(world.server.routes, world.server.until),
    )
    told: list[str] = []
    work = Backfill(night, asked, Conduct(tell=told.append))
    run_plainly(work)
    for _, run in work.report.partitions:
        if run is not None:
            run.tally.conserve()
    return work.report, told


def outcomes(report: BackfillReport) -> dict[str, str]:
    return {row["partition"]: row["outcome"] for row in as_rows(report)}


def statuses(world: World, backfill_id: str) -> dict[str, str]:
    found = world.ask(
        f"select partition, status from ops_partitions where backfill_id = '{backfill_id}'"
    )
    return dict(found)


def asked_pages(world: World) -> list[str]:
    """Bulletins and totals that the server was asked for; lists and series come besides."""
    wanted = ("/c/", "/gateway/common/querySubStat")
    return [target for _, _, target, _ in world.server.requests if target.startswith(wanted)]


@pytest.mark.parametrize(
    ("unit", "first", "last", "names", "second"),
    [
        ("year", LAUNCH, date(2023, 2, 1), ["2021", "2022", "2023"], date(2022, 1, 1)),
        ("month", LAUNCH, AUTUMN, MONTHS, date(2021, 8, 1)),
        ("month", date(2023, 12, 31), date(2024, 1, 1), ["2023-12", "2024-01"], date(2024, 1, 1)),
    ],
)
def test_partitions_are_clipped_stretches_of_the_calendar_without_gaps(
    unit: Any, first: date, last: date, names: list[str], second: date
) -> None:
    found = partitions_of(replace(SEEE, partition=unit), first, last)
    assert [partition.name for partition in found] == names
    assert (found[0].first, found[-1].last, found[1].first) == (first, last, second)
    for one, following in pairwise(found):
        assert one.last + timedelta(days=1) == following.first


def test_everything_is_asked_for_again_conditionally_and_nothing_is_new(
    world: World, months: Source
) -> None:
    before = world.versions()
    report, told = backfill(world, order())
    assert outcomes(report) == dict.fromkeys(MONTHS, "unchanged")
    assert (report.exit_code, world.versions()) == (0, before)
    (night_pages,) = world.ask("select count(*) from seee_bulletins")[0]
    assert len([target for target in asked_pages(world) if "/c/" in target]) >= night_pages
    assert {status for _, _, target, status in world.server.requests if "/c/" in target} == {304}
    assert [line.partition(",")[0] for line in told] == [
        f"seee {m}: unchanged" for m in MONTHS[::-1]
    ]
    assert "(1 of 3, about" in told[0]
    assert statuses(world, report.backfill_id) == dict.fromkeys(MONTHS, "done")
    runs = world.ask("select business_day, job from ops_runs where job = 'backfill'")
    assert runs == [(AUTUMN, "backfill")] * 4  # three partitions, and the closing checks
    assert world.ask("select count(*) from ops_checks where name = 'bulletin_coverage'")[0][0] > 1


def test_a_figure_of_the_past_corrected_where_no_night_looks_is_found(
    world: World, months: Source
) -> None:
    day = date(2021, 7, 20)
    ((total,),) = world.ask(
        f"select cumulative_volume_t from seee_bulletins where period_end = '{day}' "
        "and period = 'day'"
    )
    world.serve(day, lambda text: text.replace(f"{total:,}", f"{total + 7:,}"))
    report, _ = backfill(world, order(last=date(2021, 7, 31)))
    (row,) = as_rows(report)
    assert (row["partition"], row["fetched"], row["outcome"]) == ("2021-07", 1, "changed")
    assert f"cumulative_volume_t: {total} -> {total + 7}" in "".join(report.runs[0].tally.changes)
    assert report.exit_code == 5  # the day before it, and the sum to it, do not agree with it


def test_missing_only_asks_for_what_is_not_held_and_skips_what_was_done(
    world: World, months: Source
) -> None:
    world.server.until = NEXT[0]
    report, _ = backfill(world, order("missing", last=NEXT[0]))
    assert outcomes(report) == {
        **dict.fromkeys(MONTHS, "unchanged"),
        "2021-10": "changed",
    }
    pages = asked_pages(world)
    assert article(NEXT[0]).path in pages
    assert not [page for page in pages if "/c/2021-07" in page or "/c/2021-08" in page]
    again, _ = backfill(world, order("missing", last=NEXT[0]))
    # The quote file is held, and says nothing yet of the last day.
    assert outcomes(again) == {**dict.fromkeys(MONTHS, "done before"), "2021-10": "unchanged"}
    assert not [page for page in asked_pages(world) if "/c/" in page]


def test_missing_only_asks_again_for_a_stretch_that_lacks_a_day(empty_world: World) -> None:
    unlisted = article(date(2021, 7, 20)).path
    page = empty_world.server.answer("overview.cneeex.example", LISTED, None).body.decode()
    for item in re.findall(r"<li\b.*?</li>", page, re.DOTALL):
        page = page.replace(item, "") if unlisted in item else page
    assert unlisted not in page
    empty_world.server.fault(re.escape(LISTED), "replace", body=page)
    asked = order("missing", last=date(2021, 7, 30))
    report, _ = backfill(empty_world, asked)
    assert outcomes(report) == {"2021": "changed"}
    empty_world.server.clear()
    assert outcomes(backfill(empty_world, asked)[0]) == {"2021": "changed"}
    assert unlisted in asked_pages(empty_world)
    assert outcomes(backfill(empty_world, asked)[0]) == {"2021": "done before"}


def test_reparse_asks_nobody_and_reads_every_page_of_the_days(world: World) -> None:
    before = world.versions()
    report, _ = backfill(world, order("reparse", first=date(2021, 9, 1)))
    assert not world.server.requests
    (row,) = as_rows(report)
    (held,) = world.ask(
        "select (select count(*) from seee_bulletins where period_end >= '2021-09-01') + "
        "(select count(*) from seee_method_totals where trade_date >= '2021-09-01')"
    )[0]
    assert row["duplicates"] == row["parsed"] >= held > 20
    assert (row["outcome"], world.versions()) == ("unchanged", before)


def test_a_wall_closes_its_host_and_the_next_takes_it_up(world: World, months: Source) -> None:
    world.server.fault("/mrgk/2021n/index_3", "challenge")
    report, told = backfill(world, order())
    assert outcomes(report) == {
        "2021-09": "unchanged",
        "2021-08": "blocked",
        "2021-07": "blocked",
    }
    asked = [(host, target) for _, host, target, _ in world.server.requests]
    (walled,) = [place for place, (_, target) in enumerate(asked) if "index_3" in target]
    assert {host for host, _ in asked[walled + 1 :]} == {SHYX.removeprefix("https://")}
    assert len(asked[walled + 1 :]) > 30, "the totals of both months, at the host that answers"
    assert report.exit_code == 3
    assert len(report.runs[0].tally.walls) == 1
    assert statuses(world, report.backfill_id) == {
        "2021-09": "done",
        "2021-08": "incomplete",
        "2021-07": "incomplete",
    }
    world.server.clear()
    world.server.until = NEXT[0]
    # Who asks up to today goes on, too.
    again, told = backfill(world, order(last=NEXT[0]))
    assert again.backfill_id == report.backfill_id
    assert told[0] == f"backfill {report.backfill_id} is taken up: 1 of 4 are loaded"
    assert outcomes(again) == {
        "2021-10": "changed",
        "2021-09": "done before",
        "2021-08": "unchanged",
        "2021-07": "unchanged",
    }
    assert set(statuses(world, report.backfill_id).values()) == {"done"}
    assert backfill(world, order(last=NEXT[0]))[0].backfill_id != report.backfill_id


def test_walls_at_all_hosts_end_the_backfill(world: World, months: Source) -> None:
    world.server.fault("/c/2021-09-30/|/gateway/", "challenge")
    report, _ = backfill(world, order())
    assert outcomes(report) == {
        "2021-09": "blocked",
        "2021-08": "not reached",
        "2021-07": "not reached",
    }
    assert len(report.runs[0].tally.walls) == 2


def test_a_spent_budget_ends_it_too(world: World, months: Source) -> None:
    report, _ = backfill(world, order(), page_budget_per_day=60)
    assert report.exit_code == 3
    assert "budget" in str(report.runs[0].why)
    assert report.left


def test_a_dry_run_asks_nobody_and_counts_what_is_then_asked(world: World, months: Source) -> None:
    world.server.requests.clear()
    rows = plan(
        settings_of(world, rate_per_second=1.0), order(), is_sample=True, until=world.server.until
    )
    assert not world.server.requests
    assert world.ask("select count(*) from ops_partitions") == [(0,)]
    report, _ = backfill(world, order())
    done = {row["partition"]: row["fetched"] + row["304"] for row in as_rows(report)}
    whole = rows.pop()
    assert whole["requests"] == whole["least"] == whole["most"] == sum(r["requests"] for r in rows)
    assert "all of them known" in in_words([whole])
    for row in rows:
        # Lists are looked at again at the end of their walk; one of them is not there.
        assert -2 <= done[row["partition"]] - row["requests"] <= 4, row
        assert (row["not_held"], row["unread_lists"]) == (0, 0)
        assert row["requests"] > row["at_least_seconds"] >= row["requests"] / 2
        assert len(row["addresses"]) > 10


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (AUTUMN, LAUNCH, "--from 2021-09-30 is after --to 2021-07-16"),
        (date(2020, 1, 1), date(2021, 1, 1), "has days from 2021-07-16 to 2021-10-08"),
        (date(2031, 1, 1), date(2031, 2, 1), "has days from 2021-07-16 to 2021-10-08"),
    ],
)
def test_days_that_are_none_of_the_source_are_refused(
    world: World, first: date, last: date, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        backfill(world, order(first=first, last=last))


def test_a_page_that_another_run_has_just_fetched_is_known_since_that_run(world: World) -> None:
    """It is still fetching: its rows are there at once, and it is left to settle itself."""
    archive, began = Archive(world.home / "archive"), datetime.now(UTC)
    known = article(NEXT[0])
    url = OVERVIEW + known.path
    page = world.server.answer("overview.cneeex.example", known.path, None)
    with archive.writer("seee", "another-run", began, NEXT[0]) as writer:
        exchange = Exchange(
            link=Link(url, "bulletin"),
            source="seee",
            kind="bulletin",
            status=200,
            reason="OK",
            request_headers=(),
            response_headers=(("content-type", "text/html; charset=utf-8"),),
            body=page.body,
            retrieved_at=datetime.now(UTC),
        )
        archive.judge(writer.write(exchange).fetch_id, "good")
        archive.flush()
        assert world.pipeline().outcome == "changed"
        found = world.ask(f"select known_from from seee_bulletins where source_url = '{url}'")
        assert [moment for (moment,) in found] == [began]
        assert not archive.history().is_settled("run:seee:another-run")
    assert world.pipeline().outcome == "unchanged"
    assert archive.history().is_settled("run:seee:another-run")
    booked = world.ask("select run_id, count(*) from ops_fetches group by 1 having run_id = "
                       "'another-run'")  # fmt: skip
    assert booked == [("another-run", 1)]


def test_fetches_are_booked_once_whoever_comes_first(tmp_path: Path) -> None:
    store, now = Warehouse(tmp_path), datetime.now(UTC)

    def book(run_id: str, *fetch_ids: str) -> int:
        rows = [
            {
                "fetch_id": fetch_id,
                "run_id": run_id,
                "source": "seee",
                "kind": "bulletin",
                "url": "https://x.example/",
                "status": 200,
                "verdict": "good",
                "retrieved_at": now,
            }
            for fetch_id in fetch_ids
        ]
        return store.append_log(OPS_FETCHES, rows, run_id=run_id, once_by=("run_id", "source"))

    assert [book("a", "1", "2"), book("b", "3"), book("a", "1", "2")] == [2, 1, 0]
    ids = store.query("select fetch_id from ops_fetches order by 1").fetchall()
    assert ids == [("1",), ("2",), ("3",)]
