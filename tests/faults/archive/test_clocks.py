"""No clock is trusted: captures of the future, machines that are days ahead or behind, and files
saved at another time than they say. What was taken by one is named and taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.sample.sites.seee.pages import article_page
from flows.core import clock
from flows.core.clock import Days, require_clock, require_servers_time
from flows.core.context import RunContext
from flows.core.errors import ClockError, UsageError
from flows.core.query.time_travel import parse_time
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from flows.jobs.monitor import watch
from flows.jobs.repair import repair
from flows.jobs.replay import rebuild_index, replay
from flows.jobs.report.report import as_markdown
from flows.jobs.report.result import RunReport
from flows.jobs.withdraw import plan, withdraw
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.support.damage import DAMAGES, KINDS, copy
from tests.support.nights import NEXT, OVERVIEW, World, article
from tests.support.rows import bulletin
from warehouse.store.home import open_home

DAY = NEXT[0]
URL = OVERVIEW + article(DAY).path
TRUE, WRONG = "42.92", "43.21"


@pytest.fixture
def settings(world: World) -> Settings:
    return Settings(home=str(world.home), retries=1, backoff_s=0.0, publish=False)


def page(edit: Callable[[str], str] = str) -> str:
    """The day's bulletin as it is served, or with its words edited."""
    return edit(article_page(article(DAY)))


def captured(folder: Path, at: datetime, html: str) -> Path:
    """The bulletin's page in a web archive, captured at an instant."""
    path = folder / f"{at:%Y%m%d}.warc"
    with path.open("wb") as file:
        writer, body = WARCWriter(file, gzip=False), html.encode()
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        date_ = {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        made = writer.create_warc_record(
            URL, "response", BytesIO(body), len(body), warc_headers_dict=date_, http_headers=head
        )
        writer.write_record(made)
    return path


def saved(folder: Path, html: str) -> Path:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    return path


def another(html: str) -> str:
    """A page that says another opening price."""
    assert TRUE in html
    return html.replace(TRUE, WRONG)


def opened_at(world: World) -> list[str]:
    """The day's opening price, in each row there is of it."""
    found = world.ask(
        f"select open_cny_per_t from seee_bulletins where period = 'day' and trade_date = '{DAY}'"
    )
    return [str(price) for (price,) in found]


def test_a_capture_of_the_future_is_refused_and_the_true_page_stands(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    ahead = datetime(2099, 1, 1, tzinfo=UTC)
    report = ingest(settings, [captured(tmp_path, ahead, page(another))])
    assert report.exit_code == 3
    assert "in_the_future" in as_markdown(report)
    assert opened_at(world) == []
    assert world.quarantine("rule, value, url") == [("in_the_future", ahead.isoformat(), URL)]
    told = ingest(settings, [saved(tmp_path, page())], [URL])
    assert told.runs[0].tally.new == 1, as_markdown(told)
    assert world.quarantine("rule") == [], "the true page has released it"
    rebuild_index(settings)
    replay(settings, ["seee"])
    assert opened_at(world) == [TRUE]


def test_an_older_page_never_becomes_current(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    file = saved(tmp_path, page())
    first = ingest(settings, [file], [URL])
    assert "saved_at" in as_markdown(first), "the file's own time is told"
    file.write_text(page(another), encoding="utf-8")
    long_ago = datetime(2022, 1, 1, tzinfo=UTC)
    again = ingest(settings, [file], [URL], [long_ago])
    assert again.runs[0].tally.duplicates == 1, as_markdown(again)
    assert opened_at(world) == [TRUE]
    with pytest.raises(UsageError, match="in the future"):
        ingest(settings, [file], [URL], [datetime.now(UTC) + timedelta(days=1)])


def shifted(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Set this machine's clock, as far as runs and fetches ask it."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + by

    for module in ("core.clock", "core.context", "core.run_log", "stages.source_run"):
        monkeypatch.setattr(f"flows.{module}.datetime", Shifted)
    monkeypatch.setattr("extractors.http.client.datetime", Shifted)


def test_a_machine_three_days_ahead_for_one_night_is_told_and_taken_back(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ahead:
        shifted(ahead, timedelta(days=3))
        assert world.night().outcome == "changed"
    assert opened_at(world) == [TRUE]
    (home,) = {open_home(settings.home, None)}
    with pytest.raises(ClockError, match="carbonmart withdraw"):
        require_clock(RunContext(home, settings))
    broken = copy(world.home, world.home.with_name("broken"))
    DAMAGES["flipped"](KINDS["data file of a log"](broken))
    with pytest.raises(ClockError, match="carbonmart withdraw"):
        repair(Settings(home=str(broken)), is_dry=False)
    assert not (broken / "damaged").exists(), "no table was touched"
    look = watch(settings, ["seee"], until=DAY).look
    assert "clock" in {finding.check for finding in look.failed}
    named = {row["what"] for row in plan(settings).as_rows()}
    assert {"run", "fetches", "rows of seee_bulletins"} <= named
    report = withdraw(settings)
    assert "withdrawn from seee_bulletins" in as_markdown(report)
    assert opened_at(world) == []
    require_clock(RunContext(home, settings))
    assert plan(settings).as_rows() == []
    told = world.night()
    assert told.outcome == "changed", told.text
    assert opened_at(world) == [TRUE]
    found = world.ask(f"select retrieved_at from seee_bulletins where trade_date = '{DAY}'")
    assert all(at < datetime.now(UTC) for (at,) in found)
    assert "clock" not in {f.check for f in watch(settings, ["seee"], until=DAY).look.failed}


def test_a_row_that_a_capture_of_the_future_froze_gives_way_to_what_was_held(
    world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(settings, [saved(tmp_path, page())], [URL])
    with monkeypatch.context() as trusting:  # as it was before captures were asked for their time
        for module in ("stages.read.parse", "stages.load.load", "jobs.ingest"):
            trusting.setattr(f"flows.{module}.is_future", lambda _: False)
        ahead = datetime(2099, 1, 1, tzinfo=UTC)
        ingest(settings, [captured(tmp_path, ahead, page(another))])
    assert opened_at(world) == [WRONG]
    withdraw(settings)
    assert opened_at(world) == [TRUE], "what is held of the address is read again"


def test_a_clock_behind_the_store_writes_nothing(world: World, settings: Settings) -> None:
    home = open_home(settings.home, None)
    behind = RunContext(home, settings, started_at=datetime.now(UTC) - timedelta(days=400))
    with pytest.raises(ClockError, match="nothing was written"):
        require_clock(behind)


@pytest.mark.parametrize("days", [-400, -2, 2, 3650])
def test_servers_of_another_day_are_believed_where_none_agrees(days: int) -> None:
    now = datetime.now(UTC)
    other = now + timedelta(days=days)
    with pytest.raises(ClockError, match=r"a\.example says"):
        require_servers_time(now, [("a.example", other), ("b.example", other)])
    require_servers_time(now, [("a.example", other), ("b.example", now)])
    require_servers_time(now, [("a.example", None)])


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({}, None),
        ({"published_on": date(2025, 3, 4)}, "published_on"),
        ({"period_start": date(2025, 3, 4)}, "period_start"),
        # A month that ends on a Saturday is told of on its Friday.
        ({"period_end": date(2025, 3, 8), "trade_date": date(2025, 3, 8)}, None),
        # The day has begun in China, where it is still the day before in UTC.
        ({"published_on": date(2025, 3, 4), "retrieved_at": "2025-03-03T15:56:00Z"}, None),
        (
            {"published_on": date(2025, 3, 4), "retrieved_at": "2025-03-03T15:54:00Z"},
            "published_on",
        ),
    ],
)
def test_a_day_after_its_capture_is_no_past(row: dict[str, Any], column: str | None) -> None:
    at = {"retrieved_at": datetime.fromisoformat(row.get("retrieved_at", "2025-03-03T14:00:00Z"))}
    found = Days("Asia/Shanghai").ahead(SEEE_BULLETINS, bulletin(**(row | at)))
    assert (found[0] if found else None) == column


def test_nobody_knows_what_will_be_known() -> None:
    assert parse_time(datetime.now(UTC).date().isoformat()) > datetime.now(UTC)
    with pytest.raises(UsageError, match="in the future"):
        parse_time("2099-01-01")
    with pytest.raises(UsageError, match="in the future"):
        parse_time((datetime.now(UTC) + timedelta(hours=1)).isoformat())


def test_a_run_report_of_nothing_to_withdraw(world: World, settings: Settings) -> None:
    report = withdraw(settings)
    assert isinstance(report, RunReport)
    assert (report.exit_code, report.runs) == (0, [])
    assert clock.withdrawals(world.home) == []
