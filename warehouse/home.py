"""The home folder, stamped at creation as live or sample.

Figures of the embedded sample are simulated in part. A stamp keeps them from ever
being mixed with published ones: whoever opens a home says which kind he means.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from warehouse.errors import WarehouseError, WrongHome

HomeKind = Literal["live", "sample"]

STAMP = "carbonmart.json"
FORMAT = 1
"""Rises when an older carbonmart could not read what a newer one writes."""

UNUSABLE = frozenset("%*?[]")
"""DuckDB reads the last four as wildcards, deltalake decodes the first."""


@dataclass(frozen=True, slots=True)
class Home:
    """An opened home: its absolute path and what kind of figures it holds."""

    path: Path
    kind: HomeKind
    format: int = FORMAT


def home_path(path: Path | str) -> Path:
    """The absolute path of a home; raises `WarehouseError` for one that can't be used."""
    text = str(path)
    if "://" in text:
        raise WarehouseError(f"home {text}: only a local folder can be a home, not an address")
    if found := sorted(UNUSABLE & set(str(Path(text).absolute()))):
        raise WarehouseError(f"home {text}: the path may not contain {' '.join(found)}")
    return Path(text).absolute()


def open_home(path: Path | str, kind: HomeKind | None) -> Home:
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


def _read(root: Path) -> Home | None:
    stamp = root / STAMP
    try:
        text = stamp.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise WarehouseError(f"{stamp} can't be read: {error}") from error
    try:
        content = json.loads(text)
        kind, version = content["kind"], content["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(f"{stamp} is damaged: {text[:80]!r}") from error
    if kind not in ("live", "sample") or type(version) is not int:
        raise WarehouseError(f"{stamp} is damaged: {text[:80]!r}")
    if version > FORMAT:
        raise WarehouseError(
            f"{root} was written by a newer carbonmart (format {version}, this one knows "
            f"{FORMAT}): update carbonmart"
        )
    return Home(root, kind, version)


def _create(root: Path, kind: HomeKind) -> Home:
    """Stamp a folder. Of two that do so at once the first wins, and both read its stamp."""
    if (root / "tables").exists():
        raise WrongHome(
            f"{root} holds tables but no {STAMP} says of which kind: put the stamp back "
            "from a backup, or set CARBONMART_HOME to another folder"
        )
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{STAMP}.", dir=root)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"kind": kind, "format": FORMAT}, file)
                file.flush()
                os.fsync(file.fileno())
            _link(draft, root / STAMP)
        finally:
            os.unlink(draft)
    except OSError as error:
        raise WarehouseError(f"home {root} can't be created: {error}") from error
    home = _read(root)
    if home is None:
        raise WarehouseError(f"home {root}: the stamp vanished while it was written")
    return home


def _link(draft: str, stamp: Path) -> None:
    """Give the finished draft its name, unless another process was first."""
    try:
        os.link(draft, stamp)
    except FileExistsError:
        return
