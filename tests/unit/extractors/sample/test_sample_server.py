"""The sample's web server: lists, pages, JSON, conditional requests, faults on demand."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from extractors.sample.server.process import SampleFailed, SampleProcess
from extractors.sample.server.server import SampleServer
from extractors.sample.site import UnknownFault
from extractors.sample.sites.all import last_day
from extractors.sample.sites.seee.json_files import closed_days
from extractors.sample.sites.seee.texts.bulletins import LISTS, all_articles
from tests.sample_market.published import LISTINGS, trading_days

SITE, WALLED, QUERY = "overview.cneeex.example", "www.cneeex.example", "shyx.cneeex.example"
DAILY_2025 = "/qgtpfqjy/mrgk/2025n/"
JUNE_16 = next(a for a in all_articles() if a.kind == "daily" and a.published == date(2025, 6, 16))

_HREF = re.compile(r'href="((?:https://[^/"]+)?/c/[^"]+)" target="_blank"')
_NEXT = re.compile(r'<a class="z_num" href="([^"]+)">下一页</a>')
_DATE = re.compile(r"/c/(\d{4}-\d\d-\d\d)/(\d+)\.shtml$")


class Answer:
    """A response, read to its end."""

    def __init__(self, response: HTTPResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    server: SampleServer | SampleProcess,
    path: str,
    host: str = SITE,
    method: str = "GET",
    body: str | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 10,
) -> Answer:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request(method, path, body, {"Host": host} | (headers or {}))
        response = connection.getresponse()
        return Answer(response, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[SampleServer]:
    with SampleServer() as server:
        yield server


@pytest.fixture
def server(shared: SampleServer) -> Iterator[SampleServer]:
    yield shared
    shared.clear()
    shared.until = None


def plain(html: str) -> str:
    """The text of a page, without tags and without any space."""
    return re.sub(r"\s|\u3000|&nbsp;", "", re.sub(r"<[^>]*>", "", html))


def test_paths_list_every_article_once(server: SampleServer) -> None:
    found = []
    for each in LISTS:
        path, pages = each.folder, 0
        seen: list[str] = []
        while path:
            answer = ask(server, path)
            assert answer.status == 200
            pages += 1
            hrefs = _HREF.findall(answer.text)
            assert hrefs[0::2] == hrefs[1::2]  # two <li> an article
            seen += [urlsplit(href).path for href in hrefs[0::2]]
            assert f"{pages}/" in plain(answer.text)
            following = _NEXT.search(answer.text)
            path = urlsplit(following[1]).path if following else ""
        assert pages == -(-len(seen) // 15)
        assert seen == sorted(seen, key=lambda p: _number(p), reverse=True)
        found += seen
    assert sorted(found) == sorted(article.path for article in all_articles())


def _number(path: str) -> int:
    match = _DATE.search(path)
    assert match is not None
    return int(match[2])


def test_pager_is_static_to_page_ten_and_dynamic_after_it(server: SampleServer) -> None:
    assert ask(server, f"{DAILY_2025}index_2.shtml").status == 200
    ninth = ask(server, f"{DAILY_2025}index_9.shtml").text
    assert "zcms" not in ninth
    tenth = ask(server, f"{DAILY_2025}index_10.shtml").text
    assert f'href="https://{WALLED}/zcms/ui/catalog/15464/pc/index_11.shtml"' in tenth
    assert "10/17页" in tenth
    assert ask(server, f"{DAILY_2025}index_11.shtml").status == 404
    assert ask(server, "/zcms/ui/catalog/15464/pc/index_10.shtml").status == 404
    eleventh = ask(server, "/zcms/ui/catalog/15464/pc/index_11.shtml").text
    assert f'href="https://{WALLED}/c/' in eleventh
    assert ask(server, "/zcms/ui/catalog/15464/pc/index_18.shtml").status == 404
    assert ask(server, "/qgtpfqjy/mrgk/2026n/").status == 404


def test_every_page_holds_its_text_once_spaces_are_gone(server: SampleServer) -> None:
    split = 0
    for article in all_articles():
        response = server.sites["seee"].respond(SITE, article.path)
        html = response.body.decode()
        body = plain(html).partition(f"发布时间：{article.published}")[2].partition("声明")[0]
        assert body == "".join("".join(article.paragraphs).split())
        assert html.count("发布时间") == 1
        assert f"<h3>{article.title}</h3>" in html
        split += bool(re.search(r"\d</span>\s*<span[^>]*>\d", html))
        mark = "simulated" if article.is_simulated else "published-aggregate"
        assert f'<meta name="carbonmart-sample" content="{mark}">' in html
        assert ("本页为模拟数据" in html) == article.is_simulated
        assert 24_000 < len(response.body) < 30_000
    assert split > 500


def test_numbers_ascend_from_the_launch() -> None:
    numbers = [article.number for article in all_articles()]
    assert numbers[0] == 491_247
    assert numbers == sorted(set(numbers))
    dates = [article.published for article in all_articles()]
    assert dates == sorted(dates)


def test_headers_tell_simulated_from_published(server: SampleServer) -> None:
    for article in all_articles()[:60]:
        got = ask(server, article.path, method="HEAD").headers["X-Carbonmart-Simulated"]
        assert got == ("1" if article.kind in ("daily", "weekly") else "0")
    assert ask(server, "/zhhq/jsonData/hiskline.json").headers["X-Carbonmart-Simulated"] == "1"


def test_walled_host_and_unknown_host(server: SampleServer) -> None:
    assert ask(server, JUNE_16.path, host=WALLED).status == 420
    assert ask(server, JUNE_16.path, host="elsewhere.example").status == 421
    assert ask(server, "/robots.txt").text.startswith("User-agent: *")
    assert set(server.routes) >= {SITE, WALLED, QUERY}


def test_menu_link_looks_like_an_article_and_is_none(server: SampleServer) -> None:
    answer = ask(server, "/c/2025-02-19/488525.shtml")
    assert answer.status == 200
    assert "基本信息" in answer.text
    assert ask(server, "/c/2025-02-19/488526.shtml").status == 404


@pytest.mark.parametrize("path", [JUNE_16.path, DAILY_2025, "/zhhq/jsonData/hiskline.json"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_conditional_requests(server: SampleServer, path: str, encoding: str) -> None:
    accept = {"Accept-Encoding": encoding}
    first = ask(server, path, headers=accept)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert not etag.startswith("W/")
    body = gzip.decompress(first.body) if encoding == "gzip" else first.body
    assert body == server.sites["seee"].respond(SITE, path).body
    for condition in ({"If-None-Match": f'"x", {etag}'}, {"If-Modified-Since": modified}):
        again = ask(server, path, headers=accept | condition)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    # The ETag goes before the date, and an older date gets the page.
    both = {"If-None-Match": '"x"', "If-Modified-Since": modified}
    assert ask(server, path, headers=accept | both).status == 200
    older = {"If-Modified-Since": "Thu, 15 Jul 2021 00:00:00 GMT"}
    assert ask(server, path, headers=accept | older).status == 200


def test_connection_is_kept_and_head_has_no_body(server: SampleServer) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    sockets = set()
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, JUNE_16.path, headers={"Host": SITE})
        response = connection.getresponse()
        assert (len(response.read()) > 0) == (method == "GET")
        assert int(response.headers["Content-Length"]) > 20_000
        sockets.add(id(connection.sock))
    connection.close()
    assert len(sockets) == 1


def test_quote_files(server: SampleServer) -> None:
    rows = json.loads(ask(server, "/zhhq/jsonData/hiskline.json").text)
    dates = [row[0] for row in rows]
    assert dates == [str(day) for day in trading_days() if day != date(2023, 8, 30)]
    assert {len(row) for row in rows} == {6}
    assert all(isinstance(cell, str) for row in rows for cell in row)
    by_date = {row[0]: row for row in rows}
    assert by_date["2025-01-14"][3:] == ["0.00", "0.00", "0"]
    opened, close, low, high = (Decimal(cell) for cell in by_date["2025-06-16"][1:5])
    assert low <= opened <= high
    assert low <= close <= high
    for name, listed in LISTINGS.items():
        rows = json.loads(ask(server, f"/zhhq/jsonData/hiskline-{name}.json").text)
        assert rows[0][0] == str(listed)
    assert ask(server, "/zhhq/jsonData/hiskline-CEA25.json").status == 404


def test_query_answers(server: SampleServer) -> None:
    path = "/gateway/common/querySubStat"

    def query(body: str) -> dict[str, object]:
        answer = ask(server, path, host=QUERY, method="POST", body=body)
        assert answer.status == 200
        told: dict[str, object] = json.loads(answer.text)
        return told

    auction_day = query('{"tradeDate":"20250716"}')
    assert isinstance(auction_day["data"], list)
    rows = {(r["subjectCode"], r["tradeMethod"]): r for r in auction_day["data"]}
    assert rows["COMCEA", "21"]["tradeVolume"] == "130000"
    assert len(rows) == 6 * 3
    assert query('{"tradeDate":"20251001"}')["code"] == 401
    assert query('{"tradeDate":"20260105"}')["code"] == 401
    assert query('{"tradeDate":"tomorrow"}')["code"] == 500
    assert query("[]")["code"] == 500
    holidays = json.loads(ask(server, "/assets/json/holidays.json", host=QUERY).text)
    assert holidays == [str(day) for day in closed_days()]
    assert ask(server, path, host=QUERY).status == 405


def test_nothing_exists_after_until(server: SampleServer) -> None:
    server.until = date(2025, 6, 13)
    assert server.until == date(2025, 6, 13)
    assert ask(server, JUNE_16.path).status == 404
    first = ask(server, DAILY_2025)
    assert "20250613" in first.text
    assert "20250616" not in first.text
    quotes = json.loads(ask(server, "/zhhq/jsonData/hiskline.json").text)
    assert quotes[-1][0] == "2025-06-13"
    etag = first.headers["ETag"]
    server.until = date(2025, 6, 14)  # a Saturday brings nothing
    assert ask(server, DAILY_2025, headers={"If-None-Match": etag}).status == 304
    server.until = date(2025, 6, 16)
    assert ask(server, JUNE_16.path).status == 200
    again = ask(server, DAILY_2025, headers={"If-None-Match": etag})
    assert again.status == 200
    assert "20250616" in again.text
    server.until = date(2024, 12, 31)
    assert ask(server, DAILY_2025).status == 404
    assert ask(server, "/zhhq/jsonData/hiskline-CEA24.json").status == 404
    server.until = date(2030, 1, 1)
    assert server.until == last_day()


@pytest.mark.parametrize(
    ("kind", "args", "status", "has"),
    [
        ("status", {"status": 503}, 503, "出错了"),
        ("not_found", {}, 404, "not found"),
        ("challenge", {}, 200, "__jsl_clearance"),
        ("challenge", {"status": 412}, 412, "__jsl_clearance"),
        ("replace", {"body": "<p>other</p>"}, 200, "<p>other</p>"),
        ("replace", {"body": b"bytes"}, 200, "bytes"),
        ("empty_list", {}, 404, "not found"),
    ],
)
def test_fault_in_place_of_a_page(
    server: SampleServer, kind: str, args: dict[str, Any], status: int, has: str
) -> None:
    server.fault(re.escape(JUNE_16.path), kind, **args)
    answer = ask(server, JUNE_16.path)
    assert answer.status == status
    assert has in answer.text
    assert ask(server, all_articles()[0].path).status == 200
    server.clear()
    assert JUNE_16.title in ask(server, JUNE_16.path).text


def test_fault_strikes_so_many_times(server: SampleServer) -> None:
    server.fault("/c/", "status", times=2, status=503)
    assert [ask(server, JUNE_16.path).status for _ in range(3)] == [503, 503, 200]


def test_fault_redirect(server: SampleServer) -> None:
    server.fault(JUNE_16.path, "redirect", to="https://elsewhere.example/x", status=301)
    answer = ask(server, JUNE_16.path)
    assert (answer.status, answer.headers["Location"]) == (301, "https://elsewhere.example/x")


def test_fault_truncate(server: SampleServer) -> None:
    server.fault(JUNE_16.path, "truncate")
    with pytest.raises(IncompleteRead) as caught:
        ask(server, JUNE_16.path)
    whole = server.sites["seee"].respond(SITE, JUNE_16.path).body
    assert caught.value.partial == whole[: len(whole) // 2]


def test_fault_reset(server: SampleServer) -> None:
    server.fault(JUNE_16.path, "reset")
    with pytest.raises(ConnectionResetError):
        ask(server, JUNE_16.path)


def test_fault_drip(server: SampleServer) -> None:
    server.fault("/robots.txt", "drip", pause_s=0.01)
    assert ask(server, "/robots.txt").text.startswith("User-agent")
    server.fault(JUNE_16.path, "drip", pause_s=30)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=0.5)
    connection.request("GET", JUNE_16.path, headers={"Host": SITE})
    response = connection.getresponse()
    assert response.read(1) == b"<"
    with pytest.raises(TimeoutError):
        response.read()
    connection.close()


def test_fault_gzip_bomb(server: SampleServer) -> None:
    server.fault(JUNE_16.path, "gzip_bomb", megabytes=20)
    answer = ask(server, JUNE_16.path)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < 30_000
    assert gzip.decompress(answer.body) == bytes(20_000_000)


def test_fault_content_type(server: SampleServer) -> None:
    right = ask(server, JUNE_16.path)
    server.fault(JUNE_16.path, "content_type", value="application/pdf")
    answer = ask(server, JUNE_16.path)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.body == right.body


def test_fault_gb18030_labelled_gb2312(server: SampleServer) -> None:
    right = ask(server, JUNE_16.path)
    server.fault(JUNE_16.path, "gb18030")
    answer = ask(server, JUNE_16.path)
    assert "gb2312" in answer.headers["Content-Type"]
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()
    assert plain(answer.body.decode("gb18030")) == plain(right.text)


def test_fault_nested(server: SampleServer) -> None:
    server.fault(JUNE_16.path, "nested", depth=60_000)
    assert ask(server, JUNE_16.path).text.count("<div>" * 60_000) == 1


def test_fault_empty_list(server: SampleServer) -> None:
    server.fault(DAILY_2025, "empty_list")
    answer = ask(server, DAILY_2025)
    assert answer.status == 200
    assert "articel-list" in answer.text
    assert not _HREF.search(answer.text)


def test_fault_revision_changes_a_bulletin_in_place(server: SampleServer) -> None:
    first = ask(server, JUNE_16.path)
    path = server.fault("", "revision", date=date(2025, 6, 16), changes={"high": Decimal("88.88")})
    assert path == JUNE_16.path
    again = ask(server, path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 200
    assert "最高价88.88元/吨" in plain(again.text)
    assert again.headers["Last-Modified"] != first.headers["Last-Modified"]
    server.clear()
    assert ask(server, JUNE_16.path).body == first.body


def test_fault_second_bulletin_of_a_day(server: SampleServer) -> None:
    path = server.fault("", "second_bulletin", date="2025-06-16")
    assert path != JUNE_16.path
    assert JUNE_16.title in ask(server, path).text
    assert plain(ask(server, path).text) != plain(ask(server, JUNE_16.path).text)
    server.until = date(2025, 6, 16)
    hrefs = _HREF.findall(ask(server, DAILY_2025).text)
    assert hrefs[:4] == [path, path, JUNE_16.path, JUNE_16.path]


def test_fault_bulletin_for_a_closed_day(server: SampleServer) -> None:
    path = server.fault("", "closed_day", date=date(2025, 6, 2))
    assert path.startswith("/c/2025-06-02/")
    assert "20250602" in ask(server, path).text
    server.until = date(2025, 6, 2)
    assert path in ask(server, DAILY_2025).text
    with pytest.raises(ValueError, match="is a trading day"):
        server.fault("", "closed_day", date=date(2025, 6, 3))


@pytest.mark.parametrize("direction", ["added", "removed"])
def test_fault_list_that_shifts_while_it_is_paged(server: SampleServer, direction: str) -> None:
    server.fault("mrgk/2025n", "shift", direction=direction)
    first, second, again = (
        _HREF.findall(ask(server, path).text)[0::2]
        for path in (DAILY_2025, f"{DAILY_2025}index_2.shtml", DAILY_2025)
    )
    assert first != again
    if direction == "added":
        assert first[-1] == second[0]  # shown twice
        assert again[1:] == first[:-1]
    else:
        assert again[:-1] == first[1:]
        assert again[-1] not in first + second  # shown nowhere
    assert ask(server, "/qgtpfqjy/mrgk/2024n/").text == ask(server, "/qgtpfqjy/mrgk/2024n/").text


def test_unknown_faults_are_refused(server: SampleServer) -> None:
    with pytest.raises(UnknownFault, match="unknown fault 'nonsense'"):
        server.fault("", "nonsense")
    with pytest.raises(UnknownFault, match="needs `to`"):
        server.fault("", "redirect")
    with pytest.raises(ValueError, match="no trading day"):
        server.fault("", "revision", date=date(2025, 10, 1))


def test_control_listens_to_loopback_names_only(server: SampleServer) -> None:
    order = '{"do": "state"}'
    assert ask(server, "/__control__", host=SITE, method="POST", body=order).status == 403
    answer = ask(server, "/__control__", host="127.0.0.1", method="POST", body=order)
    assert json.loads(answer.text)["until"] == last_day().isoformat()
    wrong = ask(server, "/__control__", host="127.0.0.1", method="POST", body='{"do": "x"}')
    assert wrong.status == 400
    assert "unknown order" in wrong.text


def test_process_has_the_same_pages_and_takes_orders(server: SampleServer) -> None:
    with SampleProcess(until=date(2025, 6, 13)) as process:
        assert process.until == date(2025, 6, 13)
        assert ask(process, JUNE_16.path).status == 404
        process.until = None
        assert process.until == last_day()
        assert ask(process, JUNE_16.path).body == ask(server, JUNE_16.path).body
        process.fault("/c/", "replace", body=b"\xff\x00")
        assert ask(process, JUNE_16.path).body == b"\xff\x00"
        process.clear()
        changes = {"close": Decimal("70.01")}
        path = process.fault("", "revision", date=date(2025, 6, 16), changes=changes)
        assert "收盘价70.01元/吨" in plain(ask(process, path).text)
        with pytest.raises(SampleFailed, match="unknown fault"):
            process.fault("", "nonsense")
        pid = process.pid
    assert not _is_running(pid)


def test_process_ends_with_a_parent_that_was_killed() -> None:
    code = (
        "import time;from extractors.sample.server.process import SampleProcess;"
        "p = SampleProcess().__enter__();print(p.pid, flush=True);time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[4],
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_running(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    """Whether the process runs; one that ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
