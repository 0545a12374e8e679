"""What is in quarantine: the record, the rule it broke, and its place in the archived page."""

from __future__ import annotations

import json
from typing import Any

from extractors.archive.archive import ArchiveError
from extractors.parsing.excerpt import around, excerpt, find_value
from extractors.parsing.safe_html import plain_text
from extractors.warc.exchange import Entry
from flows.core.context import archive_of
from flows.core.errors import UsageError
from flows.core.query.ask import ask
from flows.core.query.sql import REFUSED, quarantine_sql
from flows.core.settings import Settings
from flows.lineage.trace import page_of
from warehouse.store.home import open_home


def show(settings: Settings, identity: str) -> dict[str, Any]:
    """One record, whole, with what stands around the offending value in its page.

    Raises `UsageError` if there is none of that name.
    """
    found = ask(settings, quarantine_sql(identity, with_released=True), REFUSED)
    if not found:
        raise UsageError(f"no record {identity!r} in quarantine; see `carbonmart quarantine --all`")
    row = found[0]
    archive = archive_of(open_home(settings.home, None))
    try:
        entry = archive.entry(row["fetch_id"])
    except ArchiveError as error:
        return row | {"record": json.loads(row["record"]), "context": None, "archive": str(error)}
    return row | {
        "record": json.loads(row["record"]),
        "context": _context(settings, entry, row),
        "retrieved_at": entry.first_seen_at,
        "warc": f"archive/{entry.warc}",
        "offset": entry.offset,
    }


def _context(settings: Settings, entry: Entry, row: dict[str, Any]) -> str | None:
    """The words at fault, marked, in the text of their page; None if they can't be found."""
    text = plain_text(page_of(settings, entry))
    record = json.loads(row["record"])
    if (cells := record.get("row")) and (places := find_value(text, cells)):
        place = around(text, *places[0])
        return place.marked()
    found = excerpt(text, _words(row, record))
    return found.marked() if found else None


def _words(row: dict[str, Any], record: dict[str, Any]) -> list[str]:
    """What to look for, the best first: the value as read, the words that carried it, the title."""
    evidence = json.loads(record.get("evidence") or "{}")
    columns = [row["column_name"]] if row["column_name"] else []
    try:
        value = json.loads(row["value"] or "")
        columns += list(value) if isinstance(value, dict) else []
    except ValueError:
        pass  # a value as printed is no JSON, and is looked for as it is
    words = [evidence[name] for name in columns if name in evidence]
    return [word for word in (*words, row["value"], record.get("title")) if word]
