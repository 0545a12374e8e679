"""A page that states another address, number or day than was asked for is no good page."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from extractors import errors
from extractors.fx.source import SOURCE as FX
from extractors.hkex.source import SOURCE as HKEX
from extractors.http.identity import another
from extractors.icap.source import SOURCE as ICAP
from extractors.mee.source import SOURCE as MEE
from extractors.seee.source import SOURCE as SEEE
from extractors.source import PageKind, Source
from tests.support.servers import html
from tests.support.web_world import GOOD, URL, Script, World


def kind(source: Source, name: str) -> PageKind:
    return next(kind for kind in source.kinds if kind.name == name)


def head(*tags: str) -> bytes:
    return f"<html><head>{''.join(tags)}</head><body><h1>x</h1></body></html>".encode()


SLUG = "https://icapcarbonaction.com/en/news/launch-of-a-market"
TAG = '<link rel="canonical" href="{}">'
NOTICE = "https://www.mee.gov.cn/xxgk2018/xxgk/xxgk05/202402/t20240205_1065850.html"
BULLETIN = "https://overview.cneeex.com/c/2021-10-08/491.shtml"
RELEASE = "https://www.hkex.com.hk/News/News-Release/2026/2606182news?sc_lang=en"
TOTALS = "https://shyx.cneeex.com/gateway/common/querySubStat"


@pytest.mark.parametrize(
    ("source", "name", "url", "page", "is_another"),
    [
        (ICAP, "article", SLUG, head(TAG.format(SLUG)), False),
        (ICAP, "article", SLUG, head(TAG.format("/en/news/Launch-of-a-market/")), False),
        (ICAP, "article", SLUG, head(), False),
        (ICAP, "article", SLUG, head(TAG.format("https://icapcarbonaction.com/")), False),
        (ICAP, "article", SLUG, head(TAG.format("/en/news/another")), True),
        (ICAP, "article", SLUG, head("<META PROPERTY=og:url CONTENT='/en/news/another'>"), True),
        (
            ICAP,
            "article",
            "https://icapcarbonaction.com/en/node/12",
            head(TAG.format(SLUG), '<link rel="shortlink" href="/en/node/12">'),
            False,
        ),
        (MEE, "notice", NOTICE, head(f'<meta name="Url" content="{NOTICE}">'), False),
        (MEE, "notice", NOTICE, head('<meta name="Url" content="/t20240205_99.html">'), True),
        (SEEE, "bulletin", BULLETIN, "<p>发布时间：2021-10-08</p>".encode(), False),
        (SEEE, "bulletin", BULLETIN, "<i>发布时间</i>: <b>2021-10-08</b>".encode("gbk"), False),
        (SEEE, "bulletin", BULLETIN, "<p>发布时间：2021-10-11</p>".encode(), True),
        (SEEE, "bulletin", BULLETIN, "<i>发布时间</i>: <b>2021-10-11</b>".encode("gbk"), True),
        (HKEX, "article", RELEASE, b'<p class="news-timetag-container x"> 18 Jun 2026</p>', False),
        (HKEX, "article", RELEASE, b"<p class='news-timetag-container'>18 May 2026</p>", True),
        (HKEX, "article", RELEASE, '<p class="news-timetag-container">2026年6月18日</p>'.encode(), False),  # noqa: E501
        (HKEX, "article", RELEASE, '<p class="news-timetag-container">2025年6月18日</p>'.encode(), True),  # noqa: E501
        (HKEX, "article", RELEASE, b'<p class="news-timetag-container">today, at noon</p>', False),
    ],
)  # fmt: skip
def test_what_a_page_states_of_itself(
    source: Source, name: str, url: str, page: bytes, is_another: bool
) -> None:
    assert bool(another(kind(source, name), (url, None), {}, page)) is is_another
    wire = {"Content-Encoding": "gzip"}
    told = another(kind(source, name), (url, None), wire, gzip.compress(page))
    assert bool(told) is is_another


def test_an_answer_on_a_day_names_that_day() -> None:
    totals, asked = kind(SEEE, "method_totals"), (TOTALS, '{"tradeDate":"20211008"}')

    def answer(*days: str) -> bytes:
        return json.dumps({"code": 200, "data": [{"tradeDate": day} for day in days]}).encode()

    assert another(totals, asked, {}, answer("20211008", "20211008")) == ""
    assert "20211011" in another(totals, asked, {}, answer("20211008", "20211011"))
    for shape in (b"{}", b'{"data":null}', b'{"data":[1]}', b"[" * 9999, b'{"data":"x"}'):
        assert another(totals, asked, {}, shape) == "", "that is for its reader to say"


def test_the_newest_rates_are_of_one_day() -> None:
    site = "https://www.ecb.europa.eu/stats/eurofxref/"
    days = b"<Cube time='2021-10-08'/><Cube time='2021-10-07'/>"
    assert "2 days" in another(kind(FX, "rates"), (f"{site}eurofxref-daily.xml", None), {}, days)
    assert not another(kind(FX, "rates"), (f"{site}eurofxref-hist-90d.xml", None), {}, days)


def test_another_page_is_refused_and_asked_for_again(tmp_path: Path) -> None:
    wrong = html(GOOD + f'<link rel="canonical" href="{URL}/2">')
    with World(tmp_path, Script({"/page": wrong, "/page/2": wrong})) as world:
        for _ in range(2):
            with pytest.raises(errors.Drifted, match="the page says that it is '2'"):
                world.fetch()
        assert world.archive.latest(URL) is None
        assert world.verdicts == [("bulletin", 200, "wrong_content")] * 2
        assert world.fetch(f"{URL}/2").is_new
