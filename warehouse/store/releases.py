"""Releases: sets of table versions that passed together, in the log `ops_releases`.

A release is written as one commit and never changed; the last one is the current one. Who makes
one starts from the current release, and is asked again if another writer's came in between: two
at once lose nothing.

Which releases are kept: published files and the Delta versions they stand on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from schemas.ops.tables import OPS_RELEASES
from schemas.registry import TABLES
from warehouse.errors import WarehouseError
from warehouse.store.booked import DIGESTS, RELEASE, VERSIONS

if TYPE_CHECKING:
    from warehouse.engine.delta.state import TableState
    from warehouse.store.store import Warehouse

BOOKS = "ops"
"""The source of the pipeline's own logs. They are in a release, and alone make none."""
BY_HAND = "by hand"
Action = Literal["release", "rollback"]


class UnknownRelease(WarehouseError):
    """A release that was never made; names the ones that were."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A table in a release: the Delta version that its readers see.

    `digest` is that of the version's files (`TableState.digest`): what readers are shown is
    held against it. Releases of before there were digests have none.
    """

    table_name: str
    source: str
    table_version: int
    row_count: int
    known_until: datetime | None
    status: Literal["fresh", "stale"] = "fresh"
    stale_since: datetime | None = None
    reason: str | None = None
    digest: str | None = None

    def stale(self, since: datetime, reason: str) -> Pinned:
        """The same version, marked stale; what is stale already stays so since then."""
        if self.status == "stale":
            return self
        return replace(self, status="stale", stale_since=since, reason=reason)


@dataclass(frozen=True, slots=True)
class Release:
    """A release with its tables, those of the books last."""

    release_id: str
    created_at: datetime
    run_id: str
    action: Action
    tables: tuple[Pinned, ...]

    @property
    def versions(self) -> dict[str, int]:
        """The Delta version of each table."""
        return {pinned.table_name: pinned.table_version for pinned in self.tables}

    def of(self, source: str) -> dict[str, Pinned]:
        """The tables of one source, by name."""
        return {pinned.table_name: pinned for pinned in self.tables if pinned.source == source}


def releases(warehouse: Warehouse) -> list[Release]:
    """All releases, the oldest first."""
    return _read(warehouse, warehouse._state(OPS_RELEASES))


def current(warehouse: Warehouse) -> Release | None:
    """The current release, None before the first."""
    found = releases(warehouse)
    return found[-1] if found else None


def released_versions(warehouse: Warehouse) -> dict[str, int]:
    """The current release's versions, as `released_now` has them."""
    return released_now(warehouse)[1]


def released_now(warehouse: Warehouse) -> tuple[str, dict[str, int]]:
    """The current release's id (empty before the first) and the version of each of its tables,
    from the log's own notes, without opening a file of rows."""
    state = warehouse._state(OPS_RELEASES)
    if state and (noted := state.notes.get(VERSIONS)) and (named := state.notes.get(RELEASE)):
        return str(named), dict(json.loads(noted))
    release = current(warehouse)
    return (release.release_id, release.versions) if release else ("", {})


def versions_of(held: Mapping[str, int]) -> dict[str, int | None]:
    """What a reader of a release reads, of the versions that it holds: a table that is not in
    it is empty, however much is loaded.

    The releases themselves are read as they are now: a release can't hold its own row.
    """
    return {name: held.get(name) for name in TABLES if name != OPS_RELEASES.name}


def find(made: Sequence[Release], release_id: str) -> Release:
    """The release of that id; raises `UnknownRelease`."""
    for release in made:
        if release.release_id == release_id:
            return release
    known = ", ".join(release.release_id for release in made[-5:]) or "none was ever made"
    raise UnknownRelease(f"no release {release_id!r}; the latest: {known}")


def commit(
    warehouse: Warehouse,
    run_id: str,
    action: Action,
    tables_of: Callable[[Sequence[Release]], Iterable[Pinned] | None],
) -> Release | None:
    """Make a release of what `tables_of` says, told the releases so far; None for none.

    It may be asked more than once, each time with more releases. Raises `WarehouseError`
    if the release can't be written; the current one then stands.
    """
    from warehouse.engine.revisions.coerce import as_arrow
    from warehouse.store.store import _until_won

    def attempt() -> Release | None:
        state = warehouse._state(OPS_RELEASES)
        made = _read(warehouse, state)
        tables = tables_of(made)
        if tables is None:
            return None
        release = _named(made, run_id, action, tables)
        rows = as_arrow(OPS_RELEASES, _rows(release))
        notes = {
            "run_id": run_id,
            RELEASE: release.release_id,
            VERSIONS: json.dumps(release.versions),
            DIGESTS: json.dumps({p.table_name: p.digest for p in release.tables}),
        }
        warehouse._append(OPS_RELEASES, state, rows, notes)
        return release

    return _until_won(OPS_RELEASES, attempt)


def rollback(warehouse: Warehouse, release_id: str) -> Release:
    """Make a new release of an earlier one's versions. Deletes nothing.

    A table that goes back to fewer rows than readers see now is marked stale. Raises
    `UnknownRelease`, and `UnknownVersion` where `vacuum` has dropped a version since.
    """
    now = datetime.now(UTC)

    def tables_of(made: Sequence[Release]) -> list[Pinned]:
        target, present = find(made, release_id), made[-1].versions
        warehouse.connect(*target.versions, versions=target.versions).close()
        return [
            pinned.stale(now, f"rolled back to {release_id}")
            if pinned.source != BOOKS and pinned.table_version < present.get(pinned.table_name, 0)
            else pinned
            for pinned in target.tables
        ]

    release = commit(warehouse, BY_HAND, "rollback", tables_of)
    assert release is not None, "a rollback always has tables"
    return release


def entered_at(made: Sequence[Release], pinned: Pinned) -> datetime | None:
    """When the table was first released, fresh, at the version it is pinned at."""
    for release in made:
        for each in release.tables:
            if (each.table_name, each.table_version, each.status) == (
                pinned.table_name,
                pinned.table_version,
                "fresh",
            ):
                return release.created_at
    return None


def _named(
    made: Sequence[Release], run_id: str, action: Action, tables: Iterable[Pinned]
) -> Release:
    """The release with its id and time, which is after the last one's whatever the clock says."""
    moment = datetime.now(UTC).replace(microsecond=0)
    if made and moment <= made[-1].created_at:
        moment = made[-1].created_at + timedelta(seconds=1)
    ordered = sorted(tables, key=lambda p: (p.source == BOOKS, p.source, p.table_name))
    return Release(f"R{moment:%Y%m%dT%H%M%SZ}", moment, run_id, action, tuple(ordered))


def _rows(release: Release) -> list[dict[str, Any]]:
    head = {
        "release_id": release.release_id,
        "created_at": release.created_at,
        "run_id": release.run_id,
        "action": release.action,
    }
    columns = [c.name for c in OPS_RELEASES.own if c.name not in head]
    return [head | {name: getattr(p, name) for name in columns} for p in release.tables]


def _read(warehouse: Warehouse, state: TableState | None) -> list[Release]:
    if state is None:
        return []
    names = [column.name for column in OPS_RELEASES.own]
    with warehouse.connect(
        OPS_RELEASES.name, versions={OPS_RELEASES.name: state.version}
    ) as connection:
        found = connection.execute(
            f"SELECT {', '.join(names)} FROM ops_releases "  # noqa: S608 - our own names
            "ORDER BY created_at, source = 'ops', source, table_name"
        ).fetchall()
    made = []
    for _, group in groupby((dict(zip(names, row, strict=True)) for row in found), _head):
        rows = list(group)
        head = {name: rows[0].pop(name) for name in ("release_id", "created_at", "run_id")}
        action = rows[0]["action"]
        pinned = [Pinned(**{n: row[n] for n in Pinned.__dataclass_fields__}) for row in rows]
        made.append(Release(**head, action=action, tables=tuple(pinned)))
    return made


def _head(row: dict[str, Any]) -> tuple[datetime, str]:
    return row["created_at"], row["release_id"]


KEEP = 30
"""Newest releases that are kept, beside the first of each month."""


def kept(releases: Sequence[Release], newest: int = KEEP) -> list[Release]:
    """The `newest` releases, the first of each month (UTC), and always the current one.

    `releases` are all there are, the oldest first; the last one is the current one.
    """
    if newest < 1:
        raise ValueError(f"at least one release is kept, not {newest}")
    firsts: dict[tuple[int, int], Release] = {}
    for release in releases:
        firsts.setdefault((release.created_at.year, release.created_at.month), release)
    chosen = {r.release_id for r in (*firsts.values(), *releases[-newest:])}
    return [release for release in releases if release.release_id in chosen]
