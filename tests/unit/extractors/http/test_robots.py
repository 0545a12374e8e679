"""robots.txt: what is allowed, how slowly, and what its absence means."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extractors import errors
from extractors.http.rate_limit import Pacer
from extractors.http.robots import decode_robots
from tests.support.servers import Reply, html, raw, redirect
from tests.support.web_world import GOOD, HOST, OTHER, SETTINGS, URL, Script, World

NOON = datetime(2025, 12, 3, 4, 0, tzinfo=UTC)


def text(rules: str, status: int = 200) -> Reply:
    return Reply(status, rules.encode(), {"Content-Type": "text/plain"})


def site(rules: Reply, *paths: str) -> Script:
    return Script({"/robots.txt": rules} | dict.fromkeys(paths or ("/page",), html(GOOD)))


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        ("User-agent: *\nDisallow:", "/page", True),
        ("User-agent: *\nDisallow: /", "/page", False),
        ("User-agent: *\nDisallow: /page/secret", "/page/open", True),
        ("User-agent: *\nDisallow: /page/secret", "/page/secret/1", False),
        ("User-agent: *\nDisallow: /page*.pdf$", "/page/1.pdf", False),
        ("User-agent: *\nDisallow: /page*.pdf$", "/page/1.pdf?x=1", True),
        ("User-agent: *\nDisallow: /page\nAllow: /page/open", "/page/open", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: carbonmart\nAllow: /", "/page", True),
        ("User-agent: carbonmart\nDisallow: /\n\nUser-agent: *\nAllow: /", "/page", False),
        ("User-agent: mart\nDisallow: /", "/page", True),
        ("User-agent: carbon\nDisallow: /", "/page", False),  # a prefix of our name: be careful
        ("User-agent: *\nDisallow: /page/每日", "/page/%E6%AF%8F%E6%97%A5", False),
        ("<html>a soft 404 with <b>markup</b></html>", "/page", True),
        ("\ufeffUser-agent: *\nDisallow: /", "/page", False),
    ],
)
def test_rules(tmp_path: Path, rules: str, path: str, is_allowed: bool) -> None:
    with World(tmp_path, site(text(rules), path)) as world:
        if is_allowed:
            assert world.fetch(f"https://{HOST}{path}").is_new
            return
        with pytest.raises(errors.RobotsRefused) as caught:
            world.fetch(f"https://{HOST}{path}")
        assert caught.value.cause == "robots"
        assert world.pages_asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_rules_are_no_ban(tmp_path: Path, status: int) -> None:
    with World(tmp_path, site(text("Disallow: /", status))) as world:
        assert world.fetch().is_new


def test_asked_too_often_says_nothing_of_rules(tmp_path: Path) -> None:
    """It is waited as asked, and asked again; only then is the site taken for closed."""
    waiting = [text("", 429), text("User-agent: *\nDisallow: /page/secret")]
    pages = site(Reply(), "/page")
    pages.pages["/robots.txt"] = lambda request: waiting.pop(0)
    with World(tmp_path, pages) as world:
        assert world.fetch().is_new
        with pytest.raises(errors.RobotsRefused, match="disallows"):
            world.fetch(f"{URL}/secret")
    for number, status in enumerate((420, 429)):
        with World(tmp_path / str(number), site(text("", status))) as world:
            with pytest.raises(errors.Blocked, match=f"HTTP {status}"):
                world.fetch()
            assert world.pages_asked == []
            assert len(world.server.requests) == 1 + SETTINGS.retries


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"])
def test_rules_are_read_in_the_encoding_they_are_in(encoding: str) -> None:
    rules = "User-agent: *\nDisallow: /a"
    assert decode_robots(rules.encode(encoding)).lstrip("\ufeff") == rules


@pytest.mark.parametrize("status", [500, 501, 503])
def test_rules_that_cannot_be_seen_forbid_everything(tmp_path: Path, status: int) -> None:
    with World(tmp_path, site(text("", status))) as world:
        for _ in range(2):
            with pytest.raises(errors.RobotsRefused, match=f"HTTP {status}"):
                world.fetch()
        assert world.pages_asked == []
        retries = 0 if status == 501 else SETTINGS.retries
        assert len(world.server.requests) == 1 + retries, "and are not asked for at every page"


def test_robots_that_break_off_forbid_everything(tmp_path: Path) -> None:
    broken = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nUser-agent: *\nAllow")
    with (
        World(tmp_path, site(broken)) as world,
        pytest.raises(errors.RobotsRefused, match="cannot be had"),
    ):
        world.fetch()


@pytest.mark.parametrize("status", [200, 521])
def test_robots_behind_a_wall_are_a_wall(tmp_path: Path, status: int) -> None:
    wall = html("<script>document.cookie='__jsl_clearance=1'</script>", status)
    with World(tmp_path, site(wall)) as world, pytest.raises(errors.Blocked) as caught:
        world.fetch()
    assert caught.value.cause == "wall"


def test_a_moved_robots_is_followed_within_the_source_only(tmp_path: Path) -> None:
    pages = site(redirect(f"https://{OTHER}/rules", 301))
    pages.pages["/rules"] = text("User-agent: *\nDisallow: /")
    with World(tmp_path, pages) as world, pytest.raises(errors.RobotsRefused, match="disallows"):
        world.fetch()
    pages.pages["/robots.txt"] = redirect("https://elsewhere.example/robots.txt", 301)
    with World(tmp_path, pages) as world, pytest.raises(errors.RobotsRefused, match="elsewhere"):
        world.fetch()


def test_robots_over_the_cap_are_refused(tmp_path: Path) -> None:
    long = "User-agent: *\n" + "Allow: /x\n" * 60_000
    with World(tmp_path, site(text(long))) as world, pytest.raises(errors.RobotsRefused):
        world.fetch()


def test_a_redirect_into_a_disallowed_place_is_not_followed(tmp_path: Path) -> None:
    pages = site(text("User-agent: *\nDisallow: /page/secret"), "/page/secret")
    pages.pages["/page"] = redirect("/page/secret")
    with World(tmp_path, pages) as world:
        with pytest.raises(errors.RobotsRefused):
            world.fetch()
        assert world.pages_asked == ["/page"]


@pytest.mark.parametrize(
    ("rule", "gap_s"), [("Crawl-delay: 0.3", 0.3), ("Request-rate: 2/1s", 0.5)]
)
def test_the_gap_that_robots_wants_is_kept(tmp_path: Path, rule: str, gap_s: float) -> None:
    rules = text(f"User-agent: *\n{rule}\nAllow: /")
    with World(tmp_path, site(rules), pacer=Pacer(1000)) as world:
        world.fetch()
        world.fetch()
        times = [request.at for request in world.server.requests if request.path == "/page"]
    assert times[1] - times[0] >= gap_s - 0.05


def test_a_pacer_switched_off_skips_crawl_delay_on_routed_hosts_only(tmp_path: Path) -> None:
    with World(tmp_path, site(text("User-agent: *\nCrawl-delay: 30")), pacer=Pacer(0)) as world:
        started = time.monotonic()
        world.fetch()
        world.fetch()
        assert time.monotonic() - started < 10


def test_a_delay_that_allows_no_crawl_is_a_refusal(tmp_path: Path) -> None:
    rules = text("User-agent: *\nCrawl-delay: 86400")
    with World(tmp_path, site(rules)) as world, pytest.raises(errors.RobotsRefused, match="86400"):
        world.fetch()


def test_rules_are_kept_for_a_day_across_runs(tmp_path: Path) -> None:
    rules = text("User-agent: *\nDisallow: /page/secret")
    for hours, asked in ((0, 1), (23, 0), (25, 1), (48, 0)):
        now = NOON + timedelta(hours=hours)
        with World(tmp_path, site(rules), run_id=f"run{hours}", now=now) as world:
            world.fetch()
            with pytest.raises(errors.RobotsRefused):
                world.fetch(f"{URL}/secret")
            assert world.server.paths.count("/robots.txt") == asked, hours


def test_an_unreachable_host_is_refused_with_its_reason(tmp_path: Path) -> None:
    settings = replace(SETTINGS, retries=0)
    world = World(tmp_path, site(text("")), settings=settings)
    world.server.__exit__(None, None, None)
    with pytest.raises(errors.RobotsRefused, match="refused"):
        world.fetch()
