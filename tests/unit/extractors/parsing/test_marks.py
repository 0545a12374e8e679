"""What markup says of digits: a mark joins no number, and what is not printed is not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from extractors.parsing.marks import INLINE, SAYS, STRUCK, as_printed, is_unprinted, shifted

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def text_of(tree: etree._Element) -> str:
    return str(tree.xpath("string()"))


def printed(markup: str) -> str:
    """The text of a paragraph as it is printed."""
    tree = html.fromstring(f"<div><p>{markup}</p></div>")
    as_printed(tree)
    return text_of(tree)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("共2096<sup>1</sup>家", "共2096¹家"),
        ("10<sup>8</sup>吨", "10⁸吨"),
        ("10<sup>-3</sup>", "10⁻³"),
        ("10<sup>\u22123</sup>", "10⁻³"),
        ("CO<sub>2</sub>", "CO2"),
        ("tCO<sub>2</sub>/MWh", "tCO2/MWh"),
        ("PM<sub>2.5</sub>", "PM2.5"),
        ("2096<sub>1</sub>家", "2096₁家"),
        ("<b>CO</b><sub>2</sub>", "CO2"),
        ("<b>96</b><sub>2</sub>", "96₂"),
        ("<sub>2</sub>家", "₂家"),
        ("96<sup><a href='#n'>[<b>1</b>]</a></sup>家", "96[¹]家"),
        ("96<sup>a1</sup>", "96a¹"),
        ("96<sup>1</sup>2家", "96¹2家"),
        ("96<sup>1<i>2</i>3</sup>4", "96¹²³4"),
        ("3<del>0</del>家", "3家"),
        ("3<s>0</s>家", "3家"),
        ("3<strike>0</strike>家", "3家"),
        ("3<del><b>0</b>1</del>家", "3家"),
        ("3<ins>1</ins>家", "31家"),
        ("3<span style='display: none'>0</span>家", "3家"),
        ("3<span style='DISPLAY:NONE'>0</span>家", "3家"),
        ("3<span style='color:red; visibility : hidden'>0</span>家", "3家"),
        ("3<span style='font-size:0'>0</span>家", "3家"),
        ("3<span style='font-size: 0px; color:red'>0</span>家", "3家"),
        ("3<span style='text-decoration:line-through'>0</span>家", "3家"),
        ("3<span style='text-decoration-line: underline line-through'>0</span>家", "3家"),
        ("3<span hidden>0</span>家", "3家"),
        ("3<font hidden=''>0</font>家", "3家"),
        ("3<span style='font-size:0.5em'>0</span>家", "30家"),
        ("3<span style='font-size:10px'>0</span>家", "30家"),
        ("3<span style='display:inline'>0</span>家", "30家"),
        ("3<span style='text-decoration:underline'>0</span>家", "30家"),
        ("96<!-- 1 --><sup>1</sup>家", "96¹家"),
        ("CO<!-- 1 --><!-- 2 --><sub>2</sub>", "CO2"),
        ("CO<b></b><sub>2</sub>", "CO2"),
    ],
)
def test_a_text_is_what_is_printed(markup: str, text: str) -> None:
    assert printed(markup) == text


@pytest.mark.parametrize("tag", ["div", "p", "td", "li"])
def test_a_block_that_is_hidden_is_its_pages_affair(tag: str) -> None:
    assert not is_unprinted(tag, "display:none", "")
    assert is_unprinted("span", None, "")


@pytest.mark.parametrize("tag", sorted(STRUCK))
def test_what_is_struck_needs_no_style(tag: str) -> None:
    assert is_unprinted(tag, None)


@pytest.mark.parametrize("tag", sorted(INLINE))
def test_what_has_no_style_is_printed(tag: str) -> None:
    assert not is_unprinted(tag, None)
    assert not is_unprinted(tag, "")


@given(
    before=st.from_regex(r"\A[1-9][0-9]{0,8}\Z"),
    mark=st.from_regex(r"\A[0-9]{1,3}\Z"),
    behind=st.sampled_from(["家", "万吨", " t", "", "5"]),
    tag=st.sampled_from(["sup", "sub"]),
)
def test_a_mark_never_joins_a_number(before: str, mark: str, behind: str, tag: str) -> None:
    text = printed(f"共{before}<{tag}>{mark}</{tag}>{behind}")
    digits = "".join(c if c in "0123456789" else " " for c in text).split()
    assert digits == [before, *([behind] if behind == "5" else [])]
    assert shifted(tag, mark, before) not in (mark, "")


@given(st.lists(st.sampled_from(["12", "<sup>3</sup>", "<del>4</del>", "CO<sub>2</sub>", "家"])))
def test_twice_is_as_once(pieces: list[str]) -> None:
    tree = html.fromstring(f"<div><p>{''.join(pieces)}</p></div>")
    as_printed(tree)
    once = text_of(tree)
    as_printed(tree)
    assert text_of(tree) == once
    wanted = "".join(pieces).replace("<sup>3</sup>", RAISED[3]).replace("<del>4</del>", "")
    assert once == wanted.replace("<sub>2</sub>", "2")


@pytest.mark.parametrize(
    "markup",
    [
        *("<sup>1</sup>", "<sub>", "<del>", "<s >", "<strike>", "<span hidden>", "<SUP>"),
        *("display:none", "visibility: hidden", "font-size : 0", "line-through"),
    ],
)
def test_a_page_that_needs_it_is_known_by_its_bytes(markup: str) -> None:
    assert SAYS.search(f"<p>{markup}".encode())


@pytest.mark.parametrize(
    "markup", ["<p>1</p>", "<span>1</span>", "<select>", "<style>", "<strong>"]
)
def test_most_pages_need_none_of_it(markup: str) -> None:
    assert not SAYS.search(markup.encode())
