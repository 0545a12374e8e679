"""The sample of the Hong Kong exchange: what it holds, and that it answers as the site does."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from extractors.hkex.lists import MORE_PATH
from extractors.sample.site import UnknownFault
from extractors.sample.sites.hkex.markup import HOST, TAB_ITEM
from extractors.sample.sites.hkex.releases import carbon_releases
from extractors.sample.sites.hkex.site import FEED_ITEMS, HkexSite, all_releases

ARTICLE = "/News/News-Release/2025/250910news?sc_lang="


def body(site: HkexSite, target: str) -> str:
    answer = site.respond(HOST, target)
    assert answer.status == 200, target
    return answer.body.decode()


def test_what_the_sample_holds() -> None:
    releases = all_releases()
    assert len(releases) >= 60
    assert {r.day.year for r in releases} == {2021, 2022, 2023, 2024, 2025}
    assert max(Counter(r.day for r in releases).values()) >= 3, "several on one day"
    assert max(Counter(r.day.year for r in releases).values()) > 40, "two load-more answers"
    assert [r.release_id for r in releases if r.edited] == ["250910news"]
    assert [r.release_id for r in releases if set(r.texts) == {"en"}] == ["211103news"]
    assert any(text.notes for r in releases for text in r.texts.values())
    assert any(text.table for r in releases for text in r.texts.values())
    assert any(r.attachment for r in releases)
    published = {r.release_id for r in releases if not r.is_simulated}
    assert published == {r.release_id for r in carbon_releases()}


@pytest.mark.parametrize("language", ["en", "zh-HK", "zh-CN"])
def test_boilerplate_repeats_the_launch_on_every_page(language: str) -> None:
    site = HkexSite(date(2025, 12, 31))
    for target in (ARTICLE, "/News/News-Release/2025/250820news?sc_lang="):
        assert body(site, target + language).count("Core Climate") >= 1


def test_nothing_is_shown_before_its_day() -> None:
    site = HkexSite(date(2025, 9, 9))
    assert site.respond(HOST, f"{ARTICLE}en").status == 404
    listed = "/News/News-Release?sc_lang=en&DateFrom=2025-08-01&DateTo=2025-12-31&Category="
    assert "250910news" not in body(site, listed)
    site.until = date(2025, 9, 10)
    assert "rated and retired" not in body(site, f"{ARTICLE}en")
    assert "250910news" in body(site, listed)
    site.until = date(2025, 9, 12)
    assert "rated and retired" in body(site, f"{ARTICLE}en")
    assert "Updated 12 Sep 2025" in body(site, f"{ARTICLE}EN"), "any case of sc_lang"


def test_old_parameters_are_ignored_without_a_word() -> None:
    site = HkexSite(date(2025, 12, 31))
    newest = body(site, "/News/News-Release?sc_lang=en&Year=2021&currentCount=2000")
    assert newest.count('"whats_on_tdy_row_in"') == 20
    assert "Dec 2025" in newest


def test_load_more_wants_what_the_page_says() -> None:
    site = HkexSite(date(2025, 12, 31))
    asked = {
        "currentcount": 20,
        "loadmorecount": 20,
        "TabItemSourceID": TAB_ITEM,
        "host": HOST,
        "datefrom": "2025-01-01",
        "dateto": "2025-12-31",
    }

    def rows(**changes: object) -> str | None:
        answer = site.respond(HOST, MORE_PATH, json.dumps(asked | changes).encode())
        assert answer.status == 200
        html: str | None = json.loads(answer.body)["d"]
        return html

    assert (rows() or "").count("whats_on_tdy_row_in") == 20
    assert rows(currentcount=80) is None
    assert rows(TabItemSourceID="{0C3405ED-78E4-45C5-B743-62D502A15E77}") is None
    assert site.respond(HOST, MORE_PATH, b"{").status == 500
    assert site.respond(HOST, MORE_PATH).status == 405


def test_the_feed_is_thin_in_chinese() -> None:
    site = HkexSite(date(2025, 12, 31))
    feed = "/Services/RSS-Feeds/News-Releases?sc_lang="
    assert body(site, f"{feed}en").count("<item>") == FEED_ITEMS
    assert body(site, f"{feed}zh-HK").count("<item>") == 0


def test_changes_are_taken_back() -> None:
    site = HkexSite(date(2025, 12, 31))
    before = body(site, f"{ARTICLE}en")
    site.change("250910news", "rewrite", {"old": "guide", "new": "leaflet"})
    assert "leaflet" in body(site, f"{ARTICLE}en")
    site.change("250910news", "withdraw", {})
    assert site.respond(HOST, f"{ARTICLE}en").status == 404
    site.clear()
    assert body(site, f"{ARTICLE}en") == before
    with pytest.raises(UnknownFault):
        site.change("nothing", "withdraw", {})
    with pytest.raises(UnknownFault):
        site.change("250910news", "rewrite", {"old": "no such words", "new": ""})
