"""What the archive saw of each address, night by night, and which run saw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from extractors.archive.index.index import Index
from extractors.warc.exchange import Entry, WarcFile
from extractors.warc.records import warc_date

SETTLED = "settled"
"""What notes of the index say of a run, or a payload, that nothing more can follow from."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that left fetches of a source. `night` is its business day, or its day in UTC.

    `is_open`: it has not ended its fetches, or was killed and nobody has put its file in
    order since.
    """

    run_id: str
    source: str
    started_at: datetime
    night: str
    warcs: tuple[str, ...]
    is_open: bool = False


class History:
    """The archive as it is when this is made: runs, and the sightings of addresses."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def _runs(self) -> dict[tuple[str, str], Run]:
        files: dict[tuple[str, str], list[WarcFile]] = {}
        for file in self._index.files():
            files.setdefault((file.source, file.run_id), []).append(file)
        return {
            (source, run_id): Run(
                run_id,
                source,
                found[0].started_at,
                found[0].night,
                tuple(file.warc for file in found),
                any(file.state == "open" for file in found),
            )
            for (source, run_id), found in files.items()
        }

    def runs(self, source: str) -> list[Run]:
        """The runs of a source in the order they began."""
        return [run for (name, _), run in self._runs.items() if name == source]

    def run(self, source: str, run_id: str) -> Run | None:
        """A run, None if it left no fetch."""
        return self._runs.get((source, run_id))

    def night_of(self, entry: Entry) -> str:
        """The night on which a fetch was made."""
        return self._runs[entry.source, entry.run_id].night

    def entries(self, run: Run) -> Iterator[Entry]:
        """The fetches of a run in the order they were made."""
        found = [entry for warc in run.warcs for entry in self._index.in_file(warc)]
        yield from sorted(found, key=lambda entry: entry.retrieved_at)

    def of_run(self, run: Run, kind: str, verdicts: Iterable[str]) -> list[Entry]:
        """The fetches of a run, of one page kind, that were judged so; in order of time."""
        wanted = tuple(verdicts)
        marks, warcs = ", ".join("?" * len(wanted)), ", ".join("?" * len(run.warcs))
        return self._index.select(
            f"f.warc IN ({warcs}) AND f.kind = ? AND f.verdict IN ({marks}) "
            "ORDER BY f.retrieved_at, f.rowid",
            *run.warcs,
            kind,
            *wanted,
        )

    def sightings(self, key: str, until: datetime, limit: int = 1000) -> list[Entry]:
        """The responses to a request up to an instant, the newest first."""
        return self._index.select(
            "f.key = ? AND f.retrieved_at <= ? ORDER BY f.retrieved_at DESC, f.rowid DESC LIMIT ?",
            key,
            warc_date(until),
            limit,
        )

    def payload(
        self, source: str, url: str, payload_sha256: str, first_seen_at: datetime
    ) -> Entry | None:
        """The fetch that brought a row's bytes, by the row's lineage."""
        found = self._index.select(
            "f.source = ? AND f.retrieved_at = ? AND f.url = ? AND f.payload_sha256 = ? "
            "AND f.refers_to = ''",
            source,
            warc_date(first_seen_at),
            url,
            payload_sha256,
        )
        return found[0] if found else None

    def is_read(self, fetch_id: str) -> bool:
        """Whether any parser has read a payload."""
        return self._index.is_read(fetch_id)

    def is_settled(self, name: str) -> bool:
        """Whether a run or payload was noted by `settle`."""
        return self._index.is_read(name, SETTLED)

    def settle(self, names: Iterable[str]) -> None:
        """Note runs (`run:ID`) or payloads that nothing more follows from."""
        self._index.mark_read(names, SETTLED)
