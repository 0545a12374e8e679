"""The home folder, stamped at creation as live or sample.

Figures of the embedded sample are simulated in part. A stamp keeps them from ever
being mixed with published ones: whoever opens a home says which kind he means.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from warehouse.engine.storage.base import Address, Place, Storage
from warehouse.engine.storage.storage import storage
from warehouse.errors import WarehouseError, WrongHome

HomeKind = Literal["live", "sample"]

STAMP = "carbonmart.json"
FORMAT = 1
"""Rises when an older carbonmart could not read what a newer one writes."""

UNUSABLE = frozenset("%*?[]")
"""DuckDB reads the last four as wildcards, deltalake decodes the first."""


@dataclass(frozen=True, slots=True)
class Home:
    """An opened home: its absolute path or address, and what kind of figures it holds.

    `id` tells homes apart that had the same address one after the other.
    """

    path: Place
    kind: HomeKind
    format: int = FORMAT
    id: str = ""


def home_path(path: Place | str) -> Place:
    """The absolute path, or the `s3://` address, of a home.

    Raises `WarehouseError` for one that can't be used.
    """
    text = str(path)
    if "://" in text:
        return Address.of(text)
    if found := sorted(UNUSABLE & set(str(Path(text).absolute()))):
        raise WarehouseError(f"home {text}: the path may not contain {' '.join(found)}")
    root = Path(text).absolute()
    # The nearest that is there has to be a folder: nothing can be below a file.
    try:
        there = next(path for path in (root, *root.parents) if path.exists())
    except OSError as error:  # a name that is too long, a folder that nobody may enter
        raise WrongHome(f"home {text}: {error.strerror}") from None
    if not there.is_dir():
        raise WrongHome(f"home {text}: {there} is a file, and a home is a folder")
    return root


def open_home(path: Place | str, kind: HomeKind | None) -> Home:
    """Open a home, and create and stamp it if there is none yet.

    `kind` None opens whatever is there and creates nothing. Raises `WrongHome` for a
    home of the other kind, for None where there is no home, and for tables in a folder
    without a stamp; `WarehouseError` for a stamp that can't be read or is too new.
    """
    root = home_path(path)
    home = _read(root)
    if home is None:
        if kind is None:
            raise WrongHome(
                f"{root} is no carbonmart home yet: `carbonmart refresh` (or `carbonmart demo`) "
                "creates one, CARBONMART_HOME names another"
            )
        home = _create(root, kind)
    if kind is not None and home.kind != kind:
        held = {"live": "published figures", "sample": "the embedded sample's simulated figures"}
        raise WrongHome(
            f"{root} holds {held[home.kind]}; {held[kind]} are never mixed with them. "
            f"Set CARBONMART_HOME to another folder, or "
            f"{'add' if home.kind == 'sample' else 'leave out'} --sample"
        )
    return home


def is_there(home: Home) -> bool:
    """Whether the home still has its stamp: it may be removed, or its disk taken away."""
    return storage(home.path).read_bytes(STAMP) is not None


def _read(root: Place) -> Home | None:
    stamp = root / STAMP
    held = storage(root).read_bytes(STAMP)
    if held is None:
        return None
    text = held.decode("utf-8", errors="backslashreplace")
    try:
        content = json.loads(text)
        kind, version = content["kind"], content["format"]
        identity = str(content.get("id", ""))
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(f"{stamp} is damaged: {text[:80]!r}") from error
    if kind not in ("live", "sample") or type(version) is not int:
        raise WarehouseError(f"{stamp} is damaged: {text[:80]!r}")
    if version > FORMAT:
        raise WarehouseError(
            f"{root} was written by a newer carbonmart (format {version}, this one knows "
            f"{FORMAT}): update carbonmart"
        )
    return Home(root, kind, version, identity)


def _create(root: Place, kind: HomeKind) -> Home:
    """Stamp a folder. Of two that do so at once the first wins, and both read its stamp."""
    held = storage(root)
    if _has_tables(root, held):
        raise WrongHome(
            f"{root} holds tables but no {STAMP} says of which kind: put the stamp back "
            "from a backup, or set CARBONMART_HOME to another folder"
        )
    content: dict[str, object] = {"kind": kind, "format": FORMAT}
    if isinstance(root, Address):
        content["id"] = uuid.uuid4().hex
    stamp = json.dumps(content).encode()
    try:
        held.write_if_absent(STAMP, stamp)
        if held.write_if_absent(STAMP, stamp):
            held.delete(STAMP)
            raise WarehouseError(
                "this storage ignores conditional writes (If-None-Match), so that two writers "
                "could overwrite each other; AWS S3 and current MinIO heed them"
            )
    except WarehouseError as error:
        raise WarehouseError(f"home {root} can't be created: {error}") from error
    home = _read(root)
    if home is None:
        raise WarehouseError(f"home {root}: the stamp vanished while it was written")
    return home


def _has_tables(root: Place, held: Storage) -> bool:
    if isinstance(root, Path):
        return (root / "tables").exists()
    return next(held.list("tables"), None) is not None
