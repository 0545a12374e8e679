"""A table put together anew in its place, after damage: under a later version than it ever had.

Versions are what releases name, so none is ever used twice for other rows. The damaged folder
is kept, below `damaged/`. What a log of the pipeline's own (`ops_*`) held comes from its data
files that are whole, and from the newest release's published copy.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from schemas.core.forms import arrow_schema, quoted, text_literal
from schemas.core.table import Table
from warehouse.engine.delta import checkpoint
from warehouse.engine.delta.data_file import check, digest_in
from warehouse.engine.delta.log import write_checkpoint
from warehouse.engine.delta.log_check import wrong_in_log_of
from warehouse.engine.delta.state import forget, open_state
from warehouse.engine.delta.table import append, create
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import put_local, storage
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    import pyarrow as pa

DAMAGED = "damaged"
_VERSION = re.compile(r"(\d{20})\.")


def next_version(root: Place, named: Iterable[int]) -> int:
    """A version that the table never had: after all that its log and the releases name."""
    names = [item.name.rpartition("/")[2] for item in storage(root).list(checkpoint.LOG)]
    found = [int(match[1]) for name in names if (match := _VERSION.match(name))]
    return max([*found, *named], default=-1) + 2


def lacks_checkpoints_alone(root: Place) -> bool:
    """Whether all that is wrong with a table's log is checkpoints, and its commits say the same."""
    odd = [path.name for path, _ in wrong_in_log_of(root)]
    is_theirs = all(name == checkpoint.HINT or ".checkpoint." in name for name in odd)
    return bool(odd) and is_theirs and checkpoint.is_derivable(root)


def put_checkpoint_anew(table: Table, root: Place) -> None:
    """Have the table read from its commits alone, and give it a checkpoint anew.

    Raises `WarehouseError`, `OSError`.
    """
    checkpoint.remove_all(root)
    forget(root)
    state = open_state(table, root)
    if state is not None:
        write_checkpoint(root, state.delta)


def put_anew(table: Table, root: Place, version: int, rows: pa.Table | None, run_id: str) -> Place:
    """Have the table at that version, with these rows alone (none: without rows); gives where
    its damaged folder is kept, below `<home>/damaged/`.

    Killed anywhere but between two renames, it leaves the table as it was. In S3 nothing is
    renamed: killed there, it leaves all data files, and a table that has to be made anew.
    """
    away = root.parent.parent / DAMAGED / f"{root.name}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if isinstance(root, Path):
        draft = root.parent / f".new-{table.name}"
        _draft(table, draft, version, rows, run_id)
        assert isinstance(away, Path)
        away.parent.mkdir(parents=True, exist_ok=True)
        if root.exists():
            root.rename(away)
        draft.rename(root)
    else:
        with TemporaryDirectory() as folder:
            draft = Path(folder) / table.name
            _draft(table, draft, version, rows, run_id)
            _replace(root, draft, away)
    forget(root)
    return away


def _replace(root: Place, draft: Path, away: Place) -> None:
    """Put a draft in the place of a table in S3: its data files beside the old ones, then its log
    for the old one, whose newest entries go first; the old files at last."""
    far, kept, new = storage(root), storage(away), storage(draft)
    old = [item.name for item in far.list()]
    for name in old:
        kept.write_bytes(name, far.read_bytes(name) or b"")
    made = [item.name for item in new.list()]
    log = f"{checkpoint.LOG}/"
    for name in (n for n in made if not n.startswith(log)):
        far.write_bytes(name, draft / name)
    for name in sorted((n for n in old if n.startswith(log)), reverse=True):
        far.delete(name)
    # A checkpoint is read once its commit is there.
    for name in sorted((n for n in made if n.startswith(log)), key=lambda n: n.endswith(".json")):
        far.write_bytes(name, draft / name)
    for name in (n for n in old if not n.startswith(log)):
        far.delete(name)


def _draft(table: Table, draft: Path, version: int, rows: pa.Table | None, run_id: str) -> None:
    """The table anew, in a folder of this machine."""
    shutil.rmtree(draft, ignore_errors=True)
    create(table, draft)
    state = open_state(table, draft)
    if state is None:
        raise WarehouseError(f"{table.name} at {draft} can't be created")
    if rows is not None and rows.num_rows:
        append(state, rows, {"run_id": run_id})
        state = open_state(table, draft) or state
    write_checkpoint(draft, state.delta)
    forget(draft)
    _renumber(draft / checkpoint.LOG, state.version, version)


def _renumber(log: Path, old: int, new: int) -> None:
    """Give the newest version of a log another number; the checkpoint holds all before it."""
    for path in sorted(log.iterdir()):
        if path.name.startswith(f"{old:020}."):
            path.rename(log / path.name.replace(f"{old:020}", f"{new:020}", 1))
        elif _VERSION.match(path.name):
            path.unlink()
    told = json.loads((log / "_last_checkpoint").read_bytes())
    put_local(log / "_last_checkpoint", json.dumps(told | {"version": new}).encode())


def rows_left(table: Table, root: Place, published: Sequence[Path]) -> pa.Table:
    """All rows of a log that its whole data files hold, and the published copies, each once."""
    if isinstance(root, Path):
        return _rows_in(table, root, published)
    far = storage(root)
    with TemporaryDirectory() as folder:
        for item in far.list():
            if item.name.endswith(".parquet") and "/" not in item.name:
                far.fetch(item.name, Path(folder) / item.name)
        return _rows_in(table, Path(folder), published)


def _rows_in(table: Table, root: Path, published: Sequence[Path]) -> pa.Table:
    from warehouse.engine.sql.views import memory

    schema = arrow_schema(table)
    found = [*_whole_files(table, root), *(path for path in published if path.is_file())]
    if not found:
        return schema.empty_table()
    paths = ", ".join(text_literal(str(path)) for path in found)
    with memory() as connection:
        rows = f"read_parquet([{paths}], union_by_name = true)"
        held = {name for name, *_ in connection.execute(f"DESCRIBE FROM {rows}").fetchall()}
        columns = ", ".join(
            quoted(name) if name in held else f"NULL AS {quoted(name)}" for name in schema.names
        )
        order = f" ORDER BY {quoted(table.instant)}" if table.instant else ""
        sql = f"SELECT DISTINCT {columns} FROM {rows}{order}"  # noqa: S608 - our own names
        return connection.sql(sql).to_arrow_table().cast(schema)


def _whole_files(table: Table, root: Path) -> Iterable[Path]:
    for path in sorted(root.glob("*.parquet")) if root.is_dir() else ():
        digest = digest_in(path.name, {})
        try:
            check(table.name, path, digest, 0)
        except WarehouseError:
            continue
        if digest:
            yield path
