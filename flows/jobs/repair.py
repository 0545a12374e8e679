"""Repair: what of a damaged home follows from the rest of it, made anew.

The archive is the truth: index, tables, releases and publication follow from it. Logs of the
pipeline's own follow from what is whole of them and from their published copies. What follows
from nothing is said: pages are asked for again, and the rest is for a backup.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractors.archive.archive import ArchiveError
from flows.core.clock import require_clock
from flows.core.context import RunContext, archive_of
from flows.core.settings import Settings
from flows.core.sources import names, pipeline
from flows.jobs.replay import rebuild_index, replay
from flows.jobs.report.result import RunReport
from flows.stages.monitor.anew import (
    follows_from_commits,
    make_anew,
    named_versions,
    put_checkpoint_anew,
)
from flows.stages.monitor.damage import Damage, damages
from flows.stages.release.publish import publish
from schemas.core.table import Table
from schemas.registry import TABLES
from warehouse.errors import WarehouseError
from warehouse.publication.publish import shelf_of
from warehouse.store.home import Home, open_home
from warehouse.store.measures import pin
from warehouse.store.releases import Pinned, Release, commit, releases
from warehouse.store.store import Warehouse


@dataclass
class Repaired:
    """What a repair found, did (or, dry, would do), and could not do."""

    found: list[Damage]
    is_dry: bool
    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    report: RunReport | None = None


def repair(settings: Settings, *, is_dry: bool = True) -> Repaired:
    """Look at all bytes, and make anew what can be. Dry, it only says what it would do.

    In S3, where nothing can be renamed, nobody else may write to the home meanwhile.

    Raises `WrongHome`, `WarehouseError` for its stamp, and `ClockError`, before any table is
    touched, where this machine's clock can't be right.
    """
    home = open_home(settings.home, None)
    if not is_dry:
        require_clock(RunContext(home, settings, job="repair"))
    told = Repaired(list(damages(home)), is_dry)
    index = [damage for damage in told.found if damage.kind == "index"]
    if index:
        _index(settings, told)
    if not is_dry and index:  # what the archive lacks is only known with an index
        told.found += [d for d in damages(home) if d.kind == "archive" and d not in told.found]
    lost = [damage for damage in told.found if damage.kind == "archive"]
    _archive(home, lost, told)
    _tables(settings, home, told, is_archive_whole=not lost)
    if told.found:
        _publication(settings, home, told)
    if not is_dry:
        told.left += [str(damage) for damage in damages(home)]
    return told


def _index(settings: Settings, told: Repaired) -> None:
    told.done.append("make the archive's index anew from its WARC files")
    if not told.is_dry:
        report = rebuild_index(settings)
        told.left += [f"{p.warc}: {p.says}" for p in report.problems]


def _archive(home: Home, lost: Sequence[Damage], told: Repaired) -> None:
    """Have what is damaged asked for again: the bytes themselves are gone, but where the archive
    is in S3 and this machine has a whole copy."""
    if not lost:
        return
    count, copied = len({d.name for d in lost}), ", or put back" * (not isinstance(home.path, Path))
    told.done.append(f"have the pages of {count} WARC files asked for again{copied}")
    if told.is_dry:
        return
    archive = archive_of(home)
    try:
        given_up = archive.give_up(archive.put_back(archive.verify()))
        archive.share()
    except (ArchiveError, OSError) as error:
        told.left.append(str(error))
        return
    finally:
        archive.close()
    for entry in given_up:
        day = f"{entry.retrieved_at:%Y-%m-%d}"
        told.left.append(
            f"{entry.url}, as it was on {day}: its bytes are lost; lists of the next nights, or "
            f"`carbonmart backfill {entry.source}`, ask for it again"
        )


def _tables(settings: Settings, home: Home, told: Repaired, *, is_archive_whole: bool) -> None:
    """Put damaged tables aside, and make them anew: the logs first, which the rest needs."""
    wrong = dict.fromkeys(d.name for d in told.found if d.kind in ("table", "log"))
    tables = sorted((TABLES[name] for name in wrong), key=lambda table: not table.is_log)
    tables = [table for table in tables if not _is_checkpointed(home, table, told)]
    sources = [name for name in names() if any(t in tables for t in pipeline(name).tables)]
    for table in tables:
        origin = "what is whole and what was published" if table.is_log else "the archive"
        told.done.append(f"make {table.name} anew from {origin}")
    if tables:
        told.done.append(
            f"read the archive of {', '.join(sources) or 'no source'} again, and release"
        )
    if told.is_dry or not tables:
        return
    require_clock(RunContext(home, settings, job="repair"))  # of which an index tells more
    versions = named_versions(home)
    for table in tables:
        keeps = table.is_log or not is_archive_whole
        try:
            away = make_anew(home, table, versions.get(table.name, ()), keeps_rows=keeps)
        except (WarehouseError, OSError) as error:
            told.left.append(f"{table.name}: {error}")
        else:
            told.done.append(
                f"keep the damaged folder of {table.name} as {away}; its versions in earlier "
                "releases can't be read any more, their published files can"
            )
    told.report = replay(settings, sources)
    _release_again(home, told)
    if told.report.released and told.report.released.error:
        told.left.append(f"no release: {told.report.released.error}")


def _is_checkpointed(home: Home, table: Table, told: Repaired) -> bool:
    """Whether a checkpoint made anew is (or, dry, would be) all that the table needs."""
    if not follows_from_commits(home, table):
        return False
    told.done.append(f"make the checkpoint of {table.name} anew from its commits")
    try:
        return told.is_dry or put_checkpoint_anew(home, table)
    except (WarehouseError, OSError) as error:
        told.left.append(f"{table.name}: {error}")
        return False


def _release_again(home: Home, told: Repaired) -> None:
    """A release whose tables were put together anew, and hold the same, names them as they are."""
    warehouse = Warehouse(home.path)

    def tables_of(made: Sequence[Release]) -> list[Pinned] | None:
        if not made:
            return None
        pinned = [_pinned_anew(warehouse, each) for each in made[-1].tables]
        return None if pinned == list(made[-1].tables) else pinned

    try:
        commit(warehouse, "repair", "release", tables_of)
    except WarehouseError as error:
        told.left.append(f"no release: {error}")


def _pinned_anew(warehouse: Warehouse, pinned: Pinned) -> Pinned:
    table = TABLES[pinned.table_name]
    try:
        state = warehouse._state(table, pinned.table_version)
    except WarehouseError:
        state = None
    if state is not None and pinned.digest in (None, state.digest):
        return pinned
    found = pin(warehouse, table, pinned.source)
    return found or pinned


def _publication(settings: Settings, home: Home, told: Repaired) -> None:
    told.done.append("publish: what is damaged is written anew")
    if told.is_dry:
        return
    folders = {
        d.name.split("/")[0] for d in told.found if d.kind == "publication" and "/" in d.name
    }
    made = {release.release_id for release in releases(Warehouse(home.path))}
    current = max(made, default=None)
    lost = folders - made
    for release_id in sorted((folders & made) | ({current} if current else set())):
        try:
            publish(home, settings, release_id)
        except (WarehouseError, OSError) as error:
            if release_id != current and isinstance(error, WarehouseError):
                lost.add(release_id)
            else:
                told.left.append(f"published {release_id}: {error}")
                return
    _take_away(home, lost if current else (), told)


def _take_away(home: Home, lost: Collection[str], told: Repaired) -> None:
    """Remove damaged files of earlier releases that nothing can write again: what their tables
    were then went with the damage. The rows are in the current release, with their history."""
    shelf = shelf_of(home)
    for release_id in sorted(set(lost) & set(shelf.folders())):
        shelf.remove(release_id)
        told.done.append(f"remove published {release_id}: its damaged files can't be made again")
