"""ICAP's news: figures as published, kinds of dates kept apart, identity, broken pages."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.icap.news import read_list
from extractors.icap.source import SOURCE as ICAP
from extractors.model import LayoutError
from extractors.sample.sites.icap.news import NewsItem, all_items, items
from extractors.sample.sites.icap.pages import article_page, list_page
from schemas.core.prose import FATES
from tests.support.icap_pages import SITE, page, rows, signals
from tests.support.icap_pages import article_page as archived
from transforms.icap.news.dates import english_day, published_on
from transforms.icap.news.reading import read_text
from transforms.model import Refused, Row
from transforms.text.frames.model import Fate
from transforms.text.languages import language_of

FACTS = Path(__file__).parents[3] / "facts" / "icap_facts.csv"
COLUMNS = ("metric", "value", "value_to", "unit", "qualifier", "scope", "period", "date")
ITEMS = {item.path: item for item in all_items()}


def read(item: NewsItem) -> list[Row]:
    return rows(archived(article_page(item), item.path))


def facts_in(item: NewsItem) -> list[Row]:
    return [row for row in read(item) if row.table == "icap_facts"]


def news(item: NewsItem) -> Row:
    return read(item)[0]


def shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


@cache
def published() -> dict[str, list[tuple[str, ...]]]:
    """All figures that each item states, by its path."""
    found: dict[str, list[tuple[str, ...]]] = {path: [] for path in ITEMS}
    with FACTS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["path"]].append(tuple(row[name] for name in COLUMNS))
    return found


@pytest.mark.parametrize("path", [path for path, item in ITEMS.items() if item.is_listed])
def test_the_figures_of_an_item_are_those_published(path: str) -> None:
    facts = published()[path]
    found = facts_in(ITEMS[path])
    got = [tuple(shown(row.values[name]) for name in COLUMNS) for row in found]
    assert Counter(got) == Counter(facts)
    item = news(ITEMS[path])
    assert item.values["facts"] == len(facts)
    assert not [remark for remark in item.remarks if remark.is_signal]
    printed = " ".join(ITEMS[path].body).replace("–", "-")
    for row in found:
        assert row.values["quote"].replace("–", "-") in printed
        assert row.values["printed"] in row.values["quote"].replace("–", "-")


@pytest.mark.parametrize("path", [path for path, item in ITEMS.items() if item.is_listed])
def test_every_printed_figure_is_in_the_ledger_with_its_fate(path: str) -> None:
    ledger = [row for row in read(ITEMS[path]) if row.table == "icap_prose"]
    assert len(ledger) == (1 if news(ITEMS[path]).values["language"] in ("en", None) else 0)
    for row in ledger:
        told = [f for s in json.loads(row.values["figures"]) for f in s["figures"]]
        assert len(told) == row.values["found"] == sum(row.values[fate] for fate in FATES)
        taken = {f["metric"] for f in told if f["fate"] == "taken"}
        assert taken == {fact.values["metric"] for fact in facts_in(ITEMS[path])}


def test_the_expansion_of_the_national_market() -> None:
    path = "/en/news/china-expand-national-ets-cement-steel-and-aluminum-2024"
    facts = {(r.values["metric"], r.values["scope"]): r.values for r in facts_in(ITEMS[path])}
    new = facts["entities", "additional"]
    assert (new["value"], new["unit"]) == (1500, "entities")
    assert "an additional 1,500 companies" in new["quote"]
    assert (facts["emissions", "additional"]["value"], new["jurisdictions"]) == (3 * 10**9, "CN")
    share = facts["emissions_share", "global emissions"]
    assert (share["value"], share["unit"], share["qualifier"]) == (5, "%", "about")
    assert share["quote"] == new["quote"]


def test_additional_and_total_entities_are_different_things() -> None:
    totals = [
        (row.values["scope"], int(row.values["value"]))
        for path in ITEMS
        if "cement-steel" in path or "2024-2025-allowance" in path
        for row in facts_in(ITEMS[path])
        if row.values["metric"] == "entities"
    ]
    assert set(totals) == {("additional", 1500), ("total", 3700)}


# --- three kinds of dates


def dates(path: str) -> tuple[Any, ...]:
    values = news(ITEMS[path]).values
    return tuple(
        values[name]
        for name in ("published_on", "event_on", "updated_on", "originally_published_on")
    )


def test_publication_event_and_update_are_three_dates() -> None:
    path = "/en/news/china-expand-national-ets-cement-steel-and-aluminum-2024"
    assert dates(path) == (
        date(2024, 9, 12),
        date(2025, 3, 20),
        date(2025, 4, 10),
        date(2024, 9, 12),
    )
    assert not news(ITEMS[path]).values["is_event_doubtful"]
    path = "/en/news/china-launches-domestic-offset-market-align-national-ets-goals"
    assert dates(path) == (date(2024, 1, 24), date(2024, 1, 22), None, None)


def test_a_wrong_year_in_the_text_is_doubted_not_mended() -> None:
    path = "/en/news/china-releases-allocation-plan-and-compliance-arrangements-2021-and-2022"
    row = news(ITEMS[path])
    assert dates(path)[:2] == (date(2023, 3, 15), date(2022, 3, 15))
    assert row.values["is_event_doubtful"]
    assert [remark.rule for remark in row.remarks] == ["event_far_from_publication"]


@pytest.mark.parametrize(
    ("fragment", "printed", "precision", "month"),
    [
        ("india-notifies", "8 October", "no_year", None),
        ("382-shanghai", "February 2016", "month", "2016-02"),
        ("turkey-advances", None, None, None),
    ],
)
def test_a_date_that_lacks_a_part_is_not_completed(
    fragment: str, printed: str | None, precision: str | None, month: str | None
) -> None:
    values = news(next(i for p, i in ITEMS.items() if fragment in p)).values
    assert values["event_on"] is None
    assert (values["event_printed"], values["event_precision"]) == (printed, precision)
    assert values["event_month"] == month


@given(st.dates(date(2010, 1, 1), date(2049, 12, 31)))
def test_every_form_of_date_is_read(day: date) -> None:
    forms = (f"{day}", f"{day}T12:00:00Z", f"{day:%d %B %Y}", f"{day.day} {day:%B %Y}")
    more = (f"{day:%B} {day.day}, {day.year}", f"{day:%b %d, %Y}")
    assert {published_on(form) for form in (*forms, *more)} == {day}


@pytest.mark.parametrize(
    "text", ["31 June 2025", "yesterday", "2025-13-01", "03/04/2025", "3 Sept"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        published_on(text)
    assert refused.value.rule == "bad_date"
    with pytest.raises(Refused):
        english_day(text)


# --- identity, languages, kinds


def test_one_story_under_two_addresses_is_one_item() -> None:
    for node in (1064, 1119):
        keys = {news(item).values["article_key"] for item in ITEMS.values() if item.node == node}
        assert keys == {f"node/{node}"}
        assert len([item for item in ITEMS.values() if item.node == node]) == 2
    bodies = [news(item).values for item in ITEMS.values() if item.node == 1064]
    assert bodies[0] == bodies[1]
    archive = news(ITEMS["/en/news-archive/789-china-national-ets-commences-trading"]).values
    assert archive["article_key"] == "en/news-archive/789-china-national-ets-commences-trading"


def test_a_page_overwritten_in_place_is_the_same_item_with_another_text() -> None:
    path = "/en/news/china-expand-national-ets-cement-steel-and-aluminum-2024"
    (before,) = [item for item in items(date(2025, 1, 1)) if item.path == path]
    first, second = news(before).values, news(ITEMS[path]).values
    assert first["article_key"] == second["article_key"]
    assert first["body_sha256"] != second["body_sha256"]
    assert "2024" in first["title"]
    assert "officially" in second["title"]
    assert first["event_on"] == date(2024, 9, 9)


def test_the_address_does_not_prove_the_language() -> None:
    french = news(next(item for path, item in ITEMS.items() if path.startswith("/fr/"))).values
    assert (french["language_path"], french["language"], french["facts"]) == ("fr", "en", 3)
    chinese = news(next(item for path, item in ITEMS.items() if path.startswith("/zh/")))
    assert chinese.values["language"] == "zh"
    assert [remark.rule for remark in chinese.remarks] == ["language_not_read"]
    assert (
        language_of("Le marché du carbone est ouvert dans les provinces pour la première fois")
        == "fr"
    )
    assert language_of("12 345") is None


def test_kinds_jurisdictions_and_schemes() -> None:
    told = {
        path.rsplit("/", 1)[-1][:14]: (v["kind"], v["jurisdictions"], v["schemes"])
        for path, item in ITEMS.items()
        if (v := news(item).values)
    }
    assert told["789-china-nati"] == ("launch", "CN", "China National ETS")
    assert told["china-releases"][0] == "final_plan"
    assert told["eu-brazil-and-"] == ("linkage", "EU; BR; CN", None)
    assert told["eu-and-uk-comm"] == ("linkage", "EU; GB", "EU ETS; UK ETS")
    assert told["eu-cbam-enters"] == ("cbam", "EU", "CBAM")
    assert told["532-china-ets-"] == ("institution", "CN", "China National ETS")
    assert told["emissions-trad"] == ("publication", None, None)
    assert told["1111"] == ("guideline", "CN", "China National ETS")
    assert told["382-shanghai-e"] == ("scope_expansion", "CN", "Shanghai ETS")
    assert told["china-launches"][0] == "offset_market"
    assert told["uk-abolishes-c"] == ("price_path", "GB", "UK CPS")


# --- phrases


def facts_of(text: str) -> list[tuple[str, str, str, str, str]]:
    facts = read_text([text]).facts
    return [(f.metric, shown(f.value), f.unit, f.qualifier, f.scope) for f in facts]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "It brings an additional 1,500 companies into it.",
            ("entities", "1500", "entities", "", "additional"),
        ),
        (
            "It raises the total CO2e covered by 3 billion tonnes.",
            ("emissions", "3000000000", "t", "", "additional"),
        ),
        (
            "There are approximately 3,700 covered entities.",
            ("entities", "3700", "entities", "about", "total"),
        ),
        ("There are 3 billion tonnes allowances.", ("allowances", "3000000000", "t", "", "total")),
        (
            "It covers firms with emissions in excess of 26,000 t CO 2.",
            ("threshold", "26000", "t", "more than", ""),
        ),
        (
            "Approximately 2200 thermal power plants are covered.",
            ("entities", "2200", "entities", "about", "total"),
        ),
        (
            "It covers 5 billion tonnes of annual emissions.",
            ("emissions", "5000000000", "t", "", "total"),
        ),
        ("It covers roughly 8 GtCO2e.", ("emissions", "8000000000", "t", "about", "total")),
        (
            "They may use credits for up to 5% of their verified emissions.",
            ("offset_limit", "5", "%", "up to", "verified emissions"),
        ),
        ("Eighty coal plants take part.", ("entities", "80", "entities", "", "total")),
        ("It regulates twenty-one facilities.", ("entities", "21", "entities", "", "total")),
    ],
)
def test_phrases_in_use(text: str, wanted: tuple[str, ...]) -> None:
    assert facts_of(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "rule", "taken"),
    [
        ("They share 1,777 billion allowances.", "too_many_allowances", []),
        ("They hold 21 billion tonnes allowances.", "too_many_allowances", []),
        ("It is 120% of global emissions.", "share_above_100", []),
        ("It opened at CNY 48 (USD ).", "empty_bracket", ["CNY/t"]),
        (
            "The day saw a turnover of CNY 210 million (USD 22.12 million).",
            "bracket_does_not_fit",
            ["CNY"],
        ),
        ("The price is CNY 40 (USD 0).", "bracket_does_not_fit", ["CNY/t"]),
        ("Comments are due by 31 June 2025.", "bad_date", []),
    ],
)
def test_what_can_not_be_right_is_told_and_not_taken(
    text: str, rule: str, taken: list[str]
) -> None:
    found = read_text([text])
    assert [remark.rule for remark in found.remarks] == [rule]
    assert [fact.unit for fact in found.facts] == taken
    assert found.remarks[0].is_signal == (rule == "bad_date")


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("There were 17 of something.", Fate.UNCLAIMED),
        ("There are 0123 companies.", Fate.DOUBTED),
        ("It regulates 312 quaint companies.", Fate.UNKNOWN_WORDS),
        ("The vote was won by 61 votes out of 90 members.", Fate.CONTEXT),
    ],
)
def test_a_figure_that_is_not_taken_is_no_signal(text: str, fate: Fate) -> None:
    found = read_text([text])
    assert (found.facts, found.remarks) == ([], [])
    assert [figure.fate for figure in found.figures] == [fate]


def test_a_year_is_no_count_and_a_formula_no_figure() -> None:
    assert facts_of("For 2024 allowances are free, in CO2, CF4, C2F6 and N2O.") == []
    assert facts_of("Law No. 7552 and Article 6.4 in phase 4 of 2025-26.") == []


numbers = st.integers(2, 10**5).filter(lambda n: not 1900 <= n < 2100)


@settings(deadline=None)
@given(numbers, st.sampled_from(["companies", "entities", "installations"]), st.booleans())
def test_any_count_keeps_its_value_and_scope(number: int, noun: str, is_new: bool) -> None:
    more = "an additional " if is_new else "about "
    (fact,) = facts_of(f"The plan brings {more}{number:,} {noun} into the system.")
    assert fact[1] == str(number)
    assert fact[3:] == (("", "additional") if is_new else ("about", "total"))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_an_accident(text: str) -> None:
    facts = read_text([text]).facts
    for fact in facts:
        assert fact.quote


@settings(deadline=None)  # the first one loads the vocabulary
@given(st.text(alphabet="0123456789.,%- CNYUSDtonesMG()billion", max_size=120))
def test_any_row_of_figures_is_read_without_an_accident(text: str) -> None:
    read_text([text])


# --- pages


def test_both_templates_give_the_text_alone() -> None:
    item = ITEMS["/en/news/china-releases-draft-allocation-plan-2021-and-2022"]
    html = article_page(item)
    (record,) = ICAP.parse(archived(html, item.path))
    blocks = record.fields["blocks"]  # type: ignore[union-attr]
    assert blocks[0] == item.body[0]
    assert record.fields["category"] == "Policy"  # type: ignore[union-attr]
    labels = {"Date", "News Category", "Image", "Paragraphs", "Content"}
    assert not labels & set(blocks)
    assert "unsplash" not in " ".join(blocks)
    for other in ("field--name-body", "field-body"):
        moved = html.replace("paragraph--type--text", other)
        (same,) = ICAP.parse(archived(moved, item.path))
        assert same.fields["blocks"] == blocks  # type: ignore[union-attr]


def test_a_page_without_any_known_place_is_read_whole_and_told() -> None:
    item = ITEMS["/en/news/china-releases-draft-allocation-plan-2021-and-2022"]
    html = article_page(item).replace("paragraph--type--text", "x").replace("node__content", "y")
    (remark,) = signals(archived(html, item.path))
    assert (remark.rule, remark.is_remark) == ("unknown_template", True)
    (record,) = [one for one in ICAP.parse(archived(html, item.path)) if one is not remark][-1:]
    text = record.fields["blocks"]  # type: ignore[union-attr]
    assert item.body[0] in text
    assert "News Category" not in text
    assert not [line for line in text if "unsplash" in line]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<html><body><main><p>Text.</p></main></body></html>", "no title"),
        ("<html><body><main><h1>Title</h1></main></body></html>", "no text"),
        ("", "empty"),
    ],
)
def test_a_page_that_is_no_article_is_a_layout_error(html: str, told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        rows(archived(html))


def test_a_list_names_its_items_and_where_it_goes_on() -> None:
    shown_items = items(date(2025, 6, 1))
    first = read_list(
        ICAP, page("news_list", f"{SITE}/en/news", list_page(shown_items, 0).encode()), 1
    )
    assert [link.url for link in first.following] == [f"{SITE}/en/news?page=1"]
    assert [one.url for one in first.items][:2] == [
        SITE + item.path for item in shown_items if item.is_listed
    ][:2]
    assert first.items[0].date[:4] == "2025"
    last = read_list(
        ICAP, page("news_list", f"{SITE}/en/news?page=9", list_page(shown_items, 9).encode()), 10
    )
    assert last.items == ()
    assert [link.url for link in last.following] == [f"{SITE}/en/news?page=10"], "counted on"


def test_a_list_passes_over_what_is_no_news_and_says_what_it_can_not_read() -> None:
    entry = (
        '<article class="news-embed-grid"><h3><a class="link-title" href="{}">T</a></h3></article>'
    )
    html = (
        "<html><body>"
        + "".join(
            entry.format(h) for h in ("/en/events/x", "https://x.example/en/news/y", "/en/news/z")
        )
        + "</body></html>"
    )
    found = read_list(ICAP, page("news_list", f"{SITE}/en/news", html.encode()), 1)
    assert [(one.url, one.date) for one in found.items] == [(f"{SITE}/en/news/z", "")]
    broken = html.replace("link-title", "other")
    with pytest.raises(LayoutError, match=r"without a\.link-title"):
        read_list(ICAP, page("news_list", f"{SITE}/en/news", broken.encode()), 1)
