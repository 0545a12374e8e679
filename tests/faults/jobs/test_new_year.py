"""Every job past the last year that is shipped, with and without a notice of the new one.

The clock is injected where a run gets its own: a live store of hand-made rows is looked at, asked,
planned for and told of on days of 2027 and 2031.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from extractors.sample.sites.seee.pages import article_page
from flows.core.context import RunContext
from flows.core.query.sql import WORKING
from flows.core.settings import Settings
from flows.core.sources import pipeline
from flows.jobs import dry_run
from flows.jobs.backfill import plan as backfill
from flows.jobs.backfill.ledger import Order
from flows.jobs.ingest import ingest
from flows.jobs.report.monitor import notes
from flows.jobs.report.result import MonitorResult
from flows.reports.brief.brief import brief
from flows.reports.brief.facts import ReportSpan
from flows.stages.checks.reconcile import reconcile
from flows.stages.monitor.look import CheckRun, _calendar, look
from flows.stages.monitor.model import OpenStore
from flows.stages.release.release import Released
from schemas.ops.tables import OPS_RUNS
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from schemas.trading import TradingCalendar, shipped
from tests.support.clocks import set_clock
from tests.support.nights import article
from tests.support.rows import KNOWN_FROM, bulletins, method_total, quote
from tests.unit.transforms.calendar.notices import arrangement, lines_of, title_of
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

DAYS = (date(2027, 1, 4), date(2027, 2, 10), date(2031, 1, 2))
LACKING = {
    DAYS[0]: date(2026, 12, 30),
    DAYS[1]: date(2027, 2, 1),
    DAYS[2]: date(2030, 12, 30),
}
"""A day without rows, by the clock: an announced day of trading, and two derived ones."""
SAMPLE = '<meta name="carbonmart-sample" content="simulated">'
INVENTED = {
    2027: {
        "元旦": "01-01 01-03",
        "春节": "02-05 02-12 01-30 02-20",
        "清明节": "04-03 04-05",
        "劳动节": "05-01 05-05",
        "端午节": "06-09 06-09",
        "中秋节": "09-15 09-15",
        "国庆节": "10-01 10-07 10-09",
    },
    2031: {
        "元旦": "01-01 01-01",
        "春节": "01-22 01-29 01-19",
        "清明节": "04-05 04-07",
        "劳动节": "05-01 05-05",
        "端午节": "06-22 06-24",
        "国庆节、中秋节": "10-01 10-08",
    },
}
"""Days off that nobody has announced, for notices that were never made."""


@pytest.fixture(params=DAYS, ids=str)
def today(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> date:
    day: date = request.param
    set_clock(monkeypatch, datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC))
    return day


@pytest.fixture
def store(tmp_path: Path, today: date) -> Settings:
    """A live store with each trading day of two months but one, as far as anybody knows them."""
    settings = Settings(home=str(tmp_path / "home"), publish=False, contact="a@example.org")
    warehouse = Warehouse(open_home(settings.home, "live").path)
    days = list(shipped().trading_days(today - timedelta(days=60), today - timedelta(days=1)))
    days.remove(LACKING[today])
    for table, rows in (
        (SEEE_BULLETINS, bulletins(days)),
        (SEEE_QUOTES, [quote(day, "COMCEA") for day in days]),
        (SEEE_METHOD_TOTALS, [method_total(day) for day in days]),
    ):
        warehouse.load(table, rows, known_from=KNOWN_FROM, run_id="night")
    counts = ("fetched", "not_modified", "parsed", "accepted", "quarantined", "duplicates", "new")
    told = {"source": "seee", "job": "refresh", "outcome": "changed", "software_version": "0"}
    times = {"started_at": KNOWN_FROM, "finished_at": KNOWN_FROM, "business_day": days[-1]}
    row = {"run_id": "night", "seconds": 1.0, **told, **times, **dict.fromkeys(counts, 0)}
    warehouse.append_log(OPS_RUNS, [row | {"revised": 0}], run_id="night")
    return settings


def lacks(seen: CheckRun, day: date) -> bool:
    """Whether the day is told to be missing."""
    (found,) = [f for f in seen.findings if f.check == "coverage"]
    assert (found.verdict == "fail") == (f"{day}" in found.told), found.told
    return found.verdict == "fail"


def verdicts(seen: CheckRun, check: str) -> dict[str, str]:
    return {f.scope: f.verdict for f in seen.findings if f.check == check}


@pytest.mark.parametrize(
    ("day", "year_basis", "verdict"),
    [
        (date(2026, 11, 30), "derived", "pass"),
        (date(2026, 12, 1), "derived", "warn"),
        (date(2026, 12, 19), "derived", "warn"),
        (date(2026, 12, 20), "derived", "fail"),
        (date(2027, 2, 10), "derived", "fail"),
        (date(2026, 12, 1), "state_council", "warn"),
        (date(2027, 1, 4), "state_council", "warn"),
        (date(2027, 2, 10), "state_council", "pass"),
        (date(2026, 12, 1), "exchange", "pass"),
    ],
)
def test_from_december_on_check_says_what_is_missing_and_what_gives_it(
    day: date, year_basis: str, verdict: str, tmp_path: Path
) -> None:
    days = {d.date: d for d in shipped().days(date(2026, 1, 1), date(2027, 12, 31))}
    for each in [d for d in days.values() if d.date.year == 2027]:
        days[each.date] = replace(each, basis=year_basis)
    settings = Settings(home=str(tmp_path / "home"))
    context = RunContext(open_home(settings.home, "live"), settings)
    context.warehouse.__dict__["calendar"] = TradingCalendar(days)
    (finding,) = _calendar(context, day)
    assert finding.verdict == verdict
    assert ("carbonmart ingest" in finding.next_step) == (verdict != "pass")
    assert verdict == "pass" or "2027" in finding.told
    seen = CheckRun(context, OpenStore(context.warehouse), [], [finding])
    told = "\n".join(notes(MonitorResult(settings.home, False, seen)))
    assert ("carbonmart ingest PAGE" in told) == (verdict != "pass"), "people are told, too"


def the_notice(settings: Settings, folder: Path, year: int) -> None:
    """Ingest a notice of the year: our own words, on the page of a notice."""
    lines = "".join(
        f"<p>{escape(x)}</p>" for x in lines_of(arrangement(year, "周", INVENTED[year]))
    )
    title = title_of(year)
    page = folder / "notice.html"
    page.write_text(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<p>国办发明电〔{year - 1}〕99号</p><div id='UCAP-CONTENT'>{lines}</div></body></html>",
        encoding="utf-8",
    )
    url = f"https://www.gov.cn/zhengce/zhengceku/{year - 1}11/content_1.htm"
    saved_on(page, date(year, 1, 2))
    (run,) = ingest(settings, [page], [url]).runs
    assert (run.source, str(run.outcome)) == ("calendar", "changed"), run.why


def saved_on(page: Path, day: date) -> None:
    """A page is as old as its file says: these were saved on the evening of a day to come."""
    evening = datetime(day.year, day.month, day.day, 14, tzinfo=UTC).timestamp()
    os.utime(page, (evening, evening))


def a_bulletin_of_the_day_is_taken(store: Settings, day: date, tmp_path: Path) -> Released:
    """Down the whole road, to marts and gates; the day may be one that is derived to be closed."""
    known = article(date(2025, 12, 30))
    texts = [
        text.replace("2025年", f"{day.year}年").replace("12月30日", f"{day.month}月{day.day}日")
        for text in known.paragraphs
    ]
    title = known.title.replace("20251230", f"{day:%Y%m%d}")
    html = article_page(replace(known, title=title, published=day, paragraphs=tuple(texts)))
    page = tmp_path / "day.html"
    page.write_text(html.replace(SAMPLE, ""), encoding="utf-8")
    saved_on(page, day)
    report = ingest(store, [page], [f"https://overview.cneeex.com/c/{day}/499999.shtml"])
    (run,) = report.runs
    assert report.released
    assert report.released.error == ""
    assert run.tally.quarantined == 0, run.why
    with Warehouse(store.home).connect("seee_bulletins") as connection:
        found = connection.execute(
            "select weight_regime from seee_bulletins where period_end = ?", [day]
        ).fetchall()
    assert found == [("unknown",)]
    return report.released


def test_nothing_throws_and_nothing_rests_on_a_derived_day(
    store: Settings, today: date, tmp_path: Path
) -> None:
    seen = look(store, ["seee"])
    assert verdicts(seen, "calendar") == {str(today.year): "fail"}
    assert lacks(seen, LACKING[today]) == (LACKING[today] in shipped().announced)
    assert verdicts(seen, "freshness") == {"": "pass"}
    assert not [f for f in seen.findings if "could not be looked at" in f.told]
    asked = {one.check.name: one for one in reconcile(store, WORKING)}
    assert asked["no_row_on_a_closed_day"].verdict == "pass"
    first, is_announced = today - timedelta(days=60), LACKING[today].year == 2026
    lacking = [day for day, *_ in asked["bulletin_coverage"].findings if day >= first]
    assert lacking == ([LACKING[today]] if is_announced else [])
    assert a_bulletin_of_the_day_is_taken(store, today, tmp_path).derived
    what_is_to_come_is_planned_and_told(store, today)
    weights = {one.check.name: one for one in reconcile(store, WORKING)}["weights_are_known"]
    assert [str(scope) for scope, *_ in weights.findings] == [str(today.year)]


def what_is_to_come_is_planned_and_told(store: Settings, today: date) -> None:
    order = Order("seee", today - timedelta(days=20), today)
    rows = backfill.plan(store, order, is_sample=False, until=None)
    assert sum(row["requests"] for row in rows) > 10
    assert dry_run.plan(store, ["seee"], is_sample=False, until=None)
    page = brief(store, ReportSpan(today.year - 1), "en", WORKING)
    assert str(today.year - 1) in page


def test_with_a_notice_days_are_known_and_a_day_without_rows_is_missing(
    store: Settings, today: date, tmp_path: Path
) -> None:
    the_notice(store, tmp_path, today.year)
    seen = look(store, ["seee"])
    told = {f.scope: f for f in seen.findings if f.check == "calendar"}
    assert next(iter(told.values())).verdict in ("warn", "pass")
    day = LACKING[today]
    is_known = day.year in (2026, today.year)
    assert lacks(seen, day) == is_known
    context = RunContext(open_home(store.home, None), store)
    assert context.calendar.on(today.replace(month=3)).basis == "state_council"
    last = context.due_day(pipeline("seee").source)
    assert last
    assert (today - last).days < 7 if today.month == 2 else last <= today
    a_bulletin_of_the_day_is_taken(store, today, tmp_path)
    asked = {one.check.name: one for one in reconcile(store, WORKING)}
    contradicted = [str(day) for day, *_ in asked["calendar_traded_days_are_open"].findings]
    assert contradicted == ([str(today)] if today.month == 2 else []), "that day is a holiday"
    closed = [str(one.scope) for one in asked["no_row_on_a_closed_day"].broken]
    assert closed == contradicted, "it waits for another word"
    told_twice = [quote(today, "COMCEA", retrieved_at=KNOWN_FROM)]
    warehouse = Warehouse(store.home)
    warehouse.load(SEEE_QUOTES, told_twice, known_from=context.started_at, run_id="later")
    asked = {one.check.name: one for one in reconcile(store, WORKING)}
    assert not asked["no_row_on_a_closed_day"].broken, "a day that was traded was open"
