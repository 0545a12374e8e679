"""Whether a table's log is what was written: each commit by its own seal, and by the next one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from warehouse.engine.delta.checkpoint import LOG, path_of, wrong
from warehouse.engine.delta.data_file import ADDED, BEFORE, SEAL, NewFile, is_unbroken
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import digest_of, storage


def wrong_in_log_of(root: Place) -> Iterator[tuple[Place, str]]:
    """Files of a table's log that are not what was written; of one in S3 by a copy of it.

    Raises `WarehouseError`.
    """
    if isinstance(root, Path):
        yield from wrong_in_log(root / LOG)
        return
    far = storage(root)
    with TemporaryDirectory() as folder:
        for item in far.list(LOG):
            far.fetch(item.name, Path(folder) / item.name)
        for path, what in wrong_in_log(Path(folder) / LOG):
            yield root / LOG / path.name, what


def wrong_in_log(log: Path) -> Iterator[tuple[Path, str]]:
    """Files of a log that are not what was written, or that are missing between others."""
    commits = {int(path.stem): path for path in log.glob("*.json")}
    for version in range(min(commits, default=0), max(commits, default=-1) + 1):
        path = commits.get(version)
        if path is None:
            yield log / f"{version:020}.json", "the commit is gone"
        elif what := _wrong_in_commit(path, commits.get(version - 1)):
            yield path, what
    marked = {int(path.name[:20]) for path in log.glob("*.checkpoint.*")}
    for version in sorted(marked):
        path = log / path_of(version)
        if what := wrong(log, version) or _unreadable(path):
            yield path, what
    hint = log / "_last_checkpoint"
    if hint.is_file() and (what := _wrong_in_hint(hint)):
        yield hint, what


def _wrong_in_commit(path: Path, before: Path | None) -> str:
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        info: dict[str, Any] = next(line["commitInfo"] for line in lines if "commitInfo" in line)
        own = {k: str(v) for k, v in info.items() if k == "run_id" or k.startswith("carbonmart.")}
        adds = [line["add"] for line in lines if "add" in line]
        added = [NewFile(str(a["path"]), int(a["size"]), str(a["stats"])).digest for a in adds]
    except StopIteration:
        return "the commit is empty"
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        return f"can't be read: {type(error).__name__}"
    if not is_unbroken(own) or (SEAL in own and added != [own.get(ADDED)]):
        return "the commit is not what was written"
    if before and own.get(BEFORE) and digest_of(before) != own[BEFORE]:
        return f"{before.name}, the commit before it, is not what was written"
    return ""


def _unreadable(path: Path) -> str:
    import pyarrow.parquet as pq

    try:
        pq.read_table(path)
    except Exception as error:  # noqa: BLE001 - whatever bytes can do to a reader
        return f"can't be read: {type(error).__name__}"
    return ""


def _wrong_in_hint(path: Path) -> str:
    try:
        version = int(json.loads(path.read_bytes())["version"])
    except (ValueError, LookupError, TypeError):
        return "can't be read"
    is_there = (path.parent / path_of(version)).exists()
    return "" if is_there else f"names a checkpoint that is not there: {version}"
