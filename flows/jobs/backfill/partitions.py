"""The calendar partitions of a backfill, and which archived pages belong to which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from extractors.source import Source
from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.sources import Pipeline
from schemas.core.table import Kind, Table

UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Partition:
    """A stretch of the calendar, both ends included; `UNDATED` has the ends of the whole."""

    name: str
    first: date
    last: date


def partitions_of(source: Source, first: date, last: date) -> list[Partition]:
    """The days from `first` to `last` in the source's own stretches, clipped at both ends."""
    found: list[Partition] = []
    day = first
    while day <= last:
        if source.partition == "month":
            name, following = f"{day:%Y-%m}", (day.replace(day=1) + timedelta(days=32))
            following = following.replace(day=1)
        else:
            name, following = f"{day:%Y}", date(day.year + 1, 1, 1)
        found.append(Partition(name, day, min(last, following - timedelta(days=1))))
        day = following
    return found


def archived_pages(
    context: RunContext, pipeline: Pipeline, partitions: Iterable[Partition]
) -> dict[Partition, list[Entry]]:
    """The newest payload of each page that carries figures, by the first partition in which
    it has a current row. Pages of which no row was ever made are under `UNDATED`.
    """
    stretches = list(partitions)
    first, last = stretches[0].first, stretches[-1].last
    undated = Partition(UNDATED, first, last)
    found: dict[Partition, list[Entry]] = {}
    days = _days_of_pages(context, pipeline, first, last)
    kinds = [kind.name for kind in pipeline.source.kinds if kind.yields_records]
    for entry in context.archive.present(pipeline.source.name, kinds, None):
        # One address may answer many requests (POST): then only its bytes tell them apart.
        known = days.get((entry.url, entry.payload_sha256 if entry.request_body else ""))
        if known is None:
            found.setdefault(undated, []).append(entry)
        elif (day := known) != date.min:
            place = next(p for p in stretches if p.first <= day <= p.last)
            found.setdefault(place, []).append(entry)
    return found


def _days_of_pages(
    context: RunContext, pipeline: Pipeline, first: date, last: date
) -> dict[tuple[str, str], date]:
    """Address, alone and with payload -> the first day of the range on which a current row
    of the page is; `date.min` if all its rows lie elsewhere."""
    found: dict[tuple[str, str], date] = {}
    for table in pipeline.tables:
        column = day_column(table)
        if column is None or context.warehouse.version(table.name) is None:
            continue
        with context.warehouse.connect(table.name) as connection:
            rows = connection.execute(
                f'select source_url, payload_sha256, min("{column}") '  # noqa: S608 - ours
                f'filter ("{column}" between $first and $last) from {table.name} group by all',
                {"first": first, "last": last},
            ).fetchall()
        for url, payload, day in rows:
            for key in ((url, ""), (url, payload)):
                held = found.get(key, date.min)
                days = [d for d in (held, day) if d and d != date.min]
                found[key] = min(days, default=date.min)
    return found


def day_column(table: Table) -> str | None:
    """The column that says of which day a row is: by which it is pruned, or its first date."""
    if table.prune_by and table.column(table.prune_by).kind is Kind.DATE:
        return table.prune_by
    return next((column.name for column in table.own if column.kind is Kind.DATE), None)
