"""What the Hong Kong exchange's releases say: events of title and lead, figures of all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from extractors.hkex.relevance import carbon_reason, parts_of
from extractors.sample.sites.hkex.markup import LANGUAGES, Text
from extractors.sample.sites.hkex.releases import carbon_releases, control_releases
from schemas.core.prose import FATES
from transforms.hkex.parties import PARTIES, parties_in
from transforms.hkex.quantities import quantities
from transforms.hkex.transform import transform
from transforms.model import Refused, Row
from transforms.text.sentences import sentences

WEDNESDAY = date(2024, 12, 18)


@dataclass(frozen=True)
class Said:
    """A record as the extractor makes it."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    source: str = "hkex"
    url: str = "https://www.hkex.com.hk/News/News-Release/2024/241218news?sc_lang=en"
    fetch_id: str = "f"
    retrieved_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    payload_sha256: str = "0" * 64
    is_simulated: bool = False


def said(text: Text, language: str = "en", day: date = WEDNESDAY) -> Said:
    parts = parts_of([*text.bullets, *text.paragraphs], len(text.bullets))
    printed = f"{day:%d %b %Y}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"
    return Said(
        "climate",
        {
            "release_id": f"{day:%y%m%d}news",
            "section": "News-Release",
            "id_day": day.isoformat(),
            "number": 1,
            "language": language,
            "title": text.title,
            "published": printed,
            "lead": list(parts.lead),
            "background": list(parts.background),
            "carbon_reason": carbon_reason(text.title, parts) or "title: carbon",
        },
    )


def rows(table: str, text: Text, language: str = "en", day: date = WEDNESDAY) -> list[Row]:
    return [row for row in transform(said(text, language, day)) if row.table == table]


def events_of(text: Text, language: str = "en", day: date = WEDNESDAY) -> list[dict[str, Any]]:
    return [row.values for row in rows("core_climate_events", text, language, day)]


def refused(text: Text, language: str = "en") -> str:
    with pytest.raises(Refused) as caught:
        transform(said(text, language))
    assert caught.value.table == "core_climate_events"
    assert any("hkex: https://" in note for note in caught.value.__notes__)
    return caught.value.rule


# --- the twelve releases, in all their languages

EXPECTED: dict[str, tuple[str, str | None, int | None] | None] = {
    "210827news": ("mou", "GFEX", None),
    "211103news": (
        "commitment",
        "GFANZ; Net Zero Financial Service Providers Alliance",
        None,
    ),
    "220323news": ("listing", "CICC Hong Kong Asset Management", None),
    "220324news": ("mou", "CEEX", None),
    "220705news": (
        "council",
        "ANZ; BNP Paribas; Bank of China; Cathay Pacific; HSBC; ICBC; Standard Chartered; Tencent",
        None,
    ),
    "221028news": ("launch", "Verra", None),
    "221124news": None,
    "231127news": ("commitment", "SBTi", None),
    "240801news": ("product_added", "Gold Standard", None),
    "2412182news": ("settlement", "Cathay Pacific", 50_000),
    "250910news": ("guide", None, None),
    "250923news": (
        "mou",
        "CEEX; Macao International Carbon Emission Exchange; Shenzhen Green Exchange",
        None,
    ),
}
TEXTS = [
    pytest.param(release, language, id=f"{release.release_id}-{language}")
    for release in carbon_releases()
    for language in LANGUAGES
    if language in release.texts
]


def test_the_twelve_are_all_there() -> None:
    assert [release.release_id for release in carbon_releases()] == list(EXPECTED)


@pytest.mark.parametrize(("release", "language"), TEXTS)
def test_each_language_tells_of_the_one_event(release: Any, language: str) -> None:
    found = events_of(release.texts[language], language, release.day)
    expected = EXPECTED[release.release_id]
    told = [(e["kind"], e["parties"], e["tonnes"]) for e in found]
    assert told == ([expected] if expected else [])
    assert [(e["event_date"], e["event_no"]) for e in found] == [(release.day, 1)] * len(found)


STATS = {
    "221124news": {
        "participants": (20, ">="),
        "projects": (30, ">="),
        "trades": (40, ">="),
        "cumulative_tonnes": (400_000, "~"),
    },
    "231127news": {"participants": (80, "~"), "cumulative_tonnes": (900_000, "~")},
    "2412182news": {"participants": (90, ">="), "projects": (50, ">=")},
    "250910news": {"participants": (100, ">="), "projects": (60, ">=")},
    "250923news": {"participants": (100, ">="), "projects": (60, ">=")},
}


@pytest.mark.parametrize(("release", "language"), TEXTS)
def test_each_language_states_the_same_figures(release: Any, language: str) -> None:
    found = rows("core_climate_stats", release.texts[language], language, release.day)
    told = {r.values["metric"]: (int(r.values["value"]), r.values["qualifier"]) for r in found}
    assert told == STATS.get(release.release_id, {})
    for row in found:
        assert row.values["quote"] in " ".join(release.texts[language].paragraphs)


@pytest.mark.parametrize(("release", "language"), TEXTS)
def test_the_ledger_has_the_figures_of_each_text(release: Any, language: str) -> None:
    (ledger,) = rows("hkex_prose", release.texts[language], language, release.day)
    told = [f for s in json.loads(ledger.values["figures"]) for f in s["figures"]]
    assert len(told) == ledger.values["found"] == sum(ledger.values[fate] for fate in FATES)
    taken = {f["metric"] for f in told if f["fate"] == "taken"}
    for metric in STATS.get(release.release_id, {}):
        assert metric in taken
    expected = EXPECTED[release.release_id]
    assert ("tonnes" in taken) == (expected is not None and expected[2] is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_of_days_is_kept(language: str) -> None:
    release = next(r for r in carbon_releases() if r.release_id == "221124news")
    found = rows("core_climate_stats", release.texts[language], language, release.day)
    spans = {(r.values["as_of_start"], r.values["as_of"]) for r in found}
    assert spans == {(date(2022, 10, 28), date(2022, 11, 24))}


@pytest.mark.parametrize("release", control_releases(), ids=lambda r: r.release_id)
def test_no_control_concerns_carbon(release: Any) -> None:
    for text in release.texts.values():
        assert carbon_reason(text.title, parts_of(text.paragraphs, 0)) == ""


# --- what must not become an event

BACKGROUND = (
    "Core Climate was launched in October 2022. HKEX signed a Memorandum of Understanding with "
    "Guangzhou Futures Exchange in 2021, and Cathay Pacific settled 50,000 tonnes through it."
)


def test_no_event_comes_from_a_background_paragraph() -> None:
    text = Text("HKEX Publishes Carbon Guide", ("HKEX published a carbon guide.", BACKGROUND))
    (event,) = events_of(text)  # tonnes that are nobody's here are left untaken
    assert event["kind"] == "guide"
    assert rows("core_climate_stats", text) == []
    told = BACKGROUND.replace("50,000 tonnes", "credits")
    (event,) = events_of(Text(text.title, (text.paragraphs[0], told)))
    assert event["kind"] == "guide"


def test_settlement_without_tonnes_is_clearing() -> None:
    words = "HKEX today launched Core Climate, with settlement in HKD by a settlement agent."
    (event,) = events_of(Text("HKEX Launches Core Climate", (words,)))
    assert event["kind"] == "launch"


def test_a_council_is_no_launch_and_a_look_back_is_none() -> None:
    council = Text(
        "HKEX Launches Carbon Market Council", ("HKEX launched a carbon market council.",)
    )
    assert [e["kind"] for e in events_of(council)] == ["council"]
    title = "HKEX Celebrates the Launch of Core Climate"
    back = "More than 20 participants joined since it launched Core Climate."
    assert events_of(Text(title, (back,))) == []


def test_two_clients_that_settle_are_two_events() -> None:
    lead = (
        "Cathay Pacific settled 50,000 tonnes through Core Climate. "
        "Towngas settled 50,000 tonnes. Tencent settled over 7,000 tonnes."
    )
    told = [
        (e["event_no"], e["parties"], e["tonnes"], e["qualifier"])
        for e in events_of(Text("Carbon Credits Settled", (lead,)))
    ]
    assert told == [
        (1, "Cathay Pacific", 50_000, None),
        (2, "Towngas", 50_000, None),
        (3, "Tencent", 7_000, ">="),
    ]
    at_once = lead.replace("tonnes. Tencent", "tonnes and Tencent")
    assert refused(Text("Carbon Credits Settled", (at_once,))) == "unclear_party"


def test_a_date_in_the_lead_is_the_events_unless_it_speaks_of_today() -> None:
    lead = "On 17 December 2024 Cathay Pacific settled 50,000 tonnes of carbon credits."
    (event,) = events_of(Text("Carbon Credits Settled", (lead,)))
    assert event["event_date"] == date(2024, 12, 17)
    today = lead.replace("On 17", "HKEX today said that on 17")
    (event,) = events_of(Text("Carbon Credits Settled", (today,)))
    assert event["event_date"] == WEDNESDAY
    two = lead.replace("of carbon", "by 1 March 2025 of carbon")
    assert refused(Text("Carbon Credits Settled", (two,))) == "unclear_date"


@pytest.mark.parametrize(
    ("title", "paragraphs", "rule"),
    [
        (
            "HKEX Signs MOU on Carbon",
            ("HKEX signed an MOU with Nobody.",),
            "unknown_party",
        ),
        ("Carbon Settlement", ("Nobody settled 50,000 tonnes of credits.",), "unknown_party"),
        ("HKEX on Carbon", ("HKEX said something about carbon.",), "untyped_release"),
    ],
)
def test_what_is_not_understood_is_refused(
    title: str, paragraphs: tuple[str, ...], rule: str
) -> None:
    assert refused(Text(title, paragraphs)) == rule


@pytest.mark.parametrize(
    "words",
    [
        "Core Climate has 17 new registries.",
        "More than 90 participants planted trees.",
        "Core Climate retired 500 tonnes.",
        "Core Climate has 1,00 participants.",
        "Core Climate has 90 participants. Over 80 participants are on Core Climate.",
        "Core Climate expects to have 90 participants.",
        "Core Climate does not have 90 participants.",
        "Core Climate had 90 participants before.",
        "More than 90 participants attended the forum on Core Climate.",
        "Core Climate has 90 quaint participants.",
    ],
)
def test_a_figure_that_is_not_understood_is_left_and_nothing_else_for_it(words: str) -> None:
    text = Text("HKEX Publishes Carbon Guide", ("HKEX published a guide.", words))
    assert [event["kind"] for event in events_of(text)] == ["guide"]
    assert rows("core_climate_stats", text) == []


def test_an_event_that_is_not_understood_leaves_the_figures() -> None:
    words = "HKEX signed an MOU with Nobody. Core Climate has more than 90 participants."
    (stat,) = rows("core_climate_stats", Text("HKEX Signs MOU on Carbon", (words,)))
    assert stat.values["value"] == 90
    assert [(remark.rule, remark.is_signal) for remark in stat.remarks] == [("unknown_party", True)]


def test_the_trade_of_a_client_is_its_own() -> None:
    lead = "Towngas completed its first trade on Core Climate."
    more = "In this trade it purchased around 20,000 tonnes of carbon credits."
    text = Text("Towngas Completes First Carbon Trade", (lead, more))
    (event,) = events_of(text)
    told = (event["kind"], event["parties"], event["tonnes"], event["qualifier"])
    assert told == ("trade", "Towngas", 20_000, "~")
    assert rows("core_climate_stats", text) == []


def test_members_behind_the_lead_are_parties() -> None:
    lead = "HKEX launched the International Carbon Market Council with inaugural members."
    more = "The inaugural members are Bank of China, Northwind Energy Limited and HSBC."
    (event,) = events_of(Text("HKEX Launches Carbon Market Council", (lead, more)))
    assert event["parties"] == "Bank of China; HSBC; Northwind Energy"


def test_years_of_a_pledge_and_codes_of_a_fund() -> None:
    pledge = "HKEX pledges to be carbon neutral by 2024 and net-zero by 2040."
    (event,) = events_of(Text("HKEX Commits to Net Zero", (pledge,)))
    assert (event["carbon_neutral_by"], event["net_zero_by"]) == (2024, 2040)
    other = "HKEX pledges to help the country's aim of carbon neutrality by 2060."
    (event,) = events_of(Text("HKEX Commits to Net Zero", (other,)))
    assert event["carbon_neutral_by"] is None
    fund = "The Carbon Futures ETF (stock code: 3060 / 83060 / 9060) was listed today."
    (event,) = events_of(Text("First Carbon Futures ETF Listed", (fund,)))
    assert event["stock_codes"] == "3060; 83060; 9060"


def test_the_statement_with_its_days_goes_before_a_bare_one() -> None:
    bare = "More than 55 trades completed in the first six weeks on Core Climate."
    dated = "Core Climate recorded more than 55 trades between 1 October and 11 November 2024."
    (stat,) = rows("core_climate_stats", Text("Core Climate", (bare, dated)))
    assert (stat.values["as_of_start"], stat.values["as_of"]) == (
        date(2024, 10, 1),
        date(2024, 11, 11),
    )


def test_a_chinese_page_in_english_is_refused() -> None:
    english = carbon_releases()[0].texts["en"]
    assert refused(english, "zh-HK") == "wrong_language"
    assert refused(carbon_releases()[0].texts["zh-HK"], "en") == "wrong_language"


def test_parties_are_never_mixed_up() -> None:
    roles = frozenset({"exchange"})
    assert parties_in("Guangzhou Emissions Exchange", roles) == ["CEEX"]
    assert parties_in("Guangzhou Futures Exchange", roles) == ["GFEX"]
    assert parties_in("廣州期貨交易所及广州碳排放权交易中心", roles) == ["CEEX", "GFEX"]
    assert parties_in("the city of Guangzhou", roles) == []
    assert parties_in("Macau International Carbon Exchange", roles) == parties_in(
        "澳門國際碳排放權交易所", roles
    )


@pytest.mark.parametrize("party", PARTIES, ids=lambda p: p.name)
def test_every_alias_names_its_party_alone(party: Any) -> None:
    roles = frozenset({p.role for p in PARTIES})
    for alias in party.aliases:
        assert parties_in(f"與{alias}及", roles) == [party.name]
        assert parties_in(f"with {alias}, and", roles) == [party.name]


# --- quantities

TONNES = [
    ("settled 50,000 tonnes of credits", "en", 50_000, None),
    ("around 400,000 tonnes", "en", 400_000, "~"),
    ("0.05 million tons", "en", 50_000, None),
    ("more than 1.2 million metric tonnes", "en", 1_200_000, ">="),
    ("up to 10,000 tCO2e", "en", 10_000, "<="),
    ("50,000\u00a0tonnes", "en", 50_000, None),
    ("交收5萬噸碳信用", "zh-HK", 50_000, None),
    ("交收50,000公噸", "zh-HK", 50_000, None),
    ("约40万吨", "zh-CN", 400_000, "~"),
    ("逾5萬多噸", "zh-HK", 50_000, ">="),
    ("超过１２０万吨", "zh-CN", 1_200_000, ">="),
    ("多達0.5億噸", "zh-HK", 50_000_000, "<="),
]


@pytest.mark.parametrize(("words", "language", "tonnes", "qualifier"), TONNES)
def test_tonnes(words: str, language: str, tonnes: int, qualifier: str | None) -> None:
    (sentence,) = sentences(words, language)
    (found,) = quantities(sentence, language)
    assert (found.metric, found.value, found.qualifier) == ("tonnes", Decimal(tonnes), qualifier)


COUNTS = [
    ("more than 90 participants", "en", "participants", 90, ">="),
    ("almost 80 Core Climate participants", "en", "participants", 80, "~"),
    ("over 50 internationally certified projects", "en", "projects", 50, ">="),
    ("60+ international-certified carbon projects", "en", "projects", 60, ">="),
    ("more than 40 trades", "en", "trades", 40, ">="),
    ("逾100多名參與者", "zh-HK", "participants", 100, ">="),
    ("60多個獲國際認證的項目", "zh-HK", "projects", 60, ">="),
    ("超过90个项目", "zh-CN", "projects", 90, ">="),
    ("近80名參與者", "zh-HK", "participants", 80, "~"),
    ("超過40宗交易", "zh-HK", "trades", 40, ">="),
    ("參與者由逾20名增至近80名", "zh-HK", "participants", 80, "~"),
    ("participants had grown from just over 20 to almost 80", "en", "participants", 80, "~"),
]


@pytest.mark.parametrize(("words", "language", "metric", "value", "qualifier"), COUNTS)
def test_counts(words: str, language: str, metric: str, value: int, qualifier: str) -> None:
    (sentence,) = sentences(words, language)
    (found,) = quantities(sentence, language)
    assert (found.metric, found.value, found.qualifier) == (metric, Decimal(value), qualifier)


def test_a_figure_hedged_both_ways_is_refused() -> None:
    (sentence,) = sentences("約100多名參與者", "zh-HK")
    with pytest.raises(Refused, match="contradiction"):
        quantities(sentence, "zh-HK")


def test_notes_ends_and_what_the_exchange_says_of_itself_are_cut() -> None:
    for about, notes, end in (
        ("About HKEX", "Notes:", "Ends"),
        ("有關香港交易所", "附註：", "完"),
        ("关于香港交易所集团", "附注", "- 完 -"),
    ):
        parts = parts_of(["Key", "Lead.", "More.", about, "boiler 100", end, notes, "a note"], 1)
        assert parts.lead == ("Key", "Lead.")
        assert parts.background == ("More.",)
        assert parts.notes == ("a note",)
        assert parts.is_ended
    parts = parts_of(["Lead.", "Notes: 1. one", "2. two", "End"], 0)
    assert (parts.body, parts.notes) == (("Lead.",), ("1. one", "2. two"))


# --- kinds by their words

KINDS = [
    ("HKEX Launches Core Climate, Supporting Global Transition to Net Zero", "en", "launch"),
    ("HKEX Lists First Carbon Futures ETF", "en", "listing"),
    ("HKEX Welcomes Towngas as a Core Climate Participant", "en", "participant"),
    ("HKEX Welcomes FSTB Policy Statement on Carbon Market", "en", "policy"),
    ("HKEX Releases Handbook for Carbon Credit Buyers", "en", "guide"),
    ("HKEX Pledges Net Zero by 2040", "en", "commitment"),
    ("HKEX and CEEX Sign Memoranda of Understanding on Carbon", "en", "mou"),
    ("Core Climate Accepts Gold Standard Credits", "en", "product_added"),
    ("HKEX Establishes Carbon Market Council", "en", "council"),
    ("香港交易所推出國際碳市場Core Climate", "zh-HK", "launch"),
    ("香港交易所欢迎腾讯成为Core Climate参与者", "zh-CN", "participant"),
    ("香港交易所歡迎財庫局的碳市場政策聲明", "zh-HK", "policy"),
    ("港交所刊發碳信用買方指南", "zh-HK", "guide"),
    ("香港交易所承诺2040年实现净零", "zh-CN", "commitment"),
    ("港交所与广期所签署谅解备忘录推动碳期货", "zh-CN", "mou"),
    ("Core Climate 納入黃金標準碳信用", "zh-HK", "product_added"),
    ("香港交易所设立国际碳市场委员会", "zh-CN", "council"),
]


@pytest.mark.parametrize(("title", "language", "kind"), KINDS)
def test_the_title_decides_the_kind(title: str, language: str, kind: str) -> None:
    """Whatever else the lead speaks of."""
    leads = {
        "en": "HKEX today said this, after the launch of Core Climate. It also launches a fund.",
        "zh-HK": "香港交易所今日公布此事。Core Climate自2022年10月推出以來運作良好。",
        "zh-CN": "香港交易所今日公布此事。Core Climate自2022年10月推出以来运作良好。",
    }
    (event,) = events_of(Text(title, (leads[language],)), language)
    assert event["kind"] == kind
    assert event["quote"] == title, "the lead does not say it, so the title is quoted"


@pytest.mark.parametrize(
    ("lead", "language"),
    [
        ("Core Climate, launched in October 2022 as a carbon marketplace, is doing well.", "en"),
        ("It is two years since the launch of Core Climate, the carbon marketplace.", "en"),
        ("於2022年10月推出的國際碳市場Core Climate運作良好。", "zh-HK"),
        ("自2022年10月推出以来，Core Climate运作良好。", "zh-CN"),
    ],
)
def test_a_launch_of_long_ago_is_no_event(lead: str, language: str) -> None:
    title = "HKEX on Sustainability" if language == "en" else "香港交易所的可持續發展"
    assert events_of(Text(title, (lead,)), language) == []
    now = date(2022, 10, 28)
    if "October 2022 as" in lead:
        assert [e["kind"] for e in events_of(Text(title, (lead,)), language, now)] == ["launch"]
