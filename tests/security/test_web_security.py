"""No address outside the source's public hosts is ever asked, however it is reached."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors import errors
from extractors import url_guard as guard
from extractors.archive.archive import Archive
from extractors.http.client import WebClient
from extractors.http.rate_limit import Pacer
from extractors.model import Link
from tests.support.certificates import certificate
from tests.support.servers import LoopbackServer, Reply, html, redirect
from tests.support.web_world import GOOD, HOST, OTHER, SETTINGS, SOURCE, URL, Script, World

REAL = "bulletins.market.test"
"""A host that is not routed: it takes the guarded way, as a real site does."""

BAD_URLS = [
    "http://127.0.0.1/page",
    "http://[::1]/page",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433/page",
    "http://0x7f.1/page",
    "https://localhost/page",
    f"https://user:secret@{HOST}/page",
    f"https://user@{HOST}/page",
    f"https://{HOST}@evil.example/page",
    f"https://{HOST}\\@evil.example/page",
    f"https://evil.example\\.{HOST}/page",
    f"https://evil.example#@{HOST}/page",
    f"https://{HOST}.evil.example/page",
    f"https://evil.example/{HOST}/page",
    f"https://{HOST}:8443/page",
    f"https://{HOST}:80/page",
    f"https://{HOST}./page",
    f"https://{HOST}%00.evil.example/page",
    f"https://{HOST}%2eevil.example/page",
    f"https://{HOST}/page\r\nX-Injected: yes",
    f"https://{HOST}/page\nHost: evil.example",
    f"https://{HOST}/page HTTP/1.1",
    f"https://{HOST}/page\x00",
    f"https://{HOST}/page\u00a0x",
    f"https://{HOST}/open/../page",
    f"https://{HOST}/open/%2e%2E/page",
    f"https:///{HOST}/page",
    f"//{HOST}/page",
    f"ftp://{HOST}/page",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "",
    f"https://{HOST}/" + "a" * 5000,
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_bad_address_is_refused_before_anything_is_sent(tmp_path: Path, url: str) -> None:
    with World(tmp_path, Script({"/page": html(GOOD)})) as world:
        with pytest.raises(errors.HostRefused) as caught:
            world.fetch(url)
        assert caught.value.cause == "host"
        assert "\n" not in str(caught.value), "nor does it break a log line"
        assert world.server.connections == 0
        assert world.entries() == []


BAD_PLACES = [
    url
    for url in BAD_URLS
    if "://" in url
    and url.isprintable()  # a header can carry it
    and "/../" not in url  # else it is resolved, as it should be, before it is checked
    and not url.startswith("https:///")  # resolves to the host that sent it
]


@pytest.mark.parametrize("url", BAD_PLACES)
def test_a_redirect_to_a_bad_address_is_refused(tmp_path: Path, url: str) -> None:
    with World(tmp_path, Script({"/page": redirect(url)})) as world:
        with pytest.raises(errors.HostRefused) as caught:
            world.fetch()
        assert world.pages_asked == ["/page"]
        assert world.archive.entry(caught.value.fetch_id).verdict == "redirect"


def test_a_redirect_may_not_leave_https(tmp_path: Path) -> None:
    pages = Script({"/page": redirect(f"http://{OTHER}/page")})
    with World(tmp_path, pages) as world:
        with pytest.raises(errors.HostRefused, match="away from https"):
            world.fetch()
        assert world.pages_asked == ["/page"]


def test_an_injected_header_in_a_post_type_is_refused(tmp_path: Path) -> None:
    with World(tmp_path, Script({})) as world:
        link = Link(f"https://{HOST}/query", "query", "{}", "text/plain\r\nX-Injected: yes")
        with pytest.raises(ValueError, match="header value"):
            world.client.fetch(link)
        assert world.pages_asked == []


def test_cookies_are_not_carried(tmp_path: Path) -> None:
    pages = Script({"/page": html(GOOD, Set_Cookie="tracker=1; Path=/"), "/page/2": html(GOOD)})
    with World(tmp_path, pages) as world:
        world.fetch()
        world.fetch(f"{URL}/2")
        assert all("cookie" not in request.headers for request in world.server.requests)


@pytest.mark.parametrize(
    "routes",
    [
        {"overview.cneeex.com": "http://127.0.0.1:8000"},
        {"localhost": "http://127.0.0.1:8000"},
        {"example": "http://127.0.0.1:8000"},
        {"a.example.com": "http://127.0.0.1:8000"},
        {"evil/.example": "http://127.0.0.1:8000"},
        {HOST: "http://10.0.0.1:8000"},
        {HOST: "http://127.0.0.1:8000@evil.example"},
        {HOST: "http://127.0.0.1:8000/path"},
        {HOST: "https://127.0.0.1:8000"},
        {HOST: "http://localhost:8000"},
    ],
)
def test_only_example_names_are_routed_and_only_to_loopback(routes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\.example|127\.0\.0\.1"):
        guard.check_routes(routes)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1", "fec0::1"),
        *("ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::1", "2002:7f00:1::1", "2001:0:7f00:1:0:0:80ff:fffe", "::ffff:a9fe:a9fe"),
    ],
)
def test_addresses_that_are_not_public(ip: str) -> None:
    assert not guard.is_public(ip)


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are_public(ip: str) -> None:
    assert guard.is_public(ip)


class Names:
    """A name service that answers for `REAL` as told, one answer a call."""

    def __init__(self, *answers: list[tuple[str, int]]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if host != REAL:  # an address already: what `create_connection` asks for
            return _resolve(host, port, *args, **kwargs)
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, to_port or port))
            for ip, to_port in answer
        ]


_resolve = socket.getaddrinfo


def fetch_real(tmp_path: Path, scheme: str = "https", path: str = "/page") -> bytes:
    """One fetch by the guarded way; what came back."""
    import dataclasses

    source = dataclasses.replace(SOURCE, hosts=(REAL,), rate_per_second=100.0)
    settings = dataclasses.replace(SETTINGS, retries=0)
    archive = Archive(tmp_path / "archive")
    try:
        with (
            archive.writer("market", "run1", datetime.now(UTC)) as writer,
            WebClient(source, archive, writer, settings, Pacer(0)) as client,
        ):
            return archive.page(
                client.fetch(Link(f"{scheme}://{REAL}{path}", "bulletin")).entry
            ).body
    finally:
        archive.close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("ip", ["127.0.0.1", "169.254.169.254", "10.0.0.1"])
def test_a_name_that_leads_inside_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: str
) -> None:
    with LoopbackServer(Script({"/page": html(GOOD)})) as server:
        monkeypatch.setattr(socket, "getaddrinfo", Names([(ip, server.port)]))
        with pytest.raises(errors.RobotsRefused, match="not a public address") as caught:
            fetch_real(tmp_path, "http")
        assert ip in caught.value.detail
        assert server.connections == 0


def test_of_several_addresses_only_the_public_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public one stands for a real site: the loopback one beside it is never asked."""
    with (
        LoopbackServer(Script({"/page": html(GOOD)})) as inside,
        LoopbackServer(Script({"/page": html(GOOD)})) as site,
    ):
        names = Names([("127.0.0.2", inside.port), ("127.0.0.1", site.port)])
        monkeypatch.setattr(socket, "getaddrinfo", names)
        monkeypatch.setattr(guard, "is_public", lambda ip: ip == "127.0.0.1")
        assert fetch_real(tmp_path, "http") == GOOD.encode()
        assert inside.connections == 0


def test_a_name_that_changes_after_the_check_gains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: one look-up per connection, and the connection goes where the check looked."""
    with (
        LoopbackServer(Script({"/page": html(GOOD)})) as site,
        LoopbackServer(Script({"/page": html("inside")})) as inside,
    ):
        true = [("127.0.0.1", site.port)]
        names = Names(true, true, [("127.0.0.2", inside.port)])
        monkeypatch.setattr(socket, "getaddrinfo", names)
        monkeypatch.setattr(guard, "is_public", lambda ip: ip == "127.0.0.1")
        assert fetch_real(tmp_path, "http") == GOOD.encode()
        assert names.asked == site.connections == 2, "its robots.txt, and the page"
        with pytest.raises(errors.RobotsRefused, match="not a public address"):
            fetch_real(tmp_path, "http")
        assert inside.connections == 0


def test_an_unknown_name_is_a_dns_failure(tmp_path: Path) -> None:
    with pytest.raises(errors.RobotsRefused, match="dns"):
        fetch_real(tmp_path)


@pytest.mark.parametrize(
    ("name", "is_trusted", "is_fetched"),
    [(REAL, True, True), (REAL, False, False), ("other.market.test", True, False)],
)
def test_tls_is_always_verified(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_trusted: bool,
    is_fetched: bool,
) -> None:
    context, ca = certificate(name, tmp_path)
    if is_trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
    else:
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with LoopbackServer(Script({"/page": html(GOOD)}), tls=context) as server:
        monkeypatch.setattr(socket, "getaddrinfo", Names([("127.0.0.1", server.port)]))
        monkeypatch.setattr(guard, "is_public", lambda ip: True)
        if is_fetched:
            assert fetch_real(tmp_path) == GOOD.encode()
        else:
            with pytest.raises(errors.RobotsRefused, match=r"tls: .*certificate"):
                fetch_real(tmp_path)
            assert server.requests == []


def test_a_page_body_is_never_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret = "the-body-of-a-page"
    pages = Script({"/page": html(GOOD + secret), "/page/2": Reply(403, secret.encode())})
    with World(tmp_path, pages) as world:
        world.fetch()
        with pytest.raises(errors.Blocked):
            world.fetch(f"{URL}/2")
    assert secret not in caplog.text
    ours = [vars(record) for record in caplog.records if record.name == "carbonmart.web"]
    assert ours
    assert {(told["run_id"], told["source"]) for told in ours} == {("run1", "market")}
    assert all(told["url"].startswith("https://") for told in ours)
