"""Whose archive it is: of two homes that a link has given the same one, the second is refused.

Each would take for read what the other has read, so that pages of both would never become rows.
A note in the archive names its home. A copy of an archive, or a home that was moved, is not
meant: the note counts only as long as the home that it names still has this very folder.
"""

from __future__ import annotations

from pathlib import Path

from extractors.warc.exchange import ArchiveError

NOTE = "home.txt"


def require_own(root: Path) -> None:
    """Raise `ArchiveError` where another home has the archive at `root` as its own."""
    told = _noted(root)
    try:
        if told is None or told.samefile(root.parent) or not (told / root.name).samefile(root):
            return
    except OSError:
        return
    raise ArchiveError(
        f"archive at {root}: it is that of {told}, too, and two homes on one archive would hide "
        "each other's pages; give one of them a copy of its own"
    )


def claim(root: Path) -> None:
    """Note whose the archive is, where that is not noted yet. Raises `OSError`."""
    home = root.parent.absolute()
    if _noted(root) != home:
        (root / NOTE).write_text(f"{home}\n", encoding="utf-8")


def _noted(root: Path) -> Path | None:
    try:
        text = (root / NOTE).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, ValueError):
        return None
    return Path(text) if text and "\0" not in text else None
