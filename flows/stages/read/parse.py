"""The reading half of a source's road: archived bytes to rows, and what was refused.

Pure but for reading the archive, so that a batch can be read anywhere.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extractors.archive.archive import Archive
from extractors.decoding import InflateError
from extractors.model import LayoutError, Record, Signal
from extractors.warc.exchange import Entry
from flows.core.clock import IN_THE_FUTURE, is_future
from flows.core.outcome import Issue
from flows.core.sources import Pipeline
from transforms.model import Refused, Row


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row or a refusal comes from: an archived page, and which item of it.

    `item` is the item's own name, empty where its place is its name; `in_window`, it is known
    by it wherever the source shows it. `record` is kept of what was refused.
    """

    entry: Entry
    position: int
    item: str = ""
    in_window: bool = False
    record: Record | None = None

    @property
    def name(self) -> str:
        """What the item is called among those of its page."""
        return self.item or str(self.position)

    @property
    def place(self) -> str:
        """Where that name is its own: the page, or for an item of a window the source."""
        return self.entry.source if self.in_window else self.entry.key


Key = tuple[Any, ...]
Keys = dict[str, set[Key]]
"""Table -> the keys that a page states."""


@dataclass
class Reading:
    """What a batch of pages gave. `rows[table][i]` comes from `origins[table][i]`.

    `understood` are the records that were not refused, whatever rows they gave, if any.
    `stated` has the keys of each page whose rows can disappear from it (`PageKind.gone`), by
    its fetch; a page of which any part was not understood is not there.
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    origins: dict[str, list[Origin]] = field(default_factory=dict)
    understood: list[Origin] = field(default_factory=list)
    stated: dict[str, Keys] = field(default_factory=dict)
    refused: list[tuple[Origin, Refused]] = field(default_factory=list)
    unread: list[tuple[Entry, LayoutError | InflateError]] = field(default_factory=list)
    read: list[Entry] = field(default_factory=list)
    signals: list[Issue] = field(default_factory=list)
    remarks: list[Issue] = field(default_factory=list)
    records: int = 0


def read(archive: Archive, pipeline: Pipeline, entries: Sequence[Entry]) -> Reading:
    """Parse and transform archived pages. A page that can't be read goes to `unread`; one that
    claims to have been captured after now is refused whole, and not opened."""
    reading = Reading()
    series = {kind.name for kind in pipeline.source.kinds if "rows" in kind.gone}
    key_of = {table.name: table.key for table in pipeline.tables}
    windows = {kind.name for kind in pipeline.source.kinds if kind.is_window}
    for entry in entries:
        if is_future(entry.retrieved_at):
            reading.records += 1
            reading.refused.append((Origin(entry, 0), _captured_in_the_future(entry)))
            continue
        try:
            items = deque(pipeline.source.parse(archive.page(entry)))
        except (LayoutError, InflateError) as error:
            reading.unread.append((entry, error))
            continue
        reading.read.append(entry)
        keys: Keys | None = {} if entry.kind in series else None
        for position in range(len(items)):
            item = items.popleft()  # not kept: a page may have tens of thousands
            if isinstance(item, Signal):
                issue = Issue(item.rule, item.url, item.value, item.detail)
                (reading.remarks if item.is_remark else reading.signals).append(issue)
                keys = None
                continue
            in_window = bool(item.item) and entry.kind in windows
            origin = Origin(entry, position, item.item, in_window)
            rows = _transform(pipeline, item, origin, reading)
            if rows is None or keys is None:
                keys = None
                continue
            for row in rows:
                key = tuple(row.values[name] for name in key_of[row.table])
                keys.setdefault(row.table, set()).add(key)
        if keys is not None:
            reading.stated[entry.fetch_id] = keys
    return reading


def _captured_in_the_future(entry: Entry) -> Refused:
    told = "captured after now, by the clock of whoever saved it or by this machine's"
    return Refused(IN_THE_FUTURE, entry.retrieved_at.isoformat(), told)


def _transform(
    pipeline: Pipeline, record: Record, origin: Origin, reading: Reading
) -> Sequence[Row] | None:
    """Take in what a record gives; gives its rows, None where it is refused."""
    try:
        rows = pipeline.transform(record)
    except Refused as refusal:
        reading.records += 1
        reading.refused.append((replace(origin, record=record), refusal))
        return None
    reading.understood.append(origin)
    reading.records += len(rows)
    for row in rows:
        values = row.values | _lineage(pipeline, record, row.evidence)
        reading.rows.setdefault(row.table, []).append(values)
        reading.origins.setdefault(row.table, []).append(origin)
        for remark in row.remarks:
            issue = Issue(remark.rule, record.url, remark.value, remark.detail)
            (reading.signals if remark.is_signal else reading.remarks).append(issue)
    return rows


def _lineage(pipeline: Pipeline, record: Record, evidence: dict[str, str]) -> dict[str, Any]:
    return {
        "source": record.source,
        "source_url": record.url,
        "retrieved_at": record.retrieved_at,
        "payload_sha256": record.payload_sha256,
        "parser_version": pipeline.source.parser_version,
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True) if evidence else None,
        "is_simulated": record.is_simulated,
    }
