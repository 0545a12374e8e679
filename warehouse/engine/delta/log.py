"""The log of a Delta table: which versions were current when, checkpoints, and its cleaning."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.engine.delta import checkpoint
from warehouse.engine.delta.checkpoint import DIGEST, LOG
from warehouse.engine.delta.turn import turn
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.local_cache import near
from warehouse.engine.storage.storage import storage
from warehouse.errors import UnknownVersion, WarehouseError, in_a_line

if TYPE_CHECKING:
    from deltalake import DeltaTable

    from warehouse.engine.delta.state import TableState

_NAME = re.compile(r"(\d{20})\.(?:json|checkpoint\.parquet)")


def versions_since(state: TableState, since: datetime) -> set[int]:
    """The versions that were current at some time after `since`, this one among them."""
    found = {state.version}
    for entry in state.delta.history():
        # Beside a writer, deltalake counts down from `state`'s version at a newer commit.
        found.add(max(0, int(entry["version"])))
        if entry["timestamp"] / 1000 <= since.timestamp():
            break  # current until the next one's commit, which came after `since`
    return found


def check_is_kept(state: TableState) -> None:
    """Raise `UnknownVersion` for a version whose files are gone since it was dropped.

    Files are added and removed whole versions at a time: a file that went took with it
    every version from before some compaction. Those of the newest version never go.
    """
    if state.is_newest:
        return
    gone = [f.path for f in state.files if "://" not in f.path and not is_kept(state, f.path)]
    if gone:
        raise UnknownVersion(
            f"{state.table.name}: version {state.version} was dropped by `carbonmart vacuum`; "
            "what was known at its time is still told by --as-of"
        )


def make_checkpoint(state: TableState) -> bool:
    """Write a checkpoint if the log has grown long since the last one, or that one has no digest.

    Raises `WarehouseError`.
    """
    found = checkpoint.checkpoints(state.root)
    last = max(found, default=0)
    if state.version - last < checkpoint.EVERY and found.get(last, True):
        return False
    return write_checkpoint(state.root, state.delta)


def write_checkpoint(root: Place, delta: DeltaTable) -> bool:
    """Write a checkpoint of the version at which a table is open, and its digest. False where
    there is one, and where another process is at it. Raises `WarehouseError`.

    Killed in between, it leaves a checkpoint that has no digest, and is as good as none has one.
    """
    from deltalake.exceptions import DeltaError

    far, version = storage(root), delta.version()
    name = f"{LOG}/{checkpoint.path_of(version)}"
    with turn(root) as is_ours:
        if not is_ours or checkpoint.checkpoints(root).get(version):
            return False
        try:
            delta.create_checkpoint()
            data = far.read_bytes(name)
            if data is None:
                raise WarehouseError(f"{root}: the checkpoint of {version} vanished")
            far.write_bytes(name, data)  # on the disk before its digest is
        except (DeltaError, OSError) as error:
            raise WarehouseError(f"{root}: no checkpoint: {in_a_line(error)}") from error
        far.write_bytes(f"{LOG}/{version:020}{DIGEST}", sha256(data).hexdigest().encode())
    return True


def clean_log(
    state: TableState, oldest: int, since: datetime, *, is_dry: bool = False
) -> list[str]:
    """Remove log entries that no version from `oldest` on is read from; gives their names.

    A version is read from the last checkpoint at or before it and the entries after that.
    """
    bases = [version for version in checkpoint.checkpoints(state.root) if version <= oldest]
    if not bases:
        return []
    base = max(bases)
    held = storage(state.root)
    found = [
        item.name
        for item in held.list(LOG)
        if (match := _NAME.fullmatch(item.name.removeprefix(f"{LOG}/")))
        and int(match[1]) < base
        and item.modified <= since
    ]
    if not is_dry:
        for name in found:  # the oldest first: killed in between, what is left is in one piece
            if name.endswith(".parquet"):  # its digest left alone would tell that it is lost
                held.delete(name.replace(".checkpoint.parquet", DIGEST))
            held.delete(name)
    return found


def is_kept(state: TableState, path: str) -> bool:
    """Whether a data file is still there, near or far."""
    if Path(path).is_file():
        return True
    if isinstance(state.root, Path):
        return False
    return storage(state.root).exists(Path(path).relative_to(near(state.root)).as_posix())
