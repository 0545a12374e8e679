"""Checks that found nothing, and what they were asked of: the same answers the same.

A night in which little is new would ask a hundred checks of rows that have not changed, once for
the release and once for the watch. What a check that passed was asked of (its SQL, its window,
the calendar, the files of its tables) is kept as a digest beside the store, and a run does not ask
the same again. Losing the file costs the asking; `carbonmart check` asks all of them, always.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.stages.checks.window import Answered, CheckWindow
from schemas.registry import VIEWS
from transforms.checks import Check
from warehouse.engine.storage.storage import storage
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from warehouse.store.store import Warehouse

FILE = "passed.json"


class Passed:
    """What the checks of a source passed when `asker` last asked them, in a home on disk.

    In S3 nothing is kept: a look at the files of a table costs as much as asking does.
    """

    def __init__(self, warehouse: Warehouse, asker: str) -> None:
        self._warehouse, self._asker = warehouse, asker
        self._root = warehouse.root.parent
        self._keys: dict[Check, str] = {}
        self._rows: dict[str, str] = {}
        self._calendar = ""

    def or_asked(
        self,
        checks: Sequence[Check],
        window: CheckWindow,
        ask: Callable[[Sequence[Check]], Iterable[Answered]],
    ) -> list[Answered]:
        """Every check that has an answer, with its findings: those that passed on the same, and
        what the others answer when they are asked."""
        passed = self._among(checks, window)
        answers: dict[Check, Answered] = {check: (check, []) for check in passed}
        for check, findings in ask([check for check in checks if check not in passed]):
            answers[check] = check, findings
        ordered = [answers[check] for check in checks if check in answers]
        self._keep([check for check, findings in ordered if not findings])
        return ordered

    def _among(self, checks: Iterable[Check], window: CheckWindow) -> set[Check]:
        """Those that passed on the same. None where a table can't be read: asking says why."""
        if not isinstance(self._root, Path):
            return set()
        self._calendar = _digest(repr(day) for day in window.days())
        stored = [c for c in checks if VIEWS.keys().isdisjoint((*c.tables, *c.beside))]
        try:
            self._keys = {check: self._key(check, window) for check in stored}
        except (WarehouseError, OSError):
            return set()
        known = set(self._kept().get(self._asker, []))
        return {check for check, key in self._keys.items() if key in known}

    def _keep(self, passed: Iterable[Check]) -> None:
        """Note what passed, in place of what this asker noted before. Never raises: what is not
        noted is asked again."""
        keys = [self._keys[check] for check in passed if check in self._keys]
        kept = self._kept()
        if not keys or kept.get(self._asker) == keys:
            return
        try:
            storage(self._root).write_bytes(FILE, json.dumps({**kept, self._asker: keys}).encode())
        except (WarehouseError, OSError):
            return

    def _kept(self) -> dict[str, list[str]]:
        try:
            kept = json.loads(storage(self._root).read_bytes(FILE) or b"{}")
        except (WarehouseError, OSError, ValueError):
            return {}
        is_whole = isinstance(kept, dict) and all(isinstance(keys, list) for keys in kept.values())
        return kept if is_whole else {}

    def _key(self, check: Check, window: CheckWindow) -> str:
        sql = "\n".join((*(f"{b.name}: {b.sql}" for b in check.bases), check.sql))
        parts = [check.name, sql]
        parts += [str(window.since)] if "$since" in sql else []
        parts += [str(window.due)] if "$due" in sql else []
        parts += [self._calendar] if "trading_calendar" in sql else []
        return _digest(parts + [self._stored(name) for name in (*check.tables, *check.beside)])

    def _stored(self, name: str) -> str:
        """The files of a table as they lie there now: a file's name says its content, unless
        something has happened to it."""
        if name not in self._rows:
            stored = self._warehouse.source(name)
            stats = [Path(file).stat() for file in stored.files]
            files = [
                f"{file} {stat.st_size} {stat.st_mtime_ns}"
                for file, stat in zip(stored.files, stats, strict=True)
            ]
            version = self._warehouse.version(name)
            self._rows[name] = _digest([name, repr(version is None), repr(stored.held), *files])
        return self._rows[name]


def _digest(parts: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() + b"\0")
    return whole.hexdigest()
