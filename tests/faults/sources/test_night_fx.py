"""Nights over the euro's reference rates: what only two files of one series can do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.fx.site import DAILY, HISTORY, HOST, xml
from schemas.sources.fx.target import closing_days, is_working_day
from tests.support.nights import World

FRIDAY, MONDAY = date(2021, 7, 30), date(2021, 8, 2)


@pytest.fixture
def fx(tmp_path: Path) -> Iterator[World]:
    """No store yet, and a server on the evening of a Friday."""
    with SampleServer(until=FRIDAY) as server:
        yield World(tmp_path / "home", server, "fx")


def text(world: World, target: str) -> str:
    return world.server.sites["fx"].respond(HOST, target).body.decode()


def test_two_files_that_differ_fail_a_check(fx: World) -> None:
    body = text(fx, DAILY)
    (printed,) = re.findall(r'"CNY" rate="([\d.]+)"', body)
    fx.server.fault(DAILY, "replace", body=body.replace(printed, "7.1234"))
    told = fx.pipeline()
    assert told.run.failed_checks == ["fx_files_agree"]
    assert told.exit_code == 5
    line = next(x for x in told.text.splitlines() if "note: fx_files_agree" in x)
    for part in (f"{FRIDAY} CNY", "7.123400", printed, "eurofxref-hist-90d.xml"):
        assert part in line
    kept = fx.ask(
        "select revision, rate_per_eur from fx_rates__history "
        f"where published_on = '{FRIDAY}' and currency = 'CNY' order by 1"
    )
    assert kept == [(1, Decimal("7.1234")), (2, Decimal(printed))], "both are kept"


def test_a_working_day_without_rates_is_told_and_a_closed_one_is_not(fx: World) -> None:
    body = text(fx, HISTORY)
    without = re.sub(r'\t\t<Cube time="2021-07-27">.*?\t\t</Cube>\n', "", body, flags=re.DOTALL)
    assert without != body
    fx.server.fault(HISTORY, "replace", body=without)
    told = fx.pipeline()
    assert told.exit_code == 0
    missing = "select scope from ops_checks where name = 'fx_working_days_have_rates' order by 1"
    assert fx.ask(missing) == [(f"2021-07-27 {currency}",) for currency in ("CNY", "HKD", "USD")]
    assert "2021-07-27 CNY" in told.text
    fx.server.clear()
    fx.server.until = MONDAY
    assert fx.pipeline().outcome == "changed"
    assert fx.ask("select count(*) from fx_rates where published_on = '2021-07-27'") == [(7,)]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('currency="CNY"', 'currency="XBT"', "one_of"),
        ('rate="', 'rate="0.00000" was="', "row_shape"),
        ("2021-07-30", "2021-07-31", "rates_on_working_days"),
        ("2021-07-30", "2121-07-30", "future_day"),
        ('rate="7', 'rate="7,', "bad_number"),
    ],
)
def test_what_can_be_no_reference_rate_is_refused(fx: World, old: str, new: str, rule: str) -> None:
    body = text(fx, DAILY)
    assert old in body
    fx.server.fault(DAILY, "replace", body=body.replace(old, new))
    told = fx.pipeline()
    assert told.outcome == "partial"
    assert {found for (found,) in fx.quarantine("rule")} == {rule}, told.text
    rows = f"select count(*) from fx_rates where published_on = '{FRIDAY}'"
    assert fx.ask(rows) == [(7,)], "the longer file states the day, too"


def test_both_ways_of_quoting_are_read(fx: World) -> None:
    fx.server.fault(DAILY, "replace", body=xml([FRIDAY]).replace('"', "'"))
    assert fx.pipeline().outcome == "changed"
    assert fx.ask("select count(*) from fx_rates where source_url like '%daily%'") == [(7,)]


def test_easter_moves_and_the_other_closing_days_do_not() -> None:
    easter = {2022: "04-15 04-18", 2024: "03-29 04-01", 2027: "03-26 03-29", 2038: "04-23 04-26"}
    for year, days in easter.items():
        moved = [date.fromisoformat(f"{year}-{day}") for day in days.split()]
        fixed = [date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)]
        assert set(closing_days(year)) == {*moved, *fixed}
        assert not any(map(is_working_day, moved))
    assert is_working_day(date(2025, 10, 1)), "a holiday of China's is none of TARGET's"


def test_xml_of_another_make_is_told_by_its_root(fx: World) -> None:
    fx.server.fault(DAILY, "replace", body="<rates><eurofxref/></rates>")
    told = fx.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert "no Cube around the days" in told.line("layout")
    assert "rates" in told.line("layout")
