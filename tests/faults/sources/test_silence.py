"""A publisher that speaks when it likes and has been silent for oddly long, source by source.

Pages of the present, in the sources' markup, are put into a live store as a person would.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from extractors.sample.sites.hkex import markup as hkex_markup
from extractors.sample.sites.hkex.markup import SampleRelease, Text, release_id
from extractors.sample.sites.icap import pages as icap_pages
from extractors.sample.sites.icap.news import NewsItem
from extractors.sample.sites.mee import pages as mee_pages
from extractors.sample.sites.mee.model import NEWS, Doc, path_of
from flows.core.settings import Settings
from flows.core.sources import names, pipeline
from flows.jobs.ingest import ingest
from flows.jobs.monitor import watch
from flows.jobs.report.result import MonitorResult

MARK = re.compile('<meta name="carbonmart-sample"[^>]*>')
PRESENT = date(2100, 1, 1)
Made = Callable[[date], tuple[str, str]]


def mee(day: date) -> tuple[str, str]:
    words = ("生态环境部有关负责人介绍了全国碳排放权交易市场的有关情况。市场运行平稳有序。" * 3,)
    doc = Doc(path_of(NEWS, day), "N", "全国碳市场有关情况", day, words, (NEWS,), issuer="样例")
    return f"https://www.mee.gov.cn{doc.path}", mee_pages.detail_page(doc)


def hkex(day: date) -> tuple[str, str]:
    text = Text("HKEX to Adjust Trading Fee Schedule", ("HKEX said that fees will change.",))
    release = SampleRelease(release_id(day), day, {"en": text}, is_simulated=False)
    page = hkex_markup.article_page(release, "en", PRESENT)
    return f"https://www.hkex.com.hk{release.path()}", page


def icap(day: date) -> tuple[str, str]:
    body = ("The government published its plans for an emissions trading system.",)
    item = NewsItem(f"/en/news/plans-of-{day}", day, f"Plans of {day}", body, day)
    return f"https://icapcarbonaction.com{item.path}", icap_pages.article_page(item)


def put(home: Path, made: tuple[str, str]) -> MonitorResult:
    """Put a page into the store; gives the watch at the end of that."""
    url, html = made
    file = home.parent / "page.html"
    file.write_text(MARK.sub("", html).replace(".example", ".cn"), encoding="utf-8")
    report = ingest(Settings(home=str(home), publish=False), [file], [url])
    assert [str(run.outcome) for run in report.runs] == ["changed"], report.runs[0].why
    assert report.watched is not None
    return report.watched


@pytest.mark.parametrize("made", [mee, hkex, icap])
def test_a_silence_that_is_too_long_alarms_and_ends_with_the_next_word(
    made: Made, tmp_path: Path
) -> None:
    source = pipeline(made.__name__).source
    today, odd = datetime.now(ZoneInfo(source.timezone)).date(), source.quiet_days
    name, home = f"{source.name} freshness quiet", tmp_path / "home"
    last = today - timedelta(days=odd + 1)
    found = {each.name: each for each in put(home, made(last)).told.opened}
    assert f"nothing published since {last}, {odd + 1} days ago" in found[name].told
    assert f"Look at {source.homepage}" in (found[name].next_step or "")
    older = put(home, made(last - timedelta(days=30))).told
    assert name in {each.name for each in older.still_open}, "what is old is no news"
    assert name not in {each.name for each in older.opened}, "told once"
    over = put(home, made(today - timedelta(days=odd - 1))).told
    assert name in {each.name for each in over.recovered}
    again = watch(Settings(home=str(home)), [source.name]).findings
    assert [each.verdict for each in again if each.check == "freshness"] == ["pass"]


def test_each_source_without_a_day_on_which_something_is_due_has_a_silence_that_is_odd() -> None:
    """Or checks of its own that tell it, where each of several markets speaks for itself."""
    for name in names():
        known = pipeline(name)
        assert (known.source.quiet_days == 0) == (known.spoken_in == "")
        assert known.source.is_daily != bool(known.source.quiet_days or name == "pilots")
    assert pipeline("pilots").freshness
