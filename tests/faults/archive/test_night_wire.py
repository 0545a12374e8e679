"""What a site can do to its reader between two bulletins, and what the next night makes of it."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.seee.texts.bulletins import all_articles
from tests.support.nights import FIRST_UNTIL, NEXT, OVERVIEW, Told, World, article

ARTICLE = re.escape(article(NEXT[0]).path)
URL = OVERVIEW + article(NEXT[0]).path


def assert_recovered(world: World) -> None:
    """With the fault gone the next night completes what is missing."""
    world.server.clear()
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert world.days()[-1] == (world.server.until,)
    newest = world.ask("select max(trade_date) from seee_quotes")
    assert newest == [(world.server.until,)]
    assert world.quarantine("url") == []


def bytes_are_kept(world: World, url: str) -> str:
    """The verdict on the last fetch of an address, whose bytes must be in the archive."""
    found = world.ask(
        f"select verdict, warc from ops_fetches where url = '{url}' order by retrieved_at desc"
    )
    assert found, f"{url} was never archived"
    verdict, warc = found[0]
    assert (world.home / "archive" / warc).is_file()
    return str(verdict)


Faults = tuple[World, Told, dict[str, str]]
EACH: dict[str, tuple[date, dict[str, Any]]] = {
    "not_found": (NEXT[0], {}),
    "truncate": (NEXT[1], {}),
    "reset": (NEXT[2], {}),
    "gzip_bomb": (NEXT[3], {"megabytes": 600}),
    "redirect": (date(2021, 10, 14), {"to": "https://elsewhere.example/c/2021-10-14/1.shtml"}),
    "redirect in": (date(2021, 10, 15), {"to": "http://127.0.0.1:8080/admin"}),
    "redirect meta": (date(2021, 10, 18), {"to": "https://169.254.169.254/latest/meta-data/"}),
    "status": (date(2021, 10, 19), {"status": 503}),
}
"""A fault for each of eight articles of a long backlog."""


@pytest.fixture(scope="module")
def faulty(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    """A night on which eight of many articles can't be had, each for its own reason."""
    home = tmp_path_factory.mktemp("faulty") / "home"
    shutil.copytree(first_night, home)
    with SampleServer(until=date(2021, 10, 29)) as server:
        world = World(home, server)
        urls = {}
        for name, (day, args) in EACH.items():
            path = article(day).path
            server.fault(re.escape(path), name.split()[0], **args)
            urls[name] = OVERVIEW + path
        yield world, world.pipeline(), urls


def test_each_failure_is_told_with_its_address_and_a_next_step(faulty: Faults) -> None:
    _, told, urls = faulty
    assert (told.outcome, told.exit_code) == ("partial", 3)
    troubles = {trouble.url: trouble for trouble in told.run.tally.failures}
    assert troubles.keys() == set(urls.values())
    says = {
        "not_found": "gone",
        "truncate": "connection",
        "reset": "connection",
        "gzip_bomb": "too_large",
        "redirect": "elsewhere.example",
        "redirect in": "127.0.0.1",
        "redirect meta": "169.254.169.254",
        "status": "503",
    }
    for name, words in says.items():
        text = str(troubles[urls[name]])
        assert words in text, text
        assert urls[name] in text
        assert text.count(". ") + text.count(";") >= 1, f"no next step: {text}"


def test_all_other_articles_of_that_night_are_in(faulty: Faults) -> None:
    world, _, _ = faulty
    broken = {day for day, _ in EACH.values()}
    held = {day for (day,) in world.days()}
    due = {a.published for a in all_articles() if a.kind == "daily"}
    assert held == {day for day in due if day <= date(2021, 10, 29)} - broken
    assert world.quarantine("url") == [], "nothing that came was a page"


def test_what_came_is_in_the_archive_whatever_it_was(faulty: Faults) -> None:
    world, _, urls = faulty
    verdicts = {
        "not_found": "not_found",
        "truncate": "broken",
        "reset": "broken",
        "gzip_bomb": "too_large",
        "redirect": "redirect",
        "redirect in": "redirect",
        "redirect meta": "redirect",
        "status": "error",
    }
    assert {name: bytes_are_kept(world, url) for name, url in urls.items()} == verdicts
    asked = {host for _, host, _, _ in world.server.requests}
    assert asked == {"overview.cneeex.example", "shyx.cneeex.example"}, "a redirect was followed"


def test_the_next_night_completes_it(faulty: Faults) -> None:
    before, _, _ = faulty
    home = before.home.with_name("recovered")
    shutil.copytree(before.home, home)
    with SampleServer(until=date(2021, 10, 29)) as server:
        world = World(home, server)
        told = world.pipeline()
        assert told.outcome == "changed", told.text
        assert told.run.tally.new == len(EACH)
        assert world.pipeline().outcome == "unchanged"


def test_a_challenge_with_200_blocks_and_loads_nothing(world: World) -> None:
    versions = world.versions()
    world.server.fault("^overview", "challenge")
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("blocked", 3)
    assert told.run.tally.accepted == told.run.tally.parsed
    after = world.versions()
    assert after["seee_bulletins"] == versions["seee_bulletins"]
    assert after["seee_quotes"] == versions["seee_quotes"]
    line = told.line("wall: ")
    assert OVERVIEW in line
    assert "carbonmart ingest" in line, "the way round a wall is a person with a browser"
    hits = [r for r in world.server.requests if r[1].startswith("overview")]
    assert len(hits) <= 8, f"a closed door was hammered on: {hits}"
    assert_recovered(world)


def test_a_wall_in_the_middle_of_the_articles(world: World) -> None:
    """Only one article shows the wall: what came before it is taken, what follows is not asked."""
    world.server.fault(ARTICLE, "status", status=403)
    told = world.pipeline()
    assert told.outcome == "blocked"
    assert URL in told.line("wall: ")
    assert world.ask("select max(trade_date) from seee_method_totals") == [(NEXT[0],)], (
        "the other host had not closed"
    )
    assert_recovered(world)


def test_60000_nested_tags_are_one_unread_page(world: World) -> None:
    world.server.fault(ARTICLE, "nested", depth=60_000)
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("partial", 3)
    line = told.line("layout")
    assert "nested too deep" in line
    assert URL in line
    assert world.quarantine("url, rule, table_name") == [(URL, "layout", "")]
    assert world.ask("select max(trade_date) from seee_quotes") == [(NEXT[0],)]
    assert_recovered(world)


def test_many_pages_of_a_new_layout_are_a_drift(world: World) -> None:
    """Three pages are no accident: the site has changed, and somebody has to look."""
    world.server.until = NEXT[3]
    for day in NEXT:
        html = "<html><body><h2>全国碳市场</h2><p>发布时间：{day}</p></body></html>"
        world.serve_page(article(day), html)
    told = world.pipeline()
    assert (told.outcome, told.exit_code) == ("drifted", 3)
    assert OVERVIEW in str(told.run.why)
    assert "no title in h3" in str(told.run.why)
    assert len(world.quarantine("url")) == len(NEXT)
    assert world.ask("select max(trade_date) from seee_quotes") == [(NEXT[3],)]
    assert_recovered(world)


@pytest.mark.parametrize(("left", "during"), [(5, "lists"), (16, "articles")])
def test_a_spent_budget_is_named_and_the_next_day_completes(
    world: World, left: int, during: str
) -> None:
    """The first night's requests were made today as well: they count."""
    world.server.until = NEXT[3]
    made = world.ask("select count(*) from ops_fetches")[0][0]
    told = world.pipeline(page_budget_per_day=made + left)
    assert (told.outcome, told.exit_code) == ("partial", 3)
    assert len(world.server.requests) == left
    assert (world.days()[-1] == (FIRST_UNTIL,)) is (during == "lists")
    line = told.line("budget: ")
    assert f"{made + left} requests" in line
    assert "raise it" in line
    assert_recovered(world)


def test_a_host_that_is_silent_is_left_alone(world: World) -> None:
    """Each request would cost its whole timeout, several times over, thousands of times."""
    world.server.until = NEXT[3]
    world.server.fault("/c/2021-", "drip", pause_s=5)
    told = world.pipeline(total_timeout_s=0.3, retries=0)
    assert (told.outcome, told.exit_code) == ("partial", 3)
    articles = {r[2] for r in world.server.requests if r[2].startswith("/c/")}
    unasked = [t for t in told.run.tally.failures if "left alone" in t.detail]
    assert unasked
    assert len(articles) < len(told.run.tally.failures)
    booked = world.ask("select cause, next_step from ops_runs order by started_at desc limit 1")
    assert booked[0][0] == "timeout"
    assert "raise the timeouts" in booked[0][1]
    assert world.ask("select max(trade_date) from seee_quotes") == [(NEXT[3],)]
    assert_recovered(world)


@dataclass(frozen=True)
class Gone:
    """Where a server was: nobody listens there any more."""

    routes: dict[str, str]
    until: date


def test_a_host_that_is_gone_is_booked_with_its_cause_and_the_next_step(world: World) -> None:
    with socket.socket() as taken:  # bound, not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        gone = Gone(dict.fromkeys(world.server.routes, nowhere), world.server.until)
        told = World(world.home, gone).pipeline(retries=0)  # type: ignore[arg-type]
    assert (told.outcome, told.exit_code) == ("failed", 3)
    ((cause, detail, step),) = world.ask(
        "select cause, detail, next_step from ops_runs order by started_at desc limit 1"
    )
    assert cause == "connection", "the host, and not its robots.txt"
    assert OVERVIEW in detail
    assert step == "The connection broke: the next run asks again."
    assert_recovered(world)
