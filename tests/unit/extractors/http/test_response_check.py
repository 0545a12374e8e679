"""Verdicts: walls and error pages are found, and genuine pages are left in peace."""

from __future__ import annotations

import gzip
import time

import pytest

from extractors.http.response_check import examine, verdict_of
from extractors.source import PageKind

KIND = PageKind("bulletin", "^/c/", must_contain=("全国碳市场",), max_bytes=200_000)
PLAIN = PageKind("page", "^/", ())
HTML = {"Content-Type": "text/html; charset=utf-8"}
ARTICLE = "<html><title>全国碳市场每日成交数据</title>" + "<p>今日收盘价上涨，成交平稳。" * 200

CHALLENGES = {
    "cloudflare": "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
    "knownsec": "<script>document.cookie=('__jsl_clearance_s=1.2')+';max-age=3600'</script>",
    "alibaba": "<html><script>var arg1='4F9A';setCookie('acw_sc__v2', x)</script></html>",
    "alibaba waf": '<textarea id="aliyun_waf_aa"></textarea>' + "<script>" + "a" * 90_000,
    "tencent": '<script src="https://turing.captcha.qcloud.com/TCaptcha.js"></script>',
    "ruishu": "<meta charset='utf-8'><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>",
    "captcha": "<title>安全验证</title><p>请完成验证后继续访问",
    "blocked": "<h1>访问被拦截</h1>您的请求疑似攻击行为",
    "often": "<p>访问过于频繁，请稍后再试</p>",
    "json": '{"code":403,"msg":"操作过于频繁"}',
    "gbk": "<p>访问过于频繁，请稍后再试</p>",
}


@pytest.mark.parametrize("status", [403, 412, 420, 429, 521])
def test_wall_statuses(status: int) -> None:
    assert verdict_of(KIND, status, HTML, ARTICLE.encode()) == "blocked"


@pytest.mark.parametrize("name", CHALLENGES)
@pytest.mark.parametrize("status", [200, 405, 503])
@pytest.mark.parametrize("kind", [KIND, PLAIN, None])
def test_challenges_are_walls_at_any_status(name: str, status: int, kind: PageKind | None) -> None:
    page = CHALLENGES[name].encode("gb18030" if name == "gbk" else "utf-8")
    assert verdict_of(kind, status, HTML, page) == "blocked"


def test_a_challenge_script_counts_even_beside_the_marks_of_a_good_page() -> None:
    page = "<title>全国碳市场</title>" + CHALLENGES["knownsec"]
    assert verdict_of(KIND, 200, HTML, page.encode()) == "blocked"


def test_a_compressed_challenge_is_a_wall() -> None:
    wire = gzip.compress(CHALLENGES["captcha"].encode())
    assert verdict_of(KIND, 200, HTML | {"Content-Encoding": "gzip"}, wire) == "blocked"


def test_a_header_may_tell() -> None:
    assert verdict_of(KIND, 200, HTML | {"cf-mitigated": "challenge"}, b"") == "blocked"


@pytest.mark.parametrize("mark", [*CHALLENGES.values(), "<h2>404 Not Found</h2>"])
def test_a_long_article_about_walls_is_an_article(mark: str) -> None:
    page = ARTICLE.replace("成交平稳", "成交平稳，安全验证通过", 1) + f"<p>{mark}</p>"
    assert verdict_of(KIND, 200, HTML, page.encode()) == "good"
    assert verdict_of(PLAIN, 200, HTML, page.encode()) == "good"


@pytest.mark.parametrize("word", ["登录验证码", "captcha", "云防护", "$_ts=window['$_ts']"])
def test_a_short_genuine_page_may_have_a_login_form(word: str) -> None:
    page = f"<title>全国碳市场</title><form>{word}</form><p>收盘价56.20元/吨"
    assert verdict_of(KIND, 200, HTML, page.encode()) == "good"


@pytest.mark.parametrize(
    "page",
    [
        "<title>404 Not Found</title><h1>404 Not Found</h1><hr>nginx",
        "<html><head><title>502 Bad Gateway</title></head></html>",
        "<title>HTTP Status 500 – Internal Server Error</title>",
        "<title>Error 503</title>",
        "<h1>页面不存在</h1>",
        "<title>提示</title><h2>系统繁忙，请稍后再试</h2>",
    ],
)
def test_an_error_page_behind_a_200_is_no_page(page: str) -> None:
    verdict, why = examine(KIND, 200, HTML, page.encode())
    assert verdict == "blocked"
    assert "error page" in why
    assert verdict_of(PLAIN, 200, HTML, page.encode()) == "blocked"


def test_a_number_in_a_title_is_no_error() -> None:
    page = "<title>500强企业碳排放</title><h1>成交 450 吨</h1>"
    assert verdict_of(PLAIN, 200, HTML, page.encode()) == "good"


@pytest.mark.parametrize(
    ("status", "headers", "verdict"),
    [
        (404, {}, "not_found"),
        (410, {}, "not_found"),
        (304, {}, "not_modified"),
        (301, {"Location": "/x"}, "redirect"),
        (301, {}, "error"),
        (300, {}, "error"),
        (204, {}, "error"),
        (206, {}, "error"),
        (400, {}, "error"),
        (401, {}, "error"),
        (500, {}, "error"),
        (503, {}, "error"),
    ],
)
def test_statuses(status: int, headers: dict[str, str], verdict: str) -> None:
    assert verdict_of(KIND, status, headers, b"") == verdict


def test_headers_may_come_as_pairs_in_any_case() -> None:
    wire = gzip.compress(ARTICLE.encode())
    pairs = (("CONTENT-TYPE", "Text/HTML"), ("content-Encoding", "gzip"))
    assert verdict_of(KIND, 200, pairs, wire) == "good"


@pytest.mark.parametrize(
    ("headers", "body", "truncated", "verdict"),
    [
        (HTML, ARTICLE.encode("gb18030"), "", "good"),
        (HTML, "<p>其他".encode(), "", "wrong_content"),
        ({"Content-Type": "application/pdf"}, ARTICLE.encode(), "", "wrong_content"),
        ({}, ARTICLE.encode(), "", "wrong_content"),
        (HTML, ARTICLE.encode(), "disconnect", "broken"),
        (HTML, ARTICLE.encode(), "time", "broken"),
        (HTML, ARTICLE.encode(), "length", "too_large"),
        (HTML, ARTICLE.encode() * 50, "", "too_large"),
        (HTML | {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 300_000), "", "too_large"),
        (HTML | {"Content-Encoding": "gzip"}, gzip.compress(ARTICLE.encode())[:-9], "", "broken"),
        (HTML | {"Content-Encoding": "gzip"}, b"plain", "", "broken"),
        (HTML | {"Content-Encoding": "zebra"}, b"plain", "", "broken"),
    ],
)
def test_content(headers: dict[str, str], body: bytes, truncated: str, verdict: str) -> None:
    assert verdict_of(KIND, 200, headers, body, truncated) == verdict


@pytest.mark.parametrize(
    "piece", [b"<script", b"<!--", b"<", b"<h1", b"<title>4", b"</script", b"<a"]
)
def test_crooked_markup_takes_no_longer_than_straight(piece: bytes) -> None:
    page = b"$_ts" + piece * (250_000 // len(piece))
    started = time.perf_counter()
    verdict_of(PageKind("page", "^/", (), max_bytes=1_000_000), 200, HTML, page)
    assert time.perf_counter() - started < 1
