"""Tables of files are read as cells, with what each of them spans, or they are not taken."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from extractors.parsing.files.legible import garbled, legible
from extractors.parsing.files.pdf_rows import Segment, unruled
from extractors.parsing.files.read import read_here
from extractors.parsing.html_tables import figure_tables
from extractors.sample.sites.mee.pdf import Table, pdf

HEADS = [["序号", "机组类别", "供电基准值（tCO₂/MWh）", "<"], ["^", "^", "2025年", "2026年"]]
BODY = [["1", "常规燃煤Ⅰ类", "0.7902", "0.7894"], ["2", "燃气机组", "0.3288", "0.3288"]]
PLAIN = [["机组类别", "2025年", "2026年"], *(row[1:] for row in BODY)]
LINES = [["第一页，共3类。"], ["表2 供电基准值", "单位：tCO₂/MWh"]]


def tables(table: Table, *, is_ruled: bool = True) -> list[dict[str, object]]:
    document = read_here("a.pdf", pdf(LINES, table, is_ruled=is_ruled))
    assert document.refused_for == ""
    assert document.prose == ("第一页，共3类。", "表2供电基准值\n单位：tCO2/MWh")
    return list(document.tables)


def test_a_ruled_table_has_its_cells_and_what_they_span() -> None:
    (found,) = tables(HEADS + BODY)
    assert found == {
        "page": 2,
        "caption": "表2供电基准值\n单位：tCO2/MWh",
        "rows": [
            ["序号", "机组类别", "供电基准值（tCO2/MWh）", ""],
            ["", "", "2025年", "2026年"],
            *BODY,
        ],
        "spans": [[0, 0, 2, 1], [0, 1, 2, 1], [0, 2, 1, 2]],
    }


@pytest.mark.parametrize("is_ruled", [True, False])
def test_a_plain_table_has_the_same_cells_with_rules_and_without(is_ruled: bool) -> None:
    (found,) = tables(PLAIN, is_ruled=is_ruled)
    assert found["rows"] == PLAIN
    assert found["spans"] == []


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.decimals("0.0001", "9.9999", places=4), st.decimals("0.1", "999", places=2)),
        min_size=2,
        max_size=12,
    ),
    st.booleans(),
)
def test_no_figure_of_any_table_changes_its_place(
    rows: list[tuple[object, ...]], is_ruled: bool
) -> None:
    table = [["类别", "基准值", "平衡值"]] + [
        [f"第{'一二三四五六七八九十甲乙'[n]}类", *map(str, row)] for n, row in enumerate(rows)
    ]
    (found,) = read_here("a.pdf", pdf([["表"]], table, is_ruled=is_ruled)).tables
    assert found["rows"] == table


def test_rows_that_disagree_on_the_columns_are_no_table() -> None:
    def row(top: float, *lefts: float) -> list[Segment]:
        return [Segment(left, top, left + 30, top + 12, "1.5") for left in lefts]

    fits = [*row(0, 0, 100, 200), *row(18, 0, 100, 200), *row(36, 0, 100, 200)]
    assert len(list(unruled(fits, "".join))) == 1
    shifted = [*row(0, 0, 100, 200), *row(18, 0, 150, 200), *row(36, 0, 100, 200)]
    assert list(unruled(shifted, "".join)) == []
    between = [*fits, *row(54, 60, 160)]
    assert list(unruled(between, "".join)) == []


def test_a_raised_digit_joins_no_number_and_a_lowered_one_stays() -> None:
    """2096 firms with the mark 1 are never 20961."""
    plain = pdf([["单位为tCO₂，共有2096家"]])
    stream = b"<" + "2096家".encode("utf-16-be").hex().encode()
    raised = plain.replace(
        "2096家".encode("utf-16-be").hex().encode() + b"> Tj",
        "2096".encode("utf-16-be").hex().encode()
        + b"> Tj /F1 7 Tf 5 Ts <0031> Tj /F1 12 Tf 0 Ts <"
        + "家".encode("utf-16-be").hex().encode()
        + b"> Tj",
    )
    assert raised != plain, stream
    (page,) = read_here("a.pdf", raised).pages
    assert page == "单位为tCO2，共有2096¹家"


def test_a_font_without_a_map_is_no_text() -> None:
    data = pdf([["配额总量8亿吨"]])
    assert read_here("a.pdf", data).pages == ("配额总量8亿吨",)
    blind = data.replace(b"/UniGB-UCS2-H", b"/Identity-H  ").replace(b"(GB1)", b"(Identity)")
    document = read_here("a.pdf", blind)
    assert document.pages == ("",)
    assert document.remarks == (
        ("needs_ocr", "page 1", "the font STSong-Light has no map to characters"),
    )


@pytest.mark.parametrize(
    ("text", "is_garbled"),
    [
        ("全国碳市场\ue012\ue013\ue014\ue015配额", True),
        ("(cid:12)(cid:13)(cid:99) 2162", True),
        ("㐀㑁㒂㓃㔄㕅㖆㗇㘈㙉㚊㛋㜌㝍㞎㟏㠐㡑㢒㣓㤔㥕㦖2162㧗", True),
        ("•重点排放单位2162家，" * 5, False),
        ("重點排放單位及履約，全國碳排放權交易市場的配額清繳與登記", False),
        ("A plain page of English, 2162 of it.", False),
        ("", False),
    ],
)
def test_characters_without_a_meaning_are_no_text(text: str, is_garbled: bool) -> None:
    assert bool(garbled(legible(text))) == is_garbled


def test_radicals_are_the_characters_that_they_stand_for() -> None:
    assert legible("⽯油⽔泥，⻔⻓⻢\uf0b7") == "石油水泥，门长马•"


def html(table: str) -> list[tuple[tuple[str, ...], ...]]:
    root = etree.fromstring(f"<body><p>单位：万吨</p>{table}</body>", etree.HTMLParser())
    return [found.rows for _, found in figure_tables(root)]


def test_cells_of_a_page_s_table_with_their_spans() -> None:
    (rows,) = html(
        "<table><tr><th rowspan=2>区域</th><th colspan=2>因子</th></tr><tr><td>2023</td><td>2024"
        "</td></tr><tr><td>华北<sup>1</sup></td><td><p>0.71</p></td><td><del>0.9</del>0.70</td></tr></table>"
    )
    assert rows == (("区域", "因子", ""), ("", "2023", "2024"), ("华北¹", "0.71", "0.70"))


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>一</td></tr></table>",
        "<table><tr><td>第一句。第二句。</td><td>1</td></tr><tr><td>2</td><td>3</td></tr></table>",
        "<table><tr><td><table><tr><td>1</td></tr></table></td><td>2</td></tr></table>",
        "<table><tr><td colspan=200 rowspan=200>1</td></tr>" * 2,
    ],
)
def test_a_layout_is_no_table(table: str) -> None:
    assert html(table) == []


def test_merged_cells_of_a_word_document_stand_once() -> None:
    import docx as library

    document = library.Document()
    document.add_paragraph("表1 配额")
    table = document.add_table(3, 3)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "配额（吨）"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "省份"
    for at, text in enumerate(["2025年", "2026年"], 1):
        table.cell(1, at).text = text
    for at, text in enumerate(["湖北", "10", "20"]):
        table.cell(2, at).text = text
    buffer = io.BytesIO()
    document.save(buffer)
    read = read_here("a.docx", buffer.getvalue())
    (found,) = read.tables
    assert found["caption"] == "表1配额"
    assert found["rows"] == [
        ["省份", "配额（吨）", ""],
        ["", "2025年", "2026年"],
        ["湖北", "10", "20"],
    ]
    assert found["spans"] == [[0, 0, 2, 1], [0, 1, 1, 2]]
    assert read.prose == ("表1配额",)
    assert read.pages == ("表1配额\n省份\t配额（吨）\n\t2025年\t2026年\n湖北\t10\t20",)
