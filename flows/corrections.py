"""The corrections in force: the file as it is, and as it was at every run that saw it change.

Bytes first holds for them too: a changed file is kept, as it was, under
`<home>/archive/corrections/` before any row is corrected by it. So a replay corrects each
row at the instant at which it was corrected then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.contracts.corrections import Correction, CorrectionError, read_corrections
from warehouse.engine.storage.base import Address, Place, Storage
from warehouse.engine.storage.storage import storage
from warehouse.store.home import home_path

if TYPE_CHECKING:
    from flows.night import Night
    from flows.settings import Settings

FILE_NAME = "corrections.yml"
FOLDER = "corrections"
_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Edition:
    """The corrections as they were from an instant on."""

    since: datetime
    corrections: tuple[Correction, ...]


def path_of(settings: Settings) -> Place:
    """Where the file is, if there is one."""
    if settings.corrections:
        return Path(settings.corrections)
    return (home_path(settings.home) if "://" in settings.home else Path(settings.home)) / FILE_NAME


def present(settings: Settings) -> tuple[Correction, ...]:
    """The file's corrections, none if there is no file. Raises `CorrectionError`."""
    return read_corrections(_read(settings), str(path_of(settings)))


def _read(settings: Settings) -> str:
    path = path_of(settings)
    try:
        if isinstance(path, Address):
            return (storage(path.parent).read_bytes(path.name) or b"").decode("utf-8")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if settings.corrections:
            raise CorrectionError(f"{path}: no such file (CARBONMART_CORRECTIONS)") from None
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionError(f"{path} can't be read: {error}") from error


def editions(night: Night) -> list[Edition]:
    """All editions that runs have seen, the oldest first."""
    return [
        Edition(
            datetime.strptime(name.removesuffix(".yml"), _STAMP).replace(tzinfo=UTC),
            read_corrections(text, str(_folder(night).root / name)),
        )
        for name, text in sorted(_kept(night))
    ]


def keep_edition(night: Night) -> None:
    """Keep the file as it is now, if it says anything else than when it was last kept."""
    corrections = present(night.settings)
    known = editions(night)
    last = known[-1].corrections if known else ()
    if _meaning(corrections) == _meaning(last):
        return
    name = f"{night.started_at.astimezone(UTC):{_STAMP}}.yml"
    _folder(night).write_bytes(name, _read(night.settings).encode())


def in_force(known: Sequence[Edition], at: datetime) -> tuple[Correction, ...]:
    """The corrections that were in force at an instant."""
    return next((e.corrections for e in reversed(known) if e.since <= at), ())


def _meaning(corrections: tuple[Correction, ...]) -> set[tuple[object, ...]]:
    """What makes a difference to rows: not the order, comments or names."""
    return {(*c.cell, c.expect, c.value, c.reason, c.date, c.source) for c in corrections}


def _folder(night: Night) -> Storage:
    return storage(night.home.path / "archive" / FOLDER)


def _kept(night: Night) -> Iterator[tuple[str, str]]:
    folder = _folder(night)
    for item in folder.list():
        if item.name.endswith(".yml") and not item.name.startswith("."):
            yield item.name, (folder.read_bytes(item.name) or b"").decode("utf-8")
