"""Pages read through BeautifulSoup: the same text and refusals as `Tree`, and bounded work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import LayoutError
from extractors.parsing import soup as layer
from extractors.parsing.html import Tree
from extractors.parsing.soup import Soup, blocks, line_of
from tests.support.icap_pages import page as page_of

MOST_BYTES = 8_000_000


def soup(html: str | bytes) -> Soup:
    body = html.encode() if isinstance(html, str) else html
    return Soup(page_of("article", "https://site.example/en/news/x", body))


def lines(html: str) -> list[str]:
    return [line for line, _ in blocks(soup(html).root)]


def calls(work: Callable[[], object]) -> int:
    """How many functions it calls, those written in C too: its work, on whatever machine."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_bytes_are_decoded_by_us_whatever_the_page_says_of_itself() -> None:
    head = '<html><head><meta charset="gb2312"></head>'
    assert line_of(soup(f"{head}<p>全国</p>".encode()).one("p", "text")) == "全国"
    # U+9555 is in gb18030 and not in gb2312.
    assert line_of(soup(f"{head}<p>鎕</p>".encode("gb18030")).one("p", "text")) == "鎕"
    with pytest.raises(LayoutError, match="no strict decoding"):
        soup(b"\xff\xff\xff")


def test_what_is_missing_is_told_with_its_selector_and_page() -> None:
    with pytest.raises(LayoutError, match=r"icap: https://site\.example/.*no date \(\.when\)"):
        soup("<p class=then>1</p>").one(".when", "date")


def test_text_splits_at_blocks_and_joins_inline_tags() -> None:
    html = "<h3>题</h3><p>CO<sub>2</sub>, 1,629,4<span>7<b>2</b></span>吨</p>尾<br>后<p> 二\n三"
    assert lines(html) == ["题", "CO2, 1,629,472吨", "尾", "后", "二 三"]
    assert lines("<div>a<div></div>b<ul><li>c<p>d</p>e</li>f</ul></div>g") == list("abcdefg")
    cells = "<table><tr><td>1</td><td>2</td></tr></table>"
    assert lines(f"before{cells}behind") == ["before", "1", "2", "behind"]


def test_a_block_comes_with_its_first_string() -> None:
    found = blocks(soup("<ul><li><p>one <b>two</b></p></li></ul><p>three</p>").root)
    assert [(line, first.find_parent("li") is not None) for line, first in found] == [
        ("one two", True),
        ("three", False),
    ]


def test_what_no_reader_sees_is_not_there() -> None:
    unseen = (
        "<!-- 1 --><script>2</script><style>3</style><?php 4 ?>"
        "<noscript><p class=x>5<template><p>6</p></template></p></noscript>"
    )
    read = soup(f"<p>a{unseen}b</p><!DOCTYPE html>")
    assert "".join(line for line, _ in blocks(read.root)) == "ab"
    assert read.all(".x, script, template") == []


def test_links_are_absolute_and_one_that_is_none_is_refused() -> None:
    read = soup("<a href=' ../y '>y</a><a href='http://[x'>z</a>")
    first, second = read.all("a[href]")
    assert read.address(first) == "https://site.example/en/y"
    with pytest.raises(LayoutError, match=r"no address in a link.*x.*z"):
        read.address(second)


@pytest.mark.parametrize("html", ["", " \n ", "\0", "<!DOCTYPE html>", "<!-- nothing -->"])
def test_a_page_without_an_element_is_refused(html: str) -> None:
    with pytest.raises(LayoutError, match="empty, or no element"):
        soup(html)


# --- hostile pages


@pytest.mark.parametrize("depth", [3_000, 60_000])
def test_a_page_nested_too_deep_is_refused_not_cut(depth: int) -> None:
    with pytest.raises(LayoutError, match="nested too deep"):
        soup("<div>" * depth + "1,234" + "</div>" * depth)
    with pytest.raises(LayoutError, match="nested too deep"):
        soup("<noscript>" + "<div>" * depth)


def test_depth_past_lxmls_usual_limit_is_read_whole() -> None:
    assert lines("<div>" * 1500 + "1,234" + "</div>" * 1500 + "<p>end</p>") == ["1,234", "end"]


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<a>",
        "<a href=x>y",
        "<p><b><i>",
        "<script></script>",
        "<td>",
        "<ul><li>x",
        "<p/><br>",
    ],
)
def test_the_work_on_a_page_full_of_tags_ends_with_the_tags_that_a_page_has(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "MOST_TAGS", 2_000)
    body = (piece * (MOST_BYTES // len(piece))).encode()

    def refused() -> None:
        with pytest.raises(LayoutError, match="too many tags"):
            soup(body)

    assert calls(refused) < 2_000 * 100


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>" + "<!---->" * 100_000 + "x", "x"),
        ("<p " + " ".join(f"a{n}=" for n in range(100_000)) + ">x", "x"),
        ("<p class='" + "a " * (MOST_BYTES // 2) + "'>x", "x"),
        ("<p>x" + "</div>" * 1_000_000, "x"),
        ("<p>" + "&amp;" * 1_000_000, "&" * 1_000_000),
        # A document's own entities are never read: nothing grows.
        ('<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;">]><p>&c;&c;', "&c;&c;"),
    ],
    ids=["comments", "attributes", "a huge attribute", "ends", "entities", "own entities"],
)
def test_a_page_full_of_anything_else_is_read_in_bounded_work(html: str, text: str) -> None:
    read: list[str] = []
    body = html.encode()
    assert calls(lambda: read.append(soup(body).one("p", "text").get_text())) < len(body) + 1_000
    assert read[0].endswith(text)


def test_parting_blocks_takes_no_more_work_in_a_deep_page() -> None:
    flat = soup("<div></div>" * 1500 + "<p>x" * 3000)
    deep = soup("<div>" * 1500 + "<p>x" * 3000)
    assert calls(lambda: blocks(deep.root)) <= 1.1 * calls(lambda: blocks(flat.root))


PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=x>", "</a>", "<table>", "<td>",
    "<tr>", "</table>", "<li>", "<ul>", "</ul>", "<script>9</script>", "<style>8",
    "<noscript>7</noscript>", "<ruby>漢<rt>han</rt></ruby>",
    "<!-- 6 -->", "<!--", "-->", "<![CDATA[5]]>", "<?x 4?>", "&amp;", "&#52;", "&lt", "&nosuch;",
    "<", ">", "\0", "全国", "1,629", " ", "</body>", "<html>", "<br/>",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_every_text_is_that_of_the_other_reader(pieces: list[str]) -> None:
    body = f"<html><body>.{''.join(pieces)}".encode()
    page = page_of("article", "https://site.example/en/news/x", body)
    assert "".join(Soup(page).root.get_text().split()) == "".join(Tree(page).text().split())


NESTED = (
    "<html><body class='a'><main class='m x'><p class='m'>1<b class=x>2</b></p><p>3</p></main>"
    "<div class='mx'><p class='x m'>4</p></div></body></html>"
)


@pytest.mark.parametrize("selector", ["p", "b", ".m", ".x", "p.m", "p.x", "main.m", "td", ".none"])
def test_a_simple_selector_finds_what_the_general_way_does(selector: str) -> None:
    page = soup(NESTED)
    assert page.all(selector) == list(page.root.select(selector))
    assert page.first(selector) is page.root.select_one(selector)
    outer = page.root.select(f"{selector}:not({selector} {selector})")
    assert page.outermost(selector) == list(outer)


@pytest.mark.parametrize("selector", ["p, b", "main p", "p[class]", "p:not(.m)", ".m.x"])
def test_any_other_selector_is_css(selector: str) -> None:
    page = soup(NESTED)
    assert page.all(selector) == list(page.root.select(selector))
    assert page.all(selector)
