"""Decoding and reading pages: strict, and never in part."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import LayoutError, Page
from extractors.parsing.html import Tree, decode


def page(body: bytes, content_type: str = "text/html") -> Page:
    return Page(
        source="seee",
        kind="bulletin",
        url="https://overview.cneeex.example/c/2025-01-02/1.shtml",
        status=200,
        headers={"content-type": content_type},
        body=body,
        fetch_id="f",
        run_id="r",
        retrieved_at=datetime(2025, 1, 2, tzinfo=UTC),
        payload_sha256="0" * 64,
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("全国碳市场".encode(), "text/html"),
        ("全国碳市场".encode("utf-8-sig"), "text/html; charset=gb2312"),
        ("全国碳市场".encode("utf-16"), "text/html"),
        ("全国碳市场".encode("gb18030"), "text/html; charset=gb2312"),
        ("全国碳市场".encode("gb18030"), "text/html"),
        ("全国碳市场".encode("big5", "replace"), "text/html; charset=big5"),
    ],
)
def test_decoding(body: bytes, content_type: str) -> None:
    assert decode(page(body, content_type)).startswith("全")


def test_a_character_outside_gb2312_survives_the_label_gb2312() -> None:
    # U+9555 is in gb18030 and not in gb2312.
    body = '<meta charset="gb2312"><p>鎕</p>'.encode("gb18030")
    assert "鎕" in decode(page(body))


def test_bytes_in_no_encoding_are_refused() -> None:
    with pytest.raises(LayoutError, match="no strict decoding") as caught:
        decode(page(b"\xff\xff\xff"))
    assert "seee" in str(caught.value)
    assert "overview.cneeex.example" in str(caught.value)


@pytest.mark.parametrize("depth", [3_000, 60_000])
def test_a_page_nested_too_deep_is_refused_not_cut(depth: int) -> None:
    with pytest.raises(LayoutError, match="nested too deep"):
        Tree(page(b"<div>" * depth + b"1,234" + b"</div>" * depth))


def test_depth_past_lxmls_usual_limit_is_read_whole() -> None:
    text = Tree(page(b"<div>" * 1500 + b"1,234" + b"</div>" * 1500 + b"<p>end</p>")).text()
    assert "1,234" in text
    assert "end" in text


def test_an_empty_page_is_refused() -> None:
    with pytest.raises(LayoutError, match="empty"):
        Tree(page(b"  \n "))


def test_text_splits_at_blocks_and_joins_inline_tags() -> None:
    body = "<h3>题</h3><p>1,629,4<span>7<b>2</b></span>吨</p>尾<script>9</script>后<p>二</p>"
    assert Tree(page(body.encode())).text().split("\n")[:3] == ["题", "1,629,472吨", "尾后二"]


def test_anchors_are_absolute_and_in_order() -> None:
    body = b'<a href="/c/1">one <b>x</b></a><a name="n">no</a><a href="../d">two</a>'
    assert [(a.href, a.text) for a in Tree(page(body)).anchors()] == [
        ("https://overview.cneeex.example/c/1", "one x"),
        ("https://overview.cneeex.example/c/d", "two"),
    ]


WORDS = st.text("全国碳市场成交量吨0123456789,。 ", min_size=1, max_size=20)


@given(st.lists(st.tuples(st.sampled_from(["p", "div", "span", "b", "td"]), WORDS), max_size=12))
def test_no_figure_is_lost_against_a_second_reader(parts: list[tuple[str, str]]) -> None:
    body = "<html><body>" + "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts) + "</body>"
    ours = "".join(Tree(page(body.encode())).text().split())
    theirs = "".join(BeautifulSoup(body, "html.parser").get_text().split())
    assert ours == theirs


@pytest.mark.parametrize("character", ["\x01", "&#1;", "&#12;", "\ufffe"])
def test_a_control_character_behind_a_block_ends_no_reading(character: str) -> None:
    assert Tree(page(f"<p>一</p>{character}二".encode())).text().split() == ["一", "二"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("between", [" ", "=1 ", '=">" '])
def test_a_tag_of_very_many_attributes_is_no_page(between: str) -> None:
    """libxml2 needs ten minutes and more for it."""
    tag = between.join(f"a{n}" for n in range(300_000))
    with pytest.raises(LayoutError, match="attributes"):
        Tree(page(f"<p {tag}>x</p>".encode()))


def test_a_large_page_with_a_picture_in_an_attribute_is_read() -> None:
    picture = "A" * 300_000
    assert Tree(page(f'<img alt="it is" src="data:{picture}"><p>文</p>'.encode())).text() == "文\n"
