"""Pages of the Hong Kong exchange as they are read: lists, load-more, feed, articles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from extractors.hkex.feed import read_feed
from extractors.hkex.list_rows import read_list
from extractors.hkex.lists import (
    LIST_PATH,
    MORE_PATH,
    hidden_inputs,
    list_url,
    load_more_link,
    windows,
)
from extractors.hkex.source import SOURCE as HKEX
from extractors.hkex.source import follow
from extractors.model import LayoutError, Page, Record, Signal
from extractors.sample.sites.hkex.markup import HOST, TAB_ITEM
from extractors.sample.sites.hkex.site import HkexSite
from transforms.hkex.transform import transform
from transforms.model import Refused

SITE = HkexSite(date(2025, 12, 31))
BASE = f"https://{HOST}"
CATHAY = "/News/News-Release/2024/2412182news?sc_lang="


def page(body: str | bytes, target: str, kind: str, request_body: str | None = None) -> Page:
    data = body.encode() if isinstance(body, str) else body
    return Page(
        source="hkex",
        kind=kind,
        url=f"{BASE}{target}",
        status=200,
        headers={"content-type": "text/html"},
        body=data,
        fetch_id="f",
        run_id="r",
        retrieved_at=datetime(2026, 1, 2, tzinfo=UTC),
        payload_sha256=hashlib.sha256(data).hexdigest(),
        request_body=request_body,
    )


def served(target: str) -> str:
    return SITE.respond(HOST, target).body.decode()


def listed(first: date, last: date, edit: tuple[str, str] = ("", "")) -> Page:
    target = list_url(HOST, first, last).removeprefix(BASE)
    html = served(target)
    assert edit[0] in html
    return page(html.replace(*edit) if edit[0] else html, target, "list")


def article(language: str = "en", *edits: tuple[str, str]) -> Page:
    html = served(CATHAY + language)
    for old, new in edits:
        assert old in html, old
        html = html.replace(old, new)
    return page(html, CATHAY + language, "article")


def records(of: Page) -> list[Record]:
    return [item for item in HKEX.parse(of) if isinstance(item, Record)]


def refusals(of: Page) -> Iterator[str]:
    for record in records(of):
        try:
            transform(record)
        except Refused as refused:
            yield refused.rule


# --- lists

DECEMBER = (date(2024, 12, 1), date(2024, 12, 31))


def test_every_item_of_a_date_block_is_a_row() -> None:
    rows = read_list(listed(*DECEMBER))
    on_the_day = [row for row in rows if (row.day, row.month_year) == ("18", "Dec 2024")]
    ids = [row.address.release_id for row in on_the_day if row.address]
    assert ids == ["2412182news", "241218news"]
    assert on_the_day[0].title.startswith("Cathay Pacific Settles")
    assert on_the_day[0].categories == ("Corporate",)
    several = read_list(listed(date(2022, 1, 1), date(2022, 12, 31)))
    assert ("Corporate", "Market Operations") in {row.categories for row in several}


def test_the_link_text_is_the_title_without_its_spans_else_the_attribute() -> None:
    plain = listed(*DECEMBER, edit=("<span> </span>", "<span>New!</span>"))
    assert not any("New!" in row.title for row in read_list(plain))
    title = "Cathay Pacific Settles 50,000 Tonnes of Voluntary Carbon Credits through Core Climate"
    bare = listed(*DECEMBER, edit=(f'target="_blank">{title}', 'target="_blank">'))
    assert title in [row.title for row in read_list(bare)]


def test_a_block_without_inner_rows_is_one_row() -> None:
    bare = listed(*DECEMBER, edit=("whats_on_tdy_row_in", "other"))
    assert "18 Dec 2024" in [f"{row.day} {row.month_year}" for row in read_list(bare)]


@pytest.mark.parametrize("month", ["十二月 2024", "12月 2024", "Dec 2024", "December 2024"])
def test_a_chinese_month_is_the_same_month(month: str) -> None:
    found = records(listed(*DECEMBER, edit=("Dec 2024", month)))
    days = {row.values["published_on"] for record in found for row in transform(record)}
    assert date(2024, 12, 18) in days
    assert {day.month for day in days} == {12}


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (("18</div></div><div>Dec 2024", "18</div></div><div>十月 2024"), "outside_window"),
        (("18</div></div><div>Dec 2024", "17</div></div><div>Dec 2024"), "id_date_differs"),
        (("18</div></div><div>Dec 2024", "31</div></div><div>Nov 2024"), "bad_date"),
        (("18</div></div><div>Dec 2024", "18</div></div><div>Soon"), "bad_date"),
        (("/2024/2412182news?", "/2024/2412182?"), "unknown_link"),
        (("/2024/2412182news?", "/2023/2412182news?"), "unknown_link"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(edit: tuple[str, str], rule: str) -> None:
    found = list(refusals(listed(*DECEMBER, edit=edit)))
    assert found
    assert set(found) == {rule}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("whats_on_tdy_ball_number", "x"), "date of another make"),
        (('"whats_on_tdy_ball"', '"x"'), "without its date"),
        (("whats_on_tdy_text_2", "x"), "without its link"),
    ],
)
def test_a_list_of_another_make_is_refused(edit: tuple[str, str], words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        read_list(listed(*DECEMBER, edit=edit))


def test_a_list_that_was_not_asked_for_by_dates_proves_nothing() -> None:
    target = f"{LIST_PATH}?sc_lang=en&Year=2021&currentCount=2000"
    assert set(refusals(page(served(target), target, "list"))) == {"no_window"}


def test_the_old_design_is_named() -> None:
    old = '<div class="news-releases"><div class="news-releases__section">x</div></div>'
    with pytest.raises(LayoutError, match="2017-2021"):
        read_list(page(f"<html><body>{old}</body></html>", f"{LIST_PATH}?Year=ALL", "list"))


def test_a_row_that_leads_to_a_file_without_an_id_is_a_remark() -> None:
    edit = (CATHAY.partition("?")[0], "/-/media/HKEX-Market/News/notice.pdf")
    (signal,) = [i for i in HKEX.parse(listed(*DECEMBER, edit=edit)) if isinstance(i, Signal)]
    assert (signal.rule, signal.is_remark) == ("unknown_link", True)


# --- load-more

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def test_load_more_is_asked_with_what_the_page_says() -> None:
    first = listed(*YEAR, edit=(TAB_ITEM, "{0C3405ED-78E4-45C5-B743-62D502A15E77}"))
    link = load_more_link(HOST, first, hidden_inputs(first), 20)
    body = json.loads(link.body or "")
    assert body["TabItemSourceID"] == "{0C3405ED-78E4-45C5-B743-62D502A15E77}"
    assert (body["currentcount"], body["loadmorecount"]) == (20, 20)
    assert (body["datefrom"], body["dateto"]) == ("2025-01-01", "2025-12-31")
    assert (body["TargetLanguage"], body["TargetSite"], body["IsLoadMore"]) == ("en", None, "true")
    assert body["TopicFieldName"] == "News Topic"
    assert ("X-Requested-With", "XMLHttpRequest") in link.headers
    assert ("Referer", first.url) in link.headers


def test_a_year_comes_whole_over_load_more() -> None:
    first = listed(*YEAR)
    rows = read_list(first)
    assert len(rows) == 20
    for count in (20, 40, 60):
        link = load_more_link(HOST, first, hidden_inputs(first), count)
        answer = SITE.respond(HOST, MORE_PATH, (link.body or "").encode()).body
        rows += read_list(page(answer, MORE_PATH, "load_more", link.body))
    held = [r for r in SITE._releases.values() if r.day.year == 2025]
    assert {row.address.release_id for row in rows if row.address} == {r.release_id for r in held}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>error</html>", "not JSON"),
        ('{"e": 1}', "without `d`"),
        ('["d"]', "without `d`"),
        ('{"d": 2}', "no text"),
        ('{"d": "<div class=\\"whats_on_tdy_row\\">x</div>"}', "without its date"),
        ('{"d": ' + "[" * 100_000, "not JSON"),
    ],
)
def test_a_load_more_answer_of_another_make_is_refused(body: str, words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        read_list(page(body, MORE_PATH, "load_more", "{}"))


@pytest.mark.parametrize("body", ['{"d": null}', '{"d": ""}', '{"d": "<div></div>"}'])
def test_a_load_more_answer_without_rows_ends_the_list(body: str) -> None:
    assert read_list(page(body, MORE_PATH, "load_more", "{}")) == []


def test_a_backfill_goes_by_year_and_a_night_by_one_window() -> None:
    today = date(2025, 3, 10)
    assert windows(date(2025, 1, 24), today) == [(date(2025, 1, 24), today)]
    by_year = windows(date(2023, 6, 1), today)
    assert by_year == [
        (date(2025, 1, 1), today),
        (date(2024, 1, 1), date(2024, 12, 31)),
        (date(2023, 6, 1), date(2023, 12, 31)),
    ]


# --- the feed


def feed(body: str) -> Any:
    return read_feed(page(body, "/Services/RSS-Feeds/News-Releases?sc_lang=en", "feed"))


def test_the_feed_gives_links_and_dates() -> None:
    items = feed(served("/Services/RSS-Feeds/News-Releases?sc_lang=en"))
    assert len(items) == 15
    assert all(item.href.startswith(f"https://{HOST}/News/") for item in items), "http is mended"
    assert all(item.published_at.tzinfo for item in items)
    assert feed(served("/Services/RSS-Feeds/News-Releases?sc_lang=zh-HK")) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "DOCTYPE"),
        ('<!doctype rss SYSTEM "http://127.0.0.1/x"><rss><channel/></rss>', "DOCTYPE"),
        ("<rss><channel><item></item></channel></rss>", "without a link"),
        ("<rss></rss>", "no RSS channel"),
        ("<rss><channel>", "not XML"),
        ("<rss><channel><item><title>&a;</title></item></channel></rss>", "not XML"),
        (
            "<rss><channel><item><link>x</link><pubDate>soon</pubDate></item></channel></rss>",
            "date of another form",
        ),
    ],
)
def test_a_feed_of_another_make_is_refused(body: str, words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        feed(body)


# --- articles


def test_an_article_leads_on_to_its_languages_only_if_it_concerns_carbon() -> None:
    assert [link.url for link in follow(article())] == [
        f"{BASE}{CATHAY}zh-HK",
        f"{BASE}{CATHAY}zh-CN",
    ]
    assert all(link.may_be_missing for link in follow(article()))
    assert list(follow(article("zh-HK"))) == []
    other = "/News/News-Release/2024/241218news?sc_lang=en"
    assert list(follow(page(served(other), other, "article"))) == []


def test_marks_of_notes_are_no_digits() -> None:
    noted = article("en", ("50,000 tonnes of", "50,000<sup>1</sup> tonnes<sup>(2)</sup> of"))
    facts = [row for record in records(noted) for row in transform(record)]
    assert [r.values["tonnes"] for r in facts if r.table == "core_climate_events"] == [50_000]


def test_tables_notes_and_boilerplate_stand_apart() -> None:
    target = "/News/News-Release/2023/231127news?sc_lang=en"
    release = records(page(served(target), target, "article"))[0].fields
    assert release["tables"] == ["Target\tYear\nCarbon neutrality\t2024\nNet zero\t2040"]
    assert not any("About HKEX" in text for text in release["background"])
    noted = records(article())[0].fields
    assert noted["notes"] == ["Core Climate offers trading, custody, settlement and retirement."]


def test_layout_tables_are_text() -> None:
    """A table around the whole body is no data."""
    html = served(CATHAY + "en")
    start = html.index('<div class="listing-committee__brief"><div>') + len(
        '<div class="listing-committee__brief">'
    )
    end = html.index('<div class="container loadMore')
    inner = html[start:end]
    wrapped = f"{html[:start]}<table><tr><td>{inner}</td></tr></table>{html[end:]}"
    rows = [row for r in records(page(wrapped, CATHAY + "en", "article")) for row in transform(r)]
    assert [r.values["tonnes"] for r in rows if r.table == "core_climate_events"] == [50_000]


def test_attachments_are_kept_by_their_link_and_mail_filters_unwrapped() -> None:
    target = "/News/News-Release/2025/250820news?sc_lang=en"
    html = served(target)
    path = "/-/media/HKEX-Market/News/News-Release/2025/250820news/250820news_e.pdf"
    proxied = f"https://checkpoint.url-protection.com/v1/r07/url?o=http%3A//{HOST}{path}&amp;g=x"
    for shown in (html, html.replace(path, proxied)):
        fields = records(page(shown, target, "article"))[0].fields
        assert fields["attachments"] == [f"{BASE}{path}"]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("listing-committee__brief", "x"), "no body"),
        (("news-timetag-container", "x"), "no date"),
        (("loadMore__timetag-container", "x"), "cut short"),
        (('data-news-last-updated="', 'data-news-last-updated="x'), "no epoch"),
    ],
)
def test_an_article_of_another_make_is_refused(edit: tuple[str, str], words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        records(article("en", edit))


def test_an_article_without_a_day_is_refused() -> None:
    edited = article("en", ("> 18 Dec 2024<", "> yesterday<"))
    assert list(refusals(edited)) == ["bad_date", "bad_date"]


@pytest.mark.parametrize(
    ("edit", "lost"),
    [
        (("50,000 tonnes of", "50,00 tonnes of"), ("core_climate_events", "tonnes")),
        (("50,000 tonnes of", "50.000 tonnes of"), ("core_climate_events", "tonnes")),
        (("more than 90 participants", "more than 90 brokers"), ("core_climate_stats", "value")),
    ],
)
def test_a_figure_that_is_not_understood_is_left_alone(
    edit: tuple[str, str], lost: tuple[str, str]
) -> None:
    """The others of the release stand; nothing is made of the odd one."""

    def figures(*edits: tuple[str, str]) -> set[object]:
        found = [row for record in records(article("en", *edits)) for row in transform(record)]
        return {row.values[lost[1]] for row in found if row.table == lost[0]}

    whole, edited = figures(), figures(edit)
    assert edited < whole, "one is lost, or stated by the title alone; none is new"


def test_a_title_in_the_head_stands_in_for_a_missing_heading() -> None:
    title = "Cathay Pacific Settles 50,000 Tonnes of Voluntary Carbon Credits through Core Climate"
    bare = article("en", (f"<h1>{title}</h1>", ""))
    assert records(bare)[0].fields["title"] == title


def test_a_text_without_its_end_mark_is_a_remark() -> None:
    (signal,) = [
        item for item in HKEX.parse(article("en", ("<p>Ends</p>", ""))) if isinstance(item, Signal)
    ]
    assert (signal.rule, signal.is_remark) == ("no_end_mark", True)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (
            "http://www.hkex.com.hk/news/news-release/2024/2412182NEWS?sc_lang=EN&x=1#top",
            "https://www.hkex.com.hk/News/News-Release/2024/2412182news?sc_lang=en",
        ),
        (
            "https://sc.hkex.com.hk/TuniS/www.hkex.com.hk/News/News-Release/2024/2412182news"
            "?sc_lang=zh-HK",
            "https://www.hkex.com.hk/News/News-Release/2024/2412182news?sc_lang=zh-CN",
        ),
        (
            "https://www.hkex.com.hk/News/News-Release?sc_lang=en&DateFrom=2024-01-01",
            "https://www.hkex.com.hk/News/News-Release?sc_lang=en&DateFrom=2024-01-01",
        ),
    ],
)
def test_one_page_has_one_address(url: str, canonical: str) -> None:
    assert HKEX.owns(url)
    assert HKEX.canonical(url) == canonical
    kind = HKEX.kind_of(url)
    assert kind is not None
    assert kind.name == ("list" if "DateFrom" in url else "article")
