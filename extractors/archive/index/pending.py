"""What the archive knows: the index, and before it what its own writers have not committed yet.

A row enters the index only after its bytes are on the disk. Until then the process
that wrote it finds it here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from extractors.archive.index.index import Index
from extractors.warc.exchange import Entry, WarcFile

GOOD = "good"
NOT_MODIFIED = "not_modified"
NOT_FOUND = "not_found"
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class PendingIndex:
    """The index with the fetches that wait for it. Safe to use from several threads."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._lock = threading.RLock()
        self._waiting: dict[str, Entry] = {}
        self._keys: dict[str, list[str]] = {}

    def add(self, entry: Entry) -> None:
        """Take a fetch whose bytes were written but are not yet safe."""
        with self._lock:
            self._waiting[entry.fetch_id] = entry
            self._keys.setdefault(entry.key, []).append(entry.fetch_id)

    def commit(self, fetch_ids: list[str], file: WarcFile) -> None:
        """Move fetches, whose bytes are safe now, into the index. All or none."""
        with self._lock:
            with self.index.transaction():
                self.index.put((self._waiting[one] for one in fetch_ids), replace=True)
                self.index.put_file(file)
            self._forget(fetch_ids)

    def discard(self, fetch_ids: list[str]) -> None:
        """Forget fetches whose bytes may not have reached the disk."""
        with self._lock:
            self._forget(fetch_ids)

    def _forget(self, fetch_ids: Iterable[str]) -> None:
        for fetch_id in fetch_ids:
            entry = self._waiting.pop(fetch_id)
            same = self._keys[entry.key]
            same.remove(fetch_id)
            if not same:
                del self._keys[entry.key]

    def get(self, fetch_id: str) -> Entry | None:
        """A fetch by its id."""
        with self._lock:
            return self._waiting.get(fetch_id) or self.index.entry(fetch_id)

    def base_of(self, entry: Entry) -> Entry | None:
        """The fetch that holds the payload: the entry itself, or what a revisit refers to."""
        return self.get(entry.refers_to) if entry.refers_to else entry

    def newest_good(self, key: str, until: datetime = _END_OF_TIME) -> Entry | None:
        """The newest good response to a request not after an instant, or a revisit of one.

        None where the page was gone after that, see `Index.newest_good`.
        """
        with self._lock:
            found = self.index.newest_good(key, until)
            for fetch_id in self._keys.get(key, ()):
                entry = self._waiting[fetch_id]
                if entry.retrieved_at > until:
                    continue
                if entry.verdict == NOT_FOUND:
                    if found is None or entry.retrieved_at > found.retrieved_at:
                        found = None
                    continue
                if not self._is_good(entry):
                    continue
                if found is None or entry.retrieved_at >= found.retrieved_at:
                    found = entry
            return found

    def _is_good(self, entry: Entry) -> bool:
        if not entry.refers_to:
            return entry.verdict == GOOD
        base = self.get(entry.refers_to)
        return base is not None and base.verdict == GOOD and entry.verdict in (GOOD, NOT_MODIFIED)

    def judge(self, fetch_id: str, verdict: str) -> bool:
        """Set a verdict; False if there is no such fetch."""
        with self._lock:
            entry = self._waiting.get(fetch_id)
            if entry is None:
                return self.index.judge(fetch_id, verdict)
            self._waiting[fetch_id] = replace(entry, verdict=verdict)
            return True

    def count_since(self, source: str, since: datetime) -> int:
        """How many fetches of a source were made at or after an instant."""
        with self._lock:
            waiting = sum(
                entry.source == source and entry.retrieved_at >= since
                for entry in self._waiting.values()
            )
            return waiting + self.index.count_since(source, since)
