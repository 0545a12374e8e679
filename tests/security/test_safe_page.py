"""What a hostile page can put into the page that `trace --open` shows: its words, nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Page
from extractors.parsing.excerpt import excerpt, find, find_value
from extractors.parsing.safe_html import DROPPED, KEPT, safe_page

HOSTILE = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<iframe src=https://evil.example srcdoc='<script>alert(1)</script>'></iframe>",
    "<div style=\"background:url('https://evil.example/p.png')\" onmouseover=alert(1)>x</div>",
    "<style>body{background:url(https://evil.example/p.png)}@import 'https://evil.example'</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<a href='javascript:alert(1)'>here</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>here</a>",
    "<form action=https://evil.example><input name=q autofocus onfocus=alert(1)><button>go</form>",
    "<object data=https://evil.example></object><embed src=https://evil.example>",
    "<video src=https://evil.example autoplay></video><audio src=//evil.example>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php <script>alert(1)</script> ?>",
    "<x onclick=alert(1)>y</x><p/onclick=alert(1)>z",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<title></title></head><script>alert(1)</script>",
    "</main></body></html><script>alert(1)</script>",
    "<mark class=found id=found onclick=alert(1)>w</mark>",
    "<p>\u2028<script\x0b>alert(1)</script></p>",
    "<marquee onstart=alert(1)>m</marquee><details open ontoggle=alert(1)>d</details>",
)


def page(html: str, content_type: str = "text/html; charset=utf-8") -> Page:
    return Page(
        source="seee",
        kind="bulletin",
        url="https://overview.example/c/1.shtml?a=<script>alert(1)</script>",
        status=200,
        headers={"content-type": content_type},
        body=html.encode("utf-8", "surrogatepass"),
        fetch_id="f",
        run_id="r",
        retrieved_at=datetime(2025, 1, 1, tzinfo=UTC),
        payload_sha256="0" * 64,
    )


class Seen(HTMLParser):
    """Every tag and attribute that a browser's tokenizer finds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    handle_startendtag = handle_starttag


HEAD = {"html", "head", "meta", "title", "style", "body", "header", "table", "tr", "th", "td"}


def check_harmless(html: str) -> None:
    tags = Seen(html).tags
    for tag, attributes in tags:
        assert tag in KEPT | HEAD | {"main", "mark"}, tag
        if tag == "meta":
            continue
        assert attributes in ((), (("id", "found"),)), (tag, attributes)
    metas = [dict(attributes) for tag, attributes in tags if tag == "meta"]
    assert len(metas) == 3
    assert [m.get("http-equiv") for m in metas] == [None, "Content-Security-Policy", None]
    assert str(metas[1]["content"]).startswith("default-src 'none'")
    assert sum(tag == "style" for tag, _ in tags) == 1
    assert html.index("Content-Security-Policy") < html.index("<style>") < html.index("<main>")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
def test_nothing_active_comes_through(hostile: str, content_type: str) -> None:
    body = f"<html><body><p>before 收盘价</p>{hostile}<p>成交量5吨 after</p></body></html>"
    shown = safe_page(page(body, content_type), [("words", hostile)], ["收盘价", hostile])
    check_harmless(shown.html)
    assert shown.marks >= 1
    assert not re.search(r"<[^>]*(?:href|src|on\w+|style)\s*=", shown.html.partition("<main>")[2])
    assert "before" in shown.html


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), max_size=6),
    st.text(min_size=1, max_size=8),
)
def test_no_mixture_is_active(parts: list[str], words: str) -> None:
    text = "<p>x</p>" + "".join(parts).encode("utf-8", "replace").decode()
    check_harmless(safe_page(page(text), [], [words]).html)


def test_no_element_is_both_kept_and_dropped() -> None:
    assert not KEPT & DROPPED


def test_words_are_found_across_markup_and_blanks() -> None:
    split = "<p>收盘价<span>9</span><b>3.</b>\n 85\u3000元／吨</p><p>成交量１２３吨</p>"
    shown = safe_page(page(split), [], ["收盘价93.85元/吨"])
    assert shown.marks == 1
    inner = shown.html.partition("<main>")[2]
    marked = "".join(re.findall(r"<mark[^>]*>([^<]*)</mark>", inner))
    assert "".join(marked.split()) == "收盘价93.85元／吨"
    assert inner.count('id="found"') == 1
    assert safe_page(page(split), [], ["成交量123吨"]).marks == 1
    assert safe_page(page(split), [], ["收盘价93.86元/吨"]).marks == 0


def test_the_row_of_a_json_page_is_marked() -> None:
    text = '[["2024-06-25", "90.00",1],\n ["2024-06-26","91.00", 2], ["2024-06-27","91.00",2]]'
    shown = safe_page(page(text, "application/json"), [], ["91.00"], ["2024-06-26", "91.00", 2])
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", shown.html) == [
        "[&quot;2024-06-26&quot;,&quot;91.00&quot;, 2]"
    ]
    assert find_value("not json [1,", [1]) == []


def test_a_page_nested_too_deep_is_shown_as_text() -> None:
    deep = "<div>" * 5000 + "收盘价93.85元/吨 <script>alert(1)</script>"
    shown = safe_page(page(deep), [], ["收盘价93.85元/吨"])
    check_harmless(shown.html)
    assert shown.marks == 1


def test_tags_that_overlap_do_not_make_a_page_grow() -> None:
    overlapping = "".join(f"<p><b x={n}>成交量{n}吨" for n in range(3000))
    shown = safe_page(page(overlapping), [], ["成交量2999吨"])
    assert shown.marks == 1
    assert len(shown.html) < 5 * len(overlapping)


def test_an_excerpt_marks_the_words_and_disarms_control_characters() -> None:
    found = excerpt("a\x1b[31m b 收 盘 价 93.85 c\nd", ["nowhere", "收盘价93.85"])
    assert found is not None
    assert found.marked() == "a\ufffd[31m b »收 盘 价 93.85« c d"
    assert excerpt("text", ["none"]) is None
    assert find("aa", " ") == []
