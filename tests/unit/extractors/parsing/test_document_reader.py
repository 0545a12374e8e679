"""Files that take minutes or gigabytes end for their reason, and the process with its asker."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.parsing.documents import DocumentReader, Limits, read_document
from extractors.sample.sites.mee.attachments import docx, xlsx
from extractors.sample.sites.mee.pdf import _assembled, pdf
from tests.support.office import WORD, changed

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROOT = Path(__file__).parents[4]


def _spanned(span: int, text: str = "x") -> bytes:
    body = (
        f'<w:document xmlns:w="{WORD}"><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan '
        f'w:val="{span}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
        "</w:body></w:document>"
    )
    return changed(docx([["x"]]), "word/document.xml", lambda _: body)


def _sheet(rows: str) -> bytes:
    body = f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    return changed(xlsx([["x"]]), "xl/worksheets/s1.xml", lambda _: body)


def _shared(pages: int, lines: int) -> bytes:
    """Pages that have one heavy stream in common."""
    stream = b"BT /F1 12 Tf 72 760 Td\n" + b"(abc 1) Tj 1 0 Td\n" * lines + b"ET"
    listed = b" ".join(b"%d 0 R" % (5 + n) for n in range(pages))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
        b"/Contents 4 0 R>>"
    )
    return _assembled(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, listed),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
            *[page] * pages,
        ]
    )


def _strings() -> bytes:
    """A workbook of 5 kB: one string of 900 kB, named by 45,000 cells."""
    row = '<c t="s"><v>0</v></c>' * 450
    cells = f"<row>{row}</row>" * 100
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    buffer = io.BytesIO(
        changed(_sheet(cells), "[Content_Types].xml", lambda t: t.replace("</Types>", named))
    )
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as book:
        text = f'<sst xmlns="{SHEET}"><si><t>{"x" * 900_000}</t></si></sst>'
        book.writestr("xl/sharedStrings.xml", text)
    return buffer.getvalue()


def _paragraphs(count: int) -> str:
    """Many paragraphs that do not pack well."""
    told = "".join(f'<w:p w:a="{hash((n, n)):x}"/>' for n in range(count))
    return f'<w:document xmlns:w="{WORD}"><w:body>{told}</w:body></w:document>'


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a cell over 100,000 columns": ("a.docx", lambda: _spanned(100_000), "too_large"),
    "over a hundred million": ("a.docx", lambda: _spanned(10**8), "too_large"),
    "and full of text": ("a.docx", lambda: _spanned(20_000, "字" * 300_000), "too_large"),
    "a row far below": (
        "a.xlsx",
        lambda: _sheet('<row r="1000000000000"><c><v>1</v></c></row>'),
        "too_many_cells",
    ),
    "strings": ("a.xlsx", _strings, "too_much_text"),
    "one stream for 800 pages": ("a.pdf", lambda: _shared(800, 3000), "too_large"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_its_reason_and_the_next_file_is_read(name: str) -> None:
    file_name, make, reason = BOMBS[name]
    assert read_document(file_name, make()).refused_for == reason
    assert read_document("a.pdf", pdf([["正文"]])).pages == ("正文",)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(cpu_s=1), "too_slow"),
        (Limits(wall_s=1), "too_slow"),
    ],
)
def test_what_passes_a_limit_is_ended(limits: Limits, reason: str) -> None:
    reader = DocumentReader(limits)
    heavy = _shared(700, 500)
    assert reader.read("a.pdf", heavy).refused_for == reason
    assert reader.read("a.pdf", b"").refused_for == "unknown_type"
    reader.close()


def test_an_answer_that_is_too_long_is_none() -> None:
    reader = DocumentReader(Limits(output_bytes=1000))
    assert reader.read("a.pdf", pdf([["一" * 500]])).refused_for == "too_large"
    assert reader.read("a.pdf", pdf([["二"]])).pages == ("二",)
    reader.close()


def test_what_takes_more_memory_than_it_may_is_refused() -> None:
    reader = DocumentReader(Limits(memory_bytes=120_000_000))
    many = changed(docx([["x"]]), "word/document.xml", lambda _: _paragraphs(250_000))
    assert reader.read("a.docx", many).refused_for == "too_large"
    assert reader.read("a.pdf", pdf([["二"]])).pages == ("二",)
    reader.close()


def test_a_reader_that_is_lost_is_replaced() -> None:
    reader = DocumentReader()
    assert reader.read("a.pdf", pdf([["一"]])).pages == ("一",)
    assert reader._process is not None
    reader._process.kill()
    reader._process.wait()
    assert reader.read("a.pdf", pdf([["二"]])).pages == ("二",)
    reader.close()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")
def test_no_reader_outlives_the_one_who_asks_it(tmp_path: Path) -> None:
    """Not even one in the middle of a file, when its asker is killed."""
    heavy = tmp_path / "a.pdf"
    heavy.write_bytes(_shared(700, 1000))
    script = (
        "import sys; from extractors.parsing import documents as d; d.read_document('a', b'');"
        "print(d._READER._process.pid, flush=True);"
        "d.read_document('a.pdf', open(sys.argv[1], 'rb').read())"
    )
    asker = subprocess.Popen(
        [sys.executable, "-c", script, str(heavy)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert asker.stdout is not None
    reader = int(asker.stdout.readline())
    time.sleep(0.3)
    assert _is_running(reader)
    asker.kill()
    asker.wait()
    asker.stdout.close()
    for _ in range(100):
        if not _is_running(reader):
            break
        time.sleep(0.05)
    assert not _is_running(reader)


def test_a_zip_of_bombs_ends() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(390):
            packed.writestr(f"{number}.docx", _spanned(100_000))
    assert read_document("a.zip", buffer.getvalue()).refused_for == "too_large"
