"""Office files whole: what a reader of them sees, nothing deleted, and what has no value."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from extractors.parsing.files.read import read_here
from extractors.sample.sites.mee.attachments import docx, xlsx
from tests.support.office import WORD, changed

RAISED, LOWERED = (f'<w:vertAlign w:val="{where}"/>' for where in ("superscript", "subscript"))
NOT_STRUCK = '<w:strike w:val="0"/>'


def word(body: str) -> str:
    """The text of a document of this body."""
    text = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    data = changed(docx([["x"]]), "word/document.xml", lambda _: text)
    document = read_here("a.docx", data)
    assert document.refused_for == ""
    return document.pages[0]


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<w:p>{run('共')}<w:ins>{run('2162')}</w:ins>{run('家')}</w:p>", "共2162家"),
        (
            f"<w:p>{run('共')}<w:del><w:r><w:delText>9</w:delText></w:r></w:del>{run('2家')}</w:p>",
            "共2家",
        ),
        (f"<w:p><w:moveFrom>{run('旧')}</w:moveFrom><w:moveTo>{run('新')}</w:moveTo></w:p>", "新"),
        (f"<w:sdt><w:sdtContent><w:p>{run('控件8家')}</w:p></w:sdtContent></w:sdt>", "控件8家"),
        (f"<w:p><w:hyperlink>{run('链接8家')}</w:hyperlink></w:p>", "链接8家"),
        (
            f"<w:p>{run('正文')}<w:r><w:pict><x xmlns='v'><w:txbxContent><w:p>{run('框8家')}</w:p>"
            "</w:txbxContent></x></w:pict></w:r></w:p>",
            "正文\n框8家",
        ),
        (
            f"<w:p>{run('2096')}{run('1', RAISED)}{run('家')}</w:p>",
            "2096¹家",
        ),
        (f"<w:p>{run('CO')}{run('2', LOWERED)}</w:p>", "CO2"),
        (
            f"<w:p>{run('8')}{run('9', '<w:strike/>')}{run('7', '<w:vanish/>')}{run('家')}</w:p>",
            "8家",
        ),
        (f"<w:p>{run('8', NOT_STRUCK)}{run('家')}</w:p>", "8家"),
        (
            "<w:p><w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t></w:r></w:p>",
            "一\t二\n三",
        ),
    ],
)
def test_a_document_says_what_a_reader_of_it_sees(body: str, text: str) -> None:
    assert word(body) == text


def test_a_text_box_that_is_there_twice_for_old_readers_is_read_once() -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent><w:p>{run('框8家')}</w:p></w:txbxContent>"
    assert (
        word(
            f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice>{box}</mc:Choice>'
            f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        ).count("框8家")
        == 1
    )


def book(make: Callable[[openpyxl.Workbook], None]) -> bytes:
    made = openpyxl.Workbook()
    make(made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_sheet_is_read_whatever_size_it_claims_to_have() -> None:
    data = xlsx([["项目", "数值"], ["配额", "8"]])
    claimed = changed(
        data,
        "xl/worksheets/s1.xml",
        lambda text: text.replace("<sheetData>", '<dimension ref="A1"/><sheetData>'),
    )
    assert claimed != data
    assert read_here("a.xlsx", claimed).pages == read_here("a.xlsx", data).pages


def test_values_are_as_the_sheet_shows_them() -> None:
    def make(made: openpyxl.Workbook) -> None:
        sheet = made.worksheets[0]
        sheet.append(["日期", "比例", "量"])
        sheet.append([date(2024, 12, 31), 0.125, 0.1 + 0.2])
        sheet["B2"].number_format = "0.0%"

    assert read_here("a.xlsx", book(make)).tables[0]["rows"][1] == ["2024-12-31", "12.5%", "0.3"]


def test_hidden_sheets_and_formulas_without_a_value_are_told_and_not_read() -> None:
    def make(made: openpyxl.Workbook) -> None:
        made.worksheets[0]["A1"], made.worksheets[0]["B1"] = "合计", "=1+2"
        hidden = made.create_sheet("草稿")
        hidden["A1"], hidden.sheet_state = "9999万吨", "hidden"

    document = read_here("a.xlsx", book(make))
    assert document.pages == ("Sheet\n合计",)
    assert document.remarks == (
        ("formula_without_value", "page 1", "Sheet: B1"),
        ("hidden_sheet", "page 1", "草稿"),
    )


def test_a_merged_cell_of_a_sheet_stands_once_and_is_named() -> None:
    def make(made: openpyxl.Workbook) -> None:
        sheet = made.worksheets[0]
        for row in (["类别", "2025年", None], [None, "上", "下"], ["燃气", 1, 2]):
            sheet.append(row)
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("A1:A2")

    (table,) = read_here("a.xlsx", book(make)).tables
    assert sorted(table["spans"]) == [[0, 0, 2, 1], [0, 1, 1, 2]]
