"""The sample's words as data: read strictly, and only when a site is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.sample import items
from extractors.sample.items import BadItem, read_items
from extractors.sample.sites.hkex import site as hkex
from extractors.sample.sites.mee import documents
from extractors.sample.sites.mee import site as mee

GOOD = """
- day: 2024-01-02
  title: A title
- day: 2024-01-03
  title: Another
  rows:
    - [Year, "2024"]
  links:
    - text: Guide
"""


@dataclass(frozen=True)
class Mention:
    text: str
    name: str = ""


@dataclass(frozen=True)
class Writing:
    day: date
    title: str
    rows: tuple[tuple[str, ...], ...] = ()
    links: tuple[Mention, ...] = ()


def test_items_are_made_of_their_fields(tmp_path: Path) -> None:
    path = tmp_path / "pages.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_items(path, Writing) == (
        Writing(date(2024, 1, 2), "A title"),
        Writing(date(2024, 1, 3), "Another", (("Year", "2024"),), (Mention("Guide"),)),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  title: Another\n", "", r"item 2 \(2024-01-03\), title: Field required"),
        ("  rows:", "  row:", r"item 2 \(2024-01-03\), row: Unexpected keyword argument"),
        ("title: A title", "title: 2024", r"item 1 \(2024-01-02\), title: .*valid string"),
        ("- text: Guide", "- words: Guide", r"item 2 .*, links\.0\.text: Field required"),
        ("Guide", "Guide\n      page: x", r"item 2 .*, links\.0\.page: Unexpected keyword"),
        ('"2024"', "2024", r"item 2 \(2024-01-03\), rows\.0\.1: .*valid string"),
        ("- day: 2024-01-02\n  title: A title", "- words", r"item 1 \(words\), "),
    ],
)
def test_a_field_that_does_not_fit_is_named(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "pages.yml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadItem, match=rf"pages\.yml: {told}"):
        read_items(path, Writing)


@pytest.mark.parametrize(
    ("all_of_them", "made", "host", "target"),
    [
        (hkex.all_releases, hkex.HkexSite, hkex.HkexSite.hosts[0], "/News/News-Release?sc_lang=en"),
        (documents.all_docs, mee.MeeSite, mee.MeeSite.hosts[0], "/zcwj/bwj/wj/"),
    ],
)
def test_words_are_read_when_the_site_is_asked(
    all_of_them: Any,
    made: Callable[[date], Any],
    host: str,
    target: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unread(path: Path) -> Any:
        raise AssertionError(path)

    all_of_them.cache_clear()
    monkeypatch.setattr(items, "load", unread)
    site = made(date(2025, 12, 31))
    site.clear()
    with pytest.raises(AssertionError):
        site.respond(host, target)
    monkeypatch.undo()
    assert site.respond(host, target).status == 200
