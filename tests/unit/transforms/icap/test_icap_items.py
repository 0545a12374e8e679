"""What an ICAP item is about, and when: places, kinds, the day of the event and of publication."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import pytest

from schemas.sources.icap.news import ICAP_FACTS
from tests.unit.transforms.icap.test_icap_frames import facts
from transforms.icap.checks import CHECKS
from transforms.icap.news.dates import event_of
from transforms.icap.news.topics import jurisdictions, kind_of

# --- places


def test_a_neighbours_figure_is_not_that_of_the_item() -> None:
    text = "Germany cut its cap from 495Mt to 482Mt."
    assert facts(text, "DE") == ["cap before 495000000 t", "cap 482000000 t"]
    assert facts(text, "GB") == []
    assert facts("The price is USD 12.", "NZ") == ["price 12 USD/t"], "US$ and USD are no place"
    assert facts("New Zealand covers 200 companies.", "NZ") == ["entities total 200 entities"]


@pytest.mark.parametrize(
    ("title", "places"),
    [
        ("German national ETS starts", ["DE"]),
        ("First joint auction of California, Québec and Ontario", ["US", "CA"]),
        ("Côte d'Ivoire and Nigeria plan markets", ["CI", "NG"]),
        ("Nine systems in brief", []),
    ],
)
def test_places_are_those_of_the_title(title: str, places: list[str]) -> None:
    assert jurisdictions(title, "") == places


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Kazakhstan Joins ICAP as an Observer", "membership"),
        ("Linking of two systems to begin", "linkage"),
        ("The market restarts", "launch"),
        ("Monthly auctions begin", "auction"),
        ("Ministry suspends trading", "suspension"),
        ("Ministry sets emissions cap", "cap"),
        ("A market maker is named", "institution"),
    ],
)
def test_the_title_says_what_kind_it_is(title: str, kind: str) -> None:
    assert kind_of(title, "/en/news/x") == kind


# --- the day of the event


@pytest.mark.parametrize(
    ("texts", "on", "printed"),
    [
        (["After a long pause, the market restarted on 1 January 2018."], date(2018, 1, 1), None),
        (["It met.", "For example, on 2 May 2017, it adopted a plan."], None, ""),
        (["22 November 2016 - The city began."], date(2016, 11, 22), None),
        (["On Tuesday, 5 May 2020, it passed."], date(2020, 5, 5), None),
        (["In early March 2025, the state did."], None, "March 2025"),
        (["The council met after the vote on 5 May 2020."], None, ""),
    ],
)
def test_the_event_is_dated_by_the_day_on_which_it_was(
    texts: list[str], on: date | None, printed: str | None
) -> None:
    event = event_of(texts)
    assert event.on == on
    assert printed is None or event.printed == printed


# --- the day of publication


@pytest.mark.parametrize(
    ("dated", "lacking", "found"), [(3, 1, []), (2, 2, []), (1, 3, ["1 of 4"])]
)
def test_a_page_without_its_day_warns_only_where_most_lack_it(
    dated: int, lacking: int, found: list[str]
) -> None:
    (check,) = [check for check in CHECKS if check.name == "icap_news_are_dated"]
    assert not check.is_hard
    with duckdb.connect() as base:
        base.execute("create table icap_news (published_on date)")
        base.execute(f"insert into icap_news select '2025-03-01' from range({dated})")
        base.execute(f"insert into icap_news select null from range({lacking})")
        assert [row[2] for row in base.execute(check.sql).fetchall()] == found


@pytest.mark.parametrize(
    ("metric", "is_right"), [("cover_ratio", True), ("emissions_share", False)]
)
def test_only_a_share_ends_at_100(metric: str, is_right: bool) -> None:
    (rule,) = [rule for rule in ICAP_FACTS.rules if rule.name == "share_within_100"]
    frame = pd.DataFrame({"metric": [metric], "unit": ["%"], "value": [194.5]})
    held = rule.holds(frame)
    assert bool(held.fillna(True).iloc[0]) == is_right
