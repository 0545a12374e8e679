"""The next vintages: found in the exchange's answers and files by their names, and read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from extractors.errors import Drifted
from extractors.model import LayoutError, Link, Page, Record
from extractors.seee.source import SOURCE, next_vintages
from extractors.source import Crawl
from transforms.model import Refused
from transforms.seee.period import weight_regime
from transforms.seee.transform import transform

SITE = "https://overview.cneeex.com"


def page(url: str, body: Any, kind: str = "quotes") -> Page:
    return Page(
        *("seee", kind, url, 200, {}, json.dumps(body).encode(), "f", "r"),
        datetime(2027, 1, 5, tzinfo=UTC),
        "0" * 64,
    )


class Walk:
    """A crawl on a day on which some files are there, some a page of excuse, the others not."""

    def __init__(self, today: date, there: set[str], excuse: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.today, self.there, self.excuse = today, there, excuse
        self.asked: list[str] = []

    def is_known(self, link: Link) -> bool:
        return False

    def page(self, link: Link) -> Page | None:
        name = link.url.rsplit("-", 1)[-1].removesuffix(".json")
        self.asked.append(name)
        if name in self.excuse:
            raise Drifted("seee", link.url, "layout", "a page of excuse")
        return page(link.url, []) if name in self.there else None


def found(walk: Walk, *subjects: str) -> list[str]:
    answer = page(SITE, {"data": [{"subjectCode": name} for name in subjects]}, "method_totals")
    links: Iterator[Link] = next_vintages(cast(Crawl, walk), SITE, [answer])
    return [link.url.rsplit("/", 1)[-1] for link in links]


def test_a_vintage_that_the_query_page_names_is_asked_for() -> None:
    walk = Walk(date(2026, 12, 1), set())
    assert found(walk, "COMCEA", "CEA", "CEA25", "CEA26", "CEA26A") == ["hiskline-CEA26.json"]
    assert walk.asked == []


def test_the_vintages_of_past_years_are_asked_for_and_taken_if_they_are_there() -> None:
    walk = Walk(date(2027, 1, 4), {"CEA26"})
    assert found(walk) == ["hiskline-CEA26.json"]
    assert found(Walk(date(2026, 12, 31), {"CEA26"})) == []
    walk = Walk(date(2031, 1, 2), {"CEA28"}, {"CEA26"})
    assert found(walk) == ["hiskline-CEA28.json"]
    assert walk.asked == ["CEA26", "CEA27", "CEA28", "CEA29", "CEA30"]


def test_the_file_of_a_new_vintage_becomes_rows() -> None:
    url = f"{SITE}/zhhq/jsonData/hiskline-CEA26.json"
    kind = SOURCE.kind_of(url)
    assert kind
    assert kind.name == "quotes"
    row = ["2027-01-04", "80.00", "81.00", "79.00", "82.00", "1000"]
    (record,) = SOURCE.parse(page(url, [row]))
    assert isinstance(record, Record)
    (made,) = transform(record)
    assert made.values["product"] == "CEA26"
    for name in ("CEA20", "CEA2", "CEA261", "ABC26"):
        wrong = page(f"{SITE}/zhhq/jsonData/hiskline-{name}.json", [row])
        with pytest.raises(LayoutError, match="no known product"):
            list(SOURCE.parse(wrong))


def test_totals_of_a_new_vintage_become_rows_and_of_another_subject_do_not() -> None:
    names = ("tradeVolume", "tradeAmount", "yearVolume", "yearAmount", "totalVolume", "totalAmount")
    row = {"tradeDate": "20270104", "tradeMethod": "10"} | dict.fromkeys(names, "0")

    def read(subject: str) -> str:
        answer = {"code": 200, "data": [row | {"subjectCode": subject}]}
        (record,) = SOURCE.parse(
            page(f"{SITE}/gateway/common/querySubStat", answer, "method_totals")
        )
        assert isinstance(record, Record)
        return str(transform(record)[0].values["product"])

    assert read("CEA26") == "CEA26"
    assert read("CEA") == read("CEA19-20") == "CEA19-20"
    for subject in ("CEA20", "CEA1", "CCER", ""):
        with pytest.raises(Refused, match="unknown_product"):
            read(subject)


def test_the_weights_of_a_year_without_a_known_notice_are_unknown() -> None:
    assert weight_regime(date(2026, 12, 31)) == "CEA25:1"
    assert weight_regime(date(2027, 1, 4)) == "unknown"
