"""A table as one HTML file: self-contained, everything escaped, nothing loaded or run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

from flows.core.errors import UsageError
from flows.core.query.format import plain

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c2733; }
table { border-collapse: collapse; } caption { text-align: left; padding-bottom: .5rem; }
th, td { border: 1px solid #d0d7de; padding: .2rem .5rem; text-align: left; vertical-align: top; }
th { background: #f3f5f7; position: sticky; top: 0; } td.number { text-align: right; }
td.number, td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
mark { background: #ffe08a; padding: 0 .15rem; } del { color: #8a3033; }
tr.DEL td { background: #fbeeee; } tr.ADD td { background: #eef8f0; }
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell that changed: the value it had and the value it has."""

    old: Any
    new: Any


def write_table(
    path: Path,
    title: str,
    notes: Sequence[str],
    rows: Sequence[dict[str, Any]],
    classes: Iterable[str] = (),
) -> None:
    """Write rows as a page; `classes` (ADD, MOD, DEL) colour them. Raises `UsageError`."""
    try:
        path.write_text(table_page(title, notes, rows, classes), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def table_page(
    title: str, notes: Sequence[str], rows: Sequence[dict[str, Any]], classes: Iterable[str] = ()
) -> str:
    """The page as text."""
    kinds = list(classes) or [""] * len(rows)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in rows[0]) if rows else ""
    body = "\n".join(
        f'<tr class="{escape(kind)}">{"".join(map(_cell, row.values()))}</tr>'
        for row, kind in zip(rows, kinds, strict=True)
    )
    told = "".join(f"<p>{escape(note)}</p>" for note in notes)
    caption = f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{told}
<table>
<caption>{caption}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</body>
</html>
"""


def _cell(value: Any) -> str:
    if isinstance(value, Marked):
        old, new = _text(value.old), _text(value.new)
        return f"<td><del>{escape(old)}</del> <mark>{escape(new)}</mark></td>"
    text = escape(_text(value))
    if isinstance(value, str):
        return f"<td>{text}</td>"
    return f'<td class="{"time" if hasattr(value, "year") else "number"}">{text}</td>'


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, (int, Decimal)) else str(plain(value))
