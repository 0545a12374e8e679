"""Nights over the Hong Kong exchange's news: three languages, and everything that can go wrong."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.hkex.markup import HOST, TAB_ITEM, list_day, rows_html
from extractors.sample.sites.hkex.site import HkexSite, all_releases
from flows.core.context import RunContext
from flows.core.outcome import Tally
from flows.core.query.sql import WORKING
from flows.core.settings import Settings
from flows.core.source_run import SourceRun
from flows.core.sources import pipeline
from flows.jobs.backfill.backfill import Conduct, backfill
from flows.jobs.backfill.ledger import Order
from flows.jobs.ingest import ingest
from flows.jobs.replay import replay
from flows.lineage.trace import Trace, trace
from flows.stages.load.quarantine import record_refusals
from flows.stages.read.batch import Batch
from flows.stages.read.prepare import Prepared, Refusal, identity
from tests.support.archive_world import exchange, put
from tests.support.nights import World
from tests.support.stores import store
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

SITE = f"https://{HOST}"
FIRST = date(2024, 12, 10)
SETTLED = date(2024, 12, 18)
CATHAY = "2412182news"
ENGLISH = f"{SITE}/News/News-Release/2024/{CATHAY}?sc_lang=en"
ARTICLE = rf"/2024/{CATHAY}\?sc_lang="
TABLES = (
    "hkex_listings",
    "hkex_releases",
    "hkex_release_texts",
    "core_climate_events",
    "core_climate_event_quotes",
    "core_climate_stats",
    "core_climate_stat_quotes",
)


@pytest.fixture(scope="module")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has read everything to the evening of `FIRST`; not to be written to."""
    return store("hkex", _first_night, tmp_path_factory.mktemp("stores")) / "home"


def _first_night(folder: Path) -> None:
    with SampleServer(until=FIRST) as server:
        told = World(folder / "home", server, "hkex").pipeline()
    assert told.outcome == "changed", told.text


@pytest.fixture
def hkex(first_home: Path, tmp_path: Path) -> Iterator[World]:
    """That store, and a server on the evening of the settlement."""
    home = tmp_path / "home"
    shutil.copytree(first_home, home)
    with SampleServer(until=SETTLED) as server:
        yield World(home, server, "hkex")


def site(world: World) -> HkexSite:
    found = world.server.sites["hkex"]
    assert isinstance(found, HkexSite)
    return found


def page(world: World, target: str) -> str:
    return site(world).respond(HOST, target).body.decode()


def list_target(first: date = date(2024, 10, 26), last: date = SETTLED) -> str:
    asked = f"sc_lang=en&DateFrom={first}&DateTo={last}&Category=&Category2=undefined"
    return f"/News/News-Release?{asked}"


def test_the_first_night_reads_all_years_and_load_more(first_home: Path) -> None:
    due = {r.release_id for r in all_releases() if r.day <= FIRST}
    with Warehouse(first_home).connect(*TABLES) as connection:
        assert {
            i for (i,) in connection.execute("from hkex_listings select release_id").fetchall()
        } == due
        assert {
            i for (i,) in connection.execute("from hkex_releases select release_id").fetchall()
        } == due
        carbon = connection.execute("select count(*) from hkex_releases where is_carbon").fetchall()
        languages = connection.execute(
            "select language, count(*) from hkex_release_texts group by 1 order by 1"
        ).fetchall()
        per_year = (
            "select max(n) from (select count(*) n from hkex_listings group by year(published_on))"
        )
        assert connection.execute(per_year).fetchall()[0][0] > 20, "more than a list shows at first"
    assert carbon == [(9,)]
    assert languages == [("en", 9), ("zh-CN", 8), ("zh-HK", 8)], "one is in English only"


def test_a_settlement_is_one_event_in_three_languages(hkex: World) -> None:
    told = hkex.pipeline()
    assert told.outcome == "changed", told.text
    assert told.run.failed_checks == []
    events = "select event_date, kind, parties, tonnes, language from core_climate_events"
    assert hkex.ask(f"{events} where release_id = '{CATHAY}'") == [
        (SETTLED, "settlement", "Cathay Pacific", 50_000, "en")
    ]
    assert hkex.ask("select max(revision) from core_climate_events__history") == [(1,)]
    quotes = f"select language, quote from core_climate_event_quotes where release_id = '{CATHAY}'"
    words = dict(hkex.ask(quotes))
    assert set(words) == {"en", "zh-HK", "zh-CN"}
    found = trace(
        Settings(home=str(hkex.home)),
        WORKING,
        "core_climate_events",
        [CATHAY, "settlement", "1", "tonnes"],
    )
    assert isinstance(found, Trace)
    assert found.last.value == 50_000
    assert found.last.url == ENGLISH
    assert {t.by: (t.value, t.words) for t in found.told} == {
        language: (50_000, quote) for language, quote in words.items()
    }
    assert "50,000公噸" in words["zh-HK"]
    assert {t["by"] for t in found.as_dict()["told"]} == set(words)
    again = hkex.pipeline()
    assert again.outcome == "empty_expected", again.text
    assert (again.run.tally.new, again.run.tally.revised) == (0, 0)


def test_a_night_asks_for_the_feed_and_one_window_alone(hkex: World) -> None:
    hkex.pipeline()
    asked = [(method, target) for method, _, target, _ in hkex.server.requests]
    lists = [target for _, target in asked if target.startswith("/News/News-Release?")]
    assert lists == [list_target()]
    assert [target for _, target in asked if "/RSS-Feeds/" in target] == [
        "/Services/RSS-Feeds/News-Releases?sc_lang=en"
    ]
    articles = [target for _, target in asked if re.search(r"/\d{4}/\d+news", target)]
    assert len(articles) == len(set(articles))
    # The languages of the one release that is in English only are asked for once more.
    chinese = [t for t in articles if "zh" in t and "/2021/211103news" not in t]
    assert all(CATHAY in target for target in chinese)


def test_an_edited_release_is_revised(hkex: World) -> None:
    hkex.server.until = date(2025, 9, 11)
    hkex.pipeline()
    hkex.server.until = date(2025, 9, 15)
    told = hkex.pipeline()
    assert told.outcome == "changed", told.text
    history = (
        "select revision, body like '%rated and retired%' from hkex_release_texts__history "
        "where release_id = '250910news' and language = 'en' order by 1"
    )
    assert hkex.ask(history) == [(1, False), (2, True)]
    kinds = "select kind from core_climate_events where release_id = '250910news'"
    assert hkex.ask(kinds) == [("guide",)]


def test_what_a_page_no_longer_says_is_gone_after_two_nights(hkex: World) -> None:
    hkex.pipeline()
    counts = (
        " It now has more than 90 participants and offers credits from over 50 "
        "internationally certified projects."
    )
    for old, new in (
        (counts, ""),
        ("the settlement of 50,000 tonnes of voluntary carbon credits by", "the guests of"),
        ("settlement of 50,000\u00a0tonnes shows", "visit shows"),
        ("Settles 50,000 Tonnes of", "Publishes a Guide to"),
    ):
        hkex.server.fault(CATHAY, "rewrite", old=old, new=new, language="en")
    stats = f"select count(*) from core_climate_stats where release_id = '{CATHAY}'"
    kinds = f"select kind from core_climate_events where release_id = '{CATHAY}' order by 1"
    hkex.server.until = date(2024, 12, 19)
    hkex.pipeline()
    assert hkex.ask(stats) == [(2,)], "one night is no proof"
    assert hkex.ask(kinds) == [("guide",), ("settlement",)]
    hkex.server.until = date(2024, 12, 20)
    told = hkex.pipeline()
    assert hkex.ask(stats) == [(0,)], told.text
    assert hkex.ask(kinds) == [("guide",)]
    assert any("core_climate_stats" in line for line in told.run.tally.retired)
    quotes = f"select language from core_climate_stat_quotes where release_id = '{CATHAY}'"
    assert {language for (language,) in hkex.ask(quotes)} == {"zh-HK", "zh-CN"}


def test_a_withdrawn_release_is_asked_for_and_gone(hkex: World) -> None:
    hkex.pipeline()
    hkex.server.fault(CATHAY, "withdraw")
    for day in (19, 20):
        hkex.server.until = date(2024, 12, day)
        told = hkex.pipeline()
    assert any("hkex_releases" in line for line in told.run.tally.retired), told.text
    for table in ("hkex_releases", "hkex_release_texts", "core_climate_events"):
        held = f"select count(*) from {table} where release_id = '{CATHAY}'"
        assert hkex.ask(held) == [(0,)], table


# --- languages that do not agree


def test_a_figure_that_differs_between_languages_fails_a_check(hkex: World) -> None:
    hkex.server.fault(CATHAY, "rewrite", old="50,000公噸", new="60,000公噸", language="zh-HK")
    hkex.server.fault(CATHAY, "rewrite", old="5萬噸", new="6萬噸", language="zh-HK")
    told = hkex.pipeline()
    assert "languages_agree_on_events" in told.run.failed_checks
    assert told.exit_code == 5
    line = told.line("languages_agree_on_events: ")
    assert "60,000公噸" in line
    assert "50,000 tonnes" in line
    tonnes = f"select tonnes from core_climate_events where release_id = '{CATHAY}'"
    assert hkex.ask(tonnes) == [(50_000,)], "English stands, Chinese is told"


def test_a_chinese_page_in_english_is_told(hkex: World) -> None:
    english = page(hkex, f"/News/News-Release/2024/{CATHAY}?sc_lang=en")
    hkex.server.fault(f"{ARTICLE}zh-HK", "replace", body=english)
    told = hkex.pipeline()
    assert told.outcome == "partial"
    refused = hkex.quarantine("rule, url")
    assert refused == [("wrong_language", ENGLISH.replace("=en", "=zh-HK"))] * 2
    texts = f"select language from hkex_release_texts where release_id = '{CATHAY}' order by 1"
    assert hkex.ask(texts) == [("en",), ("zh-CN",)]


def test_a_language_that_is_missing_is_a_note(hkex: World) -> None:
    hkex.server.fault(f"{ARTICLE}zh", "not_found")
    told = hkex.pipeline()
    assert told.outcome == "changed", told.text
    assert "zh-" in told.line("not_found")
    hkex.server.clear()
    assert hkex.pipeline().outcome == "changed"
    texts = f"select count(*) from hkex_release_texts where release_id = '{CATHAY}'"
    assert hkex.ask(texts) in ([(1,)], [(3,)])


# --- lists


def test_the_old_design_is_a_drift_told_by_name(hkex: World) -> None:
    old = '<div class="news-releases"><div class="news-releases__section">27 八月 2021</div></div>'
    hkex.server.fault("/News/News-Release\\?", "replace", body=f"<html><body>{old}</body></html>")
    told = hkex.pipeline()
    assert (told.outcome, told.exit_code) == ("drifted", 3)
    assert "2017-2021" in told.line("layout")
    events = f"select tonnes from core_climate_events where release_id = '{CATHAY}'"
    assert hkex.ask(events) == [(50_000,)], "the feed names it, too"


def test_hidden_inputs_that_are_missing_are_told(hkex: World) -> None:
    html = page(hkex, list_target()).replace('id="tabItemSourceID"', 'id="tabItem"')
    hkex.server.fault("/News/News-Release\\?", "replace", body=html)
    told = hkex.pipeline()
    assert told.outcome == "partial"
    assert "tabItemSourceID" in told.line("hidden_inputs_missing")
    events = f"select count(*) from core_climate_events where release_id = '{CATHAY}'"
    assert hkex.ask(events) == [(1,)], "the rest of the night goes on"


def test_load_more_that_answers_null_is_a_list_cut_short(tmp_path: Path) -> None:
    until = date(2022, 12, 31)
    with SampleServer(until=until) as server:
        world = World(tmp_path / "home", server, "hkex")
        server.fault("DisplayNewsCentreDetailsLoad", "replace", body='{"d":null}')
        told = world.pipeline()
        assert told.outcome == "partial"
        assert "ends with" in told.line("list_truncated")
        server.clear()
        assert world.pipeline().outcome == "changed"
        due = len([r for r in all_releases() if r.day <= until])
        assert world.ask("select count(*) from hkex_listings") == [(due,)]


def replaced_list(world: World, old: str, new: str) -> None:
    html = page(world, list_target())
    assert old in html
    world.server.fault("/News/News-Release\\?", "replace", body=html.replace(old, new))


def test_a_row_outside_the_window_is_told(hkex: World) -> None:
    """Parameters of old are ignored without a word: the newest rows come, whatever was asked."""
    outside = [r for r in all_releases() if r.day.year == 2023][:3]
    html = page(hkex, list_target())
    mark = '<div class="whats_on_tdy_more_row'
    more = html.replace(mark, rows_html(outside, SETTLED) + mark)
    hkex.server.fault("/News/News-Release\\?", "replace", body=more)
    told = hkex.pipeline()
    assert told.outcome == "partial"
    refused = hkex.quarantine("rule, value, url")
    assert [rule for rule, _, _ in refused] == ["outside_window"] * 3
    assert refused[0][1] in {" ".join(list_day(r.day)) for r in outside}
    assert all(list_target() in url for _, _, url in refused)


def test_an_id_of_another_day_than_its_row_is_told(hkex: World) -> None:
    replaced_list(hkex, "<div>18</div></div><div>Dec 2024", "<div>17</div></div><div>Dec 2024")
    told = hkex.pipeline()
    assert told.outcome == "partial"
    refused = hkex.quarantine("rule, value")
    assert refused == [("id_date_differs", "17 Dec 2024")] * 2
    assert CATHAY in told.text
    events = f"select count(*) from core_climate_events where release_id = '{CATHAY}'"
    assert hkex.ask(events) == [(1,)], "its page is of the day of its id, and read"


def test_a_refused_row_is_told_once_whatever_days_the_list_is_asked_for(hkex: World) -> None:
    booked = "select status, count(*) from ops_quarantine__history group by 1 order by 1"
    for day, outcome in ((18, "partial"), (19, "empty_expected")):
        hkex.server.until = date(2024, 12, day)
        html = page(hkex, list_target(last=hkex.server.until))
        wrong = html.replace("<div>18</div></div><div>Dec", "<div>17</div></div><div>Dec")
        assert wrong != html
        hkex.server.fault("/News/News-Release\\?", "replace", body=wrong)
        hkex.server.requests.clear()
        told = hkex.pipeline()
        asked = [target for _, _, target, _ in hkex.server.requests]
        assert list_target(last=hkex.server.until) in asked, "each night another window"
        assert (told.outcome, told.run.tally.quarantined) == (outcome, 2), told.text
        assert hkex.ask(booked) == [("open", 2)]
    hkex.server.clear()
    hkex.server.until = date(2024, 12, 20)
    assert hkex.pipeline().outcome == "changed"
    assert hkex.quarantine("rule") == []
    assert hkex.ask(booked) == [("open", 2), ("released", 2)]
    again = replay(Settings(home=str(hkex.home), publish=False), ["hkex"])
    assert [str(run.outcome) for run in again.runs] == ["empty_expected"]
    assert hkex.ask(booked) == [("open", 2), ("released", 2)], "a replay takes up nothing again"


def test_a_row_that_one_window_of_a_night_shows_wrong_is_told_though_another_shows_it_right(
    hkex: World,
) -> None:
    context = RunContext(open_home(hkex.home, "sample"), Settings(home=str(hkex.home)))
    run = SourceRun(context, pipeline("hkex", is_sample=True), Tally("hkex"))
    with context.archive.writer("hkex", context.run_id, context.started_at) as writer:
        made = [replace(exchange(n, b"%d" % n, after_s=n), source="hkex") for n in (1, 2)]
        wrong, right = (put(context.archive, writer, one) for one in made)
    table = run.pipeline.tables[0].name
    refused = Refusal(identity("hkex", "a", table), wrong.fetch_id, table, "rule", "", "", "", "{}")
    prepared = Prepared(records=2, refusals=[refused], in_windows={right.fetch_id: ["a"]})
    prepared.understood = {wrong.fetch_id: [], right.fetch_id: []}
    entries = {wrong.fetch_id: wrong, right.fetch_id: right}
    (told,) = record_refusals(run, entries, prepared, Batch(context.started_at))
    assert (told["rule"], told["url"]) == ("rule", wrong.url)
    booked = "select status from ops_quarantine__history where quarantine_id = "
    assert hkex.ask(f"{booked}'{refused.identity}' order by 1") == [("open",), ("released",)]
    mended = replace(prepared, refusals=[])
    assert record_refusals(run, entries, mended, Batch(context.started_at)) == []


def test_the_newest_of_several_windows_says_how_a_row_stands(hkex: World) -> None:
    replaced_list(hkex, "<div>18</div></div><div>Dec 2024", "<div>17</div></div><div>Dec 2024")
    assert hkex.pipeline().outcome == "partial"
    hkex.server.clear()
    hkex.server.until = date(2024, 12, 19)
    assert hkex.pipeline().outcome == "changed"
    settings = Settings(home=str(hkex.home), publish=False)
    order = Order("hkex", date(2024, 12, 1), SETTLED, "reparse")
    report = backfill(settings, order, conduct=Conduct(tell=lambda line: None))
    assert str(report.runs[0].outcome) == "unchanged", report.runs[0].why
    assert report.runs[0].tally.quarantined == 2
    assert hkex.quarantine("rule") == []


def test_a_page_of_another_day_than_its_id_is_refused_and_asked_for_again(hkex: World) -> None:
    html = page(hkex, f"/News/News-Release/2024/{CATHAY}?sc_lang=en")
    hkex.server.fault(
        f"{ARTICLE}en", "replace", body=html.replace("> 18 Dec 2024<", "> 19 Dec 2024<")
    )
    told = hkex.pipeline()
    assert told.outcome == "partial"
    assert "the page is of 19 Dec 2024" in told.text
    hkex.server.clear()
    assert hkex.pipeline().outcome == "changed"


def test_a_list_row_that_leads_to_a_file_is_listed_and_not_asked_for(hkex: World) -> None:
    href = f"/News/News-Release/2024/{CATHAY}?sc_lang=en"
    file = f"/-/media/HKEX-Market/News/News-Release/2024/{CATHAY}/{CATHAY}_e.pdf"
    hkex.server.fault("/RSS-Feeds/", "replace", body='<rss version="2.0"><channel></channel></rss>')
    replaced_list(hkex, href, file)
    told = hkex.pipeline()
    assert told.outcome == "changed", told.text
    listed = f"select href from hkex_listings where release_id = '{CATHAY}'"
    assert hkex.ask(listed) == [(SITE + file,)]
    assert not [t for _, _, t, _ in hkex.server.requests if t == file]


# --- the feed


def test_a_feed_with_a_doctype_is_refused(hkex: World) -> None:
    body = '<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"><channel></channel></rss>'
    hkex.server.fault("/RSS-Feeds/", "replace", body=body)
    told = hkex.pipeline()
    assert (told.outcome, told.exit_code) == ("drifted", 3)
    assert "DOCTYPE" in told.line("layout")
    events = f"select tonnes from core_climate_events where release_id = '{CATHAY}'"
    assert hkex.ask(events) == [(50_000,)], "the list names it, too"


def test_a_feed_item_from_the_future_is_left_out(hkex: World) -> None:
    feed = page(hkex, "/Services/RSS-Feeds/News-Releases?sc_lang=en")
    item = re.search(r"<item>.*?</item>", feed)
    assert item
    later = item[0].replace("Dec 2024", "Dec 2099").replace("2024/2412182", "2099/991218")
    hkex.server.fault(
        "/RSS-Feeds/", "replace", body=feed.replace("</channel>", later + "</channel>")
    )
    told = hkex.pipeline()
    assert told.outcome == "partial"
    assert "991218news" in told.line("future_item")
    assert not [t for _, _, t, _ in hkex.server.requests if "/2099/" in t]


# --- articles


def test_a_broken_article_is_told_and_read_once_it_is_mended(hkex: World) -> None:
    html = page(hkex, f"/News/News-Release/2024/{CATHAY}?sc_lang=en")
    events = f"select tonnes, language from core_climate_events where release_id = '{CATHAY}'"
    nobodys = html.replace("Cathay Pacific", "Nobody").replace("participants", "brokers")
    for broken, rule in (
        (html.replace("loadMore__timetag-container", "foot"), "layout"),
        (nobodys.replace("projects", "farms"), "unknown_party"),
    ):
        hkex.server.fault(f"{ARTICLE}en", "replace", body=broken)
        told = hkex.pipeline()
        assert told.outcome in ("partial", "drifted"), told.text
        assert rule in {r for (r,) in hkex.quarantine("rule")}
        assert all(url == ENGLISH for (url,) in hkex.quarantine("url"))
        assert "en" not in {language for _, language in hkex.ask(events)}
        hkex.server.clear()
    # Understood is also what gives no row of the table under which it was refused.
    for old, new in (
        ("50,000", "some"),
        ("Settles some Tonnes of Voluntary Carbon Credits", "News"),
    ):
        html = html.replace(old, new)
    hkex.server.fault(f"{ARTICLE}en", "replace", body=html)
    assert hkex.pipeline().outcome == "changed"
    assert "en" not in {language for _, language in hkex.ask(events)}
    assert hkex.quarantine("rule") == []
    hkex.server.clear()
    hkex.server.until = date(2024, 12, 19)
    assert hkex.pipeline().outcome == "changed"
    assert hkex.ask(events) == [(50_000, "en")]


def test_what_the_wire_does_to_an_article_is_told_and_made_good(hkex: World) -> None:
    events = f"select count(*) from core_climate_events where release_id = '{CATHAY}'"
    for kind, outcome in (("truncate", "partial"), ("not_found", "partial"), ("nested", "partial")):
        hkex.server.fault(f"{ARTICLE}en", kind)
        told = hkex.pipeline()
        assert (told.outcome, told.exit_code) == (outcome, 3), told.text
        assert hkex.ask(events) == [(0,)]
        hkex.server.clear()
    hkex.server.fault(f"{ARTICLE}en", "challenge")
    assert hkex.pipeline().outcome == "blocked"
    hkex.server.clear()
    assert hkex.pipeline().outcome == "changed"
    assert hkex.ask(events) == [(1,)]


def test_every_check_across_languages_and_pages_can_fail(hkex: World) -> None:
    for language, old, new in (
        ("zh-HK", "逾90名", "逾95名"),
        ("zh-HK", "國泰航空", "騰訊"),
        ("zh-CN", "，提供超过50个获国际认证项目的碳信用", ""),
        ("en", "more than 90", "more than 10"),
    ):
        hkex.server.fault(CATHAY, "rewrite", old=old, new=new, language=language)
    told = hkex.pipeline()
    verdicts = dict(
        hkex.ask(
            "select name, any_value(verdict) from ops_checks "
            "where run_id = (select max(run_id) from ops_runs) and verdict <> 'pass' group by 1"
        )
    )
    assert verdicts == {
        "languages_agree_on_stats": "fail",
        "languages_agree_on_parties": "warn",
        "languages_tell_the_same": "warn",
        "counts_do_not_fall": "warn",
    }
    assert told.run.failed_checks == ["languages_agree_on_stats"]


# --- what is sent, and what a person saves


def test_load_more_is_asked_as_the_page_asks(first_home: Path) -> None:
    sent = []
    for warc in sorted((first_home / "archive").rglob("*.warc.gz")):
        with warc.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "request" and record.http_headers.protocol == "POST":
                    body = json.loads(record.content_stream().read())
                    sent.append((record.http_headers, body))
    assert len(sent) >= 4
    for headers, body in sent:
        assert headers.get_header("X-Requested-With") == "XMLHttpRequest"
        assert headers.get_header("Origin") == SITE
        assert f"DateFrom={body['datefrom']}" in headers.get_header("Referer")
        assert headers.get_header("Content-Type") == "application/json; charset=utf-8"
    assert {body["currentcount"] for _, body in sent} == {20, 40}
    assert {body["TabItemSourceID"] for _, body in sent} == {TAB_ITEM}


def test_a_page_saved_from_the_gateway_is_its_simplified_text(hkex: World, tmp_path: Path) -> None:
    hkex.pipeline()
    html = page(hkex, f"/News/News-Release/2024/{CATHAY}?sc_lang=zh-CN").replace("服务", "服務")
    saved = tmp_path / "saved.html"
    saved.write_text(html, encoding="utf-8")
    gateway = f"https://sc.hkex.com.example/TuniS/{HOST}/News/News-Release/2024/{CATHAY}"
    report = ingest(
        Settings(home=str(hkex.home), publish=False), [saved], [f"{gateway}?sc_lang=zh-HK"]
    )
    (run,) = report.runs
    assert str(run.outcome) == "changed", run.why
    rows = f"select language, revision from hkex_release_texts where release_id = '{CATHAY}'"
    assert dict(hkex.ask(rows)) == {"en": 1, "zh-HK": 1, "zh-CN": 2}
    events = f"select language, tonnes from core_climate_events where release_id = '{CATHAY}'"
    assert hkex.ask(events) == [("en", 50_000)]
