"""The client's ordinary manners, against a real server on loopback."""

from __future__ import annotations

import gzip
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extractors import errors
from extractors.archive.archive import Archive
from extractors.http.client import WebClient, kind_named
from extractors.http.rate_limit import Pacer
from extractors.model import Link
from extractors.source import PageKind
from tests.support.servers import Reply, Request, html, redirect
from tests.support.web_world import GOOD, HOST, OTHER, SETTINGS, SOURCE, URL, Script, World

NOON = datetime(2025, 12, 3, 4, 0, tzinfo=UTC)  # noon in Shanghai


def test_a_page_is_fetched_archived_and_judged(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page": html(GOOD)})) as world:
        fetched = world.fetch()
        assert fetched.is_new
        assert fetched.entry.verdict == "good"
        assert world.body(fetched) == GOOD.encode()
        assert world.archive.latest(URL) == fetched.entry
        assert [(e.kind, e.status, e.verdict) for e in world.entries()] == [
            ("robots", 404, "not_found"),
            ("bulletin", 200, "good"),
        ]


def test_the_request_says_who_asks_and_for_what(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page": html(GOOD)})) as world:
        world.fetch()
        asked = world.server.requests[-1]
        assert asked.host == HOST
        assert asked.headers["user-agent"] == "carbonmart/test (+tests@market.example)"
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        assert "cookie" not in asked.headers


def test_the_environment_adds_nothing_to_a_routed_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login who password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with World(tmp_path, Script({"/page": html(GOOD)})) as world:
        world.fetch()
        assert "authorization" not in world.server.requests[-1].headers


def test_validators_of_the_archived_page_are_sent_and_a_304_is_archived(tmp_path: Path) -> None:
    stamp = "Wed, 03 Dec 2025 09:00:00 GMT"

    def page(request: Request) -> Reply:
        if request.headers.get("if-none-match") == '"v1"':
            assert request.headers["if-modified-since"] == stamp
            return Reply(304, b"", {"ETag": '"v1"'})
        return html(GOOD, ETag='"v1"', Last_Modified=stamp)

    with World(tmp_path, Script({"/page": page})) as world:
        first = world.fetch()
    with World(tmp_path, Script({"/page": page}), run_id="run2") as world:
        again = world.fetch()
        assert not again.is_new
        assert again.entry.verdict == "not_modified"
        assert again.entry.refers_to == first.entry.fetch_id
        assert world.body(again) == GOOD.encode()
        third = world.fetch()
        assert not third.is_new


def test_an_equal_payload_is_not_new(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page": html(GOOD)})) as world:
        assert world.fetch().is_new
        assert not world.fetch().is_new


def test_a_304_nobody_asked_for_is_an_error(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page": Reply(304)})) as world:
        with pytest.raises(errors.Unreachable) as caught:
            world.fetch()
        assert caught.value.cause == "server"


def test_a_bad_page_never_becomes_what_later_ones_are_compared_with(tmp_path: Path) -> None:
    pages = Script({"/page": html("<p>nothing of note", ETag='"bad"')})
    with World(tmp_path, pages) as world:
        with pytest.raises(errors.Drifted):
            world.fetch()
        pages.pages["/page"] = html(GOOD, ETag='"good"')
        assert world.fetch().is_new
        assert "if-none-match" not in world.server.requests[-1].headers


def test_a_post_is_sent_with_its_body_and_known_by_it(tmp_path: Path) -> None:
    def query(request: Request) -> Reply:
        assert request.headers["content-type"] == "application/json"
        answer = json.dumps({"data": request.body.decode()}).encode()
        return Reply(200, answer, {"Content-Type": "application/json"})

    with World(tmp_path, Script({"/query": query})) as world:
        one = world.fetch(f"https://{OTHER}/query", "query", '{"day":1}')
        two = world.fetch(f"https://{OTHER}/query", "query", '{"day":2}')
        assert one.is_new
        assert two.is_new
        assert b"day" in world.body(one)
        assert world.body(one) != world.body(two)
        assert {r.method for r in world.server.requests if r.path == "/query"} == {"POST"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_between_the_sources_hosts_are_followed_and_archived(
    tmp_path: Path, status: int
) -> None:
    pages = Script({"/page": redirect(f"https://{OTHER}/page2", status), "/page2": html(GOOD)})
    with World(tmp_path, pages) as world:
        fetched = world.fetch()
        assert fetched.entry.url == f"https://{OTHER}/page2"
        assert world.verdicts == [("bulletin", status, "redirect"), ("bulletin", 200, "good")]
        assert world.server.paths.count("/robots.txt") == 2, "each host's rules are read"


def test_a_relative_redirect_with_raw_utf8_is_read_as_meant(tmp_path: Path) -> None:
    place = "/page/每日".encode().decode("latin-1")
    quoted = "/page/%E6%AF%8F%E6%97%A5"
    with World(tmp_path, Script({"/page": redirect(place), quoted: html(GOOD)})) as world:
        assert world.fetch().entry.url == f"https://{HOST}{quoted}"


def test_a_compressed_page_is_kept_as_sent_and_read_as_meant(tmp_path: Path) -> None:
    wire = gzip.compress(GOOD.encode())
    page = Reply(200, wire, {"Content-Type": "text/html", "Content-Encoding": "gzip"})
    with World(tmp_path, Script({"/page": page})) as world:
        assert world.body(world.fetch()) == GOOD.encode()


def test_each_exchange_has_a_connection_of_its_own(tmp_path: Path) -> None:
    def page(request: Request) -> Reply:
        return Reply(304) if "if-none-match" in request.headers else html(GOOD, ETag='"v1"')

    pages = Script({"/page": page, "/page/2": redirect("/page"), "/page/3": html("", 200)})
    with World(tmp_path, pages) as world:
        for path in ("", "", "/2", "/2"):
            world.fetch(URL + path)
        for path in ("/3", "/missing"):
            with pytest.raises(errors.FetchError):
                world.fetch(URL + path)
        assert len(world.pages_asked) == 8
        assert world.server.connections == len(world.server.requests) == 9
        assert {r.headers["connection"] for r in world.server.requests} == {"close"}


def test_several_threads_fetch_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(4, timeout=5)

    def page(request: Request) -> Reply:
        together.wait()
        return html(GOOD + request.path)

    paths = [f"/page/{n}" for n in range(12)]
    with World(tmp_path, Script(dict.fromkeys(paths, page))) as world:
        with ThreadPoolExecutor(4) as pool:
            fetched = list(pool.map(lambda path: world.fetch(f"https://{HOST}{path}"), paths))
        bodies = [world.body(one) for one in fetched]
        assert bodies == [(GOOD + path).encode() for path in paths]
        assert world.server.paths.count("/robots.txt") == 1


def test_two_threads_share_the_pace(tmp_path: Path) -> None:
    paths = [f"/page/{n}" for n in range(4)]
    with World(tmp_path, Script(dict.fromkeys(paths, html(GOOD))), pacer=Pacer(10)) as world:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda path: world.fetch(f"https://{HOST}{path}"), paths))
        times = [request.at for request in world.server.requests]
        # 5 requests are 4 gaps of 0.1 s; a late server thread may narrow a single gap.
        assert times[-1] - times[0] >= 0.35


def test_the_day_budget_stops_before_asking(tmp_path: Path) -> None:
    pages = Script({"/page": html(GOOD)})
    with World(tmp_path, pages, page_budget_per_day=3, now=NOON) as world:
        world.fetch()
        world.fetch()
        with pytest.raises(errors.BudgetSpent) as caught:
            world.fetch()
        assert caught.value.cause == "budget"
        assert len(world.server.requests) == 3
    with World(tmp_path, pages, run_id="run2", page_budget_per_day=3, now=NOON) as world:
        with pytest.raises(errors.BudgetSpent):
            world.fetch()
        assert world.server.requests == []
    tomorrow = NOON + timedelta(days=1)
    with World(tmp_path, pages, run_id="run3", page_budget_per_day=3, now=tomorrow) as world:
        world.fetch()


def test_what_a_page_must_be(tmp_path: Path) -> None:
    pages = Script(
        {
            "/page": html("<p>neither challenge nor bulletin"),
            "/page/json": Reply(200, b"Daily bulletin", {"Content-Type": "application/json"}),
            "/page/gbk": Reply(200, "每日成交".encode("gb18030"), {"Content-Type": "text/html"}),
        }
    )
    with World(tmp_path, pages) as world:
        for url in (URL, f"{URL}/json"):
            with pytest.raises(errors.Drifted) as caught:
                world.fetch(url)
            assert caught.value.cause == "layout"
            assert world.archive.entry(caught.value.fetch_id).verdict == "wrong_content"
        assert world.fetch(f"{URL}/gbk").is_new


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_page(tmp_path: Path, status: int) -> None:
    with World(tmp_path, Script({"/page": html("gone", status)})) as world:
        with pytest.raises(errors.NotFound) as caught:
            world.fetch()
        assert caught.value.cause == "not_found"
        assert world.verdicts == [("bulletin", status, "not_found")]


def test_an_unknown_kind_is_the_callers_mistake(tmp_path: Path) -> None:
    with World(tmp_path, Script({})) as world, pytest.raises(ValueError, match="no page kind"):
        world.fetch(URL, "nonsense")


def test_a_real_host_is_not_asked_without_a_contact(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    anonymous = replace(SETTINGS, contact="")
    with archive.writer("market", "run1", NOON) as writer:
        with pytest.raises(ValueError, match="contact"):
            WebClient(SOURCE, archive, writer, anonymous, Pacer(0))
        routes = dict.fromkeys(SOURCE.hosts, "http://127.0.0.1:9")
        WebClient(SOURCE, archive, writer, anonymous, Pacer(0), routes=routes).close()
    archive.close()


def test_the_index_can_be_judged_again_from_the_archive_alone(tmp_path: Path) -> None:
    from extractors.http.response_check import verdict_of

    pages = Script({"/page": html(GOOD), "/page/2": html("<p>slide to 安全验证")})
    with World(tmp_path, pages) as world:
        world.fetch()
        with pytest.raises(errors.Blocked):
            world.fetch(f"{URL}/2")
        before = world.entries()
    archive = Archive(tmp_path / "archive")
    archive.rebuild(
        lambda entry, stored: verdict_of(
            kind_named(SOURCE, entry.kind),
            entry.status,
            stored.http_headers,
            stored.body,
            entry.truncated,
        )
    )
    assert [e.verdict for e in archive.entries()] == [e.verdict for e in before]
    archive.close()


def test_errors_travel_between_processes_and_know_the_next_step() -> None:
    error = errors.Blocked("market", URL, "wall", "HTTP 420", "id")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is errors.Blocked
    assert (again.source, again.url, again.cause, again.fetch_id) == ("market", URL, "wall", "id")
    assert "ingest" in again.next_step
    assert str(again) == f"market: {URL}: wall: HTTP 420"
    with pytest.raises(ValueError, match="unknown cause"):
        errors.FetchError("market", URL, "weather", "")


def test_every_kind_is_found_by_name() -> None:
    assert kind_named(SOURCE, "query") is SOURCE.kinds[1]
    robots = kind_named(SOURCE, "robots")
    assert isinstance(robots, PageKind)
    assert robots.max_bytes == 500_000
    assert kind_named(SOURCE, "nonsense") is None


def test_fragments_are_not_sent(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page?a=1": html(GOOD)})) as world:
        world.client.fetch(Link(f"{URL}?a=1#top", "bulletin"))
        assert world.pages_asked == ["/page?a=1"]
