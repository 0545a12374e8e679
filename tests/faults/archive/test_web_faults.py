"""What goes wrong on the way: each fault has its cause, its verdict and its bytes kept."""

from __future__ import annotations

import gzip
import itertools
import time
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from extractors import errors
from extractors.archive.archive import ArchiveError
from extractors.http.retry import Attempts
from extractors.warc.exchange import Entry, Exchange
from tests.support.servers import Reply, Request, drip, html, raw, redirect
from tests.support.web_world import GOOD, SETTINGS, URL, Script, World

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ATTEMPTS = SETTINGS.retries + 1


def in_turn(*replies: Reply) -> Callable[[Request], Reply]:
    """Each request gets the next reply, the last one for ever."""
    waiting = list(replies)
    return lambda request: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_server_fault_is_asked_again(tmp_path: Path, status: int) -> None:
    pages = Script({"/page": in_turn(html("busy", status), html(GOOD))})
    with World(tmp_path, pages) as world:
        assert world.fetch().is_new
        assert world.verdicts == [("bulletin", status, "error"), ("bulletin", 200, "good")]


def test_a_lasting_server_fault_is_reported(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page": html("busy", 503)})) as world:
        with pytest.raises(errors.Unreachable, match="HTTP 503") as caught:
            world.fetch()
        assert caught.value.cause == "server"
        assert len(world.pages_asked) == ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 405, 501])
def test_a_final_refusal_is_not_asked_again(tmp_path: Path, status: int) -> None:
    with World(tmp_path, Script({"/page": html("no", status)})) as world:
        with pytest.raises(errors.Unreachable) as caught:
            world.fetch()
        assert caught.value.cause == "server"
        assert len(world.pages_asked) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(tmp_path: Path, as_date: bool) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    busy = html("busy", 503, Retry_After=when if as_date else "1")
    with World(tmp_path, Script({"/page": in_turn(busy, html(GOOD))})) as world:
        world.fetch()
        first, second = (r.at for r in world.server.requests if r.path == "/page")
        assert second - first >= (0.5 if as_date else 0.95)


def test_nobody_comes_back_before_a_long_retry_after(tmp_path: Path) -> None:
    pages = Script({"/page": html("busy", 503, Retry_After="3600")})
    with World(tmp_path, pages) as world:
        started = time.monotonic()
        with pytest.raises(errors.Unreachable, match="HTTP 503"):
            world.fetch()
        assert time.monotonic() - started < 2
        assert len(world.pages_asked) == 1


@pytest.mark.parametrize(
    "value", ["soon", "-5", "1e9", "12.5.2025", "9" * 5000, "Fri, 31 Dec 99999 23:59:59 GMT"]
)
def test_an_unreadable_retry_after_changes_nothing(value: str) -> None:
    assert Attempts(3, 0.01).pause(URL, value) == 0


def test_backoff_grows_and_has_an_end() -> None:
    attempts = Attempts(5, 1.0)
    pauses = [attempts.pause(URL) for _ in range(6)]
    assert pauses[-1] is None
    low = [0, 2, 4, 8, 16]
    assert all(p is not None and at <= p <= at + 1 for p, at in zip(pauses, low, strict=False))
    assert len({Attempts(5, 1.0).pause(URL) for _ in range(3)}) == 1, "the first retry is prompt"


@pytest.mark.parametrize("status", [403, 412, 420, 429, 521])
def test_a_wall_is_asked_once(tmp_path: Path, status: int) -> None:
    with World(tmp_path, Script({"/page": html("no", status, Retry_After="0")})) as world:
        with pytest.raises(errors.Blocked) as caught:
            world.fetch()
        assert caught.value.cause == "wall"
        assert world.pages_asked == ["/page"]
        assert world.archive.entry(caught.value.fetch_id).verdict == "blocked"


@pytest.mark.parametrize("status", [200, 503])
def test_a_challenge_is_a_wall_and_no_page(tmp_path: Path, status: int) -> None:
    pages = Script({"/page": html("<script>var _cf_chl_opt={}</script>", status)})
    with World(tmp_path, pages) as world:
        with pytest.raises(errors.Blocked, match="Cloudflare"):
            world.fetch()
        assert world.pages_asked == ["/page"]
        assert world.archive.latest(URL) is None


BROKEN = {
    "short": raw(HEAD + b"Content-Length: 500\r\n\r\n" + GOOD.encode()),
    "reset": raw(HEAD + b"Content-Length: 500\r\n\r\n" + GOOD.encode(), reset=True),
    "chunk cut": raw(CHUNKED + b"20\r\n" + GOOD.encode()[:10]),
    "no last chunk": raw(CHUNKED + b"4\r\nDail\r\n"),
    "senseless chunk": raw(CHUNKED + b"zz\r\nDaily bulletin\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_body_is_asked_again_and_kept_as_far_as_it_came(tmp_path: Path, name: str) -> None:
    with World(tmp_path, Script({"/page": BROKEN[name]})) as world:
        with pytest.raises(errors.Broken) as caught:
            world.fetch()
        assert caught.value.cause == "connection"
        assert world.verdicts == [("bulletin", 200, "broken")] * ATTEMPTS
        entry = world.archive.entry(caught.value.fetch_id)
        assert entry.truncated == "disconnect"
        assert world.archive.latest(URL) is None
    if name in ("short", "chunk cut"):
        with World(tmp_path, Script({}), run_id="run2") as world:
            assert world.archive.page(entry).body in (GOOD.encode(), GOOD.encode()[:10])


def test_a_body_that_breaks_once_comes_whole_the_next_time(tmp_path: Path) -> None:
    pages = Script({"/page": in_turn(BROKEN["reset"], BROKEN["short"], html(GOOD))})
    with World(tmp_path, pages) as world:
        fetched = world.fetch()
        assert fetched.is_new
        assert world.body(fetched) == GOOD.encode()


def test_a_compressed_body_that_ends_early_is_broken(tmp_path: Path) -> None:
    wire = gzip.compress(GOOD.encode())[:-10]
    page = Reply(200, wire, {"Content-Type": "text/html", "Content-Encoding": "gzip"})
    with World(tmp_path, Script({"/page": page})) as world:
        with pytest.raises(errors.Broken, match="ends early"):
            world.fetch()
        assert world.verdicts == [("bulletin", 200, "broken")] * ATTEMPTS


@pytest.mark.parametrize(
    "answer", [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"]
)
def test_no_answer_at_all(tmp_path: Path, answer: bytes) -> None:
    with World(tmp_path, Script({"/page": raw(answer, reset=not answer)})) as world:
        with pytest.raises(errors.Unreachable) as caught:
            world.fetch()
        assert caught.value.cause == "connection"
        assert f"attempts: {ATTEMPTS}" in caught.value.detail
        assert world.verdicts == []


def test_a_silent_server_times_out(tmp_path: Path) -> None:
    settings = replace(SETTINGS, read_timeout_s=0.2, retries=1)
    pages = Script({"/page": drip(b"", [b"late"], 1.0)})
    with World(tmp_path, pages, settings=settings) as world:
        with pytest.raises(errors.Unreachable) as caught:
            world.fetch()
        assert caught.value.cause == "timeout"
        assert len(world.pages_asked) == 2


DRIPS = {
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
    "chunks": (CHUNKED, b"1\r\nx\r\n"),
    "chunk size": (CHUNKED, b"0"),
    "headers": (HEAD, b"x"),
    "status line": (b"", b"H"),
}


@pytest.mark.parametrize("name", DRIPS)
def test_dripping_ends_with_the_whole_time(tmp_path: Path, name: str) -> None:
    head, piece = DRIPS[name]
    settings = replace(SETTINGS, read_timeout_s=0.5, total_timeout_s=1.0)
    pages = Script({"/page": drip(head, itertools.repeat(piece, 400), 0.05)})
    with World(tmp_path, pages, settings=settings) as world:
        started = time.monotonic()
        with pytest.raises(errors.FetchError) as caught:
            world.fetch()
        assert caught.value.cause == "timeout"
        has_answer = name in ("body", "chunks", "chunk size")
        tries = 1 if has_answer else ATTEMPTS
        assert time.monotonic() - started < tries * 1.0 + 1
        assert len(world.pages_asked) == tries
        if has_answer:
            assert isinstance(caught.value, errors.Broken)
            entry = world.archive.entry(caught.value.fetch_id)
            assert (entry.truncated, entry.verdict) == ("time", "broken")


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


@pytest.mark.slow
def test_a_600_mb_bomb_stops_at_the_cap(tmp_path: Path) -> None:
    wire = bomb(600_000_000)
    assert len(wire) < 700_000
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    pages = Script({"/file": Reply(200, wire, headers)})  # this kind may have 8 MB
    with World(tmp_path, pages) as world:
        tracemalloc.start()
        with pytest.raises(errors.TooLarge) as caught:
            world.fetch(URL.replace("/page", "/file"), "file")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 40_000_000
        assert caught.value.cause == "too_large"
        assert world.verdicts == [("file", 200, "too_large")]


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_huge_body_stops_at_the_cap(tmp_path: Path, is_announced: bool) -> None:
    if is_announced:
        page = html("x" * 600_000)
    else:
        page = drip(HEAD + b"\r\n", itertools.repeat(b"x" * 100_000, 1000), 0)
    with World(tmp_path, Script({"/page": page})) as world:
        with pytest.raises(errors.TooLarge) as caught:
            world.fetch()
        assert world.archive.entry(caught.value.fetch_id).truncated == "length"
        assert world.verdicts == [("bulletin", 200, "too_large")]


def test_a_redirects_own_body_is_capped_too(tmp_path: Path) -> None:
    wire = bomb(50_000_000)
    headers = {"Location": "/page/2", "Content-Encoding": "gzip"}
    pages = Script({"/page": Reply(302, wire, headers), "/page/2": html(GOOD)})
    with World(tmp_path, pages) as world:
        tracemalloc.start()
        assert world.fetch().is_new
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 5_000_000


def test_a_redirect_loop_ends(tmp_path: Path) -> None:
    pages = Script({"/page": redirect("/page/2"), "/page/2": redirect("/page")})
    with World(tmp_path, pages) as world:
        with pytest.raises(errors.Drifted) as caught:
            world.fetch()
        assert caught.value.cause == "moved"
        assert len(world.pages_asked) == 6
        assert world.verdicts == [("bulletin", 302, "redirect")] * 6


def test_five_hops_are_still_followed(tmp_path: Path) -> None:
    pages = Script({"/page": redirect("/page/1"), "/page/5": html(GOOD)})
    pages.pages |= {f"/page/{n}": redirect(f"/page/{n + 1}") for n in range(1, 5)}
    with World(tmp_path, pages) as world:
        assert world.fetch().is_new


def test_a_redirect_to_nowhere_is_the_servers_fault(tmp_path: Path) -> None:
    with World(tmp_path, Script({"/page": Reply(302)})) as world:
        with pytest.raises(errors.Unreachable) as caught:
            world.fetch()
        assert caught.value.cause == "server"


@pytest.mark.parametrize(("status", "is_followed"), [(302, False), (303, False), (308, True)])
def test_a_query_is_never_turned_into_another(
    tmp_path: Path, status: int, is_followed: bool
) -> None:
    answer = Reply(200, b'{"data":1}', {"Content-Type": "application/json"})
    pages = Script({"/query": redirect("/query/2", status), "/query/2": answer})
    with World(tmp_path, pages) as world:
        url = URL.replace("/page", "/query")
        if is_followed:
            world.fetch(url, "query", "{}")
            assert [r.method for r in world.server.requests[1:]] == ["POST", "POST"]
        else:
            with pytest.raises(errors.Drifted) as caught:
                world.fetch(url, "query", "{}")
            assert caught.value.cause == "moved"


def test_a_server_that_closes_idle_connections_is_no_fault(tmp_path: Path) -> None:
    body = GOOD.encode()
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    with World(tmp_path, Script({"/page": raw(head + body)})) as world:
        for _ in range(3):
            world.fetch()
            time.sleep(0.02)
        assert len(world.pages_asked) == 3


def test_an_archive_that_cannot_write_is_not_the_sites_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World(tmp_path, Script({"/page": html(GOOD)})) as world:
        write = world.writer.write

        def full(exchange: Exchange) -> Entry:
            if exchange.kind == "robots":
                return write(exchange)
            raise ArchiveError("No space left on device")

        monkeypatch.setattr(world.writer, "write", full)
        with pytest.raises(ArchiveError, match="No space"):
            world.fetch()
        assert world.pages_asked == ["/page"], "and it is not asked again"
