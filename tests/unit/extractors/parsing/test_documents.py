"""Files as they are attached to notices: read where they can be, else refused with a reason."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from extractors.parsing.documents import read_document
from extractors.parsing.files import model
from extractors.parsing.files.read import read_here, type_of
from extractors.sample.sites.mee.attachments import docx, make_file, packed, xlsx
from extractors.sample.sites.mee.pdf import pdf

TEXT = (("全国碳市场发展报告（样例）", "成交量1.89亿吨，成交额181.14亿元。"), ("第二页",))


def test_a_pdf_with_a_chinese_font_that_is_not_embedded_is_read_by_page() -> None:
    document = read_document("W0.pdf", pdf(TEXT))
    assert document.refused_for == ""
    assert document.file_type == "pdf"
    assert document.pages == (
        "全国碳市场发展报告（样例）\n成交量1.89亿吨，成交额181.14亿元。",
        "第二页",
    )


def test_gaps_that_a_layout_leaves_are_closed_and_lines_kept() -> None:
    (page,) = read_document(
        "a.pdf", pdf([["全 国 碳 市 场 成交量 1.89 亿吨", "in English, two words"]])
    ).pages
    assert page == "全国碳市场成交量1.89亿吨\nin English, two words"


def test_a_page_without_text_is_an_empty_page() -> None:
    assert read_document("a.pdf", pdf([["有文字的一页"], []])).pages == ("有文字的一页", "")


def test_word_and_sheet_and_zip_are_read() -> None:
    assert read_document("a.docx", docx(TEXT)).pages == (
        "全国碳市场发展报告（样例）\n成交量1.89亿吨，成交额181.14亿元。\n第二页",
    )
    assert read_document("a.XLSX", xlsx([["项目", "数值"], ["配额", "8"]])).pages == (
        "附表\n项目\t数值\n配额\t8",
    )
    document = read_document("a.zip", packed(TEXT))
    assert document.members == ("说明.pdf", "说明.docx")
    assert len(document.pages) == 3


def test_personal_data_in_a_file_is_left_out() -> None:
    (page,) = read_document(
        "a.pdf", pdf([["联系人：张三", "电话：010-12345678", "清缴须按时。"]])
    ).pages
    assert page == "清缴须按时。"


def _zip(parts: dict[str, bytes], *, flags: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    data = bytearray(buffer.getvalue())
    if flags:
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = data.find(mark)
            data[place + at] |= flags
    return bytes(data)


def _encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(TEXT))))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _bombed_pdf() -> bytes:
    """A page whose stream inflates to 100 megabytes."""
    packed_stream = zlib.compress(b" " * 100_000_000, 9)
    plain = pdf([["一页"]])
    head, _, rest = plain.partition(b"4 0 obj")
    stream = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (
        len(packed_stream),
        packed_stream,
    )
    return (head + b"4 0 obj" + rest).replace(_stream_of(plain), stream)


def _stream_of(data: bytes) -> bytes:
    end = data.index(b"endstream") + len(b"endstream")
    return data[data.rindex(b"<</Length", 0, end) : end]


HOSTILE = {
    "encrypted": ("a.pdf", _encrypted_pdf, "encrypted"),
    "ten thousand pages": ("a.pdf", lambda: pdf([["页"]] * 10_000), "too_many_pages"),
    "not a pdf": ("a.pdf", lambda: b"<html>404</html>", "unknown_type"),
    "empty": ("a.pdf", lambda: b"", "unknown_type"),
    "pdf named docx": ("a.docx", lambda: pdf(TEXT), "wrong_extension"),
    "docx named pdf": ("a.pdf", lambda: docx(TEXT), "wrong_extension"),
    "cut pdf": ("a.pdf", lambda: pdf(TEXT)[:300], "damaged"),
    "pdf of noise": ("a.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged"),
    "stream bomb": ("a.pdf", _bombed_pdf, "too_large|page_too_large|damaged"),
    "old word": (
        "a.doc",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "unsupported_type",
    ),
    "old sheet": (
        "a.xls",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "unsupported_type",
    ),
    "zip bomb": ("a.zip", lambda: _zip({"a.txt": bytes(50_000_000)}), "zip_bomb"),
    "docx bomb": (
        "a.docx",
        lambda: _zip({"[Content_Types].xml": b"x", "word/document.xml": bytes(50_000_000)}),
        "zip_bomb",
    ),
    "many members": ("a.zip", lambda: _zip({f"{n}": b"" for n in range(500)}), "too_many_members"),
    "locked zip": ("a.zip", lambda: _zip({"a.pdf": b"x"}, flags=1), "encrypted"),
    "cut zip": ("a.zip", lambda: packed(TEXT)[:-30], "damaged"),
    "docx without a text": (
        "a.docx",
        lambda: _zip({"[Content_Types].xml": b"x", "word/document.xml": b"x"}),
        "damaged",
    ),
    "xlsx without a book": (
        "a.xlsx",
        lambda: _zip({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason(name: str) -> None:
    file_name, make, reason = HOSTILE[name]
    document = read_document(file_name, make())
    assert any(document.refused_for.startswith(each) for each in reason.split("|")), document
    assert document.pages == ()
    assert len(document.sha256) == 64


def test_an_entity_bomb_in_a_word_document_is_not_expanded() -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(10)
    )
    body = (
        f"<?xml version='1.0'?><!DOCTYPE d [{entities}]><w:document xmlns:w='http://schemas."
        "openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>&e9;</w:t></w:r>"
        "</w:p></w:body></w:document>"
    )
    parts = {}
    with zipfile.ZipFile(io.BytesIO(docx(TEXT))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = read_document("a.docx", _zip(parts | {"word/document.xml": body.encode()}))
    assert sum(map(len, document.pages)) < 10_000


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MAX_CHARACTERS", 10)
    assert read_here("a.pdf", pdf(TEXT)).refused_for == "too_much_text"


@pytest.mark.parametrize("suffix", ["pdf", "docx", "xlsx", "zip"])
def test_type_is_told_by_bytes_and_a_made_file_is_the_same_each_time(suffix: str) -> None:
    data = make_file(f"a.{suffix}", TEXT)
    assert type_of(data) == suffix
    assert data == make_file(f"a.{suffix}", TEXT)
