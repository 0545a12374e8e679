"""Points in the store's past: a release, a version of a table, an instant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from flows.core.errors import UsageError
from flows.core.query.sql import NOW, Snapshot, table_of
from flows.core.settings import Settings
from schemas.ops.tables import OPS_RELEASES
from schemas.registry import TABLES

if TYPE_CHECKING:
    from warehouse.store.store import Warehouse

_VERSION = re.compile(r"v?(\d+)")
_RELEASE = re.compile(r"R\d.*")


def parse_time(text: str) -> datetime:
    """An instant in ISO 8601, in UTC where it names no zone. Raises `UsageError`.

    A date means its end in UTC, and a time to the second or minute means the end of
    that: a `known_from` as it is shown finds its row.
    """
    try:
        if re.fullmatch(r"\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d-?\d", text):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"not a time: {text!r}; give 2025-03-03 (its end in UTC) or 2025-03-03T14:30:00+08:00"
        ) from None
    if not re.search(r":\d\d[.,]\d|T\d{6}[.,]\d", text):
        has_seconds = re.search(r":\d\d:\d\d|T\d{6}", text) is not None
        moment = moment.replace(
            second=moment.second if has_seconds else 59, microsecond=time.max.microsecond
        )
    return moment.astimezone(UTC) if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)


def chosen(
    settings: Settings,
    *,
    as_of: str | None,
    versions: list[str] | str | None,
    release: str | None,
    table: str | None = None,
) -> Snapshot:
    """The point that the options `--as-of`, `--version`, `--release` name.

    A version is a bare number where there is one `table`, else TABLE=N. The three may not
    be mixed, but for `--as-of` with versions. Raises `UsageError` and `UnknownRelease`.
    """
    if release and (as_of or versions):
        raise UsageError("--release goes without --as-of and --version: it says all of it")
    if release:
        from warehouse.store.home import open_home
        from warehouse.store.store import Warehouse

        return of_release(Warehouse(open_home(settings.home, None).path), release)
    given = [versions] if isinstance(versions, str) else versions or []
    pinned: dict[str, int | None] = {}
    for text in given:
        name, _, number = text.rpartition("=")
        found = _VERSION.fullmatch(number)
        if not found or not (name or table):
            form = "--version N" if table else "--version TABLE=N, once for each table"
            raise UsageError(f"not a version: {text!r}; give {form}")
        known = table_of(name or table or "").name
        if known not in TABLES:
            raise UsageError(f"{known} has no versions: it is derived from the other tables")
        pinned[known] = int(found[1])
    moment = parse_time(as_of) if as_of else None
    if not moment and not pinned:
        return NOW
    told = [as_of] if as_of else []
    return Snapshot(", ".join([*told, *given]), moment, pinned)


def of_release(warehouse: Warehouse, release_id: str) -> Snapshot:
    """The tables of a release at its versions; core tables and logs not in it are empty."""
    from warehouse.store.releases import find, releases

    versions: dict[str, int | None] = dict.fromkeys(TABLES)
    del versions[OPS_RELEASES.name]  # the list of releases is no part of one
    versions |= find(releases(warehouse), release_id).versions
    return Snapshot(release_id, None, versions, release_id)


def parse_point(warehouse: Warehouse, text: str, table: str | None) -> Snapshot:
    """A point as `diff` takes it: `R...`, `v3`, a time, or `now`. `table` None means all."""
    if text == "now":
        return NOW
    if _RELEASE.fullmatch(text):
        return of_release(warehouse, text)
    if text.startswith("v") and (found := _VERSION.fullmatch(text)):
        if table is None:
            raise UsageError(f"{text}: each table has versions of its own; name one table")
        return Snapshot(text, None, {table: int(found[1])})
    return Snapshot(text, parse_time(text))
