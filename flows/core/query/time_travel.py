"""Which rows a reader is shown: the current release's, and other points of the store's past."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from flows.core.clock import is_future
from flows.core.errors import UsageError
from flows.core.query.sql import WORKING, Snapshot, table_of
from flows.core.settings import Settings
from schemas.registry import TABLES

if TYPE_CHECKING:
    from warehouse.store.store import Warehouse

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d-?\d")
_FIRST_ZONE = timedelta(hours=14)
"""So far ahead of UTC does a day begin first."""
_VERSION = re.compile(r"v?(\d+)")
_RELEASE = re.compile(r"R\d.*")
NO_RELEASE = "no release yet"


def parse_time(text: str) -> datetime:
    """An instant in ISO 8601, in UTC where it names no zone. Raises `UsageError`, also for one
    that is still to come: nobody knows what will be known then.

    A date means its end in UTC, and a time to the second or minute means the end of
    that: a `known_from` as it is shown finds its row. The present day is one that has begun
    anywhere.
    """
    moment = parse_moment(text)
    is_day = _DAY.fullmatch(text) is not None
    if is_future(moment - _FIRST_ZONE if is_day else moment):
        raise UsageError(f"{text} is in the future: leave it out for what is known now")
    if is_day:
        return datetime.combine(moment, time.max, UTC)
    if not re.search(r":\d\d[.,]\d|T\d{6}[.,]\d", text):
        has_seconds = re.search(r":\d\d:\d\d|T\d{6}", text) is not None
        moment = moment.replace(
            second=moment.second if has_seconds else 59, microsecond=time.max.microsecond
        )
    return moment


def parse_moment(text: str) -> datetime:
    """The instant as it stands, in UTC; of a date its beginning. Raises `UsageError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"not a time: {text!r}; give 2025-03-03 (its end in UTC) or 2025-03-03T14:30:00+08:00"
        ) from None
    return moment.astimezone(UTC) if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options by which a command is told which rows to read, as they were typed.

    A version is a bare number where the command is of one `table`, else TABLE=N.
    """

    as_of: str | None = None
    release: str | None = None
    working: bool = False
    versions: Sequence[str] = ()
    table: str = ""


def chosen(settings: Settings, wanted: Wanted) -> Snapshot:
    """The rows that a reader is shown: those of the current release, unless another is named.

    This is the one place at which every command, report, page and export takes its release,
    and `of_release` below the one at which a release becomes rows: what a release holds back
    is to be left out there, and by `versions_of`, which publication reads by. Before the first
    release there is no other state to take for this one: what is loaded is shown, and called so.
    `--as-of` leaves out what the store learned later, `--working` is what is loaded, whether it
    was released or not, and `--version` a Delta version of one table. Raises `UsageError`,
    `UnknownRelease`, `UnknownVersion`, and `WrongHome` where there is no store.
    """
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    if wanted.release and (wanted.working or wanted.versions):
        raise UsageError("--release goes without --working and --version: it says which rows")
    warehouse = Warehouse(open_home(settings.home, None).path)
    if wanted.release:
        found = of_release(warehouse, wanted.release)
    else:
        found = current(warehouse)
        if wanted.working or not found.release:
            found = working(warehouse)
    if wanted.versions:
        found = _at_versions(warehouse, found, wanted)
    if not wanted.as_of:
        return found
    moment = parse_time(wanted.as_of)
    label = f"{found.label}, as known at {wanted.as_of}"
    return replace(found, label=label, as_of=moment)


def current(warehouse: Warehouse) -> Snapshot:
    """What readers see now: the tables of the current release at its versions, empty before the
    first. The pipeline's own logs are no part of what is released or held back: they are read
    as they are."""
    from warehouse.store.releases import released_now, versions_of

    release_id, held = released_now(warehouse)
    versions = {n: v for n, v in versions_of(held).items() if not TABLES[n].is_log}
    label = f"release {release_id}" if release_id else NO_RELEASE
    return Snapshot(label, None, versions, release_id, is_working=False)


def of_release(warehouse: Warehouse, release_id: str) -> Snapshot:
    """The tables of a release at its versions, logs too; those that are not in it are empty."""
    from warehouse.store.releases import find, releases, versions_of

    held = find(releases(warehouse), release_id).versions
    return Snapshot(f"release {release_id}", None, versions_of(held), release_id, is_working=False)


def working(warehouse: Warehouse) -> Snapshot:
    """What is loaded, whether it was released or not; its name says what readers see."""
    from warehouse.store.releases import released_now

    release_id = released_now(warehouse)[0]
    seen = f"readers see release {release_id}" if release_id else "nothing is released yet"
    return replace(WORKING, label=f"WORKING ROWS, loaded and not all released ({seen})")


def _at_versions(warehouse: Warehouse, found: Snapshot, wanted: Wanted) -> Snapshot:
    """The same with tables at the versions that were typed."""
    pinned: dict[str, int | None] = {}
    for text in wanted.versions:
        name, _, number = text.rpartition("=")
        is_version = _VERSION.fullmatch(number)
        if not is_version or not (name or wanted.table):
            form = "--version N" if wanted.table else "--version TABLE=N, once for each table"
            raise UsageError(f"not a version: {text!r}; give {form}")
        known = table_of(name or wanted.table).name
        if known not in TABLES:
            raise UsageError(f"{known} has no versions: it is derived from the other tables")
        pinned[known] = int(is_version[1])
        warehouse.source(known, versions=pinned)
    told = ", ".join(f"{name} at version {version}" for name, version in pinned.items())
    is_working = any(found.versions.get(name) != version for name, version in pinned.items())
    more = " (not the released one)" if is_working and not found.is_working else ""
    return replace(
        found,
        label=f"{found.label}, {told}{more}",
        versions=found.versions | pinned,
        is_working=found.is_working or is_working,
    )


def parse_point(warehouse: Warehouse, text: str, table: str | None) -> Snapshot:
    """A point as `diff` takes it: `R...`, `v3`, a time, `now` (the current release), or
    `working` (what is loaded). `table` None means all."""
    if text == "now":
        return current(warehouse)
    if text == "working":
        return working(warehouse)
    if _RELEASE.fullmatch(text):
        return of_release(warehouse, text)
    if text.startswith("v") and (found := _VERSION.fullmatch(text)):
        if table is None:
            raise UsageError(f"{text}: each table has versions of its own; name one table")
        return Snapshot(text, None, {table: int(found[1])})
    now = current(warehouse)
    return replace(now, label=f"{now.label}, as known at {text}", as_of=parse_time(text))
