"""CSV as spreadsheets open it: UTF-8 with BOM, zipped, and no text of it a formula.

A spreadsheet takes a text for a formula that begins with `=`, `+`, `-`, `@`, a tab or a line's end,
in quotes or not. Such a text gets an apostrophe before it; so does one that begins with apostrophes
before them, so that taking one away again gives every text as it was. Numbers are numbers.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.core.forms import quoted, sql_type, text_literal
from schemas.core.table import Column, Kind

if TYPE_CHECKING:
    import pyarrow as pa

ENDING = ".csv.zip"
_BEGINS = "=+\\-@\\t\\r\\n＝＋－＠"
_FORMULA = f"^('*[{_BEGINS}])"
_GUARDED = f"^'('*[{_BEGINS}])"
_BOM = b"\xef\xbb\xbf"
_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The time of a file in a zip: the same rows are the same bytes."""


def guarded(text: str) -> str:
    """A text that is no formula in any spreadsheet; a text that is none stays as it is."""
    return f"'{text}" if re.match(_FORMULA, text) else text


def write_csv(rows: pa.Table, path: Path) -> None:
    """Write rows as `NAME.csv` in the zip at `path`: null is nothing, an empty text is `""`."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    columns = [
        pc.replace_substring_regex(column, _FORMULA, r"'\1")
        if pa.types.is_string(column.type)
        else column
        for column in rows.columns
    ]
    # The same bytes on every machine.
    told = zipfile.ZipInfo(path.name.removesuffix(".zip"), _WRITTEN)
    told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o444 << 16
    with zipfile.ZipFile(path, "w") as whole, whole.open(told, "w") as file:
        file.write(_BOM)
        pyarrow.csv.write_csv(pa.table(columns, names=rows.column_names), file)


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[Path]:
    """The one file of a zip, in a folder of ours for as long as it is looked at."""
    with zipfile.ZipFile(path) as whole:
        (name,) = whole.namelist()
        found = Path(whole.extract(name, folder))
    try:
        yield found
    finally:
        found.unlink()


def csv_sql(path: Path, columns: Sequence[Column]) -> str:
    """The rows of a CSV file as they were before it was written."""
    types = ", ".join(f"{text_literal(c.name)}: {text_literal(sql_type(c.kind))}" for c in columns)
    names = ", ".join(
        f"regexp_replace({quoted(c.name)}, {text_literal(_GUARDED)}, '\\1') AS {quoted(c.name)}"
        if c.kind is Kind.TEXT
        else quoted(c.name)
        for c in columns
    )
    return (
        f"SELECT {names} FROM read_csv({text_literal(str(path))}, columns = {{{types}}}, "  # noqa: S608
        "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        "nullstr = '', allow_quoted_nulls = false, new_line = '\\n', parallel = false, "
        "max_line_size = 33554432)"
    )
