"""Dates and quantities of releases in every language: what is printed comes back, nothing else."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractors.hkex.urls import LANGUAGES, SECTIONS, ReleaseAddress, address_of, unwrapped
from extractors.sample.sites.hkex.markup import list_day as list_nodes
from extractors.sample.sites.hkex.markup import long_day, release_id
from transforms.hkex.dates import list_day, weekday_of_today
from transforms.hkex.model import Quantity
from transforms.hkex.quantities import quantities
from transforms.model import Refused
from transforms.text.plain import same_length
from transforms.text.prose_dates import whole_day
from transforms.text.sentences import sentences

DAYS = st.dates(date(2007, 1, 1), date(2049, 12, 31))
MONTHS_ZH = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@given(DAYS, st.sampled_from(LANGUAGES))
@example(date(2024, 12, 18), "zh-HK")
@example(date(2024, 10, 1), "zh-HK")
@example(date(2024, 11, 30), "zh-CN")
def test_every_day_comes_back_from_page_and_list(day: date, language: str) -> None:
    assert whole_day(f" {long_day(day, language)} ") == day
    assert list_day(*list_nodes(day, language)) == day
    number, month_year = list_nodes(day, language)
    assert whole_day(f"{number} {month_year}") == day
    assert list_day(str(day.day), f"{day.month}月 {day.year}") == day
    assert list_day(str(day.day), f"{day.month:02d}月 {day.year}") == day
    assert list_day(str(day.day), f"{MONTHS_ZH[day.month - 1]}月 {day.year}") == day
    assert whole_day(f"{day.year} 年 {day.month} 月 {day.day} 日") == day
    assert whole_day(f"{day.day} {day:%B} {day.year}") == day


@given(DAYS)
def test_the_weekday_of_today_is_read(day: date) -> None:
    chinese = "一二三四五六日"[day.weekday()]
    for text in (
        f"HKEX today ({WEEKDAYS[day.weekday()]}) said",
        f"香港交易所今日（星期{chinese}）公布",
        f"港交所今天(周{chinese})公布",
    ):
        assert weekday_of_today(same_length(text).plain) == day.weekday()
    assert weekday_of_today("HKEX said on Friday") is None


HEDGES = {
    "en": {None: "", ">=": "more than ", "~": "around ", "<=": "up to "},
    "zh-HK": {None: "", ">=": "逾", "~": "約", "<=": "多達"},
    "zh-CN": {None: "", ">=": "超过", "~": "约", "<=": "最多"},
}
UNITS = {
    "en": {"tonnes": " tonnes", "participants": " participants", "projects": " carbon projects"},
    "zh-HK": {"tonnes": "公噸", "participants": "名參與者", "projects": "個獲國際認證的項目"},
    "zh-CN": {"tonnes": "吨", "participants": "家参与者", "projects": "个项目"},
}


@given(
    st.integers(1, 10**9),
    st.sampled_from(LANGUAGES),
    st.sampled_from((None, ">=", "~", "<=")),
    st.sampled_from(("tonnes", "participants", "projects")),
    st.booleans(),
    st.booleans(),
)
def test_every_quantity_comes_back(
    value: int,
    language: str,
    qualifier: str | None,
    metric: str,
    has_commas: bool,
    is_wide: bool,
) -> None:
    printed = f"{value:,}" if has_commas else str(value)
    if is_wide:
        printed = printed.translate(WIDE)
    words = f"{HEDGES[language][qualifier]}{printed}{UNITS[language][metric]}"
    before, behind = ("It has ", ".") if language == "en" else ("現有", "。")
    (sentence,) = sentences(f"{before}{words}{behind}", language)
    (found,) = quantities(sentence, language)
    assert (found.metric, found.value, found.qualifier) == (metric, Decimal(value), qualifier)
    assert words.strip() in sentence.printed
    assert found.words == words.strip()


@given(st.integers(1, 10**6), st.sampled_from(LANGUAGES), st.sampled_from((4, 8)))
def test_tonnes_in_myriads_are_exact(myriads: int, language: str, power: int) -> None:
    if language == "en":
        words = f"{Decimal(myriads).scaleb(power - 6):f} million tonnes"
    else:
        names = {"zh-HK": {4: "萬噸", 8: "億噸"}, "zh-CN": {4: "万吨", 8: "亿吨"}}
        words = f"{myriads}{names[language][power]}"
    (sentence,) = sentences(words, language)
    (found,) = quantities(sentence, language)
    assert found.value == myriads * 10**power


@given(st.text(alphabet="0123456789,. 萬噸多逾約名參與者個項目million tonnes+", max_size=30))
def test_no_figure_is_made_up(text: str) -> None:
    """Digits of a quantity stand in the text, one after the other; else it is refused."""
    for language in ("en", "zh-HK"):
        for sentence in sentences(text, language):
            found: list[Quantity] = []
            with suppress(Refused):
                found = quantities(sentence, language)
            for quantity in found:
                digits = re.sub(r"\D", "", quantity.words)
                assert str(quantity.value).replace(".", "").strip("0") in digits
                assert sentence.printed[quantity.start : quantity.end].strip() == quantity.words


@given(
    DAYS,
    st.integers(1, 99),
    st.sampled_from(SECTIONS),
    st.sampled_from(LANGUAGES),
    st.sampled_from(("", "http", "proxy", "case", "gateway")),
)
def test_every_address_of_a_release_is_the_same_release(
    day: date, number: int, section: str, language: str, wrapping: str
) -> None:
    rid = release_id(day, number)
    url = f"https://www.hkex.com.hk/News/{section}/{day.year}/{rid}?sc_lang={language}"
    wrapped = {
        "": url,
        "http": url.replace("https:", "http:"),
        "proxy": "https://checkpoint.url-protection.com/v1/r07/url?o="
        + url.replace(":", "%3A").replace("?", "%3F").replace("=", "%3D"),
        "case": url.lower(),
        "gateway": f"https://sc.hkex.com.hk/TuniS/{url.removeprefix('https://')}",
    }[wrapping]
    said = "zh-CN" if wrapping == "gateway" else language
    expected = ReleaseAddress(rid, section, day.year, day, number, said)
    assert address_of(wrapped) == expected
    assert expected.url("www.hkex.com.hk") == f"{url.partition('=')[0]}={said}"
    assert address_of(unwrapped(wrapped)) == expected
    media = f"https://www.hkex.com.hk/-/media/HKEX-Market/News/{section}/{day.year}/{rid}"
    file = address_of(f"{media}/{rid}_e.pdf")
    assert file is not None
    assert (file.release_id, file.is_file) == (rid, True)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.hkex.com.hk/News/News-Release/2024/241332news?sc_lang=en",
        "https://www.hkex.com.hk/News/News-Release/2023/241218news?sc_lang=en",
        "https://www.hkex.com.hk/News/News-Release/2024/24121801news?sc_lang=en",
        "https://www.hkex.com.hk/News/News-Release?sc_lang=en",
        "https://www.hkex.com.hk/News/News-Release/2024/241218newsletter",
    ],
)
def test_what_is_no_release(url: str) -> None:
    assert address_of(url) is None
