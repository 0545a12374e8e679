"""The sample of ICAP: made-up values in the real shapes, and what the national value is."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from extractors.sample.site import UnknownFault
from extractors.sample.sites.icap.explorer import systems, systems_json
from extractors.sample.sites.icap.news import all_items
from extractors.sample.sites.icap.pages import HOST
from extractors.sample.sites.icap.series import DATA, quarter_end, rates, series
from extractors.sample.sites.icap.site import EXPLORER, IcapSite
from extractors.sample.sites.seee.figures import Figures, days
from tests.sample_market.explorer import (
    CLOSE,
    LISTED_VWAP,
    NATIONAL,
    TOTAL_VWAP,
    WEEKENDS_2023,
    concept_on,
    prices_csv,
)

WITHIN = Decimal("0.011")


def national() -> dict[date, Decimal]:
    """The national series that is shipped."""
    return series()[NATIONAL, "secondary"]


def test_what_is_shipped_is_what_is_made_up() -> None:
    assert (DATA / "prices.csv").read_bytes() == prices_csv()


def candidates(day: Figures) -> dict[str, Decimal]:
    """What a value of the day can equal."""
    found = {CLOSE: day.close or Decimal(0)}
    for name, leg in ((LISTED_VWAP, day.listed), (TOTAL_VWAP, day.total)):
        if leg.volume_t:
            found[name] = leg.turnover_cny / leg.volume_t
    return found


def test_the_national_value_follows_the_concept_of_its_period() -> None:
    values, only_one = national(), set()
    for day in days():
        value = values.get(day.trade_date)
        if value is None:
            assert not day.listed.volume_t, "only a day without listed trade has none"
            continue
        matched = {name for name, v in candidates(day).items() if abs(v - value) <= WITHIN}
        assert concept_on(day.trade_date) in matched, day.trade_date
        if len(matched) == 1:
            only_one.add((f"{day.trade_date:%Y}Q{(day.trade_date.month + 2) // 3}", *matched))
    by_quarter = {quarter: name for quarter, name in only_one if quarter > "2023Q3"}
    assert by_quarter.pop("2025Q3") == TOTAL_VWAP
    assert set(by_quarter.values()) == {LISTED_VWAP}
    assert len(by_quarter) == 8, "each quarter from 2023Q4 to 2025Q4 has days that tell"


def test_one_day_is_the_close_in_a_time_of_listed_means() -> None:
    day = next(d for d in days() if d.trade_date == date(2023, 9, 14))
    assert concept_on(day.trade_date) == CLOSE
    assert national()[day.trade_date] == day.close


def test_days_that_are_none_and_days_without_trade() -> None:
    values = national()
    for weekend in WEEKENDS_2023:
        assert values[weekend] == values[max(d for d in values if d < weekend)]
    for day in ("2025-01-14", "2025-01-16", "2025-03-18", "2025-03-19"):
        assert date.fromisoformat(day) not in values
    assert values[date(2021, 7, 16)] == Decimal("51.23")


def test_rates_are_one_a_month() -> None:
    assert rates("CNY", date(2024, 5, 2)) == rates("CNY", date(2024, 5, 31))
    assert rates("CNY", date(2024, 5, 2)) != rates("CNY", date(2024, 6, 3))
    assert rates("USD", date(2024, 5, 2))[0] == 1


def test_a_quarter_shows_after_its_lag() -> None:
    assert quarter_end(date(2026, 2, 13)) == date(2025, 9, 30)
    assert quarter_end(date(2026, 2, 14)) == date(2025, 12, 31)
    assert quarter_end(date(2024, 7, 16)) == date(2024, 3, 31)


def test_the_document_has_the_real_one_s_shape() -> None:
    body = systems_json(date(2025, 12, 31))
    assert body.isascii()
    document = json.loads(body)
    assert len(document) == 27 == len(systems())
    by_number = {one["id"]: one for one in document}
    assert by_number[14]["values"]["primary"] == [] == by_number[14]["values"]["revenue"]
    assert {type(v) for v in by_number[14]["values"]["secondary"]["2021-07-16"]} <= {int, float}
    assert {len(a) for a in by_number[4]["values"]["primary"].values()} == {3, 8}
    china = [by_number[n]["values"]["secondary"] for n in (14, 18, 19, 20, 21, 23, 24, 25, 26)]
    assert {max(series) for series in china} == {"2025-12-31"}
    assert all(list(series) == sorted(series) for series in china)
    assert set(range(1, 4)).isdisjoint(by_number)


def test_there_are_at_least_forty_items_of_news() -> None:
    assert len(all_items()) >= 40
    assert len({item.path for item in all_items()}) == len(all_items())
    made_up = [item for item in all_items() if item.is_simulated]
    assert all("sample" in item.path for item in made_up)


def test_the_sites_answer_what_they_have_and_nothing_later() -> None:
    site = IcapSite(date(2021, 12, 15))
    download = f"/systems/reports/price/download?systemIds=14-6&startDate={1110326400000}"
    answer = site.respond(EXPLORER, download)
    assert answer.content_type == "text/csv"
    assert answer.body.startswith(b',"China') or answer.body.startswith(b",China")
    assert b"California" not in answer.body, "left out without a word"
    for host, target in (
        (HOST, "/en/news?page=0"),
        (HOST, "/en/ets/china-national-ets"),
        (HOST, "/ets_system/55"),
        (HOST, "/en/json/maplist"),
        (EXPLORER, "/api/systems"),
    ):
        assert site.respond(host, target).status == 200
    for host, target in (
        (HOST, "/api/systems"),
        (HOST, "/en/node/1111"),
        (HOST, "/en/ets_system/1"),
        (EXPLORER, "/en/news"),
    ):
        assert site.respond(host, target).status == 404
    with pytest.raises(UnknownFault):
        site.change("x", "revision", {})
