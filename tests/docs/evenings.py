"""The table of the first evenings in `docs/operations.md`, from what was recorded last."""

from __future__ import annotations

import re

from tests.rehearsal.recorded import rows

_BLOCK = re.compile(r"(<!-- evenings: `make docs` -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = ("the site", "evening", "command", "requests", "bulletins", "quotes", "totals")
_TAIL = ("incidents", "exit code")


def with_evenings(page: str) -> str:
    """The page with its table as it was recorded. Raises ValueError for one without its place."""
    found, count = _BLOCK.subn(lambda place: f"{place[1]}{_table()}\n{place[2]}", page)
    if count != 1:
        raise ValueError("no place for the table of evenings")
    return found


def _table() -> str:
    lines = [(*_HEAD, *_TAIL), ("---",) * (len(_HEAD) + len(_TAIL))]
    for row in rows():
        days = (f"{int(row[name]):,}" for name in ("requests", "bulletins", "quotes", "totals"))
        told = row["incidents"].replace("seee ", "") or "none"
        head = (row["scenario"], row["evening"], f"`{row['command']}`")
        lines.append((*head, *days, told, row["exit_code"]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
