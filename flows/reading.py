"""The reading half of a source's road: archived bytes to rows, and what was refused.

Pure but for reading the archive, so that a batch can be read anywhere.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extractors.archive import Archive
from extractors.exchange import Entry
from extractors.html import LayoutError
from extractors.inflate import InflateError
from extractors.model import Record, Signal
from flows.outcome import Trouble
from flows.sources import Road
from transforms.model import Refused


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


@dataclass
class Reading:
    """What a batch of pages gave. `rows[table][i]` comes from `origins[table][i]`.

    `understood` are the records that were not refused, whatever rows they gave, if any.
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    origins: dict[str, list[Origin]] = field(default_factory=dict)
    understood: list[Origin] = field(default_factory=list)
    refused: list[tuple[Origin, Refused]] = field(default_factory=list)
    unread: list[tuple[Entry, LayoutError | InflateError]] = field(default_factory=list)
    read: list[Entry] = field(default_factory=list)
    signals: list[Trouble] = field(default_factory=list)
    remarks: list[Trouble] = field(default_factory=list)
    records: int = 0


def read(archive: Archive, road: Road, entries: Sequence[Entry]) -> Reading:
    """Parse and transform archived pages. A page that can't be read goes to `unread`."""
    reading = Reading()
    windows = {kind.name for kind in road.source.kinds if kind.is_window}
    for entry in entries:
        try:
            items = deque(road.source.parse(archive.page(entry)))
        except (LayoutError, InflateError) as error:
            reading.unread.append((entry, error))
            continue
        reading.read.append(entry)
        for position in range(len(items)):
            item = items.popleft()  # not kept: a page may have tens of thousands
            if isinstance(item, Signal):
                trouble = Trouble(item.rule, item.url, item.value, item.detail)
                (reading.remarks if item.is_remark else reading.signals).append(trouble)
            else:
                in_window = bool(item.item) and entry.kind in windows
                _transform(road, item, Origin(entry, position, item.item, in_window), reading)
    return reading


def _transform(road: Road, record: Record, origin: Origin, reading: Reading) -> None:
    try:
        rows = road.transform(record)
    except Refused as refusal:
        reading.records += 1
        reading.refused.append((replace(origin, record=record), refusal))
        return
    reading.understood.append(origin)
    reading.records += len(rows)
    for row in rows:
        values = row.values | _lineage(road, record, row.evidence)
        reading.rows.setdefault(row.table, []).append(values)
        reading.origins.setdefault(row.table, []).append(origin)
        for remark in row.remarks:
            trouble = Trouble(remark.rule, record.url, remark.value, remark.detail)
            (reading.signals if remark.is_signal else reading.remarks).append(trouble)


def _lineage(road: Road, record: Record, evidence: dict[str, str]) -> dict[str, Any]:
    return {
        "source": record.source,
        "source_url": record.url,
        "retrieved_at": record.retrieved_at,
        "payload_sha256": record.payload_sha256,
        "parser_version": road.source.parser_version,
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True) if evidence else None,
        "is_simulated": record.is_simulated,
    }
