"""What is published for spreadsheets: each table as a zipped CSV, and the marts as a workbook.

Both are written from the published Parquet, and then read back and compared with it (`verify`).
What was written for the release before from the same rows is taken over as it is, and says for
which release that was.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.engine.storage.storage import digest_of
from warehouse.publication.formats.csv_file import ENDING, write_csv
from warehouse.publication.formats.data_package import SIMULATED
from warehouse.publication.formats.workbook import (
    ROWS,
    DoesNotFit,
    Sheet,
    cell_of,
    write_workbook,
)
from warehouse.publication.shelf import EXPORTS, Shelf

if TYPE_CHECKING:
    from warehouse.publication.formats.parquet import PlainFile
    from warehouse.store.releases import Release

WORKBOOK = "marts.xlsx"
_FORM = "1"
"""Raised with every change of how these files are written: none is taken over then."""
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Exports:
    """The files of one release, written into its draft."""

    release: Release
    draft: Path
    is_sample: bool
    shelf: Shelf
    csvs: list[PlainFile] = field(default_factory=list)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    """What was written, to be held against the tables."""
    listed: list[dict[str, Any]] = field(default_factory=list)
    """What the descriptor says of each file."""

    def write(self, files: Sequence[PlainFile], sums: Mapping[str, str]) -> None:
        """Write what is exported of the files; `sums` are those of their rows, by name."""
        wanted = exported(files)
        before = dict(self._before())
        for file in wanted:
            told = {"rows": sums[file.name], "form": _form([file])}
            if not self._taken(f"{file.name}{ENDING}", told, before):
                self._write_csv(file, told)
        marts = [file for file in wanted if file.table.is_mart]
        rows = "; ".join(f"{mart.name} {sums[mart.name]}" for mart in marts)
        told = {"rows": rows, "form": _form(marts)}
        if marts and not self._taken(WORKBOOK, told, before):
            self._write_marts(marts, told)

    def _before(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What the current publication lists, where its files are at hand."""
        release_id = str((self.shelf.pointer() or {}).get("release_id", ""))
        if isinstance(self.shelf.root, Path) and release_id:
            for told in (self.shelf.package(release_id) or {}).get(EXPORTS, ()):
                yield told["path"], {**told, "at": self.shelf.root / release_id / told["path"]}

    def _taken(
        self, name: str, wanted: Mapping[str, str], before: Mapping[str, dict[str, Any]]
    ) -> bool:
        """Take a file over that was written from the same rows, if it is still as it was."""
        told = dict(before.get(name, {}))
        path = told.pop("at", None)
        if any(told.get(n) != value for n, value in wanted.items()) or not path.is_file():
            return False
        shutil.copyfile(path, self.draft / name)
        if f"sha256:{digest_of(self.draft / name)}" != told["hash"]:
            (self.draft / name).unlink()
            return False
        self.listed.append(told)
        return True

    def _write_csv(self, file: PlainFile, told: Mapping[str, str]) -> None:
        import pyarrow.parquet as pq

        path = self.draft / f"{file.name}{ENDING}"
        write_csv(pq.read_table(self.draft / f"{file.name}.parquet"), path)
        self.csvs.append(file)
        self._list(path, told, "application/zip")

    def _write_marts(self, marts: Sequence[PlainFile], told: Mapping[str, str]) -> None:
        import pyarrow.parquet as pq

        left: dict[str, str] = {}
        for mart in marts:
            held = pq.read_table(self.draft / f"{mart.name}.parquet")
            try:
                fitting = _fitting(mart.name, held.to_pylist())
                self.sheets[mart.name] = (held.column_names, fitting)
            except DoesNotFit as error:
                left[mart.name] = str(error)
        path = self.draft / WORKBOOK
        about, columns = _about(self, marts, left), _columns(marts)
        write_workbook(path, {"about": about, **self.sheets, "columns": columns})
        self._list(path, told, _SHEETS)

    def _list(self, path: Path, told: Mapping[str, str], kind: str) -> None:
        self.listed.append(
            {
                "path": path.name,
                "mediatype": kind,
                "bytes": path.stat().st_size,
                "hash": f"sha256:{digest_of(path)}",
                **told,
                "made_for": self.release.release_id,
            }
        )


def exported(files: Sequence[PlainFile]) -> list[PlainFile]:
    """The files that are exported: current rows of what is no log."""
    return [file for file in files if not file.is_history and not file.table.is_log]


def _form(files: Sequence[PlainFile]) -> str:
    """How files are written: another name, kind or meaning of a column is another form."""
    columns = [(f.name, c.name, str(c.kind), c.unit, c.says) for f in files for c in f.columns]
    return f"{_FORM} {hashlib.sha256(repr(columns).encode()).hexdigest()[:16]}"


def _fitting(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as cells. Raises `DoesNotFit`."""
    if len(rows) > ROWS:
        raise DoesNotFit(f"{len(rows):,} rows: a sheet holds {ROWS:,}")
    return [{column: cell_of(column, value) for column, value in row.items()} for row in rows]


def _about(exports: Exports, marts: Sequence[PlainFile], left: Mapping[str, str]) -> Sheet:
    release = exports.release
    lines = {
        "release": release.release_id,
        "made at": release.created_at,
        "holds": "the current rows of that release; of a later one whose marts are the same, too",
        **({"simulated": SIMULATED} if exports.is_sample else {}),
        **{mart.name: left.get(mart.name, mart.table.says) for mart in marts},
        "terms": marts[0].table.terms,
    }
    return ("what", "is"), [{"what": name, "is": told} for name, told in lines.items()]


def _columns(marts: Sequence[PlainFile]) -> Sheet:
    heads = ("table", "column", "unit", "says")
    rows = [
        dict(zip(heads, (mart.name, c.name, c.unit, c.says), strict=True))
        for mart in marts
        for c in mart.columns
    ]
    return heads, rows
