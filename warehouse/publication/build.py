"""The work of publication: a release's folder, then the DuckDB file and the pointer.

Each part is written aside, compared with the Delta tables, and only then put in place.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.registry import TABLES, VIEWS
from warehouse.engine.storage.storage import digest_of
from warehouse.errors import UnknownVersion, WarehouseError
from warehouse.publication.carried import Lost, carried, unreadable
from warehouse.publication.exports import WORKBOOK, Exports, exported
from warehouse.publication.formats.data_package import Credit, package
from warehouse.publication.formats.parquet import (
    Carried,
    PlainFile,
    has_history,
    history_columns,
    write_plain,
)
from warehouse.publication.shelf import EXPORTS, PACKAGE, Shelf, as_json
from warehouse.publication.verify import (
    FileComparison,
    check_csvs,
    check_duckdb,
    check_files,
    check_workbook,
    sums_of,
)
from warehouse.publication.whole import DUCKDB, UNREADABLE, is_whole, lacks, wrong_beside
from warehouse.publication.withheld import hide_words, withheld, without_withheld
from warehouse.store.home import Home
from warehouse.store.releases import Release, releases, versions_of
from warehouse.store.store import Warehouse

if TYPE_CHECKING:
    import duckdb

_ROUNDS = 6
"""Two publishers at once settle on the newer release in two rounds."""
_PAUSE_S = 0.2
"""Longer with each round: another publisher may be between its file and its pointer."""


class PublicationError(WarehouseError):
    """What was written is not what the release holds. Nothing was published."""

    def __init__(self, release_id: str, findings: Sequence[FileComparison]) -> None:
        wrong = [f for f in findings if not f.is_same]
        told = "; ".join(
            f"{f.name} {f.scope}: expected {f.expected}, found {f.found}" for f in wrong
        )
        super().__init__(f"release {release_id} is not published: {told}")
        self.release_id, self.findings = release_id, tuple(findings)


@dataclass
class Work:
    """One publisher's work on one home."""

    home: Home
    warehouse: Warehouse
    shelf: Shelf
    credits_: Mapping[str, Credit]
    software: str
    carried: list[str] = field(default_factory=list)
    """What is published as it was before, or not at all, and why."""

    @property
    def is_sample(self) -> bool:
        return self.home.kind == "sample"

    def write_folder(self, release: Release) -> list[FileComparison]:
        """Write a release's folder and check it; nothing of it is seen before that.

        What can't be read of it is published as it was last (`carried`), and told.
        """
        import duckdb

        self.carried.clear()
        try:
            return self._write_folder(release)
        except (PublicationError, UnknownVersion):
            raise
        except (WarehouseError, duckdb.Error):
            lost = unreadable(self.warehouse, release)
            if lost is None:
                raise
            return self._write_folder(release, lost)

    def _write_folder(self, release: Release, lost: Sequence[Lost] = ()) -> list[FileComparison]:
        from warehouse.publication.formats.data_dictionary import html, markdown

        away = [table.name for each in lost for table in each.tables]
        versions = versions_of(release.versions)
        versions |= {name: None for name in away if name in versions}
        with (
            self.shelf.draft() as draft,
            self.warehouse.connect(versions=without_withheld(versions)) as connection,
        ):
            hide_words(connection)
            files = self._write_files(connection, release, draft, away)
            files += self._carry(lost, draft)
            findings = check_files(connection, files, draft, release)
            if not all(finding.is_same for finding in findings):
                raise PublicationError(release.release_id, findings)
            exports = self._export(release, draft, files, findings)
            for name, page in (("dictionary.md", markdown), ("dictionary.html", html)):
                text = page(release, files, self.credits_, is_sample=self.is_sample)
                (draft / name).write_text(text, encoding="utf-8")
            document = package(
                release, files, self.credits_, is_sample=self.is_sample, software=self.software
            )
            document[EXPORTS] = exports
            if self.carried:
                document[UNREADABLE] = list(self.carried)
            (draft / PACKAGE).write_text(as_json(document), encoding="utf-8")
            # Another publisher may have been faster.
            if not is_whole(self.shelf, release.release_id) or lacks(
                self.shelf, release.release_id
            ):
                self.shelf.put_folder(draft, release.release_id)
        return findings

    def _export(
        self,
        release: Release,
        draft: Path,
        files: Sequence[PlainFile],
        findings: list[FileComparison],
    ) -> list[dict[str, Any]]:
        """Write the files for spreadsheets and compare them too, in addition to the `findings`;
        gives what the descriptor says of them."""
        exports = Exports(release, draft, self.is_sample, self.shelf)
        sums = sums_of(exported(files), draft, findings)
        exports.write(files, sums)
        findings += check_csvs(draft, exports.csvs, sums)
        findings += check_workbook(draft / WORKBOOK, exports.sheets)
        if not all(finding.is_same for finding in findings):
            raise PublicationError(release.release_id, findings)
        return exports.listed

    def _carry(self, lost: Sequence[Lost], draft: Path) -> list[PlainFile]:
        """What can't be read, as it was published last; `carried` tells of each."""
        known = [release.release_id for release in releases(self.warehouse)] if lost else []
        files: list[PlainFile] = []
        for each in lost:
            found, release_id = carried(self.shelf, each, known, draft)
            files += found
            self.carried.append(each.words(release_id))
        return files

    def _write_files(
        self,
        connection: duckdb.DuckDBPyConnection,
        release: Release,
        draft: Path,
        away: Collection[str],
    ) -> list[PlainFile]:
        notes = {"release_id": release.release_id, "is_simulated": str(self.is_sample).lower()}
        files = []
        for table in (*(TABLES[n] for n in tables_of(release)), *VIEWS.values()):
            if table.name in away:
                continue
            wanted = [(table.name, table.name, table.columns)]
            if has_history(table):
                columns = history_columns(table)
                wanted.append((f"{table.name}__history", f"{table.name}_history", columns))
            for view, name, columns in wanted:
                path = draft / f"{name}.parquet"
                told = {**notes, "table": table.name, "description": table.says}
                files.append(write_plain(connection, view, table, columns, path, told))
        return files

    def settle(self, written: str = "") -> list[FileComparison]:
        """Have `carbonmart.duckdb` and `latest.json` name the newest published release, whole;
        if that was `written` just now, as it is now.

        Another publisher may be at it: after each move it looks whether there is a newer
        one by now, so that the last of them leaves the newest, and whether file and pointer
        are of one of them. Raises `WarehouseError` if they still are not after some rounds.
        """
        findings: list[FileComparison] = []
        for turn in range(_ROUNDS):
            time.sleep(max(0, turn - 1) * _PAUSE_S)
            published = set(self.shelf.folders())
            newest = [r for r in releases(self.warehouse) if r.release_id in published][-1:]
            is_old = turn == 0 and newest and newest[0].release_id == written
            if not newest or not (
                is_old or next(wrong_beside(self.shelf, newest[0].release_id), None)
            ):
                return findings
            if not is_whole(self.shelf, newest[0].release_id):
                findings += self.write_folder(newest[0])
            findings = self._move_to(newest[0])
        raise WarehouseError(f"{self.shelf.root / DUCKDB} is not what was written there")

    def _move_to(self, release: Release) -> list[FileComparison]:
        from warehouse.publication.formats.duckdb_file import write_duckdb

        files = self._read_files(release)
        with self.shelf.draft() as draft:
            folder, path = self.shelf.folder(release.release_id, draft), draft / DUCKDB
            write_duckdb(
                path, folder, files, release, is_sample=self.is_sample, software=self.software
            )
            findings = check_duckdb(path, files, folder)
            if not all(finding.is_same for finding in findings):
                raise PublicationError(release.release_id, findings)
            size, digest = path.stat().st_size, digest_of(path)
            self.shelf.put_file(path, DUCKDB)
        self.shelf.point(
            {
                "release_id": release.release_id,
                "created_at": release.created_at.astimezone(UTC).isoformat(),
                "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "folder": release.release_id,
                "datapackage": f"{release.release_id}/{PACKAGE}",
                "duckdb": DUCKDB,
                "duckdb_bytes": size,
                "duckdb_sha256": digest,
                "is_simulated": self.is_sample,
            }
        )
        self._look_in_place(release.release_id, digest)
        return findings

    def _look_in_place(self, release_id: str, digest: str) -> None:
        """Open the DuckDB file from its place, as its readers do: it has to hold the release.

        One that is not the one that was compared with the tables is another publisher's, or
        damaged: `settle` looks at that again.
        """
        from warehouse.publication.formats.duckdb_file import open_duckdb

        if not isinstance(self.shelf.root, Path) or self.shelf.digest(DUCKDB) != digest:
            return
        with open_duckdb(self.shelf.root / DUCKDB) as mart:
            found = mart.execute("SELECT release_id FROM release").fetchone()
        if found != (release_id,):
            raise WarehouseError(f"{self.shelf.root / DUCKDB} is not what was written there")

    def _read_files(self, release: Release) -> list[PlainFile]:
        """The published files, as their descriptor tells of them."""
        document: dict[str, Any] = self.shelf.package(release.release_id) or {"resources": []}
        files = []
        for resource in document["resources"]:
            name = resource["name"]
            table = {**TABLES, **VIEWS}[name.removesuffix("_history")]
            columns = history_columns(table) if name != table.name else table.columns
            size, digest = resource["bytes"], resource["hash"].removeprefix("sha256:")
            origin = resource.get("carried_from")
            since = Carried(origin, resource.get("delta_version"), "") if origin else None
            files.append(PlainFile(table, name, columns, resource["rows"], size, digest, since))
        return files


def tables_of(release: Release) -> list[str]:
    """The tables that are published: the release's, and the releases themselves; none that is
    withheld."""
    held = release.versions.keys() - withheld()
    return [name for name in TABLES if name in held or name == "ops_releases"]
