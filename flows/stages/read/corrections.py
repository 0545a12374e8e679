"""The corrections in force: the file as it is, and as it was at every run that saw it change.

Bytes first holds for them too: a changed file is kept, as it was, under
`<home>/archive/corrections/` before any row is corrected by it. So a replay corrects each
row at the instant at which it was corrected then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.clock import IN_THE_FUTURE, Days
from flows.core.context import RunContext
from flows.core.outcome import Issue
from schemas.contracts.corrections import NOTE, Correction, CorrectionError, read_corrections
from schemas.core.table import Table
from schemas.core.validate import Breach, split
from warehouse.engine.storage.base import Address, Place, Storage
from warehouse.engine.storage.storage import storage
from warehouse.store.home import home_path

"""Key of a row's evidence: column -> published value, value, reason, date, source."""
if TYPE_CHECKING:
    from flows.core.context import RunContext
    from flows.core.settings import Settings

FILE_NAME = "corrections.yml"
FOLDER = "corrections"
_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Edition:
    """The corrections as they were from an instant on."""

    since: datetime
    corrections: tuple[Correction, ...]


def path_of(settings: Settings) -> Place:
    """Where the file is, if there is one."""
    if settings.corrections:
        return Path(settings.corrections)
    return (home_path(settings.home) if "://" in settings.home else Path(settings.home)) / FILE_NAME


def present(settings: Settings) -> tuple[Correction, ...]:
    """The file's corrections, none if there is no file. Raises `CorrectionError`."""
    return read_corrections(_read(settings), str(path_of(settings)))


def _read(settings: Settings) -> str:
    path = path_of(settings)
    try:
        if isinstance(path, Address):
            return (storage(path.parent).read_bytes(path.name) or b"").decode("utf-8")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if settings.corrections:
            raise CorrectionError(f"{path}: no such file (CARBONMART_CORRECTIONS)") from None
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionError(f"{path} can't be read: {error}") from error


def editions(context: RunContext) -> list[Edition]:
    """All editions that runs have seen, the oldest first.

    What of them would be refused today corrects nothing: its rows are as published again.
    """
    return [
        Edition(
            datetime.strptime(name.removesuffix(".yml"), _STAMP).replace(tzinfo=UTC),
            read_corrections(text, str(_folder(context).root / name), refused=[]),
        )
        for name, text in sorted(_kept(context))
    ]


def keep_edition(context: RunContext) -> None:
    """Keep the file as it is now, if it says anything else than when it was last kept."""
    corrections = present(context.settings)
    known = editions(context)
    last = known[-1].corrections if known else ()
    if _meaning(corrections) == _meaning(last):
        return
    name = f"{context.started_at.astimezone(UTC):{_STAMP}}.yml"
    _folder(context).write_bytes(name, _read(context.settings).encode())


def in_force(known: Sequence[Edition], at: datetime) -> tuple[Correction, ...]:
    """The corrections that were in force at an instant."""
    return next((e.corrections for e in reversed(known) if e.since <= at), ())


def _meaning(corrections: tuple[Correction, ...]) -> set[tuple[object, ...]]:
    """What makes a difference to rows: not the order, comments or names."""
    return {(*c.cell, c.expect, c.value, c.reason, c.date, c.source) for c in corrections}


def _folder(context: RunContext) -> Storage:
    return storage(context.home.path / "archive" / FOLDER)


def _kept(context: RunContext) -> Iterator[tuple[str, str]]:
    folder = _folder(context)
    for item in folder.list():
        if item.name.endswith(".yml") and not item.name.startswith("."):
            yield item.name, (folder.read_bytes(item.name) or b"").decode("utf-8")


Key = tuple[Any, ...]
Row = dict[str, Any]


def correct(
    table: Table, rows: Sequence[Row], corrections: Sequence[Correction], days: Days
) -> tuple[list[Row], list[Issue]]:
    """The rows with what is published wrongly put right, and what could not be.

    A correction bites where the published value is the one it expects. The corrected row
    is validated like any other: one that breaks a rule, or speaks of a day after the capture
    of its page as of one that has been, stays as it was published.
    """
    by_key: dict[Key, list[Correction]] = {}
    for correction in corrections:
        if correction.table == table.name:
            by_key.setdefault(correction.key, []).append(correction)
    if not by_key:
        return list(rows), []
    changed: dict[int, Row] = {}
    for position, row in enumerate(rows):
        wanted = by_key.get(_key(table, row), ())
        if biting := [c for c in wanted if row.get(c.column) == c.expect]:
            changed[position] = _corrected(row, biting)
    positions = list(changed)
    parts = split(table, list(changed.values()))
    refused = {finding.row: finding for finding in reversed(parts.refused)}
    for at in parts.valid_rows:
        if ahead := days.ahead(table, changed[positions[at]]):
            told = f"{ahead[0]} {ahead[1]} is after the capture of its page"
            refused[at] = Breach(at, IN_THE_FUTURE, *ahead, told)
    issues = []
    for refusal in refused.values():
        row = changed.pop(positions[refusal.row])
        told = f"{table.name} {_words(_key(table, row))} stays as published: {refusal.detail}"
        issues.append(Issue("correction_refused", row["source_url"], refusal.value, told))
    return [changed.get(position, row) for position, row in enumerate(rows)], issues


def _corrected(row: Row, corrections: Iterable[Correction]) -> Row:
    note = {}
    values = {}
    for c in corrections:
        values[c.column] = c.value
        note[c.column] = {
            "published": _plain(c.expect),
            "value": _plain(c.value),
            "reason": c.reason,
            "date": c.date.isoformat(),
            "source": c.source,
        }
    evidence = json.loads(row["evidence"]) if row["evidence"] else {}
    told = json.dumps(evidence | {NOTE: note}, ensure_ascii=False, sort_keys=True)
    return row | values | {"evidence": told}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def noted(row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a row's evidence says was corrected in it, by column."""
    found: dict[str, dict[str, Any]] = json.loads(row["evidence"] or "{}").get(NOTE, {})
    return found


def _key(table: Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[name] for name in table.key)


def _words(key: Iterable[Any]) -> str:
    return " ".join(dict.fromkeys(str(part) for part in key))
