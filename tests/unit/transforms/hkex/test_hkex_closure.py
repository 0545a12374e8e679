"""The exchange's prose is closed: a word that nobody knows leaves its figure, and days are those
that the text says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.sample.sites.hkex.markup import Text
from tests.unit.transforms.hkex.test_hkex_grammar import events_of, refused, rows
from transforms.hkex.quantities import quantities
from transforms.hkex.vetoes import veto
from transforms.text.frames.model import Fate
from transforms.text.sentences import sentences

FRIDAY = date(2025, 11, 14)
COUNTS = (
    "Core Climate現有超過100名參與者及逾60個項目",
    "平台提供來自55個獲國際認證項目的碳信用",
    "逾20名參與者在Core Climate完成超過40宗交易",
    "总成交量约40万吨",
    "参与者由逾20名增至近80名",
)


def fates(text: str) -> list[str]:
    (sentence,) = sentences(text, "zh-HK")
    found = [veto(quantity, "zh-HK") for quantity in quantities(sentence, "zh-HK")]
    return [one.fate.value if one else "taken" for one in found]


@pytest.mark.parametrize("text", COUNTS)
def test_a_clause_of_known_words_is_taken(text: str) -> None:
    assert set(fates(f"{text}。")) == {"taken"}


@given(st.sampled_from(COUNTS), st.data())
@settings(deadline=None)
def test_a_word_that_nobody_knows_leaves_the_figures_of_its_clause(
    text: str, data: st.DataObject
) -> None:
    """Wherever it stands, but in the middle of a figure's own words or of another word."""
    (sentence,) = sentences(text, "zh-HK")
    own = [(q.start, q.end) for q in quantities(sentence, "zh-HK")]
    places = [0, *(at for span in own for at in span), len(text)]
    place = data.draw(st.sampled_from(places))
    spoilt = f"{text[:place]}朦朧{text[place:]}。"
    assert Fate.UNKNOWN_WORDS.value in fates(spoilt)
    assert "taken" not in fates(spoilt)


@pytest.mark.parametrize(
    "text",
    [
        "預計Core Climate參與者達200名。",
        "如果市況轉好，Core Climate的參與者達200名。",
        "Core Climate未有100名參與者。",
        "除銀行外，Core Climate現有100名參與者。",
        "Core Climate此前有100名參與者。",
        "有傳言指Core Climate有100名參與者。",
        "逾100名參與者出席Core Climate典禮。",
        "其他市場有100名參與者。",
        "Core Climate新增100名參與者。",
    ],
)
def test_a_word_that_changes_the_meaning_leaves_the_figure(text: str) -> None:
    assert "taken" not in fates(text)


# --- tonnes of a client


@pytest.mark.parametrize(
    ("title", "words", "language"),
    [
        ("Cathay Settles Carbon Credits", "Cathay Pacific plans to settle 9,000 tonnes.", "en"),
        ("Cathay and Carbon Credits", "Cathay Pacific has not settled 9,000 tonnes.", "en"),
        ("Cathay and Carbon Credits", "If prices fall, Cathay settles 9,000 tonnes.", "en"),
        ("國泰航空的碳信用", "國泰航空計劃交收5萬噸碳信用。", "zh-HK"),
        ("國泰航空的碳信用", "國泰航空未有交收5萬噸碳信用。", "zh-HK"),
        ("國泰航空的碳信用", "國泰航空朦朧交收5萬噸碳信用。", "zh-HK"),
    ],
)
def test_tonnes_that_nobody_says_were_settled_are_no_event(
    title: str, words: str, language: str
) -> None:
    assert refused(Text(title, (words,)), language) == "untyped_release"


def test_clearing_beside_tonnes_of_the_marketplace_is_no_settlement() -> None:
    words = (
        "Core Climate, with settlement in two currencies, traded 7,000 tonnes, not 8,000 tonnes."
    )
    text = Text("HKEX Publishes Carbon Guide", ("HKEX published a carbon guide.", words))
    assert [event["kind"] for event in events_of(text)] == ["guide"]


# --- days


def dated(title: str, *paragraphs: str, language: str = "en") -> Any:
    (event,) = events_of(Text(title, paragraphs), language, FRIDAY)
    return event["event_date"]


def test_a_day_without_a_year_is_the_latest_before_the_release() -> None:
    title = "HKEX Publishes Carbon Guide"
    assert dated(title, "HKEX published a carbon guide on 3 November.") == date(2025, 11, 3)
    assert dated(title, "HKEX published a carbon guide on 3 December.") == date(2024, 12, 3)
    assert dated(title, "HKEX published a carbon guide yesterday.") == date(2025, 11, 13)
    zh = "港交所11月3日刊發碳信用買方指引。"
    assert dated("港交所刊發碳信用買方指引", zh, language="zh-HK") == date(2025, 11, 3)
    zh = "港交所昨日刊發碳信用買方指引。"
    assert dated("港交所刊發碳信用買方指引", zh, language="zh-HK") == date(2025, 11, 13)
    assert dated(title, "HKEX published a guide, due by 3 November.") == FRIDAY


def test_about_when_is_no_day_unless_the_text_names_it_elsewhere() -> None:
    title, lead = "Towngas Completes First Carbon Trade", "Earlier this week Towngas completed its "
    lead += "first trade on Core Climate."
    more = "On 11 November Towngas completed its first carbon trade."
    assert dated(title, lead, more) == date(2025, 11, 11)
    assert refused(Text(title, (lead,))) == "unclear_date"


def stats(words: str) -> list[tuple[Any, ...]]:
    text = Text("HKEX Publishes Carbon Guide", ("HKEX published a carbon guide.", words))
    found = rows("core_climate_stats", text, day=FRIDAY)
    return [tuple(r.values[n] for n in ("value", "as_of_start", "as_of")) for r in found]


def test_the_days_of_a_figure_need_no_year() -> None:
    words = "Core Climate recorded more than 55 trades between 1 Oct. and 9 Nov."
    assert stats(words) == [(55, date(2025, 10, 1), date(2025, 11, 9))]
    assert stats("Core Climate has recorded more than 55 trades through 9 November.") == [
        (55, None, date(2025, 11, 9))
    ]


@pytest.mark.parametrize(
    "words",
    [
        "In 2023 Core Climate recorded 55 trades.",
        "Core Climate recorded 55 trades in March 2024.",
        "Core Climate recorded 55 trades in the first quarter of 2024.",
    ],
)
def test_a_figure_of_another_time_is_none_of_today(words: str) -> None:
    assert stats(words) == []
    assert stats("Core Climate, launched in October 2022, recorded 55 trades.") == [
        (55, None, FRIDAY)
    ]


# --- particulars


def test_codes_of_several_counters_and_years_told_in_turn() -> None:
    words = "The ETF began trading as ticker 3060 for HKD counter, 83060 for RMB counter and 9060."
    (event,) = events_of(Text("First Carbon Futures ETF Listed", (words,)))
    assert event["stock_codes"] == "3060; 83060; 9060"
    zh = "該ETF於今日上市，港元櫃台代碼為3060，人民幣櫃台代碼為83060。"
    (event,) = events_of(Text("首隻碳期貨ETF上市", (zh,)), "zh-HK")
    assert event["stock_codes"] == "3060; 83060"
    words = "HKEX commits to carbon neutrality and net zero by 2024 and 2040 respectively."
    (event,) = events_of(Text("HKEX Commits to Net Zero", (words,)))
    assert (event["carbon_neutral_by"], event["net_zero_by"]) == (2024, 2040)


def test_members_may_stand_before_their_verb() -> None:
    lead = "HKEX launched the International Carbon Market Council."
    more = "Northwind Energy, HSBC and Tencent are among the inaugural members."
    (event,) = events_of(Text("HKEX Launches Carbon Market Council", (lead, more)))
    assert event["parties"] == "HSBC; Northwind Energy; Tencent"


def test_the_ledger_tells_of_a_figure_what_its_fact_does() -> None:
    words = "Since it began, the carbon credit trading platform has traded a total of around "
    words += "410,000 metric tons of carbon credits in 45 trades."
    text = Text("Core Climate Grows", ("Core Climate is growing.", words))
    told = {
        figure["printed"]: (figure["fate"], figure.get("metric"))
        for row in rows("hkex_prose", text, day=FRIDAY)
        for sentence in json.loads(row.values["figures"])
        for figure in sentence["figures"]
    }
    assert told["45"] == ("taken", "trades")
    assert told["around 410,000 metric tons of carbon"] == ("taken", "cumulative_tonnes")
