"""Releases as rows for people and scripts."""

from __future__ import annotations

from typing import Any

from flows.core.settings import Settings
from warehouse.store.home import open_home
from warehouse.store.releases import BOOKS, Pinned, Release, find
from warehouse.store.releases import releases as all_releases
from warehouse.store.store import Warehouse

Rows = list[dict[str, Any]]


def opened(settings: Settings) -> Warehouse:
    """The store; raises `WrongHome` if there is none."""
    return Warehouse(open_home(settings.home, None).path)


def list_rows(settings: Settings, limit: int) -> Rows:
    """The latest releases, the newest last. Tables and rows are those of the sources."""
    made = all_releases(opened(settings))
    return [release_row(release, is_current=release is made[-1]) for release in made[-limit:]]


def release_row(release: Release, *, is_current: bool) -> dict[str, Any]:
    """A release in a line."""
    tables = [pinned for pinned in release.tables if pinned.source != BOOKS]
    stale = [pinned for pinned in tables if pinned.status == "stale"]
    return {
        "release_id": release.release_id,
        "current": is_current,
        "created_at": release.created_at,
        "action": release.action,
        "tables": len(tables),
        "rows": sum(pinned.row_count for pinned in tables),
        "fresh": len(tables) - len(stale),
        "stale": len(stale),
        "known_until": max((p.known_until for p in tables if p.known_until), default=None),
        "run_id": release.run_id,
    }


def table_rows(settings: Settings, release_id: str) -> Rows:
    """The tables of one release, the pipeline's books last. Raises `UnknownRelease`."""
    release = find(all_releases(opened(settings)), release_id)
    return [table_row(pinned) for pinned in release.tables]


def table_row(pinned: Pinned) -> dict[str, Any]:
    """A table of a release in a line."""
    return {
        "table": pinned.table_name,
        "source": pinned.source,
        "version": pinned.table_version,
        "rows": pinned.row_count,
        "status": pinned.status,
        "known_until": pinned.known_until,
        "stale_since": pinned.stale_since,
        "reason": pinned.reason,
    }
